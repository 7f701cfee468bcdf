"""Why prices in the two runs of an experiment differ at a date: see `attribution`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle import sfc
from debtcycle.machine.attribution import CHANNELS, Attribution, attribute, integrate
from debtcycle.machine.economy.names import SLOW
from debtcycle.machine.economy.text import compiled_economy
from debtcycle.machine.experiment import Pair

__all__ = ["Causes", "causes", "integrated", "solve_quarter", "state_before"]

Values = NDArray[np.float64]


def state_before(run: sfc.Run, quarter: int) -> dict[str, Values]:
    """All that a quarter starts from: variables of the quarter before, parameters of its own.

    The policy rate is what it turned out to be, as a parameter of its own: its channel is then
    its own, whatever inflation and output made of it.
    """
    variables = set(run.model.variables)
    state = {
        name: np.array(run[name][quarter - 1 if name in variables else quarter])
        for name in run.names
    }
    ones = np.ones(run.paths)
    return {**state, "steer": ones, "hold": 0.0 * ones, "rate": np.array(run["r"][quarter])}


def solve_quarter(state: Mapping[str, Values]) -> Values:
    """Log prices of the slow assets after one quarter from a state, shape (assets, lanes)."""
    lanes = len(next(iter(state.values())))
    run = compiled_economy().run(
        1,
        start=state,
        paths=lanes,
        keep=[f"p{asset}" for asset in SLOW],
        accounts_tolerance=None,
        on_failure="keep",
    )
    return np.asarray(np.log([run[f"p{asset}"][1] for asset in SLOW]))


@dataclass(frozen=True, slots=True)
class Causes:
    """Parts of the difference of log prices between the runs with and without, in a quarter.

    Attributes
    ----------
    parts : float64 array, shape (channels, assets)
        Mean over paths; channels in the order of `CHANNELS`, assets as in `SLOW`.
    change : float64 array, shape (assets,)
    """

    quarter: int
    parts: Values
    change: Values

    def of(self, channel: str, asset: str) -> float:
        """One part."""
        return float(self.parts[CHANNELS.index(channel), SLOW.index(asset)])


def _attributed(pair: Pair, quarter: int) -> Attribution:
    first, second = (state_before(run, quarter) for run in (pair.without, pair.with_))
    return attribute(first, second, solve_quarter)


def causes(pair: Pair, quarters: Sequence[int]) -> tuple[Causes, ...]:
    """Shapley values of the five channels for some quarters.

    Parameters
    ----------
    pair : Pair
        Two runs with all variables kept.
    quarters : sequence of int
        From 1 to the length of the runs.
    """
    found = []
    for quarter in quarters:
        made = _attributed(pair, quarter)
        found.append(Causes(quarter, made.parts.mean(axis=2), made.change.mean(axis=1)))
    return tuple(found)


def integrated(pair: Pair, quarter: int) -> Causes:
    """The same by integrating along the straight line between the two states."""
    first, second = (state_before(run, quarter) for run in (pair.without, pair.with_))
    parts = integrate(first, second, solve_quarter).mean(axis=2)
    return Causes(quarter, parts, parts.sum(axis=0))
