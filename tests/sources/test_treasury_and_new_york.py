"""Treasury Fiscal Data and the New York Fed: what is read, and what is refused."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources import ask_treasury, auctions, fiscaldata, nyfed, plans
from debtcycle.sources._json import object_of
from debtcycle.sources._zip import only_member
from debtcycle.sources.steps import Question
from publishers.containers import packed

TODAY = date(2026, 9, 15)


def by_key(parts):
    return {part.key: part for part in parts}


def pairs(part):
    return list(zip(part.periods.tolist(), part.values.tolist(), strict=True))


def refused(message, call, *args, kind=SourceError, **more):
    with pytest.raises(kind) as caught:
        call(*args, **more)
    assert caught.value.message_id == message
    return caught.value.params


# --- debt by type ------------------------------------------------------------------------------

# The statement for August 2026, held by the public, USD millions.
AUGUST = {
    "Bills": "7247855.5898",
    "Notes": "16214682.0126",
    "Bonds": "5512728.5203",
    "Treasury Inflation-Protected Securities": "2151956.98",
    "Floating Rate Notes": "674917.9",
    "Federal Financing Bank": "0",
}
TOTAL = "31807141.11"


def line(label: str, amount: str, kind: str = "Marketable", on: str = "2026-08-31"):
    return {
        "record_date": on,
        "security_type_desc": kind,
        "security_class_desc": label,
        "debt_held_public_mil_amt": amount,
    }


def august(total: str = TOTAL, **change: str):
    rows = [line(label, change.get(label.split()[0], amount)) for label, amount in AUGUST.items()]
    return [*rows, line("_", total, "Total Marketable"), line("Savings", "1", "Nonmarketable")]


def test_debt_by_type_is_dated_by_its_months_first_day() -> None:
    parts = by_key(fiscaldata.parse_mspd(august(), "mspd"))
    assert pairs(parts["MSPD_BILLS"]) == [(date(2026, 8, 1), 7247855.5898)]
    assert parts["MSPD_MARKETABLE"].values.tolist() == [31807141.11]
    assert len(parts) == 6


def test_indexed_notes_and_bonds_of_older_months_are_one_kind() -> None:
    rows = [
        line("Bills", "900", on="2004-01-31"),
        line("Inflation-Indexed Notes", "100.5", on="2004-01-31"),
        line("Inflation-Indexed Bonds", "50.25", on="2004-01-31"),
        line("_", "1050.75", "Total Marketable", on="2004-01-31"),
    ]
    parts = by_key(fiscaldata.parse_mspd(rows, "mspd"))
    assert parts["MSPD_TIPS"].values.tolist() == [150.75]
    rows[1]["debt_held_public_mil_amt"] = "null"
    assert np.isnan(by_key(fiscaldata.parse_mspd(rows[:3], "mspd"))["MSPD_TIPS"].values).all()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (august(total="31807.14"), "source.sum"),  # another unit
        (august(Bills="7247.8"), "source.sum"),
        ([row for row in august() if row["security_class_desc"] != "Bonds"], "source.sum"),
        ([*august(), line("Digital Notices", "1.0")], "source.word"),
        ([*august(), line("Bills", "1.0")], "source.duplicate"),
        ([*august(), line("Bills", "1.0", on="2026-08-15")], "source.word"),
        ([*august(), line("Bills", "1,000.0")], "source.row"),
        ([*august(), line("Bills", "1.0", on="31.08.2026")], "source.date"),
        ([{**line("Bills", "1"), "debt_held_public_mil_amt": None, "x": 1}] * 0, "source.empty"),
    ],
)
def test_a_changed_statement_is_refused(rows, message) -> None:
    refused(message, fiscaldata.parse_mspd, rows, "mspd")


def test_a_lost_field_is_not_a_lack_of_figures() -> None:
    for field in ("record_date", "security_type_desc", "debt_held_public_mil_amt"):
        rows = [{k: v for k, v in row.items() if k != field} for row in august()]
        params = refused("source.column", fiscaldata.parse_mspd, rows, "m", kind=SchemaChanged)
        assert params["column"] == field
    # The same record on two pages is the same record.
    assert len(fiscaldata.parse_mspd([*august(), *august()], "mspd")) == 6


# --- debt by day, receipts and outlays, auctions -----------------------------------------------


def test_debt_of_a_day_is_in_millions_and_never_nothing() -> None:
    rows = [
        {
            "record_date": on,
            "tot_pub_debt_out_amt": total,
            "debt_held_public_amt": held,
            "intragov_hold_amt": inside,
        }
        for on, total, held, inside in (
            ("2005-04-01", "7789456123456.78", "4550000000000.00", "3239456123456.78"),
            ("2004-04-01", "7131000000000.00", "null", "0.00"),
        )
    ]
    parts = by_key(fiscaldata.parse_debt(rows, "debt"))
    assert pairs(parts["DEBT_TO_PENNY"]) == [
        (date(2004, 4, 1), 7131000.0),
        (date(2005, 4, 1), 7789456.12345678),
    ]
    np.testing.assert_array_equal(parts["DEBT_HELD_PUBLIC"].values, [np.nan, 4550000.0])
    np.testing.assert_array_equal(np.isnan(parts["DEBT_INTRAGOV"].values), [True, False])
    refused(
        "source.duplicate",
        fiscaldata.parse_debt,
        [*rows, rows[0] | {"intragov_hold_amt": "1"}],
        "d",
    )


def report(on: str, *months: tuple[str, str, str, str, str]):
    def row(desc, ident, parent, *amounts):
        fields = ("gross_rcpt", "gross_outly", "dfct_sur")
        return {
            "record_date": on,
            "parent_id": parent,
            "classification_id": ident,
            "classification_desc": desc,
            **{f"current_month_{f}_amt": a for f, a in zip(fields, amounts, strict=True)},
        }

    heads = [row("FY 2025", "1", "null", *["null"] * 3), row("FY 2026", "2", "null", *["null"] * 3)]
    return [*heads, *(row(m, f"{p}{at}", p, r, o, d) for at, (m, p, r, o, d) in enumerate(months))]


def test_the_newest_report_counts_and_a_deficit_is_negative() -> None:
    rows = [
        *report(
            "2025-11-30",
            ("October", "2", "404000000000.00", "688000000000.00", "284000000000.00"),
            ("November", "2", "336000000000.00", "509000000000.00", "173000000000.00"),
            ("April", "1", "850000000000.00", "592000000000.00", "-258000000000.00"),
            ("December", "2", "null", "null", "null"),
        ),
        *report(
            "2025-10-31",
            ("October", "2", "404000000000.00", "689000000000.00", "285000000000.00"),
        ),
    ]
    parts = by_key(fiscaldata.parse_statement(rows, "statement"))
    assert pairs(parts["MTS_DEFICIT"]) == [
        (date(2025, 4, 1), 258000.0),
        (date(2025, 10, 1), -284000.0),
        (date(2025, 11, 1), -173000.0),
    ]
    assert parts["MTS_OUTLAYS"].values.tolist() == [592000.0, 688000.0, 509000.0]


@pytest.mark.parametrize(
    ("month", "message"),
    [
        (("October", "2", "4000000000.00", "6000000000.00", "9000000000.00"), "source.sum"),
        (("October", "7", "4000000000.00", "6000000000.00", "2000000000.00"), "source.word"),
        (("May", "2", "4000000000.00", "6000000000.00", "2000000000.00"), "source.future"),
        (("October", "2", "4e999", "6000000000.00", "2000000000.00"), "source.row"),
    ],
)
def test_a_changed_monthly_statement_is_refused(month, message) -> None:
    refused(message, fiscaldata.parse_statement, report("2025-11-30", month), "statement")
    refused("source.empty", fiscaldata.parse_statement, report("2025-11-30"), "statement")


def auction(on: str, kind: str, ratio: str, indexed: str = "No", floating: str = "No", at: int = 1):
    return {
        "cusip": f"{at}{kind}{on}",
        "security_type": kind,
        "auction_date": on,
        "bid_to_cover_ratio": ratio,
        "inflation_index_security": indexed,
        "floating_rate": floating,
    }


def test_covers_are_means_of_a_day_without_what_is_not_comparable() -> None:
    rows = [
        auction("2026-09-08", "Bill", "2.8"),
        auction("2026-09-08", "Bill", "3.0", at=2),
        auction("2026-09-09", "Note", "2.5"),
        auction("2026-09-09", "Note", "9.9", indexed="Yes", at=2),
        auction("2026-09-09", "Note", "9.9", floating="Yes", at=3),
        auction("2026-09-10", "Bond", "2.4"),
        auction("2026-09-22", "Bond", "null"),
    ]
    parts = by_key(fiscaldata.parse_auctions(rows, "auctions"))
    assert pairs(parts["BID_TO_COVER_BILLS"]) == [(date(2026, 9, 8), 2.9)]
    assert pairs(parts["BID_TO_COVER_NOTES"]) == [(date(2026, 9, 9), 2.5)]
    assert pairs(parts["BID_TO_COVER_BONDS"]) == [(date(2026, 9, 10), 2.4)]
    refused("source.word", fiscaldata.parse_auctions, [auction("2026-09-08", "Swap", "2")], "a")
    refused("source.row", fiscaldata.parse_auctions, [auction("2026-09-08", "Bill", "0.00")], "a")
    assert fiscaldata.parse_auctions(rows[-1:], "a") == ()


def test_a_day_with_a_result_to_come_has_no_mean_yet() -> None:
    """Two notes on one day, results at 11:30 and 13:00: the first alone is not the day's mean."""
    other = [auction("2026-11-20", "Bill", "2.8"), auction("2026-11-30", "Bill", "null")]
    between = [auction("2026-11-23", "Note", "2.60"), auction("2026-11-23", "Note", "null", at=2)]
    assert by_key(fiscaldata.parse_auctions(other + between, "a")).keys() == {"BID_TO_COVER_BILLS"}
    after = [between[0], auction("2026-11-23", "Note", "2.20", at=2)]
    parts = by_key(fiscaldata.parse_auctions(other + after, "a"))
    assert pairs(parts["BID_TO_COVER_NOTES"]) == [(date(2026, 11, 23), pytest.approx(2.4))]
    # A record that only announces, beside that of the result, leaves nothing to wait for.
    announced = [auction("2026-11-23", "Note", "null"), *after]
    assert fiscaldata.parse_auctions(other + announced, "a") == fiscaldata.parse_auctions(
        other + after, "a"
    )


