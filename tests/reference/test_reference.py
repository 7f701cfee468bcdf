"""The embedded edition: whole, small, permitted, reproducible; and the first use of it."""

from __future__ import annotations

import csv
import io
import lzma
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle import reference
from debtcycle.catalogue import load_catalogue
from debtcycle.errors import SourceError, StoreError
from debtcycle.reference import decode_edition, encode_edition, open_store, provenance, shipped
from debtcycle.reference.build import build_edition
from debtcycle.store import Document, Rows, Store
from debtcycle.store.verify import verify

days = st.integers(-40_000, 60_000)
cells = st.tuples(days, days, st.floats(width=64), st.integers(0, 2))


def rows_of(drawn: list[tuple[int, int, float, int]]) -> Rows:
    return Rows(
        np.array([cell[0] for cell in drawn], dtype="i8").astype("M8[D]"),
        np.array([cell[1] for cell in drawn], dtype="i8").astype("M8[D]"),
        np.array([cell[2] for cell in drawn], dtype="f8"),
        np.array([cell[3] for cell in drawn], dtype="i1"),
    )


def same(one: Rows, other: Rows) -> bool:
    parts = ("periods", "known_from", "values", "basis")
    return all(getattr(one, p).tobytes() == getattr(other, p).tobytes() for p in parts)


# --- the packed form -------------------------------------------------------------------------
@settings(deadline=None, max_examples=15)
@given(
    st.dictionaries(st.sampled_from("ABCDE"), st.lists(cells, max_size=6), min_size=1),
    st.lists(st.tuples(days, st.text(max_size=8)), max_size=3),
)
def test_what_is_packed_is_unpacked(drawn: dict, notes: list[tuple[int, str]]) -> None:
    rows = {name: rows_of(found) for name, found in drawn.items()}
    notes = [(day, text.encode("utf-8", "replace").decode()) for day, text in notes]
    documents = tuple(Document("k", np.datetime64(day, "D"), text) for day, text in notes)
    packed = encode_edition(rows, documents)
    again, papers = decode_edition(packed)
    assert list(again) == sorted(rows)
    assert all(same(rows[name], again[name]) for name in rows)
    assert papers == documents
    assert encode_edition(again, papers) == packed


def test_the_shipped_edition_is_packed_again_to_the_same_bytes() -> None:
    rows, documents = decode_edition(shipped())
    assert encode_edition(rows, documents) == shipped()


@pytest.mark.parametrize(
    "data",
    [b"", b"no edition", shipped()[:1000], shipped()[:-40], lzma.compress(b"\1\0\0\0\0\0\0\0{}")],
)
def test_half_an_edition_is_refused(data: bytes) -> None:
    with pytest.raises(StoreError) as caught:
        decode_edition(data)
    assert caught.value.message_id == "reference.broken"


def test_a_changed_figure_or_another_format_is_refused() -> None:
    plain = lzma.decompress(encode_edition({"A": rows_of([(1, 2, 3.0, 0)])}, ()))
    for changed in (plain[:-1] + b"\2", plain.replace(b"edition-1", b"edition-9")):
        with pytest.raises(StoreError) as caught:
            decode_edition(lzma.compress(changed))
        assert caught.value.params["reason"] == "hash"


# --- what is shipped -------------------------------------------------------------------------
def test_it_is_small_and_holds_only_what_may_travel() -> None:
    assert len(shipped()) < 5_000_000
    rows, documents = decode_edition(shipped())
    catalogue = load_catalogue()
    assert len(rows) >= 110
    assert all(catalogue[name].embed for name in rows)
    assert len(documents) >= 30
    for part in rows.values():
        keys = part.periods.astype("i8") * 10**6 + part.known_from.astype("i8")
        assert (np.diff(keys) > 0).all(), "sorted, one row for each period and day"
        assert set(part.basis.tolist()) <= {0, 1, 2}


def test_provenance_names_every_raw_file() -> None:
    table = list(csv.DictReader(io.StringIO(provenance())))
    assert len(table) >= 90
    named = set()
    for line in table:
        assert len(line["sha256"]) == 64
        assert int(line["rows"]) > 0
        assert line["publisher"], line["file"]
        assert line["taken_from"], line["file"]
        assert not Path(line["file"]).is_absolute()
        if line["series"]:
            assert set(line["licence"].split()) <= {"attribution", "public-domain"}
        named |= set(line["series"].split())
    assert named == set(decode_edition(shipped())[0])


def test_provenance_is_that_of_the_raw_files(shared_data: Path) -> None:
    import hashlib

    for line in csv.DictReader(io.StringIO(provenance())):
        found = hashlib.sha256((shared_data / line["file"]).read_bytes()).hexdigest()
        assert found == line["sha256"], line["file"]


