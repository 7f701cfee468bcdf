"""Hand-written functions inside a model: several values of several arguments, with a Jacobian.

A model declares ``primitive demand(pG, pR, W) -> dG, dR``; the function behind the name is given
when the model is compiled::

    model.compile(primitives={"demand": Primitive(3, 2, values, slopes)})

Both functions are written once, in plain Python, on *numbers of any kind*: the operators and
comparisons act on them (conditions join by ``&`` and ``|``), and a `Maths` has the rest. With
arrays as numbers they are the reference over all paths at once; with expressions as numbers they
are written into the model's program, where they share what they have in common and cost no call.
So they hold no loop or branch that depends on the numbers themselves: `Maths.where` chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Graph, Op
from debtcycle.sfc.model import Model

__all__ = ["Maths", "Primitive", "bound_primitives", "numpy_maths", "written_out"]


class Maths(Protocol):
    """What a primitive may use beside operators and comparisons."""

    def exp(self, x: Any) -> Any:
        """Exponential."""

    def log(self, x: Any) -> Any:
        """Natural logarithm."""

    def sqrt(self, x: Any) -> Any:
        """Square root."""

    def abs(self, x: Any) -> Any:
        """Absolute value."""

    def minimum(self, x: Any, y: Any) -> Any:
        """The smaller of two numbers."""

    def maximum(self, x: Any, y: Any) -> Any:
        """The larger of two numbers."""

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """`x` where the condition holds, else `y`."""


Values = Callable[[Sequence[Any], Maths], Sequence[Any]]
Slopes = Callable[[Sequence[Any], Maths], Sequence[Sequence[Any]]]

numpy_maths: Maths = np


@dataclass(frozen=True, slots=True)
class Primitive:
    """A function with its own analytic Jacobian.

    Attributes
    ----------
    inputs, outputs : int
        How many numbers it takes (n) and returns (m).
    values : callable (x: n numbers, maths) -> m numbers
    slopes : callable (x: n numbers, maths) -> m rows of n numbers
        Derivatives of every output by every input. A plain 0.0 or 1.0 costs nothing.
    """

    inputs: int
    outputs: int
    values: Values
    slopes: Slopes


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


class _Expression:
    """A node of a graph that is calculated with."""

    __slots__ = ("graph", "node")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, graph: Graph, node: int) -> None:
        self.graph, self.node = graph, node

    def _with(self, op: Op, *others: Any) -> _Expression:
        nodes = (_node(self.graph, other) for other in others)
        return _Expression(self.graph, self.graph.apply(op, *nodes))

    def __add__(self, other: Any) -> _Expression:
        return self._with(Op.ADD, self, other)

    def __radd__(self, other: Any) -> _Expression:
        return self._with(Op.ADD, other, self)

    def __sub__(self, other: Any) -> _Expression:
        return self._with(Op.SUB, self, other)

    def __rsub__(self, other: Any) -> _Expression:
        return self._with(Op.SUB, other, self)

    def __mul__(self, other: Any) -> _Expression:
        return self._with(Op.MUL, self, other)

    def __rmul__(self, other: Any) -> _Expression:
        return self._with(Op.MUL, other, self)

    def __truediv__(self, other: Any) -> _Expression:
        return self._with(Op.DIV, self, other)

    def __rtruediv__(self, other: Any) -> _Expression:
        return self._with(Op.DIV, other, self)

    def __pow__(self, other: Any) -> _Expression:
        return self._with(Op.POW, self, other)

    def __rpow__(self, other: Any) -> _Expression:
        return self._with(Op.POW, other, self)

    def __neg__(self) -> _Expression:
        return self._with(Op.NEG, self)

    def __pos__(self) -> _Expression:
        return self

    def __abs__(self) -> _Expression:
        return self._with(Op.ABS, self)

    def __lt__(self, other: Any) -> _Expression:
        return self._with(Op.LT, self, other)

    def __le__(self, other: Any) -> _Expression:
        return self._with(Op.LE, self, other)

    def __gt__(self, other: Any) -> _Expression:
        return self._with(Op.GT, self, other)

    def __ge__(self, other: Any) -> _Expression:
        return self._with(Op.GE, self, other)

    def __eq__(self, other: object) -> _Expression:  # type: ignore[override]
        return self._with(Op.EQ, self, other)

    def __ne__(self, other: object) -> _Expression:  # type: ignore[override]
        return self._with(Op.NE, self, other)

    def __and__(self, other: Any) -> _Expression:
        return self._with(Op.AND, self, other)

    def __or__(self, other: Any) -> _Expression:
        return self._with(Op.OR, self, other)

    def __bool__(self) -> bool:
        """A branch on a number that is not known yet: refused."""
        raise ModelError("model.primitive_branch")


def _node(graph: Graph, value: Any) -> int:
    return value.node if isinstance(value, _Expression) else graph.const(float(value))


@dataclass(frozen=True, slots=True)
class _GraphMaths:
    """Mathematics on expressions of a graph."""

    graph: Graph

    def _apply(self, op: Op, *args: Any) -> _Expression:
        nodes = (_node(self.graph, arg) for arg in args)
        return _Expression(self.graph, self.graph.apply(op, *nodes))

    def exp(self, x: Any) -> Any:
        return self._apply(Op.EXP, x)

    def log(self, x: Any) -> Any:
        return self._apply(Op.LOG, x)

    def sqrt(self, x: Any) -> Any:
        return self._apply(Op.SQRT, x)

    def abs(self, x: Any) -> Any:
        return self._apply(Op.ABS, x)

    def minimum(self, x: Any, y: Any) -> Any:
        return self._apply(Op.MIN, x, y)

    def maximum(self, x: Any, y: Any) -> Any:
        return self._apply(Op.MAX, x, y)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        return self._apply(Op.WHERE, condition, x, y)


@dataclass(slots=True)
class _Writer:
    """Writes calls of primitives out as the expressions that they make."""

    graph: Graph
    primitives: tuple[Primitive, ...]
    made: dict[int, int] = field(default_factory=dict)
    values: dict[tuple[int, ...], list[int]] = field(default_factory=dict)
    slopes: dict[tuple[int, ...], list[int]] = field(default_factory=dict)

    def entry(self, number: int) -> int:
        """Node for one value, or one slope, of a call."""
        node = self.graph.nodes[number]
        call = self.graph.nodes[node.args[0]]
        key = (int(call.value), *(self.made[arg] for arg in call.args))
        known = self.values if node.op is Op.OUTPUT else self.slopes
        if key not in known:
            primitive, maths = self.primitives[key[0]], _GraphMaths(self.graph)
            arguments = [_Expression(self.graph, arg) for arg in key[1:]]
            if node.op is Op.OUTPUT:
                rows = [primitive.values(arguments, maths)]
                shape = (1, primitive.outputs)
            else:
                rows = list(primitive.slopes(arguments, maths))
                shape = (primitive.outputs, primitive.inputs)
            if len(rows) != shape[0] or any(len(row) != shape[1] for row in rows):
                found = f"{len(rows)} x {len(rows[0]) if rows else 0}"
                wanted = f"{shape[0]} x {shape[1]}"
                raise ModelError("model.primitive_shape", declared=wanted, found=found)
            known[key] = [_node(self.graph, value) for row in rows for value in row]
        return known[key][int(node.value)]

    def write(self, roots: Sequence[int]) -> None:
        """Nodes without calls for all that the roots need."""
        for number in self.graph.reachable(*roots):
            if number in self.made:
                continue
            node = self.graph.nodes[number]
            if node.op in (Op.OUTPUT, Op.SLOPE):
                self.made[number] = self.entry(number)
                continue
            args = tuple(self.made[arg] for arg in node.args)
            same = args == node.args or node.op is Op.CALL
            self.made[number] = number if same else self.graph.apply(node.op, *args)


def written_out(
    graph: Graph, primitives: tuple[Primitive, ...], roots: Sequence[int]
) -> Mapping[int, int]:
    """For every node under the roots, the same without calls of primitives.

    Raises
    ------
    ModelError
        ``model.primitive_shape`` if a function returns other numbers of values or slopes than it
        declares, ``model.primitive_branch`` if it branches on a number.
    """
    writer = _Writer(graph, primitives)
    writer.write(roots)
    return writer.made
