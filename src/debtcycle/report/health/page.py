"""The health of the series as one page in the frame of the report's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from debtcycle.health import Health
from debtcycle.report.health.build import build_health
from debtcycle.report.html import render_page
from debtcycle.report.words import Words

__all__ = ["FOLDED", "render_health"]

# The long tables of all series start folded.
FOLDED = frozenset({"every", "origins"})


def render_health(items: Sequence[Health], words: Words, on: date) -> str:
    """An HTML file that needs nothing else."""
    document = build_health(items, words, on)
    return render_page(document, {}, words=words, date=on.isoformat(), places={}, folded=FOLDED)
