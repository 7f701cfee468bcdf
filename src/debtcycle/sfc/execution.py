"""Running a program's code: the inner loop of the compiled machine.

All that `execute_one` and `execute_many` call stands in this file: their machine code on disk is
renewed when the file changes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc import packing as at
from debtcycle.sfc.jit import c_function, call_primitive, compiled, pointer

__all__ = ["execute_many", "execute_one"]

Longs = NDArray[np.int64]
Values = NDArray[np.float64]

_LONGS, _DOUBLES = pointer("int64"), pointer("float64")

# Frozen into the compiled code.
CODE, CALLS, CALL_INPUTS, REGISTERS = at.CODE, at.CALLS, at.CALL_INPUTS, at.REGISTERS
START, END, WIDTH, LANES = at.START, at.END, at.WIDTH, at.LANES


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
def _one(  # noqa: C901 - one branch for each operation
    p: Longs, w: Values, functions: Longs, start: int, end: int
) -> None:
    """Run code on a single lane."""
    code = p[CODE]
    for i in range(start, end):
        q = code + 5 * i
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
            w[out] = min(a, b)
        elif op == 9:
            b = w[p[q + 3]]
            w[out] = max(a, b)
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
def _many(  # noqa: C901 - one branch for each operation
    p: Longs, w: Values, functions: Longs, start: int, end: int, width: int, lanes: int
) -> None:
    """Run code on all lanes, one operation at a time."""
    code = p[CODE]
    for i in range(start, end):
        q = code + 5 * i
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
                w[out + k] = min(w[a + k], w[b + k])
        elif op == 9:
            for k in range(lanes):
                w[out + k] = max(w[a + k], w[b + k])
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
