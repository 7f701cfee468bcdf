"""The compact form of the reference edition: a header and shuffled columns, compressed.

Layout of the decompressed payload: an 8-byte length, that many bytes of JSON header, then the
columns of all series one after another: periods, days known and values as little-endian 64-bit
words, basis as single bytes. Days are stored as first differences, and each column is split into
byte planes, because neighbouring figures share their leading bytes.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import StoreError
from debtcycle.store import Document, Rows

__all__ = ["decode_edition", "encode_edition"]

_MAGIC = "debtcycle-edition-1"
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]


class _Doc(msgspec.Struct, frozen=True):
    kind: str
    known_from: int
    payload: str


class _Header(msgspec.Struct, frozen=True):
    magic: str
    sha256: str
    series: tuple[tuple[str, int], ...]
    documents: tuple[_Doc, ...]


def _shuffle(words: NDArray[np.int64] | NDArray[np.float64]) -> bytes:
    return words.astype(words.dtype.newbyteorder("<")).view("u1").reshape(-1, 8).T.tobytes()


def _unshuffle(data: bytes, dtype: str) -> NDArray[np.generic]:
    planes = np.frombuffer(data, dtype="u1").reshape(8, -1)
    return np.ascontiguousarray(planes.T).view(dtype).ravel()


def encode_edition(rows: Mapping[str, Rows], documents: Sequence[Document]) -> bytes:
    """Pack rows and documents. The same input gives the same bytes."""
    names = sorted(rows)
    periods = np.concatenate([rows[n].periods.astype("i8") for n in names])
    known = np.concatenate([rows[n].known_from.astype("i8") for n in names])
    values = np.concatenate([rows[n].values for n in names])
    basis = np.concatenate([rows[n].basis for n in names])
    body = b"".join(
        (
            _shuffle(np.diff(periods, prepend=0)),
            _shuffle(np.diff(known - periods, prepend=0)),
            _shuffle(values),
            basis.astype("u1").tobytes(),
        )
    )
    header = msgspec.json.encode(
        _Header(
            _MAGIC,
            hashlib.sha256(body).hexdigest(),
            tuple((n, len(rows[n])) for n in names),
            tuple(
                _Doc(d.kind, int(d.known_from.astype("M8[D]").astype("i8")), d.payload)
                for d in documents
            ),
        )
    )
    payload = len(header).to_bytes(8, "little") + header + body
    return lzma.compress(payload, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64, filters=_FILTERS)


def decode_edition(data: bytes) -> tuple[dict[str, Rows], tuple[Document, ...]]:
    """Unpack an edition and verify its hash.

    Raises
    ------
    StoreError
        ``reference.broken`` if the bytes are not a whole edition.
    """
    try:
        payload = lzma.decompress(data)
        size = int.from_bytes(payload[:8], "little")
        header = msgspec.json.decode(payload[8 : 8 + size], type=_Header)
    except (lzma.LZMAError, msgspec.DecodeError) as error:
        raise StoreError("reference.broken", reason=str(error)) from error
    body = payload[8 + size :]
    if header.magic != _MAGIC or hashlib.sha256(body).hexdigest() != header.sha256:
        raise StoreError("reference.broken", reason="hash")
    total = sum(count for _, count in header.series)
    periods = np.cumsum(_unshuffle(body[: 8 * total], "<i8"))
    known = np.cumsum(_unshuffle(body[8 * total : 16 * total], "<i8")) + periods
    values = _unshuffle(body[16 * total : 24 * total], "<f8").astype("f8")
    basis = np.frombuffer(body[24 * total :], dtype="i1")
    rows: dict[str, Rows] = {}
    start = 0
    for name, count in header.series:
        part = slice(start, start + count)
        rows[name] = Rows(
            periods[part].astype("M8[D]"), known[part].astype("M8[D]"), values[part], basis[part]
        )
        start += count
    documents = tuple(
        Document(d.kind, np.datetime64(d.known_from, "D"), d.payload) for d in header.documents
    )
    return rows, documents
