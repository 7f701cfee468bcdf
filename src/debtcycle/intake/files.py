"""From files to the store: recognise, plan, append; each file whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

from debtcycle.catalogue import Catalogue, load_catalogue
from debtcycle.errors import SourceError
from debtcycle.intake.payloads import Payload, is_known
from debtcycle.intake.taking import take
from debtcycle.sources.sniff import read_bytes
from debtcycle.store import Held, Store
from debtcycle.store.entries import Origin

__all__ = ["FileResult", "Status", "find_files", "import_file", "import_files"]

MAX_FILE_BYTES = 64 << 20
# What lies beside data without being data: not worth a refusal when a whole folder is given.
_NOT_DATA = {".md", ".txt", ".rda", ".py", ".pdf", ".html"}


class Status(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    UNUSED = "unused"
    HELD = "held"
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
    held : tuple of Held
        Series kept apart, with the reason.
    """

    path: Path
    status: Status
    series: tuple[str, ...] = ()
    rows: int = 0
    unknown: tuple[str, ...] = ()
    differing: int = 0
    error: SourceError | None = None
    held: tuple[Held, ...] = ()


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
    payload = Payload(Origin.FILE, None, path.name, (path.read_bytes(),), datetime.now(UTC))
    if is_known(store, payload):
        again = take(store, payload, (), catalogue=catalogue, fetched=retrieved, today=today)
        status = Status.HELD if again.quarantined else Status.UNCHANGED
        return FileResult(path, status, held=again.quarantined)
    parts = read_bytes(payload.bodies[0], path.name, today=today)
    taken = take(store, payload, parts, catalogue=catalogue, fetched=retrieved, today=today)
    status = Status.IMPORTED if taken.series or taken.new_rows else Status.UNCHANGED
    if taken.quarantined and status is Status.UNCHANGED:
        status = Status.HELD
    if taken.unchanged and len(taken.unknown) == len(parts):
        status = Status.UNUSED
    return FileResult(
        path,
        status,
        taken.series,
        taken.new_rows + taken.revised_rows,
        taken.unknown,
        taken.differing,
        held=taken.quarantined,
    )


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
