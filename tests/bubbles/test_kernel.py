"""The numbers: against 50 digits, the plain twin, and figures that were published."""

from __future__ import annotations

from collections.abc import Iterator

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bubbles.reference import adf50, bsadf50, bsadf50_from_sums
from debtcycle.bubbles import SupADF, monte_carlo, plain_sequences, sup_adf
from debtcycle.bubbles import kernel as kernel_module
from debtcycle.bubbles._native import sweep
from debtcycle.bubbles.plain import plain_adf
from debtcycle.bubbles.rules import CONSTANT, PERFECT

Values = NDArray[np.float64]

walks = st.builds(
    lambda seed, n: np.random.default_rng(seed).normal(size=n).cumsum(),
    st.integers(0, 10**6),
    st.integers(30, 60),
)


# --- published figures ---------------------------------------------------------------------------
def test_the_published_statistics_of_the_sp500(sp500: SupADF) -> None:
    assert round(sp500.sadf, 3) == 3.443
    assert round(sp500.gsadf, 3) == 4.207
    for window in (36, 91):
        other = sup_adf(sp500.series, 0, window)
        assert (other.sadf, other.gsadf) == (sp500.sadf, sp500.gsadf)


def test_the_maxima_of_the_sp500_to_50_digits(sp500: SupADF) -> None:
    y = sp500.series.values
    end = int(np.nanargmax(sp500.badf))
    exact = adf50(y[: end + 1])
    assert exact is not None
    assert sp500.sadf == pytest.approx(float(exact), abs=1e-9)
    end = int(np.nanargmax(sp500.bsadf))
    assert sp500.gsadf == pytest.approx(bsadf50_from_sums(y, end, sp500.window), abs=1e-9)


def test_dates_of_the_sp500_to_50_digits_also_a_million_higher(sp500: SupADF) -> None:
    y = sp500.series.values
    higher = sup_adf(y + 1e6)
    assert np.nanmax(np.abs(higher.bsadf - sp500.bsadf)) < 1e-9
    assert np.nanmax(np.abs(higher.badf - sp500.badf)) < 1e-9
    for end in (89, 130, 399, 700, 1101, 1500, 1679):
        exact = bsadf50_from_sums(y, end, sp500.window)
        assert sp500.bsadf[end] == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("lag", [1, 2, 5])
def test_lags_to_50_digits(walk: Values, lag: int) -> None:
    for shift in (0.0, 1e6):
        test = sup_adf(walk + shift, lag, 30)
        for end in (29, 61):
            exact = bsadf50((walk + shift).tolist(), end, 30, lag)
            assert test.bsadf[end] == pytest.approx(exact, abs=1e-9)


# --- the plain twin ------------------------------------------------------------------------------
@given(walks, st.integers(0, 2), st.sampled_from([0.0, 1e6]), st.sampled_from([1e-9, 1.0, 1e12]))
def test_the_kernel_is_its_plain_twin(y: Values, lag: int, shift: float, unit: float) -> None:
    window = 2 * lag + 12
    test = sup_adf((y + shift) * unit, lag, window)
    badf, bsadf = plain_sequences((y + shift) * unit, window, lag)
    np.testing.assert_allclose(test.badf, badf, rtol=0, atol=2e-8)
    np.testing.assert_allclose(test.bsadf, bsadf, rtol=0, atol=2e-8)
    assert np.isnan(test.bsadf[: window - 1]).all()
    assert np.isfinite(test.bsadf[window - 1 :]).all()


@given(walks, st.integers(0, 2), st.data())
def test_later_observations_change_no_bit(y: Values, lag: int, data: st.DataObject) -> None:
    window = 2 * lag + 10
    cut = data.draw(st.integers(window + 2, len(y)))
    whole, part = sup_adf(y, lag, window), sup_adf(y[:cut], lag, window)
    poisoned = sup_adf(np.concatenate((y[:cut], [1e30, -1e30])), lag, window)
    for name in ("badf", "bsadf", "flags"):
        early = getattr(part, name)
        assert early.tobytes() == getattr(whole, name)[:cut].tobytes()
        assert early.tobytes() == getattr(poisoned, name)[:cut].tobytes()


