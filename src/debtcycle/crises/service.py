"""The debt-service ratio, and its distance from what is usual for the country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from debtcycle.crises._check import Floats, frozen, positive
from debtcycle.crises._summary import frame, lines
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FIRMS_YEARS",
    "HOUSEHOLDS_YEARS",
    "DebtService",
    "annuity_rate",
    "debt_service",
    "minus_mean_known",
]

HOUSEHOLDS_YEARS = 18.0
FIRMS_YEARS = 13.0


def annuity_rate(rate_pct: ArrayLike, years: float, *, rows: Sequence[int] | None = None) -> Floats:
    r"""Yearly payment for a debt of one: :math:`i / (1 - (1 + i)^{-s})`.

    Parameters
    ----------
    rate_pct : array_like
        Interest in percent a year; NaN stays NaN. At nought the payment is :math:`1/s`.
    years : float
        Years s over which the debt is repaid in equal instalments.
    rows : sequence of int, optional
        Rows of the file, for errors.

    Raises
    ------
    ConfigError
        ``crises.rate`` for a rate of -100 % or less; ``crises.option`` for the years.
    """
    term = positive(years, "years")
    rate = np.asarray(rate_pct, dtype=np.float64) / 100.0
    if (rate <= -1.0).any():
        at = int(np.flatnonzero(rate.ravel() <= -1.0)[0])
        row = at + 1 if rows is None else rows[at]
        raise ConfigError("crises.rate", row=row, value=float(rate.ravel()[at] * 100.0))
    shrink = -np.expm1(-term * np.log1p(rate))
    flat = rate == 0.0
    return np.where(flat, 1.0 / term, rate / np.where(flat, 1.0, shrink))


@dataclass(frozen=True, slots=True)
class DebtService:
    """Debt service in percent of income, and less the mean known at each date.

    Attributes
    ----------
    ratio_pct, gap_pp : float64 arrays
        The ratio, and the ratio minus the mean of the country's ratios up to that date.
    years : float
        Years of repayment s.
    least : int
        Figures that a mean needs.
    """

    ratio_pct: Floats
    gap_pp: Floats
    years: float
    least: int

    mode = "quasi-real-time"

    def to_pandas(self) -> pd.DataFrame:
        """Ratio and gap of one country; ConfigError ``pandas.missing`` without pandas."""
        if self.ratio_pct.ndim != 1:
            raise ConfigError("crises.shape", column="ratio_pct", dimensions=2, wanted=1)
        return frame({"ratio_pct": self.ratio_pct, "gap_pp": self.gap_pp})

    def summary(self) -> str:
        """The last figures under their names."""
        return lines(
            "DebtService",
            [
                ("observations", int(np.isfinite(self.ratio_pct).sum())),
                ("ratio_pct", float(self.ratio_pct.ravel()[-1])),
                ("gap_pp", float(self.gap_pp.ravel()[-1])),
                ("years", self.years),
                ("mode", self.mode),
            ],
        )


def minus_mean_known(values: ArrayLike, least: int) -> Floats:
    """Each figure minus the mean of the figures of its row up to and including it.

    Parameters
    ----------
    values : array_like, shape (n,) or (countries, years)
        NaN is "no figure" and counts for nothing.
    least : int
        Figures that a mean needs; NaN before.

    Notes
    -----
    Sums run in the order of time, so that a longer series leaves earlier values identical.
    """
    found = np.asarray(values, dtype=np.float64)
    there = np.isfinite(found)
    count = np.cumsum(there, axis=-1)
    total = np.cumsum(np.where(there, found, 0.0), axis=-1)
    known = there & (count >= max(least, 1))
    mean = total / np.maximum(count, 1)
    return np.where(known, found - mean, np.nan)


def debt_service(
    debt_to_income: ArrayLike,
    rate_pct: ArrayLike,
    years: float,
    *,
    least: int = 10,
    rows: Sequence[int] | None = None,
) -> DebtService:
    r"""Debt service :math:`100 \frac{D}{Y} \frac{i}{1 - (1 + i)^{-s}}` in percent of income.

    Parameters
    ----------
    debt_to_income : array_like, shape (n,) or (countries, years)
        Stock of debt over a year's income, as a ratio (1.0 is a year's income).
    rate_pct : array_like, same shape
        Average interest on the stock, percent a year.
    years : float
        `HOUSEHOLDS_YEARS` (18) or `FIRMS_YEARS` (13).
    least : int, default 10
        Figures that the country's mean needs.
    rows : sequence of int, optional
        Rows of the file, for errors.

    Raises
    ------
    ConfigError
        ``crises.panel`` where shapes differ; ``crises.debt`` for a debt below nought;
        ``crises.rate``, ``crises.option``.

    Notes
    -----
    Levels cannot be compared between countries: maturities and what counts as income differ.
    The mean that is removed is the one known at the date, never that of the whole sample.

    References
    ----------
    Drehmann and Juselius (2012), BIS Quarterly Review, September; Drehmann, Illes, Juselius and
    Santos (2015), BIS Quarterly Review, March.
    """
    stock = np.asarray(debt_to_income, dtype=np.float64)
    rate = np.asarray(rate_pct, dtype=np.float64)
    if stock.shape != rate.shape:
        raise ConfigError("crises.panel", column="rate_pct", found=rate.shape, wanted=stock.shape)
    if (stock < 0.0).any():
        at = int(np.flatnonzero(stock.ravel() < 0.0)[0])
        row = at + 1 if rows is None else rows[at]
        raise ConfigError("crises.debt", row=row, value=float(stock.ravel()[at]))
    ratio = 100.0 * stock * annuity_rate(rate, years, rows=rows)
    return DebtService(frozen(ratio), frozen(minus_mean_known(ratio, least)), float(years), least)
