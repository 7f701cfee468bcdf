"""Paired runs: the same economy, the same shocks, with a programme and without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.economy.facts import Facts, shipped_openings
from debtcycle.machine.economy.parameters import given, shock_sizes
from debtcycle.machine.economy.start import StartRow, start_row
from debtcycle.machine.economy.text import compiled_economy
from debtcycle.sfc import Schedule, Shock

__all__ = ["KEPT", "NOTHING", "Arm", "Laboratory", "Programme", "purchases", "steps"]

Values = NDArray[np.float64]

CHUNK = 500
LONGEST = 52
# What is kept of every run.
KEPT = (
    "uG", "uR", "uZ", "uI", "pG", "pR", "G_p", "R_p", "yN", "yI", "yK", "pi", "pe", "r", "y", "P",
    "premium_N", "premium_K", "premium_G", "multiple_G", "multiple_R", "total_G", "total_R",
    "total_I", "money", "monetised", "monetised_all", "x_G", "n", "NW", "lev",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Programme:
    """What is done in a run: changes of parameters by quarter."""

    name: str
    shocks: tuple[Shock, ...] = ()

    def __add__(self, other: Programme) -> Programme:
        return Programme(f"{self.name} and {other.name}", self.shocks + other.shocks)


NOTHING = Programme("nothing")


def steps(name: str, values: Mapping[int, float], parameter: str) -> Programme:
    """A parameter with a value from each of some quarters on."""
    return Programme(name, tuple(Shock(t, parameter, value) for t, value in values.items()))


def purchases(
    total: float,
    quarters: int = 8,
    *,
    of: str = "q_N",
    announced: bool = True,
    duration: float = 1.0,
) -> Programme:
    """Purchases of a total in percent of GDP, even over some quarters, announced at the start.

    Parameters
    ----------
    of : str
        Parameter that receives them: ``q_b``, ``q_N``, ``q_I`` or ``q_K``.
    duration : float
        Long bonds to which one unit of the asset is equal; nought for bills.
    """
    ahead = total * duration if announced else 0.0
    return _bought({of: total}, quarters, ahead)


def mixed(parts: Mapping[str, tuple[float, float]], quarters: int = 8) -> Programme:
    """Purchases of several assets at once: of each its total and its duration in long bonds."""
    totals = {of: total for of, (total, _) in parts.items()}
    return _bought(totals, quarters, sum(total * length for total, length in parts.values()))


def _bought(totals: Mapping[str, float], quarters: int, ahead: float) -> Programme:
    """Even purchases, of which so much duration is announced at the start."""
    shocks = []
    for of, total in totals.items():
        shocks += [Shock(1, of, total / quarters), Shock(quarters + 1, of, 0.0)]
    if ahead > 0.0:
        left = {t: ahead * (1 - (t - 1) / quarters) for t in range(1, quarters + 2)}
        shocks += [Shock(t, "announced", value) for t, value in left.items()]
    name = ", ".join(f"{of} {total:g}" for of, total in totals.items())
    return Programme(f"{name} in {quarters}", tuple(shocks))


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a paired run: values by name, each of shape (quarters + 1, paths).

    Attributes
    ----------
    failed : int
        Paths that did not solve: not a number in all quarters, left out of means.
    worst_account : float
        Largest residual of any identity of the accounts.
    """

    values: Mapping[str, Values]
    failed: int
    worst_account: float

    def __getitem__(self, name: str) -> Values:
        return self.values[name]


@dataclass(slots=True)
class Laboratory:
    """Runs arms and remembers them.

    Parameters
    ----------
    paths : int
    seed : int
        Of the shocks, which all arms share.
    parameters : mapping, optional
        Values other than those of ``parameters.toml``.
    scale : float
        Of the shocks; nought runs one path without any.
    """

    paths: int = 3000
    seed: int = 1
    parameters: Mapping[str, float] | None = None
    scale: float = 1.0
    openings: Mapping[str, Facts] = field(default_factory=shipped_openings)
    _arms: dict[tuple[str, Programme, int], Arm] = field(default_factory=dict)
    _normals: list[Values] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Paths that did not solve in any arm so far."""
        return sum(arm.failed for arm in self._arms.values())

    @property
    def worst_account(self) -> float:
        """Largest residual of any identity in any arm so far."""
        return max((arm.worst_account for arm in self._arms.values()), default=0.0)

    def value(self, name: str) -> float:
        """A parameter, as given here or as shipped."""
        return (self.parameters or {}).get(name, given()[name].value)

    def shocks(self, quarters: int, first: int, last: int) -> list[Schedule]:
        """The shocks of some paths."""
        if not self._normals:
            rng = np.random.default_rng(self.seed)
            self._normals.append(rng.normal(size=(LONGEST, len(shock_sizes()), self.paths)))
        sizes = {**shock_sizes()}
        for name in sizes:
            sizes[name] *= self.scale * (self.parameters or {}).get(f"sd_{name}", 1.0)
        normals = self._normals[0]
        return [
            Schedule(name, size * normals[:quarters, place, first:last])
            for place, (name, size) in enumerate(sizes.items())
        ]

    def start(self, opening: str) -> StartRow:
        """Start row of an opening."""
        plain = {k: v for k, v in (self.parameters or {}).items() if not k.startswith("sd_")}
        return start_row(self.openings[opening], parameters=plain)

    def arm(self, opening: str, programme: Programme = NOTHING, quarters: int = 24) -> Arm:
        """An arm from an opening, run now or remembered."""
        key = (opening, programme, quarters)
        if key not in self._arms:
            self._arms[key] = self._run(opening, programme, quarters)
        return self._arms[key]

    def _run(self, opening: str, programme: Programme, quarters: int) -> Arm:
        start = self.start(opening).values
        found: dict[str, list[Values]] = {name: [] for name in KEPT}
        failed, worst = 0, 0.0
        for first in range(0, self.paths, CHUNK):
            last = min(first + CHUNK, self.paths)
            run = compiled_economy().run(
                quarters,
                start=start,
                paths=last - first,
                shocks=[*self.shocks(quarters, first, last), *programme.shocks],
                on_failure="keep",
            )
            failed += len(run.failures)
            worst = max(worst, run.worst_account)
            alive = np.ones(last - first, dtype=bool)
            alive[[failure.path for failure in run.failures]] = False
            for name, parts in found.items():
                parts.append(np.where(alive, run[name], np.nan))
        joined = {name: np.concatenate(parts, axis=1) for name, parts in found.items()}
        return Arm(joined, failed, worst)

    def difference(
        self, opening: str, programme: Programme, name: str, quarters: int = 24
    ) -> Values:
        """With less without, path by path, shape (quarters + 1, paths)."""
        with_it = self.arm(opening, programme, quarters)
        without = self.arm(opening, NOTHING, quarters)
        return np.asarray(with_it[name] - without[name])
