"""One signal against one list of crises: every measure, with intervals and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats
from debtcycle.crises._summary import flat_frame, lines
from debtcycle.crises.alarms import Alarms, count_alarms
from debtcycle.crises.auroc import auroc, auroc_of_weights
from debtcycle.crises.intervals import (
    LEAST_BLOCK_YEARS,
    LEVEL_PCT,
    REPLICATIONS,
    Interval,
    draw,
    hull,
    ways,
)
from debtcycle.crises.labels import AFTER_YEARS, ahead, drop_after
from debtcycle.crises.observations import observe
from debtcycle.crises.usefulness import (
    PREFERENCE,
    Losses,
    base_rate_known,
    brier_score,
    log_score,
    past_thresholds,
    signal_losses,
)
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Score", "score_signal", "warnings_of"]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a signal told years before a crisis from calm ones.

    Attributes
    ----------
    name, sample : str
        What is scored, and whether its figures were made ``"in_sample"``, ``"out_of_sample"`` or
        ``"one_sided"`` (nothing was fitted to crises).
    horizon, after : int
        Years ahead, and years dropped after the beginning of a crisis (-1: not even that year).
    observations, before_crisis, crises, countries, first, last : int
        Counts behind the area under the curve.
    auroc : float
    by_country, by_block, by_joint, interval : Interval
        By drawing countries, blocks of years, and both at once, and the hull of all.
    block_years : int
        Length of the blocks: the horizon, and five years at least.
    brier, brier_base, log, log_base : float or None
        Scores of the probabilities and of the base rate known at the time, over the same
        country-years; None where the signal gives no probability.
    losses, alarms : Losses and Alarms, or None
        With thresholds from the past only, or with the measure's own.
    threshold_last : float or None
        The threshold at the end.
    """

    name: str
    sample: str
    horizon: int
    after: int
    observations: int
    before_crisis: int
    crises: int
    countries: int
    first: int
    last: int
    auroc: float
    by_country: Interval
    by_block: Interval
    by_joint: Interval
    interval: Interval
    block_years: int
    brier: float | None
    brier_base: float | None
    log: float | None
    log_base: float | None
    losses: Losses | None
    alarms: Alarms | None
    threshold_last: float | None

    def to_pandas(self) -> pd.DataFrame:
        """A row of the flat figures; ConfigError ``pandas.missing`` without pandas."""
        return flat_frame([self])

    def summary(self) -> str:
        """The main figures under their names."""
        names = (
            "sample", "horizon", "observations", "before_crisis", "crises", "countries", "first",
            "last", "auroc",
        )  # fmt: skip
        worth = self.losses.relative_usefulness if self.losses else None
        pairs = [(name, getattr(self, name)) for name in names]
        pairs += [("low", self.interval.low), ("high", self.interval.high)]
        pairs += [("brier", self.brier), ("brier_base", self.brier_base)]
        pairs += [("log", self.log), ("log_base", self.log_base), ("usefulness", worth)]
        return lines(f"Score {self.name}", pairs)


def _probabilities(
    probability: Floats | None,
    label: Floats,
    crisis: Floats,
    times: NDArray[np.int64],
    horizon: int,
) -> tuple[float | None, float | None, float | None, float | None]:
    """Brier and log score of probabilities and of the base rate, over the same country-years."""
    if probability is None:
        return None, None, None, None
    every = observe(np.where(np.isnan(label), np.nan, 0.0), label, crisis, times, horizon=horizon)
    base = np.broadcast_to(base_rate_known(every, times, horizon), label.shape)
    seen = observe(np.where(np.isnan(base), np.nan, probability), label, crisis, times,
                   horizon=horizon)  # fmt: skip
    plain = observe(np.where(np.isnan(probability), np.nan, base), label, crisis, times,
                    horizon=horizon)  # fmt: skip
    return (
        brier_score(seen.score, seen.label), brier_score(plain.score, plain.label),
        log_score(seen.score, seen.label), log_score(plain.score, plain.label),
    )  # fmt: skip


