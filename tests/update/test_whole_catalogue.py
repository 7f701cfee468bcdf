"""Every series of the catalogue from its publisher, over HTTP, on three days."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.network import Client, Patience, Secret, Settings
from debtcycle.reference.rebuild import rebuild
from debtcycle.sources.plans import publisher_of
from debtcycle.sources.publishers import load_publishers
from debtcycle.store import Store
from debtcycle.store.schema import Basis
from debtcycle.update import Outcome, Summary, endpoints, keyed, plan, update
from publishers.figures import LAST_NEWS, Made
from publishers.world import KEY, TODAY
from update.world_server import WorldServer

CATALOGUE = load_catalogue()


@pytest.fixture
def world() -> Iterator[WorldServer]:
    """The made-up publishers, on the first day."""
    server = WorldServer()
    yield server
    server.close()


def _settings(world: WorldServer, *, with_key: bool) -> Settings:
    addresses = {name: world.address(name) for name in load_publishers()}
    return Settings(keys={"fred_api": Secret(KEY)} if with_key else {}, addresses=addresses)


def _update(
    store: Store, world: WorldServer, state: int, *, with_key: bool, named: Sequence[str] = ()
) -> Summary:
    """An update on one of the days; nobody is in a hurry here but the test."""
    world.on(state)
    settings, day = _settings(world, with_key=with_key), TODAY[state]
    fast = [replace(item, per_second=1e5, per_minute=6e6) for item in endpoints()]
    patience = Patience(run_s=600.0)
    with Client(fast, settings=settings, state=store.path.parent, patience=patience) as client:
        asked = plan(store, CATALOGUE, keyed=keyed(settings), today=day, named=named)
        return update(store, client, asked, catalogue=CATALOGUE, today=day)


def _known_on(store: Store, series: str, day: np.datetime64) -> dict[str, bytes]:
    """The bits of each period's figure as known on a day."""
    rows = store.rows(series).as_of(day)
    return {
        str(period): value.tobytes()
        for period, value in zip(rows.periods, rows.values, strict=True)
    }


@pytest.mark.parametrize(
    "with_key",
    [False, pytest.param(True, marks=pytest.mark.soak)],
    ids=["without a key", "with a key"],
)
def test_twice_adds_nothing_and_revisions_change_no_earlier_answer(with_key, world, tmp_path: Path):
    with Store.create(tmp_path / "store.sqlite") as store:
        first = _update(store, world, 1, with_key=with_key)
        # Of series that two publishers carry, the second one has nothing to add.
        counted = Counter(item.outcome for item in first.results)
        assert counted[Outcome.STORED] >= len(first.results) - 3, _failures(first)
        assert counted[Outcome.STORED] + counted[Outcome.UNCHANGED] == len(first.results)
        wanted = {info.id for info in CATALOGUE if publisher_of(info.id) is not None}
        assert wanted <= set(store.series)
        content, count = store.content_sha256(), len(store.batches())

        second = _update(store, world, 2, with_key=with_key)
        assert {item.outcome for item in second.results} == {Outcome.UNCHANGED}, _failures(second)
        assert store.content_sha256() == content
        assert len(store.batches()) == count
        assert world.unchanged > 5

        dice = random.Random(11)
        span = (TODAY[2] - TODAY[1]).days + 9000
        asked = [
            (
                dice.choice(store.series),
                np.datetime64(TODAY[2] - timedelta(days=dice.randrange(span)), "D"),
            )
            for _ in range(1000)
        ]
        before = [_known_on(store, *item) for item in asked]
        third = _update(store, world, 3, with_key=with_key)
        assert {item.outcome for item in third.results} <= {Outcome.STORED, Outcome.UNCHANGED}, (
            _failures(third)
        )
        assert sum(item.new_rows for item in third.results) > 100
        assert sum(item.revised_rows for item in third.results) > 10
        assert store.content_sha256() != content
        for (series, day), known in zip(asked, before, strict=True):
            # To the bit, and no period that came late joins what was known.
            assert _known_on(store, series, day) == known, (series, day)
        content, path = store.content_sha256(), store.path
    _made_again(path, content)


def _made_again(path: Path, content: str) -> None:
    """From the archived bodies, with the publishers' own steps."""
    done = rebuild(path)
    assert (done.content_sha256, done.lost, done.differing) == (content, (), ())
    assert done.parsed > 0
    assert done.carried == 0


