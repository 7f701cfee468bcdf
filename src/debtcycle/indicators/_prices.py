"""Prices that several indicators need: CAPE of the day, ratios of series, real total return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.calendar import period_end
from debtcycle.catalogue.model import Frequency
from debtcycle.views import Series, View

__all__ = ["Ratio", "RealIndex", "cape_today", "equity_pairs", "ratio_of"]

# Fewest days after its end on which the next period of a series must have ended too.
_PERIOD_DAYS = {
    Frequency.EVENT: 10**6,
    Frequency.DAILY: 10,
    Frequency.WEEKLY: 7,
    Frequency.MONTHLY: 28,
    Frequency.QUARTERLY: 90,
    Frequency.ANNUAL: 365,
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


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ratio of two series at the periods of the upper one.

    Attributes
    ----------
    values : float64 array, shape (n,)
    periods : datetime64[D] array, shape (n,)
    upper, lower : Series
        Both series up to the figures of the last ratio: its birth certificates.
    """

    values: NDArray[np.float64]
    periods: NDArray[np.datetime64]
    upper: Series
    lower: Series


def ratio_of(upper: Series, lower: Series, *, carry: bool = False) -> Ratio:
    """Ratio of two series at the ends of the upper one's periods.

    The lower value is that of the last period that had ended when the upper one's ended: the
    same month, the quarter's last month, the last whole quarter. Where `carry` is not set and
    that period is not the newest one possible (a month that was never published), there is no
    ratio: nothing is filled in.
    """
    if not len(upper) or not len(lower):
        return Ratio(np.empty(0), np.empty(0, dtype="M8[D]"), upper, lower)
    ends, lower_ends = period_end(upper.info, upper.periods), period_end(lower.info, lower.periods)
    position = np.searchsorted(lower_ends, ends, side="right") - 1
    have = position >= 0
    if not carry:
        # The next period of the lower series must not have ended by then.
        gap = (ends - lower_ends[np.maximum(position, 0)]).astype(int)
        have &= gap < _PERIOD_DAYS[lower.info.frequency]
    at = position[have]
    values = upper.values[have] / lower.values[at]
    periods = upper.periods[have]
    if not len(values):
        return Ratio(values, periods, upper, lower)
    return Ratio(values, periods, upper.until(periods[-1]), lower.until(lower.periods[at[-1]]))


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
