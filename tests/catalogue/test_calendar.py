"""Periods and release days against plain calendar arithmetic."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.catalogue import Frequency, Licence, SeriesInfo, VintagePolicy
from debtcycle.catalogue.calendar import (
    known_from,
    last_fresh_day,
    month_end,
    period_end,
    period_start,
    shift_months,
    stale_after,
)

SPAN = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}
days = st.dates(date(1871, 1, 1), date(2100, 12, 31))


def info(frequency: Frequency, stamp: str, lag_from: str = "end", lag_days: int = 0) -> SeriesInfo:
    return SeriesInfo(
        id="X",
        country="US",
        publisher="P",
        name_en="x",
        name_zh="某",
        unit="percent",
        frequency=frequency,
        stamp=stamp,
        adjustment="NSA",
        lag_days=lag_days,
        lag_from=lag_from,
        vintage_policy=VintagePolicy.LAGGED,
        begins=date(1871, 1, 1),
        licence=Licence.PUBLIC_DOMAIN,
        embed=True,
        sources=(),
    )


infos = st.builds(
    info,
    st.sampled_from(list(Frequency)),
    st.sampled_from(["start", "end"]),
    st.sampled_from(["start", "end"]),
    st.integers(0, 200),
)


def array(*given_days: date) -> np.ndarray:
    return np.array(given_days, dtype="M8[D]")


def plain_shift(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def plain_month_end(day: date, ahead: int = 0) -> date:
    first = plain_shift(day.replace(day=1), ahead)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def plain_period(one: SeriesInfo, day: date) -> tuple[date, date]:
    """First and last day of the period that is written as a day."""
    span = SPAN.get(one.frequency)
    if span is None:
        return day, day
    if one.stamp == "start":
        return day, plain_month_end(day, span - 1)
    return plain_shift(day.replace(day=1), 1 - span), day


def as_written(one: SeriesInfo, day: date) -> date:
    """A day moved to one on which a series of this kind writes its periods."""
    if one.frequency not in SPAN:
        return day
    return day.replace(day=1) if one.stamp == "start" else plain_month_end(day)


@given(days, st.integers(-400, 400))
def test_shift_months(day: date, months: int) -> None:
    assert shift_months(array(day), months)[0].item() == plain_shift(day, months)


@given(days, st.integers(0, 40))
def test_month_end(day: date, ahead: int) -> None:
    assert month_end(array(day), ahead)[0].item() == plain_month_end(day, ahead)


@given(infos, days)
def test_first_and_last_day_of_a_period(one: SeriesInfo, day: date) -> None:
    written = as_written(one, day)
    first, last = plain_period(one, written)
    assert period_start(one, array(written))[0].item() == first
    assert period_end(one, array(written))[0].item() == last


@given(infos, days, st.booleans(), st.integers(0, 90))
def test_known_from(one: SeriesInfo, day: date, irregular: bool, delay: int) -> None:
    written, other = as_written(one, day), as_written(one, day + timedelta(days=400))
    origin = plain_period(one, written)[0 if one.lag_from == "start" else 1]
    expected = origin + timedelta(days=one.lag_days + (delay if irregular else 0))
    late = {written: expected, date(1800, 1, 1): None} if irregular else None
    got = known_from(one, array(written, other), late)
    assert got[0].item() == expected
    assert np.isnat(known_from(one, array(written, other), {written: None})).tolist() == [
        True,
        False,
    ]


@given(infos, days)
def test_stale_after(one: SeriesInfo, day: date) -> None:
    written = as_written(one, day)
    got = stale_after(one, array(written))[0].item()
    assert last_fresh_day(one, np.datetime64(written)).item() == got
    if one.frequency is Frequency.EVENT:
        assert got == date(9999, 12, 31)
        return
    lag = timedelta(days=one.lag_days if one.lag_from == "end" else 0)
    last = plain_period(one, written)[1]
    span = SPAN.get(one.frequency)
    late = last + timedelta(days=21) if span is None else plain_month_end(last, 2 * span)
    assert got == late + lag


@pytest.mark.parametrize(
    ("frequency", "stamp", "lag", "period", "known", "stale"),
    [
        ("monthly", "start", 10, "2009-10-01", "2009-11-10", "2010-01-10"),
        ("quarterly", "start", 31, "2025-07-01", "2025-10-31", "2026-05-01"),
        ("annual", "end", 31, "2025-09-30", "2025-10-31", "2027-10-31"),
        ("weekly", "end", 1, "2025-11-05", "2025-11-06", "2025-11-27"),
        ("daily", "end", 0, "2025-11-05", "2025-11-05", "2025-11-26"),
    ],
)
def test_by_hand(frequency: str, stamp: str, lag: int, period: str, known: str, stale: str) -> None:
    one = info(Frequency(frequency), stamp, "end", lag)
    day = np.array([period], dtype="M8[D]")
    assert str(known_from(one, day)[0]) == known
    assert str(stale_after(one, day)[0]) == stale
