"""Every command on the edition: what it gives, in which form, and what it leaves behind."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

COLUMNS = "date,mode,verdict,rung,valuation,growth,inflation,credit,coverage,confidence"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "words",
    [
        (), ("report",), ("replay",), ("claims",), ("series",), ("series", "list"),
        ("series", "show"), ("import",), ("status",), ("doctor",), ("reference",),
        ("reference", "build"), ("reference", "show"),
    ],
)  # fmt: skip
def test_help_is_there_in_both_languages(call, words, lang):
    done = call("--lang", lang, *words, "--help")
    assert done.code == 0
    assert "opt." not in done.out
    assert "help." not in done.out
    assert ("用法" in done.out) == (lang == "zh")


def test_the_language_of_the_surroundings_is_the_default(call, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "用法" in call("--help").out
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert "Usage" in call("--help").out


def test_help_imports_no_arrays_and_no_tables():
    code = (
        "import sys; from debtcycle.cli.main import run; run(['--help']);"
        "print(sorted({'numpy', 'pandas', 'rich', 'sqlite3'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_reader_that_goes_away_is_no_error(edition_store):
    code = "import sys; from debtcycle.cli.main import main; main()"
    argv = [
        sys.executable,
        "-c",
        code,
        "--store",
        str(edition_store.path),
        "series",
        "show",
        "DGS10",
    ]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == ""


def test_replay_gives_the_columns_of_the_contract(read, tmp_path):
    done = read("replay", "--start", "2008-10", "--end", "2009-01")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == COLUMNS
    assert [line[:10] for line in lines[1:]] == [
        "2008-10-31", "2008-11-30", "2008-12-31", "2009-01-31",
    ]  # fmt: skip
    assert all(line.split(",")[2] == "into_depression" for line in lines[2:])
    out = tmp_path / "r.csv"
    assert read("replay", "--start", "2008-10", "--end", "2009-01", "--out", out).out == ""
    assert out.read_text() == done.out


def test_replay_as_json_says_null_where_nothing_is_known(read):
    rows = json.loads(
        read(
            "replay", "--start", "1925-01", "--end", "1925-12", "--freq", "Q", "--format", "json"
        ).out
    )
    assert len(rows) == 4
    assert list(rows[0]) == COLUMNS.split(",")
    assert {row["verdict"] for row in rows} == {"unknown"}
    assert rows[0]["growth"] is None


def test_the_running_month_is_replayed_as_of_today(read):
    rows = read("replay", "--start", "2026-11", "--end", "2026-11").out.splitlines()
    assert rows[1].startswith("2026-11-22,")


@pytest.mark.parametrize(("day", "value"), [("2009-11-30", "10.2"), ("2026-06-30", "10.0")])
def test_unemployment_of_october_2009_as_it_was_known(read, day, value):
    done = read("series", "show", "UNRATE", "--as-of", day, "--format", "csv")
    row = next(r for r in csv.DictReader(io.StringIO(done.out)) if r["period"] == "2009-10-01")
    assert row["value"] == value
    assert row["basis"] == "vintage"


@pytest.mark.parametrize("form", ["csv", "json", "text"])
def test_prices_of_october_2025_are_missing_and_not_filled(read, form):
    out = read("series", "show", "cpiaucsl", "--format", form).out
    if form == "csv":
        assert "\n2025-10-01,,,missing\n" in out
    elif form == "json":
        row = next(r for r in json.loads(out)["rows"] if r["period"] == "2025-10-01")
        assert row == {
            "period": "2025-10-01",
            "value": None,
            "known_from": None,
            "basis": "missing",
        }
    else:
        line = next(line for line in out.splitlines() if line.startswith("2025-10-01"))
        assert line.split() == ["2025-10-01", "missing"]


def test_a_series_before_its_beginning_says_so(read):
    assert "Nothing of this series" in read("series", "show", "SOFR", "--as-of", "1990-01-01").out


@pytest.mark.parametrize("form", ["csv", "json", "text"])
def test_the_list_of_series_has_every_entry(read, form):
    from debtcycle.catalogue import load_catalogue

    out = read("series", "list", "--format", form).out
    assert all(info.id in out for info in load_catalogue())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_status_names_what_is_missing_and_what_stands_in(read, edition_store, lang):
    out = read("--lang", lang, "status").out
    assert str(edition_store.path) in out
    assert "debtcycle import" in out
    assert "(SPX)" in out, "not shipped for licence reasons"
    assert "1" in out


def test_doctor_is_content_with_the_edition(read):
    done = read("doctor")
    assert done.code == 0
    assert "1 of 1" in done.out


def test_importing_twice_changes_nothing(call, own_store, tmp_path):
    path = tmp_path / "ICSA.csv"
    path.write_text("observation_date,ICSA\n2026-10-03,225000\n2026-10-10,226000\n")
    first = call("--store", own_store, "import", path, "--retrieved", "2026-10-16")
    assert (first.code, "1 imported" in first.out) == (0, True)
    again = call("--store", own_store, "import", path)
    assert (again.code, "1 unchanged" in again.out) == (0, True)
    assert call("--store", own_store, "doctor").code == 0


def test_an_empty_folder_holds_nothing_to_import(call, own_store, tmp_path):
    (tmp_path / "void").mkdir()
    assert call("--store", own_store, "import", tmp_path / "void").code == 0


def test_a_file_without_a_known_series_is_unused(call, own_store, tmp_path):
    (tmp_path / "OTHER.csv").write_text("observation_date,OTHER\n2025-01-01,1\n2025-02-01,2\n")
    assert "1 unused" in call("--store", own_store, "import", tmp_path / "OTHER.csv").out


def test_an_edition_is_built_byte_for_byte_the_same(call, tmp_path):
    raw, one, two = tmp_path / "raw", tmp_path / "one", tmp_path / "two"
    for folder in (raw, one, two):
        folder.mkdir()
    (raw / "ICSA.csv").write_text("observation_date,ICSA\n2025-01-04,225000\n2025-01-11,226000\n")
    (raw / "page.csv").write_text("<!DOCTYPE html><html><body>Not found</body></html>")
    (raw / "OTHER.csv").write_text("observation_date,OTHER\n2025-01-01,1\n2025-02-01,2\n")
    for folder in (one, two):
        done = call("reference", "build", raw, "--out", folder)
        assert done.code == 0
        assert "1 series, 2 rows" in done.out
        assert "page.csv" in done.err
        assert "OTHER.csv" in done.err
    for name in ("edition.xz", "provenance.csv"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert "ICSA.csv" in (one / "provenance.csv").read_text()


@pytest.mark.parametrize("form", ["text", "csv"])
def test_the_origin_of_the_edition_can_be_read(call, form):
    done = call("reference", "show", "--format", form)
    assert done.code == 0
    assert "publisher" in done.out.splitlines()[0]
    assert len(done.out.splitlines()) > 20


def test_claims_are_44_in_every_form(read):
    found = json.loads(read("claims", "--as-of", "2025-12-15", "--format", "json").out)
    assert [item["id"] for item in found["claims"]] == list(range(1, 45))
    for lang in ("en", "zh"):
        out = read("--lang", lang, "claims", "--as-of", "2025-12-15").out
        assert sum(line[:2].strip().isdigit() and "[" in line for line in out.splitlines()) == 44


def test_a_report_without_a_date_says_how_old_it_is(read):
    out = read("report").out
    assert "days before today (2026-11-22)" in " ".join(out.split())
    assert "debtcycle import" in out
    assert "unknown, because" not in out.splitlines()[4]


def test_a_page_is_written_to_a_file(read, tmp_path):
    out = tmp_path / "report.html"
    assert read("report", "--as-of", "2019-10-15", "--format", "html", "--out", out).code == 0
    assert "</html>" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["text", "json", "md"])
def test_a_report_written_to_a_file_is_the_one_on_the_screen(read, tmp_path, form):
    words = ("report", "--as-of", "2019-10-15", "--format", form)
    out = tmp_path / "report.out"
    done = read(*words, "--out", out)
    assert (done.code, done.out) == (0, "")
    assert out.read_text(encoding="utf-8") == read(*words).out


def test_no_colour_where_nobody_looks(read):
    assert "\x1b" not in read("report", "--as-of", "2019-10-15").out


@pytest.mark.parametrize(
    ("name", "words", "begins"),
    [
        ("p.html", (), "<!DOCTYPE html>"),
        ("p.JSON", (), "{"),
        ("p.md", (), "# "),
        ("p.html", ("--format", "json"), "{"),  # what is asked for counts
        ("p.csv", (), "The Big Debt Cycle"),  # a report has no such form
    ],
)
def test_the_ending_of_the_file_says_its_form(call, tmp_path, name, words, begins):
    out = tmp_path / name
    assert call("report", "--as-of", "2025-12-15", "--out", str(out), *words).code == 0
    text = out.read_text(encoding="utf-8").lstrip()
    assert text.lower().startswith(begins.lower()), text[:80]
