"""PCEX1 and PCEX2 against loops written by hand from the published equations (4.1 to 4.16, 4.31).

The loops know nothing of the language: they compute one period after the other in an order found
by hand, and share with the model file the start row and the shocks alone.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.sfc.inputs import Shock
from debtcycle.sfc.library import load_model

PARAMETERS = {
    "alpha1": 0.6, "alpha2": 0.4, "lambda0": 0.635, "lambda1": 5.0, "lambda2": 0.01,
    "theta": 0.2, "G": 20.0, "Rbar": 0.025,
}  # fmt: skip
THRIFT = {"alpha10": 0.7, "iota": 4.0}
START = {"Bcb": 21.576, "Bh": 64.865, "Bs": 86.441, "Hh": 21.62, "Hs": 21.62, "V": 86.485}
# Before the first period: PCEX1 has no interest rate yet, PCEX2 has 2.5 per cent.
FIRST = {
    "PCEX1": START | {"YD": 90.0, "R": 0.0},
    "PCEX2": START | {"YD": 90.0, "R": 0.025, "alpha1": 0.6},
}
Steps = tuple[tuple[int, str, float], ...]


def by_hand(
    name: str, first: dict[str, float], given: dict[str, float], steps: Steps, periods: int
) -> dict[str, list[float]]:
    """Paths of all variables, one period after the other."""
    p, rows = dict(given), [dict(first)]
    for t in range(1, periods + 1):
        p |= {parameter: value for when, parameter, value in steps if when == t}
        was = rows[-1]
        x: dict[str, float] = {"R": p["Rbar"], "YDe": was["YD"]}
        interest = was["R"] * was["Bh"]
        alpha1 = p["alpha1"] if name == "PCEX1" else p["alpha10"] - p["iota"] * was["R"]
        x["C"] = alpha1 * x["YDe"] + p["alpha2"] * was["V"]
        x["Y"] = x["C"] + p["G"]
        x["T"] = p["theta"] * (x["Y"] + interest)
        x["YD"] = (1.0 - p["theta"]) * (x["Y"] + interest)
        x["V"] = was["V"] + x["YD"] - x["C"]
        x["Ve"] = was["V"] + x["YDe"] - x["C"]
        share = p["lambda0"] + p["lambda1"] * x["R"] - p["lambda2"] * x["YDe"] / x["Ve"]
        x["Bd"] = x["Bh"] = share * x["Ve"]
        x["Hd"] = x["Ve"] - x["Bd"]
        x["Hh"] = x["V"] - x["Bh"]
        deficit = p["G"] + was["R"] * (was["Bs"] - was["Bcb"]) - x["T"]
        x["Bs"] = was["Bs"] + deficit
        x["Bcb"] = x["Bs"] - x["Bh"]
        x["Hs"] = was["Hs"] + x["Bcb"] - was["Bcb"]
        if name == "PCEX2":
            x["alpha1"] = alpha1
        rows.append(x)
    return {key: [row.get(key, 0.0) for row in rows] for key in rows[1]}


def parameters_of(name: str) -> dict[str, float]:
    if name == "PCEX1":
        return dict(PARAMETERS)
    return {k: v for k, v in PARAMETERS.items() if k != "alpha1"} | THRIFT


def compared(name: str, steps: Steps, periods: int) -> None:
    shocks = [Shock(t, parameter, value) for t, parameter, value in steps]
    found = load_model(name).compile().run(periods, shocks=shocks, backend="numpy")
    expected = by_hand(name, FIRST[name], parameters_of(name), steps, periods)
    assert set(expected) == set(found.model.variables)
    for variable, path in expected.items():
        np.testing.assert_allclose(
            found[variable][:, 0], path, rtol=1e-10, atol=0.0, err_msg=variable
        )


@pytest.mark.parametrize("name", ["PCEX1", "PCEX2"])
@pytest.mark.parametrize(
    "steps",
    [
        (),
        ((10, "Rbar", 0.035),),
        ((5, "Rbar", 0.035), (20, "Rbar", 0.025)),
        ((10, "G", 25.0), (11, "theta", 0.25)),
        ((3, "alpha2", 0.35), (3, "lambda0", 0.6), (30, "lambda1", 4.0)),
    ],
)
def test_whole_paths_equal_the_loop_by_hand(name: str, steps: Steps) -> None:
    compared(name, steps, 120)


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(["PCEX1", "PCEX2"]),
    changes=st.lists(
        st.tuples(
            st.integers(1, 40),
            st.sampled_from(["alpha2", "lambda0", "lambda1", "lambda2", "theta", "G", "Rbar"]),
            st.floats(0.8, 1.25),
        ),
        max_size=5,
        unique_by=lambda change: change[:2],
    ),
)
def test_paths_equal_the_loop_under_any_shocks(
    name: str, changes: list[tuple[int, str, float]]
) -> None:
    given = parameters_of(name)
    compared(name, tuple((t, key, factor * given[key]) for t, key, factor in changes), 60)


@pytest.mark.parametrize("name", ["PCEX1", "PCEX2"])
def test_the_loop_begins_at_the_start_row(name: str, shared_data: Path) -> None:
    with (shared_data / "gl" / f"{name}_start.csv").open(encoding="utf-8", newline="") as handle:
        row = {k: float(v) for k, v in next(csv.DictReader(handle)).items()}
    begun = FIRST[name] | parameters_of(name)
    assert {key: value for key, value in row.items() if value} == {
        key: value for key, value in begun.items() if value
    }
