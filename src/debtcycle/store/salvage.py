"""What can still be read of a damaged store, each batch only if it is whole."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from debtcycle.errors import StoreError
from debtcycle.store.database import open_any, schema_version
from debtcycle.store.packing import content_hash, unpack_documents, unpack_rows
from debtcycle.store.schema import SCHEMA_VERSION, Document, Rows
from debtcycle.store.verify import Content
from debtcycle.store.writing import OBSERVATIONS, Batch

__all__ = ["Salvage", "salvage"]


class Salvage:
    """The batches that a file lists, and those whose contents are still what was imported.

    Attributes
    ----------
    batches : tuple of Batch
        Lines of batches that can be read and are unchanged.
    contents : dict of int to Content
        By number of the batch, where its contents have their hash.
    memory : dict of str to str
        Small facts that can be read.
    """

    def __init__(self) -> None:
        self.batches: tuple[Batch, ...] = ()
        self.contents: dict[int, Content] = {}
        self.memory: dict[str, str] = {}


def _tried(call: Callable[[], list[Any]]) -> list[Any]:
    """Rows of a statement; those before the fault, if one lies in the way, are lost with it."""
    try:
        return call()
    except (sqlite3.Error, ValueError, TypeError, OverflowError, MemoryError):
        return []


def salvage(path: Path, *, archived: frozenset[str]) -> Salvage:
    """Read what is left of a store.

    Parameters
    ----------
    archived : frozenset of str
        Hashes of payloads that are whole in the archive: only contents of others are read.
    """
    found = Salvage()
    try:
        if not path.is_file() or schema_version(path) != SCHEMA_VERSION:
            return found
        connection = open_any(path)
    except StoreError:
        return found
    try:
        lines = _tried(
            lambda: connection.execute(
                "SELECT checksum, id, source, payload_sha256, imported_at, rows, content_sha256 "
                "FROM batch ORDER BY id"
            ).fetchall()
        )
        listed = [(row[0], Batch(*row[1:])) for row in lines]
        found.batches = tuple(batch for check, batch in listed if batch.checksum() == check)
        wanted = {b.id: b for b in found.batches if b.payload_sha256 not in archived}
        if wanted:
            found.contents = _contents(connection, wanted)
        found.memory = dict(
            _tried(lambda: connection.execute("SELECT key, text FROM memory").fetchall())
        )
    finally:
        connection.close()
    return found


def _contents(connection: sqlite3.Connection, wanted: dict[int, Batch]) -> dict[int, Content]:
    names = {
        number: (name, form)
        for number, name, form in _tried(
            lambda: connection.execute("SELECT id, name, form FROM series").fetchall()
        )
    }
    rows: defaultdict[int, dict[str, Rows]] = defaultdict(dict)
    documents: defaultdict[int, list[Document]] = defaultdict(list)
    numbers = _tried(lambda: connection.execute("SELECT id, batch FROM piece").fetchall())
    for number in [number for number, batch in numbers if batch in wanted]:
        # One by one, so that a damaged page costs what lies on it alone.
        for series, batch, count, packed in _tried(
            lambda number=number: connection.execute(  # type: ignore[misc]
                "SELECT series, batch, rows, packed FROM piece WHERE id = ?", (number,)
            ).fetchall()
        ):
            name, form = names.get(series, ("", OBSERVATIONS))
            try:
                if form == OBSERVATIONS:
                    rows[batch][name] = unpack_rows(packed, count)
                else:
                    documents[batch] += unpack_documents(name, packed)
            except (ValueError, TypeError):
                continue
    return {
        number: (rows[number], documents[number])
        for number, batch in wanted.items()
        if content_hash(rows[number], documents[number]) == batch.content_sha256
    }
