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
    """

    names: tuple[str, ...]
    shares: tuple[tuple[str, Sequence[Sequence[float | None]]], ...]


def _panel(title: str, shares: Sequence[Sequence[float | None]], data: PhasesData,
           words: Words) -> Spec:  # fmt: skip
    rows = [
        {"t": quarter, "phase": name, "place": place, "share": figure(share)}
        for quarter, parts in enumerate(shares)
        for place, (name, share) in enumerate(zip(data.names, parts, strict=True))
    ]
    panel: Spec = {
        "width": _WIDTH if len(data.shares) == 1 else _BESIDE,
        "height": _HEIGHT,
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
            "order": {"field": "place", "type": "quantitative"},
            "color": {
                "field": "phase",
                "type": "nominal",
                "scale": {"domain": list(data.names), "range": list(_COLOURS[: len(data.names)])},
                "legend": {"title": None, "columns": 3},
            },
        },
    }
    return panel if len(data.shares) == 1 else {"title": {"text": title, "fontSize": 13}, **panel}


def phases_chart(data: PhasesData, words: Words, *, sources: str) -> Spec:
    """Stacked areas; two runs stand side by side."""
    panels = [_panel(title, shares, data, words) for title, shares in data.shares]
    ends = []
    for title, shares in data.shares:
        last = [
            f"{name} {share:.0%}"
            for name, share in zip(data.names, shares[-1], strict=True)
            if figure(share) is not None and share is not None
        ]
        ends.append(f"{title}: {', '.join(last)}")
    quarters = len(data.shares[0][1]) - 1
    body = panels[0] if len(panels) == 1 else {"hconcat": panels, "spacing": 40}
    return frame(words, "phases", sources, body, quarters=quarters, list="; ".join(ends))
