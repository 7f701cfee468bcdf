"""The credit-to-GDP gap of the Bank for International Settlements.

Quasi-real-time: the trend looks at nothing later than its date, but credit and GDP are those of
the latest vintage, not those that were published then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debtcycle.crises._check import Floats, figures, frozen
from debtcycle.crises._summary import frame, lines
from debtcycle.crises.hp import BIS_SMOOTHING, one_sided_trend
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEAST_QUARTERS", "CreditGap", "credit_gap", "quarters_of"]

LEAST_QUARTERS = 40
Days = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class CreditGap:
    """Credit-to-GDP ratio, trend and gap of one economy.

    Attributes
    ----------
    name : str
    quarters : datetime64[D] array, shape (n,)
        First day of each quarter.
    ratio_pct : float64 array, shape (n,)
        Credit to the private non-financial sector, percent of GDP.
    trend_pct, gap_pp : float64 arrays, shape (n,)
        NaN in the first `least_quarters` quarters, which are not published.
    smoothing : float
    least_quarters : int
    """

    name: str
    quarters: Days
    ratio_pct: Floats
    trend_pct: Floats
    gap_pp: Floats
    smoothing: float
    least_quarters: int

    mode = "quasi-real-time"

    @property
    def latest_pp(self) -> float | None:
        """The last gap, in percentage points; None where there is none yet."""
        last = float(self.gap_pp[-1])
        return None if np.isnan(last) else last

    def to_pandas(self) -> pd.DataFrame:
        """Ratio, trend and gap by quarter; ConfigError ``pandas.missing`` without pandas."""
        columns = {name: getattr(self, name) for name in ("ratio_pct", "trend_pct", "gap_pp")}
        return frame(columns, self.quarters.astype("M8[s]"), "quarter")

    def summary(self) -> str:
        """The last figures under their names."""
        names = ("mode", "smoothing", "least_quarters")
        return lines(
            f"CreditGap {self.name}",
            [
                ("observations", len(self.quarters)),
                ("first", self.quarters[0]),
                ("last", self.quarters[-1]),
                ("ratio_pct", float(self.ratio_pct[-1])),
                ("trend_pct", float(self.trend_pct[-1])),
                ("gap_pp", float(self.gap_pp[-1])),
                *((name, getattr(self, name)) for name in names),
            ],
        )


def _quarter(number: int) -> str:
    """A quarter counted from 1970 as it is written: ``1991-Q2``."""
    return f"{1970 + number // 4}-Q{number % 4 + 1}"


def quarters_of(days: ArrayLike, name: str, rows: Sequence[int] | None = None) -> Days:
    """First days of consecutive quarters.

    Raises
    ------
    ConfigError
        ``crises.quarter`` with the first row that does not follow the one before.
    """
    found = np.asarray(days, dtype="datetime64[D]")
    number = found.astype("datetime64[M]").astype(np.int64) // 3
    if (odd := np.flatnonzero(np.diff(number) != 1)).size:
        at = int(odd[0]) + 1
        row = at + 1 if rows is None else rows[at]
        raise ConfigError("crises.quarter", row=row, column=name, value=_quarter(int(number[at])))
    return (number * 3).astype("datetime64[M]").astype("datetime64[D]")


def credit_gap(
    ratio_pct: ArrayLike,
    quarters: ArrayLike,
    *,
    name: str = "credit",
    smoothing: float = BIS_SMOOTHING,
    least_quarters: int = LEAST_QUARTERS,
    rows: Sequence[int] | None = None,
) -> CreditGap:
    r"""Ratio minus its one-sided trend, in percentage points.

    :math:`g_t = y_t - \tau_{t|t}`, with :math:`\tau` of `one_sided_trend`.

    Parameters
    ----------
    ratio_pct : array_like, shape (n,)
        Credit to GDP in percent, unrounded (the BIS publishes it beside the gap), n of at
        least 2.
    quarters : array_like of dates, shape (n,)
        A day in each quarter, without gaps.
    name : str
        Of the economy or column.
    smoothing : float, default 400,000
    least_quarters : int, default 40
        Quarters before the first gap that is shown: the BIS shows none for ten years.
    rows : sequence of int, optional
        Rows of the file, for errors.

    Raises
    ------
    ConfigError
        ``crises.cell``, ``crises.short``, ``crises.quarter``, ``crises.option``.

    Notes
    -----
    Checked against the file of the BIS for all of its economies: the trend starts with the
    first ratio of the file, and the published gap is rounded to four decimals.
    """
    ratio = figures(ratio_pct, name, least=2, rows=rows)
    days = quarters_of(quarters, name, rows)
    if len(days) != len(ratio):
        raise ConfigError("crises.panel", column=name, found=days.shape, wanted=ratio.shape)
    if least_quarters < 0:
        raise ConfigError("crises.option", name="least_quarters", value=least_quarters)
    trend = one_sided_trend(ratio, smoothing, name=name).copy()
    trend[:least_quarters] = np.nan
    return CreditGap(
        name, days, frozen(ratio.copy()), frozen(trend), frozen(ratio - trend),
        float(smoothing), least_quarters,
    )  # fmt: skip
