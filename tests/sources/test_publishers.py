"""Small hand-made samples of each publisher's layout, and the refusals of each."""

import io
import json
import math
from datetime import date

import numpy as np
import pytest

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources import (
    aaii,
    auctions,
    bis,
    cboe,
    cftc,
    dfa,
    finra,
    naaim,
    ofr,
    omb,
    quotes,
    refunding,
    shiller,
    termpremium,
    tic,
    z1,
)

NAN = math.nan


def by_key(parts):
    return {part.key: part for part in parts}


def pairs(part):
    return list(zip(part.periods.tolist(), part.values.tolist(), strict=True))


def workbook(rows):
    openpyxl = pytest.importorskip(
        "openpyxl", reason="an optional extra, openpyxl, is not installed"
    )
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refused(message, parse, data, name="x.csv", kind=SourceError):
    with pytest.raises(kind) as caught:
        parse(data, name)
    assert caught.value.message_id == message
    return caught.value.params


# --- Shiller -----------------------------------------------------------------------------------

TITLES = ["Date", "P", "D", "E", "CPI", "Fraction", "Rate GS10", "CAPE"]


def test_the_tenth_month_of_the_workbook_is_october():
    rows = [
        ["", "", "", "", "", "", "", ""],
        TITLES,
        [1871.01, 4.44, 0.26, 0.4, 12.46, 1871.04, 5.32, "NA"],
        [1871.1, 4.59, 0.26, 0.4, 12.3, 1871.8, 5.3, 11.0],
        [1871.12, 4.74, "", "", 12.9, 1871.9, 5.3, 11.5],
        ["", "a note", "", "", "", "", "", ""],
    ]
    parts = by_key(shiller.parse_rows(rows, "ie.xls"))
    assert list(parts) == [
        "SHILLER_PRICE",
        "SHILLER_DIVIDEND",
        "SHILLER_EARNINGS",
        "SHILLER_CPI",
        "SHILLER_LONG_RATE",
        "SHILLER_CAPE",
    ]
    assert parts["SHILLER_PRICE"].periods.tolist() == [
        date(1871, 1, 1),
        date(1871, 10, 1),
        date(1871, 12, 1),
    ]
    np.testing.assert_array_equal(parts["SHILLER_EARNINGS"].values, [0.4, 0.4, NAN])
    np.testing.assert_array_equal(parts["SHILLER_CAPE"].values, [NAN, 11.0, 11.5])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([TITLES], "source.empty"),
        ([], "source.column"),
        ([TITLES[:-1]], "source.column"),
        ([TITLES, [1871.13, 1, 1, 1, 1, 1, 1, 1]], "source.date"),
        ([TITLES, [1871.015, 1, 1, 1, 1, 1, 1, 1]], "source.date"),
        ([TITLES, ["June", 1, 1, 1, 1, 1, 1, 1]], "source.date"),
        ([TITLES, [1871.01, "x", 1, 1, 1, 1, 1, 1]], "source.row"),
    ],
)
def test_a_changed_workbook_of_shiller_is_refused(rows, message):
    refused(message, shiller.parse_rows, rows)


def test_a_zero_in_the_copy_of_shiller_is_no_figure():
    header = b"Date,SP500,Dividend,Earnings,Consumer Price Index,Long Interest Rate,PE10\n"
    parts = by_key(shiller.parse_copy(header + b"2026-06-01,7450,0.0,0.0,0.0,0.0,0.0\n", "x"))
    assert pairs(parts["SHILLER_PRICE"]) == [(date(2026, 6, 1), 7450.0)]
    assert all(np.isnan(parts[key].values[0]) for key in parts if key != "SHILLER_PRICE")


# --- BIS, FINRA, Z.1 ---------------------------------------------------------------------------

BIS = "FREQ,Borrower,Series,1947-Q4,1948-Q1,1948-Q2,1948-Q3\n"


