"""The path of debt by arithmetic, as things stand and with a change of policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.charts.spec import Spec, Words, figure, frame
from debtcycle.charts.theme import COLD, HOT

__all__ = ["DebtData", "DebtPoint", "debt_chart"]


@dataclass(frozen=True, slots=True)
class DebtPoint:
    """One year, counted from 0 at the date; debt in % of GDP and of the government's revenue."""

    year: int
    pct_of_gdp: float
    pct_of_revenue: float


@dataclass(frozen=True, slots=True)
class DebtData:
    """Both paths."""

    as_is: tuple[DebtPoint, ...]
    changed: tuple[DebtPoint, ...]


def _panel(rows: Sequence[Spec], field: str, words: Words, names: tuple[str, str]) -> Spec:
    encoding: Spec = {
        "x": {
            "field": "year",
            "type": "quantitative",
            "axis": {"title": words("chart.debt.x"), "tickMinStep": 1, "grid": False},
        },
        "y": {
            "field": field,
            "type": "quantitative",
            "scale": {"zero": False, "nice": True},
            "axis": {"title": words(f"chart.debt.{field}"), "tickCount": 5},
        },
        "color": {
            "field": "path",
            "type": "nominal",
            "scale": {"domain": list(names), "range": [HOT, COLD]},
            "legend": {"title": None, "symbolType": "stroke", "columns": 1},
        },
        "strokeDash": {
            "field": "path",
            "type": "nominal",
            "scale": {"domain": list(names), "range": [[1, 0], [6, 4]]},
            "legend": {"title": None},
        },
    }
    last = max((row["year"] for row in rows), default=0)
    ends = [{**row, "text": f"{row[field]:.0f}"} for row in rows if row["year"] == last]
    label = {key: value for key, value in encoding.items() if key in ("x", "y", "color")}
    return {
        "width": 250,
        "height": 190,
        "layer": [
            {
                "data": {"values": list(rows)},
                "mark": {"type": "line", "strokeWidth": 2.4},
                "encoding": encoding,
            },
            {
                "data": {"values": ends},
                "mark": {"type": "text", "align": "left", "dx": 5, "fontWeight": "bold"},
                "encoding": {**label, "text": {"field": "text"}},
            },
        ],
    }


def debt_chart(data: DebtData, words: Words, *, sources: str) -> Spec:
    """Debt in % of GDP at the left, in % of revenue at the right, each with both paths."""
    names = (words("chart.debt.as_is"), words("chart.debt.changed"))
    rows: list[Spec] = [
        {
            "year": point.year,
            "path": name,
            "gdp": figure(point.pct_of_gdp, 2),
            "revenue": figure(point.pct_of_revenue, 2),
        }
        for name, path in zip(names, (data.as_is, data.changed), strict=True)
        for point in path
    ]
    body: Spec = {
        "hconcat": [_panel(rows, field, words, names) for field in ("gdp", "revenue")],
        "spacing": 46,
    }
    years = max((point.year for point in data.as_is), default=0)
    ends = [row for row in rows if row["year"] == years]
    listed = "; ".join(
        f"{row['path']}: {words('chart.debt.gdp')} {row['gdp']:.0f}, "
        f"{words('chart.debt.revenue')} {row['revenue']:.0f}"
        for row in ends
    )
    return frame(words, "debt", sources, body, years=years, list=listed)
