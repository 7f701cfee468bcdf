"""Claims 1-4, 15 and 16: what the central bank does, and how far it has gone."""

from __future__ import annotations

from debtcycle.cycle.claims.model import ClaimResult, Lamp, answer, at_most, lamp_of
from debtcycle.cycle.findings import Findings
from debtcycle.indicators._flows import above, all_of, any_of
from debtcycle.indicators.model import Reading, Status
from debtcycle.indicators.reserves import BAND_PCT_OF_GDP, EXCESS_PP
from debtcycle.indicators.stability import funding_strained, stability_first
from debtcycle.indicators.stimulus import (
    CUT_PP,
    GROWTH_PCT_OF_GDP,
    LARGE_PCT_OF_GDP,
    Rung,
    Stimulus,
)

__all__ = ["claim_1", "claim_2", "claim_3", "claim_4", "claim_15", "claim_16", "cutting", "growing"]

_RUNGS = ("qt", "reinvest", "reserve_management", "bills_and_coupons", "lsap")


def growing(policy: Stimulus) -> bool | None:
    """Whether the balance sheet grows, measured or announced, by 0.25 % of GDP in 13 weeks."""
    made = [above(policy.assets_13w, GROWTH_PCT_OF_GDP)]
    if policy.securities_13w.status is not Status.NOT_BEGUN:
        made.append(above(policy.securities_13w, GROWTH_PCT_OF_GDP))
    return any_of((*made, above(policy.announced_13w, GROWTH_PCT_OF_GDP)))


def cutting(change: Reading) -> bool | None:
    """Whether the policy rate fell by 50 bp or more; the 1e-9 is for binary fractions."""
    return at_most(change, CUT_PP + 1e-9)


def _direction(change: Reading) -> str | None:
    """What the balance sheet does over 13 weeks: ``grows``, ``shrinks``, ``steady``."""
    if change.value is None:
        return None
    if change.value > GROWTH_PCT_OF_GDP:
        return "grows"
    return "shrinks" if change.value < -GROWTH_PCT_OF_GDP else "steady"


def _announced(policy: Stimulus) -> str:
    """The announced programmes in force that buy, each with its day."""
    # One programme buys several classes of securities.
    named = (f"{p.name} ({p.announced.isoformat()})" for p in policy.purchases.buying)
    return "; ".join(dict.fromkeys(named))


def claim_1(findings: Findings) -> ClaimResult:
    """QT stops, QE starts: the balance sheet grows, or growth of that pace is announced.

    What decides stands first among the readings: the measured growth, or else the announced pace,
    so that a true answer beside a balance sheet that still shrinks explains itself. Growth while
    the policy rate rises (the bulge for the year 2000) is growth; whether it eases is the gate's
    question, and a lamp says that rates rise.
    """
    policy, turning = findings.assessment.stimulus, findings.reserves.since_trough
    change, rate = policy.assets_13w, policy.rate_change_6m
    measures = (change, policy.securities_13w, policy.announced_13w)
    decides = [made for made in measures if above(made, GROWTH_PCT_OF_GDP)]
    shrinks = None if change.value is None else change.value < -GROWTH_PCT_OF_GDP
    rises = above(rate, 0.0)
    lamps = (
        Lamp("balance_sheet_shrinks", shrinks),
        Lamp("balance_sheet_grows", above(change, GROWTH_PCT_OF_GDP)),
        Lamp("balance_sheet_grows_fast", above(change, LARGE_PCT_OF_GDP)),
        Lamp("purchases_announced", above(policy.announced_13w, GROWTH_PCT_OF_GDP)),
        Lamp("runoff_in_force", policy.purchases.running_off),
        Lamp("grows_while_rates_rise", all_of((above(change, GROWTH_PCT_OF_GDP), rises))),
    )
    readings = dict.fromkeys(
        (
            *decides[:1], *((rate,) if decides and rises else ()), change, policy.announced_13w,
            policy.securities_13w, policy.assets_52w, turning, rate,
        )
    )  # fmt: skip
    return answer(
        1,
        growing(policy),
        readings,
        lamps,
        direction=_direction(change),
        turning_date=findings.reserves.turned,
        announced=_announced(policy),
    )


def claim_2(findings: Findings) -> ClaimResult:
    """Technical, yet easing: purchases that pass for technical and still ease."""
    policy, held = findings.assessment.stimulus, findings.reserves
    low, high = BAND_PCT_OF_GDP
    ratio = held.to_gdp.value
    eases = growing(policy)
    lamps = (
        Lamp("bills_only", held.bills_only),
        Lamp("pace_within_gdp", at_most(held.pace_growth, 0.0)),
        Lamp("reserves_in_band", None if ratio is None else low <= ratio <= high),
        Lamp("eases", eases),
    )
    readings = (
        policy.announced_13w, held.ten_year_equivalents, held.pace_growth, held.to_gdp,
        policy.assets_13w,
    )  # fmt: skip
    return answer(2, all_of([lamp.on for lamp in lamps]), readings, lamps)


def claim_3(findings: Findings) -> ClaimResult:
    """Reserves grow with banks and the economy, no faster."""
    held = findings.reserves
    reason = "claim.reason.no_qt_end" if held.qt_ended is None else None
    lamps = (Lamp("reserves_above_neutral", above(held.excess, EXCESS_PP)),)
    return answer(
        3,
        at_most(held.excess, EXCESS_PP),
        (held.to_gdp, held.to_bank_assets, held.excess),
        lamps,
        reason=reason,
        qt_ended=held.qt_ended,
    )


def claim_4(findings: Findings) -> ClaimResult:
    """Easing by cuts: 50 bp or more in six months."""
    policy = findings.assessment.stimulus
    readings = (
        policy.rate_change_6m, policy.rate_change_12m, policy.policy_rate, policy.real_rate,
        policy.rule_rate, policy.rate_minus_rule,
    )  # fmt: skip
    gap = policy.rate_minus_rule.value
    lamps = (
        Lamp("rate_below_rule", None if gap is None else gap < 0),
        Lamp("on_the_edge", "rate_change_6m" in policy.edges),
    )
    return answer(4, cutting(policy.rate_change_6m), readings, lamps)


def claim_15(findings: Findings) -> ClaimResult:
    """Market stability before inflation: below the rule while inflation is above target."""
    policy = findings.assessment.stimulus
    gap = next(
        item.reading
        for item in findings.assessment.inputs
        if item.anchor.indicator == "core_pce_gap"
    )
    first = stability_first(policy.rate_minus_rule, gap, findings.funding)
    lamps = (lamp_of(first), lamp_of(funding_strained(findings.funding)))
    return answer(15, first.lit, first.readings, lamps)


def claim_16(findings: Findings) -> ClaimResult:
    """Whether full QE follows remains to be seen: the ladder is below its last rung."""
    policy = findings.assessment.stimulus
    rung = policy.rung
    lamps = tuple(
        Lamp(f"rung_{name}", None if rung is None else rung == n) for n, name in enumerate(_RUNGS)
    )
    readings = (policy.assets_13w, policy.securities_13w, policy.announced_13w)
    return answer(16, None if rung is None else rung < Rung.LSAP, readings, lamps, rung=rung)
