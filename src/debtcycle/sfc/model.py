"""What a model is: names with units, equations, and accounts with two ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Graph, Symbol
from debtcycle.sfc.grammar import Places

if TYPE_CHECKING:
    from debtcycle.sfc.accounts import Accounts
    from debtcycle.sfc.primitives import Primitive
    from debtcycle.sfc.runs import Compiled

__all__ = [
    "Equation",
    "Flow",
    "Holding",
    "Initial",
    "Model",
    "Parameter",
    "PrimitiveCall",
    "Revaluation",
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
    column: int = 1


@dataclass(frozen=True, slots=True)
class Parameter:
    """A quantity that is given; it may change by date through shocks."""

    name: str
    value: float | None
    unit: str | None
    description: str
    line: int
    column: int = 1


@dataclass(frozen=True, slots=True)
class Initial:
    """Value of a variable before the first period: an expression of parameters and others."""

    value: int
    line: int
    column: int


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
class PrimitiveCall:
    """Several variables that a hand-written function returns together.

    Attributes
    ----------
    arguments : tuple of int
        Nodes of the arguments.
    results : tuple of str
        Variables that receive what it returns, in order.
    """

    name: str
    arguments: tuple[int, ...]
    results: tuple[str, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What one sector holds of a stock; a liability is negative."""

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
    column: int = 1


@dataclass(frozen=True, slots=True)
class Revaluation:
    """Changes in the value of holdings that nobody paid for: capital gains, write-offs.

    For a stock with a price they must equal ``d(price)*holding[-1]``; for one without, what is
    left of the change in the holding is the transaction.
    """

    stock: str
    changes: tuple[Holding, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Flow:
    """One payment: a cell of the transaction-flow matrix with both of its ends."""

    name: str
    payer: str
    receiver: str
    paid: int
    received: int
    line: int
    column: int = 1


@dataclass(slots=True)
class Model:
    """A model as declared: parsed and checked, not yet compiled.

    Attributes
    ----------
    redundant : list of Equation
        Identities that are implied by the others: left out of the solve, checked every period.
    initial : dict of str to Initial
        Values before the first period; a variable without one starts at nought.
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
    primitives: list[PrimitiveCall] = field(default_factory=list)
    redundant: list[Equation] = field(default_factory=list)
    stocks: list[Stock] = field(default_factory=list)
    revaluations: list[Revaluation] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    initial: dict[str, Initial] = field(default_factory=dict)
    places: Places = field(default_factory=dict)
    _compiled: Compiled | None = None

    def names(self) -> tuple[str, ...]:
        """Variables, then parameters, in the order of their declaration."""
        return (*self.variables, *self.parameters)

    def near(self, name: str, *, parameters: bool = False) -> str:
        """Known names, or parameters, that look like one, for an error; "-" if none does."""
        known = tuple(self.parameters) if parameters else self.names()
        return ", ".join(get_close_matches(name, known, n=3)) or "-"

    def check_symbol(self, symbol: Symbol, line: int, column: int) -> None:
        """Refuse a name that is neither a variable nor a parameter.

        Raises
        ------
        ModelError
            ``model.unknown``.
        """
        if symbol.name not in self.variables and symbol.name not in self.parameters:
            raise ModelError(
                "model.unknown",
                line=line,
                column=column,
                name=symbol.name,
                near=self.near(symbol.name),
            )

    def compile(self, primitives: Mapping[str, Primitive] | None = None) -> Compiled:
        """Order, differentiate and write the program; done once for each model object.

        Parameters
        ----------
        primitives : mapping of str to Primitive, optional
            Hand-written functions for the model's ``primitive`` declarations, by name.

        Raises
        ------
        ModelError
            If the model is over- or under-determined, or a primitive is missing or does not
            fit its declaration.
        """
        from debtcycle.sfc.runs import compiled_model

        if primitives is not None:
            return compiled_model(self, primitives)
        if self._compiled is None:
            self._compiled = compiled_model(self, {})
        return self._compiled

    def compile_accounts(self) -> Accounts:
        """The generated matrices in symbols, and the identities that follow from them."""
        from debtcycle.sfc.accounts import generate_accounts

        return generate_accounts(self)
