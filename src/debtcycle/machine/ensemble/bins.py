"""Counts of numbers in bins of known relative width; adding and merging are exact.

The bins come from the bits of a double: sign, exponent and the ten highest bits of the mantissa.
Each power of two is cut into 1,024 bins of equal width, so a bin is at most 2**-10 of what lies in
it wide. Numbers from 2**-64 to 2**64 in size (5e-20 to 1.8e19) have such bins; smaller ones share
the bin of zero, larger ones the last bin, and the infinities have bins of their own.

Counts are kept in pages of 256 bins, made when first needed: a variable that stays within a few
powers of two costs a few kilobytes in each quarter, one that crosses zero about 150 KB after a
million paths.

After C. Masson, J. E. Rim and H. K. Lee (2019), "DDSketch: a fast and fully-mergeable quantile
sketch with relative-error guarantees", PVLDB 12(12), 2195-2205, with linear bins between powers
of two instead of logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.ensemble.jit import bits_of, compiled
from debtcycle.machine.ensemble.spare import put_aside, take

__all__ = ["Bins", "edges", "place_of"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

PAGE: Final = 256
FIRST_POWER: Final = -64
SHIFT: Final = np.uint64(42)
BELOW: Final = (1023 + FIRST_POWER) * 1024 - 1  # bits of 2**-64 without the lower 42, less one
BEYOND: Final = 128 * 1024 + 1  # sizes of 2**64 and more
ENDLESS: Final = BEYOND + 1
ZERO: Final = ENDLESS  # place of the bin of zero; those of negative numbers lie before it
PAGES: Final = (ZERO + ENDLESS) // PAGE + 1
PAGES_LIKELY: Final = 128  # of a cell that crosses zero, after some ten thousand paths
NOWHERE: Final = PAGES * PAGE
TILE: Final = 256
PAGE_BITS, IN_PAGE = np.uint64(8), np.uint64(PAGE - 1)
SIZE_BITS: Final = np.uint64(0x7FFFFFFFFFFFFFFF)
INFINITY: Final = np.uint64(0x7FF0000000000000)


@compiled
def _find_places(flat: Floats, at: int, good: Flags, start: int, out: NDArray[np.int32]) -> None:
    """Bins of some numbers of a row, `NOWHERE` for what is not counted; free of branches."""
    first, begin = np.uint64(at), np.uint64(start)  # places without a sign need no check of it
    for i in range(np.uint64(min(len(out), len(good) - start))):
        bits = bits_of(flat[first + i])
        size = bits & SIZE_BITS
        step: Any = min(max(np.int64(size >> SHIFT) - BELOW, 0), BEYOND)
        step = ENDLESS if size == INFINITY else step
        sign = np.int64(bits) >> 63  # 0 or -1
        counted = good[begin + i] & (size <= INFINITY)
        out[i] = ZERO + (step ^ sign) - sign if counted else NOWHERE


@compiled
def _add(
    values: Floats, good: Flags, table: NDArray[np.int32], pool: NDArray[np.uint32], used: int,
    cell: int,
) -> tuple[int, int]:  # fmt: skip
    """Count the cells from `cell` on while there are pages; the next cell and the pages used."""
    cells, paths = values.shape
    flat, counts = values.reshape(values.size), pool.reshape(pool.size)
    places, pages = np.empty(TILE, np.int32), np.empty(PAGES + 1, np.int64)
    while cell < cells and len(pool) - used >= min(paths, PAGES):
        for i in range(PAGES):
            pages[i] = table[cell, i]
        pages[PAGES] = 0  # the page of what is not counted
        for start in range(0, paths, TILE):
            _find_places(flat, cell * paths + start, good, start, places)
            for i in range(min(TILE, paths - start)):
                place = np.uint64(places[i])
                page = pages[place >> PAGE_BITS]
                if page < 0:
                    page = used
                    pages[place >> PAGE_BITS] = used
                    pool[used] = 0
                    used += 1
                counts[np.uint64(page << 8) | (place & IN_PAGE)] += np.uint32(1)
        for i in range(PAGES):
            table[cell, i] = pages[i]
        cell += 1
    return cell, used


@compiled
def _merge(
    other: NDArray[np.int32], counts: NDArray[np.uint32], table: NDArray[np.int32],
    pool: NDArray[np.uint32], used: int,
) -> int:  # fmt: skip
    """Add the counts of another set of pages; there must be room for all of them."""
    left, right = pool.reshape(pool.size), counts.reshape(counts.size)
    for cell in range(len(table)):
        for number in range(PAGES):
            if other[cell, number] < 0:
                continue
            if table[cell, number] < 0:
                table[cell, number] = used
                pool[used] = 0
                used += 1
            to = np.uint64(table[cell, number]) << PAGE_BITS
            source = np.uint64(other[cell, number]) << PAGE_BITS
            for i in range(np.uint64(PAGE)):
                left[to + i] += right[source + i]
    return used


@compiled
def _find_ranks(
    table: NDArray[np.int32], pool: NDArray[np.uint32], ranks: Ints, found: NDArray[np.int64]
) -> None:  # fmt: skip
    """Bin of each rank (ascending in each row), numbers before that bin, and numbers in it."""
    for cell in range(len(table)):
        before: Any = 0
        wanted, number = 0, 0
        while wanted < ranks.shape[1] and number < PAGES:
            page = table[cell, number]
            if page >= 0:
                for i in range(PAGE):
                    count = np.int64(pool[page, i])
                    while wanted < ranks.shape[1] and ranks[cell, wanted] < before + count:
                        found[0, cell, wanted] = number * PAGE + i
                        found[1, cell, wanted] = before
                        found[2, cell, wanted] = count
                        wanted += 1
                    before += count
            number += 1


@compiled
def _put(out: NDArray[np.uint8], at: int, number: Any) -> int:
    """Write a whole number, seven bits a byte, the lowest first; the place behind it."""
    while number > 127:
        out[np.uint64(at)] = (number & 127) | 128
        at += 1
        number >>= 7
    out[np.uint64(at)] = number
    return at + 1


@compiled
def _encode(table: NDArray[np.int32], pool: NDArray[np.uint32], out: NDArray[np.uint8]) -> int:
    """Steps to the next used bin and its count, 0 after each cell; the bytes that it takes."""
    at = 0
    for cell in range(len(table)):
        last = -1
        for number in range(PAGES):
            page = table[cell, number]
            if page < 0:
                continue
            for i in range(PAGE):
                count = pool[page, i]
                if count > 0:
                    at = _put(out, at, number * PAGE + i - last)
                    at = _put(out, at, np.int64(count))
                    last = number * PAGE + i
        at = _put(out, at, 0)
    return at


@compiled
def _decode(text: NDArray[np.uint8], table: NDArray[np.int32], pool: NDArray[np.uint32]) -> int:
    """Fill an empty table and as many pages as the text needs; the pages used."""
    used, at, cell, place, is_step = 1, 0, 0, -1, True
    while cell < len(table) and at < len(text):
        number: Any = np.int64(text[at] & 127)
        shift = 7
        while text[at] > 127:
            at += 1
            number |= np.int64(text[at] & 127) << shift
            shift += 7
        at += 1
        if not is_step:
            page = table[cell, place >> 8]
            if page < 0:
                page = used
                table[cell, place >> 8] = used
                pool[used] = 0
                used += 1
            pool[page, place & 255] = number
            is_step = True
        elif number == 0:
            cell, place = cell + 1, -1
        else:
            place += number
            is_step = False
    return used


def place_of(values: Floats) -> Ints:
    """Bins of numbers, -1 for what is not one: the plain twin of the compiled rule."""
    size = np.abs(values).view(np.uint64)
    step = np.clip((size >> SHIFT).astype(np.int64) - BELOW, 0, BEYOND)
    step[size == INFINITY] = ENDLESS
    place = np.where(values > 0.0, ZERO + step, ZERO - step)
    place[np.isnan(values)] = -1
    return place


def edges(places: Ints) -> tuple[Floats, Floats]:
    """Lower and upper edge of bins; both 0 at the bin of zero, infinite where a bin has no end."""
    step = np.abs(places - ZERO)
    inner = np.clip(step, 1, BEYOND) + BELOW
    near = (inner.astype(np.uint64) << SHIFT).view(np.float64)
    far = ((inner + 1).astype(np.uint64) << SHIFT).view(np.float64)
    near = np.where(step == 0, 0.0, np.where(step == ENDLESS, np.inf, near))
    far = np.where(step == 0, 0.0, np.where(step >= BEYOND, np.inf, far))
    return np.where(places < ZERO, -far, near), np.where(places < ZERO, -near, far)


def _pages(count: int) -> NDArray[np.uint32]:
    """Room for some pages or more, with anything in it."""
    room = take(count * PAGE // 2)
    # What was put aside by others need not be a whole number of pages.
    return room[: len(room) // (PAGE // 2) * (PAGE // 2)].view(np.uint32).reshape(-1, PAGE)


@dataclass(slots=True)
class Bins:
    """Counts of all cells.

    Attributes
    ----------
    table : ndarray of int32
        Shape (cells, 1025): the page of each stretch of bins, -1 where there is none.
    pool : ndarray of uint32
        Shape (room, 256): the counts, page by page; the first takes what is not counted.
    used : int
        Pages in use.
    """

    table: NDArray[np.int32]
    pool: NDArray[np.uint32]
    used: int = 1

    @classmethod
    def empty(cls, cells: int) -> Bins:
        """No counts yet."""
        return cls(np.full((cells, PAGES), -1, np.int32), np.zeros((1, PAGE), np.uint32))

    def add(self, values: Floats, good: Flags) -> None:
        """Count numbers of shape (cells, paths), those paths that are good."""
        cell = 0
        while cell < len(values):
            self._room(min(values.shape[1], PAGES))
            cell, self.used = _add(values, good, self.table, self.pool, self.used, cell)

    def merge(self, other: Bins) -> None:
        """Add another's counts."""
        fresh = np.count_nonzero((other.table >= 0) & (self.table < 0))
        self._room(int(fresh))
        self.used = _merge(other.table, other.pool, self.table, self.pool, self.used)

    def ranked(self, ranks: Ints) -> tuple[Ints, Ints, Ints]:
        """The bin in which the number of each rank lies, with what lies before and in it.

        Parameters
        ----------
        ranks : ndarray of int64
            Shape (cells, any number): from 0, ascending in each row. Those beyond a cell's
            numbers have the bin of zero, with nothing in it.

        Returns
        -------
        places, before, counts : ndarray of int64
            Shape of `ranks`.
        """
        found = np.zeros((3, *ranks.shape), np.int64)
        found[0] = ZERO
        _find_ranks(self.table, self.pool, ranks, found)
        return found[0], found[1], found[2]

    def to_bytes(self) -> bytes:
        """The counts, the same bytes for the same counts: pages, then bins cell by cell."""
        # A step takes three bytes at most, a count five; untouched memory costs nothing.
        out = np.empty(len(self.table) + 8 * PAGE * self.used, np.uint8)
        length = _encode(self.table, self.pool, out)
        return self.used.to_bytes(4, "little") + out[:length].tobytes()

    @classmethod
    def from_bytes(cls, data: bytes, cells: int) -> Bins:
        """What `to_bytes` wrote."""
        made = cls.empty(cells)
        made.pool = _pages(int.from_bytes(data[:4], "little"))
        made.pool[0] = 0
        made.used = _decode(np.frombuffer(data, np.uint8, offset=4), made.table, made.pool)
        return made

    def _room(self, pages: int) -> None:
        """Make room for more pages."""
        if len(self.pool) - self.used >= pages:
            return
        # Room that is not written to costs addresses, not memory; moving to a wider place does.
        likely = max(2 * self.used, PAGES_LIKELY * len(self.table))
        rows = self.used + max(pages, likely)
        wider = _pages(rows)
        wider[: self.used] = self.pool[: self.used]
        self._put_aside()
        self.pool = wider

    def release(self) -> None:
        """Forget all counts, and leave their memory to others."""
        self.table[:] = -1
        self._put_aside()
        self.pool, self.used = np.zeros((1, PAGE), np.uint32), 1

    def _put_aside(self) -> None:
        if len(self.pool) > 1:
            put_aside(self.pool.reshape(-1).view(np.float64))
