"""Figures of a simulation as they are said: which, at which quarters, with how many digits."""

from __future__ import annotations

import math
from collections.abc import Mapping

from debtcycle.machine.simulation import SHARES, Fan
from debtcycle.machine.study import Study
from debtcycle.report.format import figure
from debtcycle.report.words import Words

__all__ = [
    "GROUPS",
    "HEADLINE",
    "HORIZONS",
    "MEDIAN",
    "MISSING",
    "PANELS",
    "begins",
    "fan",
    "farthest",
    "horizons",
    "median",
    "name_of",
    "named",
    "number",
    "one_of",
    "share",
    "shortfall",
    "spread",
    "title_of",
    "when",
]

HORIZONS = (1, 4, 8, 12, 20)  # quarters: one, and the ends of one, two, three and five years
MISSING = "–"
MEDIAN = SHARES.index(0.50)
_LOW, _HIGH = SHARES.index(0.05), SHARES.index(0.95)

# What the first table shows, and what the small pictures show.
HEADLINE = (
    "real_yield_10y", "nominal_yield_10y", "term_premium", "credit_premium", "credit_spread",
    "growth_equity_nominal", "growth_equity_real", "real_asset_equity_nominal", "bonds_nominal",
    "tips_nominal", "gold_nominal", "inflation", "output_gap", "wealth_gap", "monetisation",
)  # fmt: skip
PANELS = (
    "real_yield_10y", "nominal_yield_10y", "growth_equity_nominal", "real_asset_equity_nominal",
    "gold_nominal", "bonds_nominal", "inflation", "output_gap",
)  # fmt: skip
GROUPS: Mapping[str, tuple[str, ...]] = {
    "yields": ("policy_rate", "nominal_yield_10y", "real_yield_10y", "expected_inflation",
               "credit_yield"),
    "premia": ("term_premium", "credit_premium", "credit_spread", "equity_premium_growth",
               "equity_premium_real_assets"),
    "equity": ("growth_equity_nominal", "growth_equity_real", "multiple_growth",
               "real_asset_equity_nominal", "real_asset_equity_real", "multiple_real_assets"),
    "other": ("bonds_nominal", "bonds_real", "tips_nominal", "tips_real", "credit_nominal",
              "credit_real", "gold_nominal", "gold_real"),
    "goods": ("inflation", "price_level", "output_gap", "wealth_gap"),
    "money": ("money", "treasury_debt", "monetisation", "monetisation_with_bills"),
    "states": ("leverage", "extrapolated_growth_equity", "extrapolators", "balance_sheets"),
}  # fmt: skip
_DIGITS = {"pct_year": 2, "pp": 2, "pct": 1, "pct_gdp": 1, "index": 1, "ratio": 2}
_FINE = frozenset({"output_gap"})  # percent, but told apart by hundredths


def fan(study: Study, name: str, side: str) -> Fan:
    """Quantiles of a figure; side is ``with``, ``without`` or ``difference``."""
    return study.outcome.fans[name][side]


def median(study: Study, name: str, side: str, quarter: int) -> float:
    """The median over paths in a quarter."""
    return float(fan(study, name, side).quantiles[MEDIAN, quarter])


def begins(study: Study) -> int:
    """The first quarter in which the two runs are told to do different things; 1 if in none."""
    with_, without = (
        {(quarter, name): value for quarter, name, value in plan.steps}
        for plan in (study.scenario.with_, study.scenario.without)
    )
    both = with_.keys() | without.keys()
    return min((key[0] for key in both if with_.get(key) != without.get(key)), default=1)


def horizons(study: Study) -> tuple[int, ...]:
    """The quarters that tables show: those of `HORIZONS` within the run, else its last."""
    found = tuple(quarter for quarter in HORIZONS if quarter <= study.outcome.quarters)
    return found or (study.outcome.quarters,)


def number(study: Study, name: str, value: float, *, plus: bool = False) -> str:
    """A value of a figure without its unit; a dash where there is none."""
    if not math.isfinite(value):
        return MISSING
    digits = 2 if name in _FINE else _DIGITS.get(study.outcome.units[name], 2)
    return figure(value, digits, plus=plus)


def spread(words: Words, study: Study, name: str, side: str, quarter: int) -> str:
    """Between the 5 % and the 95 % quantile, as a cell of a table."""
    values = fan(study, name, side).quantiles[[_LOW, _HIGH], quarter]
    plus = side == "difference"
    low, high = (number(study, name, float(value), plus=plus) for value in values)
    return MISSING if MISSING in (low, high) else words("sim.cells", low=low, high=high)


def when(words: Words, quarter: int) -> str:
    """A span from the start: quarters within the first year and between, years else."""
    if quarter and quarter % 4 == 0:
        years = quarter // 4
        return words("sim.year") if years == 1 else words("sim.years", n=years)
    return words("sim.one_quarter") if quarter == 1 else words("sim.quarters", n=quarter)


def name_of(words: Words, name: str) -> str:
    """Name of a figure within a sentence."""
    return words(f"sim.figure.{name}")


def title_of(words: Words, study: Study, name: str, *, difference: bool = False) -> str:
    """Name of a figure with its unit; differences of percentages are points."""
    unit = study.outcome.units[name]
    key = f"sim.unit.{unit}.gap" if difference else f"sim.unit.{unit}"
    return words("sim.with_unit", name=name_of(words, name), unit=words(key))


def one_of(words: Words, study: Study, name: str, value: float) -> str:
    """A difference with its unit as a sentence says it."""
    shown = number(study, name, value, plus=True)
    if shown == MISSING:
        return words("unknown")
    return words(f"sim.said.{study.outcome.units[name]}", n=shown)


def farthest(study: Study, name: str, *, within: int | None = None) -> tuple[int, float]:
    """Quarter in which the mean difference is farthest from nought, and that difference.

    Parameters
    ----------
    within : int, optional
        Quarters after the start that are looked at; all of them unless given.
    """
    means = fan(study, name, "difference").mean
    means = means if within is None else means[: within + 1]
    found = [(abs(float(v)), -n) for n, v in enumerate(means) if math.isfinite(float(v))]
    if not found:
        return 0, math.nan
    quarter = -max(found)[1]
    return quarter, float(means[quarter])


def share(value: float) -> str:
    """A part of the paths as a percentage; small ones are not rounded away."""
    if not math.isfinite(value):
        return MISSING
    pct = 100.0 * value
    return f"{figure(pct, 1 if 0.0 < pct < 9.95 or 99.0 < pct < 100.0 else 0)}%"


def shortfall(logs: float) -> str:
    """Logs of wealth forgone as a percentage of it."""
    return f"{figure(100.0 * (1.0 - math.exp(-logs)), 1)}%" if math.isfinite(logs) else MISSING


def named(words: Words, study: Study) -> str:
    """What the scenario is called in a language; its file's name where it says nothing."""
    scenario = study.scenario
    title = scenario.title.get(words.lang) or scenario.title.get("en") or scenario.name
    return " ".join(title.split())  # a line of its own would be a heading in Markdown
