"""Text to expressions: a restricted grammar, never `eval`, with line and column in every error.

::

    expression := or
    or         := and ("or" and)*
    and        := not ("and" not)*
    not        := "not" not | comparison
    comparison := sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)?
    sum        := product (("+" | "-") product)*
    product    := unary (("*" | "/") unary)*
    unary      := ("-" | "+") unary | power
    power      := atom (("^" | "**") unary)?
    atom       := number | name lag? | call | "(" expression ")"
    lag        := "[" "-" integer "]"
    call       := ("min" | "max" | "exp" | "log" | "sqrt" | "abs" | "d" | "if") "(" ... ")"

``d(x)`` is ``x - x[-1]``, for any expression ``x``; ``if(c, a, b)`` is ``a`` where ``c`` holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Graph, Op, Symbol

__all__ = ["MAX_DEPTH", "Token", "parse_expression", "tokens"]

MAX_DEPTH = 60
MAX_LAG = 400
MAX_NAME = 60
MAX_TOKENS = 5_000

_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<op>\*\*|<=|>=|==|!=|->|[-+*/^<>=()\[\],~:])"
    r"|(?P<space>[ \t]+)"
)
_COMPARE = {"<": Op.LT, "<=": Op.LE, ">": Op.GT, ">=": Op.GE, "==": Op.EQ, "!=": Op.NE}
_UNARY_CALLS = {"exp": Op.EXP, "log": Op.LOG, "sqrt": Op.SQRT, "abs": Op.ABS}
_WORDS = frozenset({*_UNARY_CALLS, "min", "max", "d", "if", "and", "or", "not"})


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text with its place: line and column from 1."""

    kind: str
    text: str
    line: int
    column: int


def fault(message_id: str, line: int, column: int, **params: object) -> ModelError:
    """An error of the model's text at a place."""
    return ModelError(message_id, line=line, column=column, **params)


def tokens(text: str, line: int, column: int = 1) -> Iterator[Token]:
    """Tokens of one line of text.

    Raises
    ------
    ModelError
        ``model.character`` for a character outside the grammar, ``model.name`` for a name that
        is too long or contains two underscores in a row.
    """
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        place = column + position
        if match is None:
            raise fault("model.character", line, place, character=text[position])
        position = match.end()
        kind = match.lastgroup or ""
        if kind == "space":
            continue
        if kind == "name" and (len(match[0]) > MAX_NAME or "__" in match[0]):
            raise fault("model.name", line, place, name=match[0][:MAX_NAME])
        yield Token(kind, match[0], line, place)


