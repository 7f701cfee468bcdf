"""A store made again from its archive: the same contents, and what is lost is said."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from debtcycle import reference
from debtcycle.catalogue import load_catalogue
from debtcycle.errors import StoreError
from debtcycle.intake import Payload, import_file, take
from debtcycle.intake.release import drop, release
from debtcycle.reference import encode_edition, fill, open_store
from debtcycle.reference.rebuild import rebuild
from debtcycle.sources.sniff import read_bytes
from debtcycle.sources.steps import Part, Question, Request
from debtcycle.store import Rows, Store
from debtcycle.store.archive import archive_path
from debtcycle.store.copies import backup, restore
from debtcycle.store.verify import lacking, verify

CATALOGUE = load_catalogue()
MONTHS = [f"{year}-{month:02d}-01" for year in range(2019, 2025) for month in range(1, 13)]
DAYS = np.arange("2020-01", "2020-04", dtype="M8[M]").astype("M8[D]")


def csv(name: str, values: list[float]) -> bytes:
    lines = [f"{month},{value:.1f}" for month, value in zip(MONTHS, values, strict=False)]
    return (f"observation_date,{name}\n" + "\n".join(lines) + "\n").encode()


def rate(shift: float, count: int = 60) -> list[float]:
    return [4 + (n % 9) / 10 + shift for n in range(count)]


def ask(question: Question, today: date) -> Generator[Request, bytes, tuple[Part, ...]]:
    """Two pages, of which the second holds the figures."""
    first = yield Request(publisher=question.publisher, path="/1")
    second = yield Request(publisher=question.publisher, path="/2")
    assert first == b"next page"
    return tuple(read_bytes(second, f"{question.name}.csv", today=today))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = encode_edition({"GDP": Rows(DAYS, DAYS + 30, np.arange(3.0), np.zeros(3, "i1"))}, ())
    monkeypatch.setattr(reference, "shipped", lambda: packed)
    monkeypatch.setattr("debtcycle.reference.rebuild.shipped", lambda: packed)
    reference._opened.cache_clear()


def answered(store: Store, name: str, values: list[float], day: int) -> None:
    question = Question(publisher="test", name=name, series=(name,))
    bodies = (b"next page", csv(name, values))
    fetched = date(2025, 3, day)
    payload = Payload("update", question, name, bodies, datetime(2025, 3, day, tzinfo=UTC))
    parts = read_bytes(bodies[1], f"{name}.csv", today=fetched)
    take(store, payload, parts, catalogue=CATALOGUE, fetched=fetched, today=fetched)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Everything that can happen: edition, files, answers, held, released, dropped, a fact."""
    path = tmp_path / "store.sqlite"
    with Store.create(path) as store:
        fill(store)
        answered(store, "UNRATE", rate(0), 1)
        answered(store, "UNRATE", rate(3), 2)
        answered(store, "UNRATE", rate(0, 61), 3)
        answered(store, "UNRATE", rate(4, 61), 4)
        first, second = (item.id for item in store.quarantine())
        drop(store, [first])
        release(store, [second], catalogue=CATALOGUE)
        file = tmp_path / "ICSA.csv"
        file.write_text("observation_date,ICSA\n2025-01-04,225000\n", encoding="utf-8")
        import_file(store, file, retrieved=date(2025, 3, 5), today=date(2025, 3, 6))
        answered(store, "UNRATE", rate(9, 62), 7)
        store.remember("etag", '"x"')
    return path


def told(path: Path) -> tuple[str, list[tuple[int, str, str]], list[tuple[str, str]], str | None]:
    with Store(path) as store:
        verify(store)
        lines = [(b.id, b.source, b.payload_sha256) for b in store.batches()]
        held = [(item.series, item.reason) for item in store.quarantine()]
        return store.content_sha256(), lines, held, store.memory("etag")


def test_a_healthy_store_is_made_again_the_same(path: Path) -> None:
    truth = told(path)
    done = rebuild(path, ask=ask)
    assert told(path) == truth
    assert (done.before, done.content_sha256) == (truth[0], truth[0])
    assert (done.parsed, done.carried, done.lost, done.differing, done.damaged) == (5, 0, (), (), 0)
    assert done.kept is not None
    assert told(done.kept) == truth
    assert rebuild(path, ask=ask).content_sha256 == truth[0]


