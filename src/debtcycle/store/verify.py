"""Is the store whole, and is what it holds what was imported?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from debtcycle.errors import StoreError
from debtcycle.store import queries
from debtcycle.store.database import connect_reading, has_log, reading
from debtcycle.store.entries import Action
from debtcycle.store.held import read_held
from debtcycle.store.packing import content_hash, unpack_documents, unpack_rows
from debtcycle.store.schema import DDL, Document, Rows
from debtcycle.store.store import Batch, Store
from debtcycle.store.writing import DOCUMENTS, OBSERVATIONS

__all__ = ["Content", "contents", "lacking", "verify"]

Content = tuple[dict[str, Rows], list[Document]]


def contents(connection: sqlite3.Connection) -> Iterator[tuple[int, Content]]:
    """What each batch holds, in the order in which they were written, one at a time."""
    found = connection.execute(
        "SELECT p.batch, s.name, s.form, p.rows, p.packed FROM piece p "
        "JOIN series s ON s.id = p.series ORDER BY p.batch, p.id"
    )
    for batch, pieces in groupby(found, key=lambda row: row[0]):
        rows: dict[str, Rows] = {}
        documents: list[Document] = []
        for _, name, form, count, packed in pieces:
            if form == OBSERVATIONS:
                rows[name] = unpack_rows(packed, count)
            else:
                documents += unpack_documents(name, packed)
        yield batch, (rows, documents)


def verify(store: Store) -> tuple[Batch, ...]:
    """Check the file and compare every batch with the hash written when it was imported.

    Returns
    -------
    tuple of Batch
        The batches, all of them unchanged.

    Raises
    ------
    StoreError
        ``store.broken`` if SQLite finds the file damaged or a checksum does not hold,
        ``store.tampered`` if a batch is not what was imported, ``store.foreign`` if the file
        holds what this package did not put there.
    """
    connection = connect_reading(store.path)[0]
    try:
        with reading(store.path):
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise StoreError("store.broken", path=store.path, reason=found)
            page = connection.execute("PRAGMA page_size").fetchone()[0]
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            if store.path.stat().st_size != page * pages and not has_log(store.path):
                raise StoreError("store.broken", path=store.path, reason="length of the file")
            connection.execute("BEGIN")
            batches = queries.batches(connection)
            _check_tables(connection, store.path)
            # First the batches, whose fault has a name, then each series as it is read.
            _check_contents(connection, batches, store.path)
            both = queries.series_numbers(connection)
            for form, listed in zip((OBSERVATIONS, DOCUMENTS), both, strict=True):
                for name, number in listed.items():
                    queries.pieces(connection, number, name, form)
            read_held(connection)
    finally:
        connection.close()
    return batches


def _objects(connection: sqlite3.Connection) -> dict[str, str]:
    """Tables and indices by name, with their definition in one line."""
    found = connection.execute("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {
        name: f"{kind} {' '.join(sql.split())}"
        for name, kind, sql in found
        if not name.startswith("sqlite_")
    }


def _check_tables(connection: sqlite3.Connection, path: Path) -> None:
    """Compare the tables with those that a store is made with; each block belongs to a batch.

    Raises
    ------
    StoreError
        ``store.foreign`` with what does not belong there, or is not there.
    """
    plain = sqlite3.connect(":memory:")
    try:
        plain.executescript(DDL)
        ours = _objects(plain)
    finally:
        plain.close()
    odd = sorted(name for name, _ in ours.items() ^ _objects(connection).items())
    if odd:
        raise StoreError("store.foreign", path=path, what=f"table {odd[0]}")
    orphan = connection.execute(
        "SELECT id FROM piece WHERE series NOT IN (SELECT id FROM series) "
        "OR batch NOT IN (SELECT id FROM batch) LIMIT 1"
    ).fetchone()
    if orphan is not None:
        raise StoreError("store.foreign", path=path, what=f"block {orphan[0]}")


def _check_contents(connection: sqlite3.Connection, batches: tuple[Batch, ...], path: Path) -> None:
    """Compare the contents of each batch with its hash; one of nothing has that of nothing."""
    left = {batch.id: batch for batch in batches}
    for number, (rows, documents) in contents(connection):
        batch = left.pop(number, None)
        if batch is None:
            raise StoreError("store.tampered", path=path, batch=number, source="?")
        if content_hash(rows, documents) != batch.content_sha256:
            raise StoreError("store.tampered", path=path, batch=number, source=batch.source)
    for batch in left.values():
        if content_hash({}, ()) != batch.content_sha256:
            raise StoreError("store.tampered", path=path, batch=batch.id, source=batch.source)


def lacking(store: Store) -> tuple[Batch, ...]:
    """Batches whose payload is not whole in the archive: they could not be parsed again."""
    whole: dict[str, bool] = {}
    for entry in store.archive.entries:
        if entry.action is Action.TAKEN and not whole.get(entry.payload_sha256):
            whole[entry.payload_sha256] = store.archive.bodies(entry) is not None
    return tuple(batch for batch in store.batches() if not whole.get(batch.payload_sha256))
