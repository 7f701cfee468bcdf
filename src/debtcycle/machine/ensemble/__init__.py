"""Many paths at once: their shocks, their quantiles, and the workers that share them.

Whatever the number of workers, the machines and the order in which parts come back, the same seed
gives the same bytes: draws have addresses (`normals`), counts are whole numbers and sums have a
fixed order (`Sketch`), and the parts are merged by the paths' ids (`run_ensemble`).

A model brings a job, ``job(seed, first_path, paths)``: it draws, simulates some thousand paths at
a time, adds them to a sketch and gives that back. `run_ensemble` hands the job's chunks to the
threads of one machine, or to a Dask cluster by its address; a run that is cut off can go on from a
`Checkpoint`. A cluster of this machine starts with
``python -m debtcycle.machine.ensemble.start_cluster 4``.
"""

from __future__ import annotations

from debtcycle.machine.ensemble.checkpoint import Checkpoint, Told
from debtcycle.machine.ensemble.chunks import Job, Mergeable, Progress
from debtcycle.machine.ensemble.failed import Failed
from debtcycle.machine.ensemble.moments import LANE
from debtcycle.machine.ensemble.randomness import normals
from debtcycle.machine.ensemble.run import run_ensemble
from debtcycle.machine.ensemble.sketch import EXACT_PATHS, Sketch
from debtcycle.machine.ensemble.spare import spare

__all__ = [
    "EXACT_PATHS",
    "LANE",
    "Checkpoint",
    "Failed",
    "Job",
    "Mergeable",
    "Progress",
    "Sketch",
    "Told",
    "normals",
    "run_ensemble",
    "spare",
]
