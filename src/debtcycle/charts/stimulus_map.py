"""The map: how much stimulus there is, against the heat of the place it goes into."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from debtcycle.charts.placing import Box, Spot, crowd_of, free_place
from debtcycle.charts.spec import SCORE_TICKS, Spec, Words, figure, frame, signed
from debtcycle.charts.theme import COLD, HOT, INK, MUTED

__all__ = ["MapData", "MapPoint", "map_chart"]

WIDTH, HEIGHT = 380, 310
# Labels of two dots closer than this would lie on each other.
_NEAR_X, _NEAR_Y = 0.15, 0.11
# Quadrants: name, corner, tint, and where its label stands.
_HALO: Spec = {"stroke": "#ffffff", "strokeWidth": 4, "strokeOpacity": 0.85}
_QUADRANTS = (
    ("top_right", 0.0, 0.0, 1.0, 1.0, "#fdeee3", "right", 0.97, 0.93),
    ("bottom_right", 0.0, -1.0, 1.0, 0.0, "#e4f0f8", "right", 0.97, -0.93),
    ("top_left", -1.0, 0.0, 0.0, 1.0, "#f6f4ee", "left", -0.97, 0.93),
    ("bottom_left", -1.0, -1.0, 0.0, 0.0, "#f0f2f4", "left", -0.97, -0.93),
)


@dataclass(frozen=True, slots=True)
class MapPoint:
    """One date on the map.

    Attributes
    ----------
    stimulus, heat : float or None
        Scores in [-1, 1]; a point with either missing is not drawn.
    deficit_pct : float or None
        Federal deficit, % of GDP: the size of the dot.
    """

    on: date
    stimulus: float | None
    heat: float | None
    deficit_pct: float | None = None

    @property
    def placed(self) -> bool:
        """Whether it has a place on the map."""
        return figure(self.stimulus) is not None and figure(self.heat) is not None


@dataclass(frozen=True, slots=True)
class MapData:
    """The path up to the date, oldest first, its last point being the date itself.

    Attributes
    ----------
    reference, reference_name : MapPoint or None, str
        An earlier date to compare with.
    line : float
        Heat at and beyond which the axes count as hot or cold, drawn as a thin line.
    """

    path: tuple[MapPoint, ...]
    line: float
    reference: MapPoint | None = None
    reference_name: str = ""


def _row(point: MapPoint) -> Spec:
    size = figure(point.deficit_pct)
    return {
        "date": point.on.isoformat(),
        "x": figure(point.stimulus),
        "y": figure(point.heat),
        "deficit": None if size is None else max(size, 0.0),
    }


def _segments(path: Sequence[MapPoint]) -> list[Spec]:
    """Pieces of the path between neighbours that both have a place, fading with age."""
    pairs = [
        (number, a, b)
        for number, (a, b) in enumerate(pairwise(path), start=1)
        if a.placed and b.placed
    ]
    count = max(len(path) - 1, 1)
    return [
        {
            "x": figure(a.stimulus),
            "y": figure(a.heat),
            "x2": figure(b.stimulus),
            "y2": figure(b.heat),
            "age": round(0.12 + 0.78 * number / count, 3),
        }
        for number, a, b in pairs
    ]


def _years(path: Sequence[MapPoint]) -> list[Spec]:
    """The last point of each year before the date's own; labels that would overlap are blank."""
    last = {point.on.year: point for point in path[:-1] if point.placed and point.on.month == 12}
    shown: list[MapPoint] = [point for point in path[-1:] if point.placed]
    rows: list[Spec] = []
    for year, point in sorted(last.items(), reverse=True):
        clear = not any(_close(point, other) for other in shown)
        rows.append({**_row(point), "year": str(year) if clear else ""})
        if clear:
            shown.append(point)
    return rows


