"""Shapley values: efficiency, dummy, symmetry, and the integral along the straight line."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from debtcycle.machine.attribution import CHANNELS, attribute, channel_of, integrate

Values = NDArray[np.float64]
# One name for every channel.
NAMES = {"rate": "rates", "N_H": "quantity", "rho": "premium", "pe": "inflation",
         "x_G": "extrapolation"}  # fmt: skip


def state(*numbers: float) -> dict[str, Values]:
    return {name: np.array([x]) for name, x in zip(NAMES, numbers, strict=True)}


def solve(given_: Mapping[str, Values]) -> Values:
    """Two log prices that mix the channels."""
    r, q, p, e, x = (given_[name] for name in NAMES)
    return np.array([-4 * r + 0.1 * q * p + np.exp(e + x) - p * x, np.tanh(q + r * e) + x**2])


numbers = st.floats(-1, 1)
states = st.tuples(*[numbers] * 5)


def test_every_name_has_one_channel() -> None:
    assert {name: channel_of(name) for name in NAMES} == NAMES


@given(states, states)
def test_parts_add_up_to_the_change(a: tuple[float, ...], b: tuple[float, ...]) -> None:
    found = attribute(state(*a), state(*b), solve)
    np.testing.assert_allclose(found.parts.sum(axis=0), found.change, atol=1e-12)
    whole = solve(state(*b)) - solve(state(*a))
    np.testing.assert_allclose(found.change, whole, atol=1e-14)


@given(states, states, st.sampled_from(range(5)))
def test_a_channel_that_does_not_move_has_no_part(
    a: tuple[float, ...], b: tuple[float, ...], which: int
) -> None:
    same = list(b)
    same[which] = a[which]
    found = attribute(state(*a), state(*same), solve)
    position = CHANNELS.index(list(NAMES.values())[which])
    np.testing.assert_allclose(found.parts[position], 0.0, atol=1e-13)


@given(states, states)
def test_channels_that_act_alike_have_equal_parts(
    a: tuple[float, ...], b: tuple[float, ...]
) -> None:
    def alike(given_: Mapping[str, Values]) -> Values:
        return np.array([np.exp(given_["rho"] + given_["x_G"]) * (1 + given_["N_H"])])

    first, second = state(*a), state(*b)
    second["x_G"] = first["x_G"] + second["rho"] - first["rho"]
    first["x_G"], second["x_G"] = first["rho"], second["rho"]
    parts = attribute(first, second, alike).parts
    premium, extra = CHANNELS.index("premium"), CHANNELS.index("extrapolation")
    np.testing.assert_allclose(parts[premium], parts[extra], atol=1e-12)


@pytest.mark.parametrize("scale", [1e-3, 1e-2])
def test_small_moves_agree_with_the_integral(scale: float) -> None:
    rng = np.random.default_rng(11)
    for _ in range(20):
        a = rng.uniform(-0.5, 0.5, 5)
        b = a + scale * rng.uniform(0.5, 1.0, 5)
        exact = attribute(state(*a), state(*b), solve).parts
        line = integrate(state(*a), state(*b), solve)
        np.testing.assert_allclose(line.sum(axis=0), exact.sum(axis=0), rtol=1e-7, atol=1e-13)
        np.testing.assert_allclose(line, exact, rtol=0.05, atol=1e-3 * scale)


def test_many_paths_at_once_are_the_same_as_one_by_one() -> None:
    rng = np.random.default_rng(5)
    first = {name: rng.uniform(-1, 1, 7) for name in NAMES}
    second = {name: rng.uniform(-1, 1, 7) for name in NAMES}
    whole = attribute(first, second, solve)
    for path in range(7):
        one = attribute(
            {n: v[path : path + 1] for n, v in first.items()},
            {n: v[path : path + 1] for n, v in second.items()},
            solve,
        )
        np.testing.assert_array_equal(one.parts[:, :, 0], whole.parts[:, :, path])
