"""Which equation determines which variable, and in which order: matching, Tarjan, tearing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Op
from debtcycle.sfc.model import Model

__all__ = ["Block", "Determined", "order_blocks"]


@dataclass(frozen=True, slots=True)
class Determined:
    """A variable and the equation that determines it.

    Attributes
    ----------
    value : int or None
        Node of the right side where the equation reads ``variable = value`` and the variable
        does not occur in it; None where it must be solved for.
    """

    variable: str
    equation: int
    value: int | None


@dataclass(frozen=True, slots=True)
class Block:
    """Variables that must be found together.

    Attributes
    ----------
    tears : tuple of Determined
        Those solved for by Newton; empty for a recursive variable.
    chain : tuple of Determined
        The others, each computed from the tears and those before it.
    """

    tears: tuple[Determined, ...]
    chain: tuple[Determined, ...]


def _occurring(model: Model) -> list[set[str]]:
    """Variables of the current period in each equation."""
    graph = model.graph
    return [
        {
            symbol.name
            for side in (equation.left, equation.right)
            for symbol in graph.symbols(side)
            if symbol.lag == 0 and symbol.name in model.variables
        }
        for equation in model.equations
    ]


def _explicit(model: Model, equation: int) -> tuple[str, int] | None:
    """Variable and value of an equation that reads ``variable = value``."""
    graph, item = model.graph, model.equations[equation]
    if item.market is not None:
        return None
    for side, other in ((item.left, item.right), (item.right, item.left)):
        node = graph.nodes[side]
        if node.op is Op.SYMBOL and node.symbol is not None and node.symbol.lag == 0:
            name = node.symbol.name
            if name in model.variables and not any(
                s.name == name and s.lag == 0 for s in graph.symbols(other)
            ):
                return name, other
    return None


def _matching(model: Model, occurring: list[set[str]]) -> dict[str, int]:
    """An equation for every variable: explicit ones first, then by augmenting paths."""
    owner: dict[str, int] = {}
    free = []
    for number, equation in enumerate(model.equations):
        wanted = equation.market
        if wanted is None:
            left = model.graph.nodes[equation.left]
            explicit = _explicit(model, number)
            # "Y = C + G" is the equation of Y, whichever side else could be solved for.
            wanted = explicit[0] if explicit and left.symbol is not None else None
        if wanted is not None and wanted in occurring[number] and wanted not in owner:
            owner[wanted] = number
        else:
            free.append(number)
    for number in free:
        if not _augment(number, occurring, owner):
            item = model.equations[number]
            raise ModelError(
                "model.overdetermined",
                line=item.line,
                column=item.column,
                names=", ".join(sorted(occurring[number])) or "-",
            )
    missing = [name for name in model.variables if name not in owner]
    if missing:
        line = model.variables[missing[0]].line
        raise ModelError(
            "model.underdetermined", line=line, column=1, names=", ".join(missing[:8])
        )
    return owner


def _augment(start: int, occurring: list[set[str]], owner: dict[str, int]) -> bool:
    """Breadth-first augmenting path from a free equation; no recursion, so no depth limit."""
    came_from: dict[str, int] = {}
    queue = [start]
    seen: set[str] = set()
    for equation in queue:
        for name in sorted(occurring[equation]):
            if name in seen:
                continue
            seen.add(name)
            came_from[name] = equation
            if name in owner:
                queue.append(owner[name])
                continue
            while True:  # turn the path round
                equation = came_from[name]
                previous = next((n for n, e in owner.items() if e == equation), None)
                owner[name] = equation
                if equation == start:
                    return True
                assert previous is not None
                name = previous
    return False


def _components(graph: dict[str, list[str]]) -> list[list[str]]:
    """Strongly connected components, each after those it depends on (Tarjan, iterative)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, children = work[-1]
            for child in children:
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    on_stack.add(child)
                    work.append((child, iter(graph[child])))
                    break
                if child in on_stack:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        top = stack.pop()
                        on_stack.discard(top)
                        component.append(top)
                        if top == node:
                            break
                    found.append(component[::-1])
    return found


def _tear(members: Sequence[str], needs: dict[str, set[str]], implicit: set[str]) -> list[str]:
    """Few variables whose removal leaves no cycle (greedy feedback vertex set)."""
    left = set(members)
    tears: list[str] = []

    def drop(name: str) -> None:
        left.discard(name)

    for name in members:
        if name in implicit:
            tears.append(name)
            drop(name)
    while left:
        inward = {n: needs[n] & left for n in left}
        outward: dict[str, int] = dict.fromkeys(left, 0)
        for n in left:
            for other in inward[n]:
                outward[other] += 1
        loose = [n for n in left if not inward[n] or not outward[n]]
        if loose:
            for n in loose:
                drop(n)
            continue
        order = {name: position for position, name in enumerate(members)}
        best = max(left, key=lambda n: (len(inward[n]) * outward[n], -order[n]))
        tears.append(best)
        drop(best)
    return tears


def _chain(members: Sequence[str], needs: dict[str, set[str]], tears: set[str]) -> list[str]:
    """Members that are not tears, each after those it needs."""
    rest = {n: [m for m in needs[n] if m not in tears] for n in members if n not in tears}
    return [name for component in _components(rest) for name in component]


def order_blocks(model: Model) -> tuple[Block, ...]:
    """Blocks in the order in which they are computed.

    Raises
    ------
    ModelError
        ``model.overdetermined`` naming the equation that finds no variable of its own,
        ``model.underdetermined`` naming the variables without an equation.
    """
    occurring = _occurring(model)
    owner = _matching(model, occurring)
    determined = {}
    for name, number in owner.items():
        explicit = _explicit(model, number)
        value = explicit[1] if explicit is not None and explicit[0] == name else None
        determined[name] = Determined(name, number, value)
    needs = {name: occurring[owner[name]] - {name} for name in model.variables}
    blocks = []
    for members in _components({n: sorted(needs[n]) for n in model.variables}):
        implicit = {n for n in members if determined[n].value is None}
        inside = {n: needs[n] & set(members) for n in members}
        if len(members) == 1 and not implicit:
            blocks.append(Block((), (determined[members[0]],)))
            continue
        tears = _tear(members, inside, implicit)
        chain = _chain(members, inside, set(tears))
        blocks.append(
            Block(tuple(determined[n] for n in tears), tuple(determined[n] for n in chain))
        )
    return tuple(blocks)
