"""Bank for International Settlements, bulk downloads with a column a quarter.

WS_CREDIT_GAP: credit to the private non-financial sector in percent of GDP, its trend and gap.
WS_TC: total credit, in percent of GDP or in a currency. Keys are ``BIS:`` and the publisher's own
series key, ``Q:<country>:<borrower>:<lender>:...``.
"""

from __future__ import annotations

import re

import numpy as np

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._table import number, quarter_start, read_table
from debtcycle.sources.parsed import Parsed, series

__all__ = ["matches", "parse"]

_QUARTER = re.compile(r"\d{4}-Q[1-4]")


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of a BIS column file."""
    return header[:1] == ("FREQ",) and "Series" in header


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read every series of a BIS column file.

    The table is a rectangle over all economies: blanks before a series' first and after its last
    figure are the rectangle's, not the publisher's word on that series, and are left out; blanks
    between are NaN. A series without any figure is left out.

    Raises
    ------
    SchemaChanged
        ``source.column``: no series key, or a column after it that is not a quarter.
    SourceError
        A cell is not a figure, or the file is broken.
    """
    table = read_table(data, name)
    key_at = table.index("Series")
    labels = table.header[key_at + 1 :]
    odd = next((label for label in labels if not _QUARTER.fullmatch(label)), None)
    if odd is not None or not labels:
        raise SchemaChanged("source.column", name=name, column="1947-Q4", found=str(odd))
    quarters = np.array([quarter_start(label) for label in labels], dtype="datetime64[D]")
    parts: list[Parsed] = []
    seen: set[str] = set()
    for row, cells in table.rows:
        key = cells[key_at].strip()
        if not key or key in seen:
            raise SchemaChanged("source.duplicate", name=name, row=row, column="Series", value=key)
        seen.add(key)
        written = cells[key_at + 1 :]
        filled = [at for at, cell in enumerate(written) if cell]
        if not filled:
            continue
        span = slice(filled[0], filled[-1] + 1)
        values = [
            number(cell, name=name, row=row, column=label)
            for cell, label in zip(written[span], labels[span], strict=True)
        ]
        lines = [row] * len(values)
        parts.append(series(f"BIS:{key}", quarters[span], values, name=name, lines=lines))
    if not parts:
        raise SourceError("source.empty", name=name)
    return tuple(parts)
