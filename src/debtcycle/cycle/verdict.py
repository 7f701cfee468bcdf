"""The rule of the verdict, as a pure function of four axes, coverage, gate and gauge.

Fixed before it was computed and never tuned. In this order:

1. fewer than three known axes, coverage below 70 %, or an unknown gate: ``unknown``;
2. no easing: ``no_stimulus``;
3. mean of the axes at most -0.25 and at least three axes at most -0.25: ``into_depression``;
4. mean at least +0.25 and at least three axes at least +0.25: ``into_bubble`` if the bubble
   gauge is 60 or more, ``into_strength`` if it is lower, ``unknown`` if it is unknown;
5. else ``mixed``.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from debtcycle.indicators.bubble_gauge import BUBBLE_LINE
from debtcycle.indicators.stimulus import Gate

__all__ = ["AXIS_LINE", "MIN_AXES", "MIN_COVERAGE", "Verdict", "decide", "heat_of"]

AXIS_LINE = 0.25
MIN_AXES = 3
MIN_COVERAGE = 0.70


class Verdict(StrEnum):
    """What easing goes into."""

    INTO_BUBBLE = "into_bubble"
    INTO_STRENGTH = "into_strength"
    INTO_DEPRESSION = "into_depression"
    MIXED = "mixed"
    NO_STIMULUS = "no_stimulus"
    UNKNOWN = "unknown"


def heat_of(axes: Sequence[float | None]) -> float | None:
    """Mean of the known axes; None with fewer than three."""
    known = [score for score in axes if score is not None]
    return sum(known) / len(known) if len(known) >= MIN_AXES else None


def decide(
    axes: Sequence[float | None], coverage: float, gate: Gate, gauge: float | None
) -> Verdict:
    """Verdict of four axis scores, coverage (0-1), gate and bubble gauge (0-100).

    Examples
    --------
    >>> decide([0.8, 0.4, 0.3, 0.5], 1.0, Gate.ON, 72.0)
    <Verdict.INTO_BUBBLE: 'into_bubble'>
    >>> decide([0.8, 0.4, 0.3, 0.5], 1.0, Gate.OFF, 72.0)
    <Verdict.NO_STIMULUS: 'no_stimulus'>
    """
    heat = heat_of(axes)
    if heat is None or coverage < MIN_COVERAGE or gate is Gate.UNKNOWN:
        return Verdict.UNKNOWN
    if gate is Gate.OFF:
        return Verdict.NO_STIMULUS
    known = [score for score in axes if score is not None]
    if heat <= -AXIS_LINE and sum(score <= -AXIS_LINE for score in known) >= MIN_AXES:
        return Verdict.INTO_DEPRESSION
    if heat >= AXIS_LINE and sum(score >= AXIS_LINE for score in known) >= MIN_AXES:
        if gauge is None:
            return Verdict.UNKNOWN
        return Verdict.INTO_BUBBLE if gauge >= BUBBLE_LINE else Verdict.INTO_STRENGTH
    return Verdict.MIXED
