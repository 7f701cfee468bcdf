"""Financial Stress Index of the Office of Financial Research, daily, index (0 = usual stress).

The index is OFR_FSI; its parts by market and by region add up to it, each way.
"""

from __future__ import annotations

from debtcycle.sources._table import read_table
from debtcycle.sources.parsed import Parsed

__all__ = ["matches", "parse"]

_INDEX = "OFR FSI"


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of the stress index."""
    return header[:2] == ("Date", _INDEX)


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the index and its parts; SourceError or SchemaChanged where it is not what it was."""
    table = read_table(data, name)
    table.index(_INDEX)
    keys = {
        column: "OFR_FSI" if column == _INDEX else f"OFR_FSI_{column.upper().replace(' ', '_')}"
        for column in table.header[1:]
    }
    return table.parsed(keys, date_column="Date")
