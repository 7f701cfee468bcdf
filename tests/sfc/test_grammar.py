"""The grammar against Python's own, printing against reading, derivatives against complex steps."""

from __future__ import annotations

import ast
import cmath
import math
import operator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.errors import ModelError
from debtcycle.sfc.evaluation import evaluate
from debtcycle.sfc.expression import Graph, Op, Symbol
from debtcycle.sfc.grammar import MAX_DEPTH, parse_expression, tokens
from debtcycle.sfc.library import list_models, load_model
from debtcycle.sfc.order import MAX_TERMS, additive_terms
from debtcycle.sfc.pictures import equations_latex
from debtcycle.sfc.printing import expression_text, latex_name, latex_text

VALUES = {"a": 1.7, "b": -0.6, "c": 2.3, "a[-1]": 0.9}


def parsed(graph: Graph, text: str) -> int:
    return parse_expression(graph, list(tokens(text, 1)), 1, len(text) + 1)


def value(graph: Graph, node: int) -> float:
    return float(evaluate(graph, [node], lambda symbol: VALUES[str(symbol)])[0])


numbers = st.sampled_from(["2", "0.5", "3.", ".25", "1e-1", "12"])
names = st.sampled_from(["a", "b", "c"])


def _joined(parts: tuple[Any, ...]) -> str:
    return " ".join(parts)


arithmetic = st.recursive(
    numbers | names,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(_joined),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-{text}"),
        st.tuples(names, st.just("**"), st.sampled_from(["2", "-1", "-2**2"])).map(_joined),
    ),
    max_leaves=12,
)
conditions = st.recursive(
    st.tuples(arithmetic, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), arithmetic).map(
        _joined
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(_joined),
        inner.map(lambda text: f"not {text}"),
        inner.map(lambda text: f"({text})"),
    ),
    max_leaves=5,
)

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def python_value(node: ast.AST) -> float:
    """What Python makes of the text, walked by hand."""
    if isinstance(node, ast.Expression):
        return python_value(node.body)
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return VALUES[node.id]
    if isinstance(node, ast.UnaryOp):
        inner = python_value(node.operand)
        return float(not inner) if isinstance(node.op, ast.Not) else -inner
    if isinstance(node, ast.BinOp):
        return float(_OPERATORS[type(node.op)](python_value(node.left), python_value(node.right)))
    if isinstance(node, ast.Compare):
        assert len(node.ops) == 1
        left, right = python_value(node.left), python_value(node.comparators[0])
        return float(_OPERATORS[type(node.ops[0])](left, right))
    assert isinstance(node, ast.BoolOp)
    truths = [bool(python_value(v)) for v in node.values]
    return float(all(truths) if isinstance(node.op, ast.And) else any(truths))


@given(arithmetic | conditions)
@settings(max_examples=400, deadline=None)
def test_means_what_python_means(text: str) -> None:
    try:
        wanted = python_value(ast.parse(text, mode="eval"))
    except (ZeroDivisionError, OverflowError):
        return
    graph = Graph()
    assert value(graph, parsed(graph, text)) == pytest.approx(wanted, rel=1e-12, nan_ok=True)


@given(arithmetic | conditions)
@settings(max_examples=300, deadline=None)
def test_what_is_printed_reads_back_as_the_same_node(text: str) -> None:
    graph = Graph()
    node = parsed(graph, text)
    assert parsed(graph, expression_text(graph, node)) == node
    assert latex_text(graph, node)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_every_bit(number: float) -> None:
    graph = Graph()
    node = parsed(graph, repr(abs(number)))
    assert graph.constant_of(node) == abs(number)
    again = parsed(graph, expression_text(graph, graph.const(number)))
    assert graph.constant_of(again) == number


@pytest.mark.parametrize(
    "text",
    [
        "exp(a*b) / c", "log(a + c*c)", "sqrt(a*c) - b", "a ** c", "2 ** a", "a ** 3 - a ** -2",
        "max(a, b) * a", "min(a*a, c)", "if(a > b, a*a, c)", "abs(b) * b", "d(a) * a",
        "-(a - b) / (c - a)", "not a > b", "exp(-a) + max(a, b, c)", "abs(a) - min(b, a)",
    ],
)  # fmt: skip
def test_derivatives_equal_complex_steps(text: str) -> None:
    graph = Graph()
    node = parsed(graph, text)
    got = value(graph, graph.partial(node, Symbol("a")))
    step = 1e-30
    moved = _complex(graph, node, {**VALUES, "a": VALUES["a"] + 1j * step})
    assert got == pytest.approx(moved.imag / step, rel=1e-10, abs=1e-12)


def _complex(graph: Graph, root: int, values: dict[str, complex]) -> complex:
    """Value at a complex point; conditions look at the real part."""
    found: dict[int, complex] = {}
    for number in graph.reachable(root):
        node = graph.nodes[number]
        args = [found[a] for a in node.args]
        if node.op is Op.CONST:
            found[number] = node.value
        elif node.symbol is not None:
            found[number] = values[str(node.symbol)]
        else:
            found[number] = _COMPLEX[node.op](*args)
    return found[root]


