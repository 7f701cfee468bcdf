"""What goes wrong with a file, and what is said of it: never wrong figures, never a traceback."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from debtcycle.errors import StoreError
from debtcycle.store import Basis, Document, Rows, Store, default_path
from debtcycle.store.database import connect, faults, schema_version, settle, writer_lock
from debtcycle.store.packing import content_hash, pack_rows, unpack_rows
from debtcycle.store.schema import SCHEMA_VERSION
from debtcycle.store.verify import verify

PERIODS = np.arange("2020-01", "2024-01", dtype="M8[M]").astype("M8[D]")


def rows(scale: float = 1.0, late: int = 20) -> Rows:
    values = scale * np.arange(1.0, len(PERIODS) + 1)
    values[3] = np.nan
    known = PERIODS + np.timedelta64(late, "D")
    return Rows(PERIODS, known, values, np.full(len(PERIODS), int(Basis.LAGGED), dtype="i1"))


def filled(path: Path) -> Path:
    with Store.create(path) as store:
        store.append("first", "aa", {"A": rows(), "B": rows(2.5)})
        note = Document("note", np.datetime64("2021-01-05"), '{"text": "十月"}')
        store.append("second", "bb", {"A": rows(3.0, late=50)}, [note])
    settle(path)
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return filled(tmp_path / "store.sqlite")


def contents(store: Store) -> list[object]:
    """Everything that the store says, as plain values."""
    found: list[object] = [store.documents("note"), store.series]
    for name in store.series:
        part = store.rows(name)
        found += [part.periods.tolist(), part.known_from.tolist(), repr(part.values.tolist())]
    return found


@pytest.fixture
def whole(path: Path) -> Iterator[list[object]]:
    with Store(path) as store:
        yield contents(store)


def test_what_is_appended_is_read_back(path: Path) -> None:
    with Store(path) as store:
        got = store.rows("B")
        assert store.series == ("A", "B")
        assert np.array_equal(got.values, rows(2.5).values, equal_nan=True)
        assert np.array_equal(got.known_from, rows().known_from)
        assert len(store.rows("A")) == 2 * len(PERIODS)
        assert [batch.rows for batch in store.batches()] == [96, 49]
        assert store.has_payload("aa")
        assert not store.has_payload("cc")
        assert store.documents("note")[0].payload == '{"text": "十月"}'
        assert not len(store.rows("nothing"))
        assert verify(store) == store.batches()


def test_where_the_store_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DEBTCYCLE_STORE", str(tmp_path / "mine.sqlite"))
    assert default_path() == tmp_path / "mine.sqlite"
    monkeypatch.delenv("DEBTCYCLE_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_path() == tmp_path / "debtcycle" / "store.sqlite"


def test_readers_leave_the_file_as_it_is(path: Path) -> None:
    before = path.read_bytes()
    with Store(path) as store:
        contents(store)
        verify(store)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            store._connection.execute("DELETE FROM piece")
    assert path.read_bytes() == before


def test_an_existing_file_is_not_made_again(path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store.create(path)
    assert caught.value.message_id == "store.exists"


@pytest.mark.parametrize("scale", [1.0, -0.0])
def test_hashes_do_not_depend_on_the_order_or_the_sign_of_nought(scale: float) -> None:
    one = rows(scale)
    back = np.arange(len(one))[::-1]
    assert content_hash({"A": one, "B": Rows.empty()}, ()) == content_hash(
        {"A": one.take(back)}, ()
    )
    assert content_hash({"A": one}, ()) == content_hash({"A": rows(abs(scale))}, ())
    assert content_hash({"A": one}, ()) != content_hash({"A": rows(scale + 2)}, ())


# --- one writer ------------------------------------------------------------------------------
def test_a_second_writer_is_told_who_writes(path: Path, whole: list[object]) -> None:
    with Store(path) as store, writer_lock(path):
        with pytest.raises(StoreError) as caught:
            store.append("third", "cc", {"A": rows(9.0, late=90)})
        assert caught.value.message_id == "store.locked"
        assert caught.value.params["holder"] == str(os.getpid())
        assert contents(store) == whole, "readers go on"
    with Store(path) as store:
        assert store.append("third", "cc", {"A": rows(9.0, late=90)}) == len(PERIODS)


def test_a_foreign_writer_is_named_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("debtcycle.store.database._BUSY_SECONDS", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with Store(path) as store, pytest.raises(StoreError) as caught:
            store.append("third", "cc", {"A": rows(9.0, late=90)})
        assert caught.value.message_id == "store.locked"
        with pytest.raises(StoreError):
            settle(path)
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_failing_append_leaves_nothing(path: Path, whole: list[object]) -> None:
    twice = rows().take(np.zeros(2, dtype=int))
    with Store(path) as store:
        with pytest.raises(StoreError):
            store.append("third", "cc", {"C": rows(), "D": twice})
        assert contents(store) == whole
        assert not store.has_payload("cc")


def test_a_full_disk_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def limited(place: Path, *, write: bool = False) -> sqlite3.Connection:
        connection = connect(place, write=write)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    with Store(path) as store:
        before = contents(store)
        with monkeypatch.context() as patch:
            patch.setattr("debtcycle.store.store.connect", limited)
            many = {f"S{n}": rows(n) for n in range(60)}
            with pytest.raises(StoreError) as caught:
                store.append("third", "cc", many)
        assert caught.value.message_id == "store.full"
        assert contents(store) == before
        assert store.append("third", "cc", many) == 60 * len(PERIODS)


class _NoRoom(sqlite3.Connection):
    """As on a disk without a byte left: a file can only be read as it lies."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.sealed = "immutable=1" in str(arguments[0])

    def execute(self, *arguments: object) -> sqlite3.Cursor:
        if not self.sealed:
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(*arguments)  # type: ignore[arg-type]


