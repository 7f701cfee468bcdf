"""What an opening state consists of: facts with their birth certificates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ConfigError
from debtcycle.views import Series

__all__ = [
    "INSTRUMENTS",
    "OF_THE_DAY",
    "SECTORS",
    "Fact",
    "History",
    "Kind",
    "Lack",
    "Ledger",
    "Opening",
    "Origin",
    "holding_name",
    "origin",
]

# Households; pensions and insurers; foreigners; levered investors; banks and money funds.
SECTORS = ("H", "P", "X", "L", "B")
# Money, bills, nominal and indexed Treasury bonds, corporate credit, growth and real-asset equity,
# gold.
INSTRUMENTS = ("M", "b", "N", "I", "K", "G", "R", "Z")

# What moves from day to day, so that a mean of a month before the day may be far from the truth.
OF_THE_DAY = frozenset({
    "policy_rate_pct", "bill_yield_pct", "nominal_yield_10y_pct", "real_yield_10y_pct",
    "corporate_yield_pct", "corporate_spread_pp", "cape_ratio", "earnings_yield_pct",
    "volatility_pct",
})  # fmt: skip

Parameter = tuple[str, str | float]


class Kind(StrEnum):
    """How a fact is known.

    ``observed``: the publisher's figure, at most brought to percent of GDP. ``substitute``: another
    series stands in for the one that is meant. ``derived``: computed from observed figures by a
    documented formula. ``assumed``: a documented assumption enters that the data do not settle;
    the fact then has a range.
    """

    OBSERVED = "observed"
    SUBSTITUTE = "substitute"
    DERIVED = "derived"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Origin:
    """One figure behind a fact.

    Attributes
    ----------
    source : str
        Id of a series of the catalogue, or of a table of ``assumptions.toml``
        (``debt``, ``central_bank``, ``maturity``, ``agency``).
    period : date
    known_from : date
    value : float
    unit : str
    basis : {"vintage", "unrevised", "lagged", "published"}
        Whether the figure is as it stood on the date; ``published`` for a row of a table.
    """

    source: str
    period: date
    known_from: date
    value: float
    unit: str
    basis: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of the opening state.

    Attributes
    ----------
    name : str
        Permanent; ends with the unit.
    value : float
    unit : str
        ``percent`` (a year, for rates), ``pp``, ``percent_of_gdp``, ``ratio``, ``log_per_year``,
        ``years``, ``usd_bn``.
    kind : Kind
    message_id : str
        How it was found, or why it is assumed; the text is in the message catalogues.
    parameters : tuple of (str, str or float)
        For the placeholders of that text.
    origins : tuple of Origin
        The latest figures used, with the date from which each was known.
    low, high : float or None
        Range within which the value could as well lie; None where the figure is simply observed.
    """

    name: str
    value: float
    unit: str
    kind: Kind
    message_id: str
    parameters: tuple[Parameter, ...] = ()
    origins: tuple[Origin, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Values of a state in the quarters up to the opening, the last one being today's.

    Attributes
    ----------
    name : str
        Name of the fact whose past this is.
    values : tuple of float
        Oldest first, one a quarter.
    """

    name: str
    values: tuple[float, ...]


class Lack(Exception):  # caught where the opening is put together
    """A fact cannot be found: none of these series has what it takes."""

    def __init__(self, *series: str) -> None:
        self.series = series
        super().__init__(", ".join(series))


class Ledger(dict[str, Fact]):
    """Facts found so far, by name and in order; asking for one that is lacking is a `Lack`."""

    def __init__(self) -> None:
        super().__init__()
        self.histories: list[History] = []

    def __missing__(self, name: str) -> Fact:
        raise Lack

    def take(self, *facts: Fact) -> None:
        """Add facts."""
        for fact in facts:
            self[fact.name] = replace(fact, origins=tuple(dict.fromkeys(fact.origins)))


def holding_name(sector: str, instrument: str) -> str:
    """Name of the fact that says what a sector holds of an instrument."""
    return f"holding_{sector}_{instrument}_pct_gdp"


@dataclass(frozen=True, slots=True)
class Opening:
    """The observed opening facts of the economy at a date.

    Attributes
    ----------
    as_of : date
    facts : tuple of Fact
        In a fixed order, the same on every date.
    histories : tuple of History
        Extrapolation states of the last quarters: today's holdings reflect yesterday's states.
    """

    as_of: date
    facts: tuple[Fact, ...]
    histories: tuple[History, ...]

    @property
    def of_earlier_months(self) -> tuple[Fact, ...]:
        """Prices and yields of the day in whose place stands the mean of an earlier month."""
        first = self.as_of.replace(day=1)
        return tuple(
            fact
            for fact in self.facts
            if fact.name in OF_THE_DAY
            and fact.origins
            and max(origin.period for origin in fact.origins) < first
            and all(origin.period.day == 1 for origin in fact.origins)
        )

    def fact(self, name: str) -> Fact:
        """A fact by name.

        Raises
        ------
        ConfigError
            ``opening.unknown``.
        """
        found = next((fact for fact in self.facts if fact.name == name), None)
        if found is None:
            raise ConfigError("opening.unknown", name=name)
        return found

    def value(self, name: str) -> float:
        """Value of a fact, in the unit that its name says.

        Raises
        ------
        ConfigError
            ``opening.unknown``.
        """
        return self.fact(name).value

    def history(self, name: str) -> tuple[float, ...]:
        """Past of an extrapolation state, oldest first.

        Raises
        ------
        ConfigError
            ``opening.unknown``.
        """
        found = next((past for past in self.histories if past.name == name), None)
        if found is None:
            raise ConfigError("opening.unknown", name=name)
        return found.values

    def holdings(self) -> NDArray[np.float64]:
        """Holdings by sector and instrument, % of GDP.

        Returns
        -------
        float64 array, shape (5, 8)
            Rows in the order of `SECTORS`, columns in that of `INSTRUMENTS`.
        """
        by_name = {fact.name: fact.value for fact in self.facts}
        return np.array([[by_name[holding_name(s, i)] for i in INSTRUMENTS] for s in SECTORS])


def origin(series: Series, index: int = -1) -> Origin:
    """Birth certificate of one value of a series."""
    seen = series.observation(index)
    return Origin(
        seen.series, seen.period, seen.known_from, seen.value, seen.unit, seen.basis.name.lower()
    )
