"""Why a path was left out: the first quarter and the equation or identity that did not hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from debtcycle import sfc

__all__ = ["FAULTS_KEPT", "Fault", "faults_of", "first_faults"]

FAULTS_KEPT = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """A path that was left out.

    Attributes
    ----------
    path : int
    run : {"with", "without"}
        In which of the two runs it went wrong first; where in both, in the one with.
    kind : {"equation", "account"}
        It did not solve, or an identity of the accounts was off.
    quarter : int
        In which that first happened; of an account, in which it was worst.
    variable : str
        What the equation was to give; empty for an account.
    text : str
        The equation, or the name of the identity.
    residual : float
        Relative to the largest term; infinite where it is not a number.
    """

    path: int
    run: str
    kind: str
    quarter: int
    variable: str
    text: str
    residual: float


def faults_of(
    runs: Mapping[str, sfc.Run], failed: NDArray[np.bool_], first_path: int
) -> tuple[Fault, ...]:
    """The first few paths of a chunk that were left out, each with what went wrong.

    Parameters
    ----------
    runs : mapping
        By name, in the order in which they are looked through.
    failed : bool array, shape (paths,)
    first_path : int
        Id of the chunk's first path.
    """
    asked = set(np.flatnonzero(failed)[:FAULTS_KEPT].tolist())
    found: dict[int, Fault] = {}
    for name, run in runs.items():
        for item in run.failures if asked else ():
            if item.path in asked:
                fault = Fault(
                    item.path, name, "equation", item.period, item.variable, item.equation,
                    item.residual,
                )  # fmt: skip
                known = found.get(item.path)
                if known is None or fault.quarter < known.quarter:
                    found[item.path] = fault
    for path in asked - set(found):
        found[path] = _account(runs, path)
    return tuple(replace(found[path], path=path + first_path) for path in sorted(found))


def _account(runs: Mapping[str, sfc.Run], path: int) -> Fault:
    """The identity that is off most on a path that solved."""
    name = max(runs, key=lambda key: float(runs[key].account_residuals[path]))
    run = runs[name]
    number = int(run.state.broken[:, path].argmax())
    item = run.program.accounts.identities[number]
    quarter = int(run.state.broken_at[number, path]) - run.program.max_lag + 1
    residual = float(run.state.broken[number, path])
    return Fault(path, name, "account", quarter, "", f"{item.side} {item.label}".strip(), residual)


def first_faults(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The few with the lowest ids, each path once."""
    by_path = {fault.path: fault for fault in faults}
    return tuple(by_path[path] for path in sorted(by_path)[:FAULTS_KEPT])
