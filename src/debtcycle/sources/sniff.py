"""Decides by content which layout a file has, and reads it: never by the file's extension."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from debtcycle.errors import DebtcycleError, SchemaChanged, SourceError
from debtcycle.sources import (
    aaii,
    announcements,
    auctions,
    bis,
    cboe,
    cftc,
    dfa,
    finra,
    fred,
    fred_api,
    fredmd,
    jst,
    naaim,
    ofr,
    omb,
    quotes,
    refunding,
    shiller,
    termpremium,
    tic,
    z1,
)
from debtcycle.sources._sane import check_future, check_keys
from debtcycle.sources._text import decode_table, decode_text, header_of
from debtcycle.sources._workbook import MAX_FILE_BYTES, xls_sheet_names, xlsx_rows
from debtcycle.sources.announcements import Announcement, parse_announcements
from debtcycle.sources.parsed import Parsed

__all__ = ["LAYOUTS", "Content", "read_bytes", "read_file"]

Content = tuple[Parsed, ...] | tuple[Announcement, ...]
Parse = Callable[[bytes, str], Content]

_MAX_YEARS_AHEAD = 20  # for announcements, which may state a day to come
_ANSWER_TEXTS = ("error_message", "message", "error", "errors", "detail")


@dataclass(frozen=True, slots=True)
class _TextLayout:
    """A comma-separated layout: what it is called, how it is known, how it is read."""

    label: str
    matches: Callable[[tuple[str, ...]], bool]
    parse: Parse


# Distinct layouts before general ones.
_TEXT = (
    _TextLayout("FRED-MD/FRED-QD (sasdate)", fredmd.matches, fredmd.parse),
    _TextLayout("FRED-MD table of changes", fredmd.matches_changes, fredmd.parse_changes),
    _TextLayout("datahub's copy of Shiller", shiller.matches, shiller.parse_copy),
    _TextLayout("BIS columns", bis.matches, bis.parse),
    _TextLayout("FINRA margin statistics", finra.matches, finra.parse),
    _TextLayout("Z.1 net purchases by holder", z1.matches, z1.parse),
    _TextLayout("Treasury auction results", auctions.matches, auctions.parse),
    _TextLayout(
        "Treasury auction announcements", auctions.matches_announcements, auctions.parse_announced
    ),
    _TextLayout("Treasury refunding", refunding.matches, refunding.parse),
    _TextLayout("TIC holdings by country", tic.matches, tic.parse),
    _TextLayout("term premium overlay", termpremium.matches, termpremium.parse),
    _TextLayout("OFR stress index", ofr.matches, ofr.parse),
    _TextLayout("Cboe VIX or put-call", cboe.matches, cboe.parse),
    _TextLayout("AAII survey", aaii.matches, aaii.parse),
    _TextLayout("NAAIM exposure", naaim.matches, naaim.parse),
    _TextLayout("CFTC positions", cftc.matches, cftc.parse),
    _TextLayout("DFA net worth by group", dfa.matches, dfa.parse),
    _TextLayout("daily prices (OHLC)", quotes.matches, quotes.parse),
    _TextLayout("balance-sheet announcements", announcements.matches, parse_announcements),
    _TextLayout("FRED CSV (observation_date, DATE, or date,value)", fred.matches, fred.parse),
)

LAYOUTS: tuple[str, ...] = (
    *(layout.label for layout in _TEXT),
    "FRED JSON (series/observations)",
    "Treasury auction results (JSON)",
    "Shiller's workbook",
    "AAII's workbook",
    "FINRA's workbook",
    "OMB Tables 1.1, 3.1, 3.2, 6.1",
    "FRED-MD archive (.tar.xz)",
    "FRED-MD table of changes (Parquet)",
)


def _unknown(name: str) -> SourceError:
    return SourceError("source.layout", name=name)


def _text(data: bytes, name: str) -> Content:
    text = decode_table(data, name)
    header = header_of(text)
    for layout in _TEXT:
        if layout.matches(header):
            return layout.parse(data, name)
    raise _unknown(name)


def _json(data: bytes, name: str) -> Content:
    try:
        found = json.loads(decode_text(data, name))
    except (ValueError, RecursionError):
        raise SourceError("source.json", name=name) from None
    if fred_api.matches(found):
        return fred_api.parse(data, name)
    if auctions.matches_json(found):
        return auctions.parse_json(data, name)
    if isinstance(found, Mapping) and len(found) <= 4:
        for field in _ANSWER_TEXTS:
            if found.get(field):
                raise SourceError("source.answer", name=name, reason=str(found[field])[:160])
    raise _unknown(name)


def _xlsx(data: bytes, name: str) -> Content:
    rows = xlsx_rows(data, name)
    if omb.matches(rows):
        return omb.parse(data, name)
    if rows and finra.matches(rows[0]):
        return finra.parse(data, name)
    if jst.matches(rows):
        raise SourceError("source.jst", name=name)
    raise _unknown(name)


def _xls(data: bytes, name: str) -> Content:
    sheets = xls_sheet_names(data, name)
    if shiller.SHEET in sheets:
        return shiller.parse(data, name)
    if aaii.SHEET in sheets:
        return aaii.parse_workbook(data, name)
    raise _unknown(name)


def _parse(data: bytes, name: str) -> Content:
    if data.startswith(b"PK"):
        return _xlsx(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _xls(data, name)
    if data.startswith(b"PAR1"):
        return fredmd.parse_changes(data, name)
    if data.startswith(b"\xfd7zXZ\0"):
        return fredmd.parse_archive(data, name)
    for magic, kind in ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"7z\xbc\xaf", "7z")):
        if data.startswith(magic):
            raise SourceError("source.compressed", name=name, kind=kind)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return _json(data, name)
    return _text(data, name)


def _years_later(start: date, years: int) -> date:
    return date(min(start.year + years, 9999), start.month, min(start.day, 28))


def _parsed(data: bytes, name: str) -> Content:
    """Parse, and turn whatever a reader trips over into the one kind of error.

    Readers of workbooks and columns are others' work: what they raise on a damaged file is not
    listed anywhere, and one file must not keep the others out.
    """
    try:
        return _parse(data, name)
    except (DebtcycleError, MemoryError):
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:120].encode("ascii", "replace").decode()
        raise SourceError("source.fault", name=name, reason=reason) from error


def read_bytes(data: bytes, name: str, *, today: date | None = None) -> Content:
    """Read a file's content, whatever known layout it has.

    Parameters
    ----------
    data : bytes
        The content.
    name : str
        The file's name: for errors, and for the key where the content does not carry it.
    today : date, optional
        The day against which absurd dates are judged; the calendar's by default.

    Returns
    -------
    tuple of Parsed, or tuple of Announcement
        Series in the file's order, or the steps of the announcement log.

    Raises
    ------
    SourceError
        What is wrong with the file, with row and column where there are any; SchemaChanged where
        the layout is known but not what it was.
    """
    if len(data) > MAX_FILE_BYTES:
        raise SourceError("source.too_large", name=name, limit_mb=MAX_FILE_BYTES // 2**20)
    if not data:
        raise SourceError("source.empty", name=name)
    found = _parsed(data, name)
    judged_on = today or datetime.now(UTC).date()
    parts = tuple(part for part in found if isinstance(part, Parsed))
    for part in parts:
        check_future(part, name, judged_on)
    if parts:
        check_keys(parts, name)
    limit = _years_later(judged_on, _MAX_YEARS_AHEAD)
    for row, step in enumerate(found, start=2):
        if isinstance(step, Announcement) and step.date > limit:
            raise SchemaChanged(
                "source.future", name=name, row=row, column="date", value=str(step.date)
            )
    return found


def read_file(path: Path, *, today: date | None = None) -> Content:
    """Read a file; see `read_bytes`.

    Raises
    ------
    SourceError
        Also ``source.unreadable`` where the file cannot be opened.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SourceError("source.too_large", name=path.name, limit_mb=MAX_FILE_BYTES // 2**20)
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError("source.unreadable", name=path.name, reason=reason) from error
    return read_bytes(data, path.name, today=today)
