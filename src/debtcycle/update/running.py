"""The update: workers ask, one hand writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from time import monotonic
from typing import Protocol

import msgspec

from debtcycle.catalogue import Catalogue
from debtcycle.errors import SourceError
from debtcycle.intake import Payload, Taken, take
from debtcycle.network import Client
from debtcycle.sources import plans
from debtcycle.sources.steps import Part, Question, Steps
from debtcycle.store import Store
from debtcycle.store.writing import Addition
from debtcycle.update.asking import Asked, Remembered, ask, fingerprint, memory_key
from debtcycle.update.records import Outcome, Progress, Result, Summary
from debtcycle.update.workers import Workers

__all__ = ["Take", "update"]

_ORIGIN = "update"
_MOST_FACTS = 16


class Take(Protocol):
    """`debtcycle.intake.take`."""

    def __call__(
        self,
        store: Store,
        payload: Payload,
        parts: Sequence[Part],
        *,
        catalogue: Catalogue,
        fetched: date | None,
        today: date,
    ) -> Taken:
        """Take a parsed payload into the store."""
        ...


def _recalled(store: Store, question: Question) -> Remembered | None:
    """What the store remembers of a question; None where it is nothing or cannot be read."""
    text = store.memory(memory_key(question))
    try:
        return None if text is None else msgspec.json.decode(text, type=Remembered)
    except msgspec.DecodeError:
        return None


class _Memory:
    """What is kept of answered questions, written a few at a time: each writing waits for the disk.

    What is lost by a crash is asked again, and brings nothing twice.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._facts: dict[str, str] = {}

    def keep(self, question: Question, remember: Remembered) -> None:
        self._facts[memory_key(question)] = msgspec.json.encode(remember).decode()
        if len(self._facts) >= _MOST_FACTS:
            self.write()

    def write(self) -> None:
        if self._facts:
            self._store.add(Addition(batch=False, facts=self._facts))
            self._facts = {}


def _result(
    store: Store,
    memory: _Memory,
    asked: Asked,
    taking: Take,
    catalogue: Catalogue,
    today: date,
) -> Result:
    """Take in what came of a question."""
    question = asked.question
    if asked.error is not None:
        over = asked.error.message_id == "network.run"
        return Result(question, Outcome.POSTPONED if over else Outcome.FAILED, error=asked.error)
    taken = Taken()
    if asked.bodies:
        payload = Payload(_ORIGIN, question, question.name, asked.bodies, asked.fetched_at)
        try:
            taken = taking(
                store, payload, asked.parts, catalogue=catalogue, fetched=today, today=today
            )
        except SourceError as error:
            return Result(question, Outcome.FAILED, error=error)
    remember = asked.remember
    if remember is not None:
        if taken.quarantined:
            # Asked in full the next time: what is doubted today may be explained tomorrow.
            remember = Remembered(remember.day, remember.reader)
        memory.keep(question, remember)
    if taken.quarantined:
        outcome = Outcome.QUARANTINED
    else:
        outcome = Outcome.STORED if taken.new_rows + taken.revised_rows else Outcome.UNCHANGED
    return Result(
        question,
        outcome,
        taken.series,
        taken.new_rows,
        taken.revised_rows,
        tuple(taken.quarantined),
    )


def update(
    store: Store,
    client: Client,
    questions: Sequence[Question],
    *,
    catalogue: Catalogue,
    today: date,
    fresh: bool = False,
    tell: Callable[[Progress], None] | None = None,
    steps: Callable[[Question, date], Steps] | None = None,
    taking: Take = take,
) -> Summary:
    """Ask and store, under one writer's lock.

    Parameters
    ----------
    fresh : bool
        Ask again what has been answered on the same day already.
    tell : callable, optional
        Called after each question with how far the update has come.
    steps, taking : callable, optional
        The steps of a question and what takes them in; tests put their own in their place.

    Returns
    -------
    Summary
        A publisher's failure is a result, and so is an interruption from the keyboard.

    Raises
    ------
    StoreError
        If the store cannot be written or is being written by another process.
    """
    making = _planned if steps is None else steps
    with store.exclusive():
        memory = {memory_key(item): _recalled(store, item) for item in questions}
        todo = [item for item in questions if fresh or not _answered(memory, item, today)]
        results = {
            memory_key(item): Result(item, Outcome.KNOWN) for item in questions if item not in todo
        }
        workers = Workers(
            lambda item: ask(client, item, making, today=today, before=memory[memory_key(item)]),
            todo,
        )
        interrupted, kept = False, _Memory(store)
        try:
            for asked in _told(workers, len(todo), tell):
                done = _result(store, kept, asked, taking, catalogue, today)
                results[memory_key(asked.question)] = done
        except KeyboardInterrupt:
            interrupted = True
            client.stop()
        finally:
            workers.end()
            kept.write()
    found = (results.get(memory_key(item)) for item in questions)
    return Summary(today, tuple(item for item in found if item is not None), interrupted)


def _planned(question: Question, today: date) -> Steps:
    return plans.steps(question, today=today)


def _told(workers: Workers, total: int, tell: Callable[[Progress], None] | None) -> Iterator[Asked]:
    """What the workers hand over; once one is taken in, how far the update has come is told."""
    begun = monotonic()
    for number in range(1, total + 1):
        asked = workers.done.get()
        if isinstance(asked, Exception):
            raise asked
        yield asked
        if tell is not None:
            left_s = (monotonic() - begun) / number * (total - number)
            tell(Progress(number, total, asked.question.publisher, asked.question.name, left_s))


def _answered(memory: Mapping[str, Remembered | None], question: Question, today: date) -> bool:
    """Whether a question was answered earlier on the same day, and read as it is read now."""
    before = memory[memory_key(question)]
    return before is not None and before.day == today and before.reader == fingerprint(question)
