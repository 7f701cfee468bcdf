"""What every part of the room asks of the figures that it is given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debtcycle.errors import ConfigError

__all__ = ["Floats", "figures", "frozen", "panel", "positive"]

Floats = NDArray[np.float64]


def frozen(values: Floats) -> Floats:
    """The same array, closed to writing: results are passed between rooms."""
    values.setflags(write=False)
    return values


def _as_floats(values: ArrayLike, name: str) -> Floats:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ConfigError("crises.text", column=name) from None


def figures(
    values: ArrayLike, name: str, *, least: int, rows: Sequence[int] | None = None
) -> Floats:
    """A column of finite figures without holes.

    Parameters
    ----------
    values : array_like, shape (n,)
    name : str
        The column's name, for errors.
    least : int
        Fewest figures that the reckoning needs.
    rows : sequence of int, shape (n,), optional
        Row numbers in the file, for errors; 1, 2, ... without.

    Raises
    ------
    ConfigError
        ``crises.text``, ``crises.shape``, ``crises.cell`` (with the row) or ``crises.short``.
    """
    found = _as_floats(values, name)
    if found.ndim != 1:
        raise ConfigError("crises.shape", column=name, dimensions=found.ndim, wanted=1)
    if (bad := np.flatnonzero(~np.isfinite(found))).size:
        at = int(bad[0])
        row = at + 1 if rows is None else rows[at]
        raise ConfigError("crises.cell", row=row, column=name, value=found[at])
    if len(found) < least:
        raise ConfigError("crises.short", column=name, found=len(found), least=least)
    return found


def panel(values: ArrayLike, name: str, shape: tuple[int, int] | None = None) -> Floats:
    """A table of countries by years; NaN is "no figure", infinity is refused.

    Raises
    ------
    ConfigError
        ``crises.text``, ``crises.shape``, ``crises.panel`` or ``crises.cell`` with country and
        year by position.
    """
    found = _as_floats(values, name)
    if found.ndim != 2:
        raise ConfigError("crises.shape", column=name, dimensions=found.ndim, wanted=2)
    if shape is not None and found.shape != shape:
        raise ConfigError("crises.panel", column=name, found=found.shape, wanted=shape)
    if np.isinf(found).any():
        row, column = np.argwhere(np.isinf(found))[0]
        raise ConfigError(
            "crises.cell", row=int(row) + 1, column=f"{name}[{int(column) + 1}]", value=np.inf
        )
    return found


def positive(value: float, name: str) -> float:
    """A finite number above nought; ConfigError ``crises.option`` otherwise."""
    if not (np.isfinite(value) and value > 0):
        raise ConfigError("crises.option", name=name, value=value)
    return float(value)
