"""Blocks that can be matched and yet leave a variable open; those that contradict themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle import sfc
from debtcycle.errors import ModelError
from debtcycle.sfc.library import list_models, model_text
from debtcycle.sfc.order import order_blocks
from debtcycle.sfc.reader import read_model

HEAD = "model T\nparameter p = 1\nparameter q = 3\nvariable x = 3\nvariable y = 1\n"


def compiled(equations: str) -> sfc.Compiled:
    lines = (f"equation {one}\n" for one in equations.split("; "))
    return sfc.read(HEAD + "".join(lines)).compile()


@pytest.mark.parametrize(
    ("equations", "line", "names"),
    [
        ("x = y; y = x", 6, "x, y"),
        ("x = 2*y; y = x/2", 6, "x, y"),
        ("x = x; y = 1", 6, "x"),
        ("x + y = 1; 2*x + 2*y = 2", 7, "y, x"),
        ("x*y = p; q*x*y = q*p", 7, "x, y"),
        ("x = log(y); y = exp(x)", 6, "x, y"),
        ("x = y[-1] + y; y = x", 6, "x, y"),
        ("x = max(y, y - 1); y = abs(x) * (x > 0) - abs(x) * (x <= 0)", 6, "x, y"),
    ],
)
def test_what_is_left_open_is_refused_with_its_place(equations: str, line: int, names: str) -> None:
    with pytest.raises(ModelError) as caught:
        compiled(equations)
    assert caught.value.message_id == "model.singular"
    assert (caught.value.params["line"], caught.value.params["column"]) == (line, 10)
    assert set(str(caught.value.params["names"]).split(", ")) == set(names.split(", "))


@pytest.mark.parametrize(
    "equations",
    ["x = x + 1; y = 1", "x = y + 1; y = x", "x + y = p; x + y = q", "x*y = 1; x*y = 2"],
)
def test_a_contradiction_is_left_to_the_run_which_says_when_and_by_how_much(
    equations: str,
) -> None:
    with pytest.raises(ModelError) as caught:
        compiled(equations).run(3, backend="numpy")
    assert caught.value.message_id == "model.unsolved"
    assert caught.value.params["period"] == 1


@pytest.mark.parametrize(
    ("equations", "x"),
    [
        ("x = max(y, 0); y = min(x, 5) - 1 + p/2", 0.0),  # flat on one side, not on the other
        ("x*y = 0; x + y = 1", 1.0),  # singular at a point, not everywhere
        ("log(-x) = 1; y = -x", -np.e),  # no number where all are positive
        ("max(x, 0) = 0; y = 1", 0.0),
        ("x = if(y > 0, p, q); y = x", 1.0),
        ("x = if(not (y > 0 and x >= q or y != y) and x < 9, abs(p), 0); y = 2 <= 3", 1.0),
        ("x = -10 + 0.9*y; y = -10 + 0.9*x", -100.0),
    ],
)
def test_what_is_singular_only_in_places_passes(equations: str, x: float) -> None:
    run = compiled(equations).run(1, backend="numpy")
    assert float(run["x"][1, 0]) == pytest.approx(x, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(2, 6),
    seed=st.integers(0, 10_000),
    dependent=st.booleans(),
)
def test_linear_systems_are_refused_if_and_only_if_their_rank_is_short(
    size: int, seed: int, dependent: bool
) -> None:
    """The rank is known by construction: a row is, or is not, a combination of the others."""
    random = np.random.default_rng(seed)
    matrix = random.integers(1, 9, (size, size)) + 20.0 * np.eye(size)
    right = random.integers(-9, 9, size).astype(float)
    if dependent:
        weights = random.integers(1, 4, size - 1)
        matrix[-1], right[-1] = weights @ matrix[:-1], weights @ right[:-1]
    rows = [
        "equation " + " + ".join(f"{a:g}*x{n}" for n, a in enumerate(row)) + f" = {b:g}"
        for row, b in zip(matrix, right, strict=True)
    ]
    text = "\n".join(["model T", *(f"variable x{n}" for n in range(size)), *rows]) + "\n"
    model = sfc.read(text)
    if dependent:
        with pytest.raises(ModelError, match=r"model\.singular"):
            model.compile()
        return
    found = model.compile().run(1, backend="numpy").array()[:, 1, 0]
    np.testing.assert_allclose(found, np.linalg.solve(matrix, right), rtol=1e-9, atol=1e-9)


def test_the_identity_that_others_imply_cannot_stand_for_a_missing_equation() -> None:
    """The slip of a hidden equation: ``Hh = Hs`` is written, and the interest rate forgotten."""
    text = model_text("PC").replace("equation R = Rbar", "equation Hh = Hs", 1)
    with pytest.raises(ModelError) as caught:
        read_model(text.replace("redundant Hh = Hs", "# redundant Hh = Hs")).compile()
    assert caught.value.message_id == "model.singular"
    assert "Bh" in str(caught.value.params["names"])


def test_a_market_whose_price_moves_nothing_is_refused() -> None:
    with pytest.raises(ModelError) as caught:
        sfc.read(
            HEAD + "variable z\nmarket m: z clears x = y\nequation x = 2\nequation y = p\n"
        ).compile()
    assert caught.value.message_id in ("model.singular", "model.overdetermined")


@pytest.mark.parametrize("name", list_models())
def test_no_published_model_is_left_open(name: str) -> None:
    assert order_blocks(read_model(model_text(name)))


def test_a_primitive_counts_as_a_function_of_its_arguments() -> None:
    head = "model T\nvariable x = 1\nvariable y = 1\nvariable z = 1\nprimitive f(x) -> y\n"
    order_blocks(sfc.read(head + "equation x = 1 - y\nequation z = x\n"))
    with pytest.raises(ModelError, match=r"model\.singular"):
        order_blocks(sfc.read(head + "equation z = x + y\nequation x = z - y\n"))


def test_a_parameter_whose_default_makes_a_block_singular_may_be_given_another() -> None:
    text = HEAD.replace("p = 1", "p = 0") + "equation p*x = y\nequation y = p\n"
    found = sfc.read(text).compile().run(1, start={"p": 2.0}, backend="numpy")
    assert found["x"][1, 0] == pytest.approx(1.0)