@pytest.mark.parametrize(("newest", "shown"), [("2026-11-30", False), ("2026-12-01", True)])
def test_what_lacks_for_more_than_a_week_is_waited_for_no_longer(newest, shown) -> None:
    rows = [
        auction("2026-11-23", "Note", "2.60"),
        auction("2026-11-23", "Note", "null", at=2),
        auction(newest, "Bill", "2.8"),
        auction("2026-12-20", "Bill", "null"),
    ]
    parts = by_key(fiscaldata.parse_auctions(rows, "a"))
    found = pairs(parts["BID_TO_COVER_NOTES"]) if "BID_TO_COVER_NOTES" in parts else []
    assert found == ([(date(2026, 11, 23), 2.6)] if shown else [])


def test_files_of_results_wait_for_the_rest_of_a_day_too() -> None:
    lines = (
        "auction_date,security_type,bid_to_cover_ratio",
        "2026-11-20,Note,2.40",
        "2026-11-23,Note,2.60",
        "2026-11-23,Note,",
    )
    (notes,) = auctions.parse("\n".join(lines).encode(), "results.csv")
    assert notes.periods[~np.isnan(notes.values)].tolist() == [date(2026, 11, 20)]


# --- pages -------------------------------------------------------------------------------------


def page(rows, pages=1, count=None):
    meta = {"total-pages": pages, "total-count": len(rows) if count is None else count}
    return json.dumps({"data": rows, "meta": meta, "links": {}}).encode()


