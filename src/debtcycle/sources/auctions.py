"""Treasury auctions: results (two layouts) and announcements, one figure an auction day.

Bid-to-cover is the mean over the day's auctions of a kind, not weighted by size: bills, nominal
notes, nominal bonds; a day that lacks a result has none yet. Inflation-indexed and floating-rate
issues are left out of the ratios, since their cover is not comparable. Of the processed file only
the publisher's own columns are read.
Offerings are the day's sum, USD billions, all kinds.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._collect import means
from debtcycle.sources._table import day, number, read_table, retrieved_on
from debtcycle.sources._text import decode_text
from debtcycle.sources.parsed import Parsed, series

__all__ = [
    "matches",
    "matches_announcements",
    "matches_json",
    "parse",
    "parse_announced",
    "parse_json",
]

_COVER = {
    "bill": "BID_TO_COVER_BILLS",
    "note": "BID_TO_COVER_NOTES",
    "bond": "BID_TO_COVER_BONDS",
}
_OFFERED = {"bill": "OFFERED_BILLS", "note": "OFFERED_COUPONS", "bond": "OFFERED_COUPONS"}

Entry = tuple[str, date, float]


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of auction results."""
    return {"auction_date", "security_type", "bid_to_cover_ratio"} <= set(header)


def matches_announcements(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of auction announcements."""
    return {"SecurityType", "AuctionDate", "OfferingAmount"} <= set(header)


def matches_json(found: object) -> bool:
    """Whether decoded JSON is a list of auction results."""
    results = found.get("results") if isinstance(found, Mapping) else None
    return (
        isinstance(results, list)
        and bool(results)
        and all(
            isinstance(r, Mapping) and {"auction_date", "security_type"} <= r.keys()
            for r in results
        )
    )


def _gather(
    entries: Iterable[Entry], name: str, *, mean: bool, retrieved: date | None = None
) -> tuple[Parsed, ...]:
    """Sum or mean of each day's figures; a sum of what is missing, and no mean yet, is NaN."""
    days: dict[str, dict[date, list[float]]] = defaultdict(lambda: defaultdict(list))
    for key, when, figure in entries:
        days[key][when].append(figure)
    found = means(days) if mean else {key: _sums(each) for key, each in days.items()}
    parts: list[Parsed] = []
    for key in sorted(days):
        order = sorted(days[key])
        values = [found[key].get(when, math.nan) for when in order]
        lines = range(len(order))
        parts.append(series(key, order, values, name=name, lines=lines, retrieved=retrieved))
    if not parts:
        raise SourceError("source.empty", name=name)
    return tuple(parts)


def _sums(days: Mapping[date, list[float]]) -> dict[date, float]:
    """Sum of what is known of each day."""
    known = {on: [one for one in each if not math.isnan(one)] for on, each in days.items()}
    return {on: math.fsum(each) for on, each in known.items() if each}


def _kind(text: object, name: str, row: int) -> str:
    kind = str(text).strip().lower()
    if kind not in _COVER:
        raise SchemaChanged(
            "source.word", name=name, row=row, column="security_type", value=str(text)[:40]
        )
    return kind


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read auction results as text: BID_TO_COVER_BILLS, _NOTES, _BONDS (ratio)."""
    table = read_table(data, name)
    when, kind, ratio = (
        table.index(c) for c in ("auction_date", "security_type", "bid_to_cover_ratio")
    )
    indexed = table.index("is_tips") if "is_tips" in table.header else None
    entries: list[Entry] = []
    for row, cells in table.rows:
        figure = number(cells[ratio], name=name, row=row, column="bid_to_cover_ratio")
        found = _kind(cells[kind], name, row), table.day(row, cells[when], when, read=day)
        if indexed is None or cells[indexed].strip().lower() != "true":
            entries.append((_COVER[found[0]], found[1], figure))
    return _gather(entries, name, mean=True)


def parse_json(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read recent results (JSON): keys as in `parse`.

    The ratio is ``(tendered - w) / (accepted - w)`` with ``w = max(accepted - offered, 0)``, the
    part that the central bank takes on top of the offering without bidding.
    """
    try:
        found = json.loads(decode_text(data, name))
    except (ValueError, RecursionError):
        raise SourceError("source.json", name=name) from None
    if not matches_json(found):
        raise SchemaChanged("source.column", name=name, column="results", found="")
    entries: list[Entry] = []
    for row, result in enumerate(found["results"], start=1):
        when = day(str(result["auction_date"]))
        if when is None:
            shown = str(result["auction_date"])[:40]
            raise SourceError("source.date", name=name, row=row, column="auction_date", value=shown)
        offered, accepted, tendered = (
            number(result.get(column), name=name, row=row, column=column)
            for column in ("offering_amt", "total_accepted", "total_tendered")
        )
        added = max(accepted - offered, 0.0)
        bid_for = accepted - added
        cover = (tendered - added) / bid_for if bid_for > 0 else math.nan
        kind = _kind(result["security_type"], name, row)
        if not result.get("is_tips"):
            entries.append((_COVER[kind], when, cover))
    return _gather(entries, name, mean=True, retrieved=retrieved_on(found.get("updated")))


def parse_announced(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read auction announcements: OFFERED_BILLS and OFFERED_COUPONS.

    USD billions an auction day; coupons are notes and bonds of every kind.
    """
    table = read_table(data, name)
    when, kind, amount = (table.index(c) for c in ("AuctionDate", "SecurityType", "OfferingAmount"))
    entries = [
        (
            _OFFERED[_kind(cells[kind], name, row)],
            table.day(row, cells[when], when, read=day),
            number(cells[amount], name=name, row=row, column="OfferingAmount"),
        )
        for row, cells in table.rows
    ]
    return _gather(entries, name, mean=False)
