"""Figures kept apart: parsed, not believed, and out of every view until someone releases them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec

from debtcycle.store.floors import Floors
from debtcycle.store.packing import checksum, pack_rows, unpack_rows
from debtcycle.store.schema import Rows

__all__ = ["Held", "Holding", "delete_held", "insert_held", "read_held"]


@dataclass(frozen=True, slots=True)
class Holding:
    """A parsed state of one series that is to be kept apart.

    Attributes
    ----------
    reason : str
        Message id, e.g. ``"quarantine.jump"``, with `params` for its placeholders.
    rows : Rows
        The state as parsed: `known_from` is the vintage where `vintages`, else of no meaning.
    fetched : date
        What the figures are dated by when they are released.
    dated : bool
        Whether `fetched` is the payload's own day.
    exact : bool
        Whether its vintages are the very days of publication.
    floors : Floors
        Earlier answers that there had been when it was taken in.
    """

    series: str
    reason: str
    params: Mapping[str, str]
    rows: Rows
    fetched: date
    dated: bool
    vintages: bool
    source: str
    payload_sha256: str
    exact: bool = False
    floors: Floors = Floors()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Held:
    """One line of the quarantine: `id`, series, why, and where it came from.

    Attributes
    ----------
    id : int
        Number in the store; 0 while it has none yet.
    reason : str
        Message id with `params` for its placeholders.
    rows : int
        Figures kept apart.
    """

    id: int
    series: str
    reason: str
    params: Mapping[str, str] = field(default_factory=dict)
    fetched: date = date.min
    source: str = ""
    payload_sha256: str = ""
    rows: int = 0


class _About(msgspec.Struct, frozen=True):
    reason: str
    params: dict[str, str]
    fetched: date
    dated: bool
    vintages: bool
    source: str
    payload_sha256: str
    exact: bool = False
    floors: Floors = Floors()


def insert_held(connection: sqlite3.Connection, item: Holding) -> None:
    """Keep a state apart, within the transaction of its batch."""
    about = msgspec.json.encode(
        _About(
            item.reason,
            dict(item.params),
            item.fetched,
            item.dated,
            item.vintages,
            item.source,
            item.payload_sha256,
            item.exact,
            item.floors,
        )
    ).decode()
    packed = pack_rows(item.series, item.rows)
    check = checksum(item.series, about, len(item.rows), packed.hex())
    connection.execute(
        "INSERT INTO held (series, about, rows, packed, checksum) VALUES (?, ?, ?, ?, ?)",
        (item.series, about, len(item.rows), packed, check),
    )


def read_held(connection: sqlite3.Connection) -> tuple[tuple[Held, Holding], ...]:
    """All that is kept apart, oldest first, each as a line and as a whole.

    Raises
    ------
    ValueError
        If a line is not what was written.
    """
    found = []
    for number, series, text, count, packed, check in connection.execute(
        "SELECT id, series, about, rows, packed, checksum FROM held ORDER BY id"
    ):
        if checksum(series, text, count, packed.hex()) != check:
            raise ValueError("checksum of the quarantine")
        about = msgspec.json.decode(text, type=_About)
        line = Held(
            number,
            series,
            about.reason,
            about.params,
            about.fetched,
            about.source,
            about.payload_sha256,
            count,
        )
        whole = Holding(
            series,
            about.reason,
            about.params,
            unpack_rows(packed, count),
            about.fetched,
            about.dated,
            about.vintages,
            about.source,
            about.payload_sha256,
            about.exact,
            about.floors,
        )
        found.append((line, whole))
    return tuple(found)


def delete_held(connection: sqlite3.Connection, number: int) -> None:
    """Take a line out of the quarantine, within the transaction of what becomes of it."""
    connection.execute("DELETE FROM held WHERE id = ?", (number,))
