"""The opening state of the economy: what was known of it at a date; see `from_data`."""

from __future__ import annotations

from debtcycle.machine.opening.gather import EARLIEST, from_data
from debtcycle.machine.opening.model import (
    INSTRUMENTS,
    SECTORS,
    Fact,
    History,
    Kind,
    Opening,
    Origin,
    holding_name,
)

__all__ = [
    "EARLIEST",
    "INSTRUMENTS",
    "SECTORS",
    "Fact",
    "History",
    "Kind",
    "Opening",
    "Origin",
    "from_data",
    "holding_name",
]
