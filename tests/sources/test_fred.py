"""FRED's text and JSON layouts: round trips, marks of missing figures, refusals with a place."""

import json
import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources import fred, fred_api
from debtcycle.sources.parsed import Parsed

DAYS = st.lists(
    st.dates(date(1776, 7, 4), date(2040, 1, 1)), min_size=1, max_size=40, unique=True
).map(sorted)
FIGURES = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))


@st.composite
def downloads(draw):
    days = draw(DAYS)
    figures = draw(st.lists(FIGURES, min_size=len(days), max_size=len(days)))
    header = draw(st.sampled_from(["DATE,VALUE", "observation_date,XY1", "DATE,XY1", "date,value"]))
    mark = draw(st.sampled_from(["", ".", "NA", "null"]))
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    bom = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    cells = [mark if figure is None else repr(figure) for figure in figures]
    lines = [header, *(f"{d.isoformat()},{c}" for d, c in zip(days, cells, strict=True)), ""]
    return days, figures, bom + ending.join(lines).encode()


@given(downloads())
def test_a_download_comes_back_as_it_was_written(download):
    days, figures, data = download
    (part,) = fred.parse(data, "XY1.csv")
    assert part.key == "XY1"
    assert part.periods.tolist() == days
    expected = [math.nan if figure is None else figure for figure in figures]
    np.testing.assert_array_equal(part.values, expected)
    assert part.vintages is None
    assert part.retrieved is None


def test_columns_of_a_download_are_series():
    first, second = fred.parse(b"observation_date,AA,BB1\n2000-01-01,1,\n2000-02-01,,0\n", "x y")
    assert (first.key, second.key) == ("AA", "BB1")
    np.testing.assert_array_equal(first.values, [1, np.nan])
    np.testing.assert_array_equal(second.values, [np.nan, 0])


def test_arrays_cannot_be_changed_by_a_reader():
    (part,) = fred.parse(b"DATE,AA\n2000-01-01,1\n", "AA")
    with pytest.raises(ValueError, match="read-only"):
        part.values[0] = 2


def test_mid_month_dates_of_monthly_prices_become_months():
    data = b"Date,Price\n1987-05-15,18.5\n1987-06-15,18.8\n"
    (part,) = fred.parse(data, "oil_brent_monthly.csv")
    assert part.key == "BRENT"
    assert part.periods.tolist() == [date(1987, 5, 1), date(1987, 6, 1)]


def test_american_dates_and_a_repeated_row_are_understood():
    (part,) = fred.parse(b"DATE,SKEW\n01/02/1990,126\n01/02/1990,126\n12/03/1990,.\n", "s")
    assert part.periods.tolist() == [date(1990, 1, 2), date(1990, 12, 3)]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("UNRATE.csv", "UNRATE"),
        ("walcl.csv", "WALCL"),
        ("USSTHPI_from_FRED-QD.csv", "USSTHPI"),
        ("BAMLH0A0HYM2_1996_2026-03.csv", "BAMLH0A0HYM2"),
        ("FDHBFIN_old_2017_layout.csv", "FDHBFIN"),
        ("SPX_daily_1927_2026.csv", "SPX"),
        ("gold_usd_daily_1968_2026.csv", "GOLD"),
        ("gold_monthly_1833_2026.csv", "GOLD_MONTHLY"),
        ("finra_margin_debt_1997_2026.csv", "MARGIN_DEBT"),
        ("vix_daily.csv", "VIX"),
        ("dir/shiller_cape.csv", "SHILLER_CAPE"),
    ],
)
def test_a_name_carries_the_key(name, key):
    (part,) = fred.parse(b"date,value\n2000-01-01,1\n", name)
    assert part.key == key


@pytest.mark.parametrize(
    ("body", "kind", "message", "row"),
    [
        (b"2000-01-01,abc\n", SourceError, "source.row", 2),
        (b"2000-01-01,1\n2000-02-01,1_0\n", SourceError, "source.row", 3),
        (b"2000-01-01,inf\n", SourceError, "source.row", 2),
        (b"2000-01-01,1e999\n", SourceError, "source.row", 2),
        ("2000-01-01,１２\n".encode(), SourceError, "source.row", 2),
        (b"2000-02-30,1\n", SourceError, "source.date", 2),
        (b"0200-02-03,1\n", SourceError, "source.date", 2),
        (b"soon,1\n", SourceError, "source.date", 2),
        (b"2000-02-01,1\n2000-01-01,1\n", SchemaChanged, "source.order", 3),
        (b"2000-02-01,1\n2000-02-01,2\n", SchemaChanged, "source.duplicate", 3),
        (b"2000-02-01,1\n2000-02-01,\n", SchemaChanged, "source.duplicate", 3),
        (b"2000-02-01,1\n2000-0", SourceError, "source.width", 3),
        (b'2000-02-01,"1\n', SourceError, "source.csv", 2),
    ],
)
def test_a_fault_names_its_row(body, kind, message, row):
    with pytest.raises(kind) as caught:
        fred.parse(b"DATE,AA\n" + body, "AA.csv")
    assert caught.value.message_id == message
    assert caught.value.params["name"] == "AA.csv"
    assert caught.value.params["row"] == row


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"DATE,AA,AA\n2000-01-01,1,1\n", "x", "source.column_twice"),
        (b"when,AA\n2000-01-01,1\n", "x", "source.column"),
        (b"date,value\n2000-01-01,1\n", "my data.csv", "source.series_id"),
        (b"date,value\n", "AA", "source.empty"),
    ],
)
def test_a_wrong_frame_is_refused(data, name, message):
    with pytest.raises(SourceError) as caught:
        fred.parse(data, name)
    assert caught.value.message_id == message


