"""Tables and widths in plain characters; Chinese characters are two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from functools import lru_cache

__all__ = ["cell_width", "fit", "pad", "plain_table", "wrapped"]

_NOT_FIRST = frozenset("，。；：、！？）》”’％%)…,.;:!?]}")
_NOT_LAST = frozenset("（《“‘([{$")


@lru_cache(maxsize=4096)
def _character_width(c: str) -> int:
    if unicodedata.combining(c):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def cell_width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def pad(text: str, width: int, *, right: bool = False) -> str:
    """A text filled with blanks to a width in columns; longer texts stay as they are."""
    blanks = " " * max(0, width - cell_width(text))
    return blanks + text if right else text + blanks


def fit(text: str, width: int) -> str:
    """A text cut to a width in columns, with an ellipsis where it was cut."""
    if cell_width(text) <= width:
        return text
    kept, used = [], 0
    for c in text:
        wide = cell_width(c)
        if used + wide > width - 1:
            break
        kept.append(c)
        used += wide
    return "".join(kept) + "…"


def plain_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = ()
) -> str:
    """Rows under a head in columns as wide as their widest cell."""
    every = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(cell_width(row[n]) for row in every) for n in range(len(head))]
    lines = [
        "  ".join(pad(cell, widths[n], right=n in right) for n, cell in enumerate(row)).rstrip()
        for row in every
    ]
    return "\n".join(lines)


def _units(text: str) -> list[str]:
    """The pieces between which a line may be broken.

    Words and blanks; wide characters one by one, with closing marks kept to what stands before
    them and opening marks to what follows.
    """
    units: list[str] = []
    for c in text:
        before = units[-1] if units else ""
        closes = bool(before) and c in _NOT_FIRST
        follows = bool(before) and not before.endswith(" ")
        joins = closes or (
            follows
            and (
                c == " "
                or before[-1] in _NOT_LAST
                or (cell_width(before[-1]) == cell_width(c) == 1)
            )
        )
        if joins:
            units[-1] += c
        else:
            units.append(c)
    return units


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most so many columns; a word longer than a line stays whole."""
    if cell_width(text) <= width:
        return [text.rstrip()]
    lines, line = [], ""
    for unit in _units(text):
        if line and cell_width(line) + cell_width(unit.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += unit
    return [*lines, line.rstrip()]
