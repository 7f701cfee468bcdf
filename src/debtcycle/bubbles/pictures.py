"""A test, of a series or of a panel, as a Vega-Lite picture and as a pandas frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from debtcycle.bubbles.critical import LEVELS, CriticalValues, Definition
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from debtcycle.bubbles.critical import Values
    from debtcycle.bubbles.dating import Episode
    from debtcycle.bubbles.panel import PanelSupADF
    from debtcycle.bubbles.supadf import SupADF

__all__ = ["frame", "panel_frame", "panel_picture", "picture"]

_VEGA_LITE = "https://vega.github.io/schema/vega-lite/v5.json"
_SHADES = {"upward": "#d95f0e", "collapse": "#2b6cb0"}


def _labels(test: SupADF | PanelSupADF) -> list[Any]:
    return list(range(1, test.n + 1)) if test.dates is None else list(test.dates)


def _framed(test: SupADF | PanelSupADF, columns: dict[str, Any]) -> pd.DataFrame:
    """Columns by date, or by the number of the observation.

    Raises
    ------
    ConfigError
        ``bubbles.pandas``.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ConfigError("bubbles.pandas") from error
    name = "observation" if test.dates is None else "date"
    return pd.DataFrame(columns, index=pd.Index(_labels(test), name=name))


def frame(test: SupADF, critical: CriticalValues | None, definition: Definition) -> pd.DataFrame:
    """Series, statistics and flags by date; one column ``critical_LEVEL`` for each level.

    Raises
    ------
    ConfigError
        ``bubbles.pandas``.
    """
    columns: dict[str, Any] = {
        test.series.name or "series": test.series.values,
        "badf": test.badf,
        "bsadf": test.bsadf,
        "flag": test.flags,
    }
    if test.lags is not None:
        columns["lags"] = test.lags
    if critical is not None:
        for level in LEVELS:
            columns[f"critical_{level}"] = test.sequence(
                critical, level=level, definition=definition
            )
    return _framed(test, columns)


def panel_frame(test: PanelSupADF, critical: CriticalValues | None) -> pd.DataFrame:
    """BSADF of the panel as ``bsadf``, that of each series as ``bsadf_NAME``; critical values.

    Raises
    ------
    ConfigError
        ``bubbles.pandas``.
    """
    columns: dict[str, Any] = {"bsadf": test.bsadf}
    for one in test.members:
        columns[f"bsadf_{one.series.name}"] = one.bsadf
    if critical is not None:
        for level in LEVELS:
            columns[f"critical_{level}"] = test.sequence(critical, level=level)
    return _framed(test, columns)


def _scale(test: SupADF | PanelSupADF) -> tuple[str, dict[str, Any]]:
    """Kind of the horizontal axis."""
    if test.dates is None:
        return "quantitative", {"nice": False, "zero": False}
    if "Q" in test.dates[0].upper():
        return "ordinal", {}
    return "temporal", {}


def _shading(labels: list[Any], episodes: Sequence[Episode], x: dict[str, Any]) -> dict[str, Any]:
    """A band for each episode, in the colour of its direction."""
    bands = [
        {"x": labels[one.start], "x2": labels[one.end], "direction": one.direction}
        for one in episodes
    ]
    scale = {"domain": list(_SHADES), "range": list(_SHADES.values())}
    colour = {"field": "direction", "type": "nominal", "title": None, "scale": scale}
    return {
        "data": {"values": bands},
        "mark": {"type": "rect", "opacity": 0.25},
        "encoding": {"x": x, "x2": {"field": "x2"}, "color": colour},
    }


def _curve(
    values: list[dict[str, Any]], title: str, x: dict[str, Any], **encoding: Any
) -> dict[str, Any]:
    """Lines over time."""
    y = {"field": "y", "type": "quantitative", "title": title, "scale": {"zero": False}}
    return {
        "data": {"values": values},
        "mark": {"type": "line", "color": "#333", "strokeWidth": 1},
        "encoding": {"x": x, "y": y, **encoding},
    }


def _points(labels: list[Any], curves: dict[str, Values]) -> list[dict[str, Any]]:
    """Points of several lines; those that are no numbers are left out."""
    return [
        {"x": label, "y": value, "line": line}
        for line, curve in curves.items()
        for label, value in zip(labels, curve.tolist(), strict=True)
        if math.isfinite(value)
    ]


def _lines(order: Sequence[str]) -> dict[str, Any]:
    """How lines are told apart."""
    return {"field": "line", "type": "nominal", "title": None, "sort": list(order)}


def _drawn(
    test: SupADF | PanelSupADF,
    title: str,
    above: tuple[str, dict[str, Values]],
    below: tuple[str, dict[str, Values]],
    episodes: Sequence[Episode],
) -> dict[str, Any]:
    """Two panels over the same dates, episodes shaded in both."""
    kind, scale = _scale(test)
    labels = _labels(test)
    x = {"field": "x", "type": kind, "title": None, "scale": scale}
    shading = _shading(labels, episodes, x)
    size = {"width": 640, "height": 180}
    parts = []
    for name, curves in (above, below):
        told = {"detail" if name == above[0] else "strokeDash": _lines(list(curves))}
        parts.append(_curve(_points(labels, curves), name, x, **told))
    return {
        "$schema": _VEGA_LITE,
        "title": title,
        "vconcat": [{**size, "layer": [shading, part]} for part in parts],
        "resolve": {"scale": {"x": "shared"}},
    }


def picture(
    test: SupADF,
    critical: CriticalValues,
    level: int,
    definition: Definition,
    min_duration: int | None,
) -> dict[str, Any]:
    """The series above, the statistic and its critical sequence below, episodes shaded in both."""
    title = test.series.name or ""
    bound = test.sequence(critical, level=level, definition=definition)
    name, statistic = ("BADF", test.badf) if definition == "badf" else ("BSADF", test.bsadf)
    found = test.episodes(critical, level=level, definition=definition, min_duration=min_duration)
    above = (title or "y", {title or "y": test.series.values})
    return _drawn(test, title, above, (name, {name: statistic, f"{level} %": bound}), found)


def panel_picture(
    test: PanelSupADF, critical: CriticalValues, level: int, min_duration: int | None
) -> dict[str, Any]:
    """The series above, each in standard deviations of its differences from its first value."""
    bound = test.sequence(critical, level=level)
    found = test.episodes(critical, level=level, min_duration=min_duration)
    scaled = test.scaled - test.scaled[:, :1]
    names = [one.series.name or "-" for one in test.members]
    above = ("y", dict(zip(names, scaled, strict=True)))
    return _drawn(test, "", above, ("BSADF", {"BSADF": test.bsadf, f"{level} %": bound}), found)
