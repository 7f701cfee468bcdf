"""Early warning of debt crises: credit gap, debt service, logit, R-zone, and their honest record.

The statistics stand alone and take plain arrays; `history` and `making` read what `sources` has
parsed, `today` reads a `View`.
"""

from __future__ import annotations

from debtcycle.crises.alarms import Alarms, count_alarms
from debtcycle.crises.auroc import auroc
from debtcycle.crises.gap import CreditGap, credit_gap
from debtcycle.crises.hp import one_sided_trend
from debtcycle.crises.intervals import Interval
from debtcycle.crises.labels import ahead, drop_after
from debtcycle.crises.logit import CrisisLogit, Design, crisis_logit, design, expanding
from debtcycle.crises.odds import Odds, odds
from debtcycle.crises.rzone import RZone, rzone
from debtcycle.crises.scoring import Score, score_signal
from debtcycle.crises.service import DebtService, debt_service
from debtcycle.crises.standard import percentile_known
from debtcycle.crises.usefulness import Losses, signal_losses

__all__ = [
    "Alarms",
    "CreditGap",
    "CrisisLogit",
    "DebtService",
    "Design",
    "Interval",
    "Losses",
    "Odds",
    "RZone",
    "Score",
    "ahead",
    "auroc",
    "count_alarms",
    "credit_gap",
    "crisis_logit",
    "debt_service",
    "design",
    "drop_after",
    "expanding",
    "odds",
    "one_sided_trend",
    "percentile_known",
    "rzone",
    "score_signal",
    "signal_losses",
]
