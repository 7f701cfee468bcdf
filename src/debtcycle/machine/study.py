"""A scenario from the data of a date, run and explained: what a face shows."""

from __future__ import annotations

from dataclasses import dataclass

from debtcycle.machine.causes import Causes, causes
from debtcycle.machine.economy.facts import Facts
from debtcycle.machine.economy.observed import facts_from_observed
from debtcycle.machine.ensemble import Progress, Told
from debtcycle.machine.experiment import Pair, checked_holdings, prepare
from debtcycle.machine.kept import checkpoint_of
from debtcycle.machine.opening import Opening
from debtcycle.machine.premises import Slack, checked_purchases, slack
from debtcycle.machine.scenario import Scenario
from debtcycle.machine.simulation import Outcome, simulate

__all__ = ["EXPLAINED", "Study", "study"]

EXPLAINED = (1, 4, 8, 12, 20)  # quarters of which prices are attributed


@dataclass(frozen=True, slots=True)
class Study:
    """A simulation with its opening and its causes.

    Attributes
    ----------
    opening : Opening
        What was observed on the date, each figure with its source.
    facts : Facts
        What the economy started from.
    central : Pair
        The two runs without shocks, every variable kept.
    causes : tuple of Causes
        Attribution of price differences between the central runs.
    slack : Slack, optional
        How far the central runs stay from where the sign of a purchase is no longer certain; none
        where they did not solve.
    """

    scenario: Scenario
    opening: Opening
    facts: Facts
    outcome: Outcome
    central: Pair
    causes: tuple[Causes, ...]
    slack: Slack | None = None


def study(
    scenario: Scenario,
    opening: Opening,
    *,
    paths: int,
    seed: int,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    told: Told | None = None,
) -> Study:
    """Run a scenario from an opening.

    Parameters
    ----------
    scenario : Scenario
        See `debtcycle.machine.experiment.open_scenario`.
    opening : Opening
        See `debtcycle.machine.opening.from_data`.
    paths, seed, workers, cluster, progress
        See `simulate`.
    told : callable, optional
        Told when a simulation goes on from where an earlier one was cut off, and when one that is
        cut off is kept; see `debtcycle.machine.ensemble.Checkpoint`. Without it neither happens.

    Raises
    ------
    ModelError
        ``machine.facts_*`` where the opening cannot be started from, ``machine.negative`` where
        more would be sold than there is, ``machine.bought_out`` where more would be bought.
    ConfigError
        See `debtcycle.machine.ensemble.run_ensemble`.
    """
    seen = {fact.name: fact.value for fact in opening.facts}
    facts = facts_from_observed(seen, {past.name: past.values for past in opening.histories})
    experiment = checked_purchases(prepare(scenario, facts))
    central = experiment.central()
    # Also where it does not solve to its end: what is sold and is not there may be the reason.
    checked_holdings(central)
    checkpoint = None
    if told is not None:
        checkpoint = checkpoint_of(experiment, paths, seed, told=told)
    outcome = simulate(
        experiment, paths, seed=seed, workers=workers, cluster=cluster, progress=progress,
        checkpoint=checkpoint,
    )  # fmt: skip
    quarters = [quarter for quarter in EXPLAINED if quarter <= scenario.quarters]
    solved = not central.failed.any()
    why = causes(central, quarters) if solved else ()
    left = slack(central) if solved else None
    return Study(scenario, opening, facts, outcome, central, why, left)
