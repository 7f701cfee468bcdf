"""The tutorial in both languages does what it says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tutorial_runs(lang: str) -> None:
    text = (DOCS / f"sfc.{lang}.md").read_text(encoding="utf-8")
    pieces = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    room: dict[str, object] = {}
    examples = 0
    for number, piece in enumerate(pieces):
        if not piece.startswith(">>>"):
            exec(compile(piece, f"sfc.{lang}.md, piece {number}", "exec"), room)
            continue
        test = doctest.DocTestParser().get_doctest(piece, room, f"piece {number}", None, None)
        said: list[str] = []
        runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
        result = runner.run(test, out=said.append, clear_globs=False)
        room.update(test.globs)
        assert result.failed == 0, "".join(said)
        examples += result.attempted
    assert examples > 10


def test_both_languages_run_the_same_code() -> None:
    codes = []
    for lang in ("en", "zh"):
        text = (DOCS / f"sfc.{lang}.md").read_text(encoding="utf-8")
        codes.append(re.findall(r"```(?:python)?\n(.*?)```", text, flags=re.DOTALL))
    assert codes[0] == codes[1]
