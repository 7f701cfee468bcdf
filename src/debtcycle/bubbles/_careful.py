"""One window with all the care that doubles allow: the way out where prefix sums are not enough."""

from __future__ import annotations

import numpy as np

from debtcycle.bubbles._native import compiled
from debtcycle.bubbles.rules import COLLINEAR, CONSTANT, FINE, PERFECT, ROUND_OFF

__all__ = ["careful_window", "columns_of", "orthogonal"]


@compiled
def columns_of(y, start, end, columns):  # type: ignore[no-untyped-def]
    """Regressors and regressand of a window about their means: lags, level, difference.

    Two passes: first about the window's first observation, then about the mean.
    """
    lag = len(columns) - 2
    rows = end - start - lag
    for place in range(lag + 2):
        total = 0.0
        for row in range(rows):
            t = start + lag + 1 + row
            if place == lag:
                value = y[t - 1] - y[start]
            else:
                back = place + 1 if place < lag else 0
                value = y[t - back] - y[t - back - 1]
            columns[place, row] = value
            total += value
        mean = total / rows
        for row in range(rows):
            columns[place, row] -= mean


@compiled
def orthogonal(columns, rows, floor, noise):  # type: ignore[no-untyped-def]
    """Make what follows the lags orthogonal to them, twice over; False if they are collinear.

    `noise` becomes the round-off of the lags, the level and the difference, in that of the
    observations: what is subtracted brings its own.
    """
    lag = len(columns) - 2
    noise[:] = 1.0
    for place in range(lag):
        square = 0.0
        for row in range(rows):
            square += columns[place, row] ** 2
        if square <= floor * noise[place] ** 2:
            return False
        for other in range(place + 1, lag + 2):
            for turn in range(2):
                cross = 0.0
                for row in range(rows):
                    cross += columns[place, row] * columns[other, row]
                cross /= square
                for row in range(rows):
                    columns[other, row] -= cross * columns[place, row]
                if turn == 0:
                    noise[other] += abs(cross) * noise[place]
    return True


@compiled
def _regressed(y, start, end, floor, columns):  # type: ignore[no-untyped-def]
    """As `careful_window`, but `COLLINEAR` is told apart."""
    lag = len(columns) - 2
    rows = end - start - lag
    noise = np.empty(lag + 2)
    columns_of(y, start, end, columns)
    if not orthogonal(columns, rows, floor, noise):
        return np.nan, np.inf, COLLINEAR
    square = cross = 0.0
    for row in range(rows):
        square += columns[lag, row] ** 2
        cross += columns[lag, row] * columns[lag + 1, row]
    if square <= floor * noise[lag] ** 2:
        return np.nan, np.inf, COLLINEAR if lag > 0 else CONSTANT
    slope = cross / square
    rest = 0.0
    for row in range(rows):
        rest += (columns[lag + 1, row] - slope * columns[lag, row]) ** 2
    if rest <= floor * (noise[lag + 1] + abs(slope) * noise[lag]) ** 2:
        return np.nan, rest, PERFECT if slope > 0.0 and slope * slope * square > rest else CONSTANT
    freedom = rows - lag - 2
    return slope * abs(slope) * square * freedom / rest, rest, FINE


@compiled
def careful_window(y, start, end, columns):  # type: ignore[no-untyped-def]
    """Signed square of t, squared residuals, and `FINE`, `CONSTANT` or `PERFECT`.

    `PERFECT` is an explosive fit whose residuals are at the round-off of the observations: its t
    is beyond what the figures can tell. A level, a difference or a lag without variation, and a
    perfect fit that is not explosive, are `CONSTANT`: the window says nothing, or nothing about
    explosiveness. Where lags are collinear the most of them that are not decide whether the fit
    is perfect: the differences of an exponential are multiples of its level. The residuals are
    infinite where nothing was fitted. `columns` is room for (lag + 2, rows) numbers, and tells
    the lag.
    """
    largest = 0.0
    for t in range(start, end + 1):
        largest = max(largest, abs(y[t]))
    lag = len(columns) - 2
    floor = (end - start - lag) * (ROUND_OFF * largest) ** 2
    value, rest, code = _regressed(y, start, end, floor, columns)
    if code != COLLINEAR:
        return value, rest, code
    for fewer in range(lag - 1, -1, -1):
        _, _, code = _regressed(y, start, end, floor, columns[: fewer + 2])
        if code != COLLINEAR:
            break
    return np.nan, np.inf, PERFECT if code == PERFECT else CONSTANT