DEBT = Question(publisher="fiscaldata", name="debt", series=("DEBT_TO_PENNY",))
ROWS = [
    {
        "record_date": f"2026-09-{on:02d}",
        "tot_pub_debt_out_amt": f"{38_000_000_000_000 + on}.25",
        "debt_held_public_amt": "30000000000000.00",
        "intragov_hold_amt": "8000000000000.00",
    }
    for on in range(1, 8)
]


def driven(*bodies: bytes):
    steps = plans.steps(DEBT, today=TODAY)
    request, asked = next(steps), []
    for body in bodies:
        asked.append(dict(request.params))
        try:
            request = steps.send(body)
        except StopIteration as stop:
            return stop.value, asked
    raise AssertionError("more was asked for")


def test_pages_are_joined_in_an_order_that_is_total() -> None:
    (part,), asked = driven(page(ROWS[:4], 2, 7), page(ROWS[4:], 2, 7))
    assert part.key == "DEBT_TO_PENNY"
    assert part.periods.size == 7
    assert [params["page[number]"] for params in asked] == ["1", "2"]
    assert set(asked[0]["sort"].split(",")) == set(asked[0]["fields"].split(","))


@pytest.mark.parametrize(
    "bodies",
    [
        (page(ROWS[:4], 2, 7), page(ROWS[4:], 2, 8)),
        (page(ROWS[:4], 2, 7), page(ROWS[4:], 3, 7)),
        (page(ROWS[:4], 2, 7), page(ROWS[5:], 2, 7)),
        (page(ROWS, 1, 9),),
        (page(ROWS[:1], 10**9, 9),),
    ],
)
def test_pages_that_do_not_belong_together_are_refused(bodies) -> None:
    assert ask_treasury._MAX_PAGES < 10**9
    refused("source.pages", driven, *bodies, kind=SchemaChanged)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error":"Invalid Query Param","message":"Invalid field."}', "source.answer"),
        (b'{"data":[],"meta":{"total-pages":1}}', "source.column"),
        (b'{"data":[],"meta":{"total-pages":"1","total-count":1}}', "source.column"),
        (b'{"data":{},"meta":{"total-pages":1,"total-count":0}}', "source.column"),
        (b'{"data":[1],"meta":{"total-pages":1,"total-count":1}}', "source.column"),
        (b'{"meta":{}}', "source.column"),
        (b'{"data":[{"a":Infinity}]}', "source.json"),
        (b'{"data":[', "source.json"),
        (b"[" * 100_000, "source.json"),
        (b"<html><body>Access denied</body></html>", "source.html"),
        (b"", "source.empty"),
        ('{"data":"é"}'.encode("latin-1"), "source.binary"),
    ],
)
def test_what_is_no_page_is_refused(body, message) -> None:
    refused(message, fiscaldata.read_page, body, "debt")


