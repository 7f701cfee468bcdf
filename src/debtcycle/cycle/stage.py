"""Where in the big debt cycle: five stages ranked by evidence, never by one number.

The criteria below are this project's own (D) and were written down before they were computed.
Each is one reading against one threshold; it speaks for its stage or against it. The support of
a stage is ``(for - against) / known``, between -1 and 1, and unknown unless at least half of its
criteria are known. The stage with the most support leads; if the second is within
`MARGIN`, or if not even the best has more for it than against it, the answer is ``transition``.

A reading on one date cannot show eighty years: the ranking says which stage today's figures
resemble, and the evidence against it stands beside it.

One criterion was added after the first computation: ``sound_level``, debt held by the public at
most `SOUND_DEBT_PCT_OF_GDP` (D). The five stages define sound money by *low* net debt; the first
list had only its change, which over five years from the fall of GDP in 2020 is small. On the
reference edition it moved the support of sound money from 0.5 to 0.6 on 1999-12-31 (it now leads;
before, transition), and from 0.2 to 0.0 on 2025-11-05 (the debt bubble leads; before, transition)
and on 2025-12-15 (transition as before). The change stays one over five years, about a short
cycle: no definition asks for ten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from debtcycle.cycle.findings import Findings
from debtcycle.indicators._flows import Lamp, all_of, any_of
from debtcycle.indicators.model import Reading
from debtcycle.indicators.stimulus import Rung
from debtcycle.indicators.treasury_demand import holders_sell
from debtcycle.indicators.treasury_supply import central_bank_buys

__all__ = [
    "CRITERIA",
    "MARGIN",
    "Criterion",
    "DebtSummary",
    "Evidence",
    "PolicyType",
    "Stage",
    "StageRanking",
    "StageSupport",
    "stage",
]

# Two stages whose support differs by no more than this are not told apart (D).
MARGIN = 0.2
MIN_STAGES = 3

# Red lights and extra lamps (D).
SERVICE_CROWDS_OUT_PCT = 15.0  # net interest in receipts; its post-war peak was about 18 in 1991
CURRENCY_WEAK_PCT = -3.0  # broad dollar over twelve months
GOLD_UP_PCT = 10.0  # over twelve months
YIELDS_UP_PP = 0.25  # ten-year over six months ...
RATE_DOWN_PP = -0.25  # ... while the policy rate fell by this over six months
# At or below this the policy rate has no room: easing needs purchases (MP2).
RATE_AT_FLOOR_PCT = 0.5
DEFICIT_LARGE_PCT = 5.0  # claim 5
# Net debt is low at or below this, % of GDP (D).
SOUND_DEBT_PCT_OF_GDP = 60.0


class Stage(StrEnum):
    """Five stages, and the answer that there is none that leads."""

    SOUND_MONEY = "sound_money"
    DEBT_BUBBLE = "debt_bubble"
    TOP = "top"
    DELEVERAGING = "deleveraging"
    CRISIS_RECEDES = "crisis_recedes"
    TRANSITION = "transition"


class PolicyType(StrEnum):
    """What monetary policy works with."""

    MP1 = "mp1"  # the interest rate
    MP2 = "mp2"  # printing and buying
    MP3 = "mp3"  # purchases and deficits together


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question put to one reading.

    Attributes
    ----------
    at_least : bool
        The reading speaks for the stage at or above the threshold; else at or below it.
    on_percentile : bool
        The threshold is held against the reading's percentile.
    """

    id: str
    stage: Stage
    reading: Callable[[Findings], Reading]
    threshold: float
    at_least: bool
    on_percentile: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A criterion with its reading; `supports` is None where it is unknown."""

    criterion: str
    reading: Reading
    position: float | None
    threshold: float
    at_least: bool
    supports: bool | None


@dataclass(frozen=True, slots=True)
class StageSupport:
    """One stage with its evidence; `support` in [-1, 1], None if too little is known."""

    stage: Stage
    support: float | None
    evidence: tuple[Evidence, ...]

    @property
    def speaks_for(self) -> tuple[Evidence, ...]:
        """Evidence for the stage."""
        return tuple(item for item in self.evidence if item.supports is True)

    @property
    def speaks_against(self) -> tuple[Evidence, ...]:
        """Evidence against it."""
        return tuple(item for item in self.evidence if item.supports is False)

    @property
    def missing(self) -> tuple[Evidence, ...]:
        """What is not known."""
        return tuple(item for item in self.evidence if item.supports is None)


@dataclass(frozen=True, slots=True)
class DebtSummary:
    """The debt arithmetic in four figures, % of GDP; None where it is unknown.

    Attributes
    ----------
    debt_now, debt_ahead : float or None
        Debt held by the public after the first and the last year of the path.
    years : int
        Length of the path.
    primary_deficit, stabilising : Reading
    adjustment_needed_pct_of_gdp : float or None
        Primary deficit minus the one that keeps the ratio: what would have to go.
    """

    debt_now: float | None
    debt_ahead: float | None
    years: int
    primary_deficit: Reading
    stabilising: Reading
    adjustment_needed_pct_of_gdp: float | None


@dataclass(frozen=True, slots=True)
class StageRanking:
    """Where in the cycle, with evidence for and against.

    Attributes
    ----------
    leading : Stage or None
        ``TRANSITION`` where none leads; None where fewer than three stages can be ranked.
    between : tuple of Stage
        For a transition the two best, the better one first; else empty.
    ranking : tuple of StageSupport
        Best first, unknown ones last.
    policy : PolicyType or None
    red_lights, lamps : tuple of Lamp
    """

    leading: Stage | None
    between: tuple[Stage, ...]
    ranking: tuple[StageSupport, ...]
    policy: PolicyType | None
    red_lights: tuple[Lamp, ...]
    lamps: tuple[Lamp, ...]
    debt: DebtSummary


def _scored(name: str) -> Callable[[Findings], Reading]:
    def found(findings: Findings) -> Reading:
        inputs = findings.assessment.inputs
        return next(item.reading for item in inputs if item.anchor.indicator == name)

    return found


def _gauge(findings: Findings) -> Reading:
    """The bubble gauge's aggregate, with the newest figures behind it."""
    gauge = findings.assessment.gauge
    known = [reading for reading in gauge.readings if reading.percentile is not None]
    origins = tuple(dict.fromkeys(origin for reading in known for origin in reading.origins))
    if gauge.aggregate is None:
        first = next(r for r in gauge.readings if not r.known)
        return Reading("bubble_gauge", "percentile", None, first.status, origins, freshness=0.0)
    fresh = min(reading.freshness for reading in known)
    return Reading("bubble_gauge", "percentile", gauge.aggregate, origins=origins, freshness=fresh)


