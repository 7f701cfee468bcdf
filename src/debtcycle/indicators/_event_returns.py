"""Returns of stocks, bonds and gold over a window that begins with an event.

Where only monthly means are at hand, the event's own month is the base and the horizon's own month
the end: the mean before the event would count a fall that the event answered as its consequence
(October 2008 lies 13 % above the close before QE1). Such a figure names the series that stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._flows import Point, end_of, index_at_end
from debtcycle.views import Series, View

__all__ = ["RETURNS", "Growth", "consumer_prices", "horizon_end", "par_bond_month_return"]

BOND_YEARS = 10.0
# Until the gold pool closed the dollar price was held at 35; the free market opened on this day.
GOLD_FREE_FROM = np.datetime64(date(1968, 3, 18), "D")
# How long before a day its last close may lie: a long weekend.
_NEAR_DAYS = 7
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Growth:
    """Gross return of a window, with the figures behind it, or the reason why not.

    Attributes
    ----------
    stand_in : str or None
        Id of the series of monthly means that stands in for daily prices or yields.
    """

    factor: float | None
    points: tuple[Point, ...] = ()
    reason: str | None = None
    stand_in: str | None = None


def par_bond_month_return(
    yield_before: float, yield_after: float, years: float = BOND_YEARS
) -> float:
    """Return in a month of a bond bought at par, as a fraction; yields in %.

    A constant-maturity series is a new par bond every month: bought with the coupon
    ``c = y_0``, sold a month later with ``N = 2 (years - 1/12)`` half-years left at ``y_1``:

    ``r = c/12 + [c/y_1 (1 - v) + v] - 1``, ``v = (1 + y_1/2)^(-N)``,

    which is exact repricing, so that no duration or convexity is approximated; at ``y_1 = y_0``
    it is the month's coupon.
    """
    coupon, y = yield_before / 100.0, yield_after / 100.0
    left = years - 1.0 / 12.0
    if abs(y) < 1e-9:
        return coupon / 12.0 + coupon * left
    v = (1.0 + y / 2.0) ** (-2.0 * left)
    return float(coupon / 12.0 + coupon / y * (1.0 - v) + v - 1.0)


def horizon_end(start: np.datetime64, months: int) -> np.datetime64:
    """The same day some months later."""
    return np.datetime64(shift_months(np.array([start]), months)[0], "D")


def _month_of(day: np.datetime64) -> np.datetime64:
    """First day of a day's month."""
    return np.datetime64(day.astype("M8[M]"), "D")


def _daily(series: Series) -> bool:
    return str(series.info.frequency) == "daily"


def _position(series: Series, day: np.datetime64) -> int | None:
    """Last close before a day; of a monthly mean, that of the day's own month."""
    if _daily(series):
        return index_at_end(series, day - _DAY, near_days=_NEAR_DAYS)
    month = _month_of(day)
    index = series.index_at(month)
    return index if index is not None and series.periods[index] == month else None


def _used(candidates: Sequence[Series], rank: int) -> tuple[Series, str | None]:
    """The series used, and its id if monthly means stand in for what is daily."""
    series = candidates[rank]
    if rank == 0:
        return series, None
    return replace(series, stands_for=candidates[0].id), None if _daily(series) else series.id


def _missing(candidates: Sequence[Series], start: np.datetime64, end: np.datetime64) -> Growth:
    """``not_ended`` where a mean of the horizon's month is only not yet known; else no price."""
    for series in candidates:
        if _daily(series) or _position(series, start) is None:
            continue
        if end_of(series) < end:
            return Growth(None, reason="not_ended")
    return Growth(None, reason="no_price")


def _price_growth(candidates: Sequence[Series], start: np.datetime64, months: int) -> Growth:
    """Price at the horizon's end over that at the event, of the first series that has both."""
    day = horizon_end(start, months)
    for rank, series in enumerate(candidates):
        base, end = _position(series, start), _position(series, day)
        if base is not None and end is not None:
            used, stand_in = _used(candidates, rank)
            factor = float(series.values[end] / series.values[base])
            return Growth(factor, ((used, end), (used, base)), stand_in=stand_in)
    return _missing(candidates, start, day)


def _stocks(view: View, start: np.datetime64, months: int) -> Growth:
    """Price growth times reinvested dividends, ``prod(1 + D_m / (12 P_m))`` over the months.

    D is the sum of a year's dividends in Shiller's file, P the month's price there; the months
    are those from the event's own on.
    """
    candidates = [view.series(name) for name in ("SPX", "SP500_MONTHLY", "SHILLER_PRICE")]
    growth = _price_growth(candidates, start, months)
    if growth.factor is None:
        return growth
    dividend, price = view.series("SHILLER_DIVIDEND"), view.series("SHILLER_PRICE")
    first = _month_of(start)
    paid = 1.0
    for month in range(months):
        period = horizon_end(first, month)
        sum_paid, level = dividend.at(period), price.at(period)
        if sum_paid is None or sum_paid <= 0 or level is None:
            return Growth(None, growth.points, "no_dividend")
        paid *= 1.0 + sum_paid / 12.0 / level
    last = index_at_end(dividend, horizon_end(first, months) - _DAY)
    points = growth.points if last is None else (*growth.points, (dividend, last))
    return replace(growth, factor=growth.factor * paid, points=points)


def _bonds(view: View, start: np.datetime64, months: int) -> Growth:
    """Ten-year par bonds rolled every month from the event on; see `par_bond_month_return`."""
    candidates = [view.series(name) for name in ("DGS10", "GS10", "SHILLER_LONG_RATE")]
    for rank, series in enumerate(candidates):
        at = [_position(series, horizon_end(start, month)) for month in range(months + 1)]
        found = [index for index in at if index is not None]
        if len(found) < len(at):
            continue
        factor = 1.0
        for y_before, y_after in pairwise(series.values[found].tolist()):
            factor *= 1.0 + par_bond_month_return(y_before, y_after)
        used, stand_in = _used(candidates, rank)
        return Growth(factor, ((used, found[-1]), (used, found[0])), stand_in=stand_in)
    return _missing(candidates, start, horizon_end(start, months))


def _gold(view: View, start: np.datetime64, months: int) -> Growth:
    if start < GOLD_FREE_FROM:
        return Growth(None, reason="pegged")
    return _price_growth([view.series("GOLD"), view.series("GOLD_MONTHLY")], start, months)


def consumer_prices(view: View, start: np.datetime64, months: int) -> Growth:
    """Consumer prices from the month of the event to that of the horizon's end."""
    first, end_month = _month_of(start), _month_of(horizon_end(start, months))
    for rank, name in enumerate(("CPIAUCSL", "SHILLER_CPI")):
        cpi = view.series(name)
        if not len(cpi) or cpi.periods[0] > first:
            continue  # it begins after the event; a gap inside it is not filled
        base, last, end = cpi.at(first), cpi.index_at(end_month), cpi.at(end_month)
        if base is None or end is None or last is None:
            return Growth(None, reason="no_cpi")
        used = cpi if rank == 0 else replace(cpi, stands_for="CPIAUCSL")
        return Growth(end / base, ((used, last),))
    return Growth(None, reason="no_cpi")


RETURNS: Mapping[str, Callable[[View, np.datetime64, int], Growth]] = MappingProxyType(
    {"stocks": _stocks, "bonds": _bonds, "gold": _gold}
)
