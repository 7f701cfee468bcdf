"""The model under the null: differences with a few lags and no level, and series drawn from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.bubbles.critical import Values
from debtcycle.errors import ConfigError

__all__ = ["Null", "drawable_null", "fit_null", "grow", "null_lags"]


@dataclass(frozen=True, slots=True)
class Null:
    """d[t] = a + g1 d[t-1] + .. + gk d[t-k] + e[t], by least squares.

    Attributes
    ----------
    slopes : array (k,)
    residuals : array (n - 1 - k,)
        They add up to zero, because of the constant.
    """

    slopes: Values
    residuals: Values


def fit_null(y: Values, lag: int) -> Null:
    """Fit the model to a series."""
    d = np.diff(y)
    columns = [np.ones(len(d) - lag)]
    columns += [d[lag - i : len(d) - i] for i in range(1, lag + 1)]
    regressors, target = np.column_stack(columns), d[lag:]
    found = np.asarray(np.linalg.lstsq(regressors, target, rcond=None)[0], dtype=np.float64)
    return Null(found[1:], target - regressors @ found)


def drawable_null(y: Values, lag: int) -> Null:
    """The same, refused where it fits perfectly: there is nothing to draw from.

    Raises
    ------
    ConfigError
        ``bubbles.residuals``.
    """
    found = fit_null(y, lag)
    if not np.abs(found.residuals).max() > 1e-12 * np.abs(y).max():
        raise ConfigError("bubbles.residuals")
    return found


def null_lags(y: Values, most: int, price: str) -> int:
    """Lags from 0 to `most` that AIC or BIC prefers under the null, on common rows."""
    best, chosen = np.inf, 0
    for lag in range(most + 1):
        rest = fit_null(y[most - lag :], lag).residuals
        rows = len(rest)
        cost = np.log(rows) if price == "bic" else 2.0
        square = max(float(rest @ rest) / rows, np.finfo(float).tiny)
        criterion = float(rows * np.log(square) + (lag + 1) * cost)
        if criterion < best:
            best, chosen = criterion, lag
    return chosen


def grow(
    slopes: NDArray[np.float64], shocks: Values, first: Values, level: NDArray[np.float64]
) -> Values:
    """Series from shocks, without drift.

    Parameters
    ----------
    slopes : array (k,) or (k, series)
        Slopes of the lagged differences; of each series its own in the second form.
    shocks : array (count, steps, series)
    first : array (k, series)
        The first k differences.
    level : array (series,)
        The first observation.

    Returns
    -------
    array (count, 1 + k + steps, series)
    """
    lag = len(first)
    count, steps, members = shocks.shape
    d = np.empty((count, lag + steps, members))
    d[:, :lag] = first
    for t in range(lag, lag + steps):
        d[:, t] = shocks[:, t - lag]
        for i in range(lag):
            d[:, t] += slopes[i] * d[:, t - 1 - i]
    start = np.broadcast_to(level, (count, 1, members))
    return np.concatenate((start, start + np.cumsum(d, axis=1)), axis=1)
