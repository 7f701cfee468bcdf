from __future__ import annotations

from datetime import date

import pytest

from debtcycle.indicators.model import Reading, Status
from debtcycle.indicators.treasury_demand import supply_above_demand, treasury_demand
from debtcycle.indicators.treasury_supply import (
    central_bank_buys,
    treasury_shortens,
    treasury_supply,
)
from indicators.handmade import every_days, every_months, every_quarters, view

GDP = every_quarters("1960-01-01", [1000.0] * 262)
WEEKS = 120


def holdings(first: float, step: float):
    """Wednesdays from 2022-12-21 on, USD mn."""
    return every_days("2022-12-21", [first + step * n for n in range(WEEKS)], 7)


def debt(step: float):
    return every_quarters("2022-10-01", [10e6 + step * n for n in range(7)])


def test_share_is_purchases_over_issuance_at_the_same_ends():
    supply = treasury_supply(
        view("2024-03-15", GDP=GDP, TREAST=holdings(1e6, 1000.0), FYGFDPUN=debt(50_000.0))
    )
    money = supply.monetisation
    # The Wednesday nearest to 2023-12-31 is 2024-01-03; 52 weeks before it lies 2023-01-04.
    assert money.purchases.value == pytest.approx(52.0)
    assert money.issuance.value == pytest.approx(200.0)
    assert money.share.value == pytest.approx(26.0)
    assert money.substantial is True
    assert not money.undefined
    assert [o.period for o in money.share.origins] == [date(2024, 1, 3), date(2023, 10, 1)]
    assert supply.net_issuance.value == pytest.approx(200.0)
    assert supply.net_issuance_gdp.value == pytest.approx(20.0)
    assert supply.fed_13_weeks.value == pytest.approx(1.3)
    assert central_bank_buys(supply).lit is True


def test_share_is_undefined_when_debt_is_paid_back():
    supply = treasury_supply(
        view("2024-03-15", GDP=GDP, TREAST=holdings(1e6, 10.0), FYGFDPUN=debt(-50_000.0))
    )
    assert supply.monetisation.undefined
    assert not supply.monetisation.share.known
    assert supply.monetisation.purchases.known
    assert supply.monetisation.substantial is False
    assert central_bank_buys(supply).lit is False


def test_maturities_add_up_with_the_rest():
    parts = {name: holdings(1e5, 100.0) for name in ("TREAS911Y", "TREAS1T5", "TREAS10Y")}
    supply = treasury_supply(
        view("2024-03-15", GDP=GDP, TREAST=holdings(1e6, 1000.0), FYGFDPUN=debt(5e4), **parts)
    )
    made = [r.value for r in supply.monetisation.by_maturity]
    assert made == pytest.approx([5.2, 5.2, 5.2, 36.4])
    assert sum(made) == pytest.approx(supply.monetisation.purchases.value)


def test_one_maturity_missing_leaves_the_rest_unknown():
    supply = treasury_supply(
        view("2024-03-15", GDP=GDP, TREAST=holdings(1e6, 1000.0), FYGFDPUN=debt(5e4),
             TREAS10Y=every_days("2024-02-07", [1.0] * 5, 7))
    )  # fmt: skip
    by_maturity = supply.monetisation.by_maturity
    assert [r.status for r in by_maturity] == [
        Status.ABSENT, Status.ABSENT, Status.SHORT, Status.ABSENT
    ]  # fmt: skip


def test_before_the_weekly_figures_quarters_stand_in_under_their_own_name():
    figures = {
        "GDP": GDP,
        "FDHBFRB": every_quarters("1968-01-01", [50.0 + n for n in range(8)]),
        "GFDEBTN": every_quarters("1968-01-01", [300e3 + 8e3 * n for n in range(8)]),
    }
    supply = treasury_supply(view("1970-06-30", **figures))
    assert supply.monetisation.share.value == pytest.approx(12.5)
    stands = {(o.series, o.stands_for) for o in supply.monetisation.share.origins}
    assert stands == {("FDHBFRB", "TREAST"), ("GFDEBTN", "FYGFDPUN")}
    # The weekly sign had not begun: the share alone decides.
    assert central_bank_buys(supply).lit is False
    late = treasury_supply(view("1971-06-30", **figures)).monetisation
    assert late.share.status is Status.STALE
    assert len(late.by_maturity) == 4
    none = treasury_supply(view("1965-06-30", FDHBFRB=every_quarters("1963-01-01", range(8, 17))))
    assert none.monetisation.share.status is Status.NOT_BEGUN
    assert none.monetisation.purchases.value == pytest.approx(4.0)


