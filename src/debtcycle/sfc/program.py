"""From blocks to a program: one straight list of operations over numbered registers.

A back end needs nothing but these arrays; it never sees the expression graph. Registers:
constants, parameters, lagged values, variables, then temporaries, which every block uses afresh.
A block is a stretch of code that computes its chain and its residuals, and one that computes the
Jacobian of the residuals with respect to its tears, propagated through the chain; both are exact
derivatives, simplified and with common parts shared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc.accounts import Accounts, generate_accounts
from debtcycle.sfc.expression import Graph, Op, Symbol
from debtcycle.sfc.initial import first_values
from debtcycle.sfc.jacobian import jacobian
from debtcycle.sfc.model import Model
from debtcycle.sfc.order import Block, additive_terms, order_blocks
from debtcycle.sfc.primitives import Primitive, written_out

__all__ = ["COPY", "Program", "compile_program"]

Ints = NDArray[np.int32]

COPY = 24  # an operation of the back ends alone: target = first argument


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled model.

    Attributes
    ----------
    constants : float64 array
        Values of the first registers.
    parameter_base, variable_base : int
        Register of the first parameter and of the first variable.
    code : int32 array, shape (n, 5)
        Operation, target register, three argument registers.
    spans : int32 array, shape (blocks, 7)
        First operation of the chain, of the Jacobian, and after it; first and last tear; first
        entry of the Jacobian; first operation of what does not depend on the tears, which ends
        where the chain begins and is run once. A block without tears is recursive.
    tears : int32 array, shape (2, k)
        Registers of the tears and of their residuals.
    term_starts, terms : int32 arrays
        Registers of the terms of each tear's equation: the scale of its residual.
    entries : int32 array
        Registers of the Jacobians, row by residual.
    lags : int32 array, shape (l, 4)
        Register, 0 for a variable or 1 for a parameter, its number, and the lag.
    check_span : int32 array, shape (2,)
        The code that computes the accounts' residuals.
    checks : int32 array, shape (2, i)
        Register of each identity's residual, and the group of cells that gives its size.
    cell_starts, cells : int32 arrays
        Registers of the cells of each group.
    structure : tuple of Block
        Which variable is found where.
    accounts : Accounts
        The identities; those that are checked come first, in the order of `checks`.
    first_values
        Variables with a declared first value, each after those it refers to.
    max_lag : int
        Longest lag used; at least one, for the start row.
    """

    model: Model
    registers: int
    constants: NDArray[np.float64]
    parameter_base: int
    variable_base: int
    code: Ints
    spans: Ints
    tears: Ints
    term_starts: Ints
    terms: Ints
    entries: Ints
    lags: Ints
    check_span: Ints
    checks: Ints
    cell_starts: Ints
    cells: Ints
    structure: tuple[Block, ...]
    accounts: Accounts
    first_values: tuple[tuple[str, float | None], ...]
    max_lag: int

    @property
    def largest_block(self) -> int:
        """Number of tears of the largest simultaneous block."""
        return int((self.spans[:, 4] - self.spans[:, 3]).max()) if len(self.spans) else 0


@dataclass(slots=True)
class _Lists:
    """The parts of a program while they grow."""

    rows: list[tuple[int, ...]] = field(default_factory=list)
    spans: list[tuple[int, ...]] = field(default_factory=list)
    tears: list[int] = field(default_factory=list)
    residuals: list[int] = field(default_factory=list)
    terms: list[list[int]] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)