def _close(a: MapPoint, b: MapPoint) -> bool:
    dx, dy = (a.stimulus or 0) - (b.stimulus or 0), (a.heat or 0) - (b.heat or 0)
    return abs(dx) < _NEAR_X and abs(dy) < _NEAR_Y


def _scales(words: Words) -> Spec:
    return {
        "x": {
            "field": "x",
            "type": "quantitative",
            "scale": {"domain": [-1, 1]},
            "axis": {**SCORE_TICKS, "title": words("chart.map.x")},
        },
        "y": {
            "field": "y",
            "type": "quantitative",
            "scale": {"domain": [-1, 1]},
            "axis": {**SCORE_TICKS, "title": words("chart.map.y")},
        },
    }


def _ground(words: Words, line: float) -> list[Spec]:
    boxes = [
        {"x": x, "y": y, "x2": x2, "y2": y2, "tint": tint}
        for _, x, y, x2, y2, tint, *_ in _QUADRANTS
    ]
    layers: list[Spec] = [
        {
            "data": {"values": boxes},
            "mark": {"type": "rect"},
            "encoding": {
                **_scales(words),
                "x2": {"field": "x2"},
                "y2": {"field": "y2"},
                "color": {"field": "tint", "type": "nominal", "scale": None},
            },
        }
    ]
    for side in ("left", "right"):
        labels = [
            {"x": x, "y": y, "text": words(f"chart.map.{name}")}
            for name, *_, align, x, y in _QUADRANTS
            if align == side
        ]
        layers.append(
            {
                "data": {"values": labels},
                "mark": {"type": "text", "align": side, "color": MUTED, "fontSize": 12},
                "encoding": {**_scales(words), "text": {"field": "text"}},
            }
        )
    for value, dash in ((0.0, [1, 0]), (line, [3, 4]), (-line, [3, 4])):
        layers.append(
            {
                "data": {"values": [{"y": value}]},
                "mark": {"type": "rule", "color": "#a9b3bf", "strokeDash": dash},
                "encoding": {"y": {"field": "y", "type": "quantitative"}},
            }
        )
    layers.append(
        {
            "data": {"values": [{"x": 0}]},
            "mark": {"type": "rule", "color": "#a9b3bf"},
            "encoding": {"x": {"field": "x", "type": "quantitative"}},
        }
    )
    return layers


def _size(words: Words, *, legend: bool) -> Spec:
    return {
        "field": "deficit",
        "type": "quantitative",
        "scale": {"domain": [0, 15], "range": [50, 900], "clamp": True},
        "legend": {"title": words("chart.map.size"), "values": [0, 5, 10, 15]} if legend else None,
    }


def _legend(words: Words) -> Spec:
    """An empty layer in grey, from which the legend of sizes takes its colour."""
    return {
        "data": {"values": []},
        "mark": {"type": "point", "filled": True, "color": "#aeb8c4", "opacity": 1},
        "encoding": {**_scales(words), "size": _size(words, legend=True)},
    }


def _dot(words: Words, row: Spec, colour: str) -> Spec:
    size: Spec = {"value": 90} if row["deficit"] is None else _size(words, legend=False)
    return {
        "data": {"values": [row]},
        "mark": {"type": "point", "filled": True, "color": colour, "opacity": 0.92},
        "encoding": {**_scales(words), "size": size},
    }


def _place(point: MapPoint, text: str, size: float, busy: Sequence[Spot]) -> Box:
    """Room for a text of a font size beside a dot; a Chinese character is as wide as high."""
    across, up = 2.0 / WIDTH, 2.0 / HEIGHT  # one pixel on the scales
    width = sum(1.0 if ord(letter) > 0x2E7F else 0.62 for letter in text) * size * across
    large = min(max(point.deficit_pct or 0.0, 0.0), 15.0) / 15.0
    radius = math.sqrt((50.0 + 850.0 * large) / math.pi)
    spot = (point.stimulus or 0.0, point.heat or 0.0)
    return free_place(spot, width, 1.3 * size * up, busy, gap=(radius + 7.0) * across)


