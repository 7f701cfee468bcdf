"""A sketch as bytes: canonical, compact, checked."""

from __future__ import annotations

import zlib
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ModelError
from debtcycle.machine.ensemble.bins import Bins
from debtcycle.machine.ensemble.failed import Failed
from debtcycle.machine.ensemble.moments import Moments
from debtcycle.machine.ensemble.sketch import Sketch

__all__ = ["decode", "encode"]

MARK: Final = b"debtcycle sketch 1\n"


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    variables: list[str]
    quarters: int
    paths: int
    good: int
    failed: int
    failed_first: list[int]
    lanes: list[tuple[int, int]]
    branches: list[tuple[int, int, bytes]]
    low: bytes
    high: bytes
    endless: bytes
    bins: bytes | None
    kept: list[tuple[int, bytes]]


def _raw(numbers: NDArray[np.generic], kind: str = "<f8") -> bytes:
    return np.ascontiguousarray(numbers, dtype=kind).tobytes()


def _numbers(data: bytes, kind: str = "<f8") -> NDArray[np.float64]:
    return np.frombuffer(data, kind).astype(kind[1:])


def _plain(block: NDArray[np.float64]) -> NDArray[np.float64]:
    """One spelling for what is no number, and for zero."""
    return np.where(np.isnan(block), np.nan, block + 0.0)


def encode(sketch: Sketch) -> bytes:
    """The bytes of a sketch."""
    stored = _Stored(
        list(sketch.variables),
        sketch.quarters,
        sketch.paths,
        sketch.good,
        sketch.failed.count,
        list(sketch.failed.first),
        sketch.moments.lanes,
        [(*place, _raw(branch)) for place, branch in sorted(sketch.moments.branches.items())],
        _raw(sketch.low),
        _raw(sketch.high),
        _raw(sketch.endless, "<i8"),
        None if sketch.bins is None else sketch.bins.to_bytes(),
        [(first, _raw(_plain(block))) for first, block in sketch.blocks()],
    )
    body = msgspec.msgpack.encode(stored)
    return MARK + zlib.crc32(body).to_bytes(4, "little") + body


def decode(data: bytes) -> Sketch:
    """The sketch of some bytes; ``ensemble.bytes`` if they are damaged or something else."""
    body = data[len(MARK) + 4 :]
    sealed = data[len(MARK) : len(MARK) + 4]
    if data[: len(MARK)] != MARK or zlib.crc32(body).to_bytes(4, "little") != sealed:
        raise ModelError("ensemble.bytes")
    stored = msgspec.msgpack.decode(body, type=_Stored)
    made = Sketch.empty(stored.variables, stored.quarters, stored.paths)
    cells = len(stored.variables) * stored.quarters
    branches = {
        (level, index): _numbers(branch).reshape(3, cells)
        for level, index, branch in stored.branches
    }
    made.moments = Moments(cells, branches, list(stored.lanes))
    made.low, made.high = _numbers(stored.low), _numbers(stored.high)
    made.endless = np.frombuffer(stored.endless, "<i8").astype(np.int64).reshape(2, cells)
    made.bins = None if stored.bins is None else Bins.from_bytes(stored.bins, cells)
    made.kept = [
        (first, _numbers(block).reshape(cells, -1 if cells else 0)) for first, block in stored.kept
    ]
    made.good, made.failed = stored.good, Failed(stored.failed, tuple(stored.failed_first))
    return made
