"""Explosive prices: the statistic, the line it is held against, and the episodes above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from debtcycle.charts.spec import Spec, Words, day, figure, frame
from debtcycle.charts.theme import COLD, HOT, INK, MUTED

__all__ = ["Episode", "ExplosiveData", "ExplosivePanel", "ExplosiveRow", "explosive_chart"]

_WIDTH, _HEIGHT = 272, 92
_DECIMALS = 2
_SHORT_RUN = 2  # so many periods to a point of the panel are drawn one by one
_EDGE = 24


@dataclass(frozen=True, slots=True)
class Episode:
    """First and last period of a run above the line, and whether the series rose in it."""

    first: date
    last: date
    upward: bool


@dataclass(frozen=True, slots=True)
class ExplosivePanel:
    """One test: its title, and by period the statistic (None where there is none) and its line.

    `own` is the line of the series' own short swings, which belongs to the last period.
    """

    title: str
    periods: Sequence[date]
    statistic: Sequence[float | None]
    line: Sequence[float]
    episodes: tuple[Episode, ...]
    own: float | None = None


@dataclass(frozen=True, slots=True)
class ExplosiveRow:
    """A ratio itself, and beside it the residual from its fundamental if there is one."""

    price: ExplosivePanel
    residual: ExplosivePanel | None = None


@dataclass(frozen=True, slots=True)
class ExplosiveData:
    """The ratios from top to bottom, and the level of the line in percent."""

    rows: tuple[ExplosiveRow, ...]
    level_pct: int


def _time(row: ExplosiveRow) -> Spec:
    """The same span for both tests of a row."""
    start, end = row.price.periods[0], row.price.periods[-1]
    years = end.year - start.year
    step = 2 if years <= 12 else 5 if years <= 30 else 10 if years <= 70 else 20
    return {
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


def _colour(field: str, names: Sequence[str], colours: Sequence[str], legend: Spec | None) -> Spec:
    scale = {"domain": list(names), "range": list(colours)}
    return {"field": field, "type": "nominal", "scale": scale, "legend": legend}


def _seen(values: Sequence[float | None]) -> list[int]:
    """Places that the eye can tell apart.

    The lowest and the highest of each of as many runs as the panel has points across, the first
    and the last, and those without a value; all places of a short sequence.
    """
    run = -(-len(values) // _WIDTH)
    if run <= _SHORT_RUN:
        return list(range(len(values)))
    kept = {0, len(values) - 1}
    for start in range(0, len(values), run):
        places = range(start, min(start + run, len(values)))
        known = [(value, place) for place in places if (value := values[place]) is not None]
        kept |= {min(known)[1], max(known)[1]} if known else set()
        kept |= {place for place in places if values[place] is None}
    return sorted(kept)


def _values(panel: ExplosivePanel, names: Sequence[str]) -> list[Spec]:
    """Points of the statistic and of its line, which is smooth: one in two dozen is enough."""
    whole = len(panel.periods)
    smooth = sorted({*range(min(whole, _EDGE)), *range(0, whole, _EDGE), whole - 1})
    ends = () if panel.own is None else (panel.periods[0], panel.periods[-1])
    own = [{"t": day(on), "v": figure(panel.own, _DECIMALS), "line": names[2]} for on in ends]
    return own + [
        {"t": day(panel.periods[n]), "v": figure(sequence[n], _DECIMALS), "line": name}
        for name, sequence, places in zip(
            names[:2], (panel.statistic, panel.line), (_seen(panel.statistic), smooth), strict=True
        )
        for n in places
    ]


def _panel(panel: ExplosivePanel, row: ExplosiveRow, words: Words, level: int, *,
           legend: bool) -> Spec:  # fmt: skip
    """One small multiple; `legend` puts the legends of all below it."""
    first = panel is row.price
    x, names = _time(row), (words("chart.explosive.statistic"), words("chart.explosive.line",
                             level=level), words("chart.explosive.own", level=level))  # fmt: skip
    kinds = (words("chart.explosive.upward"), words("chart.explosive.collapse"))
    bands = [
        {"t": day(one.first), "t2": day(one.last), "kind": kinds[not one.upward]}
        for one in panel.episodes
    ]
    values = _values(panel, names)
    y: Spec = {
        "field": "v",
        "type": "quantitative",
        # Every panel ends at a line of its grid, so that the titles of a row stand at one height.
        "scale": {"zero": False, "nice": 4},
        "axis": {
            "title": words("chart.explosive.y") if first else None,
            "tickCount": 4,
            "minExtent": 24,
        },
    }
    line_legend: Spec = {
        "title": None,
        "symbolType": "stroke",
        "symbolStrokeWidth": 2,
        "columns": 1,
    }
    band_legend: Spec = {"title": None, "symbolType": "square", "symbolOpacity": 0.35, "columns": 1}
    dash: Spec = {
        "field": "line",
        "type": "nominal",
        "scale": {"domain": list(names), "range": [[1, 0], [4, 3], [1, 2]]},
        "legend": line_legend if legend else None,
    }
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "title": {
            "text": panel.title,
            "fontSize": 12.5,
            "fontWeight": "bold" if first else "normal",
            "offset": 6,
        },
        "layer": [
            {
                "data": {"values": bands},
                "mark": {"type": "rect", "opacity": 0.3},
                "encoding": {
                    "x": x,
                    "x2": {"field": "t2"},
                    "color": _colour("kind", kinds, (HOT, COLD), band_legend if legend else None),
                },
            },
            {
                "data": {"values": values},
                "mark": {"type": "line", "strokeWidth": 1.1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": _colour(
                        "line", names, (INK, MUTED, MUTED), line_legend if legend else None
                    ),
                    "strokeDash": dash,
                },
            },
        ],
        "resolve": {"scale": {"color": "independent", "strokeDash": "independent"}},
    }


def _said(row: ExplosiveRow, words: Words) -> list[str]:
    """The last statistic of every test beside its line."""
    found = []
    for panel in filter(None, (row.price, row.residual)):
        value = figure(panel.statistic[-1], _DECIMALS)
        shown = "–" if value is None else f"{value:.2f}".replace("-", "−")
        name = panel.title
        if panel is not row.price:
            name = words("chart.explosive.of", name=row.price.title, tested=panel.title)
        line = f"{panel.line[-1]:.2f}".replace("-", "−")
        if panel.own is None:
            found.append(words("chart.explosive.said", name=name, value=shown, line=line))
        else:
            own = f"{panel.own:.2f}".replace("-", "−")
            found.append(
                words("chart.explosive.said_own", name=name, value=shown, line=line, own=own)
            )
    return found


def explosive_chart(data: ExplosiveData, words: Words, *, sources: str) -> Spec:
    """Small multiples, a row for each ratio: itself at the left, its residual at the right."""
    rows: list[Spec] = []
    for number, row in enumerate(data.rows, start=1):
        last = number == len(data.rows)
        panels = [_panel(row.price, row, words, data.level_pct, legend=last)]
        if row.residual is not None:
            panels.append(_panel(row.residual, row, words, data.level_pct, legend=False))
        rows.append({"hconcat": panels, "spacing": 26})
    listed = words("list.semicolon").join(said for row in data.rows for said in _said(row, words))
    body: Spec = {"vconcat": rows, "spacing": 14}
    return frame(words, "explosive", sources, body, level=data.level_pct, list=listed)
