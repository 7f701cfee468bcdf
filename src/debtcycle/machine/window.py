r"""The window between a melt-up and its end, as hazard and regret: never a date.

A *pop* is a fall of at least 40 % of growth equity from its highest so far; it is dated by the
quarter of that high. A fall has to lie inside the run to be seen, so that the last three years of a
run say nothing of the hazard and are left out. **Hazard** at quarter t: the part of paths, among
those whose high does not lie behind them, whose high that ends in a pop lies within the next four
quarters. **Regret** of leaving at t: how much less is had at the end, in logs of real wealth, than
by leaving at the best quarter of the same path; wealth that has left earns the policy rate, in
goods of each quarter. Four ways of choosing t are compared, none of which knows the future:

- *hold*: never; *random*: any quarter with equal chance;
- *melt-up*: the first quarter in which growth equity has risen by at least 25 % over four quarters
  while the real policy rate is less than 1.5 points above neutral; the end if there is none;
- *tightening*: the first quarter in which the real policy rate is at least 1.5 points above.

Over ten years nearly every volatile price rises by so much some time, and many fall by so much.
What a programme does to either is looked for in the first three years, which hold its purchases.

Intervals are those of the mean over paths (normal, 95 %) and of Wilson for parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.phases import TIGHT_PP, drawdown, real_policy_gap

__all__ = ["EARLY", "POP", "RULES", "Counts", "Interval", "Window", "count", "summarise"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

POP = 0.40
AHEAD = 4
RISE = 0.25
EARLY = 12  # quarters from the start in which the doing of a programme is looked for
UNSEEN = 12  # quarters at the end of a run in which a high may still be followed by its fall
RULES = ("hold", "random", "melt_up", "tightening")
Z95 = 1.959963984540054
QUARTER = 0.25


@dataclass(slots=True)
class Counts:
    """Sums over paths that add up over chunks.

    Attributes
    ----------
    open_, soon : int64 array, shape (quarters + 1,)
        Paths whose high is not behind them, and those of them that have a pop ahead soon.
    regret, squares : float64 array, shape (rules, blocks)
        Sums of regret and of its square, by blocks of paths that are added in one order.
    paths, popped, windows : int
        Paths; those with a pop; those in which the melt-up rule found a quarter.
    early_popped, early_windows : int
        Those that have fallen so far, and risen so far, within the first `EARLY` quarters.
    """

    open_: NDArray[np.int64]
    soon: NDArray[np.int64]
    regret: Values
    squares: Values
    paths: int
    popped: int
    windows: int
    early_popped: int
    early_windows: int

    def __add__(self, other: Counts) -> Counts:
        """Sums over both."""
        return Counts(
            self.open_ + other.open_,
            self.soon + other.soon,
            np.concatenate([self.regret, other.regret], axis=1),
            np.concatenate([self.squares, other.squares], axis=1),
            self.paths + other.paths,
            self.popped + other.popped,
            self.windows + other.windows,
            self.early_popped + other.early_popped,
            self.early_windows + other.early_windows,
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Window:
    """Hazard by quarter, regret by rule.

    Attributes
    ----------
    hazard : tuple of (Interval or None)
        By quarter from 0; None where no path is left, and where a fall could not be seen.
    regret : mapping of rule to Interval
        Logs of real wealth.
    paths, popped, windows, early_popped, early_windows : int
        As in `Counts`.
    """

    hazard: tuple[Interval | None, ...]
    regret: Mapping[str, Interval]
    paths: int
    popped: int
    windows: int
    early_popped: int
    early_windows: int


def _first(truth: Flags, default: int) -> NDArray[np.int64]:
    """First true quarter of each path, else a default."""
    found = truth.argmax(axis=0)
    return np.where(truth.any(axis=0), found, default).astype(np.int64)


def _wealth(figures: Mapping[str, Values], price: str) -> Values:
    """Log real wealth at the end by quarter of leaving, shape (quarters + 1, paths)."""
    level = np.log(figures[price] / figures[price][:1])
    earned = figures["policy_rate"][1:] / 100.0 * QUARTER
    real = earned - np.diff(np.log(figures["price_level"]), axis=0)
    later = np.zeros_like(level)
    later[:-1] = real[::-1].cumsum(axis=0)[::-1]
    return np.asarray(level + later)


def count(figures: Mapping[str, Values], neutral_pct: float) -> Counts:
    """Sums over the paths of one chunk.

    Parameters
    ----------
    figures : mapping
        Published figures of one run, shape (quarters + 1, paths).
    neutral_pct : float
        Neutral real policy rate, percent a year.
    """
    prices = figures["growth_equity_nominal"]
    last = len(prices) - 1
    quarters = np.arange(last + 1)[:, None]
    fallen = drawdown(prices) >= POP
    pop = _first(fallen, last + 1 + AHEAD)
    popped = fallen.any(axis=0)
    before = np.where(quarters < pop, prices, -np.inf)
    peak = np.where(popped, before.argmax(axis=0), last + 1 + AHEAD)
    open_ = quarters < np.minimum(peak, last + 1)
    soon = open_ & (peak - quarters <= AHEAD)
    gap = real_policy_gap(figures, neutral_pct)
    rise = np.zeros(prices.shape, dtype=bool)
    rise[4:] = prices[4:] / prices[:-4] - 1.0 >= RISE
    melt = rise & (gap < TIGHT_PP)
    wealth = _wealth(figures, "growth_equity_real")
    best = wealth.max(axis=0)
    chosen = {
        "hold": wealth[last],
        "random": wealth[1:].mean(axis=0),
        "melt_up": np.take_along_axis(wealth, _first(melt, last)[None], axis=0)[0],
        "tightening": np.take_along_axis(wealth, _first(gap >= TIGHT_PP, last)[None], axis=0)[0],
    }
    regret = np.array([best - chosen[rule] for rule in RULES])
    return Counts(
        open_.sum(axis=1),
        soon.sum(axis=1),
        regret.sum(axis=1, keepdims=True),
        (regret**2).sum(axis=1, keepdims=True),
        prices.shape[1],
        int(popped.sum()),
        int(melt.any(axis=0).sum()),
        int(fallen[: EARLY + 1].any(axis=0).sum()),
        int(melt[: EARLY + 1].any(axis=0).sum()),
    )


def _wilson(hits: int, total: int) -> Interval | None:
    """A part with Wilson's interval."""
    if total == 0:
        return None
    part, extra = hits / total, Z95**2 / total
    centre = (part + extra / 2) / (1 + extra)
    half = Z95 * np.sqrt(part * (1 - part) / total + extra / (4 * total)) / (1 + extra)
    low = 0.0 if hits == 0 else float(max(0.0, centre - half))
    return Interval(part, low, 1.0 if hits == total else float(min(1.0, centre + half)))


def summarise(counts: Counts) -> Window:
    """Hazard and regret with their intervals."""
    seen = len(counts.open_) - UNSEEN
    hazard = tuple(
        _wilson(int(hits), int(total)) if quarter < seen else None
        for quarter, (hits, total) in enumerate(zip(counts.soon, counts.open_, strict=True))
    )
    regret = {}
    for number, rule in enumerate(RULES):
        mean = float(counts.regret[number].sum()) / counts.paths
        spread = max(float(counts.squares[number].sum()) / counts.paths - mean**2, 0.0)
        half = Z95 * float(np.sqrt(spread / counts.paths))
        regret[rule] = Interval(mean, mean - half, mean + half)
    return Window(
        hazard, regret, counts.paths, counts.popped, counts.windows,
        counts.early_popped, counts.early_windows,
    )  # fmt: skip
