"""The central bank's balance sheet and its policy rate, with its announcements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from debtcycle.charts.spec import Dated, Spec, Words, day, figure, frame
from debtcycle.charts.theme import COLD, HOT, INK, MUTED, SECOND

__all__ = ["Announced", "PolicyData", "policy_chart"]

WIDTH = 560
# Lines behind the figures: the marks' colours thinned with white, for a legend copies opacity.
_PALE = {"more": "#bcdfd7", "less": "#f2d0bd", "other": "#d5d9de"}


@dataclass(frozen=True, slots=True)
class Announced:
    """One announcement; `kind` is ``"more"``, ``"less"`` or ``"other"``."""

    on: date
    kind: str


@dataclass(frozen=True, slots=True)
class PolicyData:
    """What the two panels show.

    Attributes
    ----------
    start, end : date
        The span of the horizontal axis.
    assets, base : tuple of Dated
        Total assets, and the monetary base where it stands in for them, % of GDP.
    rate : tuple of Dated
        Policy rate, %; it holds until the next point.
    """

    start: date
    end: date
    assets: tuple[Dated, ...]
    base: tuple[Dated, ...]
    rate: tuple[Dated, ...]
    announced: tuple[Announced, ...]


def _lines(points: Sequence[Dated], name: str) -> list[Spec]:
    return [{"t": day(point.on), "v": figure(point.value), "name": name} for point in points]


def _time(data: PolicyData, *, labels: bool, title: str | None = None) -> Spec:
    years = data.end.year - data.start.year
    return {
        "field": "t",
        "type": "temporal",
        "scale": {"domain": [day(data.start), day(data.end)]},
        "axis": {
            "title": title,
            "format": "%Y",
            "tickCount": {"interval": "year", "step": 1 if years <= 12 else 5},
            "labels": labels,
            "grid": True,
        },
    }


def _announcements(data: PolicyData, words: Words, time: Spec) -> list[Spec]:
    kinds = {
        "more": ("triangle-up", SECOND),
        "less": ("triangle-down", HOT),
        "other": ("circle", MUTED),
    }
    shown = [item for item in data.announced if data.start <= item.on <= data.end]
    if not shown:
        return []
    present = [kind for kind in kinds if any(item.kind == kind for item in shown)]
    names = [words(f"chart.policy.{kind}") for kind in present]
    values = [
        {
            "t": day(item.on),
            "kind": words(f"chart.policy.{item.kind}"),
            "ink": _PALE[item.kind],
        }
        for item in shown
    ]
    legend: Spec = {"title": words("chart.policy.announced"), "columns": 3, "symbolSize": 70}
    colour: Spec = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": names, "range": [kinds[kind][1] for kind in present]},
        "legend": legend,
    }
    shape: Spec = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": names, "range": [kinds[kind][0] for kind in present]},
        "legend": legend,
    }
    return [
        {
            "data": {"values": values},
            "mark": {"type": "rule", "strokeWidth": 1},
            "encoding": {"x": time, "color": {"field": "ink", "type": "nominal", "scale": None}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "point", "filled": True, "opacity": 0.9, "size": 60, "y": 6},
            "encoding": {"x": time, "color": colour, "shape": shape},
        },
    ]


def _scale(points: Sequence[Dated]) -> Spec:
    """From nought, or the lowest value below it, to a little above the highest."""
    values = [point.value for point in points]
    top, bottom = max(values, default=1.0), min(0.0, *values, 0.0)
    return {"domain": [figure(bottom * 1.1), figure(1.15 * max(top, 0.5))], "nice": False}


def _stock(data: PolicyData, words: Words) -> Spec:
    time = _time(data, labels=False)
    named = {
        words("chart.policy.assets"): (data.assets, INK),
        words("chart.policy.base"): (data.base, COLD),
    }
    layers: list[Spec] = []
    for name, (points, colour) in named.items():
        if not points:
            continue
        y: Spec = {
            "field": "v",
            "type": "quantitative",
            "scale": _scale((*data.assets, *data.base)),
            "axis": {"title": words("chart.policy.stock"), "tickCount": 5},
        }
        layers.append(
            {
                "data": {"values": _lines(points, name)},
                "mark": {"type": "line", "color": colour, "strokeWidth": 2, "clip": True},
                "encoding": {"x": time, "y": y},
            }
        )
        last, before = points[-1], points[max(0, len(points) - len(points) // 6 - 1)]
        early = (last.on - data.start).days < 0.5 * (data.end - data.start).days
        layers.append(
            {
                "data": {"values": [{**_lines((last,), name)[0], "label": name}]},
                "mark": {
                    "type": "text",
                    "align": "left" if early else "right",
                    "dx": 6 if early else -6,
                    "dy": 18 if last.value < before.value else -14,
                    "color": colour,
                },
                "encoding": {"x": time, "y": y, "text": {"field": "label"}},
            }
        )
    return {"width": WIDTH, "height": 190, "layer": [*_announcements(data, words, time), *layers]}


def _rate(data: PolicyData, words: Words) -> Spec:
    time = _time(data, labels=True, title=words("chart.time"))
    values = _lines(data.rate, "rate")
    if data.rate:
        values.append({**values[-1], "t": day(data.end)})
    return {
        "width": WIDTH,
        "height": 130,
        "layer": [
            *_announcements(data, words, time),
            {
                "data": {"values": values},
                "mark": {
                    "type": "line",
                    "interpolate": "step-after",
                    "color": INK,
                    "strokeWidth": 2,
                    "clip": True,
                },
                "encoding": {
                    "x": time,
                    "y": {
                        "field": "v",
                        "type": "quantitative",
                        "scale": _scale(data.rate),
                        "axis": {"title": words("chart.policy.rate"), "tickCount": 5},
                    },
                },
            },
        ],
    }


def policy_chart(data: PolicyData, words: Words, *, sources: str) -> Spec:
    """Total assets in % of GDP above, policy rate in % below, on one axis of time."""
    body: Spec = {
        "vconcat": [_stock(data, words), _rate(data, words)],
        "spacing": 14,
    }
    return frame(words, "policy", sources, body, date=data.end.isoformat())
