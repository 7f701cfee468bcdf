"""Claims 20-39: how the machine works.

What a model must show is untestable in this wing and says so. What a date's figures can show is
shown: the arithmetic of returns (28-30), measured links (32, 33), the wealth gap (23), nominal
against real (36), and the distance to the melt-ups that the essay names (37).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from debtcycle.cycle.assess import Assessment
from debtcycle.cycle.claims.model import (
    ClaimResult,
    Lamp,
    answer,
    at_most,
    untestable,
)
from debtcycle.cycle.findings import Findings
from debtcycle.indicators._flows import above, all_of
from debtcycle.indicators.attractiveness import (
    Ahead,
    bond_real_return_pct,
    gold_against_bond,
    modified_duration_years,
)
from debtcycle.indicators.comovement import LINKED
from debtcycle.indicators.events import par_bond_month_return

__all__ = [
    "NEEDS_MODEL", "claim_23", "claim_28", "claim_29", "claim_30", "claim_31", "claim_32",
    "claim_33", "claim_34", "claim_36", "claim_37", "claim_38",
]  # fmt: skip

# Claim 28: exact repricing of the bond after a move of a tenth of a point must agree with
# ``y - D dy`` within this; what is left is curvature and the month by which the bond is shorter.
_MOVE_PP = 0.1
_AGREE_PP = 0.02
# Claim 37 (D): root mean square distance of the axis scores within which a date resembles one.
ALIKE = 0.25
ANALOGUES = ("y2k", "qe2")
# The essay's example (claim 30).
_ESSAY_YIELD, _ESSAY_INFLATION, _ESSAY_REAL = 4.0, 5.0, (-1.0, -0.95)


def _model(claim: int, findings: Findings) -> ClaimResult:
    del findings
    return untestable(claim, "claim.reason.needs_model")


NEEDS_MODEL: dict[int, Callable[[Findings], ClaimResult]] = {
    claim: partial(_model, claim) for claim in (20, 21, 22, 24, 25, 26, 27, 35, 39)
}


def claim_23(findings: Findings) -> ClaimResult:
    """The wealth gap widens: the share of the top 1 % rose over four quarters."""
    made = findings.comovement
    readings = (made.top_share_change, made.top_share, made.bottom_share)
    return answer(23, above(made.top_share_change, 0.0), readings)


def claim_28(findings: Findings) -> ClaimResult:
    """Return is yield plus price change: ``y - D dy`` against exact repricing, gold ``0 + dp``."""
    ledger = findings.attractiveness
    bond = ledger.bond_yield
    if bond.value is None:
        return answer(28, None, (bond,))
    carry = bond.value / 12.0
    length = modified_duration_years(bond.value, 10.0 - 1.0 / 12.0)
    signs = []
    for move in (_MOVE_PP, -_MOVE_PP):
        exact = 100.0 * par_bond_month_return(bond.value, bond.value + move)
        price = exact - carry
        signs.append(abs(price + length * move) <= _AGREE_PP and price * move < 0)
    gold = next((line for line in ledger.lines if line.asset == "gold"), None)
    pays_nothing = None if gold is None else gold.running_yield.value == 0.0
    lamps = (
        Lamp("bond_reprices", all(signs)),
        Lamp("gold_pays_nothing", pays_nothing),
    )
    return answer(28, all(signs), (bond, ledger.duration, ledger.carry_cushion), lamps)


def claim_29(findings: Findings) -> ClaimResult:
    """Gold's break-even growth is the bond's yield: below it the bond, above it gold."""
    ledger = findings.attractiveness
    bond = ledger.bond_yield
    gold = next((line for line in ledger.lines if line.asset == "gold"), None)
    readings = [bond]
    if gold is not None:
        readings += [gold.needed_growth, *((gold.past_growth,) if gold.past_growth else ())]
    if bond.value is None:
        return answer(29, None, readings)
    order = [gold_against_bond(bond.value + step, bond.value) for step in (-1.0, 0.0, 1.0)]
    holds = order == [Ahead.BOND, Ahead.LEVEL, Ahead.GOLD]
    if gold is not None and gold.needed_growth.value is not None:
        holds = holds and abs(gold.needed_growth.value - bond.value) < 1e-9
    return answer(29, holds, readings, past=ledger.gold)


def claim_30(findings: Findings) -> ClaimResult:
    """Inflation above the yield makes the real return negative: 4 % at 5 % is -1 %."""
    ledger = findings.attractiveness
    bond = ledger.bond_yield
    cpi = next(
        reading
        for axis in findings.assessment.axes
        for reading in axis.beside
        if reading.indicator == "cpi_growth"
    )
    essay = bond_real_return_pct(_ESSAY_YIELD, _ESSAY_INFLATION)
    found = (round(essay.simple_pct, 2), round(essay.exact_pct, 2))
    if bond.value is None:
        return answer(30, None, (bond, cpi))
    # The identity (1 + r)(1 + pi) = 1 + y, and the sign of r that of y - pi, at the date's yield.
    holds = found == _ESSAY_REAL and all(
        abs((1 + r.exact_pct / 100) * (1 + r.inflation_pct / 100) - 1 - bond.value / 100) < 1e-9
        and r.exact_pct * r.simple_pct >= 0
        for r in ledger.real_returns
    )
    now = None if cpi.value is None else bond_real_return_pct(bond.value, cpi.value).exact_pct
    return answer(30, holds, (bond, cpi), real_return_at_cpi=now)


def claim_31(findings: Findings) -> ClaimResult:
    """Gold's supply is limited: no figures of its stock are at hand."""
    gold = next((line for line in findings.attractiveness.lines if line.asset == "gold"), None)
    shown = () if gold is None or gold.past_growth is None else (gold.past_growth,)
    return untestable(31, "claim.reason.no_gold_stock", shown)


