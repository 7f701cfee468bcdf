"""Demand for Treasuries: holders, foreigners, auctions, term premium (claims 14 and 17)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.calendar import period_end
from debtcycle.indicators._common import mid_rank, reading, refuse
from debtcycle.indicators._flows import (
    Lamp,
    Point,
    above,
    all_of,
    any_of,
    change_of_points,
    debt_held,
    end_of,
    index_at_end,
    point_reading,
    sum_to,
    unknown,
    year_before,
)
from debtcycle.indicators._holder_shares import holder_ways
from debtcycle.indicators._two_ways import TwoWays
from debtcycle.indicators.model import HasReadings, Reading, Status
from debtcycle.views import View

__all__ = [
    "REESTIMATED",
    "TreasuryDemand",
    "holders_sell",
    "supply_above_demand",
    "treasury_demand",
]

# Lamp "supply above demand" (D): net issuance counts as heavy above this share of GDP a year ...
SUPPLY_HEAVY_PCT_OF_GDP = 5.0
# ... and demand as weak by these signs, at least half of the known ones, two at least.
COVER_WEAKER_BY = 0.05  # bid-to-cover against its mean a year earlier
FOREIGN_SHARE_FALL_PP = 0.5  # over four quarters
PRICE_INSENSITIVE_LOW_PCT = 50.0  # central bank, banks and foreigners, of net issuance
DEMAND_SIGNS_MIN = 2
# Red light "holders sell" (D): the foreign share must have fallen by this over four quarters.
HOLDERS_SHARE_FALL_PP = 1.0
AUCTION_WEEKS = 12
AUCTION_DAYS_MIN = 6  # days with auctions in twelve weeks; there are usually more than fifteen
# Series whose whole history is rewritten at every update: shown, never counted.
REESTIMATED = frozenset({"ACMTP10", "THREEFYTP10"})

_YEAR = np.timedelta64(52 * 7, "D")
_HOLDERS = (
    ("holder_fed", ("Z1_TSY_FED",)),
    ("holder_banks", ("Z1_TSY_BANKS", "Z1_TSY_CREDIT_UNIONS")),
    ("holder_foreign", ("Z1_TSY_ROW",)),
)


@dataclass(frozen=True, slots=True)
class TreasuryDemand(HasReadings):
    """Demand for Treasuries at a date.

    Attributes
    ----------
    holders : tuple of Reading
        Net purchases over four quarters by the central bank, banks, foreigners, and the rest,
        USD bn.
    price_insensitive : Reading
        The first three of them in % of net issuance.
    foreign_share, foreign_share_change : Reading
        Of gross federal debt, %, and its change over four quarters, pp.
    cover, cover_change : Reading
        Bid-to-cover of notes, mean of twelve weeks, and against the same weeks a year earlier.
    term_premium, term_premium_acm : Reading
        Kim-Wright and Adrian-Crump-Moench, 10 years, pp: re-estimated, so shown only.
    foreign_take : Reading
        Net purchases of foreigners in % of net issuance, the same four quarters.
    ways : tuple of TwoWays
        Change over four quarters of the central bank's and the foreigners' share in the debt, from
        their published stocks and from purchases as others compile them.
    """

    holders: tuple[Reading, ...]
    price_insensitive: Reading
    foreign_share: Reading
    foreign_share_change: Reading
    cover: Reading
    cover_change: Reading
    term_premium: Reading
    term_premium_acm: Reading
    foreign_take: Reading
    ways: tuple[TwoWays, ...] = ()


def _holders(view: View) -> tuple[tuple[Reading, ...], Reading, Reading]:
    """Net purchases over four quarters by holder (Z.1), and what was left for all others.

    After them the part that the named holders took of net issuance, and the foreigners' part;
    there is none where nothing was issued on balance.
    """
    made: list[Reading] = []
    points: list[Point] = []
    end: np.datetime64 | None = None
    for name, ids in _HOLDERS:
        flows = [view.series(series_id) for series_id in ids]
        refused = next(filter(None, (refuse(view, name, "usd_bn", f) for f in flows)), None)
        if refused is not None:
            made.append(refused)
            continue
        end = end_of(flows[0]) if end is None else end
        sums = [(f.usd_bn(), sum_to(f.usd_bn(), end, 4)) for f in flows]
        used = [(f, found[1]) for f, found in sums if found is not None]
        total = sum(found[0] for _, found in sums if found) if len(used) == len(flows) else None
        made.append(point_reading(name, "usd_bn", total, *used))
        points.extend(used)
    values = [m.value for m in made]
    taken = sum(v for v in values if v is not None)
    lacking = next((m for m in made if not m.known), None)
    if lacking is not None or end is None:
        because = lacking if lacking is not None else made[0]
        return (
            (*made, unknown("holder_others", "usd_bn", because)),
            unknown("price_insensitive_share", "percent", because),
            unknown("foreign_take", "percent", because),
        )
    debt = debt_held(view, end)
    issued = change_of_points(debt, end)
    if issued is not None:
        points.append((debt, issued[1]))
    others = None if issued is None else issued[0] - taken
    foreign = made[-1].value
    share = take = None
    if issued is not None and issued[0] > 0 and foreign is not None:
        share, take = 100.0 * taken / issued[0], 100.0 * foreign / issued[0]
    return (
        (*made, point_reading("holder_others", "usd_bn", others, *points)),
        point_reading("price_insensitive_share", "percent", share, *points),
        point_reading("foreign_take", "percent", take, *points),
    )


def _foreign(view: View) -> tuple[Reading, Reading]:
    """Foreign holdings in % of gross federal debt at the same quarter's end, and the change."""
    names = "foreign_share", "foreign_share_change"
    foreign, debt = view.resolve("FDHBFIN"), view.series("GFDEBTN")
    for needed in (foreign, debt):
        if (refused := refuse(view, names[0], "percent", needed)) is not None:
            return refused, unknown(names[1], "pp", refused)
    debt = debt.usd_bn()
    day = min(end_of(foreign), end_of(debt))

    def share(end: np.datetime64) -> tuple[float, int, int] | None:
        top, bottom = index_at_end(foreign, end), index_at_end(debt, end)
        if top is None or bottom is None:
            return None
        return 100.0 * float(foreign.values[top] / debt.values[bottom]), top, bottom

    # A monthly substitute runs past the quarter's end at which the debt is counted.
    quarter = end_of(
        debt, int(np.searchsorted(period_end(debt.info, debt.periods), day, "right")) - 1
    )
    now = share(quarter)
    if now is None:
        short = point_reading(names[0], "percent", None, (foreign, -1), (debt, -1))
        return short, unknown(names[1], "pp", short)
    before = share(year_before(quarter))
    points = ((foreign, now[1]), (debt, now[2]))
    return (
        point_reading(names[0], "percent", now[0], *points),
        point_reading(names[1], "pp", None if before is None else now[0] - before[0], *points),
    )


