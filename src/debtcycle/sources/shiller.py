"""Robert Shiller's long history of the stock market: his workbook and datahub's copy of it.

In the workbook a month is a number, ``1871.1`` for October. The latest earnings and dividends are
blank and stay missing; where a 0 stands for them, as in the copy, it is no figure either, because
no price, yield or price level of that table can be zero.
"""

from __future__ import annotations

import math
from datetime import date

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._table import day, number, read_table
from debtcycle.sources._workbook import xls_rows
from debtcycle.sources.parsed import Parsed, series

__all__ = ["SHEET", "matches", "parse", "parse_copy"]

SHEET = "Data"
# Titles in the workbook's last title row, and the key of each.
_COLUMNS = {
    "P": "SHILLER_PRICE",
    "D": "SHILLER_DIVIDEND",
    "E": "SHILLER_EARNINGS",
    "CPI": "SHILLER_CPI",
    "Rate GS10": "SHILLER_LONG_RATE",
    "CAPE": "SHILLER_CAPE",
}
_COPY_COLUMNS = {
    "SP500": "SHILLER_PRICE",
    "Dividend": "SHILLER_DIVIDEND",
    "Earnings": "SHILLER_EARNINGS",
    "Consumer Price Index": "SHILLER_CPI",
    "Long Interest Rate": "SHILLER_LONG_RATE",
    "PE10": "SHILLER_CAPE",
}


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of datahub's copy."""
    return header[:1] == ("Date",) and set(_COPY_COLUMNS) <= set(header)


def _month(cell: object) -> date | None:
    """First day of the month of ``1871.01`` (January) .. ``1871.1`` (October) .. ``1871.12``."""
    if not isinstance(cell, float) or not 1600 <= cell < 2600:
        return None
    year = int(cell)
    month = round((cell - year) * 100)
    exact = math.isclose(cell, year + month / 100, abs_tol=1e-6)
    return date(year, month, 1) if exact and 1 <= month <= 12 else None


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the workbook.

    Returns
    -------
    tuple of Parsed
        SHILLER_PRICE, _DIVIDEND, _EARNINGS (index points), _CPI (index), _LONG_RATE (percent)
        and _CAPE (ratio), monthly.

    Raises
    ------
    SchemaChanged
        ``source.sheet``, ``source.column``: the sheet or a column is gone.
    SourceError
        A cell is not a figure, or a month not a month.
    """
    return parse_rows(xls_rows(data, name, SHEET), name)


def parse_rows(rows: list[list[object]], name: str) -> tuple[Parsed, ...]:
    """Read the rows of the workbook's data sheet; see `parse`."""
    top = next((at for at, row in enumerate(rows) if row and row[0] == "Date"), None)
    titles = [str(cell).strip() for cell in rows[top]] if top is not None else []
    for title in _COLUMNS:
        if title not in titles:
            raise SchemaChanged("source.column", name=name, column=title, found=", ".join(titles))
    assert top is not None  # the titles were found
    days: list[date] = []
    lines: list[int] = []
    for at, row in enumerate(rows[top + 1 :], start=top + 1):
        if row[0] == "":
            continue  # notes below the figures
        found = _month(row[0])
        if found is None:
            raise SourceError(
                "source.date", name=name, row=at + 1, column="Date", value=str(row[0])[:40]
            )
        days.append(found)
        lines.append(at + 1)
    if not days:
        raise SourceError("source.empty", name=name)
    parts: list[Parsed] = []
    for title, key in _COLUMNS.items():
        column = titles.index(title)
        figures = (
            number(rows[line - 1][column], name=name, row=line, column=title) for line in lines
        )
        values = [math.nan if figure == 0.0 else figure for figure in figures]
        parts.append(series(key, days, values, name=name, lines=lines, column=title))
    return tuple(parts)


def parse_copy(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read datahub's copy (text), with 0.0 as "no figure"; keys and errors as in `parse`."""
    table = read_table(data, name)
    days = table.days(table.index("Date"), read=day)
    parts: list[Parsed] = []
    for title, key in _COPY_COLUMNS.items():
        values = table.numbers(table.index(title))
        values[values == 0.0] = math.nan
        parts.append(series(key, days, values, name=name, lines=table.lines(), column=title))
    return tuple(parts)
