"""Solving: the two back ends, the Jacobian, one, two and no solutions, lanes and threads."""

from __future__ import annotations

import numpy as np
import pytest

from debtcycle import sfc
from debtcycle.errors import ModelError
from debtcycle.sfc import numpy_backend
from debtcycle.sfc.evaluation import evaluate
from debtcycle.sfc.expression import Op, Symbol
from debtcycle.sfc.inputs import make_state
from debtcycle.sfc.jacobian import backward, forward
from debtcycle.sfc.library import list_models, load_model
from debtcycle.sfc.numpy_backend import _Machine
from debtcycle.sfc.order import order_blocks
from debtcycle.sfc.runs import Compiled

PAIR = "model T\nvariable x\nvariable y\nequation x = -10 + 0.9*y\nequation y = -10 + 0.9*x\n"
RING = """\
model RING
parameter a = 0.3
variable x = 1
variable y = 1
variable z = 1
variable w = 1
equation 2*x + 0.1*exp(a*y) = 3 + 0.1*z*w
equation 3*y + max(x, z)/(1 + w^2) = 4
equation log(z) + 0.2*x = if(y > 0, 0.1*w, 0)
equation w - 0.1*max(z - 3, 3 - z) = 0.2*a*min(w, 5) + 0.3*y + 0.01*y[-1]
"""
BACKENDS = ("native", "numpy")


def one(text: str) -> Compiled:
    return sfc.read(f"model T\nvariable x\nparameter p = 1\n{text}\n").compile()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("start", [(0.0, 0.0), (1e6, -1e6), (-100.0, -100.0), (3.0, 1e-9)])
def test_the_pair_that_fools_step_rules(backend: str, start: tuple[float, float]) -> None:
    run = sfc.read(PAIR).compile().run(1, start={"x": start[0], "y": start[1]}, backend=backend)
    assert run.array()[:, 1, 0] == pytest.approx([-100.0, -100.0], rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "text",
    ["x = x + p", "x^2 = -p", "exp(x) = 0*p", "x/x = 2*p", "log(x) = sqrt(-p)", "abs(x) = -p"],
)
def test_no_solution_raises_with_place_and_residual(backend: str, text: str) -> None:
    with pytest.raises(ModelError) as caught:
        one(f"equation {text}").run(3, start={"x": [0.5, 0.3]}, backend=backend)
    error = caught.value
    assert error.message_id == "model.unsolved"
    assert (error.params["period"], error.params["path"]) == (1, 0)
    assert error.params["variable"] == "x"
    assert float(str(error.params["residual"])) > 1e-3
    assert "x" in str(error.params["equation"])


@pytest.mark.parametrize("backend", BACKENDS)
def test_two_solutions_say_from_which_start_they_came(backend: str) -> None:
    compiled = one("equation x^2 = 4*p")
    run = compiled.run(2, start={"x": [1.0, -7.0, 0.0]}, backend=backend)
    assert run["x"][1].tolist() == pytest.approx([2.0, -2.0, 2.0], rel=1e-12)
    assert run.origin("x", 1, 0) == sfc.Origin("previous", {"x": 1.0})
    assert run.origin("x", 1, 1) == sfc.Origin("previous", {"x": -7.0})
    assert run.origin("x", 1, 2) == sfc.Origin("ones", {"x": 1.0})
    assert run.origin("x", 2, 2).guess == "previous"
    with pytest.raises(ModelError, match=r"model\.no_name"):
        run.origin("nothing", 1)


def test_negative_only_solution_is_found_from_minus_ones() -> None:
    run = one("equation sqrt(-x) = 2*p").run(1, start={"x": 9.0})
    assert run["x"][1, 0] == pytest.approx(-4.0)
    assert run.origin("x", 1) == sfc.Origin("minus_ones", {"x": -1.0})


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_failure_is_kept_on_its_own_path(backend: str) -> None:
    compiled = one("variable y\nequation x^2 = p\nequation y = x + y[-1]")
    run = compiled.run(
        4,
        start={"x": 1.0},
        shocks=[sfc.Shock(3, "p", [4.0, -1.0, 9.0])],
        backend=backend,
        on_failure="keep",
    )
    (failure,) = run.failures
    assert (failure.path, failure.period, failure.variable) == (1, 3, "x")
    assert failure.equation == "x^2 = p"
    assert failure.line == 5
    assert np.isnan(run["y"][3:, 1]).all()
    assert run["y"][:, 0].tolist() == pytest.approx([0, 1, 2, 4, 6])
    assert run["y"][:, 2].tolist() == pytest.approx([0, 1, 2, 5, 8])


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_recursive_variable_that_is_no_number_fails_too(backend: str) -> None:
    with pytest.raises(ModelError) as caught:
        one("equation x = 1/(x[-1] - 1)*p").run(5, start={"x": 2.0}, backend=backend)
    assert caught.value.message_id == "model.unsolved"
    assert caught.value.params["period"] == 2
    assert caught.value.params["residual"] == "inf"


@pytest.mark.parametrize("backend", BACKENDS)
def test_roots_where_terms_vanish(backend: str) -> None:
    for text, root in (("log(x) = 0", 1.0), ("x*(x - p) = 0", 1.0), ("x = 0.9*x", 0.0)):
        run = one(f"equation {text}").run(1, start={"x": 5.0}, backend=backend)
        assert run["x"][1, 0] == pytest.approx(root, abs=1e-12)


