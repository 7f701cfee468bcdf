"""What a reader must know of a simulation before believing it: domain, date, range of sources."""

from __future__ import annotations

from debtcycle.machine.scenario import ASSETS
from debtcycle.machine.study import Study
from debtcycle.report.document import Para
from debtcycle.report.format import figure
from debtcycle.report.simulation.reading import median, when
from debtcycle.report.words import Words

__all__ = ["MEASURED_BP", "alike", "certain", "domain", "effect_bp", "moved", "notes", "size"]

MEASURED_BP = (4.0, 9.0)  # fall of the ten-year yield per 1 % of GDP of long bonds bought
_LEAST_PCT_GDP = 1.0  # below it an effect per 1 % is mostly rounding
_PROGRAMME = frozenset({"announced", "q_N", *(f"sold_{sector}" for sector in "HPXLB")})


def domain(words: Words, study: Study) -> tuple[Para, ...]:
    """How many paths leave the economy's domain, in either run; nothing where none does."""
    with_, without = study.outcome.outside, study.outcome.outside_without
    if not with_.paths + without.paths:
        return ()
    text = words(
        "sim.outside", paths=f"{study.outcome.paths:,}", with_=f"{with_.paths:,}",
        without=f"{without.paths:,}", holdings=f"{with_.holdings:,}",
        holdings_without=f"{without.holdings:,}", equity=f"{with_.equity:,}",
        equity_without=f"{without.equity:,}",
    )  # fmt: skip
    return (Para(text, "warn"),)


def certain(words: Words, study: Study) -> tuple[Para, ...]:
    """How far the runs without shocks stay from where the sign of a purchase is not certain."""
    found = study.slack
    if found is None:
        return ()
    asset = words(f"opening.instrument.{found.asset}")
    if found.pct_gdp <= 0.0:
        return (Para(words("sim.slack.none", asset=asset, quarter=found.quarter), "warn"),)
    left = figure(found.pct_gdp, 2)
    return (Para(words("sim.slack", left=left, asset=asset, quarter=found.quarter)),)


def moved(words: Words, study: Study) -> tuple[Para, ...]:
    """That the scenario's text was written for another date, with what was known on this one."""
    own = study.scenario.written_for
    if own is None or own == study.opening.as_of or not study.scenario.text:
        return ()
    facts = {name: study.opening.fact(f"{name}") for name in _TELLING}
    shown = {name: words.value(fact.value, fact.unit) for name, fact in facts.items()}
    text = words(
        "sim.moved", own=own.isoformat(), date=study.opening.as_of.isoformat(),
        gap=shown["output_gap_pct"], health=shown["net_worth_index"],
        cape=shown["cape_ratio"], spread=shown["corporate_spread_pp"],
    )  # fmt: skip
    return (Para(text, "warn"),)


_TELLING = ("output_gap_pct", "net_worth_index", "cape_ratio", "corporate_spread_pp")


def effect_bp(study: Study) -> tuple[int, float] | None:
    """Fall of the ten-year yield per 1 % of GDP of long bonds bought, when all is bought.

    Only where the two runs differ by purchases of long bonds and nothing else.

    Returns
    -------
    tuple of (quarter, basis points), or None
    """
    with_, without = (
        {(quarter, name): value for quarter, name, value in plan.steps}
        for plan in (study.scenario.with_, study.scenario.without)
    )
    differing = {key for key in with_.keys() | without.keys() if with_.get(key) != without.get(key)}
    if not differing or any(name not in _PROGRAMME for _, name in differing):
        return None
    name = ASSETS["N"]
    bought = sum(v for (_, n), v in with_.items() if n == name)
    bought -= sum(v for (_, n), v in without.items() if n == name)
    if abs(bought) < _LEAST_PCT_GDP:
        return None
    quarter = max(quarter for quarter, _ in differing)
    return quarter, -100.0 * median(study, "nominal_yield_10y", "difference", quarter) / bought


def size(words: Words, study: Study) -> tuple[Para, ...]:
    """That the effect on the ten-year yield lies outside what others have measured."""
    found = effect_bp(study)
    low, high = MEASURED_BP
    # What is printed is compared: a figure that reads as 4.0 does not lie below 4.
    if found is None or low <= round(found[1], 1) <= high:
        return ()
    quarter, effect = found
    text = words(
        "sim.size", when=when(words, quarter), effect=figure(effect, 1), low=figure(low, 0),
        high=figure(high, 0),
        held=words.value(study.opening.value("private_bonds_pct_gdp"), "percent_of_gdp"),
    )  # fmt: skip
    return (Para(text, "warn"),)


def alike(words: Words, study: Study) -> tuple[Para, ...]:
    """That both runs do the same, or what is set has no effect: every difference is nought."""
    if study.scenario.with_.steps == study.scenario.without.steps:
        return (Para(words("sim.alike"), "warn"),)
    fans = [fan["difference"] for fan in study.outcome.fans.values()]
    idle = not any(fan.mean.any() or fan.quantiles.any() for fan in fans)
    return (Para(words("sim.idle"), "warn"),) if idle else ()


def notes(words: Words, study: Study) -> tuple[Para, ...]:
    """All that the first screen must say of a simulation."""
    return (*alike(words, study), *moved(words, study), *size(words, study), *domain(words, study))
