"""The R-zone: cut-offs against plain quantiles, later years, and the published table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crises.worlds import made_world
from debtcycle.crises.history import (
    at_year_end,
    bis_ratios,
    listed_crises,
    macro_history,
    sector_debt,
)
from debtcycle.crises.making import gap_panel, gap_rows, rzone_of, rzone_rows, service_rows
from debtcycle.crises.rzone import cells, change_over, cutoffs_known, growth_over, rzone
from debtcycle.errors import ConfigError, SchemaChanged
from debtcycle.sources.parsed import Parsed


def made_zone(made, **options):
    debt, price = (
        change_over(100.0 * np.cumsum(made.growth, axis=1)),
        growth_over(made.growth[::-1]),
    )
    return rzone("business", debt, price, made.years, least=20, **options)


def test_changes_over_three_years():
    table = np.array([[1.0, 2.0, 4.0, 7.0, np.nan, 16.0]])
    found = change_over(table)
    assert found[0, 3] == 6.0
    assert found[0, 5] == 12.0
    assert np.isnan(found[0, [0, 1, 2, 4]]).all()
    assert growth_over(table)[0, 3] == 13.0
    assert np.isnan(growth_over(table)[0, [0, 1, 4, 5]]).all()


def test_cutoffs_are_quantiles_of_what_was_known(world):
    zone = made_zone(world)
    for at in (10, 60, 119):
        debt = zone.debt_pp[:, : at + 1]
        kept = np.isfinite(debt)
        price = zone.price_log[:, : at + 1]
        assert zone.cutoffs.known[at] == kept.sum()
        assert zone.cutoffs.debt_pp[at] == pytest.approx(np.quantile(debt[kept], 0.8))
        assert zone.cutoffs.price_log[at] == pytest.approx(np.quantile(price[kept], 2 / 3))
        inside = zone.inside[:, at] == 1.0
        over = (debt[:, at] > zone.cutoffs.debt_pp[at]) & (
            price[:, at] > zone.cutoffs.price_log[at]
        )
        assert np.array_equal(inside, over)
    assert "debt_pp" in zone.summary()


def test_in_sample_cutoffs_are_the_same_in_every_year(world):
    zone = made_zone(world, in_sample=True)
    assert len(set(zone.cutoffs.debt_pp)) == 1
    there = np.isfinite(zone.debt_pp)
    assert np.array_equal(np.isnan(zone.inside), ~there)
    assert (zone.debt_pp[there] > zone.cutoffs.debt_pp[0]).mean() == pytest.approx(0.2, abs=0.01)


def test_a_zone_as_a_frame(world):
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    zone = made_zone(world)
    table = zone.to_pandas()
    assert len(table) == zone.inside.size
    one = table[(table["country"] == 2) & (table["year"] == 1950)].iloc[0]
    assert one["inside"] == zone.inside[2, 1950 - world.years[0]]


def test_with_few_country_years_there_is_no_cutoff(world):
    limits = cutoffs_known(world.growth, world.growth, world.years)
    assert np.isnan(limits.debt_pp[:8]).all()
    assert np.isfinite(limits.debt_pp[8:]).all()


@settings(max_examples=20)
@given(st.integers(0, 2**31), st.integers(8, 39))
def test_later_years_leave_the_zone_identical(seed, cut):
    whole = made_world(seed, countries=6, years=40)
    part = type(whole)(whole.growth[:, :cut], whole.crisis[:, :cut], whole.years[:cut])
    short, full = made_zone(part), made_zone(whole)
    assert short.inside.tobytes() == np.ascontiguousarray(full.inside[:, :cut]).tobytes()
    assert short.cutoffs.debt_pp.tobytes() == full.cutoffs.debt_pp[:cut].tobytes()
    assert short.cutoffs.price_log.tobytes() == full.cutoffs.price_log[:cut].tobytes()


def test_cells_by_a_plain_count(world):
    zone = made_zone(world, in_sample=True)
    found = cells(zone, world.crisis, (2,))
    assert len(found) == 15
    assert sum(cell.share_pct for cell in found) == pytest.approx(100.0)
    top, inside, hits = found[-1], 0, []
    for row, at in np.argwhere(zone.inside == 1.0):
        inside += 1
        if at + 2 < world.crisis.shape[1]:
            hits.append(world.crisis[row, at + 1 : at + 3].any())
    assert (top.price_tercile, top.debt_quintile) == (3, 5)
    assert top.observations == inside
    assert top.crisis_pct[0] == pytest.approx(100.0 * np.mean(hits))


def test_other_sectors_and_shapes_are_refused(world):
    with pytest.raises(ConfigError, match=r"crises\.option"):
        rzone("state", world.growth, world.growth, world.years)
    with pytest.raises(ConfigError, match=r"crises\.panel"):
        rzone("business", world.growth, world.growth[:2], world.years)


# --- publishers' figures -----------------------------------------------------------------------
def yearly(key, first, values, month=12):
    days = np.array([f"{first + n}-{month:02d}-01" for n in range(len(values))], dtype="M8[D]")
    return Parsed(key, days, np.array(values, float))


def test_tables_of_the_database_by_hand():
    names = ("gdp", "cpi", "tloans", "thh", "tbus", "hpnom", "eq_capgain", "ltrate",
             "crisisJST", "crisisJST_old")  # fmt: skip
    parts = [yearly(f"JST:AAA:{name}", 2000, [1.0, 2.0, 4.0]) for name in names]
    parts += [yearly(f"JST:BBB:{name}", 2001, [3.0, -3.0]) for name in names]
    made = macro_history(parts)
    assert made.countries == ("AAA", "BBB")
    assert made.years.tolist() == [2000, 2001, 2002]
    assert np.isnan(made.gdp[1, 0])
    assert made.real_loan_growth[0].tolist()[1:] == [0.0, 0.0]
    assert np.isnan(made.real_loan_growth[1, 2])  # no logarithm of what is below nought
    assert made.real_equity_growth[0, 1] == pytest.approx(np.log(3.0) - np.log(2.0))
    assert made.business_debt_pct[0].tolist() == [100.0, 100.0, 100.0]
    assert made.since(2001).until(2001).years.tolist() == [2001]
    assert made.only(("BBB",)).countries == ("BBB",)


def test_year_ends_and_sectors_of_the_bis():
    quarters = np.arange("2000-01", "2002-01", 3, dtype="M8[M]").astype("M8[D]")
    part = Parsed("BIS:Q:US:N:A:M:770:A", quarters, np.arange(8.0))
    years = np.arange(1999, 2003)
    found = sector_debt([part], "N", ("USA", "ATA"), years)
    assert found[0].tolist()[1:3] == [3.0, 7.0]
    assert np.isnan(found[0, [0, 3]]).all()
    assert np.isnan(found[1]).all()
    assert at_year_end(quarters, np.arange(8.0), np.array([2001])).tolist() == [7.0]


def test_listed_crises_and_a_name_that_has_gone(listed):
    years = np.arange(1965, 2027)
    found = listed_crises(listed, ("US", "HK", "XM"), years)
    assert years[found[0] == 1.0].tolist() == [1988, 2007]
    assert np.nansum(found[1]) == 0.0
    assert np.isnan(found[2]).all()
    assert np.isnan(found[0, years < 1970]).all()
    with pytest.raises(SchemaChanged, match=r"source\.column"):
        listed_crises([part for part in listed if part.key != "LV:Japan"], ("JP",), years)


def test_a_gap_file_without_ratios_is_refused():
    part = Parsed("BIS:Q:US:P:A:C", np.array(["2000-01-01"], "M8[D]"), np.array([1.0]))
    with pytest.raises(SchemaChanged, match=r"source\.column"):
        bis_ratios([part])
    with pytest.raises(SchemaChanged, match=r"source\.column"):
        bis_ratios([])


@pytest.mark.parametrize(("sector", "published_pct"), [("business", 45.3), ("household", 36.8)])
def test_the_published_zone_on_the_database(macro, sector, published_pct):
    """Bank loans of 18 countries are not the paper's debt of 42: the odds are high all the same."""
    sample = macro.since(1950).until(2016)
    table = {
        (cell.price_tercile, cell.debt_quintile): cell.crisis_pct[2]
        for cell in cells(rzone_of(sample, sector, in_sample=True), sample.crisis)
    }
    assert table[3, 5] == max(table.values())
    assert abs(table[3, 5] - published_pct) < 20.0
    assert table[3, 5] > 2.5 * table[2, 3]


def test_rows_of_the_record_from_a_few_draws(macro, credit_file, gap_file, listed):
    """Every measure makes its rows, and every share has an interval around it."""
    made = rzone_rows(macro.since(1946), credit_file, replications=100, by_year=False)
    made += gap_rows(gap_panel(gap_file), listed, replications=100, by_year=False)
    made += service_rows(macro, replications=100, by_year=False)
    assert {row.indicator for row in made.skills} == {
        "credit_gap", "dsr_household", "dsr_business", "rzone_business", "rzone_household",
    }  # fmt: skip
    for row in made.odds:
        if row.share_pct is not None:
            assert row.low_pct - 1e-6 <= row.share_pct <= row.high_pct + 1e-6, row
            assert row.high_pct - row.low_pct > 0.0
    assert {row.cutoffs for row in made.odds} == {
        "in_sample", "in_sample_same_years", "real_time", "fixed",
    }  # fmt: skip
    assert made.cutoffs
