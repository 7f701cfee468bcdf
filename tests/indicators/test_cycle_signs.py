"""Signs of the cycle by hand, with the substitutes named."""

from __future__ import annotations

import pytest

from debtcycle.indicators.cycle_signs import cycle_signs
from debtcycle.indicators.model import Status
from indicators.handmade import every_days, every_months, every_quarters, view


def year_apart(first, last):
    return every_days("2019-02-10", [first] * 10) | every_days("2020-02-10", [last] * 10)


def test_yields_curve_and_spread():
    found = cycle_signs(
        view(
            "2020-02-19",
            DGS10=every_days("2019-08-12", [2.0] * 9) | every_days("2020-02-10", [1.5] * 10),
            T10Y3M=every_days("2020-02-10", [-0.1] * 10),
            BAA=every_months("2019-01-01", [5.0] * 12 + [4.5]),
            GS10=every_months("2019-01-01", [3.0] * 12 + [1.75]),
        )
    )
    assert found.long_yield_change.value == pytest.approx(-0.5)
    assert found.curve.value == pytest.approx(-0.1)
    assert found.spread_change.value == pytest.approx(0.75)


def test_curve_from_monthly_means_where_there_is_no_daily_one():
    found = cycle_signs(
        view("2020-02-19", GS10=every_months("2019-11-01", [2.0, 2.1, 2.2]),
             TB3MS=every_months("2019-11-01", [1.0, 1.5]))
    )  # fmt: skip
    assert found.curve.value == pytest.approx(0.6)
    long = every_months("2019-11-01", [2.0, 2.1, 2.2])
    holed = {day: value for day, value in long.items() if day.month != 12}
    short = every_months("2019-11-01", [1.0, 1.5])
    gap = cycle_signs(view("2020-02-19", GS10=holed, TB3MS=short))
    assert gap.curve.value is None


def test_dollar_and_gold():
    found = cycle_signs(
        view("2020-02-20", DTWEXBGS=year_apart(100.0, 95.0), GOLD=year_apart(1300.0, 1560.0))
    )
    assert found.dollar_change.value == pytest.approx(-5.0)
    assert found.gold_change.value == pytest.approx(20.0)
    young = every_days("2020-02-10", [110.0] * 10)
    old = cycle_signs(view("2020-02-20", DTWEXBGS=young, DTWEXM=year_apart(80.0, 84.0)))
    assert old.dollar_change.value == pytest.approx(5.0)
    assert old.dollar_change.substitutes[0].stands_for == "DTWEXBGS"
    none = cycle_signs(view("2020-02-20", DTWEXBGS=young))
    assert none.dollar_change.status is Status.SHORT


def test_debts_against_the_gdp_of_four_quarters():
    quarters = 24
    gdp = [20_000.0] * 4 + [20_000.0] * 16 + [10_000.0, 30_000.0, 20_000.0, 20_000.0]
    debt = lambda first, last: every_quarters(  # noqa: E731
        "2014-01-01", [first] * 4 + [last] * (quarters - 4)
    )
    found = cycle_signs(
        view(
            "2020-05-15",
            GDP=every_quarters("2014-01-01", gdp),
            CMDEBT=debt(10e6, 11e6),
            TBSDODNS=debt(8e6, 9e6),
            FYGFDPUN=debt(12e6, 16e6),
        )
    )
    # From 18,000 to 20,000, and with the public debt from 30,000 to 36,000, of 20,000.
    assert found.private_debt_change.value == pytest.approx(10.0)
    assert found.total_debt_change.value == pytest.approx(30.0)
    assert "usd_mn" not in {o.unit for o in found.total_debt_change.origins}


def test_debts_without_five_years_or_without_figures():
    young = {
        name: every_quarters("2018-01-01", [1e6] * 8) for name in ("CMDEBT", "TBSDODNS", "FYGFDPUN")
    }
    found = cycle_signs(
        view("2020-05-15", GDP=every_quarters("2018-01-01", [20_000.0] * 8), **young)
    )
    assert found.private_debt_change.status is Status.SHORT
    wide = every_quarters("2013-01-01", [20_000.0] * 28)
    assert cycle_signs(view("2020-05-15", GDP=wide, **young)).total_debt_change.value is None
    blank = cycle_signs(view("2020-05-15"))
    assert {r.status for r in blank.readings} == {Status.ABSENT}
