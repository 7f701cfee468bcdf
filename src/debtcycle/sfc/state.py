"""Arrays of a run: what both back ends read and fill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc.program import Program

__all__ = ["State", "empty_state"]

Values = NDArray[np.float64]


@dataclass(slots=True)
class State:
    """History, parameters and reports of a batch of paths.

    Attributes
    ----------
    start : float64 array, shape (max_lag, variables, paths)
        The given rows, the oldest first.
    kept : int64 array, shape (k,)
        Numbers of the variables of which the history is kept.
    history : float64 array, shape (rows, k, paths)
        Filled by the run, the given rows included. NaN after a failure.
    shared : float64 array, shape (rows, parameters)
        Parameters that all paths share.
    changes : int64 array, shape (n, 2)
        Parameter, and the row from which on it has values that differ by path; of several, the
        last to begin counts, and of those that begin together the last given.
    values : float64 array, shape (n, paths)
    worst : float64 array, shape (paths,)
        Largest relative residual of a simultaneous block.
    failed : int64 array, shape (3, paths)
        Row, simultaneous block and tear of the first failure; -1 where there is none. Block -1
        says that a variable, whose number stands for the tear, is not a number.
    guesses : int8 array, shape (rows, simultaneous blocks, paths)
        What the block was solved from: 0 the period before, 1 ones, 2 minus ones.
    broken : float64 array, shape (identities, paths)
        Largest residual of each identity, relative to the largest cell of its matrix.
    broken_at : int64 array, shape (identities, paths)
        Its row; 0 where the identity holds exactly.
    """

    start: Values
    kept: NDArray[np.int64]
    history: Values
    shared: Values
    changes: NDArray[np.int64]
    values: Values
    worst: Values
    failed: NDArray[np.int64]
    guesses: NDArray[np.int8]
    broken: Values
    broken_at: NDArray[np.int64]


def empty_state(
    program: Program,
    start: Values,
    kept: NDArray[np.int64],
    periods: int,
    shared: Values,
    changes: NDArray[np.int64],
    values: Values,
) -> State:
    """A state with nothing solved yet."""
    given, _, paths = start.shape
    rows = given + periods
    identities = len(program.accounts.identities)
    blocks = sum(bool(block.tears) for block in program.structure)
    return State(
        start=start,
        kept=kept,
        history=np.empty((rows, len(kept), paths)),
        shared=shared,
        changes=changes,
        values=values,
        worst=np.zeros(paths),
        failed=np.full((3, paths), -1, dtype=np.int64),
        guesses=np.zeros((rows, blocks, paths), dtype=np.int8),
        broken=np.zeros((identities, paths)),
        broken_at=np.zeros((identities, paths), dtype=np.int64),
    )
