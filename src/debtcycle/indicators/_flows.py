"""Sums and changes over windows that end on a given day, and lamps made of readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from debtcycle.catalogue.calendar import period_end, shift_months
from debtcycle.catalogue.model import Frequency
from debtcycle.indicators._common import freshness, origin
from debtcycle.indicators.model import Reading, Status
from debtcycle.views import Series, View

__all__ = [
    "Lamp",
    "Point",
    "above",
    "all_of",
    "any_of",
    "change_of_points",
    "debt_held",
    "end_of",
    "index_at_end",
    "point_reading",
    "sum_to",
    "unknown",
    "year_before",
]

Point = tuple[Series, int]
_NEAR_DAYS = 6  # a weekly figure belongs to the last seven days
_HALF_WEEK_DAYS = 3  # the nearest one lies within so many days of any day
_HALF_WEEK = np.timedelta64(_HALF_WEEK_DAYS, "D")
_WEEKS_52 = np.timedelta64(52 * 7, "D")


@dataclass(frozen=True, slots=True)
class Lamp:
    """A yes-or-no question with the readings that answer it.

    Attributes
    ----------
    lamp : str
        Id of the question; its text is in the message catalogues.
    lit : bool or None
        None where the readings do not suffice.
    readings : tuple of Reading
    """

    lamp: str
    lit: bool | None
    readings: tuple[Reading, ...]


def any_of(signs: Sequence[bool | None]) -> bool | None:
    """Three-valued *or*: one True is enough, an unknown otherwise leaves it open."""
    if any(signs):
        return True
    return None if None in signs or not signs else False


def all_of(signs: Sequence[bool | None]) -> bool | None:
    """Three-valued *and*: one False is enough, an unknown otherwise leaves it open."""
    if any(sign is False for sign in signs):
        return False
    return None if None in signs or not signs else True


def above(made: Reading, threshold: float) -> bool | None:
    """Whether a reading lies above a threshold; None if it is unknown."""
    return None if made.value is None else made.value > threshold


def end_of(series: Series, index: int = -1) -> np.datetime64:
    """Last day of the period at a position."""
    return np.datetime64(period_end(series.info, series.periods[index : index + 1 or None])[0], "D")


def year_before(end: np.datetime64) -> np.datetime64:
    """End of the month that lies twelve months before the one that ends on a day."""
    # By way of the next month's first day: months' ends do not shift evenly.
    first = shift_months(np.array([end + np.timedelta64(1, "D")]), -12)[0]
    return np.datetime64(first - np.timedelta64(1, "D"), "D")


def index_at_end(series: Series, day: np.datetime64, *, near_days: int = _NEAR_DAYS) -> int | None:
    """Position of the period that ends on a day, or at most a few days before it."""
    if not len(series):
        return None
    ends = period_end(series.info, series.periods)
    position = int(np.searchsorted(ends, day, side="right")) - 1
    if position < 0 or (day - ends[position]).astype(int) > near_days:
        return None
    return position


def sum_to(series: Series, day: np.datetime64, periods: int) -> tuple[float, int] | None:
    """Sum of the periods that end within twelve months up to a day.

    The last period that ends on or before the day closes the window.

    Returns
    -------
    (float, int) or None
        The sum and the position of its last period; None unless exactly `periods` are there, so
        that a gap is never summed over.
    """
    ends = period_end(series.info, series.periods)
    last = int(np.searchsorted(ends, day, side="right")) - 1
    if last < 0:
        return None
    inside = (ends > year_before(ends[last])) & (ends <= ends[last])
    if int(inside.sum()) != periods:
        return None
    return float(series.values[inside].sum()), last


def _nearest(series: Series, day: np.datetime64) -> int | None:
    """Position of the weekly figure nearest to a day, at most three days before or after it."""
    index = index_at_end(series, day + _HALF_WEEK, near_days=2 * _HALF_WEEK_DAYS)
    return None if index is None or abs(series.periods[index] - day) > _HALF_WEEK else index


def change_of_points(series: Series, day: np.datetime64) -> tuple[float, int] | None:
    """Level at the end of the period that ends on a month's last day, minus that a year before.

    A weekly stock is taken on its day nearest to the month's end, at most three days before or
    after it, and 52 weeks before that: the last one on or before each end would sometimes lie 53
    weeks apart (25 March 2020 to 31 March 2021, with the purchases of the crisis in the extra
    one).
    """
    if series.info.frequency is Frequency.WEEKLY:
        now = _nearest(series, day)
        before = None if now is None else series.at(series.periods[now] - _WEEKS_52)
        return None if now is None or before is None else (float(series.values[now]) - before, now)
    now, then = index_at_end(series, day), index_at_end(series, year_before(day))
    if now is None or then is None:
        return None
    return float(series.values[now] - series.values[then]), now


def debt_held(view: View, day: np.datetime64 | None = None) -> Series:
    """Debt held by the public, USD bn; gross debt, under its own name, where that has no year.

    Parameters
    ----------
    day : datetime64[D], optional
        Quarter's end up to which a change over a year is needed; the last one by default.
    """
    public = view.series("FYGFDPUN")
    end = end_of(public) if day is None and len(public) else day
    if end is not None and change_of_points(public, end) is not None:
        return public.usd_bn()
    gross = view.series("GFDEBTN")
    return replace(gross.usd_bn(), stands_for="FYGFDPUN") if len(gross) else public


def point_reading(
    indicator: str,
    unit: str,
    value: float | None,
    *points: Point,
    lacking: Status = Status.SHORT,
    percentile: float | None = None,
) -> Reading:
    """A reading from single figures of series; `lacking` says why a value is None."""
    origins = tuple(origin(series, index) for series, index in points)
    if value is None or not np.isfinite(value):
        return Reading(indicator, unit, None, lacking, origins, freshness=0.0)
    fresh = min((freshness(series) for series, _ in points), default=0.0)
    return Reading(indicator, unit, float(value), Status.OK, origins, percentile, fresh)


def unknown(indicator: str, unit: str, because: Reading) -> Reading:
    """A reading that is unknown for the reason for which another one is."""
    return Reading(indicator, unit, None, because.status, because.origins, freshness=0.0)
