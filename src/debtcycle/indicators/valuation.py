"""The valuation axis: what a dollar of earnings costs, against bonds and against the past."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.indicators._common import freshness, mid_rank, origin, reading, refuse
from debtcycle.indicators._prices import cape_today
from debtcycle.indicators.model import Reading, Status
from debtcycle.views import Series, View

__all__ = ["cape", "cape_yield_gap", "drawdown", "earnings_yield_gap", "valuation", "yield_history"]


def cape(view: View) -> Reading:
    """Shiller's cyclically adjusted price-earnings ratio of the day, and its percentile.

    The percentile is taken among the monthly values known at the date, from 1960 on (from 1881
    for dates before 1975). Unit: ratio. Source: Shiller, ``ie_data``.
    """
    value, monthly, close = cape_today(view)
    if value is None:
        refused = refuse(view, "cape", "ratio", monthly)
        assert refused is not None
        return refused
    rank = mid_rank(monthly.values, monthly.periods, value, view.as_of)
    return _ranked("cape", "ratio", value, rank, monthly, close)


def _ranked(indicator: str, unit: str, value: float, rank: float | None, *used: Series) -> Reading:
    """A reading that needs its percentile: without enough history it is short.

    A series that is not fresh was not used.
    """
    fresh = [series for series in used if series.fresh]
    return reading(indicator, unit, value if rank is not None else None, *fresh, percentile=rank)


def yield_history(view: View) -> tuple[NDArray[np.float64], NDArray[np.datetime64]]:
    """Monthly ten-year yield in percent: GS10, and before it Shiller's long rate."""
    modern, old = view.series("GS10"), view.series("SHILLER_LONG_RATE")
    before = old.periods < modern.periods[0] if len(modern) else np.ones(len(old), dtype=bool)
    return (
        np.concatenate([old.values[before], modern.values]),
        np.concatenate([old.periods[before], modern.periods]),
    )


def cape_yield_gap(view: View) -> Reading:
    """CAPE yield minus the ten-year Treasury yield, in percentage points, and its percentile.

    ``100 / CAPE - y10``; a high gap means cheap shares. History monthly, as for `cape`.
    """
    value, monthly, close = cape_today(view)
    bond = view.resolve("DGS10")
    for series in (monthly, bond):
        refused = refuse(view, "cape_yield_gap", "pp", series)
        if refused is not None:
            return refused
    assert value is not None
    gap = 100.0 / value - float(bond.values[-1])
    yields, months = yield_history(view)
    _, of_cape, of_yield = np.intersect1d(monthly.periods, months, return_indices=True)
    history = 100.0 / monthly.values[of_cape] - yields[of_yield]
    rank = mid_rank(history, monthly.periods[of_cape], gap, view.as_of)
    return _ranked("cape_yield_gap", "pp", gap, rank, monthly, bond, close)


def drawdown(view: View) -> Reading:
    """Latest close of the S&P 500 against its highest close so far, in percent (0 at a high).

    ``100 (P / max P - 1)``. Where daily closes are not in the store a monthly mean stands in
    and says so: it sees a fall up to a month late.
    """
    price = view.resolve("SPX")
    refused = refuse(view, "drawdown", "percent", price)
    if refused is not None:
        return refused
    value = 100.0 * (float(price.values[-1]) / float(price.values.max()) - 1.0)
    return reading("drawdown", "percent", value, price)


def earnings_yield_gap(view: View) -> Reading:
    """Trailing earnings yield minus the ten-year yield, in pp: the essay's own comparison.

    Shown, not scored: trailing earnings collapse in recessions, which makes shares look dear
    at the bottom. Price of the day over the last published twelve-month earnings.
    """
    earnings, price, bond = (
        view.series("SHILLER_EARNINGS"),
        view.resolve("SPX"),
        view.resolve("DGS10"),
    )
    for series in (price, bond):
        refused = refuse(view, "earnings_yield_gap", "pp", series)
        if refused is not None:
            return refused
    # Earnings are quarterly figures published about a quarter late; half a year is the limit.
    if not len(earnings) or (view.day - earnings.periods[-1]).astype(int) > _EARNINGS_MAX_AGE_DAYS:
        status = Status.STALE if len(earnings) else Status.ABSENT
        return Reading("earnings_yield_gap", "pp", None, status, freshness=0.0)
    value = 100.0 * float(earnings.values[-1]) / float(price.values[-1]) - float(bond.values[-1])
    fresh = min(freshness(price), freshness(bond))
    origins = (origin(price), origin(bond), origin(earnings))
    return Reading("earnings_yield_gap", "pp", value, Status.OK, origins, None, fresh)


_EARNINGS_MAX_AGE_DAYS = 300


def valuation(view: View) -> tuple[Reading, ...]:
    """Readings of the axis, scored ones first."""
    return (cape(view), cape_yield_gap(view), drawdown(view), earnings_yield_gap(view))
