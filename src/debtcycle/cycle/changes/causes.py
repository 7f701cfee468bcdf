"""Which readings moved an item, and which figures moved the readings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from debtcycle.catalogue import Catalogue
from debtcycle.cycle.changes.items import Item, Kind
from debtcycle.cycle.changes.model import Arrival, Moved, News
from debtcycle.indicators.model import Reading
from debtcycle.store import Rows, Store

__all__ = ["Sides", "arrivals_of", "moved_of"]

Items = Mapping[tuple[Kind, str], Item]


class Sides:
    """The two states of a store that are compared: what was in force then, and what is now.

    Parameters
    ----------
    past, present : Store
        As it was at the earlier answer, and as it is.
    then, now : datetime64[D]
        Days of the two answers.
    """

    def __init__(
        self,
        past: Store,
        present: Store,
        catalogue: Catalogue,
        *,
        then: np.datetime64,
        now: np.datetime64,
    ) -> None:
        self.past, self.present, self.catalogue = past, present, catalogue
        self.then, self.now = then, now
        self._known: dict[str, tuple[Arrival, ...]] = {}

    def arrivals(self, series_id: str) -> tuple[Arrival, ...]:
        """What became known of a series, newest period first."""
        if series_id not in self._known:
            before = self.past.rows(series_id).as_of(self.then)
            after = self.present.rows(series_id).as_of(self.now)
            unit = self.catalogue[series_id].unit
            self._known[series_id] = arrivals_of(series_id, unit, before, after, self.then)
        return self._known[series_id]


def arrivals_of(
    series_id: str, unit: str, before: Rows, after: Rows, then: np.datetime64
) -> tuple[Arrival, ...]:
    """Difference between two states of a series, period by period, newest first.

    Parameters
    ----------
    before, after : Rows
        One row a period: those in force at either answer.
    then : datetime64[D]
        Day of the earlier one.
    """
    old = {int(p): n for n, p in enumerate(before.periods.astype("i8"))}
    found: list[Arrival] = []
    for n in range(len(after) - 1, -1, -1):
        place = old.get(int(after.periods[n].astype("i8")))
        now = float(after.values[n])
        was = np.nan if place is None else float(before.values[place])
        if now == was or (np.isnan(now) and np.isnan(was)):
            continue
        news = News.REVISED
        if np.isnan(now):
            news = News.WITHDRAWN
        elif np.isnan(was):
            news, place = News.NEW, _last_before(before, after.periods[n])
            was = np.nan if place is None else float(before.values[place])
        known = after.known_from[n]
        found.append(
            Arrival(
                series_id,
                unit,
                news,
                after.periods[n].item(),
                None if place is None else before.periods[place].item(),
                None if np.isnan(was) else was,
                None if place is None else before.known_from[place].item(),
                None if np.isnan(now) else now,
                known.item(),
                bool(known <= then),
            )
        )
    return tuple(found)


def _last_before(rows: Rows, period: np.datetime64) -> int | None:
    """Position of the last figure of an earlier period; None if there is none."""
    place = int(np.searchsorted(rows.periods, period)) - 1
    while place >= 0 and np.isnan(rows.values[place]):
        place -= 1
    return place if place >= 0 else None


def _same(one: Reading, other: Reading) -> bool:
    return (one.value, one.status, one.percentile) == (other.value, other.status, other.percentile)


def _movement(one: Reading, other: Reading) -> float:
    """How far a reading moved, 0-1, to tell the larger first; 2 where it became known or not."""
    if (one.value is None) != (other.value is None):
        return 2.0
    if one.value is None or other.value is None:
        return 0.0
    if one.percentile is not None and other.percentile is not None:
        return abs(other.percentile - one.percentile) / 100.0
    size = abs(one.value) + abs(other.value)
    return abs(other.value - one.value) / size if size else 0.0


def moved_of(was: Item, now: Item, revised: Item | None, sides: Sides) -> tuple[Moved, ...]:
    """The readings behind an item that moved, the largest movement first.

    Parameters
    ----------
    was, now : Item
        By the same program.
    revised : Item or None
        On the earlier date with the figures of its periods as they are now.
    """
    before = {made.indicator: made for made in was.readings}
    between = {} if revised is None else {made.indicator: made for made in revised.readings}
    found: list[tuple[float, Moved]] = []
    for made in now.readings:
        old = before.get(made.indicator)
        if old is None or _same(old, made):
            continue
        by_revision = by_new = None
        middle = between.get(made.indicator)
        if None not in (old.value, made.value) and middle is not None:
            assert old.value is not None
            assert made.value is not None
            if middle.value is not None:
                by_revision, by_new = middle.value - old.value, made.value - middle.value
        series = dict.fromkeys((*made.series, *old.series))
        arrivals = tuple(a for name in series for a in sides.arrivals(name))
        found.append((_movement(old, made), Moved(old, made, by_revision, by_new, arrivals)))
    found.sort(key=lambda pair: -pair[0])
    return tuple(moved for _, moved in found)
