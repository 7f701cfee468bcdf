"""Reading and checking the catalogue and the list of irregular releases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

import msgspec

from debtcycle.catalogue.model import Release, SeriesInfo
from debtcycle.errors import ConfigError

__all__ = ["Catalogue", "load_catalogue", "parse_catalogue"]

UNITS = frozenset(
    {
        "flag",
        "index",
        "number",
        "percent",
        "percent_of_gdp",
        "percentage_points",
        "ratio",
        "share",
        "thousands",
        "usd_bn",
        "usd_mn",
        "usd_per_barrel",
        "usd_per_oz",
        "usd_per_share",
    }
)
ADJUSTMENTS = frozenset({"SA", "NSA", "SAAR", "none"})


class _SeriesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    series: tuple[SeriesInfo, ...]


class _ReleaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    release: tuple[Release, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All series that the package knows, with the releases that kept off the calendar.

    Attributes
    ----------
    entries : mapping of id to SeriesInfo
    releases : mapping of id to {period: release day or None if never published}
    keys : mapping of a publisher's key (as parsers give it) to the id
    """

    entries: Mapping[str, SeriesInfo]
    releases: Mapping[str, Mapping[date, date | None]]
    keys: Mapping[str, str]

    def __getitem__(self, series_id: str) -> SeriesInfo:
        try:
            return self.entries[series_id]
        except KeyError:
            raise ConfigError(
                "catalogue.unknown", series=series_id, near=", ".join(self._near(series_id)) or "-"
            ) from None

    def __contains__(self, series_id: object) -> bool:
        return series_id in self.entries

    def __iter__(self) -> Iterator[SeriesInfo]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def irregular(self, series_id: str) -> Mapping[date, date | None]:
        """Releases of a series that kept off the calendar."""
        return self.releases.get(series_id, {})

    def _near(self, series_id: str) -> list[str]:
        from difflib import get_close_matches

        return get_close_matches(series_id.upper(), list(self.entries), n=3, cutoff=0.6)


def _check_entry(info: SeriesInfo, ids: frozenset[str]) -> None:
    problems = (
        ("unit", info.unit not in UNITS),
        ("stamp", info.stamp not in {"start", "end"}),
        ("adjustment", info.adjustment not in ADJUSTMENTS),
        ("lag_from", info.lag_from not in {"start", "end"}),
        ("lag_days", info.lag_days < 0),
        ("names", not info.name_en.strip() or not info.name_zh.strip()),
        ("substitutes", info.id in info.substitutes or not ids.issuperset(info.substitutes)),
        ("bounds", None not in (info.low, info.high) and info.low >= info.high),  # type: ignore[operator]
        ("ends", info.ends is not None and info.ends < info.begins),
        ("embed", info.embed and info.licence == "restricted"),
    )
    for field, wrong in problems:
        if wrong:
            raise ConfigError("catalogue.invalid", series=info.id, field=field)


def parse_catalogue(series_toml: bytes, releases_toml: bytes) -> Catalogue:
    """Read and validate a catalogue from the text of its two files.

    Raises
    ------
    ConfigError
        ``catalogue.invalid`` naming the entry and the field.
    """
    try:
        entries = msgspec.toml.decode(series_toml, type=_SeriesFile).series
        released = msgspec.toml.decode(releases_toml, type=_ReleaseFile).release
    except msgspec.DecodeError as error:
        raise ConfigError("catalogue.invalid", series="-", field=str(error)) from error
    ids = frozenset(info.id for info in entries)
    if len(ids) < len(entries):
        raise ConfigError("catalogue.invalid", series="-", field="duplicate id")
    keys: dict[str, str] = {}
    for info in entries:
        _check_entry(info, ids)
        fredmd = (f"FRED-MD:{info.fredmd}",) if info.fredmd else ()
        for key in (*info.sources, *fredmd):
            if keys.setdefault(key, info.id) != info.id:
                raise ConfigError("catalogue.invalid", series=info.id, field=f"sources {key}")
    releases: defaultdict[str, dict[date, date | None]] = defaultdict(dict)
    for item in released:
        for series_id in item.series:
            if series_id not in ids or (item.released is None) is not item.never:
                raise ConfigError("catalogue.invalid", series=series_id, field="releases")
            releases[series_id][item.period] = item.released
    return Catalogue({info.id: info for info in entries}, dict(releases), keys)


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The catalogue that the package ships, read once."""
    here = files("debtcycle.catalogue")
    return parse_catalogue(
        (here / "series.toml").read_bytes(), (here / "releases.toml").read_bytes()
    )
