"""Month by month: what the verdict was on what was known then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from debtcycle.charts.spec import SCORE_TICKS, Spec, Words, day, figure, frame
from debtcycle.charts.theme import GRID, INK, VERDICT_COLOURS

__all__ = ["MonthMark", "TimelineData", "timeline_chart"]

WIDTH = 600


@dataclass(frozen=True, slots=True)
class MonthMark:
    """One date: ids of its verdict and of that without the gate, and its heat in [-1, 1]."""

    on: date
    verdict: str
    axes_verdict: str
    heat: float | None = None


@dataclass(frozen=True, slots=True)
class TimelineData:
    """The dates, oldest first; names of the verdicts by id; heat of the rule's line."""

    months: tuple[MonthMark, ...]
    names: Mapping[str, str]
    line: float


def _time(data: TimelineData, *, labels: bool, title: str | None = None) -> Spec:
    start = data.months[0].on.replace(day=1)
    end = data.months[-1].on
    years = max(end.year - start.year, 1)
    step = 1 if years <= 8 else 2 if years <= 16 else 4
    return {
        "field": "t",
        "type": "temporal",
        "scale": {"domain": [day(start), day(end)]},
        "axis": {
            "title": title,
            "format": "%Y",
            "tickCount": {"interval": "year", "step": step},
            "labels": labels,
            "ticks": labels,
            "grid": False,
        },
    }


def _pieces(data: TimelineData, row: str, verdicts: Sequence[str]) -> list[Spec]:
    """Months of one verdict that follow each other, as one piece without seams."""
    values: list[Spec] = []
    begin = data.months[0].on.replace(day=1)
    for mark, verdict in zip(data.months, verdicts, strict=True):
        name = data.names[verdict]
        if values and values[-1]["verdict"] == name:
            values[-1]["t2"] = day(mark.on)
        else:
            values.append({"t": day(begin), "t2": day(mark.on), "verdict": name, "row": row})
        begin = mark.on
    return values


def _strip(data: TimelineData, words: Words, *, last: bool) -> Spec:
    rows = (words("chart.timeline.given"), words("chart.timeline.axes"))
    given = [mark.verdict for mark in data.months]
    alone = [mark.axes_verdict for mark in data.months]
    values = _pieces(data, rows[0], given) + _pieces(data, rows[1], alone)
    present = [name for name in VERDICT_COLOURS if name in {*given, *alone}]
    title = words("chart.timeline.x") if last else None
    return {
        "width": WIDTH,
        "height": {"step": 34},
        "data": {"values": values},
        "mark": {"type": "rect"},
        "encoding": {
            "x": _time(data, labels=last, title=title),
            "x2": {"field": "t2"},
            "y": {
                "field": "row",
                "type": "nominal",
                "sort": list(rows),
                "scale": {"paddingInner": 0.12},
                "axis": {"title": None, "domain": False, "ticks": False},
            },
            "color": {
                "field": "verdict",
                "type": "nominal",
                "scale": {
                    "domain": [data.names[name] for name in present],
                    "range": [VERDICT_COLOURS[name] for name in present],
                },
                "legend": {"title": words("chart.timeline.verdict"), "columns": 3},
            },
        },
    }


def _heat(data: TimelineData, words: Words) -> Spec:
    time = _time(data, labels=True, title=words("chart.timeline.x"))
    y: Spec = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [-1, 1]},
        "axis": {
            "title": words("chart.timeline.heat"),
            **SCORE_TICKS,
        },
    }
    values = [{"t": day(mark.on), "v": figure(mark.heat)} for mark in data.months]
    rules = [{"v": 0.0}, {"v": data.line}, {"v": -data.line}]
    return {
        "width": WIDTH,
        "height": 150,
        "layer": [
            {
                "data": {"values": rules[1:]},
                "mark": {"type": "rule", "strokeDash": [3, 4], "color": "#a9b3bf"},
                "encoding": {"y": y},
            },
            {
                "data": {"values": rules[:1]},
                "mark": {"type": "rule", "color": GRID},
                "encoding": {"y": y},
            },
            {
                "data": {"values": values},
                "mark": {"type": "line", "color": INK, "strokeWidth": 1.6},
                "encoding": {"x": time, "y": y},
            },
        ],
    }


def timeline_chart(data: TimelineData, words: Words, *, sources: str) -> Spec:
    """Strips of verdicts above the line of heat, where it is known. One month at least."""
    heat = any(mark.heat is not None for mark in data.months)
    panels = [_strip(data, words, last=not heat), *([_heat(data, words)] if heat else [])]
    body: Spec = {"vconcat": panels, "spacing": 8}
    counts = Counter(mark.verdict for mark in data.months).most_common()
    listed = "; ".join(f"{data.names[name]}: {count}" for name, count in counts)
    span = {"start": data.months[0].on.isoformat(), "end": data.months[-1].on.isoformat()}
    return frame(words, "timeline", sources, body, list=listed, **span)
