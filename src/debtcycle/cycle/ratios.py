"""The ratios that are tested for explosive roots, and what should carry each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.calendar import month_end, shift_months
from debtcycle.views import Series, View

__all__ = ["RATIOS", "Ratio", "Sample"]

Days = NDArray[np.datetime64]
Floats = NDArray[np.float64]
# From here the 1,680 observations of the table of critical values last until 2039.
_STOCKS_FROM = np.datetime64("1900-01-01")
# Before, the gold price was an official one.
_GOLD_FROM = np.datetime64("1968-04-01")
_YEAR = 12


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Observations by period; periods without a figure are left out.

    Attributes
    ----------
    periods : datetime64[D] array (n,)
    values : float64 array (n,)
        The ratio, or the logarithm that is regressed.
    behind : float64 array (n,)
        What it is regressed on; empty for the ratio itself.
    """

    periods: Days
    values: Floats
    behind: Floats


Made = Callable[[View], Sample | None]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio and its fundamental.

    Attributes
    ----------
    name, unit : str
    monthly : bool
        Else quarterly.
    series, behind : tuple of str
        Series of the ratio; further ones of the fundamental.
    levels : callable
        The ratio by period, from a view.
    against : callable or None
        Its logarithm and the fundamental.
    fundamental : str or None
        Id of the fundamental.
    """

    name: str
    unit: str
    monthly: bool
    series: tuple[str, ...]
    behind: tuple[str, ...]
    levels: Made
    against: Made | None
    fundamental: str | None

    def ends(self, period: Days) -> np.datetime64:
        """Last day of a period."""
        last: np.datetime64 = month_end(period, 0 if self.monthly else 2)[0]
        return last


def _joined(*parts: tuple[Days, Floats], start: np.datetime64) -> tuple[Days, list[Floats]]:
    """Values of the periods that all have, from a first one on; those not above nought go."""
    periods = parts[0][0]
    for other, _ in parts[1:]:
        periods = np.intersect1d(periods, other)
    periods = periods[periods >= start]
    columns = [values[np.searchsorted(own, periods)] for own, values in parts]
    fine = np.all([values > 0 for values in columns], axis=0)
    return periods[fine], [values[fine] for values in columns]


def _of(series: Series) -> tuple[Days, Floats]:
    return series.periods, series.values


def _sample(periods: Days, values: Floats, behind: Floats | None = None) -> Sample | None:
    if not len(periods):
        return None
    return Sample(periods, values, np.empty(0) if behind is None else behind)


def _quotient(over: str, under: str, start: np.datetime64, factor: float = 1.0) -> Made:
    def made(view: View) -> Sample | None:
        periods, (top, bottom) = _joined(_of(view.series(over)), _of(view.series(under)),
                                         start=start)  # fmt: skip
        return _sample(periods, factor * top / bottom)

    return made


def _alone(series: str, start: np.datetime64) -> Made:
    def made(view: View) -> Sample | None:
        periods, (values,) = _joined(_of(view.series(series)), start=start)
        return _sample(periods, values)

    return made


def _dividends(view: View) -> Sample | None:
    """Log real price, log real dividends."""
    names = ("SHILLER_PRICE", "SHILLER_DIVIDEND", "SHILLER_CPI")
    periods, (price, paid, cpi) = _joined(
        *(_of(view.series(name)) for name in names), start=_STOCKS_FROM
    )
    return _sample(periods, np.log(price / cpi), np.log(paid / cpi))


def _earnings(view: View) -> Sample | None:
    """Log real price, log of ten years' mean real earnings: the price over the ratio."""
    names = ("SHILLER_PRICE", "SHILLER_CAPE", "SHILLER_CPI")
    periods, (price, ratio, cpi) = _joined(
        *(_of(view.series(name)) for name in names), start=_STOCKS_FROM
    )
    return _sample(periods, np.log(price / cpi), np.log(price / cpi / ratio))


