"""The shipped record: well formed, made from the data it names, and never ahead of its year."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from debtcycle.crises.making import rzone_of
from debtcycle.crises.making_logit import logit_run
from debtcycle.crises.plain import plain
from debtcycle.crises.record import Record, decode_record, encode_record, shipped_record
from debtcycle.crises.record_rows import odds_row
from debtcycle.errors import ConfigError


@pytest.fixture(scope="module")
def record() -> Record:
    return shipped_record()


def test_it_survives_writing_and_reading(record):
    assert decode_record(encode_record(record)) == record
    with pytest.raises((msgspec.ValidationError, ValueError, KeyError)):
        decode_record(b'{"odds": {"columns": ["a"], "rows": [[1, 2]]}}')


def test_every_share_stands_between_its_bounds_and_on_counted_events(record):
    assert len(record.odds) > 300
    for row in record.odds:
        assert 0.0 <= row.low_pct < row.high_pct <= 100.0
        assert row.crises <= row.before_crisis <= row.observations
        if row.share_pct is None:
            assert row.observations == 0
        else:
            assert row.share_pct == pytest.approx(100 * row.before_crisis / row.observations, 1e-4)
            assert row.low_pct - 1e-6 <= row.share_pct <= row.high_pct + 1e-6
    for skill in record.skills:
        assert skill.low is not None
        assert skill.high is not None
        assert skill.low <= skill.auroc <= skill.high
        assert skill.block_years >= skill.horizon


def test_everything_tried_is_listed_and_failures_too(record):
    kinds = {(row.indicator, row.variant, row.cutoffs, row.horizon) for row in record.odds}
    assert record.specifications_tried == len(record.latest_skills) + len(kinds)
    assert all(item.held == (item.low <= item.found <= item.high) for item in record.expectations)
    names = [item.what for item in record.expectations]
    assert len(names) == len(set(names)) >= 10
    assert {row.sample for row in record.skills} == {"in_sample", "out_of_sample", "one_sided"}
    failed = sum(not item.held for item in record.expectations)
    assert ["expectations_failed", str(failed)] in [
        line.split() for line in record.summary().splitlines()
    ]


def test_its_terms_are_said(record):
    text = " ".join(record.about)
    for words in ("CC BY-NC-SA", "Aggregated statistics only", "BIS", "Laeven", "Jorda"):
        assert words in text
    assert record.mode == "quasi-real-time"


def test_odds_and_cutoffs_of_a_year_were_known_before_it(record):
    for year in range(1975, 2031):
        for indicator, state in (("rzone_business", "in"), ("credit_gap", "all")):
            row = record.known_odds(indicator, state, year, 3)
            assert row is None or row.known_by < year
        limits = record.known_cutoffs("rzone_household", year)
        assert limits is None or limits.year < year
    assert record.known_odds("rzone_business", "in", 1975, 3) is None
    assert record.known_odds("nothing", "in", 2020, 3) is None
    assert record.known_skill("nothing", "one_sided", 3, 2020) is None
    for year in range(1975, 2031):
        skill = record.known_skill("credit_gap", "one_sided", 3, year)
        assert skill is None or (skill.known_by < year and skill.last + skill.horizon < year)


def test_the_published_figures_stand_beside_the_found_ones(record):
    found = {row.what: row for row in record.published}
    assert found["logit.in_sample_auroc"].published == 0.717
    assert found["rzone_business.tercile3.quintile5.h3_pct"].published == 45.3
    assert found["rzone_household.tercile2.quintile3.h3_pct"].published == 3.3
    assert all(row.source for row in record.published)


def test_the_published_cells_are_those_of_the_paper(record, shared_data):
    import csv

    path = shared_data / "crises" / "ghss2022_table3_published.csv"
    if not path.is_file():
        pytest.skip("the published table is not beside the repository")
    with path.open(newline="") as handle:
        table = {
            f"rzone_{row['sector']}.tercile{row['price_tercile']}.quintile{row['debt_quintile']}"
            f".h{horizon}_pct": float(row[f"crisis_h{horizon}_pct"])
            for row in csv.DictReader(handle)
            for horizon in (1, 2, 3, 4)
        }
    ours = [row for row in record.published if row.what.startswith("rzone")]
    assert len(ours) == 16
    assert all(table[row.what] == row.published for row in ours)


def test_it_comes_from_the_database_that_it_names(record, macro):
    """The logit and one zone made anew give the rows that are shipped."""
    spec = "14_countries_to_2008/effects"
    shipped = {
        (row.sample, row.after): row
        for row in record.skills
        if (row.variant, row.horizon) == (spec, 1)
    }
    made = logit_run(macro.until(2008))
    for score in (made.in_sample, made.out_of_sample):
        row = shipped[score.sample, -1]
        assert row.auroc == pytest.approx(score.auroc, abs=1e-5)
        assert row.country_low == pytest.approx(score.by_country.low, abs=1e-5)
        assert row.block_high == pytest.approx(score.by_block.high, abs=1e-5)
        assert (row.observations, row.crises) == (score.observations, score.crises)
    sample = macro.since(1950).until(2016)
    zone = rzone_of(sample, "household", in_sample=False)
    again = odds_row(
        "rzone_household", "bank_loans/1950_2016", "real_time", "in", zone.inside, sample.crisis,
        sample.years, horizon=3, primary=False,
    )  # fmt: skip
    assert again in record.odds


def test_as_a_frame_and_as_json(record):
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    assert len(record.to_pandas()) == len(record.skills)
    made = plain(record)
    assert isinstance(made, dict)
    assert made["specifications_tried"] == record.specifications_tried
    assert plain({"a": float("nan"), "b": (1.0,)}) == {"a": None, "b": [1.0]}


def test_without_pandas_the_remedy_is_said(record, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match=r"pandas\.missing"):
        record.to_pandas()


def test_rows_of_a_record_are_frozen(record):
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.odds[0].share_pct = 1.0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_made_from_the_record(repository, lang):
    import importlib.util

    spec = importlib.util.spec_from_file_location("make_crises", repository / "docs/make_crises.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (repository / "docs" / f"crises.{lang}.md").read_text(encoding="utf-8")
    assert module.page(text, lang) == text, "run `make docs`"
    assert text.count("\n| `") > 100
    with pytest.raises(ValueError, match="no place"):
        module.page("", lang)
