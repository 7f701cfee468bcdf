"""The changes as text: one paragraph each, with the readings and figures that made it."""

from __future__ import annotations

from collections.abc import Iterator

from debtcycle.cycle.changes import Arrival, Change, Item, Kind, Moved, Since, Told
from debtcycle.cycle.changes.model import News
from debtcycle.indicators.model import Reading
from debtcycle.report.format import day_of, figure, period_of, signed
from debtcycle.report.plain import wrapped
from debtcycle.report.words import Words

__all__ = ["NEW_FIGURES", "READINGS", "REVISED_FIGURES", "since_text"]

# Readings told of a change, and figures of each series told of a reading; the rest is counted.
READINGS = 5
NEW_FIGURES = 1
REVISED_FIGURES = 2
_MORE = ("new", "revised")
_WIDTH = 100
_LAMPS = {"lit": "lampstate.lit", "dark": "lampstate.dark", "unknown": "lampstate.unknown"}


def _name(words: Words, item: Item) -> str:
    if item.kind is Kind.CLAIM:
        return words("since.claim", id=item.name, title=words(f"claim.{item.name}.title"))
    keys = {
        Kind.LAMP: f"lamp.{item.name}",
        Kind.GAUGE: f"gauge.{item.name}.name",
        Kind.AXIS: f"axis.{item.name}",
    }
    named = words(keys[item.kind]) if item.kind in keys else ""
    return words(f"since.kind.{item.kind.value}", name=named)


def _state(words: Words, item: Item | Told) -> str:
    state = item.state
    if state is None:
        if item.value is None:
            return words("unknown")
        axis = item.kind is Kind.AXIS
        return signed(item.value) if axis else words("bubble.points", n=figure(item.value, 0))
    if item.kind is Kind.RUNG:
        return words("unknown") if state == "unknown" else words(f"ladder.{state}")
    if item.kind is Kind.LAMP:
        return words(_LAMPS[state])
    key = {
        Kind.VERDICT: "verdict.{}",
        Kind.AXES_VERDICT: "verdict.{}",
        Kind.GATE: "gate.state.{}",
        Kind.STAGE: "unknown" if state == "unknown" else "stage.{}",
        Kind.POLICY: "unknown" if state == "unknown" else "since.policy.{}",
        Kind.CLAIM: "claim.state.{}",
    }[item.kind]
    return words(key.format(state))


def _reading(words: Words, made: Reading) -> str:
    shown = words.of(made) if made.known else words("since.unknown", why=words.why_not(made))
    if made.percentile is None:
        return shown
    return words("since.percentile", value=shown, n=figure(made.percentile, 0))


def _figure(words: Words, arrival: Arrival, value: float | None) -> str:
    if value is None:
        return words("unknown")
    whole = arrival.unit == "number"  # counts of people or contracts
    return figure(value, 0) if whole else words.value(value, arrival.unit)


def _arrival(words: Words, arrival: Arrival) -> str:
    frequency = words.catalogue[arrival.series].frequency.value
    was_period, was_known = arrival.was_period, arrival.was_known_from
    params = {
        "series": arrival.series,
        "period": period_of(arrival.period, frequency),
        "now": _figure(words, arrival, arrival.now),
        "known": day_of(arrival.known_from),
        "was": _figure(words, arrival, arrival.was),
        "was_period": "–" if was_period is None else period_of(was_period, frequency),
        "was_known": "–" if was_known is None else day_of(was_known),
    }
    key = "first" if arrival.news is News.NEW and arrival.was is None else arrival.news.value
    said = words(f"since.news.{key}", **params)
    return words("since.late", said=said) if arrival.late else said


def _by_series(moved: Moved) -> Iterator[tuple[str, tuple[Arrival, ...]]]:
    names = dict.fromkeys(arrival.series for arrival in moved.arrivals)
    for name in names:
        yield name, tuple(a for a in moved.arrivals if a.series == name)


