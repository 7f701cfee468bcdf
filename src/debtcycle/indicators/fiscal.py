"""The federal budget: deficit, fiscal impulse, debt and interest (claims 5, 13, 14; section 5).

A deficit is positive here: the publishers write it as a negative balance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debtcycle.indicators._common import refuse
from debtcycle.indicators._flows import (
    Lamp,
    above,
    all_of,
    end_of,
    index_at_end,
    point_reading,
    sum_to,
    unknown,
    year_before,
)
from debtcycle.indicators.model import HasReadings, Reading
from debtcycle.views import Series, View

__all__ = ["DEFICIT_LARGE_PCT_OF_GDP", "FiscalStance", "fiscal_stance", "loose_fiscal"]

# Claim 5: a deficit is big above this share of GDP ...
DEFICIT_LARGE_PCT_OF_GDP = 5.0
# ... while unemployment is low: not above its own ten-year mean by more than this (claim 9).
UNEMPLOYMENT_LOW_GAP_PP = 0.25
# Treasury's monthly balance leaves out off-budget outlays before this month (the sums of its
# fiscal years 1981-84 miss the official deficit by 10-21 bn, those since 1985 by less than 1).
MONTHLY_FROM = np.datetime64("1984-10-01", "D")
_GDP = "percent_of_gdp"


@dataclass(frozen=True, slots=True)
class FiscalStance(HasReadings):
    """The budget at a date.

    Attributes
    ----------
    deficit : Reading
        Twelve months, % of GDP.
    impulse : Reading
        Its change over twelve months, pp of GDP: positive is looser.
    debt, debt_public : Reading
        Gross federal debt, and the part held by the public (the Federal Reserve included), % of
        GDP.
    interest_gdp : Reading
        Gross interest payments at an annual rate, % of GDP.
    interest_revenue, net_interest_revenue : Reading
        Gross and net interest of the last closed fiscal year, % of its receipts.
    """

    deficit: Reading
    impulse: Reading
    debt: Reading
    debt_public: Reading
    interest_gdp: Reading
    interest_revenue: Reading
    net_interest_revenue: Reading


def _since(series: Series, first: np.datetime64) -> Series:
    keep = series.periods >= first
    return replace(
        series,
        periods=series.periods[keep],
        values=series.values[keep],
        known_from=series.known_from[keep],
        basis=series.basis[keep],
    )


def _gdp_of_year(gdp: Series, day: np.datetime64) -> tuple[float, int] | None:
    """GDP of the four published quarters up to a day: the mean of their annual rates, USD bn."""
    found = sum_to(gdp, day, 4)
    return None if found is None else (found[0] / 4.0, found[1])


def _balance(view: View) -> tuple[Series, int]:
    """The budget balance and how many of its periods make a year.

    Monthly statements once there are twelve whole ones; else fiscal years, under their own name.
    """
    monthly = _since(view.series("MTSDS133FMS"), MONTHLY_FROM)
    if monthly.fresh and sum_to(monthly, end_of(monthly), 12) is not None:
        return monthly, 12
    yearly = view.resolve("FYFSD")
    if yearly.fresh:
        return replace(yearly, stands_for="MTSDS133FMS"), 1
    return monthly, 12


def _deficit_at(
    balance: Series, periods: int, gdp: Series, day: np.datetime64
) -> tuple[float, int, int] | None:
    total = sum_to(balance, day, periods)
    if total is None:
        return None
    output = _gdp_of_year(gdp, end_of(balance, total[1]))
    if output is None:
        return None
    return -100.0 * total[0] / output[0], total[1], output[1]


def _deficit(view: View) -> tuple[Reading, Reading]:
    """Deficit of the last twelve months and its change, % of GDP.

    ``100 * -(sum of 12 months' balance) / mean(GDP of the 4 quarters published by then)``;
    the change compares with the same twelve months earlier, both as known at the date.
    """
    names = "federal_deficit", "fiscal_impulse"
    balance, periods = _balance(view)
    gdp = view.series("GDP")
    for needed in (balance, gdp):
        if (refused := refuse(view, names[0], _GDP, needed)) is not None:
            return refused, unknown(names[1], "pp", refused)
    balance = replace(balance.usd_bn(), stands_for=balance.stands_for)
    now = _deficit_at(balance, periods, gdp, end_of(balance))
    if now is None:
        short = point_reading(names[0], _GDP, None, (balance, -1), (gdp, -1))
        return short, unknown(names[1], "pp", short)
    points = ((balance, now[1]), (gdp, now[2]))
    before = _deficit_at(balance, periods, gdp, year_before(end_of(balance)))
    change = None if before is None else now[0] - before[0]
    return (
        point_reading(names[0], _GDP, now[0], *points),
        point_reading(names[1], "pp", change, *points),
    )


def _debt_ratio(view: View, indicator: str, series_id: str) -> Reading:
    """``100 * debt at the quarter's end / GDP of that quarter`` (annual rate)."""
    debt, gdp = view.series(series_id), view.series("GDP")
    for needed in (debt, gdp):
        if (refused := refuse(view, indicator, _GDP, needed)) is not None:
            return refused
    debt = debt.usd_bn()
    # Debt of a quarter may be out before its GDP, or after: the last quarter that has both.
    day = min(end_of(debt), end_of(gdp))
    top, bottom = index_at_end(debt, day), index_at_end(gdp, day)
    if top is None or bottom is None:
        return point_reading(indicator, _GDP, None, (debt, -1), (gdp, -1))
    ratio = 100.0 * float(debt.values[top]) / float(gdp.values[bottom])
    return point_reading(indicator, _GDP, ratio, (debt, top), (gdp, bottom))


def _interest_gdp(view: View) -> Reading:
    return _debt_ratio(view, "federal_interest_gdp", "A091RC1Q027SBEA")


def _interest_revenue(view: View) -> Reading:
    """Gross interest in the four quarters of the last closed fiscal year, % of its receipts."""
    indicator = "federal_interest_revenue"
    interest, receipts = view.series("A091RC1Q027SBEA"), view.series("OMB_RECEIPTS")
    for needed in (interest, receipts):
        if (refused := refuse(view, indicator, "percent", needed)) is not None:
            return refused
    paid = sum_to(interest, end_of(receipts), 4)
    if paid is None or end_of(interest, paid[1]) != end_of(receipts):
        # The year's last quarter is not out yet: the year before, if that one is whole.
        return _interest_of(interest, receipts, len(receipts) - 2, indicator)
    return _interest_of(interest, receipts, len(receipts) - 1, indicator)


def _interest_of(interest: Series, receipts: Series, year: int, indicator: str) -> Reading:
    paid = sum_to(interest, end_of(receipts, year), 4) if year >= 0 else None
    if paid is None or end_of(interest, paid[1]) != end_of(receipts, year):
        return point_reading(indicator, "percent", None, (interest, -1), (receipts, -1))
    taken = receipts.usd_bn()
    share = 100.0 * (paid[0] / 4.0) / float(taken.values[year])
    return point_reading(indicator, "percent", share, (interest, paid[1]), (taken, year))


def _net_interest_revenue(view: View) -> Reading:
    """``100 * net interest / receipts`` of the last closed fiscal year."""
    indicator = "federal_net_interest_revenue"
    interest, receipts = view.series("OMB_NET_INTEREST"), view.series("OMB_RECEIPTS")
    for needed in (interest, receipts):
        if (refused := refuse(view, indicator, "percent", needed)) is not None:
            return refused
    paid = interest.at(receipts.periods[-1])
    share = None if paid is None else 100.0 * paid / float(receipts.values[-1])
    return point_reading(indicator, "percent", share, (interest, -1), (receipts, -1))


def fiscal_stance(view: View) -> FiscalStance:
    """The federal budget as known on the date of a view.

    Notes
    -----
    Treasury's monthly statements from fiscal year 1985; before, and where they are stale,
    fiscal years (OMB), named as a substitute. GDP is that of the four quarters
    published up to the end of the twelve months, so that both cover about the same year.

    Source: Monthly Treasury Statement; OMB Historical Tables 1.1 and 3.1; BEA NIPA 3.2;
    Treasury Bulletin.
    """
    deficit, impulse = _deficit(view)
    return FiscalStance(
        deficit,
        impulse,
        _debt_ratio(view, "federal_debt_gdp", "GFDEBTN"),
        _debt_ratio(view, "federal_debt_public_gdp", "FYGFDPUN"),
        _interest_gdp(view),
        _interest_revenue(view),
        _net_interest_revenue(view),
    )


def loose_fiscal(deficit: Reading, unemployment_gap: Reading) -> Lamp:
    """Whether the deficit is big while unemployment is low (claims 5 and 13).

    Parameters
    ----------
    deficit : Reading
        `FiscalStance.deficit`, against `DEFICIT_LARGE_PCT_OF_GDP`.
    unemployment_gap : Reading
        Unemployment minus its own 120-month mean, pp; low up to `UNEMPLOYMENT_LOW_GAP_PP`.
    """
    gap = above(unemployment_gap, UNEMPLOYMENT_LOW_GAP_PP)
    low = None if gap is None else not gap
    lit = all_of((above(deficit, DEFICIT_LARGE_PCT_OF_GDP), low))
    return Lamp("loose_fiscal", lit, (deficit, unemployment_gap))
