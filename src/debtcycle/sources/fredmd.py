"""FRED-MD and FRED-QD: single files, an archive of monthly states, and the table of changes.

A file for month V shows the state at the end of V and holds data through V-1. Its name carries V
(``2026-03.csv``, ``FRED-MD_2026-03.csv``); where it does not, V is the month after the last row.
The archive and the table are returned as changes: one row where a figure first appears, is
revised, or is withdrawn (NaN). The state at V is the last row of each period with vintage <= V.
"""

from __future__ import annotations

import io
import re
import tarfile
from datetime import date
from lzma import LZMADecompressor, LZMAError

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._table import Table, day, month_end, quarter_start, read_table
from debtcycle.sources._workbook import MAX_UNPACKED_BYTES, optional_module
from debtcycle.sources.parsed import Days, Parsed, series, vintage_series

__all__ = ["matches", "matches_changes", "parse", "parse_archive", "parse_changes"]

_DAY = "datetime64[D]"
_MONTH = re.compile(r"(?<!\d)(\d{4})-(\d{2})(?!\d)")
_CHANGES = ("series", "date", "vintage", "value")
_MARKS = frozenset({"transform", "transform:", "factors", "factors:"})
_PLAIN = re.compile(rb"[0-9.,/eE+\-\r\n]*")
_MAX_ROWS = 20_000_000


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of a FRED-MD or FRED-QD file."""
    return len(header) > 1 and header[0].lower() == "sasdate"


def matches_changes(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of the table of changes."""
    return header == _CHANGES


def _body(table: Table) -> tuple[bool, Table]:
    """Whether the file is quarterly, and its rows of figures without the rows of codes."""
    marks = [cells[0].strip().lower() for _, cells in table.rows[:3]]
    codes = sum(mark in _MARKS for mark in marks)
    if codes == 0:
        raise SchemaChanged(
            "source.column", name=table.name, column="Transform:", found=", ".join(marks)
        )
    quarterly = any(mark.startswith("factors") for mark in marks)
    body = Table(table.name, table.header, table.rows[codes:])
    if not body.rows:
        raise SourceError("source.empty", name=table.name)
    return quarterly, body


def _vintage(name: str, last: date) -> date:
    if (found := _MONTH.search(name)) and 1 <= int(found[2]) <= 12:
        return month_end(int(found[1]), int(found[2]))
    months = last.year * 12 + last.month
    return month_end(months // 12, months % 12 + 1)


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read one file.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name; ``YYYY-MM`` in it is the month of the vintage.

    Returns
    -------
    tuple of Parsed
        ``FRED-MD:<series>`` with the vintage's month end beside each figure, or
        ``FRED-QD:<series>`` without vintages; periods are first days of month or quarter.

    Raises
    ------
    SourceError, SchemaChanged
        The row of codes is gone, or a cell is not a figure.
    """
    quarterly, table = _body(read_table(data, name))
    read = quarter_start if quarterly else day
    days = table.days(read=read)
    prefix = "FRED-QD" if quarterly else "FRED-MD"
    parts = tuple(
        series(
            f"{prefix}:{column}",
            days,
            table.numbers(index),
            name=name,
            lines=table.lines(),
            column=column,
        )
        for index, column in enumerate(table.header)
        if index and column
    )
    if quarterly:
        return parts
    vintage = np.datetime64(_vintage(name, days[-1].item()), "D")
    return tuple(
        vintage_series(
            part.key, part.periods, part.values, np.full(part.periods.size, vintage), name=name
        )
        for part in parts
    )


def _unpack(data: bytes, name: str) -> bytes:
    unpacker = LZMADecompressor()
    try:
        raw = unpacker.decompress(data, MAX_UNPACKED_BYTES)
    except LZMAError:
        raise SourceError("source.broken", name=name, kind="xz") from None
    if not unpacker.eof:
        if len(raw) >= MAX_UNPACKED_BYTES:
            limit = MAX_UNPACKED_BYTES // 2**20
            raise SourceError("source.too_large", name=name, limit_mb=limit)
        raise SourceError("source.broken", name=name, kind="xz")
    return raw


def _members(data: bytes, name: str) -> list[tuple[date, str, bytes]]:
    """The archive's files with the month end that each is named after, in the order of time."""
    raw = _unpack(data, name)
    if raw[257:262] != b"ustar":
        raise SourceError("source.compressed", name=name, kind="xz")
    found: list[tuple[date, str, bytes]] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(raw), mode="r:") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is None:
                    continue
                month = _MONTH.search(member.name)
                if month is None or not 1 <= int(month[2]) <= 12:
                    raise SourceError("source.archive", name=name, member=member.name)
                vintage = month_end(int(month[1]), int(month[2]))
                found.append((vintage, f"{name}/{member.name}", content.read()))
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise SourceError("source.broken", name=name, kind="tar") from error
    if not found:
        raise SourceError("source.empty", name=name)
    found.sort(key=lambda entry: entry[0])
    return found


