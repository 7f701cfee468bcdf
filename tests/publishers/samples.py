"""One small, whole body for every layout that is read, and how it is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from debtcycle.sources import (
    aaii,
    alfred,
    announcements,
    auctions,
    bis,
    cboe,
    cftc,
    dfa,
    finra,
    fiscaldata,
    fred,
    fred_api,
    fredmd,
    naaim,
    nyfed,
    ofr,
    omb,
    quotes,
    refunding,
    shiller,
    termpremium,
    tic,
    z1,
)
from debtcycle.sources._zip import only_member
from debtcycle.sources.parsed import Parsed
from publishers.containers import Cell, packed, xls, xlsx
from publishers.world import answer

TODAY = date(2026, 9, 15)

Rows = Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Sample:
    """A body, its kind (how it can be spoilt) and its reader."""

    name: str
    kind: str  # "csv", "json", "rows" (a workbook's) or "zip"
    body: bytes
    read: Callable[[bytes], tuple[object, ...]]
    rows: Rows = ()
    write: Callable[[Rows], bytes] = xlsx


def _trimmed(body: bytes, path: Sequence[str], keep: int) -> bytes:
    """A JSON answer with its first records only, its counts in order."""
    found = json.loads(body)
    inner = found
    for field in path[:-1]:
        inner = inner[field]
    inner[path[-1]] = inner[path[-1]][:keep]
    if "meta" in found:
        found["meta"] |= {"total-count": keep, "total-pages": 1, "count": keep}
    if "count" in found:
        found["count"] = len(inner[path[-1]])
    return json.dumps(found).encode()


def _asked(publisher: str, path: str, **params: str) -> bytes:
    status, _, body = answer(publisher, path, params, state=1)
    assert status == 200, (publisher, path, body[:200])
    return body


def _treasury(name: str, path: str, parse: object, keep: int) -> Sample:
    def read(body: bytes) -> tuple[Parsed, ...]:
        return parse(fiscaldata.read_page(body, name).rows, name)  # type: ignore[operator]

    params = {"page[size]": "10000", "page[number]": "1"}
    _, _, body = answer("fiscaldata", path, params, state=1)
    return Sample(name, "json", _trimmed(body, ("data",), keep), read)


def _text(name: str, text: str, parse: Callable[[bytes, str], tuple[object, ...]]) -> Sample:
    file = f"{name}.csv"
    return Sample(name, "csv", text.encode(), lambda body: parse(body, file))


def _service() -> tuple[Sample, Sample, Sample]:
    key = {"series_id": "GDP", "api_key": "0123456789abcdef0123456789abcdef"}
    wide = {"realtime_start": "2026-01-01", "realtime_end": "9999-12-31"}
    path = "/fred/series/observations"
    state = _trimmed(_asked("fred_api", path, **key), ("observations",), 12)
    all_states = _asked("fred_api", path, **key, **wide, observation_start="2025-01-01")
    dates = _asked("fred_api", "/fred/series/vintagedates", **key, **wide)

    def latest(body: bytes) -> tuple[Parsed, ...]:
        return (alfred.parse_state("GDP", [alfred.parse_observations(body, "GDP")], "GDP"),)

    known, _ = alfred.parse_vintage_dates(dates, "GDP")

    def vintages(body: bytes) -> tuple[Parsed, ...]:
        chunk = alfred.chunk_of([alfred.parse_observations(body, "GDP")], "GDP")
        part = alfred.stitch("GDP", [chunk], (chunk.first, *known), "GDP")
        return () if part is None else (part,)

    return (
        Sample("fred_api state", "json", state, latest),
        Sample("fred_api vintages", "json", all_states, vintages),
        Sample("fred_api dates", "json", dates, lambda b: alfred.parse_vintage_dates(b, "GDP")[0]),
    )


def _new_york() -> list[Sample]:
    summary = _trimmed(_asked("nyfed", "/api/soma/summary.json"), ("soma", "summary"), 6)
    sofr = _asked(
        "nyfed", "/api/rates/secured/sofr/search.json", startDate="2026-08-20", endDate="2026-09-10"
    )
    operations = _asked(
        "nyfed", "/api/rp/results/search.json", startDate="2026-08-05", endDate="2026-08-18"
    )
    holdings = _asked("nyfed", "/api/soma/tsy/get/asof/2026-08-26.json")
    dates = _trimmed(_asked("nyfed", "/api/soma/asofdates/list.json"), ("soma", "asOfDates"), 9)
    monthly = b"\n".join(_asked("nyfed", "/api/soma/tsy/get/monthly.csv").splitlines()[:25]) + b"\n"

    def maturities(parse: Callable[[bytes, str], object]) -> Callable[[bytes], tuple[object, ...]]:
        return lambda body: nyfed.sum_maturities(parse(body, "m"), "m", today=TODAY)  # type: ignore[arg-type]

    return [
        Sample("soma", "json", summary, lambda body: nyfed.parse_summary(body, "soma")),
        Sample("sofr", "json", sofr, lambda body: nyfed.parse_sofr(body, "sofr")),
        Sample("operations", "json", operations, lambda b: nyfed.parse_operations([b], "rp")),
        Sample("holdings", "json", holdings, maturities(nyfed.parse_holdings)),
        Sample("as of dates", "json", dates, lambda body: nyfed.parse_dates(body, "dates")),
        Sample("monthly holdings", "csv", monthly, maturities(nyfed.parse_monthly)),
    ]


def _workbooks() -> list[Sample]:
    margin: Rows = [
        (
            "Year-Month",
            "Debit Balances in Customers' Securities Margin Accounts",
            "Free Credit Balances in Customers' Cash Accounts",
            "Free Credit Balances in Customers' Securities Margin Accounts",
        ),
        *((f"2026-{month:02d}", 900000.5 + month, 2e5, 1.5e5) for month in range(8, 0, -1)),
    ]
    stock: Rows = [
        ("Stock Market Data",),
        ("Date", "P", "D", "E", "CPI", "Rate GS10", "CAPE"),
        *((1871 + m / 100, 4.4 + m, 0.26, 0.4, 12.5, 5.3, 11.0 + m) for m in range(1, 13)),
    ]
    budget: Rows = [
        ("Table 1.1 - SUMMARY",),
        ("(in millions of dollars)",),
        ("Year", "Total", None, None, "On-Budget"),
        (None, "Receipts", "Outlays", "Surplus or Deficit (-)", "Receipts"),
        *((str(year), 5.5 + year, 7.5 + year, -2.0, 5.0) for year in range(1975, 1985)),
    ]
    mood: Rows = [
        ("Date", "Bullish", "Neutral", "Bearish", "Total", "Mov Avg", "Spread"),
        *((31982.0 + 7 * week, 0.36, 0.5, 0.14, 1.0, "", 0.22) for week in range(8)),
    ]

    def sheet(name: str) -> Callable[[Rows], bytes]:
        return lambda rows: xls({name: rows})

    return [
        Sample("finra", "rows", xlsx(margin), lambda b: finra.parse(b, "margin.xlsx"), margin),
        Sample("omb", "rows", xlsx(budget), lambda body: omb.parse(body, "omb.xlsx"), budget),
        Sample(
            "shiller",
            "rows",
            xls({"Data": stock}),
            lambda body: shiller.parse(body, "ie_data.xls"),
            stock,
            sheet("Data"),
        ),
        Sample(
            "aaii workbook",
            "rows",
            xls({aaii.SHEET: mood}),
            lambda body: aaii.parse_workbook(body, "sentiment.xls"),
            mood,
            sheet(aaii.SHEET),
        ),
    ]


def _quarters(years: range) -> list[str]:
    return [f"{year}-Q{quarter}" for year in years for quarter in range(1, 5)]


_BIS = (
    "FREQ,Borrower,Series,"
    + ",".join(_quarters(range(2020, 2023)))
    + "\n"
    + "".join(
        f"Q,{c},Q:{c}:P:A:C," + ",".join(str(at + 0.5) for at in range(12)) + "\n"
        for c in ("US", "JP")
    )
)


def _lines(head: str, *rows: str) -> str:
    return "\n".join((head, *rows)) + "\n"


def _texts() -> list[Sample]:
    days = [f"2026-08-{day:02d}" for day in (3, 4, 5, 6, 7, 10, 11)]
    mondays = [f"2026-{month:02d}-06" for month in range(1, 9)]
    months = [f"2026-{month:02d}-01" for month in range(1, 9)]
    md = ["sasdate,UNRATE,PAYEMS", "Transform:,2,5"]
    md += [f"{month}/1/2026,{4.1 + month / 10},{150000 + month}" for month in range(1, 8)]
    z1_head = (
        "date,fed_tsy_tx,bank_depository_tsy_tx,credit_unions_total_tsy_tx_direct,row_tsy_tx,"
        "minus_treasury_operating_cash_tx,fed_remit_positive"
    )
    z1_rows = [f"{year}-03-31,1.5,2.5,3.5,4.5,5.5,6.5" for year in range(2015, 2025)]
    dfa_head = "Date,Category,Net worth,Corporate equities and mutual fund shares"
    groups = ("TopPt1", "RemainingTop1", "Next9", "Next40", "Bottom50")
    dfa_rows = [f"20{y}:Q1,{group},{y + 1.5},{y + 2.5}" for y in range(20, 24) for group in groups]
    step = "date,programme,instrument,pace_usd_bn_per_month,total_usd_bn,direction,source"
    steps = [f"20{y}-11-25,QE{y},MBS,40.5,500.5,buy,http://x,yes,,a" for y in (12, 13, 14)]
    return [
        _text("GDP", _lines("observation_date,GDP", *(f"{m},{7.5}" for m in months)), fred.parse),
        _text("2026-08-md", _lines(*md), fredmd.parse),
        _text(
            "changes",
            _lines(
                "series,date,vintage,value",
                *(
                    f"UNRATE,{m},2026-0{at}_x".replace("_x", "") + f",{at}.5"
                    for at, m in enumerate(months[:6], start=2)
                ),
            ),
            fredmd.parse_changes,
        ),
        _text("bis", _BIS, bis.parse),
        _text("z1", _lines(z1_head, *z1_rows), z1.parse),
        _text(
            "auctions",
            _lines(
                "auction_date,security_type,bid_to_cover_ratio", *(f"{d},Bill,2.5" for d in days)
            ),
            auctions.parse,
        ),
        _text(
            "announced",
            _lines("SecurityType,AuctionDate,OfferingAmount", *(f"BILL,{d},28.5" for d in days)),
            auctions.parse_announced,
        ),
        _text(
            "qra",
            _lines(
                "quarter,financing_need_bn,net_bills_bn,bill_share",
                *(f"20{y}Q1,500.5,100.5,0.2" for y in range(12, 20)),
            ),
            refunding.parse,
        ),
        _text("tic", _lines("date,country,value", *(f"{m},B,1.5" for m in months)), tic.parse),
        _text(
            "overlay",
            _lines("date,ati_baseline_bn,DGS10,THREEFYTP10", *(f"{m},1.5,840,150" for m in months)),
            termpremium.parse,
        ),
        _text(
            "ofr",
            _lines("Date,OFR FSI,Credit,Equity valuation", *(f"{d},2.1,0.5,-0.1" for d in days)),
            ofr.parse,
        ),
        _text(
            "vix",
            _lines("DATE,OPEN,HIGH,LOW,CLOSE", *(f"{d},1,2,3,17.2" for d in days)),
            cboe.parse,
        ),
        _text(
            "aaii",
            _lines(
                "Date,Bullish,Neutral,Bearish,Bull_Bear_Spread",
                *(f"{d},0.36,0.5,0.14,0.22" for d in mondays),
            ),
            aaii.parse,
        ),
        _text("naaim", _lines("Date,NAAIM_Number", *(f"{d},19.4" for d in mondays)), naaim.parse),
        _text(
            "cot",
            _lines("Market,Date,Net_Spec_Position", *(f"Gold,{d},5" for d in mondays)),
            cftc.parse,
        ),
        _text("dfa", _lines(dfa_head, *dfa_rows), dfa.parse),
        _text(
            "etf_spy",
            _lines("Date,Open,High,Low,Close,Volume", *(f"{d},1,2,3,24.5,9" for d in days)),
            quotes.parse,
        ),
        _text(
            "shiller_copy",
            _lines(
                "Date,SP500,Dividend,Earnings,Consumer Price Index,Long Interest Rate,PE10",
                *(f"{m},7450.5,70.5,250.5,330.5,4.5,38.5" for m in months),
            ),
            shiller.parse_copy,
        ),
        _text(
            "announcements",
            _lines(f"{step},confirmed,effective_from,note", *steps),
            announcements.parse_announcements,
        ),
    ]


def _results() -> Sample:
    entry = {"security_type": "Bill", "offering_amt": 100.5, "total_accepted": 107.5}
    rows = [
        {"auction_date": f"2026-08-{at:02d}", **entry, "total_tendered": 307.5}
        for at in range(3, 9)
    ]
    body = {"updated": "2026-08-21T21:00:35+00:00", "results": rows}
    return Sample(
        "auction results",
        "json",
        json.dumps(body).encode(),
        lambda data: auctions.parse_json(data, "results.json"),
    )


def _window() -> Sample:
    pairs = [[f"2026-0{month}-01", month + 0.5] for month in range(1, 9)]
    body: Mapping[str, object] = {"fetched_at": "2026-09-10T10:00:00Z", "series": {"GDP": pairs}}
    return Sample(
        "fred window", "json", json.dumps(body).encode(), lambda d: fred_api.parse(d, "window.json")
    )


def _packed() -> Sample:
    return Sample(
        "bis packed",
        "zip",
        packed({"WS_CREDIT_GAP_csv_col.csv": _BIS.encode()}),
        lambda body: bis.parse(only_member(body, "WS_CREDIT_GAP", ".csv"), "WS_CREDIT_GAP"),
    )


def all_samples() -> dict[str, Sample]:
    """Every layout by name."""
    found = [
        *_texts(),
        *_service(),
        *_new_york(),
        *_workbooks(),
        _results(),
        _window(),
        _packed(),
        _treasury("debt", "/v2/accounting/od/debt_to_penny", fiscaldata.parse_debt, 8),
        _treasury("mspd", "/v1/debt/mspd/mspd_table_1", fiscaldata.parse_mspd, 14),
        _treasury(
            "auctions_query", "/v1/accounting/od/auctions_query", fiscaldata.parse_auctions, 14
        ),
        _treasury("statement", "/v1/accounting/mts/mts_table_1", fiscaldata.parse_statement, 20),
    ]
    return {sample.name: sample for sample in found}
