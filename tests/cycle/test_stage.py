"""Ranking of the stages: every criterion counted once, the margin, policy and lights."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from debtcycle.cycle.stage import CRITERIA, MARGIN, PolicyType, Stage, stage
from debtcycle.indicators.model import Reading, Status

DATES = ("1962-03-31", "1999-12-31", "2008-11-28", "2010-11-05", "2025-11-05")


def lamps(ranking):
    return {lamp.lamp: lamp.lit for lamp in (*ranking.red_lights, *ranking.lamps)}


def test_criteria_are_unique_and_every_stage_has_enough():
    assert len({c.id for c in CRITERIA}) == len(CRITERIA)
    counts = Counter(c.stage for c in CRITERIA)
    assert set(counts) == set(Stage) - {Stage.TRANSITION}
    assert min(counts.values()) >= 5


@pytest.mark.parametrize("day", DATES)
def test_support_is_what_the_evidence_adds_up_to(judged, day):
    found = judged(day).stage
    for item in found.ranking:
        parts = (item.speaks_for, item.speaks_against, item.missing)
        assert sum(map(len, parts)) == len(item.evidence)
        known = len(parts[0]) + len(parts[1])
        if item.support is None:
            assert known * 2 < len(item.evidence)
        else:
            assert item.support == pytest.approx((len(parts[0]) - len(parts[1])) / known)
        for one in item.evidence:
            if one.supports is not None:
                beyond = one.position - one.threshold
                assert one.supports is (beyond >= 0 if one.at_least else beyond <= 0)
    supports = [s.support for s in found.ranking if s.support is not None]
    assert supports == sorted(supports, reverse=True)


@pytest.mark.parametrize("day", DATES)
def test_the_leader_leads_by_more_than_the_margin(judged, day):
    found = judged(day).stage
    first, second = (s.support for s in found.ranking[:2])
    if found.leading is Stage.TRANSITION:
        assert found.between == tuple(s.stage for s in found.ranking[:2])
        assert first - second <= MARGIN or first <= 0
    else:
        assert found.leading is found.ranking[0].stage
        assert found.between == ()
        assert first - second > MARGIN


def test_after_the_crisis_deleveraging_leads(judged):
    assert judged("2010-11-05").stage.leading is Stage.DELEVERAGING
    assert judged("2010-11-05").stage.policy is PolicyType.MP3


def value(reading, number):
    if number is None:
        return Reading(reading.indicator, reading.unit, None, Status.ABSENT)
    return replace(reading, value=number, status=Status.OK)


def unknown(reading):
    return replace(value(reading, None), percentile=None)


def with_(findings, **changes):
    """Findings with other readings: ``signs_x=...`` replaces ``findings.signs.x``."""
    for name, number in changes.items():
        room, field = name.split("_", 1)
        part = getattr(findings, room)
        other = replace(part, **{field: value(getattr(part, field), number)})
        findings = replace(findings, **{room: other})
    return findings


def test_red_lights_by_hand(judged):
    base = judged("2025-11-05").findings
    lit = with_(base, fiscal_net_interest_revenue=15.0)
    assert lamps(stage(lit))["service_crowds_out"] is True
    dark = with_(base, fiscal_net_interest_revenue=14.9)
    assert lamps(stage(dark))["service_crowds_out"] is False
    buying = with_(base, supply_fed_13_weeks=0.3, signs_dollar_change=-3.0)
    assert lamps(stage(buying))["buys_while_currency_weakens"] is True
    assert (
        lamps(stage(with_(buying, signs_dollar_change=-2.9)))["buys_while_currency_weakens"]
        is False
    )
    assert (
        lamps(stage(with_(buying, signs_dollar_change=None)))["buys_while_currency_weakens"] is None
    )


@pytest.mark.parametrize(
    ("bought", "take", "change", "lit"),
    [
        (-1.0, -0.1, 1.0, True),  # they sell
        (543.0, 25.0, -1.5, True),  # they buy, but less than keeps a share that falls
        (543.0, 35.0, -1.5, False),  # they buy as much as keeps it
        (543.0, 25.0, -0.9, False),  # it hardly falls
        (543.0, 25.0, None, None),
        (None, 35.0, -1.5, None),
        (543.0, None, -1.5, False),  # nothing was issued on balance
    ],
)
def test_holders_sell_only_if_they_sell_or_fall_behind(judged, bought, take, change, lit):
    base = judged("2025-11-05").findings
    holders = tuple(
        value(r, bought) if r.indicator == "holder_foreign" else value(r, 100.0)
        for r in base.demand.holders
    )
    base = replace(base, demand=replace(base.demand, holders=holders))
    changes = {"foreign_share": 30.0, "foreign_take": take, "foreign_share_change": change}
    found = with_(base, **{f"demand_{name}": number for name, number in changes.items()})
    assert lamps(stage(found))["holders_sell"] is lit


def test_sound_money_asks_for_low_net_debt(judged):
    base = judged("2025-11-05").findings
    for level, fits in ((60.0, True), (60.1, False), (None, None)):
        found = stage(with_(base, fiscal_debt_public=level))
        evidence = next(
            e for s in found.ranking for e in s.evidence if e.criterion == "sound_level"
        )
        assert evidence.supports is fits


def test_extra_lamps_by_hand(judged):
    base = judged("2025-11-05").findings  # the policy rate fell by 50 bp
    up = with_(base, signs_long_yield_change=0.25, signs_dollar_change=-3.0, signs_gold_change=10.0)
    found = lamps(stage(with_(up, supply_bill_share_change=0.1)))
    assert found["long_yields_up"] is found["dollar_down_gold_up"] is True
    assert found["bill_share_rises"] is True
    down = with_(base, signs_long_yield_change=0.24, signs_gold_change=9.9)
    found = lamps(stage(with_(down, supply_bill_share_change=None)))
    assert found["long_yields_up"] is found["dollar_down_gold_up"] is False
    assert found["bill_share_rises"] is None


@pytest.mark.parametrize(
    ("weeks", "rung", "deficit", "policy"),
    [
        (0.0, 1, 6.0, PolicyType.MP1),
        (0.3, 1, 6.0, PolicyType.MP3),
        (0.3, 1, 4.0, PolicyType.MP2),
        (0.0, 4, 6.0, PolicyType.MP3),
        (0.0, None, 6.0, None),
        (0.3, 1, None, None),
    ],
)
def test_types_of_policy(judged, weeks, rung, deficit, policy):
    base = judged("2025-11-05").findings
    got = with_(base, supply_fed_13_weeks=weeks, fiscal_deficit=deficit)
    stance = replace(got.assessment.stimulus, rung=rung)
    got = replace(got, assessment=replace(got.assessment, stimulus=stance))
    assert stage(got).policy is policy


def test_debt_arithmetic_is_carried(judged):
    found = judged("2025-11-05")
    years = found.findings.debt.path.years
    assert found.stage.debt.years == len(years)
    assert found.stage.debt.debt_ahead == pytest.approx(years[-1].debt_pct_of_gdp)
    gap = found.stage.debt.adjustment_needed_pct_of_gdp
    primary, keeps = found.stage.debt.primary_deficit, found.stage.debt.stabilising
    assert gap == pytest.approx(primary.value - keeps.value)


def test_with_little_known_no_stage_is_named(judged):
    base = judged("2025-11-05").findings
    got = base.assessment
    axes = tuple(
        replace(
            axis,
            inputs=tuple(
                replace(i, reading=replace(value(i.reading, None), percentile=None))
                for i in axis.inputs
            ),
        )
        for axis in got.axes
    )
    stance = got.stimulus
    blank = {
        name: value(getattr(stance, name), None)
        for name in ("real_rate", "rate_minus_rule", "rate_change_12m", "policy_rate")
    }
    gauge = replace(
        got.gauge,
        aggregate=None,
        gauges=tuple(
            replace(
                g, statistics=tuple(replace(value(s, None), percentile=None) for s in g.statistics)
            )
            for g in got.gauge.gauges
        ),
    )
    got = replace(got, axes=axes, gauge=gauge, stimulus=replace(stance, **blank))
    found = stage(replace(base, assessment=got))
    assert found.leading is None
    assert found.between == ()
    missing = [e.criterion for s in found.ranking for e in s.missing]
    assert "bubble_gauge" in missing
