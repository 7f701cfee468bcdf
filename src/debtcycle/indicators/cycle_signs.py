"""Signs of where the debt cycle stands that no other indicator carries (stage ranking)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._common import change_over_months, reading, refuse
from debtcycle.indicators._flows import (
    debt_held,
    end_of,
    index_at_end,
    point_reading,
    sum_to,
    unknown,
    year_before,
)
from debtcycle.indicators.model import HasReadings, Reading
from debtcycle.views import Series, View

__all__ = ["CycleSigns", "cycle_signs"]

DEBT_YEARS = 5
_WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class CycleSigns(HasReadings):
    """Signs at a date.

    Attributes
    ----------
    long_yield_change : Reading
        10-year yield over six months, pp.
    curve : Reading
        10-year minus 3-month yield, pp.
    spread_change : Reading
        BAA minus 10-year yield, change over twelve months, pp.
    dollar_change, gold_change : Reading
        Broad dollar index and gold over twelve months, %.
    private_debt_change, total_debt_change : Reading
        Debt of households and firms (and of the federal government) in GDP, change over five
        years, pp.
    """

    long_yield_change: Reading
    curve: Reading
    spread_change: Reading
    dollar_change: Reading
    gold_change: Reading
    private_debt_change: Reading
    total_debt_change: Reading


def _before(series: Series, months: int) -> int | None:
    """Position of the value some months before the last one, at most a week off."""
    day = shift_months(series.periods[-1:], -months)[0]
    index = series.index_at(day)
    if index is None or (day - series.periods[index]).astype(int) > _WEEK_DAYS:
        return None
    return index


def _change(view: View, indicator: str, unit: str, series: Series, months: int) -> Reading:
    """Change over some months: pp for a rate, % for a price."""
    if (refused := refuse(view, indicator, unit, series)) is not None:
        return refused
    then = _before(series, months)
    if then is None:
        return point_reading(indicator, unit, None, (series, -1))
    now, base = float(series.values[-1]), float(series.values[then])
    value = now - base if unit == "pp" else 100.0 * (now / base - 1.0)
    return point_reading(indicator, unit, value, (series, -1), (series, then))


def _curve(view: View) -> Reading:
    daily = view.series("T10Y3M")
    if daily.fresh:
        return reading("yield_curve", "pp", float(daily.values[-1]), daily)
    bond, bill = view.series("GS10"), view.series("TB3MS")
    for needed in (bond, bill):
        if (refused := refuse(view, "yield_curve", "pp", needed)) is not None:
            return refused
    month = min(bond.periods[-1], bill.periods[-1])
    long, short = bond.at(month), bill.at(month)
    gap = None if long is None or short is None else long - short
    return reading("yield_curve", "pp", gap, bond.until(month), bill.until(month))


def _spread_change(view: View) -> Reading:
    name = "spread_change_12m"
    corporate, treasury = view.series("BAA"), view.series("GS10")
    for needed in (corporate, treasury):
        if (refused := refuse(view, name, "pp", needed)) is not None:
            return refused
    month = min(corporate.periods[-1], treasury.periods[-1])
    corporate, treasury = corporate.until(month), treasury.until(month)
    parts = [change_over_months(series, 12) for series in (corporate, treasury)]
    value = None if parts[0] is None or parts[1] is None else parts[0] - parts[1]
    return reading(name, "pp", value, corporate, treasury)


def _dollar(view: View) -> Reading:
    """The broad index; the older ones, under their own names, until it has a year of history."""
    name = "dollar_change_12m"
    made = _change(view, name, "percent", view.series("DTWEXBGS"), 12)
    for other in ("DTWEXB", "DTWEXM"):
        if made.known:
            break
        stand_in = replace(view.series(other), stands_for="DTWEXBGS")
        if stand_in.fresh:
            made = _change(view, name, "percent", stand_in, 12)
    return made


def _debt_changes(view: View) -> tuple[Reading, Reading]:
    """Change over five years of ``100 * debt / GDP``, at the last quarter that all have.

    GDP is that of four quarters: a single one at an annual rate, such as that of spring 2020,
    would move the ratio more than the debt does.
    """
    names = "private_debt_change_5y", "total_debt_change_5y"
    households, firms, public = view.series("CMDEBT"), view.series("TBSDODNS"), debt_held(view)
    gdp = view.series("GDP")
    parts = [households, firms, public]
    for needed in (*parts, gdp):
        if (refused := refuse(view, names[0], "pp", needed)) is not None:
            return refused, unknown(names[1], "pp", refused)
    parts = [households.usd_bn(), firms.usd_bn(), public]  # the last already is
    day = min(end_of(series) for series in (*parts, gdp))
    then = day
    for _ in range(DEBT_YEARS):
        then = year_before(then)
    made = []
    for name, chosen in zip(names, (parts[:2], parts), strict=True):
        ratios = [_ratio(chosen, gdp, end) for end in (day, then)]
        value = None if ratios[0] is None or ratios[1] is None else ratios[0] - ratios[1]
        points = [(s, index_at_end(s, day)) for s in (*chosen, gdp)]
        used = tuple((series, index) for series, index in points if index is not None)
        made.append(point_reading(name, "pp", value, *used))
    return made[0], made[1]


def _ratio(parts: list[Series], gdp: Series, day: np.datetime64) -> float | None:
    output = sum_to(gdp, day, 4)
    if output is None:
        return None
    total = 0.0
    for series in parts:
        index = index_at_end(series, day)
        if index is None:
            return None
        total += float(series.values[index])
    return 100.0 * total / (output[0] / 4.0)


def cycle_signs(view: View) -> CycleSigns:
    """Signs as known on the date of a view.

    Source: Federal Reserve H.10, H.15 and Z.1; Treasury Bulletin; BEA; Moody's.
    """
    return CycleSigns(
        _change(view, "long_yield_change_6m", "pp", view.resolve("DGS10"), 6),
        _curve(view),
        _spread_change(view),
        _dollar(view),
        _change(view, "gold_change_12m", "percent", view.resolve("GOLD"), 12),
        *_debt_changes(view),
    )
