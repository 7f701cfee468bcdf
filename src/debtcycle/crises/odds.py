"""How often a crisis followed a state: always with events counted and an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats
from debtcycle.crises._summary import flat_frame, lines
from debtcycle.crises.intervals import (
    LEAST_BLOCK_YEARS,
    LEVEL_PCT,
    REPLICATIONS,
    Interval,
    draw,
    hull,
    ways,
    wilson,
)
from debtcycle.crises.labels import ahead
from debtcycle.crises.observations import Observations, observe

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Odds", "chance_known", "odds"]


@dataclass(frozen=True, slots=True)
class Odds:
    """Share of country-years of a state that a crisis followed.

    Attributes
    ----------
    state : str
    horizon : int
        Years ahead.
    observations, before_crisis, crises, countries : int
        Country-years in the state, those before a crisis, different crises, countries.
    first, last : int or None
        First and last year.
    share_pct : float or None
        None without an observation.
    low_pct, high_pct : float
        Hull of `by_country`, `by_block`, `by_joint` and `wilson`; 0 to 100 without an
        observation.
    by_country, by_block, by_joint, wilson : Interval
        In percent. Wilson's counts one trial for every `horizon` country-years, whose windows
        overlap; it keeps the interval of a state without a crisis from having no width.
    """

    state: str
    horizon: int
    observations: int
    before_crisis: int
    crises: int
    countries: int
    first: int | None
    last: int | None
    share_pct: float | None
    low_pct: float
    high_pct: float
    level_pct: float
    by_country: Interval
    by_block: Interval
    by_joint: Interval
    wilson: Interval

    def to_pandas(self) -> pd.DataFrame:
        """A row of the flat figures; ConfigError ``pandas.missing`` without pandas."""
        return flat_frame([self])

    def summary(self) -> str:
        """Every figure under its name."""
        names = (
            "horizon", "observations", "before_crisis", "crises", "countries", "first", "last",
            "share_pct", "low_pct", "high_pct", "level_pct",
        )  # fmt: skip
        return lines(f"Odds {self.state}", [(name, getattr(self, name)) for name in names])


def _in_pct(part: Interval) -> Interval:
    return Interval(
        100.0 * part.low, 100.0 * part.high, part.level_pct, part.method, part.replications,
        part.undefined,
    )  # fmt: skip


def _share(label: Floats, weights: Floats) -> Floats:
    total = weights.sum(axis=1)
    found: Floats = np.divide(
        weights @ label, total, out=np.full(len(weights), np.nan), where=total > 0
    )
    return found


def _bootstrapped(
    known: Observations, horizon: int, seed: int, replications: int, level_pct: float
) -> tuple[Interval, Interval, Interval]:
    """Intervals of the share among the members of a state.

    Weights of a draw are taken over all country-years whose state is known, those outside the
    state included: whether a drawn country enters the state at all is part of the chance.
    """
    member = known.score > 0
    if not member.any():
        country, block, joint = (
            Interval(np.nan, np.nan, level_pct, method) for method in ("country", "block", "joint")
        )
        return country, block, joint
    draws = draw(
        known.unit,
        known.time,
        block_years=max(horizon, LEAST_BLOCK_YEARS),
        seed=seed,
        replications=replications,
    )
    return ways(draws, lambda weights: _share(known.label[member], weights[:, member]), level_pct)


def odds(
    state: str,
    inside: Floats,
    crisis: Floats,
    times: NDArray[np.int64],
    *,
    horizon: int,
    seed: int,
    label: Floats | None = None,
    replications: int = REPLICATIONS,
    level_pct: float = LEVEL_PCT,
) -> Odds:
    """Share of a state's country-years that were followed by a crisis, with its interval.

    Parameters
    ----------
    state : str
        What the state is called.
    inside : ndarray, shape (countries, years)
        1 where the country is in the state, 0 where it is not, NaN where that is not known.
    crisis : ndarray, shape (countries, years)
        1 in the year in which a crisis begins.
    times : int array, shape (years,)
    horizon : int
        A crisis counts if it begins one to so many years later.
    seed : int
    label : ndarray, optional
        Labels to use in place of all of `labels.ahead`, e.g. without the years after a crisis.
    """
    marks = ahead(crisis, horizon) if label is None else label
    known = observe(inside, marks, crisis, times, horizon=horizon)
    within = observe(np.where(inside > 0, inside, np.nan), marks, crisis, times, horizon=horizon)
    count, events = len(within), within.positives
    small = wilson(events / horizon, count / horizon, level_pct)
    by_country, by_block, by_joint = _bootstrapped(known, horizon, seed, replications, level_pct)
    outer = hull(by_country, by_block, by_joint, small)
    return Odds(
        state, horizon, count, events, within.crises, within.units,
        int(within.time.min()) if count else None,
        int(within.time.max()) if count else None,
        100.0 * events / count if count else None,
        100.0 * outer.low, 100.0 * outer.high, level_pct,
        _in_pct(by_country), _in_pct(by_block), _in_pct(by_joint), _in_pct(small),
    )  # fmt: skip


def chance_known(
    state: Floats, crisis: Floats, times: NDArray[np.int64], *, horizon: int, label: Floats
) -> Floats:
    """For every country-year the share of its state's years before a crisis known in its year.

    Parameters
    ----------
    state : ndarray, shape (countries, years)
        Number of the state (0, 1, ...), NaN where it is not known.
    crisis, label : ndarray, shape (countries, years)
    times : int array, shape (years,)
    horizon : int
        Labels of year s are known in s + `horizon`.

    Returns
    -------
    ndarray, shape (countries, years)
        Half an event and half a calm year are added, so that it is never 0 or 1. NaN before any
        label is known.
    """
    seen = observe(state, label, crisis, times, horizon=horizon)
    found = np.full(state.shape, np.nan)
    for at, year in enumerate(times):
        past = seen.time <= year - horizon
        if not past.any():
            continue
        for number in np.unique(state[:, at][np.isfinite(state[:, at])]):
            member = past & (seen.score == number)
            found[state[:, at] == number, at] = (seen.label[member].sum() + 0.5) / (
                member.sum() + 1.0
            )
    return found
