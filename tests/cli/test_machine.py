"""``debtcycle machine``: the economy's text, its tests and its calibration, as they are printed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from debtcycle.cli.main import run
from debtcycle.i18n import translator
from debtcycle.machine.calibration import search as fitting
from debtcycle.sfc import read
from debtcycle.store import Store

Out = pytest.CaptureFixture[str]


def test_show_prints_a_model_that_can_be_read_again(capsys: Out) -> None:
    assert run(["machine", "show"]) == 0
    model = read(capsys.readouterr().out)
    assert model.name == "ECONOMY"
    assert len(model.variables) > 200


def test_verify_gives_what_the_contract_says(tmp_path: Path, capsys: Out) -> None:
    out = tmp_path / "v.json"
    words = ["machine", "verify", "--paths", "64", "--seed", "3", "--format", "json"]
    assert run([*words, "--out", str(out)]) == 0
    found = json.loads(out.read_text())
    assert sorted({row["id"] for row in found["tests"]}) == list(range(1, 17))
    for row in found["tests"]:
        assert set(row) == {"id", "name", "state", "value", "bound", "pass", "reason"}
        assert (row["reason"] is None) == row["pass"]
        assert row["state"] in {None, "bubble", "depression", "normal"}
        assert isinstance(row["pass"], bool)
    assert {row["id"] for row in found["beside"]} == {2, 9, 10}
    spreads = [row["value"] for row in found["beside"] if row["id"] == 2]
    premia = [row["value"] for row in found["tests"] if row["name"] == "premium_K_bp"]
    assert max(premia) < 0.0 < min(spreads)  # another thing, and it goes the other way
    assert found["accounts"]["max_residual"] <= 1e-10
    for row in found["targets"]:
        assert row["low"] <= row["target"] <= row["high"]
        assert row["inside"] == (row["low"] <= row["value"] <= row["high"])
    assert run([*words]) == 0
    assert json.loads(capsys.readouterr().out) == found


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_verify_reads_in_both_languages(lang: str, capsys: Out) -> None:
    assert run(["machine", "verify", "--paths", "32", "--lang", lang]) == 0
    text = capsys.readouterr().out
    assert len(re.findall(r"^ ?\d+  ", text, re.MULTILINE)) == 16
    assert not re.search(r"\bnan\b|None|[{}]|acceptance\.", text)
    for word in ("QE1",) if lang == "en" else ("首轮量化宽松",):
        assert word in text


def test_verify_runs_from_the_data_of_two_dates(
    edition_store: Store, capsys: Out, tmp_path: Path
) -> None:
    words = ["machine", "verify", "--paths", "32", "--openings", "data", "--format", "json"]
    assert run([*words, "--store", str(edition_store.path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["openings"] == "data"
    assert found["accounts"]["max_residual"] <= 1e-10
    number = next(r for r in found["tests"] if r["name"] == "opening_bubble_number")
    assert 0.3 < number["value"] < 1.0
    assert f"{number['value']:.3f}" in number["reason"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_calibrate_reports_misses_elasticities_and_a_search(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    monkeypatch.setenv("DEBTCYCLE_CACHE", str(tmp_path))
    monkeypatch.setattr(fitting, "MOST_STEPS", 2)
    monkeypatch.setattr(
        fitting.fit,
        "__kwdefaults__",
        {**fitting.fit.__kwdefaults__, "paths": 16, "names": ("zeta", "mu")},
    )
    monkeypatch.setattr(
        fitting.sensitivities,
        "__kwdefaults__",
        {**fitting.sensitivities.__kwdefaults__, "paths": 16, "names": ("zeta", "mu")},
    )
    words = ["machine", "calibrate", "--paths", "16", "--lang", lang]
    assert run(words) == 0
    first = capsys.readouterr().out
    assert "zeta" in first
    translated = translator(lang)
    assert translated("acceptance.shipped_how") in first
    assert translated("acceptance.elasticities_whole") in first
    assert not re.search(r"\bnan\b|None|[{}]|acceptance\.", first)
    (kept,) = (tmp_path / "calibration").iterdir()
    row = json.loads(kept.read_text())
    assert row["loss_after"] <= row["loss_before"]
    # The whole sum has every target in it, so that it is never less than that of the fitted ones.
    assert row["all_before"] >= row["loss_before"]
    assert row["all_after"] >= row["loss_after"]
    assert f"{row['all_before']:.2f}" in first
    assert f"{row['all_after']:.2f}" in first
    for name in fitting.UNFITTED:
        assert translated(f"acceptance.moment_{name}") in first
    assert run(words) == 0
    assert capsys.readouterr().out == first  # from what was kept
    kept.write_text("{")
    assert fitting._kept(16, ("zeta", "mu")) is None  # damaged: made afresh


def test_bad_usage(capsys: Out) -> None:
    for words in (["--paths", "3"], ["--seed", "-1"], ["--format", "xml"]):
        assert run(["machine", "verify", *words]) == 2
    assert "Traceback" not in capsys.readouterr().err
