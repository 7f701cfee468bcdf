"""What changed since the last answer: kept states against a second computation, and its causes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.cycle import changes as room
from debtcycle.cycle.changes import Item, Kind, Since, Told, items_of, next_seen, since
from debtcycle.cycle.changes.causes import arrivals_of
from debtcycle.cycle.changes.items import AXIS_STEP, GAUGE_STEP, differs
from debtcycle.cycle.changes.model import Arrival, Change, Moved, News, ProgramChange
from debtcycle.cycle.judgement import Judgement, judge
from debtcycle.errors import ConfigError, StoreError
from debtcycle.i18n import LANGUAGES
from debtcycle.indicators.model import Reading, Status
from debtcycle.report.build import words_of
from debtcycle.report.plain import cell_width
from debtcycle.report.since.as_json import since_json
from debtcycle.report.since.text import since_text
from debtcycle.store import Basis, Rows, Store
from debtcycle.store.past import PastStore, RevisedStore
from debtcycle.views import View

THEN, NOW = "2026-03-20", "2026-04-20"


@cache
def judged(store: Store, day: str) -> tuple[View, Judgement]:
    view = View(as_of=day, store=store)
    return view, judge(view, record=False)


@pytest.fixture(scope="module")
def grown(edition_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The edition and, after it, a second batch: unemployment revised upwards, and a new month."""
    import shutil

    folder = tmp_path_factory.mktemp("grown")
    path = folder / "store.sqlite"
    for end in ("", "-wal", "-shm"):
        beside = edition_store.path.with_name(edition_store.path.name + end)
        if beside.exists():
            shutil.copy(beside, path.with_name(path.name + end))
    periods = np.array(["2025-12-01", "2026-01-01", "2026-03-01"], dtype="M8[D]")
    known, basis = np.full(3, np.datetime64("2026-04-10")), np.full(3, int(Basis.VINTAGE), "i1")
    with Store(path) as store:
        added = Rows(periods, known, np.array([5.9, 6.0, 6.4]), basis)
        store.append("generated", "0" * 64, {"UNRATE": added})
        yield store


@pytest.fixture(scope="module")
def told(grown: Store) -> tuple[Store, Since]:
    """What is said on 20 April after a look on 20 March, before the second batch."""
    with PastStore(grown, 1) as past:
        seen = next_seen(*judged(past, THEN))
    view, judgement = judged(grown, NOW)
    return grown, since(seen, view, judgement)


# --- stores of the past ---------------------------------------------------------------------
def test_a_store_of_the_past_is_the_one_that_was(edition_store: Store, grown: Store):
    with PastStore(grown, 1) as past:
        assert past.batches() == grown.batches()[:1]
        for name in edition_store.series:
            was, now = past.rows(name), edition_store.rows(name)
            for column in ("periods", "known_from", "values", "basis"):
                np.testing.assert_array_equal(getattr(was, column), getattr(now, column))
        assert past.documents("announcement") == edition_store.documents("announcement")
        assert len(grown.rows("UNRATE")) > len(past.rows("UNRATE"))


def test_the_past_is_not_written_and_has_no_more_than_it_had(grown: Store):
    with PastStore(grown, 2) as past, pytest.raises(StoreError) as refused:
        past.append("x", "0" * 64, {})
    assert refused.value.message_id == "store.readonly"
    with pytest.raises(StoreError):
        PastStore(grown, 3)
    with PastStore(grown, 0) as nothing:
        assert len(nothing.rows("UNRATE")) == 0


def test_revisions_alone_reach_the_earlier_date(grown: Store):
    then, now = np.datetime64(THEN), np.datetime64(NOW)
    with PastStore(grown, 1) as past, RevisedStore(grown, 1, then=then, now=now) as half:
        before, after = past.rows("UNRATE").as_of(then), half.rows("UNRATE").as_of(then)
        np.testing.assert_array_equal(before.periods, after.periods)
        moved = dict(zip(after.periods.astype(str), after.values, strict=True))
        assert (moved["2025-12-01"], moved["2026-01-01"]) == (5.9, 6.0)
        assert "2026-03-01" not in moved
        # Nothing was revised in a series of market yields.
        np.testing.assert_array_equal(past.rows("DGS10").values, half.rows("DGS10").values)


# --- what is kept, against what is computed again -------------------------------------------
@pytest.mark.parametrize("day", ["2008-11-28", "2026-03-20"])
def test_what_is_kept_is_what_the_past_says_again(grown: Store, edition_store: Store, day: str):
    kept = next_seen(*judged(edition_store, day))
    with PastStore(grown, kept.batches) as past:
        again = {item.key: item for item in items_of(judged(past, day)[1])}
    assert len(kept.items) == len(again) > 60
    for item in kept.items:
        assert (again[item.key].state, again[item.key].value) == (item.state, item.value)


