"""The shipped tables of critical values, packed by ``tools/make_critical_values.py``.

One compressed file: for each (observations, shortest window, lags, rule) the tails of ADF, SADF and
GSADF and the curves of `CriticalValues`, in thousandths, which is below the error of the
simulation (a 95 % quantile of GSADF from 50,000 series has a standard error near .006).
"""

from __future__ import annotations

import io
import lzma
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from debtcycle.bubbles.critical import LEVELS, PROBABILITIES, CriticalValues, knots_of
from debtcycle.bubbles.rules import RULES

__all__ = ["SEED", "STEP", "Key", "pack", "shipped", "tabulated", "unpack"]

SEED = 20150501
STEP = 0.001
NAME = "critical.xz"
_TAIL = 3 * len(PROBABILITIES)
_CURVE = 3 * len(LEVELS)
Key = tuple[int, int, int, str | None]
_FIXED = -1  # in place of a rule


def pack(entries: Sequence[CriticalValues]) -> bytes:
    """Tables as bytes; the same tables give the same bytes."""
    head = [
        (one.n, one.window, one.lag, _FIXED if one.rule is None else RULES[one.rule],
         one.replications)
        for one in entries
    ]  # fmt: skip
    body = []
    for one in entries:
        steps = np.diff(np.round(one.curves.reshape(_CURVE, -1) / STEP), axis=1, prepend=0)
        body += [np.round(one.tails.ravel() / STEP), steps.ravel()]
    stream = io.BytesIO()
    np.save(stream, np.array(head, dtype=np.int32), allow_pickle=False)
    np.save(stream, np.concatenate(body).astype(np.int32), allow_pickle=False)
    return lzma.compress(stream.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def unpack(packed: bytes) -> dict[Key, CriticalValues]:
    """Tables by observations, window, lags and rule."""
    stream = io.BytesIO(lzma.decompress(packed))
    head: NDArray[np.int32] = np.load(stream, allow_pickle=False)
    body: NDArray[np.int32] = np.load(stream, allow_pickle=False)
    found, at = {}, 0
    names = {code: name for name, code in RULES.items()}
    for n, window, lag, code, replications in head.tolist():
        knots = knots_of(n, window)
        size = _CURVE * len(knots)
        tails = body[at : at + _TAIL].astype(np.float64).reshape(3, -1) * STEP
        steps = body[at + _TAIL : at + _TAIL + size].astype(np.float64)
        curves = np.cumsum(steps.reshape(3, len(LEVELS), -1), axis=2) * STEP
        at += _TAIL + size
        rule = names.get(code)
        found[n, window, lag, rule] = CriticalValues(
            n, window, lag, "monte-carlo", "table", replications, tails, knots, curves, rule=rule
        )
    return found


@cache
def _all() -> dict[Key, CriticalValues]:
    """The tables of the package."""
    return unpack((files("debtcycle.bubbles") / NAME).read_bytes())


def shipped(rule: str | None = None) -> dict[tuple[int, int, int], CriticalValues]:
    """The tables of the package for a rule, or for fixed lags, by observations, window, lags."""
    return {key[:3]: one for key, one in _all().items() if one.rule == rule}


def tabulated(n: int, window: int, lag: int, rule: str | None = None) -> CriticalValues | None:
    """The shipped critical values, or None."""
    return _all().get((n, window, lag, rule))
