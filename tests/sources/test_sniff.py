"""The dispatcher: content decides, and whatever comes, the answer is figures or one SourceError."""

import bz2
import gzip
import io
import json
import lzma
import re
import zipfile
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.i18n import translator
from debtcycle.sources import _workbook, sniff
from debtcycle.sources._json import object_of
from debtcycle.sources._table import read_table
from debtcycle.sources.announcements import Announcement
from debtcycle.sources.parsed import Parsed

TODAY = date(2026, 9, 1)
FRED = b"observation_date,AA\n2000-01-01,1\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PRICES = b"Date,Open,High,Low,Close,Volume\n2000-01-03,1,1,1,2,5\n"
ANSWER = (
    b'{"realtime_start":"2024-01-02","realtime_end":"2024-01-02",'
    b'"observations":[{"date":"2024-01-01","value":"1"}]}'
)
LOG = (
    b"date,programme,instrument,pace_usd_bn_per_month,total_usd_bn,direction,source,confirmed,"
    b"effective_from,note\n"
)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def workbook(*rows):
    openpyxl = pytest.importorskip(
        "openpyxl", reason="an optional extra, openpyxl, is not installed"
    )
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "source.empty"),
        (b"\xef\xbb\xbf \r\n\n", "source.empty"),
        (b"<!DOCTYPE html><html><p>busy</p>", "source.html"),
        (FRED + b"<html><body>", "source.html"),
        (b"\0\1\2\3garbage", "source.binary"),
        (b"\x89PNG\r\n\x1a\n\xff", "source.binary"),
        (gzip.compress(FRED, mtime=0), "source.compressed"),
        (bz2.compress(FRED), "source.compressed"),
        (lzma.compress(FRED), "source.compressed"),
        (zipped({"a.csv": FRED}), "source.compressed"),
        (zipped({"a.csv": FRED})[:40], "source.broken"),
        (zipped({"[Content_Types].xml": "<?xml?>"}), "source.broken"),
        (zipped({"[Content_Types].xml": "<!DOCTYPE x [<!ENTITY a 'b'>]>"}), "source.broken"),
        (OLE + b"x" * 600, "source.broken"),
        (b"PAR1 nothing PAR1", "source.broken"),
        (b'{"error_code":400,"error_message":"Bad Request"}', "source.answer"),
        (b'{"observations": [', "source.json"),
        (b"[" * 200_000, "source.json"),
        (b'{"seriess": []}', "source.layout"),
        (b"[1, 2]", "source.layout"),
        (b"a,b\n1,2\n", "source.layout"),
        (b"# a heading\n\ntext\n", "source.layout"),
        (FRED[:-4] + b"\n", "source.width"),
        (b"observation_date,AA\n2000-01-01,1.5\n2000-02-01,1.6\n2000-03-01,1", "source.cut"),
        (b"observation_date,AA\n2099-01-01,1\n", "source.future"),
        (b"sasdate,A,A\nTransform:,1,1\n1/1/1999,1,1\n", "source.column_twice"),
        (LOG + b"2099-01-01,P,all,,,review,S,yes,,\n", "source.future"),
        (b"date,ati_baseline_bn,THREEFYTP10\n1954-07-31,,\n", "source.empty"),
    ],
)
def test_what_cannot_be_read_is_named(data, message):
    with pytest.raises(SourceError) as caught:
        sniff.read_bytes(data, "file.csv", today=TODAY)
    assert caught.value.message_id == message
    assert caught.value.params["name"] == "file.csv"


