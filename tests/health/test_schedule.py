"""The release calendar after the last figure in hand, against a plain walk and known dates."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.tseries.holiday import USFederalHolidayCalendar

from debtcycle.catalogue import Frequency, SeriesInfo, load_catalogue
from debtcycle.catalogue.calendar import known_from, shift_months
from debtcycle.health import schedule
from debtcycle.health.holidays import federal_holidays
from debtcycle.health.schedule import DAILY_GRACE_DAYS

CATALOGUE = load_catalogue()
CALENDARED = [i.id for i in CATALOGUE if i.frequency is not Frequency.EVENT and i.ends is None]
# Of another's making.
HOLIDAYS = {day.date() for day in USFederalHolidayCalendar().holidays("1989-01-01", "2040-12-31")}
MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}


def next_period(info: SeriesInfo, period: date) -> date:
    """The plain way: one period on."""
    if info.frequency is Frequency.DAILY:
        following = period + timedelta(days=1)
        while following.weekday() >= 5:
            following += timedelta(days=1)
        return following
    if info.frequency is Frequency.WEEKLY:
        return period + timedelta(days=7)
    months = MONTHS[info.frequency]
    if info.stamp == "start":
        return shift_months(np.array([period], "M8[D]"), months)[0].item()
    number = period.year * 12 + period.month - 1 + months + 1
    return date(number // 12, number % 12 + 1, 1) - timedelta(days=1)


def known_day(info: SeriesInfo, period: date) -> date | None:
    listed = CATALOGUE.irregular(info.id)
    day = known_from(info, np.array([period], "M8[D]"), listed)[0]
    if np.isnat(day):
        return None
    known: date = day.item()
    while period not in listed and (known.weekday() >= 5 or known in HOLIDAYS):
        known += timedelta(days=1)
    return known


def a_period(info: SeriesInfo, day: date) -> date:
    """A period that the series could have, at or before a day."""
    if info.frequency in MONTHS:
        first = day.replace(day=1)
        if info.frequency is Frequency.QUARTERLY:
            first = first.replace(month=(first.month - 1) // 3 * 3 + 1)
        if info.frequency is Frequency.ANNUAL:
            first = date(day.year - (day.month < 10), 10, 1)
        return first if info.stamp == "start" else first - timedelta(days=1)
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    return day


@given(
    st.sampled_from(CALENDARED),
    st.dates(date(1990, 1, 1), date(2026, 6, 1)),
    st.integers(0, 900),
)
def test_the_calendar_is_that_of_a_walk_period_by_period(name, start, ahead):
    info = CATALOGUE[name]
    last = a_period(info, start)
    on = start + timedelta(days=ahead)
    grace = timedelta(days=DAILY_GRACE_DAYS if info.frequency is Frequency.DAILY else 0)
    missing = due = coming = release = None
    period = last
    while release is None:
        period = next_period(info, period)
        day = known_day(info, period)
        if day is None:
            continue
        if missing is None and day + grace < on:
            missing, due = period, day
        if day > on:
            coming, release = period, day
    got = schedule(info, last, on, CATALOGUE.irregular(name))
    assert (got.missing_period, got.due) == (missing, due)
    assert got.overdue_days == (0 if due is None else (on - due).days)
    assert (got.next_period, got.next_release) == (coming, release)


def test_prices_of_october_2025_are_never_waited_for():
    # The Bureau of Labor Statistics cancelled the CPI of October 2025; November's came 18 December.
    cpi = CATALOGUE["CPIAUCSL"]
    irregular = CATALOGUE.irregular("CPIAUCSL")
    got = schedule(cpi, date(2025, 9, 1), date(2025, 12, 1), irregular)
    assert (got.missing_period, got.overdue_days) == (None, 0)
    assert (got.next_period, got.next_release) == (date(2025, 11, 1), date(2025, 12, 18))
    late = schedule(cpi, date(2025, 9, 1), date(2025, 12, 28), irregular)
    assert (late.missing_period, late.overdue_days) == (date(2025, 11, 1), 10)


@pytest.mark.parametrize(
    ("name", "last"),
    [("BID_TO_COVER_NOTES", date(2026, 8, 12)), ("NROU", date(2036, 10, 1)), ("GDP", None)],
)
def test_events_projections_and_empty_series_keep_no_calendar(name, last):
    got = schedule(CATALOGUE[name], last, date(2026, 11, 22))
    assert (got.missing_period, got.overdue_days, got.next_release) == (None, 0, None)


def test_what_has_ended_is_not_waited_for():
    got = schedule(CATALOGUE["DTWEXB"], date(2019, 12, 31), date(2026, 11, 22))
    assert (got.missing_period, got.next_release) == (None, None)


def test_a_weekend_makes_no_daily_series_late():
    # Friday's yield is in hand; Monday's is known on Monday evening.
    ten = CATALOGUE["DGS10"]
    assert schedule(ten, date(2026, 8, 21), date(2026, 8, 24)).overdue_days == 0
    assert schedule(ten, date(2026, 8, 21), date(2026, 8, 29)).overdue_days == 0
    assert schedule(ten, date(2026, 8, 21), date(2026, 8, 30)).overdue_days == 6


def test_federal_holidays_are_those_of_another_calendar():
    found = {day for year in range(1989, 2042) for day in federal_holidays(year)}
    assert {day for day in found if 1989 <= day.year <= 2040} == HOLIDAYS


def test_releases_fall_on_business_days():
    """On days around Thanksgiving, of every series: none on a weekend, none on a holiday."""
    checked = 0
    for name in CALENDARED:
        info, listed = CATALOGUE[name], CATALOGUE.irregular(name)
        for ahead in range(8):
            on = date(2026, 11, 20) + timedelta(days=ahead)
            day = schedule(info, a_period(info, date(2026, 9, 1)), on, listed).next_release
            if day is not None and day not in listed.values():
                assert day.weekday() < 5, (name, on, day)
                assert day not in HOLIDAYS, (name, on, day)
                checked += 1
    assert checked > 800


def test_the_rate_of_a_friday_is_expected_on_monday():
    got = schedule(CATALOGUE["SOFR"], date(2026, 8, 20), date(2026, 8, 21))
    assert (got.next_period, got.next_release) == (date(2026, 8, 21), date(2026, 8, 24))
