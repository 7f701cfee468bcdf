"""Making the reference edition from a folder of publishers' files."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from debtcycle.catalogue import Catalogue, load_catalogue
from debtcycle.errors import SourceError
from debtcycle.intake import FileResult, Status, find_files, import_files
from debtcycle.reference.edition import encode_edition
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.sniff import read_file
from debtcycle.store import Rows, Store

__all__ = ["Edition", "build_edition"]


@dataclass(frozen=True, slots=True)
class Edition:
    """What was built: the packed figures, the table of where they come from, and the log."""

    packed: bytes
    provenance: str
    series: int
    rows: int
    results: tuple[FileResult, ...]


def _permitted(catalogue: Catalogue) -> Catalogue:
    """The catalogue without what may not be shipped, so that it is not even read.

    A series that may be shipped only as a column of FRED-MD is read from there alone.
    """
    keys = {
        key: name
        for key, name in catalogue.keys.items()
        if catalogue[name].embed
        and (catalogue[name].via != "FRED-MD" or key.startswith("FRED-MD:"))
    }
    return Catalogue(catalogue.entries, catalogue.releases, keys)


def _origins(folder: Path) -> dict[Path, tuple[str, str, str]]:
    """Publisher, place and state of each raw file, from the folder's own list if it has one."""
    listed = folder / "catalog.csv"
    if not listed.is_file():
        return {}
    with listed.open(newline="", encoding="utf-8") as handle:
        return {
            folder / row["topic"] / row["file"]: (
                row["publisher"],
                f"{row['repo']} {row['path']}",
                row["commit"],
            )
            for row in csv.DictReader(handle)
        }


def _provenance(
    folder: Path,
    origins: Mapping[Path, tuple[str, str, str]],
    catalogue: Catalogue,
    results: tuple[FileResult, ...],
) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(
        ("file", "sha256", "rows", "publisher", "taken_from", "state", "licence", "series")
    )
    for result in results:
        if result.status is not Status.IMPORTED:
            continue
        licences = sorted({catalogue[name].licence.value for name in result.series})
        table.writerow(
            (
                result.path.relative_to(folder).as_posix(),
                hashlib.sha256(result.path.read_bytes()).hexdigest(),
                result.rows,
                *origins.get(result.path, ("", "", "")),
                " ".join(licences),
                " ".join(result.series),
            )
        )
    return text.getvalue()


def _distinct(rows: Rows) -> Rows:
    """One row for each period and day: the last written, which is the one in force."""
    same = (rows.periods[1:] == rows.periods[:-1]) & (rows.known_from[1:] == rows.known_from[:-1])
    return rows.take(np.append(~same, True))


def _gathered_on(paths: Sequence[Path]) -> date | None:
    """Newest day on which a file of the folder says that it was fetched.

    Figures of files that do not say so and differ from the vintages are dated by it, so that no
    clock enters; None where no file says.
    """
    days: list[date] = []
    for path in (p for p in paths if p.suffix == ".json"):
        with suppress(SourceError):
            found = (part.retrieved for part in read_file(path) if isinstance(part, Parsed))
            days += [day for day in found if day is not None]
    return max(days, default=None)


def build_edition(
    folder: Path,
    *,
    catalogue: Catalogue | None = None,
    progress: Callable[[int, int, Path], None] | None = None,
) -> Edition:
    """Import a folder into an empty store and pack what the licences permit.

    The same files give the same bytes: files are read in a fixed order and no clock enters. A
    folder with a list of its files (``catalog.csv``) gives those alone: what is not on the list
    has no provenance.

    Raises
    ------
    SourceError
        ``reference.nothing`` if no file of the folder brought a permitted series.
    """
    catalogue = load_catalogue() if catalogue is None else catalogue
    origins = _origins(folder)
    chosen = sorted(path for path in origins if path.is_file()) or [folder]
    with TemporaryDirectory() as scratch, Store.create(Path(scratch) / "store.sqlite") as store:
        results = import_files(
            store,
            chosen,
            catalogue=_permitted(catalogue),
            today=_gathered_on(find_files(chosen)),
            progress=progress,
        )
        rows = {name: _distinct(store.rows(name)) for name in store.series}
        documents = store.documents("announcement")
    if not rows:
        raise SourceError("reference.nothing", name=folder)
    return Edition(
        encode_edition(rows, documents),
        _provenance(folder, origins, catalogue, results),
        len(rows),
        sum(map(len, rows.values())),
        results,
    )
