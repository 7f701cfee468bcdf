from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.indicators.attractiveness import (
    Ahead,
    attractiveness,
    bond_real_return_pct,
    gold_against_bond,
    modified_duration_years,
    price_growth_to_match_pct,
    yield_rise_to_lose_carry_bp,
)
from debtcycle.indicators.model import Status
from indicators.handmade import every_days, every_months, view

YIELD = st.floats(0.05, 20.0)


def par_price(coupon: float, y: float, years: int = 10) -> float:
    """Price of a bond with half-yearly coupons, payment by payment."""
    flows = [(n, coupon / 2 + (100 if n == 2 * years else 0)) for n in range(1, 2 * years + 1)]
    return sum(flow / (1 + y / 200) ** n for n, flow in flows)


@given(YIELD)
def test_duration_is_the_slope_of_the_price(y):
    step = 1e-4
    slope = (par_price(y, y + step) - par_price(y, y - step)) / (2 * step)
    assert modified_duration_years(y) == pytest.approx(-slope, rel=1e-5)


@given(YIELD)
def test_duration_lies_between_zero_and_maturity_and_falls_with_the_yield(y):
    assert 0 < modified_duration_years(y + 0.1) < modified_duration_years(y) < 10


def test_duration_of_a_bond_without_yield_is_its_maturity():
    assert modified_duration_years(0.0) == 10
    assert modified_duration_years(4.0) == pytest.approx(8.1757, abs=1e-4)


@given(YIELD)
def test_the_cushion_loses_exactly_the_carry_to_first_order(y):
    rise_pp = yield_rise_to_lose_carry_bp(y) / 100
    assert y - modified_duration_years(y) * rise_pp == pytest.approx(0.0, abs=1e-9)


def test_claim_30():
    made = bond_real_return_pct(4.0, 5.0)
    assert made.simple_pct == pytest.approx(-1.00)
    assert made.exact_pct == pytest.approx(-0.95, abs=0.005)


@given(st.floats(-1.0, 20.0), st.floats(0.0, 15.0))
def test_exact_real_return_undoes_inflation(y, inflation):
    made = bond_real_return_pct(y, inflation)
    assert (1 + made.exact_pct / 100) * (1 + inflation / 100) == pytest.approx(1 + y / 100)
    assert abs(made.exact_pct) <= abs(made.simple_pct) + 1e-12


@pytest.mark.parametrize(
    ("growth", "ahead"),
    [(3.9, Ahead.BOND), (4.0, Ahead.LEVEL), (4.1, Ahead.GOLD), (-2.0, Ahead.BOND)],
)
def test_claim_29(growth, ahead):
    assert gold_against_bond(growth, 4.0) is ahead


@given(YIELD)
def test_gold_at_its_break_even_is_level_with_the_bond(y):
    assert gold_against_bond(price_growth_to_match_pct(y, 0.0), y) is Ahead.LEVEL


def months(value: float, count: int = 130):
    return every_months("2015-01-01", [value] * count)


def figures():
    return {
        "DGS10": every_days("2025-10-27", [4.0] * 9),
        "DFII10": every_days("2025-10-27", [1.8] * 9),
        "T10YIE": every_days("2025-10-27", [2.2] * 9),
        "DFEDTARU": every_days("2025-10-27", [4.0] * 9),
        "BAA": months(5.8),
        "SPX": every_days("2015-11-03", [3400.0]) | every_days("2025-10-31", [6800.0] * 5),
        "SHILLER_EARNINGS": months(238.0, 124),
        "SHILLER_DIVIDEND": months(81.6, 126),
        "SHILLER_CAPE": months(40.0),
        "SHILLER_PRICE": months(6800.0),
        "GOLD": every_days("2015-11-03", [1000.0]) | every_days("2025-10-31", [4000.0] * 5),
    }


def lines(ledger):
    return {line.asset: line for line in ledger.lines}


