"""A simulation in words: complete in both languages, nothing slips in, nothing is advised."""

from __future__ import annotations

import dataclasses
import math
import re
from typing import Any

import numpy as np
import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.i18n import LANGUAGES
from debtcycle.machine.attribution import CHANNELS
from debtcycle.machine.faults import Fault
from debtcycle.machine.phases import DOING, NOUGHT, PHASES
from debtcycle.machine.published import PUBLISHED
from debtcycle.machine.simulation import Fan
from debtcycle.machine.window import RULES, Interval
from debtcycle.report.build import words_of
from debtcycle.report.document import Bullets, Document, Para, Section, Table
from debtcycle.report.markdown import render_markdown
from debtcycle.report.plain import cell_width
from debtcycle.report.simulation.beside import (
    EXPECTED,
    build_beside,
    is_essay,
    labels,
    output_mean,
    same_programme,
)
from debtcycle.report.simulation.build import build_simulation
from debtcycle.report.simulation.leaving import claims, eases, least
from debtcycle.report.simulation.reading import (
    GROUPS,
    HEADLINE,
    HORIZONS,
    PANELS,
    begins,
    farthest,
    horizons,
    median,
    number,
    share,
    shortfall,
    when,
)
from debtcycle.report.simulation.stages import SIGNS, _agrees, compared
from debtcycle.report.simulation.start import DERIVED, LEADING, explained
from debtcycle.report.text import render_text

BUBBLE, DEPRESSION = "qe-into-bubble", "qe-into-depression"
ADVICE = re.compile(
    r"\b(buy|sell|overweight|underweight|recommend\w*|should|advisable|best time)\b"
    r"|(?<!净)买入|卖出|超配|低配|增持|减持|最佳卖出|应当|建议买|建议卖",
    re.IGNORECASE,
)
# Ids that are also the names by which everybody knows the thing.
ALSO_NAMES = {"GDP", "VIX", "WTI"}


def sentences(section: Section) -> list[str]:
    found: list[str] = []
    for block in section.blocks:
        if isinstance(block, Para):
            found.append(block.text)
        elif isinstance(block, Bullets):
            found += block.items
        else:
            assert isinstance(block, Table)
            assert block.rows, f"an empty table in {section.key}: {block.title}"
            assert {len(row) for row in block.rows} == {len(block.head)}
            found += [block.title, *block.head, *(cell for row in block.rows for cell in row)]
    return found


def documents(study_of: Any, lang: str) -> list[Document]:
    words = words_of(lang)
    pair = study_of(BUBBLE), study_of(DEPRESSION)
    return [*(build_simulation(made, words) for made in pair), build_beside(*pair, words)]


def test_every_published_figure_is_shown_and_has_a_name_and_a_unit() -> None:
    shown = {name for group in GROUPS.values() for name in group}
    assert shown == {item.name for item in PUBLISHED}
    assert {*HEADLINE, *PANELS} <= shown
    for lang in LANGUAGES:
        words = words_of(lang)
        for item in PUBLISHED:
            assert words(f"sim.figure.{item.name}")
            for key in (f"sim.unit.{item.unit}", f"sim.unit.{item.unit}.gap"):
                assert words(key)
            assert "1.5" in words(f"sim.said.{item.unit}", n="1.5")
        for phase in PHASES:
            assert words(f"sim.phase.{phase}")
        for channel in CHANNELS:
            assert words(f"sim.channel.{channel}.means")
        for rule in RULES:
            assert words(f"sim.rule.{rule}", rise="1", tight="1")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_slips_into_the_text(study_of: Any, lang: str) -> None:
    ids = {info.id for info in load_catalogue()} - ALSO_NAMES
    own = {study_of(name).scenario.text[lang] for name in (BUBBLE, DEPRESSION)}
    for made in documents(study_of, lang):
        for section in made.sections:
            for text in sentences(section):
                if text in own:
                    continue
                text = re.sub(r"docs/[\w.]+", "", text)
                assert not re.search(r"\b(nan|NaN|None|null|inf|True|False)\b|[{}]", text), text
                assert not ADVICE.search(text), text
                assert not re.search(r"\b[a-z]+_[a-z_]+\b", text), text
                assert not re.search(r"\b(sim|opening|machine|scenario)\.[a-z]", text), text
                tokens = set(re.findall(r"(?<![A-Za-z0-9_(])[A-Z][A-Z0-9_]{2,}(?!\w)", text))
                assert not tokens & ids, f"an id where a name belongs: {text}"


