"""From a publisher's figures to rows: when was each value first known?

Two kinds of input. A *vintage table* says which figures stood in the publisher's files at the
end of each vintage month; a *snapshot* is one state of a series, with or without the day on
which it was fetched. Rows are only ever added: a snapshot that differs from what is known adds a
row dated by the snapshot, so earlier views keep their answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue import SeriesInfo, VintagePolicy
from debtcycle.catalogue.calendar import Days, known_from, month_end
from debtcycle.store.schema import Basis, Rows

__all__ = [
    "Snapshot",
    "equal_figures",
    "later_vintages",
    "plan_snapshot",
    "plan_vintages",
    "same_figures",
]

Irregular = Mapping[date, date | None]

# Vintage tables start here. Index levels of before come only with today's base year, which no
# earlier vintage shares, so a growth rate across the seam would be wrong.
_VINTAGE_HISTORY_START = np.datetime64("1959-01-01", "D")
_SAME_RTOL = 1e-9


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a state of a series adds, and how many of its figures differ and are not taken."""

    rows: Rows
    differing: int


def _rows(periods: Days, known: Days, values: NDArray[np.float64], basis: Basis) -> Rows:
    return Rows(periods, known, values, np.full(len(values), int(basis), dtype="i1"))


def _last_per_period(rows: Rows) -> Rows:
    return rows.ordered().as_of(np.datetime64("9999-12-31", "D"))


def _decimals(values: NDArray[np.float64]) -> int:
    """Number of decimals with which a whole column is written."""
    return next((d for d in range(8) if np.abs(values - values.round(d)).max() < 1e-9), 8)


