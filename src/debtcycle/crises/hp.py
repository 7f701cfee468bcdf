"""The one-sided Hodrick-Prescott trend, by a Kalman filter.

statsmodels has the two-sided filter only. Its end point, recomputed at every date, is what the
filter below gives in one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from debtcycle.crises._check import Floats, figures, frozen, positive

__all__ = ["BIS_SMOOTHING", "kalman_gains", "one_sided_trend"]

BIS_SMOOTHING = 400_000.0


@lru_cache(maxsize=16)
def _gains(steps: int, smoothing: float) -> tuple[tuple[float, float], ...]:
    """Gains of the level and of the level before, for so many steps after the second point.

    The variances do not depend on the data, so one run of them serves every series.
    """
    p11, p12, p22 = 1.0, 0.0, 1.0  # both points taken as they are: error of the data alone
    noise = 1.0 / smoothing
    gains = []
    for _ in range(steps):
        q11 = 4.0 * p11 - 4.0 * p12 + p22 + noise
        q12 = 2.0 * p11 - p12
        q22 = p11
        level = q11 / (q11 + 1.0)
        before = q12 / (q11 + 1.0)
        gains.append((level, before))
        p11, p12, p22 = q11 - level * q11, q12 - level * q12, q22 - before * q12
    return tuple(gains)


def kalman_gains(steps: int, smoothing: float = BIS_SMOOTHING) -> tuple[tuple[float, float], ...]:
    """Gains for at least so many steps; a longer run begins with the shorter one, bit by bit."""
    return _gains(1 << max(steps - 1, 0).bit_length(), positive(smoothing, "smoothing"))


def _filtered(plain: list[float], smoothing: float) -> list[float]:
    """The level after every figure: what was foreseen plus the gain times the surprise."""
    level, before = plain[1], plain[0]
    trend = [before, level]
    for figure, (gain, gain_before) in zip(
        plain[2:], kalman_gains(len(plain) - 2, smoothing), strict=False
    ):
        ahead = 2.0 * level - before
        surprise = figure - ahead
        level, before = ahead + gain * surprise, level + gain_before * surprise
        trend.append(level)
    return trend


def one_sided_trend(
    values: ArrayLike,
    smoothing: float = BIS_SMOOTHING,
    *,
    name: str = "values",
    rows: Sequence[int] | None = None,
) -> Floats:
    r"""Trend at every date from the figures up to that date.

    Parameters
    ----------
    values : array_like, shape (n,)
        Figures at equal distances, n of at least 2; any unit.
    smoothing : float, default 400,000
        The penalty :math:`\lambda` on the trend's second differences.
    name, rows
        Column and rows of the file, for errors.

    Returns
    -------
    ndarray, shape (n,)
        The trend in the unit of the figures; the first two are the figures themselves. A longer
        series leaves it identical to the bit.

    Raises
    ------
    ConfigError
        ``crises.cell``, ``crises.short``, ``crises.shape``, ``crises.text`` or ``crises.option``.

    Notes
    -----
    The Hodrick-Prescott trend minimises

    .. math:: \sum_s (y_s - \tau_s)^2 + \lambda \sum_s (\tau_s - 2\tau_{s-1} + \tau_{s-2})^2,

    which is the smoother of :math:`y_t = \tau_t + e_t`, :math:`\tau_t = 2\tau_{t-1} - \tau_{t-2}
    + u_t` with :math:`\operatorname{var} e / \operatorname{var} u = \lambda`. At the last date
    smoother and filter agree. With two figures the penalty is empty and the trend goes through
    both; the filter starts there, with the error of each figure as its variance, which is the
    exact solution under a flat prior and not an approximation to it.

    References
    ----------
    Drehmann and Yetman (2018), BIS Working Papers 744; Basel Committee (2010), BCBS 187.
    """
    found = figures(values, name, least=2, rows=rows)
    return frozen(np.array(_filtered(found.tolist(), smoothing)))
