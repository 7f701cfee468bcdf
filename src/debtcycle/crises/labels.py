"""Which country-years count as before a crisis, which as calm, and which as neither."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debtcycle.crises._check import Floats, panel
from debtcycle.errors import ConfigError

__all__ = ["AFTER_YEARS", "ahead", "drop_after", "lagged", "without_years"]

AFTER_YEARS = 2


def lagged(values: Floats, years: int) -> Floats:
    """The table moved: column t holds what stood at t - `years`; NaN where nothing did."""
    moved = np.full(values.shape, np.nan)
    if abs(years) >= values.shape[1]:
        return moved
    if years >= 0:
        moved[:, years:] = values[:, : values.shape[1] - years]
    else:
        moved[:, :years] = values[:, -years:]
    return moved


def ahead(crisis: ArrayLike, horizon: int, *, first: int = 1) -> Floats:
    """1 where a crisis begins `first` to `horizon` years later, 0 where none does.

    Parameters
    ----------
    crisis : array_like, shape (countries, years)
        1 in the year in which a crisis begins, 0 otherwise, NaN where nobody has looked.
    horizon : int
        Years h to look ahead.
    first : int, default 1
        First of these years.

    Returns
    -------
    ndarray, shape (countries, years)
        NaN where one of the years ahead is not known, so always in the last h years: a crisis
        that has begun there would be seen, a calm one would not, and that would tilt the odds.

    Raises
    ------
    ConfigError
        ``crises.option`` for an empty span.
    """
    begins = panel(crisis, "crisis")
    if not 0 <= first <= horizon:
        raise ConfigError("crises.option", name="horizon", value=horizon)
    later = np.stack([lagged(begins, -years) for years in range(first, horizon + 1)])
    return np.where(np.isnan(later).any(axis=0), np.nan, (later > 0).any(axis=0))


def drop_after(values: Floats, crisis: ArrayLike, years: int = AFTER_YEARS) -> Floats:
    """The table without the years of a crisis' beginning and the `years` after it.

    What is seen there is the crisis itself and not a warning of one.
    """
    begins = panel(crisis, "crisis", values.shape)
    before = np.stack([lagged(begins, back) for back in range(years + 1)])
    return np.where((before > 0).any(axis=0), np.nan, values)


def without_years(values: Floats, times: NDArray[np.int64], left_out: Iterable[int]) -> Floats:
    """The table without these years."""
    return np.where(np.isin(times, list(left_out))[None, :], np.nan, values)
