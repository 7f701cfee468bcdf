"""The plain back end: the reference, operation by operation on NumPy arrays over paths."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc.evaluation import BINARY, UNARY
from debtcycle.sfc.expression import Op
from debtcycle.sfc.program import COPY, Program
from debtcycle.sfc.state import State

__all__ = ["simulate"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

TINY, HUGE, HALVINGS = 1e-30, 1e300, 40
AS_FOUND, AFTER_STEP = 1e-5, 1e-3  # see debtcycle.sfc.native.newton
GUESSES = (None, 1.0, -1.0)  # the period before; all ones; all minus ones


class _Machine:
    """Registers of all paths, and the code that works on them."""

    def __init__(self, program: Program, paths: int) -> None:
        self.program = program
        self.registers = np.zeros((program.registers, paths))
        self.registers[: len(program.constants)] = program.constants[:, None]
        self.rows = program.code.tolist()

    def execute(self, start: int, end: int) -> None:
        """Run a stretch of code."""
        r = self.registers
        for op, target, a, b, c in self.rows[start:end]:
            if op == COPY:
                r[target] = r[a]
            elif op in BINARY:
                r[target] = BINARY[Op(op)](r[a], r[b])
            elif op in UNARY:
                r[target] = UNARY[Op(op)](r[a])
            elif op == Op.MIN:
                r[target] = np.where(r[a] <= r[b], r[a], r[b])
            elif op == Op.MAX:
                r[target] = np.where(r[a] >= r[b], r[a], r[b])
            elif op == Op.NOT:
                r[target] = r[a] == 0.0
            else:
                r[target] = np.where(r[a] != 0.0, r[b], r[c])

    def sizes(self, starts: NDArray[np.int32], members: NDArray[np.int32], group: int) -> Values:
        """Largest absolute value of a group of registers, by path."""
        chosen = members[starts[group] : starts[group + 1]]
        return np.asarray(np.abs(self.registers[chosen]).max(axis=0, initial=0.0))

    def relative(self, register: int, size: Values) -> Values:
        """A residual relative to a size; infinite where it is not a number."""
        residual = np.abs(self.registers[register])
        with np.errstate(all="ignore"):
            found = np.where(residual == 0.0, 0.0, residual / np.maximum(size, TINY))
        found[~np.isfinite(found)] = np.inf
        return np.asarray(found)


class _Block:
    """Newton's method on one simultaneous block of all paths."""

    def __init__(self, machine: _Machine, span: list[int], tolerance: float) -> None:
        self.machine, self.tolerance = machine, tolerance
        self.begin, self.middle, self.end, self.first, self.last, entry, self.head = span
        size = self.last - self.first
        program = machine.program
        self.tears = program.tears[0, self.first : self.last]
        self.residuals = program.tears[1, self.first : self.last]
        self.entries = program.entries[entry : entry + size * size].reshape(size, size)

    def by_equation(self) -> Values:
        """Residuals relative to the largest term of their equation, shape (tears, paths)."""
        program, machine = self.machine.program, self.machine
        return np.array(
            [
                machine.relative(
                    self.residuals[i - self.first],
                    machine.sizes(program.term_starts, program.terms, i),
                )
                for i in range(self.first, self.last)
            ]
        )

    def scales(self, origin: Values) -> Values:
        """Largest term of each equation, or largest slope times variable."""
        program, machine = self.machine.program, self.machine
        terms = np.array(
            [
                machine.sizes(program.term_starts, program.terms, i)
                for i in range(self.first, self.last)
            ]
        )
        slopes = np.abs(machine.registers[self.entries] * origin[None]).max(axis=1)
        return np.asarray(np.maximum(np.fmax(terms, slopes), TINY))

    def against(self, scales: Values) -> Values:
        """Largest residual of each path relative to fixed scales."""
        found = [
            self.machine.relative(register, scale)
            for register, scale in zip(self.residuals, scales, strict=True)
        ]
        return np.asarray(np.max(found, axis=0))

    def chain(self) -> None:
        self.machine.execute(self.begin, self.middle)

    def steps(self, active: Flags) -> Values:
        """Newton steps of the active paths; NaN where there is none."""
        registers = self.machine.registers
        step = np.zeros((len(self.tears), registers.shape[1]))
        for path in np.flatnonzero(active):
            try:
                step[:, path] = np.linalg.solve(
                    registers[self.entries, path], registers[self.residuals, path]
                )
            except np.linalg.LinAlgError:
                step[:, path] = np.nan
        return step

    def newton(self, done: Flags, worst: Values, iterations: int) -> Values:
        """Residual of each path at the end; `done` marks those that are left alone."""
        goal, registers = self.tolerance * AS_FOUND, self.machine.registers
        done = done.copy()
        self.chain()
        worst = np.where(done, worst, self.by_equation().max(axis=0))
        for _ in range(iterations):
            done |= worst <= goal
            if done.all():
                break
            self.machine.execute(self.middle, self.end)
            origin = registers[self.tears].copy()
            scales = self.scales(origin)
            fixed = self.against(scales)
            reached = ~done & (fixed <= goal)
            worst = np.where(reached, np.minimum(worst, fixed), worst)
            step = self.steps(~done & ~reached & np.isfinite(fixed))
            usable = ~done & ~reached & np.isfinite(fixed) & np.isfinite(step).all(axis=0)
            done |= ~usable
            goal = self.tolerance * AFTER_STEP
            worst, done = self.search(
                usable, origin, np.where(usable, step, 0.0), scales, fixed, worst, done
            )
        return worst

    def search(
        self, waiting: Flags, origin: Values, step: Values, scales: Values, fixed: Values,
        worst: Values, done: Flags,
    ) -> tuple[Values, Flags]:  # fmt: skip
        """Halve the step of each path until its residual falls."""
        length = np.where(waiting, 1.0, 0.0)
        registers = self.machine.registers
        waiting = waiting.copy()
        for halving in range(HALVINGS):
            if not waiting.any():
                return worst, done
            registers[self.tears] = origin - length * step
            self.chain()
            better = waiting & (self.against(scales) < fixed)
            worst = np.where(better, self.by_equation().max(axis=0), worst)
            stay = waiting & ~better & ((worst <= self.tolerance) | (halving == HALVINGS - 1))
            worst = np.where(stay, np.minimum(worst, fixed), worst)
            length = np.where(stay, 0.0, np.where(waiting & ~better, 0.5 * length, length))
            done = done | stay
            waiting &= ~better & ~stay
            if stay.any() and not waiting.any():
                registers[self.tears] = origin - length * step
                self.chain()
        return worst, done

    def solve(self, row: int, number: int, state: State, iterations: int) -> None:
        """Try the guesses in turn; note the worst equation of paths that failed."""
        worst = np.full(state.worst.shape, np.inf)
        self.machine.execute(self.head, self.begin)
        for guess, value in enumerate(GUESSES):
            done = (state.failed[0] >= 0) | (worst <= self.tolerance)
            if done.all():
                break
            if value is not None:
                state.guesses[row, number, ~done] = guess
                self.machine.registers[np.ix_(self.tears, np.flatnonzero(~done))] = value
            worst = self.newton(done, worst, iterations)
        alive = state.failed[0] < 0
        state.worst[alive] = np.maximum(state.worst, worst)[alive]
        fresh = alive & ~(worst <= self.tolerance)
        state.failed[0, fresh], state.failed[1, fresh] = row, number
        guilty = self.first + self.by_equation().argmax(axis=0)
        state.failed[2, fresh] = guilty[fresh]