@pytest.mark.parametrize(
    ("data", "name", "keys"),
    [
        (FRED, "wrong.xlsx", ["AA"]),
        (b"\xef\xbb\xbf" + FRED.replace(b"\n", b"\r\n"), "x", ["AA"]),
        (PRICES, "etf_spy.csv", ["SPY"]),
        (b"sasdate,A\nTransform:,1\n1/1/1999,1\n", "1999-02.csv", ["FRED-MD:A"]),
        (b"series,date,vintage,value\nA,1999-01-01,1999-02,1\n", "x", ["FRED-MD:A"]),
        (b"FREQ,Series,1947-Q4\nQ,Q:US,1\n", "x", ["BIS:Q:US"]),
        (
            b" " + ANSWER,
            "GDP.txt",
            ["GDP"],
        ),
        (
            json.dumps(
                {
                    "results": [
                        {
                            "auction_date": "2026-08-20",
                            "security_type": "Bond",
                            "offering_amt": 1,
                            "total_accepted": 1,
                            "total_tendered": 2,
                        }
                    ]
                }
            ).encode(),
            "x",
            ["BID_TO_COVER_BONDS"],
        ),
        (b"date,value\n2036-10-01,4\n", "NROU.csv", ["NROU"]),
    ],
)
def test_content_decides(data, name, keys):
    assert [part.key for part in sniff.read_bytes(data, name, today=TODAY)] == keys


def test_projections_may_lie_ahead_and_others_not():
    far = b"date,value\n2060-10-01,4\n"
    assert sniff.read_bytes(far, "GDPPOT.csv", today=TODAY)
    with pytest.raises(SchemaChanged) as caught:
        sniff.read_bytes(far, "UNRATE.csv", today=TODAY)
    assert caught.value.params["column"] == "UNRATE"


def test_workbooks_are_told_apart():
    book = workbook(
        ["Table 3.1 - OUTLAYS"],
        ["Function", "2025", "2026 estimate"],
        ["In millions of dollars:"],
        ["Net interest", 970065, 1],
    )
    (part,) = sniff.read_bytes(book, "x.csv")
    assert part.periods.tolist() == [date(2025, 9, 30)]
    margin = workbook(
        [
            "Year-Month",
            "Debit Balances in Customers' Securities Margin Accounts",
            "Free Credit Balances in Customers' Cash Accounts",
            "Free Credit Balances in Customers' Securities Margin Accounts",
        ],
        ["2026-05", 1, 2, 3],
    )
    assert sniff.read_bytes(margin, "x.csv")[0].key == "MARGIN_DEBT"
    for other in (workbook(["Country", "Start"], ["Albania", 1994]), workbook()):
        with pytest.raises(SourceError, match=r"source\.layout"):
            sniff.read_bytes(other, "x.xlsx")


def test_the_refusal_is_short_and_the_page_lists_every_layout(repository):
    with pytest.raises(SourceError) as caught:
        sniff.read_bytes(b"a,b\n1,2\n", "x")
    assert set(caught.value.params) == {"name"}
    page = (repository / "docs" / "layouts.md").read_text("utf-8")
    assert [label for label in sniff.LAYOUTS if f"- {label}\n" not in page] == []


@pytest.mark.parametrize("line", ["2026-09-14,1", "2026-09-02,1"])
def test_the_period_that_follows_may_be_there_and_no_later_one(line):
    head = b"observation_date,AA\n2026-08-03,1\n2026-08-10,1\n2026-08-17,1\n"
    sniff.read_bytes(head + b"2026-09-07,1\n", "AA.csv", today=TODAY)
    if line.startswith("2026-09-02"):
        assert sniff.read_bytes(head + line.encode(), "AA.csv", today=TODAY)
    else:
        with pytest.raises(SchemaChanged, match=r"source\.future"):
            sniff.read_bytes(head + line.encode(), "AA.csv", today=TODAY)


def test_a_file_fetched_tomorrow_is_refused():
    window = {"fetched_at": "2026-09-03T00:00:00Z", "series": {"AA": [["2026-08-01", 1]]}}
    with pytest.raises(SchemaChanged, match=r"source\.ahead"):
        sniff.read_bytes(json.dumps(window).encode(), "a.json", today=TODAY)
    window["fetched_at"] = "2026-09-01T00:00:00Z"
    assert sniff.read_bytes(json.dumps(window).encode(), "a.json", today=TODAY)


