"""Distributional Financial Accounts: shares of net worth, percent, from levels by wealth group.

Formula: ``WFRBST01134 = 100 (TopPt1 + RemainingTop1) / sum`` and ``WFRBSB50215 = 100 Bottom50 /
sum``, the sum over all five groups, USD millions, quarterly.
"""

from __future__ import annotations

from datetime import date

from debtcycle.errors import SchemaChanged
from debtcycle.sources._table import number, quarter_start, read_table
from debtcycle.sources.parsed import Parsed, series

__all__ = ["matches", "parse"]

_TOP = ("TopPt1", "RemainingTop1")
_BOTTOM = ("Bottom50",)
_GROUPS = frozenset({*_TOP, "Next9", "Next40", *_BOTTOM})
_LEVEL = "Net worth"


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of levels by wealth group."""
    return header[:2] == ("Date", "Category") and _LEVEL in header


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the two shares.

    Raises
    ------
    SchemaChanged
        ``source.word``: a group is not known; ``source.column``: a quarter lacks a group.
    """
    table = read_table(data, name)
    when, who, what = (table.index(column) for column in ("Date", "Category", _LEVEL))
    levels: dict[date, dict[str, float]] = {}
    lines: dict[date, int] = {}
    for row, cells in table.rows:
        quarter, group = table.day(row, cells[when], when, read=quarter_start), cells[who].strip()
        held = levels.setdefault(quarter, {})
        if group not in _GROUPS or group in held:
            raise SchemaChanged(
                "source.word", name=name, row=row, column="Category", value=group[:40]
            )
        held[group] = number(cells[what], name=name, row=row, column=_LEVEL)
        lines[quarter] = row
    for quarter, held in levels.items():
        if missing := sorted(_GROUPS - held.keys()):
            raise SchemaChanged(
                "source.column", name=name, column=", ".join(missing), found=str(quarter)
            )
    return tuple(
        series(
            key,
            list(levels),
            [100.0 * sum(h[g] for g in groups) / sum(h.values()) for h in levels.values()],
            name=name,
            lines=list(lines.values()),
            column=_LEVEL,
        )
        for key, groups in (("WFRBST01134", _TOP), ("WFRBSB50215", _BOTTOM))
    )