def test_a_publishers_words_are_fit_for_a_terminal() -> None:
    body = json.dumps({"error_code": 400, "error_message": "no\x1b[31m\n\u202e" + "x" * 999})
    reason = refused("source.answer", object_of, body.encode(), "x")["reason"]
    assert reason.isprintable()
    assert len(reason) <= 160
    assert object_of(b"\xef\xbb\xbf{\r\n}\r\n", "x") == {}


# --- New York ----------------------------------------------------------------------------------

# The portfolio on 8 July 2026, USD.
JULY = {
    "asOfDate": "2026-07-08",
    "mbs": "1940863715777.00",
    "cmbs": "7533878406.10",
    "tips": "282633819500",
    "frn": "",
    "tipsInflationCompensation": "109065609408.32",
    "notesbonds": "3593418008900",
    "bills": "499248926700",
    "agencies": "2347000000",
    "total": "6344428175083.10",
}


def summary(*rows) -> bytes:
    return json.dumps({"soma": {"summary": rows}}).encode()


def test_the_portfolio_is_in_millions_and_a_blank_is_no_figure() -> None:
    parts = by_key(nyfed.parse_summary(summary(JULY), "soma"))
    assert pairs(parts["SOMA_BILLS"]) == [(date(2026, 7, 8), 499248.9267)]
    assert parts["SOMA_TOTAL"].values.tolist() == [6344428.1750831]
    assert np.isnan(parts["SOMA_FRN"].values).all()
    # The compensation is outside of the total, the rest makes it up but for the blank.
    kinds = ("BILLS", "NOTES_BONDS", "TIPS", "MBS", "CMBS", "AGENCY")
    known = sum(parts[f"SOMA_{kind}"].values[0] for kind in kinds)
    assert 6344428.1750831 - known == pytest.approx(18382.8, abs=0.1)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (summary(JULY | {"bills": "499248926700000"}), "source.sum"),
        (summary(JULY, JULY | {"mbs": "1"}), "source.duplicate"),
        (summary({k: v for k, v in JULY.items() if k != "cmbs"}), "source.column"),
        (summary(JULY | {"asOfDate": "08-07-2026"}), "source.date"),
        (summary(JULY | {"tips": "n.a. 1"}), "source.row"),
        (summary(), "source.empty"),
        (b'{"soma":{}}', "source.column"),
        (b'{"soma":[]}', "source.column"),
    ],
)
def test_a_changed_portfolio_is_refused(body, message) -> None:
    refused(message, nyfed.parse_summary, body, "soma")


def holding(days: int, par: str, compensation: str = "", on: date = date(2026, 8, 26)):
    maturity = date.fromordinal(on.toordinal() + days)
    return {
        "asOfDate": str(on),
        "maturityDate": str(maturity),
        "parValue": par,
        "inflationCompensation": compensation,
    }


def maturities(*rows, today=TODAY):
    body = json.dumps({"soma": {"holdings": rows}}).encode()
    parts = nyfed.sum_maturities(nyfed.parse_holdings(body, "m"), "m", today=today)
    return {key: pairs(part) for key, part in by_key(parts).items()}


