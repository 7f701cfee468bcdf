"""Accounts, honest limits, and what would change the answer."""

from __future__ import annotations

from debtcycle.machine.economy.parameters import given
from debtcycle.machine.study import Study
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.simulation.answer import run_line
from debtcycle.report.words import Words

__all__ = ["accounts", "limits"]

_LIMITS = ("elasticities", "covariance", "inertia", "opening", "duration", "mechanics")
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


def accounts(words: Words, study: Study) -> Section:
    """The worst residual, failed paths, and what was changed in the economy."""
    outcome = study.outcome
    blocks: list[Block] = [Para(run_line(words, study)), Para(words("sim.accounts.means"))]
    if outcome.failed:
        first = ", ".join(map(str, outcome.first_failed))
        blocks.append(Para(words("sim.accounts.failed", failed=f"{outcome.failed:,}",
                                 paths=f"{outcome.paths:,}", first=first), "warn"))  # fmt: skip
    blocks += _changed(words, study)
    return Section("accounts", words("sim.section.accounts"), tuple(blocks))


def limits(words: Words) -> Section:
    """What the model cannot do, and what would move its answer."""
    return Section(
        "limits",
        words("sim.section.limits"),
        (
            Bullets(tuple(words(f"sim.limit.{name}") for name in _LIMITS)),
            Para(words("sim.changes")),
            Bullets(tuple(words(f"sim.changes.{name}") for name in _CHANGES)),
        ),
    )
