"""The fast back end: a model's own machine code over lanes of paths, on several threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ctypes import addressof, c_char
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc.native.code import Layout
from debtcycle.sfc.native.compiler import Kernel, load_kernel
from debtcycle.sfc.native.driver import NUMBERS, work_slots
from debtcycle.sfc.native.text import Lanes
from debtcycle.sfc.program import Program
from debtcycle.sfc.state import State

__all__ = ["LANES", "Prepared", "simulate"]

Values = NDArray[np.float64]

LANES = 8  # numbers of a vector register of 512 bits; smaller ones are used several at a time
STEPS = 64  # calls into which a long single path is divided for its progress
LONG = 200_000  # values of a path from which on progress is told
WINDOW = 8  # rows of a group's own history beyond its lags: few, so that they stay near the core


_making = threading.Lock()


class Prepared:
    """A program's kernels, each made at its first use."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.kernels: dict[int, Kernel] = {}
        layout = Layout(program, Lanes(1))
        self.slots, self.row_size = work_slots(program), layout.row_size
        self.plain = not layout.lagged_parameters
        self.lags = program.max_lag

    def kernel(self, width: int) -> Kernel:
        """The kernel for a width of lanes; made once, whatever the threads that ask for it."""
        with _making:
            if width not in self.kernels:
                self.kernels[width] = load_kernel(self.program, width)
            return self.kernels[width]


def _pointer(array: NDArray[Any]) -> int:
    """Address of an array's numbers."""
    return addressof(c_char.from_buffer(cast(Any, array))) if array.size else 0


def _changes(state: State) -> NDArray[np.int64]:
    """Parameter, row and line of values of every change, by row; line -1 is what all share.

    From its first own change on, a parameter no longer follows what all paths share.
    """
    count = state.shared.shape[1]
    own_from = np.full(count, len(state.shared))
    np.minimum.at(own_from, state.changes[:, 0], state.changes[:, 1])
    rows, which = np.nonzero(state.shared[1:] != state.shared[:-1])
    open_ = rows + 1 < own_from[which]
    common = np.column_stack([which[open_], rows[open_] + 1, np.full(int(open_.sum()), -1)])
    own = np.column_stack([state.changes, np.arange(len(state.changes))])
    both = np.concatenate([common, own])
    # Of one row the last given counts: a stable order keeps it last.
    ordered = both[np.argsort(both[:, 1], kind="stable")]
    return np.ascontiguousarray(ordered, dtype=np.int64)


class _Job:
    """One state, ready to be run by stretches of paths or of rows."""

    def __init__(
        self, prepared: Prepared, state: State, width: int, tolerance: float, iterations: int
    ) -> None:
        self.prepared, self.state, self.width = prepared, state, width
        self.kernel = prepared.kernel(width)  # held: its code must outlive the run
        self.run = self.kernel.run
        self.rows, self.kept, self.paths = state.history.shape
        self.iterations, self.tolerance = iterations, np.array([tolerance])
        self.changes = _changes(state)
        filled = (
            state.start, state.shared, self.changes, state.values, state.history, state.kept,
            state.worst, state.failed, state.guesses, state.broken, state.broken_at,
        )  # fmt: skip
        self.pointers = [_pointer(array) for array in filled]
        # A single path with all variables kept is its own history.
        self.direct = (
            self.paths == width == 1
            and prepared.plain
            and self.kept == len(prepared.program.model.variables)
        )

        self.window = self.rows if self.direct else min(self.rows, prepared.lags + WINDOW)

    def place(self, row: int) -> int:
        """Where in the window a row lies when all before it have been run."""
        if row <= self.window:
            return row
        lags = self.prepared.lags
        return int(lags + (row - self.window - 1) % (self.window - lags) + 1)

    def space(self) -> tuple[Values, Values]:
        """Work space and local history of one thread."""
        size = 0 if self.direct else self.window * self.prepared.row_size * self.width
        return np.empty(max(self.prepared.slots, 1) * self.width), np.empty(size)

    def call(
        self, space: tuple[Values, Values], paths: tuple[int, int], rows: tuple[int, int]
    ) -> None:
        """Run some paths over some rows."""
        work, local = space
        given = {
            "rows": self.rows, "paths": self.paths, "changes": len(self.changes),
            "first": paths[0], "last": paths[1], "iterations": self.iterations,
            "kept": self.kept, "row_from": rows[0], "row_to": rows[1],
            "copy": int(not self.direct), "window": self.window, "place": self.place(rows[0]),
        }  # fmt: skip
        numbers = np.array([given[name] for name in NUMBERS], dtype=np.int64)
        history = self.pointers[4] if self.direct else _pointer(local)
        self.run(
            _pointer(numbers), _pointer(self.tolerance), _pointer(work), history,
            *self.pointers,
        )  # fmt: skip


