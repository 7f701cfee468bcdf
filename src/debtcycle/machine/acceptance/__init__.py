"""The sixteen tests of acceptance: definition, bounds, value."""

from __future__ import annotations

from debtcycle.machine.acceptance.bubbles import before_the_pop, bubble_and_depression, melt_up
from debtcycle.machine.acceptance.laboratory import Arm, Laboratory, Programme, purchases, steps
from debtcycle.machine.acceptance.mechanism import TESTS, Test
from debtcycle.machine.acceptance.outcome import Outcome

__all__ = [
    "ALL_TESTS",
    "Arm",
    "Laboratory",
    "Outcome",
    "Programme",
    "Test",
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
