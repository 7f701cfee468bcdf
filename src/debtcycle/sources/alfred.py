"""FRED's web service: days of publication, pages of observations, and vintages out of chunks.

An observation of the service carries the days between which it was the published figure,
``realtime_start`` to ``realtime_end``, *clipped to the window that was asked for*. The service
gives at most 2,000 vintages a window, so that a long history comes in chunks, and in each of them
every figure in force at the chunk's first day seems to start there. `stitch` undoes this: a
figure starts where the figure in force before was another one, and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._json import Record, figure, object_of, records, when, whole
from debtcycle.sources._table import day
from debtcycle.sources.parsed import Parsed, series, vintage_series

__all__ = [
    "Chunk",
    "ObservationPage",
    "Spell",
    "chunk_of",
    "parse_observations",
    "parse_state",
    "parse_vintage_dates",
    "stitch",
    "windows",
]

_DAY = timedelta(days=1)
_OPEN = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Spell:
    """A figure and the days, both included, between which a window shows it as published."""

    period: date
    value: float
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class ObservationPage:
    """One page of observations.

    Attributes
    ----------
    spells : tuple of Spell
    first, last : date
        The window that was asked for.
    count, offset : int
        Observations of the whole answer, and number of those before this page.
    """

    spells: tuple[Spell, ...]
    first: date
    last: date
    count: int
    offset: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """All observations of one window."""

    first: date
    last: date
    spells: tuple[Spell, ...]


def parse_vintage_dates(data: bytes, name: str) -> tuple[tuple[date, ...], int]:
    """Days on which something was published, and how many there are in all.

    Raises
    ------
    SourceError, SchemaChanged
        ``source.answer``, ``source.column``, ``source.date`` or ``source.order``.
    """
    found = object_of(data, name)
    listed = found.get("vintage_dates")
    if not isinstance(listed, list):
        shown = ", ".join(map(str, found))[:80]
        raise SchemaChanged("source.column", name=name, column="vintage_dates", found=shown)
    days: list[date] = []
    for row, cell in enumerate(listed, start=1):
        known = day(cell) if isinstance(cell, str) else None
        if known is None:
            raise SourceError(
                "source.date", name=name, row=row, column="vintage_dates", value=str(cell)[:40]
            )
        if days and known <= days[-1]:
            raise SchemaChanged(
                "source.order", name=name, row=row, column="vintage_dates", value=str(known)
            )
        days.append(known)
    return tuple(days), whole(found, "count", name)


def _spell(record: Record, name: str, row: int, first: date, last: date) -> Spell:
    start, end = (when(record, edge, name, row) for edge in ("realtime_start", "realtime_end"))
    if not first <= start <= end <= last:
        raise SchemaChanged(
            "source.vintage",
            name=name,
            period=str(record.get("date"))[:10],
            value=f"{start} - {end}",
        )
    return Spell(when(record, "date", name, row), figure(record, "value", name, row), start, end)


def parse_observations(data: bytes, name: str) -> ObservationPage:
    """One page of observations with the days between which each was published.

    Raises
    ------
    SchemaChanged
        ``source.word``: not the figures themselves (``units``, ``output_type``);
        ``source.vintage``: days outside of the window; ``source.column``.
    SourceError
        ``source.answer``; a cell is not a figure or a day.
    """
    found = object_of(data, name)
    for field, plain in (("units", "lin"), ("output_type", 1)):
        if found.get(field, plain) != plain:
            raise SchemaChanged(
                "source.word", name=name, row=0, column=field, value=str(found[field])[:40]
            )
    first, last = (when(found, edge, name, 0) for edge in ("realtime_start", "realtime_end"))
    rows = records(found, ("observations",), name)
    spells = tuple(_spell(record, name, row, first, last) for row, record in enumerate(rows, 1))
    return ObservationPage(
        spells, first, last, whole(found, "count", name), whole(found, "offset", name)
    )


def chunk_of(pages: Sequence[ObservationPage], name: str) -> Chunk:
    """The pages of one window, joined.

    Raises
    ------
    SchemaChanged
        ``source.pages`` where they are not pages of one answer.
    """
    spells = [spell for page in pages for spell in page.spells]
    one = pages[0]
    together = all(
        (page.first, page.last, page.count) == (one.first, one.last, one.count) for page in pages
    )
    if not together or len(spells) != one.count:
        raise SchemaChanged("source.pages", name=name, found=len(spells), stated=one.count)
    return Chunk(one.first, one.last, tuple(spells))


def parse_state(key: str, pages: Sequence[ObservationPage], name: str) -> Parsed:
    """The figures of one day, without vintages; the day is the day of the answer.

    Raises
    ------
    SchemaChanged, SourceError
        ``source.pages``, ``source.order``, ``source.duplicate``, ``source.empty``.
    """
    chunk = chunk_of(pages, name)
    if not chunk.spells:
        raise SourceError("source.empty", name=name)
    if chunk.first != chunk.last:
        raise SchemaChanged(
            "source.vintage", name=name, period=key, value=f"{chunk.first} - {chunk.last}"
        )
    return series(
        key,
        [spell.period for spell in chunk.spells],
        [spell.value for spell in chunk.spells],
        name=name,
        lines=range(1, len(chunk.spells) + 1),
        column="value",
        retrieved=chunk.first,
    )


def windows(days: Sequence[date], cap: int) -> tuple[tuple[date, date], ...]:
    """Windows that tile the time from the first day on, each with at most `cap` of the days."""
    starts = days[::cap]
    ends = [*(start - _DAY for start in starts[1:]), _OPEN]
    return tuple(zip(starts, ends, strict=True)) if starts else ()


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def _changes(
    spells: Sequence[Spell], chunk: Chunk, before: float, name: str
) -> tuple[list[tuple[date, float]], float]:
    """Days on which one period's figure became another one, and the figure in force at the end.

    A day without a spell is a day without a figure: it had been withdrawn, or not been published.
    """
    found: list[tuple[date, float]] = []
    current, free = before, chunk.first
    for spell in spells:
        if spell.start < free:
            raise SchemaChanged(
                "source.duplicate",
                name=name,
                row="-",
                column=str(spell.period),
                value=str(spell.start),
            )
        if spell.start > free and not math.isnan(current):
            found.append((free, math.nan))
            current = math.nan
        if not _same(current, spell.value):
            found.append((spell.start, spell.value))
        current = spell.value
        if spell.end == _OPEN:
            return found, current
        free = spell.end + _DAY
    if free <= chunk.last and not math.isnan(current):
        found.append((free, math.nan))
        current = math.nan
    return found, current


def _rows(chunks: Iterable[Chunk], name: str) -> Iterator[tuple[date, float, date]]:
    """Period, figure and day of each change, window by window."""
    in_force: dict[date, float] = {}
    expected: date | None = None
    for chunk in chunks:
        if expected is not None and chunk.first != expected:
            raise SchemaChanged("source.pages", name=name, found=chunk.first, stated=expected)
        expected = None if chunk.last == _OPEN else chunk.last + _DAY
        by_period: dict[date, list[Spell]] = {period: [] for period in in_force}
        for spell in chunk.spells:
            by_period.setdefault(spell.period, []).append(spell)
        for period, spells in by_period.items():
            spells.sort(key=lambda spell: spell.start)
            before = in_force.get(period, math.nan)
            found, in_force[period] = _changes(spells, chunk, before, name)
            yield from ((period, value, start) for start, value in found)


def stitch(
    key: str,
    chunks: Iterable[Chunk],
    published: Sequence[date],
    name: str,
    *,
    base: date | None = None,
) -> Parsed | None:
    """Vintages of a series out of windows that follow upon one another.

    Parameters
    ----------
    chunks : iterable of Chunk
        In order of time, without a day between them.
    published : sequence of date
        All days on which something was published: no other day can be a vintage.
    base : date, optional
        First day of the first window, where what was in force then is already known: those
        figures are what the later ones are compared with, and are not handed over.

    Returns
    -------
    Parsed or None
        One row where a figure appears, is revised, or is withdrawn (NaN); None without any.

    Raises
    ------
    SchemaChanged
        ``source.vintage``: a figure changed on a day on which nothing was published;
        ``source.duplicate``: two figures for one period on one day; ``source.pages``: a window
        is missing.
    """
    allowed = frozenset(published)
    rows = [row for row in _rows(chunks, name) if row[2] != base]
    for period, _, start in rows:
        if start not in allowed:
            raise SchemaChanged("source.vintage", name=name, period=str(period), value=str(start))
    if not rows:
        return None
    periods, values, vintages = zip(*rows, strict=True)
    return vintage_series(
        key,
        np.array(periods, dtype="datetime64[D]"),
        np.array(values, dtype=np.float64),
        np.array(vintages, dtype="datetime64[D]"),
        name=name,
        exact=True,
    )
