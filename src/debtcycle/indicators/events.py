"""What stocks, bonds and gold did after every start of QE and of easing (claims 40 and 42).

A horizon is filled only when it had ended by the date of the view, so a table never looks ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from statistics import median
from typing import Literal

import numpy as np

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._event_returns import (
    RETURNS,
    consumer_prices,
    horizon_end,
    par_bond_month_return,
)
from debtcycle.indicators._flows import point_reading
from debtcycle.indicators.model import Reading, Status
from debtcycle.views import Series, View

__all__ = [
    "ASSETS",
    "HORIZONS_MONTHS",
    "EventCell",
    "EventMedian",
    "EventRow",
    "EventTable",
    "Start",
    "easing_starts",
    "event_table",
    "par_bond_month_return",
    "qe_starts",
]

Kind = Literal["announced", "started", "easing"]
HORIZONS_MONTHS = (3, 6, 12, 24)
ASSETS = ("stocks", "bonds", "gold")
# A purchase announcement starts a programme if none of the same name was made for so long (D).
NEW_PROGRAMME_DAYS = 730
# Easing starts on the day on which the six-month change of the policy rate reaches this, pp, if
# it had not for a year (D; the gate's own threshold).
EASING_CUT_PP = -0.5
EASING_QUIET_DAYS = 365
_ROUNDING = 1e-9
_BUYING = {"buy", "buy unlimited"}
_STEP_WORDS = {"expansion", "guidance"}
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Start:
    """An event: what began, and the day from which returns are counted.

    Attributes
    ----------
    name : str
        The programme as written in the log, or the id of the policy rate.
    kind : {"announced", "started", "easing"}
    day : date
    source : str
        Of the log; the series for an easing.
    """

    name: str
    kind: Kind
    day: date
    source: str


@dataclass(frozen=True, slots=True)
class EventCell:
    """Return of one asset over one horizon after an event.

    Attributes
    ----------
    nominal, real : Reading
        Total return over the whole horizon, %, not annualised.
    reason_nominal, reason_real : str or None
        Why there is none: ``not_ended``, ``no_price``, ``no_dividend``, ``no_cpi``, or ``pegged``
        (gold, before its price was free); the text is ``events.reason_<reason>``.
    stand_in : str or None
        Id of the series of monthly means that stands in for daily prices or yields.
    """

    asset: str
    horizon_months: int
    nominal: Reading
    real: Reading
    reason_nominal: str | None
    reason_real: str | None
    stand_in: str | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event with its cells, assets in the order of `ASSETS`, horizons rising."""

    start: Start
    cells: tuple[EventCell, ...]


@dataclass(frozen=True, slots=True)
class EventMedian:
    """Median over the events that have a value, and how many have one."""

    asset: str
    horizon_months: int
    nominal_pct: float | None
    n_nominal: int
    real_pct: float | None
    n_real: int


