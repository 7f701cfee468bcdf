"""What a scenario says, as read: what is done in which quarter of which run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Bound", "Plan", "Scenario"]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a parameter may be.

    Attributes
    ----------
    low, high : float or None
    unit : str
        See `debtcycle.machine.economy.parameters.Given`.
    whole : bool
        Whether it is a switch, 0 or 1.
    """

    low: float | None
    high: float | None
    unit: str = "1"
    whole: bool = False

    def allows(self, value: float) -> bool:
        """Whether a value may be set."""
        if self.whole:
            return value in (0.0, 1.0)
        return self.low is None or self.high is None or self.low <= value <= self.high

    def was_percent(self, value: float) -> bool:
        """Whether a refused value looks like a percentage where a fraction is meant."""
        return not self.whole and self.unit in ("1", "1/year") and self.allows(value / 100.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done in one of the two runs.

    Attributes
    ----------
    steps : tuple of (quarter, name, value)
        Value of a parameter in one quarter; outside its quarters it is what it was.
    """

    steps: tuple[tuple[int, str, float], ...] = ()

    def series(self, quarters: int, defaults: Mapping[str, float]) -> dict[str, list[float]]:
        """Values by quarter of every parameter that is set; outside its quarters its default."""
        found: dict[str, list[float]] = {}
        for quarter, name, value in self.steps:
            if quarter <= quarters:
                found.setdefault(name, [defaults[name]] * quarters)[quarter - 1] = value
        return found


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as read.

    Attributes
    ----------
    as_of : date
        Date of the opening state unless another is asked for.
    quarters : int
        Length of the run.
    with_, without : Plan
        What is done in the run and in the one it is compared with.
    parameters : mapping
        Parameters of the economy that differ, in both runs.
    allow_explosive : bool
        Whether an opening whose bubble number is 1 or above is run all the same.
    written_for : date, optional
        Date that the file says, where another one was asked for.
    title, text : mapping of language to str
        What it is called and what it shows.
    """

    name: str
    as_of: dt.date
    quarters: int
    with_: Plan
    without: Plan
    parameters: Mapping[str, float] = field(default_factory=dict)
    allow_explosive: bool = False
    title: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    written_for: dt.date | None = None
