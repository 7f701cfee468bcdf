"""From what is observed of a date to the facts that the economy starts from.

The economy needs a few facts that no series gives as such; how they follow from observed ones is
said here, once. Names are those of the opening state that is read from data.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from debtcycle.machine.economy.facts import Facts, facts_from, holding_name
from debtcycle.machine.economy.names import HOLDERS, held
from debtcycle.machine.economy.parameters import QUARTER, at_step

__all__ = ["facts_from_observed"]

GAIN = 0.10  # weight of the newest quarter in the observed extrapolation states
OBSERVED = {
    "bond_yield_pct": "nominal_yield_10y_pct",
    "tips_yield_pct": "real_yield_10y_pct",
    "credit_yield_pct": "corporate_yield_pct",
    "net_worth_ratio": "net_worth_index",
    "central_bank_protected_pct_gdp": "central_bank_tips_pct_gdp",
}
SAME = (
    "policy_rate_pct", "inflation_pct", "expected_inflation_pct", "leverage_ratio",
    "inflation_miss_pp", "currency_pct_gdp", "treasury_cash_pct_gdp", "central_bank_bonds_pct_gdp",
    "central_bank_gold_pct_gdp",
)  # fmt: skip
# Of deposits of households, what is the working cash of firms; of bank loans, what households owe.
FIRMS_PART, HOUSEHOLDS_PART = 0.15, 0.65
# Payouts of all shares against the ten-year earnings yield, and of real assets against growth, pp.
PAYOUT_LEAD, PAYOUT_SPREAD, GROWTH_PART = 0.5, 2.0, 0.63
# Nearer to the ceiling than this, demand beyond it would be read off a gap that is itself a guess.
NEAR_CEILING = 0.6
ABSOLUTE = math.sqrt(2 / math.pi)  # mean absolute change of one standard deviation


def _join(past: Sequence[float], p: Mapping[str, float]) -> float:
    """Part of extrapolators to which the profits of the past have led."""
    profit, share = 0.0, p["nlo"]
    for before, now in pairwise(past):
        change = (now - (1 - GAIN) * before) / GAIN
        profit += p["th"] * (before * change - profit)
        pull = p["nlo"] + (1 - p["nlo"]) / (1 + math.exp(-(profit - p["prof0"]) / p["profw"]))
        share += p["nspd"] * (pull - share)
    return min(max(share, p["nlo"] + 1e-3), 0.99)


def _remembered(past: Sequence[float], gain: float) -> list[float]:
    """The same past under another weight of the newest quarter."""
    found = [past[0]]
    for before, now in pairwise(past):
        change = (now - (1 - GAIN) * before) / GAIN
        found.append(found[-1] + gain * (change - found[-1]))
    return found


def _rates(seen: Mapping[str, float], p: Mapping[str, float]) -> dict[str, float]:
    """Output, the bias of policy, volatility and payouts."""
    cap = math.log1p(math.exp(p["gmax"] / p["gwid"])) * p["gwid"]
    gap = min(seen["output_gap_pct"], 100 * NEAR_CEILING * cap)
    rule = 100 * p["rstar"] + seen["inflation_pct"] + p["ty"] * gap
    rule += p["tpi"] * (seen["inflation_pct"] - 100 * p["target"])
    bound = seen["policy_rate_pct"] <= 100 * p["floor"] + 0.1 and rule <= seen["policy_rate_pct"]
    paid = seen["earnings_yield_pct"] + PAYOUT_LEAD
    growth = paid - (1 - GROWTH_PART) * PAYOUT_SPREAD
    return {
        "output_gap_pct": gap,
        "policy_bias_pp": 0.0 if bound else rule - seen["policy_rate_pct"],
        "volatility_pct": ABSOLUTE * seen["volatility_pct"],
        "growth_cash_yield_pct": growth,
        "real_cash_yield_pct": growth + PAYOUT_SPREAD,
        "money_growth_gap_pct": seen["money_growth_pct"] - 100 * (p["greal"] + p["target"]),
    }


def _stocks(seen: Mapping[str, float], p: Mapping[str, float]) -> dict[str, float]:
    """Holdings, with the working cash of firms apart, and the balance of the central bank."""
    found = {
        holding_name(j, a): seen[holding_name(j, a)] for j in HOLDERS for a in ("M", "b", *held(j))
    }
    deposits = holding_name("H", "M")
    found["firm_deposits_pct_gdp"] = FIRMS_PART * found[deposits]
    found[deposits] *= 1 - FIRMS_PART
    found["loans_households_pct_gdp"] = HOUSEHOLDS_PART * seen["bank_loans_pct_gdp"]
    found["loans_firms_pct_gdp"] = (1 - HOUSEHOLDS_PART) * seen["bank_loans_pct_gdp"]
    owed = found[holding_name("B", "M")] + seen["currency_pct_gdp"]
    owed += seen["treasury_cash_pct_gdp"]
    real = (math.exp(p["greal"] * p["h"]) - 1) * math.exp(p["target"] * p["h"])
    part = real / (math.exp((p["greal"] + p["target"]) * p["h"]) - 1)
    rest = owed - seen["central_bank_bonds_pct_gdp"] - part * seen["central_bank_tips_pct_gdp"]
    # What is not Treasuries is credit: mortgage bonds and loans of every kind.
    found["central_bank_credit_pct_gdp"] = max(rest - seen["central_bank_bills_pct_gdp"], 0.0)
    return found


def facts_from_observed(seen: Mapping[str, float], past: Mapping[str, Sequence[float]]) -> Facts:
    """Facts of the economy from observed ones.

    * output gap: at most six tenths of what the ceiling of the economy allows;
    * bias of policy: rule less rate, nought where the rate stands at its bound and the rule below;
    * volatility: mean absolute change, ``sqrt(2/pi)`` of the standard deviation;
    * payouts: the ten-year earnings yield and half a point, real assets 2 points above growth;
    * part of extrapolators: what their profits of the past quarters have made it;
    * extrapolated returns: above the trend growth of prices, as the economy counts them.

    Parameters
    ----------
    seen : mapping of str to float
        Observed facts by name, in the units of their names.
    past : mapping of str to sequence of float
        Extrapolation states by quarter, oldest first, today's last: ``extrapolation_growth_log``,
        ``extrapolation_real_log``, ``extrapolation_gold_log``.

    Raises
    ------
    ModelError
        As `facts_from`.
    KeyError
        For an observed fact that is not there.
    """
    p = at_step(QUARTER)
    found = {name: seen[name] for name in SAME}
    found |= {name: seen[source] for name, source in OBSERVED.items()}
    found |= _rates(seen, p) | _stocks(seen, p)
    trends = {
        "growth": p["g_G"] + p["l_G"] * p["target"],
        "real": p["g_R"] + p["l_R"] * p["target"],
        "gold": p["target"],
    }
    states = {}
    for name, trend in trends.items():
        label = f"extrapolation_{name}_log"
        states[name] = [x - trend for x in _remembered(past[label], p["lx"])]
        found[label] = states[name][-1]
    found["extrapolators_share"] = _join(past["extrapolation_growth_log"], p)
    return facts_from(found, states["growth"][:-1])
