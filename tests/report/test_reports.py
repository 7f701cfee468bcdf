"""Every report of every date in both languages, read by a machine before an economist does."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.cycle.findings import find
from debtcycle.cycle.flip import Crossing, Flip, Move
from debtcycle.cycle.judgement import Judgement
from debtcycle.cycle.replay import Record
from debtcycle.cycle.verdict import Verdict
from debtcycle.indicators.model import Origin, Reading, Status
from debtcycle.report.as_json import claims_json, report_json
from debtcycle.report.build import build, words_of
from debtcycle.report.document import Bullets, Drawing, Para, Section, Table
from debtcycle.report.markdown import render_markdown
from debtcycle.report.plain import cell_width
from debtcycle.report.sections import doubt
from debtcycle.report.sections.cycle import _evidence
from debtcycle.report.sections.evidence import _source
from debtcycle.report.sections.opening import change_lines
from debtcycle.report.sections.past import record
from debtcycle.report.text import render_text
from debtcycle.store import Basis

DATES = (
    "1965-06-30", "1999-12-31", "2008-11-28", "2010-11-05", "2012-09-14", "2019-10-15",
    "2020-03-27", "2021-06-30", "2025-11-05", "2025-12-15",
)  # fmt: skip
OLD = "1925-03-01"
# Ids that are also the names by which everybody knows the thing.
ALSO_NAMES = {"GDP", "NFCI", "SOFR", "VIX", "WTI"}
ADVICE = re.compile(
    r"\b(buy now|sell now|overweight|underweight|we recommend|you should)\b", re.IGNORECASE
)
KEYS = (
    "as_of", "mode", "verdict", "axes_verdict", "confidence", "coverage", "stimulus", "axes",
    "monetisation", "late_cycle", "bubble_gauge", "stage", "attractiveness", "flip",
    "robustness", "counter_argument", "claims", "explosive_prices", "crisis_odds",
)  # fmt: skip


def document(judgement_of, day, lang):
    return build(judgement_of(day), words_of(lang))


def words_in(section: Section) -> list[str]:
    found: list[str] = []
    for block in section.blocks:
        if isinstance(block, Para):
            found.append(block.text)
        elif isinstance(block, Bullets):
            found += block.items
        elif isinstance(block, Drawing):
            found += [block.title, *block.lines]
        else:
            assert isinstance(block, Table)
            assert block.rows, f"an empty table in {section.key}: {block.title}"
            assert {len(row) for row in block.rows} == {len(block.head)}
            found += [block.title, *block.head, *(cell for row in block.rows for cell in row)]
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("day", [*DATES, OLD])
def test_nothing_slips_into_the_text(judgement_of, day, lang):
    made = document(judgement_of, day, lang)
    assert len(made.sections) == 17
    ids = {info.id for info in load_catalogue()} - ALSO_NAMES
    for section in made.sections:
        said = words_in(section)
        assert said
        assert any(text.strip() for text in said)
        for text in said:
            assert not re.search(r"\b(nan|NaN|None|null|inf)\b|[{}]", text), text
            assert not ADVICE.search(text), text
            tokens = set(re.findall(r"(?<![A-Za-z0-9_(])[A-Z][A-Z0-9_]{2,}(?![A-Za-z0-9_])", text))
            assert not tokens & ids, f"an id where a name belongs: {text}"
            assert not re.search(r"\b[a-z]+_[a-z_]+\b", text), f"an id: {text}"


@pytest.mark.parametrize("day", DATES)
def test_chinese_is_chinese(judgement_of, day):
    for section in document(judgement_of, day, "zh").sections:
        assert re.search("[\u4e00-\u9fff]", section.title)
        for text in words_in(section):
            # Sources, and names of programmes that a user's log may add, keep their own words.
            if "来源" in text or text.startswith("Ray Dalio"):
                continue
            assert not re.search(r"[a-z]{3,} [a-z]{3,}", text.replace("debtcycle import", "")), text
            assert not re.search("[\u4e00-\u9fff][,;:!?]|[,;!?][\u4e00-\u9fff]", text), text


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_line_is_wider_than_asked(judgement_of, lang, width):
    made = document(judgement_of, "2025-12-15", lang)
    text = render_text(made, width=width)
    wide = [line for line in text.splitlines() if cell_width(line) > width]
    assert not wide
    assert "\x1b" not in text
    said = "".join(words for section in made.sections for words in words_in(section))
    assert text.count("…") == said.count("…"), "something was cut"


def test_a_width_out_of_bounds_is_brought_back(judgement_of):
    made = document(judgement_of, "2025-12-15", "en")
    assert render_text(made, width=10) == render_text(made, width=80)
    assert render_text(made, width=500) == render_text(made, width=120)


def test_colour_changes_no_word(judgement_of):
    made = document(judgement_of, "2025-12-15", "en")
    painted = render_text(made, colour=True)
    assert "\x1b[" in painted
    bare = re.sub(r"\x1b\[[0-9;]*m", "", painted)
    assert [x.rstrip() for x in bare.splitlines()] == render_text(made).splitlines()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_first_screen_says_what_must_be_understood(judgement_of, lang):
    first = document(judgement_of, "2025-12-15", lang).sections[0]
    text = "\n".join(words_in(first))
    assert "2025-12-15" in first.blocks[0].text
    assert "●" in text
    assert "2008-11-28" in text
    assert ("no advice" in text) or ("不提供任何建议" in text)
    lines = render_text(build(judgement_of("2025-12-15"), words_of(lang))).splitlines()
    second = next(n for n, line in enumerate(lines) if n > 3 and line.endswith("───"))
    assert second <= 55


@pytest.mark.parametrize("day", ["2008-11-28", "2025-12-15"])
def test_markdown_says_what_the_text_says(judgement_of, day):
    made = document(judgement_of, day, "en")
    text = render_markdown(made)
    for section in made.sections:
        assert f"## {section.title}" in text
    rows = sum(len(b.rows) for s in made.sections for b in s.blocks if isinstance(b, Table))
    tables = sum(isinstance(b, Table) for s in made.sections for b in s.blocks)
    assert sum(line.startswith("| ") for line in text.splitlines()) == rows + 2 * tables


def _no_constants(text: str) -> object:
    def refuse(name: str) -> object:
        raise AssertionError(f"not strict JSON: {name}")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("day", [*DATES, OLD])
def test_json_has_the_keys_of_the_contract(judgement_of, day):
    made = judgement_of(day)
    found = _no_constants(report_json(made, load_catalogue()))
    assert set(KEYS) <= set(found)
    assert found["as_of"] == day
    assert found["mode"] in {"vintage", "lagged", "mixed"}
    assert found["verdict"] in {v.value for v in Verdict}
    assert list(found["axes"]) == ["valuation", "growth", "inflation", "credit"]
    evidence = [item for axis in found["axes"].values() for item in axis["evidence"]]
    assert len(evidence) == 15
    wanted = {"indicator", "value", "unit", "series", "period", "known_from", "percentile", "score"}
    assert all(wanted <= set(item) for item in evidence)
    assert all(item["known_from"] <= day for item in evidence if item["known_from"])
    assert {"on", "rung", "evidence"} <= set(found["stimulus"])
    gauges = ("price", "unsustainable", "new_buyers", "sentiment", "leverage", "forward_purchases")
    assert {"aggregate", "range", *gauges} <= set(found["bubble_gauge"])
    assert len(found["claims"]) == 44
    assert report_json(made, load_catalogue()) == report_json(made, load_catalogue())
    assert len(_no_constants(claims_json(made))["claims"]) == 44


def test_the_same_figures_give_the_same_report(edition_store):
    from debtcycle.cycle.judgement import judge
    from debtcycle.views import View

    texts = {
        render_text(
            build(
                judge(View(as_of="2019-10-15", store=edition_store), record=False), words_of("en")
            )
        )
        for _ in range(2)
    }
    assert len(texts) == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_record_is_counted_in_months(lang):
    from datetime import date

    found = Record(
        date(1999, 8, 31), date(2025, 11, 30), 4,
        ((Verdict.NO_STIMULUS, 3), (Verdict.MIXED, 1)), ((Verdict.MIXED, 4),), 2, 1,
    )  # fmt: skip
    table = next(b for b in record(words_of(lang), found).blocks if isinstance(b, Table))
    assert [row[1:] for row in table.rows] == [("3", "75%", "0"), ("1", "25%", "4")]


def test_a_section_that_says_nothing_is_refused():
    with pytest.raises(ValueError, match="says nothing"):
        Section("x", "X", ())


def test_a_judgement_carries_all_that_the_report_reads(judgement_of, edition_store):
    made = judgement_of("2019-10-15")
    assert isinstance(made, Judgement)
    assert type(made.findings).__name__ == find.__annotations__["return"]


def test_stand_ins_room_and_hidden_sides_are_said_in_plain_words(judgement_of):
    words = words_of("en")
    quiet = render_text(build(judgement_of("1999-12-31"), words))
    one_line = " ".join(quiet.split())
    assert "a fall shows up to a month late" in one_line.split("Evidence: the four axes")[0]
    assert "would have to be cut" not in one_line
    assert "the primary balance could worsen by" in one_line
    assert "re-estimated every week" in one_line


@pytest.mark.parametrize(
    ("position", "shown"),
    [(59.7, "59.7 of 100"), (60.0, "60 of 100"), (71.2, "71 of 100")],
)
def test_rounding_does_not_hide_on_which_side_a_gauge_stands(judgement_of, position, shown):
    ranking = judgement_of("2025-12-15").stage.ranking
    items = [e for stage in ranking for e in stage.evidence if e.criterion == "bubble_gauge"]
    item = replace(items[0], position=position)
    assert _evidence(words_of("en"), item).endswith(shown)


def test_only_series_that_the_store_lacks_are_said_to_be_missing(judgement_of):
    findings = judgement_of("2025-12-15").findings
    words = words_of("en")
    text = " ".join(w for w in words_in(doubt.notes(words, findings)))
    assert "not in the store" in text
    assert words.series("BAMLH0A0HYM2") in text
    held = replace(findings, not_held=("VIX",))
    text = " ".join(w for w in words_in(doubt.notes(words, held)))
    assert words.series("BAMLH0A0HYM2") not in text


def test_an_unconfirmed_announcement_is_said_to_be_so_in_chinese():
    assert _source(words_of("zh"), "unconfirmed") == "没有网页可证实"
    assert _source(words_of("zh"), "newyorkfed.org") == "newyorkfed.org"


def test_a_reading_of_several_periods_is_dated_by_the_oldest():
    def figure_of(series, period):
        return Origin(series, period, date(2026, 5, 1), Basis.UNREVISED, 1.0, "percent")

    bond, price = figure_of("DGS10", date(2026, 5, 1)), figure_of("SP500_MONTHLY", date(2026, 2, 1))
    words = words_of("en")
    for origins in ((bond, price), (price, bond)):
        assert words.dated(Reading("x", "pp", 1.0, origins=origins)) == "2026-02"
    # A quarter that ends after the month is the newer one, though it began before it.
    quarter = figure_of("NCBEILQ027S", date(2026, 1, 1))
    assert words.dated(Reading("x", "pp", 1.0, origins=(quarter, price))) == "2026-02"
    gdp = figure_of("GDP", date(2025, 10, 1))
    assert words.dated(Reading("x", "pp", 1.0, origins=(price, gdp))) == "2026-02"
    assert words.dated(Reading("x", "pp", 1.0, origins=(gdp,))) == "2025-Q4"
    now = figure_of("DFEDTARU", date(2009, 3, 1))
    then = figure_of("DFEDTAR", date(2008, 9, 1))
    assert words.dated(Reading("x", "pp", 1.0, origins=(now, then))) == "2009-03-01"
    assert words.dated(Reading("x", "pp", None, Status.ABSENT)) == "–"


def test_the_same_reading_has_the_same_period_in_every_table(judgement_of):
    made = build(judgement_of("2025-11-05"), words_of("en"))
    periods: dict[str, set[str]] = {}
    for section in made.sections:
        for block in section.blocks:
            if isinstance(block, Table) and "period" in block.head:
                at = block.head.index("period")
                for row in block.rows:
                    periods.setdefault(" ".join(row[:2]), set()).add(row[at])
    assert len(periods) > 40
    assert all(len(found) == 1 for found in periods.values())


def _gate_flip(start, end, crossing, indicator="rate_change_6m", unit="pp"):
    distance = abs(end - start)
    move = Move(indicator, unit, start, end, distance, crossing)
    return Flip("gate", Verdict.NO_STIMULUS, distance, (move,))


@pytest.mark.parametrize(
    ("flip", "said"),
    [
        (_gate_flip(-0.75, -0.5, Crossing.ABOVE), "from −0.75 pp to a cut of less than 0.50 pp"),
        (_gate_flip(-0.25, 0.0, Crossing.ABOVE), "from −0.25 pp to above 0.00 pp"),
        (_gate_flip(0.5, 0.0, Crossing.AT), "from +0.50 pp to 0.00 pp"),
        (_gate_flip(-0.5, -0.5, Crossing.ABOVE), "exactly on the edge, at −0.50 pp: any rise"),
        (_gate_flip(0.0, 0.0, Crossing.ABOVE), "exactly on the edge, at 0.00 pp: any rise"),
        (
            _gate_flip(0.252, 0.25, Crossing.AT, "assets_13w", "percent_of_gdp"),
            "almost on the edge, at 0.25% of GDP: the slightest fall",
        ),
        (
            _gate_flip(87.0, 60.0, Crossing.BELOW, "bubble_gauge", "percentile"),
            "from 87 of 100 to below 60 of 100",
        ),
    ],
)
def test_a_way_says_whether_its_line_is_passed_or_reached(flip, said):
    (line,) = change_lines(words_of("en"), [flip])
    assert said in line
    assert words_of("en")("verdict.no_stimulus") in line


def test_json_names_the_line_and_the_side_of_it(judgement_of):
    found = json.loads(report_json(judgement_of("2021-06-30"), load_catalogue()))
    (gate,) = (flip for flip in found["flips"] if flip["way"] == "gate")
    (move,) = gate["moves"]
    assert (move["end"], move["crossing"]) == (0.0, "above")
    (gauge,) = (flip for flip in found["flips"] if flip["way"] == "gauge")
    assert (gauge["moves"][0]["end"], gauge["moves"][0]["crossing"]) == (60.0, "below")


def test_without_easing_the_case_against_begins_with_what_eases(judgement_of):
    section = doubt.counter(words_of("en"), judgement_of("1999-12-31").findings)
    text = words_in(section)
    axes = text.index(words_of("en")("counter.head.axes"))
    assert any("points to easing all the same" in line for line in text[:axes])
    assert not any("stands on the other side" in line for line in text[:axes])
    assert any("stands on the other side" in line for line in text[axes:])
