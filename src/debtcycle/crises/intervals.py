"""Intervals by drawing countries, blocks of years, and both at once, with replacement.

Observations of one country hang together, and so do those of one year all over the world; neither
draw alone catches both. Where crises come in waves each of them alone holds the truth far less
often than it says, so both are drawn at once as well (Owen 2007, The pigeonhole bootstrap, Annals
of Applied Statistics 1), which errs on the wide side.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats
from debtcycle.errors import ConfigError

__all__ = [
    "LEAST_BLOCK_YEARS",
    "LEVEL_PCT",
    "REPLICATIONS",
    "Draws",
    "Interval",
    "draw",
    "hull",
    "interval_of",
    "ways",
    "wilson",
]

LEVEL_PCT = 90.0
# Credit booms last for years: a shorter block would tear them apart.
LEAST_BLOCK_YEARS = 5
REPLICATIONS = 2000
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a statistic lies in so many percent of the draws.

    Attributes
    ----------
    low, high : float
    level_pct : float
    method : str
        ``"country"``, ``"block"``, ``"joint"``, ``"wilson"`` or ``"hull"``.
    replications : int
        Draws; 0 where there were none.
    undefined : int
        Draws in which the statistic does not exist, e.g. without a single crisis.
    """

    low: float
    high: float
    level_pct: float
    method: str
    replications: int = 0
    undefined: int = 0


@dataclass(frozen=True, slots=True)
class Draws:
    """How often each observation counts in each draw.

    Attributes
    ----------
    country, block : float64 arrays, shape (replications, n)
    block_years : int
    """

    country: Floats
    block: Floats
    block_years: int

    @property
    def joint(self) -> Floats:
        """Both at once: a country-year counts as often as its country times its year."""
        return self.country * self.block


def _arch() -> Any:
    try:
        return importlib.import_module("arch.bootstrap")
    except ImportError:
        raise ConfigError("crises.needs", module="arch") from None


def _counts(bootstrap: Any, members: int, replications: int) -> Floats:
    counts = np.empty((replications, members))
    for number, (drawn, _) in enumerate(bootstrap.bootstrap(replications)):
        counts[number] = np.bincount(drawn[0], minlength=members)
    return counts


def draw(
    unit: Ints, time: Ints, *, block_years: int, seed: int, replications: int = REPLICATIONS
) -> Draws:
    """Draw countries, and blocks of years with all their countries.

    Parameters
    ----------
    unit, time : int arrays, shape (n,)
        Country and year of each observation.
    block_years : int
        Length of a block: at least the horizon, since labels of neighbouring years share it.
        Years that the sample lacks (wars) are not bridged by a filled-in year; the list of years
        is joined into a circle.
    seed : int
        Each way of drawing gets its own stream of this seed.
    replications : int, default 2000

    Raises
    ------
    ConfigError
        ``crises.needs`` without `arch`; ``crises.option`` for the block or the replications.
    """
    if block_years < 1:
        raise ConfigError("crises.option", name="block_years", value=block_years)
    if replications < 1:
        raise ConfigError("crises.option", name="replications", value=replications)
    boot = _arch()
    units, of_unit = np.unique(unit, return_inverse=True)
    years, of_year = np.unique(time, return_inverse=True)
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(2)]
    countries = boot.IIDBootstrap(np.arange(len(units)), seed=streams[0])
    length = min(block_years, len(years))
    blocks = boot.CircularBlockBootstrap(length, np.arange(len(years)), seed=streams[1])
    return Draws(
        _counts(countries, len(units), replications)[:, of_unit],
        _counts(blocks, len(years), replications)[:, of_year],
        block_years,
    )


def interval_of(found: Floats, method: str, level_pct: float = LEVEL_PCT) -> Interval:
    """Percentile interval of a statistic over draws; NaN where none of them has it."""
    there = found[np.isfinite(found)]
    undefined = int(len(found) - len(there))
    if not len(there):
        return Interval(np.nan, np.nan, level_pct, method, len(found), undefined)
    tail = (100.0 - level_pct) / 2.0
    low, high = np.percentile(there, (tail, 100.0 - tail))
    return Interval(float(low), float(high), level_pct, method, len(found), undefined)


def ways(
    draws: Draws, statistic: Callable[[Floats], Floats], level_pct: float = LEVEL_PCT
) -> tuple[Interval, Interval, Interval]:
    """Intervals of a statistic of weights by countries, by blocks of years, and by both at once."""
    return (
        interval_of(statistic(draws.country), "country", level_pct),
        interval_of(statistic(draws.block), "block", level_pct),
        interval_of(statistic(draws.joint), "joint", level_pct),
    )


def wilson(events: float, trials: float, level_pct: float = LEVEL_PCT) -> Interval:
    r"""Wilson's interval for a share.

    .. math:: \frac{p + z^2 / 2n \pm z \sqrt{p(1 - p)/n + z^2/4n^2}}{1 + z^2/n}

    Parameters
    ----------
    events, trials : float
        Need not be whole: overlapping windows count for a part of a trial.
    """
    from statistics import NormalDist

    if trials <= 0:
        return Interval(0.0, 1.0, level_pct, "wilson")
    z = NormalDist().inv_cdf(0.5 + level_pct / 200.0)
    p, square = events / trials, z * z / trials
    middle = (p + square / 2.0) / (1.0 + square)
    half = z * np.sqrt(p * (1.0 - p) / trials + square / (4.0 * trials)) / (1.0 + square)
    # At no event, or nothing but events, an end is exact and only round-off lies beyond it.
    return Interval(
        max(float(middle - half), 0.0), min(float(middle + half), 1.0), level_pct, "wilson"
    )


def hull(*parts: Interval) -> Interval:
    """The smallest interval that holds all of these; those that do not exist are left out."""
    there = [part for part in parts if np.isfinite(part.low) and np.isfinite(part.high)]
    if not there:
        return Interval(np.nan, np.nan, LEVEL_PCT, "hull")
    return Interval(
        min(part.low for part in there),
        max(part.high for part in there),
        there[0].level_pct,
        "hull",
        max(part.replications for part in there),
        max(part.undefined for part in there),
    )
