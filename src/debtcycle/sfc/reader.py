"""Reading a model file.

One declaration a line; an indented line goes on with the one above; ``#`` starts a comment. ::

    model PC "Government money with portfolio choice"
    source "Godley and Lavoie (2007), chapter 4"
    text "What happens to wealth when ..."
    unit money
    sector households, production, government, central_bank
    parameter alpha1 = 0.6 [1] "propensity to consume out of income"
    variable Y = 0 [money] "income"
    stock bills: households Bh, central_bank Bcb, government -Bs
    flow consumption: households -> production: C
    equation Y = C + G "income is what is spent"
    market bonds: pb clears Bd = Bs
    redundant Hh = Hs

The number after a variable's ``=`` is its value before the first period.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Op
from debtcycle.sfc.grammar import Token, fault, parse_expression, tokens
from debtcycle.sfc.model import Equation, Flow, Holding, Model, Parameter, Stock, Variable

__all__ = ["MAX_BYTES", "read_model"]

MAX_BYTES = 500_000
MAX_LINES = 5_000

_QUOTED = re.compile(r'\s*"([^"]*)"\s*$')
_UNIT = re.compile(r"\s*\[([A-Za-z0-9_*/ ^-]+)\]\s*$")
_RESERVED = frozenset({"min", "max", "exp", "log", "sqrt", "abs", "d", "if", "and", "or", "not", "t"})


class _Reader:
    def __init__(self, name: str) -> None:
        self.model = Model(name)
        self.line = 0
        self.pending: list[Callable[[], None]] = []

    # --- pieces of a line -------------------------------------------------------------------
    def described(self, text: str) -> tuple[str, str]:
        """The text without its quoted description, and the description."""
        match = _QUOTED.search(text)
        return (text[: match.start()], match[1]) if match else (text, "")

    def with_unit(self, text: str) -> tuple[str, str | None]:
        """The text without its unit, and the unit."""
        match = _UNIT.search(text)
        # A lag is in brackets too, but starts with a minus sign.
        if match is None or match[1].lstrip().startswith("-"):
            return text, None
        return text[: match.start()], match[1].replace(" ", "")

    def items(self, text: str, column: int) -> list[Token]:
        return list(tokens(text, self.line, column))

    def node(self, items: list[Token], end: int) -> int:
        if not items:
            raise fault("model.expected", self.line, end, wanted="a value", found="...")
        node = parse_expression(self.model.graph, items, self.line, end)
        for item in items:
            if item.kind == "name":
                self.later_check(item)
        return node

    def later_check(self, item: Token) -> None:
        if item.text in _RESERVED:
            return
        from debtcycle.sfc.expression import Symbol

        symbol = Symbol(item.text)
        self.pending.append(lambda: self.model.check_symbol(symbol, item.line, item.column))

    def split(self, items: list[Token], mark: str) -> list[list[Token]]:
        """Parts of a list of tokens between marks outside brackets."""
        parts: list[list[Token]] = [[]]
        depth = 0
        for item in items:
            depth += (item.text in "([") - (item.text in ")]")
            if item.text == mark and depth == 0:
                parts.append([])
            else:
                parts[-1].append(item)
        return parts

    def sector(self, item: Token | None) -> str:
        if item is None or item.text not in self.model.sectors:
            name = item.text if item else "..."
            column = item.column if item else 1
            raise fault(
                "model.sector", self.line, column, name=name, known=", ".join(self.model.sectors)
            )
        return item.text

    # --- declarations -----------------------------------------------------------------------
    def read_model(self, body: str, column: int) -> None:
        rest, self.model.title = self.described(body)
        self.model.name = self.one_name(rest, column)

    def read_source(self, body: str, column: int) -> None:
        del column
        self.model.source = self.described(body)[1]

    def read_text(self, body: str, column: int) -> None:
        del column
        self.model.text = self.described(body)[1]

    def one_name(self, text: str, column: int) -> str:
        items = self.items(text, column)
        if len(items) != 1 or items[0].kind != "name":
            raise fault("model.expected", self.line, column, wanted="a name", found=text.strip())
        return items[0].text

    def listed(self, body: str, column: int) -> tuple[str, ...]:
        parts = self.split(self.items(body, column), ",")
        for part in parts:
            if len(part) != 1 or part[0].kind != "name":
                place = part[0].column if part else column
                raise fault("model.expected", self.line, place, wanted="a name", found="...")
        return tuple(part[0].text for part in parts)

    def read_unit(self, body: str, column: int) -> None:
        self.model.units += self.listed(body, column)

    def read_sector(self, body: str, column: int) -> None:
        self.model.sectors += self.listed(body, column)

    def declared(self, body: str, column: int) -> tuple[str, float | None, str | None, str]:
        rest, description = self.described(body)
        rest, unit = self.with_unit(rest)
        items = self.items(rest, column)
        if not items or items[0].kind != "name":
            raise fault("model.expected", self.line, column, wanted="a name", found=rest.strip())
        name = items[0].text
        if name in _RESERVED or name in self.model.variables or name in self.model.parameters:
            raise fault("model.twice", self.line, items[0].column, name=name)
        value = None
        if len(items) > 1:
            if items[1].text != "=":
                raise fault(
                    "model.expected", self.line, items[1].column, wanted="=", found=items[1].text
                )
            node = parse_expression(self.model.graph, items[2:], self.line, column + len(rest)) if items[2:] else -1
            value = self.model.graph.constant_of(node) if node >= 0 else None
            if value is None:
                raise fault("model.number", self.line, items[1].column, name=name)
        return name, value, unit, description

    def read_variable(self, body: str, column: int) -> None:
        name, value, unit, description = self.declared(body, column)
        self.model.variables[name] = Variable(name, unit, description, self.line)
        if value is not None:
            self.model.start[name] = value

    def read_parameter(self, body: str, column: int) -> None:
        name, value, unit, description = self.declared(body, column)
        self.model.parameters[name] = Parameter(name, value, unit, description, self.line)

    def equation(self, items: list[Token], description: str, market: str | None) -> Equation:
        sides = self.split(items, "=")
        if len(sides) != 2:
            column = items[0].column if items else 1
            raise fault("model.equation", self.line, column)
        end = items[-1].column + 1
        left, right = (self.node(side, end) for side in sides)
        return Equation(left, right, description, self.line, items[0].column, market)

    def read_equation(self, body: str, column: int) -> None:
        rest, description = self.described(body)
        self.model.equations.append(self.equation(self.items(rest, column), description, None))

    def read_redundant(self, body: str, column: int) -> None:
        rest, description = self.described(body)
        self.model.redundant.append(self.equation(self.items(rest, column), description, None))

    def read_market(self, body: str, column: int) -> None:
        """``market NAME: PRICE clears LEFT = RIGHT``."""
        rest, description = self.described(body)
        items = self.items(rest, column)
        words = [item.text for item in items]
        if len(items) < 5 or words[1] != ":" or words[3] != "clears":
            raise fault("model.market", self.line, column)
        self.later_check(items[2])
        found = self.equation(items[4:], description or words[0], words[2])
        self.model.equations.append(found)

    def read_stock(self, body: str, column: int) -> None:
        """``stock [real] NAME [price P]: SECTOR EXPRESSION, SECTOR -EXPRESSION``."""
        rest, _ = self.described(body)
        items = self.items(rest, column)
        head, *tail = self.split(items, ":")
        words = [item.text for item in head]
        real = words[:1] == ["real"] and len(words) > 1
        head = head[1:] if real else head
        if not head or len(tail) != 1:
            raise fault("model.stock", self.line, column)
        price = None
        if len(head) > 1:
            if head[1].text != "price" or len(head) < 3:
                raise fault("model.stock", self.line, head[1].column)
            price = self.node(head[2:], head[-1].column + 1)
        holdings = []
        for part in self.split(tail[0], ","):
            holder = self.sector(part[0] if part else None)
            holdings.append(Holding(holder, self.node(part[1:], column + len(rest))))
        self.model.stocks.append(Stock(head[0].text, tuple(holdings), price, real, self.line))
        if not real:
            self.check_issuer(self.model.stocks[-1], column)

    def check_issuer(self, stock: Stock, column: int) -> None:
        """A financial asset is somebody's liability."""
        graph = self.model.graph
        negative = [h for h in stock.holdings if graph.nodes[h.value].op is Op.NEG]
        if not negative or len(negative) == len(stock.holdings):
            raise fault("model.issuer", self.line, column, name=stock.name)

    def read_flow(self, body: str, column: int) -> None:
        """``flow NAME: PAYER -> RECEIVER: PAID [~ RECEIVED]``."""
        rest, _ = self.described(body)
        items = self.items(rest, column)
        parts = self.split(items, ":")
        if len(parts) != 3 or len(parts[0]) != 1:
            raise fault("model.flow", self.line, column)
        ends = self.split(parts[1], "->")
        if len(ends) != 2 or any(len(end) != 1 for end in ends):
            raise fault("model.ends", self.line, column, name=parts[0][0].text)
        payer, receiver = self.sector(ends[0][0]), self.sector(ends[1][0])
        amounts = self.split(parts[2], "~")
        if len(amounts) > 2:
            raise fault("model.flow", self.line, column)
        nodes = [self.node(amount, column + len(rest)) for amount in amounts]
        self.model.flows.append(
            Flow(parts[0][0].text, payer, receiver, nodes[0], nodes[-1], self.line)
        )


