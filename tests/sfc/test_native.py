"""The native back end: lanes, threads, kept code, kept variables, mathematics, progress."""

from __future__ import annotations

import copy
import math
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle import sfc
from debtcycle.errors import ModelError
from debtcycle.sfc.inputs import make_state
from debtcycle.sfc.library import load_model
from debtcycle.sfc.native import backend, compiler
from debtcycle.sfc.native.backend import Prepared, simulate

LAGGED = """\
model LAGGED "a parameter with a lag, and one that changes by path"
parameter g = 0.5
parameter k = 2
variable x = 1
variable y = 1
equation x = 0.5*x[-1] + g[-2] + 0.1*y
equation y = k*g + 0.2*x
"""


def test_results_do_not_depend_on_lanes_threads_or_division() -> None:
    compiled = load_model("GROWTH").compile()
    paths = 45
    parameters = {"GRpr": np.linspace(0.028, 0.032, paths)}
    found = []
    for lanes, threads in ((1, 1), (2, 2), (4, 1), (8, 3), (16, 2)):
        state = make_state(compiled.program, 10, None, parameters, (), None)
        simulate(Prepared(compiled.program), state, lanes=lanes, threads=threads)
        found.append((state.history.tobytes(), state.broken.tobytes(), state.worst.tobytes()))
    assert len(set(found)) == 1
    whole = compiled.run(10, parameters=parameters)
    part = compiled.run(10, parameters={"GRpr": parameters["GRpr"][3:9]})
    assert part.array().tobytes() == np.ascontiguousarray(whole.array()[:, :, 3:9]).tobytes()


@pytest.mark.parametrize("paths", [1, 2, 8, 9, 31])
def test_parameters_that_change_by_path_and_reach_back(paths: int) -> None:
    compiled = sfc.read(LAGGED).compile()
    rng = np.random.default_rng(7)
    shocks = [sfc.Shock(int(t), "g", rng.normal(size=paths)) for t in rng.integers(1, 13, size=9)]
    shocks += [sfc.Shock(4, "k", 3.0), sfc.Shock(4, "g", rng.normal(size=paths))]
    runs = [
        compiled.run(12, paths=paths, shocks=shocks, parameters={"k": 1.5}, backend=name)
        for name in ("native", "numpy")
    ]
    np.testing.assert_allclose(runs[0].array(), runs[1].array(), rtol=1e-13)
    x, g = runs[0]["x"], runs[0]["g"]
    y = runs[0]["y"]
    np.testing.assert_allclose(x[3:], 0.5 * x[2:-1] + g[1:-2] + 0.1 * y[3:], rtol=1e-13)


@pytest.mark.parametrize("paths", [1, 3, 19])
def test_a_long_run_is_the_same_through_its_window(paths: int) -> None:
    text = LAGGED.replace("g[-2]", "0.1*x[-9] - 0.05*y[-3]")
    compiled = sfc.read(text).compile()
    start = {"x": np.linspace(1, 2, paths)}
    shocks = [sfc.Shock(t, "g", float(t % 7)) for t in (3, 70, 150)]
    native, plain = (
        compiled.run(400, start=start, shocks=shocks, backend=name) for name in ("native", "numpy")
    )
    np.testing.assert_allclose(native.array(), plain.array(), rtol=1e-12)
    some = compiled.run(400, start=start, shocks=shocks, keep=["y"])
    np.testing.assert_array_equal(some["y"], native["y"])


def test_a_long_path_with_a_lagged_parameter_tells_its_progress(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backend, "LONG", 10)
    compiled = sfc.read(LAGGED).compile()
    told: list[float] = []
    shocks = [sfc.Shock(90, "g", 2.0)]
    run = compiled.run(300, shocks=shocks, progress=told.append)
    assert told[-1] == 1.0
    plain = compiled.run(300, shocks=shocks, backend="numpy")
    np.testing.assert_allclose(run.array(), plain.array(), rtol=1e-12)


@pytest.mark.parametrize("size", [9, 24])
def test_large_blocks_are_written_in_parts(size: int) -> None:
    rng = np.random.default_rng(size)
    slopes = rng.normal(size=(size, size)) / size
    lines = ["model DENSE", "parameter a = 1", *(f"variable x{i}" for i in range(size))]
    for i in range(size):
        terms = "".join(f" + ({slopes[i, j]:.17g})*x{j}" for j in range(size) if j != i)
        lines.append(f"equation x{i} = a{terms}")
    compiled = sfc.read("\n".join(lines) + "\n").compile()
    run = compiled.run(2, parameters={"a": np.arange(1.0, 11.0)})
    np.fill_diagonal(slopes, 0.0)
    wanted = np.linalg.solve(np.eye(size) - slopes, np.ones(size))
    np.testing.assert_allclose(run.array()[:, 1], wanted[:, None] * np.arange(1.0, 11.0), rtol=1e-9)
    single = compiled.run(2, parameters={"a": 3.0})
    np.testing.assert_array_equal(single.array()[:, :, 0], run.array()[:, :, 2])