def test_nothing_new_is_no_change(grown: Store):
    view, judgement = judged(grown, NOW)
    seen = next_seen(view, judgement)
    found = since(seen, view, judgement)
    assert found == Since(date(2026, 4, 20), date(2026, 4, 20), ())
    assert not found.anything
    assert since_text(found, words_of("en")).count("\n") == 1


def test_a_change_names_the_reading_the_figure_and_what_is_revision(told):
    store, found = told
    axis = next(c for c in found.changes if (c.item.kind, c.item.name) == (Kind.AXIS, "growth"))
    assert axis.told.value is not None
    assert axis.item.value is not None
    assert axis.item.value < axis.told.value - AXIS_STEP
    moved = next(m for m in axis.moved if m.now.indicator == "unemployment_gap")
    figures = {(a.period, a.news): a for a in moved.arrivals if a.series == "UNRATE"}
    january = figures[date(2026, 1, 1), News.REVISED]
    assert january.now == 6.0
    assert january.known_from == date(2026, 4, 10)
    then = store.rows("UNRATE").as_of(np.datetime64(THEN))
    place = then.periods.astype(str).tolist().index("2026-01-01")
    assert (january.was, january.was_known_from) == (
        then.values[place], then.known_from[place].item(),
    )  # fmt: skip
    march = figures[date(2026, 3, 1), News.NEW]
    assert (march.now, march.was_period) == (6.4, date(2026, 2, 1))
    assert not march.late


def test_parts_add_up_to_the_whole_change(told):
    _, found = told
    parts = 0
    for change in found.changes:
        for moved in change.moved:
            if moved.by_revision is None or moved.by_new is None:
                assert not moved.now.known or not moved.was.known or moved.by_revision is None
                continue
            whole = moved.now.value - moved.was.value
            assert moved.by_revision + moved.by_new == pytest.approx(whole, abs=1e-9)
            parts += moved.by_revision != 0
    assert parts >= 1, "the ten-year mean of unemployment was revised"


def test_the_part_of_the_revision_is_found_another_way(told):
    # Unemployment minus its mean of 120 months: on 20 March the last month is February 2026, so
    # that revisions of December and January move the mean alone.
    store, found = told
    moved = next(m for c in found.changes for m in c.moved if m.now.indicator == "unemployment_gap")
    rows = store.rows("UNRATE").as_of(np.datetime64(THEN))
    held = dict(zip(rows.periods.astype(str).tolist(), rows.values.tolist(), strict=True))
    assert max(held) == "2026-02-01"
    window = {period: value for period, value in held.items() if period > "2016-02-01"}
    revised = window | {"2025-12-01": 5.9, "2026-01-01": 6.0}
    mean, again = (sum(w.values()) / len(w) for w in (window, revised))
    assert len(window) == 119, "October 2025 does not exist"
    assert moved.was.value == pytest.approx(held["2026-02-01"] - mean, abs=1e-9)
    assert moved.by_revision == pytest.approx(mean - again, abs=1e-9)


def test_late_figures_are_called_late(grown: Store):
    # Looked at on 20 April before the file came in, and again on the same day after it.
    with PastStore(grown, 1) as past:
        seen = next_seen(*judged(past, NOW))
    view, judgement = judged(grown, NOW)
    found = since(seen, view, judgement)
    arrivals = [a for c in found.changes for m in c.moved for a in m.arrivals]
    assert {a.series for a in arrivals} == {"UNRATE"}
    assert all(a.late for a in arrivals)
    assert "late" in since_text(found, words_of("en"))


def test_another_store_is_said_and_nothing_is_made_up(grown: Store):
    view, judgement = judged(grown, NOW)
    seen = msgspec.structs.replace(next_seen(view, judgement), digest="0" * 64)
    seen = _with_state(seen, Kind.VERDICT, "mixed")
    found = since(seen, view, judgement)
    assert found.other_store
    assert [(c.told.state, c.moved) for c in found.changes] == [("mixed", ())]


def _with_state(seen: room.Seen, kind: Kind, state: str) -> room.Seen:
    items = tuple(
        msgspec.structs.replace(item, state=state) if item.kind is kind else item
        for item in seen.items
    )
    return msgspec.structs.replace(seen, items=items)


