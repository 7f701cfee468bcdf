"""Hand-written functions in a model: a logit demand system that clears two prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from debtcycle import sfc
from debtcycle.errors import ModelError
from debtcycle.sfc.numpy_backend import _Machine

LOGIT = """\
model LOGIT "two assets and money"
parameter W = 100 "wealth"
parameter SG = 30 "supply of growth"
parameter SR = 20 "supply of real assets"
parameter eG = 1.5
parameter eR = 1.2
variable pG = 1
variable pR = 1
variable dG
variable dR
primitive demand(pG, pR, eG, eR, W) -> dG, dR "value wanted of each"
market growth: pG clears dG = pG*SG
market assets: pR clears dR = pR*SR
"""


def values(x: Sequence[Any], maths: sfc.Maths) -> list[Any]:
    a, b = maths.exp(x[2] / x[0]), maths.exp(x[3] / x[1])
    total = 1.0 + a + b
    return [x[4] * a / total, x[4] * b / total]


def slopes(x: Sequence[Any], maths: sfc.Maths) -> list[list[Any]]:
    p, q, e, f, wealth = x
    a, b = maths.exp(e / p), maths.exp(f / q)
    total = 1.0 + a + b
    shares = (a / total, b / total)
    moves = ((-e / p**2, 0.0, 1 / p, 0.0), (0.0, -f / q**2, 0.0, 1 / q))
    rows = []
    for i in range(2):
        row = []
        for k in range(4):
            mean = shares[0] * moves[0][k] + shares[1] * moves[1][k]
            row.append(wealth * shares[i] * (moves[i][k] - mean))
        rows.append([*row, shares[i]])
    return rows


DEMAND = sfc.Primitive(5, 2, values, slopes)


def test_two_prices_clear_in_both_back_ends() -> None:
    compiled = sfc.read(LOGIT).compile({"demand": DEMAND})
    wealth = np.linspace(80, 130, 41)
    runs = [compiled.run(3, parameters={"W": wealth}, backend=b) for b in ("native", "numpy")]
    np.testing.assert_allclose(runs[0].array(), runs[1].array(), rtol=1e-12)
    run = runs[0]
    np.testing.assert_allclose(run["dG"][1], run["pG"][1] * 30, rtol=1e-12)
    np.testing.assert_allclose(run["dR"][1], run["pR"][1] * 20, rtol=1e-12)
    assert (np.diff(run["pG"][1]) > 0).all()
    single = compiled.run(3, parameters={"W": wealth[7]})
    assert (single.array()[:, :, 0] == run.array()[:, :, 7]).all()
    given = [run[name][1] for name in ("pG", "pR", "eG", "eR", "W")]
    wanted = values(given, sfc.numpy_maths)  # the same function on arrays
    np.testing.assert_allclose(wanted, [run["dG"][1], run["dR"][1]], rtol=1e-12)


def block_slopes(compiled: sfc.Compiled, at: float, step: complex) -> tuple[Any, Any]:
    """Jacobian of the block at a point, as compiled and by complex steps of the residuals."""
    program = compiled.program
    (span,) = [s for s in program.spans.tolist() if s[3] < s[4]]
    begin, middle, end, first, last, entry, head = span
    machine = _Machine(program, 1)
    machine.registers = machine.registers.astype(complex)
    base = program.parameter_base
    machine.registers[base : base + 5] = np.array([100, 30, 20, 1.5, 1.2])[:, None]
    tears, size = program.tears[0, first:last], last - first
    machine.registers[tears] = at
    machine.execute(head, middle)
    machine.execute(middle, end)
    entries = program.entries[entry : entry + size**2]
    analytic = machine.registers[entries, 0].real.reshape(size, size)
    columns = []
    for tear in tears:
        machine.registers[tears] = at
        machine.registers[tear] += step
        machine.execute(begin, middle)
        columns.append(machine.registers[program.tears[1, first:last], 0].imag / step.imag)
    return analytic, np.array(columns).T


def test_equality_is_a_comparison_of_numbers_and_no_branch() -> None:
    text = "model E\nparameter a = 1\nvariable y\nprimitive f(a) -> y\n"
    flat = [[0.0]]
    same = sfc.Primitive(1, 1, lambda x, m: [m.where(x[0] == 0, 5.0, 7.0)], lambda *_: flat)
    run = sfc.read(text).compile({"f": same}).run(1, parameters={"a": [0.0, 1.0]})
    assert run["y"][1].tolist() == [5.0, 7.0]
    branch = sfc.Primitive(1, 1, lambda x, _: [5.0 if x[0] == 0 else 7.0], lambda *_: flat)
    with pytest.raises(ModelError, match=r"model\.primitive_branch"):
        sfc.read(text).compile({"f": branch})


@pytest.mark.parametrize("at", [0.9, 1.05, 3.0])
def test_its_jacobian_equals_complex_steps_through_the_block(at: float) -> None:
    compiled = sfc.read(LOGIT).compile({"demand": DEMAND})
    analytic, stepped = block_slopes(compiled, at, 1e-30j)
    np.testing.assert_allclose(analytic, stepped, rtol=1e-10)


def test_it_must_be_given_and_fit() -> None:
    model = sfc.read(LOGIT)
    with pytest.raises(ModelError, match=r"model\.unbound") as caught:
        model.compile()
    assert caught.value.params["line"] == 11
    with pytest.raises(ModelError, match=r"model\.shape"):
        model.compile({"demand": sfc.Primitive(4, 2, values, slopes)})


def test_what_it_returns_must_fit_as_well() -> None:
    model = sfc.read(LOGIT)
    short = sfc.Primitive(5, 2, lambda x, maths: values(x, maths)[:1], slopes)
    with pytest.raises(ModelError, match=r"model\.primitive_shape") as caught:
        model.compile({"demand": short})
    assert caught.value.params == {"declared": "1 x 2", "found": "1 x 1"}
    narrow = sfc.Primitive(5, 2, values, lambda x, maths: [r[:4] for r in slopes(x, maths)])
    with pytest.raises(ModelError, match=r"model\.primitive_shape"):
        model.compile({"demand": narrow})


def test_a_branch_on_a_number_is_refused() -> None:
    def branching(x: Sequence[Any], maths: sfc.Maths) -> list[Any]:
        return values(x, maths) if x[0] > 1.0 else [x[0], x[1]]

    with pytest.raises(ModelError, match=r"model\.primitive_branch"):
        sfc.read(LOGIT).compile({"demand": sfc.Primitive(5, 2, branching, slopes)})


def test_all_mathematics_means_the_same_in_numbers_and_in_expressions() -> None:
    text = """\
