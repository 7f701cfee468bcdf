"""The kernel without lags in NumPy alone: for a few series, before the compiler would be loaded.

The same sums as in `kernel`, a block of starts against all ends at once. Where a window lost too
many digits it is computed again by itself, in two passes. Nothing about a window depends on what
comes after it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.bubbles.critical import Values
from debtcycle.bubbles.rules import CONSTANT, FINE, PERFECT, ROUND_OFF

__all__ = ["MOST_DOUBTS", "vector_statistics"]

BLOCK = 32  # starts: so few keep the sums near their base and the arrays in the cache
TRUST = 1e-5  # stricter than the kernel, whose own sums carry further
MOST_DOUBTS = 2_000  # windows; beyond these the compiler is loaded sooner than they are done


def _sums(y: Values, first: int) -> Values:
    """Prefix sums of d, x, x^2, x d, d^2 (rows) from observation `first` on, about its value.

    The place of each is that of the last observation that it holds.
    """
    x, d = y[first:-1] - y[first], np.diff(y[first:])
    parts = np.zeros((5, len(d) + 1))
    parts[0, 1:] = y[first + 1 :] - y[first]
    for place, part in enumerate((x, x * x, x * d, d * d), start=1):
        np.cumsum(part, out=parts[place, 1:])
    return parts


def _block(
    y: Values, window: int, first: int, last: int
) -> tuple[Values, NDArray[np.intp], NDArray[np.intp]]:
    """Signed squares of t of starts first..last-1 (rows) and ends from `first + window - 1` on.

    Minus infinity where the window would be too short, or where it lost too many digits: of those
    rows and columns follow.
    """
    sums, count = _sums(y, first), last - first
    ends = np.arange(window - 1.0, len(y) - first)
    length = ends - np.arange(float(count))[:, None]
    rows = np.maximum(length, 1.0)
    d, x, xx, xd, dd = (part[window - 1 :] - part[:count, None] for part in sums)
    mean = x / rows
    c = xd - mean * d
    rest = (xx - mean * x) * (dd - d * d / rows) - c * c
    fine = rest > TRUST * (sums[2] * sums[4])[window - 1 :]
    fine[:, :count] &= length[:, :count] >= window - 1
    c *= np.abs(c)
    c *= rows - 2.0
    found = np.full(c.shape, -np.inf)
    np.divide(c, rest, out=found, where=fine)
    doubt = np.nonzero(~fine & (length >= window - 1))
    return found, doubt[0], doubt[1]


def _alone(y: Values, start: int, end: int) -> tuple[float, int]:
    """Signed square of t and code of one window, in two passes."""
    x, d = y[start:end] - y[start], np.diff(y[start : end + 1])
    x, d = x - x.mean(), d - d.mean()
    floor = len(d) * (ROUND_OFF * float(np.abs(y[start : end + 1]).max())) ** 2
    square, cross = float((x * x).sum()), float((x * d).sum())
    if square <= floor:
        return np.nan, CONSTANT
    slope = cross / square
    rest = float(((d - slope * x) ** 2).sum())
    if rest <= floor * (1.0 + abs(slope)) ** 2:
        return np.nan, PERFECT if slope > 0.0 and slope * slope * square > rest else CONSTANT
    return slope * abs(slope) * square * (len(d) - 2) / rest, FINE


def vector_statistics(y: Values, window: int) -> tuple[Values, Values, NDArray[np.int8]] | None:
    """BADF, BSADF and flags without lags, as `kernel.statistics` gives them, to 1e-10.

    None where so many windows lost their digits that the kernel is quicker.

    Parameters
    ----------
    y : array (n,)
        Finite numbers.
    """
    n, doubts = len(y), 0
    badf, bsadf, flags = np.full(n, np.nan), np.full(n, -np.inf), np.zeros(n, np.int8)
    for first in range(0, n - window + 1, BLOCK):
        last = min(first + BLOCK, n - window + 1)
        found, rows, columns = _block(y, window, first, last)
        doubts += len(rows)
        if doubts > MOST_DOUBTS:
            return None
        begin = first + window - 1
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            value, code = _alone(y, first + row, begin + column)
            flags[begin + column] = max(flags[begin + column], code)
            found[row, column] = value if code == FINE else np.nan
        if first == 0:
            badf[begin:] = found[0]
        np.fmax(bsadf[begin:], np.fmax.reduce(found, axis=0), out=bsadf[begin:])
    bsadf[(bsadf == -np.inf) | (flags == PERFECT)] = np.nan
    return _root(badf), _root(bsadf), flags


def _root(signed_squares: Values) -> Values:
    """From signed squares to t."""
    return np.copysign(np.sqrt(np.abs(signed_squares)), signed_squares)
