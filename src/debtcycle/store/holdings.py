"""Which batch brought what: the last one of each series, and the store as it was after a batch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from debtcycle.store.database import connect, reading
from debtcycle.store.store import Store
from debtcycle.store.writing import OBSERVATIONS, Batch

__all__ = ["digest_of_batches", "last_batches"]


def last_batches(store: Store) -> Mapping[str, Batch]:
    """The last batch that brought rows of each series, by id of the series.

    Raises
    ------
    StoreError
        If the file cannot be read.
    """
    batches = {batch.id: batch for batch in store.batches()}
    connection = connect(store.path)
    try:
        with reading(store.path):
            found = connection.execute(
                "SELECT series.name, max(piece.batch) FROM piece "
                "JOIN series ON series.id = piece.series WHERE series.form = ? "
                "GROUP BY series.name ORDER BY series.name",
                (OBSERVATIONS,),
            ).fetchall()
    finally:
        connection.close()
    return {name: batches[number] for name, number in found}


def digest_of_batches(batches: tuple[Batch, ...]) -> str:
    """SHA-256 over the contents of batches in their order: names a state of a store."""
    digest = hashlib.sha256()
    for batch in batches:
        digest.update(f"{batch.content_sha256}\0".encode())
    return digest.hexdigest()
