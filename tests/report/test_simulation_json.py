"""The JSON of a simulation: the contract's keys, strict, and the figures of the paths."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest

from debtcycle.machine.attribution import CHANNELS
from debtcycle.machine.economy.parameters import given
from debtcycle.machine.experiment import prepare
from debtcycle.machine.phases import PHASES
from debtcycle.machine.published import PUBLISHED, needed, publish
from debtcycle.machine.window import RULES
from debtcycle.report.simulation.as_json import beside_json, simulation_json

CONTRACT = (
    "scenario", "from", "paths", "seed", "quarters", "accounts", "failed_paths", "variables",
    "phases", "sell_window", "attribution", "opening", "parameters",
)  # fmt: skip
FACT = ("name", "value", "unit", "kind", "series", "period", "known_from", "range", "origins")
STATISTICS = ("p05", "p25", "p50", "p75", "p95", "mean")


def strict(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def made(study_of: Any) -> Any:
    return strict(simulation_json(study_of("qe-into-bubble")))


def test_the_contract(made: Any) -> None:
    assert set(CONTRACT) <= set(made)
    assert (made["scenario"], made["from"]) == ("qe-into-bubble", "2025-12-15")
    assert (made["paths"], made["seed"], made["quarters"]) == (64, 7, 40)
    assert 0.0 <= made["accounts"]["max_residual"] <= 1e-10
    assert made["failed_paths"] == 0
    assert set(made["variables"]) == {item.name for item in PUBLISHED}
    for figure in made["variables"].values():
        assert set(figure) == {"unit", "with", "without", "difference"}
        for side in ("with", "without", "difference"):
            assert set(figure[side]) == set(STATISTICS)
            assert {len(values) for values in figure[side].values()} == {41}
            quantiles = np.array([figure[side][key] for key in STATISTICS[:5]], dtype=float)
            known = ~np.isnan(quantiles).any(axis=0)
            assert (np.diff(quantiles[:, known], axis=0) >= 0.0).all()


def test_quantiles_are_those_of_the_paths_themselves(study_of: Any, made: Any) -> None:
    """The same paths run again and reduced by NumPy alone."""
    study = study_of("qe-into-bubble")
    pair = prepare(study.scenario, study.facts).paths(7, 0, 64, needed())
    with_, without = (publish(run.__getitem__) for run in (pair.with_, pair.without))
    for name in ("real_yield_10y", "growth_equity_nominal", "inflation", "monetisation"):
        difference = with_[name] - without[name]
        for side, values in (("with", with_[name]), ("difference", difference)):
            shown = made["variables"][name][side]
            for key, part in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
                expected = np.quantile(values, part, axis=1)
                np.testing.assert_allclose(shown[key], expected, rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(shown["mean"], values.mean(axis=1), rtol=1e-9, atol=1e-9)


def test_phases_and_window(made: Any) -> None:
    shares = made["phases"]["shares"]
    assert tuple(shares) == PHASES
    np.testing.assert_allclose(np.sum(list(shares.values()), axis=0), 1.0)
    for entry in made["phases"]["entered"]:
        at = {name: values[entry["quarter"]] for name, values in shares.items()}
        assert max(at, key=at.__getitem__) == entry["phase"]
    window = made["sell_window"]
    assert set(window["regret"]) == set(RULES)
    assert len(window["hazard"]) == 41
    for item in (*filter(None, window["hazard"]), *window["regret"].values()):
        # Wilson's interval of a part that is nought begins at nought but for rounding.
        assert item["low"] - 1e-12 <= item["value"] <= item["high"] + 1e-12
    assert 0 <= window["popped"] <= window["paths"] == 64


def test_parts_of_the_attribution_add_up(made: Any) -> None:
    found = made["attribution"]
    assert found["quarters"] == [1, 4, 8, 12, 20]
    for asset in found["assets"].values():
        assert set(asset["parts"]) == set(CHANNELS)
        total = np.sum([asset["parts"][channel] for channel in CHANNELS], axis=0)
        np.testing.assert_allclose(total, asset["change"], rtol=0.0, atol=1e-11)


def test_every_fact_has_its_certificate(study_of: Any, made: Any) -> None:
    opening = study_of("qe-into-bubble").opening
    assert [fact["name"] for fact in made["opening"]] == [fact.name for fact in opening.facts]
    for fact in made["opening"]:
        assert set(FACT) <= set(fact)
        if fact["kind"] == "observed":
            assert fact["series"], fact["name"]
            assert fact["known_from"] <= made["from"], fact["name"]
        if fact["kind"] == "assumed" and not fact["name"].startswith("holding_"):
            assert fact["range"] is not None, fact["name"]
        if fact["range"]:
            assert fact["range"][0] <= fact["value"] <= fact["range"][1], fact["name"]


def test_parameters_are_those_of_the_run(study_of: Any) -> None:
    study = study_of("qe-into-bubble")
    changed = dataclasses.replace(study.scenario, parameters={"chi": 0.25})
    found = strict(simulation_json(dataclasses.replace(study, scenario=changed)))["parameters"]
    assert set(found) == set(given())
    assert (found["chi"]["value"], found["chi"]["changed"]) == (0.25, True)
    others = {name for name, entry in found.items() if entry["changed"]}
    assert others == {"chi"}


def test_what_is_not_a_number_is_null(study_of: Any) -> None:
    study = study_of("qe-into-bubble")
    fan = study.outcome.fans["inflation"]["with"]
    quantiles = fan.quantiles.copy()
    quantiles[:, 3] = math.nan
    mean = fan.mean.copy()
    mean[3] = math.inf
    broken = {**study.outcome.fans["inflation"], "with": type(fan)(quantiles, mean)}
    fans = {**study.outcome.fans, "inflation": broken}
    outcome = dataclasses.replace(study.outcome, fans=fans, worst_account=math.nan)
    found = strict(simulation_json(dataclasses.replace(study, outcome=outcome)))
    shown = found["variables"]["inflation"]["with"]
    assert [shown[key][3] for key in STATISTICS] == [None] * 6
    assert shown["p50"][4] is not None
    assert found["accounts"]["max_residual"] is None


def test_two_scenarios_in_one_file(study_of: Any, made: Any) -> None:
    pair = study_of("qe-into-bubble"), study_of("qe-into-depression")
    found = strict(beside_json(*pair))
    assert found["same_programme"] is True
    assert found["beside"]["scenario"] == "qe-into-depression"
    assert set(CONTRACT) <= set(found["beside"])
    assert found["variables"] == made["variables"]