_S, _B, _T, _D, _R = (
    Stage.SOUND_MONEY,
    Stage.DEBT_BUBBLE,
    Stage.TOP,
    Stage.DELEVERAGING,
    Stage.CRISIS_RECEDES,
)

CRITERIA: tuple[Criterion, ...] = (
    # Sound money: net debt is low and grows with incomes, money earns something, the budget is
    # near balance.
    Criterion(
        "sound_level", _S, lambda f: f.fiscal.debt_public, SOUND_DEBT_PCT_OF_GDP, at_least=False
    ),
    Criterion("sound_debt", _S, lambda f: f.signs.total_debt_change, 5.0, at_least=False),
    Criterion("sound_service", _S, lambda f: f.fiscal.net_interest_revenue, 10.0, at_least=False),
    Criterion("sound_real_rate", _S, lambda f: f.assessment.stimulus.real_rate, 0.0, at_least=True),
    Criterion("sound_monetised", _S, lambda f: f.supply.monetisation.share, 25.0, at_least=False),
    Criterion("sound_deficit", _S, lambda f: f.fiscal.deficit, 3.0, at_least=False),
    # Debt bubble: assets dear, credit easy and growing, money cheap, nobody out of work.
    Criterion("bubble_gauge", _B, _gauge, 60.0, at_least=True),
    Criterion("bubble_credit", _B, _scored("bank_credit_gap"), 0.0, at_least=True),
    Criterion("bubble_spread", _B, _scored("baa_spread"), 20.0, at_least=False, on_percentile=True),
    Criterion("bubble_high", _B, _scored("drawdown"), -2.0, at_least=True),
    Criterion(
        "bubble_rate", _B, lambda f: f.assessment.stimulus.rate_minus_rule, 0.0, at_least=False
    ),
    Criterion("bubble_jobs", _B, _scored("unemployment_gap"), 0.25, at_least=False),
    # Top: dear still, but money tightens, lenders draw back, prices come off their high.
    Criterion("top_dear", _T, _scored("cape"), 80.0, at_least=True, on_percentile=True),
    Criterion("top_fall", _T, _scored("drawdown"), -10.0, at_least=False),
    Criterion(
        "top_tightening", _T, lambda f: f.assessment.stimulus.rate_change_12m, 0.5, at_least=True
    ),
    Criterion("top_curve", _T, lambda f: f.signs.curve, 0.0, at_least=False),
    Criterion("top_spread", _T, lambda f: f.signs.spread_change, 0.5, at_least=True),
    Criterion("top_standards", _T, _scored("lending_standards"), 20.0, at_least=True),
    # Deleveraging: jobs, credit and prices fall, premia are wide, the central bank steps in.
    Criterion("fall_jobs", _D, _scored("unemployment_gap"), 1.5, at_least=True),
    Criterion("fall_prices", _D, _scored("drawdown"), -20.0, at_least=False),
    Criterion("fall_spread", _D, _scored("baa_spread"), 80.0, at_least=True, on_percentile=True),
    Criterion("fall_credit", _D, _scored("bank_credit_gap"), -5.0, at_least=False),
    Criterion(
        "fall_floor", _D, lambda f: f.assessment.stimulus.policy_rate, RATE_AT_FLOOR_PCT,
        at_least=False,
    ),
    Criterion("fall_monetised", _D, lambda f: f.supply.monetisation.share, 25.0, at_least=True),
    # The crisis recedes: private debts are lower, jobs come back, premia narrow, output grows.
    Criterion("recede_debt", _R, lambda f: f.signs.private_debt_change, -5.0, at_least=False),
    Criterion("recede_jobs", _R, _scored("unemployment_change"), -0.5, at_least=False),
    Criterion("recede_spread", _R, lambda f: f.signs.spread_change, -0.25, at_least=False),
    Criterion("recede_growth", _R, _scored("real_growth"), 2.0, at_least=True),
    Criterion(
        "recede_rate", _R, lambda f: f.assessment.stimulus.policy_rate, 2.0, at_least=False
    ),
)  # fmt: skip