model ALL "every operation"
parameter a = 1.7
parameter b = -0.4
variable y
variable z
primitive all(a, b) -> y, z
"""

    def every(x: Sequence[Any], m: sfc.Maths) -> list[Any]:
        a, b = x
        first = m.minimum(a, b) + 2 * m.maximum(b, a) - m.abs(b) / m.sqrt(a) + (1 - b) * a**3.0
        second = m.where(a >= b, m.log(a), m.exp(b)) + m.where(a < b, 1.0, -b) - 1 / a
        third = m.where((a == b) | (b > 1.0), 3.0, 2.0**b) + m.where(
            (a != b) & (a < 5.0), abs(b), +a
        )
        return [first, second + third + m.where(a > b, 0.5, a) * m.where(a <= b, a, 0.25)]

    def flat(x: Sequence[Any], maths: sfc.Maths) -> list[list[Any]]:
        del maths  # a function without calls has no use for it
        return [[0.0] * len(x)] * 2

    compiled = sfc.read(text).compile({"all": sfc.Primitive(2, 2, every, flat)})
    given = np.array([1.7, 0.3, 2.0, 0.4]), np.array([-0.4, 0.9, 2.0, 0.5])
    wanted = every(given, sfc.numpy_maths)
    for backend in ("numpy", "native"):
        run = compiled.run(1, parameters={"a": given[0], "b": given[1]}, backend=backend)
        np.testing.assert_allclose([run["y"][1], run["z"][1]], wanted, rtol=1e-14)


def test_it_is_spelt_in_equations_and_pictures() -> None:
    model = sfc.read(LOGIT)
    assert r"\mathrm{demand}_1(p_{G}, p_{R}" in sfc.equations_latex(model)
    compiled = model.compile({"demand": DEMAND})
    with pytest.raises(ModelError) as caught:
        compiled.run(2, parameters={"eG": 1e6}, start={"pG": 1e-9})
    assert caught.value.message_id == "model.unsolved"
