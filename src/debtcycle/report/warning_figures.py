"""Charts of explosive prices and of crisis odds; nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator

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
from debtcycle.crises.quoted import GAP_BANDS, QUOTED_HORIZON
from debtcycle.crises.record import shipped_record
from debtcycle.crises.today import gap_path
from debtcycle.cycle.explosive import LEVEL_PCT, ExplosiveSeries, ExplosiveTest
from debtcycle.cycle.findings import Findings
from debtcycle.report.warning_drawings import known_odds
from debtcycle.report.words import Words
from debtcycle.views import View

__all__ = ["explosive_spec", "odds_spec"]


def _panel(test: ExplosiveTest, title: str) -> ExplosivePanel | None:
    path = test.path
    if path is None:
        return None
    episodes = tuple(Episode(run.first, run.last, run.upward) for run in path.runs)
    return ExplosivePanel(title, path.periods, path.statistic, path.critical, episodes,
                          None if test.own is None else test.own.critical)  # fmt: skip


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


def _measures(found: Findings, words: Words) -> Iterator[OddsMeasure]:
    for item in found.crises.signals:
        marks = tuple(
            OddsMark(
                state,
                kind,
                row.share_pct,
                row.low_pct,
                row.high_pct,
                row.before_crisis,
                row.observations,
            )
            for state, kind, row in known_odds(words, item, found.as_of.year)
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
