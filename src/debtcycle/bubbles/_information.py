"""Compiled: every window with the number of lags that an information criterion prefers in it.

Scalar, from the same prefix sums as the kernel; a window in doubt is computed again by itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.bubbles._careful import careful_window
from debtcycle.bubbles._native import CROSS, LEVEL, SQUARE, SUM, TRUST, compiled
from debtcycle.bubbles.kernel import BLOCK, Values, root, scan, workspace
from debtcycle.bubbles.rules import AIC, BIC, CONSTANT, FINE, PERFECT, PSYMONITOR_BIC

__all__ = ["chosen_statistics"]


@compiled
def _fit(table, most, lag, start, end, m):  # type: ignore[no-untyped-def]
    """Signed square of t, squared residuals, and whether digits were lost, from prefix sums."""
    products, before, rows = CROSS + most + 1, start + lag, end - start - lag
    x, d = lag, lag + 1
    m[x, x] = table[SQUARE, end] - table[SQUARE, before]
    m[x, d] = table[CROSS, end] - table[CROSS, before]
    m[d, d] = table[products, end] - table[products, before]
    for i in range(lag):
        m[i, x] = table[CROSS + i + 1, end] - table[CROSS + i + 1, before]
        m[i, d] = table[products + i + 1, end] - table[products + i + 1, before]
        for j in range(i, lag):
            row = products + j - i
            m[i, j] = table[row, end - i - 1] - table[row, before - i - 1]
    for i in range(lag + 2):
        shift = i + 1 if i < lag else 0
        row = SUM if i == x else LEVEL
        m[lag + 2, i] = table[row, end - shift] - table[row, before - shift]
    for i in range(lag + 2):
        for j in range(i, lag + 2):
            m[i, j] -= m[lag + 2, i] * m[lag + 2, j] / rows
    least = 1e-7 * table[products, end]
    lost = False
    for pivot in range(lag):
        lost |= m[pivot, pivot] <= least
        for i in range(pivot + 1, lag + 2):
            factor = m[pivot, i] / m[pivot, pivot]
            for j in range(i, lag + 2):
                m[i, j] -= factor * m[pivot, j]
    c, rest = m[x, d], m[x, x] * m[d, d] - m[x, d] ** 2
    lost |= rest <= table[TRUST, end]
    return c * abs(c) * (rows - lag - 2) / rest, rest / m[x, x], lost


@compiled
def _sure(y, table, most, lag, start, end, m, columns):  # type: ignore[no-untyped-def]
    value, rest, lost = _fit(table, most, lag, start, end, m)
    if lost:
        return careful_window(y, start, end, columns[: lag + 2])
    return value, rest, FINE


@compiled
def _criterion(rest, rows, lag, most, observations, rule):  # type: ignore[no-untyped-def]
    """What is smallest for the preferred number of lags."""
    if rule == BIC:
        return rows * np.log(rest / rows) + (lag + 2) * np.log(rows)
    if rule == AIC:
        return rows * np.log(rest / rows) + 2 * (lag + 2)
    # psymonitor: errors of unit variance, rows of each lag's own, divided by those of the most.
    base = observations - 1 - most
    price = np.log(base) if rule == PSYMONITOR_BIC else 2.0
    return ((observations - 1 - lag) * np.log(2 * np.pi) + rest + (lag + 2) * price) / base


@compiled
def chosen_window(y, table, most, start, end, rule, m, columns):  # type: ignore[no-untyped-def]
    """Signed square of t with the preferred number of lags, that number, and the code."""
    observations = end - start + 1
    best, chosen, value, code, decided = np.inf, 0, np.nan, FINE, False
    # One step for each number of lags, and a last one for what was chosen.
    for step in range(most + 2):
        final = decided or step == most + 1
        lag = chosen if final else step
        first = start if final or rule >= PSYMONITOR_BIC else start + most - lag
        value, rest, code = _sure(y, table, most, lag, first, end, m, columns)
        if final:
            break
        if code == CONSTANT and rest == np.inf and lag > 0:
            continue  # these lags are collinear; fewer may not be
        if code != FINE:
            # A perfect fit cannot be improved upon; without variation nothing can be said.
            chosen, decided = lag, True
            continue
        criterion = _criterion(rest, end - first - lag, lag, most, observations, rule)
        if criterion < best:
            best, chosen = criterion, lag
    if rule >= PSYMONITOR_BIC:
        value *= (observations - 3 - 2 * most) / (observations - 3 - 2 * chosen)
    return value, chosen, code


@compiled
def _chosen_sequences(y, window, most, rule, table, badf, bsadf, lags, flags):  # type: ignore[no-untyped-def]
    """Fill BADF, BSADF, the lags of the windows that gave BSADF, and flags."""
    n = len(y)
    m, columns = np.zeros((most + 3, most + 2)), np.empty((most + 2, n))
    for end in range(window - 1, n):
        bsadf[end] = -np.inf
    for first in range(0, n - window + 1, BLOCK):
        scan(y, first, most, table)
        for start in range(first, min(first + BLOCK, n - window + 1)):
            for end in range(start + window - 1, n):
                value, lag, code = chosen_window(y, table, most, start, end, rule, m, columns)
                flags[end] = max(flags[end], code)
                if start == 0:
                    badf[end] = root(value)
                if code == PERFECT:
                    bsadf[end] = np.nan
                elif code != CONSTANT and value > bsadf[end]:
                    bsadf[end], lags[end] = value, lag
    for end in range(window - 1, n):
        bsadf[end] = np.nan if bsadf[end] == -np.inf else root(bsadf[end])


def chosen_statistics(
    y: Values, window: int, most: int, rule: int
) -> tuple[Values, Values, NDArray[np.int8], NDArray[np.int64]]:
    """BADF, BSADF and flags with lags chosen in each window, and the lags that gave BSADF."""
    n = len(y)
    badf, bsadf, flags = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, np.int8)
    lags = np.zeros(n, np.int64)
    table, _, _ = workspace(n, window, most)
    _chosen_sequences(y, window, most, rule, table, badf, bsadf, lags, flags)
    return badf, bsadf, flags, lags
