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

import math
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Graph, Op, Symbol

__all__ = [
    "MAX_DEPTH",
    "WORDS",
    "Places",
    "Token",
    "fault",
    "names_in",
    "parse_expression",
    "shifted",
    "tokens",
    "unexpected",
]

MAX_DEPTH = 60
MAX_LAG = 400
MAX_NAME = 60
MAX_TOKENS = 5_000
MAX_STRING = 4_000

_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<op>\*\*|<=|>=|==|!=|->|[-+*/^<>=()\[\],~:])"
    r'|(?P<string>"[^"]*")'
)
_SPACE = re.compile(r"[ \t]*")
_COMPARE = {"<": Op.LT, "<=": Op.LE, ">": Op.GT, ">=": Op.GE, "==": Op.EQ, "!=": Op.NE}
_UNARY_CALLS = {"exp": Op.EXP, "log": Op.LOG, "sqrt": Op.SQRT, "abs": Op.ABS}
WORDS = frozenset({*_UNARY_CALLS, "min", "max", "d", "if", "and", "or", "not"})

# How strongly an operator binds, as Python does it.
_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _UNARY = range(1, 8)
_INFIX = {
    "or": (_OR, Op.OR),
    "and": (_AND, Op.AND),
    **{text: (_COMPARISON, op) for text, op in _COMPARE.items()},
    "+": (_SUM, Op.ADD),
    "-": (_SUM, Op.SUB),
    "*": (_PRODUCT, Op.MUL),
    "/": (_PRODUCT, Op.DIV),
}


class Token(NamedTuple):
    """A piece of text with its place: line and column from 1."""

    kind: str
    text: str
    line: int
    column: int


Places = dict[int, tuple[int, int]]  # line and column at which a node first stands

# What may be wanted that is not spelt out in the text, with the message that says so.
_WANTED = {
    "a value": "model.want_value",
    "a name": "model.want_name",
    "a sector": "model.want_sector",
    "end": "model.want_end",
}


def fault(message_id: str, line: int, column: int, **params: object) -> ModelError:
    """An error of the model's text at a place."""
    return ModelError(message_id, line=line, column=column, **params)


def unexpected(line: int, column: int, wanted: str, found: str) -> ModelError:
    """What to raise where something else should stand."""
    if wanted in _WANTED:
        return fault(_WANTED[wanted], line, column, found=found)
    return fault("model.expected", line, column, wanted=wanted, found=found)


def tokens(
    text: str, line: int = 1, places: Callable[[int], tuple[int, int]] | None = None
) -> Iterator[Token]:
    """Tokens of a text; a comment ends it.

    Parameters
    ----------
    places : callable, optional
        Line and column of a position, where the text was put together from several lines.

    Raises
    ------
    ModelError
        ``model.character`` for a character outside the grammar, ``model.name`` for a name that
        is too long or contains two underscores in a row, ``model.long`` for a text too long.
    """
    position, end = 0, len(text)
    while (position := _SPACE.match(text, position).end()) < end and text[position] != "#":  # type: ignore[union-attr]
        match = _TOKEN.match(text, position)
        here = (line, position + 1) if places is None else places(position)
        if match is None:
            raise fault("model.character", *here, character=_visible(text[position]))
        position = match.end()
        kind, found = match.lastgroup or "", match[0]
        if kind == "name" and (len(found) > MAX_NAME or "__" in found):
            raise fault("model.name", *here, name=found[:MAX_NAME])
        if len(found) > MAX_STRING:
            raise fault("model.long", *here, limit=MAX_STRING)
        yield Token(kind, found, *here)


def _visible(character: str) -> str:
    """A character, or its number where it cannot be seen."""
    seen = character.isprintable() and not character.isspace()
    return character if seen else f"U+{ord(character):04X}"


