"""Hand-written functions inside a model: several values of several arguments, with a Jacobian.

A model declares ``primitive demand(pG, pR, W) -> dG, dR``; the function behind the name is given
when the model is compiled::

    model.compile(primitives={"demand": Primitive(3, 2, values, slopes)})

`values(inputs, outputs)` writes the m outputs of n inputs; `slopes(inputs, jacobian)` writes the
m x n derivatives. Both are written for one path in plain Python with NumPy scalars, so that the
same two functions serve as the reference and, compiled by numba, in the fast back end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ModelError
from debtcycle.sfc.model import Model

__all__ = ["Primitive", "bound_primitives"]

Values = NDArray[np.float64]
Writer = Callable[[Values, Values], None]


@dataclass(frozen=True, slots=True)
class Primitive:
    """A function with its own analytic Jacobian.

    Attributes
    ----------
    inputs, outputs : int
        How many numbers it takes (n) and returns (m).
    numba_values : callable (inputs: shape (n,), outputs: shape (m,)) -> None
        Writes the outputs of one path. Plain Python that numba can compile, or compiled by it.
    numba_slopes : callable (inputs: shape (n,), jacobian: shape (m, n)) -> None
        Writes the derivatives of one path.
    numpy_values : callable (inputs: shape (n, paths)) -> shape (m, paths), optional
        The same for all paths at once, for the reference back end; without it, `numba_values`
        is run path by path.
    numpy_slopes : callable (inputs: shape (n, paths)) -> shape (m, n, paths), optional
    """

    inputs: int
    outputs: int
    numba_values: Writer
    numba_slopes: Writer
    numpy_values: Callable[[Values], Values] | None = None
    numpy_slopes: Callable[[Values], Values] | None = None

    def values(self, inputs: Values) -> Values:
        """Outputs of all paths by the reference, shape (m, paths)."""
        if self.numpy_values is not None:
            return np.asarray(self.numpy_values(inputs), dtype=np.float64)
        found = np.empty((self.outputs, inputs.shape[1]))
        for path in range(inputs.shape[1]):
            one = np.empty(self.outputs)
            _plain(self.numba_values)(np.ascontiguousarray(inputs[:, path]), one)
            found[:, path] = one
        return found

    def slopes(self, inputs: Values) -> Values:
        """Jacobians of all paths by the reference, shape (m, n, paths)."""
        if self.numpy_slopes is not None:
            return np.asarray(self.numpy_slopes(inputs), dtype=np.float64)
        found = np.empty((self.outputs, self.inputs, inputs.shape[1]))
        for path in range(inputs.shape[1]):
            one = np.empty((self.outputs, self.inputs))
            _plain(self.numba_slopes)(np.ascontiguousarray(inputs[:, path]), one)
            found[:, :, path] = one
        return found


def _plain(writer: Writer) -> Writer:
    """The Python function under a compiled one."""
    plain: Writer = getattr(writer, "py_func", writer)
    return plain


def bound_primitives(model: Model, given: Mapping[str, Primitive]) -> tuple[Primitive, ...]:
    """The function of every ``primitive`` declaration, in their order.

    Raises
    ------
    ModelError
        ``model.unbound`` if one is missing, ``model.shape`` if it does not fit its declaration.
    """
    found = []
    for call in model.primitives:
        function = given.get(call.name)
        if function is None:
            raise ModelError("model.unbound", line=call.line, column=call.column, name=call.name)
        declared = (len(call.arguments), len(call.results))
        if declared != (function.inputs, function.outputs):
            raise ModelError(
                "model.shape",
                line=call.line,
                column=call.column,
                name=call.name,
                declared=f"{declared[0]} -> {declared[1]}",
                found=f"{function.inputs} -> {function.outputs}",
            )
        found.append(function)
    return tuple(found)
