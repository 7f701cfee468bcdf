"""Is what a publisher says now believable beside what is held? What is not is kept apart.

Six signs, each against the history in force. They are about faults of a publisher or a copy,
not about the economy: a leap that the series' own scale allows is no sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue import SeriesInfo
from debtcycle.intake.planning import State
from debtcycle.store import Rows
from debtcycle.store.packing import join
from debtcycle.store.plan import same_figures

__all__ = ["Doubt", "doubt"]

# A history of fewer periods has no scale to judge by.
LEAST_PERIODS = 24
MOST_CHANGED = 0.5
MOST_GAPS = 0.2
LEAST_COVERED = 0.8
JUMP = 10.0
MOST_SUNK = 0.1
# Series of estimates are re-estimated over their whole history at each release, by little: a
# change counts from half a per cent of the figure and 2 % of the history's standard deviation.
_CHANGE_RTOL = 0.005
_CHANGE_OF_STD = 0.02
# A change of unit moves all figures by one factor, and not by a small one.
_UNIT_FACTOR = 5.0
# With more zeros than this a series has no scale: a facility that was not used for years.
_MOST_ZEROS = 0.05
_FOREVER = np.datetime64("9999-12-31", "D")

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a state is not believed: message id and the values of its placeholders."""

    reason: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Pair:
    """History in force and the state given, with the places where both have a period."""

    held: Rows
    given: Rows
    both_held: NDArray[np.intp]
    both_given: NDArray[np.intp]


def doubt(
    info: SeriesInfo, state: State, have: Rows, new: Rows, *, covers: int | None = None
) -> Doubt | None:
    """Why a state of a series should be kept apart; None if it is believed.

    Parameters
    ----------
    have : Rows
        All rows of the series in the store.
    new : Rows
        Rows that the state would add.
    covers : int, optional
        Number of periods that a full answer has to cover; None where the answer may be a part of
        the series, as a file may.

    Notes
    -----
    A snapshot is judged as given. A vintage table is judged by the state that it would leave
    behind; what happened between its vintages is the publisher's own record. A part of a series
    with few figures is no history, and has no gaps.
    """
    held = _present(have.as_of(_FOREVER))
    if len(held) < LEAST_PERIODS:
        return None
    given = _given(info, state, have, new)
    if not len(given):
        return None if covers is None else _nothing_left()
    _, both_held, both_given = np.intersect1d(
        held.periods, given.periods, assume_unique=True, return_indices=True
    )
    pair = _Pair(held, given, both_held, both_given)
    return (
        _changed(pair)
        or (_gaps(pair) if covers is not None or len(given) >= LEAST_PERIODS else None)
        or (None if covers is None else _shrunken(pair, covers))
        or _jump(pair)
        or _nought(info, pair)
    )


def _present(rows: Rows) -> Rows:
    return rows.take(~np.isnan(rows.values))


def _given(info: SeriesInfo, state: State, have: Rows, new: Rows) -> Rows:
    if state.vintages is not None:
        return _present(join([have, new]).as_of(_FOREVER))
    days = np.full(len(state.periods), np.datetime64(state.fetched, "D"))
    rows = Rows(state.periods, days, state.values, np.zeros(len(days), dtype="i1")).ordered()
    return _present(rows.take(rows.periods >= np.datetime64(info.begins, "D")).as_of(_FOREVER))


def _changed(pair: _Pair) -> Doubt | None:
    """More than half of the common history differs, perhaps by one factor."""
    if len(pair.both_held) < LEAST_PERIODS:
        return None
    old, now = pair.held.values[pair.both_held], pair.given.values[pair.both_given]
    apart = np.abs(now - old)
    differ = ~same_figures(old, now) & (apart > _CHANGE_RTOL * np.abs(old))
    differ &= apart > _CHANGE_OF_STD * pair.held.values.std()
    share = float(differ.mean())
    if share <= MOST_CHANGED:
        return None
    factor = _factor(old, now)
    if factor is not None:
        return Doubt("quarantine.unit", {"factor": f"{factor:.4g}"})
    return Doubt("quarantine.changed", {"share": f"{100 * share:.0f}"})