def test_what_is_stored_is_read_on_a_full_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(path) as store:
        before = contents(store)
    with monkeypatch.context() as patch:
        patch.setattr("debtcycle.store.database.Connection", _NoRoom)
        assert schema_version(path) == SCHEMA_VERSION
        store = Store(path)
        assert contents(store) == before
        assert len(verify(store)) == len(store.batches())
        with pytest.raises(StoreError):
            store.append("third", "cc", {"C": rows()})
    assert store.append("third", "cc", {"C": rows()}) == len(PERIODS)
    assert len(store.rows("C")) == len(PERIODS), "what is written is seen once there is room"
    store.close()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "store.full"),
        (errno.EDQUOT, "store.full"),
        (errno.EIO, "store.disk"),
        (None, "store.disk"),
    ],
)
def test_a_disk_without_room_is_told_from_one_that_fails(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int | None, said: str
) -> None:
    """SQLite calls both an I/O error."""
    with monkeypatch.context() as patch:
        if number is not None:

            def refused(_handle: int, _content: bytes) -> int:
                raise OSError(number, "refused")

            patch.setattr("debtcycle.store.database.os.write", refused)
        with pytest.raises(StoreError) as caught, faults(path):
            raise sqlite3.OperationalError("disk I/O error")
    assert caught.value.message_id == said
    assert not list(path.parent.glob("*.new"))


# --- broken files ----------------------------------------------------------------------------
def said_of(path: Path) -> str:
    """Message id of what opening, reading and checking a file raises; "" if all is well."""
    try:
        with Store(path) as store:
            contents(store)
            verify(store)
    except StoreError as error:
        return error.message_id
    return ""


def test_missing_and_directory(tmp_path: Path) -> None:
    assert said_of(tmp_path / "none.sqlite") == "store.missing"
    assert said_of(tmp_path) == "store.notfile"