_COMPLEX: dict[Op, Any] = {
    Op.ADD: operator.add,
    Op.SUB: operator.sub,
    Op.MUL: operator.mul,
    Op.DIV: operator.truediv,
    Op.POW: lambda a, b: cmath.exp(b * cmath.log(a)),
    Op.NEG: operator.neg,
    Op.MIN: lambda a, b: min(a, b, key=lambda z: complex(z).real),
    Op.MAX: lambda a, b: max(a, b, key=lambda z: complex(z).real),
    Op.EXP: cmath.exp,
    Op.LOG: cmath.log,
    Op.SQRT: cmath.sqrt,
    Op.ABS: lambda a: a if complex(a).real >= 0 else -a,
    Op.GT: lambda a, b: float(complex(a).real > complex(b).real),
    Op.NOT: lambda a: float(not a),
    Op.WHERE: lambda c, a, b: a if c else b,
}


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("a + ", "model.want_value", 5),
        ("a $ b", "model.character", 3),
        ("a < b < c", "model.expected", 7),
        ("sin(a)", "model.function", 1),
        ("min(a)", "model.arguments", 1),
        ("exp", "model.word", 1),
        ("a[1]", "model.expected", 3),
        ("a[-0]", "model.lag", 4),
        ("a[-" + "9" * 5000 + "]", "model.long", 4),
        ("a[-99999]", "model.lag", 4),
        ("__import__", "model.character", 1),
        ("a__class__", "model.name", 1),
        ("x" * 61, "model.name", 1),
        ("1e999", "model.overflow", 1),
        ("1e308 * 10", "model.overflow", 1),
        ("(a", "model.expected", 3),
        ("a b", "model.want_end", 3),
        ("a.b", "model.character", 2),
        ("a + not b", "model.word", 5),
        ("*", "model.want_value", 1),
    ],
)
def test_faults_have_a_column(text: str, message: str, column: int) -> None:
    with pytest.raises(ModelError) as caught:
        parsed(Graph(), text)
    assert caught.value.message_id == message
    assert (caught.value.params["line"], caught.value.params["column"]) == (1, column)


def test_nesting_is_bounded_and_just_below_the_bound_it_works() -> None:
    deep = MAX_DEPTH - 1
    graph = Graph()
    assert value(graph, parsed(graph, "(" * deep + "a" + ")" * deep)) == VALUES["a"]
    with pytest.raises(ModelError, match=r"model\.depth"):
        parsed(Graph(), "(" * 2_000 + "a" + ")" * 2_000)


def test_shared_parts_do_not_print_without_end() -> None:
    graph = Graph()
    node = parsed(graph, "d(" * 40 + "a*b" + ")" * 40)
    with pytest.raises(ModelError, match=r"model\.long"):
        expression_text(graph, node)


def test_simplifications_keep_values() -> None:
    graph = Graph()
    for text, same in (
        ("a - a", "0"), ("0*a", "0"), ("1*a", "a"), ("a/1", "a"), ("a^1", "a"), ("a^0", "1"),
        ("--a", "a"), ("0 - a", "-a"), ("a + 0", "a"), ("a - -b", "a + b"), ("-a + b", "b - a"),
        ("-(a - b)", "b - a"), ("if(1, a, b)", "a"), ("if(0, a, b)", "b"), ("if(c, a, a)", "a"),
        ("0/a", "0"), ("2 < 3", "1"), ("6/3", "2"),
    ):  # fmt: skip
        assert parsed(graph, text) == parsed(graph, same), text


def test_names_in_latex() -> None:
    assert latex_name(Symbol("alpha1")) == r"\alpha_{1}"
    assert latex_name(Symbol("Bh", 1)) == "B_{h,t-1}"
    assert latex_name(Symbol("Y")) == "Y"
    for name, spelt in (
        ("betae", r"\beta_{e}"),
        ("gammau", r"\gamma_{u}"),
        ("eps2", r"\epsilon_{2}"),
        ("epsilon", r"\epsilon"),
        ("YDr", r"\mathit{YD}_{r}"),
        ("top", r"\mathit{top}"),
        ("price", r"\mathit{price}"),
        ("piece", r"\mathit{piece}"),
        ("number", r"\mathit{number}"),
        ("Rbar", r"R_{\mathit{bar}}"),
        ("x_N", "x_{N}"),
    ):
        assert latex_name(Symbol(name)) == spelt
    assert latex_name(Symbol("etab")) == r"\eta_{b}"
    graph = Graph()
    text = latex_text(graph, parsed(graph, "if(not a > 1, sqrt(a)/b^2, abs(min(-a, c)) * (a + b))"))
    for part in (r"\begin{cases}", r"\frac", r"\sqrt", r"\left|", r"\min", r"\lnot"):
        assert part in text


def test_rounding_of_nought_is_kept() -> None:
    graph = Graph()
    assert graph.const(0.0) != graph.const(-0.0)
    assert math.copysign(1.0, graph.nodes[graph.const(-0.0)].value) == -1.0


def test_differences_of_differences_do_not_double_without_end() -> None:
    """Forty differences are a trillion terms if each shared sum is written out at every use."""
    graph = Graph()
    few = additive_terms(graph, parsed(graph, "d(d(d(a + b)))"))
    assert len(few) == 16
    text = "d(" * 40 + "a" + ")" * 40
    many = additive_terms(graph, parsed(graph, text))
    assert len(many) <= MAX_TERMS
    values = {f"a[-{n}]" if n else "a": float(n == 0) for n in range(41)}
    terms = evaluate(graph, [number for _, number in many], lambda symbol: values[str(symbol)])
    assert sum(sign * value for (sign, _), value in zip(many, terms, strict=True)) == 1.0


@pytest.mark.parametrize("name", list_models())
def test_the_latex_of_every_model_closes_its_braces(name: str) -> None:
    text = equations_latex(load_model(name))
    assert text.count("{") == text.count("}")
    for opening, closing in ((r"\left", r"\right"), (r"\begin", r"\end")):
        assert text.count(opening) == text.count(closing)
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        assert depth >= 0


def test_small_and_large_numbers_in_latex() -> None:
    graph = Graph()
    assert latex_text(graph, parsed(graph, "1e-7*a")) == r"1 \cdot 10^{-7} \, a"
    assert latex_text(graph, parsed(graph, "2.5e20^a")) == (r"{\left(2.5 \cdot 10^{20}\right)}^{a}")