def _factor(old: Figures, now: Figures) -> float | None:
    """The one factor between two histories; None if there is none or a small one."""
    usable = (old != 0) & (now != 0)
    if usable.sum() < LEAST_PERIODS // 2:
        return None
    ratios = now[usable] / old[usable]
    middle = float(np.median(ratios))
    near = np.abs(ratios / middle - 1) < 0.1
    large = abs(middle) >= _UNIT_FACTOR or abs(middle) <= 1 / _UNIT_FACTOR
    return middle if large and near.mean() > 0.8 else None


def _gaps(pair: _Pair) -> Doubt | None:
    """Periods that had a figure have none, between the first and last that have one."""
    inside = (pair.held.periods >= pair.given.periods[0]) & (
        pair.held.periods <= pair.given.periods[-1]
    )
    count = int(inside.sum())
    if count < LEAST_PERIODS:
        return None
    gone = (count - len(pair.both_held)) / count
    if gone < MOST_GAPS:
        return None
    return Doubt("quarantine.gaps", {"share": f"{100 * gone:.0f}"})


def _shrunken(pair: _Pair, covers: int) -> Doubt | None:
    """A full answer reaches over much less of the history than one did."""
    inside = (pair.held.periods >= pair.given.periods[0]) & (
        pair.held.periods <= pair.given.periods[-1]
    )
    count = int(inside.sum())
    if count >= LEAST_COVERED * min(covers, len(pair.held)):
        return None
    return Doubt(
        "quarantine.shrunken",
        {
            "first": str(pair.given.periods[0]),
            "last": str(pair.given.periods[-1]),
            "share": f"{100 * count / len(pair.held):.0f}",
        },
    )


def _nothing_left() -> Doubt:
    return Doubt("quarantine.shrunken", {"first": "-", "last": "-", "share": "0"})


def _nought(info: SeriesInfo, pair: _Pair) -> Doubt | None:
    """Nought, new or in place of a figure, in a series that never came near it.

    Some publishers write it for what is missing. A series whose smallest figure is less than a
    tenth of its median, as an interest rate in a crisis, may reach nought, and so may one that may
    be negative, as a real yield.
    """
    old = pair.held.values
    if (info.low is not None and info.low < 0) or old.min() <= MOST_SUNK * float(np.median(old)):
        return None
    new = pair.given.periods > pair.held.periods[-1]
    new[pair.both_given] = True
    found = np.flatnonzero(new & (pair.given.values == 0))
    if not len(found):
        return None
    first = int(found[0])
    return Doubt(
        "quarantine.nought",
        {"period": str(pair.given.periods[first]), "last": f"{old[-1]:.6g}"},
    )


def _jump(pair: _Pair) -> Doubt | None:
    """The newest figures are ten times away from all that there ever was.

    Ten times the largest figure (or a tenth of the smallest, of a series above nought), ten times
    the last one, and a step ten times the largest step: claims of March 2020 and a facility that
    begins to be used are neither.
    """
    later = pair.given.periods > pair.held.periods[-1]
    if not later.any():
        return None
    old, now = pair.held.values, pair.given.values[later]
    size = np.abs(old)
    if (size == 0).mean() > _MOST_ZEROS or size.max() == 0:
        return None
    step = JUMP * float(np.abs(np.diff(old)).max())
    far = np.abs(now - old[-1]) > step
    up = (np.abs(now) > JUMP * size.max()) & (np.abs(now) > JUMP * size[-1])
    down = np.zeros(len(now), dtype=bool)
    if old.min() > 0:
        down = (now < old.min() / JUMP) & (now < old[-1] / JUMP)
    found = np.flatnonzero((up | down) & far)
    if not len(found):
        return None
    first = int(found[0])
    return Doubt(
        "quarantine.jump",
        {
            "period": str(pair.given.periods[later][first]),
            "value": f"{now[first]:.6g}",
            "last": f"{old[-1]:.6g}",
        },
    )
