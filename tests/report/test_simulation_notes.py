"""What must be known of a simulation before believing it: domain, date, range, earlier months."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from debtcycle.i18n import LANGUAGES
from debtcycle.machine.plans import Plan
from debtcycle.machine.premises import Slack
from debtcycle.machine.simulation import Outside
from debtcycle.machine.study import Study
from debtcycle.report.build import words_of
from debtcycle.report.document import Para, Section
from debtcycle.report.simulation.as_json import simulation_json
from debtcycle.report.simulation.beside import _ratio
from debtcycle.report.simulation.build import build_pair, build_simulation
from debtcycle.report.simulation.notes import (
    MEASURED_BP,
    certain,
    domain,
    effect_bp,
    moved,
    notes,
    size,
)
from debtcycle.report.simulation.page import render_simulation
from debtcycle.report.simulation.reading import MISSING, median
from debtcycle.report.simulation.start import earlier, explained

BUBBLE, DEPRESSION = "qe-into-bubble", "qe-into-depression"
Made = Callable[[str], Study]


def outside(study: Study, with_: Outside, without: Outside) -> Study:
    outcome = dataclasses.replace(study.outcome, outside=with_, outside_without=without)
    return dataclasses.replace(study, outcome=outcome)


def warned(section: Section) -> list[str]:
    return [b.text for b in section.blocks if isinstance(b, Para) and b.tone == "warn"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_paths_outside_the_domain_are_told_like_failed_ones(study_of: Made, lang: str) -> None:
    words = words_of(lang)
    quiet = outside(study_of(BUBBLE), Outside(0, 0, 0), Outside(0, 0, 0))
    assert domain(words, quiet) == ()
    made = outside(study_of(BUBBLE), Outside(17, 13, 5), Outside(9, 8, 2))
    (note,) = domain(words, made)
    for number in ("17", "13", "5", "9", "8", "2", "64"):
        assert number in note.text
    sections = {section.key: section for section in build_simulation(made, words).sections}
    for key in ("answer", "accounts", "limits"):
        assert note.text in warned(sections[key])
    found = json.loads(simulation_json(made))
    assert found["outside_paths"]["with"] == {"paths": 17, "holdings": 13, "equity": 5}
    assert found["outside_paths"]["without"] == {"paths": 9, "holdings": 8, "equity": 2}
    page = render_simulation(made, words)
    assert note.text.split("17")[0].split(",")[0][:20] in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_of_another_date_is_marked(study_of: Made, lang: str) -> None:
    words, own = words_of(lang), study_of(BUBBLE)
    assert moved(words, own) == ()
    scenario = dataclasses.replace(own.scenario, written_for=dt.date(2008, 11, 28))
    (note,) = moved(words, dataclasses.replace(own, scenario=scenario))
    assert "2008-11-28" in note.text
    assert own.opening.as_of.isoformat() in note.text
    gap = own.opening.fact("output_gap_pct")
    assert words.value(gap.value, gap.unit) in note.text


def test_the_effect_of_one_percent_is_that_of_the_table(study_of: Made) -> None:
    made = study_of(DEPRESSION)
    found = effect_bp(made)
    assert found is not None
    quarter, effect = found
    assert quarter == 8
    bought = 12.0
    fall = -100.0 * median(made, "nominal_yield_10y", "difference", 8)
    assert effect == pytest.approx(fall / bought, rel=1e-12)
    # Long bonds in private hands were a fifth of GDP in 2008; twelve percent move the yield by
    # more than others measured, and by less where there are three times as many.
    assert effect > MEASURED_BP[1]
    other = effect_bp(study_of(BUBBLE))
    assert other is not None
    assert other[1] < effect
    for lang in LANGUAGES:
        words = words_of(lang)
        (note,) = size(words, made)
        assert f"{effect:.1f}" in note.text
        assert note.text in [p.text for p in notes(words, made)]
        first = build_pair(study_of(BUBBLE), made, words).sections[0]
        assert any(note.text in text for text in warned(first))


def test_no_effect_of_one_percent_where_other_things_differ(study_of: Made) -> None:
    made = study_of(BUBBLE)
    tiny = Plan(((1, "q_N", 0.2),))
    mixed = Plan((*made.scenario.with_.steps, (1, "disc", 1.0)))
    for plan in (tiny, mixed, Plan()):
        scenario = dataclasses.replace(made.scenario, with_=plan)
        assert effect_bp(dataclasses.replace(made, scenario=scenario)) is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_the_sign_of_a_purchase_is_not_certain_is_said(study_of: Made, lang: str) -> None:
    words, made = words_of(lang), study_of(BUBBLE)
    assert made.slack is not None
    assert made.slack.pct_gdp > 0.0
    (note,) = certain(words, made)
    assert note.tone != "warn"
    (note,) = certain(words, dataclasses.replace(made, slack=Slack(-0.1, "N", 3)))
    assert note.tone == "warn"
    assert words("opening.instrument.N") in note.text
    assert certain(words, dataclasses.replace(made, slack=None)) == ()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_means_of_earlier_months_are_listed_with_their_ranges(study_of: Made, lang: str) -> None:
    words, made = words_of(lang), study_of(DEPRESSION)
    names = {fact.name for fact in made.opening.of_earlier_months}
    assert {"corporate_yield_pct", "corporate_spread_pp", "cape_ratio"} <= names
    assert "nominal_yield_10y_pct" not in names  # of the day
    (note,) = earlier(words, made)
    assert note.tone == "warn"
    assert "2008-10" in note.text
    for fact in made.opening.of_earlier_months:
        assert fact.low is not None
        assert fact.high is not None
        assert fact.low < fact.value < fact.high or fact.name == "corporate_yield_pct"
        assert math.isfinite(fact.high)
    assert json.loads(simulation_json(made))["of_earlier_months"] == [
        fact.name for fact in made.opening.of_earlier_months
    ]


def test_ranges_of_earlier_months_hold_what_came(study_of: Made) -> None:
    """November 2008: published spreads of the month, which nobody knew on its 28th."""
    opening = study_of(DEPRESSION).opening
    spread = opening.fact("corporate_spread_pp")
    assert spread.low is not None
    assert spread.high is not None
    assert spread.low < 9.21 - 3.53 < spread.high  # BAA and GS10 of November 2008
    cape = opening.fact("cape_ratio")
    assert cape.low is not None
    assert cape.low < cape.value * 896.24 / 968.80  # the S&P 500 of the day over October's mean
    assert np.isfinite(cape.value)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_effect_that_reads_as_the_bound_is_not_outside_it(
    study_of: Made, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    words, made = words_of(lang), study_of(BUBBLE)
    found = effect_bp(made)
    assert found is not None
    shown = round(found[1], 1)
    for low, said in ((shown, 0), (shown + 0.1, 1), (shown - 0.1, 0)):
        monkeypatch.setattr("debtcycle.report.simulation.notes.MEASURED_BP", (low, 99.0))
        assert len(size(words, made)) == said


def test_explanations_have_true_minus_signs_and_money_in_the_unit_of_the_language(
    study_of: Made,
) -> None:
    made = study_of(DEPRESSION)
    texts = {
        lang: [explained(words_of(lang), fact) for fact in made.opening.facts] for lang in LANGUAGES
    }
    for lang in LANGUAGES:
        assert not [text for text in texts[lang] if re.search(r"[\s(（]-\d", text)]
        assert any("−1.00" in text for text in texts[lang])
    assert any(re.search(r"\$\d+,\d{3} bn", text) for text in texts["en"])
    assert any(re.search(r"\d+,\d{3}亿美元", text) for text in texts["zh"])
    assert not any("十亿" in text for text in texts["zh"])


def test_a_range_says_its_unit_once() -> None:
    found = {
        lang: [words_of(lang).span(*given) for given in (
            (0.35, 0.92, "percent_of_gdp"), (-0.71, 0.25, "pp"), (5.8, 6.2, "years"),
            (1.55, 3.72, "percent"), (1.6, 2.4, "ratio"),
        )]
        for lang in LANGUAGES
    }  # fmt: skip
    assert found["en"] == [
        "0.35…0.92% of GDP", "−0.71…+0.25 pp", "5.8…6.2 years", "1.55%…3.72%", "1.60…2.40"
    ]  # fmt: skip
    assert found["zh"] == [
        "GDP的0.35%…0.92%", "−0.71个百分点…+0.25个百分点", "5.8年…6.2年", "1.55%…3.72%", "1.60…2.40"
    ]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_ratio_of_nought_has_no_sign(lang: str) -> None:
    words = words_of(lang)
    nought = words("sim.times", n="0.00")
    assert [_ratio(words, *pair) for pair in ((-0.0, 1.0), (0.0, -1.0), (-0.001, -2.0))] == [
        nought
    ] * 3
    assert _ratio(words, 3.0, 2.0) == words("sim.times", n="1.50")
    assert _ratio(words, -3.0, 2.0) == _ratio(words, 3.0, 0.001) == MISSING
