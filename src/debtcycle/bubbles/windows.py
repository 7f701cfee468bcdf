"""Conventions of windows: how many observations the shortest has, and what others call it.

Throughout, a window is a number of *observations* of the series. A regression with k lags on w
observations has w - 1 - k rows. The first value of a sequence belongs to the last observation of
the first window, place w - 1 when places are counted from 0.
"""

from __future__ import annotations

import math

from debtcycle.errors import ConfigError

__all__ = [
    "MOST_LAGS",
    "checked_count",
    "checked_lag",
    "checked_window",
    "default_duration",
    "default_window",
    "from_exuber",
    "least_window",
    "to_exuber",
]

MOST_LAGS = 12  # each number of lags is code of its own, longer than that of the one before


def default_window(n: int) -> int:
    """Shortest window of Phillips, Shi and Yu (2015): floor((.01 + 1.8/sqrt(n)) n) observations.

    The same as psymonitor's ``swindow0``.
    """
    return math.floor((0.01 + 1.8 / math.sqrt(n)) * n) if n > 0 else 0


def default_duration(n: int) -> int:
    """Shortest episode that is dated: floor(log n) observations, at least one.

    Phillips, Shi and Yu (2015) take delta log(n) with delta by frequency; this is delta = 1,
    which gives seven months for 1,680 months.
    """
    return max(1, math.floor(math.log(n))) if n > 0 else 1


def least_window(lag: int) -> int:
    """Observations that leave a regression with `lag` lags one degree of freedom: 2 lag + 4."""
    return 2 * lag + 4


def from_exuber(minw: int, lag: int = 0) -> int:
    """Observations in a window that exuber calls `minw`: it counts rows, so minw + 1 + lag."""
    return minw + 1 + lag


def to_exuber(window: int, lag: int = 0) -> int:
    """What exuber calls a window of so many observations: its rows, window - 1 - lag."""
    return window - 1 - lag


def checked_count(name: str, value: object) -> int:
    """A whole number of at least one.

    Raises
    ------
    ConfigError
        ``bubbles.count``.
    """
    found = _whole(value)
    if found < 1:
        raise ConfigError("bubbles.count", name=name, value=value)
    return found


def _whole(value: object) -> int:
    """A whole number of any kind; -1 for anything else."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return -1
    return int(value.__index__())


def checked_lag(lag: object) -> int:
    """A number of lags.

    Raises
    ------
    ConfigError
        ``bubbles.lag``.
    """
    found = _whole(lag)
    if not 0 <= found <= MOST_LAGS:
        raise ConfigError("bubbles.lag", lag=lag, most=MOST_LAGS)
    return found


def checked_window(window: object, n: int, lag: int) -> int:
    """The shortest window, by default that of Phillips, Shi and Yu.

    Raises
    ------
    ConfigError
        ``bubbles.short`` or ``bubbles.window``.
    """
    least = least_window(lag)
    if n < least + 2:
        raise ConfigError("bubbles.short", n=n, least=least + 2, lag=lag)
    if window is None:
        return min(max(default_window(n), least), n)
    found = _whole(window)
    if not least <= found <= n:
        raise ConfigError("bubbles.window", window=window, least=least, most=n)
    return found
