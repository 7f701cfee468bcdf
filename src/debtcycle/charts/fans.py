"""Fans: what lies between the quantiles of many paths, quarter by quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import Spec, Words, figure, frame
from debtcycle.charts.theme import COLD, HOT, SECOND

__all__ = ["FanLine", "FanPanel", "FansData", "fans_chart"]

Values = Sequence[float | None]
_COLUMNS = 2
_COLOURS = (HOT, COLD, SECOND)
_WIDTH, _HEIGHT = 250, 150
# A difference is in the unit of its figure: rates and ratios need hundredths, indices do not.
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class FanLine:
    """One fan: its name and its quantiles by quarter from 0, in the unit of its panel."""

    name: str
    p05: Values
    p25: Values
    p50: Values
    p75: Values
    p95: Values


@dataclass(frozen=True, slots=True)
class FanPanel:
    """Fans of one figure; the title has its unit."""

    title: str
    lines: tuple[FanLine, ...]


@dataclass(frozen=True, slots=True)
class FansData:
    """Panels, each with the same fans; `nought` draws a rule there."""

    panels: tuple[FanPanel, ...]
    nought: bool = False


def _rows(line: FanLine) -> list[Spec]:
    quantiles = zip(line.p05, line.p25, line.p50, line.p75, line.p95, strict=True)
    names = ("p05", "p25", "p50", "p75", "p95")
    found: list[Spec] = []
    for quarter, values in enumerate(quantiles):
        shown = [figure(value, _DECIMALS) for value in values]
        if None not in shown:
            found.append({"t": quarter, "fan": line.name, **dict(zip(names, shown, strict=True))})
    return found


def _panel(panel: FanPanel, words: Words, *, nought: bool) -> Spec:
    names = [line.name for line in panel.lines]
    rows = [row for line in panel.lines for row in _rows(line)]
    x = {
        "field": "t",
        "type": "quantitative",
        "axis": {"title": words("chart.fans.x"), "tickMinStep": 4, "tickCount": 6, "grid": False},
    }
    # Bands are pale; the legend shows the colour of the line.
    legend = {"title": None, "symbolType": "square", "symbolOpacity": 1}
    colour = {
        "field": "fan",
        "type": "nominal",
        "scale": {"domain": names, "range": list(_COLOURS[: len(names)])},
        "legend": legend if len(names) > 1 else None,
    }

    def y(field: str, **more: object) -> Spec:
        scale = {"zero": False, "nice": True}
        return {"field": field, "type": "quantitative", "scale": scale, **more}

    axis = {"axis": {"title": panel.title, "tickCount": 5}}
    bands = [
        {
            "mark": {"type": "area", "opacity": opacity},
            "encoding": {"x": x, "y": y(low, **axis), "y2": {"field": high}, "color": colour},
        }
        for low, high, opacity in (("p05", "p95", 0.13), ("p25", "p75", 0.22))
    ]
    rule = {
        "data": {"values": [{"v": 0}]},
        "mark": {"type": "rule", "color": "#a9b3bf"},
        "encoding": {"y": {"field": "v", "type": "quantitative"}},
    }
    line = {
        "mark": {"type": "line", "strokeWidth": 2.2},
        "encoding": {"x": x, "y": y("p50", **axis), "color": colour},
    }
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "data": {"values": rows},
        "layer": [*([rule] if nought else []), *bands, line],
    }


def _said(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def fans_chart(data: FansData, words: Words, *, name: str, sources: str) -> Spec:
    """Fans in small panels: the median, the middle half and nine tenths of the paths.

    Parameters
    ----------
    name : str
        The texts ``chart.{name}.title`` and ``chart.{name}.description`` belong to it.
    """
    panels = [_panel(panel, words, nought=data.nought) for panel in data.panels]
    listed = "; ".join(
        f"{panel.title}, {line.name}: {_said(figure(line.p50[-1], 2))}"
        for panel in data.panels
        for line in panel.lines
    )
    body: Spec = {"concat": panels, "columns": _COLUMNS, "spacing": {"row": 22, "column": 40}}
    quarters = max((len(line.p50) - 1 for panel in data.panels for line in panel.lines), default=0)
    return frame(words, name, sources, body, quarters=quarters, list=listed)