def test_many_columns_are_told_apart_in_one_pass():
    count = 20_000
    names = ",".join(f"A{number}" for number in range(count))
    data = f"observation_date,{names}\n2000-01-01{',1' * count}\n".encode()
    assert len(sniff.read_bytes(data, "a.csv", today=TODAY)) == count


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'observation_date,AA\n2000-01-01,"' + b"1" * 140_000 + b'"\n', "source.cell"),
        (LOG + b"2026-06-01,P\x1b[31m,all,,,review,S,yes,,\n", "source.control"),
        (LOG + "2026-06-01,P,all,,,review,S,yes,,x\x9by\n".encode(), "source.control"),
        (b"sasdate,A\x07A\nTransform:,1\n1/1/2000,1\n", "source.control"),
        (
            b'{"fetched_at":"2026-08-01T00:00:00Z","series":{"A\\u001b":[["2026-07-01",1]]}}',
            "source.control",
        ),
        (
            b'{"fetched_at":"2026-08-01T00:00:00Z","series":{"A\\ud800":[["2026-07-01",1]]}}',
            "source.control",
        ),
        (b"<div class='x'>busy</div>\n", "source.html"),
        (b"<!-- gateway -->\n<h1>502</h1>\n", "source.html"),
    ],
)
def test_what_no_one_can_see_and_pages_in_disguise_are_refused(data, message):
    with pytest.raises(SourceError) as caught:
        sniff.read_bytes(data, "AA.csv", today=TODAY)
    assert caught.value.message_id == message
    assert not re.search("[\x00-\x1f\x7f-\x9f]", str(caught.value))


def test_whatever_a_reader_raises_is_an_error_of_its_file(monkeypatch):
    def trips(data, name):
        raise ArithmeticError("lone \ud800 surrogate")

    monkeypatch.setattr(sniff, "_parse", trips)
    with pytest.raises(SourceError, match=r"source\.fault") as caught:
        sniff.read_bytes(FRED, "AA.csv")
    assert str(caught.value.params["reason"]).isascii()

    def starves(data, name):
        raise MemoryError

    monkeypatch.setattr(sniff, "_parse", starves)
    with pytest.raises(MemoryError):
        sniff.read_bytes(FRED, "AA.csv")


def test_columns_of_a_kind_that_is_not_read_are_a_fault_of_the_file():
    arrow = pytest.importorskip("pyarrow", reason="an optional extra, pyarrow, is not installed")
    parquet = pytest.importorskip(
        "pyarrow.parquet", reason="an optional extra, pyarrow, is not installed"
    )
    lists = arrow.array([[1]])
    out = io.BytesIO()
    names = ("series", "date", "vintage", "value")
    parquet.write_table(arrow.table(dict.fromkeys(names, lists)), out)
    with pytest.raises(SourceError):
        sniff.read_bytes(out.getvalue(), "x.parquet", today=TODAY)