def _check(machine: _Machine, row: int, state: State) -> None:
    """Residual of every identity, relative to the largest cell of its matrix."""
    program = machine.program
    machine.execute(*program.check_span.tolist())
    alive = state.failed[0] < 0
    groups = [
        machine.sizes(program.cell_starts, program.cells, g)
        for g in range(len(program.cell_starts) - 1)
    ]
    for number, (register, group) in enumerate(program.checks.T.tolist()):
        value = machine.relative(register, groups[group])
        larger = alive & (value > state.broken[number])
        state.broken[number, larger] = value[larger]
        state.broken_at[number, larger] = row


def _finite(machine: _Machine, row: int, state: State) -> None:
    """Note the first variable of each path that is not a number, as block -1."""
    base, count = machine.program.variable_base, state.start.shape[1]
    wrong = ~(np.abs(machine.registers[base : base + count]) <= HUGE)
    fresh = wrong.any(axis=0) & (state.failed[0] < 0)
    state.failed[0, fresh], state.failed[1, fresh] = row, -1
    state.failed[2, fresh] = wrong.argmax(axis=0)[fresh]


def _load(machine: _Machine, row: int, state: State, history: Values) -> None:
    """Parameters and lagged values of one period."""
    program, count = machine.program, state.shared.shape[1]

    def given(at: int) -> Values:
        found = np.repeat(state.shared[at][:, None], state.history.shape[2], axis=1)
        for number in np.argsort(state.changes[:, 1], kind="stable").tolist():
            column, first = state.changes[number].tolist()
            if first <= at:
                found[column] = state.values[number]
        return found

    base = program.parameter_base
    machine.registers[base : base + count] = given(row)
    for register, kind, column, lag in program.lags.tolist():
        source = given(row - lag) if kind else history[row - lag]
        machine.registers[register] = source[column]


def simulate(
    program: Program,
    state: State,
    *,
    tolerance: float = 1e-10,
    iterations: int = 60,
) -> None:
    """Fill the state period by period.

    Parameters
    ----------
    tolerance : float
        Largest relative residual of an equation.
    """
    paths = state.history.shape[2]
    machine = _Machine(program, paths)
    base, count = program.variable_base, len(program.model.variables)
    history = np.empty((len(state.history), count, paths))
    history[: program.max_lag] = state.start
    machine.registers[base : base + count] = state.start[-1]
    with np.errstate(all="ignore"):
        for row in range(program.max_lag, len(history)):
            _load(machine, row, state, history)
            number = 0
            for span in program.spans.tolist():
                if span[3] == span[4]:
                    machine.execute(span[0], span[1])
                    continue
                _Block(machine, span, tolerance).solve(row, number, state, iterations)
                number += 1
            _finite(machine, row, state)
            _check(machine, row, state)
            alive = state.failed[0] < 0
            values = machine.registers[base : base + count]
            history[row] = np.where(alive, values, np.nan)
    state.history[:] = history[:, state.kept]
