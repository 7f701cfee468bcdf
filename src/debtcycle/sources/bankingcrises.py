"""Systemic banking crises after Laeven and Valencia (International Monetary Fund), a workbook.

Keys are ``LV:`` and the country's name as the list has it, without marks of footnotes. A crisis
is dated by the last day of the year in which it begins; its value is its last year, NaN where
it is not over or not said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._table import number
from debtcycle.sources._workbook import xlsx_sheet
from debtcycle.sources.parsed import Parsed, series

__all__ = ["SHEET", "parse"]

SHEET = "Crisis Resolution and Outcomes"
_FOOTNOTE = re.compile(r"\s+\d/\s*$")
_DOTS = re.compile(r"…|\.{2,}")
_YEARS = range(1900, 2201)

Row = Sequence[object]


def _plain(cell: object) -> str:
    """A cell without the mark of a footnote."""
    return _FOOTNOTE.sub("", str(cell)).strip()


def _year(cell: object, name: str, line: int, column: str) -> float:
    text = _plain(cell)
    figure = math.nan if _DOTS.fullmatch(text) else number(text, name=name, row=line, column=column)
    if figure == figure and (figure not in _YEARS):
        raise SourceError("source.date", name=name, row=line, column=column, value=text[:40])
    return figure


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the crises of every country.

    Raises
    ------
    SchemaChanged
        ``source.sheet`` or ``source.column`` where the list is not where it was;
        ``source.duplicate`` where a country has two crises of one year that end differently.
    SourceError
        ``source.date`` where a year is not one; ``source.empty``; ``source.broken``.
    """
    rows = xlsx_sheet(data, name, SHEET)
    head = tuple(rows[0][:4]) if rows else ()
    if len(head) < 4 or (head[0], head[2], head[3]) != ("Country", "Start", "End"):
        found = ", ".join(str(cell) for cell in head)
        raise SchemaChanged("source.column", name=name, column="Start", found=found)
    crises: dict[str, list[tuple[date, int, float]]] = {}
    for line, row in enumerate(rows[1:], start=2):
        if len(row) < 4 or row[0] is None or row[2] is None:
            continue  # footnotes below the list
        begins = _year(row[2], name, line, "Start")
        if math.isnan(begins):
            raise SourceError("source.date", name=name, row=line, column="Start", value=row[2])
        ends = _year(row[3], name, line, "End")
        crises.setdefault(_plain(row[0]), []).append((date(int(begins), 12, 31), line, ends))
    if not crises:
        raise SourceError("source.empty", name=name)
    parts = []
    for country, found_rows in crises.items():
        ordered = sorted(found_rows, key=lambda item: item[0])
        parts.append(
            series(
                f"LV:{country}",
                [day for day, _, _ in ordered],
                [end for _, _, end in ordered],
                name=name,
                lines=[line for _, line, _ in ordered],
                column="Start",
            )
        )
    return tuple(parts)
