"""From results to the flat rows of a record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats
from debtcycle.crises.intervals import REPLICATIONS
from debtcycle.crises.labels import ahead, drop_after
from debtcycle.crises.odds import odds
from debtcycle.crises.record import CutoffRow, OddsRow, SkillRow
from debtcycle.crises.scoring import Score

__all__ = ["SEED", "Made", "odds_row", "skill_row"]

SEED = 2022
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Made:
    """Rows of one measure."""

    skills: tuple[SkillRow, ...] = ()
    odds: tuple[OddsRow, ...] = ()
    cutoffs: tuple[CutoffRow, ...] = ()

    def __add__(self, other: Made) -> Made:
        return Made(
            self.skills + other.skills, self.odds + other.odds, self.cutoffs + other.cutoffs
        )


def _short(value: float | None) -> float | None:
    """Six digits, the same on every machine; None where there is no figure."""
    return None if value is None or not np.isfinite(value) else float(f"{value:.6g}")


def skill_row(
    found: Score, variant: str, *, primary: bool, known_by: int, own: bool = False
) -> SkillRow:
    """A score as a flat row; `own` says that the measure has a threshold of its own."""
    alarms, losses = found.alarms, found.losses
    return SkillRow(
        found.name, variant, found.sample, primary, known_by, found.horizon, found.after,
        found.observations, found.before_crisis, found.crises, found.countries, found.first,
        found.last, float(f"{found.auroc:.6g}"),
        _short(found.by_country.low), _short(found.by_country.high),
        _short(found.by_block.low), _short(found.by_block.high),
        _short(found.by_joint.low), _short(found.by_joint.high), found.block_years,
        _short(found.brier), _short(found.brier_base), _short(found.log), _short(found.log_base),
        "own" if own else "past",
        None if losses is None else losses.preference,
        None if losses is None else _short(losses.relative_usefulness),
        None if alarms is None else alarms.crises, None if alarms is None else alarms.hits,
        None if alarms is None else alarms.episodes,
        None if alarms is None else alarms.false_alarms,
        None if alarms is None else alarms.open_alarms,
        None if alarms is None else alarms.median_lead_years,
    )  # fmt: skip


def odds_row(
    indicator: str,
    variant: str,
    cutoffs: str,
    state: str,
    inside: Floats,
    crisis: Floats,
    years: Ints,
    *,
    horizon: int,
    primary: bool,
    after: int = -1,
    replications: int = REPLICATIONS,
) -> OddsRow:
    """Odds of a state as a flat row; `after` of -1 drops nothing, as published."""
    marks = ahead(crisis, horizon)
    label = marks if after < 0 else drop_after(marks, crisis, after)
    found = odds(
        state, inside, crisis, years, horizon=horizon, seed=SEED, label=label,
        replications=replications,
    )  # fmt: skip
    return OddsRow(
        indicator, variant, cutoffs, state, primary, int(years[-1]), horizon, after,
        found.observations, found.before_crisis, found.crises, found.countries,
        _short(found.share_pct), float(f"{found.low_pct:.6g}"), float(f"{found.high_pct:.6g}"),
    )  # fmt: skip
