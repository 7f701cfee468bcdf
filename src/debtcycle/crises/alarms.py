"""Hits, misses, lead times and false alarms, counted by episode and not by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats, panel
from debtcycle.crises._summary import flat_frame, lines

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Alarms", "count_alarms"]


@dataclass(frozen=True, slots=True)
class Alarms:
    """What a signal said before crises, and without one.

    Attributes
    ----------
    crises : int
        Crises before which the signal was known in at least one of the h years.
    hits : int
        Those before which it was on in at least one of them.
    lead_years : tuple of int
        For each hit: the crisis' year minus the first of the h years in which it was on.
    episodes : int
        Runs of years in which the signal was on.
    true_alarms, false_alarms, open_alarms : int
        Runs with a crisis from the year after their first to h years after their last year;
        without one; without one so far, those years being not over.
    """

    horizon: int
    crises: int
    hits: int
    lead_years: tuple[int, ...]
    episodes: int
    true_alarms: int
    false_alarms: int
    open_alarms: int

    @property
    def misses(self) -> int:
        """Crises without a signal before."""
        return self.crises - self.hits

    @property
    def median_lead_years(self) -> float | None:
        """Median lead of the hits; None without one."""
        return float(np.median(self.lead_years)) if self.lead_years else None

    def to_pandas(self) -> pd.DataFrame:
        """A row of the flat figures; ConfigError ``pandas.missing`` without pandas."""
        return flat_frame([self])

    def summary(self) -> str:
        """Every count under its name."""
        names = (
            "horizon", "crises", "hits", "misses", "median_lead_years", "episodes",
            "true_alarms", "false_alarms", "open_alarms",
        )  # fmt: skip
        return lines("Alarms", [(name, getattr(self, name)) for name in names])


def _runs(on: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last positions of the runs of one row."""
    edges = np.diff(np.concatenate(([0], on.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def count_alarms(signal: Floats, crisis: Floats, horizon: int) -> Alarms:
    """Count by episode.

    Parameters
    ----------
    signal : ndarray, shape (countries, years)
        1 on, 0 off, NaN not known (or dropped: a crisis and the years after it).
    crisis : ndarray, shape (countries, years)
        1 in the year in which a crisis begins, NaN where nobody has looked.
    horizon : int
        Years h before a crisis in which a signal warns of it.
    """
    begins = panel(crisis, "crisis")
    known = panel(signal, "signal", begins.shape)
    crises = episodes = right = wrong = still_open = 0
    leads: list[int] = []
    for row, marks in zip(known, begins, strict=True):
        years = np.flatnonzero(marks > 0)
        for year in years:
            window = row[max(0, year - horizon) : year]
            if np.isnan(window).all():
                continue
            crises += 1
            if (on := np.flatnonzero(window > 0)).size:
                leads.append(len(window) - int(on[0]))
        for start, end in _runs(row > 0):
            episodes += 1
            after = marks[start + 1 : end + 1 + horizon]
            if (after > 0).any():
                right += 1
            elif end + horizon >= len(marks) or np.isnan(after).any():
                still_open += 1
            else:
                wrong += 1
    return Alarms(horizon, crises, len(leads), tuple(leads), episodes, right, wrong, still_open)