def test_what_the_program_changed_is_no_news(grown: Store):
    view, judgement = judged(grown, NOW)
    seen = _with_state(next_seen(view, judgement), Kind.VERDICT, "mixed")
    other = msgspec.structs.replace(seen, version="0.0.1")
    found = since(other, view, judgement)
    assert found.changes == ()
    assert found.program is not None
    assert [c.item.kind for c in found.program.changes] == [Kind.VERDICT]
    text = since_text(found, words_of("en"))
    assert "0.0.1" in text
    # With the same program the same difference is news.
    assert [c.item.kind for c in since(seen, view, judgement).changes] == [Kind.VERDICT]
    # Other rules under the same version count as another program too.
    rules = since(msgspec.structs.replace(seen, method="x"), view, judgement)
    assert rules.program is not None
    assert rules.program.was == rules.program.now


# --- figures against dictionaries ------------------------------------------------------------
figures = st.dictionaries(
    st.integers(0, 40), st.sampled_from([1.0, 2.0, 2.5, float("nan")]), max_size=12
)


def rows_of(held: dict[int, float], known: int) -> Rows:
    days = np.array(sorted(held), dtype="i8")
    values = np.array([held[day] for day in sorted(held)], dtype="f8")
    return Rows(days.astype("M8[D]"), (days + known).astype("M8[D]"), values,
                np.zeros(len(days), "i1"))  # fmt: skip


@given(figures, figures)
def test_arrivals_are_the_difference_of_two_dictionaries(before, after):
    found = arrivals_of(
        "X", "usd_bn", rows_of(before, 1), rows_of(after, 2), np.datetime64(20, "D")
    )

    def there(held: dict[int, float], day: int) -> float | None:
        value = held.get(day)
        return None if value is None or np.isnan(value) else value

    wanted = {}
    for day in after:
        was, now = there(before, day), there(after, day)
        if was == now:
            continue
        wanted[day] = News.NEW if was is None else News.WITHDRAWN if now is None else News.REVISED
    number = {a: int(np.datetime64(a.period, "D").astype(int)) for a in found}
    assert {number[a]: a.news for a in found} == wanted
    assert list(number.values()) == sorted(wanted, reverse=True)
    for a in found:
        assert a.now == there(after, number[a])
        if a.news is not News.NEW:
            assert a.was == there(before, number[a])
        elif a.was_period is not None:
            assert a.was_period < a.period
        assert a.late == (number[a] + 2 <= 20)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_a_drift_is_told_once_it_has_come_a_step(values):
    last, told = values[0], 0
    kept = Told(Kind.GAUGE, "price", None, values[0], date(2026, 1, 1))
    for value in values[1:]:
        item = Item(Kind.GAUGE, "price", None, value, ())
        if differs(item, kept):
            assert abs(value - last) >= GAUGE_STEP
            kept, last, told = (
                Told(Kind.GAUGE, "price", None, value, date(2026, 1, 2)),
                value,
                told + 1,
            )
        assert abs(value - last) < GAUGE_STEP
    assert (told > 0) == (any(abs(v - values[0]) >= GAUGE_STEP for v in values))


def test_a_gauge_keeps_what_was_told_of_it_until_it_moves_enough(grown: Store):
    view, judgement = judged(grown, NOW)
    seen = next_seen(view, judgement)
    near = tuple(
        msgspec.structs.replace(i, value=i.value - 4.9, on=date(2026, 1, 1))
        if i.kind is Kind.GAUGE and i.value is not None else i
        for i in seen.items
    )  # fmt: skip
    before = msgspec.structs.replace(seen, items=near)
    after = {item.key: item for item in next_seen(view, judgement, before).items}
    for item in near:
        assert after[item.key].on == item.on
        assert after[item.key].value == item.value
    assert since(before, view, judgement).changes == ()