def test_blanks_around_a_bis_series_belong_to_the_table():
    text = BIS + "Q,US,Q:US:P:A:C,,1,,2\nQ,JP,Q:JP:P:A:C,,,,\n"
    (part,) = bis.parse(text.encode(), "x")
    assert part.key == "BIS:Q:US:P:A:C"
    assert part.periods.tolist() == [date(1948, 1, 1), date(1948, 4, 1), date(1948, 7, 1)]
    np.testing.assert_array_equal(part.values, [1, NAN, 2])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BIS + "Q,US,A,1,1,1,1\nQ,US,A,1,1,1,1\n", "source.duplicate"),
        (BIS + "Q,US,,1,1,1,1\n", "source.duplicate"),
        (BIS + "Q,US,A,1,x,1,1\n", "source.row"),
        (BIS + "Q,US,A,,,,\n", "source.empty"),
        ("FREQ,Series,1947\nQ,A,1\n", "source.column"),
        ("FREQ,Series\nQ,A\n", "source.column"),
        ("FREQ,A\nQ,A\n", "source.column"),
    ],
)
def test_a_changed_bis_file_is_refused(text, message):
    refused(message, bis.parse, text.encode())


MARGIN = [
    "Year-Month",
    "Debit Balances in Customers' Securities Margin Accounts",
    "Free Credit Balances in Customers' Cash Accounts",
    "Free Credit Balances in Customers' Securities Margin Accounts",
]


def test_the_newest_month_of_finra_comes_last_here():
    rows = [MARGIN, ["2026-05", 14, 2, 3], [date(2026, 4, 1), 13, 2], [None], ["1997-01", 1, 2]]
    parts = by_key(finra.parse(workbook(rows), "margin.xlsx"))
    assert pairs(parts["MARGIN_DEBT"]) == [
        (date(1997, 1, 1), 1.0),
        (date(2026, 4, 1), 13.0),
        (date(2026, 5, 1), 14.0),
    ]
    np.testing.assert_array_equal(parts["MARGIN_FREE_CREDIT_MARGIN"].values, [NAN, NAN, 3])
    text = "\n".join(",".join(str(c) for c in row) for row in [MARGIN, ["2026-05", 14, 2, 3]])
    assert by_key(finra.parse(text.encode(), "x"))["MARGIN_DEBT"].values.tolist() == [14.0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([MARGIN[:3], ["2026-05", 1, 2]], "source.column"),
        ([MARGIN, ["2026-13", 1, 2, 3]], "source.date"),
        ([MARGIN, ["2026-05", "x", 2, 3]], "source.row"),
        ([MARGIN, ["2026-05", 1, 2, 3], ["2026-05", 2, 2, 3]], "source.duplicate"),
        ([MARGIN], "source.empty"),
    ],
)
def test_a_changed_finra_table_is_refused(rows, message):
    refused(message, finra.parse, workbook(rows))


def test_flows_are_dated_by_the_first_day_of_their_quarter():
    head = (
        b"date,fed_tsy_tx,bank_depository_tsy_tx,credit_unions_total_tsy_tx_direct,row_tsy_tx,"
        b"minus_treasury_operating_cash_tx,fed_remit_positive,nominal_gdp_saar_bil\n"
    )
    parts = by_key(z1.parse(head + b"1947-03-31,,1,2,3,4,5,6\n2025-12-31,7,1,2,8,4,5,6\n", "x"))
    np.testing.assert_array_equal(parts["Z1_TSY_FED"].values, [NAN, 7])
    assert parts["Z1_TSY_ROW"].periods.tolist() == [date(1947, 1, 1), date(2025, 10, 1)]
    gone = head.replace(b"row_tsy_tx", b"world") + b"1947-03-31,,1,2,3,4,5,6\n"
    assert refused("source.column", z1.parse, gone, kind=SchemaChanged)["column"] == "row_tsy_tx"


# --- OMB ---------------------------------------------------------------------------------------

