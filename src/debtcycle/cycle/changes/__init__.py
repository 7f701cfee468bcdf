"""What changed since an earlier answer, and which figures moved it."""

from __future__ import annotations

from debtcycle.cycle.changes.items import Item, Kind, Told, items_of
from debtcycle.cycle.changes.model import Arrival, Change, Moved, ProgramChange, Since
from debtcycle.cycle.changes.seen import (
    Seen,
    method,
    read_seen,
    seen_path,
    state_folder,
    write_seen,
)
from debtcycle.cycle.changes.since import next_seen, since

__all__ = [
    "Arrival",
    "Change",
    "Item",
    "Kind",
    "Moved",
    "ProgramChange",
    "Seen",
    "Since",
    "Told",
    "items_of",
    "method",
    "next_seen",
    "read_seen",
    "seen_path",
    "since",
    "state_folder",
    "write_seen",
]
