"""How likely the end of a rise is within the next quarters, with the interval of the estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import Spec, Words, figure, frame
from debtcycle.charts.theme import COLD, HOT

__all__ = ["HazardData", "HazardLine", "hazard_chart"]

Point = tuple[float | None, float | None, float | None]
_COLOURS = (HOT, COLD)
_SOLID, _DASHED = [1, 0], [5, 4]


@dataclass(frozen=True, slots=True)
class HazardLine:
    """Value, low and high between 0 and 1 by quarter from 0; `without` draws it dashed."""

    name: str
    points: Sequence[Point]
    without: bool = False


@dataclass(frozen=True, slots=True)
class HazardData:
    """Lines, how many quarters ahead they look, and which fall they look for.

    One study has a line with and one without, two have one such pair each, in this order.
    """

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


def _colours(data: HazardData) -> list[str]:
    """Two lines differ by colour; of two pairs each has a colour, and its second line is dashed."""
    if len(data.lines) <= len(_COLOURS):
        return list(_COLOURS[: len(data.lines)])
    return [_COLOURS[place // 2] for place in range(len(data.lines))]


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
    legend = {
        "title": None, "symbolType": "square", "symbolOpacity": 1, "symbolStrokeWidth": 0,
    }  # fmt: skip
    colour = {
        "field": "run",
        "type": "nominal",
        "scale": {"domain": names, "range": _colours(data)},
        "legend": legend if len(names) > 1 else None,
    }
    dashes = {
        "field": "run",
        "type": "nominal",
        "scale": {
            "domain": names,
            "range": [_DASHED if line.without else _SOLID for line in data.lines],
        },
        "legend": None,
    }
    # Of two pairs only the lines with the programme have bands: four would hide each other.
    banded = names if len(names) <= len(_COLOURS) else [
        line.name for line in data.lines if not line.without
    ]  # fmt: skip

    def y(field: str) -> Spec:
        return {"field": field, "type": "quantitative", "axis": axis}

    body: Spec = {
        "width": 560,
        "height": 200,
        "data": {"values": rows},
        "layer": [
            {
                "transform": [{"filter": {"field": "run", "oneOf": banded}}],
                "mark": {"type": "area", "opacity": 0.2},
                "encoding": {"x": x, "y": y("low"), "y2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {"type": "line", "strokeWidth": 2.2},
                "encoding": {"x": x, "y": y("v"), "color": colour, "strokeDash": dashes},
            },
        ],
    }
    listed = _highest(words, names, rows)
    return frame(words, "hazard", sources, body, ahead=data.ahead, fall=data.fall, list=listed)
