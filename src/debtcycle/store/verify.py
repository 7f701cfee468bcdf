"""Is the store whole, and is what it holds what was imported?"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from debtcycle.errors import StoreError
from debtcycle.store.database import connect, reading
from debtcycle.store.schema import Document, Rows
from debtcycle.store.store import Batch, Store, content_hash

__all__ = ["verify"]


def verify(store: Store) -> tuple[Batch, ...]:
    """Check the file and compare every batch with the hash written when it was imported.

    Returns
    -------
    tuple of Batch
        The batches, all of them unchanged.

    Raises
    ------
    StoreError
        ``store.broken`` if SQLite finds the file damaged, ``store.tampered`` if a batch is not
        what was imported.
    """
    connection = connect(store.path)
    try:
        with reading(store.path):
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise StoreError("store.broken", path=store.path, reason=found)
            written = dict(connection.execute("SELECT id, content_sha256 FROM batch"))
            names = connection.execute("SELECT id, name FROM series ORDER BY name").fetchall()
            parts: defaultdict[int, dict[str, Rows]] = defaultdict(dict)
            for number, name in names:
                cells = connection.execute(
                    "SELECT batch, period, known_from, value, basis FROM observation "
                    "WHERE series = ? ORDER BY period, known_from",
                    (number,),
                ).fetchall()
                for batch, rows in _by_batch(cells).items():
                    parts[batch][name] = rows
            documents: defaultdict[int, list[Document]] = defaultdict(list)
            for batch, kind, day, payload in connection.execute(
                "SELECT batch, kind, known_from, payload FROM document ORDER BY batch, seq"
            ):
                documents[batch].append(Document(kind, np.datetime64(day, "D"), payload))
    finally:
        connection.close()
    batches = store.batches()
    astray = sorted((parts.keys() | documents.keys()) - written.keys())
    if astray:
        raise StoreError("store.tampered", path=store.path, batch=astray[0], source="?")
    for item in batches:
        if content_hash(parts[item.id], documents[item.id]) != written[item.id]:
            raise StoreError("store.tampered", path=store.path, batch=item.id, source=item.source)
    return batches


def _by_batch(cells: list[tuple[int, int, int, float | None, int]]) -> dict[int, Rows]:
    """Rows of one series, each batch apart, in the order in which batches are hashed."""
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
