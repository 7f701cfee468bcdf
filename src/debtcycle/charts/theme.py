"""The house theme: colours that colour-blind readers can tell apart, fonts, sizes.

The hues are those of Okabe and Ito (2008). Charts stand on white, also on a dark page, so that
one picture serves screen, paper and a copied file.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AXIS_COLOURS",
    "COLD",
    "CONFIG",
    "FONT",
    "FONT_CJK",
    "GRID",
    "HOT",
    "INK",
    "MUTED",
    "PAPER",
    "SECOND",
    "THIRD",
    "VERDICT_COLOURS",
]

FONT = (
    '"Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", '
    '"Helvetica Neue", Arial, sans-serif'
)
# For Chinese charts: measuring texts is twice as fast where the first face has their characters,
# and the renderer of bitmaps takes a whole text from the first face that it can.
FONT_CJK = '"Noto Sans CJK SC", ' + FONT
INK = "#1f2933"
MUTED = "#5f6b7a"
GRID = "#e3e7ec"
PAPER = "#ffffff"
HOT = "#c8500a"  # vermilion, a shade darker than the palette's so that text in it can be read
COLD = "#0067a3"
SECOND = "#00805f"
THIRD = "#9a5b86"

AXIS_COLOURS = {
    "valuation": "#c8500a",
    "growth": "#00805f",
    "inflation": "#9a5b86",
    "credit": "#0067a3",
}
VERDICT_COLOURS = {
    "into_bubble": "#d55e00",
    "into_strength": "#f0b429",
    "mixed": "#b7a3d0",
    "into_depression": "#0072b2",
    "no_stimulus": "#aeb8c4",
    "unknown": "#e9ecf0",
}

_AXIS = {
    "labelColor": INK,
    "labelFontSize": 12,
    "titleColor": MUTED,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
    "titlePadding": 8,
    "gridColor": GRID,
    "domainColor": "#9aa5b1",
    "tickColor": "#9aa5b1",
    "labelLimit": 340,
    "titleLimit": 640,
}

CONFIG: dict[str, Any] = {
    "aria": False,  # the picture has one title and one description, written when it is rendered
    "background": PAPER,
    "font": FONT,
    "padding": 6,
    "view": {"stroke": None},
    "axis": _AXIS,
    "legend": {
        "labelColor": INK,
        "labelFontSize": 12,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 460,
        "titleLimit": 460,
        "orient": "bottom",
        "symbolStrokeWidth": 1.5,
    },
    "header": {"labelColor": INK, "labelFontSize": 13, "titleColor": MUTED, "titleFontSize": 12},
    "title": {
        "color": INK,
        "fontSize": 15,
        "subtitleColor": MUTED,
        "subtitleFontSize": 12,
        "anchor": "start",
        "offset": 12,
    },
    "text": {"color": INK, "fontSize": 12},
}
