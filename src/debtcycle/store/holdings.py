"""Which batch brought what: the last of each series, what is new since one, a store after one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from debtcycle.store.database import connect_reading, reading
from debtcycle.store.packing import unpack_documents, unpack_rows
from debtcycle.store.store import Store
from debtcycle.store.writing import OBSERVATIONS, Batch

__all__ = ["digest_of_batches", "earliest_after", "last_batches"]


def last_batches(store: Store) -> Mapping[str, Batch]:
    """The last batch that brought rows of each series, by id of the series.

    Raises
    ------
    StoreError
        If the file cannot be read.
    """
    batches = {batch.id: batch for batch in store.batches()}
    connection = connect_reading(store.path)[0]
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


def earliest_after(store: Store, batch: int) -> np.datetime64 | None:
    """First day on which anything was known that later batches brought; None if they brought none.

    What a view of an earlier day sees is the same with those batches and without them.

    Parameters
    ----------
    batch : int
        Number of the last batch that is not looked at.

    Raises
    ------
    StoreError
        If the file cannot be read.
    """
    connection = connect_reading(store.path)[0]
    days: list[np.datetime64] = []
    try:
        with reading(store.path):
            for form, name, count, packed in connection.execute(
                "SELECT series.form, series.name, piece.rows, piece.packed FROM piece "
                "JOIN series ON series.id = piece.series WHERE piece.batch > ?",
                (batch,),
            ):
                if form == OBSERVATIONS:
                    days += [unpack_rows(packed, count).known_from.min()] if count else []
                else:
                    days += [item.known_from for item in unpack_documents(name, packed)]
    finally:
        connection.close()
    return min(days, default=None)


def digest_of_batches(batches: tuple[Batch, ...]) -> str:
    """SHA-256 over the contents of batches in their order: names a state of a store."""
    digest = hashlib.sha256()
    for batch in batches:
        digest.update(f"{batch.content_sha256}\0".encode())
    return digest.hexdigest()
