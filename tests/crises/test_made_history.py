"""The whole way from tables to rows on a world made by hand: no publisher's file is needed."""

from __future__ import annotations

import json

import numpy as np
import openpyxl
import pytest

from cli.conftest import _calm_surroundings, call  # noqa: F401 - fixtures
from crises.worlds import made_world
from debtcycle.crises import one_sided_trend
from debtcycle.crises.economies import BIS_ECONOMIES, by_bis
from debtcycle.crises.history import MacroHistory
from debtcycle.crises.making import gap_panel, gap_rows, rzone_rows, service_rows
from debtcycle.crises.making_logit import PUBLISHED_COUNTRIES, logit_rows, logit_run
from debtcycle.sources.jst import COLUMNS
from debtcycle.sources.parsed import Parsed

DRAWS = 100


def history_of(seed: int) -> MacroHistory:
    """Loans that grow as the world says, and prices that go with them."""
    made = made_world(seed, countries=len(PUBLISHED_COUNTRIES), years=141)
    rng = np.random.default_rng(seed)
    level = np.exp(np.cumsum(made.growth, axis=1))
    trend = np.exp(0.035 * np.arange(level.shape[1]))[None, :]
    noise = rng.normal(0.0, 0.05, level.shape)
    tables = {
        "loans": level, "household_loans": 0.5 * level, "business_loans": 0.4 * level,
        "gdp": np.broadcast_to(trend, level.shape), "cpi": np.ones(level.shape),
        "house_price": np.exp(0.5 * np.cumsum(made.growth, axis=1) + noise),
        "equity_gain": made.growth + noise, "long_rate_pct": np.full(level.shape, 4.0),
        "crisis": made.crisis, "crisis_old": np.roll(made.crisis, 1, axis=0),
    }  # fmt: skip
    return MacroHistory(PUBLISHED_COUNTRIES, made.years, **tables)


@pytest.fixture(scope="module")
def history() -> MacroHistory:
    return history_of(21)


def test_loans_that_bring_crises_on_are_seen_in_every_row(history):
    made = logit_rows(history.since(1960), replications=DRAWS)
    made += rzone_rows(history.since(1930), None, replications=DRAWS, by_year=False)
    made += service_rows(history.since(1950), replications=DRAWS, by_year=False)
    by = {(row.indicator, row.sample): row.auroc for row in made.skills if row.after != -1}
    assert by["logit", "in_sample"] > by["logit", "out_of_sample"] > 0.5
    assert {row.variant.partition("/")[0] for row in made.odds} == {"bank_loans"}
    zone = {
        (row.cutoffs, row.state): row.share_pct
        for row in made.odds
        if row.indicator == "rzone_business" and row.horizon == 3
        if row.variant == "bank_loans/all_years"
    }
    for cutoffs in ("in_sample", "real_time"):
        inside, outside, every = (zone[cutoffs, state] for state in ("in", "out", "all"))
        assert inside > every > outside
    chosen = [row for row in made.skills if row.indicator == "logit" and row.primary]
    assert sorted((row.sample, row.after) for row in chosen) == [
        ("in_sample", -1), ("in_sample", 2), ("out_of_sample", -1), ("out_of_sample", 2),
    ]  # fmt: skip
    assert not made.cutoffs  # no BIS file, so nothing that today's reading would quote


def test_odds_of_earlier_years_are_those_of_a_shorter_history(history):
    """What the record says was known by a year is what a file that ends there gives."""
    few = history.only(PUBLISHED_COUNTRIES[:6]).until(1999)
    whole = service_rows(few, replications=DRAWS)
    part = service_rows(few.until(1995), replications=DRAWS, by_year=False)
    known = [row for row in whole.odds if row.known_by == 1995]
    short = [row for row in part.odds if row.horizon == 3]
    assert known == short
    assert len(known) == 6
    scored = [row for row in whole.skills if row.known_by == 1995]
    assert scored == [row for row in part.skills if row.horizon == 3]
    assert len(scored) == 2


def test_the_published_countries_or_all(history):
    few = logit_run(history.only(("USA", "GBR", "FRA", "DEU")), replications=DRAWS)
    every = logit_run(history, all_countries=True, replications=DRAWS)
    assert (few.countries, every.countries) == (4, 14)
    assert every.fit.observations > few.fit.observations
    assert every.until == 2020


def test_gaps_of_economies_against_a_list(history):
    quarters = np.arange("1960-01", "2026-01", 3, dtype="M8[M]").astype("M8[D]")
    rng = np.random.default_rng(2)
    parts, listed, ratios = [], [], []
    for economy in BIS_ECONOMIES:
        ratio = 80.0 + np.cumsum(rng.normal(0.2, 1.5, len(quarters)))
        ratios.append(ratio)
        key = f"BIS:Q:{economy.bis}:P:A:"
        parts.append(Parsed(f"{key}A", quarters, ratio))
        parts.append(Parsed(f"{key}C", quarters[40:], np.zeros(len(quarters) - 40)))
        if economy.listed is not None:
            years = rng.choice(np.arange(1975, 2023), 2, replace=False)
            days = np.array(sorted(f"{year}-12-31" for year in years), dtype="M8[D]")
            listed.append(Parsed(f"LV:{economy.listed}", days, np.full(2, np.nan)))
    panel = gap_panel(parts)
    # The file says that every gap is nought, so the largest gap is the largest difference.
    largest = max(np.abs(ratio - one_sided_trend(ratio))[40:].max() for ratio in ratios)
    assert panel.largest_difference_pp == pytest.approx(largest, abs=1e-12)
    made = gap_rows(panel, listed, replications=DRAWS, by_year=False)
    assert {row.state for row in made.odds} == {"low", "middle", "high", "all"}
    assert [row.horizon for row in made.skills] == [1, 2, 3, 5]
    assert by_bis("XM") is None
    usa = by_bis("US")
    assert usa is not None
    assert usa.iso == "USA"


def test_the_commands_on_a_workbook_of_ones_own(history, call, tmp_path):  # noqa: F811
    names = {
        "gdp": "gdp", "cpi": "cpi", "tloans": "loans", "thh": "household_loans",
        "tbus": "business_loans", "hpnom": "house_price", "eq_capgain": "equity_gain",
        "ltrate": "long_rate_pct", "crisisJST": "crisis", "crisisJST_old": "crisis_old",
    }  # fmt: skip
    history = history.only(PUBLISHED_COUNTRIES[:8]).since(1940)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(("year", "country", "iso", *COLUMNS))
    for at, iso in enumerate(history.countries):
        for n, year in enumerate(history.years.tolist()):
            cells = (float(getattr(history, names[column])[at, n]) for column in COLUMNS)
            sheet.append((year, iso, iso, *cells))
    path = tmp_path / "own.xlsx"
    book.save(path)
    words = ("--jst", path, "--replications", DRAWS)
    made = json.loads(call("crises", "logit", *words, "--all-countries", "--format", "json").out)
    again = logit_run(history, all_countries=True, replications=DRAWS)
    assert made["fit"]["auroc"] == pytest.approx(again.fit.auroc, abs=1e-12)
    assert made["out_of_sample"]["auroc"] == pytest.approx(again.out_of_sample.auroc, abs=1e-12)
    assert "out of sample, one constant" in call("crises", "logit", *words).out
    out = call("crises", "rzone", *words, "--lang", "zh").out
    assert all(f"bank_loans/{span}" in out for span in ("1950_2016", "all_years"))
    assert "实时" in out
