"""The fast back end: one compiled machine that runs any model's program over lanes of paths.

The machine is compiled once and cached, whatever the model: a model is data to it, so that a new
model costs no compilation and no generated source is ever executed. Paths are run in lanes of a
fixed width, structure of arrays; each lane's numbers depend on that lane alone, so results do not
depend on how paths are divided among lanes, threads or machines.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from debtcycle.sfc.program import Program

__all__ = ["LANES", "simulate"]

LANES = 32

Values = NDArray[np.float64]


@njit(cache=True, error_model="numpy", nogil=True, boundscheck=False)
def _execute(rows, registers, lanes):  # type: ignore[no-untyped-def]
    for i in range(rows.shape[0]):
        op = rows[i, 0]
        out = registers[rows[i, 1]]
        a = registers[rows[i, 2]]
        b = registers[rows[i, 3]]
        if op == 4:
            for k in range(lanes):
                out[k] = a[k] * b[k]
        elif op == 2:
            for k in range(lanes):
                out[k] = a[k] + b[k]
        elif op == 3:
            for k in range(lanes):
                out[k] = a[k] - b[k]
        elif op == 5:
            for k in range(lanes):
                out[k] = a[k] / b[k]
        elif op == 24:
            for k in range(lanes):
                out[k] = a[k]
        elif op == 7:
            for k in range(lanes):
                out[k] = -a[k]
        elif op == 21:
            c = registers[rows[i, 4]]
            for k in range(lanes):
                out[k] = b[k] if a[k] != 0.0 else c[k]
        elif op == 6:
            for k in range(lanes):
                out[k] = a[k] ** b[k]
        elif op == 8:
            for k in range(lanes):
                out[k] = a[k] if a[k] <= b[k] else b[k]
        elif op == 9:
            for k in range(lanes):
                out[k] = a[k] if a[k] >= b[k] else b[k]
        elif op == 10:
            for k in range(lanes):
                out[k] = np.exp(a[k])
        elif op == 11:
            for k in range(lanes):
                out[k] = np.log(a[k])
        elif op == 23:
            for k in range(lanes):
                out[k] = np.sqrt(a[k])
        elif op == 22:
            for k in range(lanes):
                out[k] = abs(a[k])
        elif op == 20:
            for k in range(lanes):
                out[k] = 1.0 if a[k] == 0.0 else 0.0
        else:
            _logic(op, out, a, b, lanes)


@njit(cache=True, error_model="numpy", nogil=True)
def _logic(op, out, a, b, lanes):  # type: ignore[no-untyped-def]
    for k in range(lanes):
        x, y = a[k], b[k]
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
        else:
            truth = x != 0.0 or y != 0.0
        out[k] = 1.0 if truth else 0.0


@njit(cache=True, error_model="numpy", nogil=True)
def _worst(registers, residuals, lefts, rights, lane):  # type: ignore[no-untyped-def]
    largest = 0.0
    for i in range(residuals.shape[0]):
        size = max(abs(registers[lefts[i], lane]), abs(registers[rights[i], lane]), 1.0)
        value = abs(registers[residuals[i], lane]) / size
        if not value <= 1e300:
            return np.inf
        largest = max(largest, value)
    return largest


@njit(cache=True, error_model="numpy", nogil=True)
def _linear_step(matrix, right, size):  # type: ignore[no-untyped-def]
    """Gaussian elimination with partial pivoting, in place; the solution is left in `right`."""
    for column in range(size):
        pivot, best = column, abs(matrix[column, column])
        for row in range(column + 1, size):
            if abs(matrix[row, column]) > best:
                pivot, best = row, abs(matrix[row, column])
        if not (best > 0.0 and best <= 1e300):
            return False
        if pivot != column:
            for k in range(column, size):
                matrix[column, k], matrix[pivot, k] = matrix[pivot, k], matrix[column, k]
            right[column], right[pivot] = right[pivot], right[column]
        for row in range(column + 1, size):
            factor = matrix[row, column] / matrix[column, column]
            if factor != 0.0:
                for k in range(column + 1, size):
                    matrix[row, k] -= factor * matrix[column, k]
                right[row] -= factor * right[column]
    for row in range(size - 1, -1, -1):
        total = right[row]
        for k in range(row + 1, size):
            total -= matrix[row, k] * right[k]
        right[row] = total / matrix[row, row]
    for row in range(size):
        if not abs(right[row]) <= 1e300:
            return False
    return True


@njit(cache=True, error_model="numpy", nogil=True)
def _solve(  # type: ignore[no-untyped-def]
    chain, jacobian, tears, residuals, lefts, rights, entries, registers, lanes, tolerance, iterations, worst
):
    size = tears.shape[0]
    goal = tolerance * 1e-3
    matrix = np.empty((size, size))
    origin = np.empty((size, lanes))
    step = np.empty((size, lanes))
    length = np.empty(lanes)
    waiting = np.empty(lanes, dtype=np.bool_)
    stalled = np.zeros(lanes, dtype=np.bool_)
    _execute(chain, registers, lanes)
    for lane in range(lanes):
        worst[lane] = _worst(registers, residuals, lefts, rights, lane)
    for _ in range(iterations):
        busy = False
        for lane in range(lanes):
            busy |= worst[lane] > goal and not stalled[lane]
        if not busy:
            return
        _execute(jacobian, registers, lanes)
        count = 0
        for lane in range(lanes):
            length[lane] = 0.0
            waiting[lane] = False
            for i in range(size):
                origin[i, lane] = registers[tears[i], lane]
                step[i, lane] = 0.0
            if worst[lane] > goal and not stalled[lane]:
                right = np.empty(size)
                for i in range(size):
                    right[i] = registers[residuals[i], lane]
                    for j in range(size):
                        matrix[i, j] = registers[entries[i, j], lane]
                if _linear_step(matrix, right, size):
                    for i in range(size):
                        step[i, lane] = right[i]
                    length[lane] = 1.0
                    waiting[lane] = True
                    count += 1
                else:
                    stalled[lane] = True
        for _halving in range(40):
            if count == 0:
                break
            for lane in range(lanes):
                for i in range(size):
                    registers[tears[i], lane] = origin[i, lane] - length[lane] * step[i, lane]
            _execute(chain, registers, lanes)
            for lane in range(lanes):
                if waiting[lane]:
                    trial = _worst(registers, residuals, lefts, rights, lane)
                    if trial < worst[lane]:
                        worst[lane] = trial
                        waiting[lane] = False
                        count -= 1
                    else:
                        length[lane] *= 0.5
        if count:
            for lane in range(lanes):
                if waiting[lane]:
                    stalled[lane] = True
                    length[lane] = 0.0
                for i in range(size):
                    registers[tears[i], lane] = origin[i, lane] - length[lane] * step[i, lane]
            _execute(chain, registers, lanes)


@njit(cache=True, error_model="numpy", nogil=True)
def _run(  # type: ignore[no-untyped-def]
    code, spans, tear_list, entry_list, lag_table, parameter_at, variable_at, registers,
    history, parameters, first, lanes, lags, tolerance, iterations, worst, failed,
):
    left = np.empty(lanes)
    for j in range(variable_at.shape[0]):
        for k in range(lanes):
            registers[variable_at[j], k] = history[lags - 1, j, first + k]
    for row in range(lags, history.shape[0]):
        for j in range(parameter_at.shape[0]):
            for k in range(lanes):
                registers[parameter_at[j], k] = parameters[row, j, min(first + k, parameters.shape[2] - 1)]
        for j in range(lag_table.shape[0]):
            register, kind, column, lag = lag_table[j]
            for k in range(lanes):
                if kind == 0:
                    registers[register, k] = history[row - lag, column, first + k]
                else:
                    registers[register, k] = parameters[row - lag, column, min(first + k, parameters.shape[2] - 1)]
        for block in range(spans.shape[0]):
            chain_a, chain_b, jac_b, tear_a, tear_b, entry_a = spans[block]
            size = tear_b - tear_a
            if size == 0:
                _execute(code[chain_a:chain_b], registers, lanes)
                continue
            entries = entry_list[entry_a : entry_a + size * size].reshape(size, size)
            _solve(
                code[chain_a:chain_b], code[chain_b:jac_b],
                tear_list[0, tear_a:tear_b], tear_list[1, tear_a:tear_b],
                tear_list[2, tear_a:tear_b], tear_list[3, tear_a:tear_b],
                entries, registers, lanes, tolerance, iterations, left,
            )
            for k in range(lanes):
                path = first + k
                if failed[0, path] < 0:
                    worst[path] = max(worst[path], left[k])
                    if left[k] > tolerance:
                        failed[0, path] = row
                        failed[1, path] = block
        for j in range(variable_at.shape[0]):
            for k in range(lanes):
                history[row, j, first + k] = registers[variable_at[j], k]


def _flat(program: Program) -> tuple[NDArray[np.int32], ...]:
    """The program as plain arrays: code, spans of blocks, tears, Jacobian entries, lags."""
    codes, spans, tears, entries = [], [], [], []
    at = tear_at = entry_at = 0
    for block in program.blocks:
        size, chain, slope = len(block.tears), len(block.chain), len(block.jacobian)
        codes += [block.chain.rows, block.jacobian.rows]
        spans.append((at, at + chain, at + chain + slope, tear_at, tear_at + size, entry_at))
        tears.append(np.stack([block.tears, block.residuals, block.lefts, block.rights]))
        entries.append(block.entries.ravel())
        at, tear_at, entry_at = at + chain + slope, tear_at + size, entry_at + size * size
    variables = {name: number for number, name in enumerate(program.model.variables)}
    given = {name: number for number, name in enumerate(program.model.parameters)}
    lags = [
        (register, 0, variables[s.name], s.lag)
        if s.name in variables
        else (register, 1, given[s.name], s.lag)
        for s, register in program.lags
    ]
    return (
        np.concatenate(codes).astype(np.int32).reshape(-1, 5),
        np.array(spans, dtype=np.int32).reshape(-1, 6),
        np.concatenate(tears, axis=1).astype(np.int32),
        np.concatenate(entries).astype(np.int32),
        np.array(lags, dtype=np.int32).reshape(-1, 4),
        np.array(list(program.parameters.values()), dtype=np.int32),
        np.array(list(program.variables.values()), dtype=np.int32),
    )


def simulate(
    program: Program,
    history: Values,
    parameters: Values,
    *,
    tolerance: float = 1e-10,
    iterations: int = 60,
) -> tuple[Values, NDArray[np.int64]]:
    """Fill `history` period by period; see `debtcycle.sfc.numpy_backend.simulate`.

    `parameters` may have one path that serves all.
    """
    flat = _flat(program)
    paths = history.shape[2]
    worst, failed = np.zeros(paths), np.full((2, paths), -1, dtype=np.int64)
    width = min(LANES, paths)
    registers = np.zeros((program.registers, width))
    for first in range(0, paths, width):
        lanes = min(width, paths - first)
        registers[:] = 0.0
        registers[: len(program.constants)] = program.constants[:, None]
        _run(
            *flat, registers, history, parameters, first, lanes, program.max_lag, tolerance,
            iterations, worst, failed,
        )  # fmt: skip
    return worst, failed