# --- building --------------------------------------------------------------------------------
def test_the_same_files_give_the_same_bytes(tmp_path: Path, shared_data: Path) -> None:
    wanted = ("macro/GDP.csv", "fed_balance_sheet/WALCL.csv", "credit/NFCI.csv")
    listed = (shared_data / "catalog.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    for name in ("one", "two"):
        for place in wanted if name == "one" else reversed(wanted):
            target = tmp_path / name / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(shared_data / place, target)
        (tmp_path / name / "stray.csv").write_text("date,value\n2020-01-01,1\n", encoding="utf-8")
        (tmp_path / name / "catalog.csv").write_text("".join(listed), encoding="utf-8")
    seen: list[int] = []
    one = build_edition(tmp_path / "one", progress=lambda number, *_: seen.append(number))
    two = build_edition(tmp_path / "two")
    assert one.packed == two.packed
    assert one.provenance == two.provenance
    assert seen == list(range(len(seen)))
    rows, _ = decode_edition(one.packed)
    assert set(rows) == {"GDP", "WALCL", "NFCI"}
    named = [line["file"] for line in csv.DictReader(io.StringIO(one.provenance))]
    assert sorted(named) == sorted(wanted), "what is not on the list is not read"
    assert (one.series, one.rows) == (len(rows), sum(map(len, rows.values())))


def test_nothing_permitted_is_no_edition(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        build_edition(tmp_path)
    assert caught.value.message_id == "reference.nothing"


@pytest.mark.soak
def test_the_shipped_edition_is_what_the_raw_files_give(shared_data: Path) -> None:
    made = build_edition(shared_data)
    assert made.packed == shipped(), "run `make reference`"
    assert made.provenance == provenance()


# --- first use -------------------------------------------------------------------------------
@pytest.fixture(autouse=True)
def _no_store_kept_open() -> None:
    reference._opened.cache_clear()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> dict[str, Rows]:
    rows = {"UNRATE": rows_of([(0, 40, 5.0, 2), (31, 71, float("nan"), 0)])}
    packed = encode_edition(rows, ())
    monkeypatch.setattr(reference, "shipped", lambda: packed)
    return rows


def test_first_use_makes_the_store_and_later_uses_open_it(
    tmp_path: Path, small: dict[str, Rows]
) -> None:
    path = tmp_path / "home" / "deep" / "store.sqlite"
    store = open_store(path)
    assert same(store.rows("UNRATE"), small["UNRATE"])
    assert len(verify(store)) == 1
    assert open_store(path) is store, "one store for one file"
    store.close()
    reference._opened.cache_clear()
    with open_store(path) as again:
        assert again.rows("UNRATE").periods.tolist() == small["UNRATE"].periods.tolist()
    assert not list(path.parent.glob("*.new*"))


def test_the_store_of_the_environment_is_made(
    tmp_path: Path, small: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBTCYCLE_STORE", str(tmp_path / "mine.sqlite"))
    with open_store() as store:
        assert store.path == tmp_path / "mine.sqlite"


def test_a_failing_first_use_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "shipped", lambda: b"broken")
    path = tmp_path / "store.sqlite"
    with pytest.raises(StoreError):
        open_store(path)
    assert [item.name for item in tmp_path.iterdir()] == ["store.sqlite.lock"]


def test_first_use_gives_up_when_nobody_makes_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from debtcycle.store.database import writer_lock

    monkeypatch.setattr(reference, "_PATIENCE_SECONDS", 0.1)
    with writer_lock(tmp_path / "store.sqlite"), pytest.raises(StoreError) as caught:
        open_store(tmp_path / "store.sqlite")
    assert caught.value.message_id == "store.locked"


def test_the_whole_edition_is_in_the_store(edition_store: Store) -> None:
    rows, documents = decode_edition(shipped())
    assert edition_store.series == tuple(sorted(rows))
    assert same(edition_store.rows("UNRATE"), rows["UNRATE"])
    assert edition_store.documents("announcement") == documents
    assert sum(b.rows for b in edition_store.batches()) == sum(map(len, rows.values())) + len(
        documents
    )
    assert len(verify(edition_store)) == 1


def test_two_first_uses_at_once(tmp_path: Path) -> None:
    path = tmp_path / "home" / "store.sqlite"
    script = (
        "import sys; from pathlib import Path; from debtcycle.reference import open_store;"
        "store = open_store(Path(sys.argv[1])); print(len(store.rows('UNRATE')))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script, str(path)]
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert told[0][0] == told[1][0]
    with Store(path) as store:
        assert len(store.batches()) == 1
