"""The central bank's balance sheet and policy rate over the past years, for pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._common import origin
from debtcycle.indicators.model import Origin
from debtcycle.views import Series, View

__all__ = ["HISTORY_YEARS", "PolicyHistory", "PolicyStep", "policy_history"]

HISTORY_YEARS = 10
_MORE = frozenset({"buy", "buy unlimited"})
_LESS = frozenset({"slow buy", "taper", "end", "runoff"})


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """A confirmed announcement: ``"more"``, ``"less"`` or ``"other"``, as to purchases."""

    day: date
    kind: str
    programme: str


@dataclass(frozen=True, slots=True)
class PolicyHistory:
    """What was known at a date of the years before it.

    Attributes
    ----------
    start, end : date
    assets, base : tuple of (date, float)
        Total assets, and the monetary base before they begin, in percent of the GDP of the
        quarter (annual rate), by the date of the observation.
    rate : tuple of (date, float)
        Policy rate in percent, at the dates on which it changed: the upper limit of the target,
        the single target before it, the monthly mean before that.
    steps : tuple of PolicyStep
    origins : tuple of Origin
        The last figure of each series used.
    """

    start: date
    end: date
    assets: tuple[tuple[date, float], ...]
    base: tuple[tuple[date, float], ...]
    rate: tuple[tuple[date, float], ...]
    steps: tuple[PolicyStep, ...]
    origins: tuple[Origin, ...]


def _between(
    series: Series, start: np.datetime64, end: np.datetime64
) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    keep = (series.periods >= start) & (series.periods < end)
    return series.periods[keep], series.values[keep]


def _of_gdp(
    stock: Series, gdp: Series, start: np.datetime64, end: np.datetime64
) -> tuple[tuple[date, float], ...]:
    """``100 * stock / GDP`` of the quarter that runs, or of the last one published."""
    periods, values = _between(stock.usd_bn(), start, end)
    if not len(periods) or not len(gdp):
        return ()
    position = np.searchsorted(gdp.periods, periods, side="right") - 1
    have = position >= 0
    share = 100.0 * values[have] / gdp.usd_bn().values[position[have]]
    return tuple(
        (day.item(), float(value)) for day, value in zip(periods[have], share, strict=True)
    )


def _rate(view: View, start: np.datetime64) -> tuple[tuple[tuple[date, float], ...], list[Series]]:
    """Dates on which the rate changed; each series up to the day on which the next one begins."""
    end = view.day + np.timedelta64(1, "D")
    found: list[tuple[date, float]] = []
    used: list[Series] = []
    for series_id in ("DFEDTARU", "DFEDTAR", "FEDFUNDS"):
        series = view.series(series_id)
        if not len(series):
            continue
        # The level in force when the picture begins is that of the last change before it.
        first = series.index_at(start)
        begin = start if first is None else series.periods[first]
        periods, values = _between(series, begin, end)
        if len(periods):
            used.append(series)
            changed = np.insert(np.diff(values) != 0, 0, True)
            found = [
                (day.item(), float(value))
                for day, value in zip(periods[changed], values[changed], strict=True)
            ] + found
        end = min(end, series.periods[0])
    return tuple(found), used


def _steps(view: View, start: date) -> tuple[PolicyStep, ...]:
    def kind(direction: str) -> str:
        return "more" if direction in _MORE else "less" if direction in _LESS else "other"

    found = {
        (item.date, kind(item.direction)): PolicyStep(
            item.date, kind(item.direction), item.programme
        )
        for item in view.announcements()
        if item.confirmed and item.date >= start
    }
    return tuple(found[key] for key in sorted(found))


def policy_history(view: View, *, years: int = HISTORY_YEARS) -> PolicyHistory:
    """Balance sheet, policy rate and announcements of the years before the date of a view.

    Notes
    -----
    Every point is what the view knows of that period today, not what was known then: a history,
    not a replay. The monetary base stands in for total assets before December 2002.

    Source: Federal Reserve H.4.1 and H.15; BEA; the log of announcements.
    """
    start = shift_months(np.array([view.day]).astype("M8[M]").astype("M8[D]"), -12 * years)[0]
    end = view.day + np.timedelta64(1, "D")
    assets, base, gdp = view.series("WALCL"), view.series("BOGMBASE"), view.series("GDP")
    turn = assets.periods[0] if len(assets) else end
    rate, used = _rate(view, start)
    stocks = [series for series in (assets, base) if len(series)]
    return PolicyHistory(
        start.item(),
        view.as_of,
        _of_gdp(assets, gdp, start, end),
        _of_gdp(base, gdp, start, min(turn, end)),
        rate,
        _steps(view, start.item()),
        tuple(origin(series) for series in (*stocks, *used, *([gdp] if len(gdp) else []))),
    )
