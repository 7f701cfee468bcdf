from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.indicators._flows import (
    all_of,
    any_of,
    change_of_points,
    debt_held,
    end_of,
    index_at_end,
    point_reading,
    sum_to,
    year_before,
)
from debtcycle.indicators.model import Reading, Status
from indicators.handmade import every_days, every_months, every_quarters, view

SIGNS = st.lists(st.sampled_from([True, False, None]), max_size=5)


@given(SIGNS)
def test_or_and_and_mirror_each_other(signs):
    mirrored = [None if sign is None else not sign for sign in signs]
    both, either = all_of(mirrored), any_of(signs)
    if signs:
        assert both == (None if either is None else not either)
    else:
        assert both is None
        assert either is None


def test_one_yes_settles_or_and_one_no_settles_and():
    assert any_of([None, True]) is True
    assert any_of([None, False]) is None
    assert any_of([False, False]) is False
    assert all_of([None, False]) is False
    assert all_of([None, True]) is None
    assert all_of([True, True]) is True


@given(st.dates(date(1950, 1, 1), date(2050, 12, 31)))
def test_a_year_before_a_months_end_is_a_months_end(day):
    end = np.datetime64(day, "M") + 1
    last = end.astype("M8[D]") - np.timedelta64(1, "D")
    before = year_before(last)
    assert (before + np.timedelta64(1, "D")).item().day == 1
    assert (last.astype("M8[M]") - before.astype("M8[M]")).astype(int) == 12


def test_sum_refuses_a_gap():
    months = every_months("2023-01-01", range(1, 13))
    whole = view("2024-03-01", MTSDS133FMS=months).series("MTSDS133FMS")
    assert sum_to(whole, end_of(whole), 12) == (78.0, 11)
    del months[date(2023, 5, 1)]
    holed = view("2024-03-01", MTSDS133FMS=months).series("MTSDS133FMS")
    assert sum_to(holed, end_of(holed), 12) is None
    assert sum_to(holed, np.datetime64("2020-01-01"), 12) is None


def test_weekly_figure_belongs_to_the_week_that_ends_with_it():
    held = view("2024-04-30", TREAST=every_days("2024-03-06", [1, 2, 3, 4], 7)).series("TREAST")
    assert index_at_end(held, np.datetime64("2024-03-31")) == 3
    assert index_at_end(held, np.datetime64("2024-04-30")) is None
    assert index_at_end(held, np.datetime64("2024-03-05")) is None


def test_change_needs_both_ends():
    debt = view("2024-06-30", FYGFDPUN=every_quarters("2023-01-01", [1, 2, 3, 4, 5]))
    series = debt.series("FYGFDPUN")
    assert change_of_points(series, end_of(series)) == (4.0, 4)
    assert change_of_points(series, np.datetime64("2023-12-31")) is None


def test_a_weekly_stock_is_taken_52_weeks_apart_near_the_quarters_ends():
    weeks = every_days("2020-03-25", [100.0, 400.0, *range(500, 560)], 7)
    held = view("2021-06-30", TREAST=weeks).series("TREAST")
    # 31 March 2021 is a Wednesday; the nearest one to 31 March 2020 is 1 April, not 25 March.
    change = change_of_points(held, np.datetime64("2021-03-31"))
    assert change == (float(held.at(np.datetime64("2021-03-31"))) - 400.0, 53)
    assert change_of_points(held, np.datetime64("2021-07-31")) is None
    assert (
        change_of_points(held.until(np.datetime64("2021-03-24")), np.datetime64("2021-03-31"))
        is None
    )
    gap = replace(
        held,
        periods=np.delete(held.periods, 1),
        values=np.delete(held.values, 1),
        known_from=np.delete(held.known_from, 1),
        basis=np.delete(held.basis, 1),
    )
    assert change_of_points(gap, np.datetime64("2021-03-31")) is None


def test_gross_debt_stands_in_under_its_own_name():
    known = view("1971-03-31", GFDEBTN=every_quarters("1969-01-01", range(8)))
    assert debt_held(known).stands_for == "FYGFDPUN"
    assert len(debt_held(view("1971-03-31"))) == 0


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_no_value_is_said_not_shown(value):
    made = point_reading("x", "percent", value, lacking=Status.BREAK)
    assert made == Reading("x", "percent", None, Status.BREAK, freshness=0.0)
