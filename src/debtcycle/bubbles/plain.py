"""The plain twin of the compiled kernels: one least-squares regression a window, in NumPy.

It is slow and short. Tests hold the kernels to it, and it says what they compute.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["plain_adf", "plain_sequences", "plain_squares"]

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


def plain_sequences(y: Values, window: int, lag: int = 0) -> tuple[Values, Values]:
    """BADF and BSADF, each of length n with NaN before the last observation of the first window."""
    n = len(y)
    badf, bsadf = np.full(n, np.nan), np.full(n, np.nan)
    for end in range(window - 1, n):
        found = [plain_adf(y[start : end + 1], lag) for start in range(end - window + 2)]
        badf[end], bsadf[end] = found[0], max(found)
    return badf, bsadf
