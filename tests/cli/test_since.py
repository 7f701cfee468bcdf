"""``report --since-last``: told once, quiet when asked, and never lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv("DEBTCYCLE_STATE", str(folder))
    return folder


THEN = ("--since-last", "--as-of", "1995-03-20")
NOW = ("--since-last", "--as-of", "1995-09-20")


def test_a_first_look_then_nothing_then_changes_then_nothing(call, own_store, state):
    def report(*words):
        return call("--store", own_store, "report", *words)

    first = report(*THEN)
    assert (first.code, first.out.count("\n")) == (0, 1)
    assert len(list(state.iterdir())) == 1
    again = report(*THEN)
    assert (again.code, again.out.count("\n")) == (0, 1)
    assert "Nothing changed" in again.out
    assert report(*THEN, "--quiet").out == ""
    changed = json.loads(report(*NOW, "--format", "json").out)
    assert changed["changed"]
    assert {c["kind"] for c in changed["changes"]} <= {
        "verdict", "axes_verdict", "gate", "rung", "stage", "policy", "axis", "gauge", "lamp",
        "claim",
    }  # fmt: skip
    assert all(c["because"] for c in changed["changes"])
    assert json.loads(report(*NOW, "--format", "json").out)["changed"] is False


def test_quiet_speaks_when_something_changed(call, own_store):
    assert call("--store", own_store, "report", *THEN, "--quiet").out == ""
    done = call("--store", own_store, "--lang", "zh", "report", *NOW, "--quiet")
    assert done.code == 0
    assert "1995-09-20" in done.out


def test_without_a_date_it_answers_for_the_newest_one_and_stays_there(call, own_store):
    first = call("--store", own_store, "report", "--since-last")
    second = call("--store", own_store, "report", "--since-last")
    assert (first.code, second.code) == (0, 0)
    assert "Nothing changed" in second.out


def test_what_could_not_be_written_is_told_again(call, own_store, tmp_path, state):
    call("--store", own_store, "report", *THEN)
    kept = next(state.iterdir()).read_bytes()
    (tmp_path / "gone").mkdir()
    failed = call("--store", own_store, "report", *NOW, "--out", tmp_path / "gone")
    assert failed.code == 2
    assert next(state.iterdir()).read_bytes() == kept
    out = tmp_path / "changes.txt"
    assert call("--store", own_store, "report", *NOW, "--out", out).code == 0
    assert "changes between" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("--since-last", "--format", "html"),
        ("--since-last", "--format", "md"),
        ("--quiet",),
        ("--since-last", "--as-of", "2031-01-01"),
    ],
)
def test_bad_usage_is_two_and_three_lines(read, words):
    done = read("report", *words)
    assert (done.code, done.out) == (2, "")
    assert 1 <= len(done.err.splitlines()) <= 3


def test_an_earlier_day_is_refused_with_the_day_last_seen(call, own_store):
    call("--store", own_store, "report", *NOW)
    done = call("--store", own_store, "report", *THEN)
    assert done.code == 2
    assert "1995-09-20" in done.err


def test_a_broken_memory_is_set_aside_and_work_goes_on(call, own_store, state):
    call("--store", own_store, "report", *THEN)
    path = next(state.iterdir())
    whole = path.read_bytes()
    path.write_text("{")
    done = call("--store", own_store, "report", *THEN)
    assert done.code == 0
    aside = path.with_name(f"{path.name}.broken")
    assert str(aside) in done.err
    assert aside.read_text() == "{"
    assert path.read_bytes() == whole, "the answer is kept anew"
    again = call("--store", own_store, "report", *THEN)
    assert (again.code, again.err) == (0, ""), "it is told once"


def test_a_report_without_the_option_keeps_nothing(read, state):
    assert read("report", "--as-of", "1965-06-30").code == 0
    assert not state.exists()
