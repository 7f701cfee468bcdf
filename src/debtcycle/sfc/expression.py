"""Expressions as one shared graph: built, simplified and differentiated without recursion.

Nodes are numbered; children come before their parents, so every walk is a loop over numbers.
Equal expressions are one node. Constants are folded, and what is identically nought or one drops
out, so that derivatives come out small.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Graph", "Node", "Op", "Symbol"]


class Op(IntEnum):
    """Operations. The numbers are those of the back ends' programs."""

    CONST = 0
    SYMBOL = 1
    ADD = 2
    SUB = 3
    MUL = 4
    DIV = 5
    POW = 6
    NEG = 7
    MIN = 8
    MAX = 9
    EXP = 10
    LOG = 11
    LT = 12
    LE = 13
    GT = 14
    GE = 15
    EQ = 16
    NE = 17
    AND = 18
    OR = 19
    NOT = 20
    WHERE = 21
    ABS = 22
    SQRT = 23
    CALL = 25  # a hand-written primitive on its arguments; `value` is its number
    OUTPUT = 26  # one value of a call; `value` says which
    SLOPE = 27  # one entry of a call's Jacobian, row by output


_FOLD: dict[Op, Callable[..., float]] = {
    Op.ADD: lambda a, b: a + b,
    Op.SUB: lambda a, b: a - b,
    Op.MUL: lambda a, b: a * b,
    Op.NEG: lambda a: -a,
    Op.MIN: min,
    Op.MAX: max,
    Op.LT: lambda a, b: float(a < b),
    Op.LE: lambda a, b: float(a <= b),
    Op.GT: lambda a, b: float(a > b),
    Op.GE: lambda a, b: float(a >= b),
    Op.EQ: lambda a, b: float(a == b),
    Op.NE: lambda a, b: float(a != b),
    Op.AND: lambda a, b: float(bool(a) and bool(b)),
    Op.OR: lambda a, b: float(bool(a) or bool(b)),
    Op.NOT: lambda a: float(not a),
    Op.ABS: abs,
}
# Flat almost everywhere; a call has no value of its own: its outputs have.
_FLAT = frozenset({Op.CONST, Op.CALL, *range(Op.LT, Op.NOT + 1)})


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name at a lag: ``Symbol("Bh", 1)`` is ``Bh[-1]``."""

    name: str
    lag: int = 0

    def __str__(self) -> str:
        return f"{self.name}[-{self.lag}]" if self.lag else self.name


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its operation, its children, and its constant or symbol."""

    op: Op
    args: tuple[int, ...] = ()
    value: float = 0.0
    symbol: Symbol | None = None


