"""Backup, restore and the way from an older schema: verified, and nothing is destroyed."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from debtcycle.errors import ConfigError, StoreError
from debtcycle.store import Basis, Document, Rows, Store
from debtcycle.store.archive import archive_path
from debtcycle.store.copies import backup, restore
from debtcycle.store.entries import Action, Entry, payload_hash
from debtcycle.store.export import COLUMNS, export_csv, export_parquet
from debtcycle.store.migrate import kept_path
from debtcycle.store.verify import lacking, verify
from debtcycle.store.writing import Addition
from store.old_schema import BATCHES, NOTE, write_old_store

DAYS = np.arange("2020-01", "2022-01", dtype="M8[M]").astype("M8[D]")


def rows(scale: float) -> Rows:
    values = scale * np.arange(1.0, len(DAYS) + 1)
    values[5] = np.nan
    return Rows(DAYS, DAYS + 40, values, np.full(len(DAYS), int(Basis.LAGGED), dtype="i1"))


def add(store: Store, name: str, scale: float) -> None:
    body = f"{name} {scale}".encode()
    digest = payload_hash((body,))
    entry = Entry(
        action=Action.TAKEN, origin="file", name=name, payload_sha256=digest, bodies=(digest,)
    )
    store.add(Addition(name, digest, {name: rows(scale)}), entry, (body,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store.sqlite"
    with Store.create(path) as store:
        add(store, "A", 1.0)
        add(store, "B", 2.0)
        store.remember("etag", '"x"')
    return path


def content(path: Path) -> str:
    with Store(path) as store:
        verify(store)
        return store.content_sha256()


# --- backup and restore ----------------------------------------------------------------------
def test_a_copy_has_everything(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "away" / "copy.sqlite"
    copy.parent.mkdir()
    assert len(backup(path, copy)) == 2
    assert {item.name for item in copy.parent.iterdir()} == {copy.name, archive_path(copy).name}
    with Store(copy) as store:
        assert store.memory("etag") == '"x"'
        assert lacking(store) == ()
    assert content(copy) == content(path)
    with Store(path) as store:
        add(store, "C", 3.0)
    assert content(copy) != content(path)
    backup(path, copy)
    assert content(copy) == content(path), "a later copy takes the place of the earlier one"


def test_what_is_not_a_copy_is_left_alone(path: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear", encoding="utf-8")
    for target, said in ((letter, "store.notours"), (path, "store.itself")):
        with pytest.raises(StoreError) as caught:
            backup(path, target)
        assert caught.value.message_id == said
    assert letter.read_text(encoding="utf-8") == "dear"


def test_a_strangers_archive_is_left_alone(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    other = tmp_path / "other.sqlite"
    with Store.create(other) as store:
        add(store, "X", 5.0)
    for content in (b"dear", archive_path(other).read_bytes()):
        archive_path(copy).write_bytes(content)
        with pytest.raises(StoreError) as caught:
            backup(path, copy)
        assert caught.value.message_id == "store.notours"
        assert caught.value.params["path"] == archive_path(copy)
        assert (archive_path(copy).read_bytes(), copy.exists()) == (content, False)
    # What an earlier backup left that was cut off before its end is ours.
    archive_path(copy).write_bytes(archive_path(path).read_bytes())
    assert len(backup(path, copy)) == 2


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON batch BEGIN DELETE FROM memory; END", "trigger t"),
        ("CREATE VIEW v AS SELECT * FROM batch", "view v"),
        ("CREATE TABLE more (x)", "table more"),
        ("CREATE INDEX i ON batch (source)", "table i"),
        ("DROP INDEX batch_payload", "table batch_payload"),
        ("INSERT INTO piece VALUES (77, 9999, 1, 0, x'')", "block 77"),
        ("INSERT INTO piece VALUES (77, 1, 9999, 0, x'')", "block 77"),
    ],
)
def test_what_does_not_belong_there_is_found(
    path: Path, tmp_path: Path, done: str, said: str
) -> None:
    copy = tmp_path / "copy.sqlite"
    backup(path, copy)
    connection = sqlite3.connect(copy)
    connection.execute(done)
    connection.commit()
    connection.close()
    before = content(path)
    with pytest.raises(StoreError) as caught:
        content(copy)
    assert (caught.value.message_id, caught.value.params["what"]) == ("store.foreign", said)
    with pytest.raises(StoreError) as caught:
        restore(path, copy)
    assert (caught.value.message_id, caught.value.params["reason"]) == ("store.copy", said)
    assert content(path) == before, "nothing foreign comes in by a copy"


def test_a_page_of_rubbish_at_the_end_is_found(path: Path) -> None:
    assert content(path)
    with path.open("ab") as stream:
        stream.write(b"\xff" * 4096)
    with pytest.raises(StoreError) as caught:
        content(path)
    assert caught.value.message_id == "store.broken"


def test_a_copy_made_while_a_writer_writes_is_that_of_one_moment(
    path: Path, tmp_path: Path
) -> None:
    stop = threading.Event()
    faults: list[BaseException] = []

    def write() -> None:
        try:
            with Store(path) as store:
                for number in range(60):
                    if stop.is_set():
                        return
                    add(store, f"S{number}", float(number + 1))
        except BaseException as error:  # noqa: BLE001 - told to the test
            faults.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    try:
        for number in range(8):
            copy = tmp_path / f"copy{number}"
            seen.add(len(backup(path, copy)))
            with Store(copy) as store:
                assert lacking(store) == (), "each batch of the copy has its payload"
    finally:
        stop.set()
        writer.join()
    assert not faults
    assert len(seen) > 1, "the writer wrote meanwhile"


def test_restoring_keeps_the_present_store(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    backup(path, copy)
    with Store(path) as store:
        add(store, "C", 3.0)
    present = content(path)
    kept = restore(path, copy)
    assert content(path) == content(copy) != present
    assert kept is not None
    assert content(kept) == present
    with Store(kept) as store:
        assert lacking(store) == ()
    second = restore(path, kept)
    assert content(path) == present
    assert second not in (None, kept)


def test_restoring_in_the_place_of_a_damaged_store(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    backup(path, copy)
    path.write_bytes(b"garbage" * 1000)
    kept = restore(path, copy)
    assert content(path) == content(copy)
    assert kept is not None
    assert kept.read_bytes() == b"garbage" * 1000


def test_restoring_where_there_is_nothing(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "fresh" / "store.sqlite"
    target.parent.mkdir()
    assert restore(target, path) is None
    assert content(target) == content(path)


def test_a_damaged_copy_changes_nothing(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    backup(path, copy)
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE piece SET packed = CAST(zeroblob(408) AS BLOB) WHERE id = 1")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        restore(path, copy)
    assert caught.value.message_id == "store.copy"
    assert caught.value.params["path"] == copy, "not the draft, which is gone"
    assert caught.value.exit_code == 5
    copy.write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)
    with pytest.raises(StoreError) as caught:
        restore(path, copy)
    assert (caught.value.message_id, caught.value.params["path"]) == ("store.copy", copy)
    with pytest.raises(StoreError) as caught:
        restore(path, tmp_path / "none")
    assert caught.value.message_id == "store.missing"
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*before*"))


def test_a_store_in_use_is_not_replaced(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    backup(path, copy)
    with Store(path) as store:
        with store.exclusive(), pytest.raises(StoreError) as caught:
            restore(path, copy)
        assert caught.value.message_id == "store.locked"


# --- an older schema -------------------------------------------------------------------------
def test_an_older_store_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    truth = write_old_store(path)
    old = path.read_bytes()
    with Store(path) as store:
        assert store.content_sha256() == truth
        assert [batch.id for batch in verify(store)] == [1, 2]
        assert store.batches()[0].imported_at == "2026-01-01T00:00:00+00:00"
        assert store.documents("announcement") == (NOTE,)
        for name, part in BATCHES[0][0].items():
            own = store.rows(name)
            first = own.take(own.known_from - own.periods == np.timedelta64(20, "D"))
            assert np.array_equal(first.values, part.values, equal_nan=True)
        assert len(store.rows("A")) == 2 * len(BATCHES[0][0]["A"])
    assert kept_path(path, 1).stat().st_size == len(old)
    with Store(path) as store:
        assert store.content_sha256() == truth


def test_a_damaged_older_store_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    write_old_store(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE observation SET value = value + 1 WHERE series = 2")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        Store(path)
    assert caught.value.message_id == "store.tampered"
    assert path.read_bytes()[100:] == before[100:]
    assert {item.name for item in tmp_path.iterdir()} <= {path.name, f"{path.name}.lock"}


def test_an_older_store_in_use_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("debtcycle.store.database._BUSY_SECONDS", 0.05)
    path = tmp_path / "store.sqlite"
    truth = write_old_store(path)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM batch").fetchone()
    with pytest.raises(StoreError) as caught:
        Store(path)
    assert caught.value.message_id == "store.inuse"
    reader.close()
    assert content(path) == truth


# --- export ----------------------------------------------------------------------------------
@pytest.fixture
def exported(path: Path) -> Path:
    with Store(path) as store:
        store.append("again", "x", {"A": Rows(DAYS[:2], DAYS[:2] + 90, np.array([0.1, -7.25e-9]),
                                              np.zeros(2, dtype="i1"))},
                     [Document("note", DAYS[0], "{}")])  # fmt: skip
    return path


def test_the_csv_reads_back_to_the_bit(exported: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    with Store(exported) as store:
        count = sum(len(store.rows(name)) for name in store.series)
        truth = store.rows("A")
    assert export_csv(exported, out) == count
    with out.open(newline="", encoding="utf-8") as stream:
        header, *lines = csv.reader(stream)
    assert tuple(header) == COLUMNS
    assert len(lines) == count
    own = sorted((line for line in lines if line[0] == "A"), key=lambda line: line[1:3])
    values = [float(line[3]) if line[3] else np.nan for line in own]
    assert np.array_equal(values, truth.values, equal_nan=True)
    assert [line[1] for line in own] == truth.periods.astype(str).tolist()
    assert {line[4] for line in own} == {"lagged", "vintage"}
    assert {line[5] for line in own} == {"1", "3"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_query_of_the_page_gives_what_a_view_gives(
    repository: Path, exported: Path, tmp_path: Path, lang: str
) -> None:
    """The page's SQL is plain; SQLite runs it on the CSV as DuckDB does on Parquet."""
    page = (repository / "docs" / f"store.{lang}.md").read_text(encoding="utf-8")
    query = page.split("```sql")[1].split("```")[0].replace("'rows.parquet'", "rows")
    query = query.replace("INDPRO", "A").replace("2009-11-30", "2021-03-10")
    out = tmp_path / "rows.csv"
    export_csv(exported, out)
    with out.open(newline="", encoding="utf-8") as stream:
        lines = list(csv.reader(stream))[1:]
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE rows (series, period, known_from, value REAL, basis, batch INTEGER)"
    )
    connection.executemany("INSERT INTO rows VALUES (?, ?, ?, nullif(?, ''), ?, ?)", lines)
    with Store(exported) as store:
        truth = store.rows("A").as_of(np.datetime64("2021-03-10"))
    truth = truth.take(~np.isnan(truth.values))
    assert connection.execute(query).fetchall() == list(
        zip(truth.periods.astype(str).tolist(), truth.values.tolist(), strict=True)
    )
    connection.close()


