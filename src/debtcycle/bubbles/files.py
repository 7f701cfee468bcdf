"""One column of a CSV file as a series, with the row and column of whatever cannot be used."""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path

import numpy as np

from debtcycle.bubbles.series import Observed, checked, checked_dates, checked_numbers
from debtcycle.errors import ConfigError

__all__ = ["read_series"]

MOST_BYTES = 50_000_000
DATE_NAMES = frozenset(
    {"date", "dates", "month", "quarter", "year", "period", "time", "日期", "时间"}
)
# What `float` reads beyond this, digits of other scripts and 1_000, is a slip more often.
_FIGURE = re.compile(r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?)")
_WORD = re.compile(r"[^\W_]+")
_MISSING = frozenset({"", ".", "na", "n/a", "nan", "null", "none", "-"})


def _rows(path: Path) -> list[list[str]]:
    """All rows of a file; byte order marks and all ends of lines are understood."""
    try:
        with path.open("rb") as handle:
            raw = handle.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise ConfigError("bubbles.file", path=path, reason=f"> {MOST_BYTES} bytes")
        text = raw.decode("utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
        if "\0" in text:
            raise ConfigError("bubbles.file", path=path, reason="NUL")
        return list(csv.reader(io.StringIO(text, newline="")))
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigError("bubbles.file", path=path, reason=reason) from error


def _place(head: list[str], column: str) -> int:
    """Where a column stands; its exact name, or else without regard to case."""
    for names, wanted in ((head, column), ([n.lower() for n in head], column.lower())):
        places = [place for place, name in enumerate(names) if name == wanted]
        if len(places) > 1:
            raise ConfigError("bubbles.column_twice", column=column)
        if places:
            return places[0]
    marks = [mark for mark in (";", "\t", "|") if len(head) == 1 and mark in head[0]]
    if marks:
        raise ConfigError("bubbles.separator", mark="TAB" if marks[0] == "\t" else marks[0])
    raise ConfigError("bubbles.column", column=column, names=", ".join(head)[:200])


def _number(text: str, row: int, column: str) -> float:
    """A cell as a finite number."""
    cell = text.strip()
    if cell.lower() in _MISSING:
        raise ConfigError("bubbles.missing", row=row, column=column)
    if not _FIGURE.fullmatch(cell.lower()):
        raise ConfigError("bubbles.text", row=row, column=column, text=cell[:40])
    value = float(cell)
    if not math.isfinite(value):
        raise ConfigError("bubbles.infinite", row=row, column=column)
    return value


def read_series(path: str | Path, column: str) -> Observed:
    """A column of a CSV file with a head row, and its dates if a column is named for them.

    Dates are the first column called date, month, quarter, year, period or time (in any case), or
    with such a word in its name, as in ``observation_date``. Rows without a value before the first
    and after the last one are left out, as publishers pad their tables; a missing value between
    them is an error, also where all cells of the row are empty. Rows are counted as an editor
    counts lines, the head being row 1.

    Parameters
    ----------
    path : path of a file
        UTF-8 or UTF-16, with or without a byte order mark, any ends of lines, at most 50 MB.
    column : str

    Raises
    ------
    ConfigError
        ``bubbles.file``, ``bubbles.rows``, ``bubbles.column``, ``bubbles.column_twice``,
        ``bubbles.separator``, and those of `checked_numbers` and `checked_dates`, with row and
        column.
    """
    path = Path(path)
    rows = [(number, row) for number, row in enumerate(_rows(path), start=1)]
    while rows and not any(rows[0][1]):
        del rows[0]
    if not rows:
        raise ConfigError("bubbles.file_empty", path=path)
    head = [name.strip() for name in rows[0][1]]
    # Cells that are all empty are a row whose value is missing. A line without separators is one
    # where there is one column, and nothing where there are several.
    blank = [""] * len(head)
    rows = [(n, row if any(row) else blank) for n, row in rows if row or len(head) == 1]
    place = _place(head, column)
    for number, row in rows[1:]:
        if len(row) != len(head):
            raise ConfigError("bubbles.rows", row=number, found=len(row), wanted=len(head))
    filled = [
        n for n, (_, row) in enumerate(rows) if n and row[place].strip().lower() not in _MISSING
    ]
    if not filled:
        raise ConfigError("bubbles.empty", column=column)
    kept = rows[filled[0] : filled[-1] + 1]
    values = np.array([_number(row[place], number, column) for number, row in kept])
    try:
        checked_numbers(values, column)
        labels = _labels(head, place, kept)
    except ConfigError as error:
        raise _shifted(error, [number for number, _ in kept]) from error
    return checked(values, labels, head[place])


def _labels(
    head: list[str], place: int, kept: list[tuple[int, list[str]]]
) -> tuple[str, ...] | None:
    """Dates of the kept rows."""
    others = [(n, name.lower()) for n, name in enumerate(head) if n != place]
    named = [n for n, name in others if name in DATE_NAMES]
    named += [n for n, name in others if not DATE_NAMES.isdisjoint(_WORD.findall(name))]
    if not named:
        return None
    labels = [row[named[0]].strip() for _, row in kept]
    return checked_dates(labels, len(kept), head[named[0]])


def _shifted(error: ConfigError, lines: list[int]) -> ConfigError:
    """The same error with the line of the file in place of the number of the observation."""
    row = error.params.get("row")
    if isinstance(row, int):
        error.params["row"] = lines[row - 1]
    return error
