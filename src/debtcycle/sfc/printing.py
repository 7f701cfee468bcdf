"""Expressions and equations as text of the language, and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Graph, Node, Op, Symbol

if TYPE_CHECKING:
    from debtcycle.sfc.model import Equation, Model

__all__ = ["equation_text", "expression_text", "latex_name", "latex_text"]

MAX_CHARACTERS = 200_000

# Strength of binding, from the loosest; an operand that binds less is put in brackets.
_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _UNARY, _POWER, _ATOM = range(9)
_INFIX = {
    Op.OR: (_OR, "or"),
    Op.AND: (_AND, "and"),
    Op.LT: (_COMPARE, "<"),
    Op.LE: (_COMPARE, "<="),
    Op.GT: (_COMPARE, ">"),
    Op.GE: (_COMPARE, ">="),
    Op.EQ: (_COMPARE, "=="),
    Op.NE: (_COMPARE, "!="),
    Op.ADD: (_SUM, "+"),
    Op.SUB: (_SUM, "-"),
    Op.MUL: (_PRODUCT, "*"),
    Op.DIV: (_PRODUCT, "/"),
}
_CALLS = {
    Op.MIN: "min",
    Op.MAX: "max",
    Op.EXP: "exp",
    Op.LOG: "log",
    Op.SQRT: "sqrt",
    Op.ABS: "abs",
    Op.WHERE: "if",
}
_LATEX = {
    Op.OR: r"\lor",
    Op.AND: r"\land",
    Op.LE: r"\le",
    Op.GE: r"\ge",
    Op.EQ: "=",
    Op.NE: r"\ne",
    Op.MUL: r"\,",
}
_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi"),
    *("omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega"),
)

_STEM = re.compile(r"[A-Z]{2,}|[A-Z]|[a-z]+")
_SHORT = 4  # letters after a Greek one that are still its index

Piece = tuple[int, str]


def _walk(graph: Graph, root: int, spell: Callable[[Node, list[Piece]], Piece]) -> str:
    pieces: dict[int, Piece] = {}
    for number in graph.reachable(root):
        node = graph.nodes[number]
        change = _change(graph, node)
        if change is not None and spell is _spelt:
            pieces[number] = change
        else:
            pieces[number] = spell(node, [pieces[arg] for arg in node.args])
        # Shared parts are spelt out at every use: bounded, so that no text grows without end.
        if len(pieces[number][1]) > MAX_CHARACTERS:
            raise ModelError("model.long", line=1, column=1, limit=MAX_CHARACTERS)
    return pieces[root][1]


def _change(graph: Graph, node: Node) -> Piece | None:
    """A difference of a name and itself one period earlier, as ``d(name)`` or ``-d(name)``."""
    if node.op is not Op.SUB:
        return None
    first, second = (graph.nodes[arg].symbol for arg in node.args)
    if first is None or second is None or first.name != second.name:
        return None
    if second.lag == first.lag + 1:
        return _ATOM, f"d({first})"
    return (_UNARY, f"-d({second})") if first.lag == second.lag + 1 else None


def _in(piece: Piece, least: int, left: str = "(", right: str = ")") -> str:
    return piece[1] if piece[0] >= least else f"{left}{piece[1]}{right}"


def _number(value: float) -> Piece:
    text = repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    if value == 0.0 and str(value).startswith("-"):
        text = "-0"
    return (_UNARY if text.startswith("-") else _ATOM), text


def _spelt(node: Node, args: list[Piece]) -> Piece:
    if node.op is Op.CONST:
        return _number(node.value)
    if node.symbol is not None:
        return _ATOM, str(node.symbol)
    if node.op in _INFIX:
        level, sign = _INFIX[node.op]
        # A comparison takes no comparison on either side; the others group from the left.
        first = level + (level == _COMPARE)
        return level, f"{_in(args[0], first)} {sign} {_in(args[1], level + 1)}"
    if node.op is Op.NOT:
        return _NOT, f"not {_in(args[0], _NOT)}"
    if node.op is Op.NEG:
        return _UNARY, f"-{_in(args[0], _POWER)}"
    if node.op is Op.POW:
        return _POWER, f"{_in(args[0], _ATOM)}^{_in(args[1], _UNARY)}"
    return _ATOM, f"{_CALLS[node.op]}({', '.join(text for _, text in args)})"


def expression_text(graph: Graph, root: int) -> str:
    """An expression in the language's own notation; reading it gives the same node again."""
    return _walk(graph, root, _spelt)


