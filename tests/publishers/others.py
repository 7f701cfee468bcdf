"""The made-up Treasury, New York Fed, BIS, FINRA and Shiller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta

from debtcycle.catalogue import load_catalogue
from publishers.containers import packed, xls, xlsx
from publishers.figures import (
    LAST_NEWS,
    TODAY,
    Made,
    business_days,
    month_ends,
    share,
)

Answer = tuple[int, str, bytes]
_NOT_FOUND = (404, "text/html", b"<!DOCTYPE html><html><body>404</body></html>")
_NAMES = [f"{date(2000, month, 1):%B}" for month in range(1, 13)]


def _json(body: object, status: int = 200) -> Answer:
    return status, "application/json", json.dumps(body).encode()


def _made(series: str) -> Made:
    return Made(load_catalogue()[series], series)


def _value(series: str, on: date, *, first: bool = False) -> float:
    found = _made(series).figure(on, first=first)
    return 1.0 if found is None else found


# --- Treasury ----------------------------------------------------------------------------------


def _debt(news: date) -> list[dict[str, str]]:
    rows = []
    for on in business_days(date(2025, 1, 2), news - timedelta(days=1)):
        held, intra = (_value(f"DEBT_{part}", on) * 1e6 for part in ("HELD_PUBLIC", "INTRAGOV"))
        rows.append(
            {
                "record_date": str(on),
                "tot_pub_debt_out_amt": f"{held + intra:.2f}",
                "debt_held_public_amt": f"{held:.2f}",
                "intragov_hold_amt": f"{intra:.2f}",
                "src_line_nbr": "1",
            }
        )
    return rows


_CLASSES = {
    "Bills": "BILLS",
    "Notes": "NOTES",
    "Bonds": "BONDS",
    "Treasury Inflation-Protected Securities": "TIPS",
    "Floating Rate Notes": "FRN",
}


def _mspd(news: date) -> list[dict[str, str]]:
    rows = []
    for end in month_ends(date(2005, 1, 1), news - timedelta(days=8)):
        latest = end > news - timedelta(days=39)
        amounts = {}
        for label, kind in _CLASSES.items():
            if kind != "FRN" or end.year >= 2014:
                first = latest and kind == "BILLS"
                amounts[label] = _value(f"MSPD_{kind}", end.replace(day=1), first=first)
        entries = [("Marketable", label, amount) for label, amount in amounts.items()]
        entries.append(("Marketable", "Federal Financing Bank", 0.0))
        entries.append(("Total Marketable", "_", sum(amounts.values())))
        entries.append(("Nonmarketable", "Government Account Series", 123456.7))
        rows += [
            {
                "record_date": str(end),
                "security_type_desc": kind,
                "security_class_desc": label,
                "debt_held_public_mil_amt": f"{amount:.4f}",
                "intragov_hold_mil_amt": "null",
            }
            for kind, label, amount in entries
        ]
    return rows


def _auctions(news: date) -> list[dict[str, str]]:
    rows = []
    for on in business_days(date(2025, 1, 2), news + timedelta(days=6)):
        offered = [("Bill", "13-Week", "No", "No"), ("Bill", "26-Week", "No", "No")]
        if on.weekday() == 1:
            offered += [("Note", "10-Year", "No", "No"), ("Note", "2-Year", "No", "Yes")]
        if on.weekday() == 3:
            offered += [("Bond", "30-Year", "No", "No"), ("Note", "5-Year", "Yes", "No")]
        for at, (kind, term, indexed, floating) in enumerate(offered):
            ratio = 2.2 + share("cover", on, at)
            rows.append(
                {
                    "record_date": str(on),
                    "cusip": f"{at}{on:%y%m%d}",
                    "security_type": kind,
                    "security_term": term,
                    "auction_date": str(on),
                    "bid_to_cover_ratio": f"{ratio:.2f}" if on <= news else "null",
                    "inflation_index_security": indexed,
                    "floating_rate": floating,
                }
            )
    return rows


def _statement(news: date) -> list[dict[str, str]]:
    rows = []
    for end in month_ends(date(2023, 10, 1), news - timedelta(days=14)):
        this_year = end.year + (end.month >= 10)
        for block, year in enumerate((this_year - 1, this_year), start=1):
            head = {"record_date": str(end), "parent_id": "null", "classification_id": str(block)}
            head |= {"classification_desc": f"FY {year}", "record_type_cd": "SL"}
            amounts = ("gross_rcpt", "gross_outly", "dfct_sur")
            rows.append(head | {f"current_month_{field}_amt": "null" for field in amounts})
            for at, month in enumerate([*range(10, 13), *range(1, 10)]):
                on = date(year - (month >= 10), month, 1)
                line = {
                    "record_date": str(end),
                    "parent_id": str(block),
                    "classification_id": f"{block}{at:02d}",
                    "classification_desc": _NAMES[month - 1],
                    "record_type_cd": "MTH",
                }
                if on > end:
                    line |= {f"current_month_{field}_amt": "null" for field in amounts}
                else:
                    own = (on.year, on.month) == (end.year, end.month)
                    receipts = round(_value("MTS_RECEIPTS", on) * 1e6, 2)
                    outlays = round(_value("MTS_OUTLAYS", on, first=own) * 1e6, 2)
                    line["current_month_gross_rcpt_amt"] = f"{receipts:.2f}"
                    line["current_month_gross_outly_amt"] = f"{outlays:.2f}"
                    line["current_month_dfct_sur_amt"] = f"{outlays - receipts:.2f}"
                rows.append(line)
    return rows


_TABLES = {
    "/v2/accounting/od/debt_to_penny": _debt,
    "/v1/debt/mspd/mspd_table_1": _mspd,
    "/v1/accounting/od/auctions_query": _auctions,
    "/v1/accounting/mts/mts_table_1": _statement,
}


def treasury(path: str, params: Mapping[str, str], state: int) -> Answer:
    if path not in _TABLES:
        return _json({"error": "Invalid Endpoint", "message": "The endpoint does not exist."}, 404)
    rows = _TABLES[path](LAST_NEWS[state])
    if "filter" in params:
        field, relation, bound = params["filter"].split(":")
        if relation != "gte":
            return _json({"error": "Invalid Query Param", "message": "Invalid filter."}, 400)
        rows = [row for row in rows if row[field] >= bound]
    fields = params["fields"].split(",") if "fields" in params else None
    if fields is not None:
        wrong = [field for field in fields if rows and field not in rows[0]]
        if wrong:
            message = f"Invalid query parameter 'fields' with value '{wrong[0]}'."
            return _json({"error": "Invalid Query Param", "message": message}, 400)
        rows = [{field: row[field] for field in fields} for row in rows]
    sort = [field for field in params.get("sort", "record_date").split(",") if field]
    rows.sort(key=lambda row: [row.get(field, "") for field in sort])
    size, number = int(params.get("page[size]", "100")), int(params.get("page[number]", "1"))
    page = rows[(number - 1) * size : number * size]
    meta = {"count": len(page), "total-count": len(rows), "total-pages": -(-len(rows) // size)}
    return _json({"data": page, "meta": meta, "links": {"self": "", "next": None}})


# --- New York Fed ------------------------------------------------------------------------------

_KINDS = {
    "mbs": "MBS",
    "cmbs": "CMBS",
    "tips": "TIPS",
    "frn": "FRN",
    "tipsInflationCompensation": "TIPS_COMPENSATION",
    "notesbonds": "NOTES_BONDS",
    "bills": "BILLS",
    "agencies": "AGENCY",
}


def _as_of_days(news: date) -> list[date]:
    days = business_days(date(2021, 1, 6), news - timedelta(days=1))
    return [on for on in days if on.weekday() == 2]


def _summary(news: date) -> list[dict[str, str]]:
    rows = []
    for on in _as_of_days(news):
        amounts = {field: _value(f"SOMA_{kind}", on) * 1e6 for field, kind in _KINDS.items()}
        total = sum(v for field, v in amounts.items() if field != "tipsInflationCompensation")
        row = {field: f"{amount:.2f}" for field, amount in amounts.items()}
        if on.year < 2022:
            row["cmbs"] = ""
        rows.append({"asOfDate": str(on), **row, "total": f"{total:.2f}"})
    return rows


def _holdings(on: date) -> list[dict[str, str]]:
    rows = []
    for at, days in enumerate((60, 365, 700, 1826, 3000, 3652, 5000, 9000)):
        indexed = at % 3 == 2
        rows.append(
            {
                "asOfDate": str(on),
                "cusip": f"9128{at:05d}",
                "maturityDate": str(on + timedelta(days=days)),
                "issuer": "",
                "coupon": "2.5",
                "parValue": str(round(1e11 * (1 + share("par", on, at)))),
                "inflationCompensation": "1000000.5" if indexed else "",
                "securityType": "TIPS" if indexed else "NotesBonds",
            }
        )
    return rows


def _monthly(news: date) -> bytes:
    last = {(on.year, on.month): on for on in _as_of_days(news)}
    titles = (
        "As Of Date,CUSIP,Security Type,Maturity Date,Coupon (%),Par Value,Inflation Compensation"
    )
    lines = [titles]
    for on in sorted(last.values()):
        for row in _holdings(on):
            day = date.fromisoformat(row["maturityDate"])
            cells = (f"{on:%m/%d/%Y}", f"'{row['cusip']}'", row["securityType"], f"{day:%m/%d/%Y}")
            lines.append(",".join((*cells, "2.5", row["parValue"], row["inflationCompensation"])))
    return ("\n".join(lines) + "\n").encode()


def _operations(first: date, last: date) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for on in business_days(max(first, date(2024, 9, 23)), last):
        for kind, series in (("Repo", "REPO"), ("Reverse Repo", "REVERSE_REPO")):
            if kind == "Repo" and on < date(2024, 10, 1):
                continue
            amount = round(100 * share(series, on)) * 10**9
            rows.append(
                {
                    "operationId": f"{'RP' if kind == 'Repo' else 'RRP'} {on:%m%d%y} 1",
                    "operationDate": str(on),
                    "operationType": kind,
                    "operationMethod": "Fixed Rate",
                    "note": "",
                    "totalAmtAccepted": amount,
                }
            )
        if on.day == 15:
            rows.append(
                {
                    "operationId": f"RP {on:%m%d%y} 99",
                    "operationDate": str(on),
                    "operationType": "Repo",
                    "note": "This is a small value exercise.",
                    "totalAmtAccepted": 1000000,
                }
            )
    return rows[::-1]


def new_york(path: str, params: Mapping[str, str], state: int) -> Answer:
    news = LAST_NEWS[state]
    span = tuple(
        date.fromisoformat(params.get(edge, str(default)))
        for edge, default in (("startDate", news), ("endDate", news))
    )
    if path == "/api/soma/summary.json":
        return _json({"soma": {"summary": _summary(news)}})
    if path == "/api/soma/asofdates/list.json":
        return _json({"soma": {"asOfDates": [str(on) for on in _as_of_days(news)[::-1]]}})
    if path == "/api/soma/tsy/get/monthly.csv":
        return 200, "text/csv", _monthly(news)
    if path.startswith("/api/soma/tsy/get/asof/"):
        on = date.fromisoformat(path.rsplit("/", 1)[1].removesuffix(".json"))
        return _json({"soma": {"holdings": _holdings(on) if on in _as_of_days(news) else []}})
    if path == "/api/rates/secured/sofr/search.json":
        days = business_days(max(span[0], date(2025, 1, 2)), min(span[1], news - timedelta(1)))
        rows = [
            {"effectiveDate": str(on), "type": "SOFR", "percentRate": _value("SOFR", on)}
            for on in reversed(days)
        ]
        return _json({"refRates": rows})
    if path == "/api/rp/results/search.json":
        over = news - timedelta(days=1)  # the afternoon's operation of a day is still to come
        return _json({"repo": {"operations": _operations(span[0], min(span[1], over))}})
    return 400, "text/html", b"<html><body>Bad Request</body></html>"


# --- single files ------------------------------------------------------------------------------


def bis(path: str, state: int) -> Answer:
    if path != "/static/bulk/WS_CREDIT_GAP_csv_col.zip":
        return _NOT_FOUND
    news = LAST_NEWS[state]
    made = {
        key: _made(f"BIS_CREDIT_{kind}_US")
        for key, kind in (("A", "RATIO"), ("B", "TREND"), ("C", "GAP"))
    }
    states = {key: dict(series.state(news)) for key, series in made.items()}
    quarters = sorted(set().union(*states.values()))
    titles = [f"{on.year}-Q{(on.month + 2) // 3}" for on in quarters]
    lines = [",".join(["FREQ", "Frequency", "BORROWERS_CTY", "CG_DTYPE", "Series", *titles])]
    for country in ("US", "JP"):
        for key, known in states.items():
            cells = ["" if known.get(on) is None else repr(known[on]) for on in quarters]
            head = ["Q", "Quarterly", country, key, f"Q:{country}:P:A:{key}"]
            lines.append(",".join([*head, *cells]))
    text = "\n".join(lines) + "\n"
    return 200, "application/zip", packed({"WS_CREDIT_GAP_csv_col.csv": text.encode()})


_MARGIN = (
    "Year-Month",
    "Debit Balances in Customers' Securities Margin Accounts",
    "Free Credit Balances in Customers' Cash Accounts",
    "Free Credit Balances in Customers' Securities Margin Accounts",
)


def finra(path: str, state: int) -> Answer:
    if not path.endswith("/margin-statistics.xlsx"):
        return _NOT_FOUND
    known = _made("MARGIN_DEBT").state(LAST_NEWS[state])
    rows = [(f"{on:%Y-%m}", value, 200000.0, 150000.0) for on, value in reversed(known)]
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return 200, kind, xlsx([_MARGIN, *rows])


_SHILLER = {
    "P": "PRICE",
    "D": "DIVIDEND",
    "E": "EARNINGS",
    "CPI": "CPI",
    "Rate GS10": "LONG_RATE",
    "CAPE": "CAPE",
}


def shiller(path: str, state: int) -> Answer:
    if path != "/ie_data.xls":
        return _NOT_FOUND
    states = {
        title: dict(_made(f"SHILLER_{name}").state(LAST_NEWS[state]))
        for title, name in _SHILLER.items()
    }
    rows: list[list[str | float | None]] = [["Stock Market Data"], [""], ["Date", *_SHILLER]]
    for on in sorted(set().union(*states.values())):
        row: list[str | float | None] = [on.year + on.month / 100]
        for known in states.values():
            value = known.get(on)
            row.append("" if value is None else value)
        rows.append(row)
    rows.append(["", "September price is the mean of the month so far."])
    return 200, "application/vnd.ms-excel", xls({"Plots": [["none"]], "Data": rows})


__all__ = ["TODAY", "bis", "finra", "new_york", "shiller", "treasury"]
