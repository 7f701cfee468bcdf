"""Chunks on the threads of one machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from debtcycle.machine.ensemble.chunks import Chunk

__all__ = ["on_threads"]

R = TypeVar("R")


def on_threads(
    task: Callable[[Chunk], R], chunks: Iterable[Chunk], threads: int
) -> Iterator[tuple[Chunk, R]]:
    """Results in the order of the chunks.

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
    waited for (a fraction of a second each): nothing goes on running.
    """
    if threads == 1:
        for chunk in chunks:
            yield chunk, task(chunk)
        return
    coming = iter(chunks)
    waiting: deque[tuple[Chunk, Future[R]]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="ensemble")
    try:
        waiting.extend((chunk, pool.submit(task, chunk)) for chunk in islice(coming, threads + 2))
        while waiting:
            chunk, future = waiting.popleft()
            made = future.result()
            del future
            waiting.extend((c, pool.submit(task, c)) for c in islice(coming, 1))
            yield chunk, made
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
