"""Debt service: against its own repayment, and its mean against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from debtcycle.crises import debt_service, percentile_known
from debtcycle.crises.service import annuity_rate, minus_mean_known
from debtcycle.errors import ConfigError

figures = st.one_of(st.floats(-100.0, 100.0), st.just(np.nan))
tables = arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 25)), elements=figures)


@given(st.floats(-5.0, 40.0), st.integers(1, 40))
def test_so_many_payments_repay_the_debt(rate_pct, years):
    payment, left = float(annuity_rate(rate_pct, years)), 1.0
    for _ in range(years):
        left = left * (1.0 + rate_pct / 100.0) - payment
    assert abs(left) <= 1e-9 * (1.0 + rate_pct / 100.0) ** years * years


def test_published_maturities_by_hand():
    # A debt of one year's income at 6 %: 0.06 / (1 - 1.06^-18) = 9.2357 %, over 13 years 11.296 %.
    made = debt_service([1.0, 1.0], [6.0, 0.0], 18)
    assert made.ratio_pct == pytest.approx([9.235654, 100.0 / 18.0], abs=1e-6)
    assert debt_service([1.0], [6.0], 13).ratio_pct == pytest.approx([11.296011], abs=1e-6)


@given(tables, st.integers(1, 6))
def test_the_mean_is_that_of_what_was_known(values, least):
    found = minus_mean_known(values, least)
    for row in range(values.shape[0]):
        for year in range(values.shape[1]):
            past = values[row, : year + 1]
            past = past[np.isfinite(past)]
            if np.isnan(values[row, year]) or len(past) < least:
                assert np.isnan(found[row, year])
            else:
                assert found[row, year] == pytest.approx(values[row, year] - past.mean(), abs=1e-9)


@given(tables, st.data())
def test_later_years_leave_everything_identical(values, data):
    cut = data.draw(st.integers(1, values.shape[1]))
    for reckon in (lambda t: minus_mean_known(t, 3), lambda t: percentile_known(t, 3)):
        assert reckon(values[:, :cut]).tobytes() == reckon(values)[:, :cut].tobytes()


@given(tables, st.integers(1, 5))
def test_the_percentile_is_a_mid_rank_of_what_was_known(values, least):
    found = percentile_known(values, least)
    for row in range(values.shape[0]):
        for year in range(values.shape[1]):
            before = values[row, :year]
            before = before[np.isfinite(before)]
            value = values[row, year]
            if np.isnan(value) or len(before) + 1 < least:
                assert np.isnan(found[row, year])
            else:
                rank = (before < value).sum() + ((before == value).sum() + 1) / 2
                assert found[row, year] == pytest.approx(100 * rank / (len(before) + 1))


def test_one_row_keeps_its_shape():
    assert percentile_known([1.0, 2.0, 3.0], 1).shape == (3,)
    made = debt_service(np.ones(12), np.full(12, 5.0), 18, least=10)
    assert np.isnan(made.gap_pp[:9]).all()
    assert made.gap_pp[9:] == pytest.approx(0.0, abs=1e-12)
    assert "ratio_pct" in made.summary()


def test_as_a_frame():
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    assert list(debt_service([1.0], [5.0], 18).to_pandas().columns) == ["ratio_pct", "gap_pp"]
    with pytest.raises(ConfigError, match=r"crises\.shape"):
        debt_service([[1.0]], [[5.0]], 18).to_pandas()


def test_what_cannot_be_reckoned():
    with pytest.raises(ConfigError) as caught:
        debt_service([1.0, 1.0], [5.0, -100.0], 18, rows=(4, 6))
    assert (caught.value.message_id, caught.value.params["row"]) == ("crises.rate", 6)
    with pytest.raises(ConfigError, match=r"crises\.panel"):
        debt_service([1.0, 1.0], [5.0], 18)
    with pytest.raises(ConfigError, match=r"crises\.option"):
        debt_service([1.0], [5.0], 0)
