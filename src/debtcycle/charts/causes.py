"""What moved prices: parts of a change by channel, stacked from nought both ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import Spec, Words, figure, frame, signed
from debtcycle.charts.theme import COLD, HOT, INK, MUTED, SECOND, THIRD

__all__ = ["CausePanel", "CausesData", "causes_chart"]

_TICKS = 5
_COLOURS = (COLD, SECOND, "#e3a21a", THIRD, HOT)


@dataclass(frozen=True, slots=True)
class CausePanel:
    """One asset: for each quarter the parts, in the order of the channels, and their sum."""

    title: str
    parts: tuple[Sequence[float | None], ...]
    change: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class CausesData:
    """Channels in the reader's language (five at most), quarters as they are written, assets."""

    channels: tuple[str, ...]
    quarters: tuple[str, ...]
    panels: tuple[CausePanel, ...]


def _bars(panel: CausePanel, data: CausesData, x: Spec, y: Spec) -> Spec:
    rows = [
        {"q": quarter, "channel": name, "place": place, "v": figure(part, 2)}
        for quarter, parts in zip(data.quarters, panel.parts, strict=True)
        for place, (name, part) in enumerate(zip(data.channels, parts, strict=True))
    ]
    colours = list(_COLOURS[: len(data.channels)])
    return {
        "data": {"values": rows},
        "mark": {"type": "bar", "size": 26},
        "encoding": {
            "x": x,
            "y": {**y, "stack": "zero"},
            "order": {"field": "place", "type": "quantitative"},
            "color": {
                "field": "channel",
                "type": "nominal",
                "scale": {"domain": list(data.channels), "range": colours},
                "legend": {"title": None, "columns": 3},
            },
        },
    }


def _wholes(panel: CausePanel, data: CausesData, x: Spec, y: Spec) -> Spec:
    rows = [
        {"q": quarter, "v": figure(change, 2)}
        for quarter, change in zip(data.quarters, panel.change, strict=True)
    ]
    mark = {
        "type": "point", "shape": "diamond", "filled": True, "size": 70, "color": INK,
        "stroke": "#ffffff", "strokeWidth": 1, "opacity": 1,
    }  # fmt: skip
    return {"data": {"values": rows}, "mark": mark, "encoding": {"x": x, "y": y}}


def _panel(panel: CausePanel, data: CausesData, words: Words) -> Spec:
    x: Spec = {
        "field": "q",
        "type": "nominal",
        "sort": list(data.quarters),
        # A label of two words stands on two lines: on one it would meet its neighbour.
        "axis": {"title": None, "labelAngle": 0, "domain": False, "ticks": False,
                 "labelExpr": "split(datum.label, ' ')"},
    }  # fmt: skip
    y: Spec = {
        "field": "v",
        "type": "quantitative",
        "axis": {"title": words("chart.causes.y"), "tickCount": _TICKS},
        # Every panel ends at a line of its grid, so that the titles stand at one height.
        "scale": {"nice": _TICKS},
    }
    nought = {
        "data": {"values": [{"v": 0}]},
        "mark": {"type": "rule", "color": MUTED},
        "encoding": {"y": {"field": "v", "type": "quantitative"}},
    }
    return {
        "width": {"step": 46},
        "height": 210,
        "title": {"text": panel.title, "fontSize": 13},
        "layer": [_bars(panel, data, x, y), nought, _wholes(panel, data, x, y)],
    }


def causes_chart(data: CausesData, words: Words, *, sources: str) -> Spec:
    """Bars by quarter, one panel an asset; the diamond is the whole."""
    listed = "; ".join(
        f"{panel.title}: "
        + ", ".join(
            f"{quarter} {signed(change, 1)}"
            for quarter, change in zip(data.quarters, panel.change, strict=True)
        )
        for panel in data.panels
    )
    body: Spec = {
        "hconcat": [_panel(panel, data, words) for panel in data.panels],
        "spacing": 24,
    }
    return frame(words, "causes", sources, body, list=listed)
