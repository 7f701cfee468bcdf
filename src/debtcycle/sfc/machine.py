"""One compiled machine that runs any model's program, over lanes of paths.

A model is data to it: a new model costs no compilation, and no generated source is ever executed.
The machine is a few C functions on plain pointers that call one another by address, so that each
is compiled once and by itself, and is then kept on disk: `execute_one` and `execute_many` run a
stretch of code, `newton` solves a block, `run_paths` does the rest.

Paths are run in lanes, structure of arrays: register n of lane k lies at ``n*width + k``. The
numbers of a lane depend on that lane alone and come from the same operations in the same order
whatever the width, so that no division of paths among lanes and threads changes a bit.

The layout of the program `p` is that of `debtcycle.sfc.packing`; `w` is the work space.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc import packing as at
from debtcycle.sfc.jit import c_function, call_execute, call_primitive, compiled, pointer

__all__ = ["execute_many", "execute_one", "newton", "run_paths"]

Longs = NDArray[np.int64]
Bytes = NDArray[np.int8]
Values = NDArray[np.float64]

HUGE = 1e300
TINY = 1e-30
HALVINGS = 40
GUESSES = 3  # the period before; all ones; all minus ones

_LONGS, _BYTES = pointer("int64"), pointer("int8")
_DOUBLES = pointer("float64")

# Frozen into the compiled code.
CODE, SPANS, BLOCKS, TEARS, RESIDUALS = at.CODE, at.SPANS, at.BLOCKS, at.TEARS, at.RESIDUALS
TERM_STARTS, TERMS, ENTRIES, LAGS, LAG_COUNT = (
    at.TERM_STARTS, at.TERMS, at.ENTRIES, at.LAGS, at.LAG_COUNT
)  # fmt: skip
CALLS, CALL_INPUTS, CHECK_FROM, CHECK_TO = at.CALLS, at.CALL_INPUTS, at.CHECK_FROM, at.CHECK_TO
CHECKS, CHECK_GROUPS, CHECK_COUNT = at.CHECKS, at.CHECK_GROUPS, at.CHECK_COUNT
CELL_STARTS, CELLS, GROUPS = at.CELL_STARTS, at.CELLS, at.GROUPS
PARAMETER_BASE, PARAMETERS = at.PARAMETER_BASE, at.PARAMETERS
VARIABLE_BASE, VARIABLES, FIRST_ROW = at.VARIABLE_BASE, at.VARIABLES, at.FIRST_ROW
START, END, WIDTH, LANES, EXECUTE = at.START, at.END, at.WIDTH, at.LANES, at.EXECUTE
NEWTON, SPAN, BASE, LANE_BASE, ITERATIONS = (
    at.NEWTON, at.SPAN, at.BASE, at.LANE_BASE, at.ITERATIONS
)  # fmt: skip
CONSTANTS, LARGEST, ROOM, REGISTERS = at.CONSTANTS, at.LARGEST, at.ROOM, at.REGISTERS


@compiled
def _logic(op: int, x: float, y: float) -> float:
    if op == 12:
        truth = x < y
    elif op == 13:
        truth = x <= y
    elif op == 14:
        truth = x > y
    elif op == 15:
        truth = x >= y
    elif op == 16:
        truth = x == y
    elif op == 17:
        truth = x != y
    elif op == 18:
        truth = x != 0.0 and y != 0.0
    elif op == 19:
        truth = x != 0.0 or y != 0.0
    else:
        truth = x == 0.0
    return 1.0 if truth else 0.0


@compiled
def _primitive(
    p: Longs, w: Values, functions: Longs, op: int, call: int, width: int, lanes: int
) -> None:
    """Call a hand-written function lane by lane."""
    q = p[CALLS] + 6 * call
    inputs, outputs, number = p[q], p[q + 1], p[q + 5]
    column, base, results = 0, p[q + 3], outputs
    if op == 28:
        column, base, results = 1, p[q + 4], outputs * inputs
    first = p[CALL_INPUTS] + p[q + 2]
    source = p[REGISTERS] * width
    target = source + inputs
    for lane in range(lanes):
        for i in range(inputs):
            w[source + i] = w[p[first + i] * width + lane]
        call_primitive(functions[2 * number + column], w, source, target)
        for i in range(results):
            w[(base + i) * width + lane] = w[target + i]


@compiled
def _one(p: Longs, w: Values, functions: Longs, start: int, end: int) -> None:
    """Run code on a single lane."""
    for i in range(start, end):
        q = p[CODE] + 5 * i
        op, out, a = p[q], p[q + 1], w[p[q + 2]]
        if op == 4:
            w[out] = a * w[p[q + 3]]
        elif op == 2:
            w[out] = a + w[p[q + 3]]
        elif op == 3:
            w[out] = a - w[p[q + 3]]
        elif op == 5:
            w[out] = a / w[p[q + 3]]
        elif op == 24:
            w[out] = a
        elif op == 7:
            w[out] = -a
        elif op == 21:
            w[out] = w[p[q + 3]] if a != 0.0 else w[p[q + 4]]
        elif op == 6:
            w[out] = a ** w[p[q + 3]]
        elif op == 8:
            b = w[p[q + 3]]
            w[out] = a if a <= b else b
        elif op == 9:
            b = w[p[q + 3]]
            w[out] = a if a >= b else b
        elif op == 10:
            w[out] = np.exp(a)
        elif op == 11:
            w[out] = np.log(a)
        elif op == 23:
            w[out] = np.sqrt(a)
        elif op == 22:
            w[out] = abs(a)
        elif op == 25 or op == 28:
            _primitive(p, w, functions, op, out, 1, 1)
        else:
            w[out] = _logic(op, a, w[p[q + 3]])


@compiled
def _many(
    p: Longs, w: Values, functions: Longs, start: int, end: int, width: int, lanes: int
) -> None:
    """Run code on all lanes, one operation at a time."""
    for i in range(start, end):
        q = p[CODE] + 5 * i
        op, out, a, b = p[q], p[q + 1] * width, p[q + 2] * width, p[q + 3] * width
        if op == 4:
            for k in range(lanes):
                w[out + k] = w[a + k] * w[b + k]
        elif op == 2:
            for k in range(lanes):
                w[out + k] = w[a + k] + w[b + k]
        elif op == 3:
            for k in range(lanes):
                w[out + k] = w[a + k] - w[b + k]
        elif op == 5:
            for k in range(lanes):
                w[out + k] = w[a + k] / w[b + k]
        elif op == 24:
            for k in range(lanes):
                w[out + k] = w[a + k]
        elif op == 7:
            for k in range(lanes):
                w[out + k] = -w[a + k]
        elif op == 21:
            c = p[q + 4] * width
            for k in range(lanes):
                w[out + k] = w[b + k] if w[a + k] != 0.0 else w[c + k]
        elif op == 6:
            for k in range(lanes):
                w[out + k] = w[a + k] ** w[b + k]
        elif op == 8:
            for k in range(lanes):
                w[out + k] = w[a + k] if w[a + k] <= w[b + k] else w[b + k]
        elif op == 9:
            for k in range(lanes):
                w[out + k] = w[a + k] if w[a + k] >= w[b + k] else w[b + k]
        elif op == 10:
            for k in range(lanes):
                w[out + k] = np.exp(w[a + k])
        elif op == 11:
            for k in range(lanes):
                w[out + k] = np.log(w[a + k])
        elif op == 23:
            for k in range(lanes):
                w[out + k] = np.sqrt(w[a + k])
        elif op == 22:
            for k in range(lanes):
                w[out + k] = abs(w[a + k])
        elif op == 25 or op == 28:
            _primitive(p, w, functions, op, p[q + 1], width, lanes)
        else:
            for k in range(lanes):
                w[out + k] = _logic(op, w[a + k], w[b + k])


@c_function(_LONGS, _DOUBLES, _LONGS, _LONGS)
def execute_one(p: Longs, w: Values, functions: Longs, place: Longs) -> None:
    """Run a stretch of code on a single lane; `place` holds its first and last operation."""
    _one(p, w, functions, place[START], place[END])


@c_function(_LONGS, _DOUBLES, _LONGS, _LONGS)
def execute_many(p: Longs, w: Values, functions: Longs, place: Longs) -> None:
    """Run a stretch of code on all lanes."""
    _many(p, w, functions, place[START], place[END], place[WIDTH], place[LANES])


@compiled
def _run(
    p: Longs, w: Values, functions: Longs, place: Longs, start: int, end: int
) -> None:
    place[START], place[END] = start, end
    call_execute(place[EXECUTE], p, w, functions, place)


@compiled
def _largest(
    p: Longs, w: Values, starts: int, members: int, group: int, width: int, lane: int
) -> float:
    """Largest absolute value of a group of registers."""
    size = 0.0
    for n in range(p[starts + group], p[starts + group + 1]):
        size = max(size, abs(w[p[members + n] * width + lane]))
    return size


@compiled
def _residual(
    p: Longs, w: Values, first: int, last: int, width: int, lane: int, scales: int
) -> float:
    """Largest residual of a block, relative to its equations' terms or to fixed scales."""
    worst = 0.0
    for i in range(first, last):
        value = abs(w[p[p[RESIDUALS] + i] * width + lane])
        if value != 0.0:
            if scales < 0:
                value /= max(_largest(p, w, p[TERM_STARTS], p[TERMS], i, width, lane), TINY)
            else:
                value /= w[scales + (i - first) * width + lane]
        if not value <= HUGE:
            return np.inf
        worst = max(worst, value)
    return worst


