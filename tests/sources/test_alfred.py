"""Vintages out of windows: the stitched history is the truth, and no window's edge is a vintage."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources import alfred, ask_fred, plans
from debtcycle.sources.alfred import Chunk, Spell
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.steps import Question, Request, Steps

DAY = timedelta(days=1)
OPEN = date(9999, 12, 31)
TODAY = date(2026, 9, 15)

State = Mapping[date, float]  # period to figure; a period without figure is absent


def spells_of(days: Sequence[date], states: Sequence[State], dots: bool) -> list[Spell]:
    """What an archive holds: each figure with the days between which it stood.

    With `dots` a withdrawn figure is written as "no figure", as FRED mostly does; without, there
    is nothing for those days.
    """
    found: list[Spell] = []
    for period in sorted({period for state in states for period in state}):
        run: Spell | None = None
        for on, state in zip(days, states, strict=True):
            value = state.get(period, math.nan)
            if run is None or str(run.value) != str(value):
                if run is not None:
                    found.append(Spell(period, run.value, run.start, on - DAY))
                run = Spell(period, value, on, OPEN)
        assert run is not None
        found.append(run)
    return [spell for spell in found if dots or not math.isnan(spell.value)]


def clipped(spells: Sequence[Spell], first: date, last: date) -> Chunk:
    inside = [
        Spell(spell.period, spell.value, max(spell.start, first), min(spell.end, last))
        for spell in spells
        if spell.start <= last and spell.end >= first
    ]
    return Chunk(first, last, tuple(inside))


def true_rows(
    days: Sequence[date], states: Sequence[State], after: date | None = None
) -> list[tuple[date, date, float]]:
    """Rows of a table of changes, straight from the states."""
    rows: list[tuple[date, date, float]] = []
    before: State = {}
    for on, state in zip(days, states, strict=True):
        for period in sorted(before.keys() | state.keys()):
            old, new = before.get(period), state.get(period)
            if old != new and (after is None or on > after):
                rows.append((period, on, math.nan if new is None else new))
        before = state
    return sorted(rows, key=lambda row: row[:2])


def rows_of(part: Parsed | None) -> list[tuple[date, date, float]]:
    if part is None:
        return []
    assert part.vintages is not None
    assert part.exact
    return list(
        zip(part.periods.tolist(), part.vintages.tolist(), part.values.tolist(), strict=True)
    )


def same(one: list[tuple[date, date, float]], other: list[tuple[date, date, float]]) -> bool:
    return str(one) == str(other)


class Archive:
    """FRED's web service for one series, as a function."""

    def __init__(self, days: Sequence[date], spells: Sequence[Spell], cap: int) -> None:
        self.days, self.spells, self.cap = list(days), list(spells), cap
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> bytes:
        self.asked.append(request)
        assert request.keyed
        assert not {"vintage_date", "vintage_dates"} & dict(request.params).keys()
        params = dict(request.params)
        first = date.fromisoformat(params.get("realtime_start", str(TODAY)))
        last = date.fromisoformat(params.get("realtime_end", str(TODAY)))
        offset, limit = int(params["offset"]), int(params["limit"])
        head = {"realtime_start": str(first), "realtime_end": str(last), "offset": offset}
        inside = [on for on in self.days if first <= on <= last]
        if request.path.endswith("/vintagedates"):
            page = [str(on) for on in inside][offset : offset + limit]
            body = {**head, "count": len(inside), "vintage_dates": page}
            return json.dumps(body).encode()
        assert params["output_type"] == "1"
        if len(inside) > self.cap:
            message = "This exceeds the maximum number of vintage dates allowed (2000)."
            return json.dumps({"error_code": 400, "error_message": message}).encode()
        rows = [
            {
                "realtime_start": str(spell.start),
                "realtime_end": str(spell.end),
                "date": str(spell.period),
                "value": "." if math.isnan(spell.value) else repr(spell.value),
            }
            for spell in clipped(self.spells, first, last).spells
        ]
        page_rows = rows[offset : offset + limit]
        body = {**head, "units": "lin", "output_type": 1, "count": len(rows)}
        return json.dumps({**body, "observations": page_rows}).encode()


def driven(steps: Steps, archive: Archive) -> Parsed | None:
    try:
        request = next(steps)
        while True:
            request = steps.send(archive(request))
    except StopIteration as stop:
        (part,) = stop.value or (None,)
        return part


def question(**options: str) -> Question:
    chosen = (("code", "GDP"), ("states", "all"), *options.items())
    return Question(publisher="fred_api", name="GDP", series=("GDP",), options=chosen)