def _grid(data: bytes, table: Table) -> NDArray[np.float64]:
    """All figures of a monthly state, shape (months, series).

    An archive has ten million cells: where a file's rows hold nothing but digits, signs, points
    and commas, float() cannot be misled and is used directly; else each cell is examined.
    """
    if _PLAIN.fullmatch(data, data.find(b"\n", data.find(b"\n") + 1) + 1):
        try:
            grid = np.array(
                [[float(c) if c else np.nan for c in cells[1:]] for _, cells in table.rows]
            )
        except ValueError:
            pass
        else:
            if not np.isinf(grid).any():
                return grid
    return np.array([table.numbers(at) for at in range(1, len(table.header))]).T


def _state(data: bytes, name: str) -> tuple[Days, dict[str, NDArray[np.float64]]]:
    """One monthly state: first days of months, and a column of figures per series."""
    quarterly, table = _body(read_table(data, name))
    if quarterly:
        raise SourceError("source.archive", name=name, member=name)
    days = table.days(read=day)
    if (np.diff(days).astype(np.int64) <= 0).any():
        at = int(np.argmax(np.diff(days).astype(np.int64) <= 0)) + 1
        raise SchemaChanged(
            "source.order", name=name, row=table.rows[at][0], column="sasdate", value=str(days[at])
        )
    grid = _grid(data, table)
    return days, {column: grid[:, at] for at, column in enumerate(table.header[1:]) if column}


class _Changes:
    """Collects, state by state, the cells that differ from the state before."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[Days, NDArray[np.float64]]] = {}
        self.rows: dict[str, list[tuple[Days, NDArray[np.float64], Days]]] = {}

    def add(self, key: str, vintage: date, days: Days, figures: NDArray[np.float64]) -> None:
        """Note what a state of one series changes; an absent month counts as no figure."""
        old_days, old = self.known.get(key, (np.empty(0, dtype=_DAY), np.empty(0)))
        both = np.union1d(old_days, days)
        before, after = np.full(both.size, np.nan), np.full(both.size, np.nan)
        before[np.searchsorted(both, old_days)] = old
        after[np.searchsorted(both, days)] = figures
        changed = ~((before == after) | (np.isnan(before) & np.isnan(after)))
        if changed.any():
            stamp = np.full(int(changed.sum()), np.datetime64(vintage, "D"))
            self.rows.setdefault(key, []).append((both[changed], after[changed], stamp))
        self.known[key] = (both, after)


def parse_archive(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read an archive (.tar.xz) of monthly files as changes from one to the next.

    A series that a later file no longer has counts as withdrawn.

    Raises
    ------
    SourceError
        ``source.broken``, ``source.too_large``, ``source.compressed`` (not an archive),
        ``source.archive`` (a member that is not a monthly state), and those of `parse`.
    """
    changes = _Changes()
    nothing = np.empty(0, dtype=_DAY), np.empty(0)
    for vintage, member, content in _members(data, name):
        days, columns = _state(content, member)
        for key, figures in columns.items():
            changes.add(key, vintage, days, figures)
        for key in changes.known.keys() - columns.keys():
            changes.add(key, vintage, *nothing)
    return tuple(
        vintage_series(
            f"FRED-MD:{key}",
            *(np.concatenate([row[part] for row in rows]) for part in range(3)),
            name=name,
        )
        for key, rows in changes.rows.items()
    )


