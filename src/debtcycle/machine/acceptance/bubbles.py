"""The tests of the melt-up: how it rises, what ends it, and what one can know before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.acceptance.laboratory import Arm, Laboratory, Programme, purchases, steps
from debtcycle.machine.acceptance.outcome import Outcome, above, below, between, mean
from debtcycle.machine.economy.reading import checked_bubble_number

__all__ = ["before_the_pop", "bubble_and_depression", "melt_up"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

LARGE = purchases(12.0, 8)
TURN, HORIZON = 6, 24  # the rate is held up to the turn in both arms


def _held() -> Programme:
    return LARGE + steps("held", {1: 1.0}, "hold")


def _tightened(rate: float) -> Programme:
    """The rate is held, then raised by 75 bp a quarter to 3 pp more, and kept there."""
    path = {TURN + n: rate + 0.0075 * n for n in range(1, 5)}
    programme = LARGE + steps("held to the turn", {1: 1.0, TURN + 1: 0.0}, "hold")
    return programme + steps("raised", path, "rate") + steps("steered", {TURN + 1: 1.0}, "steer")


def opening_bubble_number(lab: Laboratory) -> float:
    """Bubble number of the bubble's opening."""
    return checked_bubble_number(lab.start("bubble"), allow=True)


def _arms(lab: Laboratory) -> tuple[Arm, Arm]:
    rate = lab.openings["bubble"].policy_rate_pct / 100
    return (
        lab.arm("bubble", _tightened(rate), HORIZON),
        lab.arm("bubble", _held(), HORIZON),
    )


def _crossing(lab: Laboratory, arm: Arm) -> NDArray[np.int64]:
    """First quarter with the real policy rate 1.5 pp above neutral; the horizon if none."""
    high = arm["r"] - arm["pe"] > lab.value("rstar") + 0.015
    return np.where(high.any(axis=0), high.argmax(axis=0), HORIZON)


def _falls(price: Values, first: NDArray[np.int64], depth: float, within: int) -> Flags:
    """Whether the price falls by `depth` from its high so far within some quarters of `first`."""
    drawdown = price / np.maximum.accumulate(price, axis=0) - 1.0
    quarter = np.arange(len(price))[:, None]
    window = (quarter >= first) & (quarter <= first + within)
    return np.asarray(((drawdown <= -depth) & window).any(axis=0))


def melt_up(lab: Laboratory) -> list[Outcome]:
    """10: the upper quartile is up by a quarter in 4 to 6 quarters; tightening pops it."""
    tightened, held = _arms(lab)
    price, calm = tightened["pG"], held["pG"]
    best = price[4 : TURN + 1].max(axis=0) / price[0] - 1
    rose = best >= 0.25
    first = _crossing(lab, tightened)
    reached = rose & (first < HORIZON - 8)
    popped, anyway = (_falls(p, first, 0.4, 8)[reached] for p in (price, calm))
    peaks = [np.argmax(p[:, rose], axis=0) for p in (price, calm)]
    share, base = 100 * float(popped.mean()), 100 * float(anyway.mean())
    return [
        between(10, "opening_bubble_number", opening_bubble_number(lab), 0.65, 0.95),
        above(10, "upper_quartile_rise_pct", 100 * float(np.nanquantile(best, 0.75)), 25.0),
        above(10, "melt_ups_popped_pct", share, 50.0),
        above(10, "popped_more_often_than_held_pp", share - base, 20.0),
        above(10, "peak_later_without_tightening_quarters",
              float(np.median(peaks[1]) - np.median(peaks[0])), 2.0),
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
