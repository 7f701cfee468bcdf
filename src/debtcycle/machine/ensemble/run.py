"""Run an ensemble on one machine or many; the result is the same to the last bit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any, TypeVar, cast

from debtcycle.errors import ConfigError
from debtcycle.machine.ensemble.chunks import Chunk, Job, Mergeable, Progress, Task, chunks_of
from debtcycle.machine.ensemble.local import on_threads

__all__ = ["run_ensemble"]

R = TypeVar("R", bound=Mergeable)


def run_ensemble(
    job: Job[R],
    paths: int,
    *,
    seed: int,
    workers: int | None = None,
    cluster: str | None = None,
    chunk_paths: int | None = None,
    progress: Progress | None = None,
) -> R:
    """Run a job for all paths and merge its results in the order of the paths.

    Parameters
    ----------
    job : callable
        ``job(seed, first_path, paths)`` gives a result with a method ``merge(other)``. On threads
        it should spend its time in compiled code; on a cluster it must be picklable.
    paths : int
    seed : int
        Handed on to the job.
    workers : int, optional
        Threads of this machine, by default one for each core. Not used with `cluster`.
    cluster : str, optional
        Address of a Dask scheduler, e.g. ``tcp://127.0.0.1:8786``.
    chunk_paths : int, optional
        Paths of a chunk, a multiple of 64.
    progress : callable, optional
        Told (paths done, paths) after each chunk.

    Returns
    -------
    object
        The merged result; with sketches its bytes do not depend on workers, cluster or chunks.

    Raises
    ------
    ConfigError
        ``ensemble.paths``, ``ensemble.size``, ``ensemble.workers`` for what cannot be; with a
        cluster the errors of `on_cluster`.
    Exception
        Whatever the job raises; the rest is then cancelled.
    """
    chunks = chunks_of(paths, chunk_paths)
    task = Task(job, seed)
    parts: Iterator[tuple[Chunk, Any]]
    if cluster is None:
        threads = (os.cpu_count() or 1) if workers is None else workers
        if threads < 1:
            raise ConfigError("ensemble.workers", found=threads)
        parts = on_threads(task, chunks, threads)
    else:
        from debtcycle.machine.ensemble.cluster import on_cluster

        parts = on_cluster(task, chunks, cluster)
    total: Any = None
    done = 0
    # Closed at once, not when the collector finds it: workers must not outlive an interruption.
    with closing(cast(Any, parts)):
        for chunk, part in parts:
            total = part if total is None else total.merge(part)
            done += chunk.paths
            if progress is not None:
                progress(done, paths)
    return cast(R, total)
