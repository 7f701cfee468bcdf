"""From what a caller gives - start rows, parameters, shocks - to the arrays of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debtcycle.errors import ModelError
from debtcycle.sfc.initial import initial_values
from debtcycle.sfc.model import Model
from debtcycle.sfc.program import Program
from debtcycle.sfc.state import State, empty_state

__all__ = ["Shock", "Start", "make_state"]

Values = NDArray[np.float64]
Start = Mapping[str, ArrayLike] | Sequence[Mapping[str, ArrayLike]]

MAX_NUMBERS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Shock:
    """From period `t` on, a parameter has another value: one for all paths, or one for each."""

    t: int
    name: str
    value: ArrayLike


@dataclass(slots=True)
class _Given:
    """Values of a run by name, each one number or one per path."""

    rows: list[dict[str, Values]]
    parameters: dict[str, Values]
    shocks: list[tuple[int, str, Values]]
    paths: int


def _array(name: str, value: ArrayLike) -> Values:
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ModelError("model.value", name=name, found=str(value)[:40]) from error
    if found.ndim > 1 or not np.isfinite(found).all():
        raise ModelError("model.value", name=name, found=str(value)[:40])
    return found


def _collect(
    model: Model,
    start: Start | None,
    parameters: Mapping[str, ArrayLike] | None,
    shocks: Iterable[Shock],
    periods: int,
    paths: int | None,
) -> _Given:
    rows = [start or {}] if start is None or isinstance(start, Mapping) else list(start)
    values = {n: np.asarray(p.value) for n, p in model.parameters.items() if p.value is not None}
    read: list[dict[str, Values]] = []
    for row in rows or [{}]:
        read.append({name: _array(name, value) for name, value in row.items()})
        for name in row:
            if name not in model.variables and name not in model.parameters:
                raise ModelError("model.start", name=name, near=model.near(name))
    values |= {name: value for name, value in read[-1].items() if name in model.parameters}
    for name, value in (parameters or {}).items():
        if name not in model.parameters:
            raise ModelError("model.parameter", name=name, near=model.near(name))
        values[name] = _array(name, value)
    missing = [name for name in model.parameters if name not in values]
    if missing:
        raise ModelError("model.missing", names=", ".join(missing[:8]))
    steps = []
    for shock in shocks:
        if shock.name not in model.parameters:
            raise ModelError("model.parameter", name=shock.name, near=model.near(shock.name))
        if not 1 <= shock.t <= max(periods, 1):
            raise ModelError("model.shock", name=shock.name, t=shock.t, periods=periods)
        steps.append((shock.t, shock.name, _array(shock.name, shock.value)))
    steps.sort(key=lambda step: step[0])  # stable: of one period, the last given counts
    arrays = [v for row in read for v in row.values()]
    arrays += [*values.values(), *(v for _, _, v in steps)]
    lengths = {len(v) for v in arrays if v.ndim}
    wanted = paths if paths is not None else max(lengths, default=1)
    if wanted < 1 or lengths - {wanted}:
        raise ModelError("model.paths", wanted=wanted, found=", ".join(map(str, sorted(lengths))))
    return _Given(read, values, steps, wanted)


def _parameters(
    model: Model, given: _Given, rows: int, first_row: int
) -> tuple[Values, NDArray[np.int64], Values]:
    """Table of what all paths share, and what differs by path with the rows where it holds."""
    numbers = {name: number for number, name in enumerate(model.parameters)}
    shared = np.empty((rows, len(numbers)))
    spans: list[tuple[int, int, Values]] = []
    shared[:] = [v.item(0) for v in map(given.parameters.__getitem__, numbers)]
    spans += [(numbers[n], 0, v) for n, v in given.parameters.items() if v.ndim]
    for t, name, value in given.shocks:
        at = first_row - 1 + t
        if value.ndim == 0 and not any(column == numbers[name] for column, _, _ in spans):
            shared[at:, numbers[name]] = value
        else:
            spans.append((numbers[name], at, np.broadcast_to(value, (given.paths,))))
    changes = np.array([(column, at, rows) for column, at, _ in spans], dtype=np.int64)
    values = np.array([value for _, _, value in spans], dtype=np.float64)
    return shared, changes.reshape(-1, 3), values.reshape(len(spans), given.paths)


def make_state(
    program: Program,
    periods: int,
    start: Start | None,
    parameters: Mapping[str, ArrayLike] | None,
    shocks: Iterable[Shock],
    paths: int | None,
) -> State:
    """Arrays of a run.

    Raises
    ------
    ModelError
        For a name that is not known, a parameter without a value, a number that is not finite,
        arrays of unlike length, or a run that would not fit in memory.
    """
    model, first_row = program.model, program.max_lag
    if periods < 0:
        raise ModelError("model.periods", periods=periods)
    given = _collect(model, start, parameters, shocks, periods, paths)
    rows = first_row + periods
    if rows * len(model.variables) * given.paths > MAX_NUMBERS:
        raise ModelError("model.memory", periods=periods, paths=given.paths)
    history = np.zeros((rows, len(model.variables), given.paths))
    last = initial_values(model, given.parameters, given.rows[-1])
    for number, name in enumerate(model.variables):
        history[:first_row, number] = last[name]
        for back, row in enumerate(given.rows[-2::-1], start=2):
            if back <= first_row and name in row:
                history[: first_row - back + 1, number] = row[name]
    return empty_state(program, history, *_parameters(model, given, rows, first_row))
