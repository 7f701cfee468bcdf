"""Rows kept beside the store are those that would be computed, or are computed."""

from __future__ import annotations

from datetime import date

import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.cycle import record as room
from debtcycle.cycle.assess import assess
from debtcycle.cycle.record import RecordRow, cache_path, fingerprint, record, record_rows
from debtcycle.cycle.replay import record_of
from debtcycle.cycle.verdict import Verdict
from debtcycle.reference import fill
from debtcycle.store import Rows, Store
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


def test_new_figures_make_old_rows_worthless(own):
    view = View(as_of="2000-04-30", store=own)
    record_rows(view)
    before = fingerprint(own)
    known = own.rows("UNRATE")
    later = Rows(known.periods[-1:], known.known_from[-1:], known.values[-1:] + 9, known.basis[-1:])
    own.append("test", "a" * 64, {"UNRATE": later})
    assert fingerprint(own) != before
    path = cache_path(own)
    old = path.read_bytes()
    record_rows(View(as_of="2000-04-30", store=own))
    assert path.read_bytes() != old


def test_other_rules_make_old_rows_worthless(own, monkeypatch):
    before = fingerprint(own)
    monkeypatch.setattr(room, "__version__", "9.9.9")
    assert fingerprint(own) != before
    monkeypatch.undo()
    monkeypatch.setattr(room, "_rules", lambda: "other")
    assert fingerprint(own) != before


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
