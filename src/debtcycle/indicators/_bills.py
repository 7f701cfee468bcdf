"""Bills in what the Treasury borrows: from its own monthly statement, and as others compile it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debtcycle.catalogue.calendar import period_end
from debtcycle.indicators._common import reading, refuse
from debtcycle.indicators._flows import (
    Point,
    end_of,
    index_at_end,
    point_reading,
    sum_to,
    unknown,
    year_before,
)
from debtcycle.indicators._two_ways import TwoWays, two_ways
from debtcycle.indicators.model import Reading
from debtcycle.views import Series, View

__all__ = ["AGREE_PP", "BillShares", "bill_shares"]

# Two shares of a year's borrowing are told apart by more than the width of the advised range (D):
# advance estimates of the need are no more exact than that.
AGREE_PP = 5.0
_NAMES = ("bill_share", "bill_share_year", "bill_share_change")
_UNITS = ("percent", "percent", "pp")


@dataclass(frozen=True, slots=True)
class BillShares:
    """Shares of bills at a date.

    Attributes
    ----------
    quarter, year, change : Reading
        In net borrowing: the last quarter, the last four, these against the four before.
    stock : Reading
        Bills in the marketable debt outstanding, %; what the advised range is for.
    way : TwoWays
        `year` from the monthly statement and as others compile it, at the same quarter's end.
    """

    quarter: Reading
    year: Reading
    change: Reading
    stock: Reading
    way: TwoWays


def _quarter_end(series: Series) -> np.datetime64 | None:
    """End of the last quarter for which there is a month."""
    ends = period_end(series.info, series.periods)
    months = ends.astype("M8[M]").astype(int) % 12
    closing = ends[(months + 1) % 3 == 0]
    return np.datetime64(closing[-1], "D") if len(closing) else None


def _flow_share(
    bills: Series, debt: Series, end: np.datetime64, start: np.datetime64
) -> tuple[float, int, int] | None:
    """``100 * change of bills / change of all marketable debt`` between two month's ends."""
    places = [index_at_end(s, day) for s in (bills, debt) for day in (end, start)]
    if None in places:
        return None
    b1, b0, d1, d0 = (int(p) for p in places if p is not None)
    borrowed = float(debt.values[d1] - debt.values[d0])
    if borrowed <= 0:
        return None
    return 100.0 * float(bills.values[b1] - bills.values[b0]) / borrowed, b1, d1


def _three_months_before(end: np.datetime64) -> np.datetime64:
    first = (end + np.timedelta64(1, "D")).astype("M8[M]") - np.timedelta64(3, "M")
    return np.datetime64(first.astype("M8[D]") - np.timedelta64(1, "D"), "D")


def _published(view: View, end: np.datetime64 | None = None) -> tuple[Reading, Reading, Reading]:
    """The three shares from the Monthly Statement of the Public Debt, at a quarter's end.

    ``100 * (B_t - B_s) / (M_t - M_s)`` with bills B and marketable debt M held by the public:
    what was borrowed, not what was announced.
    """
    bills, debt = view.series("MSPD_BILLS"), view.series("MSPD_MARKETABLE")
    for needed in (bills, debt):
        if (refused := refuse(view, _NAMES[0], _UNITS[0], needed)) is not None:
            return (
                refused,
                unknown(_NAMES[1], "percent", refused),
                unknown(_NAMES[2], "pp", refused),
            )
    day = _quarter_end(bills) if end is None else end
    if day is None:
        short = point_reading(_NAMES[0], "percent", None, (bills, -1), (debt, -1))
        return short, unknown(_NAMES[1], "percent", short), unknown(_NAMES[2], "pp", short)
    ago = year_before(day)
    quarter = _flow_share(bills, debt, day, _three_months_before(day))
    year = _flow_share(bills, debt, day, ago)
    before = _flow_share(bills, debt, ago, year_before(ago))

    def points(found: tuple[float, int, int] | None) -> tuple[Point, ...]:
        return (
            (bills, -1 if found is None else found[1]),
            (debt, -1 if found is None else found[2]),
        )

    change = None if year is None or before is None else year[0] - before[0]
    values = (quarter and quarter[0], year and year[0], change)
    return (
        point_reading(_NAMES[0], "percent", values[0], *points(quarter)),
        point_reading(_NAMES[1], "percent", values[1], *points(year)),
        point_reading(_NAMES[2], "pp", values[2], *points(year)),
    )


def _compiled(view: View) -> tuple[Reading, Reading, Reading]:
    """The three shares from refunding documents as compiled by others.

    ``100 * sum(net bills) / sum(financing need)``: a plain mean of the quarters' shares would be
    ruled by the April quarter, whose need is small and whose share is often far below -100 %.
    The need is the Treasury's financing estimate published in advance, not what was borrowed.
    """
    share = view.series("QRA_BILL_SHARE")
    if (refused := refuse(view, _NAMES[0], "percent", share)) is not None:
        return refused, unknown(_NAMES[1], "percent", refused), unknown(_NAMES[2], "pp", refused)
    latest = reading(_NAMES[0], "percent", 100.0 * float(share.values[-1]), share)
    bills, need = view.series("QRA_NET_BILLS"), view.series("QRA_FINANCING_NEED")
    day = end_of(share)

    def of_year(end: np.datetime64) -> tuple[float, int, int] | None:
        top, bottom = sum_to(bills, end, 4), sum_to(need, end, 4)
        if top is None or bottom is None or bottom[0] <= 0:
            return None
        return 100.0 * top[0] / bottom[0], top[1], bottom[1]

    now, before = of_year(day), of_year(year_before(day))
    points: tuple[Point, ...] = () if now is None else ((bills, now[1]), (need, now[2]))
    change = None if now is None or before is None else now[0] - before[0]
    return (
        latest,
        point_reading(_NAMES[1], "percent", None if now is None else now[0], *points),
        point_reading(_NAMES[2], "pp", change, *points),
    )


def _stock(view: View) -> Reading:
    """``100 * bills / marketable debt``, both held by the public, at the last month's end."""
    indicator, unit = "bill_share_stock", "percent"
    bills, debt = view.series("MSPD_BILLS"), view.series("MSPD_MARKETABLE")
    for needed in (bills, debt):
        if (refused := refuse(view, indicator, unit, needed)) is not None:
            return refused
    place = index_at_end(debt, end_of(bills))
    if place is None:
        return point_reading(indicator, unit, None, (bills, -1), (debt, -1))
    share = 100.0 * float(bills.values[-1]) / float(debt.values[place])
    return point_reading(indicator, unit, share, (bills, -1), (debt, place))


def bill_shares(view: View) -> BillShares:
    """Shares of bills as known on the date of a view.

    The Treasury's own statement is used where the store has it, and the compilation of others
    where it has not; the two stand beside each other wherever both are known.

    Source: Monthly Statement of the Public Debt, table 1; Treasury refunding documents.
    """
    own, others = _published(view), _compiled(view)
    same = own[1]
    if others[1].known:
        # The compilation may be a quarter behind: both are held to its last quarter.
        same = _published(view, end_of(view.series("QRA_BILL_SHARE")))[1]
    way = two_ways(
        _NAMES[1],
        replace(same, indicator=f"{_NAMES[1]}_published"),
        replace(others[1], indicator=f"{_NAMES[1]}_others"),
        tolerance=AGREE_PP,
    )
    used = own if own[1].known else others
    return BillShares(*used, _stock(view), way)
