"""Parts of the paths in each phase, quarter by quarter, as stacked areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import Spec, Words, figure, frame

__all__ = ["PhasesData", "phases_chart"]

# From calm to the pop: grey, then the map's own colours from cold to hot.
_COLOURS = ("#cfd6de", "#56b4e9", "#f0b429", "#c8500a", "#7a2a55")
_WIDTH, _HEIGHT, _BESIDE = 560, 200, 250


@dataclass(frozen=True, slots=True)
class PhasesData:
    """Parts of the paths.

    Attributes
    ----------
    names : tuple of str
        Phases in the reader's language, five at most.
    shares : tuple of (title, rows)
        For each run a title and, by quarter from 0, the part of each phase between 0 and 1.
    without : tuple of (name, rows)
        A name, and for each run the part that meets the last phase's condition without the
        programme, by quarter: a dashed line, to be held against the lowest area.
    """

    names: tuple[str, ...]
    shares: tuple[tuple[str, Sequence[Sequence[float | None]]], ...]
    without: tuple[str, tuple[Sequence[float | None], ...]]


def _colours(count: int) -> list[str]:
    """Colours of so many phases: the last one has its own, however few are drawn."""
    return [*_COLOURS[: count - 1], _COLOURS[-1]]


def _line(without: Sequence[float | None], name: str) -> Spec:
    """The last phase without the programme, drawn over the areas and named in the legend."""
    rows = [{"t": t, "v": figure(part), "run": name} for t, part in enumerate(without)]
    return {
        "data": {"values": [row for row in rows if row["v"] is not None]},
        "mark": {"type": "line", "strokeDash": [5, 4], "strokeWidth": 2, "color": "#ffffff"},
        "encoding": {
            "x": {"field": "t", "type": "quantitative"},
            "y": {"field": "v", "type": "quantitative"},
            "strokeDash": {
                "field": "run",
                "type": "nominal",
                "scale": {"domain": [name], "range": [[5, 4]]},
                "legend": {"title": None, "symbolStrokeColor": "#20242a", "labelLimit": 300},
            },
        },
    }


def _panel(title: str, shares: Sequence[Sequence[float | None]],
           without: Sequence[float | None], data: PhasesData, words: Words) -> Spec:  # fmt: skip
    rows = [
        {"t": quarter, "phase": name, "place": place, "share": figure(share)}
        for quarter, parts in enumerate(shares)
        for place, (name, share) in enumerate(zip(data.names, parts, strict=True))
    ]
    areas: Spec = {
        "data": {"values": rows},
        "mark": {"type": "area", "interpolate": "linear"},
        "encoding": {
            "x": {
                "field": "t",
                "type": "quantitative",
                "axis": {"title": words("chart.fans.x"), "tickMinStep": 4, "grid": False},
            },
            "y": {
                "field": "share",
                "type": "quantitative",
                "stack": "zero",
                "scale": {"domain": [0, 1]},
                "axis": {"title": words("chart.phases.y"), "format": ".0%", "tickCount": 5},
            },
            # The last phase lies at the bottom, so that its height can be read.
            "order": {"field": "place", "type": "quantitative", "sort": "descending"},
            "color": {
                "field": "phase",
                "type": "nominal",
                "scale": {"domain": list(data.names), "range": _colours(len(data.names))},
                "legend": {"title": None, "columns": 3},
            },
        },
    }
    panel: Spec = {
        "width": _WIDTH if len(data.shares) == 1 else _BESIDE,
        "height": _HEIGHT,
        "layer": [areas, _line(without, data.without[0])],
    }
    return panel if len(data.shares) == 1 else {"title": {"text": title, "fontSize": 13}, **panel}


def phases_chart(data: PhasesData, words: Words, *, sources: str) -> Spec:
    """Stacked areas; two runs stand side by side."""
    runs = list(zip(data.shares, data.without[1], strict=True))
    panels = [_panel(title, shares, without, data, words) for (title, shares), without in runs]
    ends = []
    for (title, shares), without in runs:
        last = [
            f"{name} {share:.0%}"
            for name, share in zip(data.names, shares[-1], strict=True)
            if figure(share) is not None and share is not None
        ]
        end = figure(without[-1])
        last += [] if end is None else [f"{data.without[0]} {end:.0%}"]
        ends.append(f"{title}: {', '.join(last)}")
    quarters = len(data.shares[0][1]) - 1
    body = panels[0] if len(panels) == 1 else {"hconcat": panels, "spacing": 40}
    return frame(words, "phases", sources, body, quarters=quarters, list="; ".join(ends))