def test_holdings_by_remaining_life() -> None:
    got = maturities(
        holding(-1, "1000000"),
        holding(365, "2000000"),
        holding(366, "4000000"),
        holding(1826, "8000000", "500000.5"),
        holding(1827, "16000000"),
        holding(3652, "32000000"),
        holding(3653, "64000000"),
    )
    month = date(2026, 8, 1)
    assert got == {
        "SOMA_TSY_UNDER_1Y": [(month, 3.0)],
        "SOMA_TSY_1_5Y": [(month, 12.5000005)],
        "SOMA_TSY_5_10Y": [(month, 48.0)],
        "SOMA_TSY_OVER_10Y": [(month, 64.0)],
    }
    earlier = [holding(9, "7000000", on=date(2026, 8, 19)), holding(9, "1000000")]
    (only,) = maturities(*earlier)["SOMA_TSY_UNDER_1Y"]
    assert only == (month, 1.0)  # the last published day of the month
    assert np.isnan(maturities(*earlier)["SOMA_TSY_1_5Y"][0][1])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([holding(-8, "1")], "source.row"),
        ([holding(15000, "1")], "source.row"),
        ([holding(9, "")], "source.row"),
        ([holding(9, "-1")], "source.row"),
        ([holding(9, "1", on=date(2099, 1, 7))], "source.future"),
        ([holding(9, "1", on=date(2026, 9, 9))], "source.empty"),
        ([], "source.empty"),
        ([{"asOfDate": "2026-08-26"}], "source.column"),
    ],
)
def test_changed_holdings_are_refused(rows, message) -> None:
    refused(message, maturities, *rows)


MONTHLY = (
    b"As Of Date,CUSIP,Security Type,Maturity Date,Coupon (%),Par Value ($),"
    b"Inflation Compensation\n"
    b"08/26/2026,'912800001',TIPS,08/15/2030,0.125,100000000,24000000\n"
    b"08/26/2026,'912800002',NotesBonds,08/15/2035,4.0,200000000,\n"
)


def test_the_file_of_all_months_whatever_its_columns_are_called() -> None:
    other = MONTHLY.replace(b"As Of Date", b"asOfDate").replace(b"\n", b"\r\n")
    for body in (MONTHLY, b"\xef\xbb\xbf" + other):
        parts = by_key(nyfed.sum_maturities(nyfed.parse_monthly(body, "m"), "m", today=TODAY))
        assert parts["SOMA_TSY_1_5Y"].values.tolist() == [124.0]
        assert parts["SOMA_TSY_5_10Y"].values.tolist() == [200.0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"Par Value ($)", b"Face", "source.column"),
        (b"Coupon (%)", b"Par Value", "source.column"),
        (b",200000000,", b",200000000", "source.width"),
        (b"200000000", b'"200,000,000"', "source.row"),
        (b"08/15/2035", b"15/08/2035", "source.date"),
        (b"NotesBonds", b'"NotesBonds', "source.csv"),
        (MONTHLY, b"\n", "source.empty"),
    ],
)
def test_a_changed_file_of_all_months_is_refused(old, new, message) -> None:
    refused(message, lambda: list(nyfed.parse_monthly(MONTHLY.replace(old, new), "m")))


def test_rates_and_days() -> None:
    rates = {
        "refRates": [
            {"effectiveDate": "2026-09-04", "type": "SOFR", "percentRate": 3.66},
            {"effectiveDate": "2026-09-03", "type": "SOFR", "percentRate": "3.65"},
        ]
    }
    (part,) = nyfed.parse_sofr(json.dumps(rates).encode(), "sofr")
    assert pairs(part) == [(date(2026, 9, 3), 3.65), (date(2026, 9, 4), 3.66)]
    assert nyfed.parse_sofr(b'{"refRates":[]}', "sofr") == ()
    rates["refRates"][0]["type"] = "EFFR"
    refused("source.word", nyfed.parse_sofr, json.dumps(rates).encode(), "sofr")
    days = {"soma": {"asOfDates": ["2026-09-09", "2026-08-26", "2026-08-19", "2026-07-29"]}}
    found = nyfed.parse_dates(json.dumps(days).encode(), "d")
    assert nyfed.month_days(found, today=TODAY) == (date(2026, 7, 29), date(2026, 8, 26))
    refused("source.column", nyfed.parse_dates, b'{"soma":{"asOfDates":[]}}', "d")
    refused("source.date", nyfed.parse_dates, b'{"soma":{"asOfDates":[1]}}', "d")