@compiled
def _linear_step(w: Values, matrix: int, right: int, size: int) -> bool:
    """Gaussian elimination with partial pivoting, in place; the solution is left at `right`."""
    for column in range(size):
        pivot, best = column, abs(w[matrix + column * size + column])
        for row in range(column + 1, size):
            value = abs(w[matrix + row * size + column])
            if value > best:
                pivot, best = row, value
        if not (best > 0.0 and best <= HUGE):
            return False
        here, there = matrix + column * size, matrix + pivot * size
        if pivot != column:
            for k in range(column, size):
                w[here + k], w[there + k] = w[there + k], w[here + k]
            w[right + column], w[right + pivot] = w[right + pivot], w[right + column]
        for row in range(column + 1, size):
            below = matrix + row * size
            factor = w[below + column] / w[here + column]
            if factor != 0.0:
                for k in range(column + 1, size):
                    w[below + k] -= factor * w[here + k]
                w[right + row] -= factor * w[right + column]
    for row in range(size - 1, -1, -1):
        total = w[right + row]
        for k in range(row + 1, size):
            total -= w[matrix + row * size + k] * w[right + k]
        w[right + row] = total / w[matrix + row * size + row]
        if not abs(w[right + row]) <= HUGE:
            return False
    return True


@compiled
def _prepare(
    p: Longs, w: Values, first: int, size: int, entry: int, width: int, lane: int, base: int,
    goal: float,
) -> float:  # fmt: skip
    """Newton step of one lane: the residual it must lower, or -1 if solved, -2 if there is none.

    Terms may cancel where an equation is a product, so the scale of a residual is the largest of
    its terms and of slope times variable: how far it is from nought in units that its variables
    can resolve.
    """
    matrix, right = base, base + size * size
    origin = right + size
    step, scales = origin + size * width, origin + 2 * size * width
    for i in range(size):
        scale = _largest(p, w, p[TERM_STARTS], p[TERMS], first + i, width, lane)
        w[right + i] = w[p[p[RESIDUALS] + first + i] * width + lane]
        for j in range(size):
            slope = w[p[p[ENTRIES] + entry + i * size + j] * width + lane]
            w[matrix + i * size + j] = slope
            scale = max(scale, abs(slope * w[origin + j * width + lane]))
        w[scales + i * width + lane] = max(scale, TINY)
    fixed = _residual(p, w, first, first + size, width, lane, scales)
    if fixed <= goal:
        return -1.0 - fixed
    if not fixed <= HUGE or not _linear_step(w, matrix, right, size):
        return -3.0
    for i in range(size):
        w[step + i * width + lane] = w[right + i]
    return fixed