# --- a long archive ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long_world() -> tuple[list[date], list[dict[date, float]]]:
    """5,001 vintages: a period each fortnight, revisions near and far, withdrawals, returns."""
    dice = random.Random(5001)
    days, on = [], date(2005, 1, 3)
    while len(days) < 5001:
        days.append(on)
        on += timedelta(days=dice.choice((1, 1, 1, 3)))
    states: list[dict[date, float]] = []
    state: dict[date, float] = {}
    for number, on in enumerate(days):
        state = dict(state)
        if number % 14 == 0:
            state[on - timedelta(days=20)] = round(100 + dice.random(), 3)
        periods = list(state)
        state[dice.choice(periods[-5:])] = round(100 + dice.random(), 3)
        if number % 10 == 0:
            state[dice.choice(periods)] = round(100 + dice.random(), 3)
        if number % 97 == 0 and len(periods) > 3:
            del state[dice.choice(periods)]
        states.append(state)
    return days, states


@pytest.mark.parametrize("dots", [True, False])
def test_five_thousand_vintages_come_out_as_they_were(long_world, dots: bool) -> None:
    days, states = long_world
    archive = Archive(days, spells_of(days, states, dots), ask_fred.MAX_VINTAGES)
    part = driven(plans.steps(question(), today=TODAY), archive)
    assert same(rows_of(part), true_rows(days, states))
    windows = [r for r in archive.asked if r.path.endswith("/observations")]
    assert len(windows) == 3
    # The first days of the later windows are vintages only of what changed on them.
    edges = {dict(request.params)["realtime_start"] for request in windows[1:]}
    for edge in edges:
        changed = sum(str(row[1]) == edge for row in rows_of(part))
        standing = len(states[days.index(date.fromisoformat(edge))])
        assert 0 < changed < 5 < standing


def test_an_update_asks_only_for_what_is_new(long_world) -> None:
    days, states = long_world
    spells = spells_of(days, states, dots=True)
    for since in (days[-1], days[-2], days[-40] + DAY, days[2999], days[1000]):
        archive = Archive(days, spells, ask_fred.MAX_VINTAGES)
        part = driven(plans.steps(question(since=str(since)), today=TODAY), archive)
        assert same(rows_of(part), true_rows(days, states, after=since)), since
        if since == days[-1]:
            assert len(archive.asked) == 1


def test_pages_of_observations_and_of_days_are_joined(long_world, monkeypatch) -> None:
    days, states = long_world
    monkeypatch.setattr(ask_fred, "_MAX_OBSERVATIONS", 997)
    monkeypatch.setattr(ask_fred, "_MAX_DATES", 499)
    archive = Archive(days, spells_of(days, states, dots=False), ask_fred.MAX_VINTAGES)
    part = driven(plans.steps(question(), today=TODAY), archive)
    assert same(rows_of(part), true_rows(days, states))
    assert sum(r.path.endswith("/vintagedates") for r in archive.asked) == 11


# --- small archives of every kind --------------------------------------------------------------

periods = st.sampled_from([date(2020, month, 1) for month in range(1, 5)])
small_states = st.lists(
    st.dictionaries(periods, st.sampled_from([1.0, 2.0, 3.0]), max_size=4), min_size=1, max_size=9
)


@st.composite
def archives(draw: st.DrawFn) -> tuple[list[date], list[dict[date, float]]]:
    states = draw(small_states)
    gaps = draw(st.lists(st.integers(1, 40), min_size=len(states), max_size=len(states)))
    days, on = [], date(2020, 5, 1)
    for gap in gaps:
        on += timedelta(days=gap)
        days.append(on)
    return days, states


@settings(max_examples=150, deadline=None)
@given(archives(), st.integers(1, 4), st.booleans(), st.data())
def test_any_small_archive_in_any_windows(world, cap: int, dots: bool, data: st.DataObject) -> None:
    days, states = world
    spells = spells_of(days, states, dots)
    since = data.draw(
        st.none() | st.sampled_from(days) | st.sampled_from(days).map(lambda d: d + DAY)
    )
    options = {} if since is None else {"since": str(since)}
    archive = Archive(days, spells, cap)
    steps = ask_fred.ask_service(question(**options), TODAY, cap=cap)
    part = driven(steps, archive)
    assert same(rows_of(part), true_rows(days, states, after=since))
    if part is not None:
        assert set(part.vintages.tolist()) <= set(days)


