"""The raw archive: every body that was parsed, in the order in which it was taken in.

A file of its own beside the store, to which records are only ever added, because it is what a
damaged store is rebuilt from: the two must not break together. A record is written and forced to
the disk before the batch made from it is acknowledged. Each carries its own checksums, so that
one damaged record costs that record alone: a reader looks for the next mark and goes on.

Layout of a record: mark, kind, codec, two spare bytes, length of the packed content (8 bytes),
SHA-256 of the content, CRC-32 of the packed content, CRC-32 of this head; then the content. A
*body* holds bytes as fetched. An *entry* says in JSON what was done with which bodies.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from debtcycle.store.database import faults
from debtcycle.store.entries import Entry

__all__ = ["Archive", "Record", "archive_path", "sync_folder"]

_MARK = b"\x89DCA\r\n\x1a\x01"
_HEAD = struct.Struct("<8sBB2xQ32sI")
_HEAD_BYTES = _HEAD.size + 4
_BODY, _ENTRY = 1, 2
_STORED, _LZMA, _CHANGE = 0, 1, 2
_CHANGE_HEAD = struct.Struct("<32sQQ")
# The quickest preset: within a quarter of the size of the slowest, at eight times its speed.
_PRESET = 1
_STEP = 1 << 20
# What publishers compress themselves: xz, zip and workbooks, gzip, Parquet.
_COMPRESSED = (b"\xfd7zXZ\0", b"PK\x03\x04", b"\x1f\x8b", b"PAR1")


@dataclass(frozen=True, slots=True)
class Record:
    """Where a record lies and what it is, without its content."""

    at: int
    kind: int
    codec: int
    size: int
    sha256: str
    crc: int

    @property
    def end(self) -> int:
        """First byte after the record."""
        return self.at + _HEAD_BYTES + self.size


@dataclass(slots=True)
class _Index:
    bodies: dict[str, Record] = field(default_factory=dict)
    entries: list[tuple[Entry, Record]] = field(default_factory=list)
    bases: dict[tuple[str, int], str] = field(default_factory=dict)
    damaged: int = 0
    end: int = 0


def archive_path(store: Path) -> Path:
    """Where the archive of a store lies."""
    return store.with_name(f"{store.name}.archive")


class Archive:
    """The archive beside a store; a missing file is an empty archive.

    Parameters
    ----------
    path : Path
        The archive's own file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: _Index | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was done, oldest first; damaged records are left out."""
        return tuple(entry for entry, _ in self._index().entries)

    @property
    def damaged(self) -> int:
        """Number of stretches of the file that hold no readable record."""
        return self._index().damaged

    def body(self, sha256: str) -> bytes | None:
        """A body by its hash, checked against it; None if it is not there or damaged."""
        record = self._index().bodies.get(sha256)
        content = None if record is None else self._content(record)
        if content is None or hashlib.sha256(content).hexdigest() != sha256:
            return None
        return content

    def bodies(self, entry: Entry) -> tuple[bytes, ...] | None:
        """All bodies of an entry; None if one of them is lost."""
        found = tuple(self.body(sha256) for sha256 in entry.bodies)
        whole = tuple(body for body in found if body is not None)
        return whole if len(whole) == len(found) else None

    def add(self, entry: Entry, bodies: Sequence[bytes] = ()) -> None:
        """Add an entry and those of its bodies that are not there yet, forced to the disk.

        The caller holds the writer's lock.

        Raises
        ------
        StoreError
            ``store.full`` or ``store.readonly``; the archive is then as it was.
        """
        index = self._index()
        pieces: list[bytes] = []
        added: list[tuple[int, str]] = []
        for number, (sha256, body) in enumerate(zip(entry.bodies, bodies, strict=True)):
            if sha256 in (own for _, own in added) or self.body(sha256) is not None:
                continue
            codec, packed = self._packed(index.bases.get((entry.asks(), number)), body)
            pieces.append(_record(_BODY, codec, packed, bytes.fromhex(sha256)))
            added.append((number, sha256))
        text = msgspec.json.encode(entry)
        pieces.append(_record(_ENTRY, _STORED, text, hashlib.sha256(text).digest()))
        with faults(self.path):
            self._write(b"".join(pieces), index.end)
        self._found = None if index.damaged else _scanned(self.path, index)

    def _packed(self, base: str | None, body: bytes) -> tuple[int, bytes]:
        """The body compressed, or only what differs from the last whole answer to its question.

        A publisher's file grows at its end. A change is always one against a body that is kept
        whole, so that reading needs one step and a damaged record takes few others with it.
        """
        old = None if base is None else self.body(base)
        if base is not None and old is not None:
            head = _common(old, body)
            tail = _common(old[head:][::-1], body[head:][::-1])
            if 2 * (len(body) - head - tail) < len(body):
                start = _CHANGE_HEAD.pack(bytes.fromhex(base), head, tail)
                return _CHANGE, start + _compressed(body[head : len(body) - tail])
        if body.startswith(_COMPRESSED):
            return _STORED, body
        packed = _compressed(body)
        return (_LZMA, packed) if len(packed) < len(body) else (_STORED, body)

    def _write(self, data: bytes, end: int) -> None:
        new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            # What a killed writer left half-written at the end was never acknowledged.
            if os.fstat(handle).st_size > end:
                os.ftruncate(handle, end)
            try:
                _write_all(handle, data, end)
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, end)
                raise
        finally:
            os.close(handle)
        if new:
            sync_folder(self.path.parent)

    def _index(self) -> _Index:
        if self._found is None:
            self._found = _scanned(self.path, _Index())
        return self._found

    def _content(self, record: Record) -> bytes | None:
        """Content of a record; None if its bytes have changed."""
        try:
            with self.path.open("rb") as stream:
                stream.seek(record.at + _HEAD_BYTES)
                packed = stream.read(record.size)
        except FileNotFoundError:
            return None
        if len(packed) != record.size or zlib.crc32(packed) != record.crc:
            return None
        try:
            if record.codec == _LZMA:
                return lzma.decompress(packed)
            if record.codec == _CHANGE:
                return self._changed(packed)
        except lzma.LZMAError:
            return None
        return packed if record.codec == _STORED else None

    def _changed(self, packed: bytes) -> bytes | None:
        base, head, tail = _CHANGE_HEAD.unpack_from(packed)
        old = self.body(base.hex())
        if old is None:
            return None
        middle = lzma.decompress(packed[_CHANGE_HEAD.size :])
        return old[:head] + middle + old[len(old) - tail :]


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _compressed(content: bytes) -> bytes:
    return lzma.compress(content, check=lzma.CHECK_NONE, preset=_PRESET)


