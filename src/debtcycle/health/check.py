"""The health of one series, and of all, as of a date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from debtcycle.catalogue import Licence, SeriesInfo
from debtcycle.catalogue.serving import Serving, load_serving
from debtcycle.health.schedule import Schedule, schedule
from debtcycle.health.units import UnitCheck, UnitState, unit_check
from debtcycle.store import Basis, Batch
from debtcycle.store.held import Held
from debtcycle.views import Series, View

__all__ = ["Cut", "CutState", "End", "Health", "Known", "Trouble", "check_all", "check_series"]


class Trouble(StrEnum):
    """What is wrong with a series, worst first; the order is that of every table."""

    UNIT = "unit"
    HELD = "held"  # newer figures came in and are kept apart, because they cannot be believed
    MISSING = "missing"
    STALE = "stale"
    OVERDUE = "overdue"
    UNLICENSED = "unlicensed"  # not shipped, and the user has not brought it
    CUT = "cut"  # the publisher serves only a part, and the store has no more
    ENDED = "ended"
    NOT_BEGUN = "not_begun"
    NONE = "none"


class CutState(StrEnum):
    """The stored history against what the publisher still serves."""

    KEPT = "kept"  # longer: it cannot be fetched again
    LOST = "lost"  # what lies before the window is not in the store
    NOTHING = "nothing"  # nothing is stored


@dataclass(frozen=True, slots=True)
class Cut:
    """A publisher serves only the last years.

    Attributes
    ----------
    years : int
    at : str
        Where; with the name under which the series is served there.
    first_served : date
    state : CutState
    """

    years: int
    at: str
    first_served: date
    state: CutState


@dataclass(frozen=True, slots=True)
class End:
    """The publisher has ended the series; `by` are the ids of what continues its subject."""

    last: date
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """How the figures are known.

    Attributes
    ----------
    policy : str
        ``vintage``, ``unrevised`` or ``lagged``: what the catalogue expects.
    newest : Basis or None
        Of the newest figure in hand.
    vintage_share : float or None
        Share of the figures in force that were seen in dated vintages, 0-1.
    """

    policy: str
    newest: Basis | None
    vintage_share: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """One series on a day.

    Attributes
    ----------
    trouble : Trouble
        The worst thing found; `troubles` has all of them, worst first.
    figures : int
        Periods in hand.
    first, last : date or None
        First and last of them.
    age_days : int or None
        Days since the end of the last.
    licence : Licence
    shipped : bool
        Whether the package carries the figures.
    stands_in : str or None
        Id of the substitute that is in use instead.
    batch : Batch or None
        The last import that brought rows: a fact of the store, not of the date.
    held : int
        Figures in the quarantine: likewise.
    """

    info: SeriesInfo
    trouble: Trouble
    troubles: tuple[Trouble, ...]
    figures: int
    first: date | None
    last: date | None
    age_days: int | None
    licence: Licence
    shipped: bool
    cut: Cut | None
    end: End | None
    stands_in: str | None
    unit: UnitCheck
    schedule: Schedule
    known: Known
    batch: Batch | None
    held: int = 0


_ORDER = tuple(Trouble)


def _cut(serving: Serving, series: Series, on: date) -> Cut | None:
    window = serving.windows.get(series.id)
    first = None if window is None else window.first_served(on)
    if window is None or first is None:
        return None
    state = CutState.NOTHING
    if len(series):
        # A history that begins within a week of the window holds no more than is served.
        longer = series.periods[0] < np.datetime64(first, "D") - np.timedelta64(7, "D")
        state = CutState.KEPT if longer else CutState.LOST
    at = window.at if window.served_as is None else f"{window.at} {window.served_as}"
    return Cut(window.years, at, first, state)


def _end(serving: Serving, info: SeriesInfo, on: date) -> End | None:
    if info.ends is None or on <= info.ends:
        return None
    listed = serving.ended.get(info.id)
    return End(info.ends, () if listed is None else listed.by)


@dataclass(frozen=True, slots=True)
class _Span:
    """First and last period in hand, and how many there are."""

    figures: int
    first: date | None
    last: date | None
    age_days: int | None


def _span(view: View, series: Series) -> _Span:
    """What is in hand: figures, or for a log its dated records."""
    if not series.info.sources:
        days = [item.date for item in view.announcements()]
        if not days:
            return _Span(0, None, None, None)
        return _Span(len(days), min(days), max(days), (view.as_of - max(days)).days)
    if not len(series):
        return _Span(0, None, None, None)
    first, last = series.periods[0].item(), series.periods[-1].item()
    return _Span(len(series), first, last, series.age_days)


def _known(series: Series) -> Known:
    policy = series.info.vintage_policy.value
    if not len(series):
        return Known(policy, None, None)
    share = float(np.mean(series.basis == int(Basis.VINTAGE)))
    return Known(policy, Basis(int(series.basis[-1])), share)


def _troubles(
    series: Series,
    span: _Span,
    end: End | None,
    cut: Cut | None,
    unit: UnitCheck,
    plan: Schedule,
    kept_apart: int,
) -> tuple[Trouble, ...]:
    info, on = series.info, series.as_of
    held, dated = span.figures > 0, bool(info.sources)
    bad_unit = unit.state in (UnitState.STEP, UnitState.REWRITTEN, UnitState.OUTSIDE)
    begun, running = info.begins <= on, end is None
    signs = {
        Trouble.UNIT: bad_unit,
        Trouble.HELD: kept_apart > 0,
        Trouble.MISSING: not held and begun and running and info.embed,
        Trouble.STALE: held and running and dated and not series.fresh,
        Trouble.OVERDUE: held and running and series.fresh and plan.overdue_days > 0,
        Trouble.UNLICENSED: not held and begun and running and not info.embed,
        Trouble.CUT: cut is not None and cut.state is CutState.LOST,
        Trouble.ENDED: not running,
        Trouble.NOT_BEGUN: not begun,
    }
    return tuple(trouble for trouble in _ORDER if signs.get(trouble))


def check_series(
    view: View,
    info: SeriesInfo,
    *,
    batch: Batch | None = None,
    held: int = 0,
    serving: Serving | None = None,
) -> Health:
    """How one series stands on the day of a view.

    Parameters
    ----------
    view : View
    info : SeriesInfo
    batch : Batch, optional
        The last import that brought the series.
    held : int
        Figures of the series in the quarantine.
    serving : Serving, optional
        What publishers still serve; the shipped list by default.
    """
    listed = load_serving() if serving is None else serving
    series, on = view.series(info.id), view.as_of
    end, cut = _end(listed, info, on), _cut(listed, series, on)
    span = _span(view, series)
    plan = schedule(info, span.last, on, view.catalogue.irregular(info.id))
    unit = unit_check(info, view.store.rows(info.id), on)
    used = view.resolve(info.id)
    found = _troubles(series, span, end, cut, unit, plan, held)
    return Health(
        info,
        found[0] if found else Trouble.NONE,
        found,
        span.figures,
        span.first,
        span.last,
        span.age_days,
        info.licence,
        info.embed,
        cut,
        end,
        used.id if used.stands_for else None,
        unit,
        plan,
        _known(series),
        batch,
        held,
    )


def check_all(
    view: View,
    *,
    batches: Mapping[str, Batch] | None = None,
    quarantine: Sequence[Held] = (),
    serving: Serving | None = None,
) -> tuple[Health, ...]:
    """All series of the catalogue, worst trouble first, then the longest overdue, then by id."""
    last = {} if batches is None else batches
    held: Counter[str] = Counter()
    for line in quarantine:
        held[line.series] += line.rows
    found = [
        check_series(view, info, batch=last.get(info.id), held=held[info.id], serving=serving)
        for info in view.catalogue
    ]
    return tuple(
        sorted(
            found,
            key=lambda item: (
                _ORDER.index(item.trouble),
                -item.schedule.overdue_days,
                item.info.id,
            ),
        )
    )
