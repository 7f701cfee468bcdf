"""The generated pages say what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from debtcycle.cli.main import _COMMANDS
from debtcycle.errors import DebtcycleError
from debtcycle.store import Store


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


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_python_of_the_readme_runs(
    repository: Path, name: str, edition_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    import re

    (block,) = re.findall(r"```python\n(.*?)```", (repository / name).read_text("utf-8"), re.DOTALL)
    monkeypatch.setenv("DEBTCYCLE_STORE", str(edition_store.path))
    names: dict[str, Any] = {}
    exec(compile(block, name, "exec"), names)
    assert names["view"].store.path == edition_store.path
    assert names["judgement"].verdict


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_the_exit_codes_are_listed(repository: Path, name: str) -> None:
    import re

    text = (repository / name).read_text("utf-8")
    table = re.split(r"^#+ (?:Exit codes|退出码)$", text, flags=re.MULTILINE)[1].split("\n#")[0]
    listed = re.findall(r"^\| (\d+) \|", table, re.MULTILINE)
    assert [int(code) for code in listed] == [0, 1, 2, 3, 4, 5, 6, 130]
    kinds = [DebtcycleError, *DebtcycleError.__subclasses__()]
    assert {str(kind.exit_code) for kind in kinds} <= set(listed)


def test_commands_and_rooms_are_in_the_changes(repository: Path) -> None:
    text = (repository / "CHANGELOG.md").read_text("utf-8").partition("## Unreleased")[2]
    folder = repository / "src" / "debtcycle"
    rooms = {path.stem for path in folder.iterdir() if not path.name.startswith(("_", "."))}
    wanted = {*rooms - {"errors", "py"}, *_COMMANDS}
    assert {word for word in wanted if f"`{word}" not in text} == set()
