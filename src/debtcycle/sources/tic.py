"""Treasury International Capital: holdings of Treasuries by country, USD billions, month end.

Keys are ``TIC:<country>`` as the publisher spells it; the list of countries changes over time.
"""

from __future__ import annotations

from datetime import date

from debtcycle.sources._table import month_start, number, read_table
from debtcycle.sources.parsed import Parsed, series

__all__ = ["matches", "parse"]


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of the table by country."""
    return header == ("date", "country", "value")


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the table by country; SourceError or SchemaChanged where it is not what it was."""
    table = read_table(data, name)
    when, where, what = (table.index(column) for column in ("date", "country", "value"))
    found: dict[str, tuple[list[date], list[float], list[int]]] = {}
    for row, cells in table.rows:
        days, values, lines = found.setdefault(cells[where].strip(), ([], [], []))
        days.append(table.day(row, cells[when], when, read=month_start))
        values.append(number(cells[what], name=name, row=row, column="value"))
        lines.append(row)
    return tuple(
        series(f"TIC:{country}", days, values, name=name, lines=lines, column=country)
        for country, (days, values, lines) in sorted(found.items())
    )