def test_chinese_is_chinese(study_of: Any) -> None:
    for made in documents(study_of, "zh"):
        for section in made.sections:
            assert re.search("[\u4e00-\u9fff]", section.title)
            for text in sentences(section):
                plain = re.sub(r"`[^`]*`|debtcycle simulate", "", text)
                assert not re.search(r"[a-z]{3,} [a-z]{3,}", plain), text
                assert not re.search("[\u4e00-\u9fff][,;:!?]|[,;!?][\u4e00-\u9fff]", plain), text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_line_is_wider_than_asked(study_of: Any, lang: str, width: int) -> None:
    for made in documents(study_of, lang):
        lines = render_text(made, width=width).splitlines()
        assert not [line for line in lines if cell_width(line) > max(width, 100)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_screen_says_what_was_found(study_of: Any, lang: str) -> None:
    """The same figures read from the fans by hand."""
    made, words = study_of(BUBBLE), words_of(lang)
    said = " ".join(sentences(build_simulation(made, words).sections[0]))
    fans = made.outcome.fans
    for name, digits in (("real_yield_10y", 2), ("growth_equity_nominal", 1), ("gold_nominal", 1)):
        value = float(fans[name]["difference"].quantiles[2, 4])
        assert f"{value:+.{digits}f}".replace("-", "−") in said, name
    means = fans["inflation"]["difference"].mean
    assert f"{means[int(np.abs(means).argmax())]:+.2f}" in said
    assert str(made.outcome.seed) in said
    assert "64" in said


def test_horizons_end_with_a_short_run(study_of: Any) -> None:
    made = study_of(BUBBLE)
    assert horizons(made) == HORIZONS
    words = words_of("en")
    assert [when(words, n) for n in (1, 2, 4, 6, 8)] == [
        "1 quarter", "2 quarters", "1 year", "6 quarters", "2 years",
    ]  # fmt: skip


def test_the_farthest_quarter_is_where_the_mean_is_largest(study_of: Any) -> None:
    made = study_of(DEPRESSION)
    means = made.outcome.fans["output_gap"]["difference"].mean
    assert farthest(made, "output_gap")[1] == means[np.abs(means).argmax()]
    quarter, value = farthest(made, "output_gap", within=3)
    assert 0 <= quarter <= 3
    assert abs(value) == np.abs(means[:4]).max()
    assert output_mean(made) == pytest.approx(float(np.mean(means[1:13])))


@pytest.mark.parametrize(
    ("expected", "value", "agrees"),
    [
        ("-", -0.2, True), ("-", -0.05, False), ("+", 0.2, True), ("+", -0.2, False),
        ("0", 0.05, True), ("0", 0.2, False), ("0+", 0.0, True), ("0+", 0.2, True),
        ("0+", -0.2, False),
    ],
)  # fmt: skip
def test_signs_are_compared_beyond_next_to_nothing(
    expected: str, value: float, agrees: bool
) -> None:
    assert _agrees(expected, value, 0.1) is agrees


def test_the_essays_signs_are_of_figures_that_are_published(study_of: Any) -> None:
    names = {item.name for item in PUBLISHED}
    assert {name for phase in SIGNS.values() for name, _ in phase} <= names
    for item in compared(study_of(BUBBLE)):
        assert item.value == median(study_of(BUBBLE), item.figure, "difference", item.quarter)
        assert study_of(BUBBLE).outcome.phases[item.quarter].argmax() == PHASES.index(item.phase)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0%"), (0.004, "0.4%"), (0.0996, "10%"), (0.5, "50%"), (0.996, "99.6%"), (1.0, "100%"),
     (math.nan, "–")],
)  # fmt: skip
def test_small_parts_are_not_rounded_away(value: float, text: str) -> None:
    assert share(value) == text


