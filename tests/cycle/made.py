"""Assessments made by hand or drawn at random, without a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from debtcycle.cycle.assess import Assessment, AxisReading, Scored
from debtcycle.cycle.verdict import decide, heat_of
from debtcycle.indicators.anchors import ANCHORS, score
from debtcycle.indicators.bubble_gauge import BubbleGauge
from debtcycle.indicators.model import Axis, Reading, Status
from debtcycle.indicators.purchases import Purchases
from debtcycle.indicators.stimulus import Gate, Stimulus

NAMES = tuple(anchor.indicator for anchor in ANCHORS)


@dataclass(frozen=True)
class Policy:
    """The figures of the gate."""

    assets_13w: float | None = 0.0
    securities_13w: float | None = 0.0
    announced_13w: float | None = 0.0
    rate_change_6m: float | None = 0.0
    edges: tuple[str, ...] = ()


def made(name: str, unit: str, value: float | None) -> Reading:
    if value is None:
        return Reading(name, unit, None, Status.ABSENT, freshness=0.0)
    return Reading(name, unit, value)


def stimulus_of(policy: Policy) -> Stimulus:
    """The gate by the words of the rule, written a second time; all figures must be known."""
    change = policy.rate_change_6m
    grown = {
        name: getattr(policy, name) is not None and getattr(policy, name) > 0.25
        for name in ("assets_13w", "securities_13w", "announced_13w")
    }
    assert change is not None
    by_balance = (grown["assets_13w"] or grown["securities_13w"]) and change <= 0
    by_word = grown["announced_13w"] and change <= 0
    by_rate = change <= -0.5 + 1e-9
    readings = {
        name: made(name, "percent_of_gdp", getattr(policy, name))
        for name in ("assets_13w", "securities_13w", "announced_13w")
    }
    other = made("other", "percent", None)
    edges = (*policy.edges, *(("rate_change_6m",) if abs(change + 0.5) < 1e-9 else ()))
    return Stimulus(
        assets_13w=readings["assets_13w"],
        assets_52w=other,
        securities_13w=readings["securities_13w"],
        announced_13w=readings["announced_13w"],
        policy_rate=other,
        rate_change_6m=made("rate_change_6m", "pp", change),
        rate_change_12m=other,
        real_rate=other,
        rule_rate=other,
        rate_minus_rule=other,
        purchases=Purchases(()),
        gate=Gate.ON if by_balance or by_word or by_rate else Gate.OFF,
        by_balance_sheet=by_balance,
        by_announcement=by_word,
        by_rate=by_rate,
        edges=edges,
        rung=None,
        score=None,
    )


def assessment(
    positions: Mapping[str, float | None] | Sequence[float | None],
    policy: Policy = Policy(rate_change_6m=-1.0),
    gauge: float | None = 70.0,
) -> Assessment:
    """An assessment with these positions of the fifteen inputs."""
    if not isinstance(positions, Mapping):
        positions = dict(zip(NAMES, positions, strict=True))
    axes = []
    for axis in Axis:
        inputs = []
        for anchor in (a for a in ANCHORS if a.axis is axis):
            at = positions[anchor.indicator]
            reading = made(anchor.indicator, "percentile" if anchor.on_percentile else "pp", at)
            if anchor.on_percentile and at is not None:
                reading = replace(reading, percentile=at)
            points = None if at is None else score(at, anchor.depression, anchor.bubble)
            inputs.append(Scored(anchor, reading, True, at, points))
        known = [i.score for i in inputs if i.score is not None]
        enough = len(known) * 2 >= len(inputs)
        value = sum(known) / len(known) if known and enough else None
        axes.append(AxisReading(axis, tuple(inputs), (), value, len(known) / len(inputs)))
    scores = [axis.score for axis in axes]
    available = sum(at is not None for at in positions.values())
    coverage = available / len(NAMES)
    stance = stimulus_of(policy)
    return Assessment(
        as_of=date(2025, 11, 5),
        country="US",
        mode="vintage",
        verdict=decide(scores, coverage, stance.gate, gauge),
        axes_verdict=decide(scores, coverage, Gate.ON, gauge),
        axes=tuple(axes),
        heat=heat_of(scores),
        stimulus=stance,
        gauge=BubbleGauge((), gauge, None, None),
        coverage=coverage,
        existing=len(NAMES),
        confidence=1.0,
        freshness=1.0,
        agreement=1.0,
    )


def at_scores(points: Sequence[float]) -> dict[str, float]:
    """Positions at which the four axes have these scores, every input alike."""
    by_axis = dict(zip(Axis, points, strict=True))
    return {a.indicator: a.depression + (by_axis[a.axis] + 0.5) * a.distance for a in ANCHORS}
