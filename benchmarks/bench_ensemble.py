"""Speed of ensembles: draws, sketches, threads and a local Dask cluster, beside NumPy.

The economy here is a toy, ten autoregressions, so that what is timed is the machinery around a
model and not a model. That all ways give the same bytes is checked before their times are written.
"""

from __future__ import annotations

import importlib.util
import resource
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from _timing import Measure, timed, write_results

from debtcycle.machine.ensemble import Sketch, normals, run_ensemble
from debtcycle.machine.ensemble.cluster import local_cluster

PATHS, QUARTERS, SHOCKS = 1_000_000, 40, 10
TILE = 4096
VARIABLES = 30
SEED = 20251215


@dataclass(frozen=True)
class Toy:
    """x = 0.9 x(-1) + e for ten variables, each path from x = 0."""

    total: int

    def __call__(self, seed: int, first_path: int, paths: int) -> Sketch:
        """The sketch of some paths."""
        sketch = Sketch.empty([f"x{i}" for i in range(SHOCKS)], QUARTERS, self.total)
        for first in range(first_path, first_path + paths, TILE):
            count = min(TILE, first_path + paths - first)
            x = normals(seed, first, count, QUARTERS, SHOCKS)
            for quarter in range(1, QUARTERS):
                x[quarter] += 0.9 * x[quarter - 1]
            sketch.add(x, first)
        return sketch


def draws() -> list[Measure]:
    """Normals of a million paths, in tiles that are thrown away."""
    size = (QUARTERS, SHOCKS, TILE)
    generator = np.random.Generator(np.random.Philox(SEED))
    out = np.empty(size)
    normals(SEED, 0, TILE, QUARTERS, SHOCKS, out=out)
    one = timed(lambda: normals(SEED, 0, TILE, QUARTERS, SHOCKS, out=out), 9)
    peer = timed(lambda: generator.standard_normal(out=out), 9)

    def all_paths() -> None:
        def half(first: int) -> None:
            mine = np.empty(size)
            for start in range(first, PATHS, 2 * TILE):
                normals(SEED, start, TILE, QUARTERS, SHOCKS, out=mine)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(half, (0, TILE)))

    name = f"{PATHS:,} paths x {QUARTERS} quarters x {SHOCKS} normals, 2 threads"
    each = f"one normal, 1 thread ({one / out.size * 1e9:.1f} ns), a million of them"
    return [
        Measure(each, one / out.size * 1e6, None, "NumPy's Philox", peer / out.size * 1e6),
        Measure(name, timed(all_paths, 3)),
    ]


def sketches() -> list[Measure]:
    """Counting what a model gives: half the variables cross zero, half do not."""
    paths = 4 * TILE
    values = np.tile(normals(SEED, 0, paths, QUARTERS, 5), (1, VARIABLES // 5, 1))
    values[:, ::2] += 100.0
    names = [f"v{i}" for i in range(VARIABLES)]
    sketch = Sketch.empty(names, QUARTERS, PATHS)

    def add() -> None:
        first = 64 * sketch.moments.lanes[-1][1] if sketch.moments.lanes else 0
        for start in range(0, paths, TILE):
            tile = np.ascontiguousarray(values[:, :, start : start + TILE])
            sketch.add(tile, first + start)

    add()
    seconds = timed(add, 3)
    shares = [0.05, 0.25, 0.5, 0.75, 0.95]
    peer = timed(lambda: np.quantile(values, shares, axis=2), 1)
    each = seconds / (paths * QUARTERS)
    data = sketch.to_bytes()
    return [
        Measure(
            f"counting {paths:,} paths x {QUARTERS} quarters x {VARIABLES} variables "
            f"({each * 1e6:.2f} us a path-quarter), 1 thread",
            seconds, None, "np.quantile, all in memory", peer,
        ),
        Measure("their five quantiles", timed(lambda: sketch.quantile(shares), 3)),
        Measure(f"to bytes ({len(data) / 1e6:.1f} MB)", timed(sketch.to_bytes, 3)),
        Measure("from bytes", timed(lambda: Sketch.from_bytes(data), 3)),
    ]  # fmt: skip


def runs() -> list[Measure]:
    """The whole toy ensemble in several ways, all to the same bytes."""
    job = Toy(PATHS)
    wanted: list[bytes] = []

    def run(**where: object) -> None:
        sketch = run_ensemble(job, PATHS, seed=SEED, **where)  # type: ignore[arg-type]
        wanted.append(sketch.to_bytes())

    run_ensemble(Toy(10_000), 10_000, seed=SEED, workers=1)
    name = f"toy of {SHOCKS} variables, {PATHS:,} paths x {QUARTERS} quarters"
    one = timed(lambda: run(workers=1), 1)
    two = timed(lambda: run(workers=2), 1)
    found = [
        Measure(f"{name}, 1 thread", one),
        Measure(f"{name}, 2 threads", two, None, "1 thread", one),
    ]
    if importlib.util.find_spec("distributed") is not None:
        with local_cluster(2) as cluster:
            seconds = timed(lambda: run(cluster=cluster.scheduler_address), 1)
        found.append(Measure(f"{name}, Dask with 2 local workers", seconds, None, "1 thread", one))
    assert len(set(wanted)) == 1
    return found


def main() -> None:
    """Write the section of benchmarks/RESULTS.md."""
    measures = [*draws(), *sketches(), *runs()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    write_results(
        "Ensembles",
        measures,
        notes=[
            f"Peak memory of the process: {peak:.2f} GB, of which the arrays given to NumPy's",
            "quantile are 0.16 GB and their copies; all runs of the toy gave the same bytes.",
        ],
    )


if __name__ == "__main__":
    main()
