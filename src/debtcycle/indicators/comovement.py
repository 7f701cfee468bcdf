"""What moved together lately: gold, multiples and real yields; stocks in money and in goods.

Measured on the last three years known at the date; a measured link, not a cause.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._common import change_over_months, reading, refuse
from debtcycle.indicators._flows import point_reading
from debtcycle.indicators._prices import cape_today
from debtcycle.indicators.model import HasReadings, Reading, Status
from debtcycle.views import Series, View

__all__ = ["LINKED", "MONTHS", "Comovement", "comovement"]

MONTHS = 36
CHANGE_MONTHS = 12
# Claims 32 and 33 (D): a correlation of twelve-month changes over 36 months counts as a link from
# here on. Overlapping changes hold few independent ones, so it is no test of significance.
LINKED = 0.3


@dataclass(frozen=True, slots=True)
class Comovement(HasReadings):
    """Links and returns at a date.

    Attributes
    ----------
    gold_real_yield, gold_breakeven, multiple_real_yield : Reading
        Correlation over 36 months of the 12-month change in the log of gold (of CAPE) with that
        of the 10-year real yield (of breakeven inflation), -1 to 1.
    multiple_change, stocks_nominal, stocks_real : Reading
        CAPE against the month twelve months before, and the S&P 500's price over twelve months,
        nominal and over consumer prices, %.
    top_share, top_share_change, bottom_share : Reading
        Net worth held by the top 1 %, its change over four quarters (pp), and by the bottom
        half, %.
    """

    gold_real_yield: Reading
    gold_breakeven: Reading
    multiple_real_yield: Reading
    multiple_change: Reading
    stocks_nominal: Reading
    stocks_real: Reading
    top_share: Reading
    top_share_change: Reading
    bottom_share: Reading


Monthly = tuple[NDArray[np.int64], NDArray[np.float64]]


def _month_ends(series: Series) -> Monthly:
    """Month numbers and the last value of each month."""
    months = series.periods.astype("M8[M]").astype(np.int64)
    last = np.append(months[1:] != months[:-1], True) if len(months) else np.empty(0, bool)
    return months[last], series.values[last]


def _changes(monthly: Monthly) -> Monthly:
    """Change over exactly twelve months, at the months that have both ends."""
    months, values = monthly
    if not len(months):
        return monthly
    then = np.minimum(np.searchsorted(months, months - CHANGE_MONTHS), len(months) - 1)
    have = months[then] == months - CHANGE_MONTHS
    return months[have], values[have] - values[then[have]]


def _link(view: View, indicator: str, price: Series, rate: Series) -> Reading:
    """Correlation of the log price's and the rate's twelve-month changes, last 36 months."""
    for needed in (price, rate):
        if (refused := refuse(view, indicator, "ratio", needed)) is not None:
            return refused
    left = _changes(_month_ends(replace(price, values=np.log(price.values))))
    right = _changes(_month_ends(rate))
    common, at_left, at_right = np.intersect1d(left[0], right[0], return_indices=True)
    if len(common) < MONTHS or common[-1] - common[-MONTHS] > MONTHS + 1:
        return reading(indicator, "ratio", None, price, rate)
    one, other = left[1][at_left[-MONTHS:]], right[1][at_right[-MONTHS:]]
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return reading(indicator, "ratio", None, price, rate)
    return reading(indicator, "ratio", float(np.corrcoef(one, other)[0, 1]), price, rate)


def _multiple_change(view: View) -> Reading:
    value, monthly, close = cape_today(view)
    if (refused := refuse(view, "multiple_change_12m", "percent", monthly)) is not None:
        return refused
    then = monthly.at(shift_months(monthly.periods[-1:], -CHANGE_MONTHS)[0])
    change = None if value is None or then is None else 100.0 * (value / then - 1.0)
    used = (monthly, close) if close.fresh else (monthly,)
    return reading("multiple_change_12m", "percent", change, *used)


def _stocks(view: View) -> tuple[Reading, Reading]:
    """Price change over twelve months, and the same over the last twelve months' inflation."""
    names = "stocks_nominal_12m", "stocks_real_12m"
    price, cpi = view.resolve("SPX"), view.resolve("CPIAUCSL")
    if (refused := refuse(view, names[0], "percent", price)) is not None:
        return refused, replace(refused, indicator=names[1])
    day = shift_months(price.periods[-1:], -CHANGE_MONTHS)[0]
    then = price.index_at(day)
    if then is None or (day - price.periods[then]).astype(int) > 7:
        short = point_reading(names[0], "percent", None, (price, -1))
        return short, replace(short, indicator=names[1])
    growth = float(price.values[-1] / price.values[then])
    nominal = point_reading(names[0], "percent", 100.0 * (growth - 1.0), (price, -1), (price, then))
    if (refused := refuse(view, names[1], "percent", cpi)) is not None:
        return nominal, refused
    before = cpi.at(shift_months(cpi.periods[-1:], -CHANGE_MONTHS)[0])
    real = None if before is None else 100.0 * (growth * before / float(cpi.values[-1]) - 1.0)
    return nominal, point_reading(names[1], "percent", real, (price, -1), (price, then), (cpi, -1))


# First release of the Distributional Financial Accounts. Their history to 1989 came with it: a lag
# alone would show figures that nobody had.
DFA_PUBLISHED = date(2019, 3, 22)


def _share(view: View, indicator: str, series_id: str) -> tuple[Reading, Reading]:
    share = view.series(series_id)
    changed = f"{indicator}_change"
    if view.as_of < DFA_PUBLISHED:
        unborn = Reading(indicator, "percent", None, Status.NOT_BEGUN, freshness=0.0)
        return unborn, replace(unborn, indicator=changed, unit="pp")
    if (refused := refuse(view, indicator, "percent", share)) is not None:
        return refused, replace(refused, indicator=changed, unit="pp")
    return (
        reading(indicator, "percent", float(share.values[-1]), share),
        reading(changed, "pp", change_over_months(share, 12), share),
    )


def comovement(view: View) -> Comovement:
    """Links, returns and shares as known on the date of a view.

    Notes
    -----
    Real yields are those of inflation-indexed bonds, from 2003; nothing stands in before, so the
    links are unknown until 2006.

    Source: Federal Reserve H.15 and Distributional Financial Accounts; Robert Shiller; BLS.
    """
    gold, real, breakeven = view.resolve("GOLD"), view.series("DFII10"), view.series("T10YIE")
    top, change = _share(view, "top_share", "WFRBST01134")
    return Comovement(
        _link(view, "gold_real_yield_36m", gold, real),
        _link(view, "gold_breakeven_36m", gold, breakeven),
        _link(view, "multiple_real_yield_36m", view.series("SHILLER_CAPE"), real),
        _multiple_change(view),
        *_stocks(view),
        top,
        change,
        _share(view, "bottom_share", "WFRBSB50215")[0],
    )
