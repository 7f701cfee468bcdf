"""Daily prices of one listed fund or share: closing price, USD, adjusted as in the file.

Adjusted prices are rewritten at every dividend: not what was seen on the day.
"""

from __future__ import annotations

import re

from debtcycle.errors import SourceError
from debtcycle.sources._table import read_table
from debtcycle.sources.parsed import Parsed

__all__ = ["matches", "parse"]

_HEADER = ("Date", "Open", "High", "Low", "Close")
_NAME = re.compile(r"(?:etf_)?([a-z]{1,6})", re.IGNORECASE)


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of daily prices."""
    return header[:5] == _HEADER


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read closing prices; the file's name carries the ticker (``etf_spy.csv``, ``SPY.csv``)."""
    stem = re.split(r"[\\/]", name)[-1].split(".")[0]
    found = _NAME.fullmatch(stem)
    if found is None:
        raise SourceError("source.series_id", name=name)
    return read_table(data, name).parsed({"Close": found[1].upper()}, date_column="Date")