SUMMARY = [
    ["Table 1.1 - SUMMARY"],
    ["(in millions of dollars)"],
    ["Year", "Total", None, None, "On-Budget"],
    [None, "Receipts", "Outlays", "Surplus or Deficit (-)", "Receipts"],
]
BY_YEAR = [
    ["Table 3.1 - OUTLAYS"],
    ["Superfunction and Function", "1975", "1976", "TQ", "1977", "2026 estimate"],
    ["In millions of dollars:"],
    ["Net interest", 1, "..........", 3, 4, 5],
    ["Net interest", 10, 20, 30, 40, 50],
]


def test_the_summary_leaves_out_spans_the_odd_quarter_and_estimates():
    rows = [
        *SUMMARY,
        ["1789-1849", 1, 2, -1, 1],
        ["1976", 5, 7, -2, 5],
        ["TQ", 1, 2, -1, 1],
        ["1977", 6, 9, -3, 6],
        ["2026 estimate", 7, 9, -2, 7],
        ["* $500 thousand or less."],
    ]
    parts = by_key(omb.parse(workbook(rows), "x"))
    assert pairs(parts["OMB_DEFICIT"]) == [(date(1976, 6, 30), -2.0), (date(1977, 9, 30), -3.0)]
    assert set(parts) == {"OMB_DEFICIT", "OMB_RECEIPTS", "OMB_OUTLAYS"}


def test_interest_is_the_line_in_millions_without_estimates():
    (part,) = omb.parse(workbook(BY_YEAR), "x")
    assert part.key == "OMB_NET_INTEREST"
    np.testing.assert_array_equal(part.values, [1, NAN, 4])
    assert part.periods.tolist() == [date(1975, 6, 30), date(1976, 6, 30), date(1977, 9, 30)]


def test_footnote_marks_do_not_hide_a_line():
    lines = [
        "Total outlays",
        "National defense (1) ",
        "Payments for individuals",
        "All other grants",
        "Net interest (2) ",
        "All other (2)",
        "Undistributed offsetting receipts (2) ",
    ]
    rows = [["Table 6.1 - COMPOSITION"], ["Category", "2025"], ["In millions of current dollars:"]]
    rows += [[line, at] for at, line in enumerate(lines)]
    parts = by_key(omb.parse(workbook(rows), "x"))
    assert parts["OMB_OUTLAYS_DEFENSE"].values.tolist() == [1]
    assert len(parts) == len(lines)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["Table 9.9 - X"]], "source.column"),
        (SUMMARY, "source.empty"),
        ([*SUMMARY[:3], [None, "Outlays", "Receipts", "x"]], "source.column"),
        ([*SUMMARY, ["soon", 1, 2, 3]], "source.date"),
        ([*SUMMARY, ["1977", "x", 2, 3]], "source.row"),
        (BY_YEAR[:1], "source.empty"),
        (BY_YEAR[:3], "source.column"),
        ([BY_YEAR[0], ["Category", "2026 estimate"], *BY_YEAR[2:]], "source.empty"),
        ([*BY_YEAR[:2], ["As percentages of GDP:"], *BY_YEAR[3:]], "source.column"),
    ],
)
def test_a_changed_budget_table_is_refused(rows, message):
    refused(message, omb.parse, workbook(rows))


# --- Treasury ----------------------------------------------------------------------------------


def test_covers_of_one_day_are_averaged_and_indexed_issues_left_out():
    text = (
        "auction_date,security_type,bid_to_cover_ratio,is_tips\n2022-01-03,Bill,2,False\n"
        "2022-01-03,Bill,3,False\n2022-01-04,Bill,,False\n2022-01-04,Note,2.5,True\n"
        "2022-01-05,Note,2.4,False\n2022-01-06,Bond,2.2,False\n"
    )
    parts = by_key(auctions.parse(text.encode(), "x"))
    np.testing.assert_array_equal(parts["BID_TO_COVER_BILLS"].values, [2.5, NAN])
    assert pairs(parts["BID_TO_COVER_NOTES"]) == [(date(2022, 1, 5), 2.4)]
    assert pairs(parts["BID_TO_COVER_BONDS"]) == [(date(2022, 1, 6), 2.2)]
    lost = text.replace("Bond", "Swap").encode()
    assert refused("source.word", auctions.parse, lost)["row"] == 7
    plain = b"auction_date,security_type,bid_to_cover_ratio\n2022-01-03,Bill,2\n"
    assert len(auctions.parse(plain, "x")) == 1
    only = b"auction_date,security_type,bid_to_cover_ratio,is_tips\n2022-01-03,Note,2,True\n"
    refused("source.empty", auctions.parse, only)


