"""One question: its steps driven by the client, from the first request to the figures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec

from debtcycle.errors import DebtcycleError, SourceError
from debtcycle.intake import Payload, reader_of
from debtcycle.network import Answer, Client
from debtcycle.sources.steps import Part, Question, Request, Steps

__all__ = ["ORIGIN", "Asked", "MakeSteps", "Remembered", "ask", "memory_key"]

ORIGIN = "update"
MakeSteps = Callable[[Question, date], Steps]


class Remembered(msgspec.Struct, frozen=True):
    """What is kept of an answered question, beside the figures.

    Attributes
    ----------
    day : date
        On which it was answered last.
    reader : str
        The program's version and the series wanted: another reader may see more in a body.
    request : str
        Hash of the one request that it took; empty where it took several, of which one being
        unchanged says nothing of the others.
    etag, modified : str or None
        What the publisher called the answer.
    """

    day: date
    reader: str
    request: str = ""
    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question.

    Attributes
    ----------
    bodies : tuple of bytes
        Answers in the order of the requests; none where it is unchanged.
    parts : tuple of Part
        What they say.
    remember : Remembered or None
        What to keep once it is stored.
    refused : tuple of int
        Numbers, from 0, of the requests that were refused, where the steps went on without.
    error : DebtcycleError or None
        Why there is no answer.
    """

    question: Question
    fetched_at: datetime
    bodies: tuple[bytes, ...] = ()
    parts: tuple[Part, ...] = ()
    remember: Remembered | None = None
    refused: tuple[int, ...] = ()
    error: DebtcycleError | None = None


def memory_key(question: Question) -> str:
    """Under which the store remembers a question."""
    return f"asked/{question.publisher}/{question.name}"


def _named(request: Request) -> str:
    text = "\0".join((request.publisher, request.path, *(f"{k}={v}" for k, v in request.params)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _payload(question: Question, bodies: Sequence[bytes]) -> Payload:
    return Payload(ORIGIN, question, question.name, tuple(bodies), datetime.now(UTC))


def ask(
    client: Client,
    question: Question,
    make: MakeSteps,
    *,
    today: date,
    before: Remembered | None = None,
    mark: str | None = None,
) -> Asked:
    """Drive the steps of a question.

    Parameters
    ----------
    before : Remembered or None
        What is kept of the last answer, if the store still has what it brought.
    mark : str or None
        That of the last answer taken in: one and the same is not parsed again.

    Returns
    -------
    Asked
        An error of the network or of a parser is a result.
    """
    steps = make(question, today)
    try:
        return _driven(client, question, steps, today, before, mark)
    except DebtcycleError as error:
        return Asked(question, datetime.now(UTC), error=error)
    finally:
        steps.close()


# Of all answers to a question; pages of vintages have up to 10 MB each.
_MOST_BYTES = 256 << 20


def _check_sum(question: Question, bodies: Sequence[bytes]) -> None:
    """Refuse a publisher whose pages find no end; ``network.bomb``."""
    if sum(map(len, bodies)) > _MOST_BYTES:
        raise SourceError(
            "network.bomb", publisher=question.publisher, path="", limit_mb=_MOST_BYTES >> 20
        )


def _driven(
    client: Client,
    question: Question,
    steps: Steps,
    today: date,
    before: Remembered | None,
    mark: str | None,
) -> Asked:
    reader = reader_of(question)
    known = before if before is not None and before.reader == reader else None
    deadline = client.deadline()
    bodies: list[bytes] = []
    refused: list[int] = []
    try:
        request = next(steps)
        first = _named(request)
        while True:
            asked_before = known is not None and not bodies and known.request == _named(request)
            same = asked_before and request.final
            etag, modified = (known.etag, known.modified) if same and known else (None, None)
            try:
                answer = client.get(request, etag=etag, modified=modified, deadline=deadline)
            except SourceError as error:
                # Some steps know what a refusal means and ask for something else instead.
                refused.append(len(bodies) + len(refused))
                request = steps.throw(error)
                continue
            if answer.unchanged and known is not None:
                kept = Remembered(today, reader, first, answer.etag or etag, modified)
                return Asked(question, datetime.now(UTC), remember=kept)
            _check_sum(question, (*bodies, answer.body))
            bodies.append(answer.body)
            if request.final and _payload(question, bodies).mark == mark:
                return Asked(
                    question,
                    datetime.now(UTC),
                    remember=_kept(question, today, (first, _named(request)), bodies, answer),
                )
            last = answer
            request = steps.send(answer.body)
    except StopIteration as end:
        kept = Remembered(today, reader)
        if bodies:
            kept = _kept(question, today, (first, _named(request)), bodies, last)
        parts = end.value or ()
        return Asked(question, datetime.now(UTC), tuple(bodies), parts, kept, tuple(refused))


def _kept(
    question: Question, today: date, asked: tuple[str, str], bodies: Sequence[bytes], last: Answer
) -> Remembered:
    """What is kept of an answer, given what was asked first and last."""
    if len(bodies) == 1 and asked[0] == asked[1]:
        return Remembered(today, reader_of(question), asked[0], last.etag, last.modified)
    return Remembered(today, reader_of(question))
