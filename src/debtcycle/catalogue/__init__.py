"""What each series is: publisher, unit, frequency, release lag, vintages, licence, names."""

from __future__ import annotations

from debtcycle.catalogue.load import Catalogue, load_catalogue, parse_catalogue
from debtcycle.catalogue.model import Frequency, Licence, Release, SeriesInfo, VintagePolicy

__all__ = [
    "Catalogue",
    "Frequency",
    "Licence",
    "Release",
    "SeriesInfo",
    "VintagePolicy",
    "load_catalogue",
    "parse_catalogue",
]
