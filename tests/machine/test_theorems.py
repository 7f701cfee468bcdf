"""Clearing is a system of gross substitutes with one root: on random economies and the shipped."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from debtcycle.errors import ModelError
from debtcycle.machine import theorems
from debtcycle.machine.economy import (
    bubble_number_of,
    checked_bubble_number,
    compiled_economy,
    market_of,
    shipped_openings,
    start_row,
)

# From how far away the root is looked for: logs of prices; the bill rate in its own small unit.
REACH = np.array([0.002, 0.1, 0.1, 0.1, 0.3, 0.3, 0.3])[:, None]


def starts(rng: np.random.Generator, size: int) -> list[np.ndarray]:
    return [REACH * rng.uniform(-1, 1, (7, size)) for _ in range(5)]


def check(seed: int, size: int) -> None:
    """Metzler, column sums, one root from five starts, no price falls after a purchase."""
    rng = np.random.default_rng(seed)
    market = theorems.random_market(rng, size)
    roots = []
    for start in starts(rng, size):
        for u in (start,):
            matrix = theorems.jacobian(market, u)
            assert theorems.off_diagonal(matrix).min() > 0
            assert theorems.column_sums(matrix).max() < 0
        root, residual = theorems.solve(market, start)
        assert residual.max() <= 1e-10
        roots.append(root)
    spread = max(np.abs(root - roots[0]).max() for root in roots)
    assert spread <= 1e-7
    inverse = np.linalg.inv(np.moveaxis(theorems.jacobian(market, roots[0]), 2, 0))
    assert (-inverse).min() >= 0
    bought = market.flow - 0.002 * market.supply * np.eye(7)[rng.integers(0, 7, size)].T
    after, residual = theorems.solve(dataclasses.replace(market, flow=bought), roots[0])
    assert residual.max() <= 1e-10
    assert (after - roots[0]).min() >= -1e-9


def test_random_economies() -> None:
    for seed in (1, 2):
        check(seed, 2000)


@pytest.mark.soak
def test_a_hundred_thousand_random_economies() -> None:
    for seed in range(100, 140):
        check(seed, 2500)


def test_jacobian_is_that_of_small_steps() -> None:
    rng = np.random.default_rng(5)
    market = theorems.random_market(rng, 50)
    u = starts(rng, 50)[0]
    found = theorems.jacobian(market, u)
    for asset in range(7):
        step = 1e-6 * np.eye(7)[asset][:, None]
        ahead, back = (theorems.excess_demand(market, u + s * step) for s in (1, -1))
        scale = np.abs(found).max(axis=(0, 1))
        assert (np.abs(found[:, asset] - (ahead - back) / 2e-6) <= 1e-6 * scale).all()


def test_a_purchase_fixed_in_pieces_is_safe_up_to_its_bound() -> None:
    rng = np.random.default_rng(6)
    market = theorems.random_market(rng, 200)
    u = np.zeros((7, 200))
    bound = theorems.safe_purchase(market, u)
    assert bound.min() > 0
    for asset in range(6):
        for part, safe in ((0.99, True), (1.01, False)):
            supply = market.supply.copy()
            supply[1 + asset] -= part * bound[asset]  # pieces that the central bank takes
            fewer = dataclasses.replace(market, supply=supply)
            sums = theorems.column_sums(theorems.jacobian(fewer, u))[1 + asset]
            assert ((sums < 0) == safe).all()


@pytest.fixture(scope="module")
def states() -> dict[str, object]:
    found = {}
    for name, facts in shipped_openings().items():
        run = compiled_economy().run(1, start=start_row(facts).values)
        found[name] = run
    return found


def test_the_shipped_openings_stand_near_their_root(states) -> None:
    for name in ("rest", "normal"):
        market = market_of(lambda variable, run=states[name]: run[variable][1])
        excess = theorems.excess_demand(market, np.zeros((7, 1)))
        assert np.abs(excess / market.supply).max() < 1e-9


def test_bubble_numbers_of_the_openings(states) -> None:
    numbers = {
        name: float(bubble_number_of(lambda variable, run=run: run[variable][1])[0])
        for name, run in states.items()
    }
    assert 0.65 <= numbers["bubble"] <= 0.95
    assert numbers["depression"] < numbers["bubble"]
    assert numbers["normal"] < numbers["bubble"]


def test_an_opening_that_explodes_is_refused_unless_asked_for() -> None:
    facts = shipped_openings()["bubble"]
    assert checked_bubble_number(start_row(facts)) < 1
    wild = start_row(facts, parameters={"chi": 0.6})
    with pytest.raises(ModelError) as caught:
        checked_bubble_number(wild)
    assert caught.value.message_id == "machine.bubble_number"
    assert checked_bubble_number(wild, allow=True) > 1


def test_bubble_number_is_the_growth_of_a_rise_that_feeds_itself(states) -> None:
    # With one extrapolated asset the number is gain times the price response to attractiveness.
    market = market_of(lambda variable: states["bubble"][variable][1])
    u, size = np.zeros((7, 1)), 1e-6
    moved = market.liking.copy()
    moved[0, 5] += size  # households alone, growth equity alone
    root, _ = theorems.solve(market, u)
    after, _ = theorems.solve(dataclasses.replace(market, liking=moved), root, 1e-15)
    response = float((after - root)[4, 0] / size)
    sensitivity = np.zeros((5, 1))
    sensitivity[0] = 1.0
    number = theorems.bubble_number(
        market, root, sensitivity=sensitivity, weights=np.array([1.0, 0.0, 0.0]), gain=0.4
    )
    assert float(number[0]) == pytest.approx(0.4 * response, rel=1e-4)


def test_slopes_that_vanish_in_one_economy_do_not_stop_the_others() -> None:
    rng = np.random.default_rng(3)
    market = theorems.random_market(rng, 4)
    matrix = np.moveaxis(theorems.jacobian(market, np.zeros((7, 4))), 2, 0)
    value, size = rng.normal(size=(7, 4)), np.abs(market.supply).max(axis=0)
    plain = theorems._direction(matrix, value, size)
    assert np.abs(np.einsum("nab,bn->an", matrix, plain) - value).max() < 1e-9
    matrix[0] = 0.0
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.solve(matrix, value.T[..., None])
    found = theorems._direction(matrix, value, size)
    assert np.isfinite(found).all()
    assert (np.sign(found[:, 0]) == -np.sign(value[:, 0])).all()  # prices rise where demand exceeds
    assert np.abs(found[:, 1:] - plain[:, 1:]).max() < 1e-4 * np.abs(plain).max()
