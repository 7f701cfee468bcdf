"""Debt and crisis odds: every share with its counts, its interval and its record."""

from __future__ import annotations

import math

from debtcycle.crises.quoted import QUOTED_HORIZON
from debtcycle.crises.record import OddsRow, SkillRow, shipped_record
from debtcycle.crises.today import Signal
from debtcycle.cycle.findings import Findings
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.format import figure
from debtcycle.report.warning_drawings import odds_drawing
from debtcycle.report.words import Words

__all__ = ["area", "crises", "false_alarms", "hits"]

_NONE = "–"


def _name(words: Words, item: Signal) -> str:
    return words(f"crises.signal.{item.signal}")


def _odds(words: Words, row: OddsRow | None) -> str:
    """A share with what it is counted from; never the share alone."""
    if row is None or row.share_pct is None:
        return words("odds.none")
    return words(
        "odds.share",
        share=figure(row.share_pct, 0),
        events=row.before_crisis,
        observations=row.observations,
        crises=row.crises,
        low=figure(row.low_pct, 0),
        high=figure(row.high_pct, 0),
    )


def area(words: Words, row: SkillRow) -> str:
    """Area under the curve with its interval."""
    if row.low is None or row.high is None:
        return _NONE
    low, high = figure(row.low, 2), figure(row.high, 2)
    return words("odds.area", area=figure(row.auroc, 2), low=low, high=high)


def hits(words: Words, row: SkillRow) -> str:
    """Crises warned of among those that could have been."""
    if row.hits is None or row.alarm_crises is None:
        return _NONE
    return words("odds.of", hits=row.hits, crises=row.alarm_crises)


def false_alarms(row: SkillRow) -> str:
    """Alarms that no crisis followed."""
    return _NONE if row.false_alarms is None else str(row.false_alarms)


def _states(words: Words, signals: tuple[Signal, ...]) -> Table:
    rows = tuple(
        (
            _name(words, item),
            words(f"odds.state.{item.signal.partition('_')[0]}.{item.state}"),
            words("odds.no_state") if item.state == "unknown" else _odds(words, item.quoted),
            _odds(words, item.base),
        )
        for item in signals
    )
    head = (
        words("odds.col.measure"),
        words("odds.col.state"),
        words("odds.col.odds", years=QUOTED_HORIZON),
        words("odds.col.base"),
    )
    return Table(head, rows, title=words("odds.title.state"))


def _records(words: Words, signals: tuple[Signal, ...]) -> Block:
    rows = tuple(
        (
            _name(words, item), area(words, item.skill), hits(words, item.skill),
            false_alarms(item.skill),
            _NONE if item.skill.usefulness is None else figure(item.skill.usefulness, 2),
            str(item.skill.known_by),
        )
        for item in signals
        if item.skill is not None
    )  # fmt: skip
    if not rows:
        return Para(words("odds.unrecorded"))
    columns = ("measure", "area", "hits", "false", "usefulness", "known_by")
    head = tuple(words(f"odds.col.{c}") for c in columns)
    return Table(head, rows, frozenset({3, 4, 5}), words("odds.title.record"))


def _cutoffs(words: Words, signals: tuple[Signal, ...]) -> list[str]:
    return [
        words(
            "odds.cutoffs",
            name=_name(words, item),
            known=item.cutoffs.known,
            year=item.cutoffs.year,
            debt=figure(item.cutoffs.debt_pp, 1, plus=True),
            price=figure(100.0 * math.expm1(item.cutoffs.price_log), 1, plus=True),
        )
        for item in signals
        if item.cutoffs is not None
    ]


def crises(words: Words, findings: Findings) -> Section:
    """Credit gap, debt service and R-zone with their odds, and how often they were right."""
    signals = findings.crises.signals
    level = figure(shipped_record().level_pct, 0)
    stand_ins = dict.fromkeys(key for item in signals for key in item.stand_ins)
    remarks = [*_cutoffs(words, signals), *(words(f"crises.stand_in.{key}") for key in stand_ins)]
    blocks: list[Block] = [
        Para(words("odds.how", years=QUOTED_HORIZON, level=level)),
        _states(words, signals),
        *filter(None, (odds_drawing(words, findings),)),
        _records(words, signals),
        *words.readings(
            [made for item in signals for made in item.figures],
            title=words("odds.title.figures"),
        ),
        Bullets(tuple(remarks)),
    ]
    return Section("crises", words("section.crises"), tuple(blocks))
