"""Treasury Fiscal Data: pages of records in which every cell is text and "null" is no figure.

Debt to the Penny (USD), the Monthly Statement of the Public Debt, table 1 (USD millions), auction
results (ratio), and the Monthly Treasury Statement, table 1 (USD). All amounts are handed over in
USD millions.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._collect import assembled, means, once
from debtcycle.sources._json import Record, figure, object_of, records, when, whole, word
from debtcycle.sources._table import month_end
from debtcycle.sources.parsed import Parsed

__all__ = ["Page", "parse_auctions", "parse_debt", "parse_mspd", "parse_statement", "read_page"]

_MN = 1e6
# What the parts of a table may miss of its total through rounding and late corrections.
_SUM_TOLERANCE = 0.005
_BALANCE_TOLERANCE_MN = 1.0
_FIRST_FISCAL_MONTH = 10

_DEBT = {
    "tot_pub_debt_out_amt": "DEBT_TO_PENNY",
    "debt_held_public_amt": "DEBT_HELD_PUBLIC",
    "intragov_hold_amt": "DEBT_INTRAGOV",
}
# Parts of a class's name, in the order in which they decide; the Financing Bank's securities
# are marketable by law and held by no one outside the government.
_CLASSES = (
    ("inflation", "MSPD_TIPS"),
    ("floating rate", "MSPD_FRN"),
    ("financing bank", None),
    ("bill", "MSPD_BILLS"),
    ("note", "MSPD_NOTES"),
    ("bond", "MSPD_BONDS"),
)
_COVER = {
    "bill": "BID_TO_COVER_BILLS",
    "note": "BID_TO_COVER_NOTES",
    "bond": "BID_TO_COVER_BONDS",
}
_NOT_COMPARABLE = re.compile(r"tips|frn|inflation|floating", re.IGNORECASE)
_MONTHS = {
    "January": 1,
    "February": 2,
    "March": 3,
    "April": 4,
    "May": 5,
    "June": 6,
    "July": 7,
    "August": 8,
    "September": 9,
    "October": 10,
    "November": 11,
    "December": 12,
}
_FISCAL_YEAR = re.compile(r"FY\s*(\d{4})")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer.

    Attributes
    ----------
    rows : list of mapping
        The records, in the publisher's order.
    pages, count : int
        Pages and records of the whole answer, as the publisher states them.
    """

    rows: list[Record]
    pages: int
    count: int


def read_page(data: bytes, name: str) -> Page:
    """One page: its records and how many there are in all.

    Raises
    ------
    SourceError
        ``source.json``, ``source.answer`` and those of a text that cannot be read.
    SchemaChanged
        ``source.column`` where the envelope is not what it was.
    """
    found = object_of(data, name)
    rows = records(found, ("data",), name)
    meta = found.get("meta")
    return Page(rows, max(whole(meta, "total-pages", name), 1), whole(meta, "total-count", name))


def _full(values: dict[str, dict[date, float]], name: str) -> tuple[Parsed, ...]:
    parts = assembled(values, name)
    if not parts:
        raise SourceError("source.empty", name=name)
    return parts


def parse_debt(rows: Sequence[Record], name: str) -> tuple[Parsed, ...]:
    """Debt to the Penny: DEBT_TO_PENNY, DEBT_HELD_PUBLIC, DEBT_INTRAGOV, daily, USD millions.

    A debt of nothing is not a figure: before 2005 the split is not known on every day.

    Raises
    ------
    SourceError, SchemaChanged
        A field is gone, a cell is not a figure, or one day has two figures.
    """
    values: dict[str, dict[date, float]] = defaultdict(dict)
    for row, record in enumerate(rows, start=1):
        on = when(record, "record_date", name, row)
        for field, key in _DEBT.items():
            amount = figure(record, field, name, row)
            known = math.nan if amount == 0.0 else amount / _MN
            once(values[key], on, known, name=name, row=row, column=field)
    return _full(values, name)


