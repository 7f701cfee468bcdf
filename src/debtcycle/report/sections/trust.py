"""How far to trust the tests and the odds: from the record and from the run itself."""

from __future__ import annotations

from debtcycle.crises.quoted import QUOTED_HORIZON
from debtcycle.crises.record import Record, SkillRow, shipped_record
from debtcycle.cycle.explosive import LEVEL_PCT
from debtcycle.cycle.findings import Findings
from debtcycle.cycle.own_line import MOST_LAGS, MOST_WORLDS, WORLDS
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.format import figure
from debtcycle.report.sections.crises import area, false_alarms, hits
from debtcycle.report.words import Words

__all__ = ["skill_rows", "skill_table", "trust", "trust_lines"]

_ONE_SIDED = ("one_sided",)
_BOTH = ("in_sample", "out_of_sample")
# Measures, years ahead, and the ways in which each is judged.
_JUDGED = (
    ("credit_gap", QUOTED_HORIZON, _ONE_SIDED),
    ("dsr_household", QUOTED_HORIZON, _ONE_SIDED),
    ("dsr_business", QUOTED_HORIZON, _ONE_SIDED),
    ("rzone_household", QUOTED_HORIZON, _BOTH),
    ("rzone_business", QUOTED_HORIZON, _BOTH),
    ("logit", 1, _BOTH),
)


def skill_rows(record: Record, year: int) -> tuple[SkillRow, ...]:
    """The quoted specifications as known before a year began, in sample beside out of sample."""
    found = (
        record.known_skill(name, sample, horizon, year)
        for name, horizon, samples in _JUDGED
        for sample in samples
    )
    return tuple(row for row in found if row is not None)


def _brier(words: Words, row: SkillRow) -> str:
    if row.brier is None or row.brier_base is None:
        return "–"
    return words("odds.against", ours=figure(row.brier, 3), base=figure(row.brier_base, 3))


def skill_table(words: Words, rows: tuple[SkillRow, ...]) -> Table:
    """One specification a row."""
    cells = tuple(
        (
            words("trust.signal.logit" if row.indicator == "logit"
                  else f"crises.signal.{row.indicator}"),
            words(f"trust.sample.{row.sample}"), area(words, row), hits(words, row),
            false_alarms(row), _brier(words, row), str(row.known_by),
        )
        for row in rows
    )  # fmt: skip
    head = tuple(
        words(f"odds.col.{c}")
        for c in ("measure", "sample", "area", "hits", "false", "brier", "known_by")
    )
    return Table(head, cells, frozenset({4, 6}), words("trust.title.skills"))


def trust_lines(words: Words, findings: Findings) -> tuple[str, ...]:
    """What the run itself says of the tests for explosive roots, and what they assume."""
    tests = [
        test
        for item in findings.explosive
        for test in (item.price, item.residual)
        if test is not None and test.above_share_pct is not None
    ]
    lines = []
    chances = [test.own.chance_pct for test in tests if test.own is not None]
    if chances:
        shares = [test.above_share_pct or 0.0 for test in tests]
        lines.append(
            words("trust.often", tests=len(tests), low=figure(min(shares), 0),
                  high=figure(max(shares), 0), expected=100 - LEVEL_PCT,
                  least=figure(min(chances), 0), most=figure(max(chances), 0),
                  above=sum(test.robust is not None for test in tests),
                  robust=sum(test.robust is True for test in tests))
        )  # fmt: skip
        lines.append(words("trust.own", worlds=WORLDS, most_worlds=MOST_WORLDS,
                           months=MOST_LAGS[True], quarters=MOST_LAGS[False]))  # fmt: skip
    lines += [words("trust.null"), words("trust.residual")]
    if tests:
        shortest = sorted({test.shortest for test in tests})
        ends = dict.fromkeys((shortest[0], shortest[-1]))
        lines.append(words("trust.late", shortest="–".join(map(str, ends))))
    level = figure(shipped_record().level_pct, 0)
    return (*lines, words("trust.coverage", level=level), words("trust.revised"))


def trust(words: Words, findings: Findings) -> Section:
    """The record as it stood before the year of the date, then the limits of the tests."""
    record = shipped_record()
    rows = skill_rows(record, findings.as_of.year)
    blocks: list[Block] = [
        Para(
            words(
                "trust.record",
                tried=record.specifications_tried,
                expected=len(record.expectations),
                failed=sum(not item.held for item in record.expectations),
                level=figure(record.level_pct, 0),
                draws=f"{record.replications:,}",
            )
        )
    ]
    if rows:
        blocks.append(skill_table(words, rows))
    scored = [row for row in rows if row.sample != "in_sample" and row.brier is not None]
    if scored:
        worse = sum((row.brier or 0.0) > (row.brier_base or 0.0) for row in scored)
        blocks.append(Para(words("trust.no_better", all=len(scored), worse=worse)))
    blocks.append(Bullets(trust_lines(words, findings)))
    return Section("trust", words("section.trust"), tuple(blocks))
