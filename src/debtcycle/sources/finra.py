"""FINRA's margin statistics: debit and free credit balances of customers, USD millions, monthly."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._table import ascending, number
from debtcycle.sources._text import decode_table
from debtcycle.sources._workbook import xlsx_rows
from debtcycle.sources.parsed import Parsed, series

__all__ = ["matches", "parse"]

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_KEYS = {
    "Debit Balances in Customers' Securities Margin Accounts": "MARGIN_DEBT",
    "Free Credit Balances in Customers' Cash Accounts": "MARGIN_FREE_CREDIT_CASH",
    "Free Credit Balances in Customers' Securities Margin Accounts": "MARGIN_FREE_CREDIT_MARGIN",
}


def matches(header: Sequence[object]) -> bool:
    """Whether a first row is that of FINRA's table."""
    return bool(header) and str(header[0]).strip() == "Year-Month"


def _month(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date().replace(day=1)
    found = _MONTH.fullmatch(str(cell).strip())
    if found is None or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1900:
        return None
    return date(int(found[1]), int(found[2]), 1)


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the workbook, or the same table as text; the newest month comes first in both.

    Raises
    ------
    SchemaChanged
        ``source.column`` or ``source.duplicate``.
    SourceError
        A cell is not a figure or a month.
    """
    rows: Sequence[Sequence[object]]
    if data[:2] == b"PK":
        rows = xlsx_rows(data, name)
    else:
        rows = list(csv.reader(io.StringIO(decode_table(data, name), newline="")))
    titles = [str(cell).strip() for cell in rows[0]] if rows else []
    parts: list[Parsed] = []
    for title, key in _KEYS.items():
        if title not in titles:
            raise SchemaChanged("source.column", name=name, column=title, found=", ".join(titles))
        column = titles.index(title)
        found: list[tuple[date, int, float]] = []
        for line, row in enumerate(rows[1:], start=2):
            if not row or row[0] in (None, ""):
                continue
            month = _month(row[0])
            if month is None:
                raise SourceError(
                    "source.date", name=name, row=line, column=titles[0], value=str(row[0])[:40]
                )
            cell = row[column] if column < len(row) else None  # blank cells at the end are cut
            figure = number(cell, name=name, row=line, column=title)
            found.append((month, line, figure))
        if not found:
            raise SourceError("source.empty", name=name)
        days, lines, values = ascending(found)
        parts.append(series(key, days, values, name=name, lines=lines, column=title))
    return tuple(parts)
