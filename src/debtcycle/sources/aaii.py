"""American Association of Individual Investors: weekly survey, shares of answers (0 to 1)."""

from __future__ import annotations

from datetime import date, timedelta

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._table import number, read_table
from debtcycle.sources._workbook import xls_rows
from debtcycle.sources.parsed import Parsed, series

__all__ = ["SHEET", "matches", "parse", "parse_workbook"]

SHEET = "SENTIMENT"
_KEYS = {
    "Bullish": "AAII_BULLISH",
    "Bearish": "AAII_BEARISH",
    "Bull_Bear_Spread": "AAII_BULL_BEAR",
}
_COLUMNS = {"Bullish": 1, "Bearish": 3, "Spread": 6}  # of the workbook
_EPOCH = date(1899, 12, 30)  # day 0 of a workbook's day numbers
_MAX_DAY = 200_000.0


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of the survey."""
    return {"Date", *_KEYS} <= set(header)


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the survey as text; SourceError or SchemaChanged where it is not what it was."""
    return read_table(data, name).parsed(_KEYS, date_column="Date")


def parse_workbook(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the publisher's workbook; keys as in `parse`."""
    return parse_rows(xls_rows(data, name, SHEET), name)


def parse_rows(rows: list[list[object]], name: str) -> tuple[Parsed, ...]:
    """Read the rows of the workbook's sheet; statistics below the figures are left out.

    Raises
    ------
    SchemaChanged
        ``source.column`` where a title has moved.
    SourceError
        A cell is not a figure, or there is none.
    """
    top = next((at for at, row in enumerate(rows) if row and row[0] == "Date"), None)
    titles = [str(cell).strip() for cell in rows[top]] if top is not None else []
    for title, at in _COLUMNS.items():
        if len(titles) <= at or titles[at] != title:
            raise SchemaChanged("source.column", name=name, column=title, found=", ".join(titles))
    assert top is not None  # the titles were found
    lines = [
        at
        for at, row in enumerate(rows[top + 1 :], start=top + 2)
        if isinstance(row[0], float) and 1.0 <= row[0] < _MAX_DAY
    ]
    if not lines:
        raise SourceError("source.empty", name=name)
    days = [_EPOCH + timedelta(days=int(str(rows[at - 1][0]).split(".")[0])) for at in lines]
    return tuple(
        series(
            key,
            days,
            [number(rows[at - 1][column], name=name, row=at, column=title) for at in lines],
            name=name,
            lines=lines,
            column=title,
        )
        for (title, column), key in zip(_COLUMNS.items(), _KEYS.values(), strict=True)
    )
