"""What is known of some paths of a simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.ensemble import Sketch
from debtcycle.machine.faults import Fault, first_faults
from debtcycle.machine.window import Counts

__all__ = ["Part"]


@dataclass(slots=True)
class Part:
    """What is known of some paths; parts add up in the order of their paths."""

    sketches: dict[str, Sketch]
    phases: NDArray[np.int64]
    bursts: NDArray[np.int64]
    window: Counts
    window_without: Counts
    outside: NDArray[np.int64]
    worst_account: float
    faults: tuple[Fault, ...]

    def merge(self, other: Part) -> Part:
        """Both together."""
        for side, sketch in self.sketches.items():
            sketch.merge(other.sketches[side])
        return Part(
            self.sketches,
            self.phases + other.phases,
            self.bursts + other.bursts,
            self.window + other.window,
            self.window_without + other.window_without,
            self.outside + other.outside,
            max(self.worst_account, other.worst_account),
            first_faults((*self.faults, *other.faults)),
        )
