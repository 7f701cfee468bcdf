"""Explosive prices and crisis odds as plain values for strict JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from debtcycle.crises.record import shipped_record
from debtcycle.crises.today import CrisisReading, Signal
from debtcycle.cycle.explosive import (
    DEFINITION,
    LAG,
    LEVEL_PCT,
    WINDOW,
    ExplosiveSeries,
    ExplosiveTest,
    replications,
)
from debtcycle.indicators.model import Reading

__all__ = ["crises_json", "explosive_json"]

ReadingJson = Callable[[Reading], dict[str, object]]


def _test(test: ExplosiveTest) -> dict[str, object]:
    """A test: answer, line by name, sample, and how often it said so before."""
    return {
        "state": test.state,
        "status": test.status,
        "since": test.since,
        "rising": test.rising,
        "statistic": test.statistic,
        "critical": {
            "value": test.critical,
            "definition": DEFINITION,
            "level_pct": LEVEL_PCT,
            "lag": LAG,
            "window": WINDOW,
            "replications": replications(),
        },
        "coverage": {
            "first": test.first,
            "last": test.last,
            "observations": test.observations,
            "left_out": test.left_out,
            "shortest_episode": test.shortest,
        },
        "own_line": None if test.own is None else asdict(test.own),
        "robust": test.robust,
        "above_share_pct": test.above_share_pct,
        "episodes": test.episodes,
        "previous": None if test.previous is None else list(test.previous),
    }


def explosive_json(
    found: Sequence[ExplosiveSeries], reading: ReadingJson
) -> list[dict[str, object]]:
    """Every ratio with its test, and the version on the residual from fundamentals."""
    return [
        {
            "series": item.series,
            "frequency": "monthly" if item.monthly else "quarterly",
            **_test(item.price),
            "residual": None
            if item.residual is None
            else {"fundamental": item.residual.fundamental, **_test(item.residual)},
            "evidence": reading(item.ratio),
        }
        for item in found
    ]


def _signal(item: Signal, reading: ReadingJson) -> dict[str, object]:
    skill = item.skill
    return {
        "measure": item.signal,
        "state": item.state,
        "evidence": [reading(made) for made in item.figures],
        "stand_ins": list(item.stand_ins),
        "cutoffs": None if item.cutoffs is None else asdict(item.cutoffs),
        "odds": [asdict(row) for row in item.odds],
        "base": None if item.base is None else asdict(item.base),
        "record": None if skill is None else asdict(skill) | {"low": skill.low, "high": skill.high},
    }


def crises_json(found: CrisisReading, reading: ReadingJson) -> dict[str, object]:
    """Every measure with its odds by horizon and its record."""
    record = shipped_record()
    return {
        "mode": found.mode,
        "level_pct": record.level_pct,
        "specifications_tried": record.specifications_tried,
        "expectations": len(record.expectations),
        "expectations_failed": sum(not item.held for item in record.expectations),
        "measures": [_signal(item, reading) for item in found.signals],
    }
