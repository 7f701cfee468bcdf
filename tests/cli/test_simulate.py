"""``debtcycle simulate``: what it gives, from what, and what it refuses in both languages."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from cli.test_bad_input import assert_said
from debtcycle.cli.failures import say
from debtcycle.i18n import LANGUAGES, translator
from debtcycle.machine.scenario import list_scenarios

OWN = """
name = "mine"
from = 2025-12-15
quarters = 6
title = { en = "Own <b>one</b>", zh = "自己的" }

[[purchase]]
asset = "N"
total_pct_gdp = 2
quarters = 4
"""
QUICK = ("--paths", "64", "--workers", "1")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_any_number_of_workers_gives_the_same_bytes(read, own, tmp_path):
    for form in ("json", "text"):
        made = []
        for workers in ("1", "2"):
            out = tmp_path / f"{form}{workers}"
            words = ("simulate", own, "--paths", "192", "--format", form, "--out", out)
            done = read(*words, "--workers", workers)
            assert done.code == 0, done.err
            assert done.out == ""
            made.append(out.read_bytes())
        assert made[0] == made[1]
        assert made[0]


def test_the_seed_is_printed_and_counts(read, own):
    one = json.loads(read("simulate", own, *QUICK, "--format", "json", "--seed", "3").out)
    other = json.loads(read("simulate", own, *QUICK, "--format", "json").out)
    assert (one["seed"], other["seed"]) == (3, 2025)
    assert one["variables"] != other["variables"]
    assert one["opening"] == other["opening"]
    assert "2025" in read("simulate", own, *QUICK).out


def test_another_date_gives_another_opening(read, own):
    words = ("simulate", own, *QUICK, "--format", "json", "--from", "2008-11-28")
    made = json.loads(read(*words).out)
    assert made["from"] == "2008-11-28"
    facts = {fact["name"]: fact["value"] for fact in made["opening"]}
    assert facts["policy_rate_pct"] < 1.0
    assert facts["output_gap_pct"] < -2.0
    assert max(fact["known_from"] or "" for fact in made["opening"]) <= "2008-11-28"


@pytest.mark.parametrize(
    ("form", "lang"),
    [("text", "en"), ("text", "zh"), ("md", "en"), ("md", "zh"), ("json", "zh"), ("html", "en")],
)
def test_every_form(read, own, form, lang):
    done = read("simulate", own, *QUICK, "--format", form, "--lang", lang)
    assert done.code == 0, done.err
    assert done.err == ""
    title = {"en": "Own <b>one</b>", "zh": "自己的"}[lang]
    if form == "html":
        title = title.replace("<", "&lt;").replace(">", "&gt;")
    if form == "md":
        title = title.replace("<", "\\<")
    if form == "json":
        assert json.loads(done.out)["scenario"] == "mine"
    else:
        assert title in done.out


def test_two_dates_of_one_scenario_stand_side_by_side(read, own):
    words = ("simulate", own, "--beside", own, "--beside-from", "2008-11-28", *QUICK)
    done = read(*words, "--format", "json")
    assert done.code == 0, done.err
    made = json.loads(done.out)
    assert (made["from"], made["beside"]["from"]) == ("2025-12-15", "2008-11-28")
    assert made["same_programme"] is True
    text = read(*words).out
    assert "A 2025-12-15" in text
    assert "B 2008-11-28" in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("words", [("--list",), ("list",)])
def test_the_shipped_scenarios_are_listed_in_both_languages(read, lang, words):
    done = read("simulate", *words, "--lang", lang)
    assert done.code == 0
    for name in list_scenarios():
        item = tomllib.loads(
            (files("debtcycle.machine") / "scenarios" / f"{name}.toml").read_text("utf-8")
        )
        assert f"{name}  {item['title'][lang]}" in done.out
        assert item["text"][lang][:12].replace("`", "") in done.out.replace("\n   ", " ")
    rows = json.loads(read("simulate", *words, "--format", "json").out)
    assert [row["name"] for row in rows] == list(list_scenarios())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_is_there_in_both_languages(call, lang):
    done = call("simulate", "--help", "--lang", lang)
    assert done.code == 0
    assert "opt." not in done.out
    assert ("用法" in done.out) == (lang == "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("no-such-scenario",),
        ("no/such/file.toml",),
        ("qt", "--paths", "0"),
        ("qt", "--paths", "-5"),
        ("qt", "--paths", "1e3"),
        ("qt", "--paths", "4294967296"),
        ("qt", "--paths", "9" * 5000),
        ("qt", "--seed", "-1"),
        ("qt", "--seed", "18446744073709551616"),
        ("qt", "--workers", "0"),
        ("qt", "--workers", "two"),
        ("qt", "--workers", "2", "--dask", "tcp://127.0.0.1:1"),
        ("qt", "--from", "yesterday"),
        ("qt", "--from", "1985-01-31"),
        ("qt", "--from", "2027-01-01"),
        ("qt", "--beside", "no-such-scenario"),
        ("qt", "--beside-from", "2008-11-28"),
        ("qt", "--format", "pdf"),
        ("qt", "--out", "."),
    ],
)
def test_bad_usage_is_said_in_both_languages(read, lang, words):
    text = assert_said(read("--lang", lang, "simulate", *words), 2)
    assert any("\u4e00" <= c <= "\u9fff" for c in text) == (lang == "zh")
    assert len(text.splitlines()) >= 2, "what is wrong, and what to do"


HEAD = "from = 2025-12-15\nquarters = 8\n"
BUY = '[[purchase]]\nasset = "N"\n'


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + BUY + "total_pct_gdp = 3\nquarters = 4\n" + BUY
         + "total_pct_gdp = -3\nfirst = 3\nquarters = 4\n", "purchase 2"),
        (HEAD + BUY + "total_pct_gdp = 30\n", "30"),
        (HEAD + BUY + 'total_pct_gdp = "much"\n', "much"),
        (HEAD + BUY + "total_pct_gdp = nan\n", "nan"),
        (HEAD + BUY + "total_pct_gdp = 1\nfirst = 0\n", "first"),
        (HEAD + BUY + "total_pct_gdp = 1\nquarters = 9\n", "9"),
        (HEAD + BUY + "total_pct_gdp = 1\nannounced = 1\n", "announced"),
        (HEAD + BUY + 'total_pct_gdp = 1\nrun = "never"\n', "never"),
        (HEAD + BUY + 'total_pct_gdp = 1\nfrom_sector = "Q"\n', "Q"),
        (HEAD + BUY + "total_pct_gdp = 1\npace = 2\n", "pace"),
        (HEAD + '[[purchase]]\nasset = "houses"\ntotal_pct_gdp = 1\n', "houses"),
        (HEAD + '[[set]]\nname = "disk"\nvalue = 1\n', "disc"),
        (HEAD + '[[set]]\nname = "disc"\n', "values"),
        (HEAD + '[[set]]\nname = "disc"\nvalues = [1, 2]\nquarters = 3\n', "3"),
        (HEAD + "[parameters]\nchii = 1\n", "chi"),
        (HEAD + 'purchase = "much"\n', "purchase"),
        (HEAD + "title = 3\n", "title"),
        ("from = 2025-12-15\nquarters = 0\n", "400"),
        ('from = "soon"\n', "soon"),
        ("from = \n", "TOML"),
        ("\x00", "TOML"),
        (HEAD, "[[purchase]]"),
    ],
)  # fmt: skip
def test_a_faulty_scenario_is_refused_with_its_place(read, tmp_path, lang, text, said):
    path = tmp_path / "faulty.toml"
    path.write_text(text, encoding="utf-8")
    done = assert_said(read("--lang", lang, "simulate", path, *QUICK), 2)
    assert said in done
    assert "?" not in done
    assert len(done.splitlines()) >= 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_margin_that_no_leverage_of_the_date_allows_does_not_solve(read, tmp_path, lang):
    path = tmp_path / "tight.toml"
    path.write_text(HEAD + "[parameters]\nm0 = 0.6\n", encoding="utf-8")
    done = assert_said(read("--lang", lang, "simulate", path, *QUICK), 6)
    assert "m0" in done
    assert "1.67" in done, "the most that a margin of 0.6 allows"


def test_a_file_that_is_no_text_or_too_large(read, tmp_path):
    path = tmp_path / "s.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "s.toml" in assert_said(read("simulate", path), 2)
    path.write_bytes(b"#" * 300_000)
    assert "200000" in assert_said(read("simulate", path), 2)
    assert_said(read("simulate", tmp_path), 2)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_opening_with_missing_data_names_the_series(call, tmp_path, lang):
    from debtcycle.store import Store

    path = tmp_path / "empty.sqlite"
    Store.create(path).close()
    done = call("--store", path, "--lang", lang, "simulate", "qt", *QUICK)
    assert "EFFR" in assert_said(done, 2)


def test_dask_that_is_not_installed_is_said(read, own, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec",
        lambda name, *rest: None if name == "distributed" else real(name, *rest),
    )  # fmt: skip
    done = read("simulate", own, "--paths", "64", "--dask", "tcp://127.0.0.1:1")
    assert "debtcycle[dask]" in assert_said(done, 2)


def _reasons() -> set[str]:
    """Ids of the faults of a scenario, and the names that each is told."""
    folder = files("debtcycle.machine")
    modules = [
        ast.parse(folder.joinpath(name).read_text(encoding="utf-8"))
        for name in ("scenario.py", "scenario_file.py")
    ]
    found = set()
    for node in (node for module in modules for node in ast.walk(module)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "refused":
            reason = node.args[1]
            assert isinstance(reason, ast.Constant)
            names = {str(word.arg) for word in node.keywords} | {"scenario"}
            found.add((f"scenario.{reason.value}", frozenset(names)))
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_of_a_scenario_has_a_text_that_it_can_fill(lang):
    texts = translator(lang)
    assert len(_reasons()) >= 17
    for key, names in _reasons():
        assert key in texts, key
        raw = texts(key)
        wanted = {name for _, name, _, _ in string.Formatter().parse(raw) if name}
        assert wanted <= names, f"{key} asks for {wanted - names}"
        assert 2 <= len(say(texts, key, dict.fromkeys(names, "x")).splitlines()) <= 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_example_of_the_page_runs(read, repository, tmp_path, lang):
    page = (repository / "docs" / f"machine.{lang}.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "example.toml"
    path.write_text(example, encoding="utf-8")
    made = json.loads(read("simulate", path, *QUICK, "--format", "json").out)
    assert (made["scenario"], made["quarters"]) == ("buying-while-shortening", 24)
    assert made["parameters"]["chi"] == {"value": 0.25, "unit": "1", "changed": True}


def test_names_of_the_page_can_be_set(repository):
    from debtcycle.machine.experiment import by_quarter_names

    page = (repository / "docs" / "machine.en.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `name` in .*$", page, re.MULTILINE)
    names = set(re.findall(r"`([a-z_]+)`", row)) - {"name"}
    assert names <= set(by_quarter_names())
    assert len(names) > 10


@pytest.mark.parametrize(
    ("lang", "said", "not_said"),
    [("en", "Treasury notes and bonds", "N_"), ("zh", "国债", "N_")],
)
def test_a_holding_below_nought_is_named_in_words(
    read, tmp_path, monkeypatch, lang, said, not_said
):
    from debtcycle.errors import ModelError
    from debtcycle.machine import study

    def refuse(*_, **__):
        raise ModelError("machine.negative", name="N_X", quarter=3, value="-0.4")

    monkeypatch.setattr(study, "study", refuse)
    done = read("--lang", lang, "simulate", "qt", *QUICK)
    told = assert_said(done, 6)
    assert said in told
    assert not_said not in told


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("value", "asset"), [(6, "N"), (-5, "b")])
def test_a_swap_of_more_than_there_is_is_said_in_words(read, tmp_path, lang, value, asset):
    path = tmp_path / "swap.toml"
    entry = f'[[set]]\nname = "swap"\nquarters = 12\nvalue = {value}\n'
    path.write_text("from = 2025-12-15\nquarters = 20\n" + entry, encoding="utf-8")
    done = assert_said(read("--lang", lang, "simulate", path, *QUICK), 6)
    assert translator(lang)(f"opening.instrument.{asset}") in done
    assert "log(" not in done
    assert "`swap`" in done
