"""Opening facts: what the economy must be told to start from a date."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from debtcycle.errors import ModelError
from debtcycle.machine.economy.names import HOLDERS, SLOW, held

__all__ = ["Facts", "Holding", "facts_from", "holding_name", "shipped_openings"]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a sector holds of an instrument, in percent of annual GDP."""

    sector: str
    instrument: str
    value_pct_gdp: float


def holding_name(sector: str, instrument: str) -> str:
    """Name of the fact that says what a sector holds of an instrument."""
    return f"holding_{sector}_{instrument}_pct_gdp"


@dataclass(frozen=True, slots=True)
class Facts:
    """Numbers from which the opening state is made.

    Rates are in percent a year, stocks in percent of annual GDP, logs as fractions.

    Attributes
    ----------
    extrapolation_growth_log, extrapolation_real_log, extrapolation_gold_log : float
        Extrapolated yearly changes today.
    net_worth_ratio : float
        Soundness of balance sheets, 1 at rest.
    extrapolators_share : float
        Part of investors that extrapolates; nought stands for where it comes to rest.
    volatility_pct : float
        Volatility of equity, a year.
    inflation_miss_pp : float
        Persistent miss of the target.
    growth_cash_yield_pct, real_cash_yield_pct : float
        Payouts of the two equities in percent of their price.
    holdings : tuple of Holding
    past_growth_log : tuple of float
        Extrapolated changes of growth equity in the quarters before, the newest last: today's
        holdings reflect them, the more the less a sector moves in a quarter. Empty where they
        were what they are today.
    """

    policy_rate_pct: float
    bond_yield_pct: float
    tips_yield_pct: float
    credit_yield_pct: float
    inflation_pct: float
    expected_inflation_pct: float
    output_gap_pct: float
    net_worth_ratio: float
    leverage_ratio: float
    policy_bias_pp: float
    extrapolation_growth_log: float
    extrapolation_real_log: float
    extrapolation_gold_log: float
    extrapolators_share: float
    volatility_pct: float
    inflation_miss_pp: float
    growth_cash_yield_pct: float
    real_cash_yield_pct: float
    money_growth_gap_pct: float
    currency_pct_gdp: float
    treasury_cash_pct_gdp: float
    loans_households_pct_gdp: float
    loans_firms_pct_gdp: float
    firm_deposits_pct_gdp: float
    central_bank_bonds_pct_gdp: float
    central_bank_protected_pct_gdp: float
    central_bank_credit_pct_gdp: float
    central_bank_gold_pct_gdp: float
    holdings: tuple[Holding, ...]
    past_growth_log: tuple[float, ...] = ()

    def holding(self, sector: str, instrument: str) -> float:
        """What a sector holds, in percent of GDP; nought where nothing is said."""
        for item in self.holdings:
            if (item.sector, item.instrument) == (sector, instrument):
                return item.value_pct_gdp
        return 0.0


def facts_from(given: Mapping[str, float], past_growth_log: Sequence[float] = ()) -> Facts:
    """Facts from plain names and numbers: the attributes of `Facts`, and holdings by name.

    Raises
    ------
    ModelError
        ``machine.facts_missing`` naming what is lacking; ``machine.facts_unknown``;
        ``machine.facts_negative`` for a holding that is not positive.
    """
    names = [
        entry.name for entry in fields(Facts) if entry.name not in ("holdings", "past_growth_log")
    ]
    wanted = {holding_name(j, a): (j, a) for j in HOLDERS for a in ("M", "b", *held(j))}
    missing = [name for name in (*names, *wanted) if name not in given]
    if missing:
        raise ModelError("machine.facts_missing", names=", ".join(missing[:8]), count=len(missing))
    unknown = [name for name in given if name not in names and name not in wanted]
    if unknown:
        raise ModelError("machine.facts_unknown", names=", ".join(unknown[:8]))
    for name in wanted:
        if not given[name] > 0.0:
            raise ModelError("machine.facts_negative", name=name, value=given[name])
    held_now = tuple(Holding(j, a, float(given[name])) for name, (j, a) in wanted.items())
    return Facts(
        **{name: float(given[name]) for name in names},
        holdings=held_now,
        past_growth_log=tuple(map(float, past_growth_log)),
    )


@cache
def shipped_openings() -> Mapping[str, Facts]:
    """Facts of the shipped openings: ``depression``, ``bubble``, ``normal``, ``rest``."""
    text = files("debtcycle.machine").joinpath("economy/openings.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    common = tables.pop("common")
    rows = tables.pop("holdings")
    found = {}
    for name, table in tables.items():
        past = table.pop("past_growth_log", ())
        flat = {key: float(value) for key, value in {**common, **table}.items()}
        for sector, row in rows.items():
            for instrument, value in zip(("M", "b", *SLOW), row, strict=True):
                if instrument in ("M", "b", *held(sector)):
                    flat.setdefault(holding_name(sector, instrument), float(value))
        found[name] = facts_from(flat, past)
    return found