def _class_of(label: str, name: str, row: int) -> str | None:
    for part, key in _CLASSES:
        if part in label.lower():
            return key
    raise SchemaChanged(
        "source.word", name=name, row=row, column="security_class_desc", value=label[:40]
    )


def _amounts_by_class(
    rows: Iterable[tuple[int, Record]], name: str
) -> tuple[dict[date, dict[str, float]], dict[date, float]]:
    """Marketable debt by the publisher's own names of classes, and its stated total."""
    classes: dict[date, dict[str, float]] = defaultdict(dict)
    totals: dict[date, float] = {}
    for row, record in rows:
        kind = word(record, "security_type_desc", name, row).lower()
        if kind not in {"marketable", "total marketable"}:
            continue
        on = when(record, "record_date", name, row)
        amount = figure(record, "debt_held_public_mil_amt", name, row)
        if kind == "total marketable":
            once(totals, on, amount, name=name, row=row, column="Total Marketable")
            continue
        label = word(record, "security_class_desc", name, row)
        once(classes[on], label, amount, name=name, row=row, column=str(on))
    return classes, totals


def parse_mspd(rows: Sequence[Record], name: str) -> tuple[Parsed, ...]:
    """Marketable debt held by the public, by type, monthly, USD millions.

    MSPD_BILLS, MSPD_NOTES, MSPD_BONDS, MSPD_TIPS, MSPD_FRN and MSPD_MARKETABLE, each dated by the
    first day of the month whose end it describes. Indexed notes and bonds, which older months
    state apart, make up MSPD_TIPS.

    Raises
    ------
    SchemaChanged
        ``source.word``: a class that is not known; ``source.sum``: the classes miss the stated
        total by more than half a percent, so that a class or a unit is not what it was.
    SourceError
        A cell is not a figure or a day.
    """
    classes, totals = _amounts_by_class(enumerate(rows, start=1), name)
    values: dict[str, dict[date, float]] = defaultdict(dict)
    for on in sorted(classes.keys() | totals.keys()):
        if on != month_end(on.year, on.month):
            raise SchemaChanged(
                "source.word", name=name, row="-", column="record_date", value=str(on)
            )
        period = on.replace(day=1)
        for label, amount in classes.get(on, {}).items():
            key = _class_of(label, name, 0)
            if key is not None:
                # An amount that is missing leaves the sum of its kind unknown.
                values[key][period] = values[key].get(period, 0.0) + amount
        total = totals.get(on, math.nan)
        stated = math.fsum(a for a in classes.get(on, {}).values() if not math.isnan(a))
        if (
            on in classes
            and not math.isnan(total)
            and (abs(stated - total) > _SUM_TOLERANCE * abs(total))
        ):
            raise SchemaChanged(
                "source.sum",
                name=name,
                period=str(on),
                found=f"{stated:.0f}",
                stated=f"{total:.0f}",
            )
        values["MSPD_MARKETABLE"][period] = total
    return _full(values, name)


