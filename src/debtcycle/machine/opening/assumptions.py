"""The documented assumptions of the opening state, and dated figures of publications."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

import msgspec

from debtcycle.machine.opening.model import INSTRUMENTS, SECTORS, Origin

__all__ = [
    "AgencyRow",
    "Assumptions",
    "Bounds",
    "HeldRow",
    "IssueRow",
    "MaturityRow",
    "known",
    "load",
    "row_origin",
]


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An assumed value and the range within which it could as well lie."""

    value: float
    low: float
    high: float


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published figure of a day, and the day from which it was known."""

    end: date
    known_from: date


class IssueRow(_Row, frozen=True, forbid_unknown_fields=True):
    """Marketable Treasury debt held by the public, billions of dollars."""

    bills: float
    tips: float
    marketable: float
    public: float


class HeldRow(_Row, frozen=True, forbid_unknown_fields=True):
    """The central bank's Treasury securities, billions of dollars; `width` in pp of the total."""

    treasuries: float
    bills: float
    tips: float
    width: float


class AgencyRow(_Row, frozen=True, forbid_unknown_fields=True):
    """Agency- and GSE-backed securities, billions of dollars; `own` is held by the enterprises.

    `width_pct` is how far what is left may lie from the truth until the next row, on either side.
    """

    total: float
    own: float
    width_pct: float


class MaturityRow(_Row, frozen=True, forbid_unknown_fields=True):
    """Average maturity of marketable debt, months; `width` on either side."""

    months: float
    width: float


Row = TypeVar("Row", bound=_Row)


class Assumptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of ``assumptions.toml``."""

    value: dict[str, Bounds]
    holdings: dict[str, list[float]]
    debt: list[IssueRow]
    central_bank: list[HeldRow]
    maturity: list[MaturityRow]
    agency: list[AgencyRow]


@lru_cache(maxsize=1)
def load() -> Assumptions:
    """The shipped assumptions, read once."""
    text = (files("debtcycle.machine.opening") / "assumptions.toml").read_bytes()
    made = msgspec.toml.decode(text, type=Assumptions)
    # A fault of the package, not of its user: caught by the first test that reads it.
    if tuple(made.holdings) != SECTORS or any(
        len(row) != len(INSTRUMENTS) for row in made.holdings.values()
    ):
        raise ValueError("holdings: a row for each sector, a column for each instrument")
    return made


def known(rows: list[Row], on: date) -> Row | None:
    """The last row that was known on a day."""
    seen = [row for row in rows if row.known_from <= on]
    return max(seen, key=lambda row: row.end, default=None)


def row_origin(table: str, row: _Row, value: float, unit: str) -> Origin:
    """Birth certificate of a figure of a table."""
    return Origin(table, row.end, row.known_from, value, unit, "published")
