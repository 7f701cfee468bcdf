"""The plain back end: programs run operation by operation on NumPy arrays over paths."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc.expression import Op
from debtcycle.sfc.program import _COPY, BlockProgram, Code, Program

__all__ = ["simulate"]

Values = NDArray[np.float64]

_UNARY = {Op.NEG: np.negative, Op.EXP: np.exp, Op.LOG: np.log, Op.ABS: np.abs, Op.SQRT: np.sqrt}
_BINARY = {
    Op.ADD: np.add,
    Op.SUB: np.subtract,
    Op.MUL: np.multiply,
    Op.DIV: np.divide,
    Op.POW: np.power,
    Op.LT: np.less,
    Op.LE: np.less_equal,
    Op.GT: np.greater,
    Op.GE: np.greater_equal,
    Op.EQ: np.equal,
    Op.NE: np.not_equal,
    Op.AND: np.logical_and,
    Op.OR: np.logical_or,
}


def _execute(code: Code, registers: Values) -> None:
    for op, target, a, b, c in code.rows.tolist():
        if op == _COPY:
            registers[target] = registers[a]
        elif op in _BINARY:
            registers[target] = _BINARY[Op(op)](registers[a], registers[b])
        elif op in _UNARY:
            registers[target] = _UNARY[Op(op)](registers[a])
        elif op == Op.MIN:
            registers[target] = np.where(registers[a] <= registers[b], registers[a], registers[b])
        elif op == Op.MAX:
            registers[target] = np.where(registers[a] >= registers[b], registers[a], registers[b])
        elif op == Op.NOT:
            registers[target] = registers[a] == 0.0
        else:
            registers[target] = np.where(registers[a] != 0.0, registers[b], registers[c])


def scaled(block: BlockProgram, registers: Values) -> Values:
    """Largest residual of each path, relative to the larger side of its equation."""
    left, right = np.abs(registers[block.lefts]), np.abs(registers[block.rights])
    size = np.maximum(np.maximum(left, right), 1.0)
    worst = np.abs(registers[block.residuals]) / size
    worst[~np.isfinite(worst)] = np.inf
    return np.asarray(worst.max(axis=0))


def _steps(block: BlockProgram, registers: Values, active: NDArray[np.bool_]) -> Values:
    """Newton steps of the active paths; nought for the others."""
    size = len(block.tears)
    step = np.zeros((size, registers.shape[1]))
    for path in np.flatnonzero(active):
        matrix = registers[block.entries, path]
        right = registers[block.residuals, path]
        try:
            step[:, path] = np.linalg.solve(matrix, right)
        except np.linalg.LinAlgError:
            step[:, path] = np.nan
    return step


def _solve(block: BlockProgram, registers: Values, tolerance: float, iterations: int) -> Values:
    """Newton with a line search on the residual; the residual of each path at the end."""
    goal = tolerance * 1e-3
    _execute(block.chain, registers)
    worst = scaled(block, registers)
    stalled = np.zeros(len(worst), dtype=bool)
    for _ in range(iterations):
        active = (worst > goal) & ~stalled
        if not active.any():
            break
        _execute(block.jacobian, registers)
        step = _steps(block, registers, active)
        origin = registers[block.tears].copy()
        length = np.where(active & np.isfinite(step).all(axis=0), 1.0, 0.0)
        stalled |= active & (length == 0.0)
        open_paths = length > 0.0
        moved = np.where(np.isfinite(step), step, 0.0)
        better = worst.copy()
        for _ in range(40):
            registers[block.tears] = origin - length * moved
            _execute(block.chain, registers)
            trial = scaled(block, registers)
            accepted = open_paths & (trial < worst)
            better = np.where(accepted, trial, better)
            open_paths &= ~accepted
            if not open_paths.any():
                break
            length = np.where(open_paths, 0.5 * length, length)
        length = np.where(open_paths, 0.0, length)
        stalled |= open_paths
        if open_paths.any():
            registers[block.tears] = origin - length * moved
            _execute(block.chain, registers)
        worst = better
    return worst


def simulate(
    program: Program,
    history: Values,
    parameters: Values,
    *,
    tolerance: float = 1e-10,
    iterations: int = 60,
) -> tuple[Values, NDArray[np.int64]]:
    """Fill `history` period by period.

    Parameters
    ----------
    history : float64 array, shape (lags + periods, variables, paths)
        The first `lags` rows are given; the rest is filled.
    parameters : float64 array, shape (lags + periods, parameters, paths)

    Returns
    -------
    worst : float64 array, shape (paths,)
        Largest scaled residual of the failing period, else of the whole path.
    failed : int64 array, shape (3, paths)
        Row of `history`, block and -1; -1 where nothing failed.
    """
    model, lags = program.model, program.max_lag
    paths = history.shape[2]
    registers = np.zeros((program.registers, paths))
    registers[: len(program.constants)] = program.constants[:, None]
    rows = {name: number for number, name in enumerate(model.variables)}
    given = {name: number for number, name in enumerate(model.parameters)}
    worst = np.zeros(paths)
    failed = np.full((2, paths), -1, dtype=np.int64)
    registers[list(program.variables.values())] = history[lags - 1]
    with np.errstate(all="ignore"):
        for row in range(lags, history.shape[0]):
            registers[list(program.parameters.values())] = parameters[row]
            for symbol, register in program.lags:
                source, at = (history, rows) if symbol.name in rows else (parameters, given)
                registers[register] = source[row - symbol.lag, at[symbol.name]]
            for number, block in enumerate(program.blocks):
                if not len(block.tears):
                    _execute(block.chain, registers)
                    continue
                left = _solve(block, registers, tolerance, iterations)
                fresh = (left > tolerance) & (failed[0] < 0)
                failed[:, fresh] = np.array([[row], [number]])
                worst = np.where((failed[0] < 0) | fresh, np.maximum(worst, left), worst)
            history[row] = registers[list(program.variables.values())]
    return worst, failed
