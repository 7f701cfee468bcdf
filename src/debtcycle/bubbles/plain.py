"""The plain twins of the compiled kernels: one least-squares regression a window, in NumPy.

They are slow and short. Tests hold the kernels to them, and they say what those compute.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "plain_adf",
    "plain_chosen_adf",
    "plain_psymonitor_adf",
    "plain_sequences",
    "plain_squares",
]

Values = NDArray[np.float64]


def _regression(window: Values, lag: int) -> tuple[Values, Values]:
    """Regressors (level, lags; about their means) and regressand of a window."""
    d = np.diff(window)
    columns = [window[lag:-1] - window[0]]
    columns += [d[lag - i : len(d) - i] for i in range(1, lag + 1)]
    x, y = np.column_stack(columns), d[lag:]
    return x - x.mean(axis=0), y - y.mean()


def plain_adf(window: Values, lag: int = 0) -> float:
    """The augmented Dickey-Fuller t-statistic, with a constant and `lag` lagged differences."""
    x, y = _regression(window, lag)
    q, r = np.linalg.qr(np.roll(x, -1, axis=1))  # the level last
    rest = y - q @ (q.T @ y)
    slope = q[:, -1] @ y / r[-1, -1]
    variance = rest @ rest / (len(y) - lag - 2)
    return float(slope * abs(r[-1, -1]) / np.sqrt(variance))


def plain_squares(window: Values, lag: int) -> float:
    """Squared residuals of the regression."""
    x, y = _regression(window, lag)
    q, _ = np.linalg.qr(x)
    rest = y - q @ (q.T @ y)
    return float(rest @ rest)


def plain_chosen_adf(window: Values, most: int, price: str) -> float:
    """The statistic with the lags, 0 to `most`, that AIC or BIC prefers on common rows.

    R log(S/R) + (k + 2) p is smallest, S the squared residuals, R the rows that all have in
    common, p = log R for ``bic`` and 2 for ``aic``; then all rows of the chosen lag are used.
    """
    costs, rows = [], len(window) - 1 - most
    for lag in range(most + 1):
        rest = plain_squares(window[most - lag :], lag)
        cost = np.log(rows) if price == "bic" else 2.0
        costs.append(rows * np.log(rest / rows) + (lag + 2) * cost)
    return plain_adf(window, int(np.argmin(costs)))


def plain_psymonitor_adf(window: Values, most: int, price: str) -> float:
    """The same by the convention of psymonitor.

    The likelihood is that of errors of unit variance on each lag's own rows; its cost and the
    degrees of freedom of the statistic are those of the most lags.
    """
    costs, rows = [], len(window) - 1 - most
    for lag in range(most + 1):
        used = len(window) - 1 - lag
        likelihood = -used / 2 * np.log(2 * np.pi) - plain_squares(window, lag) / 2
        cost = np.log(rows) if price == "bic" else 2.0
        costs.append(-2 * likelihood / rows + (lag + 2) * cost / rows)
    lag = int(np.argmin(costs))
    own, theirs = len(window) - 3 - 2 * lag, len(window) - 3 - 2 * most
    return plain_adf(window, lag) * float(np.sqrt(theirs / own))


def plain_sequences(
    y: Values, window: int, lag: int = 0, rule: str | None = None
) -> tuple[Values, Values]:
    """BADF and BSADF, each of length n with NaN before the last observation of the first window.

    `rule` is one of those of `sup_adf`; `lag` is then the most lags.
    """
    n = len(y)
    badf, bsadf = np.full(n, np.nan), np.full(n, np.nan)

    def one(part: Values) -> float:
        if rule is None:
            return plain_adf(part, lag)
        chosen = plain_psymonitor_adf if rule.startswith("psymonitor-") else plain_chosen_adf
        return chosen(part, lag, rule.rpartition("-")[2])

    for end in range(window - 1, n):
        found = [one(y[start : end + 1]) for start in range(end - window + 2)]
        badf[end], bsadf[end] = found[0], max(found)
    return badf, bsadf
