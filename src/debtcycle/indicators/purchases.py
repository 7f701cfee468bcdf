"""What the central bank has said that it will buy: the announced pace at a date.

The log of announcements is part of the store; every row has its source. The rules by which it
becomes a pace are fixed:

* only net new purchases count, not reinvestment, twists or run-off;
* a total without a pace is spread over its stated term, else twelve months, and then lapses; a
  cumulative programme total counts with what it adds;
* an increase counts from its announcement, a reduction from its effective date;
* a later row for the same class (Treasuries, agency) replaces an earlier one; an open-ended row
  without a number leaves the numbers before it standing;
* rows that could not be confirmed may lower the pace but never raise it;
* a row without a day counts from its month's end (the parser has already dated it so).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debtcycle.sources.announcements import Announcement

__all__ = ["Programme", "Purchases", "announced_purchases"]

DEFAULT_TERM_MONTHS = 12.0
MONTHS_IN_13_WEEKS = 3.0
_DAYS_IN_MONTH = 365.25 / 12
_BUYING = {"buy", "taper", "slow buy", "guidance"}
# "recompose": the run-off of one class is reinvested in another; nothing new is bought.
_STOPPING = {"end", "runoff", "slow runoff", "recompose"}
_RUNNING_OFF = {"runoff", "slow runoff"}


@dataclass(frozen=True, slots=True)
class Programme:
    """What stands for one class of securities at a date."""

    name: str
    asset_class: str
    tenor: str
    pace_usd_bn_per_month: float
    running_off: bool
    announced: date
    source: str


@dataclass(frozen=True, slots=True)
class Purchases:
    """The announced programmes in force at a date, one for each class of securities."""

    programmes: tuple[Programme, ...]

    @property
    def pace_usd_bn_per_month(self) -> float:
        """Net new purchases announced, over all classes."""
        return sum(p.pace_usd_bn_per_month for p in self.programmes)

    @property
    def usd_bn_13_weeks(self) -> float:
        """The same over 13 weeks, taken as three months."""
        return MONTHS_IN_13_WEEKS * self.pace_usd_bn_per_month

    @property
    def buying(self) -> tuple[Programme, ...]:
        """Programmes that buy."""
        return tuple(p for p in self.programmes if p.pace_usd_bn_per_month > 0)

    @property
    def running_off(self) -> bool:
        """Whether holdings of some class are being run off under a cap, and nothing is bought."""
        return not self.buying and any(p.running_off for p in self.programmes)


def _pace(rows: Sequence[Announcement], on: date) -> float | None:
    """Monthly pace of rows announced together for a class; None where they name no number."""
    total = 0.0
    numbers = False
    for row in rows:
        if row.pace_usd_bn_per_month is not None:
            numbers = True
            total += row.pace_usd_bn_per_month
        elif row.total_usd_bn is not None:
            numbers = True
            months = row.term_months or DEFAULT_TERM_MONTHS
            lapse = row.date + timedelta(days=round(months * _DAYS_IN_MONTH))
            amount = row.cumulative_increment_usd_bn or row.total_usd_bn
            total += amount / months if on < lapse else 0.0
    return total if numbers else None


def _steps(rows: Iterable[Announcement]) -> list[list[Announcement]]:
    """Rows that belong together: same announcement day, same day of effect."""
    steps: defaultdict[tuple[date, date], list[Announcement]] = defaultdict(list)
    for row in rows:
        steps[row.date, row.effective_from or row.date].append(row)
    return [steps[key] for key in sorted(steps)]


def _class_programme(asset_class: str, rows: Iterable[Announcement], on: date) -> Programme | None:
    current: Programme | None = None
    for step in _steps(row for row in rows if row.date <= on):
        head = step[0]
        moves = [row for row in step if row.direction in _BUYING]
        stops = [row for row in step if row.direction in _STOPPING]
        if not moves and not stops:
            continue  # reinvestment, twist, review: nothing new is bought, nothing ends
        pace = _pace(moves, on) if moves else 0.0
        running_off = any(
            row.direction in _RUNNING_OFF and (row.pace_usd_bn_per_month or 0) > 0 for row in stops
        )
        if pace is None:
            continue  # "in the amounts needed": at least what stood before
        before = current.pace_usd_bn_per_month if current else 0.0
        if any(not row.confirmed for row in step) and pace >= before:
            continue  # hearsay never raises the pace, nor does it take the place of a source
        if pace <= before and (head.effective_from or head.date) > on:
            continue  # a reduction that has not taken effect
        tenor = moves[0].tenor if moves else head.tenor
        current = Programme(
            head.programme, asset_class, tenor, pace, running_off, head.date, head.source
        )
    return current


def announced_purchases(log: Iterable[Announcement], on: date) -> Purchases:
    """Programmes in force at a date, by the rules above.

    Parameters
    ----------
    log : iterable of Announcement
        Announcements made by the date; later ones are ignored.
    """
    by_class: defaultdict[str, list[Announcement]] = defaultdict(list)
    for row in log:
        for asset_class in (
            ("treasury", "agency") if row.asset_class == "all" else (row.asset_class,)
        ):
            by_class[asset_class].append(row)
    found = (_class_programme(name, by_class[name], on) for name in sorted(by_class))
    return Purchases(tuple(p for p in found if p is not None))
