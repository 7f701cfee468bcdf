"""The tests of the melt-up: how it rises, what ends it, and what one can know before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.acceptance.laboratory import (
    NOTHING,
    Arm,
    Laboratory,
    Programme,
    purchases,
    steps,
)
from debtcycle.machine.acceptance.outcome import Beside, Outcome, above, below, between, mean
from debtcycle.machine.economy.reading import checked_bubble_number

__all__ = ["before_the_pop", "bubble_and_depression", "melt_up", "melt_up_beside"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

LARGE = purchases(12.0, 8)
TURN, HORIZON = 6, 24  # the rate is held up to the turn in both arms


def _held(bought: Programme) -> Programme:
    return bought + steps("held", {1: 1.0}, "hold")


def _tightened(bought: Programme, rate: float) -> Programme:
    """The rate is held, then raised by 75 bp a quarter to 3 pp more, and kept there."""
    path = {TURN + n: rate + 0.0075 * n for n in range(1, 5)}
    programme = bought + steps("held to the turn", {1: 1.0, TURN + 1: 0.0}, "hold")
    return programme + steps("raised", path, "rate") + steps("steered", {TURN + 1: 1.0}, "steer")


def opening_bubble_number(lab: Laboratory) -> float:
    """Bubble number of the bubble's opening."""
    return checked_bubble_number(lab.start("bubble"), allow=True)


def _arms(lab: Laboratory, bought: Programme = LARGE) -> tuple[Arm, Arm]:
    """The same paths with the rate raised after the turn, and with it held."""
    rate = lab.openings["bubble"].policy_rate_pct / 100
    return (
        lab.arm("bubble", _tightened(bought, rate), HORIZON),
        lab.arm("bubble", _held(bought), HORIZON),
    )


def _crossing(lab: Laboratory, arm: Arm) -> NDArray[np.int64]:
    """First quarter with the real policy rate 1.5 pp above neutral; the horizon if none."""
    high = arm["r"] - arm["pe"] > lab.value("rstar") + 0.015
    return np.where(high.any(axis=0), high.argmax(axis=0), HORIZON)


def _falls(price: Values, first: NDArray[np.int64], depth: float, within: int) -> Flags:
    """Whether a fall by `depth` starts and is complete within some quarters of `first`.

    It is measured from the highest price since `first`: a path that fell before, and stays down,
    has no fall of its own here.
    """
    quarter = np.arange(len(price))[:, None]
    window = (quarter >= first) & (quarter <= first + within)
    highest = np.maximum.accumulate(np.where(quarter >= first, price, 0.0), axis=0)
    fallen = window & (price <= (1.0 - depth) * highest)
    return np.asarray(fallen.any(axis=0))


def _in_fall(price: Values, first: NDArray[np.int64], depth: float, within: int) -> Flags:
    """Whether the price stands by `depth` below its highest so far, some time in the quarters.

    The drawdown may have begun, and been complete, before `first`.
    """
    quarter = np.arange(len(price))[:, None]
    window = (quarter >= first) & (quarter <= first + within)
    fallen = price <= (1.0 - depth) * np.maximum.accumulate(price, axis=0)
    return np.asarray((fallen & window).any(axis=0))


def _down_by(price: Values, last: NDArray[np.int64], depth: float) -> Flags:
    """Whether the price has stood so far below its highest in quarter `last` or before."""
    quarter = np.arange(len(price))[:, None]
    fallen = price <= (1.0 - depth) * np.maximum.accumulate(price, axis=0)
    return np.asarray((fallen & (quarter <= last)).any(axis=0))


@dataclass(frozen=True, slots=True)
class _MeltUp:
    """What test 10 measures, with a programme or without one.

    Attributes
    ----------
    rise_pct : float
        Upper quartile of the highest rise in four to six quarters.
    popped_pct, popped_held_pct : float
        Of the melt-ups in which policy becomes tight, those that stand 40 % below their high some
        time in the eight quarters from then on, as the specification words it; the same paths and
        quarters with the rate held.
    begun_pct, begun_held_pct : float
        Of the same melt-ups, those with a fall of 40 % that starts within these quarters.
    before_pct : float
        Of the same melt-ups, those that were down by 40 % by the quarter of tightness.
    first_pct, first_held_pct : float
        Of the same melt-ups, those that are first down by 40 % in the eight quarters after it,
        wherever the fall began.
    risen_pct, risen_held_pct : float
        The same from the first rise of the rate on, before policy is tight.
    later : float
        Quarters by which the median high is later with the rate held.
    """

    rise_pct: float
    popped_pct: float
    popped_held_pct: float
    begun_pct: float
    begun_held_pct: float
    before_pct: float
    first_pct: float
    first_held_pct: float
    risen_pct: float
    risen_held_pct: float
    later: float


def _melt_up(lab: Laboratory, bought: Programme) -> _MeltUp:
    tightened, held = _arms(lab, bought)
    price, calm = tightened["pG"], held["pG"]
    best = price[4 : TURN + 1].max(axis=0) / price[0] - 1
    rose = best >= 0.25
    first = _crossing(lab, tightened)
    reached = rose & (first < HORIZON - 8)
    popped, anyway = (_in_fall(p, first, 0.4, 8)[reached] for p in (price, calm))
    begun, begun_held = (_falls(p, first, 0.4, 8)[reached] for p in (price, calm))
    turn = np.full_like(first, TURN)
    early = _down_by(price, turn, 0.4)[reached]  # the same paths in both: no rate has risen yet
    before, before_held = (_down_by(p, first, 0.4)[reached] for p in (price, calm))
    later, later_held = (_down_by(p, first + 8, 0.4)[reached] for p in (price, calm))
    peaks = [np.argmax(p[:, rose], axis=0) for p in (price, calm)]
    return _MeltUp(
        100 * float(np.nanquantile(best, 0.75)),
        100 * float(popped.mean()),
        100 * float(anyway.mean()),
        100 * float(begun.mean()),
        100 * float(begun_held.mean()),
        100 * float(before.mean()),
        100 * float((later & ~before).mean()),
        100 * float((later_held & ~before_held).mean()),
        100 * float((later & ~early).mean()),
        100 * float((later_held & ~early).mean()),
        float(np.median(peaks[1]) - np.median(peaks[0])),
    )


