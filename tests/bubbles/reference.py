"""The statistics once more, with 50 digits and no prefix sums: what the doubles are held to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import pairwise

DIGITS = 50


def _centred(values: list[Decimal]) -> list[Decimal]:
    mean = sum(values, Decimal(0)) / len(values)
    return [value - mean for value in values]


def _cross(one: list[Decimal], other: list[Decimal]) -> Decimal:
    return sum((a * b for a, b in zip(one, other, strict=True)), Decimal(0))


def adf50(window: Sequence[float], lag: int = 0) -> Decimal | None:
    """The t-statistic of one window by Gram-Schmidt in 50 digits; None where it has none."""
    with localcontext() as context:
        context.prec = DIGITS
        y = [Decimal(float(value)) for value in window]
        d = [after - before for before, after in pairwise(y)]
        columns = [_centred(d[lag - i : len(d) - i]) for i in range(1, lag + 1)]
        columns += [_centred(y[lag:-1]), _centred(d[lag:])]
        for place in range(lag):
            square = _cross(columns[place], columns[place])
            for other in range(place + 1, lag + 2):
                factor = _cross(columns[place], columns[other]) / square
                pairs = zip(columns[other], columns[place], strict=True)
                columns[other] = [a - factor * b for a, b in pairs]
        x, target = columns[lag:]
        square, cross = _cross(x, x), _cross(x, target)
        noise = Decimal(10) ** -40 * _cross(y, y)
        if square <= noise:
            return None
        slope = cross / square
        rest = sum(((b - slope * a) ** 2 for a, b in zip(x, target, strict=True)), Decimal(0))
        if rest <= noise:
            return None
        return slope * (square * (len(x) - lag - 2) / rest).sqrt()


def bsadf50(y: Sequence[float], end: int, window: int, lag: int = 0) -> float:
    """The largest statistic of any window that ends at a place, rounded once at the end."""
    found = [adf50(y[start : end + 1], lag) for start in range(end - window + 2)]
    return float(max(value for value in found if value is not None))


def bsadf50_from_sums(y: Sequence[float], end: int, window: int) -> float:
    """The same for lag 0 from running sums, for ends with many windows; exact until the root.

    Sums of products of doubles need at most some 120 digits, so that nothing is rounded in them.
    """
    with localcontext() as context:
        context.prec = 200
        values = [Decimal(float(value)) for value in y[: end + 1]]
        level = square = cross = product = Decimal(0)
        best = None
        for start in range(end - 1, -1, -1):
            x, d = values[start], values[start + 1] - values[start]
            level, square, cross, product = (
                level + x,
                square + x * x,
                cross + x * d,
                product + d * d,
            )
            rows = end - start
            if rows + 1 < window:
                continue
            change = values[end] - values[start]
            vx, vd = rows * square - level * level, rows * product - change * change
            c = rows * cross - level * change
            rest = vx * vd - c * c
            if rest > 0:
                value = c * abs(c) * (rows - 2) / rest
                best = value if best is None else max(best, value)
        assert best is not None
        return float(abs(best).sqrt().copy_sign(best))
