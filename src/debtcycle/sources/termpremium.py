"""Kim-Wright term premium on the ten-year zero (THREEFYTP10), monthly.

From a table in basis points; percent here, as the publisher has it.
"""

from __future__ import annotations

import numpy as np

from debtcycle.sources._table import month_start, read_table
from debtcycle.sources.parsed import Parsed, series

__all__ = ["matches", "parse"]

_COLUMN = "THREEFYTP10"
_BP_PER_PERCENT = 100.0


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of the overlay table."""
    return {"date", "ati_baseline_bn", _COLUMN} <= set(header)


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the term premium. Months before its first figure are the table's, and left out."""
    table = read_table(data, name)
    days = table.days(table.index("date"), read=month_start)
    values = table.numbers(table.index(_COLUMN)) / _BP_PER_PERCENT
    known = np.flatnonzero(~np.isnan(values))
    first = int(known[0]) if known.size else len(days)
    return (
        series(
            _COLUMN,
            days[first:],
            values[first:],
            name=name,
            lines=table.lines()[first:],
            column=_COLUMN,
        ),
    )
