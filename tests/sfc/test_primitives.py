"""Hand-written functions in a model: a logit demand system that clears two prices."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from debtcycle import sfc
from debtcycle.errors import ModelError
from debtcycle.sfc.numpy_backend import _Machine

Values = NDArray[np.float64]

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


def values(inputs: Values, outputs: Values) -> None:
    a = math.exp(inputs[2] / inputs[0])
    b = math.exp(inputs[3] / inputs[1])
    total = 1.0 + a + b
    outputs[0] = inputs[4] * a / total
    outputs[1] = inputs[4] * b / total


def slopes(inputs: Values, jacobian: Values) -> None:
    p, q, e, f, wealth = inputs
    a, b = math.exp(e / p), math.exp(f / q)
    total = 1.0 + a + b
    shares = (a / total, b / total)
    moves = ((-e / p**2, 0.0, 1 / p, 0.0), (0.0, -f / q**2, 0.0, 1 / q))
    for i in range(2):
        for k in range(4):
            mean = shares[0] * moves[0][k] + shares[1] * moves[1][k]
            jacobian[i, k] = wealth * shares[i] * (moves[i][k] - mean)
        jacobian[i, 4] = shares[i]


def all_values(inputs: Values) -> Values:
    a, b = np.exp(inputs[2] / inputs[0]), np.exp(inputs[3] / inputs[1])
    return np.asarray(inputs[4] * np.stack([a, b]) / (1.0 + a + b))


DEMAND = sfc.Primitive(5, 2, values, slopes)
VECTOR = sfc.Primitive(5, 2, values, slopes, numpy_values=all_values)


@pytest.mark.parametrize("function", [DEMAND, VECTOR], ids=["by path", "all paths at once"])
def test_two_prices_clear_in_both_back_ends(function: sfc.Primitive) -> None:
    compiled = sfc.read(LOGIT).compile({"demand": function})
    wealth = np.linspace(80, 130, 41)
    runs = [compiled.run(3, parameters={"W": wealth}, backend=b) for b in ("numba", "numpy")]
    np.testing.assert_allclose(runs[0].array(), runs[1].array(), rtol=1e-12)
    run = runs[0]
    np.testing.assert_allclose(run["dG"][1], run["pG"][1] * 30, rtol=1e-12)
    np.testing.assert_allclose(run["dR"][1], run["pR"][1] * 20, rtol=1e-12)
    assert (np.diff(run["pG"][1]) > 0).all()
    single = compiled.run(3, parameters={"W": wealth[7]})
    assert (single.array()[:, :, 0] == run.array()[:, :, 7]).all()


def test_its_jacobian_equals_central_differences_through_the_block() -> None:
    compiled = sfc.read(LOGIT).compile({"demand": DEMAND})
    program = compiled.program
    (span,) = [s for s in program.spans.tolist() if s[3] < s[4]]
    begin, middle, end, first, last, entry = span
    run = compiled.run(1, start={"pG": 1.1, "pR": 0.9})
    machine = _Machine(program, compiled.primitives, 1)
    base = program.parameter_base
    machine.registers[base : base + 5] = run.state.shared[1][:, None]
    tears = program.tears[0, first:last]
    machine.registers[tears] = 1.05
    machine.execute(begin, middle)
    machine.execute(middle, end)
    size = last - first
    analytic = machine.registers[program.entries[entry : entry + size**2], 0].reshape(size, size)
    for column, tear in enumerate(tears):
        sides = []
        for sign in (1, -1):
            machine.registers[tears] = 1.05
            machine.registers[tear] += sign * 1e-6
            machine.execute(begin, middle)
            sides.append(machine.registers[program.tears[1, first:last], 0].copy())
        np.testing.assert_allclose(analytic[:, column], (sides[0] - sides[1]) / 2e-6, rtol=1e-7)


def test_it_must_be_given_and_fit() -> None:
    model = sfc.read(LOGIT)
    with pytest.raises(ModelError, match=r"model\.unbound") as caught:
        model.compile()
    assert caught.value.params["line"] == 11
    with pytest.raises(ModelError, match=r"model\.shape"):
        model.compile({"demand": sfc.Primitive(4, 2, values, slopes)})


def test_it_is_spelt_in_equations_and_pictures() -> None:
    model = sfc.read(LOGIT)
    assert r"\mathrm{demand}_1(p_{G}, p_{R}" in sfc.equations_latex(model)
    compiled = model.compile({"demand": DEMAND})
    with pytest.raises(ModelError) as caught:
        compiled.run(2, parameters={"eG": 1e6}, start={"pG": 1e-9})
    assert caught.value.message_id == "model.unsolved"
