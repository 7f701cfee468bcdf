"""The growth axis: is the economy strong, or is it contracting?"""

from __future__ import annotations

import numpy as np

from debtcycle.indicators._common import (
    change_over_months,
    ended_quarter,
    growth_over_months_pct,
    last_mean,
    reading,
    refuse,
)
from debtcycle.indicators.model import Reading
from debtcycle.views import Series, View

__all__ = [
    "claims_change",
    "growth",
    "nairu_gap",
    "real_growth",
    "sahm",
    "unemployment_change",
    "unemployment_gap",
]

MEAN_MONTHS = 120
_WEEK = np.timedelta64(7, "D")


def unemployment_gap(view: View) -> Reading:
    """Unemployment rate minus its own mean of the last 120 months as known, in pp."""
    rate = view.series("UNRATE")
    refused = refuse(view, "unemployment_gap", "pp", rate)
    if refused is not None:
        return refused
    mean = last_mean(rate, MEAN_MONTHS)
    value = None if mean is None else float(rate.values[-1]) - mean
    return reading("unemployment_gap", "pp", value, rate)


def unemployment_change(view: View) -> Reading:
    """Change in the unemployment rate over twelve months, in pp."""
    rate = view.series("UNRATE")
    refused = refuse(view, "unemployment_change", "pp", rate)
    return refused or reading("unemployment_change", "pp", change_over_months(rate, 12), rate)


def real_growth(view: View) -> Reading:
    """Real growth on the year, in percent.

    Real GDP of the latest published quarter; industrial production only while the last quarter
    that has ended is unpublished.
    """
    gdp = view.series("GDPC1")
    if gdp.fresh and gdp.periods[-1] >= ended_quarter(view.as_of):
        return reading("real_growth", "percent", growth_over_months_pct(gdp, 12), gdp)
    output = view.series("INDPRO")
    if output.fresh:
        return reading("real_growth", "percent", growth_over_months_pct(output, 12), output)
    refused = refuse(view, "real_growth", "percent", gdp)
    return refused or reading("real_growth", "percent", growth_over_months_pct(gdp, 12), gdp)


def _four_week_mean(claims: Series, end: np.datetime64) -> float | None:
    weeks = [claims.at(end - k * _WEEK) for k in range(4)]
    known = [week for week in weeks if week is not None]
    return sum(known) / 4 if len(known) == 4 else None


def claims_change(view: View) -> Reading:
    """Initial claims: four-week mean against that of 13 weeks earlier, in percent."""
    claims = view.series("ICSA")
    refused = refuse(view, "claims_change", "percent", claims)
    if refused is not None:
        return refused
    end = claims.periods[-1]
    now, then = _four_week_mean(claims, end), _four_week_mean(claims, end - 13 * _WEEK)
    value = None if now is None or then is None else 100.0 * (now / then - 1.0)
    return reading("claims_change", "percent", value, claims)


def nairu_gap(view: View) -> Reading:
    """Unemployment minus the CBO's noncyclical rate, in pp; shown, not scored.

    The CBO re-estimates the whole history of the noncyclical rate, so it is not known in time.
    """
    rate, natural = view.series("UNRATE"), view.series("NROU")
    refused = refuse(view, "nairu_gap", "pp", rate)
    if refused is not None:
        return refused
    position = natural.index_at(rate.periods[-1])
    if position is None:
        refused = refuse(view, "nairu_gap", "pp", natural)
        return refused or reading("nairu_gap", "pp", None, rate)
    value = float(rate.values[-1]) - float(natural.values[position])
    return reading("nairu_gap", "pp", value, rate)


def sahm(view: View) -> Reading:
    """Sahm rule: three-month mean unemployment minus its low of the last year, in pp.

    The three-month mean against the lowest of the three-month means of the twelve months
    before. 0.5 marks the start of recessions. Shown, not scored. Months that were never
    published are left out of the mean.
    """
    rate = view.series("UNRATE")
    refused = refuse(view, "sahm", "pp", rate)
    if refused is not None:
        return refused
    months = rate.periods.astype("M8[M]").astype(int)
    means = []
    for back in range(13):
        end = months[-1] - back
        window = rate.values[(months > end - 3) & (months <= end)]
        means.append(float(window.mean()) if len(window) >= 2 else np.nan)
    low = np.nanmin(means[1:]) if np.isfinite(means[1:]).any() else np.nan
    return reading("sahm", "pp", means[0] - low, rate)


def growth(view: View) -> tuple[Reading, ...]:
    """Readings of the axis, scored ones first."""
    return (
        unemployment_gap(view),
        unemployment_change(view),
        real_growth(view),
        claims_change(view),
        nairu_gap(view),
        sahm(view),
    )
