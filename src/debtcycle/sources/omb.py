"""Historical Tables of the Office of Management and Budget, USD millions a fiscal year.

Table 1.1 (receipts, outlays, surplus), 3.1 and 3.2 (net interest), 6.1 (composition). Columns or
rows that the file marks "estimate" are the Administration's plans, not figures, and are left out.
A year is dated by its last day: 30 June until 1976, 30 September since 1977. The transition
quarter (July to September 1976) belongs to no fiscal year and is left out, as in FRED's FYFSD.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._table import fiscal_year_end, number
from debtcycle.sources._workbook import xlsx_rows
from debtcycle.sources.parsed import Parsed, series

__all__ = ["matches", "parse"]

_TABLE = re.compile(r"Table (\d+\.\d+)\b")
_ACTUAL = re.compile(r"(\d{4})")
_OTHER = re.compile(r"\d{4} estimate|\d{4}\s*-\s*\d{4}|TQ")
_DOTS = re.compile(r"\.{2,}|-?\*")  # nothing, or less than half a unit: no figure either way
_SUMMARY = {
    "Receipts": "OMB_RECEIPTS",
    "Outlays": "OMB_OUTLAYS",
    "Surplus or Deficit (-)": "OMB_DEFICIT",
}
_LINES = {
    "3.1": {"Net interest": "OMB_NET_INTEREST"},
    "3.2": {"Total, Net Interest": "OMB_NET_INTEREST"},
    "6.1": {
        "Total outlays": "OMB_OUTLAYS",
        "National defense": "OMB_OUTLAYS_DEFENSE",
        "Payments for individuals": "OMB_OUTLAYS_INDIVIDUALS",
        "All other grants": "OMB_OUTLAYS_GRANTS",
        "Net interest": "OMB_NET_INTEREST",
        "All other": "OMB_OUTLAYS_OTHER",
        "Undistributed offsetting receipts": "OMB_OUTLAYS_OFFSETS",
    },
}

Row = Sequence[object]


def _table(rows: Sequence[Row]) -> str | None:
    title = rows[0][0] if rows and rows[0] else None
    found = _TABLE.match(title) if isinstance(title, str) else None
    return found[1] if found and (found[1] == "1.1" or found[1] in _LINES) else None


def matches(rows: Sequence[Row]) -> bool:
    """Whether a workbook's rows begin like one of these tables."""
    return _table(rows) is not None


def _year(label: object, name: str, row: int | str) -> int | None:
    """The fiscal year of a label; None for an estimate, a span of years or the odd quarter."""
    text = str(label).strip()
    if found := _ACTUAL.fullmatch(text):
        return int(found[1])
    if _OTHER.fullmatch(text):
        return None
    raise SchemaChanged("source.date", name=name, row=row, column="Year", value=text[:40])


def _figure(cell: object, name: str, row: int, column: str) -> float:
    if isinstance(cell, str) and _DOTS.fullmatch(cell.strip()):
        return math.nan
    return number(cell, name=name, row=row, column=column)


def _summary(rows: Sequence[Row], name: str) -> tuple[Parsed, ...]:
    """Table 1.1: a row a year, totals in columns 2 to 4."""
    top = next((at for at, row in enumerate(rows) if row and row[0] == "Year"), None)
    under = [str(cell) for cell in rows[top + 1][:4]] if top is not None else []
    if top is None or under[1:] != list(_SUMMARY) or rows[top][1] != "Total":
        raise SchemaChanged("source.column", name=name, column="Total", found=", ".join(under))
    found: list[tuple[int, int, Row]] = []
    for line, row in enumerate(rows[top + 2 :], start=top + 3):
        if len(row) < 4 or row[0] is None or row[1] is None:
            continue  # footnotes
        if (year := _year(row[0], name, line)) is not None:
            found.append((line, year, row))
    if not found:
        raise SourceError("source.empty", name=name)
    return tuple(
        series(
            key,
            [fiscal_year_end(year) for _, year, _ in found],
            [_figure(row[column], name, line, title) for line, _, row in found],
            name=name,
            lines=[line for line, _, _ in found],
            column=title,
        )
        for column, (title, key) in enumerate(_SUMMARY.items(), start=1)
    )


def _by_year(rows: Sequence[Row], name: str, wanted: dict[str, str]) -> tuple[Parsed, ...]:
    """Tables 3.1, 3.2 and 6.1: a column a year, a row a purpose.

    The first row of a name is in millions of current dollars, those below are shares.
    """
    top = next((at for at, row in enumerate(rows) if len(row) > 1 and row[1] is not None), None)
    if top is None:
        raise SourceError("source.empty", name=name)
    years = {
        column: year
        for column, label in enumerate(rows[top])
        if column and label is not None and (year := _year(label, name, top + 1)) is not None
    }
    if not years:
        raise SourceError("source.empty", name=name)
    units = " ".join(str(row[0]) for row in rows[: top + 2] if row).lower()
    if "in millions of" not in units:
        raise SchemaChanged("source.column", name=name, column="in millions", found=units[:80])
    parts: dict[str, Parsed] = {}
    for line, row in enumerate(rows[top + 1 :], start=top + 2):
        title = re.sub(r"\s*\(\d\)\s*$", "", str(row[0])).strip() if row else ""
        key = wanted.get(title)
        if key is None or key in parts or len(row) <= max(years):
            continue
        parts[key] = series(
            key,
            [fiscal_year_end(year) for year in years.values()],
            [_figure(row[at], name, line, str(year)) for at, year in years.items()],
            name=name,
            lines=[line] * len(years),
            column=title,
        )
    if missing := [title for title, key in wanted.items() if key not in parts]:
        raise SchemaChanged("source.column", name=name, column=", ".join(missing), found="")
    return tuple(parts.values())


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read one of the four tables.

    Returns
    -------
    tuple of Parsed
        Completed fiscal years only, USD millions; a deficit is negative.

    Raises
    ------
    SchemaChanged
        The title, a heading, a row or a year is not what it was.
    SourceError
        A cell is not a figure.
    """
    rows = xlsx_rows(data, name)
    table = _table(rows)
    if table is None:
        raise SchemaChanged("source.column", name=name, column="Table 1.1", found="")
    return _summary(rows, name) if table == "1.1" else _by_year(rows, name, _LINES[table])
