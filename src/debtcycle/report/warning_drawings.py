"""Explosive prices and crisis odds drawn in characters; no chart is loaded for a text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from debtcycle.crises.quoted import QUOTED_HORIZON
from debtcycle.crises.record import OddsRow, shipped_record
from debtcycle.crises.today import Signal, states_of
from debtcycle.cycle.explosive import ExplosiveTest
from debtcycle.cycle.findings import Findings
from debtcycle.report.document import Drawing
from debtcycle.report.format import figure
from debtcycle.report.plain import cell_width, pad
from debtcycle.report.words import Words

__all__ = ["episodes_drawing", "known_odds", "odds_drawing"]

_UP, _DOWN, _CALM = "█", "▓", "·"
_COLUMNS = 60
_ROOM = 78  # columns of a line of odds: the narrowest terminal has 80


def known_odds(words: Words, item: Signal, year: int) -> Iterator[tuple[str, str, OddsRow]]:
    """State, kind and odds of every state of a measure that were known before a year."""
    record = shipped_record()
    for state in states_of(item.signal):
        row = record.known_odds(item.signal, state, year, QUOTED_HORIZON)
        if row is not None and row.share_pct is not None:
            kind = "now" if state == item.state else "other"
            yield words(f"odds.state.{item.signal.partition('_')[0]}.{state}"), kind, row
    if item.base is not None and item.base.share_pct is not None:
        yield words("odds.state.any"), "base", item.base


def _strip(test: ExplosiveTest, first: int, last: int) -> str:
    """One mark for each span of years: an episode in it, none, or no test yet."""
    path = test.path
    if path is None:
        return ""
    cells = []
    edges = [first + (last + 1 - first) * n / _COLUMNS for n in range(_COLUMNS + 1)]
    years = [period.year + (period.month - 0.5) / 12 for period in path.periods]
    for start, stop in pairwise(edges):
        inside = path.periods[bisect_left(years, start) : bisect_left(years, stop)]
        met = {
            run.upward for run in path.runs for period in inside if run.first <= period <= run.last
        }
        cells.append(" " if not inside else _CALM if not met else _UP if True in met else _DOWN)
    return "".join(cells)


def episodes_drawing(words: Words, found: Findings) -> Drawing | None:
    """Episodes of every test on one scale of years; None where nothing could be tested."""
    tested = [item for item in found.explosive if item.price.path is not None]
    paths = [item.price.path for item in tested if item.price.path is not None]
    if not paths:
        return None
    first = min(path.periods[0].year for path in paths)
    last = max(path.periods[-1].year for path in paths)
    marks = words("explosive.itself"), words("explosive.mark")
    wide = max(map(cell_width, marks)) + 2
    lines = [f"{' ' * wide} {first}{' ' * (_COLUMNS - 8)}{last}"]
    for item in tested:
        lines.append(words.indicator(item.ratio.indicator))
        for mark, test in zip(marks, (item.price, item.residual), strict=True):
            if test is not None and test.path is not None:
                lines.append(f"  {pad(mark, wide - 2)} {_strip(test, first, last)}".rstrip())
    span = figure((last + 1 - first) / _COLUMNS, 1)
    lines += words("explosive.legend", up=_UP, down=_DOWN, calm=_CALM, span=span).splitlines()
    return Drawing(tuple(lines), words("explosive.drawing"))


def _interval(row: OddsRow, kind: str, top: float, columns: int) -> str:
    """A share on its interval, from nought to `top` percent."""

    def place(value: float) -> int:
        return round(min(max(value, 0.0), top) / top * (columns - 1))

    cells = [" "] * columns
    low, high = place(row.low_pct), place(row.high_pct)
    for column in range(low, high + 1):
        cells[column] = "─"
    cells[place(row.share_pct or 0.0)] = {"now": "●", "other": "○", "base": "◆"}[kind]
    return "".join(cells).rstrip()


def odds_drawing(words: Words, found: Findings) -> Drawing | None:
    """Every state's share with its interval; None where none was known yet."""
    groups = [
        (words(f"crises.signal.{item.signal}"), list(known_odds(words, item, found.as_of.year)))
        for item in found.crises.signals
    ]
    rows = [row for _, marks in groups for _, _, row in marks]
    if not rows:
        return None
    top = 5.0 * -(-max(row.high_pct for row in rows) // 5)
    wide = max(cell_width(state) for _, marks in groups for state, _, _ in marks) + 1
    counts = {id(row): f" {row.before_crisis}/{row.observations}" for row in rows}
    columns = _ROOM - wide - max(map(len, counts.values()))
    lines = [f"{' ' * wide} 0%{f'{top:.0f}%'.rjust(columns - 2)}"]
    for name, marks in groups:
        if marks:
            lines.append(name)
        lines += [
            f" {pad(state, wide - 1)} {_interval(row, kind, top, columns).ljust(columns)}"
            f"{counts[id(row)]}"
            for state, kind, row in marks
        ]
    lines += words("odds.legend").splitlines()
    return Drawing(tuple(lines), words("odds.drawing", years=QUOTED_HORIZON))
