"""The first screen: verdict, how sure, the map, then and now, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence

from debtcycle.cycle.assess import Assessment, AxisReading
from debtcycle.cycle.findings import Findings
from debtcycle.cycle.flip import Crossing, Flip, Move
from debtcycle.cycle.verdict import AXIS_LINE, MIN_AXES, MIN_COVERAGE, Verdict
from debtcycle.indicators.bubble_gauge import BUBBLE_LINE
from debtcycle.indicators.stimulus import Gate
from debtcycle.report.document import Block, Bullets, Para, Section
from debtcycle.report.drawings import axes_drawing, map_drawing
from debtcycle.report.format import against_line, day_of, figure, percent_of_one
from debtcycle.report.words import Words

__all__ = ["change_lines", "opening", "verdict_sentence"]

_MOST_FLIPS = 3
# A distance that is printed as nought, and one that is nought but for the binary fraction.
_NO_DISTANCE = 0.005
_SAME = 1e-9


def _sides(words: Words, axes: Sequence[AxisReading]) -> str:
    """Which axes are hot, which cold, which in between or unknown, as one phrase."""
    groups: dict[str, list[str]] = {"hot": [], "cold": [], "between": [], "unknown": []}
    for axis in axes:
        name = words(f"axis.{axis.axis.value}.in_sentence")
        if axis.score is None:
            groups["unknown"].append(name)
        elif axis.score >= AXIS_LINE:
            groups["hot"].append(name)
        else:
            groups["cold" if axis.score <= -AXIS_LINE else "between"].append(name)
    return words("list.semicolon").join(
        words(f"sides.{side}", axes=words.listed(names)) for side, names in groups.items() if names
    )


def _unknown_why(words: Words, got: Assessment) -> str:
    reasons = []
    if got.stimulus.gate is Gate.UNKNOWN:
        reasons.append(words("why_unknown.gate"))
    known = sum(score is not None for score in got.axis_scores)
    if known < MIN_AXES:
        reasons.append(words("why_unknown.axes", known=known, needed=MIN_AXES))
    if got.coverage < MIN_COVERAGE:
        reasons.append(
            words(
                "why_unknown.coverage",
                coverage=percent_of_one(got.coverage),
                needed=percent_of_one(MIN_COVERAGE),
            )
        )
    return words.listed(reasons or [words("why_unknown.gauge")])


def verdict_sentence(words: Words, got: Assessment) -> str:
    """The verdict in one plain sentence with its date."""
    gauge = got.gauge.aggregate
    return words(
        f"verdict.{got.verdict.value}.sentence",
        date=day_of(got.as_of),
        sides=_sides(words, got.axes),
        gauge=words("unknown") if gauge is None else against_line(gauge, BUBBLE_LINE),
        line=figure(BUBBLE_LINE, 0),
        axes=words(f"verdict.{got.axes_verdict.value}.axes"),
        why=_unknown_why(words, got) if got.verdict is Verdict.UNKNOWN else "",
    )


def _gate_sentence(words: Words, got: Assessment) -> str:
    """Why the gate is open, shut or unknown."""
    policy = got.stimulus
    if policy.gate is Gate.UNKNOWN:
        return words("gate.unknown")
    reasons = []
    change = policy.rate_change_6m
    if policy.by_rate:
        reasons.append(words("gate.by_rate", change=words.of(change)))
    if policy.by_balance_sheet:
        reasons.append(words("gate.by_balance_sheet"))
    if policy.by_announcement:
        reasons.append(words("gate.by_announcement", pace=words.of(policy.announced_13w)))
    if not reasons:
        return words("gate.off", change=words.of(change))
    return words("gate.on", reasons=words.listed(reasons))


def _sureness(words: Words, findings: Findings) -> str:
    got = findings.assessment
    known = sum(item.score is not None for item in got.inputs)
    missing = [
        words.indicator(item.anchor.indicator)
        for item in got.inputs
        if item.exists and item.score is None
    ]
    said = words(
        "sure.line_unknown" if got.verdict is Verdict.UNKNOWN else "sure.line",
        confidence=percent_of_one(got.confidence),
        known=known,
        existing=got.existing,
        coverage=percent_of_one(got.coverage),
        freshness=percent_of_one(got.freshness),
        agreement=percent_of_one(got.agreement),
        robust=percent_of_one(findings.robustness.agree),
    )
    if missing:
        said += words("sure.missing", names=words("list.semicolon").join(missing))
    return said


def _stand_ins(words: Words, got: Assessment) -> str:
    """Series that stand in for others among the scored inputs, in one line; empty if none."""
    used = dict.fromkeys(
        origin.series
        for item in got.inputs
        if item.score is not None
        for origin in item.reading.substitutes
    )
    said = []
    for series in used:
        key = f"stand_in.{series}"
        said.append(words(key) if key in words.texts else words.series(series))
    return words("stand_in.line", names=words("list.semicolon").join(said)) if said else ""


def _points(words: Words, move: Move) -> tuple[str, str, str]:
    """Name of a figure on its way, where it stands and where its line lies, in plain units."""
    if move.indicator == "bubble_gauge":
        start = words("bubble.points", n=against_line(move.start, move.end))
        return words("gauge.aggregate.name"), start, words("bubble.points", n=figure(move.end, 0))
    start, end = (words.value(x, move.unit) for x in (move.start, move.end))
    return words.indicator(move.indicator), start, end


def _move(words: Words, move: Move) -> str:
    """One figure on its way; whether its line is to be passed or only reached."""
    name, start, end = _points(words, move)
    key = f"flip.move.{move.crossing.value}"
    if move.indicator == "rate_change_6m" and move.end < 0 and move.crossing is Crossing.ABOVE:
        # Of two negative changes the greater one is the smaller cut.
        key, end = "flip.move.smaller_cut", words.value(-move.end, move.unit, plus=False)
    return words(key, name=name, start=start, end=end)


def _edge(words: Words, flip: Flip) -> str | None:
    """A verdict that hangs on a figure whose distance to its line cannot be printed."""
    if len(flip.moves) != 1 or flip.distance >= _NO_DISTANCE:
        return None
    (move,) = flip.moves
    name, start, _ = _points(words, move)
    rises = move.crossing is Crossing.ABOVE or (
        move.crossing is Crossing.AT and move.end > move.start
    )
    exactly = abs(move.end - move.start) < _SAME
    return words(
        f"flip.{'edge' if exactly else 'near_edge'}.{'rise' if rises else 'fall'}",
        name=name,
        start=start,
        verdict=words(f"verdict.{flip.to.value}"),
    )


def change_lines(words: Words, flips: Sequence[Flip]) -> tuple[str, ...]:
    """Nearest ways to another verdict, one sentence each."""
    return tuple(
        _edge(words, flip)
        or words(
            "flip.line",
            verdict=words(f"verdict.{flip.to.value}"),
            moves=words.listed([_move(words, move) for move in flip.moves]),
            distance=figure(flip.distance, 2),
        )
        for flip in flips[:_MOST_FLIPS]
    )


def opening(words: Words, findings: Findings) -> Section:
    """The first screen."""
    got = findings.assessment
    blocks: list[Block] = [
        Para(verdict_sentence(words, got), "lead"),
        Para(_gate_sentence(words, got)),
        Para(_sureness(words, findings)),
        map_drawing(words, findings.path),
        axes_drawing(words, got, findings.then),
    ]
    stand_ins = _stand_ins(words, got)
    if stand_ins:
        blocks.insert(3, Para(stand_ins, "dim"))
    changes = change_lines(words, findings.flips)
    blocks.append(Para(words("flip.title"), "lead"))
    blocks.append(Bullets(changes) if changes else Para(words(f"flip.none.{got.verdict.value}")))
    blocks.append(Para(words("no_advice"), "dim"))
    return Section("opening", words("section.opening"), tuple(blocks))