@dataclass(frozen=True, slots=True)
class EventTable:
    """Events of one kind, oldest first, with their medians.

    Attributes
    ----------
    omitted : tuple of str
        Programmes known by the date of which the log has no first day of purchases; filled for
        the kind ``"started"`` only. No day is invented for them (``events.omitted``).
    """

    kind: Kind
    rows: tuple[EventRow, ...]
    medians: tuple[EventMedian, ...]
    omitted: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of events."""
        return len(self.rows)

    @property
    def stand_ins(self) -> tuple[tuple[str, str], ...]:
        """Assets for which monthly means stand in somewhere, each with the id of the series."""
        cells = (cell for row in self.rows for cell in row.cells)
        pairs = ((cell.asset, cell.stand_in) for cell in cells if cell.stand_in is not None)
        return tuple(dict.fromkeys(pairs))


def _base_name(programme: str) -> str:
    words = programme.split()
    while words and words[-1] in _STEP_WORDS:
        words.pop()
    return " ".join(words)


def qe_starts(view: View) -> tuple[Start, ...]:
    """Starts of purchase programmes in the log of announcements known at the date.

    The first confirmed purchase of a programme, by its name less words like *expansion*, unless
    one of the same name was announced within two years before. Where the log says when purchases
    began, and that was by the date of the view, there is a second event of that day.
    """
    starts: list[Start] = []
    last: dict[str, date] = {}
    for item in sorted(view.announcements(), key=lambda item: item.date):
        if item.direction not in _BUYING or not item.confirmed:
            continue
        name = _base_name(item.programme)
        before = last.get(name)
        last[name] = item.date
        if before is not None and (item.date - before).days <= NEW_PROGRAMME_DAYS:
            continue
        starts.append(Start(name, "announced", item.date, item.source))
        if item.effective_from is not None and item.effective_from <= view.as_of:
            starts.append(Start(name, "started", item.effective_from, item.source))
    return tuple(starts)


def _undated(view: View) -> tuple[str, ...]:
    """Programmes that began, but of which the log does not say when purchases did."""
    dated = {item.date for item in view.announcements() if item.effective_from is not None}
    starts = (start for start in qe_starts(view) if start.kind == "announced")
    return tuple(dict.fromkeys(start.name for start in starts if start.day not in dated))


def _policy_steps(view: View) -> list[tuple[np.datetime64, float, str]]:
    """Days on which a policy rate was read, its level, and the series.

    Monthly means until the target is known, the target from then on; a month's mean counts from
    the day on which the month has ended.
    """
    monthly = view.series("FEDFUNDS")
    targets = [view.series("DFEDTAR"), view.series("DFEDTARU")]
    first = min((s.periods[0] for s in targets if len(s)), default=view.day + _DAY)
    steps = [
        (day, float(value), monthly.id)
        for day, value in zip(monthly.known_from, monthly.values, strict=True)
        if day < first
    ]
    return steps + _days_of(targets[0]) + _days_of(targets[1])


def _days_of(series: Series) -> list[tuple[np.datetime64, float, str]]:
    return [
        (day, float(value), series.id)
        for day, value in zip(series.periods, series.values, strict=True)
    ]


def easing_starts(view: View) -> tuple[Start, ...]:
    """Days on which cuts of the policy rate reached 50 bp in six months, after a quiet year."""
    steps = _policy_steps(view)
    if not steps:
        return ()
    days = np.array([step[0] for step in steps], dtype="M8[D]")
    level = np.array([step[1] for step in steps])
    then = np.searchsorted(days, shift_months(days, -6), side="right") - 1
    change = np.where(then >= 0, level - level[np.maximum(then, 0)], 0.0)
    starts: list[Start] = []
    last: np.datetime64 | None = None
    for index in np.flatnonzero(change <= EASING_CUT_PP + _ROUNDING).tolist():
        day = days[index]
        if last is None or (day - last).astype(int) > EASING_QUIET_DAYS:
            series_id = steps[index][2]
            starts.append(Start(series_id, "easing", day.item(), series_id))
        last = day
    return tuple(starts)


def _cell(view: View, start: Start, asset: str, months: int) -> EventCell:
    day = np.datetime64(start.day, "D")
    name = partial("event_{}_{}".format, asset)
    if horizon_end(day, months) > view.day:
        pending = [
            Reading(name(kind), "percent", None, Status.SHORT, freshness=0.0)
            for kind in ("nominal", "real")
        ]
        return EventCell(asset, months, pending[0], pending[1], "not_ended", "not_ended")
    growth, prices = RETURNS[asset](view, day, months), consumer_prices(view, day, months)
    nominal = None if growth.factor is None else 100.0 * (growth.factor - 1.0)
    real = None
    if growth.factor is not None and prices.factor is not None:
        real = 100.0 * (growth.factor / prices.factor - 1.0)
    return EventCell(
        asset,
        months,
        point_reading(name("nominal"), "percent", nominal, *growth.points, lacking=Status.ABSENT),
        point_reading(
            name("real"), "percent", real, *growth.points, *prices.points, lacking=Status.ABSENT
        ),
        growth.reason,
        growth.reason or prices.reason,
        growth.stand_in,
    )


def _median(rows: Sequence[EventRow], position: int) -> EventMedian:
    cells = [row.cells[position] for row in rows]
    nominal = [cell.nominal.value for cell in cells if cell.nominal.value is not None]
    real = [cell.real.value for cell in cells if cell.real.value is not None]
    return EventMedian(
        cells[0].asset,
        cells[0].horizon_months,
        median(nominal) if nominal else None,
        len(nominal),
        median(real) if real else None,
        len(real),
    )


def event_table(view: View, kind: Kind) -> EventTable:
    """Returns after every event of one kind that was known at the date of a view.

    Parameters
    ----------
    kind : {"announced", "started", "easing"}
        Announcements of purchases, first days of purchases, or starts of easing.

    Notes
    -----
    Prices run from the last close before the event to the last one before the same day 3, 6, 12
    or 24 months later. Where only monthly means are at hand, they run from the mean of the event's
    own month to that of the horizon's own month, once it is known; the cell names the series in
    `EventCell.stand_in`. Gold is left out of the medians while its price was pegged. Stocks: S&P
    500 with dividends reinvested. Bonds: ten-year par bonds rolled monthly. Real: over consumer
    prices as known at the date.

    """
    starts = easing_starts(view) if kind == "easing" else qe_starts(view)
    pairs = [(asset, months) for asset in ASSETS for months in HORIZONS_MONTHS]
    rows = tuple(
        EventRow(start, tuple(_cell(view, start, asset, months) for asset, months in pairs))
        for start in starts
        if start.kind == kind
    )
    medians = tuple(_median(rows, position) for position in range(len(pairs))) if rows else ()
    return EventTable(kind, rows, medians, _undated(view) if kind == "started" else ())
