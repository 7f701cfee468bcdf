"""Periods and release days, as arrays of calendar days.

All functions take and give ``datetime64[D]`` arrays. A value is *known from* the actual day of
its release where the list of irregular releases has it, else from the day that the release lag
of its series gives.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.model import Frequency, SeriesInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Days",
    "fresh_on",
    "known_from",
    "last_fresh_day",
    "month_end",
    "off_grid",
    "period_end",
    "period_start",
    "shift_months",
    "stale_after",
]

Days = NDArray[np.datetime64]

_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}
_SHORT_STALE_DAYS = 21  # daily and weekly series: three weeks
_EPOCH = date(1970, 1, 1).toordinal()
_DAY_BEFORE = np.timedelta64(-1, "D")


def shift_months(days: Days, months: int) -> Days:
    """Same day of the month, `months` later; the last day where the month is shorter."""
    month = days.astype("M8[M]")
    offset = days - month.astype("M8[D]")
    target = month + np.timedelta64(months, "M")
    following: Days = (target + np.timedelta64(1, "M")).astype("M8[D]")
    shifted: Days = np.minimum(target.astype("M8[D]") + offset, following + _DAY_BEFORE)
    return shifted


def month_end(days: Days, months_ahead: int = 0) -> Days:
    """Last day of the month that lies `months_ahead` after that of each day."""
    month = days.astype("M8[M]") + np.timedelta64(months_ahead + 1, "M")
    following: Days = month.astype("M8[D]")
    return following + _DAY_BEFORE


def period_end(info: SeriesInfo, periods: Days) -> Days:
    """Last day of each period as the series writes it."""
    span = _MONTHS.get(info.frequency)
    if span is None or info.stamp == "end":
        return periods
    return month_end(periods, span - 1)


def period_start(info: SeriesInfo, periods: Days) -> Days:
    """First day of each period as the series writes it."""
    span = _MONTHS.get(info.frequency)
    if info.stamp == "start" or span is None:
        return periods
    start: Days = (periods.astype("M8[M]") - np.timedelta64(span - 1, "M")).astype("M8[D]")
    return start


def off_grid(info: SeriesInfo, periods: Days) -> NDArray[np.bool_]:
    """Whether days are no periods as the series writes them, e.g. the 15th in a monthly one.

    Months, quarters and years are written as their first day or as the last day of their last
    month, as the catalogue says; a year written so may be a fiscal one. Of days and weeks every
    day may be one, since holidays move them.
    """
    span = _MONTHS.get(info.frequency)
    if span is None:
        return np.zeros(periods.shape, dtype=bool)
    months = periods.astype("M8[M]")
    ends = info.stamp == "end"
    off: NDArray[np.bool_] = periods != (month_end(periods) if ends else months.astype("M8[D]"))
    if not (ends and info.frequency is Frequency.ANNUAL):
        off |= (months.astype("i8") + ends) % span != 0
    return off


def known_from(
    info: SeriesInfo, periods: Days, irregular: Mapping[date, date | None] | None = None
) -> Days:
    """Day from which the first figure for each period was public.

    Parameters
    ----------
    info : SeriesInfo
        Gives the release lag.
    periods : datetime64[D] array, shape (n,)
        Periods as the series writes them.
    irregular : mapping of period to release day, optional
        Releases that kept off the calendar; a day of None is a period never published.

    Returns
    -------
    datetime64[D] array, shape (n,)
        NaT where the period was never published.
    """
    origin = period_start(info, periods) if info.lag_from == "start" else period_end(info, periods)
    known: Days = origin + np.timedelta64(info.lag_days, "D")
    for period, released in (irregular or {}).items():
        known[periods == np.datetime64(period, "D")] = (
            np.datetime64("NaT") if released is None else np.datetime64(released, "D")
        )
    return known


def last_fresh_day(info: SeriesInfo, period: np.datetime64) -> np.datetime64:
    """`stale_after` of one period, remembered: views ask it again and again."""
    return np.datetime64(_last_fresh(info, period), "D")


def fresh_on(info: SeriesInfo, period: np.datetime64, day: date) -> bool:
    """Whether a value of a period may still be used as the latest one on a day."""
    return _last_fresh(info, period) >= day.toordinal() - _EPOCH


def _last_fresh(info: SeriesInfo, period: np.datetime64) -> int:
    return _remembered(
        info.frequency, info.stamp, info.lag_from, info.lag_days, int(period.view("i8"))
    )


@lru_cache(maxsize=65536)
def _remembered(frequency: Frequency, stamp: str, lag_from: str, lag_days: int, period: int) -> int:
    periods = np.array([period], dtype="M8[D]")
    return int(_stale_after(frequency, stamp, lag_from, lag_days, periods).astype("i8")[0])


def stale_after(info: SeriesInfo, periods: Days) -> Days:
    """Last day on which a value may still be used as the latest one.

    A value is stale once its period ended more than two periods (daily and weekly series: three
    weeks) plus its release lag ago. Event series never go stale.
    """
    return _stale_after(info.frequency, info.stamp, info.lag_from, info.lag_days, periods)


def _stale_after(
    frequency: Frequency, stamp: str, lag_from: str, lag_days: int, periods: Days
) -> Days:
    if frequency is Frequency.EVENT:
        return np.full(periods.shape, np.datetime64("9999-12-31"))
    span = _MONTHS.get(frequency)
    end = periods if span is None or stamp == "end" else month_end(periods, span - 1)
    # A lag counted from the period's start has usually run out before the period ends.
    lag = np.timedelta64(lag_days if lag_from == "end" else 0, "D")
    late = (
        end + np.timedelta64(_SHORT_STALE_DAYS, "D") if span is None else month_end(end, 2 * span)
    )
    limit: Days = late + lag
    return limit
