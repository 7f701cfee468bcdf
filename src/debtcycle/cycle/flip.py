"""How far is it to another verdict? The smallest change that flips it, way by way.

Distances are in units of each input's anchor distance, summed over the inputs that move: 1 is
one input going all the way from its depression anchor to its bubble anchor. The gate's units are
those of the map: 100 bp for the policy rate, 0.5 % of GDP for the balance sheet and for
announced purchases; the gauge's unit is 30 points, the anchor distance of the CAPE percentile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from debtcycle.cycle.assess import Assessment, AxisReading, Scored
from debtcycle.cycle.verdict import AXIS_LINE, MIN_AXES, Verdict, decide
from debtcycle.indicators.bubble_gauge import BUBBLE_LINE
from debtcycle.indicators.stimulus import CUT_PP, GROWTH_PCT_OF_GDP, Gate, Stimulus

__all__ = ["Crossing", "Flip", "Move", "flips", "gate_edges"]

RATE_UNIT_PP = 1.0
BALANCE_UNIT_PCT = 0.5
GAUGE_UNIT_POINTS = 30.0
# How far a score goes beyond a line to see what lies there, in anchor distances.
_STEP = 1e-6
_SAME = 1e-9


class Crossing(StrEnum):
    """Whether the end of a move must be passed, and on which side, or only reached."""

    ABOVE = "above"
    BELOW = "below"
    AT = "at"


@dataclass(frozen=True, slots=True)
class Move:
    """One figure that has to move: from where, to where, in its own unit.

    Attributes
    ----------
    end : float
        The line itself.
    crossing : Crossing
        Whether the figure must come to lie above the end or below it, or only at it.
    """

    indicator: str
    unit: str
    start: float
    end: float
    distance: float
    crossing: Crossing = Crossing.AT


@dataclass(frozen=True, slots=True)
class Flip:
    """One way to another verdict.

    Attributes
    ----------
    way : {"axes", "gate", "gauge"}
    to : Verdict
    distance : float
        Sum of the moves, in anchor distances.
    """

    way: str
    to: Verdict
    distance: float
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class _Lever:
    """How far one input can carry its score in a direction, and what it costs to start."""

    item: Scored
    dead: float
    room: float


def _lever(item: Scored, up: bool) -> _Lever | None:
    if item.position is None or item.score is None:
        return None
    anchor = item.anchor
    raw = -0.5 + (item.position - anchor.depression) / anchor.distance
    far = 1.0 if up else -1.0
    if anchor.on_percentile:
        ends = [-0.5 + (p - anchor.depression) / anchor.distance for p in (0.0, 100.0)]
        far = min(max(ends), 1.0) if up else max(min(ends), -1.0)
    # Beyond the clip a move has no effect until the anchor's range is reached again.
    dead = max(0.0, -1.0 - raw) if up else max(0.0, raw - 1.0)
    return _Lever(item, dead, max(0.0, (far - item.score) if up else (item.score - far)))


def _axis_moves(
    axis: AxisReading, change: float, up: bool, strict: bool
) -> tuple[Move, ...] | None:
    """Cheapest moves of an axis' inputs that change its score by `change`; None if it cannot.

    Some room beyond the line is asked for, so that the line can be passed.
    """
    levers = [lv for item in axis.inputs if (lv := _lever(item, up)) is not None]
    need = abs(change) * len(levers)
    spare = _STEP * len(levers)
    best: tuple[float, tuple[_Lever, ...]] | None = None
    for size in range(1, len(levers) + 1):
        for chosen in combinations(levers, size):
            if sum(lv.room for lv in chosen) >= need + spare:
                cost = need + sum(lv.dead for lv in chosen)
                if best is None or cost < best[0] - 1e-12:
                    best = (cost, chosen)
    if best is None:
        return None
    moves, left = [], need
    for lever in sorted(best[1], key=lambda lv: lv.room):
        part = min(lever.room, left)
        left -= part
        # An input that has given all it can is not asked to go further; one from which nothing
        # is asked but the last hair has to give that.
        passed = (strict or part <= _SAME) and part < lever.room
        moves.append(_move(lever, part, up, passed))
    return tuple(moves)


def _move(lever: _Lever, part: float, up: bool, passed: bool) -> Move:
    anchor, position = lever.item.anchor, lever.item.position
    assert position is not None
    distance = part + lever.dead
    unit = "percentile" if anchor.on_percentile else lever.item.reading.unit
    end = position + (1.0 if up else -1.0) * distance * anchor.distance
    # Of an input whose depression anchor is the higher one, the score rises as the figure falls.
    higher = up is (anchor.distance > 0)
    beyond = Crossing.ABOVE if higher else Crossing.BELOW
    crossing = beyond if passed else Crossing.AT
    return Move(anchor.indicator, unit, position, end, distance, crossing)


def _cost(moves: Sequence[Move]) -> float:
    return sum(move.distance for move in moves)


@dataclass(frozen=True, slots=True)
class _Change:
    """Change of axis scores by axis number that carries the verdict to a line.

    A verdict that holds from the line on is left by passing the line, and entered by reaching it.
    """

    by_axis: dict[int, float]
    up: bool
    strict: bool


def _changes(assessment: Assessment) -> Iterator[_Change]:
    """Changes of axis scores that could give another verdict."""
    scores = assessment.axis_scores
    known = [n for n, value in enumerate(scores) if value is not None]
    value = {n: score for n, score in enumerate(scores) if score is not None}
    heat = sum(value.values()) / len(value)
    for side in (1.0, -1.0):
        line = side * AXIS_LINE
        beyond = [n for n in known if side * value[n] >= AXIS_LINE]
        if side * heat >= AXIS_LINE and len(beyond) >= MIN_AXES:
            # Leave: pull the mean below the line through one axis, or axes below it.
            for n in known:
                yield _Change({n: (line - heat) * len(known)}, side < 0, strict=True)
            for chosen in combinations(beyond, len(beyond) - MIN_AXES + 1):
                yield _Change({n: line - value[n] for n in chosen}, side < 0, strict=True)
            continue
        for chosen in combinations(known, MIN_AXES):
            lift = {n: line - value[n] for n in chosen if side * value[n] < AXIS_LINE}
            short = line - heat - sum(lift.values()) / len(known)
            if side * short <= 0:
                yield _Change(lift, side > 0, strict=False)
                continue
            for n in known:
                raised = {**lift, n: lift.get(n, 0.0) + short * len(known)}
                yield _Change(raised, side > 0, strict=False)


def _by_axes(assessment: Assessment) -> Flip | None:
    best: Flip | None = None
    for change in _changes(assessment):
        parts = [
            _axis_moves(assessment.axes[n], by, change.up, change.strict)
            for n, by in change.by_axis.items()
        ]
        if not parts or any(part is None for part in parts):
            continue
        moves = tuple(move for part in parts if part is not None for move in part)
        beyond = {n: by + (_STEP if change.up else -_STEP) for n, by in change.by_axis.items()}
        scores = [
            None if score is None else score + beyond.get(n, 0.0)
            for n, score in enumerate(assessment.axis_scores)
        ]
        to = decide(
            scores, assessment.coverage, assessment.stimulus.gate, assessment.gauge.aggregate
        )
        if to is not assessment.verdict and (best is None or _cost(moves) < best.distance):
            best = Flip("axes", to, _cost(moves), moves)
    return best


def _rate_move(change: float, end: float, crossing: Crossing) -> Move:
    distance = abs(end - change) / RATE_UNIT_PP
    return Move("rate_change_6m", "pp", change, end, distance, crossing)


def _balance_moves(assessment: Assessment, to: float) -> list[Move]:
    """Moves that bring every reading above the line down to it."""
    policy = assessment.stimulus
    return [
        Move(r.indicator, r.unit, r.value, to, (r.value - to) / BALANCE_UNIT_PCT)
        for r in (policy.assets_13w, policy.securities_13w, policy.announced_13w)
        if r.value is not None and r.value > to
    ]


def _close_gate(assessment: Assessment) -> list[Move]:
    policy = assessment.stimulus
    change = policy.rate_change_6m.value
    assert change is not None or not policy.by_rate
    ways: list[list[Move]] = []
    moves = _balance_moves(assessment, GROWTH_PCT_OF_GDP)
    if change is None:
        return moves
    cut = [_rate_move(change, CUT_PP, Crossing.ABOVE)] if policy.by_rate else []
    ways.append([*cut, *(moves if change <= 0 else [])])
    ways.append([_rate_move(change, 0.0, Crossing.ABOVE)])
    return min((way for way in ways if way), key=_cost)


def _open_gate(assessment: Assessment) -> list[Move]:
    policy = assessment.stimulus
    change = policy.rate_change_6m.value
    if change is None:
        return []
    ways = [[_rate_move(change, CUT_PP, Crossing.AT)]]
    to = GROWTH_PCT_OF_GDP
    fall = [_rate_move(change, 0.0, Crossing.AT)] if change > 0 else []
    for r in (policy.assets_13w, policy.securities_13w, policy.announced_13w):
        if r.value is None:
            continue
        way = []
        if r.value <= to:
            distance = (to - r.value) / BALANCE_UNIT_PCT
            way = [Move(r.indicator, r.unit, r.value, to, distance, Crossing.ABOVE)]
        ways.append([*way, *fall])
    return min((way for way in ways if way), key=_cost)


def _by_gate(assessment: Assessment) -> Flip | None:
    gate = assessment.stimulus.gate
    if gate is Gate.UNKNOWN:
        return None
    to = Verdict.NO_STIMULUS if gate is Gate.ON else assessment.axes_verdict
    moves = _close_gate(assessment) if gate is Gate.ON else _open_gate(assessment)
    if to is assessment.verdict or not moves:
        return None
    return Flip("gate", to, _cost(moves), tuple(moves))


def _by_gauge(assessment: Assessment) -> Flip | None:
    gauge = assessment.gauge.aggregate
    if gauge is None or assessment.verdict not in (Verdict.INTO_BUBBLE, Verdict.INTO_STRENGTH):
        return None
    bubble = assessment.verdict is Verdict.INTO_BUBBLE
    crossing = Crossing.BELOW if bubble else Crossing.AT
    distance = abs(gauge - BUBBLE_LINE) / GAUGE_UNIT_POINTS
    move = Move("bubble_gauge", "percentile", gauge, BUBBLE_LINE, distance, crossing)
    to = Verdict.INTO_STRENGTH if bubble else Verdict.INTO_BUBBLE
    return Flip("gauge", to, move.distance, (move,))


def flips(assessment: Assessment) -> tuple[Flip, ...]:
    """Ways to another verdict, the shortest first; empty where the verdict is unknown.

    The way over the axes is the cheapest among those that move the mean through one axis, or as
    few axes as the rule needs over their line.
    """
    if assessment.verdict is Verdict.UNKNOWN or assessment.heat is None:
        return ()
    by_axes = _by_axes(assessment) if assessment.stimulus.gate is Gate.ON else None
    found = [f for f in (by_axes, _by_gate(assessment), _by_gauge(assessment)) if f is not None]
    return tuple(sorted(found, key=lambda flip: flip.distance))


def _opens(values: dict[str, float], policy: Stimulus) -> bool:
    """The gate's rule over these figures."""
    change = values.get("rate_change_6m")
    if change is None:
        return False
    grown = (policy.assets_13w, policy.securities_13w, policy.announced_13w)
    growing = any(values.get(r.indicator, 0.0) > GROWTH_PCT_OF_GDP for r in grown)
    return change <= CUT_PP + _SAME or (growing and change <= 0)


def gate_edges(policy: Stimulus) -> tuple[str, ...]:
    """Readings on an edge whose crossing, by itself, would open or close the gate.

    An edge decides nothing where another reason opens the gate, or where growth does not count
    because the policy rate rises.
    """
    if policy.gate is Gate.UNKNOWN:
        return ()
    figures = (
        policy.assets_13w,
        policy.securities_13w,
        policy.announced_13w,
        policy.rate_change_6m,
    )
    values = {r.indicator: r.value for r in figures if r.value is not None}
    found = []
    for name, value in values.items():
        at_rest = name == "rate_change_6m" and abs(value) < _SAME
        if name not in policy.edges and not at_rest:
            continue
        line = GROWTH_PCT_OF_GDP
        if name == "rate_change_6m":
            line = 0.0 if at_rest else CUT_PP
        crossed = line + _STEP if value <= line + _SAME else line
        if _opens({**values, name: crossed}, policy) is not (policy.gate is Gate.ON):
            found.append(name)
    return tuple(found)