def _evidence(criterion: Criterion, findings: Findings) -> Evidence:
    reading = criterion.reading(findings)
    position = reading.percentile if criterion.on_percentile else reading.value
    supports = None
    if position is not None:
        if criterion.at_least:
            supports = position >= criterion.threshold
        else:
            supports = position <= criterion.threshold
    return Evidence(
        criterion.id, reading, position, criterion.threshold, criterion.at_least, supports
    )


def _supports(findings: Findings) -> tuple[StageSupport, ...]:
    found = []
    for one in (_S, _B, _T, _D, _R):
        evidence = tuple(_evidence(c, findings) for c in CRITERIA if c.stage is one)
        signs = [item.supports for item in evidence if item.supports is not None]
        support = None
        if 2 * len(signs) >= len(evidence):
            support = (2 * sum(signs) - len(signs)) / len(signs)
        found.append(StageSupport(one, support, evidence))
    # A stable sort: equal support keeps the order of the cycle.
    found.sort(key=lambda s: -2.0 if s.support is None else s.support, reverse=True)
    return tuple(found)


def _leading(ranking: tuple[StageSupport, ...]) -> tuple[Stage | None, tuple[Stage, ...]]:
    known = [(item.stage, item.support) for item in ranking if item.support is not None]
    if len(known) < MIN_STAGES:
        return None, ()
    (best, support), (second, next_support) = known[:2]
    if support <= 0 or support - next_support <= MARGIN:
        return Stage.TRANSITION, (best, second)
    return best, ()


