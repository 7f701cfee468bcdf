"""A test as a Vega-Lite picture and as a pandas frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from debtcycle.bubbles.critical import LEVELS, CriticalValues, Definition
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from debtcycle.bubbles.dating import Episode
    from debtcycle.bubbles.supadf import SupADF

__all__ = ["frame", "picture"]

_VEGA_LITE = "https://vega.github.io/schema/vega-lite/v5.json"
_SHADES = {"upward": "#d95f0e", "collapse": "#2b6cb0"}


def _labels(test: SupADF) -> list[Any]:
    dates = test.series.dates
    return list(range(1, test.n + 1)) if dates is None else list(dates)


def frame(test: SupADF, critical: CriticalValues | None, definition: Definition) -> pd.DataFrame:
    """Series, statistics and flags by date; one column ``critical_LEVEL`` for each level.

    Raises
    ------
    ConfigError
        ``bubbles.pandas``.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ConfigError("bubbles.pandas") from error
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
    name = "observation" if test.series.dates is None else "date"
    return pd.DataFrame(columns, index=pd.Index(_labels(test), name=name))


def _scale(test: SupADF) -> tuple[str, dict[str, Any]]:
    """Kind of the horizontal axis."""
    if test.series.dates is None:
        return "quantitative", {"nice": False, "zero": False}
    if "Q" in test.series.dates[0].upper():
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


def picture(
    test: SupADF,
    critical: CriticalValues,
    level: int,
    definition: Definition,
    min_duration: int | None,
) -> dict[str, Any]:
    """The series above, the statistic and its critical sequence below, episodes shaded in both."""
    kind, scale = _scale(test)
    labels, title = _labels(test), test.series.name or ""
    x = {"field": "x", "type": kind, "title": None, "scale": scale}
    bound = test.sequence(critical, level=level, definition=definition)
    name, statistic = ("BADF", test.badf) if definition == "badf" else ("BSADF", test.bsadf)
    series = [
        {"x": label, "y": y} for label, y in zip(labels, test.series.values.tolist(), strict=True)
    ]
    lines = [
        {"x": label, "y": value, "line": line}
        for line, sequence in ((name, statistic), (f"{level} %", bound))
        for label, value in zip(labels, sequence.tolist(), strict=True)
        if math.isfinite(value)
    ]
    found = test.episodes(critical, level=level, definition=definition, min_duration=min_duration)
    shading = _shading(labels, found, x)
    order = [name, f"{level} %"]
    dash = {"field": "line", "type": "nominal", "title": None, "sort": order}
    size = {"width": 640, "height": 180}
    parts = (_curve(series, title or "y", x), _curve(lines, name, x, strokeDash=dash))
    return {
        "$schema": _VEGA_LITE,
        "title": title,
        "vconcat": [{**size, "layer": [shading, part]} for part in parts],
        "resolve": {"scale": {"x": "shared"}},
    }
