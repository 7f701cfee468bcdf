"""Country-years that have both a score and a label, in one row each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats, panel
from debtcycle.crises.labels import lagged

__all__ = ["Observations", "observe"]


@dataclass(frozen=True, slots=True)
class Observations:
    """What can be scored.

    Attributes
    ----------
    unit, time : int64 arrays, shape (n,)
        Position of the country, and year.
    score : float64 array, shape (n,)
    label : float64 array, shape (n,)
        1 before a crisis, 0 otherwise.
    crises : int
        Different crises behind the ones: neighbouring years share theirs.
    """

    unit: NDArray[np.int64]
    time: NDArray[np.int64]
    score: Floats
    label: Floats
    crises: int

    def __len__(self) -> int:
        return len(self.score)

    @property
    def positives(self) -> int:
        """Observations before a crisis."""
        return int(self.label.sum())

    @property
    def units(self) -> int:
        """Countries."""
        return len(np.unique(self.unit))


def _crises(seen: NDArray[np.bool_], begins: Floats, horizon: int, first: int) -> int:
    """Crises with an observation `first` to `horizon` years before."""
    before = np.zeros(seen.shape, dtype=bool)
    for years in range(first, horizon + 1):
        before |= lagged(seen.astype(float), years) > 0
    return int((before & (begins > 0)).sum())


def observe(
    score: Floats,
    label: Floats,
    crisis: Floats,
    times: NDArray[np.int64],
    *,
    horizon: int,
    first: int = 1,
) -> Observations:
    """Take up every country-year that has both.

    Parameters
    ----------
    score, label, crisis : ndarray, shape (countries, years)
        Scores, labels of `labels.ahead`, and beginnings of crises for the count.
    times : int array, shape (years,)
    horizon, first : int
        As the labels were made.

    Raises
    ------
    ConfigError
        ``crises.panel`` where shapes differ.
    """
    begins = panel(crisis, "crisis")
    scores = panel(score, "score", begins.shape)
    labels = panel(label, "label", begins.shape)
    seen = np.isfinite(scores) & np.isfinite(labels)
    unit, column = np.nonzero(seen)
    return Observations(
        unit.astype(np.int64),
        np.asarray(times, dtype=np.int64)[column],
        scores[seen],
        labels[seen],
        _crises(seen & (labels > 0), begins, horizon, first),
    )