def claim_32(findings: Findings) -> ClaimResult:
    """Gold against the bond: it rises when real yields fall. The link broke after 2022."""
    made = findings.comovement
    lamps = (
        Lamp("gold_against_real_yield", at_most(made.gold_real_yield, -LINKED)),
        Lamp("gold_with_breakeven", above(made.gold_breakeven, LINKED)),
    )
    return answer(32, lamps[0].on, (made.gold_real_yield, made.gold_breakeven), lamps)


def claim_33(findings: Findings) -> ClaimResult:
    """Multiples rise when real yields fall."""
    made = findings.comovement.multiple_real_yield
    readings = (made, findings.attractiveness.real_yield, *findings.technology)
    return answer(33, at_most(made, -LINKED), readings)


def claim_34(findings: Findings) -> ClaimResult:
    """Miners and infrastructure against technology: needs prices of sectors."""
    del findings
    return answer(34, None, reason="claim.reason.no_sectors")


def claim_36(findings: Findings) -> ClaimResult:
    """Multiples and nominal prices up, real return nought or less, over twelve months."""
    made = findings.comovement
    real = made.stocks_real
    lamps = (
        Lamp("multiples_up", above(made.multiple_change, 0.0)),
        Lamp("nominal_up", above(made.stocks_nominal, 0.0)),
        Lamp("real_eroded", at_most(real, 0.0)),
    )
    readings = (made.multiple_change, made.stocks_nominal, real)
    return answer(36, all_of([lamp.on for lamp in lamps[1:]]), readings, lamps)


def _distance(one: Assessment, other: Assessment) -> float | None:
    """Root mean square difference of the axes that both have, three at least."""
    pairs = [
        (a - b) ** 2
        for a, b in zip(one.axis_scores, other.axis_scores, strict=True)
        if a is not None and b is not None
    ]
    return (sum(pairs) / len(pairs)) ** 0.5 if len(pairs) >= 3 else None


def claim_37(findings: Findings) -> ClaimResult:
    """A melt-up as in late 1999 or 2010-11: how far the date's axes lie from theirs."""
    now = findings.assessment
    past = {
        e.expectation.name: e.assessment
        for e in findings.episodes
        if e.expectation.name in ANALOGUES and e.assessment.as_of < findings.as_of
    }
    gaps = {name: _distance(now, got) for name, got in past.items()}
    known = [gap for gap in gaps.values() if gap is not None]
    lamps = tuple(
        Lamp(f"like_{name}", None if gap is None else gap <= ALIKE) for name, gap in gaps.items()
    )
    distances = {f"distance_{name}": gap for name, gap in gaps.items()}
    heats = {f"heat_{name}": got.heat for name, got in past.items()}
    return answer(
        37,
        min(known) <= ALIKE if known else None,
        (),
        lamps,
        reason="claim.reason.no_analogue",
        heat=now.heat,
        **distances,
        **heats,
    )


def claim_38(findings: Findings) -> ClaimResult:
    """When the melt-up ends is a window with a hazard, never a date."""
    del findings
    return untestable(38, "claim.reason.never_a_date")
