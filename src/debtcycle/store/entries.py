"""What the archive says of each payload: who brought it, what was asked, what was done with it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec

from debtcycle.store.floors import Floors

__all__ = ["Action", "Entry", "FlooredSeries", "Origin", "payload_hash"]


class Origin(StrEnum):
    """Who brought a payload."""

    EDITION = "edition"
    FILE = "file"
    UPDATE = "update"


class Action(StrEnum):
    """What an entry records."""

    TAKEN = "taken"
    RELEASED = "released"
    DROPPED = "dropped"


class FlooredSeries(msgspec.Struct, frozen=True):
    """Series that had the same earlier answers when a payload was taken in."""

    floors: Floors
    series: tuple[str, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What was done with a payload, complete enough to do it again.

    Attributes
    ----------
    origin : str
        Who brought it, see `Origin`.
    question : str
        What was asked of the publisher, as JSON; empty for files.
    fetched : date or None
        Day on which the figures were certainly there; None where only the import is known.
    today : date or None
        Day on which it was taken in.
    bodies : tuple of str
        SHA-256 of each body, in order.
    held : tuple of str
        Series kept apart; of a release or a drop the one that it concerns.
    content_sha256 : str
        Hash of the batch made from it; empty if it added nothing.
    after : int
        Number of batches that the store had then.
    refused : tuple of int
        Numbers, from 0, of the requests that were refused, so that something else was asked.
    floors : tuple of FlooredSeries
        Days of earlier answers that were heeded: they are no part of any payload.
    """

    action: Action
    origin: str
    name: str
    payload_sha256: str
    question: str = ""
    fetched_at: str = ""
    fetched: date | None = None
    today: date | None = None
    bodies: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    content_sha256: str = ""
    after: int = 0
    floors: tuple[FlooredSeries, ...] = ()
    refused: tuple[int, ...] = ()

    def asks(self) -> str:
        """Key of what was asked, the same for each answer to one question."""
        return f"{self.origin}\0{self.question}\0{self.name}"


def payload_hash(bodies: Sequence[bytes]) -> str:
    """Name of a payload: SHA-256 of its one body, or of the hashes of its bodies."""
    hashes = [hashlib.sha256(body).hexdigest() for body in bodies]
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