def test_nothing_is_said_without_figures():
    supply = treasury_supply(view("2024-03-15"))
    demand = treasury_demand(view("2024-03-15"))
    assert {r.status for r in (*supply.readings, *demand.readings)} == {Status.ABSENT}
    lamps = (
        supply_above_demand(supply.net_issuance_gdp, demand),
        central_bank_buys(supply),
        treasury_shortens(supply),
    )
    assert [lamp.lit for lamp in lamps] == [None, None, None]


def test_issuance_without_gdp_or_history():
    alone = treasury_supply(view("2024-03-15", FYGFDPUN=debt(5e4)))
    assert alone.net_issuance.known
    assert alone.net_issuance_gdp.status is Status.ABSENT
    short = treasury_supply(
        view("2024-03-15", GDP=GDP, FYGFDPUN=every_quarters("2023-07-01", [1e6, 2e6]),
             GFDEBTN=every_quarters("2023-07-01", [1e6, 2e6]), TREAST=holdings(1e6, 1.0))
    )  # fmt: skip
    assert short.net_issuance.status is Status.SHORT
    assert short.net_issuance_gdp.status is Status.SHORT
    assert short.monetisation.share.status is Status.SHORT


def quarters_of_borrowing(bills, need):
    return {
        "QRA_NET_BILLS": every_quarters("2022-01-01", bills),
        "QRA_FINANCING_NEED": every_quarters("2022-01-01", need),
        "QRA_BILL_SHARE": every_quarters(
            "2022-01-01", [b / n for b, n in zip(bills, need, strict=True)]
        ),
    }


def test_bill_share_of_a_year_is_a_share_of_sums():
    """One quarter with a small need would rule a mean of shares."""
    bills = [50, -200, 200, 50, 100, -200, 300, 100]
    supply = treasury_supply(
        view("2024-01-15", **quarters_of_borrowing(bills, [500, 50, 250, 200] * 2))
    )
    assert supply.bill_share.value == pytest.approx(50.0)
    assert supply.bill_share_year.value == pytest.approx(30.0)
    assert supply.bill_share_change.value == pytest.approx(20.0)
    assert treasury_shortens(supply).lit is True


def test_bill_share_needs_borrowing():
    supply = treasury_supply(
        view("2024-01-15", **quarters_of_borrowing([50] * 8, [500, 50, 250, -900] * 2))
    )
    assert supply.bill_share_year.status is Status.SHORT
    assert treasury_shortens(supply).lit is None


def holders(fed, banks, unions, foreign, last="2023-10-01"):
    def flows(value):
        starts = [date(2023, 1, 1), date(2023, 4, 1), date(2023, 7, 1), date.fromisoformat(last)]
        return dict.fromkeys(starts, float(value))

    return {
        "Z1_TSY_FED": flows(fed), "Z1_TSY_BANKS": flows(banks),
        "Z1_TSY_CREDIT_UNIONS": flows(unions), "Z1_TSY_ROW": flows(foreign),
    }  # fmt: skip


def test_holders_and_the_others_make_the_issuance():
    demand = treasury_demand(
        view("2024-04-15", FYGFDPUN=debt(50_000.0), **holders(10e3, 4e3, 1e3, 5e3))
    )
    assert [r.value for r in demand.holders] == pytest.approx([40.0, 20.0, 20.0, 120.0])
    assert demand.price_insensitive.value == pytest.approx(40.0)
    assert demand.foreign_take.value == pytest.approx(10.0)
    repaid = treasury_demand(view("2024-04-15", FYGFDPUN=debt(-1.0), **holders(1, 1, 1, 1)))
    assert repaid.price_insensitive.status is repaid.foreign_take.status is Status.SHORT
    assert repaid.holders[-1].known


