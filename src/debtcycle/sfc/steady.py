"""Where a model comes to rest, if it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debtcycle.errors import ModelError
from debtcycle.sfc.inputs import Start
from debtcycle.sfc.model import Model
from debtcycle.sfc.results import Run
from debtcycle.sfc.runs import Compiled

__all__ = ["SteadyState", "steady_state"]

Values = NDArray[np.float64]

STEP = 1e-5
STEPS = 40
SPAN = 50
MAX_STATES = 2000
SMALL = 1e-6  # part of the largest variable below which what shrinks counts as gone
UNIT = 1e-7  # how near to one a root counts as an accumulated stock that nothing pulls back


@dataclass(frozen=True, slots=True)
class SteadyState:
    """A row that the model repeats, or the rate at which it grows.

    Attributes
    ----------
    values : dict of str to float
        Variables and parameters; a start row for further runs. For a growing model, the row
        from which the rate was measured.
    residual : float
        Largest change over one period, relative to the largest of the variable and one
        thousandth of the largest variable.
    growth_rates : dict of str to float
        Rate per period of each variable that grows, where all have come to steady rates; empty
        for a state of rest.
    largest_root : float
        Modulus of the largest root of the dynamics near the state, roots of one apart; below
        one the model returns after a disturbance. NaN for a growing model, and for one with
        more than 2,000 lagged values.
    """

    values: dict[str, float]
    residual: float
    growth_rates: dict[str, float]
    largest_root: float

    @property
    def rests(self) -> bool:
        """Whether the model comes to rest."""
        return not self.growth_rates

    @property
    def stable(self) -> bool:
        """Whether the model returns after a small disturbance."""
        return self.rests and self.largest_root < 1.0 - 1e-7


class _Map:
    """One period of the model as a map of its lagged variables."""

    def __init__(self, compiled: Compiled, parameters: Mapping[str, ArrayLike]) -> None:
        self.compiled, self.parameters = compiled, parameters
        names = list(compiled.model.variables)
        self.depth = _deepest_lags(compiled.model)
        self.all, self.states = names, [name for name in names if name in self.depth]
        self.places = [names.index(name) for name in self.states]
        self.guess: Values = np.zeros(len(names))

    def __call__(self, states: Values) -> Values:
        """All variables one period after the states, each of shape (variables, paths)."""
        return self.after([states])

    def after(self, rows: Sequence[Values]) -> Values:
        """All variables one period after rows of states, the oldest first."""
        starts = []
        for states in rows:
            columns = np.repeat(self.guess[:, None], states.shape[1], axis=1)
            columns[self.places] = states
            starts.append(dict(zip(self.all, columns, strict=True)))
        run = self.compiled.run(
            1,
            start=starts,
            parameters=self.parameters,
            accounts_tolerance=None,
            tolerance=1e-12,
            on_failure="keep",
        )
        return run.array()[:, 1]

    def slope(self, states: Values, scale: float) -> Values:
        """Jacobian of the states one period on, by central differences."""
        steps = STEP * np.maximum(np.abs(states), 1e-3 * scale)
        shifts = np.hstack([np.diag(steps), -np.diag(steps)])
        moved = self(states[:, None] + shifts)[self.places]
        size = len(states)
        return np.asarray((moved[:, :size] - moved[:, size:]) / (2.0 * steps))

    def largest_root(self, states: Values, scale: float) -> float:
        """Modulus of the largest root near the states, roots of one apart.

        Each lag of a state is a state of its own: one period on, the newest are what the model
        gives, and the others have become one period older. NaN past `MAX_STATES` of them.
        """
        place = {name: number for number, name in enumerate(self.states)}
        held = [(name, lag) for name in self.states for lag in range(1, self.depth[name] + 1)]
        size, most = len(held), max(self.depth.values(), default=0)
        if not 0 < size <= MAX_STATES:
            return float("nan") if size else 0.0
        steps = STEP * np.maximum(np.abs(states), 1e-3 * scale)
        rows = [np.repeat(states[:, None], 2 * size, axis=1) for _ in range(most)]
        for number, (name, lag) in enumerate(held):
            rows[most - lag][place[name], [number, size + number]] += np.array(
                [steps[place[name]], -steps[place[name]]]
            )
        moved = self.after(rows)[self.places]
        widths = np.array([2.0 * steps[place[name]] for name, _ in held])
        slope = (moved[:, :size] - moved[:, size:]) / widths
        matrix = np.zeros((size, size))
        for number, (name, lag) in enumerate(held):
            matrix[number] = slope[place[name]] if lag == 1 else 0.0
            if lag > 1:
                matrix[number, number - 1] = 1.0
        if not np.isfinite(matrix).all():
            return float("nan")
        roots = np.linalg.eigvals(matrix)
        # Of the roots of size one only the one that is one is a stock that nothing pulls back.
        return float(np.abs(roots[np.abs(roots - 1.0) > 1e-5]).max(initial=0.0))


def _deepest_lags(model: Model) -> dict[str, int]:
    """The longest lag of every variable that stands with one in an equation."""
    found: dict[str, int] = {}
    for equation in model.equations:
        for side in (equation.left, equation.right):
            for symbol in model.graph.symbols(side):
                if symbol.lag and symbol.name in model.variables:
                    found[symbol.name] = max(found.get(symbol.name, 0), symbol.lag)
    return found


def _newton_step(slope: Values, residual: Values, scale: Values) -> Values:
    """Step to the fixed point that leaves conserved combinations of stocks as they are."""
    size = len(residual)
    matrix = (slope - np.eye(size)) * scale / scale[:, None]
    left, sizes, _ = np.linalg.svd(matrix)
    kept = left[:, sizes < UNIT * max(sizes.max(initial=0.0), 1.0)]
    # A combination that no equation moves is history's, not the steady state's.
    stacked = np.vstack([matrix, kept.T])
    right = np.concatenate([-residual / scale, np.zeros(kept.shape[1])])
    step = np.linalg.lstsq(stacked, right, rcond=1e-12)[0]
    return np.asarray(step * scale)


def _rates(run: Run) -> dict[str, float]:
    """Growth rates of what moves, if they have come to rest themselves; else nothing.

    Near a state of rest rates shrink from period to period; on a growth path they do not. They
    are compared over `SPAN` periods, because a slow return looks like growth from close by, and
    over one, because a cycle looks like it from one phase to the same.
    """
    if run.failures or run.periods < SPAN + 2:
        return {}
    path = run.array()[:, :, 0]
    with np.errstate(all="ignore"):
        now = path[:, -1] / path[:, -2] - 1.0
        last = path[:, -2] / path[:, -3] - 1.0
        then = path[:, -1 - SPAN] / path[:, -2 - SPAN] - 1.0
    moving = np.isfinite(now) & (np.abs(now) > 1e-6)
    # What dies away keeps its rate to the end: a deficit that closes is no growth.
    moving &= (now > 0.0) | (np.abs(path[:, -1]) > SMALL * np.abs(path[:, -1]).max(initial=0.0))
    settled = np.maximum(np.abs(now - then), np.abs(now - last)) <= 5e-3 * np.abs(now)
    if not settled[moving].all():
        return {}
    names = list(run.model.variables)
    return {names[n]: float(now[n]) for n in np.flatnonzero(moving)}


def _growing(compiled: Compiled, start: Start, parameters: Mapping[str, ArrayLike]) -> SteadyState:
    run = compiled.run(
        400, start=start, parameters=parameters, accounts_tolerance=None, on_failure="keep"
    )
    rates = _rates(run)
    if not rates:
        raise ModelError("model.no_steady", name=compiled.model.name)
    values = {name: float(run[name][-1, 0]) for name in run.names}
    largest = float(max(np.abs(list(rates.values()))))
    return SteadyState(values, largest, rates, float("nan"))


def steady_state(
    compiled: Compiled,
    *,
    start: Start | None = None,
    parameters: Mapping[str, ArrayLike] | None = None,
    settle: int = 100,
    tolerance: float = 1e-10,
) -> SteadyState:
    """Find the state that the model repeats, by Newton's method on ``x = x[-1]``.

    The search begins where the model is after `settle` periods. What the model only accumulates
    and nothing pulls back keeps the value that history has given it. A model without a state of
    rest whose variables grow at a steady rate is reported with that rate.

    Raises
    ------
    ModelError
        ``model.no_steady`` if it neither rests nor grows steadily.
    """
    run = compiled.run(
        settle, start=start, parameters=parameters, accounts_tolerance=None, on_failure="keep"
    )
    given = {name: float(run[name][-1, 0]) for name in compiled.model.parameters}
    row = {name: float(run[name][-1, 0]) for name in run.names}
    if run.failures:
        raise ModelError("model.no_steady", name=compiled.model.name)
    if _rates(run):
        return _growing(compiled, row, given)
    found = _at_rest(_Map(compiled, given), row, tolerance)
    return _growing(compiled, row, given) if found is None else found


def _at_rest(one_period: _Map, row: Mapping[str, float], tolerance: float) -> SteadyState | None:
    """The state that one period leaves as it is, near a row; None if none is found.

    The residual of a slow model is small far from its rest, by one less its root; so the last
    step is taken after the tolerance has been met.
    """
    given = {name: row[name] for name in one_period.compiled.model.parameters}
    states = np.array([row[name] for name in one_period.states])
    one_period.guess = np.array([row[name] for name in one_period.all])
    best: SteadyState | None = None
    for _ in range(STEPS):
        if not np.isfinite(states).all():
            break
        values = one_period(states[:, None])[:, 0]
        named = dict(zip(one_period.all, values.tolist(), strict=True)) | given
        if not len(states):
            return SteadyState(named, 0.0, {}, 0.0)
        largest = float(np.abs(values).max(initial=0.0))
        scale = np.maximum(np.abs(states), max(1e-3 * largest, 1e-12))
        residual = values[one_period.places] - states
        worst = float(np.abs(residual / scale).max(initial=0.0))
        if best is not None and not worst < best.residual:
            break
        slope = one_period.slope(states, largest)
        if not (np.isfinite(slope).all() and np.isfinite(residual).all()):
            break
        if worst <= tolerance:
            last = best is not None
            best = SteadyState(named, worst, {}, one_period.largest_root(states, largest))
            if last:
                break
        states = states + _newton_step(slope, residual, scale)
        one_period.guess = values
    return best