def test_the_ledger_of_a_day():
    ledger = attractiveness(view("2025-11-05", **figures()))
    by = lines(ledger)
    assert list(by) == ["cash", "bond", "tips", "equities", "gold"]
    assert by["cash"].needed_growth.value == pytest.approx(0.0)
    assert by["bond"].needed_growth.value == 0
    assert by["bond"].expected.value == 4.0
    assert by["tips"].needed_growth.value == pytest.approx(2.2)
    assert by["equities"].running_yield.value == pytest.approx(1.2)
    assert by["equities"].needed_growth.value == pytest.approx(2.8)
    assert by["equities"].expected.value == pytest.approx(2.5 + 2.2)
    assert by["equities"].past_growth.value == pytest.approx(100 * (2**0.1 - 1))
    assert by["gold"].running_yield.value == 0
    assert by["gold"].needed_growth.value == pytest.approx(4.0)
    assert by["gold"].past_growth.value == pytest.approx(100 * (4**0.1 - 1))
    assert ledger.gold is Ahead.GOLD
    assert ledger.earnings_yield.value == pytest.approx(3.5)
    assert ledger.premium_earnings.value == pytest.approx(-0.5)
    assert ledger.premium_cape.value == pytest.approx(-1.5)
    assert ledger.premium_cape_real.value == pytest.approx(0.7)
    assert ledger.borrower_margin_earnings.value == pytest.approx(-2.3)
    assert ledger.borrower_margin_expected.value == pytest.approx(4.7 - 5.8)
    assert ledger.carry_cushion.value == pytest.approx(48.9, abs=0.1)
    assert [r.inflation_pct for r in ledger.real_returns] == list(range(9))
    assert {f.indicator: r.value for f, r in ledger.essay}["real_yield"] == 1.8


def test_every_reading_has_its_origins():
    ledger = attractiveness(view("2025-11-05", **figures()))
    made = list(ledger.readings)
    for line in ledger.lines:
        made += [line.running_yield, line.needed_growth]
    assert all(reading.known and reading.origins for reading in made)
    assert ledger.premium_cape_real.series == ("SHILLER_CAPE", "SPX", "DFII10")


def test_substitutes_are_named():
    known = figures()
    for name in ("DFEDTARU", "DGS10", "SPX", "GOLD", "SHILLER_DIVIDEND"):
        del known[name]
    known |= {
        "TB3MS": months(3.9), "GS10": months(4.1), "SP500_MONTHLY": months(6700.0),
        "GOLD_MONTHLY": months(4000.0), "SP500_DIV_YIELD": months(1.1),
        "WTI": every_days("2025-10-20", [60.0] * 10),
    }  # fmt: skip
    ledger = attractiveness(view("2025-11-05", **known))
    by = lines(ledger)
    assert {
        (o.series, o.stands_for) for line in ledger.lines for o in line.needed_growth.substitutes
    } == {
        ("TB3MS", "DFEDTARU"), ("GS10", "DGS10"), ("GOLD_MONTHLY", "GOLD"),
        ("SP500_DIV_YIELD", "SHILLER_DIVIDEND"), ("WTI", "PALLFNFINDEXM"),
    }  # fmt: skip
    assert by["equities"].running_yield.value == 1.1
    assert by["gold"].past_growth.value == pytest.approx(0.0)
    assert by["commodities"].past_growth.status is Status.SHORT


def test_before_2003_nothing_stands_in_for_indexed_bonds():
    known = {"GS10": every_months("1990-01-01", [6.0] * 120)}
    ledger = attractiveness(view("1999-12-31", **known))
    assert ledger.real_yield.status is Status.NOT_BEGUN
    assert ledger.premium_cape_real.status is Status.ABSENT  # the ratio is not in the store
    assert lines(ledger)["tips"].needed_growth.status is Status.NOT_BEGUN
    assert lines(ledger)["equities"].expected.value is None
    assert ledger.bond_yield.value == 6.0


def test_nothing_is_said_without_figures():
    ledger = attractiveness(view("2025-11-05"))
    assert {reading.known for reading in ledger.readings} == {False}
    assert ledger.real_returns == ()
    assert ledger.gold is None
    assert list(lines(ledger)) == ["cash", "bond", "tips", "equities"]


def test_earnings_written_as_zero_are_missing():
    known = figures()
    known["SHILLER_EARNINGS"] = months(0.0, 124)
    known["SHILLER_CAPE"] = months(0.0)
    ledger = attractiveness(view("2025-11-05", **known))
    assert ledger.earnings_yield.status is Status.SHORT
    assert not ledger.cape_yield.known
    assert not ledger.premium_cape.known


def test_gold_without_ten_years_has_no_past():
    known = figures()
    known["GOLD"] = every_days("2025-10-31", [4000.0] * 5)
    ledger = attractiveness(view("2025-11-05", **known))
    assert lines(ledger)["gold"].past_growth.status is Status.SHORT
    assert ledger.gold is None
