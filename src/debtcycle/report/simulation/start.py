"""What the economy started from: every observed fact with its source, assumptions marked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from debtcycle.machine.opening.model import (
    INSTRUMENTS,
    SECTORS,
    Fact,
    Kind,
    Origin,
    holding_name,
)
from debtcycle.machine.study import Study
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.format import MINUS, figure, period_of
from debtcycle.report.simulation.reading import MISSING
from debtcycle.report.words import Words

__all__ = [
    "DERIVED",
    "LEADING",
    "earlier",
    "explained",
    "fact_name",
    "kind_of",
    "latest_figures",
    "start",
]

# What two starting points are first compared by.
LEADING = (
    "policy_rate_pct", "nominal_yield_10y_pct", "real_yield_10y_pct", "corporate_spread_pp",
    "inflation_pct", "expected_inflation_pct", "output_gap_pct", "cape_ratio",
    "extrapolation_growth_log", "leverage_ratio", "net_worth_index", "volatility_pct",
    "deficit_pct_gdp", "public_debt_pct_gdp", "bill_share_pct", "private_bonds_pct_gdp",
    "private_credit_pct_gdp", "reserves_pct_gdp", "central_bank_assets_pct_gdp",
)  # fmt: skip
# Facts of the economy that follow from the observed ones.
DERIVED = (
    "policy_bias_pp", "output_gap_pct", "growth_cash_yield_pct", "real_cash_yield_pct",
    "extrapolators_share", "central_bank_credit_pct_gdp", "loans_households_pct_gdp",
    "firm_deposits_pct_gdp",
)  # fmt: skip
# Parameters of an explanation that are money, by message: said in the language's own unit.
_MONEY = {
    "opening.agency_bonds": frozenset({"total", "own"}),
    "opening.bill_share": frozenset({"moved"}),
    "opening.inventory": frozenset({"start"}),
}
_NEGATIVE = re.compile(r"(?<=[\s(（])-(?=\d)")
_TABLES = frozenset({"debt", "central_bank", "maturity", "agency"})


def fact_name(words: Words, fact: Fact) -> str:
    """Name of a fact."""
    return words(f"opening.fact.{fact.name}")


def _source(words: Words, origin: Origin) -> str:
    if origin.source in _TABLES:
        name, period = words(f"opening.table.{origin.source}"), origin.period.isoformat()
    else:
        frequency = words.catalogue[origin.source].frequency.value
        name, period = words.series(origin.source), period_of(origin.period, frequency)
    return words("sim.figure_of", name=name, period=period)


def _sources(words: Words, fact: Fact) -> str:
    newest: dict[str, Origin] = {}
    for origin in fact.origins:
        kept = newest.get(origin.source)
        if kept is None or origin.period > kept.period:
            newest[origin.source] = origin
    listed = words("list.semicolon").join(_source(words, origin) for origin in newest.values())
    return listed or MISSING


def _as_revised(fact: Fact) -> bool:
    """Whether figures behind a fact are those of today, not as they stood on the date."""
    return any(origin.basis == "lagged" for origin in fact.origins)


def kind_of(words: Words, fact: Fact) -> str:
    """How a fact is known, and that figures behind it are as revised since."""
    kind = words(f"opening.kind.{fact.kind.value}")
    return words("sim.kind_latest", kind=kind) if _as_revised(fact) else kind


def latest_figures(words: Words, facts: Iterable[Fact]) -> tuple[Para, ...]:
    """What the mark of revised figures means; nothing where no fact has it."""
    marked = any(_as_revised(fact) for fact in facts)
    return (Para(words("sim.start.latest"), "dim"),) if marked else ()


def _range(words: Words, fact: Fact) -> str:
    if fact.low is None or fact.high is None:
        return MISSING
    return words.span(fact.low, fact.high, fact.unit)


def _named(words: Words, value: str | float) -> str | float:
    """Series by their names, also where two add up to what is meant."""
    parts = value.split(" + ") if isinstance(value, str) else []
    if parts and all(part in words.catalogue for part in parts):
        return words.listed(words.series(part) for part in parts)
    return value


def explained(words: Words, fact: Fact) -> str:
    """How a fact was found, with the names of series, sectors and instruments."""
    shown: dict[str, object] = {}
    money = _MONEY.get(fact.message_id, frozenset())
    for key, value in fact.parameters:
        if key in money:
            shown[key] = words.value(float(value), "usd_bn")
        elif key in ("sector", "instrument"):
            shown[key] = words(f"opening.{key}.{value}")
        else:
            shown[key] = _named(words, value)
    return _NEGATIVE.sub(MINUS, words(fact.message_id, **shown))


def _table(words: Words, study: Study) -> Table:
    head = tuple(words(f"sim.col.{c}") for c in ("fact", "value", "could_be", "kind", "source"))
    rows = tuple(
        (
            fact_name(words, fact),
            words.value(fact.value, fact.unit),
            _range(words, fact),
            kind_of(words, fact),
            _sources(words, fact),
        )
        for fact in study.opening.facts
        if not fact.name.startswith("holding_")
    )
    return Table(head, rows, frozenset({1}), words("sim.table.facts"))


def _holdings(words: Words, study: Study) -> Table:
    head = ("", *(words(f"opening.instrument.{name}") for name in INSTRUMENTS))
    rows = tuple(
        (
            words(f"opening.sector.{sector}"),
            *(figure(study.opening.value(holding_name(sector, name)), 1) for name in INSTRUMENTS),
        )
        for sector in SECTORS
    )
    return Table(head, rows, frozenset(range(1, len(head))), words("sim.table.holdings"))


def _derived(words: Words, study: Study) -> Table:
    """What the economy's facts add to the observed ones."""
    head = tuple(words(f"sim.col.{c}") for c in ("fact", "value", "how"))
    rows = tuple(
        (words(f"sim.fact.{name}"), figure(float(getattr(study.facts, name)), 2),
         words(f"sim.fact.{name}.how"))
        for name in DERIVED
    )  # fmt: skip
    return Table(head, rows, frozenset({1}), words("sim.table.derived"))