@pytest.mark.parametrize("damage", ["garbage", "cut", "gone", "flipped"])
def test_a_damaged_store_is_made_again_the_same(path: Path, damage: str) -> None:
    content, lines, held, _ = told(path)
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        flipped = bytearray(data)
        for place in range(20_000, len(data), 997):
            flipped[place] ^= 0xFF
        path.write_bytes({"garbage": b"x" * 9000, "cut": data[: len(data) // 2]}.get(
            damage, bytes(flipped)))  # fmt: skip
    done = rebuild(path, ask=ask)
    assert (done.content_sha256, done.lost) == (content, ())
    assert told(path)[:3] == (content, lines, held)
    with Store(path) as store:
        assert lacking(store) == ()


def test_decisions_are_not_made_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other bounds today would hold other series; the archive says what was done then."""
    truth = told(path)
    monkeypatch.setattr("debtcycle.intake.quarantine.MOST_CHANGED", 2.0)
    assert rebuild(path, ask=ask).content_sha256 == truth[0]
    assert told(path)[2] == [("UNRATE", "quarantine.before")]


def test_a_batch_without_a_payload_is_taken_over_at_its_place(path: Path, tmp_path: Path) -> None:
    with Store(path) as store:
        part = Rows(DAYS + 400, DAYS + 430, np.arange(3.0), np.zeros(3, "i1"))
        store.append("by hand", "f" * 64, {"GDP": part})
        answered(store, "UNRATE", rate(3, 63), 9)
    truth = told(path)
    done = rebuild(path, ask=ask)
    assert (done.carried, done.lost) == (1, ())
    assert told(path) == truth


def test_what_is_lost_is_said_and_the_rest_comes_back(path: Path) -> None:
    with Store(path) as store:
        archive = store.archive
        (entry,) = (item for item in archive.entries if item.origin == "file")
        record = archive._index().bodies[entry.bodies[0]]
        whole = told(path)[1]
    place = archive_path(path)
    data = bytearray(place.read_bytes())
    data[record.end - 3] ^= 0xFF
    place.write_bytes(bytes(data))
    with Store(path) as store:
        assert [batch.source for batch in lacking(store)] == ["ICSA.csv"]
        assert len(verify(store)) == 5, "the figures themselves are whole"
    done = rebuild(path, ask=ask)
    assert (done.carried, done.lost) == (1, ()), "the old store still has it"
    assert [line[1] for line in told(path)[1]] == [line[1] for line in whole]
    path.write_bytes(b"x" * 5000)
    done = rebuild(path, ask=ask)
    assert [item.name for item in done.lost] == ["ICSA.csv"]
    assert len(told(path)[1]) == 4


def test_nothing_to_rebuild_from(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    for content in (None, b"garbage" * 100):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(StoreError) as caught:
            rebuild(path)
        assert caught.value.message_id == "store.norebuild"
    assert path.read_bytes() == b"garbage" * 100


def test_where_a_store_is_lost_its_archive_is_not_passed_over(path: Path) -> None:
    truth, archive = told(path), archive_path(path).read_bytes()
    path.unlink()
    with pytest.raises(StoreError) as caught:
        open_store(path)
    assert (caught.value.message_id, caught.value.params["count"]) == ("store.lost", 8)
    assert (path.exists(), archive_path(path).read_bytes()) == (False, archive)
    assert rebuild(path, ask=ask).lost == ()
    assert told(path)[:3] == truth[:3]


def test_an_archive_of_the_edition_alone_holds_nothing_of_the_user(tmp_path: Path) -> None:
    """A first use that was cut off leaves one; the next begins anew."""
    path = tmp_path / "store.sqlite"
    open_store(path).close()
    reference._opened.cache_clear()
    archive = archive_path(path).read_bytes()
    path.unlink()
    with open_store(path) as store:
        assert len(store.batches()) == 1
    reference._opened.cache_clear()
    (kept,) = path.parent.glob("*.archive.*")
    assert kept.read_bytes() == archive


def test_a_newer_store_is_not_replaced(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    backup(path, copy)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = {item.name: item.read_bytes() for item in tmp_path.iterdir()}
    for call in (lambda: rebuild(path, ask=ask), lambda: restore(path, copy)):
        with pytest.raises(StoreError) as caught:
            call()
        assert (caught.value.message_id, caught.value.params["version"]) == ("store.newer", 99)
        left = {item.name: item.read_bytes() for item in tmp_path.iterdir()}
        assert {name: body for name, body in left.items() if name in before} == before
        assert not [name for name in left if ".before-" in name or ".new" in name]


def test_an_older_store_gets_the_payload_of_its_edition(tmp_path: Path) -> None:
    packed = reference.shipped()
    rows, documents = reference.decode_edition(packed)
    import hashlib

    from store import old_schema

    path = tmp_path / "store.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(old_schema, "BATCHES", ((rows, documents),))
        content = old_schema.write_old_store(path)
    connection = sqlite3.connect(path)
    digest = hashlib.sha256(packed).hexdigest()
    connection.execute("UPDATE batch SET payload_sha256 = ?", (digest,))
    connection.commit()
    connection.close()
    with open_store(path) as store:
        assert store.content_sha256() == content
        assert lacking(store) == ()
    reference._opened.cache_clear()
    assert rebuild(path).content_sha256 == content