def test_scale_of_the_units_does_not_matter() -> None:
    for unit in (1e-12, 1.0, 1e12):
        compiled = one(f"variable y\nequation x = {unit}*p + 0.9*y\nequation y = 0.9*x")
        run = compiled.run(1)
        assert run["x"][1, 0] / unit == pytest.approx(1 / 0.19, rel=1e-10)


@pytest.mark.parametrize("name", list_models())
def test_both_back_ends_agree(name: str) -> None:
    compiled = load_model(name).compile()
    runs = [compiled.run(60, backend=b, accounts_tolerance=None) for b in BACKENDS]
    fast, plain = (run.array() for run in runs)
    scale = np.maximum(np.abs(plain), 1e-6 * np.abs(plain).max())
    assert np.max(np.abs(fast - plain) / scale) < 1e-12
    assert [a.residual for a in runs[0].accounts] == pytest.approx(
        [a.residual for a in runs[1].accounts], abs=1e-11
    )


def test_both_back_ends_agree_on_every_operation() -> None:
    text = """\
model OPS
parameter a = 0.7
variable x = 2
variable y = 1
equation x = if(x[-1] > 3 and not y[-1] < 0 or x[-1] == 0, x[-1]/2, x[-1] + 1.1)
equation y = max(min(log(x), x[-1]), a[-1]) + exp(-x) - abs(x - 3)*sqrt(x)^1.3
    + (x >= 2) - (x <= 2) + (x != 3)*a
"""
    compiled = sfc.read(text).compile()
    shocks = [sfc.Shock(5, "a", np.linspace(0.5, 0.9, 7)), sfc.Shock(9, "a", 0.6)]
    fast, plain = (
        compiled.run(20, start={"y": np.arange(7.0)}, shocks=shocks, backend=b).array()
        for b in BACKENDS
    )
    np.testing.assert_allclose(fast, plain, rtol=1e-12)


def test_a_dense_block_is_solved_alike() -> None:
    runs = [sfc.read(RING).compile().run(5, backend=b, on_failure="keep") for b in BACKENDS]
    assert len(runs[0].program.structure[0].tears) >= 2
    assert runs[0].failures == runs[1].failures == ()
    np.testing.assert_allclose(runs[0].array(), runs[1].array(), rtol=1e-12)


@pytest.mark.parametrize("name", [*list_models(), "RING", "PAIR"])
def test_jacobians_equal_complex_steps(name: str) -> None:
    own = {"RING": RING, "PAIR": PAIR}
    model = sfc.read(own[name]) if name in own else load_model(name)
    compiled = model.compile()
    program = compiled.program
    history = compiled.run(3, accounts_tolerance=None).state.history
    machine = _Machine(program, 1)
    state = make_state(program, 3, None, None, (), None)
    numpy_backend._load(machine, 3, state, history)
    base = program.variable_base
    machine.registers[base : base + history.shape[1]] = history[3] * 1.001 + 0.01
    step, checked = 1e-30, 0
    for begin, middle, end, first, last, entry, head in program.spans.tolist():
        machine.execute(head, middle)
        machine.execute(middle, end)
        size = last - first
        entries = program.entries[entry : entry + size * size].reshape(size, size)
        analytic = machine.registers[entries, 0]
        for column, tear in enumerate(program.tears[0, first:last]):
            moved = _Machine(program, 1)
            moved.registers = machine.registers.astype(complex)  # type: ignore[assignment]
            moved.registers[tear] += 1j * step
            moved.execute(begin, middle)
            found = moved.registers[program.tears[1, first:last], 0].imag / step
            np.testing.assert_allclose(analytic[:, column], found, rtol=1e-10, atol=1e-12)
            checked += 1
    assert checked == program.tears.shape[1]


@pytest.mark.parametrize("name", [*list_models(), "RING", "PAIR"])
def test_a_jacobian_is_the_same_from_either_end(name: str) -> None:
    own = {"RING": RING, "PAIR": PAIR}
    model = sfc.read(own[name]) if name in own else load_model(name)
    rng = np.random.default_rng(5)
    values: dict[str, float] = {}

    def of(symbol: Symbol) -> float:
        return values.setdefault(str(symbol), rng.uniform(0.5, 1.5))

    for block in order_blocks(model):
        both = [
            evaluate(model.graph, [node for row in way(model, block) for node in row], of)
            for way in (forward, backward)
        ]
        np.testing.assert_allclose(both[0], both[1], rtol=1e-9, atol=1e-12)


def test_what_does_not_depend_on_the_unknowns_is_computed_once() -> None:
    text = "model F\nparameter a = 2\nvariable x = 1\nvariable z\n"
    text += "equation z = a + x[-1]\nequation x = 3 - 0.1*exp(a*z)*log(x + exp(a))\n"
    compiled = sfc.read(text).compile()
    (span,) = [s for s in compiled.program.spans.tolist() if s[3] < s[4]]
    begin, middle, _, _, _, _, head = span
    once, each = (
        compiled.program.code[slice(*part), 0] for part in ((head, begin), (begin, middle))
    )
    assert sorted(once.tolist()).count(Op.EXP) == 2
    assert Op.EXP not in each
    assert Op.LOG in each
    runs = [compiled.run(3, start={"x": [1.0, 0.5]}, backend=b).array() for b in BACKENDS]
    np.testing.assert_allclose(runs[0], runs[1], rtol=1e-13)
