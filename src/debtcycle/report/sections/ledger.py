"""Relative attractiveness, asset by asset, and the arithmetic of debt."""

from __future__ import annotations

from collections.abc import Callable

from debtcycle.cycle.findings import Findings
from debtcycle.indicators.debt import DebtPath, DebtYear
from debtcycle.indicators.model import Reading
from debtcycle.report.document import Block, Para, Section, Table
from debtcycle.report.format import figure
from debtcycle.report.words import Words

__all__ = ["attractiveness", "debt"]

_SHOWN_YEARS = (1, 5, 10)


def _optional(words: Words, made: Reading | None) -> str:
    return "–" if made is None else words.of(made)


def _assets(words: Words, findings: Findings) -> Table:
    rows = [
        (
            words(f"asset.{line.asset}"),
            words.of(line.running_yield),
            words.of(line.needed_growth),
            _optional(words, line.past_growth),
            _optional(words, line.expected),
            words.remarks(line.running_yield),
        )
        for line in findings.attractiveness.lines
    ]
    head = tuple(
        words(f"col.{c}") for c in ("asset", "pays", "needed", "past", "expected", "remarks")
    )
    return Table(head, tuple(rows), frozenset({1, 2, 3, 4}), words("title.assets"))


def _real_returns(words: Words, findings: Findings) -> Block:
    returns = findings.attractiveness.real_returns
    if not returns:
        return Para(words("ledger.no_real_returns"))
    rows = tuple(
        (
            words.value(item.inflation_pct, "percent"),
            words.value(item.simple_pct, "percent", plus=True),
            words.value(item.exact_pct, "percent", plus=True),
        )
        for item in returns
    )
    head = (words("col.inflation"), words("col.simple"), words("col.exact"))
    return Table(head, rows, frozenset({0, 1, 2}), words("title.real_returns"))


def _essay(words: Words, findings: Findings) -> Table:
    rows = tuple(
        (
            words.indicator(theirs.indicator),
            words.value(theirs.published_pct, ours.unit),
            words("ledger.confirmed" if theirs.confirmed else "ledger.reported"),
            words.of(ours),
        )
        for theirs, ours in findings.attractiveness.essay
    )
    head = tuple(words(f"col.{c}") for c in ("what", "essay", "mark", "ours"))
    return Table(head, rows, frozenset({1, 3}), words("title.essay"))


def _gold(words: Words, findings: Findings) -> Para:
    ledger = findings.attractiveness
    if ledger.bond_yield.value is None:
        return Para(words("ledger.no_bond"))
    need = words.of(ledger.bond_yield)
    if ledger.gold is None:
        return Para(words("ledger.gold_unknown", need=need))
    return Para(words(f"ledger.gold.{ledger.gold.value}", need=need))


def attractiveness(words: Words, findings: Findings) -> Section:
    """What each asset pays, and what it must gain to match the bond."""
    blocks: list[Block] = [
        Para(words("ledger.how")),
        _assets(words, findings),
        _gold(words, findings),
        *words.readings(findings.attractiveness.readings, title=words("title.premia")),
        _real_returns(words, findings),
        _essay(words, findings),
        Para(words("ledger.assumption"), "dim"),
    ]
    return Section("attractiveness", words("section.attractiveness"), tuple(blocks))


def _share(value: float, digits: int = 0) -> str:
    return f"{figure(value, digits)}%"


_Measure = tuple[str, Callable[[DebtYear], str]]
_MEASURES: tuple[_Measure, ...] = (
    ("debt_gdp", lambda y: _share(y.debt_pct_of_gdp)),
    ("debt_revenue", lambda y: _share(y.debt_pct_of_revenue)),
    ("interest_gdp", lambda y: _share(y.interest_pct_of_gdp, 1)),
    ("interest_revenue", lambda y: _share(y.interest_pct_of_revenue)),
    ("service_gdp", lambda y: _share(y.service_pct_of_gdp)),
    ("service_revenue", lambda y: _share(y.service_pct_of_revenue)),
    ("to_sell", lambda y: _share(y.pct_of_gdp(y.gross_issuance_usd_bn))),
    ("deficit_gdp", lambda y: _share(y.deficit_pct_of_gdp, 1)),
)


def _paths(words: Words, asis: DebtPath, solution: DebtPath) -> Table:
    years = [
        (name, year)
        for name, path in (("debt.as_is", asis), ("debt.solution", solution))
        for year in path.years
        if year.year in _SHOWN_YEARS
    ]
    head = (
        words("col.what"),
        *(words("debt.column", path=words(name), year=year.year) for name, year in years),
    )
    rows = tuple(
        (words(f"col.{measure}"), *(shown(year) for _, year in years))
        for measure, shown in _MEASURES
    )
    return Table(head, rows, frozenset(range(1, len(head))), words("title.debt_paths"))


def debt(words: Words, findings: Findings) -> Section:
    """Where debt goes if nothing changes, and under the published adjustment."""
    outlook = findings.debt
    blocks: list[Block] = [
        *words.readings(
            (*outlook.readings, outlook.primary_deficit, outlook.stabilising),
            title=words("title.debt_inputs"),
        )
    ]
    if outlook.path is None or outlook.solution is None:
        lacking = next(made for made in outlook.readings if not made.known)
        blocks.append(Para(words("debt.unknown", why=words.why_not(lacking))))
    else:
        blocks.append(Para(words("debt.how")))
        blocks.append(_paths(words, outlook.path, outlook.solution))
    return Section("debt", words("section.debt"), tuple(blocks))
