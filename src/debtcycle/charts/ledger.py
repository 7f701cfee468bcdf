"""The ledger of relative attractiveness: what each asset pays, and what its price must do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import Spec, Words, figure, frame
from debtcycle.charts.theme import COLD, HOT, INK

__all__ = ["LedgerRow", "ledger_chart"]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One asset: its running yield and the price growth at which it matches the bond, % a year."""

    name: str
    running_yield_pct: float | None
    needed_growth_pct: float | None


def ledger_chart(rows: Sequence[LedgerRow], words: Words, *, sources: str) -> Spec:
    """Two bars an asset; together they make the bond's yield."""
    measures = (words("chart.ledger.yield"), words("chart.ledger.needed"))
    values: list[Spec] = [
        {
            "name": row.name,
            "measure": measure,
            "v": figure(value),
            "text": f"{value:.1f}".replace("-", "−"),
        }
        for row in rows
        for measure, value in zip(
            measures, (figure(row.running_yield_pct), figure(row.needed_growth_pct)), strict=True
        )
        if value is not None
    ]
    y: Spec = {
        "field": "name",
        "type": "nominal",
        "sort": [row.name for row in rows],
        "axis": {"title": None, "domain": False, "ticks": False, "labelPadding": 8},
    }
    x: Spec = {
        "field": "v",
        "type": "quantitative",
        "axis": {"title": words("chart.ledger.x"), "tickCount": 6},
    }
    offset: Spec = {"field": "measure", "type": "nominal", "sort": list(measures)}
    colour: Spec = {
        "field": "measure",
        "type": "nominal",
        "scale": {"domain": list(measures), "range": [COLD, HOT]},
        "legend": {"title": None, "symbolType": "square", "columns": 1},
    }
    labels = [
        {
            "data": {"values": [value for value in values if (value["v"] < 0) is negative]},
            "mark": {
                "type": "text",
                "align": "right" if negative else "left",
                "dx": -4 if negative else 4,
                "color": INK,
                "fontSize": 11,
            },
            "encoding": {"x": x, "y": y, "yOffset": offset, "text": {"field": "text"}},
        }
        for negative in (False, True)
    ]
    body: Spec = {
        "width": 420,
        "height": {"step": 17, "for": "offset"},
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "bar"},
                "encoding": {"x": x, "y": y, "yOffset": offset, "color": colour},
            },
            *labels,
        ],
    }
    listed = "; ".join(f"{v['name']}, {v['measure']}: {v['text']} %" for v in values)
    return frame(words, "ledger", sources, body, list=listed)
