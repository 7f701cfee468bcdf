"""What is done with runs: inputs, frames, steady states, responses, grids, pictures."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from debtcycle import sfc
from debtcycle.errors import ModelError
from debtcycle.sfc.library import load_model


def test_models_compile_once() -> None:
    model = load_model("SIM")
    assert model.compile() is model.compile()


def test_shocks_start_rows_and_going_on() -> None:
    compiled = load_model("PC").compile()
    whole = compiled.run(20, shocks=[sfc.Shock(11, "Rbar", 0.035)])
    assert whole["Rbar"][:, 0].tolist() == [0.025] * 11 + [0.035] * 10
    first = compiled.run(10)
    second = compiled.run(10, start=first, parameters={"Rbar": 0.035})
    np.testing.assert_allclose(second["Y"][1:], whole["Y"][11:], rtol=1e-13)
    assert second["Y"][0, 0] == first["Y"][-1, 0]
    assert repr(first) == "<Run of PC: 10 periods, 1 paths>"
    assert first.units["Y"] == compiled.model.variables["Y"].unit


@pytest.mark.parametrize("backend", ["native", "numpy"])
def test_a_schedule_is_its_shocks_one_by_one(backend: str) -> None:
    compiled = load_model("PC").compile()
    rates = np.random.default_rng(3).uniform(0.01, 0.05, (6, 5))
    one_by_one = [sfc.Shock(t + 1, "Rbar", row) for t, row in enumerate(rates)]
    wanted = compiled.run(9, shocks=one_by_one, backend=backend).array()
    found = compiled.run(9, shocks=[sfc.Schedule("Rbar", rates)], backend=backend).array()
    assert (found == wanted).all()
    # Of what begins together the last given counts; after its last value a schedule stays there.
    shared = [sfc.Shock(2, "Rbar", 0.5), sfc.Schedule("Rbar", [0.01, 0.02, 0.03])]
    run = compiled.run(5, shocks=shared, backend=backend)
    assert run["Rbar"][:, 0].tolist() == [0.025, 0.01, 0.02, 0.03, 0.03, 0.03]
    later = compiled.run(5, shocks=[*shared, sfc.Shock(3, "Rbar", 0.04)], backend=backend)
    assert later["Rbar"][:, 0].tolist() == [0.025, 0.01, 0.02, 0.04, 0.04, 0.04]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (sfc.Schedule("Rbar", [0.01] * 6), "model.shock"),
        (sfc.Schedule("Rbar", 0.01), "model.value"),
        (sfc.Schedule("Rbar", np.zeros((2, 2, 2))), "model.value"),
        (sfc.Schedule("Rbar", [[0.01, math.nan]]), "model.value"),
        (sfc.Schedule("Rbar", [["a", "b"]]), "model.value"),
        (sfc.Schedule("Rbar", [[0.01, 0.02], [0.03]]), "model.value"),
        (sfc.Schedule("Rbar", np.array(["2020-01-01"], "M8[D]")), "model.value"),
        (sfc.Schedule("Rbar", np.ma.masked_values([0.01, 9.0], 9.0)), "model.value"),
        (sfc.Schedule("Rbar", [0.01 + 1j]), "model.value"),
        (sfc.Schedule("nothing", [0.01]), "model.parameter"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(given: sfc.Schedule, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_model("PC").compile().run(5, shocks=[given])
    assert caught.value.message_id == message


def test_long_lags_take_several_start_rows() -> None:
    text = "model F\nparameter k = 1\nvariable x\nequation x = k*x[-1] + x[-3] + k[-2]*0\n"
    compiled = sfc.read(text).compile()
    rows = [{"x": 1.0}, {"x": 2.0}, {"x": 3.0, "k": 2.0}]
    for backend in ("native", "numpy"):
        run = compiled.run(3, start=rows, backend=backend)
        assert run["x"][:, 0].tolist() == [3.0, 7.0, 16.0, 35.0]
        again = compiled.run(1, start=compiled.run(2, start=rows), backend=backend)
        assert again["x"][1, 0] == 35.0
    paths = compiled.run(1, start=rows, shocks=[sfc.Shock(1, "k", [1.0, 2.0])])
    assert paths["x"][1].tolist() == [4.0, 7.0]
    assert paths.last_rows()[-1]["k"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"start": {"nothing": 1.0}}, "model.start"),
        ({"start": {"Y": "much"}}, "model.value"),
        ({"start": {"Y": float("nan")}}, "model.value"),
        ({"start": {"Y": [[1.0]]}}, "model.value"),
        ({"parameters": {"Y": 1.0}}, "model.parameter"),
        ({"shocks": [sfc.Shock(1, "Y", 1.0)]}, "model.parameter"),
        ({"shocks": [sfc.Shock(0, "G", 1.0)]}, "model.shock"),
        ({"shocks": [sfc.Shock(6, "G", 1.0)]}, "model.shock"),
        ({"start": {"Y": [1.0, 2.0]}, "parameters": {"G": [1.0, 2.0, 3.0]}}, "model.paths"),
        ({"paths": 0}, "model.paths"),
        ({"paths": 10**12}, "model.memory"),
        ({"backend": "abacus"}, "model.option"),
    ],
)
def test_faults_of_what_is_given(given: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        load_model("PC").compile().run(5, **given)  # type: ignore[arg-type]


def test_periods_and_missing_parameters() -> None:
    with pytest.raises(ModelError, match=r"model\.periods"):
        load_model("PC").compile().run(-1)
    assert load_model("PC").compile().run(0).array().shape[1:] == (1, 1)
    compiled = sfc.read("model T\nparameter k\nvariable x\nequation x = k\n").compile()
    with pytest.raises(ModelError, match=r"model\.missing"):
        compiled.run(1)
    assert compiled.run(1, start={"k": 4.0})["x"][1, 0] == 4.0
    with pytest.raises(ModelError, match=r"model\.no_name"):
        compiled.run(1, start={"k": 4.0})["z"]


def test_frames() -> None:
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    compiled = load_model("SIM").compile()
    frame = compiled.run(4).to_pandas()
    assert frame.index.tolist() == [0, 1, 2, 3, 4]
    assert set(frame) == set(compiled.model.names())
    batch = compiled.run(4, parameters={"Gd": [20.0, 25.0]})
    assert batch.to_pandas().loc[(1, 4), "Y"] == batch["Y"][4, 1]
    difference = sfc.compare(compiled.run(4), compiled.run(4, parameters={"Gd": 25.0}))
    assert (difference.to_pandas()["Gd"] == 5.0).all()


def test_steady_state_equals_closed_form() -> None:
    state = sfc.steady_state(load_model("SIM").compile(), start={"Gd": 20.0})
    assert state.rests
    assert state.stable
    assert state.values["Y"] == pytest.approx(100.0, rel=1e-9)
    assert state.values["Hh"] == pytest.approx(80.0, rel=1e-9)
    pc = sfc.steady_state(load_model("PC").compile(), parameters={"Rbar": 0.035})
    for name, wanted in (("Y", 110.090090090), ("V", 90.090090090), ("Bh", 72.072072072)):
        assert pc.values[name] == pytest.approx(wanted, rel=1e-9)
    again = load_model("PC").compile().run(50, start=pc.values)
    assert again["Y"][-1, 0] == pytest.approx(pc.values["Y"], rel=1e-10)


def test_growing_and_restless_models_are_said_to_be_so() -> None:
    text = "model T\nparameter g = 0.02\nvariable x = 1\nequation x = (1 + g)*x[-1]\n"
    state = sfc.steady_state(sfc.read(text).compile())
    assert not state.rests
    assert not state.stable
    assert state.growth_rates == {"x": pytest.approx(0.02)}
    swinging = "model T\nvariable x = 1\nequation x = 3.9*x[-1]*(1 - x[-1]) + 1\n"
    with pytest.raises(ModelError, match=r"model\.no_steady"):
        sfc.steady_state(sfc.read(swinging.replace("x = 1\n", "x = 0.2\n")).compile())
    unstable = "model T\nvariable x = 0.3\nequation x = 3.2*x[-1]*(1 - x[-1])\n"
    found = sfc.steady_state(sfc.read(unstable).compile())
    assert found.values["x"] == pytest.approx(1 - 1 / 3.2)
    assert found.largest_root == pytest.approx(1.2, rel=1e-6)
    assert not found.stable
    slow = "model T\nvariable x = 1\nequation x = 0.9995*x[-1] + 0.001\n"
    assert sfc.steady_state(sfc.read(slow).compile()).values["x"] == pytest.approx(2.0)
    assert sfc.steady_state(load_model("GROWTH").compile()).growth_rates["Yk"] > 0.01
    failing = "model T\nvariable x = 1\nequation x^2 = 2 - x[-1]^2\n"
    with pytest.raises(ModelError, match=r"model\.no_steady"):
        sfc.steady_state(sfc.read(failing).compile(), start={"x": 5.0})
    still = sfc.steady_state(sfc.read("model T\nvariable x\nequation x = 3\n").compile())
    assert still.values == {"x": 3.0}


def test_impulse_response_and_comparison() -> None:
    compiled = load_model("SIM").compile()
    state = sfc.steady_state(compiled)
    lasting = sfc.impulse_response(compiled, "Gd", 5.0, 200, start=state.values)
    assert lasting["Y"][0, 0] == pytest.approx(0.0, abs=1e-9)
    assert lasting["Y"][-1, 0] == pytest.approx(25.0, rel=1e-6)
    assert lasting.relative("Y")[-1, 0] == pytest.approx(0.25, rel=1e-6)
    passing = sfc.impulse_response(compiled, "Gd", 5.0, 200, start=state.values, duration=4, t=2)
    assert passing["Gd"][:, 0].nonzero()[0].tolist() == [2, 3, 4, 5]
    assert abs(passing["Y"][-1, 0]) < 1e-6
    assert passing.largest()["Gd"] == 5.0
    with pytest.raises(ModelError, match=r"model\.parameter"):
        sfc.impulse_response(compiled, "Y", 1.0, 3)
    with pytest.raises(ModelError, match=r"model\.compare"):
        sfc.compare(compiled.run(2), compiled.run(3))


def test_grid_of_parameters() -> None:
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    compiled = load_model("SIM").compile()
    grid = sfc.sensitivity(compiled, {"theta": [0.2, 0.25], "alpha1": [0.5, 0.6, 0.7]}, 500)
    assert grid.points.shape == (6, 2)
    series = grid.to_pandas("Y")
    assert series[(0.25, 0.6)] == pytest.approx(80.0, rel=1e-6)


def test_pictures_are_plain_data() -> None:
    model = load_model("PC")
    dot = sfc.dependency_dot(model)
    assert '"C" -> "Y"' in dot
    assert "style=dashed" in dot
    assert '"G"' not in dot
    assert '"G"' in sfc.dependency_dot(model, parameters=True)
    spec = sfc.dependency_vega(model)
    assert {row["name"] for row in spec["layer"][1]["data"]["values"]} == set(model.variables)
    chart = sfc.line_chart(model.compile().run(3), ["Y", "C"])
    assert len(chart["data"]["values"]) == 8
    assert json.loads(json.dumps([spec, chart])) == [spec, chart]
    assert sfc.equations_latex(model).count("&=") == len(model.equations)


def test_each_path_responds_from_its_own_level() -> None:
    compiled = load_model("PC").compile()
    rates = np.array([0.02, 0.03, 0.04])
    batch = sfc.impulse_response(compiled, "Rbar", 0.01, 30, parameters={"Rbar": rates}, duration=9)
    np.testing.assert_allclose(batch["Rbar"][1:10], 0.01, rtol=1e-12)
    np.testing.assert_array_equal(batch["Rbar"][10:], 0.0)
    for path, rate in enumerate(rates):
        alone = sfc.impulse_response(
            compiled, "Rbar", 0.01, 30, parameters={"Rbar": float(rate)}, duration=9
        )
        np.testing.assert_allclose(batch["Y"][:, path], alone["Y"][:, 0], atol=1e-10)


def test_what_there_is_not_is_said() -> None:
    compiled = load_model("PC").compile()
    run = compiled.run(3)
    for call, message in (
        (lambda: sfc.sensitivity(compiled, {"Rbar": []}, 3), "model.grid"),
        (lambda: sfc.line_chart(run, ["Y"], paths=[1]), "model.path"),
        (lambda: run.to_pandas(-1), "model.path"),
        (lambda: run.origin("Y", 1, 1), "model.path"),
        (lambda: run.origin("Y", 4), "model.period"),
        (lambda: compiled.run(3, shocks=[sfc.Shock(1.5, "G", 1.0)]), "model.shock"),
        (lambda: sfc.impulse_response(compiled, "Y", 1.0, 3), "model.parameter"),
    ):
        with pytest.raises(ModelError) as caught:
            call()
        assert caught.value.message_id == message
    with pytest.raises(ModelError) as caught:
        compiled.run(3, shocks=[sfc.Shock(1, "Y", 1.0)])
    assert caught.value.params["near"] == "-"  # no variable is offered in place of a parameter


def test_a_slow_model_is_taken_to_its_rest() -> None:
    """Root 0.9999: the change of a period is ten thousand times smaller than the distance."""
    text = "model S\nparameter k = 7\nvariable x = 6\nequation x = x[-1] + 0.0001*(k - x[-1])\n"
    state = sfc.steady_state(sfc.read(text).compile())
    assert state.values["x"] == pytest.approx(7.0, rel=1e-12)
    assert state.largest_root == pytest.approx(0.9999, abs=1e-7)


def test_what_dies_away_is_no_growth() -> None:
    """A gap that closes by a fifth a period keeps that rate for ever, beside a stock at rest."""
    head = "model D\nvariable gap = 1\nvariable stock = 50\nequation gap = 0.8*gap[-1]\n"
    state = sfc.steady_state(sfc.read(head + "equation stock = stock[-1] + gap\n").compile())
    assert state.rests
    assert state.values["stock"] == pytest.approx(54.0, rel=1e-9)
    assert state.values["gap"] == pytest.approx(0.0, abs=1e-12)


def test_the_picture_marks_what_is_solved_together() -> None:
    picture = sfc.dependency_vega(load_model("PC"))
    edges, _, nodes = (layer["data"]["values"] for layer in picture["layer"])
    assert {node["name"] for node in nodes if node["together"]} == {"YD", "C", "Y", "T"}
    assert sum(edge["together"] for edge in edges) == 2  # income and taxes come back to YD
    assert all(edge["x"] < edge["x2"] or edge["together"] for edge in edges)


@pytest.mark.parametrize(
    ("equation", "roots"),
    [
        ("1.8*x[-1] - 1.1*x[-2] + 3", [1.0, -1.8, 1.1]),  # unstable, though it sums to 0.7
        ("1.5*x[-1] - 0.9*x[-2] + 4", [1.0, -1.5, 0.9]),
        ("0.5*x[-4] + 1", [1.0, 0.0, 0.0, 0.0, -0.5]),
        ("1.2*x[-3] - 1", [1.0, 0.0, 0.0, -1.2]),
        ("2 - x[-1]", [1.0, 1.0]),  # comes and goes for ever
        ("0.3*x[-1] + 0.2*d(x[-2]) + 5", [1.0, -0.3, -0.2, 0.2]),
    ],
)
def test_stability_is_that_of_all_lags(equation: str, roots: list[float]) -> None:
    """Against the roots of the characteristic polynomial."""
    text = f"model L\nvariable x = 9\nvariable y = 1\nequation x = {equation}\n"
    compiled = sfc.read(text + "equation y = 0.2*y[-1] + 0.1*x\n").compile()
    state = sfc.steady_state(compiled)
    largest = float(max(*np.abs(np.roots(roots)), 0.2))
    assert state.largest_root == pytest.approx(largest, rel=1e-6)
    assert state.stable == (largest < 1.0 - 1e-6)
    again = compiled.run(1, start=state.values)
    assert again["x"][1, 0] == pytest.approx(state.values["x"], rel=1e-12)
