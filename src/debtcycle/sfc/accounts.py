"""The accounts of a model, generated from its stocks, flows and revaluations.

With price p and holding h (p = 1 where none is declared):

* balance sheet: value ``p*h``; a financial row sums to nought, a real one to what there is;
* transaction flows: what a sector receives less what it pays, then minus ``p*d(h)`` for every
  financial stock; every row and every column sums to nought;
* revaluation: ``d(p)*h[-1]``, or what is declared for a stock without a price, whose transaction
  is then what is left of the change.

Change of value = transaction + revaluation, for every stock of every sector.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from debtcycle.sfc.expression import Graph, Op
from debtcycle.sfc.grammar import shifted
from debtcycle.sfc.model import Model, Stock
from debtcycle.sfc.order import additive_terms
from debtcycle.sfc.printing import equation_text

__all__ = ["Accounts", "Identity", "Matrix", "generate_accounts"]

BALANCE, FLOWS, REVALUATION = "balance_sheet", "transaction_flows", "revaluation"


@dataclass(frozen=True, slots=True)
class Matrix:
    """One matrix, in symbols.

    Attributes
    ----------
    kind : {"balance_sheet", "transaction_flows", "revaluation"}
    cells : tuple of (row, column, node)
        Cells that are not empty.
    """

    kind: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """What must be nought.

    Attributes
    ----------
    kind : {"balance_sheet", "transaction_flows", "revaluation", "redundant"}
    side : {"row", "column", "cell", "equation"}
    label : str
        Name of the row or column, or the text of the equation.
    residual : int
        Node.
    group : int
        Group of cells whose largest gives the size to which the residual is compared.
    line : int
        Line of the declaration, 0 if there is none.
    """

    kind: str
    side: str
    label: str
    residual: int
    group: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class Accounts:
    """Matrices of a model and the identities that follow from them.

    Attributes
    ----------
    identities : tuple of Identity
        First those that are checked in every period, then those that cannot fail.
    groups : tuple of tuple of int
        Nodes of the cells to whose largest a residual is compared.
    checked : int
        How many identities are checked.
    """

    balance_sheet: Matrix
    transaction_flows: Matrix
    revaluation: Matrix
    identities: tuple[Identity, ...]
    groups: tuple[tuple[int, ...], ...]
    checked: int

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """The three matrices."""
        return self.balance_sheet, self.transaction_flows, self.revaluation


class _Cells:
    """Cells of a matrix while it grows; what falls on one cell is added."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.found: dict[tuple[str, str], int] = {}
        self.lines: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def add(self, row: str, column: str, node: int) -> None:
        key = (row, column)
        old = self.found.get(key)
        if old is None:
            self.lines.setdefault(("row", row), []).append(key)
            self.lines.setdefault(("column", column), []).append(key)
        self.found[key] = node if old is None else self.graph.apply(Op.ADD, old, node)

    def total(self, side: str, name: str) -> int:
        """Sum of a row or of a column."""
        total = self.graph.const(0.0)
        for key in self.lines.get((side, name), ()):
            for sign, term in additive_terms(self.graph, self.found[key]):
                total = self.graph.apply(Op.ADD if sign > 0 else Op.SUB, total, term)
        return total

    def matrix(self, kind: str, rows: tuple[str, ...], columns: tuple[str, ...]) -> Matrix:
        return Matrix(
            kind, rows, columns, tuple((row, col, node) for (row, col), node in self.found.items())
        )


