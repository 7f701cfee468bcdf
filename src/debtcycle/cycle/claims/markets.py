"""Claims 6-12 and 40-42: credit, prices, jobs, inflation, the bubble, then and now."""

from __future__ import annotations

import numpy as np

from debtcycle.catalogue import load_catalogue
from debtcycle.catalogue.calendar import period_end
from debtcycle.cycle.assess import Assessment, Scored
from debtcycle.cycle.claims.model import ClaimResult, Lamp, answer, at_least, at_most, lamp_of
from debtcycle.cycle.findings import Findings
from debtcycle.cycle.verdict import AXIS_LINE, MIN_AXES, Verdict
from debtcycle.indicators._flows import all_of
from debtcycle.indicators.bubble_gauge import BUBBLE_LINE
from debtcycle.indicators.credit_growth import private_credit_strong
from debtcycle.indicators.model import Reading

__all__ = [
    "claim_6", "claim_7", "claim_8", "claim_9", "claim_10", "claim_11", "claim_12",
    "claim_40", "claim_41", "claim_42",
]  # fmt: skip

AT_HIGH_PCT = -2.0
BUBBLE_SIDE_PCT, DEPRESSION_SIDE_PCT = 20.0, 80.0
# Claim 7 (D): how many days before the date the newest price's period may have ended.
PRICE_AGE_DAYS = 10
JOBS_GAP_PP = 0.25
INFLATION_ABOVE_PP = 0.5
SAHM_PP = 0.5
# The starts of large-scale purchases among the replays of the past.
QE_EPISODES = ("qe1", "qe2", "qe3", "pandemic")
RESPONSE_MONTHS = 12
MIN_EVENTS = 3


def _scored(findings: Findings, name: str) -> Scored:
    return next(i for i in findings.assessment.inputs if i.anchor.indicator == name)


def _beside(findings: Findings, name: str) -> Reading:
    readings = (r for axis in findings.assessment.axes for r in axis.beside)
    return next(reading for reading in readings if reading.indicator == name)


def claim_6(findings: Findings) -> ClaimResult:
    """Private credit: growth not below nominal GDP, standards not tightening."""
    lamp = private_credit_strong(findings.credit_growth)
    readings = dict.fromkeys((*lamp.readings, *findings.credit_growth.readings))
    return answer(6, lamp.lit, readings, (lamp_of(lamp),))


def _price_age_days(findings: Findings, reading: Reading) -> int | None:
    """Days from the end of the newest price's period to the date; None without a price."""
    if not reading.known or not reading.origins:
        return None
    newest = reading.origins[0]
    end = period_end(load_catalogue()[newest.series], np.array([newest.period], dtype="M8[D]"))[0]
    return int((np.datetime64(findings.as_of, "D") - end).astype(int))


def claim_7(findings: Findings) -> ClaimResult:
    """Stocks within 2 % of their high so far; unknown if the newest price is too old to say.

    A monthly mean that stands in for closes says nothing of a fall in the month since.
    """
    reading = _scored(findings, "drawdown").reading
    age = _price_age_days(findings, reading)
    old = age is not None and age > PRICE_AGE_DAYS
    stand_in = reading.substitutes[0].series if reading.substitutes else None
    return answer(
        7,
        None if old else at_least(reading, AT_HIGH_PCT),
        (reading,),
        (Lamp("monthly_mean_stands_in", stand_in is not None if reading.known else None),),
        reason="claim.reason.old_price" if old else None,
        stand_in=stand_in,
        price_age_days=age,
    )


def claim_8(findings: Findings) -> ClaimResult:
    """Risk premia in the lowest fifth of their history."""
    reading = _scored(findings, "baa_spread").reading
    rank = reading.percentile
    low = None if rank is None else rank <= BUBBLE_SIDE_PCT
    high = None if rank is None else rank >= DEPRESSION_SIDE_PCT
    lamps = (Lamp("premia_low", low), Lamp("premia_wide", high))
    return answer(8, low, (reading, _beside(findings, "nfci")), lamps)


def claim_9(findings: Findings) -> ClaimResult:
    """Unemployment not above its own ten-year mean by more than a quarter point."""
    gap, sahm = _scored(findings, "unemployment_gap").reading, _beside(findings, "sahm")
    claims = _scored(findings, "claims_change").reading
    readings = (gap, _beside(findings, "nairu_gap"), sahm, claims)
    return answer(9, at_most(gap, JOBS_GAP_PP), readings, (Lamp("sahm", at_least(sahm, SAHM_PP)),))


def claim_10(findings: Findings) -> ClaimResult:
    """PCE inflation above its target of 2 % by half a point."""
    gap, core = _scored(findings, "pce_gap").reading, _scored(findings, "core_pce_gap").reading
    trend = _scored(findings, "core_pce_trend").reading
    rises = None if trend.value is None else trend.value > 0
    lamps = (
        Lamp("core_above_target", at_least(core, INFLATION_ABOVE_PP)),
        Lamp("inflation_rises", rises),
    )
    readings = (gap, core, trend, _beside(findings, "cpi_growth"))
    return answer(10, at_least(gap, INFLATION_ABOVE_PP), readings, lamps)


