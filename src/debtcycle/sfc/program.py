"""From blocks to programs: straight lists of operations over numbered registers.

A back end needs nothing but these lists; it never sees the expression graph. Registers: constants,
parameters, lagged values, variables, then temporaries. A block is one program that computes its
chain, its residuals and the Jacobian of the residuals with respect to its tears, propagated
through the chain; both are exact derivatives, simplified and with common parts shared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc.expression import Graph, Op, Symbol
from debtcycle.sfc.model import Model
from debtcycle.sfc.order import Block, order_blocks

__all__ = ["BlockProgram", "Code", "Program", "compile_program"]


@dataclass(frozen=True, slots=True)
class Code:
    """Operations: shape (n, 5) of op, target register, and three argument registers."""

    rows: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class BlockProgram:
    """Program of one block.

    Attributes
    ----------
    chain : Code
        Computes the chain, and the residuals ``left - right`` of the tears.
    jacobian : Code
        Computes the Jacobian, given what `chain` has computed.
    tears : int32 array, shape (k,)
        Registers of the tears.
    residuals, lefts, rights : int32 array, shape (k,)
        Registers of the residuals and of both sides, for their scale.
    entries : int32 array, shape (k, k)
        Registers of the Jacobian's entries, row by residual.
    names, equations
        Variables and equations of the tears, to say what failed.
    """

    chain: Code
    jacobian: Code
    tears: NDArray[np.int32]
    residuals: NDArray[np.int32]
    lefts: NDArray[np.int32]
    rights: NDArray[np.int32]
    entries: NDArray[np.int32]
    names: tuple[str, ...]
    equations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled model.

    Attributes
    ----------
    registers : int
        Number of registers.
    constants : float64 array
        Values of the first registers.
    parameters, variables : dict of name to register
    lags : tuple of (Symbol, register)
        Values of earlier periods.
    checks : Code, check_registers
        Residuals of the redundant identities and of the accounts, and their scales.
    """

    model: Model
    registers: int
    constants: NDArray[np.float64]
    parameters: dict[str, int]
    variables: dict[str, int]
    lags: tuple[tuple[Symbol, int], ...]
    blocks: tuple[BlockProgram, ...]
    structure: tuple[Block, ...]

    @property
    def max_lag(self) -> int:
        """Longest lag used."""
        return max((symbol.lag for symbol, _ in self.lags), default=1)


class _Emitter:
    """Gives registers to nodes and writes operations."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.graph = model.graph
        self.constants: list[float] = []
        self.fixed: dict[int, int] = {}
        self.temporaries = 0
        self.symbols: dict[Symbol, int] = {}
        self.first_temporary = 0

    def prepare(self, nodes: list[int]) -> None:
        """Fixed registers for the constants and symbols of all nodes that will be emitted."""
        graph = self.graph
        needed = graph.reachable(*nodes)
        numbers = [n for n in needed if graph.nodes[n].op is Op.CONST]
        for register, number in enumerate(numbers):
            self.constants.append(graph.nodes[number].value)
            self.fixed[number] = register
        register = len(numbers)
        for name in self.model.parameters:
            self.symbols[Symbol(name)] = register
            register += 1
        lagged = sorted(
            {s for n in needed if (s := graph.nodes[n].symbol) is not None and s.lag},
            key=lambda s: (s.name, s.lag),
        )
        for symbol in lagged:
            self.symbols[symbol] = register
            register += 1
        for name in self.model.variables:
            self.symbols[Symbol(name)] = register
            register += 1
        for number in needed:
            found = graph.nodes[number].symbol
            if found is not None:
                self.fixed[number] = self.symbols[found]
        self.first_temporary = register

    def emit(self, roots: list[int], known: dict[int, int], rows: list[tuple[int, ...]]) -> None:
        """Operations for what the roots need and is not in `known`, which grows."""
        graph = self.graph
        for number in graph.reachable(*roots):
            if number in self.fixed or number in known:
                continue
            node = graph.nodes[number]
            args = [self.fixed.get(a, known.get(a, 0)) for a in node.args]
            register = self.first_temporary + self.temporaries
            self.temporaries += 1
            rows.append((int(node.op), register, *args, *[0] * (3 - len(args))))
            known[number] = register

    def register(self, number: int, known: dict[int, int]) -> int:
        return self.fixed[number] if number in self.fixed else known[number]


def _jacobian_nodes(model: Model, block: Block) -> list[list[int]]:
    """Nodes of d residual / d tear, the chain's dependence on the tears included."""
    graph = model.graph
    tears = [item.variable for item in block.tears]
    slopes: dict[str, list[int]] = {}
    one, nought = graph.const(1.0), graph.const(0.0)
    for number, name in enumerate(tears):
        slopes[name] = [one if k == number else nought for k in range(len(tears))]
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


