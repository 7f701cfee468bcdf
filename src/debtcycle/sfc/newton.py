"""Newton's method on one simultaneous block, in the compiled machine.

The layout of the program `p` is that of `debtcycle.sfc.packing`; `w` is the work space.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc import packing as at
from debtcycle.sfc.jit import c_function, call_execute, compiled, pointer

__all__ = ["HUGE", "TINY", "largest", "newton", "residual", "run_code"]

Longs = NDArray[np.int64]
Values = NDArray[np.float64]

HUGE = 1e300
TINY = 1e-30
HALVINGS = 40

_LONGS, _DOUBLES = pointer("int64"), pointer("float64")

# Frozen into the compiled code.
TEARS, RESIDUALS, ENTRIES = at.TEARS, at.RESIDUALS, at.ENTRIES
TERM_STARTS, TERMS = at.TERM_STARTS, at.TERMS
START, END, WIDTH, LANES, EXECUTE = at.START, at.END, at.WIDTH, at.LANES, at.EXECUTE
SPAN, BASE, LANE_BASE, ITERATIONS = at.SPAN, at.BASE, at.LANE_BASE, at.ITERATIONS


@compiled
def run_code(p: Longs, w: Values, functions: Longs, place: Longs, start: int, end: int) -> None:
    """Run a stretch of code in all lanes."""
    place[START], place[END] = start, end
    call_execute(place[EXECUTE], p, w, functions, place)


@compiled
def largest(
    p: Longs, w: Values, starts: int, members: int, group: int, width: int, lane: int
) -> float:
    """Largest absolute value of a group of registers."""
    size = 0.0
    for n in range(p[starts + group], p[starts + group + 1]):
        size = max(size, abs(w[p[members + n] * width + lane]))
    return size


@compiled
def residual(
    p: Longs, w: Values, first: int, last: int, width: int, lane: int, scales: int
) -> float:
    """Largest residual of a block, relative to its equations' terms or to fixed scales."""
    worst = 0.0
    for i in range(first, last):
        value = abs(w[p[p[RESIDUALS] + i] * width + lane])
        if value != 0.0:
            if scales < 0:
                value /= max(largest(p, w, p[TERM_STARTS], p[TERMS], i, width, lane), TINY)
            else:
                value /= w[scales + (i - first) * width + lane]
        if not value <= HUGE:
            return np.inf
        worst = max(worst, value)
    return worst


@compiled
def _linear_step(  # noqa: C901 - loops over a matrix
    w: Values, matrix: int, right: int, size: int
) -> bool:
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
        scale = largest(p, w, p[TERM_STARTS], p[TERMS], first + i, width, lane)
        w[right + i] = w[p[p[RESIDUALS] + first + i] * width + lane]
        for j in range(size):
            slope = w[p[p[ENTRIES] + entry + i * size + j] * width + lane]
            w[matrix + i * size + j] = slope
            scale = max(scale, abs(slope * w[origin + j * width + lane]))
        w[scales + i * width + lane] = max(scale, TINY)
    fixed = residual(p, w, first, first + size, width, lane, scales)
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
def newton(  # noqa: C901 - loops over lanes
    p: Longs, w: Values, functions: Longs, place: Longs
) -> None:
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
    run_code(p, w, functions, place, p[span], p[span + 1])
    for k in range(lanes):
        if w[done + k] == 0.0:
            w[worst + k] = residual(p, w, first, last, width, k, -1)
    for _ in range(place[ITERATIONS]):
        waiting = 0
        for k in range(lanes):
            if w[worst + k] <= goal:
                w[done + k] = 1.0
            waiting += w[done + k] == 0.0
        if waiting == 0:
            return
        run_code(p, w, functions, place, p[span + 1], p[span + 2])
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
            run_code(p, w, functions, place, p[span], p[span + 1])
            for k in range(lanes):
                if w[done + k] != 0.0 or w[merit + k] < 0.0:
                    continue
                if residual(p, w, first, last, width, k, scales) < w[merit + k]:
                    w[worst + k] = residual(p, w, first, last, width, k, -1)
                    w[merit + k] = -1.0
                    waiting -= 1
                elif (
                    w[worst + k] <= tolerance
                    or w[merit + k] <= tolerance
                    or (halving == HALVINGS - 1)
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
            run_code(p, w, functions, place, p[span], p[span + 1])