def result(**change):
    return {
        "auction_date": "2026-08-20",
        "security_type": "Bill",
        "offering_amt": 100.0,
        "total_accepted": 107.0,
        "total_tendered": 307.0,
        **change,
    }


def test_what_the_central_bank_takes_on_top_does_not_count_as_a_bid():
    body = {"updated": "2026-08-21T21:00:35+00:00", "results": [result()]}
    (part,) = auctions.parse_json(json.dumps(body).encode(), "x")
    assert pairs(part) == [(date(2026, 8, 20), 3.0)]
    assert part.retrieved == date(2026, 8, 21)
    body["results"] = [result(offering_amt=None), result(is_tips=True, security_type="Note")]
    (part,) = auctions.parse_json(json.dumps(body).encode(), "x")
    assert np.isnan(part.values).all()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"results": []}, "source.column"),
        ({"results": [result(auction_date="x")]}, "source.date"),
        ({"results": [result(offering_amt="x")]}, "source.row"),
        ({"results": [result(security_type="Swap")]}, "source.word"),
    ],
)
def test_changed_results_are_refused(body, message):
    refused(message, auctions.parse_json, json.dumps(body).encode())


def test_broken_results_and_sums_of_offerings():
    refused("source.json", auctions.parse_json, b"{")
    text = (
        "SecurityType,AuctionDate,OfferingAmount\nBILL,2014-01-06,28.0\nBILL,2014-01-06,26\n"
        "NOTE,2014-01-07,30\nBOND,2014-01-07,13\n"
    )
    parts = by_key(auctions.parse_announced(text.encode(), "x"))
    assert pairs(parts["OFFERED_BILLS"]) == [(date(2014, 1, 6), 54.0)]
    assert pairs(parts["OFFERED_COUPONS"]) == [(date(2014, 1, 7), 43.0)]


def test_refunding_in_both_tables():
    first = b"quarter,financing_need_bn,net_bills_bn,bill_share\n2009Q1,500,100,0.2\n"
    parts = by_key(refunding.parse(first, "x"))
    assert pairs(parts["QRA_BILL_SHARE"]) == [(date(2009, 1, 1), 0.2)]
    second = b"quarter,total_financing_need_bn,net_bill_issuance_bn\n2009Q2,500,100\n"
    assert pairs(by_key(refunding.parse(second, "x"))["QRA_NET_BILLS"]) == [
        (date(2009, 4, 1), 100.0)
    ]
    refused("source.column", refunding.parse, b"quarter,a\n2009Q1,1\n")
    refused("source.date", refunding.parse, first.replace(b"2009Q1", b"2009Q5"))


def test_holders_by_country():
    text = b"date,country,value\n2000-03-01,B,1\n2000-03-01,A,2\n2000-04-01,B,\n"
    first, second = tic.parse(text, "x")
    assert (first.key, second.key) == ("TIC:A", "TIC:B")
    np.testing.assert_array_equal(second.values, [1, NAN])


def test_a_term_premium_in_basis_points_becomes_percent():
    head = b"date,ati_baseline_bn,DGS10,THREEFYTP10\n"
    (part,) = termpremium.parse(head + b"1954-07-31,,,\n1990-01-31,,840,150\n1990-02-28,,,\n", "x")
    assert part.periods.tolist() == [date(1990, 1, 1), date(1990, 2, 1)]
    np.testing.assert_array_equal(part.values, [1.5, NAN])
    (nothing,) = termpremium.parse(head + b"1954-07-31,,,\n", "x")
    assert nothing.values.size == 0


# --- Markets and surveys -----------------------------------------------------------------------


