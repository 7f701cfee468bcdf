"""Accounts, honest limits, and what would change the answer."""

from __future__ import annotations

import math

from debtcycle.machine.economy.parameters import given
from debtcycle.machine.faults import Fault
from debtcycle.machine.opening.model import INSTRUMENTS
from debtcycle.machine.phases import DOING
from debtcycle.machine.study import Study
from debtcycle.machine.window import POP
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.format import figure
from debtcycle.report.simulation.answer import run_line
from debtcycle.report.simulation.reading import (
    farthest,
    median,
    number,
    one_of,
    share,
    when,
)
from debtcycle.report.words import Words

__all__ = ["accounts", "failures", "limits"]

_LIMITS = ("elasticities", "covariance", "inertia", "opening", "duration", "mechanics")
# An output gap at the start below which there is a slump, and one at the end at which it has not
# healed in the run without.
_SLUMP_PCT, _UNHEALED_PCT = -0.5, -1.0
_LATER = 20
_CHANGES = ("slack", "maturity", "tightening", "inflation", "extrapolation", "automation", "own")


def _changed(words: Words, study: Study) -> tuple[Block, ...]:
    """Parameters that the scenario sets for the whole run."""
    changed = study.scenario.parameters
    if not changed:
        return (Para(words("sim.parameters.none")),)
    head = tuple(words(f"sim.col.{c}") for c in ("parameter", "value", "usual"))
    rows = tuple(
        (name, f"{value:g}", f"{given()[name].value:g}") for name, value in changed.items()
    )
    return (Table(head, rows, frozenset({1, 2}), words("sim.table.parameters")),)


def _what(words: Words, fault: Fault) -> str:
    """What did not hold: the market of an asset, another equation, or an identity."""
    if fault.kind == "account":
        return words("sim.fault.account", text=fault.text)
    # Prices are solved for as logs, one for each market.
    asset = fault.variable.removeprefix("u")
    if fault.variable.startswith("u") and asset in INSTRUMENTS:
        return words("sim.fault.market", name=words(f"opening.instrument.{asset}"))
    return words("sim.fault.equation", name=fault.variable)


def _faults(words: Words, study: Study) -> Table:
    """The first paths that were left out: in which quarter, in which run, and why."""
    head = tuple(words(f"sim.col.{c}") for c in ("path", "run", "when", "fault", "equation"))
    rows = tuple(
        (f"{fault.path:,}", words(f"sim.side.{fault.run}"), when(words, fault.quarter),
         _what(words, fault), fault.text)
        for fault in study.outcome.faults
    )  # fmt: skip
    return Table(head, rows, frozenset({0}), words("sim.table.faults"))


def failures(words: Words, study: Study) -> tuple[Block, ...]:
    """How many paths were left out, which were the first, and what went wrong on them."""
    outcome = study.outcome
    if not outcome.failed:
        return ()
    first = ", ".join(map(str, outcome.first_failed))
    said = words("sim.accounts.failed", failed=f"{outcome.failed:,}", paths=f"{outcome.paths:,}",
                 first=first)  # fmt: skip
    table = (_faults(words, study),) if outcome.faults else ()
    return (Para(said, "warn"), *table)


def accounts(words: Words, study: Study) -> Section:
    """The worst residual, failed paths, and what was changed in the economy."""
    blocks: list[Block] = [Para(run_line(words, study)), Para(words("sim.accounts.means"))]
    blocks += failures(words, study)
    blocks += _changed(words, study)
    return Section("accounts", words("sim.section.accounts"), tuple(blocks))


def _slump(words: Words, study: Study) -> tuple[str, ...]:
    """A slump that does not heal in the run without, in numbers; nothing where there is none."""
    outcome = study.outcome
    start, end = (median(study, "output_gap", "without", q) for q in (0, outcome.quarters))
    if start > _SLUMP_PCT or end > _UNHEALED_PCT or outcome.quarters < _LATER:
        return ()
    worst = min(range(outcome.quarters + 1),
                key=lambda quarter: median(study, "output_gap", "without", quarter))  # fmt: skip

    def gap(quarter: int) -> str:
        return number(study, "output_gap", median(study, "output_gap", "without", quarter))

    return (
        words(
            "sim.limit.slump", date=study.opening.as_of.isoformat(), start=gap(0),
            worst=gap(worst), when=when(words, worst), later=when(words, _LATER),
            gap=gap(_LATER), end=when(words, outcome.quarters), last=gap(outcome.quarters),
            inflation=number(study, "inflation",
                             median(study, "inflation", "without", outcome.quarters)),
        ),
    )  # fmt: skip


def _crash(words: Words, study: Study) -> str:
    """How often growth equity falls with the programme and without it."""
    with_, without = (
        window.popped / max(window.paths, 1)
        for window in (study.outcome.window, study.outcome.window_without)
    )
    alike = "alike" if abs(with_ - without) < DOING else "apart"
    return words(
        "sim.limit.crash", date=study.opening.as_of.isoformat(), fall=f"{POP:.0%}",
        span=when(words, study.outcome.quarters), with_=share(with_), without=share(without),
        said=words(f"sim.limit.crash_{alike}"),
    )  # fmt: skip


def _commodities(words: Words, study: Study) -> tuple[str, ...]:
    """How little dearer commodities move prices and yields; nothing where none become dearer."""
    moved = [
        sum(value for _, name, value in plan.steps if name == "e_com")
        for plan in (study.scenario.with_, study.scenario.without)
    ]
    if moved[0] <= moved[1] or study.central.failed.any():
        return ()
    runs = study.central.with_, study.central.without
    levels = runs[0]["clev"][:, 0] - runs[1]["clev"][:, 0]
    rise = 100.0 * (math.exp(float(levels.max())) - 1.0)
    peak, most = farthest(study, "inflation")
    later, yields = farthest(study, "nominal_yield_10y")
    return (
        words(
            "sim.limit.commodities", rise=figure(rise, 0), when=when(words, peak),
            most=one_of(words, study, "inflation", most), later=when(words, later),
            yields=one_of(words, study, "nominal_yield_10y", yields),
        ),
    )  # fmt: skip


def limits(words: Words, *studies: Study) -> Section:
    """What the model cannot do, and what would move its answer."""
    slumps = tuple(dict.fromkeys(text for study in studies for text in _slump(words, study)))
    crashes = tuple(_crash(words, study) for study in studies)
    weak = tuple(text for study in studies for text in _commodities(words, study))
    return Section(
        "limits",
        words("sim.section.limits"),
        (
            Bullets((*slumps, *crashes, *weak, *(words(f"sim.limit.{name}") for name in _LIMITS))),
            Para(words("sim.changes")),
            Bullets(tuple(words(f"sim.changes.{name}") for name in _CHANGES)),
        ),
    )