def _write_all(handle: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        done = os.pwrite(handle, view[: 1 << 30], at)
        view, at = view[done:], at + done


def _common(one: bytes, other: bytes) -> int:
    """Length of the common beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _record(kind: int, codec: int, packed: bytes, sha256: bytes) -> bytes:
    head = _HEAD.pack(_MARK, kind, codec, len(packed), sha256, zlib.crc32(packed))
    return head + struct.pack("<I", zlib.crc32(head)) + packed


def _head_at(data: bytes, at: int) -> Record | None:
    """The record whose head lies at the beginning of some bytes; None if there is none."""
    if len(data) < _HEAD_BYTES or not data.startswith(_MARK):
        return None
    if zlib.crc32(data[: _HEAD.size]) != struct.unpack_from("<I", data, _HEAD.size)[0]:
        return None
    _, kind, codec, size, sha256, crc = _HEAD.unpack_from(data)
    return Record(at, kind, codec, size, sha256.hex(), crc)


def _records(path: Path, start: int) -> Iterator[Record | int]:
    """Records from a place on; a number is the end of a stretch that holds none."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        at = start
        while at < size:
            stream.seek(at)
            found = _head_at(stream.read(_HEAD_BYTES), at)
            if found is not None and found.end <= size:
                yield found
                at = found.end
                continue
            at = _next_mark(stream, at + 1, size)
            yield at


def _next_mark(stream: BinaryIO, at: int, size: int) -> int:
    """Where the next mark stands, or the end of the file."""
    while at < size:
        stream.seek(at)
        place = stream.read(_STEP + len(_MARK)).find(_MARK)
        if place >= 0:
            return at + place
        at += _STEP
    return size


def _scanned(path: Path, index: _Index) -> _Index:
    """The index of an archive, read on from where it ends."""
    if not path.exists():
        return _Index()
    with faults(path):
        size = path.stat().st_size
        for found in _records(path, index.end):
            if isinstance(found, Record):
                index.end = found.end
                _enter(path, index, found)
            else:
                # Bytes at the end without a record are what a killed writer left.
                index.damaged += found < size
    return index


def _enter(path: Path, index: _Index, record: Record) -> None:
    if record.kind == _BODY:
        index.bodies[record.sha256] = record
        return
    with path.open("rb") as stream:
        stream.seek(record.at + _HEAD_BYTES)
        text = stream.read(record.size)
    if zlib.crc32(text) != record.crc:
        index.damaged += 1
        return
    try:
        entry = msgspec.json.decode(text, type=Entry)
    except msgspec.DecodeError:
        index.damaged += 1
        return
    index.entries.append((entry, record))
    for number, sha256 in enumerate(entry.bodies):
        body = index.bodies.get(sha256)
        if body is not None and body.codec != _CHANGE:
            index.bases[entry.asks(), number] = sha256
