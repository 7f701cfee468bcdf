"""Everything that is computed at a date, before claims and stage read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from debtcycle.crises.today import CrisisReading
from debtcycle.crises.today import today as crises_today
from debtcycle.cycle.assess import Assessment, assess
from debtcycle.cycle.counter import Argument, counter_argument
from debtcycle.cycle.episodes import QE1, Episode, episodes
from debtcycle.cycle.explosive import ExplosiveSeries, explosive_prices
from debtcycle.cycle.flip import Flip, flips
from debtcycle.cycle.policy_log import PolicyLog, policy_log
from debtcycle.cycle.robustness import Robustness, robustness
from debtcycle.cycle.verdict import Verdict
from debtcycle.indicators.attractiveness import Attractiveness, attractiveness
from debtcycle.indicators.bubble_gauge import BubbleGauge, bubble_gauge, technology_gauge
from debtcycle.indicators.comovement import Comovement, comovement
from debtcycle.indicators.credit_growth import CreditGrowth, credit_growth
from debtcycle.indicators.cycle_signs import CycleSigns, cycle_signs
from debtcycle.indicators.debt import DebtOutlook, debt_outlook
from debtcycle.indicators.events import EventTable, event_table
from debtcycle.indicators.fiscal import FiscalStance, fiscal_stance
from debtcycle.indicators.model import Reading
from debtcycle.indicators.reserves import Reserves, reserves
from debtcycle.indicators.stability import Funding, funding
from debtcycle.indicators.treasury_demand import TreasuryDemand, treasury_demand
from debtcycle.indicators.treasury_supply import TreasurySupply, treasury_supply
from debtcycle.views import EARLIEST, View

__all__ = [
    "GAUGE_DATES",
    "PATH_YEARS",
    "PUBLISHED_AGGREGATES",
    "Findings",
    "GaugePoint",
    "PathPoint",
    "PublishedAggregate",
    "find",
]

PATH_YEARS = 5
# Days on which the bubble gauge is shown beside its value today.
GAUGE_DATES = (date(1929, 9, 30), date(2000, 3, 31), date(2021, 2, 28))


@dataclass(frozen=True, slots=True)
class PublishedAggregate:
    """Aggregate of the published six-gauge indicator, on its own scale.

    Attributes
    ----------
    day : date
        Of the publication's month: its last day, or the day itself.
    approximate : bool
        Read as "about".
    """

    day: date
    value: float
    approximate: bool
    source: str


_ARTICLE = "Ray Dalio, Are We in a Stock Market Bubble?"
PUBLISHED_AGGREGATES = (
    PublishedAggregate(date(2021, 2, 28), 77.0, False, f"{_ARTICLE} (February 2021)"),
    PublishedAggregate(date(2024, 2, 29), 52.0, False, f"{_ARTICLE} (February 2024)"),
    PublishedAggregate(date(2025, 11, 30), 80.0, True, "Ray Dalio (November 2025)"),
)


@dataclass(frozen=True, slots=True)
class GaugePoint:
    """The bubble gauge on a day of the past."""

    day: date
    gauge: BubbleGauge


@dataclass(frozen=True, slots=True)
class PathPoint:
    """One point of the map: stimulus across, heat upwards, deficit as the size."""

    day: date
    stimulus: float | None
    heat: float | None
    deficit_pct_of_gdp: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known at a date.

    Attributes
    ----------
    assessment : Assessment
    then : Assessment or None
        The first large-scale purchases, 28 November 2008; None for earlier dates.
    path : tuple of PathPoint
        Quarter ends of the last five years and the date itself, oldest first.
    explosive : tuple of ExplosiveSeries
        Ratios tested for explosive roots, and their residuals from fundamentals.
    crises : CrisisReading
        Credit gap, debt service and R-zone with the odds and the record known before the year.
    events : tuple of EventTable
        After announcements, after first purchases, after starts of easing.
    not_held : tuple of str
        Series that are not shipped, existed at the date and are not in the store for it.
    """

    as_of: date
    assessment: Assessment
    then: Assessment | None
    path: tuple[PathPoint, ...]
    episodes: tuple[Episode, ...]
    flips: tuple[Flip, ...]
    robustness: Robustness
    counter: tuple[Argument, ...]
    technology: tuple[Reading, ...]
    gauge_history: tuple[GaugePoint, ...]
    published: tuple[PublishedAggregate, ...]
    fiscal: FiscalStance
    supply: TreasurySupply
    demand: TreasuryDemand
    credit_growth: CreditGrowth
    funding: Funding
    reserves: Reserves
    comovement: Comovement
    signs: CycleSigns
    attractiveness: Attractiveness
    debt: DebtOutlook
    explosive: tuple[ExplosiveSeries, ...]
    crises: CrisisReading
    events: tuple[EventTable, ...]
    policy_log: PolicyLog
    not_held: tuple[str, ...]

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every reading made for the date itself."""
        lines = (
            made
            for line in self.attractiveness.lines
            for made in (line.running_yield, line.needed_growth, line.expected, line.past_growth)
            if made is not None
        )
        return (
            *self.assessment.readings,
            *self.technology,
            *self.fiscal.readings,
            *self.supply.readings,
            *self.demand.readings,
            *self.credit_growth.readings,
            *self.funding.readings,
            *self.reserves.readings,
            *self.comovement.readings,
            *self.signs.readings,
            *self.attractiveness.readings,
            *lines,
            *self.debt.readings,
            self.debt.stabilising,
            self.debt.primary_deficit,
            *(item.ratio for item in self.explosive),
            *self.crises.readings,
        )


def quarter_ends(as_of: date, years: int = PATH_YEARS) -> tuple[date, ...]:
    """Last days of the quarters that ended in the years before a date, oldest first."""
    found: list[date] = []
    year, month = as_of.year, (as_of.month - 1) // 3 * 3 + 1
    while len(found) < 4 * years:
        day = date(year, month, 1) - timedelta(days=1)
        if day <= EARLIEST:
            break
        found.append(day)
        year, month = day.year, day.month - 2
    return tuple(reversed(found))


def _point(view: View, got: Assessment, deficit: Reading) -> PathPoint:
    return PathPoint(view.as_of, got.stimulus.score, got.heat, deficit.value, got.verdict)


def _path(
    view: View, now: Assessment, deficit: Reading, known: dict[date, Assessment]
) -> tuple[PathPoint, ...]:
    points = []
    for day in quarter_ends(view.as_of):
        past = view.at(day)
        got = known[day] if day in known else assess(past)
        points.append(_point(past, got, fiscal_stance(past).deficit))
    return (*points, _point(view, now, deficit))


def _gauges(view: View) -> tuple[GaugePoint, ...]:
    return tuple(
        GaugePoint(day, bubble_gauge(view.at(day))) for day in GAUGE_DATES if day <= view.as_of
    )


def _not_held(view: View) -> tuple[str, ...]:
    return tuple(
        info.id
        for info in view.catalogue
        if not info.embed and info.exists(view.as_of) and not len(view.series(info.id))
    )


def find(view: View) -> Findings:
    """Compute everything at the date of a view but claims, stage and record.

    Assessments of other dates (replays, the path) are each made once, on their own view.
    """
    now, fiscal = assess(view), fiscal_stance(view)
    past = episodes(view)
    known = {episode.assessment.as_of: episode.assessment for episode in past}
    return Findings(
        as_of=view.as_of,
        assessment=now,
        then=known.get(QE1),
        path=_path(view, now, fiscal.deficit, known),
        episodes=past,
        flips=flips(now),
        robustness=robustness(now),
        counter=counter_argument(now),
        technology=technology_gauge(view),
        gauge_history=_gauges(view),
        published=tuple(item for item in PUBLISHED_AGGREGATES if item.day <= view.as_of),
        fiscal=fiscal,
        supply=treasury_supply(view),
        demand=treasury_demand(view),
        credit_growth=credit_growth(view),
        funding=funding(view),
        reserves=reserves(view),
        comovement=comovement(view),
        signs=cycle_signs(view),
        attractiveness=attractiveness(view),
        debt=debt_outlook(view),
        explosive=explosive_prices(view),
        crises=crises_today(view),
        events=(
            event_table(view, "announced"),
            event_table(view, "started"),
            event_table(view, "easing"),
        ),
        policy_log=policy_log(view.as_of),
        not_held=_not_held(view),
    )
