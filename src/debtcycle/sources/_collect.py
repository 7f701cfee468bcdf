"""Figures gathered from records, where a publisher may write the same one twice."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, MutableMapping
from datetime import date
from typing import TypeVar

from debtcycle.errors import SchemaChanged
from debtcycle.sources.parsed import Parsed, series

__all__ = ["assembled", "once"]

K = TypeVar("K", bound=Hashable)


def once(
    into: MutableMapping[K, float], at: K, value: float, *, name: str, row: int, column: str
) -> None:
    """Note a figure: the same one again adds nothing, another one is a contradiction.

    Raises
    ------
    SchemaChanged
        ``source.duplicate``.
    """
    before = into.setdefault(at, value)
    if before != value and not (math.isnan(before) and math.isnan(value)):
        raise SchemaChanged(
            "source.duplicate", name=name, row=row, column=column, value=str(at)[:40]
        )


def assembled(values: Mapping[str, Mapping[date, float]], name: str) -> tuple[Parsed, ...]:
    """Series in the order of their keys, each in the order of time; without those left empty."""
    parts = []
    for key in sorted(values):
        order = sorted(values[key])
        if order:
            figures = [values[key][period] for period in order]
            lines = range(1, len(order) + 1)
            parts.append(series(key, order, figures, name=name, lines=lines, column=key))
    return tuple(parts)
