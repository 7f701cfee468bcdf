"""National Association of Active Investment Managers: weekly exposure to shares, percent."""

from __future__ import annotations

from debtcycle.sources._table import read_table
from debtcycle.sources.parsed import Parsed

__all__ = ["matches", "parse"]

# Some weeks stand twice, once rounded to two places and once not.
_ROUNDING = 0.005


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of the exposure index."""
    return {"Date", "NAAIM_Number"} <= set(header)


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the exposure index; SourceError or SchemaChanged where it is not what it was."""
    keys = {"NAAIM_Number": "NAAIM_EXPOSURE"}
    return read_table(data, name).parsed(keys, date_column="Date", tolerance=_ROUNDING)