@pytest.mark.parametrize("lag", [0, 2])
def test_later_observations_change_no_bit_over_several_blocks(lag: int) -> None:
    y = np.random.default_rng(2).normal(size=700).cumsum()
    whole = sup_adf(y, lag, 40)
    for cut in (170, 171, 299, 555, 699):
        part = sup_adf(y[:cut], lag, 40)
        assert part.bsadf.tobytes() == whole.bsadf[:cut].tobytes()


def test_a_factor_of_two_changes_no_bit_and_a_sign_changes_all(walk: Values) -> None:
    test = sup_adf(walk)
    assert sup_adf(1024 * walk).bsadf.tobytes() == test.bsadf.tobytes()
    np.testing.assert_allclose(sup_adf(-walk).bsadf, test.bsadf, rtol=0, atol=1e-12)


def test_the_smallest_and_the_largest_window(walk: Values) -> None:
    for lag in (0, 1):
        least = sup_adf(walk[:40], lag, 2 * lag + 4)
        np.testing.assert_allclose(
            least.bsadf, plain_sequences(walk[:40], 2 * lag + 4, lag)[1], rtol=1e-9
        )
        whole = sup_adf(walk, lag, len(walk))
        assert whole.gsadf == whole.sadf == whole.adf == whole.bsadf[-1]
        assert whole.adf == pytest.approx(plain_adf(walk, lag), abs=1e-12)


def test_many_lags(walk: Values) -> None:
    test = sup_adf(walk[:80], 5, 60)
    np.testing.assert_allclose(test.bsadf, plain_sequences(walk[:80], 60, 5)[1], atol=1e-10)


# --- where digits are lost -----------------------------------------------------------------------
def hard_series() -> Iterator[tuple[str, Values]]:
    noise = np.random.default_rng(3).normal(size=120)
    base = noise.cumsum()
    yield "steep trend", (noise + 500).cumsum()
    yield "steeper trend", (noise + 50_000).cumsum()
    outlier = base.copy()
    outlier[50] = 1e6
    yield "outlier", outlier
    crash = base.copy()
    crash[:60] *= 1e5
    yield "crash", crash
    boom = base.copy()
    boom[60:] *= 1e7
    yield "boom", boom
    yield "steps", np.round(base / 3)
    peg = base.copy()
    peg[40:90] = peg[40]
    yield "peg", peg
    yield "billions", base + 1e9
    yield "white noise", noise


@pytest.mark.parametrize(("name", "y"), list(hard_series()))
def test_hard_series_to_50_digits(name: str, y: Values) -> None:
    test = sup_adf(y, 0, 20)
    assert not np.isinf(test.bsadf).any()
    for end in (19, 45, 75, 101, 119):
        if np.isnan(test.bsadf[end]):
            assert test.flags[end] == 1
            assert np.ptp(y[end - 18 : end]) == 0
        else:
            assert test.bsadf[end] == pytest.approx(bsadf50_from_sums(y, end, 20), rel=1e-9)


def test_a_series_close_to_an_exponential_keeps_nine_digits() -> None:
    noise = np.random.default_rng(3).normal(size=120)
    y = np.exp(0.05 * np.arange(120)) + noise * 1e-3
    for lag in (0, 1):
        test = sup_adf(y, lag, 24)
        for end in (30, 77):
            exact = bsadf50(y.tolist(), end, 24, lag)
            assert test.bsadf[end] == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("lag", [0, 1, 2])
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_a_pure_exponential_has_no_finite_answer(lag: int, shift: float) -> None:
    test = sup_adf(np.exp(0.05 * np.arange(200)) + shift, lag)
    first = test.window - 1
    assert np.isnan(test.bsadf).all()
    assert np.isnan(test.badf).all()
    assert np.isnan([test.adf, test.sadf, test.gsadf]).all()
    assert (test.flags[first:] > 0).all()
    assert test.undefined


