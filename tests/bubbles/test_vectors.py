"""The kernel in NumPy alone gives what the compiled one and the plain twin give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from debtcycle.bubbles import SupADF, plain_sequences, sup_adf
from debtcycle.bubbles.kernel import statistics
from debtcycle.bubbles.vectors import BLOCK, vector_statistics
from debtcycle.errors import ConfigError

Values = NDArray[np.float64]

walks = st.builds(
    lambda seed, n: np.random.default_rng(seed).normal(size=n).cumsum(),
    st.integers(0, 10**6),
    st.integers(12, 4 * BLOCK),
)


def same(y: Values, window: int, *, within: float = 1e-10) -> None:
    found = vector_statistics(y, window)
    assert found is not None
    badf, bsadf, flags = statistics(y, window, 0)
    for ours, theirs in zip(found[:2], (badf, bsadf), strict=True):
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=within)
    np.testing.assert_array_equal(found[2], flags)


@given(walks, st.integers(4, 12), st.sampled_from([1e-9, 1.0, 1e12]))
def test_it_is_the_kernel(y: Values, window: int, unit: float) -> None:
    # A window of four observations has one degree of freedom: t may be a million, so digits are
    # counted from the first.
    found, compiled = vector_statistics(unit * y, window), statistics(unit * y, window, 0)
    assert found is not None
    for ours, theirs in zip(found[:2], compiled[:2], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-10)
    np.testing.assert_array_equal(found[2], compiled[2])


@given(walks, st.integers(6, 12))
def test_it_is_the_plain_twin(y: Values, window: int) -> None:
    found = vector_statistics(y[:60], window)
    assert found is not None
    for ours, plain in zip(found[:2], plain_sequences(y[:60], window), strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_the_sp500_to_ten_digits(sp500: SupADF, shift: float) -> None:
    y = sp500.series.values
    for window in (36, 91):
        same(y + shift, window)
        same(np.log(y) + shift, window, within=1e-8 if shift else 1e-10)
    assert round(float(np.nanmax(vector_statistics(y, 36)[1])), 3) == 4.207  # type: ignore[index]


@given(walks, st.data())
def test_later_observations_change_no_bit(y: Values, data: st.DataObject) -> None:
    end = data.draw(st.integers(10, len(y)))
    whole, part = vector_statistics(y, 10), vector_statistics(y[:end], 10)
    assert whole is not None
    assert part is not None
    for longer, shorter in zip(whole, part, strict=True):
        assert longer[:end].tobytes() == shorter.tobytes()


def test_what_does_not_vary_or_fits_perfectly_is_flagged_alike() -> None:
    walk = np.random.default_rng(7).normal(size=90).cumsum()
    flat, line = walk.copy(), walk.copy()
    flat[20:50] = flat[20]
    line[20:50] = line[20] + np.arange(30.0)
    rise = np.concatenate([walk[:40], walk[39] + 1.3 ** np.arange(24), walk[40:]])
    for y in (flat, line, rise, np.concatenate([np.ones(30), walk])):
        same(y, 12)
    assert (vector_statistics(rise, 12)[2] == 2).any()  # type: ignore[index]


def test_a_series_beyond_its_digits_is_left_to_the_kernel() -> None:
    y = 1.05 ** np.arange(200.0)
    assert vector_statistics(y, 12) is None
    light, compiled = sup_adf(y, 0, 12, compiled=False), sup_adf(y, 0, 12)
    np.testing.assert_array_equal(light.bsadf, compiled.bsadf)
    assert light.undefined


def test_it_is_asked_for_by_name_and_has_no_lags() -> None:
    y = np.random.default_rng(1).normal(size=90).cumsum()
    light, compiled = sup_adf(y, compiled=False), sup_adf(y)
    assert (light.window, light.lag, light.rule) == (compiled.window, 0, None)
    assert light.gsadf == pytest.approx(compiled.gsadf, abs=1e-12)
    for lag in (1, "bic"):
        with pytest.raises(ConfigError, match=r"bubbles\.uncompiled"):
            sup_adf(y, lag, compiled=False)
