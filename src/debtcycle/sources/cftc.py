"""Commitments of Traders: net speculative position by market, contracts, weekly (Tuesday)."""

from __future__ import annotations

from datetime import date

from debtcycle.sources._table import day, number, read_table
from debtcycle.sources.parsed import Parsed, series

__all__ = ["matches", "parse"]

_NET = "Net_Spec_Position"


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of the table of positions."""
    return {"Market", "Date", _NET} <= set(header)


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read net positions as ``CFTC:<market>``; SourceError or SchemaChanged on a fault."""
    table = read_table(data, name)
    where, when, what = (table.index(column) for column in ("Market", "Date", _NET))
    found: dict[str, tuple[list[date], list[float], list[int]]] = {}
    for row, cells in table.rows:
        days, values, lines = found.setdefault(cells[where].strip(), ([], [], []))
        days.append(table.day(row, cells[when], when, read=day))
        values.append(number(cells[what], name=name, row=row, column=_NET))
        lines.append(row)
    return tuple(
        series(f"CFTC:{market}", days, values, name=name, lines=lines, column=market)
        for market, (days, values, lines) in sorted(found.items())
    )
