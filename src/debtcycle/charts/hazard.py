"""How likely the end of a rise is within the next quarters, with the interval of the estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import Spec, Words, figure, frame
from debtcycle.charts.theme import COLD, HOT

__all__ = ["HazardData", "HazardLine", "hazard_chart"]

Point = tuple[float | None, float | None, float | None]
_COLOURS = (HOT, COLD)


@dataclass(frozen=True, slots=True)
class HazardLine:
    """Value, low and high between 0 and 1 by quarter from 0."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class HazardData:
    """One line or two, how many quarters ahead they look, and which fall they look for."""

    lines: tuple[HazardLine, ...]
    ahead: int
    fall: str


def _rows(data: HazardData) -> list[Spec]:
    """A row for each quarter of each line in which something is known."""
    rows: list[Spec] = []
    for line in data.lines:
        for quarter, point in enumerate(line.points):
            value, low, high = (figure(part) for part in point)
            if value is not None and low is not None and high is not None:
                rows.append({"t": quarter, "run": line.name, "v": value, "low": low, "high": high})
    return rows


def _highest(words: Words, names: Sequence[str], rows: Sequence[Spec]) -> str:
    """The highest point of each line, for a reader who does not see the picture."""
    found = []
    for name in names:
        mine = [row for row in rows if row["run"] == name]
        if mine:
            most = max(mine, key=lambda row: (row["v"], -row["t"]))
            share = f"{most['v']:.0%}"
            found.append(words("chart.hazard.most", name=name, quarter=most["t"], share=share))
    return "; ".join(found) or words("unknown")


def hazard_chart(data: HazardData, words: Words, *, sources: str) -> Spec:
    """Lines with their intervals as bands; quarters without paths are left out."""
    names = [line.name for line in data.lines]
    rows = _rows(data)
    x = {
        "field": "t",
        "type": "quantitative",
        "axis": {"title": words("chart.fans.x"), "tickMinStep": 4, "grid": False},
    }
    axis = {"title": words("chart.hazard.y", ahead=data.ahead), "format": ".0%", "tickCount": 5}
    # The band is pale; the legend shows the colour of the line.
    legend = {"title": None, "symbolType": "square", "symbolOpacity": 1}
    colour = {
        "field": "run",
        "type": "nominal",
        "scale": {"domain": names, "range": list(_COLOURS[: len(names)])},
        "legend": legend if len(names) > 1 else None,
    }

    def y(field: str) -> Spec:
        return {"field": field, "type": "quantitative", "axis": axis}

    body: Spec = {
        "width": 560,
        "height": 200,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "area", "opacity": 0.2},
                "encoding": {"x": x, "y": y("low"), "y2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {"type": "line", "strokeWidth": 2.2},
                "encoding": {"x": x, "y": y("v"), "color": colour},
            },
        ],
    }
    listed = _highest(words, names, rows)
    return frame(words, "hazard", sources, body, ahead=data.ahead, fall=data.fall, list=listed)
