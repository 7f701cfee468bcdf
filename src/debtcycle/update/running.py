"""The update: workers ask, one hand writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic
from types import MappingProxyType
from typing import Protocol

import msgspec

from debtcycle.catalogue import Catalogue
from debtcycle.errors import SourceError
from debtcycle.intake import Payload, Taken, answer_again, doubted, last_mark, reader_of, take
from debtcycle.network import Client
from debtcycle.sources import plans
from debtcycle.sources.steps import Part, Question, Steps
from debtcycle.store import Store
from debtcycle.store.writing import Addition
from debtcycle.update.asking import ORIGIN, Asked, Remembered, ask, memory_key
from debtcycle.update.records import Outcome, Progress, Result, Summary
from debtcycle.update.workers import Workers

__all__ = ["Take", "update"]

_MOST_FACTS = 64
_NOTHING: Mapping[str, str] = MappingProxyType({})


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

    def keep(
        self, question: Question, remember: Remembered, facts: Mapping[str, str] = _NOTHING
    ) -> None:
        """Keep what is to be remembered of a question, and other facts with it."""
        self._facts[memory_key(question)] = msgspec.json.encode(remember).decode()
        self._facts |= facts
        if len(self._facts) >= _MOST_FACTS:
            self.write()

    def write(self) -> None:
        """Write what is kept."""
        if self._facts:
            self._store.add(Addition(batch=False, facts=self._facts))
            self._facts = {}


@dataclass(frozen=True, slots=True)
class _Run:
    """What an update works with."""

    store: Store
    memory: _Memory
    taking: Take
    catalogue: Catalogue
    today: date


def _result(run: _Run, asked: Asked) -> Result:
    """Take in what came of a question."""
    question, today = asked.question, run.today
    if asked.error is not None:
        over = asked.error.message_id == "network.run"
        return Result(question, Outcome.POSTPONED if over else Outcome.FAILED, error=asked.error)
    # An answer of last time that is still doubted is no good news the second time.
    taken = Taken() if asked.bodies else Taken(quarantined=doubted(run.store, question))
    if asked.bodies:
        payload = Payload(
            ORIGIN, question, question.name, asked.bodies, asked.fetched_at, asked.refused
        )
        try:
            taken = run.taking(
                run.store,
                payload,
                asked.parts,
                catalogue=run.catalogue,
                fetched=today,
                today=today,
            )
        except SourceError as error:
            return Result(question, Outcome.FAILED, error=error)
    remember = asked.remember
    if remember is not None:
        if taken.quarantined:
            # Asked in full the next time: what is doubted today may be explained tomorrow.
            remember = Remembered(remember.day, remember.reader)
        # An answer that was not read was one all the same: nothing new was there on that day.
        facts = _NOTHING if asked.bodies else answer_again(run.store, question, today)
        run.memory.keep(question, remember, facts)
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
        differing=taken.differing,
    )


def _of_before(store: Store, question: Question) -> Result:
    """What is told of a question that was answered earlier on the same day."""
    held = doubted(store, question)
    return Result(question, Outcome.QUARANTINED if held else Outcome.KNOWN, quarantined=held)


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
        before = {memory_key(item): _recalled(store, item) for item in questions}
        marks = {memory_key(item): last_mark(store, item) for item in questions}
        todo = [item for item in questions if fresh or not _answered(before, item, today)]
        results = {memory_key(i): _of_before(store, i) for i in questions if i not in todo}

        def asking(item: Question) -> Asked:
            key = memory_key(item)
            return ask(client, item, making, today=today, before=before[key], mark=marks[key])

        run = _Run(store, _Memory(store), taking, catalogue, today)
        interrupted = _taken_in(run, client, Workers(asking, todo), len(todo), tell, results)
    found = (results.get(memory_key(item)) for item in questions)
    return Summary(today, tuple(item for item in found if item is not None), interrupted)


def _taken_in(
    run: _Run,
    client: Client,
    workers: Workers,
    total: int,
    tell: Callable[[Progress], None] | None,
    results: dict[str, Result],
) -> bool:
    """Take in what the workers bring; whether the user interrupted it."""
    try:
        for asked in _told(workers, total, tell):
            results[memory_key(asked.question)] = _result(run, asked)
    except KeyboardInterrupt:
        client.stop()
        return True
    finally:
        workers.end()
        run.memory.write()
    return False


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
    return before is not None and before.day == today and before.reader == reader_of(question)
