from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.indicators.debt import (
    THREE_PERCENT_SOLUTION,
    WORKED_EXAMPLE,
    Adjustment,
    DebtInputs,
    debt_outlook,
    debt_path,
    gross_issuance,
    next_debt_ratio,
    stabilising_primary_deficit,
    stabilising_primary_deficit_same_year,
)
from debtcycle.indicators.model import Status
from indicators.handmade import every_quarters, view

RATIO = st.floats(0.0, 5.0)
RATE = st.floats(-0.05, 0.2)


@given(RATIO, RATE, RATE)
def test_the_stabilising_deficit_keeps_the_ratio(d, i, g):
    assert next_debt_ratio(d, i, g, stabilising_primary_deficit(d, i, g)) == pytest.approx(d)
    same_year = stabilising_primary_deficit_same_year(d, i, g)
    assert next_debt_ratio(d, i, g, same_year * (1 + g)) == pytest.approx(d)


@given(RATIO, RATE, RATE, st.floats(-0.1, 0.1))
def test_more_deficit_or_interest_means_more_debt_and_growth_less(d, i, g, p):
    base = next_debt_ratio(d, i, g, p)
    assert next_debt_ratio(d, i, g, p + 0.01) > base
    assert next_debt_ratio(d, i + 0.01, g, p) >= base
    if base > 1e-9:  # below it the difference is lost in the last bit
        assert next_debt_ratio(d, i, g + 0.01, p) < base


INPUTS = st.builds(
    DebtInputs,
    debt_usd_bn=st.floats(1.0, 1e5),
    revenue_usd_bn=st.floats(1.0, 1e4),
    primary_spending_usd_bn=st.floats(1.0, 1e4),
    gdp_usd_bn=st.floats(100.0, 1e5),
    interest_pct=st.floats(-1.0, 15.0),
    growth_pct=st.floats(-3.0, 15.0),
    maturing_pct=st.floats(0.0, 100.0),
)


@given(INPUTS, st.integers(1, 12))
def test_a_path_follows_the_recursion_year_by_year(inputs, years):
    path = debt_path(inputs, years)
    d, gdp = inputs.debt_usd_bn / inputs.gdp_usd_bn, inputs.gdp_usd_bn
    i, g = inputs.interest_pct / 100, inputs.growth_pct / 100
    before = inputs.debt_usd_bn
    for row in path.years:
        d = next_debt_ratio(d, i, g, row.primary_deficit_usd_bn / gdp)
        assert row.debt_pct_of_gdp == pytest.approx(100 * d, rel=1e-9, abs=1e-6)
        # What is sold and not used to repay is what the debt grows by.
        grown = row.gross_issuance_usd_bn - row.maturing_usd_bn
        assert row.debt_usd_bn - before == pytest.approx(grown, rel=1e-6, abs=1e-4)
        before, gdp = row.debt_usd_bn, row.gdp_usd_bn
    assert len(path.years) == years


def test_the_published_example():
    """Revenue 5.4, other spending 6.0: interest about 1, maturing 10.5, to be sold 12.2 (trn)."""
    year = debt_path(WORKED_EXAMPLE, 1).years[0]
    assert year.revenue_usd_bn == pytest.approx(5400.0)
    assert year.primary_deficit_usd_bn == pytest.approx(600.0)
    assert round(year.interest_usd_bn / 1000) == 1
    assert year.maturing_usd_bn == pytest.approx(10_500, rel=0.05)
    assert year.gross_issuance_usd_bn == pytest.approx(12_200, rel=0.05)
    parts = (year.maturing_usd_bn, year.interest_usd_bn, year.primary_deficit_usd_bn)
    assert gross_issuance(*parts) == year.gross_issuance_usd_bn


def test_service_with_and_without_rolled_principal():
    year = debt_path(WORKED_EXAMPLE, 1).years[0]
    assert year.interest_pct_of_revenue == pytest.approx(19.5, abs=0.1)
    assert year.service_pct_of_revenue == pytest.approx(214.9, abs=0.1)
    assert year.service_pct_of_gdp - year.interest_pct_of_gdp == pytest.approx(
        year.pct_of_gdp(year.maturing_usd_bn)
    )
    assert year.debt_pct_of_revenue == pytest.approx(588.9, abs=0.1)