# --- the kept file ---------------------------------------------------------------------------
def test_what_is_kept_is_read_back_whole_or_not_at_all(grown: Store, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("DEBTCYCLE_STATE", str(tmp_path / "state" / "deep"))
    path = room.seen_path(grown)
    assert room.read_seen(path) == (None, None)
    seen = next_seen(*judged(grown, NOW))
    room.write_seen(path, seen)
    assert room.read_seen(path) == (seen, None)
    assert path.stat().st_mode & 0o077 == 0
    other = msgspec.structs.replace(seen, version="9")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("debtcycle.cycle.changes.seen.os.fsync", fail)
    with pytest.raises(ConfigError) as refused:
        room.write_seen(path, other)
    assert refused.value.message_id == "since.unwritable"
    assert room.read_seen(path) == (seen, None)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[1, 2]", b"x" * (2 << 20)])
def test_a_broken_file_is_set_aside(tmp_path: Path, content: bytes):
    path = tmp_path / "seen.json"
    path.write_bytes(content)
    aside = tmp_path / "seen.json.broken"
    assert room.read_seen(path) == (None, aside)
    assert (aside.read_bytes(), path.exists()) == (content, False)
    assert room.read_seen(path) == (None, None)


def test_what_cannot_be_read_or_set_aside_is_refused_and_named(tmp_path: Path):
    folder, broken = tmp_path / "folder.json", tmp_path / "seen.json"
    folder.mkdir()
    broken.write_bytes(b"{")
    (tmp_path / "seen.json.broken").mkdir()
    for path in (folder, broken):
        with pytest.raises(ConfigError) as refused:
            room.read_seen(path)
        assert refused.value.message_id == "since.unreadable"


def test_stores_are_kept_apart(tmp_path: Path, monkeypatch, grown: Store, edition_store: Store):
    monkeypatch.setenv("DEBTCYCLE_STATE", str(tmp_path))
    assert room.seen_path(grown) != room.seen_path(edition_store)
    assert room.seen_path(grown).parent == tmp_path


# --- words -----------------------------------------------------------------------------------
def _every_state(judgement: Judgement) -> tuple[Change, ...]:
    """A change of every item, to and from states that they can have."""
    states = {
        Kind.VERDICT: ("into_bubble", "into_strength", "into_depression", "mixed", "no_stimulus"),
        Kind.AXES_VERDICT: ("unknown",),
        Kind.GATE: ("on", "off", "unknown"),
        Kind.RUNG: ("0", "1", "2", "3", "4", "unknown"),
        Kind.STAGE: ("sound_money", "debt_bubble", "top", "deleveraging", "crisis_recedes",
                     "transition", "unknown"),
        Kind.POLICY: ("mp1", "mp2", "mp3", "unknown"),
        Kind.LAMP: ("lit", "dark", "unknown"),
        Kind.CLAIM: ("true", "false", "unknown", "untestable"),
    }  # fmt: skip
    made = []
    for item in items_of(judgement):
        for state in states.get(item.kind, (None,)):
            value = 0.5 if state is None else None
            was = Told(item.kind, item.name, state, value, date(2026, 1, 1))
            moved = tuple(Moved(r, r, 0.5, -0.25, ()) for r in item.readings)
            made.append(Change(was, item, moved))
    return tuple(made)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_that_can_be_told_has_words(grown: Store, lang: str):
    judgement = judged(grown, NOW)[1]
    changes = _every_state(judgement)
    program = ProgramChange("1", "2", changes[:3])
    found = Since(date(2026, 1, 1), date(2026, 4, 20), changes, program,
                  announced=View(as_of=NOW, store=grown).announcements())  # fmt: skip
    text = since_text(found, words_of(lang))
    assert "since." not in text
    assert max(map(cell_width, text.splitlines())) <= 100
    assert any("一" <= c <= "鿿" for c in text) == (lang == "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("news", list(News))
def test_every_kind_of_news_has_words(lang: str, news: News):
    reading = Reading("core_pce_gap", "pp", 1.0)
    gone = Reading("core_pce_gap", "pp", None, Status.STALE)
    day = date(2026, 1, 1)
    arrival = Arrival("ICSA", "number", news, day, day, 225000.0, day, 226000.0, day, True)
    first = Arrival("ICSA", "number", News.NEW, day, None, None, None, 226000.0, day, False)
    item = Item(Kind.VERDICT, "", "mixed", None, (reading,))
    moved = (
        Moved(reading, gone, None, None, (arrival, first)),
        Moved(Reading("cape", "ratio", 1.0), Reading("cape", "ratio", 2.0), 0.0, 1.0, ()),
        Moved(Reading("pce_gap", "pp", 1.0), Reading("pce_gap", "pp", None, Status.STALE),
              None, None, ()),
    )  # fmt: skip
    change = Change(Told(Kind.VERDICT, "", "unknown", None, day), item, moved)
    text = since_text(Since(day, day, (change,)), words_of(lang))
    assert "ICSA" in text
    assert "225,000" in text or news is News.NEW
    assert "{" not in text


def test_the_json_is_strict_and_has_the_figures(told):
    import json

    _, found = told
    got = json.loads(since_json(found), parse_constant=pytest.fail)
    assert (got["first"], got["changed"], got["as_of"]) == (False, True, NOW)
    axis = next(c for c in got["changes"] if (c["kind"], c["name"]) == ("axis", "growth"))
    figures = [f for b in axis["because"] for f in b["figures"] if f["series"] == "UNRATE"]
    assert any(f["news"] == "new" and f["now"] == 6.4 for f in figures)
    assert any(f["news"] == "revised" and f["was"] < f["now"] for f in figures)
    first = json.loads(since_json(None, date(2026, 4, 20)))
    assert (first["first"], first["changed"], first["as_of"]) == (True, False, NOW)
