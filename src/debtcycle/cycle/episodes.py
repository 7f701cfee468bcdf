"""What was expected of the verdict at known dates, written down before it was computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from debtcycle.cycle.assess import Assessment, assess
from debtcycle.cycle.verdict import Verdict
from debtcycle.indicators.stimulus import Gate
from debtcycle.views import View

__all__ = ["EXPECTATIONS", "QE1", "Episode", "Expectation", "episodes"]

QE1 = date(2008, 11, 28)
_MOST_AGAINST = 5


@dataclass(frozen=True, slots=True)
class Expectation:
    """Gate, rung, verdicts and mean of the axes expected at a date; None where nothing was."""

    on: date
    name: str
    gate: Gate
    verdicts: tuple[Verdict, ...]
    rung: int | None = None
    heat_at_least: float | None = None


_D, _M, _S, _B, _N = (
    Verdict.INTO_DEPRESSION,
    Verdict.MIXED,
    Verdict.INTO_STRENGTH,
    Verdict.INTO_BUBBLE,
    Verdict.NO_STIMULUS,
)

EXPECTATIONS: tuple[Expectation, ...] = (
    Expectation(date(1999, 12, 31), "y2k", Gate.OFF, (_N,), heat_at_least=0.25),
    Expectation(QE1, "qe1", Gate.ON, (_D,)),
    Expectation(date(2010, 11, 5), "qe2", Gate.ON, (_D, _M)),
    Expectation(date(2012, 9, 14), "qe3", Gate.ON, (_D, _M)),
    Expectation(date(2019, 10, 15), "bills2019", Gate.ON, (_M, _S), rung=2),
    Expectation(date(2020, 3, 27), "pandemic", Gate.ON, (_D,)),
    Expectation(date(2021, 6, 30), "qe2021", Gate.ON, (_B,)),
    Expectation(date(2025, 11, 5), "essay", Gate.ON, (_B,)),
    Expectation(date(2025, 12, 15), "bills2025", Gate.ON, (_B,), rung=2),
)


@dataclass(frozen=True, slots=True)
class Episode:
    """An expectation beside what came out.

    Attributes
    ----------
    met : bool
    misses : tuple of str
        Which parts were not met: ``"gate"``, ``"verdict"``, ``"rung"``, ``"heat"``.
    because : tuple of str
        Where the verdict was missed: the inputs that speak against the expected one most.
    unknown : tuple of str
        Where the verdict was missed: the inputs that existed and were not known. They speak
        neither way.
    """

    expectation: Expectation
    assessment: Assessment
    misses: tuple[str, ...]
    because: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Whether everything came out as expected."""
        return not self.misses


def _misses(expected: Expectation, got: Assessment) -> tuple[str, ...]:
    low = expected.heat_at_least
    checks = (
        ("gate", got.stimulus.gate is expected.gate),
        ("verdict", got.verdict in expected.verdicts),
        ("rung", expected.rung is None or got.stimulus.rung == expected.rung),
        ("heat", low is None or (got.heat is not None and got.heat >= low)),
    )
    return tuple(name for name, met in checks if not met)


def _because(expected: Expectation, got: Assessment) -> tuple[str, ...]:
    """The inputs furthest from the side of the expected verdict."""
    side = -1.0 if _D in expected.verdicts else 1.0
    against = sorted(
        (side * item.score, item.anchor.indicator)
        for item in got.inputs
        if item.score is not None and side * item.score < 0
    )
    return tuple(name for _, name in against[:_MOST_AGAINST])


def _unknown(got: Assessment) -> tuple[str, ...]:
    return tuple(i.anchor.indicator for i in got.inputs if i.exists and i.score is None)


def episodes(view: View) -> tuple[Episode, ...]:
    """The expectations for dates up to that of the view, each replayed on its own date."""
    found = []
    for expected in EXPECTATIONS:
        if expected.on > view.as_of:
            continue
        got = assess(view.at(expected.on))
        misses = _misses(expected, got)
        missed = "verdict" in misses
        because = _because(expected, got) if missed else ()
        unknown = _unknown(got) if missed else ()
        found.append(Episode(expected, got, misses, because, unknown))
    return tuple(found)
