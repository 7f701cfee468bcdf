"""Bad input: what is said, of which row and column, in both languages; what is understood."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import numpy as np
import pytest

from debtcycle.bubbles import Observed, read_series, sup_adf
from debtcycle.bubbles.summary import LABELS
from debtcycle.cli.failures import say
from debtcycle.cli.main import run
from debtcycle.errors import ConfigError
from debtcycle.i18n import LANGUAGES, translator

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "debtcycle"
GOOD = [f"{x:.4f}" for x in np.random.default_rng(4).normal(size=60).cumsum()]
MONTHS = [f"{2000 + m // 12}-{m % 12 + 1:02}" for m in range(60)]
QUARTERS = [f"{2000 + q // 4}Q{q % 4 + 1}" for q in range(60)]


def file(folder: Path, values: list[str], dates: list[str] | None = None, end: str = "\n") -> Path:
    labels = MONTHS[: len(values)] if dates is None else dates
    rows = ["month,x,text", *(f"{d},{v},a" for d, v in zip(labels, values, strict=True))]
    path = folder / "series.csv"
    path.write_bytes((end.join(rows) + end).encode())
    return path


def replaced(values: list[str], row: int, cell: str) -> list[str]:
    """Row as an editor counts lines, the head being the first."""
    return [*values[: row - 2], cell, *values[row - 1 :]]


def said(capsys: pytest.CaptureFixture[str], *words: str, lang: str = "en") -> str:
    assert run(["bubbles", *words, "--lang", lang]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert 2 <= len(shown.err.splitlines()) <= 3
    return shown.err


# --- the library ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "message", "row"),
    [
        ([], "bubbles.empty", None),
        ([1.0, 2.0, 3.0], "bubbles.short", None),
        ([1.0] * 30, "bubbles.constant", None),
        ([1.0, 2.0, float("nan"), 4.0] * 9, "bubbles.missing", 3),
        ([1.0, None, 3.0, "x"] * 9, "bubbles.missing", 2),
        ([1.0, 2.0, 3.0, float("inf")] * 9, "bubbles.infinite", 4),
        ([1.0, float("inf"), float("-inf")] * 9, "bubbles.infinite", 2),
        ([1.0, "two", 3.0] * 9, "bubbles.text", 2),
        ([1.0, 1e70, 3.0] * 9, "bubbles.large", 2),
        ([0.0, 1e-70] * 9, "bubbles.small", None),
        (3.0, "bubbles.shape", None),
        (object(), "bubbles.shape", None),
        ([[1.0, 2.0]] * 9, "bubbles.shape", None),
        ([[1.0, 2.0], [3.0]], "bubbles.text", 1),
        (np.ma.masked_equal([1.0, 2.0, 9.0, 4.0] * 9, 9.0), "bubbles.missing", 3),
        (np.array([1.0, 2.0j] * 9), "bubbles.text", 1),
        (np.arange("2000-01", "2003-01", dtype="datetime64[M]"), "bubbles.text", 1),
    ],
)
def test_bad_series_are_refused(given: object, message: str, row: int | None) -> None:
    with pytest.raises(ConfigError) as caught:
        sup_adf(given)
    assert caught.value.message_id == message
    if row is not None:
        assert caught.value.params["row"] == row


def test_one_dated_observation_is_too_short() -> None:
    with pytest.raises(ConfigError, match=r"bubbles\.short"):
        sup_adf([1.0], dates=["2000"])


def test_sums_that_overflow_are_not_infinite_values() -> None:
    with pytest.raises(ConfigError, match=r"bubbles\.large"):
        sup_adf([1e308, 1.7e308, 1e308] * 9)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lag": -1}, "bubbles.lag"),
        ({"lag": 13}, "bubbles.lag"),
        ({"lag": 1.5}, "bubbles.lag"),
        ({"lag": "bik"}, "bubbles.lag"),
        ({"lag": "bic", "max_lag": 99}, "bubbles.lag"),
        ({"lag": 12, "dates": None}, "bubbles.short"),
        ({"window": 61}, "bubbles.window"),
        ({"window": 3}, "bubbles.window"),
        ({"window": 20.0}, "bubbles.window"),
        ({"lag": 4, "window": 11}, "bubbles.window"),
        ({"dates": ["2000"]}, "bubbles.dates"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], message: str) -> None:
    values = [float(x) for x in GOOD[:29]]
    with pytest.raises(ConfigError) as caught:
        sup_adf(values, **settings)  # type: ignore[arg-type]
    assert caught.value.message_id == message


@pytest.mark.parametrize(
    ("place", "label", "message"),
    [
        (5, MONTHS[4], "bubbles.date_twice"),
        (5, "1999-01", "bubbles.date_order"),
        (5, "soon", "bubbles.date_text"),
        (5, "2000-13", "bubbles.date_text"),
        (5, "2000-02-30", "bubbles.date_text"),
        (5, "2000-02-00", "bubbles.date_text"),
        (59, "2005-06", "bubbles.date_gap"),
    ],
)
def test_bad_dates_are_refused(place: int, label: str, message: str) -> None:
    dates = [*MONTHS[:place], label, *MONTHS[place + 1 :]]
    with pytest.raises(ConfigError) as caught:
        sup_adf([float(x) for x in GOOD], dates=dates)
    assert caught.value.message_id == message
    assert caught.value.params["row"] == place + 1


def test_dates_that_are_understood() -> None:
    values = [float(x) for x in GOOD]
    years = [str(1900 + year) for year in range(60)]
    days = [f"2000-01-{day:02}" for day in range(1, 32) if day % 7][:20]
    hours = [f"2000-01-01 {h // 60:02}:{h % 60:02}" for h in range(60)]
    weeks = [f"{m}-07/{m}-13" for m in MONTHS]
    for dates in (MONTHS, QUARTERS, years, hours, weeks, [f"{m}-28T00:00" for m in MONTHS]):
        assert sup_adf(values, dates=dates).series.dates == tuple(dates)
    assert sup_adf(values[:20], dates=days).series.dates == tuple(days)


def calendar(start: str, count: int, *steps: int) -> list[str]:
    """Days from a start, by steps that are repeated."""
    days = np.cumsum([0, *(steps[place % len(steps)] for place in range(count - 1))])
    return [str(day) for day in np.datetime64(start) + days]


WEEKDAYS = (1, 1, 1, 1, 3)  # from a Monday


@pytest.mark.parametrize(
    ("dates", "lost", "refused"),
    [
        (calendar("2001-01-01", 400, *WEEKDAYS), 9, False),  # a holiday of two weeks
        (calendar("2001-01-01", 400, *WEEKDAYS), 11, True),
        (calendar("2001-01-01", 400, *WEEKDAYS), 300, True),
        (calendar("2001-01-01", 400, 1), 1, True),  # every day of the calendar
        (calendar("2001-01-05", 200, 7), 1, True),
        (calendar("2001-01-05", 200, 7), 52, True),
        (calendar("2001-01-05", 200, 7, 6, 8), 1, False),  # the last trading day of each week
        (calendar("2001-01-05", 200, 7, 6, 8), 3, True),
        (calendar("2001-01-05", 200, 14), 1, True),
        ([f"{y}-{m:02}" for y in range(1900, 2000) for m in (1, 7)], 1, True),
        ([f"{y}-01" for y in range(1900, 2000, 2) for _ in (1,)], 1, True),
        (calendar("2001-01-01", 100, 10, 10, 11), 1, True),
        (calendar("1900-01-01", 80, 40, 90, 60, 130, 70), 30, True),
        (calendar("1900-01-01", 80, 40, 90, 60, 130, 70), 1, False),  # no step is the usual one
        ([f"2000-01-01 {h // 60:02}:{h % 60:02}" for h in range(200)], 20, False),
    ],
)
def test_gaps_that_no_holiday_explains(dates: list[str], lost: int, refused: bool) -> None:
    labels = dates[:40] + dates[40 + lost :]
    values = np.random.default_rng(4).normal(size=len(dates)).cumsum()
    assert sup_adf(values, dates=dates).series.dates == tuple(dates)
    kept = np.concatenate([values[:40], values[40 + lost :]])
    if not refused:
        assert sup_adf(kept, dates=labels).series.dates == tuple(labels)
        return
    with pytest.raises(ConfigError) as caught:
        sup_adf(kept, dates=labels)
    assert caught.value.message_id == "bubbles.date_gap"
    assert caught.value.params["row"] == 41
    assert caught.value.params["text"] == f"{labels[39]} .. {labels[40]}"


def test_a_series_made_by_hand_is_checked_and_belongs_to_the_test() -> None:
    values = np.array([float(x) for x in GOOD])
    with pytest.raises(ConfigError, match=r"bubbles\.missing"):
        Observed(np.where(np.arange(60) == 7, np.nan, values))
    with pytest.raises(ConfigError, match=r"bubbles\.date_twice"):
        Observed(values, ("2000-01",) * 60)
    with pytest.raises(ConfigError, match=r"bubbles\.dates"):
        Observed(values, ("2000-01",))
    made = Observed(values, tuple(MONTHS), "x")
    for test in (sup_adf(made), sup_adf(values)):
        first = test.series.values[5]
        values[5] += 1e9
        assert test.series.values[5] == first
        values[5] = first
    assert pickle.loads(pickle.dumps(made)).dates == made.dates
    frozen = values.copy()
    frozen.setflags(write=False)
    assert sup_adf(frozen).gsadf == sup_adf(values).gsadf


def test_weeks_of_pandas_are_named_by_their_last_day() -> None:
    pd = pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    weeks = pd.period_range("2001-01-05", periods=60, freq="W-FRI")
    test = sup_adf(pd.Series([float(x) for x in GOOD], index=weeks))
    assert test.dates is not None
    assert test.dates[:2] == ("2001-01-05", "2001-01-12")


def test_series_of_pandas_bring_name_and_dates() -> None:
    pd = pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    values = np.array([float(x) for x in GOOD])
    index = pd.date_range("2000-01-31", periods=60, freq="ME")
    test = sup_adf(pd.Series(values, index=index, name="price"))
    assert test.series.name == "price"
    assert test.series.dates is not None
    assert test.series.dates[0] == "2000-01-31"
    assert sup_adf(pd.Series(values)).series.dates is None
    for kind in ("float64", "Float64", "object"):
        gap = pd.Series(values, index=index, name="price").astype(kind)
        gap.iloc[7] = None
        with pytest.raises(ConfigError) as caught:
            sup_adf(gap)
        assert caught.value.message_id == "bubbles.missing"
        assert caught.value.params == {"row": 8, "column": "price"}


# --- files ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_marks_and_ends_of_lines_are_understood(tmp_path: Path, end: str, mark: bytes) -> None:
    path = file(tmp_path, GOOD, end=end)
    path.write_bytes(mark + path.read_bytes())
    found = read_series(path, "x")
    assert found.values.tolist() == [float(x) for x in GOOD]
    assert found.dates == tuple(MONTHS)
    assert found.name == "x"


def test_other_spellings_are_understood(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    text = path.read_text()
    path.write_bytes(text.encode("utf-16"))
    assert read_series(path, "X").name == "x"
    padded = [".", "", *GOOD[2:-1], "NA"]
    found = read_series(file(tmp_path, padded), "x")
    assert found.dates == tuple(MONTHS[2:-1])
    path.write_text("\nx\n" + "\n".join(GOOD) + "\n\n")
    assert read_series(path, "x").dates is None
    for name in ("observation_date", "Trade Date", "as-of-date"):
        path.write_text("\n".join([f"{name},x", *map(",".join, zip(MONTHS, GOOD, strict=True))]))
        assert read_series(path, "x").dates == tuple(MONTHS)
    path.write_text("\n".join(["update,x", *map(",".join, zip(MONTHS, GOOD, strict=True))]))
    assert read_series(path, "x").dates is None
    assert isinstance(found, Observed)


@pytest.mark.parametrize("blank", [",,", " , ,", ",", ",,,,"])
def test_a_row_of_empty_cells_is_a_missing_value_inside_and_padding_outside(
    tmp_path: Path, blank: str
) -> None:
    rows = [f"k,{x},a" for x in GOOD]
    path = tmp_path / "several.csv"
    path.write_text("\n".join(["k,x,text", ",,", *rows, ",,", blank]))
    assert read_series(path, "x").values.tolist() == [float(x) for x in GOOD]
    path.write_text("\n".join(["k,x,text", *rows[:30], blank, *rows[30:]]))
    with pytest.raises(ConfigError) as caught:
        read_series(path, "x")
    assert caught.value.message_id == "bubbles.missing"
    assert caught.value.params == {"row": 32, "column": "x"}


def test_a_blank_line_in_a_single_column_is_a_missing_value(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("x\n" + "\n".join([*GOOD[:3], "", *GOOD[3:]]) + "\n")
    with pytest.raises(ConfigError) as caught:
        read_series(path, "x")
    assert (caught.value.message_id, caught.value.params["row"]) == ("bubbles.missing", 5)


@pytest.mark.parametrize(
    ("row", "cell", "words"),
    [
        (7, "", "Row 7, column x: the value is missing"),
        (7, "NA", "Row 7, column x: the value is missing"),
        (9, "inf", "Row 9, column x: the value is infinite"),
        (9, "1e999", "Row 9, column x: the value is infinite"),
        (2, "1.5%", "Row 2, column x: “1.5%” is not a number"),
        (5, "1_000", "Row 5, column x: “1_000” is not a number"),
        (5, "٣", "Row 5, column x: “٣” is not a number"),
        (5, "0x10", "Row 5, column x: “0x10” is not a number"),
        (61, "abc", "Row 61, column x: “abc” is not a number"),
        (8, "1e99", "Row 8, column x: the value is beyond"),
    ],
)
def test_bad_cells_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: int, cell: str, words: str
) -> None:
    path = file(tmp_path, replaced(GOOD, row, cell))
    assert words in said(capsys, str(path), "--column", "x")
    chinese = said(capsys, str(path), "--column", "x", lang="zh")
    assert f"第 {row} 行" in chinese
    assert "列 x" in chinese


@pytest.mark.parametrize(
    ("place", "label", "words"),
    [
        (10, MONTHS[9], "Row 12, column month: the date 2000-10 stands twice"),
        (10, "1999-01", "Row 12, column month: the date 1999-01 is before"),
        (10, "??", "Row 12, column month: “??” is not a date"),
        (59, "2009-01", "Row 61, column month: dates are missing between 2004-11 .. 2009-01"),
    ],
)
def test_bad_dates_of_a_file_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: int, label: str, words: str
) -> None:
    path = file(tmp_path, GOOD, [*MONTHS[:place], label, *MONTHS[place + 1 :]])
    assert words in said(capsys, str(path), "--column", "x")


def test_rows_count_from_the_head_even_where_the_beginning_is_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file(tmp_path, replaced(["", "", *GOOD[2:]], 20, "x"))
    assert "Row 20, column x" in said(capsys, str(path), "--column", "x")
    dates = [*MONTHS[:18], MONTHS[17], *MONTHS[19:]]
    path = file(tmp_path, ["", "", *GOOD[2:]], dates)
    assert "Row 20, column month" in said(capsys, str(path), "--column", "x")


@pytest.mark.parametrize(
    ("content", "column", "words"),
    [
        (b"", "x", "is empty"),
        (b"\n\n", "x", "is empty"),
        (b"month,x\n", "x", "Column x holds no observation"),
        (b"month,x\n2000-01,\n", "x", "Column x holds no observation"),
        (b"month,x\n2000-01,1\n2000-02\n", "x", "Row 3 has 1 cells, the head has 2"),
        (b"month,x\n2000-01,1\n2000-02,1,234\n", "x", "Row 3 has 3 cells, the head has 2"),
        (b"month,x\n2000-01,1\n", "y", "no column y"),
        (b"month;x\n2000-01;1,5\n", "x", "separated by “;”"),
        (b"month\tx\n2000-01\t1\n", "x", "separated by “TAB”"),
        (b"x,x\n1,2\n", "x", "several columns x"),
        (b"X,x\n1,2\n", "x", "1 observations are too few"),
        (b"\xff\xff\x00", "x", "cannot be read as a table"),
        (b"x\n1\x00\n", "x", "cannot be read as a table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "x", "cannot be read as a table"),
        (b"x\n" + b"5\n" * 40, "x", "All 40 observations of column x are the same"),
    ],
)
def test_bad_files_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, column: str, words: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    assert words in said(capsys, str(path), "--column", column)
    said(capsys, str(path), "--column", column, lang="zh")


def test_places_that_are_no_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        assert "cannot be read as a table" in said(capsys, str(path), "--column", "x")
    monkeypatch.setattr("debtcycle.bubbles.files.MOST_BYTES", 10)
    assert "> 10 bytes" in said(capsys, str(file(tmp_path, GOOD)), "--column", "x")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--window", "61"], "A shortest window of 61 observations does not fit"),
        (["--window", "2"], "from 4 to 60"),
        (["--lag", "-1"], "“-1” cannot be the number of lags"),
        (["--lag", "two"], "“two” cannot be the number of lags"),
        (["--lag", "13"], "“13” cannot be the number of lags"),
        (["--lag", "24"], "from 0 to 12"),
        (["--min-duration", "0"], "--min-duration is 0"),
        (["--critical", "other"], "other"),
        (["--out", "/nowhere/at/all"], "/nowhere/at/all"),
    ],
)
def test_bad_options_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], answer: str
) -> None:
    path = str(file(tmp_path, GOOD))
    assert answer in said(capsys, path, "--column", "x", *words)
    said(capsys, path, "--column", "x", *words, lang="zh")


def test_the_column_has_to_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--column" in said(capsys, str(file(tmp_path, GOOD)))


# --- words ---------------------------------------------------------------------------------------
def raised() -> set[str]:
    text = "\n".join(path.read_text("utf-8") for path in (PACKAGE / "bubbles").glob("*.py"))
    return set(re.findall(r'ConfigError\(\s*"(bubbles\.[a-z_]+)"', text))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_has_words_and_a_remedy(lang: str) -> None:
    texts = translator(lang)
    assert len(raised()) > 25
    for key in raised():
        assert len(say(texts, key, {}).splitlines()) in (2, 3), key
    for key in LABELS:
        assert texts(key)


def test_the_labels_of_the_library_are_those_of_the_catalogue() -> None:
    texts = translator("en")
    assert {key: texts(key) for key in LABELS} == LABELS
