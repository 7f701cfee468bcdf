"""The places of all cells of a plain comma-separated text, and its columns read whole.

A publisher's file of ten thousand days is ``2026-07-01,4.25`` ten thousand times. Read cell by
cell that takes a tenth of a second, and an update reads two hundred such files. Here the places
of all commas and line breaks are found at once and a column is turned into figures or days
digit by digit, all rows together.

Only what is certainly plain is read so. A text with quotes, other scripts, blank lines or rows
of unequal width has no `Grid`; a cell that is not a short decimal number or an ISO day is left
to the plain functions of `_table`, which are also the reference in the tests.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["EARLIEST_YEAR", "Grid", "Unit", "grid_of"]

Days = NDArray[np.datetime64]
Places = NDArray[np.int64]
Marks = NDArray[np.bool_]
Row = tuple[int, list[str]]
Unit = Literal["D", "M", "Q"]

_BLANK, _COMMA, _BREAK, _RETURN, _POINT, _MINUS, _ZERO = b" ,\n\r.-0"
# Printable ASCII but the quote; a carriage return is looked at by itself.
_UNUSUAL = np.ones(256, dtype=np.bool_)
_UNUSUAL[0x20:0x7F] = False
_UNUSUAL[[_BREAK, _RETURN]] = False
_UNUSUAL[ord('"')] = True
# A whole number below 2**53 divided by a power of ten below 10**23 is the double nearest to the
# decimal number (W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990).
_MOST_DIGITS = 15
_POWERS = 10.0 ** np.arange(_MOST_DIGITS + 1)
_WIDEST = _MOST_DIGITS + 2  # with a sign and a point
_DAY_WIDTH = 10
EARLIEST_YEAR = 1600


@dataclass(frozen=True, slots=True, eq=False)
class Grid(Sequence[Row]):
    """Rows of cells that are cut out of the text when they are asked for.

    As a sequence it holds what `_table.read_table` finds row by row: line number and cells.

    Parameters
    ----------
    octets : ndarray of uint8
        The text, with some room behind it.
    starts, ends : ndarray of int64, shape (columns, rows)
        Where each cell begins and ends.
    first : int
        Line number of the first row.
    """

    octets: NDArray[np.uint8]
    starts: Places
    ends: Places
    first: int

    def __len__(self) -> int:
        return int(self.starts.shape[1])

    def __iter__(self) -> Iterator[Row]:
        if len(self):
            begin, end = int(self.starts[0, 0]), int(self.ends[-1, -1])
            lines = self.octets[begin:end].tobytes().decode("ascii").splitlines()
            yield from ((n, line.split(",")) for n, line in enumerate(lines, start=self.first))

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> Grid: ...

    def __getitem__(self, index: int | slice) -> Row | Grid:
        if isinstance(index, slice):
            rows = range(len(self))[index]
            if rows.step != 1:
                raise ValueError(rows.step)
            cut = slice(rows.start, rows.stop)
            return Grid(
                self.octets, self.starts[:, cut], self.ends[:, cut], self.first + rows.start
            )
        row = range(len(self))[index]
        return self.first + row, [self.cell(row, at) for at in range(self.starts.shape[0])]

    def cell(self, row: int, column: int) -> str:
        """The text of one cell."""
        begin, end = self.starts[column, row], self.ends[column, row]
        return self.octets[begin:end].tobytes().decode("ascii")

    def figures(self, column: int) -> tuple[NDArray[np.float64], Marks]:
        """Figures of a column, and where they stand for what is written there.

        An empty cell or a point is NaN. Elsewhere than marked the cell is not a decimal number of
        at most 15 digits, and the figure means nothing.
        """
        starts = self.starts[column]
        width = self.ends[column] - starts
        mantissa = np.zeros(len(self), dtype=np.int64)
        digits, decimals, points = (np.zeros(len(self), dtype=np.int64) for _ in range(3))
        plain = width <= _WIDEST
        for at in range(min(int(width.max(initial=0)), _WIDEST)):
            inside = at < width
            octet = self.octets[starts + at]
            digit = octet - np.uint8(_ZERO)
            is_digit = inside & (digit < 10)
            is_point = inside & (octet == _POINT)
            mantissa = np.where(is_digit, mantissa * 10 + digit, mantissa)
            digits += is_digit
            decimals += is_digit & (points > 0)
            points += is_point
            other = inside & ~is_digit & ~is_point
            plain &= ~(other & (octet != _MINUS)) if at == 0 else ~other
        missing = (width == 0) | ((width == 1) & (points == 1))
        plain &= (digits >= 1) & (digits <= _MOST_DIGITS) & (points <= 1)
        values = mantissa / _POWERS[np.minimum(decimals, _MOST_DIGITS)]
        minus = (width > 0) & (self.octets[starts] == _MINUS)
        return np.where(missing, np.nan, np.where(minus, -values, values)), plain | missing

    def days(self, column: int, unit: Unit) -> tuple[Days, Marks]:
        """Days of a column, and where they stand for an ISO day ``2026-07-01`` written there.

        Parameters
        ----------
        column : int
            Which column.
        unit : {"D", "M", "Q"}
            The day itself, or the first day of its month or quarter.
        """
        starts = self.starts[column]
        plain = self.ends[column] - starts == _DAY_WIDTH
        numbers = []
        for digits in ((0, 1, 2, 3), (5, 6), (8, 9)):
            found = np.zeros(len(self), dtype=np.int64)
            for at in digits:
                digit = self.octets[starts + at] - np.uint8(_ZERO)
                plain &= digit < 10
                found = found * 10 + digit
            numbers.append(found)
        for at in (4, 7):
            plain &= self.octets[starts + at] == _MINUS
        year, month, day = numbers
        plain &= (year >= EARLIEST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
        months: Days = ((year - 1970) * 12 + month - 1).astype("M8[M]")
        days: Days = months.astype("M8[D]") + (day - 1).astype("m8[D]")
        plain &= days.astype("M8[M]") == months  # 30 February would be a day of March
        if unit == "M":
            days = months.astype("M8[D]")
        elif unit == "Q":
            days = (months - ((month - 1) % 3).astype("m8[M]")).astype("M8[D]")
        return days, plain


def _bounds(octets: NDArray[np.uint8], returns: int) -> tuple[Places, Places] | None:
    """Where each line begins and ends; None where one is blank or ends as none does."""
    breaks = np.flatnonzero(octets == _BREAK)
    starts = np.concatenate(([0], breaks + 1))
    ends = np.append(breaks, octets.size)
    if returns:
        before = (breaks > 0) & (octets[breaks - 1] == _RETURN)
        if np.count_nonzero(before) != returns:
            return None
        ends[:-1] -= before
    # A blank line, and a row of nothing but commas and blanks, is left out where rows are read
    # one by one: what begins with a blank or a comma is looked at there.
    begins = octets[np.minimum(starts, octets.size - 1)]
    if (ends <= starts).any() or ((begins == _BLANK) | (begins == _COMMA)).any():
        return None
    return starts, ends


def grid_of(data: bytes) -> Grid | None:
    """The cells of a text, header included; None where it is not certainly plain.

    Parameters
    ----------
    data : bytes
        A comma-separated text, perhaps with a byte-order mark.
    """
    body = data.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
    octets = np.frombuffer(body, dtype=np.uint8)
    if not octets.size or _UNUSUAL[octets].any():
        return None
    found = _bounds(octets, body.count(b"\r"))
    if found is None:
        return None
    starts, ends = found
    commas = np.flatnonzero(octets == _COMMA)
    width = np.count_nonzero(commas < ends[0])
    if not width or commas.size != width * starts.size:
        return None
    inner = commas.reshape(starts.size, width).T
    if (inner[0] < starts).any() or (inner[-1] >= ends).any():
        return None
    if int((ends - starts).max()) > csv.field_size_limit():
        return None
    room = np.zeros(_WIDEST, dtype=np.uint8)
    return Grid(
        np.concatenate((octets, room)),
        np.vstack((starts, inner + 1)),
        np.vstack((inner, ends)),
        1,
    )
