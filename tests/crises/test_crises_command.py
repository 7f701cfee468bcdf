"""``debtcycle crises``: text and JSON in both languages, and what it says to bad input."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest

from cli.conftest import _calm_surroundings, call, read  # noqa: F401 - fixtures
from debtcycle.crises import one_sided_trend
from debtcycle.i18n import LANGUAGES, translator

DAY = ("--as-of", "2025-12-15")


@pytest.fixture
def own_file(tmp_path):
    path = tmp_path / "own.csv"
    values = 100.0 + np.cumsum(np.sin(np.arange(60.0)))
    quarters = np.arange("2000-01", "2015-01", 3, dtype="M8[M]")
    lines = [f"{day}-01,{value!r},{4.0 + n / 50},{value / 100.0!r}" for n, (day, value) in
             enumerate(zip(quarters, values.tolist(), strict=True))]  # fmt: skip
    path.write_text("quarter,ratio,rate_pct,owed\n" + "\n".join(lines) + "\n")
    return path, values


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["today", "gap", "dsr", "rzone", "record"])
def test_every_command_speaks_both_languages(read, lang, name):  # noqa: F811
    words = () if name == "record" else DAY
    done = read("crises", name, *words, "--lang", lang)
    assert (done.code, done.err) == (0, "")
    assert not re.search(r"crises\.[a-z_.]+\b|\{[a-z]+\}|\bnan\b", done.out)
    assert ("危机" in done.out) == (lang == "zh")


def test_no_share_stands_without_its_interval_and_its_counts(read):  # noqa: F811
    out = " ".join(read("crises", "today", *DAY).out.split())
    shares = re.findall(r"(?:after|within \d y:) \d+%", out)
    whole = re.findall(
        r"\d+%(?: of such country-years)?, interval \d+ to \d+% "
        r"\(\d+ country-years, \d+ crises, \d+ countries, known by \d{4}\)", out
    )  # fmt: skip
    assert len(shares) == len(whole) >= 10
    assert "revised" in out
    assert "Quasi-real-time" in out


def test_json_of_a_day(read):  # noqa: F811
    made = json.loads(read("crises", "today", *DAY, "--format", "json").out)
    assert made["as_of"] == "2025-12-15"
    assert made["mode"] == "quasi-real-time"
    assert len(made["signals"]) == 5
    for item in made["signals"]:
        for row in item["odds"]:
            assert row["low_pct"] < row["high_pct"]
            assert row["known_by"] < 2025
    only = json.loads(read("crises", "rzone", *DAY, "--format", "json").out)
    assert [item["signal"] for item in only["signals"]] == ["rzone_household", "rzone_business"]


def test_without_a_date_the_newest_with_fresh_figures_is_answered_for(read):  # noqa: F811
    made = json.loads(read("crises", "gap", "--format", "json").out)
    assert "2026-01-01" <= made["as_of"] <= "2026-11-22"


def test_the_record_as_json(read):  # noqa: F811
    made = json.loads(read("crises", "record", "--format", "json").out)
    assert made["specifications_tried"] > 100
    assert made["expectations"][0]["held"] is True


def test_a_measure_that_is_not_known_says_why(read):  # noqa: F811
    out = read("crises", "today", "--as-of", "1929-09-30").out
    assert "state: unknown" in out
    assert "the series did not exist at this date" in out


def test_the_gap_of_a_users_file_in_three_forms(call, own_file):  # noqa: F811
    path, values = own_file
    rows = list(csv.DictReader(io.StringIO(
        call("crises", "gap", path, "--column", "ratio", "--format", "csv").out)))  # fmt: skip
    assert [float(line["ratio_pct"]) for line in rows] == pytest.approx(values, abs=0.0)
    assert rows[39]["gap_pp"] == ""
    gap = values - one_sided_trend(values)
    assert [float(line["gap_pp"]) for line in rows[40:]] == pytest.approx(gap[40:], abs=0.0)
    made = json.loads(call("crises", "gap", path, "--column", "ratio", "--format", "json").out)
    assert made[0]["gap_pp"][-1] == pytest.approx(gap[-1])
    assert made[0]["gap_pp"][0] is None
    text = call("crises", "gap", path, "--column", "ratio").out
    assert f"{gap[-1]:.2f}".replace("-", "\u2212") in text


def test_debt_service_of_a_users_file(call, own_file):  # noqa: F811
    path, values = own_file
    words = ("crises", "dsr", path, "--debt", "owed", "--years", "13")
    made = json.loads(call(*words, "--format", "json").out)
    rate = (4.0 + 59 / 50) / 100.0
    pay = values[-1] * rate / (1.0 - (1.0 + rate) ** -13)
    assert made["service"]["ratio_pct"][-1] == pytest.approx(pay)
    assert made["service"]["gap_pp"][0] is None
    assert "13" in call(*words).out


def test_the_file_of_the_bis(call, gap_path, tmp_path):  # noqa: F811
    out = call("crises", "gap", "--bis", gap_path).out
    worst = re.search(r"over 44 economies: ([0-9.e-]+) pp", out)
    assert worst is not None
    assert float(worst[1]) <= 6e-5
    target = tmp_path / "us.csv"
    done = call("crises", "gap", "--bis", gap_path, "--country", "us", "--format", "csv",
                "--out", target)  # fmt: skip
    assert (done.code, done.out) == (0, "")
    assert target.read_text().count("\nUS,") > 300
    missing = call("crises", "gap", "--bis", gap_path, "--country", "zz")
    assert missing.code == 2
    assert "zz" in missing.err


def test_the_logit_of_a_users_database(call, jst_path):  # noqa: F811
    words = ("--jst", jst_path, "--replications", "100")
    found = json.loads(call("crises", "logit", *words, "--format", "json").out)
    assert found["fit"]["auroc"] == pytest.approx(0.717, abs=0.05)
    assert found["out_of_sample"]["auroc"] < found["in_sample"]["auroc"]
    out = call("crises", "logit", *words, "--until", "1960", "--lang", "zh").out
    assert "1960" in out
    assert "样本外" in out


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("gap", "FILE"), 2),
        (("gap", "FILE", "--column", "nothing"), 2),
        (("gap", "no.csv", "--column", "x"), 2),
        (("gap", "--format", "csv"), 2),
        (("gap", "FILE", "--column", "ratio", "--smoothing", "0"), 2),
        (("dsr", "FILE", "--debt", "nothing"), 2),
        (("dsr", "FILE", "--debt", "owed", "--years", "0"), 2),
        (("dsr", "FILE", "--debt", "ratio"), 2),
        (("gap", "FILE", "--column", "ratio", "--as-of", "1999-12-31"), 2),
        (("gap", "FILE", "--column", "ratio", "--as-of", "2030-01-01"), 2),
        (("dsr", "FILE", "--debt", "owed", "--as-of", "soon"), 2),
        (("rzone", "--credit", "FILE"), 2),
        (("rzone", "--jst", "FILE"), 3),
        (("logit",), 2),
        (("logit", "--jst", "FILE"), 3),
        (("logit", "--jst", "no.xlsx"), 2),
        (("today", "--as-of", "2030-01-01"), 2),
        (("weather",), 2),
    ],
)
def test_bad_calls_end_in_two_lines(call, own_file, lang, words, code):  # noqa: F811
    named = [str(own_file[0]) if word == "FILE" else word for word in words]
    done = call("crises", *named, "--lang", lang)
    assert done.code == code
    assert done.out == ""
    assert 1 <= len(done.err.strip().splitlines()) <= 3
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("2000-Q1,2", "does not follow"),
        ("2000-Q3,2", "does not follow"),
        ("2000-Q2,", "not a finite figure"),
        ("2000-Q2,abc", "is not a figure"),
        ("2000-Q2,inf", "is not a figure"),
        ("soon,2", "is not a date"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(call, tmp_path, second, message):  # noqa: F811
    path = tmp_path / "bad.csv"
    path.write_text(f"quarter,ratio\n2000-Q1,1\n{second}\n2000-Q4,3\n")
    done = call("crises", "gap", path, "--column", "ratio")
    assert done.code == 2
    assert "ublisher" not in done.err
    assert "Fetch" not in done.err
    assert message in done.err
    assert "ow 3" in done.err
    assert "ratio" in done.err or "quarter" in done.err


def test_a_quarter_that_stands_twice_is_named_as_it_is_written(call, tmp_path):  # noqa: F811
    path = tmp_path / "twice.csv"
    path.write_text("quarter,ratio\n1991-Q1,1\n1991-Q2,2\n1991-Q2,3\n")
    assert "1991-Q2 does not follow" in call("crises", "gap", path, "--column", "ratio").err


@pytest.mark.parametrize("day", ["2012-06-29", "2012-06-30", "2012-08-15"])
def test_a_date_cuts_a_users_file(call, own_file, day):  # noqa: F811
    """The same as a file that ends there; the last quarter is the last that had ended."""
    path, _ = own_file
    kept = 49 if day == "2012-06-29" else 50
    short = path.with_name("short.csv")
    short.write_text("\n".join(path.read_text().splitlines()[: kept + 1]) + "\n")
    for words in (("gap", "--column", "ratio"), ("dsr", "--debt", "owed")):
        name, *rest = words
        cut = call("crises", name, path, *rest, "--as-of", day, "--format", "json")
        whole = call("crises", name, short, *rest, "--format", "json")
        assert cut.code == whole.code == 0
        assert cut.out == whole.out
        text = call("crises", name, path, *rest, "--as-of", day).out
        assert day in text
        assert "quasi-real-time" in " ".join(text.split())
    assert "Cut at" not in call("crises", "gap", path, "--column", "ratio").out


def test_a_date_cuts_the_publishers_files(call, gap_path, jst_path):  # noqa: F811
    words = ("crises", "gap", "--bis", gap_path, "--as-of", "1999-12-31")
    for country, made in ((None, call(*words)), ("us", call(*words, "--country", "us"))):
        assert made.code == 0, made.err
        assert ("1999-Q4" in made.out) or country is None
        assert not re.search(r"20[0-2][0-9]-", made.out)
    asked = ("crises", "rzone", "--jst", jst_path, "--replications", "100", "--format", "json")
    before = json.loads(call(*asked, "--as-of", "2000-06-30").out)
    assert before["odds"]
    assert all(row["known_by"] <= 1999 for row in before["odds"])
    assert call(*asked, "--as-of", "1890-01-01").code in {0, 2}


def test_debt_below_nought_is_refused(call, tmp_path):  # noqa: F811
    path = tmp_path / "owed.csv"
    quarters = np.arange("2000-01", "2012-01", 3, dtype="M8[M]")
    rows = [f"{day}-01,{-1 if n == 5 else 1},4" for n, day in enumerate(quarters)]
    path.write_text("\n".join(["quarter,debt_to_income,rate_pct", *rows]))
    done = call("crises", "dsr", path)
    assert done.code == 2
    assert "Row 7" in done.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_of_the_room_has_a_text_and_a_remedy(repository, lang):
    texts = translator(lang)
    folders = ("crises", "cli")
    found = {
        key
        for folder in folders
        for path in (repository / "src" / "debtcycle" / folder).glob("*.py")
        for key in re.findall(
            r'(?:ConfigError|ModelError)\(\s*"(crises\.[a-z_]+)"', path.read_text()
        )
    }
    assert len(found) >= 15
    for key in found:
        assert len(texts(key).splitlines()) == 2, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_state_and_reading_has_a_name(lang, edition_store):
    from debtcycle.crises.today import today
    from debtcycle.views import View

    texts = translator(lang)
    for day in ("1929-09-30", "2025-12-15"):
        for item in today(View(as_of=day, store=edition_store)).signals:
            assert f"crises.signal.{item.signal}" in texts
            assert all(f"crises.stand_in.{key}" in texts for key in item.stand_ins)
            for made in item.figures:
                for part in ("name", "formula", "reading"):
                    assert f"indicator.{made.indicator}.{part}" in texts


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "option", "needed"),
    [
        (("gap", "--country", "JP", *DAY), "--country", "--bis"),
        (("gap", "FILE", "--column", "ratio", "--country", "JP"), "--country", "--bis"),
        (("gap", "--smoothing", "1600"), "--smoothing", "--bis"),
        (("gap", "--column", "ratio"), "--column", "FILE"),
        (("gap", "--bis", "FILE", "--column", "ratio"), "--column", "FILE"),
        (("dsr", "--years", "13"), "--years", "FILE"),
        (("dsr", "--debt", "owed"), "--debt", "FILE"),
        (("dsr", "--rate", "rate_pct"), "--rate", "FILE"),
        (("rzone", "--replications", "200"), "--replications", "--jst"),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(
    call,  # noqa: F811
    own_file,
    lang,
    words,
    option,
    needed,
):
    named = [str(own_file[0]) if word == "FILE" else word for word in words]
    done = call("crises", *named, "--lang", lang)
    assert (done.code, done.out) == (2, "")
    said, remedy = done.err.strip().splitlines()
    assert option in said
    assert needed in remedy


def _owed(tmp_path, at, cells, *, end=()):
    """Sixty quarters of a plausible ratio, debt and rate, with other cells in one row."""
    rows = [f"{1990 + n // 4}-Q{n % 4 + 1},{100 + n % 7},{1 + n % 7 / 10},4" for n in range(60)]
    rows[at] = f"{rows[at].partition(',')[0]},{cells}"
    path = tmp_path / "owed.csv"
    path.write_text("\n".join(["quarter,ratio,owed,rate", *rows, *end]) + "\n")
    return path


_GAP = ("gap", "--column", "ratio")
_DSR = ("dsr", "--debt", "owed", "--rate", "rate")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "cells", "named", "remedy"),
    [
        (_GAP, "-5,1,4", "-5", "100"),
        (_GAP, "1e200,1,4", "1e+200", "100"),
        (_GAP, "2001,1,4", "2001", "100"),
        (_DSR, "100,120,4", "120", "100"),
        (_DSR, "100,1e200,4", "1e+200", "100"),
        (_DSR, "100,1,1e200", "1e+200", "ate"),
    ],
)
def test_a_figure_that_no_economy_has_is_refused(
    call,  # noqa: F811
    tmp_path,
    lang,
    words,
    cells,
    named,
    remedy,
):
    name, *rest = words
    done = call("crises", name, _owed(tmp_path, 30, cells), *rest, "--lang", lang)
    assert (done.code, done.out) == (2, "")
    first, second = done.err.strip().splitlines()
    assert "32" in first
    assert named in first
    assert remedy in second or lang == "zh"


def test_the_largest_figures_that_are_published_are_taken(call, tmp_path):  # noqa: F811
    for words in (_GAP, _DSR):
        name, *rest = words
        assert call("crises", name, _owed(tmp_path, 30, "500,9.5,120"), *rest).code == 0


@pytest.mark.parametrize("words", [_GAP, _DSR])
def test_blank_cells_at_the_ends_are_left_out_and_others_are_not(call, tmp_path, words):  # noqa: F811
    name, *rest = words
    whole = call("crises", name, _owed(tmp_path, 0, "100,1,4"), *rest, "--format", "json")
    padded = _owed(tmp_path, 0, "100,1,4", end=("2005-Q1,,,", "2005-Q2,.,NA,"))
    assert call("crises", name, padded, *rest, "--format", "json").out == whole.out
    later = json.loads(
        call("crises", name, _owed(tmp_path, 0, ",,"), *rest, "--format", "json").out
    )
    assert (later["quarters"] if name == "dsr" else later[0]["quarters"])[0] == "1990-04-01"
    hole = call("crises", name, _owed(tmp_path, 30, ",,"), *rest)
    assert hole.code == 2
    assert "ow 32" in hole.err
    nothing = tmp_path / "nothing.csv"
    nothing.write_text("quarter,ratio,owed,rate\n1990-Q1,,,\n1990-Q2,,,\n")
    assert "no figures" in call("crises", name, nothing, *rest).err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_quarters_and_units_are_written_as_in_the_report(read, lang):  # noqa: F811
    out = read("crises", "today", *DAY, "--lang", lang).out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    periods = re.findall(r"[(（](20\d\d-[^)）]*)[)）]", out)
    assert len(periods) == 10
    assert all(re.fullmatch(r"20\d\d-Q[1-4]", period) for period in periods)
    share, growth = {
        "en": ("% of GDP (2025-Q", "% (2025-Q"),
        "zh": ("GDP的", "%（2025-Q"),
    }[lang]
    assert sum(share in line for line in lines) == 3
    assert sum(growth in line for line in lines) >= 2
    assert not re.search(r"\d (?:百分比|占GDP|percent)", out)
