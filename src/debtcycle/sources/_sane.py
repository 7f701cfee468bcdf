"""What no parsed answer may hold, whatever its layout: days to come, keys that stand twice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._text import control_in
from debtcycle.sources.parsed import Parsed

__all__ = ["check_future", "check_keys"]

_DAY_AHEAD = timedelta(days=1)  # it is tomorrow already somewhere
_MONTH_DAYS = 31
_YEAR_DAYS = 366
_RECENT = 13  # periods from which the usual distance is taken: a year of months
# Published with projections: the budget office's potential, the central bank's own outlook.
_PROJECTIONS = frozenset(
    {"NROU", "NROUST", "GDPPOT", "NGDPPOT", "GDPC1MD", "UNRATEMD", "PCECTPIMD", "JCXFEMD"}
)
_OUTLOOK_OF_RATES = "FEDTAR"


def _period_days(part: Parsed) -> int:
    """The usual distance between a series' last periods in days; a year at most."""
    apart = np.diff(np.unique(part.periods[-_RECENT:])).astype(np.int64)
    usual = int(np.median(apart)) if apart.size else _MONTH_DAYS
    # A month of 28 days and a holiday in a row of days must not make the next period absurd.
    return min(max(usual + 3, 7), _YEAR_DAYS)


def check_future(part: Parsed, name: str, today: date) -> None:
    """Refuse what nobody can know yet: figures beyond the period that follows the download.

    Raises
    ------
    SchemaChanged
        ``source.ahead`` or ``source.future``.
    """
    tomorrow = min(today, date.max - _DAY_AHEAD) + _DAY_AHEAD
    if part.retrieved is not None and part.retrieved > tomorrow:
        raise SchemaChanged("source.ahead", name=name, value=str(part.retrieved))
    if not part.periods.size:
        return
    limits = [(part.vintages, tomorrow, _MONTH_DAYS)]
    plain = part.key.split(":")[-1]
    if plain not in _PROJECTIONS and not plain.startswith(_OUTLOOK_OF_RATES):
        limits.append((part.periods, part.retrieved or tomorrow, _period_days(part)))
    for column, seen, ahead in limits:
        limit = np.datetime64(seen, "D") + np.timedelta64(ahead, "D")
        if column is not None and column.max() > limit:
            at = int(np.argmax(column > limit))
            raise SchemaChanged(
                "source.future", name=name, row=at + 1, column=part.key, value=str(column[at])
            )


def check_keys(parts: tuple[Parsed, ...], name: str) -> None:
    """Refuse an answer without figures, with one series twice, or with unprintable names.

    Raises
    ------
    SourceError, SchemaChanged
        ``source.empty``, ``source.column_twice`` or ``source.control``.
    """
    if not any(part.periods.size for part in parts):
        raise SourceError("source.empty", name=name)
    for key, count in Counter(part.key for part in parts).items():
        if count > 1:
            raise SchemaChanged("source.column_twice", name=name, column=key)
        if (unprintable := control_in(key)) is not None:
            raise SchemaChanged("source.control", name=name, row="-", column="-", value=unprintable)
