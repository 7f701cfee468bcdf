"""Standing of a figure among those known so far."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

import numpy as np
from numpy.typing import ArrayLike

from debtcycle.crises._check import Floats

__all__ = ["percentile_known"]


def _row(values: list[float], least: int) -> list[float]:
    before: list[float] = []
    found = []
    for value in values:
        if value != value:
            found.append(np.nan)
            continue
        below, upto = bisect_left(before, value), bisect_right(before, value)
        if len(before) + 1 >= least:
            rank = below + (upto - below + 1) / 2.0
            found.append(100.0 * rank / (len(before) + 1))
        else:
            found.append(np.nan)
        insort(before, value)
    return found


def percentile_known(values: ArrayLike, least: int = 10) -> Floats:
    r"""Expanding mid-rank percentile along the last axis.

    .. math:: 100 \frac{\#\{s < t: x_s < x_t\} + \tfrac12 (\#\{s < t: x_s = x_t\} + 1)}{n_t + 1}

    Parameters
    ----------
    values : array_like, shape (n,) or (countries, years)
        NaN is "no figure" and counts for nothing.
    least : int, default 10
        Figures, the present one included, that a percentile needs; NaN before.

    Returns
    -------
    ndarray, same shape
        Between 0 and 100. No later figure enters.
    """
    table = np.asarray(values, dtype=np.float64)
    rows = table.reshape(-1, table.shape[-1]) if table.ndim > 1 else table[None, :]
    found = np.array([_row(row.tolist(), least) for row in rows])
    return found.reshape(table.shape)
