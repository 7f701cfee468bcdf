"""Dating: where the statistic lies above its critical sequence, and which way the series went."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from debtcycle.bubbles.windows import checked_count, default_duration

__all__ = ["Direction", "Episode", "date_episodes"]

Values = NDArray[np.float64]
Direction = Literal["upward", "collapse"]


@dataclass(frozen=True, slots=True)
class Episode:
    """A run of dates on which the statistic lies above its critical value.

    Attributes
    ----------
    start, end : int
        First and last place of the run, counted from 0; both lie inside it. (exuber reports the
        first date that is no longer above as the end: ``end + 1`` here.)
    peak : int
        Place of the largest statistic.
    statistic : float
        That largest statistic; not a number where a perfect fit leaves it without a size.
    direction : {"upward", "collapse"}
        Whether the series rose or fell from the last observation before the run to the peak. The
        test itself is blind to direction: a crash is as explosive as a boom.
    ongoing : bool
        Whether the run lasts at the end of the sample.
    start_date, end_date, peak_date : str
        Labels of these dates; the places, counted from 1, if the series has none.
    """

    start: int
    end: int
    peak: int
    statistic: float
    direction: Direction
    ongoing: bool
    start_date: str
    end_date: str
    peak_date: str

    @property
    def duration(self) -> int:
        """Observations in the run."""
        return self.end - self.start + 1


def date_episodes(
    y: Values,
    statistic: Values,
    critical: Values,
    *,
    dates: tuple[str, ...] | None = None,
    min_duration: int | None = None,
) -> tuple[Episode, ...]:
    """Runs of ``statistic > critical`` of at least `min_duration` observations.

    Parameters
    ----------
    y, statistic, critical : array (n,)
        The series, and two sequences that are not numbers where there is no window. A statistic
        may be infinite.
    min_duration : int, optional
        By default floor(log n). Runs that are shorter at the end of the sample are left out too:
        what is not yet long enough is not yet an episode.

    Raises
    ------
    ConfigError
        ``bubbles.count``.
    """
    n = len(y)
    shortest = default_duration(n) if min_duration is None else min_duration
    checked_count("min_duration", shortest)
    above = np.concatenate(([False], statistic > critical, [False]))
    turns = np.flatnonzero(above[1:] != above[:-1])
    found = []
    for start, stop in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True):
        if stop - start < shortest:
            continue
        peak = start + int(np.argmax(statistic[start:stop]))
        largest = float(statistic[peak])
        rose = y[peak] >= y[max(start - 1, 0)]
        labels = [str(p + 1) if dates is None else dates[p] for p in (start, stop - 1, peak)]
        found.append(
            Episode(
                start,
                stop - 1,
                peak,
                largest if math.isfinite(largest) else math.nan,
                "upward" if rose else "collapse",
                stop == n,
                *labels,
            )
        )
    return tuple(found)
