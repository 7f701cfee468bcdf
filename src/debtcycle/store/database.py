"""The file: opening it read-only or for one writer, and turning SQLite's faults into ours."""

from __future__ import annotations

import errno
import fcntl
import glob
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from platformdirs import user_data_path

from debtcycle.errors import StoreError
from debtcycle.store.schema import DDL, SCHEMA_VERSION

__all__ = [
    "connect",
    "connect_reading",
    "create",
    "default_path",
    "discard_drafts",
    "draft_path",
    "faults",
    "has_log",
    "open_any",
    "reading",
    "refuse_newer",
    "schema_version",
    "settle",
    "writer_lock",
]

_BUSY_SECONDS = 2.0
_PROBE_BYTES = 1 << 16
# What statements go through; a test puts one in its place that fails on purpose.
Connection = sqlite3.Connection
# The first version that was given out; stores of it are brought up to date.
_OLDEST = 1
_OF_SYSTEM = {
    errno.ENOSPC: "store.full",
    errno.EDQUOT: "store.full",
    errno.EFBIG: "store.full",
    errno.EROFS: "store.readonly",
    errno.EIO: "store.disk",
}


def default_path() -> Path:
    """Where the store lies: ``$DEBTCYCLE_STORE``, else the user's data folder."""
    named = os.environ.get("DEBTCYCLE_STORE")
    return Path(named) if named else user_data_path("debtcycle", appauthor=False) / "store.sqlite"


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Give SQLite's and the system's faults the package's own names and remedies."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error).lower()
        for sign, message_id in (
            ("locked", "store.locked"),
            ("readonly", "store.readonly"),
            ("read-only", "store.readonly"),
            ("full", "store.full"),
            ("disk i/o", "store.disk"),
            ("unable to open", "store.unreadable"),
        ):
            if sign in text:
                said = _disk_fault(path) if message_id == "store.disk" else message_id
                raise StoreError(said, path=path) from error
        raise StoreError("store.broken", path=path, reason=str(error)) from error
    except sqlite3.DatabaseError as error:
        raise StoreError("store.broken", path=path, reason=str(error)) from error
    except OSError as error:
        raise StoreError(_OF_SYSTEM.get(error.errno or 0, "store.unreadable"), path=path) from error


def _disk_fault(path: Path) -> str:
    """What ails the disk: SQLite calls it an I/O error too where its log finds no room."""
    probe = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        return _OF_SYSTEM.get(error.errno or 0, "store.disk")
    try:
        left = _PROBE_BYTES
        while left:
            left -= os.write(handle, bytes(left))
    except OSError as error:
        return _OF_SYSTEM.get(error.errno or 0, "store.disk")
    finally:
        os.close(handle)
        with suppress(OSError):
            probe.unlink()
    return "store.disk"


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """`faults`, and cells of a kind that their column cannot hold: a damaged page gives such."""
    with faults(path):
        try:
            yield
        except (TypeError, ValueError, OverflowError, MemoryError) as error:
            raise StoreError("store.broken", path=path, reason=str(error)) from error


def has_log(path: Path) -> bool:
    """Whether a write-ahead log beside a store holds what is not in the file yet."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise StoreError("store.newer", path=path, version=version, ours=SCHEMA_VERSION)
    if version < _OLDEST:
        raise StoreError("store.broken", path=path, reason=f"schema version {version}")
    if version < SCHEMA_VERSION:
        raise StoreError("store.older", path=path, version=version, ours=SCHEMA_VERSION)


def _check_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse triggers, which would act at each writing, and views, which may stand for tables."""
    with reading(path):
        found = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name"
        ).fetchone()
    if found is not None:
        raise StoreError("store.foreign", path=path, what=f"{found[0]} {found[1]}")


def schema_version(path: Path) -> int:
    """The version that a store was written with."""
    try:
        return _version_of(open_any(path), path)
    except StoreError as error:
        if not _readable_alone(error, path):
            raise
    return _version_of(open_any(path, alone=True), path)


def _version_of(connection: sqlite3.Connection, path: Path) -> int:
    try:
        with reading(path):
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def _readable_alone(error: StoreError, path: Path) -> bool:
    """Whether only the room is lacking that sharing a file takes."""
    return error.message_id in {"store.full", "store.disk"} and not has_log(path)


