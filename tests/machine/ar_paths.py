"""A toy economy: three first-order autoregressions, some paths of which fail."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from debtcycle.machine.ensemble import Sketch, normals

PERSISTENCE = 0.9


@dataclass(frozen=True, slots=True)
class AutoRegressions:
    """x = 0.9 x(-1) + e from x = 0; a path fails if its first variable ends above `breaking`."""

    total: int
    quarters: int = 6
    tile: int = 512
    breaking: float = 5.0
    seconds: float = 0.0
    broken_path: int = -1
    notes: str = ""  # folder in which each begun chunk leaves a file: first path, process

    def __call__(self, seed: int, first_path: int, paths: int) -> Sketch:
        if first_path <= self.broken_path < first_path + paths:
            raise ArithmeticError("a fault of the job")
        if self.notes:
            Path(self.notes, f"{first_path}-{os.getpid()}").touch()
        time.sleep(self.seconds)
        sketch = Sketch.empty(("a", "b", "c"), self.quarters, self.total)
        for first in range(first_path, first_path + paths, self.tile):
            count = min(self.tile, first_path + paths - first)
            x = normals(seed, first, count, self.quarters, 3)
            for quarter in range(1, self.quarters):
                x[quarter] += PERSISTENCE * x[quarter - 1]
            sketch.add(x, first, x[-1, 0] > self.breaking)
        return sketch
