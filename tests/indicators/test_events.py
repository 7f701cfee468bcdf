from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.indicators.events import (
    ASSETS,
    HORIZONS_MONTHS,
    easing_starts,
    event_table,
    par_bond_month_return,
    qe_starts,
)
from debtcycle.indicators.model import Status
from indicators.handmade import announcement, every_days, every_months, view

LOG = (
    announcement("2008-11-25", "QE1"),
    announcement("2009-03-18", "QE1 expansion"),
    announcement("2010-11-03", "QE2", effective_from=date(2010, 11, 12)),
    announcement("2012-09-13", "QE3", direction="end"),
    announcement("2012-12-12", "QE3", confirmed=False),
    announcement("2013-12-31", "reserve management purchases"),
    announcement("2016-01-05", "reserve management purchases"),
    announcement("2017-01-05", "reserve management purchases guidance"),
)
YIELD = st.floats(0.05, 20.0)


def long_price(coupon: float, y: float, years: float) -> float:
    """Payment by payment, for a whole number of half-years."""
    count = round(2 * years)
    paid = sum(coupon / 200 / (1 + y / 200) ** n for n in range(1, count + 1))
    return paid + (1 + y / 200) ** -count


@given(YIELD)
def test_a_par_bond_at_an_unchanged_yield_earns_its_coupon(y):
    assert par_bond_month_return(y, y) == pytest.approx(y / 1200)


@given(YIELD, YIELD)
def test_repricing_agrees_with_the_payments(before, after):
    # Ten years and a month: what is left a month later is a whole number of half-years.
    made = par_bond_month_return(before, after, years=10 + 1 / 12)
    assert made == pytest.approx(before / 1200 + long_price(before, after, 10) - 1, abs=1e-12)


@given(YIELD, st.floats(0.01, 2.0))
def test_a_fall_gains_more_than_a_rise_loses(y, move):
    base = par_bond_month_return(y, y)
    if y > move:
        gain = par_bond_month_return(y, y - move) - base
        loss = base - par_bond_month_return(y, y + move)
        assert gain > loss > 0


def test_a_yield_of_zero_is_a_limit():
    assert par_bond_month_return(4.0, 0.0) == pytest.approx(
        par_bond_month_return(4.0, 1e-6), abs=1e-6
    )


def test_starts_are_first_confirmed_purchases_of_a_programme():
    starts = qe_starts(view("2018-01-01", LOG))
    assert [(s.name, s.kind, s.day.isoformat()) for s in starts] == [
        ("QE1", "announced", "2008-11-25"),
        ("QE2", "announced", "2010-11-03"),
        ("QE2", "started", "2010-11-12"),
        ("reserve management purchases", "announced", "2013-12-31"),
        ("reserve management purchases", "announced", "2016-01-05"),
    ]


def test_a_start_is_known_only_once_it_happened():
    assert [s.kind for s in qe_starts(view("2010-11-05", LOG))] == ["announced", "announced"]
    assert qe_starts(view("2008-11-24", LOG)) == ()


def test_easing_begins_when_cuts_reach_half_a_point():
    target = every_days("2007-01-01", [5.25] * 260 + [5.0] * 30 + [4.75] * 400)
    starts = easing_starts(view("2008-11-30", DFEDTAR=target))
    assert [(s.name, s.day) for s in starts] == [("DFEDTAR", date(2007, 10, 18))]
    assert easing_starts(view("2007-10-17", DFEDTAR=target)) == ()
    assert easing_starts(view("2007-10-17")) == ()


def test_monthly_means_stand_before_the_target():
    monthly = every_months("1979-01-01", [10.0] * 20 + [9.0] * 10 + [9.0] * 60)
    target = every_days("1982-09-27", [9.0] * 900)
    starts = easing_starts(view("1984-12-31", FEDFUNDS=monthly, DFEDTAR=target))
    # September 1980 is known once the month has ended.
    assert [(s.name, s.day) for s in starts] == [("FEDFUNDS", date(1980, 10, 1))]


def test_a_pause_of_a_year_makes_a_new_start():
    rates = [5.0] * 200 + [4.5] * 600 + [4.0] * 200
    table = easing_starts(view("2009-12-31", DFEDTAR=every_days("2005-01-01", rates)))
    assert [s.day for s in table] == [date(2005, 7, 20), date(2007, 3, 12)]


