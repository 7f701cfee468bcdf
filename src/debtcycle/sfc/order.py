"""Which equation determines which variable, and in which order: matching, Tarjan, tearing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Graph, Op, Symbol
from debtcycle.sfc.model import Model
from debtcycle.sfc.rank import check_rank

__all__ = ["Block", "Determined", "additive_terms", "order_blocks"]


MAX_TERMS = 6_000  # more than any equation of the permitted length can spell out


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


def additive_terms(graph: Graph, root: int, sign: int = 1) -> list[tuple[int, int]]:
    """Terms of a sum with their signs, from left to right.

    Shared sums count at every use: a difference of a difference doubles them, so that past
    `MAX_TERMS` a sum is left whole.
    """
    found: list[tuple[int, int]] = []
    waiting = [(sign, root)]
    while waiting:
        sign, number = waiting.pop()
        node = graph.nodes[number]
        if len(found) + len(waiting) + 2 > MAX_TERMS:
            found.append((sign, number))
        elif node.op is Op.ADD:
            waiting += [(sign, node.args[1]), (sign, node.args[0])]
        elif node.op is Op.SUB:
            waiting += [(-sign, node.args[1]), (sign, node.args[0])]
        elif node.op is Op.NEG:
            waiting.append((-sign, node.args[0]))
        else:
            found.append((sign, number))
    return found


class _Isolator:
    """Solves equations for a variable that stands in them once, with coefficient one."""

    def __init__(self, model: Model) -> None:
        self.model, self.graph = model, model.graph
        self.terms = [
            additive_terms(model.graph, item.left) + additive_terms(model.graph, item.right, -1)
            for item in model.equations
        ]

    def candidates(self, equation: int, side: int) -> set[str]:
        """Variables that are a term of one side and stand nowhere else in the equation."""
        wanted = {n for _, n in additive_terms(self.graph, side)}
        found = set()
        for number in wanted:
            symbol = self.graph.nodes[number].symbol
            if symbol is not None and not symbol.lag and symbol.name in self.model.variables:
                uses = sum(symbol in self.graph.symbols(n) for _, n in self.terms[equation])
                if uses == 1:
                    found.add(symbol.name)
        return found

    def value(self, equation: int, name: str) -> int | None:
        """Right side of ``name = ...``, if the equation can be turned so exactly."""
        item, symbol = self.model.equations[equation], Symbol(name)
        if item.market is not None:
            return None
        for side, other in ((item.left, item.right), (item.right, item.left)):
            alone = self.graph.nodes[side].symbol == symbol
            if alone and symbol not in self.graph.symbols(other):
                return other  # as written
        if name not in self.candidates(equation, item.left) | self.candidates(equation, item.right):
            return None
        own = next(s for s, n in self.terms[equation] if self.graph.nodes[n].symbol == symbol)
        rest = [
            (-own * s, n) for s, n in self.terms[equation] if symbol not in self.graph.symbols(n)
        ]
        # Positive terms first, so that no negation is needed.
        total = self.graph.const(0.0)
        for sign, number in sorted(rest, key=lambda pair: -pair[0]):
            total = self.graph.apply(Op.ADD if sign > 0 else Op.SUB, total, number)
        return total

    def preferred(self, equation: int) -> str | None:
        """Variable that the equation is written for: alone, or the only one, on its left."""
        item = self.model.equations[equation]
        if item.market is not None:
            return item.market
        left = {
            s.name
            for s in self.graph.symbols(item.left)
            if not s.lag and s.name in self.model.variables
        }
        if len(left) != 1:
            return None
        (name,) = left
        return name if self.value(equation, name) is not None else None


def _matching(model: Model, occurring: list[set[str]], isolator: _Isolator) -> dict[str, int]:
    """An equation for every variable: those written for it first, then by augmenting paths."""
    owner: dict[str, int] = {}
    free = []
    for number, equation in enumerate(model.equations):
        wanted = isolator.preferred(number)
        if equation.market is not None and wanted not in model.variables:
            raise ModelError("model.price", line=equation.line, column=equation.column, name=wanted)
        if wanted is not None and wanted not in owner:
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
        first = model.variables[missing[0]]
        raise ModelError(
            "model.underdetermined",
            line=first.line,
            column=first.column,
            names=", ".join(missing[:8]),
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
    for root, first in graph.items():
        if root in index:
            continue
        work = [(root, iter(first))]
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
    # In one order whatever the process: machine code is kept under a key of the program.
    rest = {n: [m for m in sorted(needs[n]) if m not in tears] for n in members if n not in tears}
    return [name for component in _components(rest) for name in component]


def order_blocks(model: Model) -> tuple[Block, ...]:
    """Blocks in the order in which they are computed.

    Raises
    ------
    ModelError
        ``model.overdetermined`` naming the equation that finds no variable of its own,
        ``model.underdetermined`` naming the variables without an equation, ``model.singular``
        naming those that equations leave open because one follows from the others.
    """
    occurring = _occurring(model)
    isolator = _Isolator(model)
    owner = _matching(model, occurring, isolator)
    determined = {
        name: Determined(name, number, isolator.value(number, name))
        for name, number in owner.items()
    }
    # A variable that its own equation holds on both sides needs itself.
    needs = {name: occurring[owner[name]] - {name} for name in model.variables}
    blocks: list[Block] = []
    for members in _components({n: sorted(needs[n]) for n in model.variables}):
        implicit = {n for n in members if determined[n].value is None}
        inside = {n: needs[n] & set(members) for n in members}
        if len(members) == 1 and not implicit:
            only = determined[members[0]]
            if blocks and not blocks[-1].tears:  # one straight run of recursive variables
                blocks[-1] = Block((), (*blocks[-1].chain, only))
            else:
                blocks.append(Block((), (only,)))
            continue
        tears = _tear(members, inside, implicit)
        chain = _chain(members, inside, set(tears))
        blocks.append(
            Block(tuple(determined[n] for n in tears), tuple(determined[n] for n in chain))
        )
    check_rank(model, tuple(blocks))
    return tuple(blocks)
