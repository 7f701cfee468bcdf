"""The generated pages say what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


def test_page_of_the_judgement_is_current(repository: Path) -> None:
    path = repository / "docs" / "make_judgement.py"
    spec = importlib.util.spec_from_file_location("make_judgement", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for lang in module.HEADS:
        text = (repository / "docs" / f"judgement.{lang}.md").read_text(encoding="utf-8")
        assert module.page(text, lang) == text, "run `make docs`"
        assert text.count("\n| ") >= 17


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_links_of_the_readme_lead_somewhere(repository: Path, name: str) -> None:
    import re

    text = (repository / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (repository / target).exists(), target
