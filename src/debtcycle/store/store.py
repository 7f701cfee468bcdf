"""The store: append-only observations, each with the day from which it was known."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from debtcycle.errors import StoreError
from debtcycle.store import queries
from debtcycle.store.archive import Archive, archive_path
from debtcycle.store.database import (
    connect,
    connect_reading,
    create,
    default_path,
    faults,
    reading,
    writer_lock,
)
from debtcycle.store.entries import Entry
from debtcycle.store.held import Held, Holding, read_held
from debtcycle.store.packing import unpack_documents, unpack_pieces
from debtcycle.store.schema import Document, Rows
from debtcycle.store.writing import (
    DOCUMENTS,
    OBSERVATIONS,
    Addition,
    Batch,
    write,
)

__all__ = ["Batch", "Store"]


class Store:
    """Bitemporal, append-only store of observations in one SQLite file.

    A row says: series, period, value, the day from which the value was known, on what basis,
    and in which batch it came. Rows are added, never changed. Reading goes through
    `debtcycle.views.View`; `rows` is what views are made of.

    Parameters
    ----------
    path : Path, optional
        The file; ``$DEBTCYCLE_STORE`` or the user's data folder by default. A store of an older
        version is brought up to date first.

    Raises
    ------
    StoreError
        If the file is missing, broken, unreadable or of a newer version.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = default_path() if path is None else Path(path)
        self._connection, self._alone = _connected(self.path)
        self._cache: dict[str, Rows] = {}
        self._writer: sqlite3.Connection | None = None
        self._exclusive = False
        self._archive = Archive(archive_path(self.path))
        try:
            self._look_up()
        except StoreError:
            self.close()
            raise

    @classmethod
    def create(cls, path: Path) -> Store:
        """Make an empty store and open it; an existing file is left alone and refused."""
        if path.exists():
            raise StoreError("store.exists", path=path)
        create(path)
        return cls(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # --- reading -----------------------------------------------------------------------------
    @property
    def series(self) -> tuple[str, ...]:
        """Ids of the series that have rows, in alphabetical order."""
        return tuple(self._ids)

    @property
    def archive(self) -> Archive:
        """The raw archive beside the store."""
        return self._archive

    def _look_up(self) -> None:
        """Read which series and kinds of documents there are."""
        with reading(self.path):
            self._ids, self._kinds = queries.series_numbers(self._connection)

    def rows(self, series_id: str) -> Rows:
        """All rows of a series, sorted by period and day known; empty if there are none."""
        if series_id not in self._ids:
            return Rows.empty()
        if series_id not in self._cache:
            with reading(self.path):
                found = queries.pieces(
                    self._connection, self._ids[series_id], series_id, OBSERVATIONS
                )
                self._cache[series_id] = unpack_pieces([(count, p) for _, count, p in found])
        return self._cache[series_id]

    def documents(self, kind: str) -> tuple[Document, ...]:
        """All documents of a kind, by the day they became known, then in written order."""
        if kind not in self._kinds:
            return ()
        with reading(self.path):
            pieces = queries.pieces(self._connection, self._kinds[kind], kind, DOCUMENTS)
            found = [
                (item.known_from, place, number, item)
                for number, (_, _, packed) in enumerate(pieces)
                for place, item in enumerate(unpack_documents(kind, packed))
            ]
        return tuple(item for *_, item in sorted(found, key=lambda row: row[:3]))

    def batches(self) -> tuple[Batch, ...]:
        """What has been imported, oldest first."""
        with reading(self.path):
            return queries.batches(self._connection)

    def last_batch(self) -> Batch | None:
        """The newest batch; None while there is none."""
        with reading(self.path):
            return queries.last_batch(self._connection)

    def content_sha256(self) -> str:
        """One hash over what each series was brought; no clock enters, and no chance.

        Answers to questions without a series in common may come in any order.
        """
        with reading(self.path):
            queries.batches(self._connection)  # a list that is not whole has no hash
            return queries.content(self._connection)

    def has_payload(self, payload_sha256: str) -> bool:
        """Whether a file with these bytes has already been imported."""
        with reading(self.path):
            found = self._connection.execute(
                "SELECT 1 FROM batch WHERE payload_sha256 = ?", (payload_sha256,)
            ).fetchone()
        return found is not None

    def quarantine(self) -> tuple[Held, ...]:
        """What is kept apart, oldest first; no view sees it."""
        return tuple(line for line, _ in self.holdings())

    def holdings(self) -> tuple[tuple[Held, Holding], ...]:
        """What is kept apart, with the figures themselves."""
        with reading(self.path):
            return read_held(self._connection)

    def memory(self, key: str) -> str | None:
        """A small fact that was to be remembered, e.g. an ETag; None if there is none."""
        with reading(self.path):
            found = self._connection.execute(
                "SELECT text FROM memory WHERE key = ?", (key,)
            ).fetchone()
        return None if found is None else str(found[0])

    def memories(self, prefix: str) -> dict[str, str]:
        """All small facts whose keys begin so."""
        with reading(self.path):
            found = self._connection.execute(
                "SELECT key, text FROM memory WHERE key >= ? AND key < ?",
                (prefix, prefix + "\U0010ffff"),
            ).fetchall()
        return {str(key): str(text) for key, text in found}

    # --- writing -----------------------------------------------------------------------------
    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the only writer for a while: what is read inside is still so when it is added to.

        Raises
        ------
        StoreError
            ``store.locked`` with the process that writes.
        """
        if self._exclusive:
            yield
            return
        with writer_lock(self.path):
            if self._alone:  # that connection would not see what is written
                self._connection.close()
                self._connection, self._alone = connect(self.path), False
            self._exclusive = True
            self._cache.clear()
            try:
                self._look_up()
                yield
            finally:
                self._exclusive = False
                self._end_writing()

    def _end_writing(self) -> None:
        """Bring what was stored into the file itself, so that it can be copied or moved alone.

        It is stored already, in the log: where the disk is too full to move it, the log stays.
        """
        connection, self._writer = self._writer, None
        if connection is None:
            return
        with closing(connection), suppress(sqlite3.Error):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def append(
        self,
        source: str,
        payload_sha256: str,
        rows: Mapping[str, Rows],
        documents: Sequence[Document] = (),
    ) -> int:
        """Add one batch, whole or not at all.

        Returns
        -------
        int
            Number of rows and documents added.
        """
        return self.add(Addition(source, payload_sha256, rows, documents))

    def remember(self, key: str, text: str) -> None:
        """Keep a small fact; it is no part of the contents and enters no hash."""
        self.add(Addition(batch=False, facts={key: text}))

    def add(self, new: Addition, entry: Entry | None = None, bodies: Sequence[bytes] = ()) -> int:
        """Add a batch with what goes with it, whole or not at all.

        The archive is written first: once a batch is acknowledged, its payload is there.

        Returns
        -------
        int
            Number of rows and documents added.
        """
        with self.exclusive(), faults(self.path):
            if self._writer is None:
                self._writer = connect(self.path, write=True)
            connection = self._writer
            try:
                connection.execute("BEGIN IMMEDIATE")
                before = connection.execute("SELECT batches FROM head").fetchone()[0]
                write(connection, new)
                if entry is not None:
                    self._archive.add(msgspec.structs.replace(entry, after=before), bodies)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            for name in new.rows:
                self._cache.pop(name, None)
            self._look_up()
        return new.count


def _connected(path: Path) -> tuple[sqlite3.Connection, bool]:
    try:
        return connect_reading(path)
    except StoreError as error:
        if error.message_id != "store.older":
            raise
    from debtcycle.store.migrate import migrate

    migrate(path)
    return connect_reading(path)
