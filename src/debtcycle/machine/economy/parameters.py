"""Parameters of the economy: values with units, ranges, meaning and source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["QUARTER", "Given", "at_step", "given", "shock_sizes"]

QUARTER = 0.25
BY_QUARTER = ("policy_by_quarter", "shocks")


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter as declared.

    Attributes
    ----------
    group : str
        Block it belongs to; those of ``policy_by_quarter`` and ``shocks`` change by quarter.
    value : float
    unit : str
        ``1``, ``year``, ``1/year``, ``pct_gdp`` or a quotient of these.
    low, high : float or None
        Range within which it may be searched or set; None for what no scenario sets.
    step : str
        How a quarter's value is turned into another step's: ``speed``, ``persistence``, ``none``.
    sd : float
        Standard deviation of a shock in a quarter.
    whole : bool
        Whether it is a switch, 0 or 1.
    """

    name: str
    group: str
    value: float
    unit: str
    low: float | None
    high: float | None
    step: str
    sd: float
    meaning: str
    source: str
    whole: bool = False

    def at(self, step: float) -> float:
        """Value for a step of another length, in years."""
        ratio = step / QUARTER
        if self.name == "h":
            return step
        if self.step == "speed":
            return float(1.0 - (1.0 - self.value) ** ratio)
        return float(self.value**ratio) if self.step == "persistence" else self.value


@cache
def given() -> dict[str, Given]:
    """All parameters by name, in the order of the file."""
    text = files("debtcycle.machine").joinpath("parameters.toml").read_text(encoding="utf-8")
    found: dict[str, Given] = {}
    for group, entries in tomllib.loads(text).items():
        for name, entry in entries.items():
            found[name] = Given(
                name,
                group,
                float(entry["value"]),
                entry["unit"],
                entry.get("low"),
                entry.get("high"),
                entry.get("step", "none"),
                float(entry.get("sd", 0.0)),
                entry["meaning"],
                entry.get("source", ""),
                bool(entry.get("whole", False)),
            )
    return found


def at_step(step: float) -> Mapping[str, float]:
    """Values of the parameters for a step of `step` years."""
    return {name: entry.at(step) for name, entry in given().items()}


def shock_sizes() -> Mapping[str, float]:
    """Standard deviation of each shock in a quarter."""
    return {name: entry.sd for name, entry in given().items() if entry.group == "shocks"}
