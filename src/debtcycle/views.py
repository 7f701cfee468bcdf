"""`View`: what was known on a date. The only way in which anything reads data."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue import Catalogue, SeriesInfo, load_catalogue
from debtcycle.catalogue.calendar import fresh_on, period_end
from debtcycle.errors import ConfigError, LookAheadError
from debtcycle.store import Basis, Store

if TYPE_CHECKING:
    import pandas as pd

    from debtcycle.sources.announcements import Announcement

__all__ = ["Observation", "Series", "View", "parse_day"]

_USD = {"usd_bn": 1.0, "usd_mn": 1e-3}
EARLIEST = date(1920, 1, 1)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ECHOED = 60  # characters of what was written that an error repeats


def parse_day(text: object) -> date:
    """A calendar day from ``YYYY-MM-DD``, from a date, or from a time of that day.

    Raises
    ------
    ConfigError
        ``date.malformed``; short forms, week dates and other types are not guessed at.
    """
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    try:
        if isinstance(text, str) and _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    shown = str(text)
    cut = shown if len(shown) <= _ECHOED else f"{shown[: _ECHOED - 3]}..."
    raise ConfigError("date.malformed", text=cut)


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure with its birth certificate."""

    series: str
    period: date
    value: float
    unit: str
    known_from: date
    basis: Basis


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one series as known on a date; withdrawn and missing figures are left out.

    Attributes
    ----------
    info : SeriesInfo
    as_of : date
    periods, known_from : datetime64[D] array, shape (n,)
    values : float64 array, shape (n,)
        In ``info.unit``; never NaN.
    basis : int8 array, shape (n,)
        Codes of `debtcycle.store.Basis`.
    stands_for : str or None
        Id of the series for which this one is a substitute.
    """

    info: SeriesInfo
    as_of: date
    periods: NDArray[np.datetime64]
    values: NDArray[np.float64]
    known_from: NDArray[np.datetime64]
    basis: NDArray[np.int8]
    stands_for: str | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def id(self) -> str:
        """Id of the series that the values come from."""
        return self.info.id

    def observation(self, index: int) -> Observation:
        """The figure at a position, with its birth certificate."""
        return Observation(
            self.info.id,
            self.periods[index].item(),
            float(self.values[index]),
            self.info.unit,
            self.known_from[index].item(),
            Basis(int(self.basis[index])),
        )

    @property
    def fresh(self) -> bool:
        """Whether the last value is recent enough to be used as the latest one."""
        return bool(len(self.values)) and fresh_on(self.info, self.periods[-1], self.as_of)

    @property
    def latest(self) -> Observation | None:
        """The last figure, or None if there is none or it is stale."""
        return self.observation(-1) if self.fresh else None

    @property
    def age_days(self) -> int | None:
        """Days since the end of the last period."""
        if not len(self):
            return None
        end = period_end(self.info, self.periods[-1:])[0]
        return int((np.datetime64(self.as_of, "D") - end).astype(int))

    def index_at(self, day: np.datetime64) -> int | None:
        """Position of the last period that is written on or before a day."""
        position = int(np.searchsorted(self.periods, day, side="right")) - 1
        return position if position >= 0 else None

    def at(self, period: np.datetime64) -> float | None:
        """Value of exactly this period, or None."""
        position = self.index_at(period)
        if position is None or self.periods[position] != period:
            return None
        return float(self.values[position])

    def until(self, period: np.datetime64) -> Series:
        """The series without what comes after a period."""
        count = int(np.searchsorted(self.periods, period, side="right"))
        return replace(
            self,
            periods=self.periods[:count],
            values=self.values[:count],
            known_from=self.known_from[:count],
            basis=self.basis[:count],
        )

    def usd_bn(self) -> Series:
        """The same series in billions of dollars.

        Raises
        ------
        ConfigError
            ``unit.convert`` if it is not a sum of money.
        """
        factor = _USD.get(self.info.unit)
        if factor is None:
            raise ConfigError("unit.convert", series=self.id, unit=self.info.unit, to="usd_bn")
        if self.info.unit == "usd_bn":
            return self
        info = msgspec.structs.replace(self.info, unit="usd_bn")
        return replace(self, info=info, values=self.values * factor)

    def to_pandas(self) -> pd.Series:
        """Values as a `pandas.Series` indexed by period.

        Raises
        ------
        ConfigError
            ``pandas.missing``: pandas comes with the extra ``debtcycle[pandas]``.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise ConfigError("pandas.missing") from error

        index = pd.DatetimeIndex(self.periods.astype("M8[s]"), name="period")
        return pd.Series(self.values, index=index, name=self.id)


class View:
    """What was known on a date.

    Parameters
    ----------
    as_of : date or str
        The day; keyword only, and there is no default: a reading without a date is a mistake.
    store : Store, optional
        The user's store by default, made from the reference edition at first use.
    catalogue : Catalogue, optional
        The shipped one by default.
    country : str, default "US"

    Raises
    ------
    ConfigError
        ``date.early`` before 1920; there is nothing to see there.
    """

    def __init__(
        self,
        *,
        as_of: date | str,
        store: Store | None = None,
        catalogue: Catalogue | None = None,
        country: str = "US",
    ) -> None:
        self.as_of = parse_day(as_of)
        if self.as_of < EARLIEST:
            raise ConfigError("date.early", date=self.as_of, earliest=EARLIEST)
        if store is None:
            from debtcycle.reference import open_store

            store = open_store()
        self.store = store
        self.catalogue = load_catalogue() if catalogue is None else catalogue
        self.country = country
        self.day = np.datetime64(self.as_of, "D")
        self._seen: dict[str, Series] = {}

    def __repr__(self) -> str:
        return f"View(as_of='{self.as_of}', country='{self.country}')"

    def at(self, as_of: date) -> View:
        """An earlier view from the same store.

        Raises
        ------
        LookAheadError
            ``view.later`` if the date lies after this view's own.
        """
        if as_of > self.as_of:
            raise LookAheadError("view.later", asked=as_of, as_of=self.as_of)
        return View(as_of=as_of, store=self.store, catalogue=self.catalogue, country=self.country)

    def series(self, series_id: str) -> Series:
        """A series as known on the date of the view; empty if nothing was.

        Raises
        ------
        ConfigError
            ``catalogue.unknown``.
        """
        if series_id not in self._seen:
            info = self.catalogue[series_id]
            rows = self.store.rows(series_id).as_of(self.day)
            missing = np.isnan(rows.values)
            if missing.any():
                rows = rows.take(~missing)
            self._seen[series_id] = Series(
                info, self.as_of, rows.periods, rows.values, rows.known_from, rows.basis
            )
        return self._seen[series_id]

    def resolve(self, series_id: str) -> Series:
        """A series, or the first of its substitutes that has a fresh value.

        The result says through ``stands_for`` that it is a substitute. If none is fresh, the
        series itself is given as it is.
        """
        own = self.series(series_id)
        if own.fresh:
            return own
        for other in self.catalogue[series_id].substitutes:
            found = self.series(other)
            if found.fresh:
                return replace(found, stands_for=series_id)
        return own

    def exists(self, series_id: str) -> bool:
        """Whether the series had begun at its publisher by the date of the view."""
        return self.catalogue[series_id].exists(self.as_of)

    def announcements(self) -> tuple[Announcement, ...]:
        """The central bank's balance-sheet announcements made by the date of the view."""
        from debtcycle.sources.announcements import Announcement

        return tuple(
            msgspec.json.decode(item.payload, type=Announcement)
            for item in self.store.documents("announcement")
            if item.known_from <= self.day
        )
