"""From observed facts to those of the economy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.errors import ModelError
from debtcycle.machine import economy
from debtcycle.machine.economy.observed import facts_from_observed
from debtcycle.machine.opening import from_data
from debtcycle.store import Store
from debtcycle.views import View

HELD = {
    "H": (56.6, 3.6, 7.6, 1.7, 4.2, 67.9, 42.0, 6.9),
    "P": (3.4, 2.2, 15.2, 2.1, 14.0, 33.2, 21.0, 0.6),
    "X": (4.4, 3.9, 24.8, 1.5, 4.2, 37.7, 19.5, 13.7),
    "L": (0.9, 1.1, 4.1, 0.4, 2.1, 12.1, 6.0, 1.1),
    "B": (9.6, 9.6, 6.2, 0.3, 2.1),
}
PAST = {
    "extrapolation_growth_log": [0.05, 0.06, 0.08, 0.12, 0.13, 0.15, 0.14, 0.11, 0.14, 0.145],
    "extrapolation_real_log": [0.05] * 9 + [0.035],
    "extrapolation_gold_log": [0.06] * 9 + [0.25],
}


def seen(**changes: float) -> dict[str, float]:
    """Rounded observed facts."""
    found = {
        "policy_rate_pct": 3.64, "nominal_yield_10y_pct": 4.18, "corporate_yield_pct": 5.86,
        "real_yield_10y_pct": 1.93, "inflation_pct": 2.8, "expected_inflation_pct": 2.25,
        "inflation_miss_pp": 1.5, "output_gap_pct": 0.9, "earnings_yield_pct": 2.6,
        "volatility_pct": 14.0, "leverage_ratio": 1.9, "net_worth_index": 1.035,
        "money_growth_pct": 4.6, "currency_pct_gdp": 7.9, "treasury_cash_pct_gdp": 2.8,
        "bank_loans_pct_gdp": 43.5, "central_bank_bonds_pct_gdp": 11.7,
        "central_bank_tips_pct_gdp": 1.4, "central_bank_bills_pct_gdp": 0.6,
        "central_bank_gold_pct_gdp": 3.7,
    }  # fmt: skip
    for sector, row in HELD.items():
        for instrument, value in zip("MbNIKGRZ", row, strict=False):
            found[economy.holding_name(sector, instrument)] = value
    return found | changes


def test_the_first_quarter_stays_where_it_was() -> None:
    facts = facts_from_observed(seen(), PAST)
    run = economy.compiled_economy().run(4, start=economy.start_row(facts).values)
    assert run.worst_account <= 1e-10
    assert 100 * run["r"][1, 0] == pytest.approx(3.64, abs=0.01)  # the bias is what explains it
    assert 100 * run["yN"][1, 0] == pytest.approx(4.18, abs=0.05)
    assert run["b_C"][0, 0] == pytest.approx(0.6)


def test_deposits_of_firms_come_out_of_those_of_households() -> None:
    facts = facts_from_observed(seen(), PAST)
    deposits = sum(facts.holding(sector, "M") for sector in "HPXL") + facts.firm_deposits_pct_gdp
    assert deposits == pytest.approx(sum(row[0] for row in HELD.values()) - HELD["B"][0])


@given(gap=st.floats(min_value=-9.0, max_value=9.0), rate=st.floats(min_value=0.0, max_value=8.0))
def test_any_gap_and_rate_give_an_opening(gap: float, rate: float) -> None:
    facts = facts_from_observed(seen(output_gap_pct=gap, policy_rate_pct=rate), PAST)
    row = economy.start_row(facts)
    assert all(np.isfinite(value) for value in row.values.values())
    rule = 1.0 + 2.8 + 0.5 * 0.8 + 0.55 * facts.output_gap_pct
    if facts.policy_bias_pp:
        assert rule - facts.policy_bias_pp == pytest.approx(rate)
    else:
        assert rate <= 0.2
        assert rule <= rate


def test_a_boom_makes_extrapolators_and_a_slump_unmakes_them() -> None:
    slump = {**PAST, "extrapolation_growth_log": [0.1, 0.12, 0.05, 0.0, -0.05, -0.08]}
    many, few = (facts_from_observed(seen(), past).extrapolators_share for past in (PAST, slump))
    assert many > 0.5 > few > economy.given()["nlo"].value


def test_what_is_missing_is_said() -> None:
    lacking = seen()
    del lacking["volatility_pct"]
    with pytest.raises(KeyError, match="volatility_pct"):
        facts_from_observed(lacking, PAST)
    with pytest.raises(ModelError):
        facts_from_observed(seen(holding_H_N_pct_gdp=0.0), PAST)


@pytest.mark.parametrize(
    "day", ["1999-12-31", "2001-08-31", "2002-08-16", "2003-06-13", "2003-12-05", "2009-03-06",
            "2012-06-29", "2017-09-15", "2022-06-10", "2025-12-15"],
)  # fmt: skip
def test_an_economy_starts_from_the_data_of_every_kind_of_date(
    edition_store: Store, day: str
) -> None:
    """Among them the years in which banks' equity was negative before their bonds were counted."""
    opening = from_data(View(as_of=day, store=edition_store))
    plain = {fact.name: fact.value for fact in opening.facts}
    past = {history.name: history.values for history in opening.histories}
    start = economy.start_row(facts_from_observed(plain, past))
    assert 4.0 < start.values["EB"] < 35.0
    assert start.values["K_p"] == pytest.approx(opening.value("private_credit_pct_gdp"))
    run = economy.compiled_economy().run(4, start=start.values)
    assert run.worst_account <= 1e-10