def _cover(view: View) -> tuple[Reading, Reading]:
    """Bid-to-cover of notes: mean over the auction days of the last twelve weeks.

    The percentile compares with the means of the twelve weeks up to every earlier auction day.
    """
    names = "bid_to_cover", "bid_to_cover_change"
    notes = view.series("BID_TO_COVER_NOTES")
    if (refused := refuse(view, names[0], "ratio", notes)) is not None:
        return refused, unknown(names[1], "ratio", refused)
    span = np.timedelta64(7 * AUCTION_WEEKS, "D")
    totals = np.concatenate([[0.0], np.cumsum(notes.values)])

    def means(days: NDArray[np.datetime64]) -> NDArray[np.float64]:
        last = np.searchsorted(notes.periods, days, side="right")
        first = np.searchsorted(notes.periods, days - span, side="right")
        count = last - first
        total = totals[last] - totals[first]
        return np.where(count >= AUCTION_DAYS_MIN, total / np.maximum(count, 1), np.nan)

    now, before = means(np.array([view.day, view.day - _YEAR]))
    if np.isnan(now):
        # Auctions are events and never stale by the catalogue; without recent ones this is.
        recent = view.day - notes.periods[-1] <= span
        status = Status.SHORT if recent else Status.STALE
        short = point_reading(names[0], "ratio", None, (notes, -1), lacking=status)
        return short, unknown(names[1], "ratio", short)
    history = means(notes.periods)
    whole = ~np.isnan(history)
    rank = mid_rank(history[whole], notes.periods[whole], float(now), view.as_of)
    change = None if np.isnan(before) else float(now - before)
    return (
        point_reading(names[0], "ratio", float(now), (notes, -1), percentile=rank),
        point_reading(names[1], "ratio", change, (notes, -1)),
    )