def equal_figures(stored: NDArray[np.float64], given: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether figures are the same, but for the last bits of their binary form."""
    equal: NDArray[np.bool_] = np.isclose(stored, given, rtol=_SAME_RTOL, atol=0.0)
    return equal


def same_figures(stored: NDArray[np.float64], given: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether figures are the same, or the given ones the stored ones rounded.

    A copy of a series with fewer decimals is not a revision. The number of decimals is that of
    the whole column, so that 10.0 is not taken for a rounded 10.2.
    """
    equal = equal_figures(stored, given)
    coarse = _decimals(given) if len(given) else 0
    if len(given) and coarse < _decimals(stored):
        equal |= np.abs(stored - given) <= 0.5000001 * 10.0**-coarse
    return equal


def _stored(rows: Rows, existing: Rows) -> NDArray[np.bool_]:
    """Whether each row is there already: the same period, day and figure."""
    fields = [("period", "i8"), ("known", "i8"), ("value", "f8")]

    def packed(some: Rows) -> NDArray[np.void]:
        found = np.empty(len(some), dtype=fields)
        found["period"] = some.periods.astype("M8[D]").astype(np.int64)
        found["known"] = some.known_from.astype("M8[D]").astype(np.int64)
        found["value"] = some.values
        return found

    return np.asarray(np.isin(packed(rows), packed(existing)))


def later_vintages(rows: Rows, existing: Rows) -> Rows:
    """Rows of a vintage table that lie after the last vintage already stored.

    A table that overlaps with what is stored adds only its newer months, and of a whole vintage
    only the cells that differ from those in force.
    """
    seen = existing.known_from[existing.basis == int(Basis.VINTAGE)]
    if not len(seen):
        return rows.take(~_stored(rows, existing))
    last = month_end(np.array([seen.max()]))[0]
    rows = rows.take((rows.known_from > last) & (rows.basis == int(Basis.VINTAGE)))
    in_force = existing.as_of(last)
    position = np.minimum(np.searchsorted(in_force.periods, rows.periods), len(in_force) - 1)
    repeated = (in_force.periods[position] == rows.periods) & (
        in_force.values[position] == rows.values
    )
    return rows.take(~repeated)


def plan_vintages(
    info: SeriesInfo,
    irregular: Irregular,
    periods: Days,
    values: NDArray[np.float64],
    vintages: Days,
) -> Rows:
    """Rows of a vintage table given as changes.

    Parameters
    ----------
    periods, values, vintages : arrays, shape (n,)
        One entry per changed cell; NaN is a withdrawn cell; a vintage is the last day of its
        month.

    Notes
    -----
    A change seen at the end of month V, and not at the end of the month before, came out with
    the release of the series' newest period in V. If the calendar puts that release inside the
    month, the change is dated by it, else by the month's end. The first vintage's figures are
    today's figures of that day for all earlier periods; they are dated by the release lag and
    called lagged. A series that is never revised keeps the last figure of each period.
    """
    # A period that was never published has no figure, whatever a copy writes into its cell.
    usable = periods >= np.datetime64(info.begins, "D")
    usable &= ~np.isnat(known_from(info, periods, irregular))
    periods, values, vintages = periods[usable], values[usable], vintages[usable]
    if not len(periods):
        return Rows.empty()
    first_vintage = vintages.min()
    if info.vintage_policy is not VintagePolicy.VINTAGE:
        table = _last_per_period(_rows(periods, vintages, values, Basis.LAGGED))
        table = table.take(~np.isnan(table.values))
        known = known_from(info, table.periods, irregular)
        basis = Basis.UNREVISED if info.vintage_policy is VintagePolicy.UNREVISED else Basis.LAGGED
        return _rows(table.periods, known, table.values, basis).take(~np.isnat(known))
    first = vintages == first_vintage
    start_known = np.minimum(known_from(info, periods[first], irregular), first_vintage)
    opening = _rows(periods[first], start_known, values[first], Basis.LAGGED)
    opening = opening.take(~np.isnan(opening.values))
    released = _release_days(info, irregular, periods, values, vintages)
    later = _rows(periods[~first], released[~first], values[~first], Basis.VINTAGE)
    early = _first_prints(info, irregular, periods, values, vintages, released)
    return _joined(opening, early, later).ordered()


def _joined(*parts: Rows) -> Rows:
    return Rows(
        np.concatenate([part.periods for part in parts]),
        np.concatenate([part.known_from for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.basis for part in parts]),
    )


def _first_prints(
    info: SeriesInfo,
    irregular: Irregular,
    periods: Days,
    values: NDArray[np.float64],
    vintages: Days,
    released: Days,
) -> Rows:
    """Rows for periods that came out in the same month as a newer one, but before it.

    After a shutdown several periods come out within a month, and the table shows only their
    state at its end. From its own release on, such a period has that figure, called lagged
    because the newer release may already have revised it.
    """
    order = np.lexsort((vintages, periods))
    seen = order[~np.isnan(values[order])]
    if not len(seen):
        return Rows.empty()
    first = seen[np.append(True, periods[seen][1:] != periods[seen][:-1])]
    own = known_from(info, periods[first], irregular)
    month_start = vintages[first].astype("M8[M]").astype("M8[D]")
    early = (own >= month_start) & (own < released[first]) & (vintages[first] > vintages.min())
    chosen = first[early]
    return _rows(periods[chosen], own[early], values[chosen], Basis.LAGGED)


def _release_days(
    info: SeriesInfo,
    irregular: Irregular,
    periods: Days,
    values: NDArray[np.float64],
    vintages: Days,
) -> Days:
    """Day on which each vintage's changes came out, per row."""
    months, row_month = np.unique(vintages, return_inverse=True)
    newest = np.full(len(months), np.datetime64("0001-01-01", "D"))
    seen = ~np.isnan(values)
    np.maximum.at(newest, row_month[seen], periods[seen])
    newest = np.maximum.accumulate(newest)
    released = known_from(info, newest, irregular)
    before = np.concatenate([[np.datetime64("0001-01-01", "D")], months[:-1]])
    # A month's end that no vintage precedes closely would let the window open too wide.
    before = np.maximum(before, months - np.timedelta64(31, "D"))
    inside = (released > before) & (released <= months)
    days: Days = np.where(inside, released, months)[row_month]
    return days


def plan_snapshot(
    info: SeriesInfo,
    irregular: Irregular,
    periods: Days,
    values: NDArray[np.float64],
    existing: Rows,
    taken_on: date,
    *,
    dated: bool = True,
    rounded: bool = True,
    told: date | None = None,
) -> Snapshot:
    """Rows that one state of a series adds to those already stored.

    Parameters
    ----------
    taken_on : date
        Day on which the state was certainly there: when the file was fetched, else when it is
        imported. An earlier guess would let a later revision into views of earlier dates.
    dated : bool
        Whether that day is the file's own; a revision dated by its import is called lagged.
    told : date or None
        Last day on which another publisher told what it has: an older state is older than this.
    rounded : bool
        Whether it may be a copy with fewer decimals. A few cells of a publisher's own archive
        are none: a whole number among them is not a rounded one.

    Notes
    -----
    A period not seen before is dated by the release calendar, at the latest by `taken_on`. A
    figure that differs from the one in force when the snapshot was taken is a revision, dated
    by the snapshot. Series that are never revised keep their first figure, and a snapshot older
    than what is stored changes nothing; what differs is counted. Blank
    cells add nothing: a publisher that serves a shorter history has not withdrawn the rest.
    """
    keep = ~np.isnan(values) & (periods >= np.datetime64(info.begins, "D"))
    if info.vintage_policy is VintagePolicy.VINTAGE and info.unit in {"index", "usd_bn"}:
        keep &= periods >= _VINTAGE_HISTORY_START
    periods, values = periods[keep], values[keep]
    order = np.argsort(periods, kind="stable")
    periods, values = periods[order], values[order]
    known = known_from(info, periods, irregular)
    published = ~np.isnat(known)
    periods, values, known = periods[published], values[published], known[published]
    if not len(periods):
        return Snapshot(Rows.empty(), 0)
    unrevised = info.vintage_policy is VintagePolicy.UNREVISED
    taken = np.datetime64(taken_on, "D")
    # A state older than what is stored adds the periods that lack, but its figures do not take
    # the place of newer ones.
    older = bool(len(existing)) and existing.known_from.max() > taken
    older |= told is not None and np.datetime64(told, "D") > taken
    in_force = existing.as_of(np.datetime64("9999-12-31", "D"))
    position = np.searchsorted(in_force.periods, periods)
    inside = position < len(in_force)
    found = np.zeros(len(periods), dtype=bool)
    found[inside] = in_force.periods[position[inside]] == periods[inside]
    same = np.zeros(len(periods), dtype=bool)
    alike = same_figures if rounded else equal_figures
    same[found] = alike(in_force.values[position[found]], values[found])
    # A figure that is in the file was public when the file was fetched, whatever the calendar says.
    new = _rows(
        periods[~found],
        np.minimum(known, taken)[~found],
        values[~found],
        Basis.UNREVISED if unrevised else Basis.LAGGED,
    )
    changed = found & ~same
    if unrevised or older:
        return Snapshot(new, int(changed.sum()))
    seen_on = np.full(int(changed.sum()), taken, dtype="M8[D]")
    basis = Basis.VINTAGE if dated else Basis.LAGGED
    revised = _rows(periods[changed], seen_on, values[changed], basis)
    return Snapshot(_joined(new, revised).ordered(), 0)
