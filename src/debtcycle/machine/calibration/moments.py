"""Moments of the economy that others have measured, and how far they are from what was found.

Each moment is an effect: the difference between two runs on the same chances. Those of a single
shock are taken without chance, since nothing else differs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.acceptance.laboratory import Laboratory, Programme, purchases, steps

__all__ = ["REPORT_SEED", "SEARCH_SEED", "Measured", "Target", "measure", "targets"]

Values = NDArray[np.float64]
SEARCH_SEED, REPORT_SEED = 20_011, 7  # a search never sees the chances of its report
BROAD = {"G": 0.63, "R": 0.37}  # broad equity, as in the economy's volatility
HELD = steps("held", {1: 1.0}, "hold")


@dataclass(frozen=True, slots=True)
class Target:
    """An effect that others have measured.

    Attributes
    ----------
    moment, unit : str
    target, low, high : float
        What was found, and the range that is left.
    ours : bool
        Whether the range is ours, the source giving none.
    source : str
    """

    moment: str
    unit: str
    target: float
    low: float
    high: float
    ours: bool
    source: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A target and the economy's value of it."""

    target: Target
    value: float

    @property
    def inside(self) -> bool:
        """Whether the value lies in the range."""
        return self.target.low <= self.value <= self.target.high

    @property
    def miss(self) -> float:
        """Distance from the target in half-widths of the range."""
        half = 0.5 * (self.target.high - self.target.low)
        return (self.value - self.target.target) / half


@cache
def targets() -> tuple[Target, ...]:
    """The table of targets, in the order of its file."""
    text = files("debtcycle.machine.calibration").joinpath("targets.toml").read_text("utf-8")
    return tuple(
        Target(
            name, row["unit"], row["target"], row["low"], row["high"], row["range"] == "ours",
            row["source"],
        )
        for name, row in tomllib.loads(text).items()
    )  # fmt: skip


class _Bench:
    """Paired runs: with chance for what is averaged, without for the effect of one shock."""

    def __init__(self, parameters: Mapping[str, float] | None, paths: int, seed: int) -> None:
        self.many = Laboratory(paths=paths, seed=seed, parameters=parameters)
        self.one = Laboratory(paths=1, seed=seed, parameters=parameters, scale=0.0)

    @staticmethod
    def effect(
        lab: Laboratory, opening: str, name: str, programme: Programme, quarters: int,
        base: Programme | None = None,
    ) -> Values:  # fmt: skip
        """Mean difference of a variable by quarter, with a programme less without it."""
        without = lab.arm(opening, base, quarters) if base else lab.arm(opening, quarters=quarters)
        both = programme + base if base else programme
        gap = lab.arm(opening, both, quarters)[name] - without[name]
        return np.asarray(np.nanmean(gap, axis=1))

    def qe1_impact(self) -> float:
        """Largest fall of the long yield in the first year of 12 % of GDP, from 2008-11, bp."""
        fall = self.effect(self.one, "depression", "yN", purchases(12.0, 6), 8)
        return float(1e4 * fall[1:5].min())

    def stock_effect(self) -> float:
        """Term premium three to five years after 10 % of GDP was bought, bp per 1 %."""
        premium = self.effect(self.one, "normal", "premium_N", purchases(10.0, 8), 20)
        return float(1e4 * premium[12:].mean() / 10.0)

    def rate_surprise_on_equity(self) -> float:
        """Broad equity in the quarter of a cut by 25 bp that nobody expected, percent."""
        cut = steps("cut", {1: -0.0025, 2: 0.0}, "tighten")
        moves = [
            weight * self.effect(self.one, "normal", f"u{a}", cut, 4)[1]
            for a, weight in BROAD.items()
        ]
        return float(100.0 * sum(moves))

    def dollar_into_equity(self) -> float:
        """Value of equity for one dollar that households move into it, in the quarter."""
        start = self.one.start("normal").values
        value = {a: start[f"{a}_p"] for a in BROAD}
        whole = sum(value.values())
        flow = steps("into G", {1: value["G"] / whole, 2: 0.0}, "flow_G")
        flow += steps("into R", {1: value["R"] / whole, 2: 0.0}, "flow_R")
        gains = [
            value[a] * np.expm1(self.effect(self.one, "normal", f"u{a}", flow, 4)[1]) for a in BROAD
        ]
        return float(sum(gains))

    def gold_on_real_yield(self) -> float:
        """Gold for a rise of the real long yield by a point, percent.

        Over the first year of purchases of 10 % of GDP, turned round: the change that easing
        makes. A rise of the term premium alone moves gold far less.
        """
        gold = self.effect(self.one, "normal", "uZ", purchases(10.0, 8), 20)[1:5].mean()
        real = self.effect(self.one, "normal", "yI", purchases(10.0, 8), 20)[1:5].mean()
        return float(100.0 * np.expm1(gold * 0.01 / real))

    def gold_on_yield_shock(self) -> float:
        """The same a year after the expected long yield alone has risen, percent."""
        rise = steps("long yields", {1: 0.01, 2: 0.0}, "e_y")
        gold = self.effect(self.one, "normal", "uZ", rise, 8)[4]
        real = self.effect(self.one, "normal", "yI", rise, 8)[4]
        return float(100.0 * np.expm1(gold * 0.01 / real))

    def debt_on_yield(self) -> float:
        """Long yield one to three years after a deficit of 1 % of GDP, rate held, bp."""
        more = steps("debt", {1: 4.0, 2: 0.0}, "disc")  # an annual rate, for a quarter
        rise = self.effect(self.one, "normal", "yN", more, 12, HELD)
        return float(1e4 * rise[4:].mean())

    def _inflation(self) -> Values:
        return 100.0 * self.effect(self.many, "normal", "pi", purchases(10.0, 8), 24)

    def inflation_of_purchases(self) -> float:
        """Highest mean effect of 10 % of GDP on inflation, percentage points."""
        return float(self._inflation().max())

    def equity_volatility(self) -> float:
        """Standard deviation of the log price of broad equity over a quarter, a year, percent."""
        arm = self.many.arm("normal", quarters=24)
        price = sum(weight * np.exp(arm[f"u{a}"]) for a, weight in BROAD.items())
        return float(200.0 * np.nanstd(np.diff(np.log(price), axis=0)))

    def quarter_of_inflation_peak(self) -> float:
        """Quarter of that highest effect."""
        return float(self._inflation().argmax())


def measure(
    parameters: Mapping[str, float] | None = None, *, paths: int = 256, seed: int = REPORT_SEED
) -> tuple[Measured, ...]:
    """All moments of the economy beside their targets.

    Parameters
    ----------
    parameters : mapping, optional
        Values other than those of ``parameters.toml``.
    paths, seed : int
        Of the runs with chance.
    """
    bench = _Bench(parameters, paths, seed)
    return tuple(Measured(t, float(getattr(bench, t.moment)())) for t in targets())
