"""What of a judgement is watched: verdict, stage, lamps, gauges and claims, one item each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec

from debtcycle.cycle.judgement import Judgement
from debtcycle.indicators._flows import Lamp
from debtcycle.indicators.model import Reading
from debtcycle.indicators.treasury_demand import supply_above_demand
from debtcycle.indicators.treasury_supply import central_bank_buys, treasury_shortens

__all__ = ["AXIS_STEP", "GAUGE_STEP", "Item", "Kind", "Told", "differs", "items_of"]

# A gauge (0-100) or an axis (-1 to 1) is told again when it has moved so far from what was last
# told (D): small steps are the noise of every week, and many small ones add up to a told one.
GAUGE_STEP = 5.0
AXIS_STEP = 0.10
_LAMP_STATES = {True: "lit", False: "dark", None: "unknown"}


class Kind(StrEnum):
    """What an item is, in the order in which changes are told."""

    VERDICT = "verdict"
    AXES_VERDICT = "axes_verdict"
    GATE = "gate"
    RUNG = "rung"
    STAGE = "stage"
    POLICY = "policy"
    AXIS = "axis"
    GAUGE = "gauge"
    LAMP = "lamp"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Item:
    """One watched thing at a date.

    Attributes
    ----------
    name : str
        Which axis, gauge, lamp or claim; empty for the others.
    state : str or None
        Id of its state; None for what is a number.
    value : float or None
        Of an axis or a gauge.
    readings : tuple of Reading
        What it rests on.
    """

    kind: Kind
    name: str
    state: str | None
    value: float | None
    readings: tuple[Reading, ...]

    @property
    def key(self) -> tuple[Kind, str]:
        """What identifies it at every date."""
        return self.kind, self.name


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item as it was last told: kept between two looks."""

    kind: Kind
    name: str
    state: str | None
    value: float | None
    on: date

    @property
    def key(self) -> tuple[Kind, str]:
        """What identifies it at every date."""
        return self.kind, self.name


def differs(item: Item, told: Told) -> bool:
    """Whether an item is another than what was told, by more than its step."""
    if item.state != told.state or (item.value is None) != (told.value is None):
        return True
    if item.value is None or told.value is None:
        return False
    step = AXIS_STEP if item.kind is Kind.AXIS else GAUGE_STEP
    return abs(item.value - told.value) >= step


def _unique(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    return tuple({made.indicator: made for made in readings}.values())


def _lamps(judgement: Judgement) -> tuple[Lamp, ...]:
    findings = judgement.findings
    return (
        *judgement.stage.red_lights,
        *judgement.stage.lamps,
        supply_above_demand(findings.supply.net_issuance_gdp, findings.demand),
        central_bank_buys(findings.supply),
        treasury_shortens(findings.supply),
    )


def _verdicts(judgement: Judgement) -> tuple[Item, ...]:
    got, policy = judgement.assessment, judgement.assessment.stimulus
    scored = tuple(item.reading for item in got.inputs)
    gate = _unique(policy.readings)
    axes = _unique((*scored, *got.gauge.readings))
    rung = "unknown" if policy.rung is None else str(policy.rung)
    return (
        Item(Kind.VERDICT, "", got.verdict.value, None, _unique((*gate, *axes))),
        Item(Kind.AXES_VERDICT, "", got.axes_verdict.value, None, axes),
        Item(Kind.GATE, "", policy.gate.value, None, gate),
        Item(Kind.RUNG, "", rung, None, gate),
    )


def _stage(judgement: Judgement) -> tuple[Item, ...]:
    found = judgement.stage
    evidence = _unique(e.reading for stage in found.ranking for e in stage.evidence)
    leading = "unknown" if found.leading is None else found.leading.value
    policy = "unknown" if found.policy is None else found.policy.value
    deficit = judgement.findings.fiscal.deficit
    basis = (*judgement.assessment.stimulus.readings, deficit)
    return (
        Item(Kind.STAGE, "", leading, None, evidence),
        Item(Kind.POLICY, "", policy, None, _unique(basis)),
    )


def items_of(judgement: Judgement) -> tuple[Item, ...]:
    """All that is watched at the date of a judgement, in the order of `Kind`."""
    got = judgement.assessment
    gauges = (
        Item(Kind.GAUGE, "aggregate", None, got.gauge.aggregate, _unique(got.gauge.readings)),
        *(Item(Kind.GAUGE, g.name, None, g.value, _unique(g.statistics)) for g in got.gauge.gauges),
    )
    axes = (
        Item(Kind.AXIS, a.axis.value, None, a.score, _unique(i.reading for i in a.inputs))
        for a in got.axes
    )
    lamps = (
        Item(Kind.LAMP, lamp.lamp, _LAMP_STATES[lamp.lit], None, _unique(lamp.readings))
        for lamp in _lamps(judgement)
    )
    claims = (
        Item(Kind.CLAIM, str(c.id), c.state.value, None, _unique(c.readings))
        for c in judgement.claims
    )
    return (*_verdicts(judgement), *_stage(judgement), *axes, *gauges, *lamps, *claims)