class _Emitter:
    """Gives registers to nodes and writes operations."""

    def __init__(self, model: Model, nodes: list[int]) -> None:
        self.model, self.graph = model, model.graph
        self.out = _Lists()
        self.fixed: dict[int, int] = {}
        self.symbols: dict[Symbol, int] = {}
        self.known: dict[int, int] = {}
        needed = self.graph.reachable(*nodes)
        numbers = [n for n in needed if self.graph.nodes[n].op is Op.CONST]
        self.constants = [self.graph.nodes[n].value for n in numbers]
        self.fixed.update({n: register for register, n in enumerate(numbers)})
        found = {s for n in needed if (s := self.graph.nodes[n].symbol) is not None}
        self.lagged = sorted((s for s in found if s.lag), key=lambda s: (s.name, s.lag))
        self.parameter_base = len(numbers)
        ordered = [Symbol(n) for n in model.parameters]
        ordered += self.lagged
        self.variable_base = self.parameter_base + len(ordered)
        ordered += [Symbol(n) for n in model.variables]
        self.symbols = {s: self.parameter_base + n for n, s in enumerate(ordered)}
        for number in needed:
            symbol = self.graph.nodes[number].symbol
            if symbol is not None:
                self.fixed[number] = self.symbols[symbol]
        self.first_temporary = self.next = self.parameter_base + len(ordered)
        self.registers = self.first_temporary

    def fresh_block(self) -> None:
        """Forget the temporaries: nothing of them is used across blocks."""
        self.known = {}
        self.next = self.first_temporary

    def room(self) -> int:
        """A register that is free."""
        first = self.next
        self.next += 1
        self.registers = max(self.registers, self.next)
        return first

    def register(self, number: int) -> int:
        """Register of a node that has been emitted."""
        return self.fixed[number] if number in self.fixed else self.known[number]

    def emit(self, roots: list[int]) -> None:
        """Operations for what the roots need and is not known in this block."""
        for number in self.graph.reachable(*roots):
            if number in self.fixed or number in self.known:
                continue
            node = self.graph.nodes[number]
            args = [self.register(a) for a in node.args]
            self.known[number] = self.room()
            op = node.op
            if op is Op.POW and self.graph.constant_of(node.args[1]) == 2.0:
                op, args = Op.MUL, [args[0], args[0]]  # a power costs as much as fifty products
            padding = [0] * (3 - len(args))
            self.out.rows.append((int(op), self.known[number], *args, *padding))

    def assign(self, value: int, name: str) -> None:
        """Compute a node into the register of a variable."""
        before = len(self.out.rows)
        self.emit([value])
        target, source = self.symbols[Symbol(name)], self.register(value)
        rows = self.out.rows
        last = rows[-1] if len(rows) > before else (COPY, -1)
        if last[1] == source:
            rows[-1] = (last[0], target, *last[2:])  # compute in place
            self.known[value] = target
        else:
            rows.append((COPY, target, source, 0, 0))


@dataclass(frozen=True, slots=True)
class _Solved:
    """Nodes of a block: values of its chain, residuals of its tears, their terms, the Jacobian."""

    chain: list[int]
    residuals: list[int]
    terms: list[list[int]]
    jacobian: list[list[int]]

    def nodes(self) -> list[int]:
        """All of them."""
        rows = (*self.terms, *self.jacobian)
        return [*self.chain, *self.residuals, *(n for row in rows for n in row)]

    def mapped(self, made: Mapping[int, int]) -> _Solved:
        """The same in other nodes."""
        return _Solved(
            [made[n] for n in self.chain],
            [made[n] for n in self.residuals],
            [[made[n] for n in row] for row in self.terms],
            [[made[n] for n in row] for row in self.jacobian],
        )


def _solved(model: Model, block: Block) -> _Solved:
    sides = [
        (model.equations[item.equation].left, model.equations[item.equation].right)
        for item in block.tears
    ]
    graph = model.graph
    return _Solved(
        chain=[item.value for item in block.chain if item.value is not None],
        residuals=[graph.apply(Op.SUB, left, right) for left, right in sides],
        terms=[
            sorted({n for side in pair for _, n in additive_terms(graph, side)}) for pair in sides
        ],
        jacobian=jacobian(model, block),
    )


def _fixed_parts(graph: Graph, block: Block, roots: list[int]) -> list[int]:
    """Largest expressions of a block that are the same whatever its variables are."""
    own = {item.variable for item in (*block.tears, *block.chain)}
    moving: set[int] = set()
    needed = graph.reachable(*roots)
    for number in needed:
        node = graph.nodes[number]
        mine = node.symbol is not None and node.symbol.lag == 0 and node.symbol.name in own
        if mine or any(arg in moving for arg in node.args):
            moving.add(number)
    used = {arg for number in moving for arg in graph.nodes[number].args} | set(roots)
    return sorted(used - moving)


