"""How often each verdict was given: monthly replays, kept beside the store.

A row says what was judged at a month's end from what was known then, so it is the same for every
later date. It is kept only for the very figures and the very rules that made it: the file names
the store's batches by their contents, the version, and the text of everything that enters a
verdict. Batches that came since take with them the rows from the first day on which anything of
theirs was known; what was known before that day they do not change. A file that cannot be read,
written or matched is computed anew, never an error.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec
import numpy as np

from debtcycle import __version__
from debtcycle.catalogue import load_catalogue
from debtcycle.cycle.assess import assess
from debtcycle.cycle.replay import Record, month_ends, record_of
from debtcycle.cycle.verdict import Verdict
from debtcycle.store import Batch, Store
from debtcycle.store.holdings import digest_of_batches, earliest_after
from debtcycle.views import View

__all__ = ["FIRST_MONTH", "RecordRow", "cache_path", "record", "record_rows"]

# The first vintage of the monthly figures.
FIRST_MONTH = date(1999, 8, 1)
# Rooms and modules whose text enters a verdict.
_ROOMS = ("debtcycle.indicators", "debtcycle.catalogue")
_MODULES = (
    ("debtcycle", "views.py"),
    ("debtcycle.cycle", "assess.py"),
    ("debtcycle.cycle", "verdict.py"),
    ("debtcycle.store", "schema.py"),
)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """Verdicts at one month's end, and the mean of the axes."""

    as_of: date
    verdict: Verdict
    axes_verdict: Verdict
    heat: float | None


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    as_of: date
    verdict: Verdict
    axes_verdict: Verdict
    heat: float | None


class _Cache(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rules: str
    batches: int
    content: str
    rows: tuple[_Row, ...]


@lru_cache(maxsize=1)
def _rules() -> str:
    """Hash over the version and the text of the rules and of the catalogue."""
    digest = hashlib.sha256(f"{__version__}\0".encode())
    found: list[Traversable] = [files(package) / name for package, name in _MODULES]
    for room in _ROOMS:
        inside = (item for item in files(room).iterdir() if item.name.endswith((".py", ".toml")))
        found += sorted(inside, key=lambda item: item.name)
    for item in found:
        digest.update(item.name.encode() + b"\0" + item.read_bytes() + b"\0")
    return digest.hexdigest()


def cache_path(store: Store) -> Path:
    """The file beside the store that keeps its rows."""
    return store.path.with_name(f"{store.path.name}.replay.json")


def _read(path: Path, store: Store, batches: tuple[Batch, ...]) -> dict[date, RecordRow]:
    """Rows that were kept and still hold."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Cache)
    except (OSError, ValueError):
        return {}
    before = batches[: kept.batches]
    if kept.rules != _rules() or kept.content != digest_of_batches(before):
        return {}
    new = None
    if len(before) < len(batches):
        new = earliest_after(store, before[-1].id if before else 0)
    return {
        row.as_of: RecordRow(row.as_of, row.verdict, row.axes_verdict, row.heat)
        for row in kept.rows
        if new is None or np.datetime64(row.as_of, "D") < new
    }


def _write(path: Path, batches: tuple[Batch, ...], rows: Iterable[RecordRow]) -> None:
    """Write beside the place and move there; a folder that cannot be written is left alone."""
    made = tuple(_Row(row.as_of, row.verdict, row.axes_verdict, row.heat) for row in rows)
    packed = msgspec.json.encode(_Cache(_rules(), len(batches), digest_of_batches(batches), made))
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        draft.write_bytes(packed)
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _compute(view: View, day: date) -> RecordRow:
    got = assess(view.at(day))
    return RecordRow(day, got.verdict, got.axes_verdict, got.heat)


def record_rows(view: View) -> tuple[RecordRow, ...]:
    """Rows of the months that have ended by the date of the view, oldest first.

    Rows are kept for the shipped catalogue and the default country only.
    """
    if view.as_of < FIRST_MONTH:
        return ()
    days = [day for day in month_ends(FIRST_MONTH, view.as_of) if day <= view.as_of]
    if view.catalogue is not load_catalogue() or view.country != "US":
        return tuple(_compute(view, day) for day in days)
    path, batches = cache_path(view.store), view.store.batches()
    kept = _read(path, view.store, batches)
    missing = [day for day in days if day not in kept]
    if missing:
        kept |= {day: _compute(view, day) for day in missing}
        _write(path, batches, (kept[day] for day in sorted(kept)))
    return tuple(kept[day] for day in days)


def record(view: View) -> Record | None:
    """Frequencies of the verdicts from August 1999 to the date of a view; None before."""
    return record_of(record_rows(view))