def melt_up(lab: Laboratory) -> list[Outcome]:
    """10: the upper quartile is up by a quarter in 4 to 6 quarters; tightening pops it."""
    found = _melt_up(lab, LARGE)
    more = found.popped_pct - found.popped_held_pct
    return [
        between(10, "opening_bubble_number", opening_bubble_number(lab), 0.65, 0.95),
        above(10, "upper_quartile_rise_pct", found.rise_pct, 25.0),
        above(10, "melt_ups_popped_pct", found.popped_pct, 50.0),
        above(10, "popped_more_often_than_held_pp", more, 20.0),
        above(10, "peak_later_without_tightening_quarters", found.later, 2.0),
    ]


def melt_up_beside(lab: Laboratory) -> list[Beside]:
    """The same figures without purchases, and when the falls begin.

    A drawdown in the eight quarters after tightness may have begun before them; what is counted
    from tightness on, and from the first rise of the rate on, says what of it tightness brings.
    """
    with_it, without = _melt_up(lab, LARGE), _melt_up(lab, NOTHING)
    return [
        Beside(10, "upper_quartile_rise_without_pct", without.rise_pct),
        Beside(10, "melt_ups_popped_without_pct", without.popped_pct),
        Beside(10, "popped_more_often_than_held_without_pp",
               without.popped_pct - without.popped_held_pct),
        Beside(10, "peak_later_without_both_quarters", without.later),
        Beside(10, "falls_begun_after_tightness_pct", with_it.begun_pct),
        Beside(10, "falls_begun_after_less_held_pp", with_it.begun_pct - with_it.begun_held_pct),
        Beside(10, "first_down_after_tightness_pct", with_it.first_pct),
        Beside(10, "first_down_after_less_held_pp", with_it.first_pct - with_it.first_held_pct),
        Beside(10, "first_down_after_rise_pct", with_it.risen_pct),
        Beside(10, "first_down_after_rise_less_held_pp",
               with_it.risen_pct - with_it.risen_held_pct),
        Beside(10, "first_down_after_rise_less_held_without_pp",
               without.risen_pct - without.risen_held_pct),
        Beside(10, "down_before_tightness_pct", with_it.before_pct),
        Beside(10, "down_before_tightness_without_pct", without.before_pct),
    ]  # fmt: skip


def before_the_pop(lab: Laboratory) -> list[Outcome]:
    """11: expected two-year returns are lowest in the last three quarters before the pop."""
    tightened, _ = _arms(lab)
    price, total = tightened["pG"], tightened["total_G"]
    rose = price[4 : TURN + 1].max(axis=0) / price[0] >= 1.25
    peak = np.argmax(price[: HORIZON - 8], axis=0)
    fell = _falls(price, peak, 0.4, 8)
    chosen = np.flatnonzero(rose & fell & (peak >= 6))
    returns = []
    for back in range(7):
        at = peak[chosen] - back
        returns.append(float(np.mean(total[at + 8, chosen] / total[at, chosen] - 1)))
    lowest = int(np.argmin(returns))
    last, others = np.mean(returns[:3]), np.mean(returns[3:])
    state = (tightened["x_G"] * tightened["n"])[1 : HORIZON - 8]
    ahead = (total[9 : HORIZON + 1] / total[1 : HORIZON - 7] - 1)[: len(state)]
    known = np.isfinite(state) & np.isfinite(ahead)
    hot = known & (state >= np.nanquantile(state, 0.8))
    return [
        below(11, "quarters_before_the_peak_of_the_lowest", lowest, 2),
        below(11, "last_three_less_earlier_pct", 100 * (last - others), 0.0),
        below(11, "hottest_fifth_less_others_pct",
              100 * float(ahead[hot].mean() - ahead[known & ~hot].mean()), 0.0),
    ]  # fmt: skip


def bubble_and_depression(lab: Laboratory) -> list[Outcome]:
    """12: the same purchases inflate more and add less output in a bubble than in a depression."""
    peaks, output, crashes = {}, {}, {}
    for opening in ("bubble", "depression"):
        peaks[opening] = float(mean(lab.difference(opening, LARGE, "pi"))[1:21].max())
        output[opening] = float(mean(lab.difference(opening, LARGE, "y"))[1:13].mean())
        arm = lab.arm(opening, LARGE)
        start = np.zeros(arm["pG"].shape[1], dtype=np.int64)
        crashes[opening] = float(_falls(arm["pG"], start, 0.3, 12).mean())
    return [
        above(12, "inflation_ratio", peaks["bubble"] / peaks["depression"], 1.5),
        below(12, "output_ratio", output["bubble"] / output["depression"], 0.6),
        above(12, "output_in_depression_pp", 100 * output["depression"], 0.0),
        above(12, "crash_more_likely_pp", 100 * (crashes["bubble"] - crashes["depression"]), 0.0),
    ]
