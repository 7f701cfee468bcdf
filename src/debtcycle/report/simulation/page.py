"""A simulation as one page with its charts, in the frame of the report's page."""

from __future__ import annotations

from debtcycle.machine.study import Study
from debtcycle.report.html import render_page
from debtcycle.report.simulation.build import build_pair, build_simulation
from debtcycle.report.simulation.pictures import (
    BESIDE_PLACES,
    PLACES,
    beside_specs,
    simulation_specs,
)
from debtcycle.report.words import Words

__all__ = ["FOLDED", "render_beside", "render_simulation"]

# Long tables that few read whole start folded.
FOLDED = frozenset({"premia", "equity", "other", "goods", "money", "states", "start"})


def render_simulation(study: Study, words: Words) -> str:
    """One scenario as an HTML file."""
    return render_page(
        build_simulation(study, words),
        simulation_specs(study, words),
        words=words,
        date=study.opening.as_of.isoformat(),
        places=PLACES,
        folded=FOLDED,
    )


def render_beside(one: Study, other: Study, words: Words) -> str:
    """Two scenarios side by side as an HTML file."""
    days = words("list.comma").join(study.opening.as_of.isoformat() for study in (one, other))
    return render_page(
        build_pair(one, other, words),
        beside_specs(one, other, words),
        words=words,
        date=days,
        places=BESIDE_PLACES,
        folded=frozenset(),
    )
