"""The evidence of the four axes, and of policy: stimulus, cuts, purchases, funding."""

from __future__ import annotations

from debtcycle.cycle.assess import AxisReading, Scored
from debtcycle.cycle.findings import Findings
from debtcycle.cycle.flip import gate_edges
from debtcycle.indicators.model import Reading
from debtcycle.indicators.stimulus import LARGE_PCT_OF_GDP, Rung
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.format import day_of, figure
from debtcycle.report.sections.two_ways import two_ways
from debtcycle.report.words import Words

__all__ = ["axes", "policy"]

# Whole history estimated anew with every update: an earlier date's figure is not as it was.
_REESTIMATED = frozenset({"nfci"})
# What the log of announcements has as the source of a row that no page confirms.
_UNCONFIRMED = "unconfirmed"


def _row(words: Words, item: Scored) -> tuple[str, ...]:
    made = item.reading
    remarks = words("remark.not_existing") if not item.exists else words.remarks(made)
    rank = "–" if made.percentile is None else figure(made.percentile, 0)
    return (
        words.indicator(item.anchor.indicator),
        words.of(made),
        rank,
        words.dated(made),
        day_of(made.known_from) if made.known_from else "–",
        words.score(item.score),
        remarks,
    )


def _beside(words: Words, made: Reading) -> str:
    """Evidence outside the score: value and period, or why there is none."""
    name = words.indicator(made.indicator)
    if not made.known:
        return words("axis.beside_unknown", name=name, why=words.why_not(made))
    if made.indicator in _REESTIMATED:
        name = words("axis.reestimated", name=name)
    return words("axis.beside_item", name=name, value=words.of(made), period=words.dated(made))


def _axis(words: Words, axis: AxisReading) -> list[Block]:
    name = words(f"axis.{axis.axis.value}")
    rows = [_row(words, item) for item in axis.inputs]
    head = tuple(
        words(f"col.{c}")
        for c in ("what", "value", "percentile", "period", "known", "score", "remarks")
    )
    known = sum(item.score is not None for item in axis.inputs)
    existing = sum(item.exists for item in axis.inputs)
    title = words(
        "axis.title", name=name, score=words.score(axis.score), known=known, existing=existing
    )
    blocks: list[Block] = [Table(head, tuple(rows), frozenset({1, 2, 5}), title)]
    if axis.beside:
        beside = [_beside(words, made) for made in axis.beside]
        text = words("axis.beside", items=words("list.semicolon").join(beside))
        blocks.append(Para(text, "dim"))
    return blocks


def axes(words: Words, findings: Findings) -> Section:
    """Every input with its value, percentile, period, day known and score."""
    got = findings.assessment
    blocks: list[Block] = [Para(words("axes.how"))]
    for axis in got.axes:
        blocks += _axis(words, axis)
    return Section("axes", words("section.axes"), tuple(blocks))


def _ladder(words: Words, findings: Findings) -> list[Block]:
    policy = findings.assessment.stimulus
    rungs = (Rung.QT, Rung.REINVEST, Rung.RESERVES, Rung.BILLS_AND_COUPONS, Rung.LSAP)
    items = tuple(
        words(
            "ladder.here" if rung == policy.rung else "ladder.other",
            rung=rung,
            name=words(f"ladder.{rung}"),
        )
        for rung in rungs
    )
    return [Para(words("ladder.title")), Bullets(items)]


def _source(words: Words, source: str) -> str:
    """Where an announcement was read; that no page confirms it is said in the report's words."""
    return words("purchases.unconfirmed") if source == _UNCONFIRMED else source


def _purchases(words: Words, findings: Findings) -> Block:
    programmes = findings.assessment.stimulus.purchases.programmes
    if not programmes:
        return Para(words("purchases.none"))
    items = []
    for p in programmes:
        state = "running_off" if p.running_off else "buying"
        if not p.running_off and p.pace_usd_bn_per_month <= 0:
            state = "standing"
        items.append(
            words(
                f"purchases.{state}",
                name=words.programme(p.name),
                asset=words(f"purchases.class.{p.asset_class}"),
                pace=words.value(p.pace_usd_bn_per_month, "usd_bn"),
                date=day_of(p.announced),
                source=_source(words, p.source),
            )
        )
    return Bullets(tuple(items))


