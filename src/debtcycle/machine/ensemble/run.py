"""Run an ensemble on one machine or many; the result is the same to the last bit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar, cast

from debtcycle.errors import ConfigError
from debtcycle.machine.ensemble.checkpoint import Checkpoint
from debtcycle.machine.ensemble.chunks import Group, Job, Mergeable, Progress, Task, chunks_of
from debtcycle.machine.ensemble.local import on_threads
from debtcycle.machine.ensemble.spare import forget

__all__ = ["run_ensemble"]

R = TypeVar("R", bound=Mergeable)


@dataclass(slots=True)
class _SoFar:
    """The merged result of the first chunks; kept in a checkpoint if the run is cut off."""

    checkpoint: Checkpoint | None
    paths: int
    total: Any = None
    chunks: int = 0
    done: int = 0
    whole: bool = True  # no merging was cut off in the middle

    @classmethod
    def of(cls, checkpoint: Checkpoint | None, paths: int, size: int | None) -> _SoFar:
        """What an earlier run has left, or nothing."""
        known = checkpoint.found() if checkpoint is not None else None
        if checkpoint is None or known is None:
            return cls(checkpoint, paths)
        total, count = known
        done = sum(chunk.paths for chunk in islice(chunks_of(paths, size), count))
        found = cls(checkpoint, paths, total, count, done)
        found.tell("resumed")
        return found

    def tell(self, what: str) -> None:
        """Say that something was resumed or kept."""
        if self.checkpoint is not None and self.checkpoint.told is not None:
            self.checkpoint.told(what, self.done, self.paths)

    def take(self, group: Group, part: Any) -> None:
        """Merge the next chunks."""
        self.whole = False
        self.total = part if self.total is None else self.total.merge(part)
        self.chunks += len(group.chunks)
        self.done += group.paths
        self.whole = True
        if self.checkpoint is not None:
            self.checkpoint.keep(self.total, self.chunks)

    def __enter__(self) -> _SoFar:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.checkpoint is None:
            return
        if kind is None:
            self.checkpoint.forget()
        elif (
            self.whole
            and self.total is not None
            and self.checkpoint.keep(self.total, self.chunks, leaving=True)
        ):
            self.tell("kept")


def run_ensemble(
    job: Job[R],
    paths: int,
    *,
    seed: int,
    workers: int | None = None,
    cluster: str | None = None,
    chunk_paths: int | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
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
        Told (paths done, paths) after each chunk, on a cluster after each few.
    checkpoint : Checkpoint, optional
        From which a run that was cut off goes on, and where this one is kept.

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
    so_far = _SoFar.of(checkpoint, paths, chunk_paths)
    chunks = islice(chunks_of(paths, chunk_paths), so_far.chunks, None)
    task = Task(job, seed)
    parts: Iterator[tuple[Group, Any]]
    if cluster is None:
        threads = (os.cpu_count() or 1) if workers is None else workers
        if threads < 1:
            raise ConfigError("ensemble.workers", found=threads)
        parts = on_threads(task, chunks, threads)
    else:
        from debtcycle.machine.ensemble.cluster import on_cluster

        parts = on_cluster(task, list(chunks), cluster)
    try:
        # Closed at once, not when the collector finds it: workers must not outlive an interruption.
        with so_far, closing(cast(Any, parts)):
            for group, part in parts:
                so_far.take(group, part)
                if progress is not None:
                    progress(so_far.done, paths)
    finally:
        forget()
    return cast(R, so_far.total)
