"""A line of each series' own: what its short swings alone would do to the statistic.

The table of critical values is that of a random walk without autocorrelation. Means of months,
trends and the slow turns of credit make the statistic without lags larger where there is no
bubble at all. So the statistic of a date is also held against bubble-free worlds with the short
swings of the series itself,

    d(t) = g1 d(t-1) + .. + gk d(t-k) + w(t) e(t),    w(t) standard normal,

with g and e by least squares under a unit root from the observations up to the date alone, k by
the Bayesian criterion, and e(t) kept at its place, so that calm and restless years stay where
they were. No later figure enters; the same observations give the same line.

Source: wild bootstrap: Phillips and Shi (2020), Handbook of Statistics 42; autocorrelation of the
drawn differences: Chang and Park (2003), Journal of Time Series Analysis 24(4).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_LAGS", "MOST_WORLDS", "WORLDS", "OwnLine", "own_line"]

# Worlds: more where the answer hangs on the line than where only the share is told. With the
# place of the quantile below either number makes the level exact.
WORLDS, MOST_WORLDS = 299, 999
# Most lags from which the criterion chooses: one year of months, two of quarters.
MOST_LAGS = {True: 12, False: 8}
_SEED = 20150601
_BLOCK = 50  # worlds at once: their sums stay in the cache
_KEPT = 64  # a report asks for some ten, and for the same ones again in another language
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OwnLine:
    """BSADF of the last date in bubble-free worlds with the series' own short swings.

    Attributes
    ----------
    critical : float
        Its quantile over the worlds, at the level of the plain line.
    lag : int
        Lagged differences of the worlds, chosen by the criterion.
    worlds : int
        How many were drawn.
    chance_pct : float
        Worlds whose statistic of the last date lies above the plain line, in percent; of random
        walks without autocorrelation it is 100 minus the level.
    """

    critical: float
    lag: int
    worlds: int
    chance_pct: float


def _stable(slopes: Floats) -> bool:
    """Whether the differences return to their mean; else the worlds would explode themselves."""
    lag = len(slopes)
    companion = np.eye(lag, k=-1)
    companion[:1] = slopes
    return lag == 0 or bool(np.abs(np.linalg.eigvals(companion)).max() < 1.0)


def _last_statistic(worlds: Floats, window: int) -> Floats:
    """BSADF of the last observation without lags; worlds are the columns of (n, worlds)."""
    n = len(worlds)
    level = worlds - worlds[-1]
    d, x = np.diff(level, axis=0)[::-1], level[-2::-1]

    def summed(values: Floats) -> Floats:
        whole: Floats = np.cumsum(values, axis=0)[window - 2 :]
        return whole

    rows = np.arange(window - 1.0, n)[:, None]
    sum_x, sum_d = summed(x), summed(d)
    cross = summed(x * d) - sum_x * sum_d / rows
    rest = (summed(x * x) - sum_x**2 / rows) * (summed(d * d) - sum_d**2 / rows) - cross**2
    square = np.full_like(rest, -np.inf)
    np.divide(cross * np.abs(cross) * (rows - 2.0), rest, out=square, where=rest > 0)
    most = square.max(axis=0)
    found: Floats = np.copysign(np.sqrt(np.abs(most)), most)
    return found


def own_line(
    values: Floats, plain: float, *, monthly: bool, window: int, level_pct: int, worlds: int
) -> OwnLine | None:
    """The line of a series at its last date.

    Parameters
    ----------
    values : array (n,)
        Observations up to the date, at least `window` of them.
    plain : float
        The line of a random walk at the date.
    monthly : bool
        Else quarterly: decides how many lags may be chosen.
    window : int
        Shortest window of the statistic, in observations.
    level_pct : int
        Level of the quantile.
    worlds : int
        How many are drawn.

    Returns
    -------
    OwnLine or None
        None where the differences do not vary or tell each other exactly: nothing can be drawn.
    """
    return _made(values.tobytes(), plain, monthly, window, level_pct, worlds)


def _fitted(y: Floats, most: int) -> tuple[Floats, Floats]:
    """Slopes and residuals of the differences, with the lags that the criterion prefers.

    The lags are compared on common rows: of the Cholesky factor of the regressors' and the
    regressand's products, the last row holds what each further lag explains.

    Raises
    ------
    numpy.linalg.LinAlgError
        Where the differences do not vary, or a few of them tell all others exactly.
    """
    d = np.diff(y)
    columns = [d[most - i : len(d) - i] for i in range(1, most + 1)]
    table = np.column_stack((*columns, d[most:]))
    table -= table.mean(axis=0)
    explained = np.linalg.cholesky(table.T @ table)[-1] ** 2
    rest, rows = np.cumsum(explained[::-1])[::-1], len(table)
    lag = int(np.argmin(rows * np.log(rest) + np.arange(most + 1.0) * np.log(rows)))
    while True:
        columns = [d[lag - i : len(d) - i] for i in range(1, lag + 1)]
        table = np.column_stack((*columns, d[lag:]))
        table -= table.mean(axis=0)
        x, target = table[:, :lag], table[:, lag]
        slopes = np.linalg.solve(x.T @ x, x.T @ target)
        if _stable(slopes):
            return slopes, target - x @ slopes
        lag -= 1


@lru_cache(maxsize=_KEPT)
def _made(
    data: bytes, plain: float, monthly: bool, window: int, level_pct: int, count: int
) -> OwnLine | None:
    from debtcycle.bubbles.autoregression import grow

    y = np.frombuffer(data)
    # A fifth of the sample at most, so that a short one is not fitted by heart.
    try:
        slopes, residuals = _fitted(y, min(MOST_LAGS[monthly], len(y) // 5))
    except np.linalg.LinAlgError:
        return None
    lag, draw = len(slopes), np.random.default_rng(_SEED)
    shocks = residuals[:, None] * draw.standard_normal((len(residuals), count))
    first = np.repeat(np.diff(y[: lag + 1])[:, None], count, axis=1)
    worlds = grow(slopes, shocks[None], first, np.full(count, y[0]))[0]
    blocks = np.array_split(worlds, -(-count // _BLOCK), axis=1)
    found = np.concatenate([_last_statistic(np.ascontiguousarray(b), window) for b in blocks])
    # The place that makes the level exact for a statistic that is one more draw of the same.
    place = int(np.ceil(level_pct / 100 * (count + 1))) - 1
    chance_pct = float(100.0 * (found > plain).mean())
    return OwnLine(float(np.sort(found)[place]), lag, count, chance_pct)
