"""Workers: who asks whom at the same time, and when a publisher is given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from queue import Empty, Full, Queue
from threading import Event, Thread

from debtcycle.errors import ConfigError, DebtcycleError, SourceError
from debtcycle.sources.steps import Question
from debtcycle.update.asking import Asked

__all__ = ["Lane", "Workers", "lanes_of"]

Lane = tuple[tuple[Question, ...], ...]

_WORKERS = 2
_WAITING = 4  # answers that wait for the hand that writes; more would only fill memory
# Faults of an address, not of a question: after as many in a row the rest is not asked. Answers
# that never end are among them: each takes a question's whole time from those of others.
_HOPELESS = frozenset({"refused", "name", "tls", "proxy", "key", "timeout"})
_MOST_HOPELESS = 2


def _hopeless(error: DebtcycleError) -> bool:
    """Whether an error is likely to be that of every question to the publisher."""
    return error.message_id.removeprefix("network.") in _HOPELESS


def lanes_of(questions: Sequence[Question]) -> tuple[Lane, ...]:
    """Questions by publisher; those that fill the same series stand in one lane.

    They are asked one after the other, so that what is stored does not depend on who is faster.
    """
    lanes: list[tuple[set[str], dict[str, list[Question]]]] = []
    for question in questions:
        series, publishers = set(question.series), {question.publisher: [question]}
        apart = []
        # Whatever the question has in common with several lanes makes one lane of them.
        for lane in lanes:
            if lane[0].isdisjoint(series) and question.publisher not in lane[1]:
                apart.append(lane)
                continue
            series |= lane[0]
            merged = {name: list(items) for name, items in lane[1].items()}
            for name, items in publishers.items():
                merged.setdefault(name, []).extend(items)
            publishers = merged
        lanes = [*apart, (series, publishers)]
    order = list(dict.fromkeys(item.publisher for item in questions))
    found = [tuple(tuple(lane[name]) for name in order if name in lane) for _, lane in lanes]
    return tuple(sorted(found, key=lambda lane: order.index(lane[0][0].publisher)))


class Workers:
    """Threads that ask publishers, each a lane at a time, and hand over what came of it."""

    def __init__(self, asking: Callable[[Question], Asked], questions: Sequence[Question]) -> None:
        self._ask = asking
        self._stop = Event()
        self._todo: Queue[Lane] = Queue()
        self.done: Queue[Asked | Exception] = Queue(_WAITING)
        lanes = lanes_of(questions)
        for lane in lanes:
            self._todo.put(lane)
        # Daemons: one that hangs on the wire must not keep an interrupted program alive.
        self._threads = [
            Thread(target=self._work, daemon=True) for _ in range(min(_WORKERS, len(lanes)))
        ]
        for thread in self._threads:
            thread.start()

    def _hand_over(self, found: Asked | Exception) -> None:
        while not self._stop.is_set():
            try:
                self.done.put(found, timeout=0.1)
            except Full:
                continue
            return

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                for questions in self._todo.get_nowait():
                    self._publisher(questions)
        except Empty:
            return
        except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
            self._hand_over(error)

    def _asked(self, question: Question) -> Asked:
        """What came of a question; one too large for the memory is a failure like others."""
        try:
            return self._ask(question)
        except MemoryError:
            pass
        # Out here nothing holds what filled the memory any more.
        return _unasked(question, SourceError("source.memory", name=question.name))

    def _publisher(self, questions: Sequence[Question]) -> None:
        in_a_row = 0
        given_up: DebtcycleError | None = None
        for question in questions:
            if self._stop.is_set():
                return
            if given_up is not None:
                self._hand_over(_unasked(question, given_up))
                continue
            found = self._asked(question)
            if found.error is not None:
                in_a_row = in_a_row + 1 if _hopeless(found.error) else 0
                over = found.error.message_id == "network.run"
                if over or in_a_row >= _MOST_HOPELESS or isinstance(found.error, ConfigError):
                    given_up = found.error
            else:
                in_a_row = 0
            self._hand_over(found)

    def end(self) -> None:
        """Ask nothing more; a request that is under way is left to itself."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=0.5)


def _unasked(question: Question, error: DebtcycleError) -> Asked:
    return Asked(question, datetime.now(UTC), error=error)
