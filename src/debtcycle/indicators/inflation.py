"""The inflation axis: against the target of 2 % PCE, and where it is heading."""

from __future__ import annotations

from debtcycle.indicators._common import growth_over_months_pct, reading, refuse
from debtcycle.indicators.anchors import TARGET_PCE_PCT
from debtcycle.indicators.model import Reading
from debtcycle.views import View

__all__ = [
    "breakeven",
    "core_pce_gap",
    "core_pce_trend",
    "cpi_growth",
    "inflation",
    "pce_gap",
]


def _gap(view: View, indicator: str, series_id: str) -> Reading:
    prices = view.series(series_id)
    refused = refuse(view, indicator, "pp", prices)
    if refused is not None:
        return refused
    growth = growth_over_months_pct(prices, 12)
    return reading(indicator, "pp", None if growth is None else growth - TARGET_PCE_PCT, prices)


def core_pce_gap(view: View) -> Reading:
    """Core PCE inflation over twelve months minus 2 %, in pp."""
    return _gap(view, "core_pce_gap", "PCEPILFE")


def pce_gap(view: View) -> Reading:
    """PCE inflation over twelve months minus 2 %, in pp."""
    return _gap(view, "pce_gap", "PCEPI")


def core_pce_trend(view: View) -> Reading:
    """Core PCE inflation, six months annualised minus twelve months, in pp."""
    prices = view.series("PCEPILFE")
    refused = refuse(view, "core_pce_trend", "pp", prices)
    if refused is not None:
        return refused
    half, year = (
        growth_over_months_pct(prices, 6, annualised=True),
        growth_over_months_pct(prices, 12),
    )
    return reading(
        "core_pce_trend", "pp", None if half is None or year is None else half - year, prices
    )


def breakeven(view: View) -> Reading:
    """Ten-year breakeven inflation of the day, in percent (from 2003)."""
    rate = view.series("T10YIE")
    refused = refuse(view, "breakeven", "percent", rate)
    return refused or reading("breakeven", "percent", float(rate.values[-1]), rate)


def cpi_growth(view: View) -> Reading:
    """CPI inflation over twelve months, in percent; shown, not scored."""
    prices = view.resolve("CPIAUCSL")
    refused = refuse(view, "cpi_growth", "percent", prices)
    return refused or reading("cpi_growth", "percent", growth_over_months_pct(prices, 12), prices)


def inflation(view: View) -> tuple[Reading, ...]:
    """Readings of the axis, scored ones first."""
    return (
        core_pce_gap(view),
        pce_gap(view),
        core_pce_trend(view),
        breakeven(view),
        cpi_growth(view),
    )
