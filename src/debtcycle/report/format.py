"""Numbers and dates as they are printed: one place for digits, signs and units."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

__all__ = ["against_line", "day_of", "figure", "percent_of_one", "period_of", "quantity", "signed"]

MINUS = "\u2212"
# Digits after the point by unit; sums of money by their size.
_DIGITS = {
    "pp": 2,
    "percentage_points": 2,
    "bp": 0,
    "ratio": 2,
    "percentile": 0,
    "usd_bn": 0,
    "usd_mn": 0,
    "index": 1,
    "years": 1,
    "count": 0,
    "thousands": 0,
}
# Rates and shares below this are told apart by hundredths: 4.18 %, 25.2 %.
_FINE_BELOW_PCT = 20.0
_FINE_BELOW_BN = 10.0
# Changes and gaps carry their sign, so that "+" and "-" are never left to be guessed.
_SIGNED_UNITS = frozenset({"pp", "percentage_points", "bp"})
_YI_PER_BN = 10.0  # a Chinese yi is a tenth of a billion


def figure(value: float, digits: int, *, plus: bool = False) -> str:
    """A number with so many digits, thousands parted by commas, never a negative nought.

    Raises
    ------
    ValueError
        For a number that is not finite: it must have been said to be unknown long before.
    """
    if not math.isfinite(value):
        raise ValueError("a number that is not finite has no text")
    text = f"{abs(value):,.{digits}f}"
    nought = not any(c in "123456789" for c in text)
    if value < 0 and not nought:
        return f"{MINUS}{text}"
    return f"+{text}" if plus and not nought else text


def quantity(
    value: float,
    unit: str,
    words: Callable[..., str],
    *,
    plus: bool | None = None,
    lang: str = "en",
) -> str:
    """A value with its unit in the language of `words`.

    Parameters
    ----------
    words : callable
        Text of a message id with parameters, e.g. a `Translator`.
    plus : bool, optional
        Whether a positive value carries its sign; by default those units do that measure gaps.
    lang : {"en", "zh"}
        Chinese counts money in yi, a tenth of a billion.
    """
    shown = value * _YI_PER_BN if unit == "usd_bn" and lang == "zh" else value
    digits = _DIGITS.get(unit, 2)
    if unit == "usd_bn" and abs(shown) < _FINE_BELOW_BN:
        digits = 1
    if unit in {"percent", "percent_of_gdp"}:
        digits = 2 if abs(value) < _FINE_BELOW_PCT else 1
    sign = unit in _SIGNED_UNITS if plus is None else plus
    text = figure(shown, digits, plus=sign)
    if unit in {"usd_bn", "usd_mn"} and lang == "en" and text[0] in f"+{MINUS}":
        return text[0] + words(f"unit.{unit}", n=text[1:])
    return words(f"unit.{unit}", n=text)


def signed(value: float, digits: int = 2) -> str:
    """A score with its sign."""
    return figure(value, digits, plus=True)


def against_line(value: float, line: float) -> str:
    """A figure as a whole number, with one digit more where that hides its side of the line."""
    hidden = round(value) == line != value
    return figure(value, int(hidden))


def percent_of_one(share: float) -> str:
    """A share between 0 and 1 as a whole percentage."""
    return f"{figure(100.0 * share, 0)}%"


def day_of(day: date) -> str:
    """A day as YYYY-MM-DD."""
    return day.isoformat()


def period_of(day: date, frequency: str) -> str:
    """A period as it is written: day, month, quarter or year."""
    if frequency == "monthly":
        return f"{day:%Y-%m}"
    if frequency == "quarterly":
        return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
    if frequency == "annual":
        return f"{day.year}"
    return day.isoformat()
