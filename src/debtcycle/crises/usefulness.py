"""What a signal is worth to someone who minds misses and false alarms, and losses of odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats
from debtcycle.crises.observations import Observations
from debtcycle.errors import ConfigError

__all__ = [
    "PREFERENCE",
    "Losses",
    "base_rate_known",
    "best_threshold",
    "brier_score",
    "log_score",
    "past_thresholds",
    "relative_usefulness",
    "signal_losses",
]

# Weight of a missed crisis against a false alarm (D). At a tenth of all years before a crisis,
# equal weights would make it best never to warn.
PREFERENCE = 0.9
_LEAST_POSITIVES = 5


def _preference(value: float) -> float:
    if not 0.0 < value < 1.0:
        raise ConfigError("crises.option", name="preference", value=value)
    return value


@dataclass(frozen=True, slots=True)
class Losses:
    """Counts of a signal and what they cost.

    Attributes
    ----------
    hits, misses, false_alarms, calm : int
        Country-years.
    relative_usefulness : float
        1 for a signal without an error, 0 for one that is worth what always or never warning is
        worth, negative below; NaN where one kind of year is missing.
    """

    hits: int
    misses: int
    false_alarms: int
    calm: int
    preference: float
    relative_usefulness: float

    @property
    def noise_to_signal(self) -> float:
        """False alarms among calm years over hits among years before a crisis."""
        if not self.hits or not self.false_alarms + self.calm:
            return float("nan")
        false = self.false_alarms / (self.false_alarms + self.calm)
        return false * (self.hits + self.misses) / self.hits


def relative_usefulness(
    hits: Floats, misses: Floats, false_alarms: Floats, calm: Floats, *, preference: float
) -> Floats:
    r"""Relative usefulness of Sarlin (2013), for one or many sets of counts.

    .. math::

        L = \mu P_1 T_1 + (1 - \mu) P_2 T_2, \qquad
        U_r = \frac{\min(\mu P_1, (1 - \mu) P_2) - L}{\min(\mu P_1, (1 - \mu) P_2)},

    with :math:`T_1` the share of missed years before a crisis, :math:`T_2` the share of false
    alarms among calm years, :math:`P` their shares in the sample and :math:`\mu` the weight of a
    miss.
    """
    weight = _preference(preference)
    total = hits + misses + false_alarms + calm
    with np.errstate(divide="ignore", invalid="ignore"):
        loss = (weight * misses + (1.0 - weight) * false_alarms) / total
        free = np.minimum(
            weight * (hits + misses) / total, (1.0 - weight) * (false_alarms + calm) / total
        )
        return np.where(free > 0, (free - loss) / free, np.nan)


def signal_losses(signal: Floats, label: Floats, preference: float = PREFERENCE) -> Losses:
    """Losses of a signal (1 on, 0 off) against labels, shape (n,)."""
    on, before = signal > 0, label > 0
    counts = [
        np.array(float(np.count_nonzero(part)))
        for part in (on & before, ~on & before, on & ~before, ~on & ~before)
    ]
    worth = relative_usefulness(counts[0], counts[1], counts[2], counts[3], preference=preference)
    hits, misses, false, calm = (int(count) for count in counts)
    return Losses(hits, misses, false, calm, preference, float(worth))


def best_threshold(score: Floats, label: Floats, preference: float = PREFERENCE) -> float:
    """The threshold with the least loss: a score at or above it is a signal.

    Of several the highest, which warns least; infinity where never warning is best.

    Raises
    ------
    ConfigError
        ``crises.option`` for the preference.
    """
    weight = _preference(preference)
    values = np.unique(score)[::-1]
    order = np.argsort(-score, kind="stable")
    up = np.cumsum(label[order])
    down = np.cumsum(1.0 - label[order])
    last = np.searchsorted(-score[order], -values, side="right") - 1
    loss = weight * (label.sum() - up[last]) + (1.0 - weight) * down[last]
    never = weight * label.sum()
    at = int(np.argmin(loss))
    return float(values[at]) if loss[at] < never else float("inf")


def past_thresholds(
    seen: Observations,
    times: NDArray[np.int64],
    horizon: int,
    preference: float = PREFERENCE,
) -> Floats:
    """For every year the best threshold from what was known in it.

    A label of year s is known in s + `horizon`, when all years that it looks at are over.

    Returns
    -------
    ndarray, shape (years,)
        NaN while fewer than five observations before a crisis are known; infinity where never
        warning was best.
    """
    found = np.full(len(times), np.nan)
    for at, year in enumerate(times):
        past = seen.time <= year - horizon
        if seen.label[past].sum() >= _LEAST_POSITIVES:
            found[at] = best_threshold(seen.score[past], seen.label[past], preference)
    return found


def base_rate_known(seen: Observations, times: NDArray[np.int64], horizon: int) -> Floats:
    """For every year the share of country-years before a crisis that was known in it.

    Half an event and half a calm year are added, so that it is never 0 or 1; NaN before the
    first label is known. Shape (years,).
    """
    found = np.full(len(times), np.nan)
    for at, year in enumerate(times):
        past = seen.time <= year - horizon
        if past.any():
            found[at] = (seen.label[past].sum() + 0.5) / (past.sum() + 1.0)
    return found


def brier_score(probability: Floats, label: Floats) -> float:
    """Mean squared distance of probability and outcome; 0 is best."""
    return float(np.mean((probability - label) ** 2)) if len(label) else float("nan")


def log_score(probability: Floats, label: Floats) -> float:
    """Mean of minus the natural logarithm of the probability of what happened; 0 is best.

    Infinite where something happened that was said to be impossible.
    """
    if not len(label):
        return float("nan")
    chance = np.where(label > 0, probability, 1.0 - probability)
    with np.errstate(divide="ignore"):
        return float(-np.mean(np.log(chance)))
