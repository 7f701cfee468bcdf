"""The newest day for which the store can give a full answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from debtcycle.catalogue.calendar import last_fresh_day
from debtcycle.cycle.assess import Assessment, assess
from debtcycle.cycle.verdict import Verdict
from debtcycle.indicators.model import Reading, Status
from debtcycle.indicators.stimulus import Gate
from debtcycle.views import EARLIEST, View

__all__ = ["SEARCH_DAYS", "freshest", "is_full"]

SEARCH_DAYS = 400
MAX_LOOKS = 50
# What is unknown for another reason than age changes with the months, not with the days.
_STRIDE_DAYS = 15


def _scored(got: Assessment) -> Iterator[Reading]:
    return (item.reading for item in got.inputs)


def is_full(got: Assessment) -> bool:
    """Whether gate and axes are known and no scored input that the store holds is stale."""
    return (
        got.stimulus.gate is not Gate.UNKNOWN
        and None not in got.axis_scores
        and all(reading.status is not Status.STALE for reading in _scored(got))
    )


def _still_fresh(view: View, got: Assessment) -> list[date]:
    """For each stale figure that the answer needs, the last day on which it was still fresh."""
    days: list[date] = []
    needed = list(_scored(got))
    if got.stimulus.gate is Gate.UNKNOWN:
        needed += got.stimulus.readings
    for reading in needed:
        if reading.status is not Status.STALE:
            continue
        for origin in reading.origins:
            info = view.catalogue[origin.series]
            limit = last_fresh_day(info, np.datetime64(origin.period, "D")).item()
            if isinstance(limit, date) and limit < got.as_of:
                days.append(limit)
    return days


def _search(view: View, first: date, *, full: bool) -> date | None:
    """Go back from the view's day to the first that answers.

    While a figure is stale, no day after the last one on which it was fresh can be full: the
    search jumps there. For a known verdict it only steps to where the first of the stale figures
    comes back.
    """
    day, looks = view.as_of, 0
    while day >= first and looks < MAX_LOOKS:
        looks += 1
        got = assess(view.at(day))
        if is_full(got) if full else got.verdict is not Verdict.UNKNOWN:
            return day
        back = _still_fresh(view, got)
        if back:
            day = min(back) if full else max(back)
        else:
            day -= timedelta(days=_STRIDE_DAYS)
    return None


def freshest(view: View) -> date:
    """The newest day, at most that of the view, for which there is a full answer.

    Full: gate and all four axes known, and no scored input stale that the store holds. If there
    is none in the last 400 days, the newest day found with a known verdict; if there is none
    either, the day of the view.
    """
    first = max(EARLIEST, view.as_of - timedelta(days=SEARCH_DAYS))
    found = _search(view, first, full=True)
    if found is None:
        found = _search(view, EARLIEST, full=False)
    return view.as_of if found is None else found
