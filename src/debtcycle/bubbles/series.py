"""What a caller gives, as finite numbers with dates; what cannot be used is named by its row."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ConfigError

__all__ = [
    "Extremes",
    "Observed",
    "checked",
    "checked_dates",
    "checked_numbers",
    "extremes",
    "observed",
]

Values = NDArray[np.float64]
Whole = NDArray[np.int64]
Extremes = Callable[[Values], tuple[float, float]]

# Year, then quarter, or month, then perhaps day: the spellings whose order can be checked.
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T /](.*))?")
_IRREGULAR = 10  # usual steps that make a gap where no step is the usual one
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Observed:
    """A series: finite numbers that vary, and the label of each date if there are any.

    The numbers are a copy of what is given, so that nothing changes them later.

    Raises
    ------
    ConfigError
        See `checked_numbers` and `checked_dates`.
    """

    values: Values
    dates: tuple[str, ...] | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        column = "-" if self.name is None else str(self.name)
        values = checked_numbers(self.values, column)
        labels = None if self.dates is None else checked_dates(self.dates, len(values), column)
        _fill(self, values, labels, self.name)


def _fill(one: Observed, values: Values, dates: tuple[str, ...] | None, name: object) -> None:
    """Set what a frozen series holds."""
    object.__setattr__(one, "values", values)
    object.__setattr__(one, "dates", dates)
    object.__setattr__(one, "name", None if name is None else str(name))


def checked(values: Values, dates: tuple[str, ...] | None, name: object) -> Observed:
    """A series of numbers and labels that were checked already, and belong to nobody else."""
    found = object.__new__(Observed)
    _fill(found, values, dates, name)
    return found


def _first(mask: NDArray[np.bool_]) -> int:
    """Row, counted from 1, of the first place that holds."""
    return int(np.argmax(mask)) + 1


def _numbers(given: Any, column: str) -> Values:
    """Floating-point numbers in one dimension, in room of their own."""
    if isinstance(given, np.ma.MaskedArray):
        given = np.ma.filled(given.astype(np.float64), np.nan)
    try:
        if getattr(getattr(given, "dtype", None), "kind", "f") in "cmM":
            raise TypeError  # complex numbers, dates and spans of time are no figures
        found = np.array(given, dtype=np.float64, order="C")
    except (TypeError, ValueError) as error:
        cells = list(given) if isinstance(given, Sequence) or hasattr(given, "__iter__") else []
        for row, cell in enumerate(cells, start=1):
            try:
                if np.iscomplexobj(cell):
                    raise TypeError
                float(cell)
            except (TypeError, ValueError):
                if cell is None or str(cell) in {"<NA>", "NaT"}:
                    raise ConfigError("bubbles.missing", row=row, column=column) from error
                text = str(cell)[:40]
                raise ConfigError("bubbles.text", row=row, column=column, text=text) from error
        raise ConfigError("bubbles.shape", shape=type(given).__name__) from error
    if found.ndim != 1:
        raise ConfigError("bubbles.shape", shape=found.shape)
    return found


def extremes(values: Values) -> tuple[float, float]:
    """Smallest and largest number; not numbers if one of them is not."""
    return float(values.min()), float(values.max())


def checked_numbers(given: Any, column: str = "-", measure: Extremes = extremes) -> Values:
    """A series that can be tested.

    Parameters
    ----------
    measure : callable
        `extremes`, or its compiled twin, which takes a fifth of the time.

    Raises
    ------
    ConfigError
        ``bubbles.shape``, ``bubbles.text``, ``bubbles.empty``, ``bubbles.missing``,
        ``bubbles.infinite`` or ``bubbles.constant``.
    """
    found = _numbers(given, column)
    if not len(found):
        raise ConfigError("bubbles.empty", column=column)
    low, high = measure(found)
    if math.isnan(low) or math.isinf(high - low):
        if np.isnan(found).any():
            raise ConfigError("bubbles.missing", row=_first(np.isnan(found)), column=column)
        if np.isinf(found).any():
            raise ConfigError("bubbles.infinite", row=_first(np.isinf(found)), column=column)
    if max(-low, high) > 1e60:
        row = _first(np.abs(found) > 1e60)
        raise ConfigError("bubbles.large", row=row, column=column)
    if low == high and len(found) > 1:
        raise ConfigError("bubbles.constant", n=len(found), column=column)
    if 0 < high - low < 1e-60:
        raise ConfigError("bubbles.small", column=column)
    return found


def _ordinal(label: str) -> tuple[int, int, str] | None:
    """(months since year 0, day, what follows the day), or None."""
    text = label.strip()
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        return int(quarter[1]) * 12 + 3 * int(quarter[2]) - 3, 0, ""
    found = _MONTH.fullmatch(text)
    if not found:
        return None
    month, day = int(found[2] or 1), int(found[3] or 0)
    if not 1 <= month <= 12 or day > _DAYS[month - 1] or (found[3] and not day):
        return None
    return int(found[1]) * 12 + month - 1, day, found[4] or ""


def checked_dates(labels: Sequence[object], n: int, column: str = "-") -> tuple[str, ...]:
    """Labels in order, one for each observation, without gaps.

    Order and gaps are checked for years, quarters (1990Q1), months (1990-01) and days
    (1990-01-31). A gap is a step longer than the usual one of a series by months, quarters,
    half-years or years, of a series by weeks that are all seven days apart, or of one that has
    every day of the calendar. Where markets close, a gap is what no holiday explains: more than
    14 days between trading days, more than 21 between the last trading days of weeks.

    Raises
    ------
    ConfigError
        ``bubbles.dates``, ``bubbles.date_text``, ``bubbles.date_twice``, ``bubbles.date_order``
        or ``bubbles.date_gap``.
    """
    texts = tuple(str(label).removesuffix(" 00:00:00") for label in labels)
    if len(texts) != n:
        raise ConfigError("bubbles.dates", dates=len(texts), n=n)
    found = []
    for row, text in enumerate(texts, start=1):
        one = _ordinal(text)
        if one is None:
            raise ConfigError("bubbles.date_text", row=row, column=column, text=text[:40])
        found.append(one)
    for row in range(2, n + 1):
        before, after = found[row - 2], found[row - 1]
        if after == before:
            raise ConfigError("bubbles.date_twice", row=row, column=column, text=texts[row - 1])
        if after < before:
            raise ConfigError("bubbles.date_order", row=row, column=column, text=texts[row - 1])
    months = np.array([one[0] for one in found])
    _without_gaps(months, np.array([max(one[1], 1) for one in found]), texts, column)
    return texts


def _without_gaps(months: Whole, days: Whole, texts: Sequence[str], column: str) -> None:
    """Refuse a step that is too long for the usual one."""
    steps = np.diff(months)
    if not len(steps):
        return
    if (steps > 0).all():
        usual = int(np.median(steps))
        regular = usual in {1, 3, 6, 12} or (steps == usual).mean() >= 0.5
        longest = float(usual if regular else _IRREGULAR * usual)
    else:  # several a month: days
        first = (months - 12 * 1970).astype("M8[M]").astype("M8[D]").astype(np.int64)
        steps = np.diff(first + days)
        longest = _longest_days(steps)
    if (steps > longest).any():
        row = _first(steps > longest) + 1
        text = f"{texts[row - 2]} .. {texts[row - 1]}"
        raise ConfigError("bubbles.date_gap", row=row, column=column, text=text)


def _longest_days(steps: Whole) -> float:
    """Days between observations beyond which some are missing.

    Exchanges closed for eleven days at the Chinese New Year of 2020, for twelve in March 1933.
    """
    usual = float(np.median(steps))
    if (steps == 1).mean() >= 0.95:
        return 1.0  # every day of the calendar: with weekends closed it would be four in five
    if usual >= 7 and (steps % usual == 0).all():
        return usual  # weeks of the calendar have no holidays
    if usual < 5:
        return 14.0
    return 21.0 if usual < 9 else 1.5 * usual


def _labels_of(index: Any) -> list[str] | None:
    """Dates of an index of dates or periods; a week is named by its last day."""
    kind = type(index).__name__
    if kind == "PeriodIndex":
        return [str(period).rpartition("/")[2] for period in index]
    return [str(moment) for moment in index] if kind == "DatetimeIndex" else None


def observed(
    given: Any,
    dates: Sequence[object] | None = None,
    measure: Extremes = extremes,
    column: str | None = None,
) -> Observed:
    """A checked series from numbers, an array, or a pandas or polars series.

    Dates are taken from an index of dates or periods unless they are given; an index of integers
    is a count of rows and gives none. `column` names a series that has no name of its own.

    Raises
    ------
    ConfigError
        See `checked_numbers` and `checked_dates`.
    """
    if isinstance(given, Observed):
        return given
    name = getattr(given, "name", None) if column is None else column
    column = "-" if name is None else str(name)
    values = checked_numbers(given, column, measure)
    if dates is None:
        dates = _labels_of(getattr(given, "index", None))
    labels = None if dates is None else checked_dates(dates, len(values), column)
    return checked(values, labels, name)