def _term_premium(view: View, indicator: str, series_id: str) -> Reading:
    premium = view.series(series_id)
    if (refused := refuse(view, indicator, "pp", premium)) is not None:
        return refused
    return reading(indicator, "pp", float(premium.values[-1]), premium)


def treasury_demand(view: View) -> TreasuryDemand:
    """Demand for Treasuries as known on the date of a view.

    Source: Federal Reserve Z.1; Treasury Bulletin and TIC; Treasury auctions; Federal Reserve
    Board and New York Fed (term premia).
    """
    holders, insensitive, foreign_take = _holders(view)
    return TreasuryDemand(
        holders,
        insensitive,
        *_foreign(view),
        *_cover(view),
        _term_premium(view, "term_premium_kw", "THREEFYTP10"),
        _term_premium(view, "term_premium_acm", "ACMTP10"),
        foreign_take,
        holder_ways(view),
    )


def _below(made: Reading, threshold: float) -> bool | None:
    return None if made.value is None else made.value < threshold


def supply_above_demand(net_issuance_gdp: Reading, demand: TreasuryDemand) -> Lamp:
    """Whether more is issued than buyers take without asking for more (claim 17, first lamp).

    Lit if net issuance is above `SUPPLY_HEAVY_PCT_OF_GDP` and at least half of the known signs
    of weak demand are there: bid-to-cover lower than a year ago by `COVER_WEAKER_BY`, the foreign
    share down by `FOREIGN_SHARE_FALL_PP` over a year, price-insensitive buyers taking less than
    `PRICE_INSENSITIVE_LOW_PCT`. Unknown with fewer than `DEMAND_SIGNS_MIN` signs. Term premia are
    re-estimated and do not count.
    """
    signs = (
        (demand.cover_change, -COVER_WEAKER_BY),
        (demand.foreign_share_change, -FOREIGN_SHARE_FALL_PP),
        (demand.price_insensitive, PRICE_INSENSITIVE_LOW_PCT),
    )
    known = [s for s in (_below(made, threshold) for made, threshold in signs) if s is not None]
    weak = 2 * sum(known) >= len(known) if len(known) >= DEMAND_SIGNS_MIN else None
    heavy = above(net_issuance_gdp, SUPPLY_HEAVY_PCT_OF_GDP)
    readings = (net_issuance_gdp, *(made for made, _ in signs))
    return Lamp("supply_above_demand", all_of((heavy, weak)), readings)


def holders_sell(demand: TreasuryDemand) -> Lamp:
    """Red light: holders abroad sell, or take less than keeps their falling share (D).

    Lit if their net purchases over four quarters are negative; or if their share of the debt fell
    by `HOLDERS_SHARE_FALL_PP` or more over four quarters **and** they took less of net issuance
    than that share (`foreign_take` below `foreign_share`). A share also falls where the debt
    grows faster than purchases that go on: alone it is no sale. Where nothing was issued on
    balance the second sign is out, as nobody was needed.
    """
    foreign = next(r for r in demand.holders if r.indicator == "holder_foreign")
    share, take, change = demand.foreign_share, demand.foreign_take, demand.foreign_share_change
    others = demand.holders[-1]
    falls = None if change.value is None else change.value <= -HOLDERS_SHARE_FALL_PP
    behind = None
    if take.value is not None and share.value is not None:
        behind = take.value < share.value
    elif others.known and not take.known:
        behind = False
    lit = any_of((_below(foreign, 0.0), all_of((falls, behind))))
    return Lamp("holders_sell", lit, (foreign, take, share, change))
