"""What is said of a series: cut short, ended, stood in for, late or good, never by hindsight."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.catalogue import load_catalogue
from debtcycle.catalogue.serving import Window, load_serving, parse_serving
from debtcycle.errors import ConfigError
from debtcycle.health import CutState, Health, Trouble, check_all, check_series
from debtcycle.store import Rows, Store
from debtcycle.store.held import Held
from debtcycle.store.holdings import digest_of_batches, last_batches
from debtcycle.views import View
from indicators.handmade import MemoryStore, every_months, view

CATALOGUE = load_catalogue()
SPREAD = CATALOGUE["BAMLH0A0HYM2"]


def days(first: date, last: date) -> dict[date, float]:
    span = (last - first).days
    every = (first + timedelta(days=n) for n in range(span + 1))
    return {day: 3.0 + day.day / 100 for day in every if day.weekday() < 5}


def spreads(first: date, on: str = "2026-11-20") -> Health:
    last = date.fromisoformat(on)
    return check_series(view(on, BAMLH0A0HYM2=days(first, last)), SPREAD)


def test_a_history_longer_than_what_is_served_is_one_to_keep():
    got = spreads(date(2010, 1, 4))
    assert got.cut is not None
    assert (got.cut.years, got.cut.at, got.cut.first_served) == (3, "FRED", date(2023, 11, 20))
    assert got.cut.state is CutState.KEPT
    assert got.trouble is Trouble.NONE


def test_a_history_no_longer_than_what_is_served_is_cut_short():
    got = spreads(date(2023, 11, 20))
    assert got.cut is not None
    assert got.cut.state is CutState.LOST
    assert got.trouble is Trouble.CUT


def test_nothing_stored_is_a_matter_of_the_licence():
    got = check_series(view("2026-11-20"), SPREAD)
    assert got.cut is not None
    assert got.cut.state is CutState.NOTHING
    assert (got.trouble, got.shipped, got.licence) == (Trouble.UNLICENSED, False, "restricted")


def test_before_the_publisher_cut_the_history_nothing_was_cut():
    assert spreads(date(2010, 1, 4), "2026-03-31").cut is None
    assert spreads(date(2010, 1, 4), "2026-04-01").cut is not None


def test_ten_years_of_the_index_are_named_as_they_are_served():
    got = check_series(view("2026-11-20", SPX=days(date(1990, 1, 2), date(2026, 11, 20))),
                       CATALOGUE["SPX"])  # fmt: skip
    assert got.cut is not None
    assert (got.cut.at, got.cut.years, got.cut.state) == ("FRED SP500", 10, CutState.KEPT)


def test_an_ended_series_names_what_follows_it_and_only_once_it_has_ended():
    target = {date(2008, 12, 15): 1.0, date(2008, 12, 12): 1.0}
    after = check_series(view("2009-06-30", DFEDTAR=target), CATALOGUE["DFEDTAR"])
    assert after.end is not None
    assert (after.trouble, after.end.by) == (Trouble.ENDED, ("DFEDTARU", "DFEDTARL"))
    assert check_series(view("2008-12-15", DFEDTAR=target), CATALOGUE["DFEDTAR"]).end is None


def test_a_substitute_in_use_is_named():
    months = every_months("2024-01-01", [5.0] * 30)
    got = check_series(view("2026-07-10", GS10=months), CATALOGUE["DGS10"])
    assert (got.trouble, got.stands_in) == (Trouble.MISSING, "GS10")
    assert check_series(view("2026-07-10", GS10=months), CATALOGUE["GS10"]).stands_in is None


def test_figures_in_the_quarantine_come_before_what_is_late():
    claims = view("2026-06-30", UNRATE=every_months("2024-01-01", [4.0] * 12))
    lines = [Held(n, "UNRATE", "quarantine.jump", rows=n) for n in (3, 4)]
    found = {item.info.id: item for item in check_all(claims, quarantine=lines)}
    assert found["UNRATE"].troubles == (Trouble.HELD, Trouble.STALE)
    assert found["UNRATE"].held == 7
    assert sum(item.held for item in found.values()) == 7


def test_late_and_stale_are_two_things():
    claims = every_months("2024-01-01", [4.0] * 12)  # to December 2024, known by 10 January 2025
    by_day = {
        day: check_series(view(day, UNRATE=claims), CATALOGUE["UNRATE"])
        for day in ("2025-02-10", "2025-02-11", "2025-03-10", "2025-06-30")
    }
    states = [got.trouble for got in by_day.values()]
    assert states == [Trouble.NONE, Trouble.OVERDUE, Trouble.OVERDUE, Trouble.STALE]
    assert by_day["2025-03-10"].schedule.overdue_days == 28  # January was due by 10 February


def test_a_series_that_has_not_begun_is_in_no_trouble_but_that():
    got = check_series(view("1990-01-01"), CATALOGUE["SOFR"])
    assert got.troubles == (Trouble.NOT_BEGUN,)


@pytest.mark.parametrize("day", ["1985-06-30", "2008-11-28", "2019-10-15", "2026-11-22"])
def test_every_series_of_the_edition_has_a_state(edition_store: Store, day: str):
    items = check_all(View(as_of=day, store=edition_store), batches=last_batches(edition_store))
    assert {item.info.id for item in items} == set(CATALOGUE.entries)
    order = [list(Trouble).index(item.trouble) for item in items]
    assert order == sorted(order)
    for item in items:
        assert (item.last is None) == (item.figures == 0)
        assert item.last is None or item.info.id in {"NROU", "GDPPOT"} or str(item.last) <= day
        coming = item.schedule.next_release
        assert coming is None or str(coming) > day
        assert item.batch is None or item.batch.source == "reference edition"
    # The log of announcements is dated records, not figures; they are in hand all the same.
    log = next(item for item in items if item.info.id == "FED_ANNOUNCEMENTS")
    assert (log.figures > 0) == (day >= "2008-11-25")


class Spoilt(MemoryStore):
    """The same figures, with poison that becomes known after a day."""

    def __init__(self, store: Store, after: str, seed: int) -> None:
        super().__init__({})
        self._store, self._after = store, np.datetime64(after, "D")
        self._rng = np.random.default_rng(seed)

    def rows(self, series_id: str) -> Rows:
        rows = self._store.rows(series_id)
        late = rows.take(rows.known_from > self._after)
        rows = rows.take(rows.known_from <= self._after)
        poison = self._rng.choice([1e30, np.nan, -1e30, 0.0], len(late))
        again = rows.take(self._rng.random(len(rows)) < 0.1)
        after = self._after + np.timedelta64(int(self._rng.integers(1, 900)), "D")
        parts = (
            rows,
            Rows(late.periods, late.known_from, poison, late.basis),
            Rows(again.periods, np.full(len(again), after), again.values * 1e3, again.basis),
        )
        return Rows(
            *(np.concatenate([getattr(part, name) for part in parts])
              for name in ("periods", "known_from", "values", "basis"))
        ).ordered()  # fmt: skip

    def documents(self, kind: str):
        return self._store.documents(kind)


@settings(max_examples=5)
@given(st.dates(date(1990, 1, 1), date(2026, 8, 1)), st.integers(0, 10**6))
def test_nothing_that_becomes_known_later_changes_an_earlier_answer(edition_store, day, seed):
    plain = check_all(View(as_of=day, store=edition_store))
    spoilt = Spoilt(edition_store, day.isoformat(), seed)
    assert check_all(View(as_of=day, store=spoilt)) == plain


def test_the_last_batch_of_a_series_is_the_last_that_brought_it(tmp_path):
    def rows(values: list[float]) -> Rows:
        periods = np.datetime64("2025-01-01", "D") + np.arange(len(values))
        return Rows(periods, periods, np.array(values), np.zeros(len(values), "i1"))

    with Store.create(tmp_path / "s.sqlite") as store:
        empty = digest_of_batches(store.batches())
        store.append("one", "a" * 64, {"X": rows([1.0]), "Y": rows([2.0])})
        store.append("two", "b" * 64, {"X": rows([1.0, 5.0])})
        found = last_batches(store)
        assert {name: batch.source for name, batch in found.items()} == {"X": "two", "Y": "one"}
        assert len({empty, *(digest_of_batches(store.batches()[:n]) for n in (1, 2))}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "[[window]]\nseries=['NOPE']\nat='FRED'\nyears=3\nsince=2026-01-01\nsource='x'",
        "[[window]]\nseries=['SPX']\nat='FRED'\nyears=0\nsince=2026-01-01\nsource='x'",
        "[[ended]]\nseries='DTWEXB'\nlast=2018-12-31\nsource='x'",
        "[[ended]]\nseries='GDP'\nlast=2018-12-31\nsource='x'",
        "[[gone]]\nseries='GDP'",
    ],
)
def test_a_list_that_does_not_fit_the_catalogue_is_refused(text):
    with pytest.raises(ConfigError):
        parse_serving(text.encode(), CATALOGUE)


def test_every_end_of_the_catalogue_is_on_the_list():
    ended = {info.id for info in CATALOGUE if info.ends is not None}
    assert ended == set(load_serving().ended)


@given(st.dates(date(1980, 1, 1), date(2040, 1, 1)), st.integers(1, 20))
def test_a_window_moves_with_the_day(on, years):
    window = Window(series=("SPX",), at="x", years=years, since=date(2000, 1, 1), source="x")
    first = window.first_served(on)
    if on < window.since:
        assert first is None
    else:
        assert first is not None
        assert (on.year - first.year, on.month) == (years, first.month)
        assert on.day - first.day in (0, 1)