def _real_yield(view: View) -> Sample | None:
    """Log real gold price, ten-year yield less consumer inflation over twelve months (pp)."""
    cpi = view.series("CPIAUCSL")
    before = shift_months(cpi.periods, -_YEAR)
    there = np.isin(before, cpi.periods)
    earlier = cpi.values[np.searchsorted(cpi.periods, before[there])]
    rise = (cpi.periods[there], cpi.values[there] / earlier)
    # A factor of growth is above nought where a rate of inflation need not be.
    periods, (gold, level, growth, rate) = _joined(
        _of(view.series("GOLD_MONTHLY")), _of(cpi), rise, _of(view.series("GS10")),
        start=_GOLD_FROM,
    )  # fmt: skip
    return _sample(periods, np.log(gold / level), rate - 100.0 * (growth - 1.0))


def _income(view: View) -> Sample | None:
    """Log credit to GDP, log real GDP: nominal over the prices of the quarter's second month."""
    cpi = view.series("SHILLER_CPI")
    periods, (credit, gdp, prices) = _joined(
        _of(view.series("BIS_CREDIT_RATIO_US")), _of(view.series("GDP")),
        (shift_months(cpi.periods, -1), cpi.values), start=cpi.periods[0],
    )  # fmt: skip
    return _sample(periods, np.log(credit), np.log(gdp / prices))


def _monthly_means(series: Series) -> tuple[Days, Floats]:
    """Means of a daily series by month; a month that has not ended is not one yet."""
    months, place, count = np.unique(
        series.periods.astype("M8[M]"), return_inverse=True, return_counts=True
    )
    means: Floats = np.bincount(place, weights=series.values, minlength=len(months)) / count
    days: Days = months.astype("M8[D]")
    ended = month_end(days, 0) <= np.datetime64(series.as_of, "D")
    return days[ended], means[ended]


def _nasdaq(view: View) -> Sample | None:
    """NASDAQ Composite over the S&P 500, monthly means."""
    parts = [_monthly_means(view.series(name)) for name in ("NASDAQCOM", "SPX")]
    periods, (top, bottom) = _joined(*parts, start=np.datetime64("1971-02-01"))
    return _sample(periods, top / bottom)


def _technology(view: View) -> Sample | None:
    """Log NASDAQ over S&P 500, log share of GDP that is invested in information technology.

    A month has the share of its quarter; months of a quarter without one are left out.
    """
    made = _nasdaq(view)
    if made is None:
        return None
    quarters, (spent, gdp) = _joined(
        _of(view.series("A679RC1Q027SBEA")), _of(view.series("GDP")),
        start=np.datetime64("1971-01-01"),
    )  # fmt: skip
    months: Days = (quarters.astype("M8[M]")[:, None] + np.arange(3)).ravel().astype("M8[D]")
    periods, (ratio, share) = _joined(
        (made.periods, made.values), (months, np.repeat(spent / gdp, 3)), start=_STOCKS_FROM
    )
    return _sample(periods, np.log(ratio), np.log(share))


RATIOS = (
    Ratio(
        "price_dividend", "ratio", True, ("SHILLER_PRICE", "SHILLER_DIVIDEND"), ("SHILLER_CPI",),
        _quotient("SHILLER_PRICE", "SHILLER_DIVIDEND", _STOCKS_FROM), _dividends,
        "real_dividends",
    ),
    Ratio(
        "price_earnings", "ratio", True, ("SHILLER_CAPE",), ("SHILLER_PRICE", "SHILLER_CPI"),
        _alone("SHILLER_CAPE", _STOCKS_FROM), _earnings, "real_earnings",
    ),
    Ratio(
        "nasdaq_sp500", "ratio", True, ("NASDAQCOM", "SPX"), ("A679RC1Q027SBEA", "GDP"), _nasdaq,
        _technology, "technology_share",
    ),
    Ratio(
        "gold_cpi", "ratio", True, ("GOLD_MONTHLY", "CPIAUCSL"), ("GS10",),
        _quotient("GOLD_MONTHLY", "CPIAUCSL", _GOLD_FROM), _real_yield, "real_yield",
    ),
    Ratio(
        "credit_gdp", "percent_of_gdp", False, ("BIS_CREDIT_RATIO_US",), ("GDP", "SHILLER_CPI"),
        _alone("BIS_CREDIT_RATIO_US", np.datetime64("1900-01-01")), _income, "real_income",
    ),
)  # fmt: skip
