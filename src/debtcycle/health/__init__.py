"""How each series stands: licence, history, unit, age, next release, way in which it is known."""

from __future__ import annotations

from debtcycle.health.check import (
    Cut,
    CutState,
    End,
    Health,
    Known,
    Trouble,
    check_all,
    check_series,
)
from debtcycle.health.schedule import Schedule, schedule
from debtcycle.health.units import UnitCheck, UnitState, unit_check

__all__ = [
    "Cut",
    "CutState",
    "End",
    "Health",
    "Known",
    "Schedule",
    "Trouble",
    "UnitCheck",
    "UnitState",
    "check_all",
    "check_series",
    "schedule",
    "unit_check",
]
