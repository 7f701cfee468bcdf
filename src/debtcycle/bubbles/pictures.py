"""A test as a Vega-Lite picture and as a pandas frame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from debtcycle.bubbles.critical import LEVELS, CriticalValues, Definition
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

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


def picture(
    test: SupADF,
    critical: CriticalValues,
    level: int,
    definition: Definition,
    min_duration: int | None,
) -> dict[str, Any]:
    """The series above, the statistic and its critical sequence below, episodes shaded in both."""
    kind, scale = _scale(test)
    labels = _labels(test)
    bound = test.sequence(critical, level=level, definition=definition)
    statistic = test.badf if definition == "badf" else test.bsadf
    name = "BADF" if definition == "badf" else "BSADF"
    values = [
        {"x": label, "y": float(y)}
        for label, y in zip(labels, test.series.values.tolist(), strict=True)
    ]
    lines = [
        {"x": label, "y": value, "line": line}
        for line, sequence in ((name, statistic), (f"{level} %", bound))
        for label, value in zip(labels, sequence.tolist(), strict=True)
        if math.isfinite(value)
    ]
    found = test.episodes(critical, level=level, definition=definition, min_duration=min_duration)
    bands = [
        {"x": labels[one.start], "x2": labels[one.end], "direction": one.direction} for one in found
    ]
    x = {"field": "x", "type": kind, "title": None, "scale": scale}
    shading = {
        "data": {"values": bands},
        "mark": {"type": "rect", "opacity": 0.25},
        "encoding": {
            "x": x,
            "x2": {"field": "x2"},
            "color": {
                "field": "direction",
                "type": "nominal",
                "title": None,
                "scale": {"domain": list(_SHADES), "range": list(_SHADES.values())},
            },
        },
    }
    above = {
        "data": {"values": values},
        "mark": {"type": "line", "color": "#333", "strokeWidth": 1},
        "encoding": {
            "x": x,
            "y": {"field": "y", "type": "quantitative", "title": test.series.name or "y",
                  "scale": {"zero": False}},
        },
    }  # fmt: skip
    below = {
        "data": {"values": lines},
        "mark": {"type": "line", "color": "#333", "strokeWidth": 1},
        "encoding": {
            "x": x,
            "y": {"field": "y", "type": "quantitative", "title": name},
            "strokeDash": {"field": "line", "type": "nominal", "title": None,
                           "sort": [name, f"{level} %"]},
        },
    }  # fmt: skip
    size = {"width": 640, "height": 180}
    return {
        "$schema": _VEGA_LITE,
        "title": test.series.name or "",
        "vconcat": [{**size, "layer": [shading, above]}, {**size, "layer": [shading, below]}],
    }
