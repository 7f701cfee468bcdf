"""``debtcycle model``: the contract of its files, its exit codes, and what it says."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from debtcycle.cli.main import run

Out = pytest.CaptureFixture[str]

BROKEN = """\
model B
sector a, b
variable M = 1
equation M = 2*M[-1]
stock money: a M, b -M
flow pay: a -> b: 0*M
"""


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_list_and_show(capsys: Out) -> None:
    assert run(["model", "list", "--lang", "en"]) == 0
    listed = capsys.readouterr().out
    assert listed.splitlines()[0].startswith("BMW")
    assert len(listed.splitlines()) == 15
    assert run(["model", "show", "pc", "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("model PC")
    assert "# 资产负债表" in shown
    assert "-d(Bh)" in shown
    assert "# 政府货币与资产组合选择" in shown
    assert run(["model", "list", "--lang", "zh"]) == 0
    assert "最简单的政府货币模型" in capsys.readouterr().out
    assert run(["model", "show", "LP1", "--lang", "en"]) == 0
    assert "-(Pbl * BLs)" in capsys.readouterr().out


def test_run_writes_every_name_with_all_digits(tmp_path: Path, capsys: Out) -> None:
    start, shocks, out = (tmp_path / name for name in ("s.csv", "k.csv", "o.csv"))
    assert run(["model", "run", "SIM", "--periods", "2"]) == 0
    first = table(capsys.readouterr().out)
    names = [name for name in first[0] if name != "t"]
    start.write_text(",".join(first[0]) + "\n" + ",".join(first[0].values()) + "\n")
    shocks.write_text("t,name,value\n3,Gd,25\n5,Gd,20\n")
    words = ["model", "run", "SIM", "--start", str(start), "--shocks", str(shocks)]
    assert run([*words, "--periods", "6", "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    rows = table(out.read_text())
    assert [row["t"] for row in rows] == ["0", "1", "2", "3", "4", "5", "6"]
    assert [row["Gd"] for row in rows] == ["20", "20", "20", "25", "25", "20", "20"]
    from debtcycle import sfc
    from debtcycle.sfc.library import load_model

    again = (
        load_model("SIM").compile().run(6, shocks=[sfc.Shock(3, "Gd", 25), sfc.Shock(5, "Gd", 20)])
    )
    for name in names:
        assert [float(row[name]) for row in rows] == again[name][:, 0].tolist()


def test_a_file_of_the_user_and_exit_codes(tmp_path: Path, capsys: Out) -> None:
    own = tmp_path / "own.model"
    own.write_text("model OWN\nparameter p = 2\nvariable x = 1\nequation x = p*x[-1]\n")
    assert run(["model", "run", str(own), "--periods", "3"]) == 0
    assert table(capsys.readouterr().out)[-1] == {"t": "3", "x": "8", "p": "2"}
    assert run(["model", "show", str(own)]) == 0
    own.write_text("model OWN\nparameter p = 2\nvariable x = 1\nequation x^2 = -p\n")
    assert run(["model", "run", str(own), "--periods", "3", "--lang", "en"]) == 6
    said = capsys.readouterr().err
    assert "does not solve" in said
    assert "x^2 = -p" in said
    assert len(said.splitlines()) <= 3
    own.write_text(BROKEN)
    assert run(["model", "run", str(own), "--periods", "3", "--lang", "zh"]) == 6
    assert "账户不平" in capsys.readouterr().err
    own.write_text("equation x = __import__('os')\n")
    assert run(["model", "run", str(own), "--periods", "3"]) == 6
    assert "Line 1, column 14" in capsys.readouterr().err
    assert run(["model", "run", "NONE", "--periods", "3"]) == 6
    assert run(["model", "run", str(tmp_path / "absent.model"), "--periods", "3"]) == 6


@pytest.mark.parametrize(
    ("option", "content"),
    [
        ("--start", "Y\n1\n2\n"),
        ("--start", "Y\n"),
        ("--start", ""),
        ("--start", "Y,C\n1\n"),
        ("--start", "Y\nmuch\n"),
        ("--start", "Y\ninf\n"),
        ("--start", "\x00\xff"),
        ("--start", "\x1b[31mY\n1\n"),
        ("--shocks", "t,name,value\n1,G\x9bd,25\n"),
        ("--start", "Y,Y\n1,2\n"),
        ("--start", "Y\n1_000\n"),
        ("--start", "Y\n0x10\n"),
        ("--start", "Y\n1,2\n"),
        ("--start", ",\n , \n"),
        ("--shocks", "t,name,value\n1,Gd,25\n1,Gd,26\n"),
        ("--shocks", "t,name,value\n1e300,Gd,26\n"),
        ("--shocks", "t,name,value\nnan,Gd,26\n"),
        ("--shocks", "T,Name,Value\n1,Gd,26\n"),
        ("--shocks", "t,name,value,note\n1,Gd,26,x\n"),
        ("--shocks", "t,name\n1,Gd\n"),
        ("--shocks", "t,name,value\n1.5,Gd,3\n"),
        ("--shocks", "t,name,value\nx,Gd,3\n"),
    ],
)
def test_tables_that_are_none(option: str, content: str, tmp_path: Path, capsys: Out) -> None:
    place = tmp_path / "t.csv"
    place.write_bytes(content.encode("latin-1"))
    assert run(["model", "run", "SIM", "--periods", "2", option, str(place), "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert str(place.name) in said
    assert "Traceback" not in said
    assert run(["model", "run", "SIM", "--periods", "2", option, str(place), "--lang", "zh"]) == 2
    other = capsys.readouterr().err.replace(str(place), "")
    for english in ("rows", "head", "bytes", "Error", "number", "columns"):
        assert english not in other


@pytest.mark.parametrize(
    "content",
    ["\ufeffY,Gd\r\n1,25\r\n", "Y,Gd\r1,25\r", ' Y , "Gd" \n\n 1 , 25 \n\n', "t,Y,Gd\n0,1,25\n"],
)
def test_tables_of_other_programs_are_read(content: str, tmp_path: Path, capsys: Out) -> None:
    place = tmp_path / "t.csv"
    place.write_bytes(content.encode("utf-8"))
    assert run(["model", "run", "SIM", "--periods", "1", "--start", str(place)]) == 0
    first = table(capsys.readouterr().out)[0]
    assert (first["Y"], first["Gd"]) == ("1", "25")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("periods", ["0", "-1", "1000001", "x", "1e2", "２", "", "9" * 40])
def test_periods_that_are_none(periods: str, lang: str, capsys: Out) -> None:
    assert run(["model", "run", "SIM", "--lang", lang, "--periods", periods]) == 2
    said = capsys.readouterr().err
    assert ("whole number" in said) == (lang == "en")
    assert ("整数" in said) == (lang == "zh")


def test_more_figures_than_a_file_should_hold_are_refused_at_once(capsys: Out) -> None:
    for lang, word in (("en", "at most"), ("zh", "至多")):
        words = ["model", "run", "GROWTH", "--lang", lang, "--periods", "1000000"]
        assert run(words) == 2
        assert word in capsys.readouterr().err


def test_a_very_long_run_is_not_broken_by_its_own_rounding(tmp_path: Path) -> None:
    out = tmp_path / "o.csv"
    assert run(["model", "run", "PC", "--periods", "130000", "--out", str(out)]) == 0
    with out.open(encoding="utf-8") as lines:
        *_, last = lines
    assert last.startswith("130000,")


def test_accounts_that_do_not_close_are_said_in_the_language(tmp_path: Path, capsys: Out) -> None:
    own = tmp_path / "own.model"
    own.write_text(BROKEN)
    for lang, words in (("en", "transaction flows, column"), ("zh", "交易流量，列")):
        assert run(["model", "run", str(own), "--periods", "3", "--lang", lang]) == 6
        assert words in capsys.readouterr().err
    for content in (b"", b"model T\n", b"variable x\n\xff"):
        own.write_bytes(content)
        assert run(["model", "run", str(own), "--periods", "3"]) == 6
        assert run(["model", "show", str(own)]) == 6
        assert "Traceback" not in capsys.readouterr().err


def test_usage(tmp_path: Path, capsys: Out) -> None:
    assert run(["model", "run", "SIM"]) == 2
    assert run(["model", "run", "SIM", "--periods", "0"]) == 2
    assert run(["model", "run", "SIM", "--periods", "2", "--start", str(tmp_path / "no.csv")]) == 2
    assert run(["model", "run", "SIM", "--periods", "2", "--out", str(tmp_path / "a" / "b")]) == 2
    big = tmp_path / "big.csv"
    big.write_bytes(b"#" * 10_000_001)
    assert run(["model", "run", "SIM", "--periods", "2", "--start", str(big)]) == 2
    assert "10000000" in capsys.readouterr().err
    start = tmp_path / "s.csv"
    start.write_text("Nothing\n1\n")
    assert run(["model", "run", "SIM", "--periods", "2", "--start", str(start)]) == 6


def test_help_does_not_import_the_compiler() -> None:
    code = (
        "import sys; import debtcycle; from debtcycle.cli.main import run; run(['--help']); "
        "run(['model', '--help']); sys.exit('llvmlite' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
