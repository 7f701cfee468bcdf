"""The declarations of a model file, each read from its tokens."""

from __future__ import annotations

from collections.abc import Callable

from debtcycle.sfc.expression import Symbol
from debtcycle.sfc.grammar import (
    WORDS,
    Token,
    fault,
    names_in,
    parse_expression,
    unexpected,
)
from debtcycle.sfc.model import (
    Equation,
    Flow,
    Holding,
    Initial,
    Model,
    Parameter,
    PrimitiveCall,
    Revaluation,
    Stock,
    Variable,
)
from debtcycle.sfc.units import parse_unit

__all__ = ["DECLARATIONS", "Declaration"]

RESERVED = WORDS | {"t"}

Items = list[Token]


class Declaration:
    """One line of a model file while it is read into the model.

    Parameters
    ----------
    model : Model
        Grows by what is declared.
    word : Token
        The first word of the line.
    items : list of Token
        What follows, without the description.
    description : str
        The quoted text at the end.
    pending : list of callable
        Checks that need the whole file.
    """

    def __init__(
        self,
        model: Model,
        word: Token,
        items: Items,
        description: str,
        pending: list[Callable[[], None]],
    ) -> None:
        self.model, self.word, self.items = model, word, items
        self.description, self.pending = description, pending
        last = items[-1] if items else word
        self.line, self.end = last.line, last.column + len(last.text)

    # --- pieces of a line -------------------------------------------------------------------
    def expected(self, wanted: str, item: Token | None) -> Exception:
        """What to raise where something else should stand."""
        if item is None:
            return unexpected(self.line, self.end, wanted, "...")
        return unexpected(item.line, item.column, wanted, item.text)

    def node(self, items: Items) -> int:
        """The expression that tokens spell; its names are checked when all are known."""
        if not items:
            raise self.expected("a value", None)
        model = self.model
        node = parse_expression(model.graph, items, self.line, self.end, model.places)
        for item in names_in(items):
            self.check_later(item)
        return node

    def check_later(self, item: Token) -> None:
        """Check that a name is known once the file has been read."""
        symbol = Symbol(item.text)
        self.pending.append(lambda: self.model.check_symbol(symbol, item.line, item.column))

    def split(self, items: Items, mark: str) -> list[Items]:
        """Parts of a list of tokens between marks outside brackets."""
        parts: list[Items] = [[]]
        depth = 0
        for item in items:
            depth += (item.text in "([") - (item.text in ")]")
            if item.text == mark and depth == 0:
                parts.append([])
            else:
                parts[-1].append(item)
        return parts

    def name(self, items: Items) -> Token:
        """The only token, which must be a name."""
        if len(items) != 1 or items[0].kind != "name":
            good = bool(items) and items[0].kind == "name"
            raise self.expected("a name", next(iter(items[good:]), None))
        return items[0]

    def fresh(self, item: Token) -> str:
        """A name that is not taken."""
        taken = item.text in self.model.variables or item.text in self.model.parameters
        if item.text in RESERVED or taken:
            raise fault("model.twice", item.line, item.column, name=item.text)
        return item.text

    def sector(self, item: Token | None) -> str:
        """A sector that has been declared."""
        if item is None:
            raise self.expected("a sector", None)
        if item.text not in self.model.sectors:
            known = ", ".join(self.model.sectors) or "-"
            raise fault("model.sector", item.line, item.column, name=item.text, known=known)
        return item.text

    def held(self, parts: list[Items]) -> tuple[tuple[Holding, ...], list[bool]]:
        """Sectors with their signed expressions, and which of them begin with a minus."""
        holdings, negative = [], []
        for part in parts:
            holder = self.sector(part[0] if part else None)
            holdings.append(Holding(holder, self.node(part[1:])))
            negative.append(part[1].text == "-")
        return tuple(holdings), negative

    # --- declarations -----------------------------------------------------------------------
    def read_model(self) -> None:
        """``model NAME "title"``."""
        self.model.name, self.model.title = self.name(self.items).text, self.description

    def read_source(self) -> None:
        """``source "where it is published"``."""
        self.model.source = self.words()

    def read_text(self) -> None:
        """``text "what it teaches"``."""
        self.model.text = self.words()

    def words(self) -> str:
        """The quoted text of a declaration that has nothing else."""
        if self.items or not self.description:
            raise self.expected('"..."', self.items[0] if self.items else None)
        return self.description

    def listed(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Names between commas, none of them known."""
        found: list[str] = []
        for part in self.split(self.items, ","):
            item = self.name(part)
            if item.text in known or item.text in found:
                raise fault("model.twice", item.line, item.column, name=item.text)
            found.append(item.text)
        return (*known, *found)

    def read_unit(self) -> None:
        """``unit money, goods``."""
        self.model.units = self.listed(self.model.units)

    def read_sector(self) -> None:
        """``sector households, firms``."""
        self.model.sectors = self.listed(self.model.sectors)

    def declared(self) -> tuple[str, Items, str | None, int]:
        """Name, tokens of the value, unit, and the name's column, of a variable or parameter."""
        items, unit = list(self.items), None
        if items and items[-1].text == "]":
            start = max(n for n, item in enumerate(items) if item.text in "[]" and item.text != "]")
            if items[start + 1].text != "-":  # a lag is in brackets too
                unit = " ".join(item.text for item in items[start + 1 : -1])
                self.unit_later(unit, items[start])
                items = items[:start]
        item = self.name(items[:1])
        name = self.fresh(item)
        if len(items) > 1 and items[1].text != "=":
            raise self.expected("=", items[1])
        if len(items) == 2:
            raise self.expected("a value", None)
        return name, items[2:], unit, item.column

    def unit_later(self, unit: str, bracket: Token) -> None:
        """Check a unit once all base units are known."""
        place = (bracket.line, bracket.column)

        def check() -> None:
            parse_unit(unit, self.model.units, *place)

        self.pending.append(check)

    def read_variable(self) -> None:
        """``variable NAME [= FIRST VALUE] [[UNIT]] "what it is"``."""
        name, value, unit, column = self.declared()
        line = self.word.line
        self.model.variables[name] = Variable(name, unit, self.description, line, column)
        if value:
            first = value[0]
            self.model.initial[name] = Initial(self.node(value), first.line, first.column)

    def read_parameter(self) -> None:
        """``parameter NAME [= VALUE] [[UNIT]] "what it is"``."""
        name, items, unit, column = self.declared()
        value = self.model.graph.constant_of(self.node(items)) if items else None
        if items and value is None:
            raise fault("model.number", items[0].line, items[0].column, name=name)
        line = self.word.line
        self.model.parameters[name] = Parameter(name, value, unit, self.description, line, column)

    def equation(self, items: Items, description: str, market: str | None) -> Equation:
        """``LEFT = RIGHT``."""
        sides = self.split(items, "=")
        place = items[0] if items else self.word
        if len(sides) != 2:
            raise fault("model.equation", place.line, place.column)
        left, right = (self.node(side) for side in sides)
        return Equation(left, right, description, place.line, place.column, market)

    def read_equation(self) -> None:
        """``equation LEFT = RIGHT "what it says"``."""
        self.model.equations.append(self.equation(self.items, self.description, None))

    def read_redundant(self) -> None:
        """``redundant LEFT = RIGHT``: left out of the solve, checked every period."""
        self.model.redundant.append(self.equation(self.items, self.description, None))

    def read_market(self) -> None:
        """``market NAME: PRICE clears LEFT = RIGHT``."""
        items = self.items
        words = [item.text for item in items[:4]]
        if len(items) < 5 or words[1] != ":" or words[3] != "clears":
            raise fault("model.market", self.word.line, self.word.column)
        self.check_later(items[2])
        found = self.equation(items[4:], self.description or words[0], words[2])
        self.model.equations.append(found)

    def read_primitive(self) -> None:
        """``primitive NAME(ARGUMENT, ...) -> VARIABLE, ...``."""
        sides = self.split(self.items, "->")
        head = sides[0]
        if len(sides) != 2 or len(head) < 3 or head[1].text != "(" or head[-1].text != ")":
            raise fault("model.primitive", self.word.line, self.word.column)
        name = self.name(head[:1])
        inner = self.split(head[2:-1], ",")
        arguments = tuple(self.node(part) for part in inner)
        results = [self.name(part) for part in self.split(sides[1], ",")]
        call = self.model.graph.call(len(self.model.primitives), arguments)
        for position, item in enumerate(results):
            self.check_later(item)
            left = self.model.graph.symbol(Symbol(item.text))
            right = self.model.graph.output(call, position)
            self.model.equations.append(
                Equation(left, right, self.description, item.line, item.column)
            )
        names = tuple(item.text for item in results)
        self.model.primitives.append(
            PrimitiveCall(name.text, arguments, names, name.line, name.column)
        )

    def read_stock(self) -> None:
        """``stock [real] NAME [price P]: SECTOR EXPRESSION, SECTOR -EXPRESSION``."""
        head, *tail = self.split(self.items, ":")
        real = len(head) > 1 and head[0].text == "real" and head[1].text != "price"
        head = head[1:] if real else head
        if not head or len(tail) != 1:
            raise fault("model.stock", self.word.line, self.word.column)
        name, price = self.name(head[:1]), None
        if any(stock.name == name.text for stock in self.model.stocks):
            raise fault("model.twice", name.line, name.column, name=name.text)
        if len(head) > 1:
            if head[1].text != "price":
                raise self.expected("price", head[1])
            price = self.node(head[2:])
        holdings, negative = self.held(self.split(tail[0], ","))
        alone = len({holding.sector for holding in holdings}) < 2
        if not real and (not any(negative) or all(negative) or alone):
            raise fault("model.issuer", name.line, name.column, name=name.text)
        line = self.word.line
        self.model.stocks.append(Stock(name.text, holdings, price, real, line, name.column))

    def read_revaluation(self) -> None:
        """``revaluation STOCK: SECTOR EXPRESSION, ...``."""
        head, *tail = self.split(self.items, ":")
        if len(tail) != 1:
            raise fault("model.revaluation", self.word.line, self.word.column)
        name = self.name(head)
        changes, _ = self.held(self.split(tail[0], ","))
        self.pending.append(lambda: self.check_revalued(name, changes))
        self.model.revaluations.append(Revaluation(name.text, changes, name.line, name.column))

    def check_revalued(self, name: Token, changes: tuple[Holding, ...]) -> None:
        """Check, once all stocks are known, that each holder is revalued once."""
        known = {stock.name: stock for stock in self.model.stocks}
        if name.text not in known:
            listed = ", ".join(known) or "-"
            raise fault("model.stock_unknown", name.line, name.column, name=name.text, known=listed)
        holders = {holding.sector for holding in known[name.text].holdings}
        items = [item for item in self.model.revaluations if item.stock == name.text]
        said = [change.sector for item in items for change in item.changes]
        for change in changes:
            if change.sector not in holders:
                raise fault(
                    "model.holder", name.line, name.column, sector=change.sector, name=name.text
                )
            if said.count(change.sector) > 1:
                raise fault(
                    "model.revalued", name.line, name.column, sector=change.sector, name=name.text
                )

    def read_flow(self) -> None:
        """``flow NAME: PAYER -> RECEIVER: PAID [~ RECEIVED]``."""
        parts = self.split(self.items, ":")
        if len(parts) < 2 or not parts[0]:
            raise fault("model.flow", self.word.line, self.word.column)
        name = self.name(parts[0])
        ends = self.split(parts[1], "->")
        if len(ends) != 2 or any(len(end) != 1 for end in ends):
            raise fault("model.ends", name.line, name.column, name=name.text)
        payer, receiver = self.sector(ends[0][0]), self.sector(ends[1][0])
        if payer == receiver:
            raise fault("model.ends", name.line, name.column, name=name.text)
        amounts = self.split(parts[2], "~") if len(parts) == 3 else []
        if not 1 <= len(amounts) <= 2:
            raise fault("model.flow", self.word.line, self.word.column)
        nodes = [self.node(amount) for amount in amounts]
        line = self.word.line
        self.model.flows.append(
            Flow(name.text, payer, receiver, nodes[0], nodes[-1], line, name.column)
        )


DECLARATIONS: dict[str, Callable[[Declaration], None]] = {
    "model": Declaration.read_model,
    "source": Declaration.read_source,
    "text": Declaration.read_text,
    "unit": Declaration.read_unit,
    "sector": Declaration.read_sector,
    "variable": Declaration.read_variable,
    "parameter": Declaration.read_parameter,
    "equation": Declaration.read_equation,
    "redundant": Declaration.read_redundant,
    "market": Declaration.read_market,
    "primitive": Declaration.read_primitive,
    "stock": Declaration.read_stock,
    "revaluation": Declaration.read_revaluation,
    "flow": Declaration.read_flow,
}
