"""Speed of the essay's economy: a path-quarter, a million paths, and Dask workers.

The peer is the plain NumPy back end on the same paths. The million paths are the whole of
``debtcycle simulate qe-into-bubble``: draws, both runs, published figures, sketches of both and of
their difference, phases and the window.
"""

from __future__ import annotations

import hashlib
import os
import resource
import time
from concurrent.futures import ThreadPoolExecutor

from _timing import Measure, timed, write_results

from debtcycle.machine.economy import compiled_economy, shipped_openings
from debtcycle.machine.experiment import Experiment, open_scenario, prepare
from debtcycle.machine.published import names, needed
from debtcycle.machine.simulation import AT_ONCE, Outcome, simulate

PATHS = 8192
MILLION = 1_000_000


def digest(outcome: Outcome) -> str:
    """Of all that an outcome says."""
    found = hashlib.sha256(outcome.phases.tobytes() + repr(outcome.window).encode())
    for name in names():
        for fan in outcome.fans[name].values():
            found.update(fan.quantiles.tobytes() + fan.mean.tobytes())
    return found.hexdigest()


def kernel(experiment: Experiment) -> list[Measure]:
    """One run of the economy as `simulate` makes it: so many paths at once, on as many threads.

    Draws of the shocks are included; the peer is the NumPy back end on a few of the same paths.
    """
    quarters = experiment.quarters
    compiled = compiled_economy()

    def run(first: int, paths: int, backend: str) -> None:
        shocks = experiment.chances(experiment.scenario.with_, 1, first, paths)
        compiled.run(
            quarters, start=experiment.start, shocks=shocks, paths=paths, keep=needed(),
            on_failure="keep", threads=1, backend=backend,
        )  # fmt: skip

    run(0, 64, "native")
    few = 256
    peer = timed(lambda: run(0, few, "numpy"), 3) / few / quarters
    found = []
    for threads in (1, 2):
        with ThreadPoolExecutor(threads) as pool:

            def all_paths(pool: ThreadPoolExecutor = pool) -> None:
                firsts = range(0, PATHS, AT_ONCE)
                list(pool.map(lambda first: run(first, AT_ONCE, "native"), firsts))

            seconds = timed(all_paths, 9) / PATHS / quarters
        found.append(
            Measure(
                f"a path-quarter of the economy, {threads} thread{'s' * (threads > 1)}",
                seconds, 0.9e-6 if threads == 2 else None,
                f"NumPy {peer * 1e6:.1f} us", peer,
            )
        )  # fmt: skip
    return found


def million(experiment: Experiment) -> tuple[list[Measure], str]:
    """A million paths of the programme and of the economy without it."""
    found, notes = [], []
    for threads in (2, 1):
        paths = MILLION if threads == 2 else MILLION // 8
        began = time.perf_counter()
        outcome = simulate(experiment, paths, seed=1, workers=threads)
        seconds = time.perf_counter() - began
        pairs = 2 * paths * experiment.quarters
        found.append(
            Measure(f"simulate, {paths:,} paths with and without, {threads} threads", seconds)
        )
        found.append(Measure("  of that, a path-quarter of one run", seconds / pairs))
        notes.append(f"{threads} threads: failed paths {outcome.failed}, "
                     f"largest account residual {outcome.worst_account:.1e}")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return found, f"{'; '.join(notes)}; peak memory {peak:.2f} GB."


def clusters(experiment: Experiment) -> tuple[list[Measure], str]:
    """The same chunks on 1, 2 and 4 local Dask workers: the same bytes.

    Workers that have just been started load the library and the machine code first, as a cluster
    that is already there has done; that is not timed.
    """
    from debtcycle.machine.ensemble.cluster import local_cluster

    paths = 131_072
    wanted = digest(simulate(experiment, paths, seed=1, workers=2))
    found, first = [], 0.0
    for workers in (1, 2, 4):
        with local_cluster(workers) as cluster:
            simulate(experiment, 8 * 1024 * workers, seed=2, cluster=cluster.scheduler_address)
            began = time.perf_counter()
            outcome = simulate(experiment, paths, seed=1, cluster=cluster.scheduler_address)
            seconds = time.perf_counter() - began
            first = seconds if workers == 1 else first
        if digest(outcome) != wanted:
            raise AssertionError(f"{workers} workers differ")
        label = f"{paths:,} paths on {workers} Dask worker{'s' * (workers > 1)}"
        found.append(
            Measure(
                label, seconds, None, "one worker" if workers > 1 else None,
                first if workers > 1 else None, 1.8 if workers == 2 else None,
            )
        )  # fmt: skip
    return found, f"Threads and 1, 2, 4 Dask workers give the same bytes ({wanted[:16]})."


def main() -> None:
    """Write the section of benchmarks/RESULTS.md."""
    experiment = prepare(open_scenario("qe-into-bubble"), shipped_openings()["bubble"])
    measures = kernel(experiment)
    more, notes = million(experiment)
    shared, same = clusters(experiment)
    write_results(
        "The essay's economy",
        [*measures, *more, *shared],
        notes=[notes, same, f"{os.cpu_count()} cores; machine code made beforehand."],
    )


if __name__ == "__main__":
    main()
