"""Federal Reserve Bank of New York, markets data: the portfolio, SOFR, repo operations (JSON).

Amounts come in USD, as text or number, and an empty text is no figure; they are handed over in
USD millions (portfolio) or billions (operations), rates in percent.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._collect import assembled, once
from debtcycle.sources._json import figure, object_of, records, when, word
from debtcycle.sources._table import day, number
from debtcycle.sources._text import decode_table
from debtcycle.sources.parsed import Parsed

__all__ = [
    "month_days",
    "parse_dates",
    "parse_holdings",
    "parse_monthly",
    "parse_operations",
    "parse_sofr",
    "parse_summary",
    "sum_maturities",
]

_MN, _BN = 1e6, 1e9
_SUMMARY = {
    "bills": "SOMA_BILLS",
    "notesbonds": "SOMA_NOTES_BONDS",
    "tips": "SOMA_TIPS",
    "tipsInflationCompensation": "SOMA_TIPS_COMPENSATION",
    "frn": "SOMA_FRN",
    "mbs": "SOMA_MBS",
    "cmbs": "SOMA_CMBS",
    "agencies": "SOMA_AGENCY",
    "total": "SOMA_TOTAL",
}
_OUTSIDE_TOTAL = frozenset({"total", "tipsInflationCompensation"})
_SUM_TOLERANCE = 0.005
# Remaining life in days, as the H.4.1 table has it: one, five and ten years. No Treasury is issued
# for forty.
_BUCKETS = (
    (365, "SOMA_TSY_UNDER_1Y"),
    (1826, "SOMA_TSY_1_5Y"),
    (3652, "SOMA_TSY_5_10Y"),
    (14610, "SOMA_TSY_OVER_10Y"),
)
# What falls due on a day without business stays on the books until the next one.
_REDEEMED_DAYS = 7
_OPERATIONS = {"repo": "REPO_ACCEPTED", "reverse repo": "REVERSE_REPO_ACCEPTED"}
_TRIAL = re.compile(r"small[\s-]value", re.IGNORECASE)
_HOLDING_FIELDS = ("asofdate", "maturitydate", "parvalue", "inflationcompensation")

Holding = tuple[date, date, float]


def parse_summary(data: bytes, name: str) -> tuple[Parsed, ...]:
    """The portfolio by kind of security, weekly (Wednesday), USD millions.

    SOMA_BILLS, _NOTES_BONDS, _TIPS, _TIPS_COMPENSATION, _FRN, _MBS, _CMBS, _AGENCY, _TOTAL.

    Raises
    ------
    SchemaChanged
        ``source.sum`` where the kinds exceed the total: one of them changed its unit; also
        ``source.column``, ``source.duplicate``.
    SourceError
        A cell is not a figure or a day, or the answer is empty.
    """
    values: dict[str, dict[date, float]] = {key: {} for key in _SUMMARY.values()}
    rows = records(object_of(data, name), ("soma", "summary"), name)
    if not rows:
        raise SourceError("source.empty", name=name)
    for row, record in enumerate(rows, start=1):
        on = when(record, "asOfDate", name, row)
        amounts = {field: figure(record, field, name, row) / _MN for field in _SUMMARY}
        inside = math.fsum(
            amount
            for field, amount in amounts.items()
            if field not in _OUTSIDE_TOTAL and not math.isnan(amount)
        )
        total = amounts["total"]
        if not math.isnan(total) and inside > total * (1 + _SUM_TOLERANCE):
            raise SchemaChanged(
                "source.sum",
                name=name,
                period=str(on),
                found=f"{inside:.0f}",
                stated=f"{total:.0f}",
            )
        for field, key in _SUMMARY.items():
            once(values[key], on, amounts[field], name=name, row=row, column=field)
    return assembled(values, name)


def parse_dates(data: bytes, name: str) -> tuple[date, ...]:
    """The days for which holdings are published, in order of time.

    Raises
    ------
    SchemaChanged, SourceError
        ``source.column`` or ``source.date``.
    """
    found = object_of(data, name).get("soma")
    listed = found.get("asOfDates") if isinstance(found, Mapping) else None
    if not isinstance(listed, list) or not listed:
        raise SchemaChanged("source.column", name=name, column="asOfDates", found="-")
    days: set[date] = set()
    for row, cell in enumerate(listed, start=1):
        known = day(cell) if isinstance(cell, str) else None
        if known is None:
            raise SourceError(
                "source.date", name=name, row=row, column="asOfDates", value=str(cell)[:40]
            )
        days.add(known)
    return tuple(sorted(days))


def month_days(days: Iterable[date], *, today: date) -> tuple[date, ...]:
    """The last published day of each month that is over."""
    last: dict[tuple[int, int], date] = {}
    for on in sorted(days):
        last[on.year, on.month] = on
    return tuple(on for month, on in sorted(last.items()) if month < (today.year, today.month))


def _holding(cells: Sequence[object], name: str, row: int) -> Holding:
    """As-of day, maturity and amount in USD millions."""
    days: list[date] = []
    for cell, column in zip(cells[:2], _HOLDING_FIELDS, strict=False):
        found = day(cell) if isinstance(cell, str) else None
        if found is None:
            raise SourceError(
                "source.date", name=name, row=row, column=column, value=str(cell)[:40]
            )
        days.append(found)
    par, compensation = (
        number(cell, name=name, row=row, column=column)
        for cell, column in zip(cells[2:], _HOLDING_FIELDS[2:], strict=True)
    )
    if math.isnan(par):
        raise SourceError("source.row", name=name, row=row, column="parvalue", value="")
    if par < 0.0:
        raise SourceError("source.row", name=name, row=row, column="parvalue", value=f"{par:g}")
    # Only indexed securities have a compensation; for the others the cell is blank.
    return days[0], days[1], (par + (0.0 if math.isnan(compensation) else compensation)) / _MN


def parse_holdings(data: bytes, name: str) -> tuple[Holding, ...]:
    """Single Treasury holdings of one day: as-of day, maturity, USD millions.

    Raises
    ------
    SourceError, SchemaChanged
        A field is gone, a cell is not a figure or a day, or there is no holding.
    """
    rows = records(object_of(data, name), ("soma", "holdings"), name)
    fields = ("asOfDate", "maturityDate", "parValue", "inflationCompensation")
    found: list[Holding] = []
    for row, record in enumerate(rows, start=1):
        missing = next((field for field in fields if field not in record), None)
        if missing is not None:
            shown = ", ".join(map(str, record))[:80]
            raise SchemaChanged("source.column", name=name, column=missing, found=shown)
        found.append(_holding([record[field] for field in fields], name, row))
    if not found:
        raise SourceError("source.empty", name=name)
    return tuple(found)


def _rows_of(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise SourceError("source.csv", name=name, row=reader.line_num, reason=str(error)) from None


def parse_monthly(data: bytes, name: str) -> Iterator[Holding]:
    """Single Treasury holdings of all month ends (text), row by row: the file is large.

    Column names are compared without their case, blanks and units, since the text and the JSON
    answers of this publisher spell them differently.
    """
    rows = _rows_of(decode_table(data, name), name)
    titles = next(rows, (0, []))[1]
    plain = [re.sub(r"\(.*?\)|[^a-z]", "", title.lower()) for title in titles]
    for field in _HOLDING_FIELDS:
        if plain.count(field) != 1:
            shown = ", ".join(titles)[:160]
            raise SchemaChanged("source.column", name=name, column=field, found=shown)
    places = [plain.index(field) for field in _HOLDING_FIELDS]
    for row, cells in rows:
        if len(cells) != len(titles):
            raise SourceError(
                "source.width", name=name, row=row, found=len(cells), expected=len(titles)
            )
        yield _holding([cells[place].strip("'\" ") for place in places], name, row)


def sum_maturities(holdings: Iterable[Holding], name: str, *, today: date) -> tuple[Parsed, ...]:
    """Treasuries by remaining life at the end of each month that is over, USD millions.

    SOMA_TSY_UNDER_1Y, SOMA_TSY_1_5Y, SOMA_TSY_5_10Y, SOMA_TSY_OVER_10Y, with inflation
    compensation, dated by the first day of the month whose last published day they describe.
    A span without a holding is unknown, not nothing.

    Raises
    ------
    SourceError
        ``source.empty`` where no month is over; ``source.row`` where a holding had long
        matured, or would not in forty years.
    SchemaChanged
        ``source.future``: holdings of a day to come.
    """
    sums: dict[date, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for on, maturity, amount in holdings:
        if on > today + timedelta(days=1):
            raise SchemaChanged(
                "source.future", name=name, row="-", column="asOfDate", value=str(on)
            )
        life = (maturity - on).days
        if not -_REDEEMED_DAYS <= life <= _BUCKETS[-1][0]:
            raise SourceError(
                "source.row", name=name, row=str(on), column="maturityDate", value=str(maturity)
            )
        bucket = next(key for limit, key in _BUCKETS if life <= limit)
        sums[on][bucket].append(amount)
    values: dict[str, dict[date, float]] = {key: {} for _, key in _BUCKETS}
    for on in month_days(sums, today=today):
        for _, key in _BUCKETS:
            inside = sums[on].get(key)
            values[key][on.replace(day=1)] = math.fsum(inside) if inside else math.nan
    if not any(values.values()):
        raise SourceError("source.empty", name=name)
    return assembled(values, name)


def parse_sofr(data: bytes, name: str) -> tuple[Parsed, ...]:
    """SOFR by effective date, percent; the newest day comes first in the answer.

    Raises
    ------
    SourceError, SchemaChanged
        A field is gone, a cell is not a figure or a day, or a day has two rates.
    """
    values: dict[date, float] = {}
    for row, record in enumerate(records(object_of(data, name), ("refRates",), name), start=1):
        if word(record, "type", name, row) != "SOFR":
            raise SchemaChanged(
                "source.word", name=name, row=row, column="type", value=str(record["type"])[:40]
            )
        on = when(record, "effectiveDate", name, row)
        rate = figure(record, "percentRate", name, row)
        once(values, on, rate, name=name, row=row, column="percentRate")
    return assembled({"SOFR": values}, name)


def parse_operations(bodies: Sequence[bytes], name: str) -> tuple[Parsed, ...]:
    """Accepted amounts of repo and reverse repo operations, daily sums, USD billions.

    Exercises of small value are left out. An operation without result leaves its day unknown.

    Raises
    ------
    SchemaChanged
        ``source.word``: a kind of operation that is not known; ``source.column``.
    """
    seen: dict[str, tuple[str, date, float]] = {}
    for data in bodies:
        rows = records(object_of(data, name), ("repo", "operations"), name)
        for row, record in enumerate(rows, start=1):
            kind = word(record, "operationType", name, row).lower()
            if kind not in _OPERATIONS:
                raise SchemaChanged(
                    "source.word", name=name, row=row, column="operationType", value=kind[:40]
                )
            if _TRIAL.search(str(record.get("note") or "")):
                continue
            on = when(record, "operationDate", name, row)
            accepted = figure(record, "totalAmtAccepted", name, row) / _BN
            entry = (_OPERATIONS[kind], on, accepted)
            label = word(record, "operationId", name, row)
            if str(seen.setdefault(label, entry)) != str(entry):
                raise SchemaChanged(
                    "source.duplicate", name=name, row=row, column="operationId", value=label[:40]
                )
    sums: dict[str, dict[date, list[float]]] = defaultdict(lambda: defaultdict(list))
    for key, on, accepted in seen.values():
        sums[key][on].append(accepted)
    return assembled(
        {key: {on: math.fsum(each) for on, each in days.items()} for key, days in sums.items()},
        name,
    )
