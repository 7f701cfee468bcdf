"""From a view to the verdict: the fifteen inputs, the four axes, the gate, the gauge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from debtcycle.cycle.verdict import Verdict, decide, heat_of
from debtcycle.indicators.anchors import ANCHORS, Anchor, score
from debtcycle.indicators.bubble_gauge import BubbleGauge, bubble_gauge
from debtcycle.indicators.credit import credit
from debtcycle.indicators.growth import growth
from debtcycle.indicators.inflation import inflation
from debtcycle.indicators.model import Axis, Reading, mode_of
from debtcycle.indicators.stimulus import Gate, Stimulus, stimulus
from debtcycle.indicators.valuation import valuation
from debtcycle.views import View

__all__ = ["Assessment", "AxisReading", "Scored", "assess", "position_of"]

_READERS: dict[Axis, Callable[[View], tuple[Reading, ...]]] = {
    Axis.VALUATION: valuation,
    Axis.GROWTH: growth,
    Axis.INFLATION: inflation,
    Axis.CREDIT: credit,
}
# Fewer than half of the inputs that exist make an axis unknown.
_MIN_AXIS_SHARE = 0.5
# A score this close to nought stands on neither side.
_NEUTRAL = 0.05


@dataclass(frozen=True, slots=True)
class Scored:
    """One of the fifteen inputs: its reading, its anchors, its score.

    Attributes
    ----------
    exists : bool
        Whether the input's series had begun by the date.
    position : float or None
        What is held against the anchors: the reading's value or its percentile.
    score : float or None
        In [-1, 1].
    """

    anchor: Anchor
    reading: Reading
    exists: bool
    position: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class AxisReading:
    """One axis: the mean of its available scores.

    Attributes
    ----------
    coverage : float
        Available over existing inputs.
    beside : tuple of Reading
        Evidence that is shown but not scored.
    """

    axis: Axis
    inputs: tuple[Scored, ...]
    beside: tuple[Reading, ...]
    score: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict at a date and what it rests on.

    Attributes
    ----------
    mode : str
        ``vintage``, ``lagged`` or ``mixed``: how the revised figures used were dated.
    axes_verdict : Verdict
        The verdict if policy were easing: the axes' own reading.
    heat : float or None
        Mean of the axes.
    coverage : float
        Available over existing inputs, of all axes.
    existing : int
        Number of the fifteen inputs that exist at the date.
    confidence, freshness, agreement : float
        ``confidence = coverage x freshness x agreement``, each 0-1. Freshness: mean over the
        available inputs. Agreement: share of them on the side of the mean, those within 0.05
        of nought counting half. Never how extreme the scores are.
    """

    as_of: date
    country: str
    mode: str
    verdict: Verdict
    axes_verdict: Verdict
    axes: tuple[AxisReading, ...]
    heat: float | None
    stimulus: Stimulus
    gauge: BubbleGauge
    coverage: float
    existing: int
    confidence: float
    freshness: float
    agreement: float

    @property
    def inputs(self) -> tuple[Scored, ...]:
        """The fifteen inputs in the order of the table of anchors."""
        return tuple(item for axis in self.axes for item in axis.inputs)

    @property
    def axis_scores(self) -> tuple[float | None, ...]:
        """Scores of the four axes."""
        return tuple(axis.score for axis in self.axes)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every reading behind the assessment."""
        axes = tuple(r for a in self.axes for r in (*(i.reading for i in a.inputs), *a.beside))
        return (*axes, *self.stimulus.readings, *self.gauge.readings)


def position_of(anchor: Anchor, reading: Reading) -> float | None:
    """What of a reading is held against the anchors."""
    return reading.percentile if anchor.on_percentile else reading.value


def _axis(view: View, axis: Axis) -> AxisReading:
    readings = {reading.indicator: reading for reading in _READERS[axis](view)}
    inputs = []
    for anchor in (anchor for anchor in ANCHORS if anchor.axis is axis):
        reading = readings.pop(anchor.indicator)
        position = position_of(anchor, reading)
        points = None if position is None else score(position, anchor.depression, anchor.bubble)
        inputs.append(Scored(anchor, reading, view.exists(anchor.exists_with), position, points))
    available = [item.score for item in inputs if item.score is not None]
    existing = sum(item.exists for item in inputs)
    enough = bool(available) and len(available) >= _MIN_AXIS_SHARE * existing
    return AxisReading(
        axis,
        tuple(inputs),
        tuple(readings.values()),
        sum(available) / len(available) if enough else None,
        len(available) / existing if existing else 0.0,
    )


def _agreement(scores: list[float], heat: float | None) -> float:
    if not scores or heat is None:
        return 0.0
    side = 1.0 if heat >= 0 else -1.0
    points = [0.5 if abs(s) <= _NEUTRAL else float(s * side > 0) for s in scores]
    return sum(points) / len(points)


def assess(view: View) -> Assessment:
    """Verdict at the date of a view, without the parts that only a full report needs."""
    axes = tuple(_axis(view, axis) for axis in Axis)
    inputs = [item for axis in axes for item in axis.inputs]
    scored = [item for item in inputs if item.score is not None]
    existing = sum(item.exists for item in inputs)
    coverage = len(scored) / existing if existing else 0.0
    policy, gauge = stimulus(view), bubble_gauge(view)
    scores = [axis.score for axis in axes]
    heat = heat_of(scores)
    fresh = sum(item.reading.freshness for item in scored) / len(scored) if scored else 0.0
    agreement = _agreement([item.score for item in scored if item.score is not None], heat)
    used = [item.reading for item in scored] + list(policy.readings)
    return Assessment(
        as_of=view.as_of,
        country=view.country,
        mode=mode_of(used),
        verdict=decide(scores, coverage, policy.gate, gauge.aggregate),
        axes_verdict=decide(scores, coverage, Gate.ON, gauge.aggregate),
        axes=axes,
        heat=heat,
        stimulus=policy,
        gauge=gauge,
        coverage=coverage,
        existing=existing,
        confidence=coverage * fresh * agreement,
        freshness=fresh,
        agreement=agreement,
    )
