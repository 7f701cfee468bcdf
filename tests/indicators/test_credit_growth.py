from __future__ import annotations

import pytest

from debtcycle.indicators.credit_growth import credit_growth, private_credit_strong
from debtcycle.indicators.model import Status
from indicators.handmade import every_days, every_months, every_quarters, view


def weeks(start: str, values):
    return every_days(start, values, 7)


def gdp(growth_pct: float, start: str = "2018-01-01"):
    step = (1 + growth_pct / 100) ** 0.25
    return every_quarters(start, [20_000.0 * step**n for n in range(30)])


LEVELS = [10_000.0] * 52 + [10_400.0] * 52 + [11_200.0]


def figures(standards: float, growth_pct: float):
    # 2023-01-04 to 2025-01-01: 104 weeks.
    return {
        "TOTBKCR": weeks("2023-01-04", LEVELS),
        "TOTLL": weeks("2023-01-04", LEVELS),
        "BUSLOANS": every_months("2023-01-01", [2000.0] * 12 + [2100.0] * 12),
        "GDP": gdp(growth_pct),
        "DRTSCILM": every_quarters("2024-10-01", [standards]),
        "CMDEBT": every_quarters("2023-07-01", [18e6, 18e6, 18e6, 18e6, 18.9e6]),
        "BCNSDODNS": every_quarters("2023-07-01", [13e6, 13e6, 13e6, 13e6, 13.13e6]),
    }


def test_growth_over_a_year():
    made = credit_growth(view("2025-01-20", **figures(5.0, 4.0)))
    assert made.bank_credit.value == pytest.approx(100 * (11_200 / 10_400 - 1))
    assert made.loans.value == made.bank_credit.value
    assert made.business_loans.value == pytest.approx(5.0)
    assert made.nominal_gdp.value == pytest.approx(4.0)
    assert made.gap.value == pytest.approx(made.bank_credit.value - 4.0)
    assert made.gap.series == ("TOTBKCR", "GDP")
    assert made.household_debt.value == pytest.approx(5.0)
    assert made.corporate_debt.value == pytest.approx(1.0)
    assert made.standards.value == 5.0
    assert all(reading.known and reading.origins for reading in made.readings)


def test_impulse_is_the_change_of_the_flow_over_gdp():
    known = figures(5.0, 0.0)
    made = credit_growth(view("2025-01-20", **known))
    assert made.impulse.value == pytest.approx(100 * ((11_200 - 10_400) - 400) / 20_000)
    known["TOTBKCR"] = weeks("2023-06-07", [10_000.0] * 83)
    short = credit_growth(view("2025-01-20", **known))
    assert short.bank_credit.known
    assert short.impulse.status is Status.SHORT
    known["TOTBKCR"] = weeks("2024-06-05", [10_000.0] * 31)
    assert credit_growth(view("2025-01-20", **known)).gap.status is Status.SHORT


@pytest.mark.parametrize(
    ("standards", "growth_pct", "lit"),
    [(0.0, 4.0, True), (-5.0, 4.0, True), (5.0, 4.0, False), (-5.0, 9.0, False)],
)
def test_strong_credit_grows_with_the_economy_on_easy_terms(standards, growth_pct, lit):
    lamp = private_credit_strong(
        credit_growth(view("2025-01-20", **figures(standards, growth_pct)))
    )
    assert lamp.lit is lit


def test_unknown_terms_leave_it_open():
    known = figures(-5.0, 4.0)
    del known["DRTSCILM"]
    assert private_credit_strong(credit_growth(view("2025-01-20", **known))).lit is None
    del known["GDP"]
    made = credit_growth(view("2025-01-20", **known))
    assert made.gap.status is Status.ABSENT
    assert made.impulse.status is Status.ABSENT
    assert private_credit_strong(made).lit is None


@pytest.mark.parametrize(
    ("as_of", "one_year", "two_years"),
    [
        ("2008-09-26", True, True),
        ("2008-10-15", False, False),
        ("2009-10-20", True, False),
        ("2010-04-10", False, False),
        ("2011-04-20", True, False),
        ("2012-04-20", True, True),
    ],
)
def test_a_break_inside_the_window_is_not_growth(as_of, one_year, two_years):
    steady = weeks("2005-01-05", [9000.0 + n for n in range(400)])
    made = credit_growth(
        view(as_of, TOTBKCR=steady, GDP=gdp(4.0, "2004-01-01") | gdp(4.0, "2011-07-01"))
    )
    assert made.bank_credit.known is one_year
    assert made.impulse.known is two_years
    if not one_year:
        assert made.bank_credit.status is made.impulse.status is made.gap.status is Status.BREAK


def test_business_loans_stand_before_bank_credit():
    made = credit_growth(
        view("1965-06-30", GDP=gdp(4.0, "1960-01-01"),
             BUSLOANS=every_months("1964-01-01", [50.0] * 5 + [55.0] * 12))
    )  # fmt: skip
    assert made.bank_credit.status is Status.NOT_BEGUN
    assert made.gap.value == pytest.approx(6.0)
    assert made.gap.series == ("BUSLOANS", "GDP")
