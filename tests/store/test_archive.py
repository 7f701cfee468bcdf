"""The raw archive: every body comes back to the byte, and damage costs what it hits."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.errors import StoreError
from debtcycle.store.archive import Archive
from debtcycle.store.entries import Action, Entry, payload_hash


def entry(name: str, *bodies: bytes) -> Entry:
    return Entry(
        action=Action.TAKEN,
        origin="update",
        name=name,
        payload_sha256=payload_hash(bodies),
        bodies=tuple(hashlib.sha256(body).hexdigest() for body in bodies),
    )


def csv(rows: int) -> bytes:
    """A publisher's file as it grows: figures that do not repeat."""
    values = np.random.default_rng(1).normal(size=rows)
    return b"date,value\n" + b"".join(b"%d,%.9f\n" % (n, v) for n, v in enumerate(values))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "store.sqlite.archive")


def test_an_archive_that_is_not_there_is_empty(archive: Archive) -> None:
    assert (archive.entries, archive.damaged, archive.body("0" * 64)) == ((), 0, None)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.lists(st.binary(max_size=400), max_size=3)),
        max_size=8,
    )
)
def test_what_is_added_comes_back(
    tmp_path_factory: pytest.TempPathFactory, payloads: list[tuple[str, list[bytes]]]
) -> None:
    path = tmp_path_factory.mktemp("a") / "x.archive"
    archive = Archive(path)
    made = [entry(name, *bodies) for name, bodies in payloads]
    for one, (_, bodies) in zip(made, payloads, strict=True):
        archive.add(one, bodies)
    for reader in (archive, Archive(path)):
        assert reader.entries == tuple(made)
        assert [reader.bodies(one) for one in made] == [tuple(b) for _, b in payloads]
        assert reader.damaged == 0


def test_a_body_is_kept_once_and_a_growing_file_by_its_growth(archive: Archive) -> None:
    first = csv(5000)
    archive.add(entry("WALCL", first), [first])
    size = archive.path.stat().st_size
    assert size < len(first)
    archive.add(entry("WALCL", first), [first])
    again = archive.path.stat().st_size - size
    assert again < 700, "only what was done"
    size += again
    for rows in (5001, 5002, 5003):
        later = csv(rows)
        archive.add(entry("WALCL", later), [later])
        grown = archive.path.stat().st_size - size
        assert grown < 1000
        size += grown
        assert Archive(archive.path).bodies(entry("WALCL", later)) == (later,)


def test_a_torn_end_is_cut_and_the_next_record_is_whole(archive: Archive) -> None:
    archive.add(entry("a", b"one"), [b"one"])
    whole = archive.path.read_bytes()
    archive.add(entry("b", b"two" * 50), [b"two" * 50])
    both = archive.path.read_bytes()
    for cut in range(len(whole), len(both)):
        archive.path.write_bytes(both[:cut])
        torn = Archive(archive.path)
        assert torn.entries == (entry("a", b"one"),)
        if cut % 37 == 0:
            torn.add(entry("c", b"three"), [b"three"])
            found = Archive(archive.path)
            assert [item.name for item in found.entries] == ["a", "c"]
            assert (found.damaged, found.bodies(entry("c", b"three"))) == (0, (b"three",))


@pytest.mark.parametrize("count", [150, pytest.param(2000, marks=pytest.mark.soak)])
def test_a_flipped_byte_costs_one_record(archive: Archive, count: int) -> None:
    bodies = [csv(40 * n + 3) for n in range(12)]
    made = [entry(f"q{n}", body) for n, body in enumerate(bodies)]
    for one, body in zip(made, bodies, strict=True):
        archive.add(one, [body])
    data = archive.path.read_bytes()
    places = np.random.default_rng(3).integers(0, len(data), count)
    for place in places.tolist():
        broken = bytearray(data)
        broken[place] ^= 0x55
        archive.path.write_bytes(bytes(broken))
        found = Archive(archive.path)
        kept = found.entries
        got = [found.bodies(one) for one in kept]
        assert set(kept) <= set(made)
        truth = {one.name: body for one, body in zip(made, bodies, strict=True)}
        for one, parts in zip(kept, got, strict=True):
            assert parts is None or parts == (truth[one.name],), f"byte {place}"
        assert len(kept) - got.count(None) == len(made) - 1, f"byte {place}"


def test_garbage_and_nothing(archive: Archive) -> None:
    for garbage in (b"", b"\0" * 5000, os.urandom(5000), b"\x89DCA\r\n\x1a\x01" * 30):
        archive.path.write_bytes(garbage)
        assert Archive(archive.path).entries == ()
        fresh = Archive(archive.path)
        fresh.add(entry("a", b"one"), [b"one"])
        assert Archive(archive.path).bodies(entry("a", b"one")) == (b"one",)


def test_a_full_disk_leaves_the_archive_as_it_was(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.add(entry("a", b"one"), [b"one"])
    before = archive.path.read_bytes()

    def full(handle: int, data: bytes, at: int) -> int:
        if at > len(before):
            raise OSError(28, "No space left on device")
        return plain(handle, bytes(data)[:20], at)

    plain = os.pwrite
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StoreError) as caught:
        archive.add(entry("b", b"two"), [b"two"])
    assert caught.value.message_id == "store.full"
    assert archive.path.read_bytes() == before
    monkeypatch.undo()
    archive.add(entry("b", b"two"), [b"two"])
    assert [item.name for item in Archive(archive.path).entries] == ["a", "b"]
