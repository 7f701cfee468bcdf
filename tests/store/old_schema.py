"""A store as version 1 of the schema wrote it: every observation a row."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import numpy as np

from debtcycle.store import Document, Rows
from debtcycle.store.packing import content_hash
from debtcycle.store.writing import DOCUMENTS, OBSERVATIONS

DDL = """
CREATE TABLE batch (id INTEGER PRIMARY KEY, source TEXT NOT NULL, payload_sha256 TEXT NOT NULL,
    content_sha256 TEXT NOT NULL, imported_at TEXT NOT NULL, rows INTEGER NOT NULL) STRICT;
CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE observation (series INTEGER NOT NULL REFERENCES series(id), period INTEGER NOT NULL,
    known_from INTEGER NOT NULL, batch INTEGER NOT NULL REFERENCES batch(id), value REAL,
    basis INTEGER NOT NULL, PRIMARY KEY (series, period, known_from, batch)) STRICT, WITHOUT ROWID;
CREATE TABLE part (batch INTEGER NOT NULL REFERENCES batch(id),
    series INTEGER NOT NULL REFERENCES series(id), checksum INTEGER NOT NULL,
    PRIMARY KEY (series, batch)) STRICT, WITHOUT ROWID;
CREATE TABLE document (kind TEXT NOT NULL, known_from INTEGER NOT NULL, seq INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch(id), payload TEXT NOT NULL,
    PRIMARY KEY (kind, known_from, seq, batch)) STRICT, WITHOUT ROWID;
"""

PERIODS = np.arange("2020-01", "2022-01", dtype="M8[M]").astype("M8[D]")
NOTE = Document("announcement", np.datetime64("2021-01-05"), '{"text": "十月"}')


def old_rows(scale: float, late: int) -> Rows:
    values = scale * np.arange(1.0, len(PERIODS) + 1)
    values[3] = np.nan
    known = PERIODS + np.timedelta64(late, "D")
    return Rows(PERIODS, known, values, np.full(len(PERIODS), 2, dtype="i1"))


BATCHES = (
    ({"A": old_rows(1.0, 20), "B": old_rows(2.5, 20)}, ()),
    ({"A": old_rows(3.0, 50)}, (NOTE,)),
)


def write_old_store(path: Path) -> str:
    """Write it; the hash over its contents."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(DDL + "PRAGMA user_version = 1;")
    brought: dict[tuple[str, int], list[str]] = {}
    for number, (rows, documents) in enumerate(BATCHES, start=1):
        digest = content_hash(rows, documents)
        keys = {(name, OBSERVATIONS) for name in rows} | {(d.kind, DOCUMENTS) for d in documents}
        for key in keys:
            brought.setdefault(key, []).append(digest)
        connection.execute(
            "INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?)",
            (number, f"file {number}", f"hash {number}", digest, "2026-01-01T00:00:00+00:00", 1),
        )
        for name, part in rows.items():
            connection.execute("INSERT OR IGNORE INTO series (name) VALUES (?)", (name,))
            series = connection.execute("SELECT id FROM series WHERE name = ?", (name,))
            key = series.fetchone()[0]
            for period, known, value, basis in zip(
                part.periods.astype("i8").tolist(),
                part.known_from.astype("i8").tolist(),
                part.values.tolist(),
                part.basis.tolist(),
                strict=True,
            ):
                connection.execute(
                    "INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?)",
                    (key, period, known, number, value, basis),
                )
        for place, item in enumerate(documents):
            day = int(item.known_from.astype("M8[D]").astype("i8"))
            connection.execute(
                "INSERT INTO document VALUES (?, ?, ?, ?, ?)",
                (item.kind, day, place, number, item.payload),
            )
    connection.close()
    lines = (f"{name}\0{form}\0{','.join(brought[name, form])}\n" for name, form in sorted(brought))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
