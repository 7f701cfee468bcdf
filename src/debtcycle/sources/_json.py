"""Shared hands of the publishers that answer in JSON: decoding, their errors, lists of records.

An answer with an error is an error even where its status says that all is well: FRED writes
``{"error_code": 400, "error_message": ...}``, the Treasury ``{"error": ..., "message": ...}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NoReturn

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources._table import day, number
from debtcycle.sources._text import decode_text

__all__ = ["Record", "figure", "object_of", "records", "when", "whole", "word"]

Record = Mapping[str, object]

_ERROR_TEXTS = ("error_message", "message", "error", "errors", "detail")
_SHOWN = 160


def _not_json(name: str) -> NoReturn:
    raise SourceError("source.json", name=name)


def _plain(text: object) -> str:
    """A publisher's own words, fit for a line of a terminal."""
    printable = "".join(char if char.isprintable() else " " for char in str(text))
    return " ".join(printable.split())[:_SHOWN]


def object_of(data: bytes, name: str) -> Record:
    """The object that an answer holds.

    Raises
    ------
    SourceError
        ``source.json`` where it is not JSON (``NaN`` and ``Infinity`` are not), ``source.answer``
        where it is the publisher's word that the question was wrong, and those of `decode_text`.
    SchemaChanged
        ``source.column`` where it is JSON but not an object.
    """
    text = decode_text(data, name)
    try:
        found = json.loads(text, parse_constant=lambda _: _not_json(name))
    except (ValueError, RecursionError):
        _not_json(name)
    if not isinstance(found, dict):
        raise SchemaChanged("source.column", name=name, column="{...}", found=type(found).__name__)
    if "error_code" in found or ("data" not in found and found.get("error")):
        said = next((found[field] for field in _ERROR_TEXTS if found.get(field)), "-")
        raise SourceError("source.answer", name=name, reason=_plain(said))
    return found


def records(found: Record, path: Sequence[str], name: str) -> list[Record]:
    """The list of records below the given fields, e.g. ``soma``, ``summary``.

    Raises
    ------
    SchemaChanged
        ``source.column`` where a field is gone or does not hold a list of objects.
    """
    inner: object = found
    for field in path:
        if not isinstance(inner, Mapping) or field not in inner:
            shown = ", ".join(map(str, inner)) if isinstance(inner, Mapping) else "-"
            raise SchemaChanged("source.column", name=name, column=field, found=_plain(shown))
        inner = inner[field]
    if not isinstance(inner, list) or not all(isinstance(item, Mapping) for item in inner):
        raise SchemaChanged("source.column", name=name, column=path[-1], found="-")
    return inner


def _field(record: Record, field: str, name: str) -> object:
    if field not in record:
        shown = _plain(", ".join(map(str, record)))
        raise SchemaChanged("source.column", name=name, column=field, found=shown)
    return record[field]


def figure(record: Record, field: str, name: str, row: int) -> float:
    """A field as a figure, NaN where the publisher wrote that there is none.

    Raises
    ------
    SchemaChanged
        ``source.column`` where the field is gone: that is not the same as "no figure".
    SourceError
        ``source.row`` where it is not a figure.
    """
    return number(_field(record, field, name), name=name, row=row, column=field)


def when(record: Record, field: str, name: str, row: int) -> date:
    """A field as a day; ``source.column`` where it is gone, ``source.date`` where it is none."""
    cell = _field(record, field, name)
    found = day(cell) if isinstance(cell, str) else None
    if found is None:
        raise SourceError("source.date", name=name, row=row, column=field, value=_plain(cell)[:40])
    return found


def word(record: Record, field: str, name: str, row: int) -> str:
    """A field as text, stripped; ``source.column`` where it is gone, ``source.row`` if no text."""
    cell = _field(record, field, name)
    if not isinstance(cell, str):
        raise SourceError("source.row", name=name, row=row, column=field, value=_plain(cell)[:40])
    return cell.strip()


def whole(found: object, field: str, name: str) -> int:
    """A count that the publisher states: a whole number, not negative.

    Raises
    ------
    SchemaChanged
        ``source.column`` where it is gone or is not such a number.
    """
    value = found.get(field) if isinstance(found, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise SchemaChanged("source.column", name=name, column=field, found=_plain(value)[:40])
    return value
