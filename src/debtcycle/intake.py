"""From files to the store: recognise, plan, append; each file whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue import Catalogue, SeriesInfo, VintagePolicy, load_catalogue
from debtcycle.catalogue.calendar import period_start
from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources.announcements import Announcement
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.sniff import read_file
from debtcycle.store import Document, Store
from debtcycle.store.plan import Snapshot, later_vintages, plan_snapshot, plan_vintages

__all__ = ["FileResult", "Status", "find_files", "import_file", "import_files"]

MAX_FILE_BYTES = 64 << 20
# Series that their publisher carries into the future.
PROJECTIONS = frozenset({"NROU", "GDPPOT"})
# What lies beside data without being data: not worth a refusal when a whole folder is given.
_NOT_DATA = {".md", ".txt", ".rda", ".py", ".pdf", ".html"}


class Status(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    UNUSED = "unused"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FileResult:
    """What one file brought.

    Attributes
    ----------
    series : tuple of str
        Ids of the series that got rows.
    rows : int
        Rows and documents added.
    unknown : tuple of str
        Keys in the file that the catalogue does not have.
    differing : int
        Figures that differ from those stored and were not taken: the series is never revised,
        or the file is older than what is stored.
    error : SourceError or None
        Why the file was refused.
    """

    path: Path
    status: Status
    series: tuple[str, ...] = ()
    rows: int = 0
    unknown: tuple[str, ...] = ()
    differing: int = 0
    error: SourceError | None = None


def find_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Files under the given paths, in an order that does not depend on the file system.

    Vintage tables come first, so that snapshots are read as what they are: later states.

    Raises
    ------
    SourceError
        ``source.nofile`` if a path does not exist.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.is_file())
            found.extend(p for p in inside if p.suffix.lower() not in _NOT_DATA)
        elif path.is_file():
            found.append(path)
        else:
            raise SourceError("source.nofile", name=path)
    return tuple(sorted(dict.fromkeys(found), key=_precedence))


def _precedence(path: Path) -> tuple[bool, bool, bool, bool]:
    """Vintage tables (the long one first), workbooks (the publisher's own form), CSV, JSON."""
    return (
        path.suffix != ".parquet",
        "vintages" not in path.name,
        path.suffix not in {".xls", ".xlsx"},
        path.suffix == ".json",
    )


def _document(item: Announcement) -> Document:
    return Document(
        "announcement", np.datetime64(item.date, "D"), msgspec.json.encode(item).decode()
    )


def _check_fetched(info: SeriesInfo, periods: NDArray[np.datetime64], fetched: date) -> None:
    """Refuse a day of fetching before the newest period had begun.

    Raises
    ------
    SchemaChanged
        ``source.fetched``.
    """
    if info.id in PROJECTIONS or not len(periods):
        return
    newest = period_start(info, periods).max()
    if newest > np.datetime64(fetched, "D"):
        raise SchemaChanged("source.fetched", series=info.id, period=newest, fetched=fetched)


def _check_bounds(
    info: SeriesInfo, periods: NDArray[np.datetime64], values: NDArray[np.float64]
) -> None:
    """Refuse figures that cannot be: most often a publisher has changed the unit.

    Raises
    ------
    SchemaChanged
        ``source.bounds`` with the first such figure.
    """
    low = -np.inf if info.low is None else info.low
    high = np.inf if info.high is None else info.high
    begun = periods >= np.datetime64(info.begins, "D")
    outside = np.flatnonzero(begun & ((values < low) | (values > high)))
    if len(outside):
        first = int(outside[0])
        raise SchemaChanged(
            "source.bounds",
            series=info.id,
            period=periods[first],
            value=f"{values[first]:g}",
            unit=info.unit,
            low=info.low,
            high=info.high,
        )


def _plan(
    store: Store, catalogue: Catalogue, part: Parsed, retrieved: date | None, today: date
) -> Snapshot:
    info = catalogue[catalogue.keys[part.key]]
    values = part.values
    if part.key.startswith("FRED-MD:"):
        values = values * info.fredmd_scale
    _check_bounds(info, part.periods, values)
    irregular, held = catalogue.irregular(info.id), store.rows(info.id)
    fetched = part.retrieved or retrieved
    periods = part.periods
    if part.vintages is not None:
        table = plan_vintages(info, irregular, periods, values, part.vintages)
        if not len(held) or info.vintage_policy is VintagePolicy.VINTAGE:
            return Snapshot(later_vintages(table, held), 0)
        fetched = part.vintages.max().astype("M8[D]").item()
        periods, values = table.periods, table.values
    _check_fetched(info, periods[~np.isnan(values)], fetched or today)
    return plan_snapshot(
        info, irregular, periods, values, held, fetched or today, dated=fetched is not None
    )


def import_file(
    store: Store,
    path: Path,
    *,
    catalogue: Catalogue | None = None,
    retrieved: date | None = None,
    today: date | None = None,
) -> FileResult:
    """Read one file into the store.

    Parameters
    ----------
    retrieved : date, optional
        Day on which the file was fetched, where the file itself does not say. Without it a
        figure that differs from the one in force is dated by `today`: a revision may only be
        known from a day on which it was certainly there.
    today : date, optional
        The day of the import, by default that of the clock.

    Raises
    ------
    StoreError
        If the store cannot be written. A file that cannot be read is a result, not an error.
    """
    catalogue = load_catalogue() if catalogue is None else catalogue
    day = datetime.now(UTC).date() if today is None else today
    with store.exclusive():
        try:
            return _import(store, path, catalogue, retrieved, day)
        except SourceError as error:
            return FileResult(path, Status.REFUSED, error=error)
        except OSError as error:
            fault = SourceError("source.io", name=path.name, reason=str(error))
            return FileResult(path, Status.REFUSED, error=fault)


def _import(
    store: Store, path: Path, catalogue: Catalogue, retrieved: date | None, today: date
) -> FileResult:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SourceError("source.too_large", name=path.name, limit_mb=MAX_FILE_BYTES >> 20)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if store.has_payload(digest):
        return FileResult(path, Status.UNCHANGED)
    parts = read_file(path, today=today)
    planned = {
        catalogue.keys[part.key]: _plan(store, catalogue, part, retrieved, today)
        for part in parts
        if isinstance(part, Parsed) and part.key in catalogue.keys
    }
    rows = {name: part.rows for name, part in planned.items() if len(part.rows)}
    differing = sum(part.differing for part in planned.values())
    unknown = tuple(
        part.key for part in parts if isinstance(part, Parsed) and part.key not in catalogue.keys
    )
    known = {item.payload for item in store.documents("announcement")}
    made = (_document(part) for part in parts if isinstance(part, Announcement))
    documents = [item for item in made if item.payload not in known]
    if not rows and not documents:
        status = Status.UNUSED if len(unknown) == len(parts) else Status.UNCHANGED
        return FileResult(path, status, unknown=unknown, differing=differing)
    added = store.append(path.name, digest, rows, documents)
    return FileResult(path, Status.IMPORTED, tuple(sorted(rows)), added, unknown, differing)


def import_files(
    store: Store,
    paths: Sequence[Path],
    *,
    catalogue: Catalogue | None = None,
    retrieved: date | None = None,
    today: date | None = None,
    progress: Callable[[int, int, Path], None] | None = None,
) -> tuple[FileResult, ...]:
    """Read files and folders into the store, each file in a batch of its own.

    Parameters
    ----------
    progress : callable, optional
        Called before each file with its number from 0, the number of files, and the path.
    """
    files = find_files(paths)
    results = []
    for number, path in enumerate(files):
        if progress is not None:
            progress(number, len(files), path)
        results.append(
            import_file(store, path, catalogue=catalogue, retrieved=retrieved, today=today)
        )
    return tuple(results)
