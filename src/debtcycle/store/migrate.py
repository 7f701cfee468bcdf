"""Bringing a store of an older version up to date: a copy is made, verified, and put in place."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from debtcycle.errors import StoreError
from debtcycle.store.archive import sync_folder
from debtcycle.store.copies import single_file
from debtcycle.store.database import (
    create,
    discard_drafts,
    draft_path,
    faults,
    open_any,
    reading,
    schema_version,
    settle,
    writer_lock,
)
from debtcycle.store.packing import content_hash
from debtcycle.store.schema import SCHEMA_VERSION, Document, Rows
from debtcycle.store.store import Store
from debtcycle.store.verify import verify
from debtcycle.store.writing import Addition, Batch

__all__ = ["kept_path", "migrate"]


def kept_path(path: Path, version: int) -> Path:
    """Where the store of the older version is kept."""
    return path.with_name(f"{path.name}.schema-{version}")


def migrate(path: Path) -> None:
    """Bring a store up to date in place; the old file is kept beside it.

    Batches keep their number, time and content hash, and each is compared with its hash on the
    way, so that damage is not carried over as if it were true. Nothing is changed until the new
    file is whole.

    Raises
    ------
    StoreError
        ``store.locked`` or ``store.inuse`` while someone else has the store open,
        ``store.tampered`` if a batch is not what was imported, or what keeps the file from being
        written.
    """
    with writer_lock(path), faults(path):
        version = schema_version(path)
        if version == SCHEMA_VERSION:
            return
        if version != 1:
            raise StoreError("store.broken", path=path, reason=f"schema version {version}")
        draft = draft_path(path)
        discard_drafts(path)
        try:
            single_file(path)
            create(draft)
            with Store(draft) as store:
                _copy(path, store)
                verify(store)
            settle(draft)
            kept_path(path, version).unlink(missing_ok=True)
            os.link(path, kept_path(path, version))
            draft.replace(path)
            sync_folder(path.parent)
        finally:
            discard_drafts(path)


def _copy(path: Path, store: Store) -> None:
    connection = open_any(path)
    try:
        with reading(path):
            for batch, rows, documents in _old_batches(connection):
                if content_hash(rows, documents) != batch.content_sha256:
                    raise StoreError(
                        "store.tampered", path=path, batch=batch.id, source=batch.source
                    )
                store.add(
                    Addition(
                        batch.source,
                        batch.payload_sha256,
                        rows,
                        documents,
                        imported_at=batch.imported_at,
                        content_sha256=batch.content_sha256,
                    )
                )
    finally:
        connection.close()


def _old_batches(
    connection: sqlite3.Connection,
) -> Iterator[tuple[Batch, dict[str, Rows], list[Document]]]:
    """Batches of schema 1, where each observation was a row of a table."""
    lines = connection.execute(
        "SELECT id, source, payload_sha256, imported_at, rows, content_sha256 FROM batch "
        "ORDER BY id"
    ).fetchall()
    names = connection.execute("SELECT id, name FROM series ORDER BY name").fetchall()
    parts: defaultdict[int, dict[str, Rows]] = defaultdict(dict)
    for number, name in names:
        for owner, rows in _old_rows(connection, number).items():
            parts[owner][name] = rows
    for row in lines:
        batch = Batch(*row)
        documents = [
            Document(kind, np.datetime64(day, "D"), payload)
            for kind, day, payload in connection.execute(
                "SELECT kind, known_from, payload FROM document WHERE batch = ? ORDER BY seq",
                (batch.id,),
            )
        ]
        yield batch, parts.pop(batch.id, {}), documents


def _old_rows(connection: sqlite3.Connection, series: int) -> dict[int, Rows]:
    """Rows of one series in schema 1, each batch apart."""
    cells = connection.execute(
        "SELECT batch, period, known_from, value, basis FROM observation "
        "WHERE series = ? ORDER BY period, known_from",
        (series,),
    ).fetchall()
    if not cells:
        return {}
    batch, periods, known, values, basis = zip(*cells, strict=True)
    rows = Rows(
        np.array(periods, dtype="i8").astype("M8[D]"),
        np.array(known, dtype="i8").astype("M8[D]"),
        np.array(values, dtype="f8"),
        np.array(basis, dtype="i1"),
    )
    numbers = np.array(batch)
    return {int(n): rows.take(numbers == n) for n in np.unique(numbers)}
