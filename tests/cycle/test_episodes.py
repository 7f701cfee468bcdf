"""Expectations as the specification's table has them, and how misses are told."""

from __future__ import annotations

from datetime import date

import pytest

from debtcycle.cycle.episodes import EXPECTATIONS, QE1, episodes
from debtcycle.cycle.verdict import Verdict
from debtcycle.views import View

# Date, gate, verdicts, rung, least mean of the axes: section 6, written out a second time.
TABLE = {
    ("2008-11-28", "on", frozenset({"into_depression"}), None, None),
    ("2010-11-05", "on", frozenset({"into_depression", "mixed"}), None, None),
    ("2012-09-14", "on", frozenset({"into_depression", "mixed"}), None, None),
    ("2019-10-15", "on", frozenset({"mixed", "into_strength"}), 2, None),
    ("2020-03-27", "on", frozenset({"into_depression"}), None, None),
    ("2021-06-30", "on", frozenset({"into_bubble"}), None, None),
    ("1999-12-31", "off", frozenset({"no_stimulus"}), None, 0.25),
    ("2025-11-05", "on", frozenset({"into_bubble"}), None, None),
    ("2025-12-15", "on", frozenset({"into_bubble"}), 2, None),
}


def test_expectations_are_those_written_down():
    found = {
        (e.on.isoformat(), str(e.gate), frozenset(map(str, e.verdicts)), e.rung, e.heat_at_least)
        for e in EXPECTATIONS
    }
    assert found == TABLE
    assert [e.on for e in EXPECTATIONS] == sorted(e.on for e in EXPECTATIONS)


def test_only_the_past_is_replayed_and_each_on_its_own_date(store):
    found = episodes(View(as_of="2012-12-31", store=store))
    assert [e.expectation.on for e in found] == [
        date(1999, 12, 31), QE1, date(2010, 11, 5), date(2012, 9, 14),
    ]  # fmt: skip
    assert all(e.assessment.as_of == e.expectation.on for e in found)
    assert episodes(View(as_of="1999-12-30", store=store)) == ()


def test_a_miss_is_told_with_the_inputs_that_did_it(store):
    for episode in episodes(View(as_of="2026-06-30", store=store)):
        got, expected = episode.assessment, episode.expectation
        assert ("verdict" in episode.misses) is (got.verdict not in expected.verdicts)
        assert ("gate" in episode.misses) is (got.stimulus.gate is not expected.gate)
        assert episode.met is (not episode.misses)
        if "verdict" in episode.misses:
            side = -1.0 if Verdict.INTO_DEPRESSION in expected.verdicts else 1.0
            inputs = {item.anchor.indicator: item for item in got.inputs}
            assert episode.because
            assert all(side * inputs[name].score < 0 for name in episode.because)
            assert all(inputs[name].score is None for name in episode.unknown)
        else:
            assert episode.because == episode.unknown == ()


@pytest.mark.parametrize("name", ["qe1", "essay", "bills2025"])
def test_the_essays_own_poles_come_out(store, name):
    found = {e.expectation.name: e for e in episodes(View(as_of="2026-06-30", store=store))}
    assert found[name].met
