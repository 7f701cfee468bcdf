"""Crisis odds: the credit gap between its thresholds, and every share with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import Dated, Spec, Words, day, figure, frame
from debtcycle.charts.theme import HOT, INK, MUTED

__all__ = ["OddsData", "OddsMark", "OddsMeasure", "odds_chart"]

_WIDTH = 360
_KINDS = ("now", "other", "base")
_COLOURS = {"now": HOT, "other": MUTED, "base": INK}
_SHAPES = {"now": "circle", "other": "circle", "base": "diamond"}


@dataclass(frozen=True, slots=True)
class OddsMark:
    """A state and the share of its country-years that a crisis followed, in percent.

    Attributes
    ----------
    kind : {"now", "other", "base"}
        The state of the date, another one, or any country-year.
    events, observations : int
        Country-years that a crisis followed, and all in the state.
    """

    state: str
    kind: str
    share_pct: float | None
    low_pct: float | None
    high_pct: float | None
    events: int
    observations: int


@dataclass(frozen=True, slots=True)
class OddsMeasure:
    """A measure with its states, in their order."""

    name: str
    marks: tuple[OddsMark, ...]


@dataclass(frozen=True, slots=True)
class OddsData:
    """The chart's figures.

    Attributes
    ----------
    gap : tuple of Dated
        Credit-to-GDP gap by quarter, in percentage points; may be empty.
    bands : tuple of float
        Thresholds of the gap, in percentage points.
    measures : tuple of OddsMeasure
        Those without any known share are left out by the caller.
    years : int
        Within which a crisis followed.
    level_pct : float
        Of the intervals.
    """

    gap: tuple[Dated, ...]
    bands: tuple[float, ...]
    measures: tuple[OddsMeasure, ...]
    years: int
    level_pct: float


def _gap(data: OddsData, words: Words) -> Spec:
    start, end = data.gap[0].on, data.gap[-1].on
    years = end.year - start.year
    step = 2 if years <= 12 else 5 if years <= 40 else 10
    x: Spec = {
        "field": "t",
        "type": "temporal",
        "scale": {"domain": [day(start), day(end)]},
        "axis": {
            "title": None,
            "format": "%Y",
            "tickCount": {"interval": "year", "step": step},
            "grid": False,
        },
    }
    y: Spec = {
        "field": "v",
        "type": "quantitative",
        "axis": {"title": words("chart.odds.gap"), "tickCount": 6, "grid": False},
    }
    rules = [
        {"v": line, "text": words("chart.odds.threshold", line=f"{line:g}")} for line in data.bands
    ]
    values = [{"t": day(one.on), "v": figure(one.value, 2)} for one in data.gap]
    return {
        "width": _WIDTH,
        "height": 130,
        "layer": [
            {
                "data": {"values": [{"v": 0}]},
                "mark": {"type": "rule", "color": "#a9b3bf"},
                "encoding": {"y": y},
            },
            {
                "data": {"values": rules},
                "mark": {"type": "rule", "strokeDash": [4, 3], "color": HOT},
                "encoding": {"y": y},
            },
            {
                "data": {"values": rules},
                "mark": {"type": "text", "align": "left", "x": _WIDTH + 6, "color": HOT,
                         "fontSize": 11.5},
                "encoding": {"y": y, "text": {"field": "text"}},
            },
            {
                "data": {"values": values},
                "mark": {"type": "line", "color": INK, "strokeWidth": 1.6},
                "encoding": {"x": x, "y": y},
            },
        ],
    }  # fmt: skip


def _rows(measure: OddsMeasure, words: Words) -> list[Spec]:
    found: list[Spec] = []
    for mark in measure.marks:
        share, low, high = (
            figure(value, 1) for value in (mark.share_pct, mark.low_pct, mark.high_pct)
        )
        known = None not in (share, low, high)
        text = words("chart.unknown")
        if share is not None and low is not None and high is not None:
            text = words(
                "chart.odds.share",
                share=f"{share:.0f}",
                low=f"{low:.0f}",
                high=f"{high:.0f}",
                events=mark.events,
                observations=mark.observations,
            )
        found.append(
            {
                "state": mark.state, "group": words(f"chart.odds.{mark.kind}"),
                "kind": mark.kind, "share": share if known else None,
                "low": low if known else None, "high": high if known else None, "text": text,
            }
        )  # fmt: skip
    return found


def _measure(
    measure: OddsMeasure, words: Words, top: float, *, title: str | None, present: Sequence[str]
) -> Spec:
    """One measure: a dot and an interval for each state; the last one has axis and legend."""
    rows = _rows(measure, words)
    known = [row for row in rows if row["share"] is not None]
    last = title is not None
    axis: Spec = {"title": title, "labels": last, "ticks": last, "domain": last,
                  "labelExpr": "datum.value + '%'", "tickCount": 6}  # fmt: skip
    scale = {"domain": [0, top], "nice": False}
    x: Spec = {"field": "share", "type": "quantitative", "scale": scale, "axis": axis}
    y: Spec = {
        "field": "state",
        "type": "nominal",
        "sort": [row["state"] for row in rows],
        "axis": {"title": None, "domain": False, "ticks": False, "labelPadding": 8},
    }
    names = [words(f"chart.odds.{kind}") for kind in present]
    legend: Spec | None = {"title": None, "columns": 1, "symbolOpacity": 1} if last else None
    colour: Spec = {
        "field": "group", "type": "nominal", "legend": legend,
        "scale": {"domain": names, "range": [_COLOURS[kind] for kind in present]},
    }  # fmt: skip
    shape: Spec = {
        "field": "group", "type": "nominal", "legend": legend,
        "scale": {"domain": names, "range": [_SHAPES[kind] for kind in present]},
    }  # fmt: skip
    return {
        "width": _WIDTH,
        "height": {"step": 21},
        "title": {"text": measure.name, "fontSize": 12.5, "offset": 4, "frame": "group"},
        "layer": [
            {
                "data": {"values": known},
                "mark": {"type": "rule", "strokeWidth": 2.5, "opacity": 0.55},
                "encoding": {
                    "x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y,
                    "color": colour,
                },
            },
            {
                "data": {"values": known},
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 85},
                "encoding": {"x": x, "y": y, "color": colour, "shape": shape},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "text", "align": "left", "x": _WIDTH + 6, "fontSize": 11.5},
                "encoding": {
                    "y": y, "text": {"field": "text"}, "color": colour,
                },
            },
        ],
    }  # fmt: skip


def odds_chart(data: OddsData, words: Words, *, sources: str) -> Spec:
    """The gap above; below it the odds after every state, each with its interval."""
    highs = [figure(mark.high_pct) for one in data.measures for mark in one.marks]
    top = 5.0 * math.ceil((max([9.0, *filter(None, highs)]) + 1.0) / 5.0)
    used = {mark.kind for one in data.measures for mark in one.marks}
    present = [kind for kind in _KINDS if kind in used]
    title = words("chart.odds.x", years=data.years, level=f"{data.level_pct:g}")
    parts = [_gap(data, words)] if data.gap else []
    for number, one in enumerate(data.measures, start=1):
        last = number == len(data.measures)
        parts.append(_measure(one, words, top, title=title if last else None, present=present))
    listed = words("list.semicolon").join(
        words("chart.odds.said", measure=one.name, state=row["state"], share=row["text"])
        for one in data.measures
        for row in _rows(one, words)
    )
    # Shared scales would take the legend away with those of the parts that have none.
    apart = {"scale": {"color": "independent", "shape": "independent"}}
    body: Spec = {"vconcat": parts, "spacing": 12, "resolve": apart}
    span = words("chart.odds.gap_now", value=_signed(data.gap[-1].value)) if data.gap else ""
    listed = listed or words("odds.none")
    return frame(words, "odds", sources, body, years=data.years, level=f"{data.level_pct:g}",
                 gap=span, list=listed)  # fmt: skip


def _signed(value: float) -> str:
    return f"{figure(value, 1) or 0.0:+.1f}".replace("-", "−")
