"""A small made-up world: what each series was on each day, in closed form.

Every period of a revised series has a first print and, from the next period's release on, a final
figure. So the state on any day, the days of publication, and the days between which a figure
stood, follow from the calendar alone, and a server needs no memory.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from debtcycle.catalogue import Frequency, SeriesInfo, VintagePolicy, load_catalogue
from debtcycle.catalogue.calendar import period_end
from debtcycle.sources.publishers import load_publishers

# The day of each state. Nothing is published between the first two; the third is two months on.
TODAY = {1: date(2026, 9, 15), 2: date(2026, 9, 16), 3: date(2026, 11, 16)}
LAST_NEWS = {1: date(2026, 9, 15), 2: date(2026, 9, 15), 3: date(2026, 11, 16)}
ARCHIVE = date(2012, 1, 3)  # since when states of the past are kept
_BEGINS = {
    Frequency.DAILY: date(2025, 1, 2),
    Frequency.WEEKLY: date(2021, 1, 1),
    Frequency.MONTHLY: date(2005, 1, 1),
    Frequency.QUARTERLY: date(1995, 1, 1),
    Frequency.ANNUAL: date(1990, 1, 1),
    Frequency.EVENT: date(2025, 1, 2),
}
_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}
_HOLIDAYS = frozenset({(1, 1), (7, 4), (12, 25)})
_END = date(2026, 12, 31)
OPEN = date(9999, 12, 31)
DAY = timedelta(days=1)


def share(*parts: object) -> float:
    """A number in [0, 1) that depends on its arguments alone."""
    return zlib.crc32(":".join(map(str, parts)).encode()) / 2**32


@dataclass(frozen=True)
class Spell:
    period: date
    value: float | None
    start: date
    end: date


def _periods(info: SeriesInfo) -> list[date]:
    first = max(info.begins, _BEGINS[info.frequency])
    last = info.ends or _END
    if first > last - timedelta(days=200):
        first = last - timedelta(days=200)
    if info.frequency in _MONTHS:
        step = _MONTHS[info.frequency]
        months = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
        if info.stamp == "end":
            ends = [(m + 1).astype("M8[D]").item() - DAY for m in months]
            return [end for end in ends if end.month == info.begins.month or end.month == 9]
        starts = [m.astype("M8[D]").item() for m in months]
        return [start for start in starts if (start.month - 1) % step == 0 and start >= first]
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1).tolist()
    if info.frequency is Frequency.WEEKLY:
        return [on for on in days if on.weekday() == info.begins.weekday()]
    return [on for on in days if on.weekday() < 5]


def _level(info: SeriesInfo, code: str) -> tuple[float, float]:
    """Middle and half width of the made-up figures, well inside the catalogue's bounds."""
    low = 0.0 if info.low is None else info.low
    high = low + 200.0 if info.high is None else info.high
    middle = (low * high) ** 0.5 if low > 0 else low + 0.4 * (high - low)
    return middle * (0.9 + 0.2 * share(code)), 0.05 * min(middle - low, high - middle)


@dataclass(frozen=True)
class Made:
    """One made-up series."""

    info: SeriesInfo
    code: str

    @property
    def revised(self) -> bool:
        return self.info.vintage_policy is not VintagePolicy.UNREVISED

    @property
    def periods(self) -> list[date]:
        return _periods_of(self.info)

    @property
    def releases(self) -> list[date]:
        """Day on which each period's first figure came out."""
        periods = np.array(self.periods, dtype="M8[D]")
        origin = period_end(self.info, periods) if self.info.lag_from == "end" else periods
        return (origin + np.timedelta64(self.info.lag_days, "D")).tolist()

    def figure(self, period: date, *, first: bool) -> float | None:
        """The figure for a period; None on a holiday."""
        if self.info.frequency is Frequency.DAILY and (period.month, period.day) in _HOLIDAYS:
            return None
        middle, width = _level(self.info, self.code)
        wave = np.sin(period.toordinal() / 700.0 + 6.3 * share(self.code))
        value = middle + width * (wave + 0.2 * share(self.code, period))
        if self.revised and first:
            value += 0.02 * width * (1 + share(period, self.code))
        return 0.0 if self.info.unit == "flag" else round(float(value), 3)

    def spells(self, news: date, *, archive: date = ARCHIVE) -> list[Spell]:
        """Figures with the days between which they were the published ones."""
        return _spells(self, news, archive)

    def vintage_dates(self, news: date) -> list[date]:
        return sorted({spell.start for spell in self.spells(news)})

    def state(self, on: date) -> list[tuple[date, float | None]]:
        """What was published on a day, in the order of time."""
        return [
            (spell.period, spell.value)
            for spell in self.spells(on, archive=date.min)
            if spell.start <= on <= spell.end
        ]


@lru_cache(maxsize=512)
def _periods_of(info: SeriesInfo) -> list[date]:
    return _periods(info)


@lru_cache(maxsize=2048)
def _spells(made: Made, news: date, archive: date) -> list[Spell]:
    found: list[Spell] = []
    releases = made.releases
    for period, start, known in zip(made.periods, releases, [*releases[1:], OPEN], strict=True):
        if start > news:
            continue
        final = made.figure(period, first=False)
        first = made.figure(period, first=True)
        if not made.revised or first == final or known <= archive:
            found.append(Spell(period, final, max(start, archive), OPEN))
        elif known > news:
            found.append(Spell(period, first, max(start, archive), OPEN))
        else:
            found.append(Spell(period, first, max(start, archive), known - DAY))
            found.append(Spell(period, final, known, OPEN))
    return found


@lru_cache(maxsize=512)
def made(code: str) -> Made | None:
    """The series that FRED knows under a code; None where it knows none."""
    catalogue = load_catalogue()
    publishers = load_publishers()
    by_code = {name: series for series, name in publishers["fred"].codes.items()}
    by_code |= {part: series for series, parts in publishers["z1"].parts.items() for part in parts}
    series = by_code.get(code, code)
    return Made(catalogue[series], code) if series in catalogue else None


def business_days(first: date, last: date) -> list[date]:
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1).tolist()
    return [on for on in days if on.weekday() < 5 and (on.month, on.day) not in _HOLIDAYS]


def month_ends(first: date, last: date) -> list[date]:
    months = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    ends = [(month + 1).astype("M8[D]").item() - DAY for month in months]
    return [end for end in ends if first <= end <= last]
