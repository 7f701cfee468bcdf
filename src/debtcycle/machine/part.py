"""What is known of some paths of a simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.ensemble import Sketch
from debtcycle.machine.faults import Fault, first_faults
from debtcycle.machine.window import Counts

__all__ = ["Part", "Tally"]


@dataclass(slots=True)
class Tally:
    """What is counted path by path; tallies add up in the order of their paths.

    Attributes
    ----------
    phases : int64 array, shape (quarters + 1, phases)
    bursts : int64 array, shape (quarters + 1, 2)
    window, window_without : Counts
    outside : int64 array, shape (2, 3)
    worst_account : float
    faults : tuple of Fault
        See `debtcycle.machine.simulation.Outcome`, which has them as parts of all paths.
    """

    phases: NDArray[np.int64]
    bursts: NDArray[np.int64]
    window: Counts
    window_without: Counts
    outside: NDArray[np.int64]
    worst_account: float
    faults: tuple[Fault, ...]

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.phases + other.phases,
            self.bursts + other.bursts,
            self.window + other.window,
            self.window_without + other.window_without,
            self.outside + other.outside,
            max(self.worst_account, other.worst_account),
            first_faults((*self.faults, *other.faults)),
        )


@dataclass(slots=True)
class Part:
    """What is known of some paths: distributions by side, and counts."""

    sketches: dict[str, Sketch]
    tally: Tally

    def merge(self, other: Part) -> Part:
        """Both together, in this one's place; the other is used up."""
        for side, sketch in self.sketches.items():
            sketch.merge(other.sketches[side])
            other.sketches[side].release()
        return Part(self.sketches, self.tally + other.tally)

    def release(self) -> None:
        """Leave the memory of the sketches to others."""
        for sketch in self.sketches.values():
            sketch.release()