def test_one_holder_missing_leaves_the_others_unknown():
    flows = holders(10e3, 4e3, 1e3, 5e3)
    del flows["Z1_TSY_ROW"]
    demand = treasury_demand(view("2024-04-15", FYGFDPUN=debt(5e4), **flows))
    assert [r.known for r in demand.holders] == [True, True, False, False]
    assert demand.price_insensitive.status is Status.ABSENT


def test_foreign_share_and_its_monthly_substitute():
    gross = every_quarters("2022-10-01", [1000e3] * 6)
    quarterly = every_quarters("2022-10-01", [300.0, 300.0, 290.0, 280.0, 270.0])
    demand = treasury_demand(view("2024-06-30", GFDEBTN=gross, FDHBFIN=quarterly))
    assert demand.foreign_share.value == pytest.approx(27.0)
    assert demand.foreign_share_change.value == pytest.approx(-3.0)
    monthly = every_months("2022-10-01", range(200, 220))
    instead = treasury_demand(view("2024-06-30", GFDEBTN=gross, TIC_FOREIGN_TOTAL=monthly))
    # March 2024 is both the last quarter's end of the debt and a month of the substitute.
    assert instead.foreign_share.value == pytest.approx(21.7)
    assert instead.foreign_share_change.value == pytest.approx(1.2)
    assert instead.foreign_share.substitutes[0].stands_for == "FDHBFIN"
    apart = treasury_demand(
        view("2024-06-30", GFDEBTN=gross, TIC_FOREIGN_TOTAL={date(2024, 4, 1): 200.0})
    )
    assert apart.foreign_share.status is Status.SHORT


def test_cover_is_a_mean_of_twelve_weeks_against_a_year_ago():
    days = every_days("2022-01-04", [2.6] * 60 + [2.4] * 60, 7)
    demand = treasury_demand(view("2024-02-20", BID_TO_COVER_NOTES=days))
    assert demand.cover.value == pytest.approx(2.4)
    assert demand.cover_change.value == pytest.approx(-0.2)
    assert demand.cover.percentile is None  # two years are no history
    long = every_days("2010-01-05", [2.6] * 600 + [2.4] * 137, 7)
    assert treasury_demand(view("2024-02-20", BID_TO_COVER_NOTES=long)).cover.percentile < 20


def test_old_or_few_auctions_say_so():
    days = every_days("2023-06-06", [2.6] * 20, 7)
    assert treasury_demand(view("2024-06-30", BID_TO_COVER_NOTES=days)).cover.status is Status.STALE
    few = every_days("2024-06-04", [2.6] * 3, 7)
    assert treasury_demand(view("2024-06-30", BID_TO_COVER_NOTES=few)).cover.status is Status.SHORT
    first = every_days("2024-04-23", [2.6] * 10, 7)
    young = treasury_demand(view("2024-06-30", BID_TO_COVER_NOTES=first))
    assert young.cover.known
    assert young.cover_change.status is Status.SHORT


def test_term_premium_is_shown():
    demand = treasury_demand(view("2024-03-15", ACMTP10=every_days("2024-03-01", [0.1, 0.2])))
    assert demand.term_premium_acm.value == pytest.approx(0.2)
    assert demand.term_premium.status is Status.ABSENT


@pytest.mark.parametrize(
    ("issued", "cover", "foreign", "insensitive", "lit"),
    [
        (6.0, -0.1, -1.0, 40.0, True),
        (6.0, -0.1, 1.0, 60.0, False),
        (6.0, None, 1.0, 40.0, True),
        (6.0, None, None, 40.0, None),
        (4.0, None, None, 40.0, False),
        (None, -0.1, -1.0, 40.0, None),
        (None, 0.1, 1.0, 60.0, False),
    ],
)
def test_supply_above_demand(issued, cover, foreign, insensitive, lit):
    def made(value):
        return Reading("x", "pp", value)

    nothing = made(None)
    demand = treasury_demand(view("2024-03-15"))
    demand = type(demand)(
        (),
        made(insensitive),
        nothing,
        made(foreign),
        nothing,
        made(cover),
        nothing,
        nothing,
        nothing,
    )
    assert supply_above_demand(made(issued), demand).lit is lit
