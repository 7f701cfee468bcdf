"""The units for systemd and cron do what the page about them says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from debtcycle.cli.main import _COMMANDS
from debtcycle.cli.report import command as report
from debtcycle.cli.update import command as update

Unit = dict[str, list[tuple[str, str]]]


@pytest.fixture
def examples(repository: Path) -> Path:
    return repository / "examples"


def read_unit(path: Path) -> Unit:
    """Sections with their keys; a key may stand several times, as systemd has it."""
    found: Unit = {}
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if head := re.fullmatch(r"\[(\w+)\]", line):
            section = head[1]
            found[section] = []
        else:
            key, mark, value = line.partition("=")
            assert mark == "=", line
            assert section, line
            found[section].append((key, value))
    return found


def crontab_lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def check_words(words: list[str]) -> None:
    """A call of ours: a command that there is, with options that it has."""
    name, options = words[0], [word for word in words[1:] if word.startswith("--")]
    assert name in {"update", *_COMMANDS}
    known = {"report": report, "update": update}.get(name)
    if known is not None:
        assert set(options) <= {opt for param in known.params for opt in param.opts}


def test_the_service_updates_and_then_reports(examples: Path):
    unit = read_unit(examples / "systemd" / "debtcycle.service")
    service = dict(unit["Service"])
    calls = [value.split() for key, value in unit["Service"] if key == "ExecStart"]
    assert [words[0] for words in calls] == ["%h/.local/bin/debtcycle"] * 2
    assert [words[1] for words in calls] == ["update", "report"]
    for words in calls:
        check_words(words[1:])
    assert "--since-last" in calls[1]
    assert service["Type"] == "oneshot", "several commands, one after the other"
    assert service["SuccessExitStatus"] == "3"
    assert not any("KEY" in value.upper() for _, value in unit["Service"])


def test_the_timer_starts_the_service_once_a_day(examples: Path):
    unit = read_unit(examples / "systemd" / "debtcycle.timer")
    timer = dict(unit["Timer"])
    start = re.fullmatch(r"\*-\*-\* ([0-2]\d):([0-5]\d):00 UTC", timer["OnCalendar"])
    delay = re.fullmatch(r"(\d+)min", timer["RandomizedDelaySec"])
    assert start is not None
    assert delay is not None
    # After the day's releases, and begun and ended on their day: an update takes ten minutes.
    first = 60 * int(start[1]) + int(start[2])
    assert first >= 22 * 60
    assert first + int(delay[1]) + 10 < 24 * 60
    assert timer["Persistent"] == "true"
    assert dict(unit["Install"])["WantedBy"] == "timers.target"
    assert (examples / "systemd" / "debtcycle.timer").stem == "debtcycle"


def test_systemd_itself_is_content(examples: Path, tmp_path: Path):
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not here")
    program = tmp_path / ".local" / "bin" / "debtcycle"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    folder = tmp_path / "units"
    folder.mkdir()
    for path in (examples / "systemd").iterdir():
        text = path.read_text(encoding="utf-8").replace("%h", str(tmp_path))
        (folder / path.name).write_text(text, encoding="utf-8")

    def verified(*paths: Path) -> tuple[int, str]:
        done = subprocess.run(
            [found, "--user", "--man=no", "verify", *map(str, paths)],
            capture_output=True, text=True, check=False,
            env={"XDG_RUNTIME_DIR": str(tmp_path), "PATH": os.environ["PATH"]},
        )  # fmt: skip
        return done.returncode, done.stderr

    assert verified(*sorted(folder.iterdir())) == (0, "")
    bad = tmp_path / "bad.service"
    bad.write_text("[Service]\nExecStart=/bin/true\nNiceness=1\n")
    assert "Niceness" in verified(bad)[1], "a fault would have been said"


@pytest.mark.parametrize(
    ("update_ends_with", "reported"), [(0, True), (3, True), (4, False), (5, False), (1, False)]
)
def test_cron_reports_unless_the_update_failed(
    examples: Path, tmp_path: Path, update_ends_with: int, reported: bool
):
    *settings, line = crontab_lines(examples / "cron" / "debtcycle.crontab")
    assert {setting.partition("=")[0] for setting in settings} == {"MAILTO", "PATH"}
    fields = line.split(maxsplit=5)
    assert all(re.fullmatch(r"\d+|\*", field) for field in fields[:5])
    called = fields[5]
    assert "%" not in called, "cron reads it as the end of the line"
    for words in re.findall(r"debtcycle ([a-z][^>|;&}]*)", called):
        check_words(words.split())
    program = tmp_path / "debtcycle"
    program.write_text(
        '#!/bin/sh\necho "$@" >> "$LOG"\n'
        f'[ "$1" = update ] && echo wrong >&2 && exit {update_ends_with}\n'
        'echo told "$1"\n'
    )
    program.chmod(0o755)
    log = tmp_path / "log"
    done = subprocess.run(
        ["sh", "-c", called], capture_output=True, text=True, check=False,
        env={"PATH": f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin", "LOG": str(log)},
    )  # fmt: skip
    calls = log.read_text().splitlines()
    assert calls == ["update --quiet", *(["report --since-last --quiet"] if reported else [])]
    assert done.stdout == ("told report\n" if reported else ""), "only the report is mailed"
    assert done.stderr == "wrong\n", "with what was wrong"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_leads_to_the_examples(repository: Path, lang: str):
    page = repository / "docs" / f"schedule.{lang}.md"
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert len(links) == 3
    assert all((page.parent / link).is_file() for link in links)
    for words in re.findall(r"debtcycle ((?:report|health)[^`&\n]*)", text):
        if words.split()[0] in _COMMANDS:
            check_words(words.split())
    assert "DEBTCYCLE_STATE" in text