def parse_auctions(rows: Sequence[Record], name: str) -> tuple[Parsed, ...]:
    """Bid-to-cover of an auction day: BID_TO_COVER_BILLS, _NOTES, _BONDS, ratio.

    The mean over the day's auctions of a kind, not weighted by size. Inflation-indexed and
    floating-rate issues are left out. While the ratio of one of the day's auctions is "null", as
    it is until its result is out, the day has no figure: see `debtcycle.sources._collect.means`.

    Raises
    ------
    SchemaChanged
        ``source.word``: a kind of security that is not known; ``source.column``.
    SourceError
        A cell is not a figure or a day.
    """
    held: dict[str, dict[date, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for row, record in enumerate(rows, start=1):
        kind = word(record, "security_type", name, row).lower()
        ratio = figure(record, "bid_to_cover_ratio", name, row)
        on = when(record, "auction_date", name, row)
        indexed = any(
            word(record, flag, name, row).lower() == "yes"
            for flag in ("inflation_index_security", "floating_rate")
        )
        if kind not in _COVER and not _NOT_COMPARABLE.search(kind):
            raise SchemaChanged(
                "source.word", name=name, row=row, column="security_type", value=kind[:40]
            )
        if indexed or kind not in _COVER:
            continue
        if ratio <= 0.0:
            raise SourceError(
                "source.row", name=name, row=row, column="bid_to_cover_ratio", value=f"{ratio:g}"
            )
        security = word(record, "cusip", name, row)
        each = held[_COVER[kind]][on]
        if math.isnan(ratio):
            each.setdefault(security, ratio)
            continue
        if math.isnan(each.get(security, ratio)):
            del each[security]  # announced in one record, and its result in another
        once(each, security, ratio, name=name, row=row, column=str(on))
    ratios = {
        key: {on: tuple(each.values()) for on, each in days.items()} for key, days in held.items()
    }
    return assembled(means(ratios), name)


def _fiscal_years(rows: Sequence[Record], name: str) -> dict[tuple[date, str], int]:
    """The fiscal year that each heading of a report stands for."""
    years: dict[tuple[date, str], int] = {}
    for row, record in enumerate(rows, start=1):
        found = _FISCAL_YEAR.match(word(record, "classification_desc", name, row))
        if found is not None:
            on = when(record, "record_date", name, row)
            years[on, word(record, "classification_id", name, row)] = int(found[1])
    return years


def _balance(record: Record, name: str, row: int) -> tuple[float, float]:
    """Receipts and outlays of a month, USD millions; the stated balance must follow from them."""
    receipts, outlays, deficit = (
        figure(record, f"current_month_{field}_amt", name, row) / _MN
        for field in ("gross_rcpt", "gross_outly", "dfct_sur")
    )
    # A month to come has none of them. The stated balance may have either sign.
    if abs(abs(receipts - outlays) - abs(deficit)) > _BALANCE_TOLERANCE_MN:
        raise SchemaChanged(
            "source.sum",
            name=name,
            period=f"#{row}",
            found=f"{outlays - receipts:.0f}",
            stated=f"{deficit:.0f}",
        )
    return receipts, outlays


def parse_statement(rows: Sequence[Record], name: str) -> tuple[Parsed, ...]:
    """Receipts, outlays and surplus or deficit of each month, USD millions; a deficit is negative.

    Table 1 restates in every report all months of its fiscal year and of the one before; the
    newest report counts. The balance is receipts less outlays; the table's own column, which
    writes a deficit as a positive number, must say the same.

    Raises
    ------
    SchemaChanged
        ``source.sum`` where it does not; ``source.word`` where a month has no fiscal year.
    """
    years = _fiscal_years(rows, name)
    newest: dict[date, tuple[date, float, float]] = {}
    for row, record in enumerate(rows, start=1):
        month = _MONTHS.get(word(record, "classification_desc", name, row))
        if month is None:
            continue
        on, parent = when(record, "record_date", name, row), word(record, "parent_id", name, row)
        year = years.get((on, parent))
        if year is None:
            raise SchemaChanged(
                "source.word", name=name, row=row, column="parent_id", value=parent[:40]
            )
        receipts, outlays = _balance(record, name, row)
        if math.isnan(receipts) or math.isnan(outlays):
            continue  # a month of the report's year that is still to come
        period = date(year - 1 if month >= _FIRST_FISCAL_MONTH else year, month, 1)
        if period > on:
            raise SchemaChanged(
                "source.future", name=name, row=row, column="record_date", value=str(period)
            )
        if period not in newest or newest[period][0] <= on:
            newest[period] = (on, receipts, outlays)
    return _full(
        {
            "MTS_RECEIPTS": {period: got[1] for period, got in newest.items()},
            "MTS_OUTLAYS": {period: got[2] for period, got in newest.items()},
            "MTS_DEFICIT": {period: got[1] - got[2] for period, got in newest.items()},
        },
        name,
    )
