"""The four axes now and then, and the fifteen inputs behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import SCORE_TICKS, Spec, Words, figure, frame, signed
from debtcycle.charts.theme import AXIS_COLOURS, COLD, HOT, INK, MUTED, PAPER

__all__ = ["AxesData", "AxisRow", "InputRow", "axes_chart", "inputs_chart"]

ANCHOR = 0.5  # where the two anchors of every input lie on the scale of scores
_DOMAIN = [-1, 1]


@dataclass(frozen=True, slots=True)
class AxisRow:
    """One axis: its name in the reader's language, its scores in [-1, 1] now and then."""

    name: str
    now: float | None
    then: float | None = None


@dataclass(frozen=True, slots=True)
class AxesData:
    """The axes, with the names of the two dates; `then` is None where there is no earlier one."""

    rows: tuple[AxisRow, ...]
    now: str
    then: str | None = None


@dataclass(frozen=True, slots=True)
class InputRow:
    """One scored input.

    Attributes
    ----------
    axis : {"valuation", "growth", "inflation", "credit"}
        Which axis it belongs to; `axis_name` is its name in the reader's language.
    reading : str
        The figure behind the score, with its unit, as text.
    """

    name: str
    axis: str
    axis_name: str
    score: float | None
    reading: str


def _score_axis(words: Words, title: str) -> Spec:
    return {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": _DOMAIN},
        "axis": {
            "title": words(title),
            **SCORE_TICKS,
        },
    }


def _anchor_rules(words: Words) -> list[Spec]:
    marks = [
        {"x": -ANCHOR, "text": words("chart.anchor.depression"), "side": COLD},
        {"x": ANCHOR, "text": words("chart.anchor.bubble"), "side": HOT},
    ]
    place: Spec = {"field": "x", "type": "quantitative", "scale": {"domain": _DOMAIN}}
    return [
        {
            "data": {"values": [{"x": 0}]},
            "mark": {"type": "rule", "color": "#a9b3bf"},
            "encoding": {"x": place},
        },
        {
            "data": {"values": marks},
            "mark": {"type": "rule", "strokeDash": [4, 3], "strokeWidth": 1.2},
            "encoding": {"x": place, "color": {"field": "side", "type": "nominal", "scale": None}},
        },
        {
            "data": {"values": marks},
            "mark": {"type": "text", "y": -8, "fontSize": 11.5},
            "encoding": {
                "x": place,
                "text": {"field": "text"},
                "color": {"field": "side", "type": "nominal", "scale": None},
            },
        },
    ]


def _rows_axis(names: Sequence[str], **axis: object) -> Spec:
    return {
        "field": "name",
        "type": "nominal",
        "sort": list(names),
        "axis": {"title": None, "domain": False, "ticks": False, "labelPadding": 10, **axis},
    }


def _values(data: AxesData) -> list[Spec]:
    rows: list[Spec] = []
    for row in data.rows:
        pairs = [(data.now, row.now, "now")]
        if data.then is not None:
            pairs.insert(0, (data.then, row.then, "then"))
        rows += [
            {"name": row.name, "x": figure(x), "when": when, "kind": kind, "text": signed(x)}
            for when, x, kind in pairs
        ]
    return rows


def _dots(data: AxesData, words: Words, kind: str, y: Spec) -> list[Spec]:
    """Dots of one date, with their figures above (now) or below (then)."""
    rows = [row for row in _values(data) if row["kind"] == kind and row["x"] is not None]
    names = [name for name in (data.now, data.then) if name is not None]
    colour: Spec = {
        "field": "when",
        "type": "nominal",
        "scale": {"domain": names, "range": [HOT, COLD][: len(names)]},
        "legend": {"title": None, "symbolType": "circle", "symbolSize": 120},
    }
    x = _score_axis(words, "chart.score.x")
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "opacity": 1, "size": 150},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        *(
            {
                "data": {"values": rows},
                "mark": {
                    "type": "text",
                    "dy": -15 if kind == "now" else 17,
                    "fontWeight": "bold" if kind == "now" else "normal",
                    "color": HOT if kind == "now" else COLD,
                    **extra,
                },
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            }
            # A stroke is painted over the letters, so they come twice: a halo, then the figure,
            # which the lines of the anchors would else run through.
            for extra in ({"stroke": PAPER, "strokeWidth": 4}, {})
        ),
    ]


