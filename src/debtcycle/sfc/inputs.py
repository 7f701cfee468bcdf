"""From what a caller gives - start rows, parameters, shocks - to the arrays of a run."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debtcycle.errors import ModelError
from debtcycle.sfc.initial import initial_values
from debtcycle.sfc.model import Model
from debtcycle.sfc.program import Program
from debtcycle.sfc.state import State, empty_state

__all__ = ["Schedule", "Shock", "Start", "make_state"]

Values = NDArray[np.float64]
Start = Mapping[str, ArrayLike] | Sequence[Mapping[str, ArrayLike]]

MAX_NUMBERS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Shock:
    """From period `t` on, a parameter has another value: one for all paths, or one for each."""

    t: int
    name: str
    value: ArrayLike


@dataclass(frozen=True, slots=True)
class Schedule:
    """Values of a parameter period by period from the first on; after the last, that stays.

    Attributes
    ----------
    name : str
    values : array-like, shape (periods,) or (periods, paths)
    """

    name: str
    values: ArrayLike


Number = float | Values  # one for all paths, or one for each


@dataclass(slots=True)
class _Given:
    """Values of a run by name."""

    rows: list[dict[str, Number]]
    parameters: dict[str, Number]
    shocks: list[tuple[int, str, Number]]
    paths: int


def _whole(value: object) -> bool:
    """Whether a caller gave a whole number, whatever its type says."""
    return isinstance(value, Integral)


def _plain(value: object) -> Values:
    """An array of doubles of what is real numbers; what is masked is not a number."""
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)
    array = np.asarray(value)
    if array.dtype.kind in "cmM":  # complex numbers, dates, spans of time
        raise TypeError(array.dtype.name)
    return np.asarray(array, dtype=np.float64)


def _number(name: str, value: object) -> Number:
    """One finite number, or one for each path."""
    found: Number
    if isinstance(value, (float, int)) and abs(value) <= sys.float_info.max:
        found, good = float(value), True
    elif isinstance(value, (float, int)):
        found, good = math.nan, False
    else:
        try:
            array = _plain(value)
        except (TypeError, ValueError) as error:
            raise ModelError("model.value", name=name, found=str(value)[:40]) from error
        good = array.ndim <= 1 and bool(np.isfinite(array).all())
        found = array if array.ndim else float(array)
    if not good:
        raise ModelError("model.value", name=name, found=str(value)[:40])
    return found


def _steps(
    model: Model, shocks: Iterable[Shock | Schedule], periods: int
) -> list[tuple[int, str, Number]]:
    """Changes of parameters by period; of one period, the last given counts."""
    steps: list[tuple[int, str, Number]] = []
    last = max(periods, 1)
    for shock in shocks:
        if isinstance(shock, Schedule):
            steps += _scheduled(model, shock, last)
            continue
        value = _named(model, {shock.name: shock.value}, "model.parameter")[shock.name]
        if not (1 <= shock.t <= last and shock.t == int(shock.t)):
            raise ModelError("model.shock", name=shock.name, t=shock.t, periods=last)
        steps.append((int(shock.t), shock.name, value))
    steps.sort(key=lambda step: step[0])  # stable
    return steps


def _scheduled(model: Model, given: Schedule, last: int) -> list[tuple[int, str, Number]]:
    """A schedule as changes, looked at once as a whole."""
    try:
        values = _plain(given.values)
    except (TypeError, ValueError) as error:
        raise ModelError("model.value", name=given.name, found=str(given.values)[:40]) from error
    if values.ndim not in (1, 2):
        raise ModelError("model.value", name=given.name, found=f"{values.ndim} dimensions")
    checked = _named(model, {given.name: values.reshape(-1)}, "model.parameter")[given.name]
    if len(values) > last:
        raise ModelError("model.shock", name=given.name, t=len(values), periods=last)
    rows = np.asarray(checked).reshape(values.shape)
    by_period: list[Number] = rows.tolist() if rows.ndim == 1 else list(rows)
    return [(t, given.name, row) for t, row in enumerate(by_period, start=1)]


def _named(model: Model, given: Mapping[str, ArrayLike], message_id: str) -> dict[str, Number]:
    """Numbers by name, every name known."""
    for name in given:
        only = message_id == "model.parameter"
        if name not in model.parameters and (only or name not in model.variables):
            raise ModelError(message_id, name=name, near=model.near(name, parameters=only))
    return {name: _number(name, value) for name, value in given.items()}


def _collect(
    model: Model,
    start: Start | None,
    parameters: Mapping[str, ArrayLike] | None,
    shocks: Iterable[Shock | Schedule],
    periods: int,
    paths: int | None,
) -> _Given:
    given_rows = [start or {}] if start is None or isinstance(start, Mapping) else list(start)
    rows = [_named(model, row, "model.start") for row in given_rows or [{}]]
    values: dict[str, Number] = {
        name: item.value for name, item in model.parameters.items() if item.value is not None
    }
    if rows[-1]:
        values.update({n: value for n, value in rows[-1].items() if n in model.parameters})
    if parameters:
        values.update(_named(model, parameters, "model.parameter"))
    if len(values) < len(model.parameters):
        missing = [name for name in model.parameters if name not in values]
        raise ModelError("model.missing", names=", ".join(missing[:8]))
    steps = _steps(model, shocks, periods)
    numbers = [v for row in rows for v in row.values()]
    numbers += [*values.values(), *(v for _, _, v in steps)]
    lengths = {len(v) for v in numbers if not isinstance(v, float)}
    wanted = paths if paths is not None else max(lengths, default=1)
    if not _whole(wanted) or wanted < 1 or lengths - {wanted}:
        raise ModelError("model.paths", wanted=wanted, found=", ".join(map(str, sorted(lengths))))
    return _Given(rows, values, steps, wanted)


def _parameters(
    model: Model, given: _Given, rows: int, first_row: int
) -> tuple[Values, NDArray[np.int64], Values]:
    """Table of what all paths share, and what differs by path with the rows where it holds."""
    values = [given.parameters[name] for name in model.parameters]
    shared = np.empty((rows, len(values)))
    if given.paths == 1 and not given.shocks and all(type(v) is float for v in values):
        shared[:] = values
        return shared, np.empty((0, 2), dtype=np.int64), np.empty((0, 1))
    numbers = {name: number for number, name in enumerate(model.parameters)}
    shared[:] = [v if isinstance(v, float) else np.nan for v in values]
    spans: list[tuple[int, int, Number]] = [
        (n, 0, v) for n, v in enumerate(values) if not isinstance(v, float)
    ]
    for t, name, value in given.shocks:
        at = first_row - 1 + t
        if isinstance(value, float) and not any(n == numbers[name] for n, _, _ in spans):
            shared[at:, numbers[name]] = value
        else:
            spans.append((numbers[name], at, value))
    changes = np.empty((len(spans), 2), dtype=np.int64)
    table = np.empty((len(spans), given.paths))
    for place, (number, at, value) in enumerate(spans):
        changes[place], table[place] = (number, at), value
    return shared, changes, table


def _start_rows(program: Program, given: _Given) -> Values:
    """The rows before the first period; before the oldest given row all is as in that row."""
    model, first_row = program.model, program.max_lag
    history = np.empty((first_row, len(model.variables), given.paths))
    last = initial_values(model, program.first_values, given.parameters, given.rows[-1])
    values = list(last.values())
    if all(isinstance(value, float) for value in values):
        history[:] = np.array(values)[:, None]
    else:
        for number, value in enumerate(values):
            history[:, number] = value
    for back, row in enumerate(given.rows[-2::-1], start=2):
        for number, name in enumerate(model.variables):
            if back <= first_row and name in row:
                history[: first_row - back + 1, number] = row[name]
    return history


def _kept(model: Model, keep: Iterable[str] | None) -> NDArray[np.int64]:
    """Numbers of the variables whose history is kept, in the order of the model."""
    names = list(model.variables)
    if keep is None:
        return np.arange(len(names))
    wanted = {keep} if isinstance(keep, str) else set(keep)
    for name in sorted(wanted - set(names)):
        raise ModelError("model.no_name", name=name, near=model.near(name))
    return np.array([n for n, name in enumerate(names) if name in wanted], dtype=np.int64)


def make_state(
    program: Program,
    periods: int,
    start: Start | None,
    parameters: Mapping[str, ArrayLike] | None,
    shocks: Iterable[Shock | Schedule],
    paths: int | None,
    keep: Iterable[str] | None = None,
) -> State:
    """Arrays of a run.

    Raises
    ------
    ModelError
        For a name that is not known, a parameter without a value, a number that is not finite,
        arrays of unlike length, or a run that would not fit in memory.
    """
    model, first_row = program.model, program.max_lag
    if not _whole(periods) or periods < 0:
        raise ModelError("model.periods", periods=periods)
    given = _collect(model, start, parameters, shocks, periods, paths)
    rows = first_row + periods
    kept = _kept(model, keep)
    if rows * max(len(kept), 1) * given.paths > MAX_NUMBERS:
        raise ModelError("model.memory", periods=periods, paths=given.paths)
    start_rows = _start_rows(program, given)
    return empty_state(
        program, start_rows, kept, periods, *_parameters(model, given, rows, first_row)
    )