class Graph:
    """All expressions of a model in one graph of shared nodes."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._index: dict[tuple[object, ...], int] = {}
        self._partials: dict[tuple[int, Symbol], int] = {}
        self._needed: dict[int, list[int]] = {}
        self._symbols: dict[int, frozenset[Symbol]] = {}

    def _put(self, node: Node) -> int:
        # The sign of nought is part of a constant: 1/x at 0.0 and -0.0 differ.
        sign = math.copysign(1.0, node.value) if node.value == 0.0 else 0.0
        key = (node.op, node.args, repr(node.value), sign, node.symbol)
        found = self._index.get(key)
        if found is None:
            found = len(self.nodes)
            self.nodes.append(node)
            self._index[key] = found
        return found

    def const(self, value: float) -> int:
        """A number."""
        return self._put(Node(Op.CONST, value=float(value)))

    def symbol(self, symbol: Symbol) -> int:
        """A variable or parameter at a lag."""
        return self._put(Node(Op.SYMBOL, symbol=symbol))

    def call(self, number: int, arguments: tuple[int, ...]) -> int:
        """A call of the primitive with that number."""
        return self._put(Node(Op.CALL, arguments, float(number)))

    def output(self, call: int, position: int) -> int:
        """One of the values that a call returns."""
        return self._put(Node(Op.OUTPUT, (call,), float(position)))

    def constant_of(self, node: int) -> float | None:
        """The number of a constant node, else None."""
        return self.nodes[node].value if self.nodes[node].op is Op.CONST else None

    def apply(self, op: Op, *args: int) -> int:
        """A node that applies an operation, simplified where that is exact."""
        numbers = [self.constant_of(arg) for arg in args]
        folded = self._folded(op, numbers)
        if folded is not None:
            return self.const(folded)
        simple = self._simplified(op, args, numbers)
        return self._put(Node(op, args)) if simple is None else simple

    def _folded(self, op: Op, numbers: list[float | None]) -> float | None:
        known = [number for number in numbers if number is not None]
        if len(known) < len(numbers):
            return None
        if op in _FOLD:
            return float(_FOLD[op](*known))
        return known[0] / known[1] if op is Op.DIV and known[1] != 0.0 else None

    def _simplified(self, op: Op, args: tuple[int, ...], numbers: list[float | None]) -> int | None:
        first = numbers[0]
        second = numbers[1] if len(numbers) > 1 else None
        if op in (Op.ADD, Op.SUB):
            return self._sum(op, args, numbers)
        if op is Op.MUL:
            if 0.0 in (first, second):
                return self.const(0.0)
            return args[1] if first == 1.0 else args[0] if second == 1.0 else None
        if op is Op.DIV:
            return self.const(0.0) if first == 0.0 else args[0] if second == 1.0 else None
        if op is Op.POW:
            return self.const(1.0) if second == 0.0 else args[0] if second == 1.0 else None
        if op is Op.NEG:
            return self._negated(self.nodes[args[0]])
        if op is Op.WHERE:
            if first is not None:
                return args[1] if first else args[2]
            return args[1] if args[1] == args[2] else None
        return None

    def _negated(self, node: Node) -> int | None:
        if node.op is Op.NEG:
            return node.args[0]
        return self.apply(Op.SUB, *node.args[::-1]) if node.op is Op.SUB else None

    def _sum(self, op: Op, args: tuple[int, ...], numbers: list[float | None]) -> int | None:
        if numbers[1] == 0.0:
            return args[0]
        if op is Op.SUB and args[0] == args[1]:
            return self.const(0.0)
        if numbers[0] == 0.0:
            return args[1] if op is Op.ADD else self.apply(Op.NEG, args[1])
        left, right = self.nodes[args[0]], self.nodes[args[1]]
        if right.op is Op.NEG:
            other = Op.SUB if op is Op.ADD else Op.ADD
            return self.apply(other, args[0], right.args[0])
        if left.op is Op.NEG and op is Op.ADD:
            return self.apply(Op.SUB, args[1], left.args[0])
        return None

    def reachable(self, *roots: int) -> list[int]:
        """Nodes that the roots need, children first."""
        needed = set(roots)
        waiting = list(needed)
        while waiting:
            for arg in self.nodes[waiting.pop()].args:
                if arg not in needed:
                    needed.add(arg)
                    waiting.append(arg)
        return sorted(needed)

    def symbols(self, root: int) -> frozenset[Symbol]:
        """Symbols that occur under a node."""
        if root not in self._symbols:
            nodes = (self.nodes[n] for n in self._under(root))
            self._symbols[root] = frozenset(n.symbol for n in nodes if n.symbol is not None)
        return self._symbols[root]

    def partial(self, root: int, symbol: Symbol) -> int:
        """Node of the partial derivative of a node with respect to a symbol.

        ``min``, ``max``, ``abs`` and conditions are differentiated branch by branch.
        """
        if symbol not in self.symbols(root):
            return self.const(0.0)
        moving: set[int] = set()
        for number in self._under(root):
            node = self.nodes[number]
            if node.symbol == symbol or not moving.isdisjoint(node.args):
                moving.add(number)
                if (number, symbol) not in self._partials:
                    self._partials[number, symbol] = self._rule(number, symbol)
        return self._partials[root, symbol]

    def _under(self, root: int) -> list[int]:
        """Nodes that a root needs, children first, remembered."""
        if root not in self._needed:
            self._needed[root] = self.reachable(root)
        return self._needed[root]

    def _slope(self, node: int, symbol: Symbol) -> int:
        """Partial derivative of a node whose own has been found, or in which it does not occur."""
        found = self._partials.get((node, symbol))
        return self.const(0.0) if found is None else found

    def _rule(self, number: int, symbol: Symbol) -> int:
        node = self.nodes[number]
        if node.op in _FLAT:
            return self.const(0.0)
        if node.op is Op.SYMBOL:
            return self.const(float(node.symbol == symbol))
        if node.op is Op.OUTPUT:
            return self._output(node, symbol)
        inner = [self._slope(arg, symbol) for arg in node.args]
        if node.op in (Op.ADD, Op.SUB, Op.NEG):
            return self.apply(node.op, *inner)
        if node.op in (Op.MIN, Op.MAX, Op.WHERE, Op.ABS):
            return self._branches(node, inner)
        if node.op in (Op.EXP, Op.LOG, Op.SQRT):
            return self._function(number, node, inner[0])
        return self._product(number, node, inner)

    def _output(self, node: Node, symbol: Symbol) -> int:
        """Chain rule through a primitive: its own Jacobian times the arguments' derivatives."""
        arguments = self.nodes[node.args[0]].args
        total = self.const(0.0)
        for position, argument in enumerate(arguments):
            entry = int(node.value) * len(arguments) + position
            inner = self._slope(argument, symbol)
            if self.constant_of(inner) != 0.0:
                slope = self._put(Node(Op.SLOPE, node.args, float(entry)))
                total = self.apply(Op.ADD, total, self.apply(Op.MUL, slope, inner))
        return total

    def _branches(self, node: Node, inner: list[int]) -> int:
        if node.op is Op.WHERE:
            return self.apply(Op.WHERE, node.args[0], inner[1], inner[2])
        if node.op is Op.ABS:
            positive = self.apply(Op.GE, node.args[0], self.const(0.0))
            return self.apply(Op.WHERE, positive, inner[0], self.apply(Op.NEG, inner[0]))
        test = Op.LE if node.op is Op.MIN else Op.GE
        return self.apply(Op.WHERE, self.apply(test, *node.args), inner[0], inner[1])

    def _function(self, number: int, node: Node, inner: int) -> int:
        if node.op is Op.EXP:
            return self.apply(Op.MUL, number, inner)
        if node.op is Op.LOG:
            return self.apply(Op.DIV, inner, node.args[0])
        return self.apply(Op.DIV, inner, self.apply(Op.MUL, self.const(2.0), number))

    def _product(self, number: int, node: Node, inner: list[int]) -> int:
        left, right = node.args
        d_left, d_right = inner
        if node.op is Op.MUL:
            return self.apply(
                Op.ADD, self.apply(Op.MUL, d_left, right), self.apply(Op.MUL, left, d_right)
            )
        if node.op is Op.DIV:  # a'/b - (a/b) b'/b
            return self.apply(
                Op.SUB,
                self.apply(Op.DIV, d_left, right),
                self.apply(Op.DIV, self.apply(Op.MUL, number, d_right), right),
            )
        power = self.apply(Op.POW, left, self.apply(Op.SUB, right, self.const(1.0)))
        by_base = self.apply(Op.MUL, self.apply(Op.MUL, right, power), d_left)
        if self.constant_of(d_right) == 0.0:
            return by_base
        by_exponent = self.apply(
            Op.MUL, self.apply(Op.MUL, number, self.apply(Op.LOG, left)), d_right
        )
        return self.apply(Op.ADD, by_base, by_exponent)
