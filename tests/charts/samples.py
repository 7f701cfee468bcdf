"""Invented figures for every chart, and a way to draw all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from debtcycle.charts import (
    Announced,
    AxesData,
    AxisRow,
    CausePanel,
    CausesData,
    Dated,
    DebtData,
    DebtPoint,
    Episode,
    EventData,
    EventValue,
    ExplosiveData,
    ExplosivePanel,
    ExplosiveRow,
    FanLine,
    FanPanel,
    FansData,
    GaugeData,
    GaugeRow,
    HazardData,
    HazardLine,
    InputRow,
    LedgerRow,
    MapData,
    MapPoint,
    MonthMark,
    OddsData,
    OddsMark,
    OddsMeasure,
    PhasesData,
    PolicyData,
    Spec,
    TimelineData,
    Words,
    axes_chart,
    causes_chart,
    debt_chart,
    events_chart,
    explosive_chart,
    fans_chart,
    gauges_chart,
    hazard_chart,
    inputs_chart,
    ledger_chart,
    map_chart,
    odds_chart,
    phases_chart,
    policy_chart,
    timeline_chart,
)

Drawn = Callable[[Words, str, float | None], Spec]


def a_map(words: Words, name: str, value: float | None) -> Spec:
    path = (
        MapPoint(date(2024, 9, 30), -0.2, 0.1, 6.0),
        MapPoint(date(2024, 12, 31), value, 0.2, 6.0),
        MapPoint(date(2025, 3, 31), 0.1, 0.4, None),
        MapPoint(date(2025, 6, 30), 0.3, 0.5, 7.0),
    )
    then = MapPoint(date(2008, 11, 28), 0.8, -0.6, value)
    return map_chart(MapData(path, 0.25, then, name), words, sources=name)


def an_axes(words: Words, name: str, value: float | None) -> Spec:
    rows = (AxisRow(name, 0.7, -0.9), AxisRow("two", value, -0.1), AxisRow("three", 0.1, value))
    return axes_chart(AxesData(rows, "2025-12-15", name), words, sources=name)


def an_inputs(words: Words, name: str, value: float | None) -> Spec:
    rows = (
        InputRow(name, "valuation", name, 1.0, "97"),
        InputRow("two", "credit", "credit", value, name),
    )
    return inputs_chart(rows, words, sources=name)


def a_gauges(words: Words, name: str, value: float | None) -> Spec:
    rows = (
        GaugeRow(name, 98.4),
        GaugeRow("two", value),
        GaugeRow("mean", 81.0, "mean", 74.0, 90.0),
        GaugeRow("elsewhere", 52.0, "published"),
    )
    return gauges_chart(GaugeData(rows, 60.0), words, sources=name)


def a_policy(words: Words, name: str, value: float | None) -> Spec:
    del value
    data = PolicyData(
        date(2000, 1, 1),
        date(2010, 1, 1),
        (Dated(date(2003, 1, 1), 6.0), Dated(date(2009, 12, 30), 15.0)),
        (Dated(date(2000, 1, 1), 5.0), Dated(date(2002, 12, 1), 6.0)),
        (Dated(date(2000, 1, 1), 5.5), Dated(date(2008, 12, 16), 0.25)),
        (Announced(date(2008, 11, 25), "more"), Announced(date(2009, 11, 4), "less")),
    )
    return policy_chart(data, words, sources=name)


def a_timeline(words: Words, name: str, value: float | None) -> Spec:
    months = (
        MonthMark(date(2020, 1, 31), "mixed", "mixed", 0.1),
        MonthMark(date(2020, 2, 29), "mixed", "into_strength", value),
        MonthMark(date(2020, 3, 31), "into_depression", "into_depression", -0.4),
    )
    names = {"mixed": name, "into_depression": "down", "into_strength": "up"}
    return timeline_chart(TimelineData(months, names, 0.25), words, sources=name)


def a_ledger(words: Words, name: str, value: float | None) -> Spec:
    rows = (LedgerRow(name, 4.2, 0.0), LedgerRow("two", 0.0, 4.2), LedgerRow("three", 5.0, value))
    return ledger_chart(rows, words, sources=name)


def a_debt(words: Words, name: str, value: float | None) -> Spec:
    del value
    as_is = tuple(DebtPoint(n, 100.0 + n, 580.0 + 5 * n) for n in range(11))
    changed = tuple(DebtPoint(n, 100.0 - n, 580.0 - 9 * n) for n in range(11))
    return debt_chart(DebtData(as_is, changed), words, sources=name)


def an_events(words: Words, name: str, value: float | None) -> Spec:
    cells = (
        EventValue(name, "stocks", 3, -10.4),
        EventValue(name, "stocks", 6, 45.0),
        EventValue(name, "gold", 3, value),
        EventValue(name, "gold", 6, 0.2),
    )
    return events_chart(EventData(cells, (name,), ("stocks", "gold")), words, sources=name)


def fans(words: Words, name: str, value: float | None) -> Spec:
    def line(title: str, size: float) -> FanLine:
        return FanLine(
            title, (0.0, -2 * size), (0.0, -size), (0.0, value), (0.0, size), (0.0, 2 * size)
        )

    panels = (
        FanPanel(words("chart.hazard.y", ahead=4), (line(name, 1.0), line("without", 0.5))),
        FanPanel(words("chart.phases.y"), (line(name, 2.0), line("without", 0.1))),
    )
    return fans_chart(FansData(panels, nought=True), words, name="fans", sources=name)


def some_phases(words: Words, name: str, value: float | None) -> Spec:
    shares = ((1.0, 0.0), (0.4, value))
    data = PhasesData(
        (name, "pop"), ((name, shares), ("other", shares)), ("without", ((0.0, 0.1),) * 2)
    )
    return phases_chart(data, words, sources=name)


def a_hazard(words: Words, name: str, value: float | None) -> Spec:
    lines = (
        HazardLine(name, ((0.1, 0.05, 0.2), (value, 0.1, 0.5), (None, None, None))),
        HazardLine("other", ((0.0, 0.0, 0.1), (0.2, 0.1, 0.3), (0.3, 0.2, 0.4))),
    )
    return hazard_chart(HazardData(lines, 4, "40%"), words, sources=name)


def some_causes(words: Words, name: str, value: float | None) -> Spec:
    panel = CausePanel(name, ((1.0, -2.0), (value, 3.0)), (-1.0, value))
    data = CausesData((name, "premium"), ("1 year", "2 years"), (panel, panel))
    return causes_chart(data, words, sources=name)


def some_explosive(words: Words, name: str, value: float | None) -> Spec:
    periods = tuple(date(1990 + n // 12, n % 12 + 1, 1) for n in range(900))
    line = tuple(0.5 + n / 3000 for n in range(900))
    wave = tuple((n * 37 % 101) / 50 - 1 for n in range(899))
    boom = Episode(date(1995, 3, 1), date(1999, 11, 1), upward=True)
    crash = Episode(date(2001, 3, 1), date(2002, 11, 1), upward=False)
    price = ExplosivePanel(name, periods, (*wave, value), line, (boom, crash), 1.5)
    residual = ExplosivePanel("residual", periods[99:], (value, *wave[99:]), line[99:], ())
    short = ExplosivePanel("alone", periods[:9], (*wave[:8], 2.0), line[:9], (boom,))
    rows = (ExplosiveRow(price, residual), ExplosiveRow(short))
    return explosive_chart(ExplosiveData(rows, 95), words, sources=name)


def some_odds(words: Words, name: str, value: float | None) -> Spec:
    marks = (
        OddsMark("high", "other", 13.3, 3.4, 24.2, 16, 120),
        OddsMark(name, "now", value, 0.1, 5.0, 2, 80),
        OddsMark("any", "base", 6.3, 2.2, 11.1, 63, 1000),
    )
    gap = (Dated(date(1960, 3, 31), -4.0), Dated(date(1960, 6, 30), 11.25))
    measures = (OddsMeasure(name, marks), OddsMeasure("two", marks[:1]))
    data = OddsData(gap, (2.0, 10.0), measures, 3, 90.0)
    return odds_chart(data, words, sources=name)


DRAWN: dict[str, Drawn] = {
    "map": a_map,
    "axes": an_axes,
    "inputs": an_inputs,
    "gauges": a_gauges,
    "policy": a_policy,
    "timeline": a_timeline,
    "ledger": a_ledger,
    "debt": a_debt,
    "events": an_events,
    "fans": fans,
    "phases": some_phases,
    "hazard": a_hazard,
    "causes": some_causes,
    "explosive": some_explosive,
    "odds": some_odds,
}
