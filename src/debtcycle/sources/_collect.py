"""Figures gathered from records, where a publisher may write the same one twice."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping, MutableMapping
from datetime import date
from typing import TypeVar

from debtcycle.errors import SchemaChanged
from debtcycle.sources.parsed import Parsed, series

__all__ = ["assembled", "means", "once"]

K = TypeVar("K", bound=Hashable)
# Results come on the day; one that is still lacking a week later never comes.
_WAIT_DAYS = 7


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


def means(days: Mapping[str, Mapping[date, Collection[float]]]) -> dict[str, dict[date, float]]:
    """Mean of each day's figures, of which NaN are those still to come.

    A day that lacks one has no mean yet: that of the others would be taken for the day's, and
    series that are never revised would keep it for good. Where the newest day with any figure is
    more than a week later, what lacks never came, and the mean is that of the others. A day
    without any figure has none.
    """
    newest = max(
        (
            on
            for each in days.values()
            for on, figures in each.items()
            if not all(map(math.isnan, figures))
        ),
        default=date.min,
    )
    found: dict[str, dict[date, float]] = {}
    for key, each in days.items():
        found[key] = {}
        for on, figures in each.items():
            known = [figure for figure in figures if not math.isnan(figure)]
            if known and (len(known) == len(figures) or (newest - on).days > _WAIT_DAYS):
                found[key][on] = math.fsum(known) / len(known)
    return found
