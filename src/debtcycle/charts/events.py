"""What assets did after every start of purchases: a table with colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import Spec, Words, figure, frame
from debtcycle.charts.theme import INK, MUTED, PAPER

__all__ = ["EventData", "EventValue", "events_chart"]

_LIMIT = 40.0  # % at which the colour is at its fullest
_STRONG = 33.0  # beyond it the ground is so dark that the figure is written in white


@dataclass(frozen=True, slots=True)
class EventValue:
    """One cell: return of an asset over some months after an event, %; None where not known."""

    event: str
    asset: str
    months: int
    return_pct: float | None


@dataclass(frozen=True, slots=True)
class EventData:
    """Cells, and the order of events and of assets, by the names that are shown."""

    cells: tuple[EventValue, ...]
    events: tuple[str, ...]
    assets: tuple[str, ...]


def _percent(value: float) -> str:
    """Whole percent with their sign; nought has none."""
    whole = round(value)
    return "0" if whole == 0 else f"{whole:+d}".replace("-", "−")


def _value(cell: EventValue) -> Spec:
    value = figure(cell.return_pct, 2)
    return {
        "event": cell.event,
        "asset": cell.asset,
        "months": cell.months,
        "v": value,
        "text": "·" if value is None else _percent(value),
        "ink": MUTED if value is None else PAPER if abs(value) >= _STRONG else INK,
    }


def _panel(values: Sequence[Spec], asset: str, data: EventData, words: Words, first: bool) -> Spec:
    x: Spec = {
        "field": "months",
        "type": "ordinal",
        "axis": {"title": words("chart.events.x"), "labelAngle": 0, "orient": "bottom"},
    }
    y: Spec = {
        "field": "event",
        "type": "nominal",
        "sort": list(data.events),
        "axis": {
            "title": None,
            "labels": first,
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
        },
    }
    own = [value for value in values if value["asset"] == asset]
    colour: Spec = {
        "field": "v",
        "type": "quantitative",
        "scale": {
            "domain": [-_LIMIT, 0, _LIMIT],
            "range": ["#0072b2", "#f5f6f7", "#d55e00"],
            "clamp": True,
            "interpolate": "rgb",
        },
        "legend": {
            "title": words("chart.events.colour"),
            "gradientLength": 220,
            "labelExpr": "datum.value ? format(datum.value, '+d') : '0'",
        },
    }
    return {
        "title": {"text": asset, "fontSize": 13, "offset": 6, "anchor": "middle", "color": INK},
        "width": {"step": 38},
        "height": {"step": 24},
        "layer": [
            {
                "data": {"values": [value for value in own if value["v"] is not None]},
                "mark": {"type": "rect", "stroke": "#ffffff"},
                "encoding": {"x": x, "y": y, "color": colour},
            },
            *(
                {
                    "data": {"values": [value for value in own if value["ink"] == ink]},
                    "mark": {"type": "text", "fontSize": 11, "color": ink},
                    "encoding": {"x": x, "y": y, "text": {"field": "text"}},
                }
                for ink in (INK, MUTED, PAPER)
            ),
        ],
    }


def events_chart(data: EventData, words: Words, *, sources: str) -> Spec:
    """Returns by event (rows), horizon (columns) and asset (panels); a dot where there is none."""
    values = [_value(cell) for cell in data.cells]
    body: Spec = {
        "hconcat": [
            _panel(values, asset, data, words, number == 0)
            for number, asset in enumerate(data.assets)
        ],
        "spacing": 10,
        "resolve": {"scale": {"color": "shared"}},
    }
    return frame(words, "events", sources, body, assets=", ".join(data.assets))