def answer(rows, start="2024-10-30", end="2024-10-30", **more):
    keys = ("realtime_start", "realtime_end", "date", "value")
    observations = [dict(zip(keys, row, strict=True)) for row in rows]
    return {"realtime_start": start, "realtime_end": end, "observations": observations, **more}


def read(found, name="GDP.json") -> tuple[Parsed, ...]:
    return fred_api.parse(json.dumps(found).encode(), name)


def test_the_state_of_one_day_has_no_vintages():
    day = "2024-10-30"
    (part,) = read(answer([(day, day, "2024-01-01", "."), (day, day, "2024-04-01", "2.5")]))
    assert (part.key, part.vintages, part.retrieved) == ("GDP", None, date(2024, 10, 30))
    np.testing.assert_array_equal(part.values, [np.nan, 2.5])


def test_newest_first_is_turned_round():
    day = "2024-10-30"
    rows = [(day, day, "2024-04-01", "2"), (day, day, "2024-01-01", "1")]
    (part,) = read(answer(rows, sort_order="desc"))
    np.testing.assert_array_equal(part.values, [1, 2])


def test_revisions_keep_the_day_of_each():
    rows = [
        ("1996-01-19", "9999-12-31", "1946-01-01", "."),
        ("1992-12-22", "1996-01-18", "1946-01-01", "199.7"),
        ("1992-12-22", "9999-12-31", "1946-04-01", "200"),
    ]
    (part,) = read(answer(rows, "1776-07-04", "9999-12-31"))
    assert part.vintages.tolist() == [date(1992, 12, 22), date(1996, 1, 19), date(1992, 12, 22)]
    np.testing.assert_array_equal(part.values, [199.7, np.nan, 200])


def test_answers_by_series_and_a_saved_window():
    day = "2026-07-09"
    one = answer([(day, day, "2026-01-01", "1")], day, day)
    assert [part.key for part in read({"AA": one, "BB": one})] == ["AA", "BB"]
    window = {
        "fetched_at": "2026-08-21T20:43:22Z",
        "series": {"AA": [["2026-01-01", None], ["2026-02-01", 0]], "BB": []},
    }
    (part,) = read(window)
    assert part.retrieved == date(2026, 8, 21)
    np.testing.assert_array_equal(part.values, [np.nan, 0])


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (answer([]), "source.empty"),
        (answer([("2024-10-30", "2024-10-30", "x", "1")]), "source.date"),
        (answer([("2024-10-30", "2024-10-30", "2024-01-01", "x")]), "source.row"),
        (answer([("2024-10-30", "2024-10-30", "2024-01-01", True)]), "source.row"),
        ({**answer([]), "observations": ["x"]}, "source.column"),
        ({**answer([]), "observations": [{"date": 5, "value": 1}]}, "source.date"),
        ({"fetched_at": None, "series": {"A": 5}}, "source.column"),
        ({"fetched_at": "never", "series": {"A": []}}, "source.empty"),
        ({}, "source.column"),
        ([1], "source.column"),
        ({"realtime_start": 1, "realtime_end": 1, "observations": []}, "source.column"),
    ],
)
def test_a_wrong_answer_is_refused(found, message):
    with pytest.raises(SourceError) as caught:
        read(found)
    assert caught.value.message_id == message


def test_a_cut_answer_is_refused():
    with pytest.raises(SourceError, match=r"source\.json"):
        fred_api.parse(b'{"observations": [', "GDP.json")


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=30, unique=True))
def test_contradicting_vintages_are_refused(offsets):
    start = date(1999, 1, 1)
    rows = [
        ("2000-01-01", "9999-12-31", (start + timedelta(days=n)).isoformat(), "1") for n in offsets
    ]
    (part,) = read(answer(rows, "1999-01-01", "9999-12-31"))
    assert part.values.size == len(offsets)
    with pytest.raises(SchemaChanged, match=r"source\.duplicate"):
        read(answer([*rows, (*rows[0][:3], "2")], "1999-01-01", "9999-12-31"))
    (again,) = read(answer([*rows, rows[0]], "1999-01-01", "9999-12-31"))
    assert again.values.size == len(offsets)
