"""The six gauges beside the published aggregates, and the technology gauge."""

from __future__ import annotations

from debtcycle.cycle.findings import Findings
from debtcycle.indicators.bubble_gauge import BUBBLE_LINE, MIN_GAUGES
from debtcycle.report.document import Block, Para, Section, Table
from debtcycle.report.format import against_line, day_of, figure
from debtcycle.report.words import Words

__all__ = ["bubble"]

_CELLS = 20


def _strip(value: float | None) -> str:
    """A percentile as a strip of twenty cells."""
    full = 0 if value is None else round(max(0.0, min(100.0, value)) / 100.0 * _CELLS)
    return "█" * full + "·" * (_CELLS - full)


def _number(words: Words, value: float | None) -> str:
    return words("unknown") if value is None else figure(value, 0)


def _gauges(words: Words, findings: Findings) -> Table:
    gauge = findings.assessment.gauge
    rows = [
        (words(f"gauge.{one.name}.name"), _strip(one.value), _number(words, one.value))
        for one in gauge.gauges
    ]
    rows.append(
        (words("gauge.aggregate.name"), _strip(gauge.aggregate), _number(words, gauge.aggregate))
    )
    head = (words("col.what"), words("col.strip"), words("col.value"))
    return Table(head, tuple(rows), frozenset({2}))


def _statistics(words: Words, findings: Findings) -> Table:
    """Every statistic under the name of its gauge."""
    head = tuple(
        words(f"col.{c}") for c in ("what", "value", "percentile", "period", "known", "remarks")
    )
    rows: list[tuple[str, ...]] = []
    for gauge in findings.assessment.gauge.gauges:
        rows.append((words("gauge.heading", name=words(f"gauge.{gauge.name}.name")), *[""] * 5))
        rows += [
            (
                words("gauge.item", name=words.indicator(made.indicator)),
                words.of(made),
                "–" if made.percentile is None else figure(made.percentile, 0),
                words.dated(made),
                day_of(made.known_from) if made.known_from else "–",
                words.remarks(made),
            )
            for made in gauge.statistics
        ]
    return Table(head, tuple(rows), frozenset({1, 2}), words("title.statistics"))


def _beside(words: Words, findings: Findings) -> list[Block]:
    history = [
        (
            day_of(point.day),
            _number(words, point.gauge.aggregate),
            words("bubble.known", known=point.gauge.known, of=len(point.gauge.gauges)),
        )
        for point in findings.gauge_history
    ]
    published = [
        (
            day_of(item.day),
            words("bubble.about", value=figure(item.value, 0))
            if item.approximate
            else figure(item.value, 0),
            item.source,
        )
        for item in findings.published
    ]
    blocks: list[Block] = []
    if history:
        head = (words("col.date"), words("col.ours"), words("col.remarks"))
        blocks.append(Table(head, tuple(history), frozenset({1}), words("title.gauge_history")))
    if published:
        head = (words("col.date"), words("col.published"), words("col.source"))
        blocks.append(Table(head, tuple(published), frozenset({1}), words("title.published")))
    else:
        blocks.append(Para(words("bubble.none_published"), "dim"))
    return blocks


def bubble(words: Words, findings: Findings) -> Section:
    """The bubble gauge with its range, its past, and what was published."""
    gauge = findings.assessment.gauge
    if gauge.aggregate is None or gauge.low is None or gauge.high is None:
        said = words("bubble.unknown", known=gauge.known, needed=MIN_GAUGES)
    else:
        said = words(
            "bubble.line",
            aggregate=against_line(gauge.aggregate, BUBBLE_LINE),
            low=figure(gauge.low, 0),
            high=figure(gauge.high, 0),
            known=gauge.known,
            of=len(gauge.gauges),
            line=figure(BUBBLE_LINE, 0),
        )
    blocks: list[Block] = [
        Para(said),
        _gauges(words, findings),
        _statistics(words, findings),
        *_beside(words, findings),
        *words.readings(findings.technology, title=words("title.technology")),
        Para(words("bubble.warning"), "dim"),
    ]
    return Section("bubble", words("section.bubble"), tuple(blocks))