def _edges(words: Words, findings: Findings) -> list[Block]:
    policy = findings.assessment.stimulus
    said: list[Block] = []
    edges = dict.fromkeys((*policy.edges, *gate_edges(policy)))
    if edges:
        names = words.listed([words.indicator(name) for name in edges])
        said.append(Para(words("gate.edge", names=names), "warn"))
    if policy.growing_while_rates_rise:
        said.append(Para(words("gate.growing_while_rates_rise"), "warn"))
    return said


def _pace(words: Words, findings: Findings) -> str:
    policy = findings.assessment.stimulus
    if policy.rate_change_6m.value is None or policy.rate_change_12m.value is None:
        return words("pace.unknown", why=words.why_not(policy.rate_change_6m))
    return words(
        "pace.line" if policy.rule_rate.known else "pace.line_without_rule",
        rate=words.of(policy.policy_rate),
        six=words.of(policy.rate_change_6m),
        twelve=words.of(policy.rate_change_12m),
        rule=words.of(policy.rule_rate)
        if policy.rule_rate.known
        else words.why_not(policy.rule_rate),
        real=words.of(policy.real_rate),
    )


def _monetisation(words: Words, findings: Findings) -> list[Block]:
    money = findings.supply.monetisation
    if money.undefined:
        key = "monetisation.undefined"
    elif money.share.value is None:
        key = "monetisation.unknown"
    elif money.share.value < 0:
        key = "monetisation.negative"
    else:
        key = "monetisation.substantial" if money.substantial else "monetisation.small"
    said = words(
        key,
        share=words.of(money.share),
        bought=words.of(money.purchases),
        issued=words.of(money.issuance),
        why=words.why_not(money.share),
    )
    readings = (money.share, money.purchases, money.issuance, *money.by_maturity)
    return [
        Para(said),
        *words.readings(readings, title=words("title.monetisation")),
    ]


def _announced_days(findings: Findings) -> dict[str, str]:
    """Day of the newest announcement in force, for what is computed from announcements."""
    programmes = findings.assessment.stimulus.purchases.programmes
    newest = max((day_of(p.announced) for p in programmes), default="–")
    return dict.fromkeys(("announced_13w", "ten_year_equivalents_13w", "purchase_pace_gap"), newest)


def policy(words: Words, findings: Findings) -> Section:
    """Stimulus and ladder, pace of cuts, monetisation, supply and demand, private credit."""
    stimulus = findings.assessment.stimulus
    supply, demand = findings.supply, findings.demand
    ways = (*supply.ways, *demand.ways)
    beside = {made.indicator for way in ways for made in way.readings}
    stock = (supply.bill_share_stock,) if supply.bill_share_stock.known else ()
    blocks: list[Block] = [
        *words.readings(
            (*stimulus.readings, *findings.reserves.readings),
            title=words("title.stimulus"),
            dated=_announced_days(findings),
        ),
        *_edges(words, findings),
        *_ladder(words, findings),
        Para(words("purchases.title", large=figure(LARGE_PCT_OF_GDP, 0))),
        _purchases(words, findings),
        Para(_pace(words, findings)),
        *_monetisation(words, findings),
        *words.readings(findings.fiscal.readings, title=words("title.fiscal")),
        *words.readings((*supply.readings[:5], *stock), title=words("title.supply")),
        *words.readings(
            [made for made in demand.readings if made.indicator not in beside],
            title=words("title.demand"),
        ),
        Para(words("demand.reestimated"), "dim"),
        *two_ways(words, ways),
        *words.readings(findings.credit_growth.readings, title=words("title.credit")),
        *words.readings(findings.funding.readings, title=words("title.funding")),
    ]
    return Section("policy", words("section.policy"), tuple(blocks))