def _at_least(reading: Reading, threshold: float) -> bool | None:
    return None if reading.value is None else reading.value >= threshold


def _at_most(reading: Reading, threshold: float) -> bool | None:
    return None if reading.value is None else reading.value <= threshold


def _policy(findings: Findings, buys: bool | None) -> PolicyType | None:
    """MP3: purchases while the deficit is large; MP2: purchases; MP1: neither."""
    rung = findings.assessment.stimulus.rung
    buying = any_of((buys, None if rung is None else rung >= Rung.BILLS_AND_COUPONS))
    large = findings.fiscal.deficit.value
    if buying is None:
        return None
    if not buying:
        return PolicyType.MP1
    if large is None:
        return None
    return PolicyType.MP3 if large > DEFICIT_LARGE_PCT else PolicyType.MP2


def _red_lights(findings: Findings, buys: Lamp) -> tuple[Lamp, ...]:
    service, dollar = findings.fiscal.net_interest_revenue, findings.signs.dollar_change
    return (
        Lamp("service_crowds_out", _at_least(service, SERVICE_CROWDS_OUT_PCT), (service,)),
        holders_sell(findings.demand),
        Lamp(
            "buys_while_currency_weakens",
            all_of((buys.lit, _at_most(dollar, CURRENCY_WEAK_PCT))),
            (*buys.readings, dollar),
        ),
    )


def _lamps(findings: Findings) -> tuple[Lamp, ...]:
    signs, policy = findings.signs, findings.assessment.stimulus
    bills = findings.supply.bill_share_change
    rises = None if bills.value is None else bills.value > 0
    return (
        Lamp(
            "long_yields_up",
            all_of(
                (
                    _at_least(signs.long_yield_change, YIELDS_UP_PP),
                    _at_most(policy.rate_change_6m, RATE_DOWN_PP),
                )
            ),
            (signs.long_yield_change, policy.rate_change_6m),
        ),
        Lamp(
            "dollar_down_gold_up",
            all_of(
                (
                    _at_most(signs.dollar_change, CURRENCY_WEAK_PCT),
                    _at_least(signs.gold_change, GOLD_UP_PCT),
                )
            ),
            (signs.dollar_change, signs.gold_change),
        ),
        Lamp("bill_share_rises", rises, (bills, findings.supply.bill_share_year)),
    )


def _debt(findings: Findings) -> DebtSummary:
    outlook = findings.debt
    years = outlook.path.years if outlook.path is not None else ()
    primary, keeps = outlook.primary_deficit, outlook.stabilising
    needed = None
    if primary.value is not None and keeps.value is not None:
        needed = primary.value - keeps.value
    return DebtSummary(
        years[0].debt_pct_of_gdp if years else None,
        years[-1].debt_pct_of_gdp if years else None,
        len(years),
        primary,
        keeps,
        needed,
    )


def stage(findings: Findings) -> StageRanking:
    """Rank the stages of the cycle at the date of the findings."""
    ranking = _supports(findings)
    leading, between = _leading(ranking)
    buys = central_bank_buys(findings.supply)
    return StageRanking(
        leading,
        between,
        ranking,
        _policy(findings, buys.lit),
        _red_lights(findings, buys),
        _lamps(findings),
        _debt(findings),
    )
