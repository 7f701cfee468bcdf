"""Every series of the catalogue from its publisher, over HTTP, on three days."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.network import Client, Patience, Secret, Settings
from debtcycle.sources.plans import publisher_of
from debtcycle.sources.publishers import load_publishers
from debtcycle.store import Store
from debtcycle.update import Outcome, Summary, endpoints, keyed, plan, update
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


def _update(store: Store, world: WorldServer, state: int, *, with_key: bool) -> Summary:
    """An update on one of the days; nobody is in a hurry here but the test."""
    world.on(state)
    settings, day = _settings(world, with_key=with_key), TODAY[state]
    fast = [replace(item, per_second=1e5, per_minute=6e6) for item in endpoints()]
    patience = Patience(run_s=600.0)
    with Client(fast, settings=settings, state=store.path.parent, patience=patience) as client:
        asked = plan(store, CATALOGUE, keyed=keyed(settings), today=day)
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


def _failures(summary: Summary) -> dict[str, str]:
    return {
        f"{item.question.publisher} {item.question.name}": str(item.error or item.quarantined)
        for item in summary.results
        if item.outcome in {Outcome.FAILED, Outcome.QUARANTINED}
    } or dict(Counter(item.outcome.value for item in summary.results))
