"""Law 2 for the opening state: no later figure moves it, and a leak would be seen."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from debtcycle.machine.opening import EARLIEST, Opening, desk, from_data
from debtcycle.store import Store
from debtcycle.views import View
from futures import Poisoned, Truncated, differences

ALWAYS = (
    date(1999, 12, 31),
    date(2008, 11, 28),
    date(2013, 10, 20),  # inside a shutdown
    date(2019, 10, 15),
    date(2025, 12, 15),
)


def _days(count: int, seed: int) -> list[date]:
    draw = random.Random(seed)
    span = (date(2026, 4, 30) - EARLIEST).days / count
    return [EARLIEST + timedelta(days=int(span * (n + draw.random()))) for n in range(count)]


def _outputs(store: Any, day: date) -> dict[str, Opening]:
    return {"opening": from_data(View(as_of=day, store=store))}


@pytest.mark.parametrize("day", [*ALWAYS, *_days(12, seed=1999)], ids=str)
def test_later_data_moves_no_opening(edition_store: Store, day: date) -> None:
    for other in (Truncated(edition_store, day), Poisoned(edition_store, day)):
        assert not differences(edition_store, other, day, _outputs)


def test_the_same_view_gives_the_same_opening_twice(edition_store: Store) -> None:
    view = View(as_of="2019-10-15", store=edition_store)
    assert from_data(view) == from_data(view)
    assert from_data(view) == from_data(View(as_of="2019-10-15", store=edition_store))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_planted_leak_is_caught(edition_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readings from a view of a week later, as if the date were only a label."""
    day = date(2019, 10, 15)
    truncated = Truncated(edition_store, day)
    assert not differences(edition_store, truncated, day, _outputs), "clean before"
    honest = desk.Desk.__init__

    def leaky(self: Any, view: View, assumptions: Any) -> None:
        later = View(as_of=view.as_of + timedelta(days=7), store=view.store)
        honest(self, later, assumptions)

    monkeypatch.setattr(desk.Desk, "__init__", leaky)
    assert differences(edition_store, truncated, day, _outputs), "the leak goes unseen"
