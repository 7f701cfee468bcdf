"""The credit axis: is money abundant, or are debt and liquidity problems large?"""

from __future__ import annotations

from datetime import date

import numpy as np

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._common import mid_rank, reading, refuse
from debtcycle.indicators.model import Reading, Status
from debtcycle.views import View

__all__ = [
    "BANK_CREDIT_BREAKS",
    "baa_spread",
    "bank_credit_gap",
    "credit",
    "lending_standards",
    "nfci",
    "vix",
]

# Reclassifications that put a jump into bank credit: Washington Mutual's assets moved into a
# commercial bank (2008-10-01); securitised assets came onto balance sheets under FAS 166/167
# (2010-03-31). Growth across a break says nothing about lending.
BANK_CREDIT_BREAKS = (date(2008, 10, 1), date(2010, 3, 31))
_YEAR = np.timedelta64(52 * 7, "D")
VIX_DAYS = 21
GDP_QUARTERS = 20


def baa_spread(view: View) -> Reading:
    """Yield of Baa corporate bonds minus the ten-year Treasury yield, in pp, and percentile.

    The day's spread where it is in the store, else the last month's; among monthly values.
    """
    corporate, treasury = view.series("BAA"), view.series("GS10")
    common, of_baa, of_gs10 = np.intersect1d(
        corporate.periods, treasury.periods, return_indices=True
    )
    history = corporate.values[of_baa] - treasury.values[of_gs10]
    daily = view.series("BAA10Y")
    if daily.fresh:
        value = float(daily.values[-1])
        rank = mid_rank(history, common, value, view.as_of)
        return reading("baa_spread", "pp", None if rank is None else value, daily, percentile=rank)
    for series in (corporate, treasury):
        refused = refuse(view, "baa_spread", "pp", series)
        if refused is not None:
            return refused
    if not len(history):
        return reading("baa_spread", "pp", None, corporate, treasury)
    value = float(history[-1])
    rank = mid_rank(history[:-1], common[:-1], value, view.as_of)
    return reading(
        "baa_spread",
        "pp",
        None if rank is None else value,
        corporate.until(common[-1]),
        treasury.until(common[-1]),
        percentile=rank,
    )


def bank_credit_gap(view: View) -> Reading:
    """Growth of bank credit over 52 weeks minus trend growth of nominal GDP, in pp.

    Trend: compound annual growth over the last 20 published quarters. Unknown for 52 weeks
    after a listed break in the series.
    """
    bank, gdp = view.series("TOTBKCR"), view.series("GDP")
    for series in (bank, gdp):
        refused = refuse(view, "bank_credit_gap", "pp", series)
        if refused is not None:
            return refused
    end = bank.periods[-1]
    if any(end - _YEAR < np.datetime64(day, "D") <= end for day in BANK_CREDIT_BREAKS):
        return reading("bank_credit_gap", "pp", None, bank, gdp, lacking=Status.BREAK)
    before = bank.at(end - _YEAR)
    base = gdp.at(shift_months(gdp.periods[-1:], -3 * GDP_QUARTERS)[0])
    if before is None or base is None:
        return reading("bank_credit_gap", "pp", None, bank, gdp)
    credit_growth = 100.0 * (float(bank.values[-1]) / before - 1.0)
    trend = 100.0 * ((float(gdp.values[-1]) / base) ** (4 / GDP_QUARTERS) - 1.0)
    return reading("bank_credit_gap", "pp", credit_growth - trend, bank, gdp)


def lending_standards(view: View) -> Reading:
    """Net share of banks tightening standards for large firms' loans, in percent."""
    survey = view.series("DRTSCILM")
    refused = refuse(view, "lending_standards", "percent", survey)
    return refused or reading("lending_standards", "percent", float(survey.values[-1]), survey)


def vix(view: View) -> Reading:
    """Mean of the VIX over the last 21 trading days (from 1990), in index points."""
    index = view.resolve("VIX")
    refused = refuse(view, "vix", "index", index)
    if refused is not None:
        return refused
    if index.stands_for:
        return reading("vix", "index", float(index.values[-1]), index)
    days = index.values[-VIX_DAYS:]
    return reading("vix", "index", float(days.mean()) if len(days) == VIX_DAYS else None, index)


def nfci(view: View) -> Reading:
    """Chicago Fed's National Financial Conditions Index; shown, not scored.

    Its whole history is re-estimated every week, so today's file was not known at the time.
    """
    index = view.series("NFCI")
    refused = refuse(view, "nfci", "index", index)
    return refused or reading("nfci", "index", float(index.values[-1]), index)


def credit(view: View) -> tuple[Reading, ...]:
    """Readings of the axis, scored ones first."""
    return (
        baa_spread(view),
        bank_credit_gap(view),
        lending_standards(view),
        vix(view),
        nfci(view),
    )