def test_parquet_reads_back_to_the_bit(exported: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip(
        "pyarrow.parquet", reason="an optional extra, pyarrow, is not installed"
    )
    out = tmp_path / "rows.parquet"
    count = export_parquet(exported, out)
    table = parquet.read_table(out)
    assert table.column_names == list(COLUMNS)
    assert table.num_rows == count
    with Store(exported) as store:
        truth = store.rows("A")
    own = [row for row in table.to_pylist() if row["series"] == "A"]
    own.sort(key=lambda row: (row["period"], row["known_from"]))
    assert [row["period"] for row in own] == truth.periods.tolist()
    assert [row["known_from"] for row in own] == truth.known_from.tolist()
    values = [np.nan if row["value"] is None else row["value"] for row in own]
    assert np.array_equal(values, truth.values, equal_nan=True)


def test_without_pyarrow_there_is_a_remedy(path: Path, tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from pathlib import Path\nfrom debtcycle.store.export import export_parquet\n"
        f"export_parquet(Path({str(path)!r}), Path({str(tmp_path / 'x')!r}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False,
                          env={"PYTHONPATH": ":".join(sys.path)})  # fmt: skip
    assert ConfigError("export.pyarrow").message_id in done.stderr.decode()
    assert not (tmp_path / "x").exists()
