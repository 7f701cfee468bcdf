"""The log of the central bank's balance-sheet announcements, one row an instrument and step."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Literal, cast, get_args

from debtcycle.errors import SchemaChanged
from debtcycle.sources._table import Table, day, month_end, number, read_table

__all__ = ["Announcement", "matches", "parse_announcements"]

AssetClass = Literal["treasury", "agency", "all"]
Tenor = Literal["bills", "coupons", "mixed", "agency"]
Direction = Literal[
    "buy",
    "buy unlimited",
    "slow buy",
    "taper",
    "end",
    "hold",
    "twist",
    "runoff",
    "slow runoff",
    "recompose",
    "guidance",
    "review",
]
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_OVER = re.compile(
    r"\bover (?:the )?(?:next )?(\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve) (month|quarter|year)s?\b"
)
_UNTIL = re.compile(
    r"\b(?:by|through)(?: the)? end of (?:(?P<month>[A-Z][a-z]+) )?"
    r"(?P<year>\d{4})(?:Q(?P<q>[1-4]))?"
)
_INCREMENT = re.compile(r"\bcumulative\b.*?\+\s*(\d+(?:\.\d+)?)")
_WORDS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTHS_PER = {"month": 1, "quarter": 3, "year": 12}
_DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Announcement:
    """One step of one programme, as announced.

    Parameters
    ----------
    date : date
        Day of the announcement; the month's last day where only the month is known.
    date_is_month : bool
        Whether only the month is known.
    programme, instrument, source, note : str
        As written in the log.
    asset_class : {"treasury", "agency", "all"}
        What is bought, held or run off.
    tenor : {"bills", "coupons", "mixed", "agency"}
        Short or long paper; "mixed" where the log does not say.
    pace_usd_bn_per_month, total_usd_bn : float or None
        Announced pace and size; a cap for runoff.
    direction : str
        What is done.
    term_months : float or None
        Time over which a total is spread, where the note states it ("over six months", "by end
        of 2011Q2").
    cumulative_increment_usd_bn : float or None
        The addition, where the total repeats earlier steps.
    confirmed : bool
        Whether a page of record was seen.
    effective_from : date or None
        First day in force; the month's last day where only the month is known.
    """

    date: dt.date
    date_is_month: bool
    programme: str
    instrument: str
    asset_class: AssetClass
    tenor: Tenor
    pace_usd_bn_per_month: float | None
    total_usd_bn: float | None
    direction: Direction
    term_months: float | None
    cumulative_increment_usd_bn: float | None
    confirmed: bool
    effective_from: dt.date | None
    source: str
    note: str


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of the log."""
    return {"date", "programme", "instrument", "direction"} <= set(header)


def _day_or_month(cell: str) -> dt.date | None:
    """A day, or the last day of a month: by then an announcement of that month was made."""
    found = _MONTH.fullmatch(cell.strip())
    if found is None:
        return day(cell)
    year, month = int(found[1]), int(found[2])
    return month_end(year, month) if 1 <= month <= 12 and year >= 1900 else None


def _asset_class(instrument: str) -> AssetClass:
    plain = re.sub(r"\(.*?\)", "", instrument).lower()
    treasury = "treasur" in plain
    agency = "agency" in plain or "mbs" in plain
    if treasury == agency:
        return "all"
    return "treasury" if treasury else "agency"


def _tenor(instrument: str, asset_class: AssetClass) -> Tenor:
    if asset_class == "agency":
        return "agency"
    plain = re.sub(r"\(.*?\)", "", instrument).lower()
    if "bill" in plain:
        return "bills"
    return "coupons" if re.search(r"longer-term|coupon|\d+-\d+y", plain) else "mixed"


def _term_months(note: str, announced: dt.date) -> float | None:
    if found := _OVER.search(note):
        count = int(found[1]) if found[1].isdigit() else _WORDS.index(found[1]) + 1
        return float(count * _MONTHS_PER[found[2]])
    found = _UNTIL.search(note)
    if found is None or (found["month"] and found["month"] not in _MONTHS):
        return None
    month = _MONTHS.index(found["month"]) + 1 if found["month"] else 3 * int(found["q"] or 4)
    span = (month_end(int(found["year"]), month) - announced).days
    return span / _DAYS_PER_MONTH if span > 0 else None


def _optional(table: Table, row: int, cells: list[str], column: str) -> float | None:
    figure = number(cells[table.index(column)], name=table.name, row=row, column=column)
    return None if math.isnan(figure) else figure


def _word(table: Table, row: int, cells: list[str], column: str, known: tuple[str, ...]) -> str:
    word = cells[table.index(column)].strip()
    if word not in known:
        raise SchemaChanged("source.word", name=table.name, row=row, column=column, value=word[:40])
    return word


def _announcement(table: Table, row: int, cells: list[str]) -> Announcement:
    when, since = table.index("date"), table.index("effective_from")
    announced = table.day(row, cells[when], when, read=_day_or_month)
    written_since = cells[since].strip()
    instrument = cells[table.index("instrument")].strip()
    note = cells[table.index("note")].strip()
    asset_class = _asset_class(instrument)
    increment = _INCREMENT.search(note)
    confirmed = _word(table, row, cells, "confirmed", ("yes", "no")) == "yes"
    source = cells[table.index("source")].strip()
    return Announcement(
        date=announced,
        date_is_month=_MONTH.fullmatch(cells[when].strip()) is not None,
        programme=cells[table.index("programme")].strip(),
        instrument=instrument,
        asset_class=asset_class,
        tenor=_tenor(instrument, asset_class),
        pace_usd_bn_per_month=_optional(table, row, cells, "pace_usd_bn_per_month"),
        total_usd_bn=_optional(table, row, cells, "total_usd_bn"),
        direction=cast(Direction, _word(table, row, cells, "direction", get_args(Direction))),
        term_months=_term_months(note, announced),
        cumulative_increment_usd_bn=float(increment[1]) if increment else None,
        confirmed=confirmed,
        effective_from=(
            table.day(row, written_since, since, read=_day_or_month) if written_since else None
        ),
        # A row that no page confirms names no source: whatever stands there is hearsay.
        source=source if confirmed else "unconfirmed",
        note=note,
    )


def parse_announcements(data: bytes, name: str = "announcements.csv") -> tuple[Announcement, ...]:
    """Read the log, in the order of the dates (steps of one day in the file's order).

    Raises
    ------
    SourceError
        A date or an amount is not one.
    SchemaChanged
        ``source.column`` or ``source.word``: a column is gone, a word is not known.
    """
    table = read_table(data, name)
    found = [_announcement(table, row, cells) for row, cells in table.rows]
    return tuple(sorted(found, key=lambda step: step.date))