def test_a_second_publisher_on_the_same_day_changes_no_answer(world, tmp_path: Path):
    """Without a key FRED-MD's file of last month comes beside FRED's figures of today."""
    names = ("UNRATE", "PAYEMS", "BUSLOANS", "CPIAUCSL", "INDPRO")
    with Store.create(tmp_path / "store.sqlite") as store:
        _update(store, world, 1, with_key=False, named=names)
        days = [np.datetime64(TODAY[1], "D") - n for n in range(0, 120, 3)]
        before = {(name, day): _known_on(store, name, day) for name in names for day in days}
        rows = {name: len(store.rows(name)) for name in names}
        done = _update(store, world, 1, with_key=False, named=("fredmd",))
        assert done.exit_code == 0
        for (name, day), known in before.items():
            assert _known_on(store, name, day) == known, (name, day)
        assert {name: len(store.rows(name)) for name in names} == rows


NO_ARCHIVE = "BOGZ1FL153064486Q"  # the service refuses to be asked for its vintages
SOME = ("GDP", "UNRATE", "CPIAUCSL", "ICSA", "WALCL", "DGS10", "SOFR", NO_ARCHIVE)


def test_archives_of_vintages_are_made_again_the_same(world, tmp_path: Path):
    """With a key a question takes several bodies: days of publication, then what changed."""
    with Store.create(tmp_path / "store.sqlite") as store:
        for state in (1, 2, 3):
            days = [np.datetime64(TODAY[one], "D") - n for one in range(1, state) for n in (0, 9)]
            before = {(name, day): _known_on(store, name, day) for name in SOME for day in days}
            done = _update(store, world, state, with_key=True, named=SOME)
            assert done.exit_code == 0, _failures(done)
            for (name, day), known in before.items():
                assert _known_on(store, name, day) == known, (name, day)
        assert {e.refused for e in store.archive.entries if e.name == NO_ARCHIVE} == {(0,)}
        assert max(len(entry.bodies) for entry in store.archive.entries) > 1
        for name in ("GDP", "UNRATE", "CPIAUCSL", "ICSA"):
            made = Made(CATALOGUE[name], name)
            rows = store.rows(name)
            true_days = {np.datetime64(day, "D") for day in made.vintage_dates(LAST_NEWS[3])}
            exact = rows.basis == int(Basis.VINTAGE)
            assert exact.any()
            assert set(rows.known_from[exact]) <= true_days, name
            for day in (date(2015, 6, 30), date(2020, 3, 15), date(2026, 10, 31)):
                never = [on for on, out in CATALOGUE.irregular(name).items() if out is None]
                true = {str(on): value for on, value in made.state(day) if on not in never}
                now = store.rows(name).as_of(np.datetime64(day, "D"))
                found = dict(zip(map(str, now.periods), now.values.tolist(), strict=True))
                assert found == true, (name, day)
        content, path = store.content_sha256(), store.path
    _made_again(path, content)


def _failures(summary: Summary) -> dict[str, str]:
    return {
        f"{item.question.publisher} {item.question.name}": str(item.error or item.quarantined)
        for item in summary.results
        if item.outcome in {Outcome.FAILED, Outcome.QUARANTINED}
    } or dict(Counter(item.outcome.value for item in summary.results))


@pytest.mark.parametrize("late", [True, False], ids=["after the releases", "before them"])
def test_an_update_late_in_the_day_dates_vintages_by_their_own_day(
    world, tmp_path: Path, monkeypatch, late
):
    """Day after day, with what is out at its end or, in the morning, at that of the day before."""
    name, state, first = "ICSA", 10, TODAY[1]
    made = Made(CATALOGUE[name], name)
    with Store.create(tmp_path / "store.sqlite") as store:
        for ahead in range(23):
            day = first + timedelta(days=ahead)
            monkeypatch.setitem(TODAY, state, day)
            monkeypatch.setitem(LAST_NEWS, state, day if late else day - timedelta(days=1))
            assert _update(store, world, state, with_key=True, named=[name]).exit_code == 0
        rows = store.rows(name)
        found = np.unique(rows.known_from[rows.known_from > np.datetime64(first, "D")])
        true = {day for day in made.vintage_dates(LAST_NEWS[state]) if day > first}
    assert len(true) >= 3
    shift = timedelta(days=0 if late else 1)
    assert set(found.tolist()) == {day + shift for day in true}
