"""Rows from the very days of publication, as an archive of vintages tells them.

Nothing is guessed and nothing moved: a figure is known from the day of the vintage that brought
it. The first vintage holds the history from before the archive began; it is dated by the release
lag and called lagged.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue import SeriesInfo
from debtcycle.catalogue.calendar import Days, known_from
from debtcycle.store.packing import join
from debtcycle.store.plan import Irregular, plan_snapshot
from debtcycle.store.schema import Basis, Rows

__all__ = ["plan_exact"]

_DAY = np.timedelta64(1, "D")
_FOREVER = np.datetime64("9999-12-31", "D")


def plan_exact(
    info: SeriesInfo,
    irregular: Irregular,
    vintages: Rows,
    held: Rows,
    *,
    taken_on: date,
    answered: date | None = None,
) -> Rows:
    """Rows that a table of exact vintages adds to those already stored.

    Parameters
    ----------
    vintages : Rows
        One row per changed cell, `known_from` being the day of the vintage; NaN is a withdrawn
        cell. `basis` has no meaning.
    held : Rows
        All rows of the series in the store.
    taken_on : date
        Day up to which the table certainly tells all.
    answered : date, optional
        Last earlier day on which the series was asked for: days up to it have had their answer.

    Notes
    -----
    Let C be the later of the newest day known of the held rows and `answered`. Vintages after C
    are taken as they stand. Those up to C make one state: where it differs from the figures in
    force, or has periods that lack, this is known from the day after C, and an earlier answer
    stays as it was. Of that state, periods before the beginning of the held history are dated by
    the release lag.
    """
    usable = vintages.periods >= np.datetime64(info.begins, "D")
    usable &= ~np.isnat(known_from(info, vintages.periods, irregular))
    table = vintages.take(usable).ordered()
    if not len(table):
        return Rows.empty()
    opening = table.known_from == table.known_from.min()
    if not len(held):
        first = _lagged(info, irregular, table.take(opening))
        return join([first, _based(table.take(~opening), Basis.VINTAGE)])
    cut = max(held.known_from.max(), np.datetime64(answered or date.min, "D"))
    past = table.take(table.known_from <= cut).as_of(_FOREVER)
    state = _state(info, irregular, past, held, cut, np.datetime64(taken_on, "D"))
    later = _based(table.take(table.known_from > cut), Basis.VINTAGE)
    return _without_repeats(join([state, later]), held)


def _based(rows: Rows, basis: Basis) -> Rows:
    return Rows(
        rows.periods, rows.known_from, rows.values, np.full(len(rows), int(basis), dtype="i1")
    )


def _lagged(info: SeriesInfo, irregular: Irregular, rows: Rows) -> Rows:
    """A first vintage: history of before, known at the latest on the vintage's day."""
    rows = rows.take(~np.isnan(rows.values))
    known: Days = np.minimum(known_from(info, rows.periods, irregular), rows.known_from)
    return _based(Rows(rows.periods, known, rows.values, rows.basis), Basis.LAGGED)


def _state(
    info: SeriesInfo,
    irregular: Irregular,
    past: Rows,
    held: Rows,
    cut: np.datetime64,
    taken: np.datetime64,
) -> Rows:
    """What the vintages up to a day say that the rows in force do not."""
    on = min(cut + _DAY, taken).astype(date)
    rows = plan_snapshot(info, irregular, past.periods, past.values, held, on, rounded=False).rows
    inside = (rows.periods >= held.periods.min()) & (rows.known_from <= cut)
    known, basis = rows.known_from.copy(), rows.basis.copy()
    # Today is not over yet: only its own answer may still become another one.
    known[inside] = cut if taken == cut else cut + _DAY
    basis[inside] = int(Basis.VINTAGE)
    return Rows(rows.periods, known, rows.values, basis)


def _without_repeats(rows: Rows, held: Rows) -> Rows:
    """Rows, less those that say what is in force already; the last of several of one day."""
    rows = rows.ordered()
    if not len(rows):
        return rows
    new = np.append(np.zeros(len(held), dtype=bool), np.ones(len(rows), dtype=bool))
    both = Rows(
        np.concatenate([held.periods, rows.periods]),
        np.concatenate([held.known_from, rows.known_from]),
        np.concatenate([held.values, rows.values]),
        np.concatenate([held.basis, rows.basis]),
    )
    order = np.lexsort((both.known_from, both.periods))
    both, new = both.take(order), new[order]
    days = (both.periods[1:] == both.periods[:-1]) & (both.known_from[1:] == both.known_from[:-1])
    last = np.append(~days, True) | ~new
    both, new = both.take(last), new[last]
    again = (both.periods[1:] == both.periods[:-1]) & _same(both.values[1:], both.values[:-1])
    return both.take(new & ~np.append(False, again))


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = (one == other) | (np.isnan(one) & np.isnan(other))
    return same