def _figures(words: Words, moved: Moved) -> Iterator[str]:
    """The newest new figure of each series, then its newest revisions; the rest is counted."""
    for name, found in _by_series(moved):
        new = [a for a in found if a.news is News.NEW]
        revised = [a for a in found if a.news is not News.NEW]
        for arrival in (*new[:NEW_FIGURES], *revised[:REVISED_FIGURES]):
            yield _arrival(words, arrival)
        rest = (len(new[NEW_FIGURES:]), len(revised[REVISED_FIGURES:]))
        more = [words(f"since.more.{n}", n=rest[k]) for k, n in enumerate(_MORE) if rest[k]]
        if more:
            yield words("since.more", series=name, more=words.listed(more))


def _why_still(words: Words, moved: Moved) -> str:
    """What moved a reading for which no figure came in."""
    if moved.was.known and not moved.now.known:
        return words("since.aged")
    return words("since.time")


def _moved(words: Words, moved: Moved, told: set[str]) -> Iterator[tuple[int, str]]:
    said = words(
        "since.moved",
        name=words.indicator(moved.now.indicator),
        was=_reading(words, moved.was),
        now=_reading(words, moved.now),
    )
    if moved.by_revision is not None and moved.by_new is not None:
        unit = moved.now.unit
        said = words(
            "since.parts",
            said=said,
            revision=words.value(moved.by_revision, unit, plus=True),
            new=words.value(moved.by_new, unit, plus=True),
        )
    yield 1, said
    if moved.now.indicator in told:
        return
    told.add(moved.now.indicator)
    figures = tuple(_figures(words, moved))
    for line in figures or (_why_still(words, moved),):
        yield 2, line


def _change(
    words: Words, change: Change, reason: str | None, told: set[str]
) -> Iterator[tuple[int, str]]:
    """One change; the figures of a reading are told where it is met first."""
    on = day_of(change.told.on)
    was, now = _state(words, change.told), _state(words, change.item)
    yield 0, words("since.change", name=_name(words, change.item), was=was, on=on, now=now)
    for moved in change.moved[:READINGS]:
        yield from _moved(words, moved, told)
    rest = change.moved[READINGS:]
    if rest:
        names = words("list.semicolon").join(words.indicator(m.now.indicator) for m in rest)
        yield 1, words("since.more_readings", names=names)
    if not change.moved and reason is not None:
        yield 1, words(reason)


def _program(words: Words, found: Since) -> Iterator[tuple[int, str]]:
    program = found.program
    if program is None:
        return
    key = "since.rules" if program.was == program.now else "since.program"
    yield 0, words(key, was=program.was, now=program.now)
    if not found.other_store:
        said = "since.program_changes" if program.changes else "since.program_same"
        yield 0, words(said, date=day_of(found.then))
    for change in program.changes:
        yield from ((depth + 1, line) for depth, line in _change(words, change, None, set()))


def _lines(words: Words, found: Since) -> Iterator[tuple[int, str]]:
    count = len(found.changes)
    key = "since.head" if count else "since.nothing"
    yield 0, words(key, count=count, then=day_of(found.then), now=day_of(found.now))
    yield from _program(words, found)
    if found.other_store:
        yield 0, words("since.other_store")
    for item in found.announced:
        programme = words.programme(item.programme)
        yield 0, words("since.announced", date=day_of(item.date), programme=programme)
    reason = None if found.other_store else "since.no_reading"
    told: set[str] = set()
    for change in found.changes:
        yield from _change(words, change, reason, told)


def since_text(found: Since, words: Words) -> str:
    """The whole text; one line where nothing changed.

    Parameters
    ----------
    found : Since
    words : Words
    """
    lines: list[str] = []
    for depth, line in _lines(words, found):
        margin = "  " * depth
        lines += [margin + part for part in wrapped(line, _WIDTH - len(margin))]
    return "\n".join(lines) + "\n"
