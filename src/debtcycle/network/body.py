"""Taking a body in: counted while it comes, unpacked within bounds, and looked at."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping

from debtcycle.sources.steps import Form

__all__ = ["BodyFault", "collect", "look", "said_in"]

_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 1 << 20
_BOM = b"\xef\xbb\xbf"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# An answer that is nothing but an error is short; a long one is data and is left to its parser.
_ERROR_BYTES = 1 << 16
_ERROR_FIELDS = ("error_message", "error", "errors", "message", "detail", "fault")
_DATA_FIELDS = frozenset({"observations", "vintage_dates", "data", "seriess", "results"})
_REASON_CHARS = 160


class BodyFault(Exception):
    """A body that is not taken: the end of a message id, and what to say with it."""

    def __init__(self, kind: str, **params: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.params = params


class _Unpacker:
    """Gzip, one or more members, never unpacked beyond what may be taken."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._most = most
        self._member = zlib.decompressobj(_GZIP)
        self.pieces: list[bytes] = []
        self._begun = False

    def feed(self, data: bytes) -> None:
        while data:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            self._begun = True
            # One byte more than is left tells a body at the limit from one beyond it.
            piece = self._member.decompress(data, min(_PIECE, self._left + 1))
            self._left -= len(piece)
            if self._left < 0:
                raise BodyFault("bomb", limit_mb=self._most >> 20)
            if piece:
                self.pieces.append(piece)
            data = self._member.unconsumed_tail or self._member.unused_data

    def end(self) -> None:
        if self._begun and not self._member.eof:
            raise BodyFault("encoding", encoding="gzip")


def collect(pieces: Iterable[bytes], encoding: str, *, most: int, most_unpacked: int) -> bytes:
    """Take in a body piece by piece.

    Parameters
    ----------
    pieces : iterable of bytes
        As they come over the wire, still packed.
    encoding : str
        The answer's ``Content-Encoding``.
    most, most_unpacked : int
        Most bytes, as sent and as unpacked.

    Raises
    ------
    BodyFault
        ``bomb`` or ``encoding``.
    """
    encoding = encoding.strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise BodyFault("encoding", encoding=encoding[:20])
    unpacker = _Unpacker(most_unpacked) if "gzip" in encoding else None
    plain: list[bytes] = []
    taken, broken = 0, False
    for piece in pieces:
        taken += len(piece)
        if taken > most:
            raise BodyFault("bomb", limit_mb=most >> 20)
        if unpacker is None:
            plain.append(piece)
            continue
        try:
            unpacker.feed(piece)
        except zlib.error:
            broken = True
            break
    if broken:
        raise BodyFault("encoding", encoding="gzip")
    if unpacker is None:
        return b"".join(plain)
    unpacker.end()
    return b"".join(unpacker.pieces)


def _words(found: object) -> str:
    """One line of what a server says, without anything that could move a cursor."""
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_REASON_CHARS]


def said_in(body: bytes) -> str | None:
    """What a short JSON answer gives as an error; None where it gives none."""
    start = body.removeprefix(_BOM).lstrip()
    if len(body) > _ERROR_BYTES or start[:1] != b"{":
        return None
    try:
        found = json.loads(start)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, Mapping) or _DATA_FIELDS & found.keys():
        return None
    return next((_words(found[name]) for name in _ERROR_FIELDS if found.get(name)), None)


def look(body: bytes, form: Form) -> None:
    """Refuse a body that cannot be what was asked for, before it is parsed.

    Raises
    ------
    BodyFault
        ``empty``, ``html``, ``error_body`` or ``form``.
    """
    start = body[:4096].removeprefix(_BOM).lstrip()
    if not start and not body.removeprefix(_BOM).strip():
        raise BodyFault("empty")
    if start[:1] == b"<":
        raise BodyFault("html", form=form.value)
    said = said_in(body)
    if said is not None:
        raise BodyFault("error_body", reason=said)
    binary = body.startswith((_ZIP, _OLE))
    text = not binary and b"\0" not in start
    fits = {
        Form.CSV: text and start[:1] not in {b"{", b"["},
        Form.JSON: start[:1] in {b"{", b"["},
        Form.ZIP: body.startswith(_ZIP),
        Form.WORKBOOK: binary,
    }
    if not fits[form]:
        raise BodyFault("form", form=form.value)
