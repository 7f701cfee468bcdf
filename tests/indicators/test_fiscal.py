from __future__ import annotations

from datetime import date

import pytest

from debtcycle.indicators.fiscal import fiscal_stance, loose_fiscal
from debtcycle.indicators.model import Reading, Status
from indicators.handmade import every_months, every_quarters, view

GDP = every_quarters("1980-01-01", [1000.0] * 190)


def monthly(start: str, balance: float, count: int):
    return every_months(start, [balance] * count)


def fiscal_years(first: int, values):
    return {date(first + n, 9, 30): float(value) for n, value in enumerate(values)}


def test_deficit_is_twelve_months_over_the_gdp_of_the_year():
    stance = fiscal_stance(
        view("2024-10-30", GDP=GDP, MTSDS133FMS=monthly("2022-10-01", -5000, 24))
    )
    assert stance.deficit.value == pytest.approx(6.0)
    assert stance.impulse.value == pytest.approx(0.0)
    assert stance.deficit.period == date(2024, 9, 1)
    assert stance.deficit.series == ("MTSDS133FMS", "GDP")
    assert not stance.deficit.substitutes


def test_impulse_is_the_change_of_the_deficit():
    balance = monthly("2022-10-01", -5000, 12) | monthly("2023-10-01", -7500, 12)
    stance = fiscal_stance(view("2024-10-30", GDP=GDP, MTSDS133FMS=balance))
    assert stance.deficit.value == pytest.approx(9.0)
    assert stance.impulse.value == pytest.approx(3.0)


def test_fiscal_years_stand_in_under_their_own_name():
    stance = fiscal_stance(
        view("1984-01-31", GDP=GDP, FYFSD=fiscal_years(1981, [-20e3, -30e3, -40e3]),
             MTSDS133FMS=monthly("1980-10-01", -1, 38))
    )  # fmt: skip
    assert stance.deficit.value == pytest.approx(4.0)
    assert stance.impulse.value == pytest.approx(1.0)
    assert [o.stands_for for o in stance.deficit.substitutes] == ["MTSDS133FMS"]


def test_months_without_off_budget_outlays_are_not_summed():
    monthly_figures = monthly("1983-10-01", -1000, 24)
    before = view("1985-09-30", GDP=GDP, MTSDS133FMS=monthly_figures)
    assert fiscal_stance(before).deficit.status is Status.SHORT
    after = view("1985-10-30", GDP=GDP, MTSDS133FMS=monthly_figures)
    assert fiscal_stance(after).deficit.value == pytest.approx(1.2)
    assert fiscal_stance(after).impulse.status is Status.SHORT


def test_nothing_is_said_without_figures():
    stance = fiscal_stance(view("2024-10-30"))
    assert {made.status for made in stance.readings} == {Status.ABSENT}
    assert {made.status for made in fiscal_stance(view("1946-06-30")).readings} >= {
        Status.NOT_BEGUN
    }


def test_deficit_without_its_gdp_is_short():
    late = every_quarters("2024-04-01", [1000.0, 1000.0])
    stance = fiscal_stance(
        view("2024-11-15", GDP=late, MTSDS133FMS=monthly("2023-10-01", -5000, 12))
    )
    assert stance.deficit.status is Status.SHORT


def test_debt_is_divided_by_the_gdp_of_its_own_quarter():
    debt = every_quarters("2023-01-01", [500e3, 600e3, 700e3, 800e3])
    gdp = every_quarters("2023-01-01", [1000.0, 1000.0, 1000.0, 2000.0, 4000.0])
    stance = fiscal_stance(view("2024-05-15", GDP=gdp, GFDEBTN=debt, FYGFDPUN=debt))
    assert stance.debt.value == stance.debt_public.value == pytest.approx(40.0)
    short = fiscal_stance(view("2024-05-15", GDP=every_quarters("2024-01-01", [1.0]), GFDEBTN=debt))
    assert short.debt.status is Status.SHORT


def test_interest_is_matched_to_the_fiscal_year():
    figures = {
        "A091RC1Q027SBEA": every_quarters("2022-10-01", [100.0] * 4 + [200.0] * 4),
        "OMB_RECEIPTS": fiscal_years(2023, [1000e3, 1000e3]),
        "OMB_NET_INTEREST": fiscal_years(2023, [90e3, 150e3]),
        "GDP": GDP,
    }
    # On 31 October the fiscal year is closed, but its last quarter's interest is not out.
    early = fiscal_stance(view("2024-11-05", **figures))
    assert early.interest_revenue.value == pytest.approx(10.0)
    late = fiscal_stance(view("2024-12-05", **figures))
    assert late.interest_revenue.value == pytest.approx(20.0)
    assert late.net_interest_revenue.value == pytest.approx(15.0)
    assert late.interest_gdp.value == pytest.approx(20.0)


def test_interest_of_a_year_that_is_not_whole_is_short():
    stance = fiscal_stance(
        view("2024-11-05", GDP=GDP, OMB_RECEIPTS=fiscal_years(2024, [1000e3]),
             OMB_NET_INTEREST=fiscal_years(2023, [90e3]),
             A091RC1Q027SBEA=every_quarters("2024-01-01", [1.0, 1.0]))
    )  # fmt: skip
    assert stance.interest_revenue.status is Status.SHORT
    assert stance.net_interest_revenue.status is Status.SHORT


@pytest.mark.parametrize(
    ("deficit", "gap", "lit"),
    [(6.0, 0.1, True), (6.0, 0.25, True), (6.0, 1.0, False), (4.0, 0.1, False), (5.0, 0.1, False),
     (None, 1.0, False), (None, 0.1, None), (6.0, None, None)],
)  # fmt: skip
def test_loose_is_a_big_deficit_at_low_unemployment(deficit, gap, lit):
    made = [Reading("a", "percent_of_gdp", deficit), Reading("b", "pp", gap)]
    assert loose_fiscal(*made).lit is lit