def test_many_recursive_equations_with_many_exponentials() -> None:
    lines = ["model MANY", "parameter a = 0.01", "variable x0 = 1", "equation x0 = a"]
    for i in range(1, 900):
        lines += [f"variable x{i} = 1", f"equation x{i} = x{i - 1} + exp(-a*{i}) - a*x{i // 2}"]
    compiled = sfc.read("\n".join(lines) + "\n").compile()
    native, plain = (compiled.run(2, paths=9, backend=name) for name in ("native", "numpy"))
    np.testing.assert_allclose(native.array(), plain.array(), rtol=1e-12)


def test_models_travel_without_their_machine_code() -> None:
    compiled = load_model("PC").compile()
    before = compiled.run(5)
    for again in (pickle.loads(pickle.dumps(compiled)), copy.deepcopy(compiled)):
        np.testing.assert_array_equal(again.run(5).array(), before.array())
    run = pickle.loads(pickle.dumps(before))
    np.testing.assert_array_equal(run["Y"], before["Y"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"periods": 2.5},
        {"periods": "3"},
        {"periods": 3, "paths": 2.0},
        {"periods": 3, "threads": 0},
        {"periods": 3, "threads": -1},
        {"periods": 3, "tolerance": math.nan},
        {"periods": 3, "tolerance": -1.0},
        {"periods": 3, "parameters": {"a": 10**400}},
        {"periods": 3, "parameters": {"a": 1j}},
        {"periods": 3, "parameters": {"a": np.array([1.0, 2.0 + 1j])}},
    ],
)
def test_what_cannot_be_meant_is_an_error_of_the_house(wrong: dict[str, object]) -> None:
    compiled = sfc.read("model A\nparameter a = 1\nvariable x\nequation x = a\n").compile()
    with pytest.raises(ModelError):
        compiled.run(**wrong)  # type: ignore[arg-type]


# --- mathematics ----------------------------------------------------------------------------
def ulps(found: np.ndarray, wanted: np.ndarray) -> float:
    """Largest distance in units of the last place."""
    with np.errstate(invalid="ignore"):
        return float(np.max(np.abs(found - wanted) / np.spacing(np.abs(wanted))))


def applied(expression: str, a: np.ndarray, b: float = 2.0) -> sfc.Run:
    text = f"model F\nparameter a = 1\nparameter b = 2\nvariable y\nequation y = {expression}\n"
    return sfc.read(text).compile().run(1, parameters={"a": a, "b": b}, on_failure="keep")


def test_exp_and_log_are_right_to_two_units_of_the_last_place() -> None:
    rng = np.random.default_rng(3)
    x = np.concatenate([rng.uniform(-690, 690, 20_000), rng.normal(0, 1, 20_000)])
    assert ulps(applied("exp(a)", x)["y"][1], np.exp(x)) <= 2
    y = np.concatenate([np.exp(rng.uniform(-690, 690, 20_000)), 1 + rng.normal(0, 1e-3, 20_000)])
    assert ulps(applied("log(a)", y)["y"][1], np.log(y)) <= 2
    np.testing.assert_array_equal(applied("sqrt(a)", y)["y"][1], np.sqrt(y))


@given(st.floats(1e-3, 1e3), st.floats(-20, 20))
@settings(max_examples=30, deadline=None)
def test_powers_are_those_of_the_library(a: float, b: float) -> None:
    found = applied("a^b", np.full(9, a), b)["y"][1]
    assert (found == found[0]).all()
    assert found[0] == pytest.approx(a**b, rel=1e-14)


def test_the_edges_of_exp_and_log() -> None:
    found = applied("exp(a)", np.array([-800.0, -745.0, -0.0, 690.7, 710.0, 1e300]))
    np.testing.assert_array_equal(found["y"][1, :3], np.exp([-800.0, -745.0, -0.0]))
    assert found["y"][1, 3] == pytest.approx(math.exp(690.7), rel=1e-15)
    assert {f.path for f in found.failures} == {4, 5}  # more than a double can hold
    subnormal = np.linspace(-745.1, -708.0, 50)
    found = applied("exp(a)", subnormal)["y"][1]
    np.testing.assert_allclose(found, np.exp(subnormal), rtol=1e-15, atol=5e-324)
    # What is not a number stays so on its way through a function.
    assert len(applied("exp(log(0 - a)) + 1", np.ones(9)).failures) == 9
    small = [1e-310, 5e-324, 2.0**-1022, 1.0]
    found = applied("log(a)", np.array([*small, 0.0, -1.0, 1e300]))
    np.testing.assert_allclose(found["y"][1, :4], np.log(small), rtol=1e-15)
    assert {f.path for f in found.failures} == {4, 5}


