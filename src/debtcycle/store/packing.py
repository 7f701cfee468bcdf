"""How rows lie in the file: the columns of one series and batch as one block, with checksums.

A block of n rows holds four columns one after another: periods and days known as 32-bit day
numbers, values as 64-bit floats, bases as bytes; all little-endian, 17 bytes a row. It is written
once. Read as columns it needs no pass over single rows, which is what makes reading fast.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import StoreError
from debtcycle.store.schema import Document, Rows

__all__ = [
    "chained",
    "checksum",
    "content_hash",
    "join",
    "pack_documents",
    "pack_rows",
    "unpack_documents",
    "unpack_pieces",
    "unpack_rows",
]

ROW_BYTES = 17
_PIECE = struct.Struct("<qq")
_DAY = "M8[D]"
_LIMIT = np.iinfo("i4").max


class _Note(msgspec.Struct, frozen=True, array_like=True):
    known_from: int
    payload: str


def checksum(*cells: object) -> int:
    """CRC-32 over the text of some cells."""
    return zlib.crc32("\0".join(map(str, cells)).encode("utf-8", "surrogatepass"))


def chained(chain: int, batch: int, count: int, packed: bytes) -> int:
    """Checksum of a piece, carried on from that of the pieces before it."""
    return zlib.crc32(packed, zlib.crc32(_PIECE.pack(batch, count), chain))


def _words(days: NDArray[np.datetime64]) -> bytes:
    numbers = days.astype(_DAY).astype("i8")
    if len(numbers) and np.abs(numbers).max() > _LIMIT:
        raise ValueError("a day outside the calendar")
    return numbers.astype("<i4").tobytes()


def _plain(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every NaN the same and nought without a sign, so that equal figures are equal bytes."""
    found: NDArray[np.float64] = np.where(np.isnan(values), np.nan, values + 0.0)
    return found


def pack_rows(name: str, rows: Rows) -> bytes:
    """The block of some rows, sorted.

    Raises
    ------
    StoreError
        ``store.duplicate`` if two rows are of one period and one day, ``store.badrows`` if a
        day cannot be kept.
    """
    rows = rows.ordered()
    same = (rows.periods[1:] == rows.periods[:-1]) & (rows.known_from[1:] == rows.known_from[:-1])
    if same.any():
        raise StoreError("store.duplicate", series=name, period=rows.periods[1:][same][0])
    try:
        days = _words(rows.periods) + _words(rows.known_from)
    except ValueError as error:
        raise StoreError("store.badrows", series=name, reason=str(error)) from error
    return days + _plain(rows.values).astype("<f8").tobytes() + rows.basis.astype("i1").tobytes()


def unpack_rows(packed: bytes, count: int) -> Rows:
    """The rows of a block; see `unpack_pieces`."""
    return unpack_pieces([(count, packed)])


def unpack_pieces(pieces: Sequence[tuple[int, bytes]]) -> Rows:
    """The rows of several blocks as one series: of equal days the later block stands last.

    A series that was updated every day for years has thousands of small blocks: their columns
    are put together as bytes, and read once.

    Raises
    ------
    ValueError
        If a block does not hold as many rows as it should.
    """
    if any(len(packed) != ROW_BYTES * count for count, packed in pieces):
        raise ValueError("length of a block")
    columns = [
        b"".join([packed[first * count : last * count] for count, packed in pieces])
        for first, last in ((0, 4), (4, 8), (8, 16), (16, ROW_BYTES))
    ]
    kinds = ("<i4", "<i4", "<f8", "i1")
    periods, known, values, basis = map(np.frombuffer, columns, kinds)
    # Figures that are never revised come in order; sorting them would take as long as reading.
    if len(pieces) > 1 and not bool((periods[1:] > periods[:-1]).all()):
        # Both days in one number: blocks are sorted, and a stable sort of whole runs merges them.
        order = np.argsort((periods.astype("i8") << 32) + known, kind="stable")
        periods, known, values, basis = (
            column.take(order) for column in (periods, known, values, basis)
        )
    # By way of whole numbers: a cast of days from short ones goes through the calendar.
    days = [column.astype("i8").view(_DAY) for column in (periods, known)]
    return Rows(days[0], days[1], values.astype("f8"), basis)


def join(parts: Sequence[Rows]) -> Rows:
    """Rows of several batches as one series: of equal days the later batch stands last."""
    if not parts:
        return Rows.empty()
    if len(parts) == 1:
        return parts[0]
    return Rows(
        np.concatenate([part.periods for part in parts]),
        np.concatenate([part.known_from for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.basis for part in parts]),
    ).ordered()


def pack_documents(documents: Sequence[Document]) -> bytes:
    """The block of some documents of one kind."""
    return msgspec.json.encode(
        [_Note(int(d.known_from.astype(_DAY).astype("i8")), d.payload) for d in documents]
    )


def unpack_documents(kind: str, packed: bytes) -> tuple[Document, ...]:
    """The documents of a block, in written order.

    Raises
    ------
    ValueError
        If the block is none.
    """
    notes = msgspec.json.decode(packed, type=list[_Note])
    return tuple(Document(kind, np.datetime64(n.known_from, "D"), n.payload) for n in notes)


def content_hash(rows: Mapping[str, Rows], documents: Sequence[Document]) -> str:
    """SHA-256 over the rows of a batch in canonical order, to verify it later.

    Canonical means: as the file gives them back. Rows are sorted, series without rows are left
    out, every NaN is the same, nought has no sign, and documents stand by kind.
    """
    digest = hashlib.sha256()
    for name in sorted(name for name, part in rows.items() if len(part)):
        part = rows[name].ordered()
        digest.update(name.encode() + b"\0")
        for array in (part.periods, part.known_from):
            digest.update(array.astype(_DAY).astype("<i8").tobytes())
        digest.update(_plain(part.values).astype("<f8").tobytes())
        digest.update(part.basis.tobytes())
    for document in sorted(documents, key=lambda item: item.kind):
        day = document.known_from.astype(_DAY).astype(int)
        digest.update(f"{document.kind}\0{day}\0{document.payload}\0".encode())
    return digest.hexdigest()
