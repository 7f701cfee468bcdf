"""Tables of the store, and what one row of it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["DDL", "SCHEMA_VERSION", "Basis", "Document", "Rows"]

SCHEMA_VERSION = 2

# A piece is what one batch added to one series (or to one kind of document), packed: see
# `debtcycle.store.packing`. `series.chain` is a checksum carried on from piece to piece, and
# `head` one over all series, so that a piece or a series that is gone is missed at once.
DDL = """
CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    payload_sha256 TEXT NOT NULL,
    content_sha256 TEXT NOT NULL,
    imported_at TEXT NOT NULL,
    rows INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX batch_payload ON batch (payload_sha256);
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    form INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    chain INTEGER NOT NULL,
    UNIQUE (name, form)
) STRICT;
CREATE TABLE piece (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series(id),
    batch INTEGER NOT NULL REFERENCES batch(id),
    rows INTEGER NOT NULL,
    packed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX piece_of_series ON piece (series, batch);
CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    batches INTEGER NOT NULL,
    content_sha256 TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE held (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    series TEXT NOT NULL,
    about TEXT NOT NULL,
    rows INTEGER NOT NULL,
    packed BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE memory (key TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO head VALUES (1, 0, '', 0);
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
        seen = np.flatnonzero(self.known_from <= day)
        periods = self.periods[seen]
        last = np.ones(seen.size, dtype=np.bool_)
        np.not_equal(periods[1:], periods[:-1], out=last[:-1])
        index = seen[last]
        return self if index.size == len(self) else self.take(index)


@dataclass(frozen=True, slots=True)
class Document:
    """A dated record that is not a number, e.g. an announcement: JSON text and its day."""

    kind: str
    known_from: np.datetime64
    payload: str
