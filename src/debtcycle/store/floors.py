"""Days before which nothing new may be dated, because views of them have had their answer.

A publisher that was asked on a day and did not have a figure shows that it came later, whatever
the release calendar says. What an earlier answer lacked is dated from the day after it.
"""

from __future__ import annotations

from datetime import date

import msgspec
import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.calendar import Days, month_end
from debtcycle.store.plan import equal_figures
from debtcycle.store.schema import Basis, Rows

__all__ = ["Floors", "floored"]

_DAY = np.timedelta64(1, "D")
_NEVER = np.datetime64("0001-01-01", "D")


class Floors(msgspec.Struct, frozen=True):
    """Days of earlier answers about one series; None where there was none.

    Attributes
    ----------
    whole : date or None
        Last earlier day with an answer, where the same publisher has told its whole history
        before: nothing new of it is dated on or before that day.
    inside : date or None
        Last earlier day on which anybody did. Another's history may begin earlier than what is
        held; what does not lie before the beginning of it is dated after this day.
    others : date or None
        Last day, the present one included, on which another publisher did: a state of before it
        does not take the place of what is stored.
    """

    whole: date | None = None
    inside: date | None = None
    others: date | None = None

    def days(self, rows: Rows, held: Rows) -> Days:
        """Last day, per row, on which the row may not yet have been known."""
        whole = _NEVER if self.whole is None else np.datetime64(self.whole, "D")
        found = np.full(len(rows), whole, dtype="M8[D]")
        if self.inside is not None and len(held):
            inside = rows.periods >= held.periods.min()
            found[inside] = np.maximum(found[inside], np.datetime64(self.inside, "D"))
        return found


def floored(rows: Rows, held: Rows, floors: Floors, *, monthly: bool) -> tuple[Rows, int]:
    """Planned rows, none of them dated on a day that has had its answer.

    Parameters
    ----------
    rows : Rows
        What is to be added.
    held : Rows
        All rows of the series in the store.
    monthly : bool
        Whether rows seen in vintages are of tables of month ends: a change that seems to lie
        before an answer without it came out later in its month, at the latest at its end.

    Returns
    -------
    Rows, int
        The rows, and how many were not taken: an answer of a later day knew the period and had
        another figure.
    """
    limit = floors.days(rows, held)
    low = rows.known_from <= limit
    if not low.any():
        return rows, 0
    known = rows.known_from.copy()
    if monthly:
        ends = month_end(known)
        late = low & (rows.basis == int(Basis.VINTAGE)) & (ends > limit)
        known[late] = ends[late]
    still = known <= limit
    there = np.isin(rows.periods, held.periods)
    known[still & ~there] = limit[still & ~there] + _DAY
    moved = Rows(rows.periods, known, rows.values, rows.basis)
    dropped = still & there
    dropped |= low & ~dropped & there & _repeated(moved, held)
    kept = moved.take(~dropped)
    # What was moved to or beyond the day of the period's next figure was never the latest one.
    order = np.lexsort((rows.known_from[~dropped], kept.periods))
    kept = kept.take(order)
    overtaken = np.zeros(len(kept), dtype=bool)
    next_day: np.datetime64 | None = None
    for place in range(len(kept) - 1, -1, -1):
        if place + 1 == len(kept) or kept.periods[place] != kept.periods[place + 1]:
            next_day = None
        overtaken[place] = next_day is not None and kept.known_from[place] >= next_day
        if not overtaken[place]:
            next_day = kept.known_from[place]
    kept = kept.take(~overtaken)
    return kept, int((still & there).sum())


def _repeated(rows: Rows, held: Rows) -> NDArray[np.bool_]:
    """Whether each row says what is in force already."""
    found = np.zeros(len(rows), dtype=bool)
    in_force = held.as_of(np.datetime64("9999-12-31", "D"))
    there = np.flatnonzero(np.isin(rows.periods, in_force.periods))
    if len(there):
        place = np.searchsorted(in_force.periods, rows.periods[there])
        found[there] = equal_figures(in_force.values[place], rows.values[there])
    return found
