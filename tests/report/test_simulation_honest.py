"""What a simulation must not claim: premia as spreads, phases nobody asks for, stale facts."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import numpy as np
import pytest

from debtcycle.i18n import LANGUAGES
from debtcycle.machine.phases import PHASES
from debtcycle.machine.plans import Plan
from debtcycle.machine.published import publish
from debtcycle.machine.study import Study
from debtcycle.machine.window import RULES
from debtcycle.report.build import words_of
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.simulation.as_json import simulation_json
from debtcycle.report.simulation.beside import build_beside, doubtful
from debtcycle.report.simulation.build import build_simulation
from debtcycle.report.simulation.leaving import eases, least, leaving, loosens, unasked
from debtcycle.report.simulation.limits import limits
from debtcycle.report.simulation.notes import notes
from debtcycle.report.simulation.reading import farthest, median, one_of, shortfall
from debtcycle.report.simulation.stages import SIGNS, compared
from debtcycle.report.simulation.start import kind_of

BUBBLE, DEPRESSION = "qe-into-bubble", "qe-into-depression"
Made = Callable[[str], Study]


def section(study: Study, lang: str, key: str) -> Section:
    return next(s for s in build_simulation(study, words_of(lang)).sections if s.key == key)


def texts(blocks: tuple[Block, ...]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        found += [block.text] if isinstance(block, Para) else []
        found += block.items if isinstance(block, Bullets) else []
    return found


def doing(study: Study, with_: Plan, without: Plan) -> Study:
    scenario = dataclasses.replace(study.scenario, with_=with_, without=without)
    return dataclasses.replace(study, scenario=scenario)


def test_the_spread_is_that_of_yields(study_of: Made) -> None:
    made = study_of(BUBBLE)
    run = made.central.with_
    shown = publish(run.__getitem__)
    np.testing.assert_allclose(
        shown["credit_spread"], shown["credit_yield"] - shown["nominal_yield_10y"], atol=1e-12
    )
    assert made.outcome.units["credit_spread"] == "pp"
    for signs in SIGNS.values():
        names = [name for name, _ in signs]
        assert "credit_spread" in names
        assert "credit_premium" not in names


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_spread_that_widens_is_no_spread_that_falls(study_of: Made, lang: str) -> None:
    """Purchases of Treasuries: the premium falls, the spread does not, and both are shown."""
    words, made = words_of(lang), study_of(BUBBLE)
    rows = [item for item in compared(made) if item.figure == "credit_spread"]
    assert rows
    for item in rows:
        gap = made.outcome.fans["credit_spread"]["difference"]
        assert item.value == gap.quantiles[2, item.quarter]
        assert item.agrees == (item.value <= -0.1)
        assert median(made, "credit_premium", "difference", item.quarter) < 0.0 < item.value
    said = texts(section(made, lang, "phases").blocks)
    assert words("sim.signs.spread") in said
    found = json.loads(simulation_json(made))
    assert {"with", "without", "difference"} <= set(found["variables"]["credit_spread"])
    for document in (build_simulation(made, words), build_beside(made, made, words)):
        tables = [b for s in document.sections for b in s.blocks if isinstance(b, Table)]
        cells = [row[0] for table in tables for row in table.rows]
        for name in ("credit_premium", "credit_spread"):
            assert any(words(f"sim.figure.{name}") in cell for cell in cells)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_why_purchases_are_not_asked_about(study_of: Made, lang: str) -> None:
    words = words_of(lang)
    for name, why in (
        ("melt-up-and-tightening", "same"), ("inflation-wakes", "same"),
        ("ai-productivity", "same"), ("forced-cash", "nothing"), ("qt", "less"),
    ):  # fmt: skip
        made = study_of(name)
        assert not eases(made)
        assert unasked(made) == why
        first = leaving(words, made).items[0]
        others = {"same", "nothing", "less"} - {why}
        assert words(f"sim.claim.unasked_{why}") in first
        assert not any(words(f"sim.claim.unasked_{other}") in first for other in others)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_least_regret_is_said_once(study_of: Made, lang: str) -> None:
    words, made = words_of(lang), study_of(BUBBLE)
    for window, text in zip(
        (made.outcome.window, made.outcome.window_without),
        leaving(words, made).items[2:],
        strict=True,
    ):
        values = {rule: shortfall(window.regret[rule].value) for rule in RULES}
        found = values[least(window)]
        assert text.count(found) == list(values.values()).count(found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_phases_of_an_easing_are_not_named_where_nothing_eases(study_of: Made, lang: str) -> None:
    words, made = words_of(lang), study_of("melt-up-and-tightening")
    assert not loosens(made)
    assert made.outcome.entered  # the conditions do hold
    assert compared(made) == ()
    found = section(made, lang, "phases")
    table = next(b for b in found.blocks if isinstance(b, Table))
    assert len(table.head) == 3
    for phase in ("P1", "P2", "P3"):
        name = words(f"sim.phase.{phase}")
        assert name not in table.head
        assert not any(name in text for text in texts(found.blocks))
        assert not any(name in text for text in texts(section(made, lang, "answer").blocks))
    phases = json.loads(simulation_json(made))["phases"]
    assert (phases["asked"], phases["entered"], phases["signs"]) == (False, [], [])
    for name in (BUBBLE, "twist", "deficit-bonds", "reserve-management"):
        assert loosens(study_of(name)), name
    beside = build_beside(study_of(BUBBLE), made, words)
    shares = next(b for b in next(s for s in beside.sections if s.key == "phases").blocks
                  if isinstance(b, Table))  # fmt: skip
    for phase, row in zip(PHASES, shares.rows, strict=False):
        assert (row[2] == "–") == (phase != "P4")
        assert row[1] != "–"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_the_contrast_rests_on_stands_under_it(study_of: Made, lang: str) -> None:
    words, one, other = words_of(lang), study_of(BUBBLE), study_of(DEPRESSION)
    first = build_beside(one, other, words).sections[0]
    lines = texts(first.blocks)
    assert words("sim.beside.doubts") in lines
    for made in (one, other):
        assert "output_gap_pct" in {fact.name for fact in doubtful(made)}
        for fact in doubtful(made):
            assert fact.low is not None
            assert fact.high is not None
            shown = [words.value(v, fact.unit) for v in (fact.value, fact.low, fact.high)]
            (line,) = (text for text in lines
                       if made.opening.as_of.isoformat() in text and all(s in text for s in shown)
                       and words(f"opening.fact.{fact.name}") in text)  # fmt: skip
            assert len(line) > 60  # and why
    gap = one.opening.fact("output_gap_pct")
    sure = dataclasses.replace(gap, low=gap.value - 0.1, high=gap.value + 0.1)
    facts = tuple(sure if fact.name == gap.name else fact for fact in one.opening.facts)
    opening = dataclasses.replace(one.opening, facts=facts)
    assert sure not in doubtful(dataclasses.replace(one, opening=opening))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_how_weakly_commodities_pass_through_is_said(study_of: Made, lang: str) -> None:
    words, made = words_of(lang), study_of("inflation-wakes")
    _, most = farthest(made, "inflation")
    lines = texts(limits(words, made).blocks)
    (line,) = (text for text in lines if one_of(words, made, "inflation", most) in text)
    levels = made.central.with_["clev"] - made.central.without["clev"]
    assert f"{100 * (np.exp(levels.max()) - 1):.0f}%" in line
    assert 35 < 100 * (np.exp(levels.max()) - 1) < 45
    assert len(texts(limits(words, study_of("qt")).blocks)) == len(lines) - 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_figures_as_revised_since_are_marked(study_of: Made, lang: str) -> None:
    words, made = words_of(lang), study_of(DEPRESSION)
    gdp, policy = (made.opening.fact(name) for name in ("gdp_usd_bn", "policy_rate_pct"))
    assert kind_of(words, policy) == words("opening.kind.observed")
    assert kind_of(words, gdp) == words("sim.kind_latest", kind=words("opening.kind.observed"))
    found = section(made, lang, "start")
    table = next(b for b in found.blocks if isinstance(b, Table))
    kinds = {row[0]: row[3] for row in table.rows}
    for fact in made.opening.facts:
        if not fact.name.startswith("holding_"):
            name = words(f"opening.fact.{fact.name}")
            lagged = any(origin.basis == "lagged" for origin in fact.origins)
            assert (kinds[name] != words(f"opening.kind.{fact.kind.value}")) == lagged, fact.name
    assert words("sim.start.latest") in texts(found.blocks)
    beside = build_beside(study_of(BUBBLE), made, words)
    starts = next(s for s in beside.sections if s.key == "start")
    assert words("sim.start.latest") in texts(starts.blocks)
    mark = words("sim.kind_latest", kind="")
    cells = [c for b in starts.blocks if isinstance(b, Table) for row in b.rows for c in row]
    assert any(mark in cell for cell in cells)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_that_both_runs_do_the_same_is_said(study_of: Made, lang: str) -> None:
    words, made = words_of(lang), study_of(BUBBLE)
    note = Para(words("sim.alike"), "warn")
    assert note not in notes(words, made)
    for plan in (Plan(), made.scenario.with_):
        assert note in notes(words, doing(made, plan, plan))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_said_to_happen_after_no_quarters(study_of: Made, lang: str) -> None:
    """A state that no path enters, and runs that do not differ, have no quarter to be named."""
    words, made = words_of(lang), study_of("forced-cash")
    shares = made.outcome.phases.copy()
    shares[:, 0] += shares[:, -1]
    shares[:, -1] = 0.0
    calm = dataclasses.replace(made, outcome=dataclasses.replace(made.outcome, phases=shares))
    assert words("sim.phases.unasked_never") in texts(section(calm, lang, "phases").blocks)
    fans = {
        name: {**sides, "difference": dataclasses.replace(
            sides["difference"], mean=0.0 * sides["difference"].mean,
            quantiles=0.0 * sides["difference"].quantiles,
        )}
        for name, sides in made.outcome.fans.items()
    }  # fmt: skip
    same = dataclasses.replace(made, outcome=dataclasses.replace(made.outcome, fans=fans))
    idle = Para(words("sim.idle"), "warn")
    assert idle in notes(words, same)
    assert idle not in notes(words, made)
    told = texts(section(same, lang, "answer").blocks)
    assert words("sim.answer.output_same") in told
    for text in (*told, *texts(section(calm, lang, "phases").blocks)):
        assert words("sim.quarters", n=0) not in text
