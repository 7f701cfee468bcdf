"""Paths that did not solve: how many, and which were the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["FAILED_KEPT", "Failed"]

FAILED_KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class Failed:
    """Failed paths of some part of an ensemble.

    Attributes
    ----------
    count : int
    first : tuple of int
        The lowest ids among them, at most 100.
    """

    count: int = 0
    first: tuple[int, ...] = ()

    @classmethod
    def of(cls, failed: NDArray[np.bool_], first_path: int) -> Failed:
        """Read a mask over paths in a row."""
        ids = np.flatnonzero(failed)
        return cls(len(ids), tuple(int(i) + first_path for i in ids[:FAILED_KEPT]))

    def merge(self, other: Failed) -> Failed:
        """Those of both parts."""
        return Failed(
            self.count + other.count, tuple(sorted(self.first + other.first)[:FAILED_KEPT])
        )
