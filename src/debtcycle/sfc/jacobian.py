"""The Jacobian of a block's residuals with respect to its tears, as expressions.

Exact derivatives, propagated through the chain; the expression graph simplifies them and shares
what they have in common.
"""

from __future__ import annotations

from debtcycle.sfc.expression import Graph, Op
from debtcycle.sfc.model import Model
from debtcycle.sfc.order import Block

__all__ = ["backward", "forward", "jacobian"]


def jacobian(model: Model, block: Block) -> list[list[int]]:
    """Nodes of d residual / d tear, the chain's dependence on the tears included.

    Derivatives are gathered along the chain, from the tears on, or against it, from the residuals
    back. Both give the same numbers; the shorter one is taken.
    """
    graph = model.graph
    ways = [way(model, block) for way in (forward, backward)]
    return min(ways, key=lambda rows: len(graph.reachable(*(n for row in rows for n in row))))


def forward(model: Model, block: Block) -> list[list[int]]:
    """The Jacobian from the tears on."""
    graph = model.graph
    tears = [item.variable for item in block.tears]
    slopes: dict[str, list[int]] = {}
    one, nought = graph.const(1.0), graph.const(0.0)
    for number, name in enumerate(tears):
        slopes[name] = [one if k == number else nought for k in range(len(tears))]
    if not tears:
        return []
    for item in block.chain:
        assert item.value is not None
        slopes[item.variable] = _total(graph, item.value, slopes, len(tears))
    rows = []
    for item in block.tears:
        equation = model.equations[item.equation]
        left = _total(graph, equation.left, slopes, len(tears))
        right = _total(graph, equation.right, slopes, len(tears))
        rows.append([graph.apply(Op.SUB, a, b) for a, b in zip(left, right, strict=True)])
    return rows


def backward(model: Model, block: Block) -> list[list[int]]:
    """The Jacobian from the residuals back: what is common to many terms is multiplied once."""
    graph, size = model.graph, len(block.tears)
    nought = graph.const(0.0)
    of = {item.variable: [nought] * size for item in (*block.tears, *block.chain)}

    def pass_on(root: int, number: int, weight: int, op: Op) -> None:
        for symbol in sorted(
            (s for s in graph.symbols(root) if not s.lag and s.name in of), key=str
        ):
            part = graph.apply(Op.MUL, weight, graph.partial(root, symbol))
            of[symbol.name][number] = graph.apply(op, of[symbol.name][number], part)

    one = graph.const(1.0)
    for number, item in enumerate(block.tears):
        equation = model.equations[item.equation]
        pass_on(equation.left, number, one, Op.ADD)
        pass_on(equation.right, number, one, Op.SUB)
    for item in reversed(block.chain):
        assert item.value is not None
        for number, weight in enumerate(of[item.variable]):
            if graph.constant_of(weight) != 0.0:
                pass_on(item.value, number, weight, Op.ADD)
    return [[of[item.variable][number] for item in block.tears] for number in range(size)]


def _total(graph: Graph, root: int, slopes: dict[str, list[int]], size: int) -> list[int]:
    """Total derivatives of a node with respect to the tears."""
    totals = [graph.const(0.0)] * size
    own = (s for s in graph.symbols(root) if not s.lag and s.name in slopes)
    for symbol in sorted(own, key=str):
        partial = graph.partial(root, symbol)
        for number, slope in enumerate(slopes[symbol.name]):
            if graph.constant_of(slope) == 0.0:
                continue
            term = graph.apply(Op.MUL, partial, slope)
            totals[number] = graph.apply(Op.ADD, totals[number], term)
    return totals
