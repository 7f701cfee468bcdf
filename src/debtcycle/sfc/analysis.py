"""Runs side by side: responses to a shock, comparison, grids of parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debtcycle.errors import ModelError
from debtcycle.sfc.inputs import Shock, Start
from debtcycle.sfc.results import Run
from debtcycle.sfc.runs import Compiled

__all__ = ["Comparison", "Grid", "compare", "impulse_response", "sensitivity"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One run less another, period by period.

    Attributes
    ----------
    names : tuple of str
        Variables and parameters that both have.
    first, second : Run
    """

    names: tuple[str, ...]
    first: Run
    second: Run

    def __getitem__(self, name: str) -> Values:
        """Second less first, shape (periods + 1, paths)."""
        return np.asarray(self.second[name] - self.first[name])

    def relative(self, name: str) -> Values:
        """Difference relative to the first; NaN where that is nought."""
        base = self.first[name]
        with np.errstate(all="ignore"):
            return np.where(base == 0.0, np.nan, self[name] / base)

    def largest(self) -> dict[str, float]:
        """Largest absolute difference of each name."""
        return {name: float(np.abs(self[name]).max(initial=0.0)) for name in self.names}

    def to_pandas(self, path: int = 0) -> Any:
        """Differences of one path as a frame by period."""
        return (
            self.second.to_pandas(path)[list(self.names)]
            - self.first.to_pandas(path)[list(self.names)]
        )


def compare(first: Run, second: Run) -> Comparison:
    """Set two runs of the same length side by side.

    Raises
    ------
    ModelError
        ``model.compare`` if their periods or paths differ, or they share no name.
    """
    names = tuple(name for name in first.names if name in set(second.names))
    same = (first.periods, first.paths) == (second.periods, second.paths)
    if not same or not names:
        raise ModelError(
            "model.compare",
            first=f"{first.periods} x {first.paths}",
            second=f"{second.periods} x {second.paths}",
        )
    return Comparison(names, first, second)


def impulse_response(
    compiled: Compiled,
    name: str,
    change: float,
    periods: int,
    *,
    start: Start | Run | None = None,
    parameters: Mapping[str, ArrayLike] | None = None,
    duration: int | None = None,
    t: int = 1,
) -> Comparison:
    """With a change in a parameter less without it, from the same start.

    Parameters
    ----------
    name, change
        The parameter and what is added to it.
    duration : int, optional
        Periods that the change lasts; for good if not given.
    t : int
        Period in which it begins.

    Raises
    ------
    ModelError
        ``model.parameter`` or ``model.shock`` for a name or a period that there is not.
    """
    if name not in compiled.model.parameters:
        near = compiled.model.near(name, parameters=True)
        raise ModelError("model.parameter", name=name, near=near)
    base = compiled.run(periods, start=start, parameters=parameters)
    levels = base[name][-1]  # each path has its own
    level = float(levels[0]) if np.ptp(levels) == 0.0 else levels
    shocks = [Shock(t, name, level + change)]
    if duration is not None and t + duration <= periods:
        shocks.append(Shock(t + duration, name, level))
    return compare(base, compiled.run(periods, start=start, parameters=parameters, shocks=shocks))


@dataclass(frozen=True, slots=True)
class Grid:
    """A batch over all combinations of some parameters.

    Attributes
    ----------
    names : tuple of str
    points : float64 array, shape (paths, names)
        The combination of each path.
    run : Run
    """

    names: tuple[str, ...]
    points: Values
    run: Run

    def to_pandas(self, variable: str, period: int = -1) -> Any:
        """One variable in one period, indexed by the combination."""
        import pandas as pd

        index = pd.MultiIndex.from_arrays(self.points.T.tolist(), names=list(self.names))
        return pd.Series(self.run[variable][period], index=index, name=variable)


def sensitivity(
    compiled: Compiled,
    grid: Mapping[str, Sequence[float]],
    periods: int,
    *,
    start: Start | None = None,
    shocks: Sequence[Shock] = (),
    on_failure: str = "keep",
) -> Grid:
    """Run all combinations of parameter values in one batch.

    Raises
    ------
    ModelError
        ``model.grid`` if a parameter of the grid has no values; ``model.parameter``.
    """
    names = tuple(grid)
    empty = [name for name in names if not len(grid[name])]
    if empty:
        raise ModelError("model.grid", names=", ".join(empty))
    points = np.array(list(product(*(grid[name] for name in names))), dtype=np.float64)
    run = compiled.run(
        periods,
        start=start,
        parameters={name: points[:, n] for n, name in enumerate(names)},
        shocks=shocks,
        on_failure=on_failure,
    )
    return Grid(names, points, run)
