"""Cboe: the volatility index's daily prices, and put-call ratios."""

from __future__ import annotations

from debtcycle.sources._table import read_table
from debtcycle.sources.parsed import Parsed

__all__ = ["matches", "parse"]

_VIX = {"CLOSE": "VIX"}
_RATIOS = {
    "total_pc": "PUT_CALL",
    "index_pc": "PUT_CALL_INDEX",
    "etp_pc": "PUT_CALL_ETP",
    "equity_pc": "PUT_CALL_EQUITY",
}


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is one of the two tables."""
    return header == ("DATE", "OPEN", "HIGH", "LOW", "CLOSE") or {"date", *_RATIOS} <= set(header)


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read VIX (percent a year, closing) or the put-call ratios (ratio)."""
    table = read_table(data, name)
    keys = _VIX if "CLOSE" in table.header else _RATIOS
    return table.parsed(keys, date_column=table.header[0])
