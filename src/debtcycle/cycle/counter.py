"""The strongest case against the verdict, from the same data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from debtcycle.cycle.assess import Assessment, Scored
from debtcycle.cycle.flip import gate_edges
from debtcycle.cycle.verdict import AXIS_LINE, Verdict
from debtcycle.indicators.bubble_gauge import BUBBLE_LINE
from debtcycle.indicators.model import Reading

__all__ = ["Argument", "Point", "counter_argument"]

MAX_POINTS = 6
_WEAKEST = 2
# A sign of easing smaller than this is printed as nought.
_LEAST_SIGN = 0.005


class Point(StrEnum):
    """What kind of argument it is."""

    OPPOSES = "opposes"  # an input that stands on the other side
    LEANS = "leans"  # against a mixed verdict: an input clearly on the side of the mean
    WEAK = "weak"  # an input that supports the verdict least
    GATE_EDGE = "gate_edge"  # the gate rests on a reading at its edge
    WORDS_ONLY = "words_only"  # the gate rests on an announcement alone
    GAUGE_LOW = "gauge_low"  # a gauge that stands below the bubble line
    EASING_SIGN = "easing_sign"  # without easing: something that eases all the same
    AGAINST_AXES = "against_axes"  # without easing: an input against the axes' own reading
    MISSING = "missing"  # an input that exists and is not known


@dataclass(frozen=True, slots=True)
class Argument:
    """One point of the case against, with the figure it rests on.

    Attributes
    ----------
    strength : float
        0-1, by which the points are ordered: the opposing score, or the share of the anchor
        distance by which a line is missed.
    """

    point: Point
    subject: str
    strength: float
    reading: Reading | None = None
    score: float | None = None


def _side(assessment: Assessment) -> float:
    """The side on which the verdict, or without easing the axes' own reading, stands."""
    return -1.0 if assessment.heat is not None and assessment.heat < 0 else 1.0


def _opposing(assessment: Assessment, point: Point) -> list[Argument]:
    side = _side(assessment)
    known: list[tuple[float, Scored]] = sorted(
        ((side * item.score, item) for item in assessment.inputs if item.score is not None),
        key=lambda pair: pair[0],
    )
    return [
        Argument(point, i.anchor.indicator, -points, i.reading, i.score)
        for points, i in known
        if points < 0
    ]


def _leaning(assessment: Assessment) -> list[Argument]:
    side = _side(assessment)
    return [
        Argument(Point.LEANS, i.anchor.indicator, side * i.score, i.reading, i.score)
        for i in assessment.inputs
        if i.score is not None and side * i.score >= AXIS_LINE
    ]


def _weak(assessment: Assessment) -> list[Argument]:
    side = _side(assessment)
    known = [(side * i.score, i) for i in assessment.inputs if i.score is not None]
    known.sort(key=lambda pair: pair[0])
    return [
        Argument(Point.WEAK, i.anchor.indicator, 1.0 - points, i.reading, i.score)
        for points, i in known[:_WEAKEST]
    ]


def _about_gate(assessment: Assessment) -> list[Argument]:
    policy = assessment.stimulus
    readings = {reading.indicator: reading for reading in policy.readings}
    edges = gate_edges(policy)
    points = [Argument(Point.GATE_EDGE, name, 0.9, readings[name]) for name in edges]
    if policy.by_announcement and not (policy.by_balance_sheet or policy.by_rate):
        points.append(Argument(Point.WORDS_ONLY, "announced_13w", 0.8, policy.announced_13w))
    if assessment.verdict is Verdict.NO_STIMULUS:
        signs = (
            (policy.assets_13w, 1.0),
            (policy.announced_13w, 1.0),
            (policy.rate_change_6m, -1.0),
            (policy.rate_minus_rule, -1.0),
        )
        points += [
            Argument(Point.EASING_SIGN, r.indicator, min(1.0, sign * r.value), r)
            for r, sign in signs
            if r.value is not None and sign * r.value >= _LEAST_SIGN and r.indicator not in edges
        ]
    return points


def counter_argument(assessment: Assessment) -> tuple[Argument, ...]:
    """Points against the verdict, the strongest first.

    Without easing the axes do not bear on the verdict: first comes what eases all the same, and
    after it, as points of their own kind, what stands against the axes' own reading. Against a
    mixed verdict speak the inputs that stand clearly on the side of the mean; where the verdict
    is unknown, the side argued against is that of the mean.
    """
    quiet = assessment.verdict is Verdict.NO_STIMULUS
    beside = _opposing(assessment, Point.AGAINST_AXES) if quiet else []
    points = _about_gate(assessment)
    if assessment.verdict is Verdict.MIXED:
        points += _leaning(assessment)
    elif not quiet:
        opposing = _opposing(assessment, Point.OPPOSES)
        points += opposing or _weak(assessment)
    if assessment.verdict is Verdict.INTO_BUBBLE:
        points += [
            Argument(Point.GAUGE_LOW, gauge.name, (BUBBLE_LINE - gauge.value) / BUBBLE_LINE)
            for gauge in assessment.gauge.gauges
            if gauge.value is not None and gauge.value < BUBBLE_LINE
        ]
    points.sort(key=lambda argument: -argument.strength)
    missing = [
        Argument(Point.MISSING, item.anchor.indicator, 0.0, item.reading)
        for item in assessment.inputs
        if item.exists and item.score is None
    ]
    return (*(points + beside)[:MAX_POINTS], *missing)
