"""The table of targets: published moments, what the model gives, and what moves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.acceptance.laboratory import (
    Laboratory,
    Programme,
    purchases,
    steps,
)
from debtcycle.machine.economy.parameters import given

__all__ = ["Elasticity", "Moment", "elasticities", "targets"]

Values = NDArray[np.float64]

BP = 1e4
GROWTH, REAL = 0.63, 0.37  # parts of the two equities in the market
HELD = steps("held", {1: 1.0}, "hold")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment with its published value.

    Attributes
    ----------
    moment : str
        What it is, with its unit; the text is in the message catalogues.
    value : float
        What the model gives.
    target, low, high : float
        Published value and the range of the literature.
    source : str
    """

    moment: str
    value: float
    target: float
    low: float
    high: float
    source: str

    @property
    def met(self) -> bool:
        """Whether the value lies in the range."""
        return self.low <= self.value <= self.high


@dataclass(frozen=True, slots=True)
class Elasticity:
    """How a moment answers to a parameter: change of its value when the parameter rises by 10 %."""

    moment: str
    parameter: str
    change: float


def _calm(lab: Laboratory) -> Laboratory:
    """The same economy on one path without shocks."""
    return Laboratory(1, lab.seed, lab.parameters, 0.0, lab.openings)


def _moved(calm: Laboratory, opening: str, programme: Programme, name: str) -> Values:
    return np.asarray(calm.difference(opening, programme, name)[:, 0])


def _equity_value(calm: Laboratory, programme: Programme) -> float:
    """Change in the value of equities per unit that flows in, at impact."""
    flow = 0.5
    arm, base = calm.arm("normal", programme), calm.arm("normal")
    value = [
        sum(float(one[f"p{a}"][1, 0] * one[f"{a}_p"][1, 0]) for a in "GR") for one in (arm, base)
    ]
    return (value[0] - value[1]) / flow


def _volatility(lab: Laboratory) -> float:
    arm = lab.arm("normal")
    price = GROWTH * arm["pG"] + REAL * arm["pR"]
    return float(100 * 2 * np.nanstd(np.diff(np.log(price), axis=0)))


def targets(lab: Laboratory) -> list[Moment]:
    """Moments of the table, in its order; without shocks, but for the volatility."""
    calm = _calm(lab)
    first = purchases(12.0, 6)
    later = purchases(10.0, 8)
    cut = steps("cut", {1: -0.0025, 2: 0.0}, "e_r")
    flow = steps("into growth", {1: 0.5 * GROWTH, 2: 0.0}, "flow_G")
    flow = flow + steps("into real assets", {1: 0.5 * REAL, 2: 0.0}, "flow_R")
    yields = steps("yields", {1: 0.01, 2: 0.0}, "e_y")
    debt = HELD + steps("debt", {1: 4.0, 2: 0.0}, "disc")
    equity = GROWTH * _moved(calm, "normal", cut, "uG") + REAL * _moved(calm, "normal", cut, "uR")
    metal, real = (_moved(calm, "normal", later, name) for name in ("uZ", "yI"))
    metal_y, real_y = (_moved(calm, "normal", yields, name) for name in ("uZ", "yI"))
    supply = calm.arm("normal", debt)["yN"][:, 0] - calm.arm("normal", HELD)["yN"][:, 0]
    prices = 100 * _moved(calm, "normal", later, "pi")
    rows: tuple[tuple[str, float, float, float, float, str], ...] = (
        ("first_programme_bp", BP * _moved(calm, "depression", first, "yN")[1:7].min(),
         -91.0, -100.0, -50.0, "Gagnon et al. 2011"),
        ("lasting_bp_per_pct", BP * _moved(calm, "normal", later, "premium_N")[12:21].mean() / 10,
         -4.5, -5.5, -3.5, "Bonis, Ihrig, Wei 2017"),
        ("cut_of_25bp_on_equity_pct", 100 * equity[1], 1.0, 0.5, 1.5, "Bernanke, Kuttner 2005"),
        ("one_into_equities", _equity_value(calm, flow), 5.0, 3.0, 8.0, "Gabaix, Koijen 2021"),
        ("gold_per_100bp_pct", metal[4] / real[4], -13.0, -20.0, -8.0, "Chicago Fed Letter 464"),
        ("gold_per_100bp_of_yield_shock_pct", metal_y[4] / real_y[4], -13.0, -20.0, -8.0,
         "Chicago Fed Letter 464"),
        ("debt_of_1pct_bp", BP * supply[4:13].mean(), 3.0, 2.0, 4.0, "Laubach 2009, CBO"),
        ("inflation_peak_pp", prices.max(), 0.5, 0.2, 1.0, "Engen et al. 2015"),
        ("inflation_peak_quarter", float(prices.argmax()), 9.0, 6.0, 12.0, "Engen et al. 2015"),
        ("equity_volatility_pct", _volatility(lab), 16.5, 15.0, 18.0, "range asked for"),
    )  # fmt: skip
    return [Moment(name, float(value), *rest) for name, value, *rest in rows]  # type: ignore[arg-type]


def elasticities(
    lab: Laboratory,
    parameters: Iterable[str],
    measure: Callable[[Laboratory], list[Moment]] = targets,
) -> list[Elasticity]:
    """How each moment answers to each parameter, by differences of 5 % to either side."""
    found = []
    base: Mapping[str, float] = lab.parameters or {}
    for name in parameters:
        value = base.get(name, given()[name].value)
        up, down = (
            measure(
                Laboratory(
                    lab.paths, lab.seed, {**base, name: part * value}, lab.scale, lab.openings
                )
            )
            for part in (1.05, 0.95)
        )
        found += [
            Elasticity(high.moment, name, high.value - low.value)
            for high, low in zip(up, down, strict=True)
        ]
    return found