def _names(items: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


class _Builder:
    def __init__(self, model: Model) -> None:
        self.model, self.graph = model, model.graph
        self.balance, self.flows, self.changes = (_Cells(self.graph) for _ in range(3))
        self.identities: list[Identity] = []
        self.groups: list[tuple[int, ...]] = []
        self.declared: dict[tuple[str, str], int] = {}
        for item in model.revaluations:
            for change in item.changes:
                self.declared[item.stock, change.sector] = change.value

    def difference(self, node: int) -> int:
        return self.graph.apply(Op.SUB, node, shifted(self.graph, node, 1))

    def times(self, price: int, quantity: int) -> int:
        """Price times quantity, the minus of a liability in front."""
        graph, node = self.graph, self.graph.nodes[quantity]
        if node.op is Op.NEG:
            return graph.apply(Op.NEG, graph.apply(Op.MUL, price, node.args[0]))
        return graph.apply(Op.MUL, price, quantity)

    def stock(self, stock: Stock) -> None:
        graph = self.graph
        for holding in stock.holdings:
            row, sector, held = stock.name, holding.sector, holding.value
            owed = graph.nodes[held].op is Op.NEG
            bought = self.difference(held)
            if stock.price is None:
                self.balance.add(row, sector, held)
                written = self.declared.get((row, sector))
                if written is not None:
                    self.changes.add(row, sector, written)
                    bought = graph.apply(Op.SUB, bought, written)
            else:
                self.balance.add(row, sector, self.times(stock.price, held))
                gain = self.times(self.difference(stock.price), shifted(graph, held, 1))
                self.changes.add(row, sector, gain)
                if owed:  # what is sold stands with a plus
                    bought = graph.apply(Op.NEG, bought)
                bought = graph.apply(Op.MUL, stock.price, bought)
                if owed:
                    bought = graph.apply(Op.NEG, bought)
            if not stock.real:
                self.flows.add(f"d({row})", sector, graph.apply(Op.NEG, bought))

    def closed(self, item: Identity) -> bool:
        """Whether an identity holds by the way its matrix is made; those need no check."""
        return self.graph.constant_of(item.residual) == 0.0

    def group(self, nodes: Iterator[int]) -> int:
        self.groups.append(tuple(dict.fromkeys(nodes)))
        return len(self.groups) - 1

    def touching(self, nodes: list[int]) -> list[int]:
        """Cells with a name that occurs in the nodes.

        A stock that has just come down to nought is left with the rounding of the payments that
        brought it there: their size, not its own, is what the rounding is small against.
        """
        names = {symbol.name for node in nodes for symbol in self.graph.symbols(node)}
        cells = (*self.balance.found.values(), *self.flows.found.values())
        return [n for n in cells if names & {symbol.name for symbol in self.graph.symbols(n)}]

    def build(self) -> Accounts:
        model, graph = self.model, self.graph
        for flow in model.flows:
            self.flows.add(flow.name, flow.payer, graph.apply(Op.NEG, flow.paid))
            self.flows.add(flow.name, flow.receiver, flow.received)
        for stock in model.stocks:
            self.stock(stock)
        self.balance_identities()
        self.flow_identities()
        self.revaluation_identities()
        for item in model.redundant:
            terms = [n for side in (item.left, item.right) for _, n in additive_terms(graph, side)]
            label = equation_text(model, item)
            residual = graph.apply(Op.SUB, item.left, item.right)
            group = self.group(iter((*terms, *self.touching(terms))))
            self.identities.append(
                Identity("redundant", "equation", label, residual, group, item.line)
            )
        stocks = tuple(stock.name for stock in model.stocks)
        flow_rows = _names(flow.name for flow in model.flows)
        financial = tuple(f"d({stock.name})" for stock in model.stocks if not stock.real)
        changed = _names(row for row, _ in self.changes.found)
        columns = model.sectors
        return Accounts(
            self.balance.matrix(BALANCE, stocks, columns),
            self.flows.matrix(FLOWS, (*flow_rows, *financial), columns),
            self.changes.matrix(REVALUATION, changed, columns),
            tuple(sorted(self.identities, key=self.closed)),
            tuple(self.groups),
            sum(not self.closed(item) for item in self.identities),
        )

    def balance_identities(self) -> None:
        if not self.balance.found:
            return
        group = self.group(iter(self.balance.found.values()))
        for stock in self.model.stocks:
            if not stock.real:
                total = self.balance.total("row", stock.name)
                self.identities.append(
                    Identity(BALANCE, "row", stock.name, total, group, stock.line)
                )

    def flow_identities(self) -> None:
        if not self.flows.found:
            return
        group = self.group(iter(self.flows.found.values()))
        lines = {flow.name: flow.line for flow in self.model.flows}
        lines |= {f"d({stock.name})": stock.line for stock in self.model.stocks}
        for row in _names(row for row, _ in self.flows.found):
            self.identities.append(
                Identity(FLOWS, "row", row, self.flows.total("row", row), group, lines[row])
            )
        for sector in self.model.sectors:
            total = self.flows.total("column", sector)
            self.identities.append(Identity(FLOWS, "column", sector, total, group))

    def revaluation_identities(self) -> None:
        if not self.changes.found:
            return
        group = self.group(iter((*self.changes.found.values(), *self.declared.values())))
        stocks = {stock.name: stock for stock in self.model.stocks}
        for row in _names(row for row, _ in self.changes.found):
            if not stocks[row].real:
                total = self.changes.total("row", row)
                self.identities.append(
                    Identity(REVALUATION, "row", row, total, group, stocks[row].line)
                )
        for (row, sector), node in self.declared.items():
            if stocks[row].price is not None:
                gain = self.changes.found[row, sector]
                residual = self.graph.apply(Op.SUB, node, gain)
                line = next(i.line for i in self.model.revaluations if i.stock == row)
                self.identities.append(
                    Identity(REVALUATION, "cell", f"{row}, {sector}", residual, group, line)
                )


def generate_accounts(model: Model) -> Accounts:
    """Matrices and identities of a model."""
    return _Builder(model).build()
