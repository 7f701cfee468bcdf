"""A simulation as strict JSON: the contract's keys, null where there is no number."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields

from debtcycle.machine.attribution import CHANNELS
from debtcycle.machine.economy.facts import Facts
from debtcycle.machine.economy.names import SLOW
from debtcycle.machine.economy.parameters import given
from debtcycle.machine.opening.model import Fact
from debtcycle.machine.phases import PHASES
from debtcycle.machine.simulation import SHARES, Fan
from debtcycle.machine.study import Study
from debtcycle.machine.window import AHEAD, EARLY, POP, Interval, Window
from debtcycle.report.simulation.beside import same_programme
from debtcycle.report.simulation.leaving import loosens
from debtcycle.report.simulation.stages import compared
from debtcycle.report.simulation.tables import ASSETS

__all__ = ["beside_json", "simulation_json"]

JsonValue = object


def _number(value: float) -> float | None:
    """A number, or null where there is none."""
    return float(value) if math.isfinite(value) else None


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(float(value)) for value in values]


def _fan(fan: Fan) -> dict[str, JsonValue]:
    shares = {
        f"p{round(100 * part):02d}": _numbers(fan.quantiles[place])
        for place, part in enumerate(SHARES)
    }
    return {**shares, "mean": _numbers(fan.mean)}


def _interval(found: Interval | None) -> dict[str, JsonValue] | None:
    return None if found is None else {k: _number(v) for k, v in asdict(found).items()}


def _phases(study: Study) -> dict[str, JsonValue]:
    shares, asked = study.outcome.phases, loosens(study)
    return {
        "P4_without": _numbers(study.outcome.bursts[:, 0]),
        "P4_both": _numbers(study.outcome.bursts[:, 1]),
        "shares": {name: _numbers(shares[:, place]) for place, name in enumerate(PHASES)},
        "asked": asked,
        "entered": [
            {"quarter": quarter, "phase": name}
            for quarter, name in (study.outcome.entered if asked else ())
        ],
        "signs": [{**asdict(item), "value": _number(item.value)} for item in compared(study)],
    }


def _window(study: Study) -> dict[str, JsonValue]:
    outcome = study.outcome
    return {**_one_window(outcome.window), "without": _one_window(outcome.window_without)}


def _one_window(found: Window) -> dict[str, JsonValue]:
    return {
        "fall": POP,
        "ahead_quarters": AHEAD,
        "hazard": [_interval(item) for item in found.hazard],
        "regret": {rule: _interval(item) for rule, item in found.regret.items()},
        "regret_unit": "log",
        "paths": found.paths,
        "popped": found.popped,
        "windows": found.windows,
        "early_quarters": EARLY,
        "early_popped": found.early_popped,
        "early_windows": found.early_windows,
    }


def _attribution(study: Study) -> dict[str, JsonValue]:
    return {
        "unit": "log",
        "quarters": [cause.quarter for cause in study.causes],
        "assets": {
            ASSETS[asset]: {
                "change": _numbers(cause.change[place] for cause in study.causes),
                "parts": {
                    channel: _numbers(cause.of(channel, asset) for cause in study.causes)
                    for channel in CHANNELS
                },
            }
            for place, asset in enumerate(SLOW)
        },
    }


def _fact(fact: Fact) -> dict[str, JsonValue]:
    """A fact; series, period and day known are those of its newest figure, the rest beside."""
    newest = max(fact.origins, key=lambda origin: origin.period, default=None)
    return {
        "name": fact.name,
        "value": _number(fact.value),
        "unit": fact.unit,
        "kind": fact.kind.value,
        "series": newest.source if newest else None,
        "period": newest.period if newest else None,
        "known_from": max((origin.known_from for origin in fact.origins), default=None),
        "range": None if fact.low is None or fact.high is None else [fact.low, fact.high],
        "message": fact.message_id,
        "origins": [asdict(origin) for origin in fact.origins],
    }


def _started(facts: Facts) -> dict[str, JsonValue]:
    """Plain numbers of the facts that the economy takes, holdings left out (see opening)."""
    plain = [entry.name for entry in fields(Facts) if entry.name != "holdings"]
    made = {name: getattr(facts, name) for name in plain}
    return {
        name: _numbers(value) if isinstance(value, tuple) else _number(value)
        for name, value in made.items()
    }


def _parameters(study: Study) -> dict[str, JsonValue]:
    changed = study.scenario.parameters
    return {
        name: {
            "value": changed.get(name, entry.value),
            "unit": entry.unit,
            "changed": name in changed,
        }
        for name, entry in given().items()
    }


def _plain(study: Study) -> dict[str, JsonValue]:
    outcome, scenario = study.outcome, study.scenario
    return {
        "scenario": scenario.name,
        "title": dict(scenario.title),
        "from": study.opening.as_of,
        "paths": outcome.paths,
        "seed": outcome.seed,
        "quarters": outcome.quarters,
        "accounts": {"max_residual": _number(outcome.worst_account)},
        "outside_paths": {
            "with": asdict(outcome.outside),
            "without": asdict(outcome.outside_without),
        },
        "least_slack": None if study.slack is None else asdict(study.slack),
        "failed_paths": outcome.failed,
        "first_failed": list(outcome.first_failed),
        "faults": [
            {**asdict(fault), "residual": _number(fault.residual)} for fault in outcome.faults
        ],
        "variables": {
            name: {
                "unit": outcome.units[name],
                **{side: _fan(fan) for side, fan in sides.items()},
            }
            for name, sides in outcome.fans.items()
        },
        "phases": _phases(study),
        "sell_window": _window(study),
        "attribution": _attribution(study),
        "of_earlier_months": [fact.name for fact in study.opening.of_earlier_months],
        "written_for": study.scenario.written_for,
        "opening": [_fact(fact) for fact in study.opening.facts],
        "start": _started(study.facts),
        "parameters": _parameters(study),
    }


def _written(found: Mapping[str, JsonValue]) -> str:
    return json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1, default=str)


def simulation_json(study: Study) -> str:
    """One simulation."""
    return _written(_plain(study))


def beside_json(one: Study, other: Study) -> str:
    """The first simulation with the keys of the contract, the other one under ``beside``."""
    found = _plain(one)
    return _written({**found, "same_programme": same_programme(one, other),
                     "beside": _plain(other)})  # fmt: skip
