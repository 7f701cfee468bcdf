"""``debtcycle health`` on the edition."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize(
    ("lang", "form"), [("zh", "text"), ("en", "json"), ("en", "md"), ("zh", "html")]
)
def test_every_form_names_the_series_and_can_be_written_to_a_file(read, tmp_path, lang, form):
    words = ("--lang", lang, "health", "--format", form)
    shown = read(*words)
    assert shown.code == 0
    assert "WALCL" in shown.out
    out = tmp_path / "health.out"
    done = read(*words, "--out", out)
    assert (done.code, done.out) == (0, "")
    assert out.read_text(encoding="utf-8") == shown.out


def test_the_day_is_that_of_the_question(read):
    then = json.loads(read("health", "--as-of", "2019-10-15", "--format", "json").out)
    now = json.loads(read("health", "--format", "json").out)
    assert (then["as_of"], now["as_of"]) == ("2019-10-15", "2026-11-22")
    assert then["counts"]["ended"] == 1
    assert now["counts"]["ended"] == 3


@pytest.mark.parametrize(
    "words", [("--as-of", "yesterday"), ("--as-of", "2031-01-01"), ("--format", "csv"), ("x",)]
)
def test_bad_usage_is_two_and_three_lines(read, words):
    done = read("health", *words)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) <= 3
