"""Explosive prices and crisis odds in the report: never a share alone, never a hidden reason."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import replace
from datetime import date

import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.crises.record import shipped_record
from debtcycle.cycle.explosive import ExplosiveState
from debtcycle.report.as_json import report_json
from debtcycle.report.build import words_of
from debtcycle.report.document import Bullets, Para, Table
from debtcycle.report.plain import cell_width
from debtcycle.report.sections.crises import crises
from debtcycle.report.sections.explosive import explosive
from debtcycle.report.sections.trust import skill_rows, trust
from debtcycle.report.warning_drawings import episodes_drawing

NOW = "2025-12-15"


def _findings(judgement_of, day=NOW):
    return judgement_of(day).findings


def _rows(section):
    return [row for block in section.blocks if isinstance(block, Table) for row in block.rows]


def _bullets(section):
    return [item for block in section.blocks if isinstance(block, Bullets) for item in block.items]


def _with_states(findings, price, residual):
    """The findings with gold in these two states, all else quiet."""
    made = []
    for item in findings.explosive:
        own = (price, residual) if item.series == "gold_cpi" else (ExplosiveState.NOT,) * 2
        other = None if item.residual is None else replace(item.residual, state=own[1], rising=True)
        made.append(replace(item, price=replace(item.price, state=own[0]), residual=other))
    return replace(findings, explosive=tuple(made))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("day", ["1999-12-31", "2008-11-28", NOW])
def test_no_share_stands_alone(judgement_of, day, lang):
    """Counts, crises and interval in the same cell as the share."""
    section = crises(words_of(lang), _findings(judgement_of, day))
    states = next(block for block in section.blocks if isinstance(block, Table))
    assert len(states.rows) == 5
    counted = (
        r"\d+% \(\d+ in \d+ country-years, \d+ crises, interval \d+–\d+%\)",
        r"\d+%（\d+个国家年份中\d+个，\d+次危机，区间\d+–\d+%）",
    )[lang == "zh"]
    for row in states.rows:
        assert re.fullmatch(counted, row[2]), row
        assert re.fullmatch(counted, row[3]), row
    records = [row for row in _rows(section) if re.match(r"0\.\d\d.*0\.\d\d–0\.\d\d", row[1])]
    assert len(records) == 5, "every measure has its record"


def test_the_odds_are_those_of_the_record_as_it_stood(judgement_of):
    signal = _findings(judgement_of, "1999-12-31").crises.signal("rzone_business")
    assert signal.state == "in"
    row = shipped_record().known_odds("rzone_business", "in", 1999, 3)
    section = crises(words_of("en"), _findings(judgement_of, "1999-12-31"))
    said = next(cells for cells in _rows(section) if "cut-offs" in cells[1])[2]
    assert said.startswith(
        f"{row.share_pct:.0f}% ({row.before_crisis} in {row.observations} country-years"
    )
    assert row.known_by < 1999
    assert row.share_pct == pytest.approx(100 * row.before_crisis / row.observations, abs=1e-3)


def test_before_any_record_nothing_is_quoted(judgement_of):
    findings = _findings(judgement_of, "1965-06-30")
    section = crises(words_of("en"), findings)
    rows = section.blocks[1].rows
    for row in rows:
        own = "none: the state is unknown" if row[1] == "unknown" else "none known yet"
        assert row[2:] == (own, "none known yet")
    assert {row[1] for row in rows} == {"unknown", "low, below 2 pp"}
    assert any(isinstance(b, Para) and "No record" in b.text for b in section.blocks)
    assert not any(isinstance(block, Table) for block in trust(words_of("en"), findings).blocks)


@pytest.mark.parametrize("year", [1985, 1999, 2008, 2026])
def test_trust_shows_in_sample_beside_out_of_sample_and_nothing_later(year):
    rows = skill_rows(shipped_record(), year)
    assert all(row.known_by < year and row.primary for row in rows)
    if year == 2026:
        pairs = {row.indicator for row in rows if row.sample == "in_sample"}
        assert pairs == {"rzone_household", "rzone_business", "logit"}
        assert pairs <= {row.indicator for row in rows if row.sample == "out_of_sample"}


def test_trust_counts_what_failed(judgement_of):
    record = shipped_record()
    failed = sum(not item.held for item in record.expectations)
    section = trust(words_of("en"), _findings(judgement_of))
    first = section.blocks[0].text
    assert f"{record.specifications_tried} specifications" in first
    assert f"{failed} failed" in first
    above = [test.above_share_pct for item in _findings(judgement_of).explosive
             for test in (item.price, item.residual) if test and test.above_share_pct]  # fmt: skip
    assert f"{min(above):.0f}% to {max(above):.0f}%" in _bullets(section)[0]


E, N, A, C, U = (
    ExplosiveState.EXPLOSIVE, ExplosiveState.NOT, ExplosiveState.ABOVE, ExplosiveState.COLLAPSE,
    ExplosiveState.UNKNOWN,
)  # fmt: skip


@pytest.mark.parametrize(
    ("price", "residual", "said"),
    [
        (E, E, "and so is the residual from the real ten-year yield, since"),
        (E, N, "may account for it"),
        (E, C, "may account for it"),
        (E, A, "not yet for long enough"),
        (E, U, "there is no residual to set beside it"),
        (N, E, "not explosive itself, but the residual"),
        (C, N, "falling faster than a random walk"),
        (N, C, "the residual from the real ten-year yield has been falling faster"),
        (E, C, "the residual from the real ten-year yield has been falling faster"),
        (N, N, "At this date no series is explosive upwards"),
        (A, A, "At this date no series is explosive upwards"),
    ],
)
def test_price_and_residual_are_weighed_together(judgement_of, price, residual, said):
    findings = _with_states(_findings(judgement_of), price, residual)
    first = explosive(words_of("en"), findings).blocks[0]
    text = first.text if isinstance(first, Para) else " ".join(first.items)
    assert said in text
    assert explosive(words_of("zh"), findings).blocks


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_its_own_swings_explain_is_told_as_not_robust(judgement_of, lang):
    words = words_of(lang)
    findings = _findings(judgement_of)
    credit = next(item for item in findings.explosive if item.series == "credit_gdp")
    assert credit.residual.robust is False
    section = explosive(words, findings)
    told = section.blocks[0].items[-1]
    assert words.indicator(credit.ratio.indicator) in told
    assert f"{credit.residual.own.critical:.2f}" in told
    assert ("not robust", "不稳健")[lang == "zh"] in told.lower()
    weak = [row for row in _rows(section) if ("not robust", "不稳健")[lang == "zh"] in row[2]]
    tests = [test for item in findings.explosive for test in (item.price, item.residual)]
    assert len(weak) == sum(test.robust is False for test in tests)
    often = _bullets(trust(words, findings))[0]
    assert "more often than by chance" not in often
    chances = [test.own.chance_pct for test in tests if test.own is not None]
    for chance in (min(chances), max(chances)):
        assert f"{chance:.0f}%" in often


def test_a_crash_above_the_line_is_not_told_as_a_boom(judgement_of):
    """October 2008: share prices fell faster than a random walk does."""
    found = _findings(judgement_of, "2008-11-28")
    stocks = next(item for item in found.explosive if item.series == "price_earnings")
    assert (stocks.price.state, stocks.price.rising) == (ExplosiveState.ABOVE, False)
    rows = [row for row in _rows(explosive(words_of("en"), found)) if "earnings" in row[0]]
    assert rows[0][2].startswith("falling above the line, not yet long enough; ")
    assert stocks.price.robust is not None


def test_the_line_is_named_and_what_is_missing_too(judgement_of):
    section = explosive(words_of("en"), _findings(judgement_of))
    how = next(block.text for block in section.blocks if isinstance(block, Para))
    for named in ("Phillips, Shi and Yu (2015)", "95% quantile", "36 observations", "50,000"):
        assert named in how
    rows = [row for row in _rows(section) if row[0].startswith("NASDAQ")]
    assert any("not in the store" in cell for row in rows for cell in row)


@pytest.mark.parametrize("day", ["1925-03-01", "1999-12-31", NOW])
def test_json_of_both(judgement_of, day):
    judgement = judgement_of(day)
    found = json.loads(report_json(judgement, load_catalogue()))
    series = {item["series"]: item for item in found["explosive_prices"]}
    assert list(series) == [
        "price_dividend", "price_earnings", "nasdaq_sp500", "gold_cpi", "credit_gdp"
    ]  # fmt: skip
    for item in series.values():
        wanted = {"state", "since", "statistic", "critical", "residual", "coverage", "evidence"}
        assert wanted <= set(item)
        assert item["critical"]["definition"] == "bsadf"
        known = item["state"] != "unknown"
        assert known == (item["critical"]["value"] is not None)
        if item["since"]:
            assert item["coverage"]["first"] < item["since"] <= item["coverage"]["last"] <= day
    assert series["nasdaq_sp500"]["residual"]["fundamental"] == "technology_share"
    for test in (part for item in series.values() for part in (item, item["residual"])):
        assert (test["own_line"] is None) == (test["state"] == "unknown")
        assert (test["robust"] is None) == (test["state"] in {"unknown", "not_explosive"})
    odds = found["crisis_odds"]
    assert odds["mode"] == "quasi-real-time"
    assert len(odds["measures"]) == 5
    for item in odds["measures"]:
        for row in filter(None, (*item["odds"], item["base"])):
            assert {"low_pct", "high_pct", "observations", "before_crisis", "crises"} <= set(row)
            assert row["known_by"] < date.fromisoformat(day).year
            assert row["low_pct"] <= row["share_pct"] <= row["high_pct"]
        assert item["record"] is None or item["record"]["known_by"] < int(day[:4])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_of_trust_is_current(repository, judgement_of, lang):
    spec = importlib.util.spec_from_file_location("make_trust", repository / "docs/make_trust.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (repository / "docs" / f"trust.{lang}.md").read_text(encoding="utf-8")
    assert module.page(_findings(judgement_of, module.DAY), lang) == text, "run `make docs`"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_drawing_says_what_one_mark_stands_for(judgement_of, lang):
    drawn = episodes_drawing(words_of(lang), _findings(judgement_of))
    first, last = map(int, re.findall(r"\d{4}", drawn.lines[0]))
    span = (last + 1 - first) / 60
    assert any(f"{span:.1f} years" in line or f"{span:.1f}年" in line for line in drawn.lines)
    assert all(cell_width(line) <= 80 for line in drawn.lines)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_figures_show_on_which_side_of_the_line_they_stand(judgement_of, lang):
    """2.3256 against 2.3267 is not told as 2.33 against 2.33."""
    found = _findings(judgement_of)
    *others, credit = found.explosive
    near = replace(credit.residual, statistic=2.3256, own=replace(
        credit.residual.own, critical=2.3267), robust=False)  # fmt: skip
    section = explosive(words_of(lang), replace(
        found, explosive=(*others, replace(credit, residual=near))))  # fmt: skip
    assert [(row[4], row[6]) for row in _rows(section) if "2.326" in row] == [("2.326", "2.327")]
    assert "2.326" in section.blocks[0].items[-1]
    assert "2.327" in section.blocks[0].items[-1]
