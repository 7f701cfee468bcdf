"""When which publisher last told what it has of a series: the store's memory of its answers.

For each series and publisher the store remembers the last two days with an answer, also where it
brought nothing. A day that is not over may still be completed, so only days before today count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from debtcycle.sources.publishers import load_publishers
from debtcycle.sources.steps import Question
from debtcycle.store import Store
from debtcycle.store.floors import Floors

__all__ = ["PREFIX", "answered", "floors_of", "house_of", "later_of", "seen_vintage", "vintage_key"]

PREFIX = "seen/"
_FILES = "file"


def house_of(question: Question | None) -> str:
    """Who answers: publishers of the same series are one; files are one of their own."""
    if question is None:
        return _FILES
    known = load_publishers().get(question.publisher)
    return (None if known is None else known.same_as) or question.publisher


def vintage_key(series: str) -> str:
    """Under which the day of the newest exact vintage taken in is remembered."""
    return f"vintage/{series}"


def seen_vintage(store: Store, series: str) -> date | None:
    """Day of the newest exact vintage of a series taken in, whatever its rows are dated by."""
    return _days(store.memory(vintage_key(series)) or "")[0]


def _days(text: str) -> tuple[date | None, date | None]:
    """Newest day and the one before; nothing where the text is not what was written."""
    try:
        found = [date.fromisoformat(word) for word in text.split()]
    except ValueError:
        found = []
    newest, before = [*found, None, None][:2]
    return newest, before


def _earlier(text: str, today: date) -> date | None:
    """The last day before today."""
    return max((day for day in _days(text) if day is not None and day < today), default=None)


def floors_of(store: Store, house: str, series: str, today: date) -> Floors:
    """Days of earlier answers about a series.

    A file heeds them inside of the held history, and is none itself: it may be an excerpt, and
    that it lacked something says nothing.
    """
    start = f"{PREFIX}{series}/"
    memories = store.memories(start)
    found = {key: _earlier(text, today) for key, text in memories.items()}
    inside = max((day for day in found.values() if day is not None), default=None)
    # Who told the whole history once adds nothing to it that was there at any answer since.
    told = found.get(f"{start}{house}") is not None
    others = [
        day
        for key, text in memories.items()
        if key != f"{start}{house}" and (day := _days(text)[0]) is not None and day <= today
    ]
    return Floors(inside if told else None, inside, max(others, default=None))


def answered(store: Store, house: str, series: Iterable[str], on: date) -> Mapping[str, str]:
    """Facts to remember of an answer; of days in the past only the newest counts."""
    facts: dict[str, str] = {}
    for name in series:
        key = f"{PREFIX}{name}/{house}"
        newest, _ = _days(store.memory(key) or "")
        if newest is None or newest < on:
            facts[key] = f"{on}" if newest is None else f"{on} {newest}"
    return facts


def later_of(one: str, other: str) -> str:
    """Of two memories of one answer the one that reaches further."""
    days = (_days(text)[0] or date.min for text in (one, other))
    return max(zip(days, (one, other), strict=True))[1]
