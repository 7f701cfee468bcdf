"""Numbers from expressions: one pass over the nodes, on scalars or arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from debtcycle.sfc.expression import Graph, Op, Symbol

__all__ = ["BINARY", "UNARY", "evaluate"]

UNARY = {Op.NEG: np.negative, Op.EXP: np.exp, Op.LOG: np.log, Op.ABS: np.abs, Op.SQRT: np.sqrt}
BINARY = {
    Op.ADD: np.add,
    Op.SUB: np.subtract,
    Op.MUL: np.multiply,
    Op.DIV: np.divide,
    Op.POW: np.power,
    Op.LT: np.less,
    Op.LE: np.less_equal,
    Op.GT: np.greater,
    Op.GE: np.greater_equal,
    Op.EQ: np.equal,
    Op.NE: np.not_equal,
    Op.AND: np.logical_and,
    Op.OR: np.logical_or,
}


def _applied(op: Op, args: list[Any]) -> Any:
    if op in BINARY:
        return BINARY[op](*args) * 1.0
    if op in UNARY:
        return UNARY[op](*args)
    if op is Op.MIN:
        return np.where(args[0] <= args[1], args[0], args[1])
    if op is Op.MAX:
        return np.where(args[0] >= args[1], args[0], args[1])
    if op is Op.NOT:
        return np.equal(args[0], 0.0) * 1.0
    return np.where(np.not_equal(args[0], 0.0), args[1], args[2])


def evaluate(graph: Graph, roots: list[int], of: Callable[[Symbol], Any]) -> list[Any]:
    """Values of expressions, given the values of their symbols.

    Parameters
    ----------
    roots : list of int
        Nodes. They must not depend on primitives.
    of : callable
        Value of a symbol: a number or an array; all arrays must fit one another.
    """
    found: dict[int, Any] = {}
    with np.errstate(all="ignore"):
        for number in graph.reachable(*roots):
            node = graph.nodes[number]
            if node.op is Op.CONST:
                found[number] = np.float64(node.value)
            elif node.symbol is not None:
                found[number] = of(node.symbol)
            else:
                found[number] = _applied(node.op, [found[arg] for arg in node.args])
    return [found[root] for root in roots]