@pytest.mark.parametrize(
    "garbage", [b"no database at all" * 300, b"\0" * 8192, b"", b"SQLite format 3\0"]
)
def test_garbage(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(garbage)
    assert said_of(path) == "store.broken"
    assert path.read_bytes() == garbage


def test_a_flipped_figure_is_never_shown(path: Path) -> None:
    """Without any check of the whole: reading the one series is enough."""
    change_figures(path)
    with Store(path) as store, pytest.raises(StoreError) as caught:
        _ = [store.rows(name) for name in store.series]
    assert caught.value.message_id == "store.broken"


def test_what_is_stored_lies_in_the_file_itself(path: Path, tmp_path: Path) -> None:
    """A copy of the file alone, or a file moved away, takes everything with it."""
    with Store(path) as reader:
        name = reader.series[0]
        rows = reader.rows(name)
        later = Rows(
            rows.periods[-1:] + 400, rows.known_from[-1:] + 400, rows.values[-1:], rows.basis[-1:]
        )
        with Store(path) as writer:
            writer.append("more", "0" * 64, {name: later})
        copy = tmp_path / "copy.sqlite"
        copy.write_bytes(path.read_bytes())
    with Store(copy) as store:
        assert len(store.rows(name)) == len(rows) + 1


def test_two_imports_do_not_come_between_each_other(path: Path) -> None:
    with Store(path) as one, Store(path) as two, one.exclusive():
        with pytest.raises(StoreError) as caught, two.exclusive():
            pass
        assert caught.value.message_id == "store.locked"
        with one.exclusive():
            assert one.series


def test_another_schema(path: Path) -> None:
    for version, expected in ((99, "store.newer"), (0, "store.broken")):
        with sqlite3.connect(path) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
        assert said_of(path) == expected


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_permissions(path: Path) -> None:
    path.chmod(0o400)
    with Store(path) as store, pytest.raises(StoreError) as caught:
        store.append("third", "cc", {"A": rows(9.0, late=90)})
    assert caught.value.message_id == "store.readonly"
    path.chmod(0)
    assert said_of(path) in {"store.unreadable", "store.broken"}


@pytest.mark.parametrize("count", [40, pytest.param(100, marks=pytest.mark.soak)])
def test_a_truncated_file_is_never_read_as_whole(
    path: Path, whole: list[object], count: int
) -> None:
    data = path.read_bytes()
    for cut in np.linspace(0, len(data) - 1, count).astype(int).tolist():
        path.write_bytes(data[:cut])
        assert said_of(path).startswith("store."), f"cut at {cut} of {len(data)}"


@pytest.mark.parametrize("count", [100, pytest.param(500, marks=pytest.mark.soak)])
def test_a_flipped_byte_never_gives_wrong_figures(
    path: Path, whole: list[object], count: int
) -> None:
    """Either it is said, or every figure is as it was (a flip in unused space)."""
    data = path.read_bytes()
    noticed = 0
    for place in np.random.default_rng(7).integers(0, len(data), count).tolist():
        broken = bytearray(data)
        broken[place] ^= 0xFF
        path.write_bytes(bytes(broken))
        said = said_of(path)
        assert said in {"", "store.broken", "store.tampered", "store.newer", "store.missing"}, said
        noticed += bool(said)
        if not said:
            with Store(path) as store:
                assert contents(store) == whole, f"byte {place}"
    assert noticed > 8, "most of a small file is free space, but not all of it"


def test_a_flipped_byte_in_the_names_of_tables_is_said(path: Path, whole: list[object]) -> None:
    """SQLite's own message then holds bytes that are no text."""
    data = path.read_bytes()
    for start in (data.index(b"tablepiece"), data.index(b"CREATE TABLE")):
        for place in range(start, start + 60, 3):
            broken = bytearray(data)
            broken[place] ^= 0xFF
            path.write_bytes(bytes(broken))
            said = said_of(path)
            assert said in {"", "store.broken", "store.tampered"}, (place, said)
            if not said:
                with Store(path) as store:
                    assert contents(store) == whole, f"byte {place}"


def change_figures(path: Path) -> None:
    """Another value in every block, each still a block."""
    with sqlite3.connect(path) as connection:
        for number, count, packed in connection.execute(
            "SELECT p.id, p.rows, p.packed FROM piece p JOIN series s ON s.id = p.series "
            "WHERE s.form = 0"
        ).fetchall():
            old = unpack_rows(packed, count)
            new = Rows(old.periods, old.known_from, old.values + 0.001, old.basis)
            connection.execute(
                "UPDATE piece SET packed = ? WHERE id = ?", (pack_rows("A", new), number)
            )
    connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE piece SET packed = CAST(packed || packed AS BLOB)",
        "UPDATE piece SET batch = 3 - batch WHERE series = 3",
        "UPDATE piece SET rows = rows + 1",
        "UPDATE series SET pieces = pieces - 1",
        "UPDATE series SET name = 'Z' WHERE name = 'B'",
        "UPDATE piece SET packed = CAST('[]' AS BLOB) WHERE series = 3",
        "DELETE FROM piece WHERE batch = 2",
        "DELETE FROM series",
        "UPDATE batch SET rows = 0",
        "UPDATE batch SET source = 'other'",
        "UPDATE head SET content_sha256 = ''",
        "DELETE FROM head",
        "DELETE FROM batch WHERE id = 2",
    ],
)
def test_a_changed_batch_is_found(path: Path, change: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    connection.close()
    # Reading the series finds it at once; a batch that is gone only the check of all of them.
    assert said_of(path) in {"store.tampered", "store.broken"}


# --- killed in the middle --------------------------------------------------------------------
KILLED_APPEND = """
    import os, signal, sys
    from pathlib import Path
    import debtcycle.store.writing as inner
    import debtcycle.store.store as module
    from test_faults import rows

    plain, calls = inner._write_piece, []
    def insert(*arguments):
        plain(*arguments)
        calls.append(1)
        if len(calls) == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
    inner._write_piece = insert
    with module.Store(Path(sys.argv[1])) as store:
        store.append("third", "cc", {f"S{n}": rows(n) for n in range(40)})
"""

KILLED_FIRST_USE = """
    import os, signal, sys
    from pathlib import Path
    import debtcycle.reference as module

    def stop(*_):
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[2] == "settle":
        module.settle = stop
    else:
        import debtcycle.store.writing as inner
        plain, calls = inner._write_piece, []
        def insert(*arguments):
            plain(*arguments)
            calls.append(1)
            if len(calls) == 5:
                stop()
        inner._write_piece = insert
    module.open_store(Path(sys.argv[1]))
"""


def run(script: str, *arguments: str) -> int:
    here = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([here, *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    return done.returncode


@pytest.mark.parametrize("after", [1, 23, 40])
def test_killed_in_the_middle_of_an_append(path: Path, whole: list[object], after: int) -> None:
    run(KILLED_APPEND, str(path), str(after))
    assert said_of(path) == ""
    with Store(path) as store:
        assert contents(store) == whole
        assert not store.has_payload("cc")
        assert store.append("third", "cc", {"A": rows(9.0, late=90)}) == len(PERIODS)


@pytest.mark.parametrize("where", ["insert", "settle"])
def test_killed_in_the_middle_of_first_use(tmp_path: Path, where: str) -> None:
    from debtcycle.reference import open_store

    path = tmp_path / "new" / "store.sqlite"
    run(KILLED_FIRST_USE, str(path), where)
    assert not path.exists(), "nothing half-made has the store's name"
    store = open_store(path)
    assert len(verify(store)) == 1
    assert not list(path.parent.glob("*.new*")), "the draft of the killed process is gone"
    shutil.rmtree(path.parent)


@pytest.mark.parametrize("kind", ["link", "dangling", "pipe"])
def test_a_lock_of_another_kind_is_neither_followed_nor_waited_for(kind, tmp_path):
    victim, path = tmp_path / "victim", tmp_path / "store.sqlite"
    victim.write_text("kept")
    Store.create(path).close()
    lock = path.with_name("store.sqlite.lock")
    lock.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(lock)
    else:
        lock.symlink_to(victim if kind == "link" else tmp_path / "none")
    with pytest.raises(StoreError), writer_lock(path):
        pytest.fail("the lock was taken")
    assert victim.read_text() == "kept"
    assert not (tmp_path / "none").exists()