def _write_block(emitter: _Emitter, block: Block, solved: _Solved) -> None:
    out = emitter.out
    emitter.fresh_block()
    head, first_tear, first_entry = len(out.rows), len(out.tears), len(out.entries)
    if block.tears:
        emitter.emit(_fixed_parts(emitter.graph, block, solved.nodes()))
    first = len(out.rows)
    for item, value in zip(block.chain, solved.chain, strict=True):
        emitter.assign(value, item.variable)
    emitter.emit([*solved.residuals, *(n for row in solved.terms for n in row)])
    middle = len(out.rows)
    emitter.emit([n for row in solved.jacobian for n in row])
    out.tears += [emitter.symbols[Symbol(item.variable)] for item in block.tears]
    out.residuals += [emitter.register(n) for n in solved.residuals]
    out.terms += [[emitter.register(n) for n in row] for row in solved.terms]
    out.entries += [emitter.register(n) for row in solved.jacobian for n in row]
    out.spans.append((first, middle, len(out.rows), first_tear, len(out.tears), first_entry, head))


def _table(rows: Sequence[tuple[int, ...]], width: int) -> Ints:
    return np.array(rows, dtype=np.int32).reshape(-1, width)


def _ragged(lists: list[list[int]]) -> tuple[Ints, Ints]:
    """Lists end to end, and where each begins."""
    starts = np.cumsum([0, *(len(one) for one in lists)], dtype=np.int32)
    return starts.astype(np.int32), np.array([n for one in lists for n in one], dtype=np.int32)


def compile_program(model: Model, primitives: tuple[Primitive, ...] = ()) -> Program:
    """Order the equations, differentiate, and write the program.

    Parameters
    ----------
    primitives : tuple of Primitive
        The functions of the model's ``primitive`` declarations, in their order.

    Raises
    ------
    ModelError
        If the model is over- or under-determined, or a primitive does not keep to its shape.
    """
    structure = order_blocks(model)
    accounts = generate_accounts(model)
    solved = [_solved(model, block) for block in structure]
    check_nodes = [
        *(i.residual for i in accounts.identities),
        *(n for g in accounts.groups for n in g),
    ]
    nodes = [n for one in solved for n in one.nodes()]
    if primitives:
        made = written_out(model.graph, primitives, nodes)
        solved = [one.mapped(made) for one in solved]
        nodes = [n for one in solved for n in one.nodes()]
    emitter = _Emitter(model, [*nodes, *check_nodes])
    for block, one in zip(structure, solved, strict=True):
        _write_block(emitter, block, one)
    out = emitter.out
    emitter.fresh_block()
    check_from = len(out.rows)
    emitter.emit(check_nodes)
    term_starts, terms = _ragged(out.terms)
    cell_starts, cells = _ragged([[emitter.register(n) for n in g] for g in accounts.groups])
    variables = {name: number for number, name in enumerate(model.variables)}
    given = {name: number for number, name in enumerate(model.parameters)}
    lags = [
        (emitter.symbols[s], int(s.name in given), {**variables, **given}[s.name], s.lag)
        for s in emitter.lagged
    ]
    identities = accounts.identities[: accounts.checked]
    return Program(
        model=model,
        registers=emitter.registers,
        constants=np.array(emitter.constants, dtype=np.float64),
        parameter_base=emitter.parameter_base,
        variable_base=emitter.variable_base,
        code=_table(out.rows, 5),
        spans=_table(out.spans, 7),
        tears=np.array([out.tears, out.residuals], dtype=np.int32).reshape(2, -1),
        term_starts=term_starts,
        terms=terms,
        entries=np.array(out.entries, dtype=np.int32),
        lags=_table(lags, 4),
        check_span=np.array([check_from, len(out.rows)], dtype=np.int32),
        checks=np.array(
            [[emitter.register(i.residual) for i in identities], [i.group for i in identities]],
            dtype=np.int32,
        ).reshape(2, -1),
        cell_starts=cell_starts,
        cells=cells,
        structure=structure,
        accounts=accounts,
        first_values=first_values(model),
        max_lag=max((row[3] for row in lags), default=1),
    )