def _label(words: Words, place: Box, text: str, colour: str, size: float) -> list[Spec]:
    """A label with a white halo: SVG paints a stroke over its letters, so they come twice."""
    return [
        {
            "data": {"values": [{"x": figure(place.x), "y": figure(place.y), "text": text}]},
            "mark": {
                "type": "text",
                "fontSize": size,
                "fontWeight": "bold",
                "color": colour,
                **extra,
            },
            "encoding": {**_scales(words), "text": {"field": "text"}},
        }
        for extra in (_HALO, {})
    ]


def _path(words: Words, path: Sequence[MapPoint]) -> list[Spec]:
    return [
        {
            "data": {"values": _segments(path)},
            "mark": {"type": "rule", "color": HOT, "strokeWidth": 2, "strokeCap": "round"},
            "encoding": {
                **_scales(words),
                "x2": {"field": "x2"},
                "y2": {"field": "y2"},
                "opacity": {"field": "age", "type": "quantitative", "scale": None},
            },
        },
        {
            "data": {"values": _years(path)},
            "mark": {"type": "point", "filled": True, "color": HOT, "size": 22, "opacity": 0.8},
            "encoding": _scales(words),
        },
        *(
            {
                "data": {"values": _years(path)},
                "mark": {"type": "text", "dy": -9, "fontSize": 10.5, "color": MUTED, **extra},
                "encoding": {**_scales(words), "text": {"field": "year"}},
            }
            # The path runs through where a year is written.
            for extra in (_HALO, {})
        ),
    ]


def map_chart(data: MapData, words: Words, *, sources: str) -> Spec:
    """Stimulus (x) against heat (y), with the path of the last years and a date to compare with.

    Both run from -1 to +1; the dot's area grows with the federal deficit in % of GDP. Where the
    date has no place, that is said in the middle of an empty map.
    """
    layers = _ground(words, data.line) + _path(words, data.path) + [_legend(words)]
    now, then = (data.path[-1] if data.path else None), data.reference
    busy = crowd_of([((a["x"], a["y"]), (a["x2"], a["y2"])) for a in _segments(data.path)])
    # The quadrants' names stand along the upper and the lower edge.
    busy += crowd_of([((x, y), (0.2 * x, y)) for *_, x, y in _QUADRANTS])
    if now is not None and now.placed:
        text = now.on.isoformat()
        place = _place(now, text, 18, busy)
        layers.append(_dot(words, _row(now), HOT))
        layers += _label(words, place, text, HOT, 18)
        busy = [*busy, *place.filled()]
    else:
        layers.append(
            {
                "data": {"values": [{"x": 0, "y": 0, "text": words("chart.map.unplaced")}]},
                "mark": {"type": "text", "fontSize": 13, "color": INK, "dy": -10},
                "encoding": {**_scales(words), "text": {"field": "text"}},
            }
        )
    if then is not None and then.placed:
        place = _place(then, data.reference_name, 13, busy)
        layers.append(_dot(words, _row(then), COLD))
        layers += _label(words, place, data.reference_name, COLD, 13)
    body: Spec = {"width": WIDTH, "height": HEIGHT, "layer": layers}
    return frame(words, "map", sources, body, place=_said(data, words))


def _said(data: MapData, words: Words) -> str:
    """Where the date and the earlier one stand, in words."""
    said = []
    now, then = (data.path[-1] if data.path else None), data.reference
    if now is None or not now.placed:
        said.append(words("chart.map.unplaced"))
    else:
        where = {"x": signed(now.stimulus), "y": signed(now.heat)}
        said.append(words("chart.map.place", date=now.on.isoformat(), **where))
    if then is not None and then.placed:
        where = {"x": signed(then.stimulus), "y": signed(then.heat)}
        said.append(words("chart.map.place_then", name=data.reference_name, **where))
    return " ".join(said)
