"""Shares of holders in the debt over a year: from their stocks, and from what they bought."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from debtcycle.catalogue.calendar import period_end
from debtcycle.indicators._common import refuse
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

__all__ = ["AGREE_PP", "holder_ways"]

# The step of the lamp on foreign holders (D): a smaller difference decides nothing.
AGREE_PP = 0.5
_HALF_WEEK = np.timedelta64(3, "D")


def _place(stock: Series, day: np.datetime64) -> int | None:
    """Position of the stock at a quarter's end; of a weekly one the Wednesday nearest to it."""
    if stock.info.frequency.value != "weekly":
        return index_at_end(stock, day)
    return index_at_end(stock, day + _HALF_WEEK, near_days=6)


def _shares(
    name: str, stock: Series, flow: Series, debt: Series, day: np.datetime64
) -> tuple[Reading, Reading]:
    """Change of a holder's share in the gross debt over four quarters, in two ways, pp.

    By stocks: ``S_t / D_t - S_s / D_s``. By purchases, which others compile: ``(S_s + sum of four
    quarters) / D_t - S_s / D_s``. What they differ by is valuation, and what one of them misses.
    """
    ago = year_before(day)
    now, then = _place(stock, day), _place(stock, ago)
    d1, d0 = index_at_end(debt, day), index_at_end(debt, ago)
    bought = sum_to(flow, day, 4)
    by_stock = by_flow = None
    points: tuple[Point, ...] = ((stock, -1), (debt, -1))
    flows: tuple[Point, ...] = (*points, (flow, -1))
    if now is not None and then is not None and d1 is not None and d0 is not None:
        start = float(stock.values[then])
        before = start / float(debt.values[d0])
        by_stock = 100.0 * (float(stock.values[now]) / float(debt.values[d1]) - before)
        points = ((stock, now), (debt, d1))
        # The window of the purchases must be the very same year.
        if bought is not None and end_of(flow, bought[1]) == day:
            by_flow = 100.0 * ((start + bought[0]) / float(debt.values[d1]) - before)
            flows = ((stock, then), (debt, d1), (flow, bought[1]))
    return (
        point_reading(f"{name}_published", "pp", by_stock, *points),
        point_reading(f"{name}_others", "pp", by_flow, *flows),
    )


def _way(view: View, name: str, stock: Series, flow_id: str) -> TwoWays:
    flow, debt = view.series(flow_id), view.series("GFDEBTN")
    for needed in (stock, flow, debt):
        if (refused := refuse(view, f"{name}_published", "pp", needed)) is not None:
            return two_ways(
                name, refused, unknown(f"{name}_others", "pp", refused), tolerance=AGREE_PP
            )
    stock, flow, debt = stock.usd_bn(), flow.usd_bn(), debt.usd_bn()
    day = min(end_of(flow), end_of(debt), end_of(stock))
    # The last quarter's end that all three have: stocks by month or week run past it.
    quarter = end_of(
        flow, int(np.searchsorted(period_end(flow.info, flow.periods), day, side="right")) - 1
    )
    return two_ways(name, *_shares(name, stock, flow, debt, quarter), tolerance=AGREE_PP)


def _fed_stock(view: View) -> Series:
    """The central bank's Treasuries: weekly where they are, else quarterly under their own name."""
    weekly = view.series("TREAST")
    return weekly if len(weekly) else replace(view.series("FDHBFRB"), stands_for="TREAST")


def holder_ways(view: View) -> tuple[TwoWays, ...]:
    """Central bank and foreigners, each in two ways; those of which nothing is known are left out.

    Source: Federal Reserve H.4.1, Treasury Bulletin and TIC (stocks); Z.1 transactions, compiled
    by others where the store has no more (purchases).
    """
    ways = (
        _way(view, "fed_share_year", _fed_stock(view), "Z1_TSY_FED"),
        _way(view, "foreign_share_year", view.resolve("FDHBFIN"), "Z1_TSY_ROW"),
    )
    return tuple(way for way in ways if way.published.known and way.others.known)
