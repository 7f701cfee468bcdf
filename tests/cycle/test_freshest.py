"""The newest full answer: as a search day by day finds it, and in few looks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from debtcycle.cycle import freshest as room
from debtcycle.cycle.assess import assess
from debtcycle.cycle.freshest import freshest, is_full
from debtcycle.indicators.model import Status
from debtcycle.store import Store
from debtcycle.views import View


def day_by_day(view, days=400):
    for back in range(days + 1):
        day = view.as_of - timedelta(days=back)
        if is_full(assess(view.at(day))):
            return day
    return None


@pytest.mark.parametrize("today", ["2026-11-22", "2026-03-20", "2014-01-10", "2009-03-15"])
def test_it_finds_what_a_search_day_by_day_finds(store, today, monkeypatch):
    view = View(as_of=today, store=store)
    looks = []
    monkeypatch.setattr(room, "assess", lambda v: looks.append(v.as_of) or assess(v))
    found = freshest(view)
    assert found == day_by_day(view)
    assert len(looks) <= 2 * room.MAX_LOOKS
    assert max(looks) <= view.as_of


def test_a_full_answer_has_nothing_stale_and_nothing_open(store):
    view = View(as_of="2026-11-22", store=store)
    got = assess(view.at(freshest(view)))
    assert None not in got.axis_scores
    assert all(i.reading.status is not Status.STALE for i in got.inputs)


def test_long_after_the_last_figures_the_newest_verdict_is_taken(store):
    found = freshest(View(as_of="2029-06-30", store=store))
    got = assess(View(as_of=found, store=store))
    assert got.verdict.value != "unknown"
    assert found < date(2027, 6, 30)


def test_with_nothing_in_the_store_it_is_the_day_itself(tmp_path):
    with Store.create(tmp_path / "empty.sqlite") as empty:
        assert freshest(View(as_of="2025-11-05", store=empty)) == date(2025, 11, 5)
        assert freshest(View(as_of="1920-06-01", store=empty)) == date(1920, 6, 1)


def test_before_the_gate_is_known_its_figures_lead_the_way(store):
    # Axes may be there while the policy rate is stale: then its series says where to look.
    view = View(as_of="2027-12-31", store=store)
    got = assess(view)
    back = room._still_fresh(view, got)
    assert back
    assert all(np.datetime64(day) < view.day for day in back)