@pytest.mark.parametrize("lag", [0, 1, 2, 4, "bic", "aic"])
@pytest.mark.parametrize("growth", [1.02, 1.05, 1.1, 2.0])
def test_a_perfect_explosive_fit_is_one_whatever_the_lags(growth: float, lag: int | str) -> None:
    # The lags of an exponential are multiples of its level: they add nothing and hide nothing.
    test = sup_adf(growth ** np.arange(100.0), lag)
    assert (test.flags[test.window - 1 :] == PERFECT).all()
    assert np.isnan(test.gsadf)
    assert not np.isinf(test.bsadf).any()
    (episode,) = test.episodes(monte_carlo(100, test.window, test.lag, rule=test.rule,
                                           replications=64))  # fmt: skip
    assert (episode.start, episode.end, episode.direction) == (test.window - 1, 99, "upward")


@pytest.mark.parametrize("lag", [0, 1, 2, "bic"])
def test_a_perfect_fit_that_does_not_explode_is_left_out(lag: int | str) -> None:
    for y in (np.arange(80.0), 0.9 ** np.arange(80.0), np.tile([0.0, 1.0], 40)):
        test = sup_adf(y, lag, 30)
        assert np.isnan(test.bsadf).all()
        assert (test.flags[29:] == CONSTANT).all()


def test_two_explosive_roots_need_one_lag_to_fit() -> None:
    y = 1.1 ** np.arange(80.0) + 3 * 0.7 ** np.arange(80.0)
    assert not sup_adf(y, 0, 30).undefined
    for lag in (1, 2, 3, "bic"):
        assert (sup_adf(y, lag, 30).flags[29:] == PERFECT).all(), lag


def test_an_exponential_stretch_makes_the_supremum_unknown(walk: Values) -> None:
    y = np.concatenate((walk[:60], walk[59] + 2.0 ** np.arange(1, 30), walk[60:]))
    test = sup_adf(y, 0, 20)
    assert test.undefined
    assert np.isnan(test.gsadf)
    assert np.isfinite(test.bsadf[19:60]).all()


def test_windows_that_do_not_vary_are_left_out_and_flagged(walk: Values) -> None:
    y = walk.copy()
    y[60:100] = y[60]
    test = sup_adf(y, 0, 20)
    assert (test.flags[80:100] == 1).all()
    assert (test.flags[:60] == 0).all()
    assert np.isfinite(test.gsadf)
    flat = sup_adf(np.concatenate((np.zeros(40), walk)), 0, 20)
    assert np.isnan(flat.bsadf[19:40]).all()
    assert np.isfinite(flat.gsadf)


def test_a_straight_line_has_no_answer() -> None:
    test = sup_adf(np.arange(50.0), 0, 20)
    assert np.isnan(test.bsadf).all()
    assert (test.flags[19:] == 1).all()
    assert not test.undefined
    assert np.isnan(test.gsadf)


# --- compared with others ------------------------------------------------------------------------
@pytest.mark.parametrize("lag", [0, 1, 2])
def test_the_last_badf_is_that_of_statsmodels(walk: Values, lag: int) -> None:
    tools = pytest.importorskip(
        "statsmodels.tsa.stattools",
        reason="a second implementation to compare with, statsmodels, is not installed",
    )
    theirs = tools.adfuller(walk, maxlag=lag, autolag=None, result_object=False)[0]
    assert sup_adf(walk, lag).badf[-1] == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_the_last_badf_is_that_of_arch(walk: Values, lag: int) -> None:
    unitroot = pytest.importorskip(
        "arch.unitroot", reason="a second implementation to compare with, arch, is not installed"
    )
    theirs = unitroot.ADF(walk, lags=lag, trend="c").stat
    assert sup_adf(walk, lag).badf[-1] == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize("rule", ["bic", "aic", "psymonitor-bic", "psymonitor-aic"])
