"""Blocks that leave a variable open although every variable has an equation of its own.

``x = y`` and ``y = x`` can be matched, and yet every x will do. Such a block has a Jacobian that
is singular everywhere, not only at a point. It is found by derivatives at points drawn at random
(Schwartz-Zippel: a determinant that is not identically nought is nought almost nowhere), carried
forward through the block as value and gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Graph, Node, Op, Symbol

if TYPE_CHECKING:
    from debtcycle.sfc.model import Model
    from debtcycle.sfc.order import Block

__all__ = ["check_rank"]

Values = NDArray[np.float64]
Dual = tuple[float, Values]  # a value and its gradient by the variables that are solved for

# Ranges of the points: all positive first, where logarithms and powers are numbers.
_RANGES = ((0.5, 1.5), (0.01, 0.1), (5.0, 50.0), (-1.5, 1.5), (-50.0, 50.0), (0.9, 1.1))
_DECLARED = 3  # points with the parameters as declared; at the others they are drawn too
_SINGULAR = 1e-11
_OPEN = 1e-6


class _Point:
    """Random values of variables, present and past, and nodes with their gradients."""

    def __init__(self, model: Model, block: Block, seed: int) -> None:
        self.graph: Graph = model.graph
        self.random = np.random.default_rng(seed)
        self.low, self.high = _RANGES[seed % len(_RANGES)]
        self.flat = np.zeros(len(block.tears))
        self.symbols: dict[Symbol, Dual] = {}
        self.nodes: dict[int, Dual] = {}
        for place, item in enumerate(block.tears):
            gradient = self.flat.copy()
            gradient[place] = 1.0
            self.symbols[Symbol(item.variable)] = self.drawn(), gradient
        for name, parameter in model.parameters.items():
            if parameter.value is not None and seed < _DECLARED:
                self.symbols[Symbol(name)] = parameter.value, self.flat

    def drawn(self) -> float:
        return float(self.random.uniform(self.low, self.high))

    def value(self, root: int) -> Dual:
        """Value and gradient of a node."""
        for number in self.graph.reachable(root):
            if number not in self.nodes:
                node = self.graph.nodes[number]
                self.nodes[number] = self.applied(node, [self.nodes[arg] for arg in node.args])
        return self.nodes[root]

    def applied(self, node: Node, args: list[Dual]) -> Dual:
        if node.op is Op.CONST:
            return node.value, self.flat
        if node.symbol is not None:
            if node.symbol not in self.symbols:
                self.symbols[node.symbol] = self.drawn(), self.flat
            return self.symbols[node.symbol]
        if node.op in (Op.CALL, Op.OUTPUT):  # of a primitive nothing is known but its arguments
            slopes = [self.drawn() * gradient for _, gradient in args]
            return self.drawn(), np.sum(slopes, axis=0)
        if node.op in _RULES:
            found: Dual = _RULES[node.op](*args)
            return found
        return float(_TESTS[node.op](*(value for value, _ in args))), self.flat


def _product(a: Dual, b: Dual) -> Dual:
    return a[0] * b[0], a[1] * b[0] + b[1] * a[0]


def _ratio(a: Dual, b: Dual) -> Dual:
    value = np.float64(a[0]) / b[0]
    return float(value), (a[1] - value * b[1]) / b[0]


def _power(a: Dual, b: Dual) -> Dual:
    value = np.power(np.float64(a[0]), b[0])
    slope = a[1] * (b[0] * np.power(np.float64(a[0]), b[0] - 1.0))
    if b[1].any():
        slope = slope + b[1] * (value * np.log(np.float64(a[0])))
    return float(value), slope


def _exp(a: Dual) -> Dual:
    value = float(np.exp(a[0]))
    return value, value * a[1]


def _log(a: Dual) -> Dual:
    return float(np.log(a[0])), a[1] / a[0]


def _root(a: Dual) -> Dual:
    value = float(np.sqrt(a[0]))
    return value, a[1] / (2.0 * value)


_RULES: dict[Op, Any] = {
    Op.ADD: lambda a, b: (a[0] + b[0], a[1] + b[1]),
    Op.SUB: lambda a, b: (a[0] - b[0], a[1] - b[1]),
    Op.NEG: lambda a: (-a[0], -a[1]),
    Op.MUL: _product,
    Op.DIV: _ratio,
    Op.POW: _power,
    Op.EXP: _exp,
    Op.LOG: _log,
    Op.SQRT: _root,
    Op.ABS: lambda a: a if a[0] >= 0.0 else (-a[0], -a[1]),
    Op.MIN: lambda a, b: a if a[0] <= b[0] else b,
    Op.MAX: lambda a, b: a if a[0] >= b[0] else b,
    Op.WHERE: lambda test, a, b: a if test[0] else b,
}
_TESTS: dict[Op, Any] = {
    Op.LT: lambda a, b: a < b,
    Op.LE: lambda a, b: a <= b,
    Op.GT: lambda a, b: a > b,
    Op.GE: lambda a, b: a >= b,
    Op.EQ: lambda a, b: a == b,
    Op.NE: lambda a, b: a != b,
    Op.AND: lambda a, b: bool(a) and bool(b),
    Op.OR: lambda a, b: bool(a) or bool(b),
    Op.NOT: lambda a: not a,
}


@dataclass(frozen=True, slots=True)
class _Null:
    """How a block is singular at a point.

    Attributes
    ----------
    equation : int
        Place, among what is solved for, of an equation that follows from the others.
    gap : float
        By how much it then fails to follow: the combination of residuals whose gradient is nought.
    names : tuple of str
        Variables that move along the direction that no equation holds.
    declared : bool
        Whether the parameters were at their declared values.
    """

    equation: int
    gap: float
    names: tuple[str, ...]
    declared: bool


def _null(model: Model, block: Block, seed: int) -> _Null | None:
    """What is left open at a random point; None where nothing is.

    Raises
    ------
    ArithmeticError
        Where the point gives no numbers.
    """
    point = _Point(model, block, seed)
    with np.errstate(all="ignore"):
        for item in block.chain:
            assert item.value is not None
            point.symbols[Symbol(item.variable)] = point.value(item.value)
        sides = [model.equations[item.equation] for item in block.tears]
        pairs = [(point.value(side.left), point.value(side.right)) for side in sides]
        matrix = np.array([left[1] - right[1] for left, right in pairs])
        residual = np.array([left[0] - right[0] for left, right in pairs])
        if not (np.isfinite(matrix).all() and np.isfinite(residual).all()):
            raise ArithmeticError
        # Against the sides, not their difference: that may be nothing but rounding.
        parts = np.array([np.maximum(np.abs(a[1]), np.abs(b[1])) for a, b in pairs])
        size = parts.max(axis=1)
        size[size == 0.0] = 1.0
        wide = (parts / size[:, None]).max(axis=0)
        wide[wide == 0.0] = 1.0
    left, sizes, right = np.linalg.svd(matrix / size[:, None] / wide)
    if sizes[-1] > _SINGULAR:
        return None
    share = np.abs(left[:, -1])
    large = int(np.flatnonzero(share > 0.5 * share.max())[-1])
    weights, direction = left[:, -1] / size, right[-1] / wide
    weights /= weights[large]
    direction /= np.abs(direction).max()
    moved = [
        (i.variable, point.symbols[Symbol(i.variable)][1]) for i in (*block.tears, *block.chain)
    ]
    names = tuple(name for name, gradient in moved if abs(gradient @ direction) > _OPEN)
    gap = float(weights @ residual)
    noise = float(np.abs(weights) @ np.abs([a[0] for a, _ in pairs])) * 1e-9
    return _Null(large, gap if abs(gap) > noise else 0.0, names, seed < _DECLARED)


def _nulls(model: Model, block: Block) -> list[_Null]:
    """How a block is singular at every point that gives numbers; empty if it is not at one."""
    found = []
    for seed in range(len(_RANGES)):
        try:
            null = _null(model, block, seed)
        except ArithmeticError:
            continue
        if null is None:
            return []
        found.append(null)
    return found


def check_rank(model: Model, blocks: tuple[Block, ...]) -> None:
    """Refuse blocks whose equations follow from one another and so leave a variable open.

    A block that is singular for some values of its parameters only passes: a start row may give
    others. Equations that contradict one another whatever came before, as ``x = x + 1``, pass:
    the run says in which period they have no solution, and by how much.

    Raises
    ------
    ModelError
        ``model.singular`` with the line and column of an equation that follows from the others,
        and the variables that are left open.
    """
    for block in blocks:
        found = _nulls(model, block) if block.tears else []
        if not found:
            continue
        gaps = np.array([null.gap for null in found if null.declared])
        if len(gaps) and gaps[0] and np.ptp(gaps) <= 1e-9 * abs(gaps[0]):
            continue
        first = found[0]
        equation = model.equations[block.tears[first.equation].equation]
        raise ModelError(
            "model.singular",
            line=equation.line,
            column=equation.column,
            names=", ".join(first.names[:8]),
        )
