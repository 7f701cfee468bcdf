"""What stocks, bonds and gold did after every start of QE and of easing (claims 40 and 42).

A horizon is filled only when it had ended by the date of the view, so a table never looks ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Literal

import numpy as np

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._flows import Point, index_at_end, point_reading
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
BOND_YEARS = 10.0
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
# How long before a day its last price may lie: a long weekend, or the month before.
_NEAR_DAYS = {"daily": 7, "monthly": 31}


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
        Why there is none: ``not_ended``, ``no_price``, ``no_dividend``, ``no_cpi``.
    """

    asset: str
    horizon_months: int
    nominal: Reading
    real: Reading
    reason_nominal: str | None
    reason_real: str | None


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
    """Events of one kind, oldest first, with their medians."""

    kind: Kind
    rows: tuple[EventRow, ...]
    medians: tuple[EventMedian, ...]

    @property
    def n(self) -> int:
        """Number of events."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class _Growth:
    """Gross return of a window, with the figures behind it, or the reason why not."""

    factor: float | None
    points: tuple[Point, ...] = ()
    reason: str | None = None


def par_bond_month_return(
    yield_before: float, yield_after: float, years: float = BOND_YEARS
) -> float:
    """Return in a month of a bond bought at par, as a fraction; yields in %.

    A constant-maturity series is a new par bond every month: bought with the coupon
    ``c = y_0``, sold a month later with ``N = 2 (years - 1/12)`` half-years left at ``y_1``:

    ``r = c/12 + [c/y_1 (1 - v) + v] - 1``, ``v = (1 + y_1/2)^(-N)``,

    which is exact repricing, so that no duration or convexity is approximated; at ``y_1 = y_0``
    it is the month's coupon.
    """
    coupon, y = yield_before / 100.0, yield_after / 100.0
    left = years - 1.0 / 12.0
    if abs(y) < 1e-9:
        return coupon / 12.0 + coupon * left
    v = (1.0 + y / 2.0) ** (-2.0 * left)
    return float(coupon / 12.0 + coupon / y * (1.0 - v) + v - 1.0)


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


def _before(series: Series, day: np.datetime64) -> int | None:
    """Position of the last figure whose period had ended before a day."""
    near = _NEAR_DAYS[str(series.info.frequency)]
    return index_at_end(series, day - _DAY, near_days=near)


def _ends(start: np.datetime64, months: int) -> np.datetime64:
    return np.datetime64(shift_months(np.array([start]), months)[0], "D")


def _month_of(day: np.datetime64) -> np.datetime64:
    """First day of a day's month."""
    return np.datetime64(day.astype("M8[M]"), "D")


def _price_growth(candidates: Sequence[Series], start: np.datetime64, months: int) -> _Growth:
    """Last price before the horizon's end over the last one before the event.

    The first series that has both; a monthly mean counts as of the month that had ended.
    """
    for rank, series in enumerate(candidates):
        base, end = _before(series, start), _before(series, _ends(start, months))
        if base is not None and end is not None:
            used = series if rank == 0 else _standing_in(series, candidates[0].id)
            factor = float(series.values[end] / series.values[base])
            return _Growth(factor, ((used, end), (used, base)))
    return _Growth(None, reason="no_price")


def _standing_in(series: Series, for_id: str) -> Series:
    return replace(series, stands_for=for_id)


def _stocks(view: View, start: np.datetime64, months: int) -> _Growth:
    """Price growth times reinvested dividends, ``prod(1 + D_m / (12 P_m))`` over the months.

    D is the sum of a year's dividends in Shiller's file, P the month's price there; the months
    are those from the event's own on.
    """
    candidates = [view.series(name) for name in ("SPX", "SP500_MONTHLY", "SHILLER_PRICE")]
    growth = _price_growth(candidates, start, months)
    if growth.factor is None:
        return growth
    dividend, price = view.series("SHILLER_DIVIDEND"), view.series("SHILLER_PRICE")
    first = _month_of(start)
    paid = 1.0
    for month in range(months):
        period = _ends(first, month)
        sum_paid, level = dividend.at(period), price.at(period)
        if sum_paid is None or sum_paid <= 0 or level is None:
            return _Growth(None, growth.points, "no_dividend")
        paid *= 1.0 + sum_paid / 12.0 / level
    last = index_at_end(dividend, _ends(first, months) - _DAY)
    points = growth.points if last is None else (*growth.points, (dividend, last))
    return _Growth(growth.factor * paid, points)


def _bonds(view: View, start: np.datetime64, months: int) -> _Growth:
    """Ten-year par bonds rolled every month from the event on; see `par_bond_month_return`."""
    candidates = [view.series(name) for name in ("DGS10", "GS10", "SHILLER_LONG_RATE")]
    for rank, series in enumerate(candidates):
        at = [_before(series, _ends(start, month)) for month in range(months + 1)]
        found = [index for index in at if index is not None]
        if len(found) < len(at):
            continue
        yields = series.values[found].tolist()
        factor = 1.0
        for y_before, y_after in pairwise(yields):
            factor *= 1.0 + par_bond_month_return(y_before, y_after)
        used = series if rank == 0 else _standing_in(series, candidates[0].id)
        return _Growth(factor, ((used, found[-1]), (used, found[0])))
    return _Growth(None, reason="no_price")


def _gold(view: View, start: np.datetime64, months: int) -> _Growth:
    return _price_growth([view.series("GOLD"), view.series("GOLD_MONTHLY")], start, months)


def _prices(view: View, start: np.datetime64, months: int) -> _Growth:
    """Consumer prices from the month of the event to that of the horizon's end."""
    for rank, name in enumerate(("CPIAUCSL", "SHILLER_CPI")):
        cpi = view.series(name)
        if not len(cpi) or cpi.periods[0] > _month_of(start):
            continue  # it begins after the event; a gap inside it is not filled
        base = cpi.at(_month_of(start))
        last = cpi.index_at(_ends(start, months))
        end = cpi.at(_month_of(_ends(start, months)))
        if base is None or end is None or last is None:
            return _Growth(None, reason="no_cpi")
        used = cpi if rank == 0 else _standing_in(cpi, "CPIAUCSL")
        return _Growth(end / base, ((used, last),))
    return _Growth(None, reason="no_cpi")


_RETURNS: dict[str, Callable[[View, np.datetime64, int], _Growth]] = {
    "stocks": _stocks,
    "bonds": _bonds,
    "gold": _gold,
}


def _cell(view: View, start: Start, asset: str, months: int) -> EventCell:
    day = np.datetime64(start.day, "D")
    name = partial("event_{}_{}".format, asset)
    if _ends(day, months) > view.day:
        pending = [
            Reading(name(kind), "percent", None, Status.SHORT, freshness=0.0)
            for kind in ("nominal", "real")
        ]
        return EventCell(asset, months, pending[0], pending[1], "not_ended", "not_ended")
    growth, prices = _RETURNS[asset](view, day, months), _prices(view, day, months)
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
    or 24 months later; where only monthly means are at hand, from month to month before these
    days. Stocks: S&P 500 with dividends reinvested. Bonds: ten-year par bonds rolled monthly.
    Real: over consumer prices as known at the date.

    """
    starts = easing_starts(view) if kind == "easing" else qe_starts(view)
    pairs = [(asset, months) for asset in ASSETS for months in HORIZONS_MONTHS]
    rows = tuple(
        EventRow(start, tuple(_cell(view, start, asset, months) for asset, months in pairs))
        for start in starts
        if start.kind == kind
    )
    medians = tuple(_median(rows, position) for position in range(len(pairs))) if rows else ()
    return EventTable(kind, rows, medians)
