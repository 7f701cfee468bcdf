"""The compiled sup-ADF kernel: every window of a series once, most of them eight at a time.

For a window of observations s..e the regression

    d[t] = a + b y[t-1] + g1 d[t-1] + .. + gk d[t-k] + error,   t = s+k+1 .. e

has the t-statistic of b as its ADF statistic. All cross products of a window are differences of
prefix sums; the prefix sums are taken about the first observation of a block of `BLOCK` starts and
begin there, so that they never carry what lies before the windows. The lags are eliminated by
LDL', and the signed square c|c| f/(vx vd - c^2) is compared; the root is taken once at the end.
Where vx vd - c^2 is less than `TRUST_SHARE` of what went into it, digits were lost: those windows
are computed again, each by itself (`_careful`).

Nothing about a window depends on what comes after it: a longer sample gives the same bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.bubbles._careful import careful_window
from debtcycle.bubbles._native import (
    CROSS,
    LEVEL,
    SQUARE,
    SUM,
    TRUST,
    WIDTH,
    compiled,
    sweep,
)
from debtcycle.bubbles.rules import FINE, PERFECT, TRUST_SHARE

__all__ = [
    "BLOCK",
    "Values",
    "extremes",
    "root",
    "scan",
    "statistics",
    "supremum",
    "workspace",
]

BLOCK = 128
Values = NDArray[np.float64]


@compiled
def scan(y, first, lag, table):  # type: ignore[no-untyped-def]
    """Prefix sums from observation `first` on, about its value."""
    products = CROSS + lag + 1
    for row in range(len(table)):
        table[row, first] = 0.0
    base, total, squares = y[first], 0.0, 0.0
    for t in range(first + 1, len(y)):
        x, d = y[t - 1] - base, y[t] - y[t - 1]
        total += x
        squares += x * x
        table[LEVEL, t] = y[t] - base
        table[SUM, t] = total
        table[SQUARE, t] = squares
        table[CROSS, t] = table[CROSS, t - 1] + x * d
        table[products, t] = table[products, t - 1] + d * d
        table[TRUST, t] = TRUST_SHARE * squares * table[products, t]
    for j in range(1, lag + 1):
        for t in range(first + 1, min(first + j + 1, len(y))):
            table[CROSS + j, t] = table[products + j, t] = 0.0
        for t in range(first + j + 1, len(y)):
            x, d, back = y[t - 1] - base, y[t] - y[t - 1], y[t - j] - y[t - j - 1]
            table[CROSS + j, t] = table[CROSS + j, t - 1] + x * back
            table[products + j, t] = table[products + j, t - 1] + d * back


@compiled
def extremes(y):  # type: ignore[no-untyped-def]
    """Smallest and largest number; not numbers if one of them is not."""
    low = high = y[0]
    for value in y:
        low, high = min(low, value), max(high, value)
        if value != value:
            return value, value
    return low, high


@compiled
def root(signed_square):  # type: ignore[no-untyped-def]
    """From the signed square to t."""
    return np.copysign(np.sqrt(abs(signed_square)), signed_square)


@compiled
def _sweeps(order, table, inverse, begin, stop, first, last, window, lanes):  # type: ignore[no-untyped-def]
    """All ends begin..stop-1 against a block of starts."""
    for end in range(begin - begin % WIDTH, stop, WIDTH):
        limit = min(last, end + WIDTH - window + 1)
        sweep(order, table, inverse, end, first, limit, lanes)


@compiled
def workspace(n, window, lag):  # type: ignore[no-untyped-def]
    """Room that the kernel works in: prefix sums, -1/rows, one number for each end."""
    width = -(-n // WIDTH) * WIDTH
    inverse = np.empty(width + 2 * WIDTH)
    for place in range(len(inverse)):
        rows = place - WIDTH
        inverse[place] = -1.0 / rows if rows >= window - 1 - lag else np.nan
    return np.zeros((CROSS + 2 * lag + 2, width)), inverse, np.empty(width)


@compiled
def supremum(order, y, window, table, inverse, lanes, badf, bsadf):  # type: ignore[no-untyped-def]
    """Fill BADF and BSADF from place window-1 on; whether some are infinite.

    `order` is ``(0,) * lag``; `table`, `inverse` and `lanes` come from `workspace`. What is
    infinite has to be put right by `_settle`.
    """
    n, doubt = len(y), False
    for first in range(0, n - window + 1, BLOCK):
        last = min(first + BLOCK, n - window + 1)
        begin = first + window - 1
        scan(y, first, len(order), table)
        if first == 0:
            _sweeps(order, table, inverse, begin, n, 0, 1, window, lanes)
            for end in range(begin, n):
                badf[end] = lanes[end]
                bsadf[end] = -np.inf
        _sweeps(order, table, inverse, begin, n, first, last, window, lanes)
        for end in range(begin, n):
            bsadf[end] = max(bsadf[end], lanes[end])
    for end in range(window - 1, n):
        doubt |= bsadf[end] == np.inf
        badf[end] = root(badf[end])
        bsadf[end] = root(bsadf[end])
    return doubt


@compiled
def _alone(order, y, window):  # type: ignore[no-untyped-def]
    """The kernel for one series, with room of its own."""
    n = len(y)
    badf, bsadf = np.full(n, np.nan), np.full(n, np.nan)
    table, inverse, lanes = workspace(n, window, len(order))
    doubt = supremum(order, y, window, table, inverse, lanes, badf, bsadf)
    return badf, bsadf, doubt


@compiled
def _settle(order, y, window, badf, bsadf, flags):  # type: ignore[no-untyped-def]
    """Ends in doubt again, window by window; those that lost digits with care."""
    n, lag, most = len(y), len(order), np.full(len(y), -np.inf)
    table, inverse, lanes = workspace(n, window, lag)
    columns = np.empty((lag + 2, n))
    for first in range(0, n - window + 1, BLOCK):
        last = min(first + BLOCK, n - window + 1)
        scan(y, first, lag, table)
        for end in range(first + window - 1, n):
            if bsadf[end] != np.inf:
                continue
            for start in range(first, min(last, end - window + 2)):
                _sweeps(order, table, inverse, end, end + 1, start, start + 1, window, lanes)
                value, code = lanes[end], FINE
                if value == np.inf:
                    value, _, code = careful_window(y, start, end, columns)
                flags[end] = max(flags[end], code)
                if start == 0:
                    badf[end] = root(value)
                if value > most[end]:
                    most[end] = value
    for end in range(window - 1, n):
        if bsadf[end] == np.inf:
            nothing = flags[end] == PERFECT or most[end] == -np.inf
            bsadf[end] = np.nan if nothing else root(most[end])


def statistics(y: Values, window: int, lag: int) -> tuple[Values, Values, NDArray[np.int8]]:
    """BADF, BSADF and flags of a series.

    Parameters
    ----------
    y : array (n,)
        Finite numbers.

    Returns
    -------
    badf, bsadf : array (n,)
        Not numbers before place window-1; BSADF not a number either where no window has an
        answer, or where an explosive root fits one perfectly.
    flags : array (n,) of int8
        The worst of the codes of `rules` met at each end.
    """
    order = (0,) * lag
    flags = np.zeros(len(y), np.int8)
    badf, bsadf, doubt = _alone(order, y, window)
    if doubt:
        _settle(order, y, window, badf, bsadf, flags)
    return badf, bsadf, flags
