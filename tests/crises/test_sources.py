"""Workbooks of the Macrohistory Database and of the banking crises, and broken ones."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.crises.files import read_columns, read_crises
from debtcycle.errors import ConfigError, SourceError
from debtcycle.sources import bankingcrises, jst

HEAD = ("year", "country", "iso", *jst.COLUMNS)


def row(year, iso="USA", crisis=0, **cells):
    values = dict.fromkeys(jst.COLUMNS, 1.5) | {"crisisJST": crisis, "crisisJST_old": 0} | cells
    return (year, "A country", iso, *(values[name] for name in jst.COLUMNS))


def workbook(*rows, title="Sheet1", other=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for cells in rows:
        sheet.append(cells)
    if other is not None:
        book.create_sheet(other)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def listed(*rows, head=("Country", None, "Start", "End")):
    return workbook(head, *rows, title=bankingcrises.SHEET)


def refused(parse, data, message):
    with pytest.raises(SourceError) as caught:
        parse(data, "x.xlsx")
    assert caught.value.message_id == message, caught.value
    return caught.value.params


def test_a_country_is_a_series_for_each_column():
    data = workbook(HEAD, row(1870, "GBR"), row(1871, "GBR", tbus=None), (), row(1870, "USA", 1))
    assert jst.matches([HEAD, ()])
    assert not jst.matches([HEAD[:5]])
    assert not jst.matches([])
    found = {part.key: part for part in jst.parse(data, "x")}
    assert len(found) == 2 * len(jst.COLUMNS)
    business = found["JST:GBR:tbus"]
    assert business.periods.tolist() == [date(1870, 12, 31), date(1871, 12, 31)]
    assert np.isnan(business.values[1])
    assert found["JST:USA:crisisJST"].values.tolist() == [1.0]


@pytest.mark.parametrize(
    ("rows", "message", "at"),
    [
        ([HEAD[:-1], row(1870)], "source.column", None),
        ([HEAD], "source.empty", None),
        ([HEAD, row(1870.5)], "source.date", 2),
        ([HEAD, row("MDCCC")], "source.row", 2),
        ([HEAD, row(None)], "source.date", 2),
        ([HEAD, row(1870, "U")], "source.row", 2),
        ([HEAD, row(1870), row(1871, gdp="a lot")], "source.row", 3),
        ([HEAD, row(1870), row(1871, crisis=2)], "source.row", 3),
        ([HEAD, row(1871), row(1870)], "source.order", 3),
        ([HEAD, row(1870), row(1870, gdp=3.0)], "source.duplicate", 3),
    ],
)
def test_a_changed_database_is_refused_with_row_and_column(rows, message, at):
    params = refused(jst.parse, workbook(*rows), message)
    assert params["name"] == "x.xlsx"
    if at is not None:
        assert params["row"] == at
        assert params["column"]


def test_crises_of_a_country_in_order_without_marks_of_footnotes():
    data = listed(
        ("Spain ", None, 2008, "2012 5/"), ("Spain", None, 1977, "1981 5/"),
        ("Vietnam 6/", None, 2022, "…"), ("1/ Output losses ...", None, None, None), ("Note",),
    )  # fmt: skip
    found = {part.key: part for part in bankingcrises.parse(data, "x")}
    assert list(found) == ["LV:Spain", "LV:Vietnam"]
    assert found["LV:Spain"].periods.tolist() == [date(1977, 12, 31), date(2008, 12, 31)]
    assert found["LV:Spain"].values.tolist() == [1981.0, 2012.0]
    assert np.isnan(found["LV:Vietnam"].values[0])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (workbook(("Country",), other="Other"), "source.sheet"),
        (listed(head=("Country", "Start", "End")), "source.column"),
        (listed(), "source.empty"),
        (listed(("Spain", None, "long ago", 1980)), "source.row"),
        (listed(("Spain", None, "...", 1980)), "source.date"),
        (listed(("Spain", None, 77, 1980)), "source.date"),
        (listed(("Spain", None, 1977, 1980), ("Spain", None, 1977, 1981)), "source.duplicate"),
        (b"PK\x03\x04 nonsense", "source.broken"),
    ],
)
def test_a_changed_list_is_refused(data, message):
    refused(bankingcrises.parse, data, message)


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_else_escapes(noise):
    for parse in (jst.parse, bankingcrises.parse):
        with pytest.raises(SourceError):
            parse(noise, "x")


def test_the_database_and_the_list_as_they_are(macro, listed_parts):
    assert len(macro.countries) == 18
    assert macro.years[[0, -1]].tolist() == [1870, 2020]
    assert np.nansum(macro.crisis) == 88
    assert np.nansum(macro.crisis_old) == 90
    assert len(listed_parts) == 120
    assert sum(len(part.periods) for part in listed_parts) == 164


@pytest.fixture
def listed_parts(shared_data):
    path = shared_data / "credit" / "systemic_banking_crises_2026.xlsx"
    if not path.is_file():
        pytest.skip("the list of crises is not beside the repository")
    return read_crises(path)


def test_columns_of_a_users_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("quarter,x,y\n\n2000-Q1,1,\n2000-04-15,2,3\n")
    found = read_columns(path, ("y", "x"))
    assert found.quarters.astype(str).tolist() == ["2000-01-01", "2000-04-01"]
    assert found.column("x").tolist() == [1.0, 2.0]
    assert np.isnan(found.column("y")[0])
    assert found.rows == (3, 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quarter,x\n2000-Q1,a\n", "crises.file_cell"),
        ("quarter,x\nspring,1\n", "crises.file_date"),
        ("quarter,z\n2000-Q1,1\n", "crises.file_column"),
        ("quarter,x\n", "crises.file_empty"),
        ("quarter,x\n2000-Q1,1,2\n", "crises.file_form"),
    ],
)
def test_bad_cells_of_a_users_file(tmp_path, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_columns(path, ("x",))
    assert caught.value.message_id == message
    assert caught.value.params["name"] == "a.csv"


def test_a_file_that_is_not_there_or_too_large(tmp_path):
    with pytest.raises(ConfigError, match=r"crises\.file_unreadable"):
        read_columns(tmp_path / "no.csv", ("x",))
    large = tmp_path / "large.csv"
    with large.open("wb") as handle:
        handle.truncate(65 * 2**20)
    with pytest.raises(ConfigError, match=r"crises\.file_large"):
        read_columns(large, ("x",))
