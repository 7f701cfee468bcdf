"""The fast back end: the compiled machine over lanes of paths, on as many threads as asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ctypes import CFUNCTYPE, addressof, c_char, c_void_p
from functools import cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc.execution import execute_many, execute_one
from debtcycle.sfc.machine import run_paths
from debtcycle.sfc.newton import newton
from debtcycle.sfc.packing import (
    EXECUTE,
    ITERATIONS,
    NEWTON,
    PLACES,
    SIZES,
    WIDTH,
    pack,
    work_size,
)
from debtcycle.sfc.primitives import Primitive
from debtcycle.sfc.program import Program
from debtcycle.sfc.state import State

__all__ = ["LANES", "Prepared", "addresses", "simulate"]

Values = NDArray[np.float64]

LANES = 32


class _Address:
    """A primitive compiled to C functions, kept alive as long as its addresses are used."""

    def __init__(self, primitive: Primitive) -> None:
        from numba import carray, cfunc, njit, types  # type: ignore[attr-defined]

        from debtcycle.sfc.jit import pointer

        inputs, outputs = primitive.inputs, primitive.outputs
        plain = [getattr(f, "py_func", f) for f in (primitive.numba_values, primitive.numba_slopes)]
        values, slopes = (njit(error_model="numpy")(function) for function in plain)
        signature = types.void(pointer("float64"), types.int64, types.int64)

        def give_values(work, source, target):  # type: ignore[no-untyped-def]
            space = carray(work, (target + outputs,))
            values(space[source : source + inputs], space[target : target + outputs])

        def give_slopes(work, source, target):  # type: ignore[no-untyped-def]
            space = carray(work, (target + outputs * inputs,))
            found = space[target : target + outputs * inputs].reshape((outputs, inputs))
            slopes(space[source : source + inputs], found)

        self.functions = [cfunc(signature)(give_values), cfunc(signature)(give_slopes)]


_kept: dict[Primitive, _Address] = {}


def addresses(primitives: tuple[Primitive, ...]) -> NDArray[np.int64]:
    """Addresses of the compiled functions, shape (primitives, 2); compiled at first use."""
    for primitive in primitives:
        if primitive not in _kept:
            _kept[primitive] = _Address(primitive)
    found = [[f.address for f in _kept[p].functions] for p in primitives]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


_C_FUNCTION = CFUNCTYPE(None, *[c_void_p] * 16)  # lets other threads run meanwhile


@cache
def _run() -> Callable[..., None]:
    return _C_FUNCTION(run_paths.address)


def _pointer(array: NDArray[Any]) -> int:
    """Address of an array's numbers."""
    return addressof(c_char.from_buffer(cast(Any, array))) if array.size else 0


class Prepared:
    """A program with its primitives as the machine wants them, made once for many runs."""

    def __init__(self, program: Program, primitives: tuple[Primitive, ...] = ()) -> None:
        self.packed, self.functions = pack(program), addresses(primitives)
        self.constants = program.constants
        self.room = tuple(work_size(self.packed, width) for width in (0, 1))
        self.fixed = [_pointer(a) for a in (self.packed, self.functions, self.constants)]
        self.place = np.zeros(PLACES + SIZES, dtype=np.int64)
        if program.largest_block:  # a recursive model needs no solver, nor its compilation
            self.place[NEWTON] = newton.address

    def space(self, width: int) -> Values:
        """Work space for a width of lanes: its size is linear in the width."""
        none, one = self.room
        return np.zeros(none + (one - none) * width)


def simulate(
    program: Program,
    state: State,
    *,
    primitives: tuple[Primitive, ...] = (),
    prepared: Prepared | None = None,
    tolerance: float = 1e-10,
    iterations: int = 60,
    threads: int = 1,
    lanes: int = LANES,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Fill the state; see `debtcycle.sfc.numpy_backend.simulate`.

    Parameters
    ----------
    prepared : Prepared, optional
        The program and primitives in the machine's form, if they have been made before.
    threads : int
        Paths are divided among them; the results do not depend on it.
    progress : callable, optional
        Told how many paths are done.
    """
    ready = Prepared(program, primitives) if prepared is None else prepared
    rows, _, paths = state.history.shape
    width = min(lanes, paths)
    numbers = (rows, paths, len(state.changes), 0, paths, state.guesses.shape[1])
    run, settings = _run(), np.array([tolerance])
    execute = execute_one.address if width == 1 else execute_many.address
    packed, functions, constants = ready.fixed
    filled = (
        state.history, state.changes, state.shared, state.values, state.worst, state.failed,
        state.guesses, state.broken, state.broken_at,
    )  # fmt: skip
    pointers = [_pointer(settings), constants, *(_pointer(array) for array in filled)]

    def work(first: int, last: int) -> int:
        space, place = ready.space(width), ready.place.copy()
        place[PLACES:] = numbers
        place[PLACES + 3 : PLACES + 5] = first, last
        place[WIDTH], place[ITERATIONS], place[EXECUTE] = width, iterations, execute
        here = _pointer(place)
        run(packed, _pointer(space), functions, here, here + 8 * PLACES, *pointers)
        return last - first

    if paths <= lanes:
        work(0, paths)
        return
    chunk = lanes * max(1, min(32, -(-paths // (lanes * threads))))
    spans = [(first, min(first + chunk, paths)) for first in range(0, paths, chunk)]
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        for count in pool.map(lambda span: work(*span), spans):
            done += count
            if progress is not None:
                progress(done)
