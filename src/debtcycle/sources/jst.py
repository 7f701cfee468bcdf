"""Macrohistory Database of Jorda, Schularick and Taylor, release 6: 18 countries from 1870.

One sheet, a row a country and year, a column a variable. The licence is CC BY-NC-SA 4.0: the
workbook is never part of the package; users bring their own copy. Keys are ``JST:``, the
country's three letters and the database's own name of the column; a year is dated by its last
day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._table import number
from debtcycle.sources._workbook import xlsx_rows
from debtcycle.sources.parsed import Parsed, series

__all__ = ["COLUMNS", "matches", "parse"]

# What the crisis measures need; the rest of the database is not read.
COLUMNS = (
    "gdp", "cpi", "tloans", "thh", "tbus", "hpnom", "eq_capgain", "ltrate", "crisisJST",
    "crisisJST_old",
)  # fmt: skip
_KEY = ("year", "country", "iso")
_LAST_YEAR = 2200

Row = Sequence[object]


def matches(rows: Sequence[Row]) -> bool:
    """Whether a workbook's first row is that of the database."""
    return bool(rows) and tuple(rows[0][:3]) == _KEY and "crisisJST" in rows[0]


def _positions(head: Row, name: str) -> dict[str, int]:
    titles = [str(cell) for cell in head]
    shown = ", ".join(titles[:12])
    for title in (*_KEY, *COLUMNS):
        if title not in titles:
            raise SchemaChanged("source.column", name=name, column=title, found=shown)
    return {title: titles.index(title) for title in (*_KEY, *COLUMNS)}


def _cell(row: Row, position: int) -> object:
    """A cell; rows whose last cells are empty are written shorter."""
    return row[position] if position < len(row) else None


def _year(cell: object, name: str, line: int) -> int:
    figure = number(cell, name=name, row=line, column="year")
    if not (figure == figure // 1 and 1800 <= figure <= _LAST_YEAR):
        raise SchemaChanged("source.date", name=name, row=line, column="year", value=str(cell)[:40])
    return int(figure)


def _crisis(figure: float, name: str, line: int, column: str) -> float:
    """A mark is 0, 1 or nothing."""
    if figure not in (0.0, 1.0) and figure == figure:
        raise SourceError("source.row", name=name, row=line, column=column, value=figure)
    return figure


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the columns of every country.

    Raises
    ------
    SchemaChanged
        ``source.column`` where one is gone; ``source.date``, ``source.order`` or
        ``source.duplicate`` where the years of a country are not in order.
    SourceError
        ``source.row`` where a cell is not a figure, or a mark of a crisis neither 0 nor 1;
        ``source.empty`` without a row; ``source.broken`` where the file is not a workbook.
    """
    rows = xlsx_rows(data, name)
    if not rows:
        raise SourceError("source.empty", name=name)
    at = _positions(rows[0], name)
    countries: dict[str, list[tuple[int, int, Row]]] = {}
    for line, row in enumerate(rows[1:], start=2):
        if all(cell is None for cell in row):
            continue
        iso = _cell(row, at["iso"])
        if not (isinstance(iso, str) and len(iso) == 3 and iso.isascii() and iso.isupper()):
            raise SchemaChanged(
                "source.row", name=name, row=line, column="iso", value=str(iso)[:40]
            )
        countries.setdefault(iso, []).append((line, _year(_cell(row, at["year"]), name, line), row))
    if not countries:
        raise SourceError("source.empty", name=name)
    return tuple(
        _series(iso, column, found, at[column], name)
        for iso, found in countries.items()
        for column in COLUMNS
    )


def _series(
    iso: str, column: str, found: list[tuple[int, int, Row]], position: int, name: str
) -> Parsed:
    values = [
        number(_cell(row, position), name=name, row=line, column=column) for line, _, row in found
    ]
    lines = [line for line, _, _ in found]
    if column.startswith("crisis"):
        for line, value in zip(lines, values, strict=True):
            _crisis(value, name, line, column)
    days = [date(year, 12, 31) for _, year, _ in found]
    return series(f"JST:{iso}:{column}", days, values, name=name, lines=lines, column=column)