def _unknown(rows: list[Spec], words: Words, x: Spec, y: Spec) -> Spec:
    return {
        "data": {"values": [{**row, "x": 0, "text": words("chart.unknown")} for row in rows]},
        "mark": {"type": "text", "fontStyle": "italic", "color": MUTED, "align": "left", "dx": 7},
        "encoding": {"x": x, "y": y, "text": {"field": "text"}},
    }


def axes_chart(data: AxesData, words: Words, *, sources: str) -> Spec:
    """Scores of the four axes at the date and at an earlier one, with both anchors marked."""
    names = [row.name for row in data.rows]
    y = _rows_axis(names, labelFontSize=13.5, labelFontWeight="bold")
    x = _score_axis(words, "chart.score.x")
    links = [
        {"name": row.name, "x": figure(row.now), "x2": figure(row.then)}
        for row in data.rows
        if figure(row.now) is not None and figure(row.then) is not None
    ]
    layers: list[Spec] = [
        *_anchor_rules(words),
        {
            "data": {"values": links},
            "mark": {"type": "rule", "strokeWidth": 3, "color": "#c9d0d8"},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": y},
        },
        *_dots(data, words, "then", y),
        *_dots(data, words, "now", y),
        _unknown([{"name": row.name} for row in data.rows if row.now is None], words, x, y),
    ]
    body: Spec = {"width": 330, "height": {"step": 66}, "layer": layers}
    said = [(row.name, signed(row.now), signed(row.then)) for row in data.rows]
    listed = "; ".join(
        f"{name} {now}" + ("" if data.then is None else f" ({data.then}: {then})")
        for name, now, then in said
    )
    return frame(words, "axes", sources, body, list=listed)


def _readings(values: list[Spec], y: Spec) -> Spec:
    """The figures behind the scores, in a column at the right."""
    return {
        "data": {"values": values},
        "mark": {"type": "text", "align": "left", "x": 312, "color": MUTED, "fontSize": 11.5},
        "encoding": {"y": y, "text": {"field": "reading"}},
    }


def inputs_chart(rows: Sequence[InputRow], words: Words, *, sources: str) -> Spec:
    """The score of every input as a line from nought, with the figure behind it."""
    values: list[Spec] = [
        {
            "name": row.name,
            "axis": row.axis_name,
            "x": figure(row.score),
            "text": signed(row.score),
            "reading": row.reading,
        }
        for row in rows
    ]
    known = [value for value in values if value["x"] is not None]
    y = _rows_axis([row.name for row in rows], labelLimit=340)
    x = _score_axis(words, "chart.score.x")
    found = {row.axis_name: AXIS_COLOURS.get(row.axis, INK) for row in rows}
    colour: Spec = {
        "field": "axis",
        "type": "nominal",
        "scale": {"domain": list(found), "range": list(found.values())},
        "legend": {"title": None, "symbolType": "circle", "symbolSize": 90},
    }
    zero: Spec = {"datum": 0}
    layers: list[Spec] = [
        *_anchor_rules(words),
        {
            "data": {"values": known},
            "mark": {"type": "rule", "strokeWidth": 3},
            "encoding": {"x": x, "x2": zero, "y": y, "color": colour},
        },
        {
            "data": {"values": known},
            "mark": {"type": "point", "filled": True, "opacity": 1, "size": 95},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        _unknown([value for value in values if value["x"] is None], words, x, y),
        _readings(values, y),
    ]
    body: Spec = {"width": 300, "height": {"step": 25}, "layer": layers}
    listed = "; ".join(f"{row.name} {signed(row.score)} ({row.reading})" for row in rows)
    return frame(words, "inputs", sources, body, list=listed)
