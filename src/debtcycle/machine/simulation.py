"""Many paths of a scenario beside the same economy without it: what is published of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ModelError
from debtcycle.machine.ensemble import LANE, Checkpoint, Progress, Sketch, run_ensemble, spare
from debtcycle.machine.experiment import Experiment, Pair, outside, watched_names
from debtcycle.machine.faults import Fault, faults_of, first_faults
from debtcycle.machine.part import Part, Tally
from debtcycle.machine.phases import DOING, PHASES, Inputs, burst, phases_of
from debtcycle.machine.published import PUBLISHED, names, needed, publish
from debtcycle.machine.window import Window, count, summarise

__all__ = ["SHARES", "Fan", "Outcome", "Outside", "Part", "simulate"]

Values = NDArray[np.float64]
SHARES = (0.05, 0.25, 0.50, 0.75, 0.95)
SIDES = ("with", "without", "difference")
# Paths that are run at once, so that what they leave lies in the processor's own memory; and those
# whose figures are held at once. What is found depends on the latter in the last bits of the sums
# of regret alone, whatever the chunks and workers.
AT_ONCE, SLICE = 512, 4_096
SHORT = 41  # quarters up to which the latter holds


def slice_of(quarters: int) -> int:
    """Paths whose figures are held at once, whole lanes: fewer where runs are long."""
    return max(SLICE * SHORT // max(quarters, SHORT) // LANE, 1) * LANE


@dataclass(slots=True)
class _Runs:
    """Both runs of a slice of paths: their figures, and what went wrong.

    Attributes
    ----------
    figures : float64 array, shape (sides, quarters + 1, figures, paths)
    failed : bool array, shape (paths,)
    """

    figures: Values
    failed: NDArray[np.bool_]
    outside: NDArray[np.int64]
    worst_account: float = 0.0
    faults: tuple[Fault, ...] = ()

    def take(self, pair: Pair, first_path: int, at: int) -> None:
        """Put the paths of a pair of runs where they belong."""
        there = slice(at, at + len(pair.failed))
        for side, run in enumerate((pair.with_, pair.without)):
            publish(run.__getitem__, self.figures[side, :, :, there])
            self.outside[side] += outside(run, ~pair.failed)
        self.failed[there] = pair.failed
        self.worst_account = max(self.worst_account, pair.worst_account)
        runs = {"with": pair.with_, "without": pair.without}
        more = faults_of(runs, pair.failed, first_path + at)
        self.faults = first_faults((*self.faults, *more))

    def side(self, number: int) -> dict[str, Values]:
        """Figures of the paths that did not fail, by name."""
        block = self.figures[number]
        if self.failed.any():
            block = block[:, :, ~self.failed]
        return {name: block[:, place] for place, name in enumerate(names())}

    def tally(self, neutral: float) -> Tally:
        """What is counted of them."""
        a, b = self.side(0), self.side(1)
        phases = phases_of(Inputs(a, b, neutral))
        shares = np.stack([(phases == n).sum(axis=1) for n in range(len(PHASES))], axis=1)
        without = burst(b, neutral)
        both = without & (phases == PHASES.index("P4"))
        bursts = np.stack([without.sum(axis=1), both.sum(axis=1)], axis=1)
        return Tally(
            shares.astype(np.int64),
            bursts.astype(np.int64),
            count(a, neutral),
            count(b, neutral),
            self.outside,
            self.worst_account,
            self.faults,
        )


@dataclass(frozen=True, slots=True)
class _Job:
    """Runs and summarises some paths of an experiment; picklable."""

    experiment: Experiment
    paths: int

    def __call__(self, seed: int, first_path: int, paths: int, /) -> Part:
        quarters, end = self.experiment.quarters + 1, first_path + paths
        neutral = 100.0 * self.experiment.start["rstar"]
        sketches = {side: Sketch.empty(names(), quarters, self.paths) for side in SIDES}
        tally: Tally | None = None
        most = slice_of(quarters)
        with spare(len(SIDES) * quarters * len(PUBLISHED) * min(paths, most)) as room:
            for first in range(first_path, end, most):
                runs = self.runs(seed, first, min(most, end - first), room)
                for side, block in zip(SIDES, runs.figures, strict=True):
                    sketches[side].add(block, first, runs.failed)
                found = runs.tally(neutral)
                tally = found if tally is None else tally + found
        assert tally is not None
        return Part(sketches, tally)

    def runs(self, seed: int, first_path: int, paths: int, room: Values) -> _Runs:
        """Both runs of a slice; their figures lie in `room`."""
        shape = (len(SIDES), self.experiment.quarters + 1, len(PUBLISHED), paths)
        figures = room[: math.prod(shape)].reshape(shape)
        found = _Runs(figures, np.zeros(paths, np.bool_), np.zeros((2, 3), np.int64))
        watched = tuple(dict.fromkeys((*needed(), *watched_names())))
        for at in range(0, paths, AT_ONCE):
            some = min(AT_ONCE, paths - at)
            pair = self.experiment.paths(seed, first_path + at, some, watched)
            found.take(pair, first_path, at)
        np.subtract(figures[0], figures[1], out=figures[2])
        return found


@dataclass(frozen=True, slots=True)
class Fan:
    """Quantiles and mean of one figure by quarter.

    Attributes
    ----------
    quantiles : float64 array, shape (shares, quarters + 1)
        In the order of `SHARES`.
    mean : float64 array, shape (quarters + 1,)
    """

    quantiles: Values
    mean: Values


@dataclass(frozen=True, slots=True)
class Outside:
    """Paths of a run that leave the economy's domain in some quarter.

    Attributes
    ----------
    paths : int
        On which either happens.
    holdings : int
        Deposits, bills or reserves fall below nought.
    equity : int
        Levered investors owe more than they have.
    """

    paths: int
    holdings: int
    equity: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A simulation.

    Attributes
    ----------
    fans : mapping of figure to mapping of side (with, without, difference) to Fan
    units : mapping of figure to unit
    phases : float64 array, shape (quarters + 1, phases)
        Part of the paths in each phase.
    bursts : float64 array, shape (quarters + 1, 2)
        Part of the paths that meet the condition of P4 in the run without, and in both runs.
    window, window_without : Window
        Of the run with the programme, and of the one without.
    outside, outside_without : Outside
        Paths that leave the economy's domain, in either run. They are counted like all others: to
        leave them out would leave out crashes.
    worst_account : float
        Largest residual of any identity of any path that is counted, relative.
    failed, first_failed : int, tuple of int
        Paths that are not counted, and the lowest ids among them.
    faults : tuple of Fault
        What went wrong on the first few of them.
    """

    experiment: Experiment
    seed: int
    paths: int
    fans: Mapping[str, Mapping[str, Fan]]
    units: Mapping[str, str]
    phases: Values
    bursts: Values
    window: Window
    window_without: Window
    outside: Outside
    outside_without: Outside
    worst_account: float
    failed: int
    first_failed: tuple[int, ...]
    faults: tuple[Fault, ...]

    @property
    def quarters(self) -> int:
        """Length of the run."""
        return self.experiment.quarters

    @property
    def entered(self) -> tuple[tuple[int, str], ...]:
        """Quarter in which each phase first holds on more paths than any other, in order.

        The fourth, which needs no programme, only where it holds on more paths than without.
        """
        found: list[tuple[int, str]] = []
        seen = {PHASES[0]}
        for quarter, shares in enumerate(self.phases):
            name = PHASES[int(shares.argmax())]
            if name == "P4" and shares.max() - self.bursts[quarter, 0] < DOING:
                continue
            if name not in seen:
                seen.add(name)
                found.append((quarter, name))
        return tuple(found)


