"""Claims 5, 13, 14, 17, 43 and 44: the budget, its financing, and who pays for it."""

from __future__ import annotations

from debtcycle.cycle.claims.model import ClaimResult, Lamp, answer, lamp_of
from debtcycle.cycle.claims.stimulus import cutting, growing
from debtcycle.cycle.findings import Findings
from debtcycle.indicators._flows import Lamp as Light
from debtcycle.indicators._flows import above, all_of
from debtcycle.indicators.fiscal import loose_fiscal
from debtcycle.indicators.model import Reading
from debtcycle.indicators.stimulus import Gate
from debtcycle.indicators.treasury_demand import supply_above_demand
from debtcycle.indicators.treasury_supply import central_bank_buys, treasury_shortens

__all__ = ["claim_5", "claim_13", "claim_14", "claim_17", "claim_43", "claim_44"]


def _unemployment_gap(findings: Findings) -> Reading:
    return next(
        item.reading
        for item in findings.assessment.inputs
        if item.anchor.indicator == "unemployment_gap"
    )


def _loose(findings: Findings) -> Light:
    return loose_fiscal(findings.fiscal.deficit, _unemployment_gap(findings))


def _acts(findings: Findings) -> str:
    """Ids of the acts of the last twelve months, oldest first."""
    return " ".join(act.id for act in findings.policy_log.recent)


def claim_5(findings: Findings) -> ClaimResult:
    """Monetising debt: balance sheet up, rates cut, deficit big while unemployment is low."""
    policy = findings.assessment.stimulus
    loose = _loose(findings)
    lamps = (
        Lamp("balance_sheet_grows", growing(policy)),
        Lamp("rate_cut", cutting(policy.rate_change_6m)),
        lamp_of(loose),
    )
    readings = (policy.assets_13w, policy.announced_13w, policy.rate_change_6m, *loose.readings)
    score = sum(lamp.on is True for lamp in lamps)
    return answer(5, all_of([lamp.on for lamp in lamps]), readings, lamps, score=score)


def claim_13(findings: Findings) -> ClaimResult:
    """Looser restraints: two of three among the budget, fiscal acts and rules (D)."""
    log, impulse = findings.policy_log, findings.fiscal.impulse
    lamps = (
        Lamp("budget_loosens", above(impulse, 0.0)),
        Lamp("acts_loosen_budget", log.loosens("fiscal")),
        Lamp("acts_loosen_rules", log.loosens("rules")),
    )
    on = sum(lamp.on is True for lamp in lamps)
    open_ = sum(lamp.on is None for lamp in lamps)
    state = True if on >= 2 else (False if on + open_ < 2 else None)
    readings = (impulse, findings.fiscal.deficit)
    why = "claim.reason.before_log"
    return answer(13, state, readings, lamps, reason=why, acts=_acts(findings))


def claim_14(findings: Findings) -> ClaimResult:
    """Deficit, debt, and more bonds than buyers want at the price."""
    lamp = supply_above_demand(findings.supply.net_issuance_gdp, findings.demand)
    demand, fiscal = findings.demand, findings.fiscal
    readings = (
        *lamp.readings, demand.cover, demand.foreign_share, demand.term_premium,
        demand.term_premium_acm, fiscal.deficit, fiscal.debt, *demand.holders,
    )  # fmt: skip
    return answer(14, lamp.lit, dict.fromkeys(readings), (lamp_of(lamp),))


def claim_17(findings: Findings) -> ClaimResult:
    """The late-cycle triad: all three lamps at once."""
    lights = (
        supply_above_demand(findings.supply.net_issuance_gdp, findings.demand),
        central_bank_buys(findings.supply),
        treasury_shortens(findings.supply),
    )
    readings = dict.fromkeys(reading for light in lights for reading in light.readings)
    lamps = tuple(lamp_of(light) for light in lights)
    lit = sum(lamp.on is True for lamp in lamps)
    return answer(17, all_of([light.lit for light in lights]), readings, lamps, lit=lit)


def claim_43(findings: Findings) -> ClaimResult:
    """Purchases monetise: more than a quarter of net issuance over four quarters."""
    money = findings.supply.monetisation
    short = treasury_shortens(findings.supply)
    readings = (money.share, money.purchases, money.issuance, *money.by_maturity, *short.readings)
    lamps = (Lamp("monetisation_substantial", money.substantial), lamp_of(short))
    return answer(43, money.substantial, readings, lamps)


def claim_44(findings: Findings) -> ClaimResult:
    """A bet on growth, loose on three fronts."""
    policy = findings.assessment.stimulus
    loose = _loose(findings)
    monetary = None if policy.gate is Gate.UNKNOWN else policy.gate is Gate.ON
    rules = findings.policy_log.loosens("rules")
    technology = next(
        reading
        for reading in findings.assessment.gauge.readings
        if reading.indicator == "gauge_technology_investment"
    )
    lamps = (Lamp("monetary_loose", monetary), lamp_of(loose), Lamp("rules_loose", rules))
    return answer(
        44,
        all_of([lamp.on for lamp in lamps]),
        (policy.rate_change_6m, policy.assets_13w, *loose.readings, technology),
        lamps,
        reason="claim.reason.before_log" if rules is None else None,
        acts=_acts(findings),
    )
