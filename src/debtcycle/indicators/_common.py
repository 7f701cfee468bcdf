"""Small parts that indicators share: changes, means, percentiles, and refusals."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue import load_catalogue
from debtcycle.catalogue.calendar import last_fresh_day, month_end, shift_months
from debtcycle.catalogue.model import Frequency
from debtcycle.indicators.model import Origin, Reading, Status
from debtcycle.views import Series, View

__all__ = [
    "change_over_months",
    "ended_quarter",
    "freshness",
    "growth_over_months_pct",
    "last_mean",
    "mid_rank",
    "origin",
    "percentile_start",
    "reading",
    "refuse",
]

PERCENTILE_FROM = np.datetime64("1960-01-01", "D")
PERCENTILE_FROM_APPLIES = np.datetime64("1975-01-01", "D")
PERCENTILE_MIN_YEARS = 10.0
# What a stand-in of a coarser frequency counts for (D).
_STAND_IN_FRESHNESS = 0.5
_NORMAL_DAYS = {Frequency.DAILY: 5, Frequency.WEEKLY: 7}
_SPAN_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}


def origin(series: Series, index: int = -1) -> Origin:
    """Birth certificate of one value of a series."""
    seen = series.observation(index)
    return Origin(
        seen.series, seen.period, seen.known_from, seen.basis, seen.value, seen.unit,
        series.stands_for,
    )  # fmt: skip


def freshness(series: Series) -> float:
    """Freshness of the last value, between 1 and 0; half for a stand-in of another frequency.

    A monthly mean in place of a day's close was new once, but not as new as what it stands for.
    """
    own = _freshness(series)
    if series.stands_for is None:
        return own
    original = load_catalogue()[series.stands_for].frequency
    return own if series.info.frequency is original else _STAND_IN_FRESHNESS * own


def _freshness(series: Series) -> float:
    """Freshness by the series' own calendar.

    1 until the next period's figure is due (one period plus the release lag after the period's
    end; daily series five days, weekly a week), then falling linearly to 0 on the day after
    which the value is stale.
    """
    if not series.fresh:
        return 0.0
    info = series.info
    if info.frequency is Frequency.EVENT:
        return 1.0
    last = series.periods[-1]
    due = _due_day(info.frequency, info.stamp, info.lag_from, info.lag_days, int(last.astype("i8")))
    limit = int(last_fresh_day(info, last).astype("i8"))
    day = int(np.datetime64(series.as_of, "D").astype("i8"))
    if day <= due or limit <= due:
        return 1.0
    return (limit - day) / (limit - due)


@lru_cache(maxsize=65536)
def _due_day(frequency: Frequency, stamp: str, lag_from: str, lag_days: int, period: int) -> int:
    """Day since 1970 on which the figure of the next period is due, remembered.

    A record of monthly judgements asks for the same few thousand periods again and again.
    """
    last = np.array([period], dtype="M8[D]")
    span = _SPAN_MONTHS.get(frequency)
    end = last if span is None or stamp == "end" else month_end(last, span - 1)
    due = (
        end + np.timedelta64(_NORMAL_DAYS[frequency], "D") if span is None else month_end(end, span)
    )
    return int(due.astype("i8")[0]) + (lag_days if lag_from == "end" else 0)


def refuse(view: View, indicator: str, unit: str, series: Series) -> Reading | None:
    """A reading that says why a series cannot be used, or None if it can."""
    if series.fresh:
        return None
    if len(series):
        return Reading(indicator, unit, None, Status.STALE, (origin(series),), freshness=0.0)
    wanted = series.stands_for or series.id
    status = Status.ABSENT if view.exists(wanted) else Status.NOT_BEGUN
    return Reading(indicator, unit, None, status, freshness=0.0)


def reading(
    indicator: str,
    unit: str,
    value: float | None,
    *used: Series,
    percentile: float | None = None,
    lacking: Status = Status.SHORT,
) -> Reading:
    """A reading from the last values of the series used; `lacking` says why a value is None."""
    origins = tuple(origin(series) for series in used if len(series))
    fresh = min((freshness(series) for series in used), default=0.0)
    if value is None or not np.isfinite(value):
        return Reading(indicator, unit, None, lacking, origins, freshness=0.0)
    return Reading(indicator, unit, float(value), Status.OK, origins, percentile, fresh)


def _earlier(series: Series, months: int, index: int = -1) -> float | None:
    period = series.periods[index : len(series) if index == -1 else index + 1]
    return series.at(shift_months(period, -months)[0])


def change_over_months(series: Series, months: int) -> float | None:
    """Last value minus the value `months` earlier, exactly that period or nothing."""
    before = _earlier(series, months)
    return None if before is None else float(series.values[-1]) - before


def growth_over_months_pct(
    series: Series, months: int, *, annualised: bool = False
) -> float | None:
    """Percentage growth of the last value over exactly `months` months.

    ``100 ((x_t / x_{t-m})^k - 1)`` with k = 1, or 12/m where annualised.
    """
    before = _earlier(series, months)
    if before is None or before <= 0:
        return None
    power = 12 / months if annualised else 1.0
    ratio = float(series.values[-1]) / before
    return 100.0 * (float(ratio**power) - 1.0)


def last_mean(series: Series, months: int, *, least: float = 0.9) -> float | None:
    """Mean of the values in the `months` months up to and including the last one.

    None if fewer than the share `least` of the periods have a value.
    """
    first = shift_months(series.periods[-1:], -months)[0]
    window = series.values[series.periods > first]
    span = _SPAN_MONTHS.get(series.info.frequency, 1)
    if len(window) < least * months / span:
        return None
    return float(window.mean())


def percentile_start(as_of: date) -> np.datetime64:
    """First period that a percentile looks at: 1960, or everything for dates before 1975."""
    day = np.datetime64(as_of, "D")
    return PERCENTILE_FROM if day >= PERCENTILE_FROM_APPLIES else np.datetime64("0001-01-01", "D")


def mid_rank(
    history: NDArray[np.float64],
    periods: NDArray[np.datetime64],
    value: float,
    as_of: date,
    *,
    start: np.datetime64 | None = None,
) -> float | None:
    """One-sided mid-rank percentile of a value among the history known at a date.

    ``100 (#{x < v} + (#{x = v} + 1) / 2) / (n + 1)``: the value counts as one of the sample.

    Parameters
    ----------
    history, periods : arrays, shape (n,)
        Values known at the date, and their periods.
    start : datetime64[D], optional
        First period of the sample; that of `percentile_start` by default.

    Returns
    -------
    float or None
        Percentile 0-100; None with less than ten years of history.
    """
    first = percentile_start(as_of) if start is None else start
    inside = periods >= first
    sample, span = history[inside], periods[inside]
    if len(sample) < 2:
        return None
    years = (span[-1] - span[0]).astype(int) / 365.25
    if years < PERCENTILE_MIN_YEARS - 0.1:
        return None
    below = int(np.count_nonzero(sample < value))
    equal = int(np.count_nonzero(sample == value))
    return 100.0 * (below + (equal + 1) / 2) / (len(sample) + 1)


def ended_quarter(as_of: date) -> np.datetime64:
    """First day of the last quarter that had ended before a date."""
    month = (as_of.month - 1) // 3 * 3 + 1
    start = np.datetime64(date(as_of.year, month, 1), "D")
    quarter: np.datetime64 = shift_months(np.array([start]), -3)[0]
    return quarter
