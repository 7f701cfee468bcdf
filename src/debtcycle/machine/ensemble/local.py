"""Chunks on the threads of one machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from debtcycle.machine.ensemble.chunks import Chunk, Group

__all__ = ["on_threads"]

R = TypeVar("R")


def on_threads(
    task: Callable[[Group], R], chunks: Iterable[Chunk], threads: int
) -> Iterator[tuple[Group, R]]:
    """Results in the order of the chunks, each chunk a group of its own.

    Parameters
    ----------
    task : callable
        Compiled code that lets other threads run is what makes threads worth having.
    chunks : iterable of Chunk
    threads : int
        With one, everything happens in the calling thread.

    Notes
    -----
    At most ``threads + 2`` results exist besides what the caller keeps. If the caller stops, or an
    error or an interruption comes, chunks that have not begun are dropped and those at work are
    waited for (some seconds at most): nothing goes on running.
    """
    groups = (Group((chunk,)) for chunk in chunks)
    if threads == 1:
        for group in groups:
            yield group, task(group)
        return
    coming = iter(groups)
    waiting: deque[tuple[Group, Future[R]]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="ensemble")
    try:
        waiting.extend((group, pool.submit(task, group)) for group in islice(coming, threads + 2))
        while waiting:
            group, future = waiting.popleft()
            made = future.result()
            del future
            waiting.extend((g, pool.submit(task, g)) for g in islice(coming, 1))
            yield group, made
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
