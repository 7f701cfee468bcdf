"""Percentiles, scores and small parts, against their definitions."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.catalogue import load_catalogue
from debtcycle.indicators._common import (
    change_over_months,
    ended_quarter,
    freshness,
    growth_over_months_pct,
    last_mean,
    mid_rank,
    origin,
    percentile_start,
    reading,
    refuse,
)
from debtcycle.indicators.anchors import ANCHORS, Anchor, score
from debtcycle.indicators.bubble_gauge import BubbleGauge, Gauge, bubble_gauge
from debtcycle.indicators.model import Origin, Reading, Status, mode_of
from debtcycle.store import Basis, Store
from debtcycle.views import Series, View

few = st.integers(-5, 5).map(float)
MONTHS = np.arange("1990-01", "2010-01", dtype="M8[M]").astype("M8[D]")


def series(values: Any, as_of: str = "2010-02-15", name: str = "UNRATE") -> Series:
    values = np.asarray(values, dtype=float)
    periods = MONTHS[-len(values) :] if len(values) else MONTHS[:0]
    known = periods + np.timedelta64(40, "D")
    basis = np.full(len(values), int(Basis.VINTAGE), dtype="i1")
    day = date.fromisoformat(as_of)
    return Series(load_catalogue()[name], day, periods, values, known, basis)


# --- percentiles -----------------------------------------------------------------------------
def percentile_of_score(sample: np.ndarray, value: float) -> float:
    """ "Mean" percentile of a score: the mean of its strict and its weak percentile."""
    return 100.0 * ((sample < value).mean() + (sample <= value).mean()) / 2


@given(st.lists(few, min_size=len(MONTHS), max_size=len(MONTHS)), few)
def test_mid_rank_is_the_mean_percentile_with_the_value_in_the_sample(
    history: list[float], value: float
) -> None:
    sample = np.array(history)
    got = mid_rank(sample, MONTHS, value, date(2010, 2, 15))
    assert got == pytest.approx(percentile_of_score(np.append(sample, value), value))
    assert got is not None
    assert 0 < got < 100
    turned = mid_rank(-sample, MONTHS, -value, date(2010, 2, 15))
    assert turned == pytest.approx(100 - got)


@given(st.lists(st.floats(-9, 9), min_size=130, max_size=130), st.floats(-9, 9), st.floats(-9, 9))
def test_mid_rank_rises_with_the_value(history: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    ranks = [
        mid_rank(np.array(history), MONTHS[:130], value, date(2010, 2, 15)) for value in (low, high)
    ]
    assert None not in ranks
    assert ranks[0] <= ranks[1]  # type: ignore[operator]


def test_mid_rank_by_hand() -> None:
    history = np.arange(len(MONTHS), dtype=float)
    assert mid_rank(history, MONTHS, 119.5, date(2010, 2, 15)) == pytest.approx(50.0)
    assert mid_rank(history, MONTHS, 999.0, date(2010, 2, 15)) == pytest.approx(100 * 240.5 / 241)


def test_ten_years_are_needed() -> None:
    short = MONTHS[:118]
    assert mid_rank(np.ones(118), short, 1.0, date(2010, 1, 1)) is None
    assert mid_rank(np.ones(121), MONTHS[:121], 1.0, date(2010, 1, 1)) == 50.0
    assert mid_rank(np.ones(1), MONTHS[:1], 1.0, date(2010, 1, 1)) is None
    assert mid_rank(np.ones(0), MONTHS[:0], 1.0, date(2010, 1, 1)) is None
    late = np.datetime64("2005-01-01")
    assert mid_rank(np.ones(240), MONTHS, 1.0, date(2010, 1, 1), start=late) is None


def test_percentiles_look_back_to_1960_from_1975_on() -> None:
    assert percentile_start(date(1975, 1, 1)) == np.datetime64("1960-01-01")
    assert percentile_start(date(1974, 12, 31)) < np.datetime64("1871-01-01")
    periods = np.arange("1950-01", "1974-01", dtype="M8[M]").astype("M8[D]")
    history = np.where(periods < np.datetime64("1960-01-01"), 0.0, 2.0)
    assert mid_rank(history, periods, 1.0, date(1974, 6, 1)) == pytest.approx(100 * 120.5 / 289)
    assert mid_rank(history, periods, 1.0, date(1976, 6, 1)) == pytest.approx(100 * 0.5 / 169)


# --- changes and means -----------------------------------------------------------------------
def test_changes_need_exactly_the_month() -> None:
    rising = series(np.arange(1.0, 25.0))
    assert change_over_months(rising, 12) == 12.0
    assert growth_over_months_pct(rising, 12) == pytest.approx(100.0)
    assert growth_over_months_pct(rising, 6, annualised=True) == pytest.approx(
        100 * ((24 / 18) ** 2 - 1)
    )
    assert change_over_months(rising, 24) is None
    hole = rising.until(rising.periods[-1])
    keep = np.arange(24) != 11
    holed = Series(
        hole.info,
        hole.as_of,
        hole.periods[keep],
        hole.values[keep],
        hole.known_from[keep],
        hole.basis[keep],
    )
    assert change_over_months(holed, 12) is None, "nothing is filled"
    assert growth_over_months_pct(series(np.arange(-3.0, 21.0)), 23) is None, "no growth from below"


def test_a_mean_needs_nine_tenths_of_its_months() -> None:
    assert last_mean(series(np.arange(120.0)), 120) == pytest.approx(59.5)
    assert last_mean(series(np.arange(130.0)), 120) == pytest.approx(69.5)
    assert last_mean(series(np.arange(108.0)), 120) == pytest.approx(53.5)
    assert last_mean(series(np.arange(107.0)), 120) is None


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        ("2025-11-05", "2025-07-01"),
        ("2025-10-01", "2025-07-01"),
        ("2025-09-30", "2025-04-01"),
        ("2026-01-01", "2025-10-01"),
    ],
)
def test_ended_quarter(day: str, quarter: str) -> None:
    assert str(ended_quarter(date.fromisoformat(day))) == quarter


# --- readings --------------------------------------------------------------------------------
def test_freshness_falls_from_the_day_a_newer_figure_is_due() -> None:
    """December's unemployment: January's is due on 10 February, the last day is 10 March."""
    seen = [
        freshness(series(np.ones(24), as_of=day))
        for day in ("2010-01-15", "2010-03-10", "2010-03-11", "2010-02-24", "2010-02-10")
    ]
    assert seen[0] == seen[4] == 1.0
    assert seen[1] == 0.0
    assert seen[2] == 0.0
    assert seen[3] == pytest.approx(14 / 28)
    assert freshness(series([])) == 0.0


def test_why_a_series_cannot_be_used() -> None:
    class Empty:
        def rows(self, name: str) -> Any:
            raise AssertionError(name)

    view = View(as_of="2010-02-15", store=Empty())  # type: ignore[arg-type]
    assert refuse(view, "x", "pp", series(np.ones(24))) is None
    stale = refuse(view, "x", "pp", series(np.ones(24), as_of="2011-02-15"))
    assert stale is not None
    assert (stale.status, stale.freshness, stale.origins[0].period) == (
        Status.STALE,
        0.0,
        date(2009, 12, 1),
    )
    absent = refuse(view, "x", "pp", series([]))
    assert absent is not None
    assert absent.status is Status.ABSENT
    early = refuse(View(as_of="1940-01-01", store=Empty()), "x", "pp", series([]))  # type: ignore[arg-type]
    assert early is not None
    assert early.status is Status.NOT_BEGUN


def test_a_reading_without_a_value_says_so() -> None:
    one = series(np.arange(24.0))
    assert reading("x", "pp", 1.5, one, percentile=30.0).percentile == 30.0
    for nothing in (None, float("nan"), float("inf")):
        made = reading("x", "pp", nothing, one)
        assert (made.value, made.status, made.known, made.freshness) == (
            None,
            Status.SHORT,
            False,
            0.0,
        )
    assert reading("x", "pp", None, one, lacking=Status.BREAK).status is Status.BREAK
    born = origin(one)
    assert (born.series, born.value, born.stands_for) == ("UNRATE", 23.0, None)


def test_mode_says_how_revised_figures_were_dated() -> None:
    def made(*bases: Basis, value: float | None = 1.0) -> Reading:
        day = date(2020, 1, 1)
        return Reading(
            "x", "pp", value, origins=tuple(Origin("A", day, day, b, 1.0, "pp") for b in bases)
        )

    assert mode_of([]) == "vintage"
    assert mode_of([made(Basis.UNREVISED)]) == "vintage"
    assert mode_of([made(Basis.VINTAGE, Basis.UNREVISED)]) == "vintage"
    assert mode_of([made(Basis.LAGGED), made(Basis.UNREVISED)]) == "lagged"
    assert mode_of([made(Basis.LAGGED), made(Basis.VINTAGE)]) == "mixed"
    assert mode_of([made(Basis.LAGGED, value=None), made(Basis.VINTAGE)]) == "vintage"


# --- scores ----------------------------------------------------------------------------------
@pytest.mark.parametrize("anchor", ANCHORS, ids=lambda a: a.indicator)
def test_scores_at_the_anchors(anchor: Anchor) -> None:
    low, high = anchor.depression, anchor.bubble
    assert score(low, low, high) == -0.5
    assert score(high, low, high) == 0.5
    assert score((low + high) / 2, low, high) == pytest.approx(0.0)
    assert score(low - 9 * anchor.distance, low, high) == -1.0
    assert score(high + 9 * anchor.distance, low, high) == 1.0


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from(ANCHORS))
def test_scores_are_bounded_and_rise_towards_the_bubble(
    one: float, other: float, anchor: Anchor
) -> None:
    side = 1 if anchor.distance > 0 else -1
    low, high = sorted((one, other), key=lambda x: side * x)
    points = [score(x, anchor.depression, anchor.bubble) for x in (low, high)]
    assert -1 <= points[0] <= points[1] <= 1


# --- the bubble gauge ------------------------------------------------------------------------
def test_the_aggregate_is_the_mean_of_the_known_gauges(edition_store: Store) -> None:
    for day in ("1975-06-30", "2000-03-31", "2021-02-26", "2025-11-05"):
        got = bubble_gauge(View(as_of=day, store=edition_store))
        values = [g.value for g in got.gauges if g.value is not None]
        assert len(got.gauges) == 6
        assert got.known == len(values) >= 3
        assert all(0 < value < 100 for value in values)
        assert got.aggregate == pytest.approx(float(np.mean(values)))
        left_out = [np.mean(values[:n] + values[n + 1 :]) for n in range(len(values))]
        assert (got.low, got.high) == pytest.approx((min(left_out), max(left_out)))
        assert got.low <= got.aggregate <= got.high  # type: ignore[operator]
        assert len(got.readings) == 10


def test_fewer_than_three_gauges_are_no_aggregate(edition_store: Store) -> None:
    got = bubble_gauge(View(as_of="1925-01-31", store=edition_store))
    assert got.known < 3
    assert (got.aggregate, got.low, got.high) == (None, None, None)
    assert Gauge("x", (Reading("a", "pp", None, Status.STALE),)).value is None
    assert BubbleGauge((), None, None, None).known == 0
