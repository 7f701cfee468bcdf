"""Treasury supply and what the central bank takes of it (claims 14, 17, 43)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debtcycle.indicators._bills import bill_shares
from debtcycle.indicators._common import refuse
from debtcycle.indicators._flows import (
    Lamp,
    Point,
    above,
    any_of,
    change_of_points,
    debt_held,
    end_of,
    point_reading,
    sum_to,
    unknown,
)
from debtcycle.indicators._two_ways import TwoWays
from debtcycle.indicators.model import HasReadings, Reading, Status
from debtcycle.views import Series, View

__all__ = [
    "BILL_SHARE_ADVISED_PCT",
    "BUYING_PCT_OF_GDP",
    "MONETISED_SUBSTANTIAL_PCT",
    "Monetisation",
    "TreasurySupply",
    "central_bank_buys",
    "treasury_shortens",
    "treasury_supply",
]

# Claim 43 (D): above this share of net issuance over four quarters monetisation is substantial.
MONETISED_SUBSTANTIAL_PCT = 25.0
# Claim 17: the Treasury Borrowing Advisory Committee's range is for bills in the marketable debt
# outstanding, a stock. It is held here against a flow, bills in net borrowing: more than the upper
# end there lifts the share in the stock towards it, and no more is meant. A single quarter's share
# decides nothing (its need may be near nought: shares of -302 % and 110 % occur); four quarters do.
BILL_SHARE_ADVISED_PCT = (15.0, 20.0)
# Lamp "central bank buys" (D): or its holdings grew by more than this over 13 weeks (claim 1).
BUYING_PCT_OF_GDP = 0.25

_QUARTER = np.timedelta64(13 * 7, "D")
_MATURITIES = (
    ("fed_purchases_91d_1y", "TREAS911Y"),
    ("fed_purchases_1y_5y", "TREAS1T5"),
    ("fed_purchases_over_10y", "TREAS10Y"),
)
_REST = "fed_purchases_rest"
# The portfolio summed from single holdings: all maturities, under the weekly series' names where
# the buckets are the same.
_PORTFOLIO = (
    ("fed_purchases_under_1y", "SOMA_TSY_UNDER_1Y", None),
    ("fed_purchases_1y_5y", "SOMA_TSY_1_5Y", "TREAS1T5"),
    ("fed_purchases_5y_10y", "SOMA_TSY_5_10Y", None),
    ("fed_purchases_over_10y", "SOMA_TSY_OVER_10Y", "TREAS10Y"),
)


@dataclass(frozen=True, slots=True)
class Monetisation(HasReadings):
    """What part of net issuance the central bank took over four quarters.

    Attributes
    ----------
    share : Reading
        ``100 * purchases / issuance``, %; above `MONETISED_SUBSTANTIAL_PCT` substantial.
    undefined : bool
        Net issuance was zero or negative: both parts are known, but there is no share.
    purchases, issuance : Reading
        Change in the central bank's Treasuries and in the debt held by the public, USD bn.
    by_maturity : tuple of Reading
        Purchases of each maturity for which holdings are published, and the rest, USD bn; where
        the weekly figures are lacking, of all maturities of the portfolio's single holdings.
    """

    share: Reading
    undefined: bool
    purchases: Reading
    issuance: Reading
    by_maturity: tuple[Reading, ...]

    @property
    def substantial(self) -> bool | None:
        """Whether the share is above the threshold; no when there was nothing to buy."""
        return False if self.undefined else above(self.share, MONETISED_SUBSTANTIAL_PCT)


@dataclass(frozen=True, slots=True)
class TreasurySupply(HasReadings):
    """Supply of Treasuries and the central bank's part in it, at a date.

    Attributes
    ----------
    bill_share, bill_share_year, bill_share_change : Reading
        Bills in net borrowing: the last quarter, the last four, and these against the four
        before, %, %, pp.
    net_issuance, net_issuance_gdp : Reading
        Debt held by the public, change over four quarters, USD bn and % of GDP.
    monetisation : Monetisation
    fed_13_weeks : Reading
        Change in the central bank's Treasuries over 13 weeks, % of GDP.
    bill_share_stock : Reading
        Bills in the marketable debt held by the public, %: what the advised range is for.
    ways : tuple of TwoWays
        The bill share of four quarters from the Treasury's own statement and as others compile it.
    """

    bill_share: Reading
    bill_share_year: Reading
    bill_share_change: Reading
    net_issuance: Reading
    net_issuance_gdp: Reading
    monetisation: Monetisation
    fed_13_weeks: Reading
    bill_share_stock: Reading
    ways: tuple[TwoWays, ...] = ()


def _issuance(view: View) -> tuple[Reading, Reading]:
    """Change in the debt held by the public over four quarters, USD bn and % of GDP."""
    names = "net_issuance", "net_issuance_gdp"
    debt, gdp = debt_held(view), view.series("GDP")
    if (refused := refuse(view, names[0], "usd_bn", debt)) is not None:
        return refused, unknown(names[1], "percent_of_gdp", refused)
    change = change_of_points(debt, end_of(debt))
    money = point_reading(names[0], "usd_bn", None if change is None else change[0], (debt, -1))
    if (refused := refuse(view, names[1], "percent_of_gdp", gdp)) is not None:
        return money, refused
    output = sum_to(gdp, end_of(debt), 4)
    if change is None or output is None:
        return money, point_reading(names[1], "percent_of_gdp", None, (debt, -1), (gdp, -1))
    share = 100.0 * change[0] / (output[0] / 4.0)
    return money, point_reading(names[1], "percent_of_gdp", share, (debt, -1), (gdp, output[1]))


def _fed(view: View) -> Series:
    """The central bank's Treasuries: weekly since 2002; quarterly to 1998, under its own name."""
    weekly = view.series("TREAST")
    if len(weekly):
        return weekly.usd_bn()
    return replace(view.series("FDHBFRB"), stands_for="TREAST")


