"""What a test of acceptance gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Beside", "Outcome", "above", "below", "between", "mean"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One part of one test: a number and the bounds fixed before it was computed.

    Attributes
    ----------
    test : int
        Number of the test, 1 to 16.
    part : str
        What is measured, with its unit; the text is in the message catalogues.
    low, high : float or None
        Bounds; None where there is none.
    """

    test: int
    part: str
    value: float
    low: float | None
    high: float | None

    @property
    def passed(self) -> bool:
        """Whether the number lies within its bounds."""
        if not np.isfinite(self.value):
            return False
        if self.low is not None and self.value < self.low:
            return False
        return self.high is None or self.value <= self.high


@dataclass(frozen=True, slots=True)
class Beside:
    """A number without bounds that is printed beside a test, so that it can be judged.

    Attributes
    ----------
    test : int
        Number of the test beside which it stands.
    part : str
        What is measured, with its unit; the text is in the message catalogues.
    """

    test: int
    part: str
    value: float


def between(test: int, part: str, value: ArrayLike, low: float, high: float) -> Outcome:
    """A number that must lie between two others."""
    return Outcome(test, part, float(np.asarray(value)), low, high)


def above(test: int, part: str, value: ArrayLike, low: float) -> Outcome:
    """A number that must reach another."""
    return Outcome(test, part, float(np.asarray(value)), low, None)


def below(test: int, part: str, value: ArrayLike, high: float) -> Outcome:
    """A number that must not exceed another."""
    return Outcome(test, part, float(np.asarray(value)), None, high)


def mean(values: Values) -> Values:
    """Mean over paths, those that failed left out."""
    return np.asarray(np.nanmean(values, axis=-1))
