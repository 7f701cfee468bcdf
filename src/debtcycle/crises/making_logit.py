"""Making the record of the logit: every sample and list of crises that was tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from debtcycle.crises._check import Floats
from debtcycle.crises.history import MacroHistory
from debtcycle.crises.intervals import REPLICATIONS
from debtcycle.crises.labels import AFTER_YEARS, lagged
from debtcycle.crises.logit import CrisisLogit, crisis_logit, design, expanding
from debtcycle.crises.record import SkillRow
from debtcycle.crises.record_rows import SEED, Made, skill_row
from debtcycle.crises.scoring import Score, score_signal

__all__ = ["PUBLISHED_COUNTRIES", "PUBLISHED_UNTIL", "LogitRun", "logit_rows", "logit_run"]

PUBLISHED_COUNTRIES = (
    "AUS", "CAN", "CHE", "DEU", "DNK", "ESP", "FRA", "GBR", "ITA", "JPN", "NLD", "NOR", "SWE",
    "USA",
)  # fmt: skip
PUBLISHED_UNTIL = 2008


@dataclass(frozen=True, slots=True)
class _Chances:
    """Chances of a crisis from one sample, by the year before it would begin."""

    fit: CrisisLogit
    in_sample: Floats
    out_of_sample: Floats
    one_constant: Floats


def _chances(sample: MacroHistory, crisis: Floats, *, clean: bool) -> _Chances:
    rows = design(sample.real_loan_growth, crisis, sample.years, clean_lags=clean)
    fit = crisis_logit(rows)
    # The chance of a crisis in a year is known at the end of the year before.
    return _Chances(
        fit,
        lagged(rows.table(fit.probability(rows)), -1),
        lagged(expanding(rows), -1),
        lagged(expanding(rows, effects=False), -1),
    )


def _scored(
    known: Floats,
    crisis: Floats,
    sample: MacroHistory,
    kind: str,
    horizon: int,
    after: int,
    replications: int,
) -> Score:
    return score_signal(
        "logit", known, crisis, sample.years, horizon=horizon, sample=kind, seed=SEED,
        probability=known if horizon == 1 else None, after=after, replications=replications,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogitRun:
    """The logit on one sample.

    Attributes
    ----------
    countries : int
    until : int
        Last year of the sample.
    fit : CrisisLogit
    in_sample, out_of_sample, one_constant : Score
        As published, every country-year counting: the fit on the crises it has seen; fits to
        earlier years, with country effects; the same with one constant for all.
    """

    countries: int
    until: int
    fit: CrisisLogit
    in_sample: Score
    out_of_sample: Score
    one_constant: Score


def logit_run(
    history: MacroHistory, *, all_countries: bool = False, replications: int = REPLICATIONS
) -> LogitRun:
    """The logit of the published countries, or of all, on the years of the tables."""
    sample = history if all_countries else history.only(PUBLISHED_COUNTRIES)
    found = _chances(sample, sample.crisis, clean=False)
    scores = [
        _scored(known, sample.crisis, sample, kind, 1, -1, replications)
        for known, kind in (
            (found.in_sample, "in_sample"),
            (found.out_of_sample, "out_of_sample"),
            (found.one_constant, "out_of_sample"),
        )
    ]
    return LogitRun(len(sample.countries), int(sample.years[-1]), found.fit, *scores)


def logit_rows(history: MacroHistory, *, replications: int = REPLICATIONS) -> Made:
    """Eight samples scored as published, two of them after the house's rules as well."""
    published = history.only(PUBLISHED_COUNTRIES).until(PUBLISHED_UNTIL)
    rows: list[SkillRow] = []
    for name, sample in (("14_countries_to_2008", published), ("all_countries", history)):
        for listed, crisis in (("", sample.crisis), ("/earlier_list", sample.crisis_old)):
            for lags, clean in (("", False), ("/no_war_lags", True)):
                variant = f"{name}{listed}{lags}"
                rows.extend(_logit(variant, sample, crisis, clean, replications))
    return Made(tuple(rows))


def _logit(
    variant: str, sample: MacroHistory, crisis: Floats, clean: bool, replications: int
) -> Iterator[SkillRow]:
    """In sample and out of sample, with and without country effects."""
    found = _chances(sample, crisis, clean=clean)
    tables = (
        ("in_sample", "effects", found.in_sample),
        ("out_of_sample", "effects", found.out_of_sample),
        ("out_of_sample", "one_constant", found.one_constant),
    )
    plain = "/" not in variant
    house = [(1, AFTER_YEARS), (3, AFTER_YEARS)] if plain else []
    for kind, effects, known in tables:
        for horizon, after in [(1, -1), *house]:
            score = _scored(known, crisis, sample, kind, horizon, after, replications)
            # The published sample as published, and all countries after the house's rules.
            chosen = plain and effects == "effects" and horizon == 1
            chosen = chosen and (variant == "14_countries_to_2008") == (after < 0)
            yield skill_row(
                score, f"{variant}/{effects}", primary=chosen, known_by=int(sample.years[-1])
            )
