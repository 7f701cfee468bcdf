"""Explosive prices: now or not, since when, against which line, and the residual beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from debtcycle.cycle.explosive import (
    LEVEL_PCT,
    WINDOW,
    ExplosiveSeries,
    ExplosiveState,
    ExplosiveTest,
    replications,
)
from debtcycle.cycle.findings import Findings
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.format import figure, period_of
from debtcycle.report.warning_drawings import episodes_drawing
from debtcycle.report.words import Words

__all__ = ["explosive"]

_NONE = "–"


def _name(words: Words, item: ExplosiveSeries) -> str:
    return words.indicator(item.ratio.indicator)


def _period(day: date | None, item: ExplosiveSeries) -> str:
    return _NONE if day is None else period_of(day, "monthly" if item.monthly else "quarterly")


def _fundamental(words: Words, test: ExplosiveTest) -> str:
    return words(f"explosive.fundamental.{test.fundamental}")


def _tested(words: Words, test: ExplosiveTest) -> str:
    if test.fundamental is None:
        return words("explosive.itself")
    return words("explosive.residual", fundamental=_fundamental(words, test))


def _state(words: Words, test: ExplosiveTest) -> str:
    why = words(f"status.{test.status.value}")
    falling = test.state is ExplosiveState.ABOVE and not test.rising
    key = "above_falling" if falling else test.state.value
    state = words(f"explosive.state.{key}", why=why)
    if test.robust is None:
        return state
    return words(f"explosive.state.{'robust' if test.robust else 'weak'}", state=state)


def _number(value: float | None, digits: int = 2) -> str:
    return _NONE if value is None else figure(value, digits)


def _digits(test: ExplosiveTest) -> int:
    """Two digits, or as many as show on which side of both lines the statistic stands."""
    own = None if test.own is None else test.own.critical
    lines = [line for line in (test.critical, own) if line is not None and line != test.statistic]
    return next(
        digits
        for digits in range(2, 16)
        if digits == 15 or test.statistic is None
        or all(figure(test.statistic, digits) != figure(line, digits) for line in lines)
    )  # fmt: skip


def _tests(findings: Findings) -> Iterator[tuple[ExplosiveSeries, ExplosiveTest]]:
    for item in findings.explosive:
        yield item, item.price
        if item.residual is not None:
            yield item, item.residual


def _doubt(words: Words, item: ExplosiveSeries) -> str | None:
    """Which of the two tests of a ratio does not hold by its own line; None where both do."""
    long = {ExplosiveState.EXPLOSIVE, ExplosiveState.COLLAPSE}
    said = [
        words("explosive.doubt", tested=_tested(words, test),
              statistic=_number(test.statistic, _digits(test)),
              own=_number(test.own.critical, _digits(test)), chance=figure(test.own.chance_pct, 0))
        for test in (item.price, item.residual)
        if test is not None and test.state in long and test.own is not None
        and test.robust is False
    ]  # fmt: skip
    return _joined(words, said)


def _joined(words: Words, parts: list[str]) -> str | None:
    """Sentences in a row; None of none."""
    if not parts:
        return None
    whole, *rest = parts
    for part in rest:
        whole = words("explosive.with_doubt", said=whole, doubt=part)
    return whole


def _told(words: Words, item: ExplosiveSeries) -> str | None:
    """What is said of a ratio: its tests, a residual that collapses, and what is not robust."""
    parts = [_line(words, item)]
    other = item.residual
    if other is not None and other.state is ExplosiveState.COLLAPSE:
        parts.append(
            words("explosive.residual_collapse", name=_name(words, item),
                  fundamental=_fundamental(words, other), other=_period(other.since, item))
        )  # fmt: skip
    parts.append(_doubt(words, item))
    return _joined(words, [part for part in parts if part is not None])


def _line(words: Words, item: ExplosiveSeries) -> str | None:
    """What price and residual say together; None where neither is explosive or collapsing."""
    price, other = item.price, item.residual
    name, since = _name(words, item), _period(item.price.since, item)
    explodes = price.state is ExplosiveState.EXPLOSIVE
    known = other is not None and other.state is not ExplosiveState.UNKNOWN
    if other is not None and known:
        beside = {"fundamental": _fundamental(words, other), "other": _period(other.since, item)}
        too = other.state is ExplosiveState.EXPLOSIVE
        if explodes and too:
            return words("explosive.both", name=name, since=since, **beside)
        if explodes:
            above = other.state is ExplosiveState.ABOVE and other.rising
            key = "price_above" if above else "price_only"
            return words(f"explosive.{key}", name=name, since=since, **beside)
        if too:
            return words("explosive.residual_only", name=name, **beside)
    if explodes:
        return words("explosive.price_alone", name=name, since=since)
    if price.state is ExplosiveState.COLLAPSE:
        return words("explosive.collapse", name=name, since=since)
    return None


def _said(words: Words, findings: Findings) -> Block:
    lines = tuple(filter(None, (_told(words, item) for item in findings.explosive)))
    if lines:
        return Bullets(lines)
    tests = [test for _, test in _tests(findings)]
    unknown = all(test.state is ExplosiveState.UNKNOWN for test in tests)
    return Para(words("explosive.unknown" if unknown else "explosive.none"))


def _now(words: Words, findings: Findings) -> Table:
    head = (
        words("col.what"),
        *(words(f"explosive.col.{c}")
          for c in ("tested", "state", "since", "statistic", "critical", "own", "until")),
    )  # fmt: skip
    rows = tuple(
        (
            _name(words, item), _tested(words, test), _state(words, test),
            _period(test.since, item), _number(test.statistic, _digits(test)),
            _number(test.critical, _digits(test)),
            _number(None if test.own is None else test.own.critical, _digits(test)),
            _period(test.last, item),
        )
        for item, test in _tests(findings)
    )  # fmt: skip
    return Table(head, rows, frozenset({4, 5, 6}), words("explosive.title.now"))


def _record(words: Words, findings: Findings) -> list[Block]:
    """How often each test stood above its line; nothing where no test could be made."""
    rows = tuple(
        (
            _name(words, item), _tested(words, test),
            words("explosive.span", first=_period(test.first, item),
                  last=_period(test.last, item)),
            str(test.observations),
            f"{figure(test.above_share_pct, 0)}%",
            str(test.episodes),
            _NONE if test.previous is None
            else words("explosive.span", first=_period(test.previous[0], item),
                       last=_period(test.previous[1], item)),
            _NONE if test.own is None else f"{figure(test.own.chance_pct, 0)}%",
        )
        for item, test in _tests(findings)
        if test.above_share_pct is not None
    )  # fmt: skip
    if not rows:
        return []
    head = (
        words("col.what"),
        *(words(f"explosive.col.{c}")
          for c in ("tested", "sample", "observations", "share", "episodes", "previous",
            "bubble_free")),
    )  # fmt: skip
    title = words("explosive.title.record", expected=100 - LEVEL_PCT)
    return [Table(head, rows, frozenset({3, 4, 5, 7}), title)]


def _remarks(words: Words, findings: Findings) -> list[Block]:
    lines = [
        words("explosive.left_out", name=_name(words, item), count=item.price.left_out)
        for item in findings.explosive
        if item.price.left_out
    ]
    lines += [
        words("explosive.no_residual", name=_name(words, item))
        for item in findings.explosive
        if item.residual is None and item.price.state is not ExplosiveState.UNKNOWN
    ]
    return [Bullets(tuple(lines))] if lines else []


def explosive(words: Words, findings: Findings) -> Section:
    """Every ratio and its residual from fundamentals, with how often each test said so before."""
    how = words("explosive.how", window=WINDOW, level=LEVEL_PCT, replications=f"{replications():,}")
    blocks: list[Block] = [
        _said(words, findings),
        Para(how),
        *filter(None, (episodes_drawing(words, findings),)),
        _now(words, findings),
        *_record(words, findings),
        *words.readings(
            [item.ratio for item in findings.explosive], title=words("explosive.title.ratios")
        ),
        *_remarks(words, findings),
    ]
    return Section("explosive", words("section.explosive"), tuple(blocks))
