"""The sixteen tests of acceptance, on few paths and a seed that no search has seen."""

from __future__ import annotations

import numpy as np
import pytest

from debtcycle.machine.acceptance import (
    ALL_TESTS,
    Laboratory,
    Outcome,
    run_tests,
)
from debtcycle.machine.acceptance.laboratory import NOTHING
from debtcycle.machine.calibration import measure, sensitivities

# What the model fails, with the number it gives and the economics that is missing.
FAILS = {
    3: "in a depression equities are cheap, so that their durations differ less than wanted",
}


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    return Laboratory(paths=1200, seed=20260)


@pytest.fixture(scope="module")
def outcomes(laboratory: Laboratory) -> list[Outcome]:
    return run_tests(laboratory)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(n, marks=pytest.mark.xfail(reason=FAILS[n]) if n in FAILS else ())
        for n in ALL_TESTS
    ],
)
def test_acceptance(number: int, outcomes: list[Outcome]) -> None:
    failed = [o for o in outcomes if o.test == number and not o.passed]
    assert any(o.test == number for o in outcomes)
    assert not failed, failed


def test_all_sixteen_are_there() -> None:
    assert list(ALL_TESTS) == list(range(1, 17))


def test_accounts_close_in_all_arms(laboratory: Laboratory, outcomes: list[Outcome]) -> None:
    assert max(arm.worst_account for arm in laboratory._arms.values()) <= 1e-10


def test_a_number_that_is_not_one_passes_nothing() -> None:
    assert not Outcome(1, "x", float("nan"), 0.0, None).passed
    assert not Outcome(1, "x", -1.0, 0.0, None).passed
    assert Outcome(1, "x", 1.0, 0.0, 1.0).passed


def test_without_a_programme_there_is_no_difference() -> None:
    lab = Laboratory(paths=10, seed=1)
    nothing = lab.difference("normal", NOTHING, "uG")
    assert np.abs(nothing).max() == 0.0


# A rise of yields alone moves gold too little: here gold answers to money and inflation as well,
# which in the data moved with yields.
MISSED = {"gold_on_yield_shock"}


def test_targets_are_met_but_for_the_one_that_is_named() -> None:
    found = measure(paths=400, seed=20260)
    assert len(found) == 10
    assert {m.target.moment for m in found if not m.inside} == MISSED


def test_elasticities_have_the_signs_of_the_economics() -> None:
    rows = sensitivities(paths=16, names=("zeta", "bd", "mM"))
    found = {(row.moment, row.parameter): row.elasticity for row in rows}
    assert found["qe1_impact", "zeta"] > 0.3  # of a fall: it grows with the parameter
    assert found["debt_on_yield", "zeta"] > 0.3
    assert found["rate_surprise_on_equity", "bd"] > 0
    assert found["inflation_of_purchases", "mM"] > 0.1
    assert abs(found["dollar_into_equity", "mM"]) < 1e-3


def ratio(parameters: dict[str, float]) -> float:
    """Inflation after the same purchases, bubble over depression, without shocks."""
    lab = Laboratory(paths=1, seed=1, scale=0.0, parameters=parameters)
    return next(o.value for o in run_tests(lab, (12,)) if o.part == "inflation_ratio")


def test_the_state_dependence_is_the_curve_of_prices_not_a_switch() -> None:
    full, straight = ratio({}), ratio({"cx": 0.01})
    assert full > 1.5 > straight
    halfway = ratio({"cx": 24.0})
    assert straight < halfway < full