def test_the_three_percent_solution():
    """Published: from 6-7 % of GDP to about 3; the arithmetic alone takes off about 2.5 pp."""
    end = debt_path(WORKED_EXAMPLE, 3, THREE_PERCENT_SOLUTION).years[-1]
    assert end.deficit_pct_of_gdp == pytest.approx(3.0, abs=0.25)
    high = DebtInputs(28_000, 5_000, 6_000, 29_000, 3.4, 3.9)
    without = debt_path(high, 3).years[-1].deficit_pct_of_gdp
    assert 6.0 < without < 7.0
    cut = without - debt_path(high, 3, THREE_PERCENT_SOLUTION).years[-1].deficit_pct_of_gdp
    assert cut == pytest.approx(2.5, abs=0.25)


def test_an_adjustment_comes_in_equal_steps_and_stays():
    change = Adjustment(revenue_pct=6.0, years=3)
    assert [change.share(n) for n in (1, 2, 3, 4)] == pytest.approx([1 / 3, 2 / 3, 1, 1])
    flat = replace(WORKED_EXAMPLE, growth_pct=0.0)
    taken = [y.revenue_usd_bn / flat.revenue_usd_bn for y in debt_path(flat, 4, change).years]
    assert taken == pytest.approx([1.02, 1.04, 1.06, 1.06])


def figures():
    quarters = every_quarters("2010-01-01", [1000.0 * 1.01**n for n in range(60)])
    return {
        "GDP": quarters,
        "FYGFDPUN": every_quarters("2022-01-01", [900e3 + 10e3 * n for n in range(12)]),
        "OMB_RECEIPTS": {date(2023, 9, 30): 180e3, date(2024, 9, 30): 200e3},
        "OMB_OUTLAYS": {date(2023, 9, 30): 230e3, date(2024, 9, 30): 250e3},
        "OMB_NET_INTEREST": {date(2023, 9, 30): 20e3, date(2024, 9, 30): 29.1e3},
    }


def test_the_outlook_takes_the_figures_of_the_date():
    outlook = debt_outlook(view("2024-12-31", **figures()), years=5)
    debt, revenue, spending, gdp, interest, growth = (r.value for r in outlook.readings)
    assert debt == pytest.approx(1000.0)
    assert growth == pytest.approx(100 * (1.01**4 - 1))
    assert interest == pytest.approx(100 * 29.1 / 960)  # over the debt of 2023-09-30
    # The last four quarters of GDP are those of the fiscal year: nothing is scaled.
    assert (revenue, spending) == pytest.approx((200.0, 250.0 - 29.1))
    assert len(outlook.path.years) == 5
    assert outlook.primary_deficit.value == pytest.approx(100 * (spending - revenue) / gdp)
    keeps = replace(
        outlook.inputs,
        primary_spending_usd_bn=outlook.inputs.revenue_usd_bn
        + outlook.stabilising.value / 100 * gdp,
    )
    first = debt_path(keeps, 1).years[0]
    assert first.debt_pct_of_gdp == pytest.approx(100 * debt / gdp)
    assert outlook.solution.years[-1].deficit_usd_bn < outlook.path.years[-1].deficit_usd_bn
    assert outlook.stabilising.series[0] == "FYGFDPUN"


@pytest.mark.parametrize("missing", ["GDP", "OMB_RECEIPTS", "OMB_NET_INTEREST"])
def test_the_outlook_is_unknown_without_an_input(missing):
    known = figures()
    del known[missing]
    outlook = debt_outlook(view("2024-12-31", **known))
    assert outlook.path is outlook.inputs is outlook.solution is None
    assert outlook.stabilising.status is outlook.primary_deficit.status is Status.ABSENT
    assert outlook.primary_deficit.indicator == "primary_deficit"


def test_the_outlook_needs_ten_years_of_growth_and_two_of_the_budget():
    known = figures()
    known["GDP"] = every_quarters("2020-01-01", [1000.0] * 19)
    assert debt_outlook(view("2024-12-31", **known)).path is None
    known = figures()
    for name in ("OMB_RECEIPTS", "OMB_OUTLAYS", "OMB_NET_INTEREST"):
        del known[name][date(2023, 9, 30)]
    outlook = debt_outlook(view("2024-12-31", **known))
    assert outlook.readings[4].status is Status.SHORT
    assert outlook.path is None
