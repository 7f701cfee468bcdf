"""What is read from the file, each answer checked as a whole against its checksums.

Each function runs one statement, so that a writer who commits in between cannot come between a
list and its checksum. A `ValueError` says that what was read is not what was written.
"""

from __future__ import annotations

import hashlib
import sqlite3
from itertools import groupby

from debtcycle.store.packing import chained, checksum
from debtcycle.store.writing import DOCUMENTS, OBSERVATIONS, Batch, carried_on

__all__ = ["batches", "content", "last_batch", "pieces", "series_numbers"]


def series_numbers(connection: sqlite3.Connection) -> tuple[dict[str, int], dict[str, int]]:
    """Numbers in the file of the series, and of the kinds of documents, by name in order."""
    found = connection.execute(
        "SELECT head.checksum, s.id, s.name, s.form, s.pieces, s.chain "
        "FROM head LEFT JOIN series s ORDER BY s.id"
    ).fetchall()
    listed = [row[1:] for row in found if row[1] is not None]
    if not found or checksum(*(cell for row in listed for cell in row)) != found[0][0]:
        raise ValueError("checksum of the list of series")
    by_name = sorted((name, number, form) for number, name, form, _, _ in listed)
    return (
        {name: number for name, number, form in by_name if form == OBSERVATIONS},
        {name: number for name, number, form in by_name if form == DOCUMENTS},
    )


def pieces(
    connection: sqlite3.Connection, number: int, name: str, form: int
) -> list[tuple[int, int, bytes]]:
    """Pieces of a series, oldest first: batch, number of rows, block.

    All of them and unchanged: a figure that has changed on the disk is never shown as if it
    were true.
    """
    found = connection.execute(
        "SELECT s.name, s.pieces, s.chain, p.batch, p.rows, p.packed FROM series s "
        "JOIN piece p ON p.series = s.id WHERE s.id = ? ORDER BY p.batch",
        (number,),
    ).fetchall()
    chain = checksum(name, form)
    for _, _, _, batch, count, packed in found:
        chain = chained(chain, batch, count, packed)
    if not found or found[0][:3] != (name, len(found), chain):
        raise ValueError(f"checksum of {name}")
    return [row[3:] for row in found]


def batches(connection: sqlite3.Connection) -> tuple[Batch, ...]:
    """All batches, oldest first."""
    found = connection.execute(
        "SELECT head.batches, head.content_sha256, b.checksum, b.id, b.source, "
        "b.payload_sha256, b.imported_at, b.rows, b.content_sha256 "
        "FROM head LEFT JOIN batch b ORDER BY b.id"
    ).fetchall()
    if not found:
        raise ValueError("no head")
    kept = [(row[2], Batch(*row[3:])) for row in found if row[3] is not None]
    chain = ""
    for check, batch in kept:
        if batch.checksum() != check:
            raise ValueError(f"checksum of batch {batch.id}")
        chain = carried_on(chain, batch.content_sha256)
    if found[0][:2] != (len(kept), chain):
        raise ValueError("checksum of the list of batches")
    return tuple(batch for _, batch in kept)


def content(connection: sqlite3.Connection) -> str:
    """Hash over what each series was brought, in its order; empty where there is nothing.

    ``H = SHA-256(name ‖ form ‖ h_1 ‖ h_2 ‖ …)`` over the series by name, h being the hashes of
    the batches that brought rows to it, oldest first. Of two batches without a series in common
    no answer depends on which came first, and nor does the hash; of two for the same series the
    later one may stand for the earlier, and their order counts.
    """
    found = connection.execute(
        "SELECT s.name, s.form, b.content_sha256 FROM piece p JOIN series s ON s.id = p.series "
        "JOIN batch b ON b.id = p.batch ORDER BY s.name, s.form, p.batch"
    ).fetchall()
    digest = hashlib.sha256()
    for (name, form), brought in groupby(found, key=lambda row: row[:2]):
        digest.update(f"{name}\0{form}\0{','.join(row[2] for row in brought)}\n".encode())
    return digest.hexdigest() if found else ""


def last_batch(connection: sqlite3.Connection) -> Batch | None:
    """The newest batch; None while there is none."""
    found = connection.execute(
        "SELECT checksum, id, source, payload_sha256, imported_at, rows, content_sha256 "
        "FROM batch ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if found is None:
        return None
    batch = Batch(*found[1:])
    if batch.checksum() != found[0]:
        raise ValueError(f"checksum of batch {batch.id}")
    return batch