def test_stress_volatility_and_prices():
    text = b"Date,OFR FSI,Credit,Equity valuation\n2000-01-03,2.1,0.5,-0.1\n"
    assert [part.key for part in ofr.parse(text, "x")] == [
        "OFR_FSI",
        "OFR_FSI_CREDIT",
        "OFR_FSI_EQUITY_VALUATION",
    ]
    refused("source.column", ofr.parse, b"Date,Index\n2000-01-03,1\n")
    (vix,) = cboe.parse(b"DATE,OPEN,HIGH,LOW,CLOSE\n01/02/1990,1,2,3,17.24\n", "x")
    assert (vix.key, pairs(vix)) == ("VIX", [(date(1990, 1, 2), 17.24)])
    ratios = cboe.parse(b"date,total_pc,index_pc,etp_pc,equity_pc,vix\n2006-11-01,1,2,3,4,5\n", "x")
    assert ratios[0].key == "PUT_CALL"
    prices = b"Date,Open,High,Low,Close,Volume\n1993-01-29,1,2,3,24.5,9\n"
    (part,) = quotes.parse(prices, "etf_spy.csv")
    assert (part.key, pairs(part)) == ("SPY", [(date(1993, 1, 29), 24.5)])
    refused("source.series_id", quotes.parse, prices, "my-fund 1.csv")


def test_surveys():
    head = b"Date,Bullish,Neutral,Bearish,Bull_Bear_Spread\n"
    parts = by_key(aaii.parse(head + b"1987-07-24,0.36,0.5,0.14,0.22\n", "x"))
    assert parts["AAII_BULL_BEAR"].values.tolist() == [0.22]
    twice = b"Date,NAAIM_Number\n2006-07-05,19.44\n2006-07-05,19.444444\n2006-07-12,31\n"
    (part,) = naaim.parse(twice, "x")
    assert pairs(part) == [(date(2006, 7, 5), 19.44), (date(2006, 7, 12), 31.0)]
    refused("source.duplicate", naaim.parse, twice.replace(b"19.444444", b"19.5"))
    positions = b"Market,Date,Net_Spec_Position\nGold,2000-01-04,5\nBonds,2000-01-04,-7\n"
    assert [part.key for part in cftc.parse(positions, "x")] == ["CFTC:Bonds", "CFTC:Gold"]


def test_the_survey_in_its_workbook():
    rows = [
        ["Date", "Bullish", "Neutral", "Bearish", "Total", "Mov Avg", "Spread"],
        ["", "", "", "", "", "", ""],
        [31982.0, 0.36, 0.5, 0.14, 1.0, "", 0.22],
        ["Count", 52.0, "", "", "", "", ""],
    ]
    parts = by_key(aaii.parse_rows(rows, "x"))
    assert pairs(parts["AAII_BULL_BEAR"]) == [(date(1987, 7, 24), 0.22)]
    refused("source.empty", aaii.parse_rows, rows[:2])
    refused("source.column", aaii.parse_rows, [])
    refused("source.column", aaii.parse_rows, [["Date", "Bearish"]])


LEVELS = "Date,Category,Net worth\n" + "".join(
    f"1989:Q3,{group},{level}\n"
    for group, level in zip(
        ("TopPt1", "RemainingTop1", "Next9", "Next40", "Bottom50"), (10, 20, 40, 25, 5), strict=True
    )
)


def test_shares_of_net_worth():
    parts = by_key(dfa.parse(LEVELS.encode(), "x"))
    assert pairs(parts["WFRBST01134"]) == [(date(1989, 7, 1), 30.0)]
    assert pairs(parts["WFRBSB50215"]) == [(date(1989, 7, 1), 5.0)]
    refused("source.word", dfa.parse, LEVELS.replace("Next9", "Next8").encode())
    refused("source.word", dfa.parse, (LEVELS + "1989:Q3,Next9,1\n").encode())
    refused("source.column", dfa.parse, (LEVELS + "1989:Q4,Next9,1\n").encode())
