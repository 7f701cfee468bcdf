"""Market stability before inflation: the rate under its rule, beside funding stress (claim 15)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debtcycle.indicators._common import reading, refuse
from debtcycle.indicators._flows import Lamp, Point, above, all_of, point_reading
from debtcycle.indicators.model import HasReadings, Reading, Status
from debtcycle.views import View

__all__ = [
    "FUNDING_STRAINED_BP",
    "INFLATION_ABOVE_PP",
    "MEAN_DAYS",
    "Funding",
    "funding",
    "funding_strained",
    "stability_first",
]

MEAN_DAYS = 21  # trading days, about a month: quarter-ends alone do not count
# Overnight loans against Treasuries that cost more than reserves earn (D): reserves are no
# longer ample.
FUNDING_STRAINED_BP = 0.0
# Inflation counts as above target from here on, as in claim 10.
INFLATION_ABOVE_PP = 0.5


@dataclass(frozen=True, slots=True)
class Funding(HasReadings):
    """Money markets at a date.

    Attributes
    ----------
    spread : Reading
        SOFR minus the interest on reserve balances, mean of `MEAN_DAYS`, bp.
    reverse_repo : Reading
        Money left overnight at the central bank, USD bn: what remains of the cushion.
    stress : Reading
        OFR Financial Stress Index: re-estimated, so shown only.
    """

    spread: Reading
    reverse_repo: Reading
    stress: Reading


def _spread(view: View) -> Reading:
    """``100 * mean(SOFR - IORB)`` over the last days that have both."""
    market, paid = view.series("SOFR"), view.series("IORB")
    for needed in (market, paid):
        if (refused := refuse(view, "sofr_iorb", "bp", needed)) is not None:
            return refused
    days, left, right = np.intersect1d(market.periods, paid.periods, return_indices=True)
    points: tuple[Point, ...] = ((market, -1), (paid, -1))
    if len(days) < MEAN_DAYS:
        return point_reading("sofr_iorb", "bp", None, *points, lacking=Status.SHORT)
    gap = market.values[left[-MEAN_DAYS:]] - paid.values[right[-MEAN_DAYS:]]
    return point_reading("sofr_iorb", "bp", 100.0 * float(gap.mean()), *points)


def _latest(view: View, indicator: str, unit: str, series_id: str) -> Reading:
    series = view.series(series_id)
    if (refused := refuse(view, indicator, unit, series)) is not None:
        return refused
    return reading(indicator, unit, float(series.values[-1]), series)


def funding(view: View) -> Funding:
    """Money markets as known on the date of a view.

    Source: Federal Reserve Bank of New York; Federal Reserve Board; Office of Financial Research.
    """
    return Funding(
        _spread(view),
        _latest(view, "reverse_repo", "usd_bn", "RRPONTSYD"),
        _latest(view, "ofr_fsi", "index", "OFR_FSI"),
    )


def funding_strained(markets: Funding) -> Lamp:
    """Whether funding is dear: the spread is above `FUNDING_STRAINED_BP`."""
    return Lamp("funding_strained", above(markets.spread, FUNDING_STRAINED_BP), markets.readings)


def stability_first(rate_minus_rule: Reading, inflation_gap: Reading, markets: Funding) -> Lamp:
    """Claim 15: the rate lies below its rule while inflation is above target.

    Parameters
    ----------
    rate_minus_rule : Reading
        Policy rate minus what the rule asks for, pp.
    inflation_gap : Reading
        Core PCE inflation minus 2 %, pp.
    markets : Funding
        Shown beside them: strain says what stability would be about.
    """
    rate = rate_minus_rule.value
    below = None if rate is None else rate < 0
    lit = all_of((below, above(inflation_gap, INFLATION_ABOVE_PP)))
    return Lamp("stability_first", lit, (rate_minus_rule, inflation_gap, *markets.readings))
