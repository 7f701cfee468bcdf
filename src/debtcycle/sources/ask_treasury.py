"""How Treasury Fiscal Data is asked: four tables, each in pages of 10,000 records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from debtcycle.errors import SchemaChanged
from debtcycle.sources import fiscaldata
from debtcycle.sources._json import Record
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.steps import Form, Question, Request, Steps

__all__ = ["ask_treasury", "treasury_questions"]

_PAGE_SIZE = 10_000
_MAX_PAGES = 200
_OVERLAP_DAYS = 60


@dataclass(frozen=True, slots=True)
class _Table:
    path: str
    fields: tuple[str, ...]
    day: str
    parse: Callable[[Sequence[Record], str], tuple[Parsed, ...]]
    series: tuple[str, ...]
    # Whether only its end is asked for once it is held: the table is long, and never restated.
    long: bool


_MSPD = ("BILLS", "NOTES", "BONDS", "TIPS", "FRN", "MARKETABLE")
_TABLES = {
    "debt": _Table(
        "/v2/accounting/od/debt_to_penny",
        ("record_date", "tot_pub_debt_out_amt", "debt_held_public_amt", "intragov_hold_amt"),
        "record_date",
        fiscaldata.parse_debt,
        ("DEBT_TO_PENNY", "DEBT_HELD_PUBLIC", "DEBT_INTRAGOV"),
        long=True,
    ),
    "mspd": _Table(
        "/v1/debt/mspd/mspd_table_1",
        (
            "record_date",
            "security_type_desc",
            "security_class_desc",
            "debt_held_public_mil_amt",
        ),
        "record_date",
        fiscaldata.parse_mspd,
        tuple(f"MSPD_{kind}" for kind in _MSPD),
        long=False,
    ),
    "auctions": _Table(
        "/v1/accounting/od/auctions_query",
        (
            "cusip",
            "security_type",
            "auction_date",
            "bid_to_cover_ratio",
            "inflation_index_security",
            "floating_rate",
        ),
        "auction_date",
        fiscaldata.parse_auctions,
        ("BID_TO_COVER_BILLS", "BID_TO_COVER_NOTES", "BID_TO_COVER_BONDS"),
        long=True,
    ),
    "statement": _Table(
        "/v1/accounting/mts/mts_table_1",
        (
            "record_date",
            "parent_id",
            "classification_id",
            "classification_desc",
            "current_month_gross_rcpt_amt",
            "current_month_gross_outly_amt",
            "current_month_dfct_sur_amt",
        ),
        "record_date",
        fiscaldata.parse_statement,
        ("MTS_RECEIPTS", "MTS_OUTLAYS", "MTS_DEFICIT"),
        long=False,
    ),
}


def treasury_questions(
    wanted: Collection[str], name: str, held: Mapping[str, np.datetime64]
) -> tuple[Question, ...]:
    """One question a table that fills any of the wanted series."""
    found: list[Question] = []
    for label, table in _TABLES.items():
        series = tuple(item for item in table.series if item in wanted)
        if not series:
            continue
        options: tuple[tuple[str, str], ...] = ()
        if table.long and all(item in held for item in series):
            oldest = min(held[item] for item in series).astype("M8[D]")
            options = (("from", str(oldest - np.timedelta64(_OVERLAP_DAYS, "D"))),)
        found.append(Question(publisher=name, name=label, series=series, options=options))
    return tuple(found)


def _rows(table: _Table, name: str, since: str | None) -> Generator[Request, bytes, list[Record]]:
    rows: list[Record] = []
    page, pages, count = 0, 1, 0
    while page < pages:
        page += 1
        # Without an order that is total, a record can be on two pages and another on none.
        params = [
            ("fields", ",".join(table.fields)),
            ("sort", ",".join((table.day, *(f for f in table.fields if f != table.day)))),
            ("format", "json"),
            ("page[number]", str(page)),
            ("page[size]", str(_PAGE_SIZE)),
        ]
        if since is not None:
            params.insert(1, ("filter", f"{table.day}:gte:{since}"))
        body = yield Request(
            publisher="fiscaldata", path=table.path, params=tuple(params), form=Form.JSON
        )
        found = fiscaldata.read_page(body, name)
        if page == 1:
            pages, count = found.pages, found.count
        if (found.pages, found.count) != (pages, count) or pages > _MAX_PAGES:
            raise SchemaChanged("source.pages", name=name, found=found.count, stated=count)
        rows += found.rows
    if len(rows) != count:
        raise SchemaChanged("source.pages", name=name, found=len(rows), stated=count)
    return rows


def ask_treasury(question: Question, today: date) -> Steps:  # noqa: ARG001 - as all steps
    """One table, page by page."""
    table = _TABLES[question.name]
    rows = yield from _rows(table, question.name, dict(question.options).get("from"))
    parts = table.parse(rows, question.name)
    return tuple(part for part in parts if part.key in question.series)
