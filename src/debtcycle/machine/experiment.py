"""A scenario made ready to run: start rows, schedules by quarter, and the economy's own names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle import sfc
from debtcycle.errors import ModelError
from debtcycle.machine.economy.facts import Facts
from debtcycle.machine.economy.names import HOLDERS, INVESTORS
from debtcycle.machine.economy.names import held as held_by
from debtcycle.machine.economy.parameters import BY_QUARTER, given, shock_sizes
from debtcycle.machine.economy.reading import checked_bubble_number
from debtcycle.machine.economy.start import start_row
from debtcycle.machine.economy.text import compiled_economy
from debtcycle.machine.ensemble import normals
from debtcycle.machine.plans import Bound
from debtcycle.machine.scenario import Plan, Scenario, load_scenario
from debtcycle.sfc.evaluation import evaluate

__all__ = [
    "Experiment",
    "Pair",
    "by_quarter_names",
    "checked_holdings",
    "constant_names",
    "open_scenario",
    "outside",
    "prepare",
    "watched_names",
]

Values = NDArray[np.float64]
ACCOUNTS = 1e-10  # largest residual of an identity, relative
NOUGHT = 1e-6  # percent of GDP below which a holding is nought by rounding
_EQUITY = ("E_L",)


def by_quarter_names() -> tuple[str, ...]:
    """Parameters of the economy that a scenario may set by quarter."""
    return tuple(name for name, entry in given().items() if entry.group in BY_QUARTER)


def constant_names() -> tuple[str, ...]:
    """Parameters of the economy that a scenario may set for the whole run."""
    return tuple(name for name, entry in given().items() if entry.group not in BY_QUARTER)


def open_scenario(name: str) -> Scenario:
    """A shipped scenario by its name, or the reader's own by its path; see `load_scenario`."""
    ranges = {
        name: Bound(entry.low, entry.high, entry.unit, entry.whole)
        for name, entry in given().items()
    }
    return load_scenario(name, by_quarter_names(), constant_names(), ranges)


@dataclass(frozen=True, slots=True)
class Pair:
    """The two runs of some paths, on the same chances.

    Attributes
    ----------
    with_, without : Run
    failed : bool array, shape (paths,)
        Where either did not solve, or its accounts did not close.
    worst_account : float
        Largest residual of an identity on the others.
    """

    with_: sfc.Run
    without: sfc.Run
    failed: NDArray[np.bool_]
    worst_account: float


@dataclass(frozen=True, slots=True)
class Experiment:
    """A scenario with its opening; picklable, so that a worker elsewhere can run its paths.

    Attributes
    ----------
    start : mapping
        Start row and parameters of the economy.
    """

    scenario: Scenario
    start: Mapping[str, float]

    @property
    def quarters(self) -> int:
        """Length of the run."""
        return self.scenario.quarters

    def steps(self, plan: Plan) -> list[sfc.Shock]:
        """Changes of parameters of a plan."""
        defaults = {name: given()[name].value for name in by_quarter_names()}
        found = []
        for name, values in plan.series(self.quarters, defaults).items():
            before = defaults[name]
            for quarter, value in enumerate(values, start=1):
                if value != before:
                    found.append(sfc.Shock(quarter, name, value))
                before = value
        return found

    def chances(
        self, plan: Plan, seed: int, first_path: int, paths: int
    ) -> list[sfc.Shock | sfc.Schedule]:
        """The plan's changes, and shocks by path on top of what the plan says of them."""
        sizes = shock_sizes()
        series = plan.series(self.quarters, dict.fromkeys(by_quarter_names(), 0.0))
        drawn = normals(seed, first_path, paths, self.quarters, len(sizes))
        found: list[sfc.Shock | sfc.Schedule] = [
            step for step in self.steps(plan) if step.name not in sizes
        ]
        for place, (name, size) in enumerate(sizes.items()):
            values = size * drawn[:, place]
            own = series.get(name)
            if own is not None:
                values = values + np.asarray(own)[:, None]
            found.append(sfc.Schedule(name, values))
        return found

    def central(self) -> Pair:
        """The two runs without shocks, with all variables."""
        compiled = compiled_economy()
        runs = [
            compiled.run(
                self.quarters, start=self.start, shocks=self.steps(plan), on_failure="keep"
            )
            for plan in (self.scenario.with_, self.scenario.without)
        ]
        return _pair(*runs)

    def paths(self, seed: int, first_path: int, paths: int, keep: tuple[str, ...]) -> Pair:
        """The two runs of some paths."""
        compiled = compiled_economy()
        runs = [
            compiled.run(
                self.quarters,
                start=self.start,
                shocks=self.chances(plan, seed, first_path, paths),
                paths=paths,
                keep=keep,
                on_failure="keep",
                threads=1,
            )
            for plan in (self.scenario.with_, self.scenario.without)
        ]
        return _pair(*runs)


