"""Prices that several indicators need: CAPE of the day, ratios of series, real total return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.model import Frequency
from debtcycle.views import Series, View

__all__ = ["RealIndex", "cape_today", "equity_pairs", "ratio_of"]

_RANK = {
    Frequency.EVENT: 0,
    Frequency.DAILY: 0,
    Frequency.WEEKLY: 1,
    Frequency.MONTHLY: 2,
    Frequency.QUARTERLY: 3,
    Frequency.ANNUAL: 4,
}


def cape_today(view: View) -> tuple[float | None, Series, Series]:
    """CAPE of the day: last month's CAPE times the close over that month's average price.

    Returns
    -------
    float or None, Series, Series
        The ratio (None if the monthly series is stale), the monthly series, and the prices.
    """
    monthly = view.series("SHILLER_CAPE")
    close = view.resolve("SPX")
    if not monthly.fresh:
        return None, monthly, close
    latest = float(monthly.values[-1])
    price = view.series("SHILLER_PRICE").at(monthly.periods[-1])
    if price is None or not close.fresh or close.periods[-1] < monthly.periods[-1]:
        return latest, monthly, close
    return latest * float(close.values[-1]) / price, monthly, close


def ratio_of(
    upper: Series, lower: Series, *, carry: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.datetime64]]:
    """Ratio of two series at the periods of the upper one.

    The lower value is that of the same period or, where the frequencies differ or `carry` is
    set, of the last period written on or before it. Both were known at the date of the view;
    the ratio is a property of its period, not of the day on which it became known.
    """
    if not len(upper) or not len(lower):
        return np.empty(0), np.empty(0, dtype="M8[D]")
    position = np.searchsorted(lower.periods, upper.periods, side="right") - 1
    have = position >= 0
    coarser = _RANK[lower.info.frequency] > _RANK[upper.info.frequency]
    if not carry and not coarser:
        have &= lower.periods[np.maximum(position, 0)] == upper.periods
    return upper.values[have] / lower.values[position[have]], upper.periods[have]


@dataclass(frozen=True, slots=True)
class RealIndex:
    """Real total-return index of the S&P 500, monthly, from prices, dividends and the CPI.

    Attributes
    ----------
    real_index : float64 array, shape (n,)
    periods : datetime64[D] array, shape (n,)
        Contiguous months.
    cpi : Series
    """

    real_index: NDArray[np.float64]
    periods: NDArray[np.datetime64]
    price: NDArray[np.float64]
    prices_cpi: NDArray[np.float64]
    cpi: Series

    def today(self, view: View, close: Series) -> float | None:
        """The index moved from its last month to the close of the day, at the last known CPI."""
        if not close.fresh or (view.day - self.periods[-1]).astype(int) > 200:
            return None
        deflator = float(self.prices_cpi[-1]) / float(self.cpi.values[-1])
        return float(self.real_index[-1] * close.values[-1] / self.price[-1] * deflator)


def equity_pairs(view: View) -> RealIndex | None:
    """Real total-return index from Shiller's prices and dividends.

    ``R_t = R_{t-1} (P_t + D_t / 12) / P_{t-1} / (CPI_t / CPI_{t-1})``, dividends of a year over
    twelve months; the last dividend known is carried while newer ones are unpublished.
    """
    price, dividend = view.series("SHILLER_PRICE"), view.series("SHILLER_DIVIDEND")
    cpi = view.series("SHILLER_CPI")
    modern = view.series("CPIAUCSL")
    if not (len(price) and len(dividend) and (len(cpi) or len(modern))):
        return None
    position = np.searchsorted(dividend.periods, price.periods, side="right") - 1
    have = position >= 0
    periods, level = price.periods[have], price.values[have]
    payout = dividend.values[position[have]]
    source = cpi if len(cpi) else modern
    at = np.searchsorted(source.periods, periods, side="right") - 1
    good = at >= 0
    periods, level, payout, at = periods[good], level[good], payout[good], at[good]
    prices = source.values[at]
    if len(level) < 2:
        return None
    growth = (level[1:] + payout[1:] / 12.0) / level[:-1] / (prices[1:] / prices[:-1])
    index = np.concatenate([[1.0], np.cumprod(growth)])
    return RealIndex(index, periods, level, prices, source)
