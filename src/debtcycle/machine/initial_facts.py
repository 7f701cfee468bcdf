r"""From the observed opening of a date to the facts that the economy starts from.

What the data say is taken as it is. What the economy needs beyond it follows by identities:

- **bias of policy**: the rule's rate less the rate that is set, so that the rule starts where
  policy is;
- **cash yields of the two equities**: today's cyclically adjusted earnings yield is the mean of
  both, by value, and both promise the same return:
  :math:`e_R - e_G = g_G - g_R + (l_G - l_R)\,\pi^e`;
- **extrapolators**: their part follows from the past of extrapolated returns by the economy's own
  law, from rest;
- **volatility**: the economy's normal volatility times what the market's measure is against its
  long mean of 19.5 (VIX 1990-2024, rounded);
- **output gap**: at most nine tenths of the ceiling of the economy's output, beyond which the
  economy has prices and not output;
- **credit of the central bank**: what its liabilities (reserves, currency, Treasury's account)
  leave after Treasuries, so that its balance sheet closes: agency bonds, and in 2008 its facilities;
- **deposits of firms**: a part of the deposits that the households' row contains.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from debtcycle.machine.economy.facts import Facts, facts_from
from debtcycle.machine.economy.names import HOLDERS, held
from debtcycle.machine.opening import Opening, holding_name

__all__ = ["HOUSEHOLD_LOANS", "MEAN_VIX", "facts_of"]

MEAN_VIX = 19.5
HOUSEHOLD_LOANS = 0.55  # households' part of bank loans: Z.1, mortgages and consumer loans, rounded
FIRM_DEPOSITS = 0.15  # firms' part of deposits: Z.1, non-financial business, rounded
NEAR_CEILING = 0.9  # of the economy's ceiling: a larger measured gap is taken as this
SMALLEST = 0.05  # percent of GDP: a holding that the logit can still match
TREND_PCT = 4.0  # nominal trend growth of the economy, percent a year

_SAME = {
    "policy_rate_pct": "policy_rate_pct",
    "bond_yield_pct": "nominal_yield_10y_pct",
    "tips_yield_pct": "real_yield_10y_pct",
    "credit_yield_pct": "corporate_yield_pct",
    "inflation_pct": "inflation_pct",
    "expected_inflation_pct": "expected_inflation_pct",
    "output_gap_pct": "output_gap_pct",
    "net_worth_ratio": "net_worth_index",
    "leverage_ratio": "leverage_ratio",
    "extrapolation_growth_log": "extrapolation_growth_log",
    "extrapolation_real_log": "extrapolation_real_log",
    "extrapolation_gold_log": "extrapolation_gold_log",
    "currency_pct_gdp": "currency_pct_gdp",
    "treasury_cash_pct_gdp": "treasury_cash_pct_gdp",
    "central_bank_bonds_pct_gdp": "central_bank_bonds_pct_gdp",
    "central_bank_protected_pct_gdp": "central_bank_tips_pct_gdp",
    "central_bank_gold_pct_gdp": "central_bank_gold_pct_gdp",
}


def _policy_bias(v: Mapping[str, float], p: Mapping[str, float]) -> float:
    """The rule's rate less the rate that is set, percentage points."""
    target = 100.0 * p["target"]
    rule = 100.0 * p["rstar"] + v["inflation_pct"]
    rule += p["tpi"] * (v["inflation_pct"] - target) + p["ty"] * v["output_gap_pct"]
    return rule - v["policy_rate_pct"]


def _cash_yields(opening: Opening, p: Mapping[str, float]) -> tuple[float, float]:
    """Cash yields of growth and of real-asset equity, percent."""
    growth, real = opening.value("growth_equity_pct_gdp"), opening.value("real_equity_pct_gdp")
    expected = opening.value("expected_inflation_pct")
    gap = 100.0 * (p["g_G"] - p["g_R"]) + (p["l_G"] - p["l_R"]) * expected
    low = opening.value("earnings_yield_pct") - gap * real / (growth + real)
    return low, low + gap


def _extrapolators(past: tuple[float, ...], p: Mapping[str, float]) -> float:
    """Part of investors that extrapolates, by the economy's own law from the past of x."""

    def joined(profit: float) -> float:
        share = 1.0 / (1.0 + math.exp(-(profit - p["prof0"]) / p["profw"]))
        return p["nlo"] + (1.0 - p["nlo"]) * share

    profit, share = 0.0, joined(0.0)
    for before, now in zip(past, past[1:], strict=False):
        change = (now - (1.0 - p["lx"]) * before) / p["lx"]  # the year's pace in that quarter
        profit += p["th"] * (before * change - profit)
        share += p["nspd"] * (joined(profit) - share)
    return share


def facts_of(opening: Opening, p: Mapping[str, float]) -> Facts:
    """Facts of the economy from an observed opening.

    Parameters
    ----------
    opening : Opening
        See `debtcycle.machine.opening.from_data`.
    p : mapping
        Parameters of the economy by quarter.

    Raises
    ------
    ModelError
        ``machine.facts_negative`` and the like where the figures contradict one another.
    """
    given = {mine: opening.value(theirs) for mine, theirs in _SAME.items()}
    given["policy_bias_pp"] = _policy_bias(given, p)
    growth, real = _cash_yields(opening, p)
    given["growth_cash_yield_pct"], given["real_cash_yield_pct"] = growth, real
    given["output_gap_pct"] = min(given["output_gap_pct"], 100.0 * NEAR_CEILING * p["gmax"])
    past = opening.history("extrapolation_growth_log")  # the last value is today's
    given["extrapolators_share"] = _extrapolators(past, p)
    given["volatility_pct"] = 100.0 * p["vol0"] * opening.value("volatility_pct") / MEAN_VIX
    miss = opening.value("inflation_miss_pp")
    given["inflation_miss_pp"] = math.copysign(miss, given["inflation_pct"] - 100.0 * p["target"])
    given["money_growth_gap_pct"] = opening.value("money_growth_pct") - TREND_PCT
    loans = opening.value("bank_loans_pct_gdp")
    given["loans_households_pct_gdp"] = HOUSEHOLD_LOANS * loans
    given["loans_firms_pct_gdp"] = (1.0 - HOUSEHOLD_LOANS) * loans
    firms = FIRM_DEPOSITS * opening.value("deposits_pct_gdp")
    given["firm_deposits_pct_gdp"] = firms
    for sector in HOLDERS:
        for instrument in ("M", "b", *held(sector)):
            name = holding_name(sector, instrument)
            value = opening.value(name) - (firms if (sector, instrument) == ("H", "M") else 0.0)
            given[name] = max(value, SMALLEST)
    owed = given[holding_name("B", "M")] + given["currency_pct_gdp"]
    owed += given["treasury_cash_pct_gdp"] - opening.value("central_bank_bills_pct_gdp")
    owed -= given["central_bank_bonds_pct_gdp"] + given["central_bank_protected_pct_gdp"]
    given["central_bank_credit_pct_gdp"] = max(owed, 0.0)
    return facts_from(given, past[:-1])
