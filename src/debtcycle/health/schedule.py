"""Which release of a series comes next, and whether one is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from debtcycle.catalogue import Frequency, SeriesInfo
from debtcycle.catalogue.calendar import Days, known_from, month_end, shift_months
from debtcycle.health.holidays import on_business_days

__all__ = ["DAILY_GRACE_DAYS", "Schedule", "schedule"]

# A weekend, a holiday and the day itself: a daily figure is not late before.
DAILY_GRACE_DAYS = 5
_STEP_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}
_WEEK_DAYS = 7
_SATURDAY = 5
# A release that is more than this many periods away is not a release but the end of a series.
_LOOK_AHEAD = 40


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the release calendar says after the last figure in hand.

    Attributes
    ----------
    missing_period : date or None
        First period that should be in hand by the day and is not.
    due : date or None
        Day on which that period's figure was to be known.
    overdue_days : int
        Days since then; 0 where nothing is missing.
    next_period, next_release : date or None
        First period whose figure is expected after the day, and when. None for events, which
        keep no calendar.
    """

    missing_period: date | None
    due: date | None
    overdue_days: int
    next_period: date | None
    next_release: date | None


_NOTHING = Schedule(None, None, 0, None, None)


def _is_weekend(day: np.datetime64) -> bool:
    return int((day.astype("M8[D]").astype(int) + 3) % _WEEK_DAYS) >= _SATURDAY


def _following(info: SeriesInfo, period: np.datetime64, count: int) -> Days:
    """The periods after one, as the series writes them."""
    steps = np.arange(1, count + 1)
    months = _STEP_MONTHS.get(info.frequency)
    if months is not None:
        one = np.array([period])
        shifted = [shift_months(one, months * int(k)) for k in steps]
        # The last day of a month stays the last day: 30 June is followed by 30 September.
        ends = info.stamp == "end" and month_end(one)[0] == period
        made: Days = np.concatenate([month_end(s) if ends else s for s in shifted])
        return made
    if info.frequency is Frequency.WEEKLY:
        weeks: Days = period + steps * np.timedelta64(_WEEK_DAYS, "D")
        return weeks
    days = period + np.arange(1, 2 * count + 9) * np.timedelta64(1, "D")
    working: Days = np.array([d for d in days if not _is_weekend(d)][:count], dtype="M8[D]")
    return working


def schedule(
    info: SeriesInfo,
    last: date | None,
    on: date,
    irregular: Mapping[date, date | None] | None = None,
) -> Schedule:
    """What was to come after the last figure in hand, seen on a day.

    Parameters
    ----------
    info : SeriesInfo
        Frequency and release lag.
    last : date or None
        Last period in hand.
    on : date
        The day of the look.
    irregular : mapping of period to release day, optional
        Releases off the calendar; a day of None is a period that was never published.

    Notes
    -----
    Day known of a period = its end + lag, moved to the next business day (no weekend, no American
    federal holiday) where it is none, or the listed day. Daily series are not called late
    within `DAILY_GRACE_DAYS`, because the calendar does not know the holidays of markets.
    """
    # Projections reach past the day; when they are made anew no calendar says.
    if last is None or last > on or info.frequency is Frequency.EVENT:
        return _NOTHING
    day, start = np.datetime64(on, "D"), np.datetime64(last, "D")
    behind = max(0, int((day - start).astype(int)))
    per = {Frequency.DAILY: 1, Frequency.WEEKLY: 7}.get(
        info.frequency, 28 * _STEP_MONTHS.get(info.frequency, 1)
    )
    periods = _following(info, start, behind // per + _LOOK_AHEAD)
    known = known_from(info, periods, irregular)
    if info.ends is not None:
        keep = periods <= np.datetime64(info.ends, "D")
        periods, known = periods[keep], known[keep]
    published = ~np.isnat(known)
    periods, known = periods[published], known[published]
    listed = np.isin(periods, np.array(list(irregular or {}), dtype="M8[D]"))
    known = np.where(listed, known, on_business_days(known))
    grace = DAILY_GRACE_DAYS if info.frequency is Frequency.DAILY else 0
    late = known + np.timedelta64(grace, "D") < day
    ahead = known > day
    first, due = (periods[late][0].item(), known[late][0]) if late.any() else (None, None)
    return Schedule(
        first,
        None if due is None else due.item(),
        0 if due is None else int((day - due).astype(int)),
        periods[ahead][0].item() if ahead.any() else None,
        known[ahead][0].item() if ahead.any() else None,
    )
