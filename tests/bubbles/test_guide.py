"""The code of the guide runs, and the guide says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from debtcycle.bubbles import monte_carlo
from debtcycle.bubbles.draws import random_walks, sequences
from debtcycle.bubbles.rules import RULES


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_code_of_the_guide_runs(
    repository: Path, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEBTCYCLE_CACHE", "")
    text = (repository / "docs" / f"bubbles.{lang}.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 6
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, f"bubbles.{lang}.md", "exec"), names)
    shown = capsys.readouterr().out
    assert "upward" in shown
    assert "500" in shown
    assert "{" not in shown
    assert "sieve" in shown
    assert names["critical"].source == "table"
    assert names["test"].gsadf > names["critical"].value("gsadf", 99)


def test_the_sizes_of_the_guide_for_chosen_lags(repository: Path) -> None:
    told = {"en": "57, 30 and 22 %", "zh": "57、30、22 %"}
    for lang, words in told.items():
        assert words in (repository / "docs" / f"bubbles.{lang}.md").read_text("utf-8")
    for n, share, count in ((60, 57, 300), (100, 30, 300), (200, 22, 200)):
        walks = random_walks(n)(np.random.default_rng(n), count)
        _, bsadf = sequences(walks, monte_carlo(n, lag=4).window, 4, RULES["bic"])
        found = 100 * (bsadf.max(axis=1) > monte_carlo(n).value("gsadf", 95)).mean()
        assert found == pytest.approx(share, abs=10)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figures_of_the_guide_are_those_of_the_tables(repository: Path, lang: str) -> None:
    text = (repository / "docs" / f"bubbles.{lang}.md").read_text("utf-8")
    own, running = re.findall(r"^\| `(?:bsadf|running-max)`.* \| ([\d.]+) \|$", text, re.MULTILINE)
    found = monte_carlo(1680)
    assert f"{found.sequence('bsadf', 95)[-1]:.2f}" == own
    assert f"{found.sequence('running-max', 95)[-1]:.2f}" == running
