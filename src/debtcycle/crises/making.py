"""Making the record: every specification that was tried, from the publishers' own files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats
from debtcycle.crises.gap import credit_gap
from debtcycle.crises.history import (
    MacroHistory,
    at_year_end,
    bis_ratios,
    listed_crises,
    sector_debt,
)
from debtcycle.crises.intervals import REPLICATIONS
from debtcycle.crises.labels import AFTER_YEARS, ahead, drop_after, without_years
from debtcycle.crises.logit import WAR_YEARS
from debtcycle.crises.observations import observe
from debtcycle.crises.odds import chance_known
from debtcycle.crises.quoted import GAP_BANDS, HIGH_PERCENTILE, HORIZONS, QUOTED_HORIZON
from debtcycle.crises.record import CutoffRow, OddsRow, SkillRow
from debtcycle.crises.record_rows import SEED, Made, odds_row, skill_row
from debtcycle.crises.rzone import RZone, change_over, growth_over, rzone
from debtcycle.crises.scoring import score_signal
from debtcycle.crises.service import FIRMS_YEARS, HOUSEHOLDS_YEARS, debt_service
from debtcycle.crises.standard import percentile_known
from debtcycle.sources.parsed import Parsed

__all__ = [
    "SECTORS",
    "GapPanel",
    "gap_panel",
    "gap_rows",
    "rzone_of",
    "rzone_rows",
    "service_rows",
]

# Years from which a reading of that time can be given its odds.
FIRST_KNOWN = 1980
SECTORS = ("business", "household")
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _States:
    """The states of an indicator: 1 inside, 0 outside, NaN unknown, by name."""

    names: tuple[str, ...]
    inside: tuple[Floats, ...]


def _states(number: Floats, names: tuple[str, ...]) -> _States:
    """States from their numbers, and all of them together."""
    known = np.isfinite(number)
    tables = [np.where(known, number == at, np.nan) for at in range(len(names))]
    return _States((*names, "all"), (*tables, np.where(known, 1.0, np.nan)))


def _odds_by_year(
    indicator: str,
    variant: str,
    cutoffs: str,
    states: _States,
    crisis: Floats,
    years: Ints,
    *,
    primary: bool,
    after: int,
    replications: int,
    by_year: bool = True,
) -> Iterator[OddsRow]:
    """Odds at the end for every horizon; for the quoted specification as known by every year."""
    last = int(years[-1])
    wanted = [(last, horizon) for horizon in HORIZONS]
    if primary and by_year:
        wanted += [(year, QUOTED_HORIZON) for year in range(FIRST_KNOWN, last)]
    for year, horizon in wanted:
        kept = years <= year
        for state, inside in zip(states.names, states.inside, strict=True):
            row = odds_row(
                indicator, variant, cutoffs, state, inside[:, kept], crisis[:, kept], years[kept],
                horizon=horizon, primary=primary, after=after, replications=replications,
            )  # fmt: skip
            if row.observations or year == last:
                yield row


@dataclass(frozen=True, slots=True)
class _Signal:
    """A signal, its states, and the crises that it is held against."""

    name: str
    variant: str
    sample: str
    score: Floats
    state: Floats
    crisis: Floats
    years: Ints
    threshold: float | None = None


def _skills(
    signal: _Signal,
    horizons: tuple[int, ...],
    *,
    primary: bool,
    replications: int,
    by_year: bool,
) -> Iterator[SkillRow]:
    """Scores at the end for every horizon; for the quoted one as known by every year."""
    last = int(signal.years[-1])
    wanted = [(last, horizon) for horizon in horizons]
    if primary and by_year:
        wanted += [(year, QUOTED_HORIZON) for year in range(FIRST_KNOWN, last)]
    for year, horizon in wanted:
        kept = signal.years <= year
        years, crisis = signal.years[kept], signal.crisis[:, kept]
        label = drop_after(ahead(crisis, horizon), crisis, AFTER_YEARS)
        chance = None
        if signal.sample != "in_sample":
            chance = chance_known(
                signal.state[:, kept], crisis, years, horizon=horizon, label=label
            )
        seen = observe(signal.score[:, kept], label, crisis, years, horizon=horizon)
        if year < last and not 0 < seen.positives < len(seen):
            continue  # no crisis had been seen yet
        found = score_signal(
            signal.name, signal.score[:, kept], crisis, years, horizon=horizon,
            sample=signal.sample, seed=SEED, probability=chance, replications=replications,
            threshold=signal.threshold,
        )  # fmt: skip
        yield skill_row(
            found,
            signal.variant,
            primary=primary and horizon == QUOTED_HORIZON,
            known_by=year,
            own=signal.threshold is not None,
        )


# --- R-zone ------------------------------------------------------------------------------------
def rzone_of(
    history: MacroHistory,
    sector: str,
    *,
    in_sample: bool,
    credit: Iterable[Parsed] | None = None,
) -> RZone:
    """The zone of a sector from the Macrohistory Database.

    Parameters
    ----------
    history : MacroHistory
    sector : {"business", "household"}
    in_sample : bool
    credit : iterable of Parsed, optional
        The BIS file of total credit: then debt is loans and securities from all lenders, as in
        the paper; otherwise the database's bank loans.
    """
    firms = sector == "business"
    if credit is None:
        debt = history.business_debt_pct if firms else history.household_debt_pct
    else:
        debt = sector_debt(credit, "N" if firms else "H", history.countries, history.years)
    growth = history.real_equity_growth if firms else history.real_house_growth
    return rzone(sector, change_over(debt), growth_over(growth), history.years, in_sample=in_sample)


def rzone_rows(
    history: MacroHistory,
    credit: tuple[Parsed, ...] | None,
    *,
    replications: int = REPLICATIONS,
    by_year: bool = True,
) -> Made:
    """Zones of both sectors: two sources of debt, two spans, cut-offs of both kinds.

    `by_year` adds the odds as they were known in earlier years.
    """
    made = Made()
    spans = (("1950_2016", history.since(1950).until(2016)), ("all_years", history))
    for source, parts in (("bank_loans", None), ("total_credit", credit)):
        if source == "total_credit" and parts is None:
            continue
        for span, sample in spans:
            for sector in SECTORS:
                primary = (source, span) == ("total_credit", "all_years")
                made += _rzone(
                    f"{source}/{span}", sample, sector, parts, primary, replications, by_year
                )
    return made


def _rzone(
    variant: str,
    sample: MacroHistory,
    sector: str,
    credit: tuple[Parsed, ...] | None,
    primary: bool,
    replications: int,
    by_year: bool,
) -> Made:
    name, crisis, years = f"rzone_{sector}", sample.crisis, sample.years
    zones = {
        kind: rzone_of(sample, sector, in_sample=kind, credit=credit) for kind in (True, False)
    }
    real, whole = zones[False].inside, zones[True].inside
    tables = (
        ("in_sample", whole, False),
        ("in_sample_same_years", np.where(np.isnan(real), np.nan, whole), False),
        ("real_time", real, primary),
    )
    rows: list[OddsRow] = []
    for cutoffs, inside, first in tables:
        rows.extend(
            _odds_by_year(
                name,
                variant,
                cutoffs,
                _states(1.0 - inside, ("in", "out")),
                crisis,
                years,
                primary=first,
                after=-1,
                replications=replications,
                by_year=by_year,
            )
        )
    skills: list[SkillRow] = []
    for kind, inside in (("in_sample", whole), ("out_of_sample", real)):
        signal = _Signal(name, variant, kind, inside, inside, crisis, years, threshold=1.0)
        skills.extend(
            _skills(
                signal,
                (1, QUOTED_HORIZON),
                primary=primary,
                replications=replications,
                by_year=by_year and kind == "out_of_sample",
            )
        )
    return Made(tuple(skills), tuple(rows), _cutoff_rows(name, variant, zones[False], primary))


def _cutoff_rows(name: str, variant: str, zone: RZone, primary: bool) -> tuple[CutoffRow, ...]:
    """Cut-offs by year of the quoted specification."""
    limits = zone.cutoffs
    return tuple(
        CutoffRow(name, variant, int(year), float(f"{debt:.6g}"), float(f"{price:.6g}"), int(known))
        for year, debt, price, known in zip(
            limits.times, limits.debt_pp, limits.price_log, limits.known, strict=True
        )
        if primary and np.isfinite(debt) and year >= FIRST_KNOWN
    )


# --- credit gap --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class GapPanel:
    """Gaps of all economies at the ends of years.

    Attributes
    ----------
    economies : tuple of str
    years : int64 array
    gap_pp : float64 array, shape (economies, years)
    largest_difference_pp : float
        Of any quarter of any economy from the published gap.
    quarters : int
        Published quarters that were compared.
    """

    economies: tuple[str, ...]
    years: Ints
    gap_pp: Floats
    largest_difference_pp: float
    quarters: int


def gap_panel(parts: Iterable[Parsed]) -> GapPanel:
    """The gap of every economy of the BIS file, and how far it is from the published one."""
    found = bis_ratios(parts)
    first = min(ratio.quarters[0] for ratio in found).astype("datetime64[Y]").astype(int) + 1970
    last = max(ratio.quarters[-1] for ratio in found).astype("datetime64[Y]").astype(int) + 1970
    years = np.arange(first, last + 1, dtype=np.int64)
    table = np.full((len(found), len(years)), np.nan)
    worst, compared = 0.0, 0
    for at, ratio in enumerate(found):
        made = credit_gap(ratio.ratio_pct, ratio.quarters, name=ratio.economy)
        _, ours, theirs = np.intersect1d(made.quarters, ratio.gap_quarters, return_indices=True)
        apart = np.abs(made.gap_pp[ours] - ratio.gap_pp[theirs])
        worst, compared = max(worst, float(apart.max())), compared + len(apart)
        table[at] = at_year_end(made.quarters, made.gap_pp, years)
    return GapPanel(tuple(ratio.economy for ratio in found), years, table, worst, compared)


def gap_rows(
    panel: GapPanel,
    crises: Iterable[Parsed],
    *,
    replications: int = REPLICATIONS,
    by_year: bool = True,
) -> Made:
    """The gap against the list of systemic banking crises."""
    crisis = listed_crises(crises, panel.economies, panel.years)
    bands = np.where(
        np.isnan(panel.gap_pp), np.nan, np.searchsorted(GAP_BANDS, panel.gap_pp, "right")
    )
    signal = _Signal(
        "credit_gap", "bis_year_ends", "one_sided", panel.gap_pp, bands, crisis, panel.years
    )
    states = _states(bands, ("low", "middle", "high"))
    return _one_sided(signal, states, (1, 2, 3, 5), replications, by_year)


def _one_sided(
    signal: _Signal,
    states: _States,
    horizons: tuple[int, ...],
    replications: int,
    by_year: bool,
) -> Made:
    """Scores and odds of a signal in which nothing was fitted to crises."""
    skills = _skills(signal, horizons, primary=True, replications=replications, by_year=by_year)
    rows = _odds_by_year(
        signal.name,
        signal.variant,
        "fixed",
        states,
        signal.crisis,
        signal.years,
        primary=True,
        after=AFTER_YEARS,
        replications=replications,
        by_year=by_year,
    )
    return Made(tuple(skills), tuple(rows))


# --- debt service ------------------------------------------------------------------------------
def service_rows(
    history: MacroHistory, *, replications: int = REPLICATIONS, by_year: bool = True
) -> Made:
    """Debt service less the country's mean: bank loans over GDP at the long-term yield.

    The database has neither the incomes of the sectors nor the interest on their loans.
    """
    made = Made()
    years, crisis = history.years, history.crisis
    for sector, debt, term in (
        ("household", history.household_debt_pct, HOUSEHOLDS_YEARS),
        ("business", history.business_debt_pct, FIRMS_YEARS),
    ):
        service = debt_service(debt / 100.0, history.long_rate_pct, term)
        gap = without_years(service.gap_pp, years, WAR_YEARS)
        rank = percentile_known(gap)
        state = np.where(np.isnan(rank), np.nan, np.where(rank >= HIGH_PERCENTILE, 0.0, 1.0))
        signal = _Signal(
            f"dsr_{sector}", "bank_loans/long_yield", "one_sided", gap, state, crisis, years
        )
        states = _states(state, ("high", "other"))
        made += _one_sided(signal, states, (1, QUOTED_HORIZON), replications, by_year)
    return made