# --- what is kept ---------------------------------------------------------------------------
def test_only_what_is_asked_for_is_kept() -> None:
    compiled = load_model("GROWTH").compile()
    rates = np.linspace(0.028, 0.032, 20)
    whole = compiled.run(10, parameters={"GRpr": rates})
    for name in ("native", "numpy"):
        some = compiled.run(10, parameters={"GRpr": rates}, keep=["Yk", "PI"], backend=name)
        np.testing.assert_allclose(some["Yk"], whole["Yk"], rtol=1e-12)
        assert some.kept == ("PI", "Yk")
        assert some.array().shape == (2, 11, 20)
        assert some["GRpr"].shape == (11, 20)
        assert some.worst_account < 1e-12
        for refused in (lambda r: r["Ck"], lambda r: r.last_rows(), lambda r: r.matrices(1)):
            with pytest.raises(ModelError, match=r"model\.not_kept"):
                refused(some)
    none = compiled.run(3, keep=())
    assert none.kept == ()
    with pytest.raises(ModelError, match=r"model\.no_name"):
        compiled.run(3, keep=["Nothing"])


def test_a_broken_account_is_found_whatever_is_kept() -> None:
    compiled = load_model("INSOUT").compile()
    start = {"BLs": 1e6}
    whole, some = (
        compiled.run(5, start=start, accounts_tolerance=None, keep=keep) for keep in (None, ["Y"])
    )
    assert whole.worst_account == some.worst_account > 1e-6
    for run in (whole, some):
        with pytest.raises(ModelError, match=r"model\.accounts"):
            run.check()


def test_threads_that_start_together_share_one_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compiler.CACHE_VARIABLE, "")
    for _ in range(3):
        compiled = load_model("PC").compile()
        made = Prepared(compiled.program)
        with ThreadPoolExecutor(8) as pool:
            kernels = list(pool.map(lambda _: made.kernel(8), range(8)))  # noqa: B023
        assert len({id(kernel) for kernel in kernels}) == 1
        fresh = load_model("PC").compile()
        with ThreadPoolExecutor(8) as pool:
            runs = list(pool.map(lambda n: fresh.run(50, paths=8 + n), range(8)))  # noqa: B023
        for run in runs:
            np.testing.assert_array_equal(run.array()[:, :, 0], runs[0].array()[:, :, 0])


def test_kept_code_is_used_and_damaged_code_is_made_afresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(compiler.CACHE_VARIABLE, str(tmp_path / "kernels"))
    program = load_model("SIM").compile().program
    compiler.load_kernel(program, 1)
    (file,) = (tmp_path / "kernels").iterdir()
    good = file.read_bytes()
    made: list[int] = []
    real = compiler._compiled
    monkeypatch.setattr(compiler, "_compiled", lambda *a: made.append(1) or real(*a))
    compiler.load_kernel(program, 1)
    assert made == []
    for bad in (b"", good[:40], good[:-1] + bytes([good[-1] ^ 1]), b"\0" * len(good)):
        file.write_bytes(bad)
        compiler.load_kernel(program, 1)
        assert file.read_bytes()[32:]
        assert compiler._kept(file) is not None
    assert len(made) == 4


def test_without_a_place_code_is_made_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = load_model("SIM").compile().program
    for place in ("", str(tmp_path / "file" / "kernels")):
        (tmp_path / "file").write_text("not a folder")
        monkeypatch.setenv(compiler.CACHE_VARIABLE, place)
        state = make_state(program, 3, None, None, (), None)
        simulate(Prepared(program), state)
        assert np.isfinite(state.history).all()


def test_old_code_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "MOST_FILES", 2)
    for number in range(5):
        compiler._keep(tmp_path / f"{number}.o", b"code")
    assert len(list(tmp_path.iterdir())) == 2
    assert compiler._kept(tmp_path / "4.o") == b"code"


# --- progress -------------------------------------------------------------------------------
def test_progress_is_told_on_batches_and_on_long_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = load_model("SIM").compile()
    told: list[float] = []
    compiled.run(2, paths=100, threads=2, progress=told.append)
    assert told[-1] == 1.0
    assert told == sorted(told)
    monkeypatch.setattr(backend, "LONG", 100)
    steps: list[float] = []
    long = compiled.run(1000, progress=steps.append)
    assert len(steps) > 10
    assert steps[-1] == 1.0
    assert (long.array() == compiled.run(1000).array()).all()


def test_a_model_has_one_key_in_every_process() -> None:
    """Kept code is found again, and paths are the same bits, whatever the order of sets."""
    code = (
        "from debtcycle import sfc; from debtcycle.sfc.library import list_models, load_model; "
        "from debtcycle.sfc.native.compiler import _key; "
        "ring = 'model R\\n' + ''.join(f'variable x{i}\\nequation x{i} = 1 + 0.1*x{(i + 1) % 9}"
        " + 0.1*x{(i * 5 + 2) % 9}\\n' for i in range(9)); "
        "models = [*map(load_model, list_models()), sfc.read(ring)]; "
        "print([_key(m.compile().program, 8) for m in models])"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
