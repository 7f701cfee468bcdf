"""What a publisher answered, as it is kept, and whether it is known already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from debtcycle import __version__
from debtcycle.intake.answers import answered, house_of
from debtcycle.sources.steps import Question
from debtcycle.store import Held, Store
from debtcycle.store.entries import Origin, payload_hash

__all__ = [
    "PARTIAL",
    "Payload",
    "Taken",
    "answer_again",
    "doubted",
    "held_of",
    "is_known",
    "last_mark",
    "reader_of",
]

# Options of a question whose answer is a part of the series; others only say how it is asked.
PARTIAL = frozenset({"from", "since"})


@dataclass(frozen=True, slots=True)
class Payload:
    """What a publisher answered, as it is kept.

    Attributes
    ----------
    origin : {"file", "update", "edition"}
        Who brought it.
    question : Question or None
        What was asked; None for a file.
    name : str
        The file's name, or the question's.
    bodies : tuple of bytes
        The answers, in the order of the requests.
    fetched_at : datetime
        When, with a time zone.
    refused : tuple of int
        Numbers, from 0, of the requests that were refused and have no answer.
    """

    origin: str
    question: Question | None
    name: str
    bodies: tuple[bytes, ...]
    fetched_at: datetime
    refused: tuple[int, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash that names the payload."""
        return payload_hash(self.bodies)

    @property
    def key(self) -> str:
        """Under which the hash of the last answer to the same question is remembered."""
        asked = self.question
        if asked is None:
            return f"payload/{self.origin}/{self.sha256}"
        return _answer_key(self.origin, asked)

    @property
    def mark(self) -> str:
        """What is remembered under the key: the answer, and who reads it.

        Another version of the program, or one that wants other series, may see more in it.
        """
        return self.sha256 if self.question is None else f"{self.sha256} {reader_of(self.question)}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a payload brought.

    Attributes
    ----------
    series : tuple of str
        Ids of the series that got rows, in alphabetical order.
    new_rows, revised_rows : int
        Rows of periods that had none, with documents; rows that revise or withdraw a figure.
    quarantined : tuple of Held
        Series kept apart, with the reason.
    unchanged : bool
        Whether the payload added nothing and nothing of it is kept apart, now or from before.
    unknown : tuple of str
        Keys that the catalogue does not have.
    differing : int
        Figures that differ from those stored and were not taken.
    """

    series: tuple[str, ...] = ()
    new_rows: int = 0
    revised_rows: int = 0
    quarantined: tuple[Held, ...] = ()
    unchanged: bool = True
    unknown: tuple[str, ...] = ()
    differing: int = 0


def reader_of(question: Question) -> str:
    """Who reads an answer: the program's version, the series that it looks for, and how.

    How far back is asked for follows from what is held, and makes no other reader.
    """
    how = (f"{key}={value}" for key, value in question.options if key not in PARTIAL)
    text = "\0".join((__version__, *question.series, *how))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _answer_key(origin: str, question: Question) -> str:
    return f"payload/{origin}/{question.publisher}/{question.name}"


def last_mark(store: Store, question: Question) -> str | None:
    """`Payload.mark` of the last answer that an update brought; None before the first.

    An answer with this mark is known (`is_known`) and need not be parsed. It can be compared
    where the store itself is out of reach, as in another thread.
    """
    return store.memory(_answer_key(Origin.UPDATE, question))


def is_known(store: Store, payload: Payload) -> bool:
    """Whether taking a payload would do nothing, so that it need not be parsed.

    The same answer to the same question as last time, or a file that was ever taken in. An
    answer of before the last one is news: the publisher has gone back to it.
    """
    if store.memory(payload.key) == payload.mark:
        return True
    return payload.question is None and store.has_payload(payload.sha256)


def doubted(store: Store, question: Question) -> tuple[Held, ...]:
    """What is still kept apart of the last answer to a question that an update brought."""
    mark = last_mark(store, question)
    return () if mark is None else held_of(store, mark.split(" ", 1)[0])


def held_of(store: Store, payload_sha256: str) -> tuple[Held, ...]:
    """What is still kept apart of a payload."""
    return tuple(line for line in store.quarantine() if line.payload_sha256 == payload_sha256)


def answer_again(store: Store, question: Question | None, today: date) -> Mapping[str, str]:
    """What to remember of an answer that is the same as last time; nothing of a file."""
    if question is None:
        return {}
    return answered(store, house_of(question), question.series, today)
