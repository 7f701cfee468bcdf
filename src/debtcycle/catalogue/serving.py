"""What publishers still serve: histories cut short, series that ended and what follows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

import msgspec
import numpy as np

from debtcycle.catalogue.calendar import shift_months
from debtcycle.catalogue.load import Catalogue, load_catalogue
from debtcycle.errors import ConfigError

__all__ = ["Ended", "Serving", "Window", "load_serving", "parse_serving"]


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A publisher serves only the last years of some series.

    Attributes
    ----------
    series : tuple of str
        Ids of the catalogue.
    at : str
        Where the window holds.
    years : int
    since : date
        From when.
    served_as : str or None
        The series' name there, where it is another one.
    """

    series: tuple[str, ...]
    at: str
    years: int
    since: date
    source: str
    served_as: str | None = None

    def first_served(self, on: date) -> date | None:
        """First day that is still served at a date; None while everything was.

        Parameters
        ----------
        on : date
        """
        if on < self.since:
            return None
        day = np.array([on], dtype="M8[D]")
        first: date = shift_months(day, -12 * self.years)[0].item()
        return first


class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A series whose publisher has ended it, and the series that continue its subject."""

    series: str
    last: date
    source: str
    by: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    window: tuple[Window, ...] = ()
    ended: tuple[Ended, ...] = ()


@dataclass(frozen=True, slots=True)
class Serving:
    """Windows and ends by id of the series."""

    windows: Mapping[str, Window]
    ended: Mapping[str, Ended]


def parse_serving(text: bytes, catalogue: Catalogue) -> Serving:
    """Read the list and hold it against a catalogue.

    Raises
    ------
    ConfigError
        ``catalogue.invalid`` naming the series and the field: one that the catalogue does not
        have, a window of no years, an end that is not the catalogue's own.
    """
    try:
        found = msgspec.toml.decode(text, type=_File)
    except msgspec.DecodeError as error:
        raise ConfigError("catalogue.invalid", series="-", field=str(error)) from error
    windows: dict[str, Window] = {}
    for window in found.window:
        for name in window.series:
            if name not in catalogue or window.years < 1 or name in windows:
                raise ConfigError("catalogue.invalid", series=name, field="window")
            windows[name] = window
    ended: dict[str, Ended] = {}
    for item in found.ended:
        wrong = item.series not in catalogue or item.series in ended
        if wrong or catalogue[item.series].ends != item.last:
            raise ConfigError("catalogue.invalid", series=item.series, field="ended")
        ended[item.series] = item
    return Serving(windows, ended)


@lru_cache(maxsize=1)
def load_serving() -> Serving:
    """The list that the package ships, read once."""
    text = (files("debtcycle.catalogue") / "serving.toml").read_bytes()
    return parse_serving(text, load_catalogue())
