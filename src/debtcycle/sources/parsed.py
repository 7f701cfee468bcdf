"""The one shape in which every layout hands over its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import SchemaChanged

__all__ = ["Days", "Parsed", "series", "vintage_series"]

_DAY = "datetime64[D]"
Days = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Parsed:
    """One series as a publisher wrote it.

    Parameters
    ----------
    key : str
        The publisher's own key, e.g. ``UNRATE``, ``FRED-MD:PCEPI``, ``BIS:Q:US:P:A:C``.
    periods : ndarray of datetime64[D], shape (n,)
        First day of the month or quarter; the very day for daily and weekly figures; the last
        day of the fiscal year for the budget tables.
    values : ndarray of float64, shape (n,)
        In the publisher's unit; NaN where the publisher wrote that there is no figure.
    vintages : ndarray of datetime64[D], shape (n,), or None
        Day by which the figure was known, for tables that hold several states; else None.
    retrieved : date or None
        The day of the download, where the file itself says it.
    exact : bool
        Whether `vintages` are the very days of publication. Otherwise they are the ends of
        months, and a figure came out somewhere in its month.
    """

    key: str
    periods: Days
    values: NDArray[np.float64]
    vintages: Days | None = None
    retrieved: date | None = None
    exact: bool = False


def _frozen(array: NDArray[np.generic]) -> None:
    array.setflags(write=False)


def series(
    key: str,
    periods: Sequence[date] | Days,
    values: Sequence[float] | NDArray[np.float64],
    *,
    name: str,
    lines: Sequence[int],
    column: str = "",
    retrieved: date | None = None,
    tolerance: float = 0.0,
) -> Parsed:
    """Assemble one series, refusing disorder and contradiction.

    Parameters
    ----------
    key, periods, values, retrieved
        As in `Parsed`; periods in the file's order, which must not run backwards.
    name : str
        The file's name, for the error.
    lines : sequence of int, shape (n,)
        Row numbers in the file, for the error.
    column : str
        The column's name, for the error.
    tolerance : float
        Two figures for one date that differ by no more than this are the same figure (the first
        is kept); 0 demands equality.

    Raises
    ------
    SchemaChanged
        ``source.order`` or ``source.duplicate``, with row and column.
    """
    days = np.asarray(periods, dtype=_DAY)
    figures = np.asarray(values, dtype=np.float64)
    keep = np.ones(days.size, dtype=bool)
    if days.size > 1:
        steps = np.diff(days).astype(np.int64)
        if (back := np.flatnonzero(steps < 0)).size:
            at = int(back[0]) + 1
            raise SchemaChanged(
                "source.order", name=name, row=lines[at], column=column, value=str(days[at])
            )
        for index in np.flatnonzero(steps == 0).tolist():
            first, again = figures[index], figures[index + 1]
            if not (abs(first - again) <= tolerance or (np.isnan(first) and np.isnan(again))):
                raise SchemaChanged(
                    "source.duplicate",
                    name=name,
                    row=lines[index + 1],
                    column=column,
                    value=str(days[index]),
                )
            keep[index + 1] = False
    days, figures = days[keep], figures[keep]
    _frozen(days)
    _frozen(figures)
    return Parsed(key, days, figures, None, retrieved)


def vintage_series(
    key: str,
    periods: Days,
    values: NDArray[np.float64],
    vintages: Days,
    *,
    name: str,
    retrieved: date | None = None,
    exact: bool = False,
) -> Parsed:
    """Assemble one series of a vintage table, sorted by period and then vintage.

    Raises
    ------
    SchemaChanged
        ``source.duplicate`` where one vintage holds two different figures for one period.
    """
    order = np.lexsort((vintages, periods))
    days, states = periods[order].astype(_DAY), vintages[order].astype(_DAY)
    figures = values[order].astype(np.float64)
    keep = np.ones(days.size, dtype=bool)
    same = (days[1:] == days[:-1]) & (states[1:] == states[:-1])
    if same.any():
        equal = (figures[1:] == figures[:-1]) | (np.isnan(figures[1:]) & np.isnan(figures[:-1]))
        if (clash := np.flatnonzero(same & ~equal)).size:
            at = int(clash[0]) + 1
            raise SchemaChanged(
                "source.duplicate",
                name=name,
                row=int(order[at]) + 1,
                column=key,
                value=f"{days[at]} ({states[at]})",
            )
        keep[1:] = ~same
    days, states, figures = days[keep], states[keep], figures[keep]
    for array in (days, states, figures):
        _frozen(array)
    return Parsed(key, days, figures, states, retrieved, exact)