@compiled
def _move(
    p: Longs, w: Values, first: int, size: int, width: int, lanes: int, base: int, length: int
) -> None:
    """Tears to origin - length * step, in every lane."""
    origin = base + size * size + size
    step = origin + size * width
    for i in range(size):
        tear = p[p[TEARS] + first + i] * width
        for k in range(lanes):
            moved = w[length + k] * w[step + i * width + k]
            w[tear + k] = w[origin + i * width + k] - moved


@c_function(_LONGS, _DOUBLES, _LONGS, _LONGS)
def newton(p: Longs, w: Values, functions: Longs, place: Longs) -> None:
    """Solve one block in all lanes that are not done.

    From ``place[LANE_BASE]`` lie, by lane: residual, whether it is done, length and merit of the
    step; then the tolerance.
    """
    span, base, lane_base = place[SPAN], place[BASE], place[LANE_BASE]
    width, lanes = place[WIDTH], place[LANES]
    tolerance = w[lane_base + 4 * width]
    goal = tolerance * 1e-5
    first, size, entry = p[span + 3], p[span + 4] - p[span + 3], p[span + 5]
    last = first + size
    worst, done = lane_base, lane_base + width
    length, merit = lane_base + 2 * width, lane_base + 3 * width
    origin = base + size * size + size
    step, scales = origin + size * width, origin + 2 * size * width
    _run(p, w, functions, place, p[span], p[span + 1])
    for k in range(lanes):
        if w[done + k] == 0.0:
            w[worst + k] = _residual(p, w, first, last, width, k, -1)
    for _ in range(place[ITERATIONS]):
        waiting = 0
        for k in range(lanes):
            if w[worst + k] <= goal:
                w[done + k] = 1.0
            waiting += w[done + k] == 0.0
        if waiting == 0:
            return
        _run(p, w, functions, place, p[span + 1], p[span + 2])
        waiting = 0
        for k in range(lanes):
            for i in range(size):
                w[origin + i * width + k] = w[p[p[TEARS] + first + i] * width + k]
                w[step + i * width + k] = 0.0
            w[length + k] = 0.0
            if w[done + k] != 0.0:
                continue
            found = _prepare(p, w, first, size, entry, width, k, base, goal)
            if found >= 0.0:
                w[merit + k], w[length + k] = found, 1.0
                waiting += 1
            else:
                w[done + k] = 1.0
                if found > -2.5:
                    w[worst + k] = min(w[worst + k], -1.0 - found)
        stay = False
        for halving in range(HALVINGS):
            if waiting == 0:
                break
            stay = False
            _move(p, w, first, size, width, lanes, base, length)
            _run(p, w, functions, place, p[span], p[span + 1])
            for k in range(lanes):
                if w[done + k] != 0.0 or w[merit + k] < 0.0:
                    continue
                if _residual(p, w, first, last, width, k, scales) < w[merit + k]:
                    w[worst + k] = _residual(p, w, first, last, width, k, -1)
                    w[merit + k] = -1.0
                    waiting -= 1
                elif w[worst + k] <= tolerance or w[merit + k] <= tolerance or (
                    halving == HALVINGS - 1
                ):
                    # Good enough and at the limit of rounding, or no way down: stay.
                    w[worst + k] = min(w[worst + k], w[merit + k])
                    w[length + k], w[merit + k], w[done + k] = 0.0, -1.0, 1.0
                    stay = True
                    waiting -= 1
                else:
                    w[length + k] *= 0.5
        if stay:
            _move(p, w, first, size, width, lanes, base, length)
            _run(p, w, functions, place, p[span], p[span + 1])


@compiled
def _given(
    p: Longs, shared: Values, changes: Longs, values: Values, sizes: Longs, row: int, column: int,
    path: int,
) -> float:  # fmt: skip
    """A parameter in one period of one path: the last change that holds, else what all share."""
    found = shared[row * p[PARAMETERS] + column]
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
                w[register + k] = _given(
                    p, shared, changes, values, sizes, then, column, path + k
                )


@compiled
def _solve(
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
        largest = -1.0
        for i in range(first, last):
            value = _residual(p, w, i, i + 1, width, k, -1)
            if value > largest:
                largest = value
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
    _run(p, w, functions, place, p[CHECK_FROM], p[CHECK_TO])
    for k in range(lanes):
        if failed[path + k] >= 0:
            continue
        for group in range(p[GROUPS]):
            w[group_base + group] = _largest(p, w, p[CELL_STARTS], p[CELLS], group, width, k)
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
                        _run(p, w, functions, place, p[span], p[span + 1])
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
