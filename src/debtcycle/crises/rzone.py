"""The R-zone of Greenwood, Hanson, Shleifer and Sorensen (2022): debt and prices both up a lot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debtcycle.crises._check import Floats, frozen, panel
from debtcycle.crises._summary import frame, lines
from debtcycle.crises.labels import ahead, lagged
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DEBT_QUANTILE",
    "LEAST_KNOWN",
    "PRICE_QUANTILE",
    "WINDOW_YEARS",
    "Cell",
    "Cutoffs",
    "RZone",
    "cells",
    "change_over",
    "cutoffs_known",
    "growth_over",
    "rzone",
]

WINDOW_YEARS = 3
DEBT_QUANTILE = 0.80
PRICE_QUANTILE = 2.0 / 3.0
LEAST_KNOWN = 100


def change_over(values: ArrayLike, years: int = WINDOW_YEARS) -> Floats:
    """Change over so many years, in the unit of the values; shape (countries, years)."""
    table = panel(values, "values")
    return table - lagged(table, years)


def growth_over(yearly: ArrayLike, years: int = WINDOW_YEARS) -> Floats:
    """Sum of the last so many yearly changes of a logarithm; NaN if one of them is missing."""
    table = panel(yearly, "yearly")
    found: Floats = np.sum(np.stack([lagged(table, back) for back in range(years)]), axis=0)
    return found


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """What counts as a lot, by year.

    Attributes
    ----------
    times : int64 array, shape (years,)
    debt_pp : float64 array, shape (years,)
        80th percentile of the three-year change of debt, percentage points of GDP.
    price_log : float64 array, shape (years,)
        66.7th percentile of the three-year change of the logarithm of the real price.
    known : int64 array, shape (years,)
        Country-years behind them.
    """

    times: NDArray[np.int64]
    debt_pp: Floats
    price_log: Floats
    known: NDArray[np.int64]


def _both(debt_pp: ArrayLike, price_log: ArrayLike) -> tuple[Floats, Floats]:
    debt = panel(debt_pp, "debt_pp")
    price = panel(price_log, "price_log", debt.shape)
    missing = np.isnan(debt) | np.isnan(price)
    return np.where(missing, np.nan, debt), np.where(missing, np.nan, price)


def cutoffs_known(
    debt_pp: ArrayLike,
    price_log: ArrayLike,
    times: NDArray[np.int64],
    *,
    in_sample: bool = False,
    least: int = LEAST_KNOWN,
) -> Cutoffs:
    """Cut-offs from all countries' figures up to each year, or from the whole sample.

    Parameters
    ----------
    debt_pp, price_log : array_like, shape (countries, years)
        Three-year changes; a country-year counts where both are known.
    times : int array, shape (years,)
    in_sample : bool, default False
        The published way: every year is measured against the whole sample, later years included.
        It cannot be done at the time.
    least : int, default 100
        Country-years that a cut-off needs; NaN before.
    """
    debt, price = _both(debt_pp, price_log)
    count = len(times)
    lines_debt, lines_price = np.full(count, np.nan), np.full(count, np.nan)
    known = np.zeros(count, dtype=np.int64)
    for at in range(count):
        end = count if in_sample else at + 1
        pool = debt[:, :end], price[:, :end]
        there = np.isfinite(pool[0])
        known[at] = there.sum()
        if known[at] >= max(least, 1):
            lines_debt[at] = np.quantile(pool[0][there], DEBT_QUANTILE)
            lines_price[at] = np.quantile(pool[1][there], PRICE_QUANTILE)
    return Cutoffs(
        np.asarray(times, dtype=np.int64), frozen(lines_debt), frozen(lines_price), known
    )


@dataclass(frozen=True, slots=True)
class RZone:
    """Which country-years were in the zone.

    Attributes
    ----------
    sector : str
        ``"business"`` (with equity prices) or ``"household"`` (with house prices).
    debt_pp, price_log : float64 arrays, shape (countries, years)
    inside : float64 array, shape (countries, years)
        1 in the zone, 0 outside, NaN where debt, price or cut-off is not known.
    cutoffs : Cutoffs
    in_sample : bool
    """

    sector: str
    debt_pp: Floats
    price_log: Floats
    inside: Floats
    cutoffs: Cutoffs
    in_sample: bool

    def to_pandas(self) -> pd.DataFrame:
        """A row a country-year; ConfigError ``pandas.missing`` without pandas."""
        countries, years = self.inside.shape
        columns = {
            "country": np.repeat(np.arange(countries), years),
            "year": np.tile(self.cutoffs.times, countries),
            **{name: getattr(self, name).ravel() for name in ("debt_pp", "price_log", "inside")},
        }
        return frame(columns)

    def summary(self) -> str:
        """Counts and the last cut-offs under their names."""
        return lines(
            f"RZone {self.sector}",
            [
                ("in_sample", self.in_sample),
                ("observations", int(np.isfinite(self.inside).sum())),
                ("inside", int((self.inside > 0).sum())),
                ("debt_pp", float(self.cutoffs.debt_pp[-1])),
                ("price_log", float(self.cutoffs.price_log[-1])),
            ],
        )


def rzone(
    sector: str,
    debt_pp: ArrayLike,
    price_log: ArrayLike,
    times: NDArray[np.int64],
    *,
    in_sample: bool = False,
    least: int = LEAST_KNOWN,
) -> RZone:
    """The zone: debt growth above its 80th and price growth above its 66.7th percentile.

    Parameters
    ----------
    sector : {"business", "household"}
    debt_pp, price_log, times, in_sample, least
        See `cutoffs_known`.

    Raises
    ------
    ConfigError
        ``crises.option`` for the sector; ``crises.panel``.

    References
    ----------
    Greenwood, Hanson, Shleifer and Sorensen (2022), Predictable Financial Crises, Journal of
    Finance 77(2), 863-921.
    """
    if sector not in {"business", "household"}:
        raise ConfigError("crises.option", name="sector", value=sector)
    debt, price = _both(debt_pp, price_log)
    limits = cutoffs_known(debt, price, times, in_sample=in_sample, least=least)
    unknown = np.isnan(debt) | np.isnan(limits.debt_pp)[None, :]
    zone = (debt > limits.debt_pp) & (price > limits.price_log)
    return RZone(
        sector, frozen(debt), frozen(price), frozen(np.where(unknown, np.nan, zone)), limits,
        in_sample,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the published table: price tercile and debt quintile, 1 low."""

    price_tercile: int
    debt_quintile: int
    observations: int
    share_pct: float
    crisis_pct: tuple[float, ...]


