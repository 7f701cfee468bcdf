"""The sixteen tests of acceptance, on few paths and a seed that no search has seen."""

from __future__ import annotations

import numpy as np
import pytest

from debtcycle.machine.acceptance import ALL_TESTS, Laboratory, Outcome, run_tests
from debtcycle.machine.acceptance.laboratory import NOTHING

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