def _month_ends(labels: list[str], name: str) -> Days:
    ends: list[date] = []
    for label in labels:
        found = _MONTH.fullmatch(str(label))
        if found is None or not 1 <= int(found[2]) <= 12:
            raise SourceError(
                "source.date", name=name, row="-", column="vintage", value=str(label)[:40]
            )
        ends.append(month_end(int(found[1]), int(found[2])))
    return np.array(ends, dtype=_DAY)


def _from_parquet(
    data: bytes, name: str
) -> tuple[list[str], NDArray[np.int64], Days, Days, NDArray[np.float64]]:
    arrow = optional_module("pyarrow", name)
    parquet = optional_module("pyarrow.parquet", name)
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        missing = set(_CHANGES) - set(file.schema_arrow.names)
        if file.metadata.num_rows > _MAX_ROWS:
            raise SourceError("source.too_large", name=name, limit_mb=_MAX_ROWS // 10**6)
        table = None if missing else file.read(columns=list(_CHANGES)).combine_chunks()
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise SourceError("source.broken", name=name, kind="parquet") from error
    if table is None:
        shown = ", ".join(sorted(missing))
        raise SchemaChanged("source.column", name=name, column=shown, found="")
    labels: list[list[str]] = []
    codes: list[NDArray[np.int64]] = []
    for column in ("series", "vintage"):
        encoded = table.column(column).combine_chunks()
        if not arrow.types.is_dictionary(encoded.type):
            encoded = encoded.dictionary_encode()
        if isinstance(encoded, arrow.ChunkedArray):
            encoded = encoded.unify_dictionaries().combine_chunks()
        if encoded.null_count:
            raise SourceError("source.row", name=name, row="-", column=column, value="")
        labels.append([str(label) for label in encoded.dictionary.to_pylist()])
        codes.append(encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64))
    try:
        days = table.column("date").cast(arrow.date32()).to_numpy().astype(_DAY)
        figures = table.column("value").cast(arrow.float64()).to_numpy().astype(np.float64)
    except arrow.ArrowException:
        raise SchemaChanged("source.column", name=name, column="date, value", found="") from None
    return labels[0], codes[0], days, _month_ends(labels[1], name)[codes[1]], figures


def _from_text(
    data: bytes, name: str
) -> tuple[list[str], NDArray[np.int64], Days, Days, NDArray[np.float64]]:
    table = read_table(data, name)
    if not matches_changes(table.header):
        raise SchemaChanged(
            "source.column", name=name, column=",".join(_CHANGES), found=",".join(table.header[:12])
        )
    keys = [cells[0].strip() for _, cells in table.rows]
    labels = sorted(set(keys))
    place = {label: code for code, label in enumerate(labels)}
    months = sorted({cells[2].strip() for _, cells in table.rows})
    ends = dict(zip(months, _month_ends(months, name), strict=True))
    known = np.array([ends[cells[2].strip()] for _, cells in table.rows], dtype=_DAY)
    days = table.days(1, read=day)
    return labels, np.array([place[k] for k in keys]), days, known, table.numbers(3)


def parse_changes(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the table of changes: columns series, date, vintage, value; Parquet or text.

    Raises
    ------
    SourceError
        ``source.needs`` without pyarrow (Parquet only); ``source.broken``; ``source.too_large``.
    SchemaChanged
        ``source.column`` or ``source.duplicate``.
    """
    read = _from_parquet if data[:4] == b"PAR1" else _from_text
    labels, codes, days, known, figures = read(data, name)
    if np.isinf(figures).any():
        at = int(np.argmax(np.isinf(figures)))
        raise SourceError("source.row", name=name, row=at + 1, column="value", value="inf")
    if np.isnat(days).any():
        at = int(np.argmax(np.isnat(days)))
        raise SourceError("source.date", name=name, row=at + 1, column="date", value="")
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(labels) + 1))
    parts: list[Parsed] = []
    for code, label in enumerate(labels):
        rows = order[edges[code] : edges[code + 1]]
        if rows.size:
            part = (days[rows], figures[rows], known[rows])
            parts.append(vintage_series(f"FRED-MD:{label}", *part, name=name))
    if not parts:
        raise SourceError("source.empty", name=name)
    return tuple(parts)
