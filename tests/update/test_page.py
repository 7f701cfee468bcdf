"""The pages about updates say what the code does."""

from __future__ import annotations

import importlib.util
import re

import pytest

from debtcycle.network import Patience
from debtcycle.update import Summary


def _maker(repository):
    spec = importlib.util.spec_from_file_location(
        "make_update", repository / "docs" / "make_update.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_of_publishers_is_current(repository, lang):
    maker = _maker(repository)
    text = (repository / "docs" / f"update.{lang}.md").read_text(encoding="utf-8")
    assert maker.page(text, lang) == text, "run `make docs`"
    assert text.count("\n| `") == 9


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_limits_on_the_page_are_those_of_the_code(repository, lang):
    text = (repository / "docs" / f"update.{lang}.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (.+?) \| (.+) \|$",
        text.split("| limit |" if lang == "en" else "| 限制 |")[1],
        re.MULTILINE,
    )
    said = [[int(n) for n in re.findall(r"\d+", row[1])] for row in rows if row[0] != "---"]
    patience = Patience()
    assert said[0] == [patience.connect_s, patience.read_s]
    assert said[1] == [patience.request_s]
    assert said[2] == [patience.question_s]
    assert said[3] == [patience.run_s / 60]
    longest = [patience.backoff_s * 2**n for n in range(patience.attempts - 1)]
    assert said[4] == [429, 500, 502, 503, 0, *longest]
    assert said[5] == [patience.body_bytes >> 20, patience.bulk_bytes >> 20]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_python_of_the_page_runs(repository, lang, tmp_path, monkeypatch):
    text = (repository / "docs" / f"update.{lang}.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    from debtcycle.store import Store

    Store.create(tmp_path / "store.sqlite").close()
    monkeypatch.setenv("DEBTCYCLE_STORE", str(tmp_path / "store.sqlite"))
    monkeypatch.setenv("DEBTCYCLE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DEBTCYCLE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("DEBTCYCLE_URL_BIS", "http://127.0.0.1:9")
    names: dict[str, object] = {}
    exec(compile(block, "update.md", "exec"), names)
    assert isinstance(names["summary"], Summary)
    assert names["summary"].exit_code == 4