def cells(
    zone: RZone, crisis: ArrayLike, horizons: tuple[int, ...] = (1, 2, 3, 4)
) -> tuple[Cell, ...]:
    """Crisis frequencies by tercile of price growth and quintile of debt growth, whole sample.

    As published: cut-offs of the whole sample, nothing dropped after a crisis. Shares are of all
    country-years with both growth rates; frequencies of those whose years ahead are over.
    """
    begins = panel(crisis, "crisis", zone.debt_pp.shape)
    there = np.isfinite(zone.debt_pp)
    debt, price = zone.debt_pp[there], zone.price_log[there]
    fifth = 1 + np.searchsorted(np.quantile(debt, np.arange(1, 5) / 5), zone.debt_pp, side="left")
    third = 1 + np.searchsorted(
        np.quantile(price, np.arange(1, 3) / 3), zone.price_log, side="left"
    )
    marks = [ahead(begins, horizon) for horizon in horizons]
    found = []
    for tercile in (1, 2, 3):
        for quintile in (1, 2, 3, 4, 5):
            cell = there & (third == tercile) & (fifth == quintile)
            known = [mark[cell & np.isfinite(mark)] for mark in marks]
            rates = tuple(100.0 * float(k.mean()) if len(k) else float("nan") for k in known)
            share = 100.0 * float(cell.sum() / there.sum())
            found.append(Cell(tercile, quintile, int(cell.sum()), share, rates))
    return tuple(found)
