"""What an indicator gives: a reading with its birth certificates, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from debtcycle.store import Basis

__all__ = ["Axis", "HasReadings", "Origin", "Reading", "Status", "mode_of"]


class Status(StrEnum):
    """Whether a reading could be made, and if not, why."""

    OK = "ok"
    NOT_BEGUN = "not_begun"  # the series did not exist yet, or exists no more
    ABSENT = "absent"  # it existed, but the store does not have it
    STALE = "stale"  # the last figure is too old to be used
    SHORT = "short"  # too little history for a percentile, mean or change
    BREAK = "break"  # a listed break in the series lies inside the window


class Axis(StrEnum):
    """The four axes of the judgement."""

    VALUATION = "valuation"
    GROWTH = "growth"
    INFLATION = "inflation"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Origin:
    """Birth certificate of one figure that went into a reading."""

    series: str
    period: date
    known_from: date
    basis: Basis
    value: float
    unit: str
    stands_for: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One indicator at one date.

    Attributes
    ----------
    indicator : str
        Id of the indicator; its name, formula and unit are texts in the message catalogues.
    unit : str
        Unit of `value`: ``"percent"``, ``"pp"``, ``"bp"``, ``"ratio"``, ``"percent_of_gdp"``,
        ``"percentile"``, ``"usd_bn"``, ``"index"``, ``"years"``, ``"count"``.
    value : float or None
        None exactly when `status` is not ``OK``.
    origins : tuple of Origin
        The figures of the latest period behind the value, newest first; also filled, as far as
        possible, when the reading could not be made.
    percentile : float or None
        One-sided mid-rank, 0-100, where the indicator is read as a percentile.
    freshness : float
        1 while the figure is the newest that its calendar allows, falling to 0 where it
        becomes stale.
    """

    indicator: str
    unit: str
    value: float | None
    status: Status = Status.OK
    origins: tuple[Origin, ...] = ()
    percentile: float | None = None
    freshness: float = 1.0

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    @property
    def series(self) -> tuple[str, ...]:
        """Ids of the series behind the reading."""
        return tuple(dict.fromkeys(origin.series for origin in self.origins))

    @property
    def period(self) -> date | None:
        """Period of the newest figure used."""
        return max((origin.period for origin in self.origins), default=None)

    @property
    def known_from(self) -> date | None:
        """Day from which all figures used were known."""
        return max((origin.known_from for origin in self.origins), default=None)

    @property
    def substitutes(self) -> tuple[Origin, ...]:
        """Figures that stand in for others."""
        return tuple(origin for origin in self.origins if origin.stands_for)


class HasReadings:
    """A frozen record some of whose attributes are readings, or hold some."""

    __slots__ = ()

    @property
    def readings(self) -> tuple[Reading, ...]:
        """All readings, in the order of the attributes."""
        return tuple(_held(self))


def _held(value: object) -> Iterator[Reading]:
    if isinstance(value, Reading):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _held(item)
    elif isinstance(value, HasReadings):
        for field in fields(value):  # type: ignore[arg-type]  # every record is a dataclass
            yield from _held(getattr(value, field.name))


def mode_of(readings: Iterable[Reading]) -> str:
    """``vintage``, ``lagged`` or ``mixed``: how the revised figures used were dated.

    Series that are never revised do not count. With no revised figure at all the mode is
    ``vintage``: nothing in the answer can have been changed since.
    """
    bases = {
        origin.basis for reading in readings if reading.known for origin in reading.origins
    } - {Basis.UNREVISED}
    if bases <= {Basis.VINTAGE}:
        return "vintage"
    return "lagged" if bases == {Basis.LAGGED} else "mixed"
