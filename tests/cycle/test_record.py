"""Rows kept beside the store are those that would be computed, or are computed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.cycle import record as room
from debtcycle.cycle.assess import assess
from debtcycle.cycle.record import RecordRow, cache_path, record, record_rows
from debtcycle.cycle.replay import record_of
from debtcycle.cycle.verdict import Verdict
from debtcycle.reference import fill
from debtcycle.store import Document, Rows, Store
from debtcycle.views import View


@pytest.fixture
def own(tmp_path):
    with Store.create(tmp_path / "store.sqlite") as opened:
        fill(opened)
        yield opened


def plain(view):
    """What the rows must be, without anything kept."""
    found = []
    for year in range(1999, view.as_of.year + 1):
        for month in range(1, 13):
            following = date(year + month // 12, month % 12 + 1, 1)
            day = date.fromordinal(following.toordinal() - 1)
            if date(1999, 8, 1) <= day <= view.as_of:
                got = assess(view.at(day))
                found.append(RecordRow(day, got.verdict, got.axes_verdict, got.heat))
    return tuple(found)


def test_kept_rows_equal_computed_ones_and_serve_every_earlier_date(own, monkeypatch):
    view = View(as_of="2001-12-31", store=own)
    assert record_rows(view) == plain(view)
    assert cache_path(own).is_file()
    calls = []
    monkeypatch.setattr(room, "assess", lambda v: calls.append(v.as_of) or assess(v))
    assert record_rows(view) == plain(view)
    earlier = View(as_of="2000-06-15", store=own)
    assert record_rows(earlier) == plain(earlier)
    assert calls == []
    later = View(as_of="2002-02-28", store=own)
    assert record_rows(later) == plain(later)
    assert calls == [date(2002, 1, 31), date(2002, 2, 28)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"{half"),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: path.write_bytes(b'{"key": "other", "rows": []}'),
        lambda path: path.write_bytes(path.read_bytes().replace(b"2000-03-31", b"2000-03-99")),
        lambda path: path.unlink() or path.mkdir(),
        lambda path: path.write_bytes(b""),
    ],
    ids=["cut", "bytes", "key", "date", "folder", "empty"],
)
def test_a_damaged_file_is_computed_anew(own, damage):
    view = View(as_of="2000-04-30", store=own)
    expected = record_rows(view)
    damage(cache_path(own))
    assert record_rows(view) == expected == plain(view)


@pytest.fixture
def calls(monkeypatch):
    """Days that are judged anew."""
    made: list[date] = []
    monkeypatch.setattr(room, "assess", lambda v: made.append(v.as_of) or assess(v))
    return made


def _revised(store, day, *, add):
    """A batch with another figure for the newest period, known from a day on."""
    seen = store.rows("UNRATE").as_of(np.datetime64(day, "D")).take(slice(-1, None))
    known = np.array([day], dtype="M8[D]")
    rows = Rows(seen.periods, known, seen.values + add, np.zeros(1, dtype="i1"))
    store.append("test", f"{day}{add}", {"UNRATE": rows})


@pytest.mark.parametrize(
    ("known", "anew"),
    [
        ("2026-11-20", 0),
        ("2000-04-30", 1),
        ("2000-03-31", 2),
        ("2000-03-30", 2),
        ("2000-02-29", 3),
        ("1999-01-01", 9),
    ],
)
def test_new_figures_make_worthless_what_was_judged_since_they_were_known(own, calls, known, anew):
    record_rows(View(as_of="2000-04-30", store=own))
    calls.clear()
    _revised(own, known, add=9.0)
    view = View(as_of="2000-04-30", store=own)
    found, made = record_rows(view), list(calls)
    assert found == plain(view)
    assert len(made) == anew
    calls.clear()
    assert record_rows(view) == found
    assert calls == []


def test_of_several_new_batches_the_earliest_figure_counts(own, calls):
    record_rows(View(as_of="2000-04-30", store=own))
    calls.clear()
    for known, add in (("2000-03-10", 3.0), ("2026-11-01", 1.0), ("2000-04-10", 4.0)):
        _revised(own, known, add=add)
    view = View(as_of="2000-04-30", store=own)
    found, made = record_rows(view), list(calls)
    assert (found, made) == (plain(view), [date(2000, 3, 31), date(2000, 4, 30)])


def test_an_announcement_counts_from_its_day(own, calls):
    record_rows(View(as_of="2000-04-30", store=own))
    calls.clear()
    shown = own.documents("announcement")[0]
    own.append(
        "t", "b" * 64, {}, [Document(shown.kind, np.datetime64("2000-04-01"), shown.payload)]
    )
    record_rows(View(as_of="2000-04-30", store=own))
    assert calls == [date(2000, 4, 30)]


def test_other_batches_or_fewer_than_those_judged_make_all_rows_worthless(own, calls, tmp_path):
    record_rows(View(as_of="1999-10-31", store=own))
    calls.clear()
    with Store.create(tmp_path / "other.sqlite") as other:
        cache_path(own).rename(cache_path(other))
        record_rows(View(as_of="1999-10-31", store=other))
    assert len(calls) == 3


@pytest.mark.parametrize("name", ["__version__", "_MODULES"])
def test_other_rules_make_old_rows_worthless(own, calls, monkeypatch, name):
    record_rows(View(as_of="1999-10-31", store=own))
    calls.clear()
    monkeypatch.setattr(room, name, "9.9.9" if name == "__version__" else room._MODULES[:-1])
    room._rules.cache_clear()
    record_rows(View(as_of="1999-10-31", store=own))
    room._rules.cache_clear()
    assert len(calls) == 3


def test_a_folder_that_cannot_be_written_is_no_error(own, monkeypatch):
    view = View(as_of="1999-10-31", store=own)

    class Sealed(type(cache_path(own))):
        def write_bytes(self, _data):
            raise PermissionError(13, "sealed")

    monkeypatch.setattr(room, "cache_path", lambda store: Sealed(cache_path(store)))
    assert record_rows(view) == plain(view)
    assert not cache_path(own).exists()
    assert list(own.path.parent.glob("*.new")) == []


def test_another_catalogue_or_country_keeps_nothing(own):
    catalogue = type(load_catalogue()).__new__(type(load_catalogue()))
    for name in vars(type(catalogue)).get("__slots__", ()) or vars(load_catalogue()):
        object.__setattr__(catalogue, name, getattr(load_catalogue(), name))
    view = View(as_of="1999-09-30", store=own, catalogue=catalogue)
    assert record_rows(view) == plain(view)
    assert not cache_path(own).exists()


def test_before_the_first_vintage_there_is_no_record(own):
    assert record(View(as_of="1999-07-31", store=own)) is None
    assert record(View(as_of="1999-08-15", store=own)) is None


def test_record_counts_what_was_judged():
    rows = [
        RecordRow(date(2000, 1, 31), Verdict.NO_STIMULUS, Verdict.INTO_BUBBLE, 0.1),
        RecordRow(date(2000, 2, 29), Verdict.MIXED, Verdict.MIXED, 0.1),
        RecordRow(date(2000, 3, 31), Verdict.NO_STIMULUS, Verdict.INTO_STRENGTH, 0.1),
    ]
    found = record_of(rows)
    assert (found.start, found.end, found.months) == (date(2000, 1, 31), date(2000, 3, 31), 3)
    assert found.verdicts[0] == (Verdict.NO_STIMULUS, 2)
    assert (found.bubble_months, found.above_line) == (2, 1)
    assert record_of([]) is None
