"""How the report speaks: names, values, birth certificates and reasons in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from debtcycle.catalogue import Catalogue
from debtcycle.catalogue.calendar import period_end
from debtcycle.i18n import Translator
from debtcycle.indicators.model import Origin, Reading, Status
from debtcycle.report.document import Block, Para, Table
from debtcycle.report.format import day_of, period_of, quantity, signed

__all__ = ["Words"]

_SCALE = "GDP"
_TARGETS = frozenset({"DFEDTAR", "DFEDTARU"})


@dataclass(frozen=True, slots=True)
class Words:
    """Texts of a language with the names of the catalogue."""

    texts: Translator
    catalogue: Catalogue

    def __call__(self, message_id: str, **params: object) -> str:
        """The text of a message id."""
        return self.texts(message_id, **params)

    @property
    def lang(self) -> str:
        """Language of the texts."""
        return self.texts.lang

    def listed(self, items: Iterable[str]) -> str:
        """Items as a list within a sentence."""
        found = list(items)
        if len(found) < 2:
            return "".join(found)
        joined = self("list.comma").join(found[:-1])
        return self("list.and", first=joined, last=found[-1])

    def indicator(self, name: str) -> str:
        """Name of an indicator."""
        return self(f"indicator.{name}.name")

    def programme(self, name: str) -> str:
        """Name of a programme of purchases; one that the log has added is shown as written."""
        key = "programme." + "_".join(re.findall(r"[a-z0-9]+", name.lower()))
        return self(key) if key in self.texts else name

    def publishers(self, names: Iterable[str]) -> str:
        """Publishers in their order by name, in the language; one without a text as it is."""
        listed = []
        for name in sorted(set(names)):
            key = "publisher." + "_".join(re.findall(r"[a-z0-9]+", name.lower()))
            listed.append(self(key) if key in self.texts else name)
        return self("list.comma").join(listed)

    def series(self, series_id: str) -> str:
        """Name of a series."""
        return self.catalogue[series_id].name(self.lang)

    def value(self, value: float, unit: str, *, plus: bool | None = None) -> str:
        """A value with its unit."""
        return quantity(value, unit, self.texts, plus=plus, lang=self.lang)

    def span(self, low: float, high: float, unit: str) -> str:
        """A range of values; a unit that stands apart from its number is said once.

        It follows the number in English ("0.35…0.92% of GDP") and may lead it in Chinese.
        """
        first, last = (self.value(value, unit) for value in (low, high))
        _, gap, tail = last.partition(" ")
        lead = re.match(r"\D*的", last)
        if gap and first.endswith(f"{gap}{tail}"):
            first = first.removesuffix(f"{gap}{tail}")
            # The sign of percent stands with the first number too where it is no more than that.
            first = first.removesuffix("%")
        elif lead and first.startswith(lead[0]):
            last = last.removeprefix(lead[0])
        return self("sim.cells", low=first, high=last)

    def of(self, reading: Reading, *, plus: bool | None = None) -> str:
        """Value of a reading, or that it is unknown."""
        if reading.value is None:
            return self("unknown")
        return self.value(reading.value, reading.unit, plus=plus)

    def why_not(self, reading: Reading) -> str:
        """Why a reading could not be made."""
        return self(f"status.{reading.status.value}")

    def score(self, score: float | None) -> str:
        """A score with its sign, or that it is unknown."""
        return self("unknown") if score is None else signed(score)

    def period(self, origin: Origin) -> str:
        """Period of a figure as its frequency writes it."""
        return period_of(origin.period, self.catalogue[origin.series].frequency.value)

    def dated(self, reading: Reading) -> str:
        """Period of a reading: the oldest among its series' newest figures.

        GDP dates a reading only where it is alone: beside another series it sets the scale. Two
        figures of the policy rate are the ends of one change, which the newer one dates.
        """
        newest: dict[str, Origin] = {}
        for origin in reading.origins:
            kept = newest.get(origin.series)
            if kept is None or origin.period > kept.period:
                newest[origin.series] = origin
        if not newest:
            return "–"
        if newest.keys() <= _TARGETS:
            return self.period(max(newest.values(), key=self._ends))
        entering = [origin for name, origin in newest.items() if name != _SCALE]
        return self.period(min(entering or newest.values(), key=self._ends))

    def _ends(self, origin: Origin) -> np.datetime64:
        day = np.array([origin.period], dtype="datetime64[D]")
        return np.datetime64(period_end(self.catalogue[origin.series], day)[0])

    def remarks(self, reading: Reading) -> str:
        """What must be known about a reading: unknown and why, substitutes, how it is dated."""
        used = dict.fromkeys(origin.series for origin in reading.substitutes)
        notes = [] if reading.known else [self.why_not(reading)]
        notes += [self("remark.substitute", name=self.series(name)) for name in used]
        return self("list.semicolon").join(notes)

    def readings(
        self,
        readings: Sequence[Reading],
        *,
        title: str,
        dated: Mapping[str, str] | None = None,
    ) -> tuple[Block, ...]:
        """Readings, one a row: name, value, period, day known, remarks.

        Those whose series did not exist at the date are named below the table, not in it.

        Parameters
        ----------
        dated : mapping of str to str, optional
            Day of indicators whose figures are not those of a series' period.
        """
        begun = [made for made in readings if made.status is not Status.NOT_BEGUN]
        later = [made for made in readings if made.status is Status.NOT_BEGUN]
        blocks: list[Block] = []
        if begun:
            head = tuple(self(f"col.{c}") for c in ("what", "value", "period", "known", "remarks"))
            rows = tuple(self._row(made, dated or {}) for made in begun)
            blocks.append(Table(head, rows, frozenset({1}), title))
        if later:
            names = self("list.semicolon").join(self.indicator(made.indicator) for made in later)
            key = "readings.later" if begun else "readings.none"
            blocks.append(Para(self(key, title=title, names=names), "dim"))
        return tuple(blocks)

    def _row(self, made: Reading, dated: Mapping[str, str]) -> tuple[str, ...]:
        known = day_of(made.known_from) if made.known_from else "–"
        return (
            self.indicator(made.indicator),
            self.of(made),
            dated.get(made.indicator) or self.dated(made),
            dated.get(made.indicator, known),
            self.remarks(made),
        )