def test_sizes_are_limited(monkeypatch, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(FRED)
    assert sniff.read_file(path, today=TODAY)[0].key == "AA"
    monkeypatch.setattr(sniff, "MAX_FILE_BYTES", 10)
    for read in (lambda: sniff.read_file(path), lambda: sniff.read_bytes(FRED, "a.csv")):
        with pytest.raises(SourceError, match=r"source\.too_large"):
            read()
    monkeypatch.setattr(_workbook, "MAX_UNPACKED_BYTES", 10)
    with pytest.raises(SourceError, match=r"source\.too_large"):
        _workbook.xlsx_rows(zipped({"[Content_Types].xml": "x" * 11}), "a.xlsx")


@pytest.mark.parametrize(
    "read",
    [
        lambda: read_table(b"a,b\n" + b"1,2\n" * 300_000, "a.csv"),
        lambda: read_table(b"a," * 3_000_001 + b"b\n1", "a.csv"),
        lambda: object_of(b"[" * 3_000_001, "a"),
        lambda: object_of(b'{"data": [' + b"{}," * 1_500_000 + b"{}]}", "a"),
    ],
)
def test_what_would_fill_the_memory_is_refused_before_it_is_taken_apart(read):
    with pytest.raises(SourceError, match=r"source\.cells"):
        read()


def test_a_workbook_of_too_many_cells_is_left_in_the_middle(monkeypatch):
    openpyxl = pytest.importorskip(
        "openpyxl", reason="an optional extra, openpyxl, is not installed"
    )
    book, out = openpyxl.Workbook(), io.BytesIO()
    for _ in range(10):
        book.active.append([1, 2, 3])
    book.save(out)
    assert len(_workbook.xlsx_rows(out.getvalue(), "a.xlsx")) == 10
    monkeypatch.setattr(_workbook, "_MOST_CELLS", 39)
    with pytest.raises(SourceError, match=r"source\.cells"):
        _workbook.xlsx_rows(out.getvalue(), "a.xlsx")


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(SourceError, match=r"source\.unreadable"):
            sniff.read_file(path)


def test_a_log_is_announcements():
    (step,) = sniff.read_bytes(LOG + b"2026-06,P,all,,,review,S,yes,,\n", "a.csv", today=TODAY)
    assert isinstance(step, Announcement)


def outcome(data):
    """What a file gives: its figures, or the one kind of error."""
    try:
        return sniff.read_bytes(data, "AA.csv", today=TODAY)
    except SourceError as error:
        return error


MAGIC = st.sampled_from(
    [
        b"",
        b"PK\x03\x04",
        OLE,
        b"PAR1",
        b"\xfd7zXZ\0",
        b"\x1f\x8b",
        b"{",
        b"[",
        b"date,value\n",
        b"observation_date,AA\n2000-01-01,",
        b"sasdate,A\nTransform:,",
        b"Date,Price\n",
        LOG,
    ]
)


@given(MAGIC, st.binary(max_size=300))
@example(b"", b"\xef\xbb\xbf{")
@example(b"PAR1", b"PAR1")
@example(b"", b'"')
def test_bytes_are_figures_or_one_error(magic, rest):
    found = outcome(magic + rest)
    if isinstance(found, SourceError):
        assert found.params["name"] == "AA.csv"
    else:
        assert all(isinstance(part, Parsed | Announcement) for part in found)


@given(st.binary(min_size=1, max_size=6), st.integers(0, 10_000), st.booleans())
def test_a_damaged_workbook_is_figures_or_one_error(noise, place, cut):
    book = workbook(["Year-Month", "a"], ["2026-05", 1])
    at = place % len(book)
    damaged = book[:at] if cut else book[:at] + noise + book[at + len(noise) :]
    with pytest.raises(SourceError):
        sniff.read_bytes(damaged, "x.xlsx")


def test_refusals_keep_to_the_known_messages(repository):
    folder = repository / "src" / "debtcycle" / "sources"
    used = set()
    for module in folder.glob("*.py"):
        used |= set(re.findall(r'"(source\.[a-z_]+)"', module.read_text("utf-8")))
    assert used == MESSAGES


MESSAGES = {
    f"source.{word}"
    for word in re.findall(
        r"\w+",
        "ahead answer archive binary broken cell cells column column_twice compressed control csv "
        "cut date duplicate empty fault future html json jst layout needs order pages publisher "
        "row series_id sheet sum too_large unreadable vintage width word",
    )
}


def test_the_macrohistory_database_is_sent_where_it_is_read(tmp_path):
    """It is not kept in the store, so the refusal names the commands that take the file."""
    openpyxl = pytest.importorskip(
        "openpyxl", reason="an optional extra, openpyxl, is not installed"
    )
    book = openpyxl.Workbook()
    book.active.append(["year", "country", "iso", "gdp", "crisisJST"])
    book.active.append([1870, "USA", "USA", 1.0, 0])
    path = tmp_path / "own.xlsx"
    book.save(path)
    with pytest.raises(SourceError, match=r"source\.jst"):
        sniff.read_file(path, today=TODAY)
    for lang in ("en", "zh"):
        assert "crises rzone --jst" in translator(lang)("source.jst").splitlines()[0]
