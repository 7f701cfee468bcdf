"""Memory that is used again: the system clears what it hands out afresh, which takes time.

Arrays that come and go with each chunk of an ensemble are put aside here and taken up again by the
next chunk, on whichever thread. `run_ensemble` leaves them to the system at its end,
on the workers of a cluster where the run comes to its end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

__all__ = ["forget", "put_aside", "spare", "take"]

MOST = 16  # arrays put aside at any time
_aside: list[NDArray[np.float64]] = []
_lock = threading.Lock()


def take(size: int) -> NDArray[np.float64]:
    """An array of at least this many doubles, with anything in it: the smallest that will do."""
    with _lock:
        fitting = [place for place, array in enumerate(_aside) if len(array) >= size]
        if fitting:
            return _aside.pop(min(fitting, key=lambda place: len(_aside[place])))
    return np.empty(size)


def put_aside(array: NDArray[np.float64]) -> None:
    """Give back what `take` gave; whoever gives it back must not use it any more."""
    with _lock:
        if len(_aside) < MOST:
            _aside.append(array)


def forget() -> None:
    """Leave all that was put aside to the system."""
    with _lock:
        _aside.clear()


@contextmanager
def spare(size: int) -> Iterator[NDArray[np.float64]]:
    """An array for as long as the context lasts."""
    array = take(size)
    try:
        yield array
    finally:
        put_aside(array)