def equation_text(model: Model, equation: Equation) -> str:
    """An equation in the language's notation; for a primitive, its call."""
    right = model.graph.nodes[equation.right]
    left = expression_text(model.graph, equation.left)
    if right.op is not Op.OUTPUT:
        return f"{left} = {expression_text(model.graph, equation.right)}"
    call = model.graph.nodes[right.args[0]]
    name = model.primitives[int(call.value)].name
    inner = ", ".join(expression_text(model.graph, argument) for argument in call.args)
    return f"{left} = {name}({inner}).{int(right.value) + 1}"


def _stem(name: str) -> tuple[str, str]:
    """Letter or letters of a name as LaTeX, and what is left for its index."""
    plain = name.replace("eps", "epsilon", 1) if re.match(r"eps(?!ilon)", name) else name
    head = next((g for g in sorted(_GREEK, key=len, reverse=True) if plain.startswith(g)), "")
    word = re.match(r"[a-z]*", plain[len(head) :])
    # "betae" is beta with an index, "price" and "number" are words.
    room = _SHORT if len(head) > 3 else 1 if len(head) == 3 else 0
    if head and word is not None and len(word[0]) <= room:
        return rf"\{head}", plain[len(head) :]
    found = _STEM.match(name)
    stem = found[0] if found else name[0]
    return stem if len(stem) == 1 else rf"\mathit{{{stem}}}", name[len(stem) :]


def latex_name(symbol: Symbol) -> str:
    r"""A name with its lag as it would be set in a book.

    ``alpha1`` is ``\alpha_{1}``, ``Bh[-1]`` is ``B_{h,t-1}``, ``YDr`` is ``\mathit{YD}_{r}``.
    """
    stem, rest = _stem(symbol.name)
    time = f"t-{symbol.lag}" if symbol.lag else ""
    index = rest.strip("_").replace("_", r"\_")
    if len(re.sub(r"[^A-Za-z]", "", index)) > 1:
        index = rf"\mathit{{{index}}}"
    under = ",".join(part for part in (index, time) if part)
    return f"{stem}_{{{under}}}" if under else stem


def _latex_number(value: float) -> Piece:
    """A number, with a power of ten where Python writes an exponent."""
    strength, text = _number(value)
    digits, _, power = text.partition("e")
    if power:
        return min(strength, _PRODUCT), rf"{digits} \cdot 10^{{{int(power)}}}"
    return strength, text


def _latex(node: Node, args: list[Piece]) -> Piece:
    if node.symbol is not None:
        return _ATOM, latex_name(node.symbol)
    if node.op is Op.CONST:
        return _latex_number(node.value)
    if node.op is Op.DIV:
        return _POWER, rf"\frac{{{args[0][1]}}}{{{args[1][1]}}}"
    if node.op is Op.POW:
        return _POWER, f"{{{_in(args[0], _ATOM, *_ROUND)}}}^{{{args[1][1]}}}"
    if node.op in _INFIX:
        level, sign = _INFIX[node.op]
        first = level + (level == _COMPARE)
        sign = _LATEX.get(node.op, sign)
        return level, f"{_in(args[0], first, *_ROUND)} {sign} {_in(args[1], level + 1, *_ROUND)}"
    if node.op is Op.NOT:
        return _NOT, rf"\lnot {_in(args[0], _NOT, *_ROUND)}"
    if node.op is Op.NEG:
        return _UNARY, f"-{_in(args[0], _POWER, *_ROUND)}"
    if node.op is Op.SQRT:
        return _ATOM, rf"\sqrt{{{args[0][1]}}}"
    if node.op is Op.ABS:
        return _ATOM, rf"\left|{args[0][1]}\right|"
    if node.op is Op.WHERE:
        condition, yes, no = (text for _, text in args)
        return _ATOM, (
            rf"\begin{{cases}} {yes} & {condition} \\ {no} & \text{{otherwise}} \end{{cases}}"
        )
    if node.op in _CALLS:
        inner = ", ".join(text for _, text in args)
        return _ATOM, rf"\{_CALLS[node.op]}\left({inner}\right)"
    return _spelt(node, args)


_ROUND = (r"\left(", r"\right)")


def latex_text(graph: Graph, root: int) -> str:
    """An expression as LaTeX."""
    return _walk(graph, root, _latex)
