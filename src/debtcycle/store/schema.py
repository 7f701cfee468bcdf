"""Tables of the store, and what one row of it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["DDL", "SCHEMA_VERSION", "Basis", "Document", "Rows"]

SCHEMA_VERSION = 1

DDL = """
CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    payload_sha256 TEXT NOT NULL,
    content_sha256 TEXT NOT NULL,
    imported_at TEXT NOT NULL,
    rows INTEGER NOT NULL
) STRICT;
CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE observation (
    series INTEGER NOT NULL REFERENCES series(id),
    period INTEGER NOT NULL,
    known_from INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch(id),
    value REAL,
    basis INTEGER NOT NULL,
    PRIMARY KEY (series, period, known_from, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE part (
    batch INTEGER NOT NULL REFERENCES batch(id),
    series INTEGER NOT NULL REFERENCES series(id),
    checksum INTEGER NOT NULL,
    PRIMARY KEY (series, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE document (
    kind TEXT NOT NULL,
    known_from INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch(id),
    payload TEXT NOT NULL,
    PRIMARY KEY (kind, known_from, seq, batch)
) STRICT, WITHOUT ROWID;
"""


class Basis(IntEnum):
    """How the day from which a value was known is itself known.

    ``VINTAGE``: seen in a dated vintage. ``UNREVISED``: the series is never revised, so its day
    is its own or its calendar's. ``LAGGED``: today's figure, dated by the release lag.
    """

    VINTAGE = 0
    UNREVISED = 1
    LAGGED = 2


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one series, sorted by period, then by the day they became known.

    Attributes
    ----------
    periods, known_from : datetime64[D] array, shape (n,)
    values : float64 array, shape (n,)
        NaN where a figure was withdrawn.
    basis : int8 array, shape (n,)
        Codes of `Basis`.
    """

    periods: NDArray[np.datetime64]
    known_from: NDArray[np.datetime64]
    values: NDArray[np.float64]
    basis: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.values)

    def checksum(self) -> int:
        """Sum over the rows of a 64-bit mix of each, whatever their order.

        Sums of parts add up to that of the whole, so that a series read from several batches is
        checked at once, at the cost of a few passes over its columns. Signed, as SQLite keeps it.
        """
        values = np.where(np.isnan(self.values), np.nan, self.values + 0.0)
        mixed = self.periods.astype("i8").view("u8") * np.uint64(0x9E3779B97F4A7C15)
        for column in (
            self.known_from.astype("i8").view("u8"),
            values.view("u8"),
            self.basis.astype("u8"),
        ):
            mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + column
        mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x94D049BB133111EB)
        return int((mixed ^ (mixed >> np.uint64(29))).sum(dtype="u8").astype("i8"))

    @staticmethod
    def empty() -> Rows:
        """No rows."""
        days = np.empty(0, dtype="M8[D]")
        return Rows(days, days, np.empty(0), np.empty(0, dtype=np.int8))

    def take(self, index: NDArray[np.bool_] | NDArray[np.intp]) -> Rows:
        """Rows chosen by a mask or an index, in that order."""
        return Rows(
            self.periods[index], self.known_from[index], self.values[index], self.basis[index]
        )

    def ordered(self) -> Rows:
        """The same rows, sorted by period, then by the day they became known."""
        return self.take(np.lexsort((self.known_from, self.periods)))

    def as_of(self, day: np.datetime64) -> Rows:
        """The rows in force on a day: of each period, the last that was known by then."""
        seen = self.known_from <= day
        rows = self if seen.all() else self.take(seen)
        if len(rows) < 2:
            return rows
        last = np.append(rows.periods[1:] != rows.periods[:-1], True)
        return rows if last.all() else rows.take(last)


@dataclass(frozen=True, slots=True)
class Document:
    """A dated record that is not a number, e.g. an announcement: JSON text and its day."""

    kind: str
    known_from: np.datetime64
    payload: str
