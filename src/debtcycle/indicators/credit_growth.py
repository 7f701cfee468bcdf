"""Whether private credit grows with the economy, and on what terms (claim 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from debtcycle.indicators._common import growth_over_months_pct, reading, refuse
from debtcycle.indicators._flows import Lamp, above, all_of, point_reading, unknown
from debtcycle.indicators.model import HasReadings, Reading, Status
from debtcycle.views import Series, View

__all__ = [
    "CREDIT_BREAKS",
    "GROWTH_MARGIN_PP",
    "STANDARDS_TIGHT_PCT",
    "CreditGrowth",
    "credit_growth",
    "private_credit_strong",
]

# Reclassifications in the weekly figures of all commercial banks (H.8): a change over a window
# that holds one of these days is not growth of credit.
CREDIT_BREAKS = (date(2008, 10, 1), date(2010, 3, 31))
# Claim 6: growth not below that of nominal GDP ...
GROWTH_MARGIN_PP = 0.0
# ... and standards not tightening: no more banks that tighten than banks that ease.
STANDARDS_TIGHT_PCT = 0.0

_YEAR_WEEKS = np.timedelta64(52 * 7, "D")


@dataclass(frozen=True, slots=True)
class CreditGrowth(HasReadings):
    """Growth of credit at a date.

    Attributes
    ----------
    bank_credit, loans, business_loans : Reading
        Growth over 12 months (weekly series: 52 weeks), %.
    nominal_gdp : Reading
        Growth over four quarters, %.
    gap : Reading
        Bank credit minus nominal GDP, pp; business loans where bank credit had not begun.
    impulse : Reading
        Change over a year in the year's flow of bank credit, % of GDP.
    standards : Reading
        Net share of banks that tighten on firms, %.
    household_debt, corporate_debt : Reading
        Growth over four quarters, %.
    """

    bank_credit: Reading
    loans: Reading
    business_loans: Reading
    nominal_gdp: Reading
    gap: Reading
    impulse: Reading
    standards: Reading
    household_debt: Reading
    corporate_debt: Reading


def _broken(series: Series, start: np.datetime64) -> bool:
    """Whether a break lies after a window's start and up to the last figure."""
    return any(start < np.datetime64(day, "D") <= series.periods[-1] for day in CREDIT_BREAKS)


def _weekly_growth(view: View, indicator: str, series_id: str) -> Reading:
    """``100 (x_t / x_{t-52 weeks} - 1)``; unknown where a break lies inside."""
    credit = view.series(series_id)
    if (refused := refuse(view, indicator, "percent", credit)) is not None:
        return refused
    start = credit.periods[-1] - _YEAR_WEEKS
    if _broken(credit, start):
        return reading(indicator, "percent", None, credit, lacking=Status.BREAK)
    before = credit.at(start)
    growth = None if before is None else 100.0 * (float(credit.values[-1]) / before - 1.0)
    return reading(indicator, "percent", growth, credit)


def _growth(view: View, indicator: str, series_id: str) -> Reading:
    """``100 (x_t / x_{t-12 months} - 1)``."""
    series = view.series(series_id)
    if (refused := refuse(view, indicator, "percent", series)) is not None:
        return refused
    return reading(indicator, "percent", growth_over_months_pct(series, 12), series)


def _impulse(view: View) -> Reading:
    """``100 [(C_t - C_{t-1y}) - (C_{t-1y} - C_{t-2y})] / GDP``, bank credit, weekly."""
    indicator, unit = "credit_impulse", "percent_of_gdp"
    credit, gdp = view.series("TOTBKCR"), view.series("GDP")
    for needed in (credit, gdp):
        if (refused := refuse(view, indicator, unit, needed)) is not None:
            return refused
    last = credit.periods[-1]
    if _broken(credit, last - 2 * _YEAR_WEEKS):
        return reading(indicator, unit, None, credit, gdp, lacking=Status.BREAK)
    one, two = credit.at(last - _YEAR_WEEKS), credit.at(last - 2 * _YEAR_WEEKS)
    value = None
    if one is not None and two is not None:
        value = 100.0 * (float(credit.values[-1]) - 2.0 * one + two) / float(gdp.values[-1])
    return reading(indicator, unit, value, credit, gdp)


def _gap(bank: Reading, business: Reading, gdp: Reading) -> Reading:
    credit = business if bank.status is Status.NOT_BEGUN else bank
    if credit.value is None:
        return unknown("credit_growth_gap", "pp", credit)
    if gdp.value is None:
        return unknown("credit_growth_gap", "pp", gdp)
    return Reading(
        "credit_growth_gap",
        "pp",
        credit.value - gdp.value,
        origins=(*credit.origins, *gdp.origins),
        freshness=min(credit.freshness, gdp.freshness),
    )


def _standards(view: View) -> Reading:
    survey = view.series("DRTSCILM")
    if (refused := refuse(view, "lending_standards", "percent", survey)) is not None:
        return refused
    return point_reading("lending_standards", "percent", float(survey.values[-1]), (survey, -1))


def credit_growth(view: View) -> CreditGrowth:
    """Growth of private credit as known on the date of a view.

    Source: Federal Reserve H.8, Z.1 and the senior loan officers' survey; BEA.
    """
    bank = _weekly_growth(view, "bank_credit_growth", "TOTBKCR")
    business = _growth(view, "business_loans_growth", "BUSLOANS")
    gdp = _growth(view, "nominal_gdp_growth", "GDP")
    return CreditGrowth(
        bank,
        _weekly_growth(view, "bank_loans_growth", "TOTLL"),
        business,
        gdp,
        _gap(bank, business, gdp),
        _impulse(view),
        _standards(view),
        _growth(view, "household_debt_growth", "CMDEBT"),
        _growth(view, "corporate_debt_growth", "BCNSDODNS"),
    )


def private_credit_strong(growth: CreditGrowth) -> Lamp:
    """Claim 6: credit grows no slower than nominal GDP, and standards are not tightening."""
    tight = above(growth.standards, STANDARDS_TIGHT_PCT)
    gap = growth.gap.value
    lit = all_of(
        (None if gap is None else gap >= GROWTH_MARGIN_PP, None if tight is None else not tight)
    )
    return Lamp("private_credit_strong", lit, (growth.gap, growth.standards))
