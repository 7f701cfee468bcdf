"""One compiled machine that runs any model's program, over lanes of paths.

A model is data to it: a new model costs no compilation, and no generated source is ever executed.
The machine is a few C functions on plain pointers that call one another by address, so that each
is compiled once and by itself, and is then kept on disk: those of
`debtcycle.sfc.execution` run a stretch of code, `newton` solves a block, `run_paths` does the rest.

Paths are run in lanes, structure of arrays: register n of lane k lies at ``n*width + k``. The
numbers of a lane depend on that lane alone and come from the same operations in the same order
whatever the width, so that no division of paths among lanes and threads changes a bit.

The layout of the program `p` is that of `debtcycle.sfc.packing`; `w` is the work space.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc import packing as at
from debtcycle.sfc.jit import c_function, call_execute, compiled, pointer
from debtcycle.sfc.newton import HUGE, TINY, largest, residual, run_code

__all__ = ["run_paths"]

Longs = NDArray[np.int64]
Bytes = NDArray[np.int8]
Values = NDArray[np.float64]

GUESSES = 3  # the period before; all ones; all minus ones

_LONGS, _BYTES = pointer("int64"), pointer("int8")
_DOUBLES = pointer("float64")

# Frozen into the compiled code.
SPANS, BLOCKS, TEARS, LAGS, LAG_COUNT = at.SPANS, at.BLOCKS, at.TEARS, at.LAGS, at.LAG_COUNT
CHECK_FROM, CHECK_TO, CHECKS = at.CHECK_FROM, at.CHECK_TO, at.CHECKS
CHECK_GROUPS, CHECK_COUNT = at.CHECK_GROUPS, at.CHECK_COUNT
CELL_STARTS, CELLS, GROUPS = at.CELL_STARTS, at.CELLS, at.GROUPS
PARAMETER_BASE, PARAMETERS = at.PARAMETER_BASE, at.PARAMETERS
VARIABLE_BASE, VARIABLES, FIRST_ROW = at.VARIABLE_BASE, at.VARIABLES, at.FIRST_ROW
CONSTANTS, LARGEST, ROOM, REGISTERS = at.CONSTANTS, at.LARGEST, at.ROOM, at.REGISTERS
WIDTH, LANES, NEWTON = at.WIDTH, at.LANES, at.NEWTON
SPAN, BASE, LANE_BASE = at.SPAN, at.BASE, at.LANE_BASE


@compiled
def _given(
    p: Longs, shared: Values, changes: Longs, values: Values, sizes: Longs, row: int, column: int,
    path: int,
) -> float:  # fmt: skip
    """A parameter in one period of one path: the last change that holds, else what all share."""
    found: float = shared[row * p[PARAMETERS] + column]
    for n in range(sizes[2]):
        if changes[3 * n] == column and changes[3 * n + 1] <= row < changes[3 * n + 2]:
            found = values[n * sizes[1] + path]
    return found


@compiled
def _load(
    p: Longs, w: Values, history: Values, shared: Values, changes: Longs, values: Values,
    sizes: Longs, row: int, path: int, width: int, lanes: int,
) -> None:  # fmt: skip
    """Parameters and lagged values of one period into their registers."""
    paths = sizes[1]
    base = p[PARAMETER_BASE]
    for j in range(p[PARAMETERS]):
        value = shared[row * p[PARAMETERS] + j]
        for k in range(lanes):
            w[(base + j) * width + k] = value
    for n in range(sizes[2]):
        if changes[3 * n + 1] <= row < changes[3 * n + 2]:
            for k in range(lanes):
                w[(base + changes[3 * n]) * width + k] = values[n * paths + path + k]
    for j in range(p[LAG_COUNT]):
        q = p[LAGS] + 4 * j
        register, column, then = p[q] * width, p[q + 2], row - p[q + 3]
        if p[q + 1] == 0:
            source = (then * p[VARIABLES] + column) * paths + path
            for k in range(lanes):
                w[register + k] = history[source + k]
        else:
            for k in range(lanes):
                w[register + k] = _given(p, shared, changes, values, sizes, then, column, path + k)


@compiled
def _solve(  # noqa: C901 - loops over lanes
    p: Longs, w: Values, functions: Longs, place: Longs, tolerance: float, row: int, path: int,
    number: int, sizes: Longs, worst: Values, failed: Longs, guesses: Bytes,
) -> None:  # fmt: skip
    """Solve one block from the period before, and where that fails from the other guesses."""
    width, lanes, paths, lane_base = place[WIDTH], place[LANES], sizes[1], place[LANE_BASE]
    span = place[SPAN]
    first, last, done = p[span + 3], p[span + 4], lane_base + width
    for k in range(lanes):
        w[done + k] = 1.0 if failed[path + k] >= 0 else 0.0
        w[lane_base + k] = np.inf
    for guess in range(GUESSES):
        if guess > 0:
            missing = 0
            for k in range(lanes):
                solved = failed[path + k] >= 0 or w[lane_base + k] <= tolerance
                w[done + k] = 1.0 if solved else 0.0
                if not solved:
                    missing += 1
                    guesses[(row * sizes[5] + number) * paths + path + k] = guess
                    for i in range(first, last):
                        w[p[p[TEARS] + i] * width + k] = 1.0 if guess == 1 else -1.0
            if missing == 0:
                break
        call_execute(place[NEWTON], p, w, functions, place)
    for k in range(lanes):
        here = path + k
        if failed[here] >= 0:
            continue
        worst[here] = max(worst[here], w[lane_base + k])
        if w[lane_base + k] <= tolerance:
            continue
        failed[here], failed[paths + here] = row, number
        greatest = -1.0
        for i in range(first, last):
            value = residual(p, w, i, i + 1, width, k, -1)
            if value > greatest:
                greatest = value
                failed[2 * paths + here] = i


@compiled
def _finite(
    p: Longs, w: Values, place: Longs, row: int, path: int, paths: int, failed: Longs
) -> None:
    """Note the first variable of each lane that is not a number, as block -1."""
    width, lanes = place[WIDTH], place[LANES]
    for j in range(p[VARIABLES]):
        source = (p[VARIABLE_BASE] + j) * width
        for k in range(lanes):
            if not abs(w[source + k]) <= HUGE and failed[path + k] < 0:
                failed[path + k], failed[paths + path + k] = row, -1
                failed[2 * paths + path + k] = j


@compiled
def _check(
    p: Longs, w: Values, functions: Longs, place: Longs, row: int, path: int, group_base: int,
    sizes: Longs, failed: Longs, broken: Values, broken_at: Longs,
) -> None:  # fmt: skip
    """Residual of every identity of the accounts, relative to the largest cell of its matrix."""
    width, lanes, paths = place[WIDTH], place[LANES], sizes[1]
    run_code(p, w, functions, place, p[CHECK_FROM], p[CHECK_TO])
    for k in range(lanes):
        if failed[path + k] >= 0:
            continue
        for group in range(p[GROUPS]):
            w[group_base + group] = largest(p, w, p[CELL_STARTS], p[CELLS], group, width, k)
        for i in range(p[CHECK_COUNT]):
            value = abs(w[p[p[CHECKS] + i] * width + k])
            if value != 0.0:
                value /= max(w[group_base + p[p[CHECK_GROUPS] + i]], TINY)
            if not value <= broken[i * paths + path + k]:
                broken[i * paths + path + k] = value if value <= HUGE else np.inf
                broken_at[i * paths + path + k] = row


@c_function(
    _LONGS, _DOUBLES, _LONGS, _LONGS, _LONGS, _DOUBLES, _DOUBLES, _DOUBLES, _LONGS, _DOUBLES,
    _DOUBLES, _DOUBLES, _LONGS, _BYTES, _DOUBLES, _LONGS,
)  # fmt: skip
def run_paths(
    p: Longs, w: Values, functions: Longs, place: Longs, sizes: Longs, settings: Values,
    constants: Values, history: Values, changes: Longs, shared: Values, values: Values,
    worst: Values, failed: Longs, guesses: Bytes, broken: Values, broken_at: Longs,
) -> None:  # fmt: skip
    """Run a stretch of paths in lanes, period by period.

    Parameters
    ----------
    place : int64 array
        See `debtcycle.sfc.packing`: width, lanes, addresses of `execute` and `newton`, most
        iterations; the rest is filled here.
    sizes : int64 array
        Rows, paths, changes, first path, path after the last, and simultaneous blocks.
    settings : float64 array
        Tolerance.
    constants, history, changes, shared, values, worst, failed, guesses, broken, broken_at
        As in `debtcycle.sfc.state.State`, each as one row of memory.
    """
    width, size = place[WIDTH], p[LARGEST]
    rows, paths, first_row = sizes[0], sizes[1], p[FIRST_ROW]
    base = p[REGISTERS] * width + p[ROOM]
    lane_base = base + size * size + size + 3 * size * width
    group_base = lane_base + 4 * width + 1
    place[BASE], place[LANE_BASE] = base, lane_base
    w[group_base - 1] = settings[0]
    for j in range(p[CONSTANTS]):
        for k in range(width):
            w[j * width + k] = constants[j]
    path = sizes[3]
    while path < sizes[4]:
        lanes = min(width, sizes[4] - path)
        place[LANES] = lanes
        for row in range(first_row - 1, rows):
            if row >= first_row:
                _load(p, w, history, shared, changes, values, sizes, row, path, width, lanes)
                number = 0
                for block in range(p[BLOCKS]):
                    span = p[SPANS] + 6 * block
                    if p[span + 3] == p[span + 4]:
                        run_code(p, w, functions, place, p[span], p[span + 1])
                        continue
                    place[SPAN] = span
                    _solve(
                        p, w, functions, place, settings[0], row, path, number, sizes, worst,
                        failed, guesses,
                    )  # fmt: skip
                    number += 1
                _finite(p, w, place, row, path, paths, failed)
                _check(
                    p, w, functions, place, row, path, group_base, sizes, failed, broken, broken_at
                )
            for j in range(p[VARIABLES]):
                source = (p[VARIABLE_BASE] + j) * width
                target = (row * p[VARIABLES] + j) * paths + path
                for k in range(lanes):
                    if row < first_row:
                        w[source + k] = history[target + k]
                    else:
                        history[target + k] = w[source + k] if failed[path + k] < 0 else np.nan
        path += width
