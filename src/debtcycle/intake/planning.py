"""What a parsed series adds to the store: checked against its bounds, dated, compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue import Catalogue, SeriesInfo, VintagePolicy
from debtcycle.catalogue.calendar import off_grid, period_start
from debtcycle.errors import SchemaChanged
from debtcycle.sources.parsed import Days, Parsed
from debtcycle.store import Rows
from debtcycle.store.exact import plan_exact
from debtcycle.store.floors import Floors, floored
from debtcycle.store.plan import Snapshot, later_vintages, plan_snapshot, plan_vintages

__all__ = ["PROJECTIONS", "State", "planned", "state_of"]

# Series that their publisher carries into the future.
PROJECTIONS = frozenset({"NROU", "GDPPOT"})

_FREE = Floors()


@dataclass(frozen=True, slots=True)
class State:
    """A series as parsed, in the catalogue's unit, with the day on which it was certainly there.

    Attributes
    ----------
    vintages : datetime64[D] array or None
        For tables that hold several states of the series.
    fetched : date
        The day of the download, else that of the import.
    dated : bool
        Whether `fetched` is the payload's own day.
    exact : bool
        Whether `vintages` are the very days of publication, and not ends of months.
    """

    series: str
    periods: Days
    values: NDArray[np.float64]
    vintages: Days | None
    fetched: date
    dated: bool
    exact: bool = False


def _check_fetched(info: SeriesInfo, periods: Days, fetched: date) -> None:
    """Refuse a day of fetching before the newest period had begun.

    Raises
    ------
    SchemaChanged
        ``source.fetched``.
    """
    if info.id in PROJECTIONS or not len(periods):
        return
    newest = period_start(info, periods).max()
    if newest > np.datetime64(fetched, "D"):
        raise SchemaChanged("source.fetched", series=info.id, period=newest, fetched=fetched)


def _check_bounds(info: SeriesInfo, periods: Days, values: NDArray[np.float64]) -> None:
    """Refuse figures that cannot be: most often a publisher has changed the unit.

    Raises
    ------
    SchemaChanged
        ``source.bounds`` with the first such figure.
    """
    low = -np.inf if info.low is None else info.low
    high = np.inf if info.high is None else info.high
    begun = periods >= np.datetime64(info.begins, "D")
    outside = np.flatnonzero(begun & ((values < low) | (values > high)))
    if len(outside):
        first = int(outside[0])
        raise SchemaChanged(
            "source.bounds",
            series=info.id,
            period=periods[first],
            value=f"{values[first]:g}",
            unit=info.unit,
            low=info.low,
            high=info.high,
        )


def _check_grid(info: SeriesInfo, periods: Days, values: NDArray[np.float64]) -> None:
    """Refuse a figure of a day that is no period of the series.

    Raises
    ------
    SchemaChanged
        ``source.grid`` with the first such day.
    """
    used = ~np.isnan(values) & (periods >= np.datetime64(info.begins, "D"))
    astray = np.flatnonzero(used & off_grid(info, periods))
    if len(astray):
        raise SchemaChanged("source.grid", series=info.id, period=periods[int(astray[0])])


def state_of(catalogue: Catalogue, part: Parsed, fetched: date | None, today: date) -> State:
    """A parsed part in the catalogue's unit, refused where it cannot be.

    Raises
    ------
    SchemaChanged
        ``source.bounds``, ``source.grid``, or ``source.fetched`` for a snapshot.
    """
    info = catalogue[catalogue.keys[part.key]]
    values = part.values
    if part.key.startswith("FRED-MD:"):
        values = values * info.fredmd_scale
    _check_bounds(info, part.periods, values)
    _check_grid(info, part.periods, values)
    day = part.retrieved or fetched
    if part.vintages is None:
        _check_fetched(info, part.periods[~np.isnan(values)], day or today)
    return State(
        info.id, part.periods, values, part.vintages, day or today, day is not None, part.exact
    )


def planned(catalogue: Catalogue, state: State, held: Rows, floors: Floors = _FREE) -> Snapshot:
    """Rows that a state adds to those already stored, none on a day that has had its answer.

    Raises
    ------
    SchemaChanged
        ``source.fetched`` for a vintage table that lies before its own figures.
    """
    info = catalogue[state.series]
    exact = state.exact and info.vintage_policy is not VintagePolicy.UNREVISED
    if state.vintages is not None and exact:
        plan = Snapshot(_exactly(catalogue, info, state, state.vintages, held, floors), 0)
    else:
        plan = _roughly(catalogue, info, state, held, floors)
    monthly = state.vintages is not None and not exact
    rows, passed = floored(plan.rows, held, floors, monthly=monthly)
    return Snapshot(rows, plan.differing + passed)


def _exactly(
    catalogue: Catalogue,
    info: SeriesInfo,
    state: State,
    vintages: Days,
    held: Rows,
    floors: Floors,
) -> Rows:
    """A table of the very days of publication."""
    newest: date = vintages.max().astype("M8[D]").item()
    _check_fetched(info, state.periods[~np.isnan(state.values)], newest)
    basis = np.zeros(len(state.periods), dtype="i1")
    table = Rows(state.periods, vintages, state.values, basis)
    return plan_exact(
        info,
        catalogue.irregular(info.id),
        table,
        held,
        taken_on=state.fetched if state.dated else newest,
        answered=max((day for day in (floors.whole, floors.inside) if day), default=None),
    )


def _roughly(
    catalogue: Catalogue, info: SeriesInfo, state: State, held: Rows, floors: Floors
) -> Snapshot:
    """A state, or a table of states at the ends of months.

    A file of a month holds one state. It shows no change by itself: beside what is held it is a
    snapshot of that month's end, older than what another publisher has told since.
    """
    irregular = catalogue.irregular(info.id)
    periods, values, fetched, dated = state.periods, state.values, state.fetched, state.dated
    told: date | None = None
    if state.vintages is not None:
        several = state.vintages.min() < state.vintages.max()
        table = plan_vintages(info, irregular, periods, values, state.vintages)
        if not len(held) or (several and info.vintage_policy is VintagePolicy.VINTAGE):
            return Snapshot(later_vintages(table, held), 0)
        told = floors.others
        fetched, dated = state.vintages.max().astype("M8[D]").item(), True
        periods, values = table.periods, table.values
        _check_fetched(info, periods[~np.isnan(values)], fetched)
    return plan_snapshot(info, irregular, periods, values, held, fetched, dated=dated, told=told)
