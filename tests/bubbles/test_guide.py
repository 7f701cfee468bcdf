"""The code of the guide runs, and the guide says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from debtcycle.bubbles import monte_carlo


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_code_of_the_guide_runs(
    repository: Path, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEBTCYCLE_CACHE", "")
    text = (repository / "docs" / f"bubbles.{lang}.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 5
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, f"bubbles.{lang}.md", "exec"), names)
    shown = capsys.readouterr().out
    assert "upward" in shown
    assert names["critical"].source == "table"
    assert names["test"].gsadf > names["critical"].value("gsadf", 99)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figures_of_the_guide_are_those_of_the_tables(repository: Path, lang: str) -> None:
    text = (repository / "docs" / f"bubbles.{lang}.md").read_text("utf-8")
    own, running = re.findall(r"^\| `(?:bsadf|running-max)`.* \| ([\d.]+) \|$", text, re.MULTILINE)
    found = monte_carlo(1680)
    assert f"{found.sequence('bsadf', 95)[-1]:.2f}" == own
    assert f"{found.sequence('running-max', 95)[-1]:.2f}" == running