def simulate(
    experiment: Experiment,
    paths: int,
    *,
    seed: int,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
) -> Outcome:
    """Run a scenario and the same economy without it on many paths.

    Parameters
    ----------
    paths, seed : int
        The same seed gives the same bytes for any number of workers.
    workers : int, optional
        Threads of this machine.
    cluster : str, optional
        Address of a Dask scheduler.
    progress : callable, optional
        Told (paths done, paths).
    checkpoint : Checkpoint, optional
        See `debtcycle.machine.kept.checkpoint_of`: a run that was cut off goes on, to the same
        bytes.

    Raises
    ------
    ConfigError
        See `run_ensemble`.
    ModelError
        ``machine.none_solved`` if every path failed.
    """
    job = _Job(experiment, paths)
    part = run_ensemble(
        job, paths, seed=seed, workers=workers, cluster=cluster, progress=progress,
        checkpoint=checkpoint,
    )  # fmt: skip
    if part.sketches["with"].failed.count == paths:
        first = part.tally.faults[0]
        raise ModelError(
            "machine.none_solved", paths=paths, quarter=first.quarter, equation=first.text[:200]
        )
    tally = part.tally
    fans: dict[str, dict[str, Fan]] = {name: {} for name in names()}
    for side in SIDES:
        sketch = part.sketches[side]
        quantiles, means = sketch.quantile(SHARES), sketch.mean()
        for place, name in enumerate(names()):
            fans[name][side] = Fan(quantiles[:, :, place], means[:, place])
    failed = part.sketches["with"].failed
    return Outcome(
        experiment=experiment,
        seed=seed,
        paths=paths,
        fans=fans,
        units={item.name: item.unit for item in PUBLISHED},
        phases=tally.phases / np.maximum(tally.phases.sum(axis=1, keepdims=True), 1),
        bursts=tally.bursts / np.maximum(tally.phases.sum(axis=1, keepdims=True), 1),
        window=summarise(tally.window),
        window_without=summarise(tally.window_without),
        outside=Outside(*tally.outside[0].tolist()),
        outside_without=Outside(*tally.outside[1].tolist()),
        worst_account=tally.worst_account,
        failed=failed.count,
        first_failed=failed.first,
        faults=tally.faults,
    )