def flat(value: float, count: int = 2000):
    return every_days("2006-01-02", [value] * count)


def monthly(value: float, count: int = 80):
    return every_months("2006-01-01", [value] * count)


def figures():
    return {
        "SPX": flat(1000.0, 1058) | every_days("2008-11-25", [1100.0] * 1200),
        "SHILLER_PRICE": monthly(1000.0),
        "SHILLER_DIVIDEND": monthly(24.0),
        "DGS10": flat(4.0, 2600),
        "GOLD": flat(800.0, 2600),
        "CPIAUCSL": every_months("2006-01-01", [200.0] * 35 + [210.0] * 60),
    }


def cells(table, row: int = 0):
    return {(c.asset, c.horizon_months): c for c in table.rows[row].cells}


def test_returns_of_a_start():
    table = event_table(view("2010-06-30", LOG, **figures()), "announced")
    assert table.n == 1
    assert [(c.asset, c.horizon_months) for c in table.rows[0].cells] == [
        (asset, months) for asset in ASSETS for months in HORIZONS_MONTHS
    ]
    by = cells(table)
    # From the close of 24 November 2008: 10 %, and 0.2 % of dividends a month.
    assert by["stocks", 3].nominal.value == pytest.approx(100 * (1.1 * 1.002**3 - 1))
    assert by["stocks", 12].real.value == pytest.approx(100 * (1.1 * 1.002**12 / 1.05 - 1))
    assert by["bonds", 12].nominal.value == pytest.approx(100 * ((1 + 0.04 / 12) ** 12 - 1))
    assert by["gold", 6].nominal.value == pytest.approx(0.0)
    assert by["gold", 6].real.value == pytest.approx(100 * (1 / 1.05 - 1))
    assert set(by["stocks", 3].real.series) == {
        "SPX", "SHILLER_DIVIDEND", "CPIAUCSL"
    }  # fmt: skip


def test_a_horizon_that_has_not_ended_is_empty():
    by = cells(event_table(view("2009-11-24", LOG, **figures()), "announced"))
    assert by["bonds", 6].nominal.known
    assert by["bonds", 12].reason_nominal == by["bonds", 12].reason_real == "not_ended"
    assert by["bonds", 12].nominal.status is Status.SHORT
    assert cells(event_table(view("2009-11-25", LOG, **figures()), "announced"))[
        "bonds", 12
    ].nominal.known


def test_later_figures_change_nothing():
    known = figures()
    early = event_table(view("2009-11-25", LOG, **known), "announced")
    for name in ("SPX", "DGS10", "GOLD", "CPIAUCSL"):
        known[name] = known[name] | {date(2010, 1, 1): 1e30}
    later = (*LOG, announcement("2010-01-01", "QE9"))
    assert event_table(view("2009-11-25", later, **known), "announced") == early


@pytest.mark.parametrize(
    ("missing", "asset", "nominal", "real"),
    [
        ("SHILLER_DIVIDEND", "stocks", "no_dividend", "no_dividend"),
        ("DGS10", "bonds", "no_price", "no_price"),
        ("GOLD", "gold", "no_price", "no_price"),
        ("CPIAUCSL", "gold", None, "no_cpi"),
    ],
)
def test_a_missing_figure_gives_its_reason(missing, asset, nominal, real):
    known = figures()
    del known[missing]
    cell = cells(event_table(view("2010-06-30", LOG, **known), "announced"))[asset, 6]
    assert (cell.reason_nominal, cell.reason_real) == (nominal, real)
    assert not cell.real.known


def test_a_month_without_a_price_index_is_not_filled():
    known = figures()
    del known["CPIAUCSL"][date(2009, 5, 1)]
    by = cells(event_table(view("2010-06-30", LOG, **known), "announced"))
    assert by["gold", 6].reason_real == "no_cpi"
    assert by["gold", 12].real.known


