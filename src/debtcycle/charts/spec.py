"""Parts that all charts share: the frame of a spec, rounding, dates, captions."""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from textwrap import wrap
from typing import Any, Protocol

from debtcycle.charts.theme import CONFIG, FONT, FONT_CJK

__all__ = [
    "SCORE_TICKS",
    "Caption",
    "Dated",
    "Spec",
    "Words",
    "caption_of",
    "day",
    "figure",
    "frame",
    "signed",
    "standalone",
]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
Spec = dict[str, Any]  # a JSON document in the schema of Vega-Lite
_SOURCES_LINE = 72  # characters
SCORE_TICKS: dict[str, Any] = {
    "values": [-1, -0.5, 0, 0.5, 1],
    "grid": False,
    "labelExpr": "datum.value == 0 ? '0' : format(datum.value, '+.1f')",
}


class Words(Protocol):
    """Where a chart gets its words: message id and parameters to text."""

    def __call__(self, message_id: str, **params: object) -> str:
        """The text of a message id."""
        ...


@dataclass(frozen=True, slots=True)
class Dated:
    """One point of a line: a period and its value, in the unit of the chart's axis."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Caption:
    """What a reader who does not see the picture is told, and where its figures come from."""

    title: str
    description: str
    sources: str


def figure(value: float | None, decimals: int = 4) -> float | None:
    """A figure for a spec: rounded, and null where it is missing or not a number."""
    if value is None or not math.isfinite(value):
        return None
    return round(value, decimals) + 0.0  # no minus zero


def signed(value: float | None, decimals: int = 2) -> str:
    """A score as text with its sign, with a true minus: ``+0.50``, ``−0.25``, ``–``."""
    number = figure(value, decimals)
    if number is None:
        return "–"
    return f"{number:+.{decimals}f}".replace("-", "−")


def day(on: date) -> str:
    """A date that Vega-Lite reads as local midnight, so that no zone moves it to another day."""
    return f"{on.isoformat()}T00:00:00"


def frame(words: Words, name: str, sources: str, body: Spec, **params: object) -> Spec:
    """A whole spec from its body, with the caption of the chart `name`.

    Parameters
    ----------
    name : str
        The texts ``chart.{name}.title`` and ``chart.{name}.description`` belong to it.
    sources : str
        Publishers of the figures, for the line below the chart.
    """
    title = words(f"chart.{name}.title", **params)
    chinese = any("\u3000" <= letter <= "\u9fff" for letter in title)
    return {
        "$schema": SCHEMA,
        "description": words(f"chart.{name}.description", **params),
        "usermeta": {
            "name": name,
            "title": title,
            "sources": sources,
        },
        "config": {**deepcopy(CONFIG), "font": FONT_CJK if chinese else FONT},
        "autosize": {"type": "pad"},
        **body,
    }


def caption_of(spec: Spec) -> Caption:
    """Title, description and sources of a spec."""
    return Caption(spec["usermeta"]["title"], spec["description"], spec["usermeta"]["sources"])


def standalone(spec: Spec) -> Spec:
    """The same chart with its title and sources drawn into the picture."""
    caption = caption_of(spec)
    title = {
        "text": caption.title,
        "subtitle": wrap(caption.sources, _SOURCES_LINE),
        "subtitlePadding": 5,
    }
    return {**spec, "title": title}
