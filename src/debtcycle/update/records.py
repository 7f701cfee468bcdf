"""What became of an update."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from debtcycle.errors import DebtcycleError
from debtcycle.sources.steps import Question
from debtcycle.store import Held

__all__ = ["Outcome", "Progress", "Result", "Summary"]

_DONE, _SOME_FAILED, _NONE_REACHED, _INTERRUPTED = 0, 3, 4, 130


class Outcome(StrEnum):
    """What became of a question.

    ``stored``: it brought rows. ``unchanged``: it was answered with nothing new.
    ``quarantined``: at least one series of the answer is kept apart. ``failed``: there was no
    answer, or it could not be read. ``known``: it had been answered earlier on the same day.
    ``postponed``: the time of the update was over before its turn.
    """

    STORED = "stored"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"
    FAILED = "failed"
    KNOWN = "known"
    POSTPONED = "postponed"


@dataclass(frozen=True, slots=True)
class Result:
    """What one question brought.

    Attributes
    ----------
    series : tuple of str
        Ids of the series that got rows.
    new_rows, revised_rows : int
        Rows of periods that had none, and of periods whose figure changed.
    quarantined : tuple of Held
        Series kept apart, with the reason.
    differing : int
        Figures that differ from those stored and were not taken, since the series is never
        revised or its day has had an answer.
    error : DebtcycleError or None
        Why it failed.
    """

    question: Question
    outcome: Outcome
    series: tuple[str, ...] = ()
    new_rows: int = 0
    revised_rows: int = 0
    quarantined: tuple[Held, ...] = ()
    error: DebtcycleError | None = None
    differing: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an update has come.

    Attributes
    ----------
    left_s : float or None
        Seconds still to go, as the questions so far took; None before the first is answered.
    """

    done: int
    total: int
    publisher: str
    name: str
    left_s: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of all questions, in the order in which they were planned."""

    today: date
    results: tuple[Result, ...]
    interrupted: bool = False

    def of(self, publisher: str) -> tuple[Result, ...]:
        """What became of a publisher's questions."""
        return tuple(item for item in self.results if item.question.publisher == publisher)

    @property
    def publishers(self) -> tuple[str, ...]:
        """Whose questions there were, in order."""
        return tuple(dict.fromkeys(item.question.publisher for item in self.results))

    @property
    def exit_code(self) -> int:
        """0 done; 3 some failed or are kept apart; 4 nobody was reached; 130 interrupted."""
        if self.interrupted:
            return _INTERRUPTED
        count = dict.fromkeys(Outcome, 0)
        for item in self.results:
            count[item.outcome] += 1
        if not count[Outcome.FAILED] + count[Outcome.POSTPONED] + count[Outcome.QUARANTINED]:
            return _DONE
        answered = {Outcome.STORED, Outcome.UNCHANGED, Outcome.QUARANTINED, Outcome.KNOWN}
        errors = [item.error for item in self.results if item.error is not None]
        reached = any(count[outcome] for outcome in answered) or not all(
            error.message_id.startswith("network.") for error in errors
        )
        return _SOME_FAILED if reached else _NONE_REACHED