class _Parser:
    """Recursive descent over a list of tokens, with a bound on depth."""

    def __init__(self, graph: Graph, items: list[Token], line: int, end: int) -> None:
        self.graph = graph
        self.items = items
        self.at = 0
        self.depth = 0
        self.line, self.end = line, end

    def peek(self) -> str:
        return self.items[self.at].text if self.at < len(self.items) else ""

    def place(self) -> tuple[int, int]:
        if self.at < len(self.items):
            return self.items[self.at].line, self.items[self.at].column
        return self.line, self.end

    def take(self, text: str | None = None) -> Token:
        if self.at >= len(self.items) or (text is not None and self.peek() != text):
            raise fault(
                "model.expected", *self.place(), wanted=text or "...", found=self.peek() or "..."
            )
        self.at += 1
        return self.items[self.at - 1]

    def expression(self) -> int:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise fault("model.depth", *self.place(), limit=MAX_DEPTH)
        node = self._chain(self._and, {"or": Op.OR})
        self.depth -= 1
        return node

    def _and(self) -> int:
        return self._chain(self._not, {"and": Op.AND})

    def _chain(self, part, operators: dict[str, Op]) -> int:  # type: ignore[no-untyped-def]
        node: int = part()
        while self.peek() in operators:
            op = operators[self.take().text]
            node = self.graph.apply(op, node, part())
        return node

    def _not(self) -> int:
        count = 0
        while self.peek() == "not":
            self.take()
            count += 1
        node = self._comparison()
        for _ in range(count):
            node = self.graph.apply(Op.NOT, node)
        return node

    def _comparison(self) -> int:
        node = self._sum()
        if self.peek() in _COMPARE:
            op = _COMPARE[self.take().text]
            node = self.graph.apply(op, node, self._sum())
        return node

    def _sum(self) -> int:
        return self._chain(self._product, {"+": Op.ADD, "-": Op.SUB})

    def _product(self) -> int:
        return self._chain(self._unary, {"*": Op.MUL, "/": Op.DIV})

    def _unary(self) -> int:
        negative = False
        while self.peek() in ("-", "+"):
            negative ^= self.take().text == "-"
        node = self._power()
        return self.graph.apply(Op.NEG, node) if negative else node

    def _power(self) -> int:
        node = self._atom()
        if self.peek() in ("^", "**"):
            self.take()
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise fault("model.depth", *self.place(), limit=MAX_DEPTH)
            node = self.graph.apply(Op.POW, node, self._unary())
            self.depth -= 1
        return node

    def _atom(self) -> int:
        token = self.take()
        if token.kind == "number":
            return self.graph.const(float(token.text))
        if token.text == "(":
            node = self.expression()
            self.take(")")
            return node
        if token.kind != "name":
            raise fault(
                "model.expected", token.line, token.column, wanted="a value", found=token.text
            )
        if self.peek() == "(":
            return self._call(token)
        if token.text in _WORDS:
            raise fault("model.word", token.line, token.column, name=token.text)
        return self.graph.symbol(Symbol(token.text, self._lag()))

    def _lag(self) -> int:
        if self.peek() != "[":
            return 0
        self.take("[")
        self.take("-")
        number = self.take()
        if not number.text.isdigit() or not 1 <= int(number.text) <= MAX_LAG:
            raise fault("model.lag", number.line, number.column, found=number.text, most=MAX_LAG)
        self.take("]")
        return int(number.text)

    def _call(self, name: Token) -> int:
        self.take("(")
        args = [self.expression()]
        while self.peek() == ",":
            self.take()
            args.append(self.expression())
        self.take(")")
        return self._made(name, args)

    def _made(self, name: Token, args: list[int]) -> int:
        graph, word = self.graph, name.text
        if word in _UNARY_CALLS and len(args) == 1:
            return graph.apply(_UNARY_CALLS[word], args[0])
        if word in ("min", "max") and len(args) >= 2:
            op = Op.MIN if word == "min" else Op.MAX
            node = args[0]
            for arg in args[1:]:
                node = graph.apply(op, node, arg)
            return node
        if word == "if" and len(args) == 3:
            return graph.apply(Op.WHERE, *args)
        if word == "d" and len(args) == 1:
            return graph.apply(Op.SUB, args[0], shifted(graph, args[0], 1))
        known = word in _WORDS
        raise fault(
            "model.arguments" if known else "model.function", name.line, name.column, name=word
        )


def shifted(graph: Graph, root: int, periods: int) -> int:
    """The same expression some periods earlier."""
    moved: dict[int, int] = {}
    for number in graph.reachable(root):
        node = graph.nodes[number]
        if node.symbol is not None:
            moved[number] = graph.symbol(Symbol(node.symbol.name, node.symbol.lag + periods))
        elif node.op is Op.CONST:
            moved[number] = number
        else:
            moved[number] = graph.apply(node.op, *(moved[arg] for arg in node.args))
    return moved[root]


def parse_expression(graph: Graph, items: list[Token], line: int, end: int) -> int:
    """Node of the expression that a list of tokens spells.

    Raises
    ------
    ModelError
        With line and column: ``model.expected``, ``model.depth``, ``model.long``,
        ``model.lag``, ``model.word``, ``model.function``, ``model.arguments``.
    """
    if len(items) > MAX_TOKENS:
        raise fault("model.long", line, items[MAX_TOKENS].column, limit=MAX_TOKENS)
    parser = _Parser(graph, items, line, end)
    node = parser.expression()
    if parser.at < len(items):
        raise fault("model.expected", *parser.place(), wanted="end", found=parser.peek())
    return node
