"""What followed earlier starts, what was expected and came out, how often each verdict came."""

from __future__ import annotations

from debtcycle.cycle.episodes import Episode
from debtcycle.cycle.findings import Findings
from debtcycle.cycle.replay import Record
from debtcycle.indicators.events import EventCell, EventRow, EventTable
from debtcycle.report.document import Block, Para, Section, Table
from debtcycle.report.format import day_of, figure, signed
from debtcycle.report.words import Words

__all__ = ["events", "record", "replays"]


def _returns(words: Words, cell: EventCell) -> str:
    """Nominal and real return of a cell, or a mark for why there is none."""
    if cell.nominal.value is None:
        return words(f"events.mark.{cell.reason_nominal or 'no_price'}")
    nominal = figure(cell.nominal.value, 0, plus=True)
    if cell.real.value is None:
        return words("events.nominal_only", nominal=nominal)
    return f"{nominal} / {figure(cell.real.value, 0, plus=True)}"


def _event_cells(words: Words, row: EventRow) -> tuple[str, ...]:
    """Name and day of an event; starts of easing have no name of their own."""
    day = day_of(row.start.day)
    return (day,) if row.start.kind == "easing" else (words.programme(row.start.name), day)


def _event_tables(words: Words, table: EventTable) -> list[Block]:
    title = words(f"events.title.{table.kind}", n=table.n)
    if not table.rows:
        return [Para(words("events.none", kind=title))]
    blocks: list[Block] = []
    assets = list(dict.fromkeys(cell.asset for cell in table.rows[0].cells))
    for asset in assets:
        positions = [n for n, c in enumerate(table.rows[0].cells) if c.asset == asset]
        months = [table.rows[0].cells[n].horizon_months for n in positions]
        named = ("date",) if table.kind == "easing" else ("event", "date")
        head = (
            *(words(f"col.{c}") for c in named),
            *(words("events.months", n=m) for m in months),
        )
        rows = [
            (*_event_cells(words, row), *(_returns(words, row.cells[n]) for n in positions))
            for row in table.rows
        ]
        medians = []
        for n in positions:
            m = table.medians[n]
            if m.nominal_pct is None:
                medians.append("–")
                continue
            shown = figure(m.nominal_pct, 0, plus=True)
            real = "" if m.real_pct is None else f" / {figure(m.real_pct, 0, plus=True)}"
            medians.append(f"{shown}{real} (n={m.n_nominal})")
        blank = ("",) * (len(named) - 1)
        rows.append((words("events.median"), *blank, *medians))
        right = frozenset(range(len(named), len(named) + len(months)))
        blocks.append(
            Table(
                head, tuple(rows), right, f"{title}{words('list.colon')}{words(f'events.{asset}')}"
            )
        )
        others = sorted({name for stood, name in table.stand_ins if stood == asset})
        blocks += [Para(words("events.stand_in", series=words.series(name))) for name in others]
    if table.omitted:
        blocks.append(Para(words("events.omitted", names=words.listed(table.omitted))))
    return blocks


def events(words: Words, findings: Findings) -> Section:
    """Returns of stocks, bonds and gold after every start, nominal and real."""
    blocks: list[Block] = [Para(words("events.how"))]
    for table in findings.events:
        blocks += _event_tables(words, table)
    blocks.append(Para(words("events.legend"), "dim"))
    return Section("events", words("section.events"), tuple(blocks))


def _expected(words: Words, episode: Episode) -> str:
    want = episode.expectation
    verdicts = words("list.or").join(words(f"verdict.{v.value}") for v in want.verdicts)
    parts = [words("replays.gate", gate=words(f"gate.state.{want.gate.value}")), verdicts]
    if want.rung is not None:
        parts.append(words("replays.rung", rung=want.rung))
    if want.heat_at_least is not None:
        parts.append(words("replays.heat", heat=signed(want.heat_at_least)))
    return words("list.semicolon").join(parts)


def _came(words: Words, episode: Episode) -> str:
    got = episode.assessment
    parts = [
        words("replays.gate", gate=words(f"gate.state.{got.stimulus.gate.value}")),
        words(f"verdict.{got.verdict.value}"),
    ]
    if episode.expectation.rung is not None:
        rung = got.stimulus.rung
        parts.append(words("replays.rung", rung=words("unknown") if rung is None else rung))
    if episode.expectation.heat_at_least is not None:
        parts.append(words("replays.heat_was", heat=words.score(got.heat)))
    return words("list.semicolon").join(parts)


def _outcome(words: Words, episode: Episode) -> str:
    if episode.met:
        return words("replays.met")
    missed = words.listed([words(f"replays.part.{part}") for part in episode.misses])
    said = words("replays.failed", parts=missed)
    for key, inputs in (("because", episode.because), ("not_known", episode.unknown)):
        if inputs:
            names = words("list.semicolon").join(words.indicator(name) for name in inputs)
            said += words(f"replays.{key}", names=names)
    return said


def replays(words: Words, findings: Findings) -> Section:
    """Expectations that were fixed before they were computed, and what came out."""
    if not findings.episodes:
        return Section("replays", words("section.replays"), (Para(words("replays.none")),))
    rows = tuple(
        (
            day_of(episode.expectation.on),
            words(f"episode.{episode.expectation.name}"),
            _expected(words, episode),
            _came(words, episode),
            _outcome(words, episode),
        )
        for episode in findings.episodes
    )
    head = tuple(words(f"col.{c}") for c in ("date", "event", "expected_out", "came", "outcome"))
    met = sum(episode.met for episode in findings.episodes)
    said = words("replays.count", met=met, total=len(findings.episodes))
    blocks = (Para(words("replays.how")), Table(head, rows), Para(said))
    return Section("replays", words("section.replays"), blocks)


def record(words: Words, found: Record | None) -> Section:
    """How often each verdict was given: one that is nearly always the same says little."""
    title = words("section.record")
    if found is None:
        return Section("record", title, (Para(words("record.none")),))
    axes = dict(found.axes_verdicts)
    names = [*dict(found.verdicts), *(v for v in axes if v not in dict(found.verdicts))]
    rows = tuple(
        (
            words(f"verdict.{verdict.value}"),
            str(dict(found.verdicts).get(verdict, 0)),
            f"{figure(100.0 * dict(found.verdicts).get(verdict, 0) / found.months, 0)}%",
            str(axes.get(verdict, 0)),
        )
        for verdict in names
    )
    head = tuple(words(f"col.{c}") for c in ("verdict", "months", "share", "axes_months"))
    said = words(
        "record.line", start=f"{found.start:%Y-%m}", end=f"{found.end:%Y-%m}", months=found.months
    )
    gauge = words("record.gauge", hot=found.bubble_months, above=found.above_line)
    blocks = (Para(said), Table(head, rows, frozenset({1, 2, 3})), Para(gauge))
    return Section("record", title, blocks)