def claim_11(findings: Findings) -> ClaimResult:
    """The bubble gauge stands at 60 or more; the technology gauge beside it."""
    gauge = findings.assessment.gauge
    on = None if gauge.aggregate is None else gauge.aggregate >= BUBBLE_LINE
    published = findings.published[-1] if findings.published else None
    return answer(
        11,
        on,
        (*gauge.readings, *findings.technology),
        tuple(
            Lamp(f"gauge_{g.name}", None if g.value is None else g.value >= BUBBLE_LINE)
            for g in gauge.gauges
        ),
        aggregate=gauge.aggregate,
        low=gauge.low,
        high=gauge.high,
        published=None if published is None else published.value,
        published_day=None if published is None else published.day,
    )


def claim_12(findings: Findings) -> ClaimResult:
    """All together: the verdict, and how far it is to another one."""
    got = findings.assessment
    on = None if got.verdict is Verdict.UNKNOWN else got.verdict is Verdict.INTO_BUBBLE
    flip = findings.flips[0] if findings.flips else None
    return answer(
        12,
        on,
        (item.reading for item in got.inputs),
        _axis_lamps(got),
        verdict=got.verdict,
        axes_verdict=got.axes_verdict,
        flip_distance=None if flip is None else flip.distance,
        flip_to=None if flip is None else flip.to,
        agree=findings.robustness.agree,
    )


def _axis_lamps(got: Assessment) -> tuple[Lamp, ...]:
    return tuple(
        Lamp(f"{axis.axis}_hot", None if axis.score is None else axis.score > 0)
        for axis in got.axes
    )


def _cold(got: Assessment) -> bool | None:
    """Whether at least three axes stand below nought."""
    signs = [score < 0 for score in got.axis_scores if score is not None]
    if sum(signs) >= MIN_AXES:
        return True
    return None if len(signs) < MIN_AXES else False


def claim_40(findings: Findings) -> ClaimResult:
    """At every start of large-scale purchases so far, three axes stood on the cold side."""
    past = [e for e in findings.episodes if e.expectation.name in QE_EPISODES]
    cold = [_cold(episode.assessment) for episode in past]
    on = None if not cold or None in cold else all(cold)
    lamps = tuple(
        Lamp(f"cold_{episode.expectation.name}", sign)
        for episode, sign in zip(past, cold, strict=True)
    )
    readings = (i.reading for i in findings.then.inputs) if findings.then is not None else ()
    heat = {e.expectation.name: e.assessment.heat for e in past}
    return answer(40, on, readings, lamps, reason="claim.reason.no_start", **heat)


def claim_41(findings: Findings) -> ClaimResult:
    """Now the opposite of list A, as list B has it (D).

    At least three of the four axes (B1-B4) stand at `AXIS_LINE` or above, the verdict's own line,
    and the equity premium of B1 is low: CAPE yield minus ten-year in its lowest fifth. To stand
    merely above nought is no opposite.
    """
    ledger, gap = findings.attractiveness, _scored(findings, "cape_yield_gap").reading
    got = findings.assessment
    hot = {axis.axis: None if axis.score is None else axis.score >= AXIS_LINE for axis in got.axes}
    signs = tuple(hot.values())
    sure, open_ = signs.count(True), signs.count(None)
    enough = sure >= MIN_AXES if sure >= MIN_AXES or sure + open_ < MIN_AXES else None
    low = None if gap.percentile is None else gap.percentile <= BUBBLE_SIDE_PCT
    lamps = (
        *(Lamp(f"{axis}_at_anchor", sign) for axis, sign in hot.items()),
        Lamp("equity_premium_low", low),
    )
    readings = (
        gap,
        ledger.premium_earnings, ledger.premium_cape, ledger.premium_cape_real,
        ledger.earnings_yield, ledger.cape_yield, ledger.bond_yield, ledger.real_yield,
    )  # fmt: skip
    return answer(41, all_of((enough, low)), readings, lamps, heat=got.heat)


def claim_42(findings: Findings) -> ClaimResult:
    """Typical response: median twelve-month returns after announcements are above nought (D)."""
    table = findings.events[0]
    medians = [m for m in table.medians if m.horizon_months == RESPONSE_MONTHS]
    known = {m.asset: m.nominal_pct for m in medians if m.n_nominal >= MIN_EVENTS}
    lamps = tuple(
        Lamp(f"{m.asset}_rose", None if m.asset not in known else (m.nominal_pct or 0.0) > 0)
        for m in medians
    )
    signs = [lamp.on for lamp in lamps]
    on = None if not signs or None in signs else all(signs)
    cells = (c for row in table.rows for c in row.cells if c.horizon_months == RESPONSE_MONTHS)
    readings = tuple(c.nominal for c in cells if c.nominal.known)
    return answer(42, on, readings, lamps, reason="claim.reason.few_events", events=table.n)
