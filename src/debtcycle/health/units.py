"""Has a series changed its unit? Its newest figures against its own history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue import SeriesInfo
from debtcycle.store import Rows

__all__ = ["STEP_FACTOR", "UnitCheck", "UnitState", "unit_check"]

# A step by this factor or more within a few figures is a change of unit (thousands are the
# units of accounts); no level that cannot come near nought has moved so far in a few periods.
STEP_FACTOR = 300.0
# Two figures of one period in a ratio this close to a power of ten are one figure in two units.
_POWER_RTOL = 0.02
_POWERS = (1e2, 1e3, 1e6, 1e9)
_SIDE = 3  # figures on either side of a step
_YEARS = 5
_DAYS_A_YEAR = 365.25


class UnitState(StrEnum):
    """What the check found."""

    SAME = "same"
    STEP = "step"  # the level jumps by a factor of units
    REWRITTEN = "rewritten"  # one period has two figures that differ by a power of ten
    OUTSIDE = "outside"  # the newest figure lies outside the catalogue's bounds
    UNCHECKED = "unchecked"  # too few figures, or a series that may come near nought


@dataclass(frozen=True, slots=True)
class UnitCheck:
    """Result for one series.

    Attributes
    ----------
    state : UnitState
    factor : float or None
        Largest step found, as later over earlier figures; None where none could be formed.
    period : date or None
        First period after the step, or the one with two figures.
    """

    state: UnitState
    factor: float | None
    period: date | None


def _largest_step(
    periods: NDArray[np.datetime64], values: NDArray[np.float64]
) -> tuple[float, date] | None:
    """Largest ratio between the medians of neighbouring runs of figures.

    ``median |x_i .. x_{i+2}| / median |x_{i-3} .. x_{i-1}|``; at the end of the series the run
    after the step may be a single figure, so that a unit changed yesterday is seen today.
    """
    size = np.abs(values)
    if len(size) <= _SIDE:
        return None
    before = np.median(np.lib.stride_tricks.sliding_window_view(size, _SIDE)[:-1], axis=1)
    padded = np.concatenate([size, np.full(_SIDE - 1, np.nan)])
    after = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, _SIDE)[_SIDE:], axis=1)
    usable = (before > 0) & (after > 0)
    if not usable.any():
        return None
    ratio = np.where(usable, after, 1.0) / np.where(usable, before, 1.0)
    worst = int(np.argmax(np.abs(np.log(ratio))))
    return float(ratio[worst]), periods[worst + _SIDE].item()


def _rewritten(rows: Rows, since: np.datetime64) -> tuple[float, date] | None:
    """The last period that has two figures one of which is the other times a power of ten."""
    same = (rows.periods[1:] == rows.periods[:-1]) & (rows.periods[1:] >= since)
    old, new = rows.values[:-1][same], rows.values[1:][same]
    usable = np.isfinite(old) & np.isfinite(new) & (old != 0) & (new != 0)
    ratio = np.where(usable, new, 1.0) / np.where(usable, old, 1.0)
    size = np.maximum(ratio, 1.0 / np.where(ratio == 0, np.inf, ratio))
    hit = np.zeros(len(size), dtype=bool)
    for power in _POWERS:
        hit |= np.isclose(size, power, rtol=_POWER_RTOL, atol=0.0)
    if not hit.any():
        return None
    last = int(np.flatnonzero(hit)[-1])
    return float(ratio[last]), rows.periods[1:][same][last].item()


def unit_check(info: SeriesInfo, rows: Rows, on: date) -> UnitCheck:
    """Compare the scale of the newest figures with that of the last five years.

    Parameters
    ----------
    info : SeriesInfo
        Bounds; a level is compared only where they keep it away from nought.
    rows : Rows
        All rows of the series, sorted by period and day known.
    on : date
        What became known later is not looked at.
    """
    rows = rows.take(rows.known_from <= np.datetime64(on, "D"))
    current = rows.as_of(np.datetime64(on, "D"))
    current = current.take(~np.isnan(current.values))
    if not len(current):
        return UnitCheck(UnitState.UNCHECKED, None, None)
    since = current.periods[-1] - np.timedelta64(int(_YEARS * _DAYS_A_YEAR), "D")
    twice = _rewritten(rows, since)
    if twice is not None:
        return UnitCheck(UnitState.REWRITTEN, *twice)
    newest, period = float(current.values[-1]), current.periods[-1].item()
    low = -np.inf if info.low is None else info.low
    high = np.inf if info.high is None else info.high
    if not low <= newest <= high:
        return UnitCheck(UnitState.OUTSIDE, None, period)
    recent = current.periods >= since
    step = _largest_step(current.periods[recent], current.values[recent]) if low > 0 else None
    if step is None:
        return UnitCheck(UnitState.UNCHECKED, None, None)
    state = UnitState.SAME if 1 / STEP_FACTOR < step[0] < STEP_FACTOR else UnitState.STEP
    return UnitCheck(state, *step)