def warnings_of(score: Floats, crisis: Floats, limits: Floats, after: int = AFTER_YEARS) -> Floats:
    """1 where a score reaches the threshold of its year, 0 below, NaN where either is unknown.

    The year of a crisis' beginning and the `after` years that follow are left out.
    """
    unknown = np.isnan(limits)[None, :] | np.isnan(score)
    signal = np.where(unknown, np.nan, score >= limits[None, :])
    return signal if after < 0 else drop_after(signal, crisis, after)


def _labels(crisis: Floats, horizon: int, after: int) -> Floats:
    """Years ahead, without the crisis' own year and the `after` years that follow."""
    marks = ahead(crisis, horizon)
    return marks if after < 0 else drop_after(marks, crisis, after)


def _signalled(
    score: Floats,
    label: Floats,
    crisis: Floats,
    times: NDArray[np.int64],
    limits: Floats,
    horizon: int,
    preference: float,
    after: int,
) -> tuple[Losses | None, Alarms | None, float | None]:
    """Losses and alarms of the signal that the thresholds of the years give."""
    if np.isnan(limits).all():
        return None, None, None
    signal = warnings_of(score, crisis, limits, after)
    judged = observe(signal, label, crisis, times, horizon=horizon)
    losses = signal_losses(judged.score, judged.label, preference)
    return losses, count_alarms(signal, crisis, horizon), float(limits[-1])


def score_signal(
    name: str, score: Floats, crisis: Floats, times: NDArray[np.int64], *, horizon: int,
    sample: str, seed: int, probability: Floats | None = None, label: Floats | None = None,
    after: int = AFTER_YEARS, preference: float = PREFERENCE, threshold: float | None = None,
    replications: int = REPLICATIONS, level_pct: float = LEVEL_PCT,
) -> Score:  # fmt: skip
    """Score a signal.

    Parameters
    ----------
    name, sample : str
        See `Score`.
    score : ndarray, shape (countries, years)
        Higher means more danger; NaN where it is not known or the year is left out.
    crisis : ndarray, shape (countries, years)
        1 in the year in which a crisis begins, 0 otherwise, NaN where nobody has looked.
    times, horizon
        The years; a crisis counts if it begins one to `horizon` years later.
    probability : ndarray, optional
        Chance of a crisis within the horizon, 0 to 1, for the Brier and log scores.
    label, after
        Labels, by default those of `labels.ahead` without the `after` years that follow the
        beginning of a crisis; -1 keeps even that year, as published regressions do.
    threshold : float, optional
        Score from which on the signal is on; by default each year's is chosen from its past.

    Raises
    ------
    ConfigError
        ``crises.panel`` where shapes differ; ``crises.empty`` without years of both kinds.
    """
    marks = _labels(crisis, horizon, after) if label is None else label
    seen = observe(score, marks, crisis, times, horizon=horizon)
    if not 0 < seen.positives < len(seen):
        raise ConfigError("crises.empty", name=name, found=len(seen), events=seen.positives)
    block = max(horizon, LEAST_BLOCK_YEARS)
    draws = draw(seen.unit, seen.time, block_years=block, seed=seed, replications=replications)
    by_country, by_block, by_joint = ways(
        draws, lambda weights: auroc_of_weights(seen.score, seen.label, weights), level_pct
    )
    limits = np.full(len(times), np.nan if threshold is None else threshold)
    if threshold is None:
        limits = past_thresholds(seen, times, horizon, preference)
    return Score(
        name, sample, horizon, after, len(seen), seen.positives, seen.crises, seen.units,
        int(seen.time.min()), int(seen.time.max()), auroc(seen.score, seen.label),
        by_country, by_block, by_joint, hull(by_country, by_block, by_joint), block,
        *_probabilities(probability, marks, crisis, times, horizon),
        *_signalled(score, marks, crisis, times, limits, horizon, preference, after),
    )  # fmt: skip
