"""Comma-separated text: whole columns against cell by cell, and old letters."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.errors import SourceError
from debtcycle.sources import _table, sniff
from debtcycle.sources._grid import Grid, grid_of
from debtcycle.sources._table import Table, day, month_start, quarter_start, read_table
from debtcycle.sources._text import decode_table, decode_text
from debtcycle.sources.parsed import Parsed
from publishers.mutations import TOKENS, spoilt
from publishers.samples import TODAY, Sample, all_samples

READS = (day, month_start, quarter_start)
TEXTS = {name: sample for name, sample in all_samples().items() if sample.kind == "csv"}
FIGURES = b"observation_date,AA\n2000-01-01,1.5\n2000-02-01,-2\n2000-03-01,.\n"

ODD_NUMBERS = (
    "-", "+1", "1-", "1-2", "--1", "1.2.3", " 1", "1 ", "5.", ".5", "-.5", "-0", ".", "-.", "1e5",
    "9007199254740993", "0.30000000000000004", "123456789012.3456",
    "95142426273599.37", "9474996.311614687",
    *(token for token in TOKENS if not set(token) & set(',"\n\r')),
)  # fmt: skip
ODD_DAYS = (
    "1999-2-3", "7/1/2026", "2009Q1", "2009-Q1", "2000-02-30", "2000-00-10", "2000-13-01",
    "2000-01-00", "2000-12-32", "1900-02-29", "2000-02-29", "1599-12-31", "1600-01-01",
    "2000/01/01", "2000-01/01", "2000-01-0a", "20000-1-01", "2000-01-01T00:00", "",
)  # fmt: skip

# What a column may hold: plain figures of all lengths, what nearly is one, and what is none.
DECIMALS = st.builds(
    lambda minus, digits, at: minus + digits[:at] + "." * (at < 17) + digits[at:],
    st.sampled_from(["", "-"]),
    st.text("0123456789", max_size=18),
    st.integers(0, 18),
)
NUMBERS = st.one_of(
    DECIMALS,
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(ODD_NUMBERS),
)
DAYS = st.one_of(
    st.dates(date(1500, 1, 1), date(2100, 12, 31)).map(date.isoformat),
    st.builds("{}-{:02d}-{:02d}".format, st.integers(1500, 2200), *[st.integers(0, 33)] * 2),
    st.sampled_from(ODD_DAYS),
)


def outcome(function: Callable[[], object]) -> object:
    """What comes out, in a form that can be compared: the value, or the error as it is worded."""
    try:
        found = function()
    except SourceError as error:
        return type(error).__name__, error.message_id, sorted(map(str, error.params.items()))
    return repr(np.asarray(found).tolist()) if isinstance(found, np.ndarray) else found


def columns_of(table: Table) -> list[object]:
    """Every column read in every way."""
    ways: list[object] = [table.header, list(table.lines()), list(map(tuple, table.rows))]
    for at in range(len(table.header)):
        ways.append(outcome(lambda at=at: table.numbers(at)))
        ways += [outcome(lambda at=at, read=read: table.days(at, read=read)) for read in READS]
    return ways


def both_ways(function: Callable[[], object]) -> tuple[object, object]:
    """What comes out with whole columns and, the plain way, row by row."""
    fast = outcome(function)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_table, "grid_of", lambda _: None)
        return fast, outcome(function)


TABLES = given(
    rows=st.lists(st.tuples(DAYS, NUMBERS, NUMBERS), min_size=1, max_size=6),
    ending=st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\n \n", "\n,,\n"]),
    last=st.sampled_from(["", "\n", "\r\n", "\n\n\n", "\r\r\n", "\n,,", " "]),
    mark=st.sampled_from(["", "\ufeff"]),
)


def agree(rows, ending, last, mark):
    lines = ["date,AA,BB", *(",".join(cells) for cells in rows)]
    data = (mark + ending.join(lines) + last).encode("utf-8", "surrogatepass")
    fast, plain = both_ways(lambda: columns_of(read_table(data, "AA.csv")))
    assert fast == plain


@TABLES
def test_whole_columns_are_what_cell_by_cell_would_be(rows, ending, last, mark):
    agree(rows, ending, last, mark)


@pytest.mark.soak
@settings(max_examples=20_000)
@TABLES
def test_many_whole_columns_are_what_cell_by_cell_would_be(rows, ending, last, mark):
    agree(rows, ending, last, mark)


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_odd_figures_come_out_the_same_both_ways(number):
    agree([("2000-01-01", "1.25", number), ("2000-01-02", number, "-3")], "\n", "\n", "")


@pytest.mark.parametrize("written", ODD_DAYS)
def test_odd_days_come_out_the_same_both_ways(written):
    agree([("2000-01-01", "1", "2"), (written, "1", "2")], "\n", "\n", "")


@given(st.lists(DECIMALS.filter(lambda cell: sum(map(str.isdigit, cell)) < 16), min_size=1))
def test_every_plain_decimal_is_the_double_nearest_to_it(cells):
    grid = grid_of("\n".join(["d,v", *(f"x,{cell}" for cell in cells)]).encode())
    assert grid is not None
    figures, plain = grid[1:].figures(1)
    for figure, known, cell in zip(figures.tolist(), plain, cells, strict=True):
        if known and cell not in {"", "."}:
            assert repr(figure) == repr(float(cell))
        else:
            assert cell in {"", ".", "-", "-."}


@given(st.lists(st.dates(date(1600, 1, 1)), min_size=1))
def test_every_iso_day_is_read_whole(days):
    grid = grid_of("\n".join(["d,v", *(f"{d.isoformat()},1" for d in days)]).encode())
    assert grid is not None
    for unit, start in (("D", date.isoformat), ("M", lambda d: f"{d.isoformat()[:7]}-01")):
        found, plain = grid[1:].days(0, unit)
        assert plain.all()
        assert found.astype(str).tolist() == list(map(start, days))
    quarters, _ = grid[1:].days(0, "Q")
    assert quarters.tolist() == [date(d.year, 3 * ((d.month - 1) // 3) + 1, 1) for d in days]


def _spoilt_both_ways(sample: Sample, payloads: int) -> int:
    """How many spoilt answers came out the same both ways, read or refused."""
    dice = random.Random(sample.name)

    def read(body: bytes) -> list[object]:
        return [_told(part) for part in sample.read(body)]

    for _ in range(payloads):
        body = spoilt(sample, dice)
        fast, plain = both_ways(lambda body=body: read(body))
        assert fast == plain, body
    return payloads


def _told(part: object) -> object:
    if not isinstance(part, Parsed):
        return part
    vintages = None if part.vintages is None else part.vintages.tolist()
    return part.key, part.periods.tolist(), repr(part.values.tolist()), vintages, part.retrieved


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_spoilt_answers_come_out_the_same_both_ways(name):
    assert _spoilt_both_ways(TEXTS[name], 60) == 60


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_many_spoilt_answers_come_out_the_same_both_ways(name):
    assert _spoilt_both_ways(TEXTS[name], 20_000) == 20_000


@pytest.mark.parametrize(
    "data",
    [
        FIGURES,
        FIGURES.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + FIGURES,
        FIGURES.rstrip(b"\n"),
        FIGURES + b"\r\n\n",
        FIGURES.replace(b"1.5\n", b"1.5\r\n"),
    ],
)
def test_a_publishers_usual_file_is_read_by_columns(data):
    table = read_table(data, "AA.csv")
    assert isinstance(table.rows, Grid)
    assert isinstance(table.rows[1:], Grid)
    assert repr(table.numbers(1).tolist()) == "[1.5, -2.0, nan]"
    assert table.rows[-1] == (4, ["2000-03-01", "."])
    assert list(table.rows[1:2]) == [(3, ["2000-02-01", "-2"])]


@pytest.mark.parametrize(
    "data",
    [
        FIGURES.replace(b"-2", b'"-2"'),
        FIGURES.replace(b"-2", b"-2,"),
        FIGURES.replace(b"-2\n", b"-2\n\n"),
        FIGURES.replace(b"-2\n", b"-2\n \n"),
        FIGURES.replace(b"-2\n", b"-2\n , \n"),
        FIGURES.replace(b"\n", b"\r"),
        FIGURES.replace(b"-2", b"\t-2"),
        FIGURES.replace(b"-2", "−2".encode()),
        FIGURES.replace(b"-2", b"2" * 140_000),
        b"date\n2000-01-01\n",
        b"",
    ],
)
def test_anything_unusual_is_left_to_the_plain_way(data):
    assert grid_of(data) is None


def test_rows_cannot_be_taken_by_steps():
    grid = grid_of(FIGURES)
    assert grid is not None
    with pytest.raises(ValueError, match="2"):
        grid[::2]


# --- letters ------------------------------------------------------------------------------------
PLACES = "country,date,amount\nCôte d’Ivoire,2000-01-01,1.5\nCuraçao,2000-01-01,2.5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_names_with_marks_are_read_in_either_encoding(encoding):
    table = read_table(PLACES.encode(encoding), "x.csv")
    assert [cells[0] for _, cells in table.rows] == ["Côte d’Ivoire", "Curaçao"]
    assert table.numbers(2).tolist() == [1.5, 2.5]


def test_latin_1_is_read_too():
    data = PLACES.replace("’", "'").encode("latin-1")
    assert "Curaçao" in decode_table(data, "x.csv")


@pytest.mark.parametrize(
    "data",
    [
        FIGURES.replace(b"AA", b"A\xc4"),  # columns are found by their names
        "AA,größe,date\n1,2,ü\n".encode("cp1252"),
        b"\xef\xbb\xbf" + PLACES.encode("cp1252"),
        PLACES.encode() + b"\xe7\n",  # UTF-8 that was damaged
        PLACES.encode()[:-30] + b"Cura\xc3",  # and cut
        PLACES.encode("cp1252") + b"\x81,2000-01-01,1\n",  # no letter of this code page
        PLACES.encode("cp1252") + b"\x1b,2000-01-01,1\n",
        "country,date\n中华人民共和国,2000-01-01\n".encode("gbk"),
        "country,date\nРоссия,2000-01-01\n".encode("cp1251"),
        PLACES.encode("utf-16"),
    ],
)
def test_other_bytes_are_refused_by_name_and_not_guessed(data):
    with pytest.raises(SourceError) as caught:
        decode_table(data, "x.csv")
    assert caught.value.message_id == "source.binary"
    with pytest.raises(SourceError, match=r"source\.(binary|layout)"):
        sniff.read_bytes(data, "x.csv", today=TODAY)


@pytest.mark.parametrize("cell", ["1,5".replace(",", "\u00b7"), "12½", "²", "1\u00a0234", "£5"])
def test_a_figure_in_old_letters_is_refused_at_its_place(cell):
    data = f"observation_date,AA\n2000-01-01,1.5\n2000-02-01,{cell}\n".encode("cp1252")
    with pytest.raises(SourceError) as caught:
        sniff.read_bytes(data, "AA.csv", today=TODAY)
    assert caught.value.message_id == "source.row"
    assert (caught.value.params["row"], caught.value.params["column"]) == (3, "AA")


def test_a_day_in_old_letters_is_refused_at_its_place():
    data = "observation_date,AA\n1er février 2000,1.5\n".encode("cp1252")
    with pytest.raises(SourceError) as caught:
        sniff.read_bytes(data, "AA.csv", today=TODAY)
    assert caught.value.message_id == "source.date"


def test_json_is_utf_8_or_nothing():
    with pytest.raises(SourceError, match=r"source\.binary"):
        decode_text('{"data": "é"}'.encode("latin-1"), "x.json")
