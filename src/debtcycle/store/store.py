"""The store: append-only observations, each with the day from which it was known."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from debtcycle.errors import StoreError
from debtcycle.store.database import (
    connect,
    create,
    default_path,
    faults,
    reading,
    writer_lock,
)
from debtcycle.store.schema import Document, Rows

__all__ = ["Batch", "Store"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one import added."""

    id: int
    source: str
    payload_sha256: str
    imported_at: str
    rows: int
    content_sha256: str


def content_hash(rows: Mapping[str, Rows], documents: Sequence[Document]) -> str:
    """SHA-256 over the rows of a batch in canonical order, to verify it later.

    Canonical means: as the file gives them back. Rows are sorted, series without rows are left
    out, every NaN is the same and nought has no sign.
    """
    digest = hashlib.sha256()
    for name in sorted(name for name, part in rows.items() if len(part)):
        part = rows[name].ordered()
        digest.update(name.encode() + b"\0")
        for array in (part.periods, part.known_from):
            digest.update(array.astype("M8[D]").astype("<i8").tobytes())
        values = np.where(np.isnan(part.values), np.nan, part.values + 0.0)
        digest.update(values.astype("<f8").tobytes())
        digest.update(part.basis.tobytes())
    for document in documents:
        day = document.known_from.astype("M8[D]").astype(int)
        digest.update(f"{document.kind}\0{day}\0{document.payload}\0".encode())
    return digest.hexdigest()


class Store:
    """Bitemporal, append-only store of observations in one SQLite file.

    A row says: series, period, value, the day from which the value was known, on what basis,
    and in which batch it came. Rows are added, never changed. Reading goes through
    `debtcycle.views.View`; `rows` is what views are made of.

    Parameters
    ----------
    path : Path, optional
        The file; ``$DEBTCYCLE_STORE`` or the user's data folder by default.

    Raises
    ------
    StoreError
        If the file is missing, broken, unreadable or of a newer version.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = default_path() if path is None else Path(path)
        self._connection = connect(self.path)
        self._cache: dict[str, Rows] = {}
        self._exclusive = False
        try:
            self._ids = self._numbers()
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

    @property
    def series(self) -> tuple[str, ...]:
        """Ids of the series that have rows, in alphabetical order."""
        return tuple(self._ids)

    def _numbers(self) -> dict[str, int]:
        """Number of each series in the file, by id in alphabetical order."""
        with reading(self.path):
            found = self._connection.execute("SELECT name, id FROM series").fetchall()
            return dict(sorted(found))

    def rows(self, series_id: str) -> Rows:
        """All rows of a series, sorted by period and day known; empty if there are none."""
        if series_id not in self._ids:
            return Rows.empty()
        if series_id not in self._cache:
            self._cache[series_id] = self._read(self._ids[series_id])
        return self._cache[series_id]

    def _read(self, number: int) -> Rows:
        with reading(self.path):
            found = self._connection.execute(
                "SELECT period, known_from, value, basis FROM observation "
                "WHERE series = ? ORDER BY period, known_from, batch",
                (number,),
            ).fetchall()
            if not found:
                return Rows.empty()
            periods, known, values, basis = zip(*found, strict=True)
            rows = Rows(
                np.array(periods, dtype="i8").astype("M8[D]"),
                np.array(known, dtype="i8").astype("M8[D]"),
                np.array(values, dtype="f8"),
                np.array(basis, dtype="i1"),
            )
            parts = self._connection.execute(
                "SELECT checksum FROM part WHERE series = ?", (number,)
            ).fetchall()
            # A figure that has changed on the disk is never shown as if it were true.
            if (rows.checksum() - sum(part[0] for part in parts)) % 2**64:
                raise StoreError("store.broken", path=self.path, reason="checksum")
            return rows

    def documents(self, kind: str) -> tuple[Document, ...]:
        """All documents of a kind, by the day they became known, then in written order."""
        with reading(self.path):
            found = self._connection.execute(
                "SELECT known_from, payload FROM document WHERE kind = ? "
                "ORDER BY known_from, seq, batch",
                (kind,),
            ).fetchall()
            return tuple(Document(kind, np.datetime64(day, "D"), text) for day, text in found)

    def batches(self) -> tuple[Batch, ...]:
        """What has been imported, oldest first."""
        with reading(self.path):
            found = self._connection.execute(
                "SELECT id, source, payload_sha256, imported_at, rows, content_sha256 "
                "FROM batch ORDER BY id"
            ).fetchall()
            return tuple(Batch(*row) for row in found)

    def has_payload(self, payload_sha256: str) -> bool:
        """Whether a file with these bytes has already been imported."""
        return any(batch.payload_sha256 == payload_sha256 for batch in self.batches())

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
            self._exclusive = True
            self._cache.clear()
            try:
                self._ids = self._numbers()
                yield
            finally:
                self._exclusive = False

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self.exclusive(), faults(self.path):
            connection = connect(self.path, write=True)
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
                # What is stored lies in the file itself: it can be copied or moved alone.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                connection.close()

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
        count = sum(map(len, rows.values())) + len(documents)
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        with self._writing() as connection:
            batch = connection.execute(
                "INSERT INTO batch (source, payload_sha256, content_sha256, imported_at, rows) "
                "VALUES (?, ?, ?, ?, ?)",
                (source, payload_sha256, content_hash(rows, documents), stamp, count),
            ).lastrowid
            assert batch is not None
            for name, part in rows.items():
                if len(part):
                    _insert(connection, batch, name, part)
            connection.executemany(
                "INSERT INTO document VALUES (?, ?, ?, ?, ?)",
                (
                    (
                        item.kind,
                        int(item.known_from.astype("M8[D]").astype("i8")),
                        n,
                        batch,
                        item.payload,
                    )
                    for n, item in enumerate(documents)
                ),
            )
        self._cache.clear()
        self._ids = self._numbers()
        return count


def _insert(connection: sqlite3.Connection, batch: int, name: str, rows: Rows) -> None:
    connection.execute("INSERT OR IGNORE INTO series (name) VALUES (?)", (name,))
    number = connection.execute("SELECT id FROM series WHERE name = ?", (name,)).fetchone()[0]
    size = len(rows)
    connection.executemany(
        "INSERT INTO observation (series, period, known_from, batch, value, basis) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        zip(
            [number] * size,
            rows.periods.astype("i8").tolist(),
            rows.known_from.astype("i8").tolist(),
            [batch] * size,
            rows.values.tolist(),
            rows.basis.tolist(),
            strict=True,
        ),
    )
    connection.execute("INSERT INTO part VALUES (?, ?, ?)", (batch, number, rows.checksum()))