def _total(graph: Graph, root: int, slopes: dict[str, list[int]], size: int) -> list[int]:
    """Total derivatives of a node with respect to the tears."""
    totals = [graph.const(0.0)] * size
    for symbol in sorted(graph.symbols(root), key=str):
        if symbol.lag or symbol.name not in slopes:
            continue
        partial = graph.partial(root, symbol)
        for number, slope in enumerate(slopes[symbol.name]):
            term = graph.apply(Op.MUL, partial, slope)
            totals[number] = graph.apply(Op.ADD, totals[number], term)
    return totals


def _code(rows: list[tuple[int, ...]]) -> Code:
    return Code(np.array(rows, dtype=np.int32).reshape(-1, 5))


_COPY = 24  # back ends' own operation: target = first argument


def _block_program(
    emitter: _Emitter, model: Model, block: Block, jacobian: list[list[int]]
) -> BlockProgram:
    rows: list[tuple[int, ...]] = []
    known: dict[int, int] = {}
    for item in block.chain:
        assert item.value is not None
        emitter.emit([item.value], known, rows)
        target = emitter.symbols[Symbol(item.variable)]
        source = emitter.register(item.value, known)
        if rows and rows[-1][1] == source and source >= emitter.first_temporary:
            rows[-1] = (rows[-1][0], target, *rows[-1][2:])  # compute in place
            known[item.value] = target
        else:
            rows.append((_COPY, target, source, 0, 0))
    sides = [
        (model.equations[item.equation].left, model.equations[item.equation].right)
        for item in block.tears
    ]
    residuals = [model.graph.apply(Op.SUB, left, right) for left, right in sides]
    emitter.emit([*residuals, *(n for pair in sides for n in pair)], known, rows)
    slope_rows: list[tuple[int, ...]] = []
    emitter.emit([n for row in jacobian for n in row], known, slope_rows)
    size = len(block.tears)

    def of(numbers: list[int]) -> NDArray[np.int32]:
        return np.array([emitter.register(n, known) for n in numbers], dtype=np.int32)

    return BlockProgram(
        chain=_code(rows),
        jacobian=_code(slope_rows),
        tears=np.array([emitter.symbols[Symbol(t.variable)] for t in block.tears], dtype=np.int32),
        residuals=of(residuals),
        lefts=of([left for left, _ in sides]),
        rights=of([right for _, right in sides]),
        entries=of([n for row in jacobian for n in row]).reshape(size, size),
        names=tuple(t.variable for t in block.tears),
        equations=tuple(t.equation for t in block.tears),
    )


def compile_program(model: Model) -> Program:
    """Order the equations, differentiate, and write the programs.

    Raises
    ------
    ModelError
        If the model is over- or under-determined.
    """
    structure = order_blocks(model)
    graph = model.graph
    jacobians = [_jacobian_nodes(model, block) for block in structure]
    residuals = [
        graph.apply(Op.SUB, model.equations[t.equation].left, model.equations[t.equation].right)
        for block in structure
        for t in block.tears
    ]
    values = [item.value for block in structure for item in block.chain if item.value is not None]
    emitter = _Emitter(model)
    emitter.prepare([*values, *residuals, *(n for j in jacobians for row in j for n in row)])
    blocks = []
    for block, jacobian in zip(structure, jacobians, strict=True):
        blocks.append(_block_program(emitter, model, block, jacobian))
    variables = {name: emitter.symbols[Symbol(name)] for name in model.variables}
    return Program(
        model=model,
        registers=emitter.first_temporary + emitter.temporaries,
        constants=np.array(emitter.constants),
        parameters={name: emitter.symbols[Symbol(name)] for name in model.parameters},
        variables=variables,
        lags=tuple((s, r) for s, r in emitter.symbols.items() if s.lag),
        blocks=tuple(blocks),
        structure=structure,
    )