@given(st.sets(st.dates(date(1990, 1, 1), date(2026, 1, 1)), max_size=60), st.integers(1, 9))
def test_windows_tile_the_time_and_keep_under_the_cap(chosen: set[date], cap: int) -> None:
    days = sorted(chosen)
    got = alfred.windows(days, cap)
    assert len(got) == -(-len(days) // cap)
    assert [sum(first <= on <= last for on in days) for first, last in got[:-1]] == [cap] * (
        len(got) - 1
    )
    assert all(last + DAY == following for (_, last), (following, _) in itertools.pairwise(got))
    if got:
        assert (got[0][0], got[-1][1]) == (days[0], OPEN)


# --- what FRED really sent ---------------------------------------------------------------------


def test_a_recorded_archive_in_one_window_and_in_many(shared_data) -> None:
    folder = shared_data / "api_samples" / "fred"
    whole = alfred.parse_observations(
        (folder / "series_observations_all_vintages.json").read_bytes(), "GDP"
    )
    days, count = alfred.parse_vintage_dates(
        (folder / "series_vintagedates.json").read_bytes(), "GDP"
    )
    assert (len(days), count, whole.count) == (393, 393, 3199)
    one = alfred.stitch("GDP", [alfred.chunk_of([whole], "GDP")], days, "GDP")
    assert one is not None
    for cap in (392, 100, 7):
        chunks = [clipped(whole.spells, *window) for window in alfred.windows(days, cap)]
        assert same(rows_of(alfred.stitch("GDP", chunks, days, "GDP")), rows_of(one))
    # First published in April 2020, revised in May; both from the recorded body.
    first = [row for row in rows_of(one) if row[0] == date(2020, 1, 1)][:2]
    assert first == [
        (date(2020, 1, 1), date(2020, 4, 29), 21537.94),
        (date(2020, 1, 1), date(2020, 5, 28), 21534.907),
    ]
    # A "." stands for a figure that was withdrawn, never for zero.
    opening = [row for row in rows_of(one) if row[0] == date(1946, 1, 1)]
    assert [str(row[2]) for row in opening] == ["199.7", "nan", "210.4", "nan"]


def test_a_recorded_state_and_another_kind_of_output(shared_data) -> None:
    folder = shared_data / "api_samples" / "fred"
    page = alfred.parse_observations((folder / "series_observations.json").read_bytes(), "GDP")
    part = alfred.parse_state("GDP", [page], "GDP")
    assert part.retrieved == date(2024, 10, 30)
    assert np.isnan(part.values[:4]).all()
    assert part.values[4] == 243.164
    other = (folder / "series_observations_output_type4_initial_release.json").read_bytes()
    with pytest.raises(SchemaChanged) as caught:
        alfred.parse_observations(other, "GDP")
    assert caught.value.message_id == "source.word"


# --- refusals ----------------------------------------------------------------------------------

A, B = date(2020, 6, 1), date(2020, 7, 1)
P = date(2020, 1, 1)


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ([Chunk(A, OPEN, (Spell(P, 1.0, A + DAY, OPEN),))], "source.vintage"),
        ([Chunk(A, OPEN, (Spell(P, 1.0, A, B), Spell(P, 2.0, B, OPEN)))], "source.duplicate"),
        ([Chunk(A, B, ()), Chunk(B, OPEN, ())], "source.pages"),
    ],
)
def test_contradictions_of_windows_are_refused(chunks, message: str) -> None:
    with pytest.raises(SchemaChanged) as caught:
        alfred.stitch("X", chunks, (A, B), "X")
    assert caught.value.message_id == message


def body(**change: object) -> bytes:
    row = {"realtime_start": str(A), "realtime_end": str(B), "date": str(P), "value": "1.5"}
    whole = {"realtime_start": str(A), "realtime_end": str(OPEN), "count": 1, "offset": 0}
    return json.dumps({**whole, "observations": [row], **change}).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (body(units="pch"), "source.word"),
        (body(realtime_start=str(B)), "source.vintage"),
        (body(observations=None), "source.column"),
        (body(observations=[{"date": str(P)}]), "source.column"),
        (body(count="1"), "source.column"),
        (body(count=True), "source.column"),
        (b'{"error_code":400,"error_message":"Bad Request."}', "source.answer"),
        (b"<!DOCTYPE html><html></html>", "source.html"),
        (body().replace(b'"1.5"', b'"1,5"'), "source.row"),
        (body().replace(b'"1.5"', b"NaN"), "source.json"),
        (b"[1]", "source.column"),
    ],
)
def test_changed_answers_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        alfred.parse_observations(data, "X")
    assert caught.value.message_id == message


def test_a_state_that_changes_between_its_pages_is_refused() -> None:
    page = alfred.parse_observations(body(count=2), "X")
    later = alfred.parse_observations(body(count=3, offset=1), "X")
    for pages in ([page], [page, later]):
        with pytest.raises(SchemaChanged) as caught:
            alfred.chunk_of(pages, "X")
        assert caught.value.message_id == "source.pages"
    with pytest.raises(SchemaChanged) as caught:
        alfred.parse_state("X", [alfred.parse_observations(body(), "X")], "X")
    assert caught.value.message_id == "source.vintage"


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (["2020-06-01", "2020-06-01"], "source.order"),
        (["2020-06-01", "2020-05-01"], "source.order"),
        (["June"], "source.date"),
        ([20200601], "source.date"),
        (None, "source.column"),
    ],
)
def test_days_of_publication_are_days_in_order(days, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        alfred.parse_vintage_dates(json.dumps({"vintage_dates": days, "count": 1}).encode(), "X")
    assert caught.value.message_id == message