def watched_names() -> tuple[str, ...]:
    """What must not fall below nought on any path: cash and bills, and levered investors' equity.

    The choice among assets gives parts that are not negative, so that long assets cannot fall
    below nought; deposits and bills are what is left.
    """
    return (
        "Res", *(f"M_{j}" for j in INVESTORS), *(f"b_{j}" for j in HOLDERS), *_EQUITY,
    )  # fmt: skip


def outside(run: sfc.Run, good: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many of the good paths leave the economy's domain in some quarter.

    The theorems of the markets rest on holdings that are not negative; levered investors whose
    equity is gone owe more than they have, and nobody writes that off.

    Returns
    -------
    int64 array, shape (3,)
        Paths on which anything of the two happens; a holding falls below nought; equity does.
    """
    below = {name: (run[name] < -NOUGHT).any(axis=0) & good for name in watched_names()}
    held_ = np.logical_or.reduce([below[name] for name in below if name not in _EQUITY])
    owed = np.logical_or.reduce([below[name] for name in _EQUITY])
    return np.array([(held_ | owed).sum(), held_.sum(), owed.sum()], dtype=np.int64)


def checked_holdings(pair: Pair) -> Pair:
    """The same pair, if nobody holds less than nothing in it.

    Raises
    ------
    ModelError
        ``machine.negative`` with the first holding and quarter, in percent of GDP.
    """
    held = ["Res", "b_C", "N_C", "I_C", "K_C", *(f"M_{j}" for j in INVESTORS)]
    held += [f"{a}_{j}" for j in HOLDERS for a in ("b", *held_by(j))]
    for run in (pair.with_, pair.without):
        worst = {name: run[name].min(axis=1) for name in held}
        for quarter in range(run.periods + 1):
            for name, values in worst.items():
                if values[quarter] < -NOUGHT:
                    raise ModelError(
                        "machine.negative", name=name, quarter=quarter,
                        value=f"{values[quarter]:.3g}",
                    )  # fmt: skip
    return pair


def _pair(with_: sfc.Run, without: sfc.Run) -> Pair:
    failed = with_.failed | without.failed
    worst = 0.0
    for run in (with_, without):
        open_ = run.account_residuals > ACCOUNTS
        failed = failed | open_
        good = run.account_residuals[~failed]
        worst = max(worst, float(good.max(initial=0.0)))
    return Pair(with_, without, failed, worst)


def _completed(start: Mapping[str, float]) -> dict[str, float]:
    """The start row with what follows from it: measures of the opening itself.

    A variable is added where its equation needs nothing that is not known, lags read as today.
    What the start row leaves out of the lagged variables and of the prices begins at nought.
    """
    compiled = compiled_economy()
    variables = list(compiled.model.variables)
    lagged = [variables[n] for _, kind, n, _ in compiled.program.lags.tolist() if kind == 0]
    tears = [item.variable for block in compiled.blocks for item in block.tears]
    known = {**dict.fromkeys([*lagged, *tears], 0.0), **start}
    graph = compiled.model.graph
    given_by = {name for call in compiled.model.primitives for name in call.results}
    for block in compiled.blocks:
        for item in block.chain:
            if item.variable in known or item.variable in given_by or item.value is None:
                continue
            if all(symbol.name in known for symbol in graph.symbols(item.value)):
                (value,) = evaluate(graph, [item.value], lambda s: np.float64(known[s.name]))
                if np.isfinite(value):
                    known[item.variable] = float(value)
    return known


def prepare(scenario: Scenario, facts: Facts) -> Experiment:
    """A scenario with an opening.

    Raises
    ------
    ModelError
        ``machine.facts_*`` where the facts contradict one another or the parameters,
        ``machine.bubble_number`` where the opening explodes and the scenario does not allow it.
    """
    row = start_row(facts, parameters=dict(scenario.parameters))
    checked_bubble_number(row, allow=scenario.allow_explosive)
    return Experiment(scenario, _completed(row.values))
