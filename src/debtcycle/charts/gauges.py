"""The six gauges of the bubble indicator, their mean, and published readings beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import Spec, Words, figure, frame
from debtcycle.charts.theme import COLD, HOT, INK, MUTED

__all__ = ["GaugeData", "GaugeRow", "gauges_chart"]


@dataclass(frozen=True, slots=True)
class GaugeRow:
    """One bar, 0-100.

    Attributes
    ----------
    kind : {"gauge", "mean", "published"}
        Ours, the mean of ours, or another instrument's reading on another scale.
    low, high : float or None
        Range of the mean when any one gauge is left out.
    """

    name: str
    value: float | None
    kind: str = "gauge"
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class GaugeData:
    """The bars in the order in which they are shown, and the line of the rule."""

    rows: tuple[GaugeRow, ...]
    line: float


def _values(rows: Sequence[GaugeRow], words: Words) -> list[Spec]:
    found = []
    for row in rows:
        value = figure(row.value, 2)
        found.append(
            {
                "name": row.name,
                "kind": row.kind,
                "value": value,
                "low": figure(row.low, 2),
                "high": figure(row.high, 2),
                "text": words("chart.unknown") if value is None else f"{value:.0f}",
            }
        )
    return found


def gauges_chart(data: GaugeData, words: Words, *, sources: str) -> Spec:
    """Bars of the gauges with the rule's line; published readings have bars of another colour."""
    values = _values(data.rows, words)
    y: Spec = {
        "field": "name",
        "type": "nominal",
        "sort": [row.name for row in data.rows],
        "axis": {"title": None, "domain": False, "ticks": False, "labelPadding": 8},
    }
    x: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": {"title": words("chart.gauges.x"), "values": [0, 20, 40, 60, 80, 100]},
    }
    colours = {"gauge": HOT, "mean": INK, "published": COLD}
    present = [kind for kind in colours if any(row.kind == kind for row in data.rows)]
    names = [words(f"chart.gauges.{kind}") for kind in present]
    for value in values:
        value["group"] = words(f"chart.gauges.{value['kind']}")
    colour: Spec = {
        "field": "group",
        "type": "nominal",
        "scale": {"domain": names, "range": [colours[kind] for kind in present]},
        "legend": {"title": None, "symbolType": "square", "columns": 1},
    }
    layers: list[Spec] = [
        {
            "data": {"values": [v for v in values if v["value"] is not None]},
            "mark": {"type": "bar", "height": {"band": 0.62}},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {
            "data": {"values": [v for v in values if v["low"] is not None]},
            "mark": {"type": "rule", "color": "#8f99a5", "strokeWidth": 3},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y},
        },
        {
            "data": {
                "values": [
                    {"x": data.line, "text": words("chart.gauges.line", line=f"{data.line:.0f}")}
                ]
            },
            "mark": {"type": "rule", "strokeDash": [4, 3], "color": INK},
            "encoding": {"x": {"field": "x", "type": "quantitative"}},
        },
        {
            "data": {
                "values": [
                    {"x": data.line, "text": words("chart.gauges.line", line=f"{data.line:.0f}")}
                ]
            },
            "mark": {"type": "text", "y": -8, "fontSize": 11.5, "color": INK},
            "encoding": {"x": {"field": "x", "type": "quantitative"}, "text": {"field": "text"}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "text", "align": "left", "x": 372, "color": MUTED},
            "encoding": {"y": y, "text": {"field": "text"}},
        },
    ]
    body: Spec = {"width": 360, "height": {"step": 28}, "layer": layers}
    listed = "; ".join(f"{value['name']} {value['text']}" for value in values)
    return frame(words, "gauges", sources, body, list=listed)
