"""The statements of a batch: they run inside one transaction, or not at all."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from debtcycle.store.held import Holding, delete_held, insert_held
from debtcycle.store.packing import (
    chained,
    checksum,
    content_hash,
    pack_documents,
    pack_rows,
)
from debtcycle.store.schema import Document, Rows

__all__ = [
    "DOCUMENTS",
    "OBSERVATIONS",
    "Addition",
    "Batch",
    "carried_on",
    "series_checksum",
    "write",
]

OBSERVATIONS, DOCUMENTS = 0, 1


@dataclass(frozen=True, slots=True)
class Batch:
    """What one import added."""

    id: int
    source: str
    payload_sha256: str
    imported_at: str
    rows: int
    content_sha256: str

    def checksum(self) -> int:
        """Checksum of the line as it stands in the file."""
        return checksum(
            self.id,
            self.source,
            self.payload_sha256,
            self.imported_at,
            self.rows,
            self.content_sha256,
        )


@dataclass(frozen=True, slots=True)
class Addition:
    """All that is written at once: the rows of a batch, and what goes with them.

    Attributes
    ----------
    batch : bool
        Whether there is a batch at all; a payload may bring nothing, or only what is held.
    held : sequence of Holding
        States to keep apart.
    settled : sequence of int
        Numbers of held lines that are released or dropped with it.
    facts : mapping of str to str
        Small facts to remember, e.g. an ETag.
    imported_at, content_sha256 : str
        Time and hash of the batch where they are known already; made where empty.
    """

    source: str = ""
    payload_sha256: str = ""
    rows: Mapping[str, Rows] = field(default_factory=dict)
    documents: Sequence[Document] = ()
    batch: bool = True
    held: Sequence[Holding] = ()
    settled: Sequence[int] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    imported_at: str = ""
    content_sha256: str = ""

    @property
    def count(self) -> int:
        """Number of rows and documents."""
        return sum(map(len, self.rows.values())) + len(self.documents)


def carried_on(content_sha256: str, batch_sha256: str) -> str:
    """Hash over all batches up to one, from that of the batches before it.

    H_0 is empty, H_k = SHA-256(H_{k-1} || h_k) with h_k the content hash of batch k. No clock
    and no file's name enters.
    """
    return hashlib.sha256(f"{content_sha256}{batch_sha256}".encode()).hexdigest()


def series_checksum(connection: sqlite3.Connection) -> int:
    """Checksum over the list of series, with the state of each."""
    found = connection.execute("SELECT id, name, form, pieces, chain FROM series ORDER BY id")
    return checksum(*(cell for row in found for cell in row))


def write(connection: sqlite3.Connection, new: Addition) -> None:
    """Write an addition; the caller begins and commits the transaction."""
    if new.batch:
        _write_batch(connection, new)
    for item in new.held:
        insert_held(connection, item)
    for number in new.settled:
        delete_held(connection, number)
    for key, text in new.facts.items():
        connection.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (key, text))


def _write_batch(connection: sqlite3.Connection, new: Addition) -> None:
    count, content = connection.execute("SELECT batches, content_sha256 FROM head").fetchone()
    line = Batch(
        count + 1,
        new.source,
        new.payload_sha256,
        new.imported_at or datetime.now(UTC).isoformat(timespec="seconds"),
        new.count,
        new.content_sha256 or content_hash(new.rows, new.documents),
    )
    connection.execute(
        "INSERT INTO batch (id, source, payload_sha256, content_sha256, imported_at, rows, "
        "checksum) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            line.id,
            line.source,
            line.payload_sha256,
            line.content_sha256,
            line.imported_at,
            line.rows,
            line.checksum(),
        ),
    )
    for name, part in new.rows.items():
        if len(part):
            _write_piece(
                connection, line.id, (name, OBSERVATIONS), len(part), pack_rows(name, part)
            )
    for kind in dict.fromkeys(item.kind for item in new.documents):
        chosen = [item for item in new.documents if item.kind == kind]
        _write_piece(connection, line.id, (kind, DOCUMENTS), len(chosen), pack_documents(chosen))
    connection.execute(
        "UPDATE head SET batches = ?, content_sha256 = ?, checksum = ?",
        (line.id, carried_on(content, line.content_sha256), series_checksum(connection)),
    )


def _write_piece(
    connection: sqlite3.Connection, batch: int, key: tuple[str, int], count: int, packed: bytes
) -> None:
    found = connection.execute(
        "SELECT id, pieces, chain FROM series WHERE name = ? AND form = ?", key
    ).fetchone()
    if found is None:
        number = connection.execute(
            "INSERT INTO series (name, form, pieces, chain) VALUES (?, ?, 0, 0)", key
        ).lastrowid
        found = (number, 0, checksum(*key))
    number, pieces, chain = found
    connection.execute(
        "INSERT INTO piece (series, batch, rows, packed) VALUES (?, ?, ?, ?)",
        (number, batch, count, packed),
    )
    connection.execute(
        "UPDATE series SET pieces = ?, chain = ? WHERE id = ?",
        (pieces + 1, chained(chain, batch, count, packed), number),
    )
