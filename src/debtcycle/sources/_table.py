"""Shared hands of the publisher modules: text, numbers, dates, tables.

Everything here refuses rather than guesses: a cell is a number, a known mark for "no figure", or
an error with its row and column.
"""

from __future__ import annotations

import calendar
import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._grid import EARLIEST_YEAR, Grid, Unit, grid_of
from debtcycle.sources._text import CONTROL, control_in, decode_table
from debtcycle.sources.parsed import Days, Parsed, series

__all__ = [
    "Table",
    "ascending",
    "day",
    "fiscal_year_end",
    "month_end",
    "month_start",
    "number",
    "quarter_start",
    "read_table",
    "retrieved_on",
    "series_id",
]

# What publishers write for "no figure". A zero is never among them.
_MISSING = frozenset({"", ".", "..", "na", "n/a", "#n/a", "nan", "null", "none", "nd", "-"})
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_QUARTER = re.compile(r"(\d{4})[-: ]?Q([1-4])")
_SUFFIX = re.compile(r"(_from_|_old_|_vintage|_\d).*$")

# Files whose names do not carry the publisher's own key.
_IRREGULAR = {
    "spx_daily": "SPX",
    "gold_usd_daily": "GOLD",
    "gold_monthly": "GOLD_MONTHLY",
    "finra_margin_debt": "MARGIN_DEBT",
    "vix_daily": "VIX",
    "shiller_cape": "SHILLER_CAPE",
    "oil_wti_daily": "WTI",
    "oil_brent_monthly": "BRENT",
    "tic_foreign_holdings_total": "TIC_FOREIGN_TOTAL",
    "tic_foreign_holdings_official": "TIC_FOREIGN_OFFICIAL",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited text: header and rows with their line numbers.

    Parameters
    ----------
    name : str
        The file's name, for errors.
    header : tuple of str
        Column names, stripped.
    rows : sequence of (int, list of str)
        Line number in the file (from 1) and cells; wholly blank rows are left out. A `Grid`
        where the text is plain: its columns are then read whole.
    """

    name: str
    header: tuple[str, ...]
    rows: Sequence[tuple[int, list[str]]]

    def index(self, column: str) -> int:
        """Position of a column; SchemaChanged ``source.column`` where it is gone."""
        try:
            return self.header.index(column)
        except ValueError:
            shown = ", ".join(self.header[:12])
            raise SchemaChanged(
                "source.column", name=self.name, column=column, found=shown
            ) from None

    def days(self, column: int = 0, *, read: Callable[[str], date | None]) -> Days:
        """The dates of a column; SourceError ``source.date`` where one is not a date."""
        if isinstance(self.rows, Grid) and read in _UNITS:
            days, plain = self.rows.days(column, _UNITS[read])
            for at in np.flatnonzero(~plain).tolist():
                line, cell = self.rows.first + at, self.rows.cell(at, column)
                days[at] = np.datetime64(self.day(line, cell, column, read=read), "D")
            return days
        found = [self.day(row, cells[column], column, read=read) for row, cells in self.rows]
        return np.array(found, dtype="M8[D]")

    def day(self, row: int, cell: str, column: int, *, read: Callable[[str], date | None]) -> date:
        """One date; SourceError ``source.date`` where the cell is not one."""
        found = read(cell)
        if found is None:
            raise SourceError(
                "source.date",
                name=self.name,
                row=row,
                column=self.header[column],
                value=_shown(cell),
            )
        return found

    def numbers(self, column: int) -> NDArray[np.float64]:
        """The figures of a column, NaN where none is written."""
        title = self.header[column]
        if isinstance(self.rows, Grid):
            figures, plain = self.rows.figures(column)
            for at in np.flatnonzero(~plain).tolist():
                line, cell = self.rows.first + at, self.rows.cell(at, column)
                figures[at] = number(cell, name=self.name, row=line, column=title)
            return figures
        return np.array(
            [
                number(cells[column], name=self.name, row=row, column=title)
                for row, cells in self.rows
            ],
            dtype=np.float64,
        )

    def lines(self) -> Sequence[int]:
        """Line numbers of the rows."""
        if isinstance(self.rows, Grid):
            return range(self.rows.first, self.rows.first + len(self.rows))
        return [row for row, _ in self.rows]

    def parsed(
        self,
        keys: Mapping[str, str],
        *,
        date_column: str,
        read: Callable[[str], date | None] | None = None,
        tolerance: float = 0.0,
    ) -> tuple[Parsed, ...]:
        """Columns of figures beside one column of dates, as series.

        Parameters
        ----------
        keys : mapping
            Column name to the publisher's key.
        date_column : str
            Name of the column of dates.
        read : callable
            Cell to date, None where it is not one; `day` by default.
        tolerance : float
            As in `parsed.series`.

        Raises
        ------
        SourceError, SchemaChanged
            A cell, a date or a column is not what it should be.
        """
        days = self.days(self.index(date_column), read=read or day)
        return tuple(
            series(
                key,
                days,
                self.numbers(self.index(column)),
                name=self.name,
                lines=self.lines(),
                column=column,
                tolerance=tolerance,
            )
            for column, key in keys.items()
        )


def _shown(cell: object) -> str:
    text = CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(cell))
    return text if len(text) <= 40 else f"{text[:37]}..."


def number(cell: object, *, name: str, row: int | str, column: str) -> float:
    """A cell as a figure: NaN for the publishers' marks of "none", never for anything else.

    Raises
    ------
    SourceError
        ``source.row`` where the cell is neither a finite number nor such a mark.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        try:
            figure = float(cell)
        except OverflowError:
            figure = math.inf
        if not math.isinf(figure):
            return figure
    elif cell is None:
        return math.nan
    elif isinstance(cell, str):
        text = cell.strip()
        if text.lower() in _MISSING:
            return math.nan
        # float() would also take 1_000, full-width digits and "infinity".
        if text.isascii() and "_" not in text:
            try:
                figure = float(text)
            except ValueError:
                figure = math.inf
            if math.isfinite(figure):
                return figure
    raise SourceError("source.row", name=name, row=row, column=column, value=_shown(cell))


def _date(year: int, month: int, day_of_month: int) -> date | None:
    if year < EARLIEST_YEAR:
        return None
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


def day(cell: str) -> date | None:
    """A day written ``2026-07-01`` or, as in the United States, ``7/1/2026``."""
    text = cell.strip()
    if found := _ISO_DAY.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _US_DAY.fullmatch(text):
        return _date(int(found[3]), int(found[1]), int(found[2]))
    return None


def month_start(cell: str) -> date | None:
    """First day of the month that holds the day written in the cell."""
    found = day(cell)
    return found and found.replace(day=1)


def quarter_start(cell: str) -> date | None:
    """First day of the quarter of ``1947-Q4``, ``1989:Q3``, ``2009Q1`` or of a day in it."""
    if found := _QUARTER.fullmatch(cell.strip()):
        return _date(int(found[1]), 3 * int(found[2]) - 2, 1)
    inside = day(cell)
    return inside and inside.replace(month=3 * ((inside.month - 1) // 3) + 1, day=1)


# How the columns of days that are read whole are told apart.
_UNITS: Mapping[Callable[[str], date | None], Unit] = {
    day: "D",
    month_start: "M",
    quarter_start: "Q",
}


def month_end(year: int, month: int) -> date:
    """Last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def fiscal_year_end(year: int) -> date:
    """Last day of a federal fiscal year: 30 June until 1976, 30 September since 1977."""
    return date(year, 6, 30) if year <= 1976 else date(year, 9, 30)


def read_table(data: bytes, name: str) -> Table:
    """A comma-separated file as a table.

    Raises
    ------
    SourceError
        ``source.empty`` without a row of figures; ``source.cell`` where a cell is longer than any
        that a layout has; ``source.control`` where a cell holds a control character;
        ``source.width`` where a row has more or fewer
        cells than the header (also a file cut short); ``source.csv`` where quotes do not close.
    """
    text = decode_table(data, name)
    grid = grid_of(data)
    if grid is not None and len(grid) > 1:
        table = Table(name, tuple(cell.strip() for cell in grid[0][1]), grid[1:])
        _check_end(text, table)
        return table
    return _row_by_row(text, name)


def _row_by_row(text: str, name: str) -> Table:
    """A table of any text: what a `Grid` must agree with."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend(
            (reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)
        )
    except csv.Error as error:
        if "field larger than" in str(error):
            raise SourceError(
                "source.cell", name=name, row=reader.line_num, limit=csv.field_size_limit()
            ) from None
        raise SourceError("source.csv", name=name, row=reader.line_num, reason=str(error)) from None
    if len(rows) < 2:
        raise SourceError("source.empty", name=name)
    header = tuple(cell.strip() for cell in rows[0][1])
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            raise SourceError(
                "source.width", name=name, row=line, found=len(cells), expected=len(header)
            )
    table = Table(name, header, tuple(rows[1:]))
    _check_end(text, table)
    _check_controls(text, rows, header, name)
    return table


def _check_controls(
    text: str, rows: list[tuple[int, list[str]]], header: tuple[str, ...], name: str
) -> None:
    """Refuse text that holds what no one can see: it would reach screens and pictures."""
    if CONTROL.search(text) is None:
        return
    for line, cells in rows:
        for column, cell in zip(header, cells, strict=False):
            if (found := control_in(cell)) is not None:
                place = _shown(column)
                raise SourceError("source.control", name=name, row=line, column=place, value=found)


def _check_end(text: str, table: Table) -> None:
    """Refuse a file that ends in the middle of its last number.

    A whole file may lack its last line break; one whose last number has no decimals while all
    others of its column have some was cut while it was written.
    """
    if text.endswith(("\n", "\r")) or len(table.rows) < 3:
        return
    *others, last = [cells[-1].strip() for _, cells in table.rows]
    others = [cell for cell in others if cell]
    if last and others and all("." in cell for cell in others):
        fewest = min(len(cell.partition(".")[2]) for cell in others)
        if len(last.partition(".")[2]) < fewest:
            raise SourceError("source.cut", name=table.name, row=table.lines()[-1], value=last)


def series_id(name: str) -> str:
    """The publisher's key that a file's name carries.

    ``UNRATE.csv``, ``WALCL_2026-07.csv`` and ``USSTHPI_from_FRED-QD.csv`` carry a FRED id; a few
    irregular names are in a table; a lower-case name without separators is a FRED id in lower
    case.

    Raises
    ------
    SourceError
        ``source.series_id`` where the name carries none.
    """
    file = re.split(r"[\\/]", name)[-1]
    stem = _SUFFIX.sub("", file.split(".")[0])
    if (known := _IRREGULAR.get(stem.lower())) is not None:
        return known
    if re.fullmatch(r"[A-Z][A-Z0-9_]*", stem):
        return stem
    if re.fullmatch(r"[a-z][a-z0-9]*", stem):
        return stem.upper()
    raise SourceError("source.series_id", name=name)


def retrieved_on(text: object) -> date | None:
    """The day of a time stamp such as ``2026-08-21T20:43:22Z``; None where it is not one."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def ascending(
    rows: Iterable[tuple[date, int, float]],
) -> tuple[Sequence[date], list[int], list[float]]:
    """Rows that a publisher writes newest first, put in the order of time (stable)."""
    ordered = sorted(rows, key=lambda row: row[0])
    return [r[0] for r in ordered], [r[1] for r in ordered], [r[2] for r in ordered]