def operation(number: int, kind: str, amount: object, **more: object):
    entry = {"operationId": f"{kind} {number}", "operationDate": "2026-09-10", "note": ""}
    return {**entry, "operationType": kind, "totalAmtAccepted": amount, **more}


def test_only_the_newest_year_of_operations_can_be_the_end_of_an_answer() -> None:
    asked = Question(
        publisher="nyfed",
        name="operations",
        series=("REPO_ACCEPTED",),
        options=(("from", "2024-11-01"),),
    )
    steps = plans.steps(asked, today=date(2026, 1, 2))
    body = json.dumps({"repo": {"operations": [operation(1, "Repo", 4000000)]}}).encode()
    requests = [next(steps), steps.send(body), steps.send(body)]
    assert [one.final for one in requests] == [False, False, True]
    assert dict(requests[-1].params)["startDate"] == "2026-01-01"


@pytest.mark.parametrize("today", [date(2026, 9, 15), date(2026, 1, 1)])
def test_the_day_that_is_not_over_is_not_asked_for_its_operations(today) -> None:
    """There are several a day, and a sum of the first would never be revised."""
    asked = Question(
        publisher="nyfed",
        name="operations",
        series=("REPO_ACCEPTED",),
        options=(("from", "2025-12-01"),),
    )
    one = operation(1, "Repo", 4000000, operationDate="2025-12-10")
    body = json.dumps({"repo": {"operations": [one]}}).encode()
    going, requests = plans.steps(asked, today=today), []
    request = next(going)
    while request is not None:
        requests.append(request)
        try:
            request = going.send(body)
        except StopIteration:
            request = None
    ends = [dict(request.params)["endDate"] for request in requests]
    assert max(ends) == str(today - timedelta(days=1))
    assert [request.final for request in requests] == [False] * (len(requests) - 1) + [True]


def test_operations_of_a_day_are_summed_without_trials() -> None:
    rows = [
        operation(1, "Repo", 4000000),
        operation(2, "Repo", 6000000),
        operation(99, "Repo", 1000000, note="Small Value Exercise"),
        operation(1, "Reverse Repo", 24867000000),
        operation(2, "Reverse Repo", 0, operationDate="2026-09-11"),
    ]
    body = json.dumps({"repo": {"operations": rows}}).encode()
    parts = by_key(nyfed.parse_operations([body, body], "rp"))
    assert pairs(parts["REPO_ACCEPTED"]) == [(date(2026, 9, 10), 0.01)]
    # Nothing accepted is a figure: nobody asked.
    assert pairs(parts["REVERSE_REPO_ACCEPTED"]) == [
        (date(2026, 9, 10), 24.867),
        (date(2026, 9, 11), 0.0),
    ]
    open_yet = json.dumps({"repo": {"operations": [rows[0], operation(3, "Repo", None)]}}).encode()
    (part,) = nyfed.parse_operations([open_yet], "rp")
    assert np.isnan(part.values).all()
    for change, message in (
        (operation(1, "Swap", 1), "source.word"),
        (operation(1, "Repo", 5), "source.duplicate"),
        ({"operationType": "Repo"}, "source.column"),
    ):
        spoilt = json.dumps({"repo": {"operations": [*rows, change]}}).encode()
        refused(message, nyfed.parse_operations, [spoilt], "rp")


# --- packed files ------------------------------------------------------------------------------


def test_an_archive_with_one_fitting_file() -> None:
    assert only_member(packed({"a.CSV": b"x", "readme.txt": b"y"}), "z", ".csv") == b"x"
    for members in ({}, {"a.csv": b"", "b.csv": b""}):
        refused("source.archive", only_member, packed(members), "z", ".csv")
    whole = packed({"a.csv": b"0123456789" * 50})
    for body in (b"", b"PK", whole[:40], whole[:60] + b"\xff" * 9 + whole[69:]):
        refused("source.broken", only_member, body, "z", ".csv")


def test_an_archive_that_unfolds_without_end(monkeypatch) -> None:
    monkeypatch.setattr("debtcycle.sources._zip.MAX_UNPACKED_BYTES", 1000)
    bomb = packed({"a.csv": b"0" * 1001})
    refused("source.too_large", only_member, bomb, "z", ".csv")
    # The stated size may lie, in both places where it stands.
    lying = bomb.replace((1001).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != bomb
    with pytest.raises(SourceError) as caught:
        only_member(lying, "z", ".csv")
    assert caught.value.message_id in {"source.broken", "source.too_large"}