def _maturities(view: View, day: np.datetime64, total: float) -> tuple[Reading, ...]:
    made: list[Reading] = []
    points: list[Point] = []
    for name, series_id in _MATURITIES:
        held = view.series(series_id)
        if (refused := refuse(view, name, "usd_bn", held)) is not None:
            made.append(refused)
            continue
        held = held.usd_bn()
        change = change_of_points(held, day)
        if change is None:
            made.append(point_reading(name, "usd_bn", None, (held, -1)))
            continue
        points.append((held, change[1]))
        made.append(point_reading(name, "usd_bn", change[0], points[-1]))
    if len(points) < len(_MATURITIES):
        held_by_bank = _portfolio(view, day)
        if held_by_bank is not None:
            return held_by_bank
        return (*made, unknown(_REST, "usd_bn", next(m for m in made if not m.known)))
    value = total - sum(m.value for m in made if m.value is not None)
    return (*made, point_reading(_REST, "usd_bn", value, *points))


def _portfolio(view: View, day: np.datetime64) -> tuple[Reading, ...] | None:
    """Purchases of every maturity from the portfolio's single holdings; None unless all are known.

    A month's last Wednesday stands for its end.
    """
    made: list[Reading] = []
    for name, series_id, stands_for in _PORTFOLIO:
        held = view.series(series_id)
        change = change_of_points(held.usd_bn(), day) if held.fresh else None
        if change is None:
            return None
        point = (replace(held.usd_bn(), stands_for=stands_for), change[1])
        made.append(point_reading(name, "usd_bn", change[0], point))
    return tuple(made)