def test_lags_by_criterion(walk: Values, rule: str) -> None:
    y, window = walk[:50], 30
    test = sup_adf(y, rule, window, max_lag=3)
    badf, bsadf = plain_sequences(y, window, 3, rule)
    np.testing.assert_allclose(test.badf, badf, rtol=0, atol=1e-10)
    np.testing.assert_allclose(test.bsadf, bsadf, rtol=0, atol=1e-10)
    assert test.lags is not None
    assert 0 <= test.lags.min() <= test.lags.max() <= 3


@pytest.mark.parametrize("rule", ["BIC", "AIC"])
def test_a_criterion_chooses_as_statsmodels_does(walk: Values, rule: str) -> None:
    tools = pytest.importorskip(
        "statsmodels.tsa.stattools",
        reason="a second implementation to compare with, statsmodels, is not installed",
    )
    theirs = tools.adfuller(walk, maxlag=3, autolag=rule, result_object=False)[0]
    test = sup_adf(walk, rule.lower(), max_lag=3)
    assert test.badf[-1] == pytest.approx(theirs, abs=1e-10)


def test_lags_by_criterion_look_at_nothing_later(walk: Values) -> None:
    whole, part = (sup_adf(y, "bic", 30, max_lag=2) for y in (walk, walk[:90]))
    assert part.bsadf.tobytes() == whole.bsadf[:90].tobytes()
    assert part.lags is not None
    assert whole.lags is not None
    assert part.lags.tobytes() == whole.lags[:90].tobytes()


def test_a_criterion_meets_what_cannot_be_fitted(walk: Values) -> None:
    growing = sup_adf(np.exp(0.05 * np.arange(60)), "bic", 30, max_lag=1)
    assert np.isnan(growing.bsadf).all()
    y = walk.copy()
    y[60:110] = y[60]
    pegged = sup_adf(y, "bic", 30, max_lag=1)
    assert (pegged.flags[95:110] == 1).all()
    assert np.isfinite(pegged.gsadf)


def test_psymonitor_conventions_on_its_own_data(dividend_yield: Values) -> None:
    """Windows are observations; a fixed lag needs nothing of its own."""
    y = dividend_yield[:160]
    test = sup_adf(y, 1)
    assert test.window == int(160 * (0.01 + 1.8 / np.sqrt(160)))
    _, bsadf = plain_sequences(y, test.window, 1)
    np.testing.assert_allclose(test.bsadf, bsadf, rtol=0, atol=1e-9)


# --- machine code --------------------------------------------------------------------------------
def test_kept_machine_code_is_what_would_be_compiled_now(walk: Values) -> None:
    settings = {"nogil": True, "error_model": "numpy"}
    for lag in (0, 1):
        order, n, window = (0,) * lag, len(walk), 30
        table, inverse, lanes = kernel_module.workspace(n, window, lag)
        kernel_module.scan(walk, 0, lag, table)
        fresh = numba.njit(**settings)(kernel_module._sweeps.py_func)
        fresh(order, table, inverse, window - 1, n, 0, 1, window, lanes)
        test = sup_adf(walk, lag, window)
        roots = np.sign(lanes[:n]) * np.sqrt(np.abs(lanes[:n]))
        assert roots[window - 1 :].tobytes() == test.badf[window - 1 :].tobytes()
    assert callable(sweep)


def test_the_decorator_does_without_a_place_for_machine_code(
    monkeypatch: pytest.MonkeyPatch, walk: Values
) -> None:
    from debtcycle.bubbles import _native

    original = numba.njit

    def refuse(*args: object, cache: bool = False, **settings: object) -> object:
        if cache:
            raise RuntimeError("no locator available")
        return original(*args, **settings)

    monkeypatch.setattr(_native.numba, "njit", refuse)
    root = _native.compiled(kernel_module.root.py_func)
    assert root(-4.0) == -2.0
