"""What a model is: names with units, equations, and accounts with two ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Graph, Symbol

__all__ = [
    "Equation",
    "Flow",
    "Holding",
    "Model",
    "Parameter",
    "Stock",
    "Variable",
]


@dataclass(frozen=True, slots=True)
class Variable:
    """A quantity that the model determines.

    Attributes
    ----------
    unit : str or None
        Product of base units such as ``"money"``, ``"money/goods"``, ``"1"``; None if not said.
    """

    name: str
    unit: str | None
    description: str
    line: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A quantity that is given; it may change by date through shocks."""

    name: str
    value: float | None
    unit: str | None
    description: str
    line: int


@dataclass(frozen=True, slots=True)
class Equation:
    """``left = right``; `market` names the price that clears it, if it is a market."""

    left: int
    right: int
    description: str
    line: int
    column: int
    market: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """What one sector holds of a stock: an expression, negative for the issuer."""

    sector: str
    value: int


@dataclass(frozen=True, slots=True)
class Stock:
    """A row of the balance sheet.

    Attributes
    ----------
    price : int or None
        Node of the price, where holdings are quantities: their value is price times holding,
        the transaction is price times the change, and the rest of the change is revaluation.
    real : bool
        A real asset has no issuer: its row sums to what there is, and it is made by
        production, not bought from its issuer.
    """

    name: str
    holdings: tuple[Holding, ...]
    price: int | None
    real: bool
    line: int


@dataclass(frozen=True, slots=True)
class Flow:
    """One payment: a cell of the transaction-flow matrix with both of its ends."""

    name: str
    payer: str
    receiver: str
    paid: int
    received: int
    line: int


@dataclass(slots=True)
class Model:
    """A model as declared: parsed and checked, not yet compiled.

    Attributes
    ----------
    redundant : tuple of Equation
        Identities that are implied by the others: left out of the solve, checked every period.
    """

    name: str
    title: str = ""
    source: str = ""
    text: str = ""
    graph: Graph = field(default_factory=Graph)
    units: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    variables: dict[str, Variable] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    redundant: list[Equation] = field(default_factory=list)
    stocks: list[Stock] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    start: dict[str, float] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """Variables, then parameters, in the order of their declaration."""
        return (*self.variables, *self.parameters)

    def check_symbol(self, symbol: Symbol, line: int, column: int) -> None:
        """Refuse a name that is neither a variable nor a parameter."""
        if symbol.name in self.variables or symbol.name in self.parameters:
            return
        from difflib import get_close_matches

        near = ", ".join(get_close_matches(symbol.name, self.names(), n=3)) or "-"
        raise ModelError(
            "model.unknown", line=line, column=column, name=symbol.name, near=near
        )