def test_parts_of_paths_in_the_table_are_those_of_the_outcome(study_of: Any) -> None:
    made = study_of(BUBBLE)
    section = next(s for s in build_simulation(made, words_of("en")).sections if s.key == "phases")
    table = next(b for b in section.blocks if isinstance(b, Table))
    row = next(r for r in table.rows if r[0] == "1 year")
    with_ = tuple(share(float(part)) for part in made.outcome.phases[4])
    assert row[1:] == (*with_, share(float(made.outcome.bursts[4, 0])))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fact_is_named_and_explained(study_of: Any, lang: str) -> None:
    words = words_of(lang)
    for name in (BUBBLE, DEPRESSION):
        made = study_of(name)
        text = render_markdown(build_simulation(made, words))
        for fact in made.opening.facts:
            assert "{" not in explained(words, fact)
            if not fact.name.startswith("holding_"):
                assert words(f"opening.fact.{fact.name}") in text.replace("\\", "")
        for derived in DERIVED:
            assert words(f"sim.fact.{derived}.how") in text
    assert {fact.name for fact in made.opening.facts} >= set(LEADING)


def _with(study: Any, **changes: Any) -> Any:
    return dataclasses.replace(
        study, outcome=dataclasses.replace(study.outcome, **changes)
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_figure_that_is_not_defined_is_a_dash_and_unknown(study_of: Any, lang: str) -> None:
    made, words = study_of(BUBBLE), words_of(lang)
    shape = made.outcome.fans["inflation"]["with"].quantiles.shape
    gone = Fan(np.full(shape, math.nan), np.full(shape[1], math.nan))
    hazard = (None,) * len(made.outcome.window.hazard)
    names = ("inflation", "gold_nominal", "gold_real", "output_gap")
    broken = _with(
        made,
        fans={
            **made.outcome.fans,
            **{name: dict.fromkeys(("with", "without", "difference"), gone) for name in names},
        },
        window=dataclasses.replace(made.outcome.window, hazard=hazard),
    )
    for document in (build_simulation(broken, words), build_beside(broken, made, words)):
        text = render_text(document)
        assert "–" in text
        assert words("unknown") in text
        assert words("sim.window.unknown") in text.replace("\n", " " if lang == "en" else "")
        assert not re.search(r"\bnan\b", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_failed_paths_and_missing_causes_are_said(study_of: Any, lang: str) -> None:
    words = words_of(lang)
    made = _with(study_of(BUBBLE), failed=3, first_failed=(5, 9, 11))
    made = dataclasses.replace(made, causes=())
    sections = build_simulation(made, words).sections
    said = [text for section in sections for text in sentences(section)]
    assert words("sim.failed", failed="3", paths="64") in sentences(sections[0])
    assert words("sim.causes.none") in said
    assert words("sim.accounts.failed", failed="3", paths="64", first="5, 9, 11") in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_went_wrong_on_the_first_failed_paths_is_told(study_of: Any, lang: str) -> None:
    words = words_of(lang)
    faults = (
        Fault(5, "with", "equation", 3, "uN", "DN_H + DN_P = pN * N_p[-1]", math.inf),
        Fault(9, "without", "equation", 4, "pi", "pi = ...", 0.5),
        Fault(11, "with", "account", 6, "", "asset households", 1e-6),
    )
    made = _with(study_of(BUBBLE), failed=3, first_failed=(5, 9, 11), faults=faults)
    for document in (
        build_simulation(made, words), build_beside(made, study_of("qe-into-depression"), words)
    ):  # fmt: skip
        (section,) = (s for s in document.sections if s.key == "accounts")
        table = next(b for b in section.blocks if isinstance(b, Table))
        assert [row[0] for row in table.rows] == ["5", "9", "11"]
        assert words("opening.instrument.N") in table.rows[0][3]
        assert table.rows[0][4] == faults[0].text
        assert "pi" in table.rows[1][3]
        assert "asset households" in table.rows[2][3]
        assert table.rows[1][1] == words("sim.side.without")
        assert "DN_H + DN_P" in render_text(document)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_slump_that_does_not_heal_is_said_with_its_numbers(study_of: Any, lang: str) -> None:
    words, slump = words_of(lang), study_of("qe-into-depression")
    (section,) = (s for s in build_simulation(slump, words).sections if s.key == "limits")
    gaps = slump.outcome.fans["output_gap"]["without"].quantiles[2]
    first = sentences(section)[0]
    for quarter in (0, int(gaps.argmin()), 20, slump.outcome.quarters):
        assert number(slump, "output_gap", float(gaps[quarter])) in first
    assert "2009" in first
    other = build_simulation(study_of(BUBBLE), words).sections[-1]
    assert words("sim.limit.crash_alike") in sentences(other)[0]
    assert sentences(other)[1] == words("sim.limit.elasticities")
    beside = build_beside(study_of(BUBBLE), slump, words).sections[-1]
    assert sentences(beside)[0] == first


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_fourth_phase_is_told_with_and_without(study_of: Any, lang: str) -> None:
    words, made = words_of(lang), study_of("melt-up-and-tightening")
    assert "P4" in {phase for _, phase in made.outcome.entered}
    (section,) = (s for s in build_simulation(made, words).sections if s.key == "phases")
    quarter = int(made.outcome.phases[:, 4].argmax())
    for part in (made.outcome.phases[quarter, 4], *made.outcome.bursts[quarter]):
        assert share(float(part)) in sentences(section)[0]


def test_what_begins_late_is_looked_at_a_year_later(study_of: Any) -> None:
    """Tightening from the sixth quarter on: a year later is the ninth, three years the 17th."""
    made = study_of("melt-up-and-tightening")
    assert (begins(study_of(BUBBLE)), begins(made)) == (1, 6)
    lead = sentences(build_simulation(made, words_of("en")).sections[0])[0]
    assert lead.startswith("After 9 quarters")
    for quarter in range(6):
        for fan in made.outcome.fans.values():
            assert np.nan_to_num(fan["difference"].quantiles[:, quarter]).max() == 0.0


def test_a_programme_without_effect_enters_no_phase(study_of: Any) -> None:
    """Buying bills moves next to nothing: no phase, though the economy bursts without it too."""
    made = study_of("reserve-management")
    assert made.outcome.entered == ()
    assert compared(made) == ()
    assert made.outcome.bursts[:, 0].max() > 0.0
    burst = made.outcome.phases.copy()
    burst[8] = [0.1, 0, 0, 0, 0.9]
    alone = made.outcome.bursts.copy()
    for without, entered in ((0.9, ()), (0.9 - 2 * DOING, ((8, "P4"),))):
        alone[8] = without
        assert _with(made, phases=burst, bursts=alone).outcome.entered == entered


@pytest.mark.parametrize("lang", LANGUAGES)
def test_phases_and_signs_name_one_threshold(study_of: Any, lang: str) -> None:
    made, words = study_of(BUBBLE), words_of(lang)
    (section,) = (s for s in build_simulation(made, words).sections if s.key == "phases")
    said = sentences(section)
    rate, price = (f"{NOUGHT[unit]:g}" for unit in ("pct_year", "index"))
    rows = compared(made)
    signs = words("sim.signs", agreed=sum(r.agrees for r in rows), total=len(rows), rate=rate,
                  price=price)  # fmt: skip
    assert signs in said
    assert words("sim.phase.P1.means", rate=rate, price=price) in said


def _interval(value: float) -> Interval:
    return Interval(value, value - 0.01, value + 0.01)


def _regretting(made: Any, **values: float) -> Any:
    regret = {rule: _interval(values[rule]) for rule in RULES}
    return _with(made, window=dataclasses.replace(made.outcome.window, regret=regret))


def test_leaving_in_the_melt_up_agrees_only_beyond_the_intervals(study_of: Any) -> None:
    made = study_of(BUBBLE)
    best = _regretting(made, hold=0.5, random=0.4, melt_up=0.2, tightening=0.3)
    assert claims(best).leaves
    assert least(best.outcome.window) == "melt_up"
    near = _regretting(made, hold=0.5, random=0.4, melt_up=0.39, tightening=0.3)
    assert not claims(near).leaves
    held = _regretting(made, hold=0.1, random=0.4, melt_up=0.2, tightening=0.3)
    assert not claims(held).leaves
    assert least(held.outcome.window) == "hold"


def test_what_happens_without_the_programme_too_is_not_its_doing(study_of: Any) -> None:
    made = study_of(BUBBLE)
    assert eases(made)
    window = dataclasses.replace(
        made.outcome.window, paths=1000, early_windows=998, early_popped=750
    )
    for without, more in ((998, False), (960, False), (940, True)):
        other = dataclasses.replace(window, early_windows=without, early_popped=without - 248)
        found = claims(_with(made, window=window, window_without=other))
        assert (found.melts, found.falls) == (more, more)
    sold = study_of("qt")
    assert not eases(sold)
    assert claims(sold).melts is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_window_says_both_runs(study_of: Any, lang: str) -> None:
    """Regret, rises and falls without the programme stand beside those with it."""
    made, words = study_of(BUBBLE), words_of(lang)
    document = build_simulation(made, words)
    (section,) = (s for s in document.sections if s.key == "window")
    said = sentences(section)
    windows = made.outcome.window, made.outcome.window_without
    table = [b for b in section.blocks if isinstance(b, Table)][1]
    for rule, row in zip(RULES, table.rows, strict=True):
        assert [row[1], row[3]] == [shortfall(w.regret[rule].value) for w in windows]
    bullets = next(b for b in section.blocks if isinstance(b, Bullets)).items
    assert len(bullets) == 4
    verdicts = [words("sim.sign.agrees"), words("sim.sign.differs")]
    assert all(any(v in text for v in verdicts) for text in bullets[:3])
    for window, text in zip(windows, bullets[2:], strict=True):
        for rule in RULES:
            assert shortfall(window.regret[rule].value) in text
        for found in (window.early_windows, window.windows):
            assert share(found / window.paths) in bullets[0]
        for found in (window.early_popped, window.popped):
            assert share(found / window.paths) in bullets[1]
    assert said.index(bullets[2]) < said.index(words("sim.table.regret"))
    beside = build_beside(made, study_of(DEPRESSION), words)
    (section,) = (s for s in beside.sections if s.key == "window")
    assert set(bullets) <= set(sentences(section))


def test_no_phase_is_said_where_none_leads(study_of: Any) -> None:
    made = study_of(BUBBLE)
    calm = np.zeros_like(made.outcome.phases)
    calm[:, 0] = 1.0
    words = words_of("en")
    section = build_simulation(_with(made, phases=calm), words).sections[1]
    assert section.blocks[0] == Para(words("sim.phases.none"))
    assert words("sim.table.signs") not in sentences(section)


def test_two_starting_points_are_one_programme(study_of: Any) -> None:
    one, other = study_of(BUBBLE), study_of(DEPRESSION)
    assert same_programme(one, other)
    assert is_essay(one, other)
    assert not is_essay(other, one)
    assert labels(one, other) == ("A 2025-12-15", "B 2008-11-28")
    assert not same_programme(one, study_of("qt"))
    assert labels(one, study_of("qt")) == (f"A {BUBBLE}", "B qt")


def test_what_the_essay_expects_is_held_against_what_was_found(study_of: Any) -> None:
    one, other = study_of(BUBBLE), study_of(DEPRESSION)
    words = words_of("en")
    first = build_beside(one, other, words).sections[0]
    table = next(block for block in first.blocks if isinstance(block, Table))
    assert len(table.rows) == len(EXPECTED)
    outputs = output_mean(one), output_mean(other)
    row = table.rows[1]
    assert row[3] == f"{outputs[0] / outputs[1]:.2f} times"
    assert row[5] == ("yes" if outputs[0] <= 0.6 * outputs[1] else "no")
    added = []
    for made, cell in zip((one, other), table.rows[3][1:3], strict=True):
        windows = made.outcome.window, made.outcome.window_without
        parts = [window.early_popped / window.paths for window in windows]
        added.append(parts[0] - parts[1])
        assert f"{100 * added[-1]:+.1f}".replace("-", "\u2212") in cell
        assert all(share(part) in cell for part in parts)
    assert table.rows[3][5] == ("yes" if added[0] - added[1] >= DOING else "no")
    unlike = build_beside(one, study_of("qt"), words).sections[0]
    assert len(next(b for b in unlike.blocks if isinstance(b, Table)).head) == 4
    assert Para(words("sim.beside.differ_one_start")) in unlike.blocks
    elsewhere = build_beside(other, study_of("qt"), words).sections[0]
    assert Para(words("sim.beside.differ")) in elsewhere.blocks


@pytest.mark.parametrize("lang", LANGUAGES)
def test_markdown_has_every_section(study_of: Any, lang: str) -> None:
    for made in documents(study_of, lang):
        text = render_markdown(made)
        assert text.count("\n## ") == len(made.sections)