def test_monthly_means_stand_in_under_their_own_name():
    known = figures()
    known["SP500_MONTHLY"] = every_months("2006-01-01", [1000.0] * 34 + [900.0] + [1200.0] * 30)
    known["GS10"] = monthly(3.0)
    known["SHILLER_CPI"] = monthly(200.0)
    for name in ("SPX", "DGS10", "CPIAUCSL"):
        del known[name]
    by = cells(event_table(view("2010-06-30", LOG, **known), "announced"))
    # November 2008 is the event's own month; October, before it, would hide a fall that came first.
    assert by["stocks", 12].nominal.value == pytest.approx(100 * (1200 / 900 * 1.002**12 - 1))
    assert by["bonds", 3].nominal.value == pytest.approx(100 * (1.0025**3 - 1))
    stands = {(o.series, o.stands_for) for o in by["stocks", 12].real.substitutes}
    assert stands == {("SP500_MONTHLY", "SPX"), ("SHILLER_CPI", "CPIAUCSL")}
    assert {o.stands_for for o in by["bonds", 3].nominal.substitutes} == {"DGS10"}
    assert by["stocks", 12].stand_in == "SP500_MONTHLY"
    assert by["gold", 12].stand_in is None
    table = event_table(view("2010-06-30", LOG, **known), "announced")
    assert table.stand_ins == (("stocks", "SP500_MONTHLY"), ("bonds", "GS10"))


def test_the_mean_of_the_last_month_is_waited_for():
    known = figures()
    del known["GOLD"]
    known["GOLD_MONTHLY"] = monthly(800.0)

    def three_months_on(day):
        return cells(event_table(view(day, LOG, **known), "announced"))["gold", 3]

    # The mean of February 2009 is known from 5 March on, the horizon's day was 25 February.
    early = three_months_on("2009-03-01")
    assert (early.nominal.value, early.reason_nominal) == (None, "not_ended")
    assert three_months_on("2009-03-05").nominal.known


def test_a_monthly_base_before_the_fall_would_turn_the_sign():
    known = figures()
    known["SHILLER_PRICE"] = every_months("2006-01-01", [968.8] * 34 + [883.0] + [900.0] * 60)
    known["SHILLER_DIVIDEND"] = monthly(1e-6)
    del known["SPX"]
    cell = cells(event_table(view("2010-06-30", LOG, **known), "announced"))["stocks", 12]
    assert cell.nominal.value == pytest.approx(100 * (900 / 883 - 1), abs=1e-4)


def test_gold_is_left_out_while_its_price_was_pegged():
    gold = every_months("1960-01-01", [35.0] * 200)
    log = (announcement("1967-05-01", "old"), announcement("1969-05-01", "new"))
    table = event_table(view("1975-06-30", log, GOLD_MONTHLY=gold), "announced")
    cell = cells(table)["gold", 12]
    assert (cell.nominal.value, cell.reason_nominal, cell.reason_real) == (None, "pegged", "pegged")
    assert cells(table, 1)["gold", 12].nominal.value == pytest.approx(0.0)
    assert {m.n_nominal for m in table.medians if m.asset == "gold"} == {1}


def test_programmes_without_a_first_day_are_named_and_given_none():
    table = event_table(view("2012-06-30", LOG, **figures()), "started")
    assert [row.start.name for row in table.rows] == ["QE2"]
    assert table.omitted == ("QE1",)
    assert event_table(view("2012-06-30", LOG, **figures()), "announced").omitted == ()


def test_medians_count_what_they_are_made_of():
    known = figures()
    known["GOLD"] = every_days("2006-01-02", [800.0 + n for n in range(2600)])
    table = event_table(view("2011-06-30", LOG, **known), "announced")
    gold = {m.horizon_months: m for m in table.medians if m.asset == "gold"}
    assert (gold[6].n_nominal, gold[12].n_nominal) == (2, 1)
    returns = [cells(table, row)["gold", 6].nominal.value for row in (0, 1)]
    assert gold[6].nominal_pct == pytest.approx(sum(returns) / 2)
    assert gold[24].real_pct == cells(table)["gold", 24].real.value
    none = event_table(view("2008-12-01", LOG, **known), "announced")
    assert {(m.nominal_pct, m.n_nominal) for m in none.medians} == {(None, 0)}


def test_no_event_no_table():
    table = event_table(view("2008-11-01", LOG, **figures()), "started")
    assert (table.n, table.rows, table.medians) == (0, (), ())


def test_the_kinds_do_not_mix():
    target = every_days("2007-01-01", [5.25] * 260 + [4.25] * 800)
    known = view("2010-12-31", LOG, DFEDTAR=target, **figures())
    assert {r.start.kind for r in event_table(known, "easing").rows} == {"easing"}
    assert [r.start.name for r in event_table(known, "started").rows] == ["QE2"]
