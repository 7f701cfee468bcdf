"""American federal holidays, and the business day on which a release comes out.

Source: United States Code, title 5, section 6103; a holiday on a Saturday is kept on the Friday
before, one on a Sunday on the Monday after (Executive Order 11582 and section 6103(b)).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from debtcycle.catalogue.calendar import Days

__all__ = ["federal_holidays", "on_business_days"]

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_WEEK_DAYS = 7
_JUNE, _JUNETEENTH_SINCE = 6, 2021
_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
# Month, day of the week, which of the month: King's birthday, Washington's, Labor Day, Columbus
# Day, Thanksgiving. Memorial Day is the last Monday of May.
_MOVING = ((1, _MONDAY, 3), (2, _MONDAY, 3), (9, _MONDAY, 1), (10, _MONDAY, 2), (11, _THURSDAY, 4))


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + _WEEK_DAYS * (count - 1))


def _kept_on(day: date) -> date:
    shift = {_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0)
    return day + timedelta(days=shift)


@lru_cache(maxsize=256)
def federal_holidays(year: int) -> tuple[date, ...]:
    """Days on which a year's federal holidays are kept, in order.

    New Year's Day may be kept on the last day of the year before.
    """
    days = [_nth(year, *rule) for rule in _MOVING]
    days.append(_nth(year, _JUNE, _MONDAY, 1) - timedelta(days=_WEEK_DAYS))
    days += [
        _kept_on(date(year, month, day))
        for month, day in _FIXED
        if month != _JUNE or year >= _JUNETEENTH_SINCE
    ]
    return tuple(sorted(days))


def on_business_days(days: Days) -> Days:
    """Each day, or the next business day where it is on a weekend or a federal holiday.

    Parameters
    ----------
    days : datetime64[D] array, shape (n,)
        Without NaT.

    Returns
    -------
    datetime64[D] array, shape (n,)
    """
    if not len(days):
        return days
    first, last = (int(day.astype("M8[Y]").astype("i8")) + 1970 for day in (days.min(), days.max()))
    kept = [day for year in range(first, last + 2) for day in federal_holidays(year)]
    moved: Days = np.busday_offset(
        days.astype("M8[D]"), 0, roll="forward", holidays=np.array(kept, dtype="M8[D]")
    )
    return moved