def earlier(words: Words, study: Study) -> tuple[Para, ...]:
    """That means of earlier months stand in for prices and yields of the day."""
    found = study.opening.of_earlier_months
    if not found:
        return ()
    listed = words.listed(
        words("sim.start.earlier.item", name=fact_name(words, fact),
              month=max(origin.period for origin in fact.origins).strftime("%Y-%m"),
              value=words.value(fact.value, fact.unit), range=_range(words, fact))
        for fact in found
    )  # fmt: skip
    date = study.opening.as_of.isoformat()
    return (Para(words("sim.start.earlier", date=date, list=listed), "warn"),)


def start(words: Words, study: Study) -> Section:
    """Facts, holdings, and how those were found that are not simply observed."""
    facts = [fact for fact in study.opening.facts if not fact.name.startswith("holding_")]
    doubtful = [fact for fact in facts if fact.kind in (Kind.ASSUMED, Kind.SUBSTITUTE)]
    counted = {kind.value: sum(fact.kind is kind for fact in study.opening.facts) for kind in Kind}
    blocks: list[Block] = [
        Para(words("sim.start.means", date=study.opening.as_of.isoformat(), **counted)),
        *earlier(words, study),
        _table(words, study),
        *latest_figures(words, facts),
        _holdings(words, study),
        _derived(words, study),
        Para(words("sim.start.doubtful")),
        Bullets(
            tuple(
                words("sim.start.item", name=fact_name(words, fact),
                      kind=words(f"opening.kind.{fact.kind.value}"), text=explained(words, fact))
                for fact in doubtful
            )
        ),
    ]  # fmt: skip
    return Section("start", words("sim.section.start"), tuple(blocks))
