"""Answers of FRED's web service (``series/observations``) and a saved window of many series.

An observation carries ``realtime_start`` and ``realtime_end``, the days between which it was the
published figure. Where the whole answer is one day's state there are no vintages; the day is the
day of the download. Otherwise ``realtime_start`` is the vintage. At the edge of the requested
window it is only an upper bound of the day of publication: late, never early.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import numpy as np

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._table import day, number, retrieved_on, series_id
from debtcycle.sources._text import decode_text
from debtcycle.sources.parsed import Parsed, series, vintage_series

__all__ = ["matches", "parse"]

_DAY = "datetime64[D]"


def _is_answer(found: object) -> bool:
    if not isinstance(found, Mapping) or not isinstance(found.get("observations"), list):
        return False
    return all(isinstance(found.get(edge), str) for edge in ("realtime_start", "realtime_end"))


def matches(found: object) -> bool:
    """Whether decoded JSON is one of these layouts."""
    if not isinstance(found, Mapping) or not found:
        return False
    if _is_answer(found) or all(_is_answer(answer) for answer in found.values()):
        return True
    return "fetched_at" in found and isinstance(found.get("series"), Mapping)


def _day(cell: object, name: str, row: int, column: str) -> date:
    found = day(cell) if isinstance(cell, str) else None
    if found is None:
        raise SourceError("source.date", name=name, row=row, column=column, value=str(cell)[:40])
    return found


def _answer(key: str, found: Mapping[str, object], name: str) -> Parsed:
    observations = found["observations"]
    assert isinstance(observations, list)  # by `matches`
    if not observations:
        raise SourceError("source.empty", name=name)
    periods: list[date] = []
    known: list[date] = []
    values: list[float] = []
    for row, observation in enumerate(observations, start=1):
        if not isinstance(observation, Mapping) or not {"date", "value"} <= observation.keys():
            raise SchemaChanged("source.column", name=name, column="date, value", found=f"#{row}")
        periods.append(_day(observation["date"], name, row, "date"))
        values.append(number(observation["value"], name=name, row=row, column="value"))
        start = observation.get("realtime_start", found["realtime_start"])
        known.append(_day(start, name, row, "realtime_start"))
    if found["realtime_start"] == found["realtime_end"]:
        seen = _day(found["realtime_end"], name, 0, "realtime_end")
        lines = range(1, len(periods) + 1)
        if found.get("sort_order") == "desc":
            periods, values, lines = periods[::-1], values[::-1], lines[::-1]
        return series(key, periods, values, name=name, lines=lines, column="value", retrieved=seen)
    return vintage_series(
        key,
        np.array(periods, dtype=_DAY),
        np.array(values),
        np.array(known, dtype=_DAY),
        name=name,
        exact=True,
    )


def _check_key(key: str, name: str) -> None:
    if not key.strip():
        raise SchemaChanged("source.column", name=name, column="-", found="")


def _window(found: Mapping[str, object], name: str) -> tuple[Parsed, ...]:
    seen = retrieved_on(found["fetched_at"])
    parts: list[Parsed] = []
    table = found["series"]
    assert isinstance(table, Mapping)  # by `matches`
    for key, pairs in table.items():
        _check_key(key, name)
        if not isinstance(pairs, list) or not all(
            isinstance(pair, list) and len(pair) == 2 for pair in pairs
        ):
            raise SchemaChanged("source.column", name=name, column=str(key), found="")
        if not pairs:
            continue
        lines = range(1, len(pairs) + 1)
        periods = [_day(pair[0], name, row, key) for row, pair in zip(lines, pairs, strict=True)]
        values = [
            number(pair[1], name=name, row=row, column=key)
            for row, pair in zip(lines, pairs, strict=True)
        ]
        parts.append(
            series(key, periods, values, name=name, lines=lines, column=key, retrieved=seen)
        )
    if not parts:
        raise SourceError("source.empty", name=name)
    return tuple(parts)


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read an answer, an object of answers by series, or a saved window of many series.

    Parameters
    ----------
    data : bytes
        The JSON text.
    name : str
        File name; carries the series' key for a single answer, which does not name itself.

    Raises
    ------
    SourceError, SchemaChanged
        ``source.series_id`` where the name carries no key; a figure or date is not one.
    """
    try:
        found = json.loads(decode_text(data, name))
    except (ValueError, RecursionError):
        raise SourceError("source.json", name=name) from None
    if not matches(found):
        raise SchemaChanged("source.column", name=name, column="observations", found="")
    if _is_answer(found):
        return (_answer(series_id(name), found, name),)
    if "fetched_at" in found:
        return _window(found, name)
    for key in found:
        _check_key(key, name)
    return tuple(_answer(key, answer, name) for key, answer in found.items())
