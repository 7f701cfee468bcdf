"""The message catalogues: current, complete, and the same in both languages."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.cli.failures import say
from debtcycle.cycle.findings import Findings
from debtcycle.i18n import LANGUAGES, translator

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "src" / "debtcycle"
LOCALE = PACKAGE / "i18n" / "locale"
CLI = (LOCALE / "en" / "LC_MESSAGES" / "cli.po").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compiler():
    place = REPOSITORY / "tools" / "compile_messages.py"
    spec = importlib.util.spec_from_file_location("compile_messages", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_compiled_catalogues_are_current_and_both_languages_agree(compiler):
    assert compiler.main(check=True) == []


def _write(folder: Path, lang: str, body: str) -> None:
    place = folder / lang / "LC_MESSAGES"
    place.mkdir(parents=True, exist_ok=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (place / "d.po").write_text(head + body, encoding="utf-8")


@pytest.mark.parametrize(
    ("en", "zh", "fault"),
    [
        ('msgid "a"\nmsgstr "A {x}"\n', 'msgid "a"\nmsgstr "A {y}"\n', "placeholders"),
        ('msgid "a"\nmsgstr "A"\n', 'msgid "b"\nmsgstr "B"\n', "one language only"),
        ('msgid "a"\nmsgstr "A"\n', 'msgid "a"\nmsgstr ""\n', "no text"),
        ('msgid "a"\nmsgstr "A"\n\nmsgid "a"\nmsgstr "A"\n', 'msgid "a"\nmsgstr "A"\n', "twice"),
    ],
)
def test_the_compiler_notices_a_difference(compiler, tmp_path, en, zh, fault):
    _write(tmp_path, "en", en)
    _write(tmp_path, "zh", zh)
    assert any(fault in found for found in compiler.main(tmp_path))


def test_a_catalogue_compiles_to_the_same_bytes_and_staleness_is_seen(compiler, tmp_path):
    for lang in LANGUAGES:
        _write(tmp_path, lang, 'msgid "a"\nmsgstr "A"\n')
    assert any("not current" in found for found in compiler.main(tmp_path, check=True))
    assert compiler.main(tmp_path) == []
    made = tmp_path / "en" / "LC_MESSAGES" / "d.mo"
    first = made.read_bytes()
    assert compiler.main(tmp_path) == []
    assert made.read_bytes() == first
    assert compiler.main(tmp_path, check=True) == []
    (tmp_path / "zh" / "LC_MESSAGES" / "d.po").unlink()
    assert any("missing" in found for found in compiler.main(tmp_path))


def test_no_id_stands_in_two_catalogues(compiler):
    seen: dict[str, str] = {}
    for path in sorted((LOCALE / "en" / "LC_MESSAGES").glob("*.po")):
        for key in compiler.read_texts(path):
            assert key not in seen, f"{key}: {seen.get(key)} and {path.stem}"
            seen[key] = path.stem


def _patterns() -> list[tuple[Path, int, str]]:
    """Message ids in calls of texts and words; what is filled in stands as ``.+``."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parts[-2] not in {"cli", "report", "sections", "charts", "simulation"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name not in {"words", "texts", "self", "say"}:
                continue
            for first in node.args[:2] if name == "say" else node.args[:1]:
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.append((path, node.lineno, re.escape(first.value)))
                elif isinstance(first, ast.JoinedStr):
                    parts = [
                        re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+"
                        for v in first.values
                    ]
                    found.append((path, node.lineno, "".join(parts)))
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_id_that_is_asked_for_has_a_text(lang):
    ids = translator(lang).ids()
    patterns = _patterns()
    assert len(patterns) > 150
    for path, line, pattern in patterns:
        assert any(re.fullmatch(pattern, key) for key in ids), f"{path.name}:{line} {pattern}"


def _raised() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    rooms = "source|store|reference|date|catalogue|unit|view|out|ensemble|machine|scenario"
    found = set(re.findall(rf'"((?:{rooms})\.[a-z_]+)"', text)) - {"store.sqlite"}
    return {key for key in found if f'msgid "{key}"' not in CLI}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_says_what_is_wrong_and_what_to_do(lang):
    texts = translator(lang)
    assert len(_raised()) > 40
    for key in sorted(_raised()):
        assert key in texts, key
        text = say(texts, key, {})
        assert len(text.splitlines()) <= 3
        if key not in {"source.html", "source.compressed", "source.series_id"}:
            assert len(text.splitlines()) >= 2, f"{key} has no remedy"


def test_an_error_without_a_text_is_still_said():
    assert say(translator("en"), "not.there", {"a": 1}) == "not.there (a=1)"
    assert say(translator("en"), "not.there", {}) == "not.there"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reading_and_series_has_a_name(lang, judgement_of):
    texts = translator(lang)
    found: Findings = judgement_of("2025-12-15").findings
    for made in found.readings:
        for part in ("name", "formula", "reading"):
            assert f"indicator.{made.indicator}.{part}" in texts, made.indicator
    for item in found.assessment.inputs:
        for part in ("name", "formula", "reading"):
            assert f"indicator.{item.anchor.indicator}.{part}" in texts
    assert all(info.name(lang).strip() for info in load_catalogue())