class _Parser:
    """Operator precedence over a list of tokens, with a bound on depth."""

    def __init__(
        self, graph: Graph, items: list[Token], line: int, end: int, places: Places
    ) -> None:
        self.graph, self.places = graph, places
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
            raise unexpected(*self.place(), text or "a value", self.peek() or "...")
        self.at += 1
        return self.items[self.at - 1]

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise fault("model.depth", *self.place(), limit=MAX_DEPTH)

    def expression(self, least: int = _OR) -> int:
        """What follows, up to the first operator that binds less than `least`."""
        self.deeper()
        node = self.operand(least)
        while (found := _INFIX.get(self.peek())) is not None and found[0] >= least:
            strength, op = found
            sign = self.take()
            node = self.graph.apply(op, node, self.expression(strength + 1))
            self.places.setdefault(node, (sign.line, sign.column))
            if strength == _COMPARISON and self.peek() in _COMPARE:
                raise unexpected(*self.place(), "and", self.peek())
        self.depth -= 1
        return node

    def operand(self, least: int) -> int:
        op = None
        if self.peek() == "not" and least <= _NOT:
            op = Op.NOT
            count = self.signs("not")
            node = self.expression(_COMPARISON)
        else:
            count = self.signs("-", "+")
            op = Op.NEG
            node = self.power()
        for _ in range(count):
            node = self.graph.apply(op, node)
        return node

    def signs(self, *signs: str) -> int:
        """How many of a row of the same kind of sign count; a plus does not."""
        count = 0
        while self.peek() in signs:
            count += self.take().text != "+"
        return count if "not" in signs else count % 2

    def power(self) -> int:
        node = self.atom()
        if self.peek() in ("^", "**"):
            sign = self.take()
            node = self.graph.apply(Op.POW, node, self.expression(_UNARY))
            self.places.setdefault(node, (sign.line, sign.column))
        return node

    def atom(self) -> int:
        token = self.take()
        if token.kind == "number":
            return self.graph.const(self.number(token))
        if token.text == "(":
            node = self.expression()
            self.take(")")
            return node
        if token.kind != "name":
            raise unexpected(token.line, token.column, "a value", token.text)
        if self.peek() == "(":
            return self.call(token)
        if token.text in WORDS:
            raise fault("model.word", token.line, token.column, name=token.text)
        return self.graph.symbol(Symbol(token.text, self.lag()))

    def number(self, token: Token) -> float:
        value = float(token.text)
        if not math.isfinite(value):
            raise fault("model.overflow", token.line, token.column, found=token.text[:40])
        return value

    def lag(self) -> int:
        if self.peek() != "[":
            return 0
        self.take("[")
        self.take("-")
        number = self.take()
        if not (
            number.text.isdigit() and len(number.text) < 6 and 1 <= int(number.text) <= MAX_LAG
        ):
            raise fault(
                "model.lag", number.line, number.column, found=number.text[:40], most=MAX_LAG
            )
        self.take("]")
        return int(number.text)

    def call(self, name: Token) -> int:
        self.take("(")
        args = [self.expression()]
        while self.peek() == ",":
            self.take()
            args.append(self.expression())
        self.take(")")
        node = self.made(name, args)
        self.places.setdefault(node, (name.line, name.column))
        return node

    def made(self, name: Token, args: list[int]) -> int:
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
        known = word in WORDS
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


def parse_expression(
    graph: Graph, items: list[Token], line: int, end: int, places: Places | None = None
) -> int:
    """Node of the expression that a list of tokens spells.

    Parameters
    ----------
    places : dict, optional
        Grows by the place of every operator and call, for faults that are found later.

    Raises
    ------
    ModelError
        With line and column: ``model.expected``, ``model.want_value``, ``model.want_end``,
        ``model.depth``, ``model.long``, ``model.lag``, ``model.word``, ``model.function``,
        ``model.arguments``, ``model.overflow``.
    """
    if len(items) > MAX_TOKENS:
        raise fault("model.long", line, items[MAX_TOKENS].column, limit=MAX_TOKENS)
    first = len(graph.nodes)
    parser = _Parser(graph, items, line, end, {} if places is None else places)
    node = parser.expression()
    if parser.at < len(items):
        raise unexpected(*parser.place(), "end", parser.peek())
    for made in graph.nodes[first:]:
        if not math.isfinite(made.value):
            raise fault("model.overflow", line, items[0].column, found=items[0].text)
    return node


def names_in(items: list[Token]) -> list[Token]:
    """Tokens that name a variable or parameter."""
    return [item for item in items if item.kind == "name" and item.text not in WORDS]
