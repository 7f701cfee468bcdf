"""Stage of the big cycle with its evidence, red lights and late-cycle lamps."""

from __future__ import annotations

from collections.abc import Sequence

from debtcycle.cycle.findings import Findings
from debtcycle.cycle.stage import Evidence, Stage, StageRanking
from debtcycle.indicators._flows import Lamp
from debtcycle.indicators.treasury_demand import supply_above_demand
from debtcycle.indicators.treasury_supply import central_bank_buys, treasury_shortens
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.format import against_line, figure, signed
from debtcycle.report.words import Words

__all__ = ["lamp_state", "stage", "triad"]


def triad(findings: Findings) -> tuple[Lamp, ...]:
    """The three lamps of the late cycle (claim 17)."""
    return (
        supply_above_demand(findings.supply.net_issuance_gdp, findings.demand),
        central_bank_buys(findings.supply),
        treasury_shortens(findings.supply),
    )


def lamp_state(words: Words, lit: bool | None) -> str:
    """Lit, dark or unknown."""
    return words({True: "lampstate.lit", False: "lampstate.dark", None: "lampstate.unknown"}[lit])


def _lamps(words: Words, lamps: Sequence[Lamp], title: str) -> Table:
    rows = tuple(
        (
            words(f"lamp.{lamp.lamp}"),
            lamp_state(words, lamp.lit),
            words("list.semicolon").join(
                words("evidence.item", name=words.indicator(r.indicator), value=words.of(r))
                for r in lamp.readings
            ),
        )
        for lamp in lamps
    )
    head = tuple(words(f"col.{c}") for c in ("lamp", "state", "evidence"))
    return Table(head, rows, title=title)


def _evidence(words: Words, item: Evidence) -> str:
    """What was asked of a reading, and what it is; a percentile where that was held against."""
    made, position = item.reading, item.position
    gauge = made.indicator == "bubble_gauge"
    shown = words.of(made)
    if position is not None and (gauge or position != made.value):
        number = against_line(position, item.threshold)
        shown = words("bubble.points" if gauge else "stage.percentile", n=number)
    side = "for" if item.supports else "against"
    return words(f"stage.item_{side}", criterion=words(f"criterion.{item.criterion}"), value=shown)


def _ranking(words: Words, ranking: StageRanking) -> list[Block]:
    head = tuple(words(f"col.{c}") for c in ("stage", "support", "for", "against", "missing"))
    rows = tuple(
        (
            words(f"stage.{item.stage.value}"),
            words("unknown") if item.support is None else signed(item.support),
            str(len(item.speaks_for)),
            str(len(item.speaks_against)),
            str(len(item.missing)),
        )
        for item in ranking.ranking
    )
    blocks: list[Block] = [Table(head, rows, frozenset({1, 2, 3, 4}), words("title.stages"))]
    for item in ranking.ranking[:2]:
        name = words(f"stage.{item.stage.value}")
        for side, found in (("for", item.speaks_for), ("against", item.speaks_against)):
            if found:
                blocks.append(Para(words(f"stage.speaks_{side}", stage=name)))
                blocks.append(Bullets(tuple(_evidence(words, e) for e in found)))
    return blocks


def _leading(words: Words, ranking: StageRanking) -> str:
    if ranking.leading is None:
        return words("stage.unknown")
    if ranking.leading is Stage.TRANSITION:
        names = [words(f"stage.{one.value}") for one in ranking.between]
        return words("stage.between", first=names[0], second=names[1])
    return words("stage.leads", stage=words(f"stage.{ranking.leading.value}"))


def _debt(words: Words, ranking: StageRanking) -> str:
    found = ranking.debt
    if found.debt_now is None or found.debt_ahead is None:
        return words("stage.debt_unknown")
    needed = found.adjustment_needed_pct_of_gdp
    # A primary deficit below the stabilising one leaves room instead of asking for a cut.
    room = needed is not None and needed < 0
    return words(
        "stage.debt_room" if room else "stage.debt",
        now=figure(found.debt_now, 0),
        ahead=figure(found.debt_ahead, 0),
        years=found.years,
        needed=words("unknown") if needed is None else words.value(abs(needed), "percent_of_gdp"),
    )


def stage(words: Words, findings: Findings, ranking: StageRanking) -> Section:
    """Which stage today's figures resemble, and what speaks against it."""
    policy = "unknown" if ranking.policy is None else ranking.policy.value
    blocks: list[Block] = [
        Para(_leading(words, ranking)),
        Para(words(f"stage.policy.{policy}")),
        *_ranking(words, ranking),
        Para(_debt(words, ranking)),
        _lamps(words, triad(findings), words("title.triad")),
        _lamps(words, ranking.red_lights, words("title.red_lights")),
        _lamps(words, ranking.lamps, words("title.lamps")),
        *words.readings(findings.signs.readings, title=words("title.signs")),
        *words.readings(findings.comovement.readings, title=words("title.comovement")),
    ]
    return Section("stage", words("section.stage"), tuple(blocks))
