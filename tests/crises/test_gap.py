"""The one-sided trend against the two-sided one at every date, and against the BIS."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from debtcycle.crises import credit_gap, one_sided_trend
from debtcycle.crises.hp import kalman_gains
from debtcycle.crises.making import gap_panel
from debtcycle.errors import ConfigError

BIS_TOLERANCE_PP = 6e-5

QUARTERS = np.arange("1990-01", "2030-01", 3, dtype="M8[M]").astype("M8[D]")
walks = arrays(
    np.float64, st.integers(2, 60), elements=st.floats(-50.0, 50.0, allow_subnormal=False)
).map(np.cumsum)


def two_sided_ends(values, smoothing):
    """The plain twin: the whole two-sided problem solved anew at every date."""
    ends = [values[0], values[1]]
    for n in range(3, len(values) + 1):
        second = np.diff(np.eye(n), 2, axis=0)
        ends.append(np.linalg.solve(np.eye(n) + smoothing * second.T @ second, values[:n])[-1])
    return np.array(ends)


@given(walks, st.sampled_from([1.0, 100.0, 1600.0, 400_000.0]))
def test_the_filter_is_the_end_point_of_the_two_sided_filter(values, smoothing):
    apart = np.abs(one_sided_trend(values, smoothing) - two_sided_ends(values, smoothing))
    assert apart.max() <= 1e-7 * (1.0 + np.abs(values).max())


def test_it_is_the_filter_of_statsmodels_at_every_date():
    hp_filter = pytest.importorskip(
        "statsmodels.tsa.filters.hp_filter",
        reason="a second implementation to compare with, statsmodels, is not installed",
    )
    values = 100.0 + np.cumsum(np.random.default_rng(3).normal(0.4, 1.0, 90))
    theirs = [hp_filter.hpfilter(values[:n], 400_000.0)[1][-1] for n in range(3, 91)]
    assert one_sided_trend(values)[2:] == pytest.approx(theirs, abs=1e-7)


@given(st.floats(-1e3, 1e3), st.floats(-10, 10), st.integers(2, 200))
def test_a_straight_line_is_its_own_trend(start, step, count):
    line = start + step * np.arange(count)
    assert np.abs(one_sided_trend(line) - line).max() <= 1e-6 * (1.0 + np.abs(line).max())


@given(walks, st.data())
def test_later_figures_leave_the_trend_identical(values, data):
    cut = data.draw(st.integers(2, len(values)))
    assert one_sided_trend(values[:cut]).tobytes() == one_sided_trend(values)[:cut].tobytes()


def test_gains_of_a_longer_run_begin_with_those_of_a_shorter_one():
    assert kalman_gains(300)[:10] == kalman_gains(10)[:10]
    assert len(kalman_gains(0)) == 1


def test_the_gap_is_shown_after_forty_quarters():
    ratio = 100.0 + np.sin(np.arange(60.0))
    made = credit_gap(ratio, QUARTERS[:60], name="XX")
    assert np.isnan(made.gap_pp[:40]).all()
    assert np.isnan(made.trend_pct[:40]).all()
    assert made.gap_pp[40:] == pytest.approx(ratio[40:] - one_sided_trend(ratio)[40:])
    assert made.latest_pp == made.gap_pp[-1]
    assert credit_gap(ratio[:40], QUARTERS[:40]).latest_pp is None
    assert made.mode == "quasi-real-time"
    assert "gap_pp" in made.summary()
    with pytest.raises(ValueError, match="read-only"):
        made.gap_pp[0] = 1.0


def test_the_gap_as_a_frame():
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    made = credit_gap(np.arange(50.0), QUARTERS[:50])
    table = made.to_pandas()
    assert list(table.columns) == ["ratio_pct", "trend_pct", "gap_pp"]
    assert table.index[0].isoformat().startswith("1990-01-01")


def test_every_economy_of_the_bis(gap_file):
    found = gap_panel(gap_file)
    assert len(found.economies) == 44
    assert found.quarters > 7000
    assert found.largest_difference_pp <= BIS_TOLERANCE_PP


def test_the_bis_shows_its_gap_from_the_same_quarter(gap_file):
    from debtcycle.crises.history import bis_ratios

    for ratio in bis_ratios(gap_file):
        made = credit_gap(ratio.ratio_pct, ratio.quarters, name=ratio.economy)
        shown = made.quarters[np.isfinite(made.gap_pp)]
        assert np.array_equal(shown, ratio.gap_quarters), ratio.economy


@pytest.mark.parametrize(
    ("values", "days", "message"),
    [
        ([1.0, np.nan, 2.0], QUARTERS[:3], "crises.cell"),
        ([1.0, np.inf, 2.0], QUARTERS[:3], "crises.cell"),
        ([1.0], QUARTERS[:1], "crises.short"),
        ([], QUARTERS[:0], "crises.short"),
        (["a", "b"], QUARTERS[:2], "crises.text"),
        ([[1.0, 2.0]], QUARTERS[:2], "crises.shape"),
        ([1.0, 2.0, 3.0], QUARTERS[[0, 1, 1]], "crises.quarter"),
        ([1.0, 2.0, 3.0], QUARTERS[[0, 1, 3]], "crises.quarter"),
        ([1.0, 2.0, 3.0], QUARTERS[:2], "crises.panel"),
    ],
)
def test_bad_columns_are_named(values, days, message):
    with pytest.raises(ConfigError) as caught:
        credit_gap(values, days, name="ratio")
    assert caught.value.message_id == message
    assert caught.value.params["column"] == "ratio"


def test_the_row_is_that_of_the_file():
    with pytest.raises(ConfigError) as caught:
        credit_gap([1.0, np.nan], QUARTERS[:2], rows=(7, 9))
    assert caught.value.params["row"] == 9
    with pytest.raises(ConfigError) as caught:
        credit_gap([1.0, 2.0], QUARTERS[[0, 2]], rows=(7, 9))
    assert caught.value.params["row"] == 9


@pytest.mark.parametrize("smoothing", [0.0, -1.0, np.nan, np.inf])
def test_smoothing_is_a_positive_number(smoothing):
    with pytest.raises(ConfigError, match=r"crises\.option"):
        one_sided_trend([1.0, 2.0, 3.0], smoothing)
    with pytest.raises(ConfigError, match=r"crises\.option"):
        credit_gap([1.0, 2.0], QUARTERS[:2], least_quarters=-1)