def _padded(state: State, count: int) -> State:
    """The last paths of a state, and copies of the very last until there are enough."""
    paths = state.history.shape[2]
    which = np.minimum(np.arange(paths - paths % count, paths - paths % count + count), paths - 1)

    def some(array: NDArray[Any]) -> Any:
        return np.ascontiguousarray(array[..., which])

    return replace(
        state,
        start=some(state.start),
        history=some(state.history),
        values=some(state.values) if len(state.changes) else state.values,
        worst=some(state.worst),
        failed=some(state.failed),
        guesses=some(state.guesses),
        broken=some(state.broken),
        broken_at=some(state.broken_at),
    )


def _single(job: _Job, progress: Callable[[float], None] | None) -> None:
    """One path; a long one in stretches of its rows."""
    space, rows = job.space(), job.rows
    if progress is None or rows * job.prepared.row_size < LONG:
        job.call(space, (0, 1), (0, rows))
        return
    step = -(-rows // STEPS)
    for first in range(0, rows, step):
        job.call(space, (0, 1), (first, min(first + step, rows)))
        progress(min(first + step, rows) / rows)


def simulate(
    prepared: Prepared,
    state: State,
    *,
    tolerance: float = 1e-10,
    iterations: int = 60,
    threads: int = 1,
    lanes: int = LANES,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Fill the state; see `debtcycle.sfc.numpy_backend.simulate`.

    Parameters
    ----------
    threads : int
        Paths are divided among them; the results do not depend on it.
    lanes : int
        Paths that are computed together; the results do not depend on it.
    progress : callable, optional
        Told the part that is done, of a batch or of a long single path.
    """
    paths = state.history.shape[2]
    if paths == 1 or lanes == 1:
        job = _Job(prepared, state, 1, tolerance, iterations)
        if paths == 1:
            _single(job, progress)
        else:
            job.call(job.space(), (0, paths), (0, job.rows))
        return
    rest = paths % lanes
    whole = paths - rest
    if whole:
        _batch(_Job(prepared, state, lanes, tolerance, iterations), whole, threads, progress)
    if rest:
        last = _padded(state, lanes)
        job = _Job(prepared, last, lanes, tolerance, iterations)
        job.call(job.space(), (0, lanes), (0, job.rows))
        for name in ("history", "worst", "failed", "guesses", "broken", "broken_at"):
            getattr(state, name)[..., whole:] = getattr(last, name)[..., :rest]
    if progress is not None:
        progress(1.0)


def _batch(job: _Job, paths: int, threads: int, progress: Callable[[float], None] | None) -> None:
    """Whole groups of lanes, in chunks among threads."""
    lanes = job.width
    chunk = lanes * max(1, min(32, -(-paths // (lanes * threads))))

    def work(first: int) -> int:
        last = min(first + chunk, paths)
        job.call(job.space(), (first, last), (0, job.rows))
        return last - first

    if paths <= chunk:
        work(0)
        return
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        for count in pool.map(work, range(0, paths, chunk)):
            done += count
            if progress is not None:
                progress(done / paths)
