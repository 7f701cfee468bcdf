"""The sixteen tests of acceptance: definition, bounds, value."""

from __future__ import annotations

from debtcycle.machine.acceptance.bubbles import (
    before_the_pop,
    bubble_and_depression,
    melt_up,
    melt_up_beside,
)
from debtcycle.machine.acceptance.laboratory import Arm, Laboratory, Programme, purchases, steps
from debtcycle.machine.acceptance.mechanism import (
    TESTS,
    Test,
    acceleration_beside,
    premia_beside,
)
from debtcycle.machine.acceptance.outcome import Beside, Outcome

__all__ = [
    "ALL_TESTS",
    "Arm",
    "Beside",
    "Laboratory",
    "Outcome",
    "Programme",
    "Test",
    "beside",
    "purchases",
    "run_tests",
    "steps",
]

ALL_TESTS: dict[int, Test] = dict(
    sorted({**TESTS, 10: melt_up, 11: before_the_pop, 12: bubble_and_depression}.items())
)


def run_tests(lab: Laboratory, which: tuple[int, ...] = ()) -> list[Outcome]:
    """Outcomes of the tests asked for, all of them by default."""
    found: list[Outcome] = []
    for number, test in ALL_TESTS.items():
        if not which or number in which:
            found += test(lab)
    return found


def beside(lab: Laboratory, which: tuple[int, ...] = ()) -> list[Beside]:
    """Numbers without bounds beside the tests asked for: what a run without the cause gives."""
    found: list[Beside] = []
    known = {2: premia_beside, 9: acceleration_beside, 10: melt_up_beside}
    for number, numbers in known.items():
        if not which or number in which:
            found += numbers(lab)
    return found
