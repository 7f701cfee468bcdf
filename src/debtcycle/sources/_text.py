"""Publishers' bytes as text: which encoding, and what is no text at all."""

from __future__ import annotations

import csv
import re

from debtcycle.errors import SourceError

__all__ = ["CONTROL", "control_in", "decode_table", "decode_text", "header_of"]

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
# A page may also begin in the middle: an error of a gateway, a part that a script would place.
_HTML_PART = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*</?(?:div|p|span|section|main|article|title|meta|script|style|table|h[1-6]"
    rb"|center|form|iframe|pre|b|br|hr)[\s/>]",
    re.IGNORECASE | re.DOTALL,
)
# C0 and C1 but the tab and line breaks, which quoted cells may hold; lone surrogates and
# non-characters, which XML does not know either.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE = re.compile("[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")

# What shows that bytes which are not UTF-8 are no old Western text either: control characters;
# a whole character of UTF-8, which is then damaged and not old; three letters with marks in a
# row, which no Western word has and every text in another script does.
_NOT_WESTERN = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\x80-\xff]{3}|[\xc2-\xdf][\x80-\xbf]|[\x80-\xff]\Z"
)
_BOM = b"\xef\xbb\xbf"


def control_in(text: str) -> str | None:
    """The first character of a text that no one can see, as ``U+001B``; None where none is."""
    found = CONTROL.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def _check_kind(data: bytes, name: str) -> None:
    if not data.strip(_BOM + b" \t\r\n"):
        raise SourceError("source.empty", name=name)
    bare = data[:4096].removeprefix(_BOM)
    if b"<" in data and (_HTML.search(data) or _HTML_PART.match(bare)):
        raise SourceError("source.html", name=name)
    if b"\0" in data:
        raise SourceError("source.binary", name=name)


def decode_text(data: bytes, name: str) -> str:
    """UTF-8 as text, without byte-order mark; JSON is never anything else (RFC 8259).

    Raises
    ------
    SourceError
        ``source.empty``, ``source.binary`` or ``source.html``.
    """
    _check_kind(data, name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("source.binary", name=name) from None


def decode_table(data: bytes, name: str) -> str:
    """A comma-separated file as text: UTF-8, or the old Western code page (Windows-1252, Latin-1).

    The old code page is only taken where nothing can hang on the guess: columns are found by
    their names, so the header must be ASCII, and figures and dates are refused cell by cell
    where they are not ASCII. What is left are names of countries and institutions.

    Raises
    ------
    SourceError
        As `decode_text`; ``source.binary`` also where the header has old letters, and where the
        bytes are damaged UTF-8, another script or no text.
    """
    _check_kind(data, name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if data.startswith(_BOM) or _NOT_WESTERN.search(data):
            raise SourceError("source.binary", name=name) from None
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise SourceError("source.binary", name=name) from None
    if not _first_line(text).isascii():
        raise SourceError("source.binary", name=name)
    return text


def _first_line(text: str) -> str:
    """The first line that holds anything; empty where there is none."""
    lines = (found[0] for found in _LINE.finditer(text))
    return next((line for line in lines if line.strip()), "")


def header_of(text: str) -> tuple[str, ...]:
    """Cells of the first line that holds anything; empty where there is none."""
    try:
        return tuple(cell.strip() for cell in next(csv.reader([_first_line(text)]), []))
    except csv.Error:
        return ()
