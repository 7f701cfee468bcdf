"""What a series is: the record that every figure's birth certificate points to."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

__all__ = ["Frequency", "Licence", "Release", "SeriesInfo", "VintagePolicy"]


class Frequency(StrEnum):
    """How often a series has a value."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"
    EVENT = "event"


class VintagePolicy(StrEnum):
    """How an earlier state of a series is known.

    ``vintage``: the figures as first and later published are in the store. ``unrevised``: the
    series is never revised (market prices, target rates), so its latest state is its history.
    ``lagged``: revised, but only the latest figures are at hand; they are dated by the release
    lag and called *lagged, not vintage* wherever they are shown.
    """

    VINTAGE = "vintage"
    UNREVISED = "unrevised"
    LAGGED = "lagged"


class Licence(StrEnum):
    """What may be done with the figures."""

    PUBLIC_DOMAIN = "public-domain"
    ATTRIBUTION = "attribution"
    RESTRICTED = "restricted"


class SeriesInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of the catalogue.

    Attributes
    ----------
    id : str
        Name of the series in this package; the FRED id where there is one.
    unit : str
        Unit of the stored values, e.g. ``"percent"``, ``"usd_bn"``.
    stamp : {"start", "end"}
        Whether a period is written as its first day (FRED's months and quarters) or as its
        last or only day.
    lag_days : int
        Days from the period's last day (``lag_from="end"``) or first day (``"start"``) to its
        publication, chosen so that a value is practically never dated before its release.
    fredmd : str or None
        Column of FRED-MD that carries the same series; ``fredmd_scale`` converts its unit.
    begins, ends : date or None
        First and last period at the publisher: a series *exists* at a date once it has begun.
    embed : bool
        Whether the licence lets the package carry the figures.
    substitutes : tuple of str
        Series that stand in, in this order, always under their own name.
    low, high : float or None
        Bounds of a plausible value in ``unit``; outside them the unit is suspect.
    """

    id: str
    country: str
    publisher: str
    name_en: str
    name_zh: str
    unit: str
    frequency: Frequency
    stamp: str
    adjustment: str
    lag_days: int
    vintage_policy: VintagePolicy
    begins: date
    licence: Licence
    embed: bool
    sources: tuple[str, ...]
    via: str | None = None
    note_en: str | None = None
    note_zh: str | None = None
    lag_from: str = "end"
    ends: date | None = None
    fredmd: str | None = None
    fredmd_scale: float = 1.0
    substitutes: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def name(self, lang: str) -> str:
        """Name of the series in a language (``"en"`` or ``"zh"``)."""
        return self.name_zh if lang == "zh" else self.name_en

    def note(self, lang: str) -> str | None:
        """Remark on the series in a language, if there is one."""
        return self.note_zh if lang == "zh" else self.note_en

    def exists(self, on: date) -> bool:
        """Whether the series has begun, and has not been discontinued, at a date."""
        return self.begins <= on and (self.ends is None or on <= self.ends)


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The actual day of a release that kept off its calendar, e.g. during a shutdown.

    ``never=True`` marks a period that was not and will not be published.
    """

    series: tuple[str, ...]
    period: date
    source: str
    released: date | None = None
    never: bool = False