def refuse_newer(path: Path) -> None:
    """Let nothing take the place of a store of a newer version; a damaged one may be replaced.

    Raises
    ------
    StoreError
        ``store.newer``.
    """
    try:
        version = schema_version(path)
    except StoreError:
        return
    if version > SCHEMA_VERSION:
        raise StoreError("store.newer", path=path, version=version, ours=SCHEMA_VERSION)


def open_any(path: Path, *, write: bool = False, alone: bool = False) -> sqlite3.Connection:
    """Open an existing file of any version, read-only unless a write is meant.

    Parameters
    ----------
    alone : bool
        Read the file as it lies, without sharing it with a writer.

    Raises
    ------
    StoreError
        ``store.missing``, ``store.notfile``, ``store.unreadable`` or ``store.broken``.
    """
    if not path.is_file():
        raise StoreError("store.notfile" if path.exists() else "store.missing", path=path)
    with faults(path):
        mode = "mode=rw" if write else "mode=ro"
        # In a folder that cannot be written SQLite cannot share the file with a writer; nobody
        # can write it either, so it is read as it lies, unless a log beside it holds figures.
        sealed = not os.access(path.parent, os.W_OK) and not has_log(path)
        if not write and (alone or sealed):
            mode = "mode=ro&immutable=1"
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?{mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            factory=Connection,
        )


def connect(path: Path, *, write: bool = False) -> sqlite3.Connection:
    """Open an existing store, read-only unless a write is meant.

    Raises
    ------
    StoreError
        ``store.missing``, ``store.unreadable``, ``store.broken``, ``store.newer``,
        ``store.foreign`` where it holds a trigger or a view, or
        ``store.older`` for one that has to be brought up to date.
    """
    return _checked(open_any(path, write=write), path, write=write)


def connect_reading(path: Path) -> tuple[sqlite3.Connection, bool]:
    """Open an existing store read-only, also on a full disk; whether it is read as it lies.

    On a full disk there is no room for what SQLite shares a file by. What is stored can be read
    all the same, unless a log beside it holds figures; nobody can write there either. Such a
    connection does not see what is written later: who wants to write opens the file anew.
    """
    try:
        return connect(path), False
    except StoreError as error:
        if not _readable_alone(error, path):
            raise
    return _checked(open_any(path, alone=True), path, write=False), True


def _checked(connection: sqlite3.Connection, path: Path, *, write: bool) -> sqlite3.Connection:
    try:
        with faults(path):
            connection.execute("PRAGMA trusted_schema = OFF")
            _check_version(connection, path)
            _check_foreign(connection, path)
            if write:
                connection.execute("PRAGMA journal_mode = WAL").fetchall()
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def draft_path(path: Path) -> Path:
    """Where a store is made before it is moved to its place."""
    return path.with_name(f"{path.name}.{os.getpid()}.new")


def discard_drafts(path: Path) -> None:
    """Remove what was left half-made; the caller holds the writer's lock.

    What cannot be removed does no harm, and must not undo what has been done.
    """
    for leftover in path.parent.glob(f"{glob.escape(path.name)}.*.new*"):
        with suppress(OSError):
            leftover.unlink()


def create(path: Path) -> None:
    """Make an empty store. The caller sees to it that the path is free."""
    with faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, factory=Connection)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # A store in the making is thrown away if it is not finished: it need not be durable.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            for statement in filter(str.strip, DDL.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.execute("COMMIT")
        finally:
            connection.close()


def settle(path: Path) -> None:
    """Bring all that is in the write-ahead log into the file, so that it can be moved alone.

    Raises
    ------
    StoreError
        ``store.locked`` if someone else has the file in use.
    """
    connection = connect(path, write=True)
    try:
        with faults(path):
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.close()
    if busy:
        raise StoreError("store.locked", path=path, holder="?")


@contextmanager
def writer_lock(path: Path) -> Iterator[None]:
    """Hold the one writer's lock beside the store, or say at once who holds it.

    Raises
    ------
    StoreError
        ``store.locked`` with the process that holds the lock.
    """
    lock = path.with_name(path.name + ".lock")
    with faults(path):
        lock.parent.mkdir(parents=True, exist_ok=True)
        # A link is not followed, since the file is written over; a pipe is not waited for.
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise StoreError("store.notfile", path=lock)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(handle, 64, 0).decode("ascii", "replace").strip() or "?"
            raise StoreError("store.locked", path=path, holder=holder) from error
        with faults(path):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
