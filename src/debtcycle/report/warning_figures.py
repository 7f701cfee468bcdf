"""Charts and drawings of explosive prices and of crisis odds; nothing is computed here."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from debtcycle.charts import (
    Dated,
    Episode,
    ExplosiveData,
    ExplosivePanel,
    ExplosiveRow,
    OddsData,
    OddsMark,
    OddsMeasure,
    Spec,
    explosive_chart,
    odds_chart,
)
from debtcycle.crises.making import GAP_BANDS, QUOTED_HORIZON
from debtcycle.crises.record import OddsRow, shipped_record
from debtcycle.crises.today import Signal, gap_path, states_of
from debtcycle.cycle.explosive import LEVEL_PCT, ExplosiveSeries, ExplosiveTest
from debtcycle.cycle.findings import Findings
from debtcycle.report.document import Drawing
from debtcycle.report.plain import cell_width, pad
from debtcycle.report.words import Words
from debtcycle.views import View

__all__ = ["episodes_drawing", "explosive_spec", "odds_drawing", "odds_spec"]

_UP, _DOWN, _CALM = "█", "▓", "·"
_COLUMNS = 60
_ROOM = 78  # columns of a line of odds: the narrowest terminal has 80


def _panel(test: ExplosiveTest, title: str) -> ExplosivePanel | None:
    path = test.path
    if path is None:
        return None
    episodes = tuple(Episode(run.first, run.last, run.upward) for run in path.runs)
    return ExplosivePanel(title, path.periods, path.statistic, path.critical, episodes)


def _residual(words: Words, test: ExplosiveTest) -> str:
    fundamental = words(f"explosive.fundamental.{test.fundamental}")
    return words("explosive.residual", fundamental=fundamental)


def _row(item: ExplosiveSeries, words: Words) -> ExplosiveRow | None:
    price = _panel(item.price, words.indicator(item.ratio.indicator))
    if price is None:
        return None
    other = item.residual
    return ExplosiveRow(price, None if other is None else _panel(other, _residual(words, other)))


def explosive_spec(found: Findings, words: Words, sources: str) -> Spec | None:
    """Statistic and line of every test of the date; None where none could be made."""
    rows = tuple(filter(None, (_row(item, words) for item in found.explosive)))
    if not rows:
        return None
    return explosive_chart(ExplosiveData(rows, LEVEL_PCT), words, sources=sources)


def _state(words: Words, signal: str, state: str) -> str:
    return words(f"odds.state.{signal.partition('_')[0]}.{state}")


def _known(words: Words, item: Signal, year: int) -> Iterator[tuple[str, str, OddsRow]]:
    """State, kind and odds of every state of a measure that were known before a year."""
    record = shipped_record()
    for state in states_of(item.signal):
        row = record.known_odds(item.signal, state, year, QUOTED_HORIZON)
        if row is not None and row.share_pct is not None:
            kind = "now" if state == item.state else "other"
            yield _state(words, item.signal, state), kind, row
    if item.base is not None and item.base.share_pct is not None:
        yield words("odds.state.any"), "base", item.base


def _measures(found: Findings, words: Words) -> Iterator[OddsMeasure]:
    for item in found.crises.signals:
        marks = tuple(
            OddsMark(state, kind, row.share_pct, row.low_pct, row.high_pct)
            for state, kind, row in _known(words, item, found.as_of.year)
        )
        if marks:
            yield OddsMeasure(words(f"crises.signal.{item.signal}"), marks)


def odds_spec(found: Findings, view: View, words: Words, sources: str) -> Spec | None:
    """Gap and odds as known at the date; None where neither is."""
    path = gap_path(view)
    gap = (
        ()
        if path is None
        else tuple(
            Dated(on, value)
            for on, value in zip(path.quarters.tolist(), path.gap_pp.tolist(), strict=True)
            if np.isfinite(value)
        )
    )
    measures = tuple(_measures(found, words))
    if not gap and not measures:
        return None
    if measures:
        sources = words("chart.odds.sources", own=sources)
    level = shipped_record().level_pct
    data = OddsData(gap, GAP_BANDS, measures, QUOTED_HORIZON, level)
    return odds_chart(data, words, sources=sources)


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
    lines.append(words("explosive.legend", up=_UP, down=_DOWN, calm=_CALM))
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
        (words(f"crises.signal.{item.signal}"), list(_known(words, item, found.as_of.year)))
        for item in found.crises.signals
    ]
    rows = [row for _, marks in groups for _, _, row in marks]
    if not rows:
        return None
    top = 5.0 * -(-max(row.high_pct for row in rows) // 5)
    wide = max(cell_width(state) for _, marks in groups for state, _, _ in marks) + 1
    columns = _ROOM - wide
    lines = [f"{' ' * wide} 0%{f'{top:.0f}%'.rjust(columns - 2)}"]
    for name, marks in groups:
        if marks:
            lines.append(name)
        lines += [
            f" {pad(state, wide - 1)} {_interval(row, kind, top, columns)}"
            for state, kind, row in marks
        ]
    lines.append(words("odds.legend"))
    return Drawing(tuple(lines), words("odds.drawing", years=QUOTED_HORIZON))