def _monetisation(view: View) -> Monetisation:
    """Change in the central bank's Treasuries over that in the debt, four quarters, same ends.

    Weekly holdings are taken on the Wednesday nearest to the quarter's end and 52 weeks before.
    Debt held by the public includes the central bank's and a little that is not marketable.
    """
    fed = _fed(view)
    # Weekly holdings are out long before the quarter's debt; quarterly ones long after it.
    newest = view.series("FYGFDPUN") if fed.stands_for is None else fed
    if (refused := refuse(view, "monetisation_share", "percent", newest)) is None:
        refused = refuse(view, "monetisation_share", "percent", fed)
    if refused is not None:
        bought = unknown("fed_purchases", "usd_bn", refused)
        return Monetisation(
            refused, False, bought, unknown("fed_issuance", "usd_bn", refused),
            tuple(
                unknown(name, "usd_bn", refused)
                for name in (*(name for name, _ in _MATURITIES), _REST)
            ),
        )  # fmt: skip
    day = end_of(newest)
    debt = debt_held(view, day)
    taken, issued = change_of_points(fed, day), change_of_points(debt, day)
    fed_point = (fed, -1 if taken is None else taken[1])
    points = (fed_point, (debt, issued[1])) if issued is not None else (fed_point,)
    no_debt = refuse(view, "fed_issuance", "usd_bn", debt)
    lacking = Status.SHORT if no_debt is None else no_debt.status
    purchases = point_reading("fed_purchases", "usd_bn", taken and taken[0], fed_point)
    issuance = point_reading(
        "fed_issuance", "usd_bn", issued and issued[0], *points[1:], lacking=lacking
    )
    undefined = taken is not None and issued is not None and issued[0] <= 0
    share = None
    if taken is not None and issued is not None and not undefined:
        share = 100.0 * taken[0] / issued[0]
    made = point_reading("monetisation_share", "percent", share, *points, lacking=lacking)
    return Monetisation(
        made, undefined, purchases, issuance,
        _maturities(view, day, taken[0] if taken is not None else 0.0),
    )  # fmt: skip


def _fed_13_weeks(view: View) -> Reading:
    """``100 * (holdings - holdings 13 weeks before) / GDP`` (latest annual rate)."""
    indicator, unit = "fed_treasuries_13w", "percent_of_gdp"
    fed, gdp = view.series("TREAST"), view.series("GDP")
    for needed in (fed, gdp):
        if (refused := refuse(view, indicator, unit, needed)) is not None:
            return refused
    held = fed.usd_bn()
    then = held.at(held.periods[-1] - _QUARTER)
    change = None if then is None else float(held.values[-1]) - then
    share = None if change is None else 100.0 * change / float(gdp.values[-1])
    return point_reading(indicator, unit, share, (held, -1), (gdp, -1))


def treasury_supply(view: View) -> TreasurySupply:
    """Supply of Treasuries as known on the date of a view.

    Source: Treasury Bulletin; Monthly Statement of the Public Debt; Treasury refunding documents;
    Federal Reserve H.4.1.
    """
    bills = bill_shares(view)
    return TreasurySupply(
        bills.quarter,
        bills.year,
        bills.change,
        *_issuance(view),
        _monetisation(view),
        _fed_13_weeks(view),
        bills.stock,
        (bills.way,) if bills.way.known else (),
    )


def central_bank_buys(supply: TreasurySupply) -> Lamp:
    """Whether the central bank buys government debt (claim 17, second lamp).

    Lit if it took more than `MONETISED_SUBSTANTIAL_PCT` of net issuance over four quarters, or
    if its holdings grew by more than `BUYING_PCT_OF_GDP` over 13 weeks (weekly from 2002; before,
    the share alone decides).
    """
    signs = [supply.monetisation.substantial]
    if supply.fed_13_weeks.status is not Status.NOT_BEGUN:
        signs.append(above(supply.fed_13_weeks, BUYING_PCT_OF_GDP))
    lit = any_of(signs)
    return Lamp("central_bank_buys", lit, (supply.monetisation.share, supply.fed_13_weeks))


def treasury_shortens(supply: TreasurySupply) -> Lamp:
    """Whether the Treasury borrows short (claim 17, third lamp).

    Lit if bills were more than the upper end of `BILL_SHARE_ADVISED_PCT` of the net borrowing of
    four quarters.
    """
    lit = above(supply.bill_share_year, BILL_SHARE_ADVISED_PCT[1])
    return Lamp("treasury_shortens", lit, (supply.bill_share_year, supply.bill_share_change))
