r"""The phases of an easing, named as they are entered.

P1 the money stays in financial assets, P2 it passes through to goods, P3 nominal yields overshoot,
P4 enough tightening, the pop. A quarter of a path belongs to the last phase whose condition holds;
the thresholds are not searched. Less than `NOUGHT` counts as no difference, here and where the
essay's signs are compared: a programme without effect enters no phase.

- **P1**: growth equity stands at least one point of its opening value above the run without, and
  the real yield at least 0.1 points below it.
- **P2**: inflation stands at least 0.2 points above the run without, and growth equity at least one
  point of its opening value.
- **P3**: the nominal yield stands at least 0.25 points above the run without, and inflation at
  least 0.2 points.
- **P4**: growth equity stands at least 20 % below its highest so far, and within the last eight
  quarters the real policy rate was at least 1.5 points above neutral.

The first three say what the programme does: they are differences from the run without it, and in
that run itself there are none. The fourth is a state that an economy reaches with a programme or
without; so it is counted in both runs (`burst`), and what the programme has to do with it is the
difference between the two parts, and how many paths are in it with the programme alone. A programme
enters it only where it holds on at least `DOING` more of the paths than without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "DOING",
    "NOUGHT",
    "PHASES",
    "Inputs",
    "burst",
    "drawdown",
    "phases_of",
    "real_policy_gap",
]

Values = NDArray[np.float64]
PHASES = ("none", "P1", "P2", "P3", "P4")

# Next to nothing, by unit: a tenth of a point of a rate, one hundredth of a price at the opening.
NOUGHT: Mapping[str, float] = {"pct_year": 0.1, "pp": 0.1, "pct": 0.1, "index": 1.0}
DOING = 0.05  # of the paths: odds that differ by less are told to be as high without
INFLATION_PP = 0.2
OVERSHOOT_PP = 0.25
FALL = 0.20
TIGHT_PP = 1.5
MEMORY = 8


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the phases are read from; arrays of shape (quarters + 1, paths).

    Attributes
    ----------
    with_, without : mapping of str to array
        Published figures of the two runs.
    neutral_pct : float
        Neutral real policy rate, percent a year.
    """

    with_: Mapping[str, Values]
    without: Mapping[str, Values]
    neutral_pct: float


def drawdown(prices: Values) -> Values:
    """Fall from the highest so far, as a part of it; 0 at a high."""
    return np.asarray(1.0 - prices / np.maximum.accumulate(prices, axis=0))


def real_policy_gap(figures: Mapping[str, Values], neutral_pct: float) -> Values:
    """Real policy rate above neutral, percentage points."""
    return np.asarray(figures["policy_rate"] - figures["expected_inflation"] - neutral_pct)


def _lately(truth: NDArray[np.bool_], memory: int) -> NDArray[np.bool_]:
    """Whether it was true in this quarter or one of the last."""
    found = truth.copy()
    for back in range(1, memory):
        found[back:] |= truth[:-back]
    return found


def burst(figures: Mapping[str, Values], neutral_pct: float) -> NDArray[np.bool_]:
    """Whether the condition of P4 holds in a run, shape (quarters + 1, paths)."""
    tight = _lately(real_policy_gap(figures, neutral_pct) >= TIGHT_PP, MEMORY)
    return np.asarray(tight & (drawdown(figures["growth_equity_nominal"]) >= FALL))


def phases_of(given: Inputs) -> NDArray[np.int8]:
    """Phase of every quarter and path as a number into `PHASES`, shape (quarters + 1, paths)."""
    a, b = given.with_, given.without

    def gap(name: str) -> Values:
        return np.asarray(a[name] - b[name])

    risen = gap("growth_equity_nominal") >= NOUGHT["index"]
    hotter = gap("inflation") >= INFLATION_PP
    found = np.zeros(risen.shape, dtype=np.int8)
    found[risen & (gap("real_yield_10y") <= -NOUGHT["pct_year"])] = 1
    found[risen & hotter] = 2
    found[hotter & (gap("nominal_yield_10y") >= OVERSHOOT_PP)] = 3
    found[burst(a, given.neutral_pct)] = 4
    return found