def _logical_lines(text: str) -> list[tuple[int, str]]:
    """Lines without comments, continued lines joined to the one they continue."""
    found: list[tuple[int, str]] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _without_comment(raw).rstrip()
        if not line.strip():
            continue
        if line[0] in " \t" and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        else:
            found.append((number, line))
    return found


def _without_comment(line: str) -> str:
    quoted = False
    for position, character in enumerate(line):
        quoted ^= character == '"'
        if character == "#" and not quoted:
            return line[:position]
    return line


def read_model(text: str, name: str = "model") -> Model:
    """Parse and check the text of a model.

    Raises
    ------
    ModelError
        With line and column where the text is at fault: an unknown name, a flow with one end, a
        stock without an issuer, a unit that clashes, and so on.
    """
    if len(text) > MAX_BYTES:
        raise ModelError("model.size", size=len(text), limit=MAX_BYTES)
    lines = _logical_lines(text)
    if len(lines) > MAX_LINES:
        raise ModelError("model.size", size=len(lines), limit=MAX_LINES)
    reader = _Reader(name)
    for number, line in lines:
        word, _, body = line.partition(" ")
        reader.line = number
        declare = getattr(reader, f"read_{word}", None) if word.isalpha() else None
        if declare is None:
            raise fault("model.declaration", number, 1, word=word[:40])
        declare(body, len(word) + 2)
    for check in reader.pending:
        check()
    from debtcycle.sfc.units import check_units

    check_units(reader.model)
    return reader.model
