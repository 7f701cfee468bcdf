"""The six-gauge bubble indicator: the neighbourhood, not the time.

Each gauge is the mean of its known statistics; each statistic is a one-sided percentile among
its own history. The aggregate is the plain mean of the known gauges, at least three. The
instrument is this project's own and stands on another scale than the published one: both are
shown side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._common import growth_over_months_pct, mid_rank, reading, refuse
from debtcycle.indicators._prices import Ratio, cape_today, equity_pairs, ratio_of
from debtcycle.indicators.model import Reading, Status
from debtcycle.views import Series, View

__all__ = ["BUBBLE_LINE", "BubbleGauge", "Gauge", "bubble_gauge", "technology_gauge"]

# The statistics stand on average above 60 % of their own history. Fixed in advance.
BUBBLE_LINE = 60.0
MIN_GAUGES = 3
_ALL = np.datetime64("0001-01-01", "D")
_FROM_1960 = np.datetime64("1960-01-01", "D")

Values = NDArray[np.float64]
Days = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge: its statistics and their mean percentile, None if none is known."""

    name: str
    statistics: tuple[Reading, ...]

    @property
    def value(self) -> float | None:
        """Mean percentile of the known statistics."""
        known = [s.percentile for s in self.statistics if s.percentile is not None]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True, slots=True)
class BubbleGauge:
    """The six gauges and their mean.

    Attributes
    ----------
    aggregate : float or None
        Mean of the known gauges, 0-100; None with fewer than three.
    low, high : float or None
        Range of the aggregate when any one gauge is left out.
    """

    gauges: tuple[Gauge, ...]
    aggregate: float | None
    low: float | None
    high: float | None

    @property
    def known(self) -> int:
        """Number of gauges known."""
        return sum(g.value is not None for g in self.gauges)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """All statistics of all gauges."""
        return tuple(s for g in self.gauges for s in g.statistics)


def _ranked(
    view: View,
    indicator: str,
    unit: str,
    value: float | None,
    history: tuple[Values, Days],
    *used: Series,
    start: np.datetime64 = _ALL,
) -> Reading:
    """A statistic with its percentile; without ten years of history it is short."""
    rank = None if value is None else mid_rank(*history, value, view.as_of, start=start)
    fresh = [series for series in used if series.fresh]
    return reading(indicator, unit, value if rank is not None else None, *fresh, percentile=rank)


def _cape(view: View) -> Reading:
    value, monthly, close = cape_today(view)
    if value is None:
        return refuse(view, "gauge_cape", "ratio", monthly) or reading(
            "gauge_cape", "ratio", None, monthly
        )
    return _ranked(
        view, "gauge_cape", "ratio", value, (monthly.values, monthly.periods), monthly, close
    )


def _ratio(
    view: View,
    indicator: str,
    unit: str,
    ratio: Ratio,
    factor: float = 1.0,
    start: np.datetime64 = _ALL,
) -> Reading:
    """The last ratio among those before it, with the certificates of its own two figures."""
    values = factor * ratio.values
    last = float(values[-1]) if len(values) else None
    history = (values[:-1], ratio.periods[:-1])
    used = (ratio.upper, ratio.lower)
    return _ranked(view, indicator, unit, last, history, *used, start=start)


def _market_value(view: View, indicator: str, other_id: str, start: np.datetime64) -> Reading:
    """Market value of corporate equities over GDP or money, in percent."""
    equities, other = view.series("NCBEILQ027S"), view.series(other_id)
    for series in (equities, other):
        refused = refuse(view, indicator, "percent", series)
        if refused is not None:
            return refused
    ratio = ratio_of(equities.usd_bn(), other.usd_bn())
    return _ratio(view, indicator, "percent", ratio, 100.0, start)


def _dividend_growth(view: View) -> Reading:
    """Growth of real dividends that a ten-year yield plus 3 pp asks for, in percent a year.

    ``y10 + 3 - dividend yield - inflation of the last ten years`` (CPI, compound annual).
    """
    bond, cpi, dividend, price = (
        view.resolve("DGS10"),
        view.resolve("CPIAUCSL"),
        view.series("SHILLER_DIVIDEND"),
        view.resolve("SPX"),
    )
    for series in (bond, cpi, price):
        refused = refuse(view, "gauge_dividend_growth", "percent", series)
        if refused is not None:
            return refused
    if not dividend.fresh:
        return refuse(view, "gauge_dividend_growth", "percent", dividend) or reading(
            "gauge_dividend_growth", "percent", None, dividend
        )
    decade = growth_over_months_pct(cpi, 120)
    today = None
    if decade is not None:
        yearly = 100.0 * ((1 + decade / 100.0) ** 0.1 - 1.0)
        payout = 100.0 * float(dividend.values[-1]) / float(price.values[-1])
        today = float(bond.values[-1]) + 3.0 - payout - yearly
    history = _dividend_history(view, cpi, dividend)
    return _ranked(
        view, "gauge_dividend_growth", "percent", today, history, bond, cpi, dividend, price,
        start=_FROM_1960,
    )  # fmt: skip


def _dividend_history(view: View, cpi: Series, dividend: Series) -> tuple[Values, Days]:
    rate, price = view.series("GS10"), view.series("SHILLER_PRICE")
    months, of_div, of_price = np.intersect1d(dividend.periods, price.periods, return_indices=True)
    payout = 100.0 * dividend.values[of_div] / price.values[of_price]
    common, of_rate, of_pay = np.intersect1d(rate.periods, months, return_indices=True)
    old = shift_months(common, -120)
    now_at, then_at = np.searchsorted(cpi.periods, common), np.searchsorted(cpi.periods, old)
    top = len(cpi) - 1
    now_at, then_at = np.minimum(now_at, top), np.minimum(then_at, top)
    have = (cpi.periods[now_at] == common) & (cpi.periods[then_at] == old)
    yearly = 100.0 * ((cpi.values[now_at] / cpi.values[then_at]) ** 0.1 - 1.0)
    series = rate.values[of_rate] + 3.0 - payout[of_pay] - yearly
    return series[have], common[have]


def _equity_share(view: View) -> Reading:
    """Equities in percent of households' financial assets (Z.1, annual before 1952)."""
    share = view.series("BOGZ1FL153064486Q")
    refused = refuse(view, "gauge_equity_share", "percent", share)
    if refused is not None:
        return refused
    history = (share.values[:-1], share.periods[:-1])
    return _ranked(view, "gauge_equity_share", "percent", float(share.values[-1]), history, share)


def _calm(view: View) -> Reading:
    """The VIX of the day; its percentile is turned round: calm is bullish."""
    index = view.resolve("VIX")
    refused = refuse(view, "gauge_vix", "index", index)
    if refused is not None:
        return refused
    history = (index.values[:-1], index.periods[:-1])
    made = _ranked(view, "gauge_vix", "index", float(index.values[-1]), history, index)
    if made.percentile is None:
        return made
    return replace(made, percentile=100.0 - made.percentile)


def _three_year_return(view: View) -> Reading:
    """Real total return of the S&P 500 over three years, in percent a year."""
    pairs = equity_pairs(view)
    price = view.resolve("SPX")
    if not price.fresh:
        return refuse(view, "gauge_real_return_3y", "percent", price) or reading(
            "gauge_real_return_3y", "percent", None, price
        )
    if pairs is None or len(pairs.real_index) < 37:
        return Reading("gauge_real_return_3y", "percent", None, Status.SHORT, freshness=0.0)
    index, periods = pairs.real_index, pairs.periods
    past = (index[36:] / index[:-36]) ** (1 / 3) - 1.0
    history = (100.0 * past, periods[36:])
    today = pairs.today(view, price)
    start = np.searchsorted(
        periods, shift_months(np.array([view.day]).astype("M8[M]").astype("M8[D]"), -36)[0]
    )
    value = None
    if today is not None and start < len(index):
        value = 100.0 * ((today / float(index[start])) ** (1 / 3) - 1.0)
    return _ranked(view, "gauge_real_return_3y", "percent", value, history, price, pairs.cpi)


def _margin(view: View) -> tuple[Reading, Reading]:
    """Margin debt in percent of GDP, and its real growth over twelve months."""
    names = (("gauge_margin_gdp", "percent_of_gdp"), ("gauge_margin_growth", "percent"))
    debt, gdp, cpi = view.series("MARGIN_DEBT"), view.series("GDP"), view.resolve("CPIAUCSL")
    for series in (debt, gdp, cpi):
        refused = [refuse(view, name, unit, series) for name, unit in names]
        if refused[0] is not None and refused[1] is not None:
            return refused[0], refused[1]
    level = _ratio(view, *names[0], ratio_of(debt.usd_bn(), gdp.usd_bn(), carry=True), 100.0)
    real = ratio_of(debt, cpi)
    before = shift_months(real.periods, -12)
    earlier = np.minimum(np.searchsorted(real.periods, before), max(len(real.periods) - 1, 0))
    have = real.periods[earlier] == before
    growth = 100.0 * (real.values[have] / real.values[earlier[have]] - 1.0)
    last = float(growth[-1]) if have.any() and have[-1] else None
    history = (growth[:-1], real.periods[have][:-1])
    return level, _ranked(view, *names[1], last, history, real.upper, real.lower)


def _technology_investment(view: View) -> Reading:
    """Investment in information processing equipment and software over GDP, against its mean.

    Ratio to its own 40-quarter mean. Unknown when the series is not up to date.
    """
    spent, gdp = view.series("A679RC1Q027SBEA"), view.series("GDP")
    for series in (spent, gdp):
        refused = refuse(view, "gauge_technology_investment", "ratio", series)
        if refused is not None:
            return refused
    share = ratio_of(spent.usd_bn(), gdp.usd_bn())
    if len(share.values) < 41:
        return reading("gauge_technology_investment", "ratio", None, spent, gdp)
    mean = np.convolve(share.values, np.full(40, 1 / 40), mode="valid")
    against = replace(share, values=share.values[39:] / mean, periods=share.periods[39:])
    return _ratio(view, "gauge_technology_investment", "ratio", against)


_GAUGES: tuple[tuple[str, Callable[[View], tuple[Reading, ...]]], ...] = (
    (
        "price",
        lambda view: (
            _cape(view),
            _market_value(view, "gauge_market_gdp", "GDP", _ALL),
            _market_value(view, "gauge_market_money", "M2SL", _ALL),
        ),
    ),
    ("unsustainable", lambda view: (_dividend_growth(view),)),
    ("new_buyers", lambda view: (_equity_share(view),)),
    ("sentiment", lambda view: (_calm(view), _three_year_return(view))),
    ("leverage", _margin),
    ("forward_purchases", lambda view: (_technology_investment(view),)),
)


def bubble_gauge(view: View) -> BubbleGauge:
    """The six gauges at the date of a view."""
    gauges = tuple(Gauge(name, statistics(view)) for name, statistics in _GAUGES)
    values = [g.value for g in gauges if g.value is not None]
    if len(values) < MIN_GAUGES:
        return BubbleGauge(gauges, None, None, None)
    total, count = sum(values), len(values)
    without = [(total - value) / (count - 1) for value in values]
    return BubbleGauge(gauges, total / count, min(without), max(without))


def technology_gauge(view: View) -> tuple[Reading, ...]:
    """NASDAQ over S&P 500, and real NASDAQ against its own ten-year mean, as percentiles."""
    shares, broad, cpi = (
        view.series("NASDAQCOM"),
        view.resolve("SPX"),
        view.resolve("CPIAUCSL"),
    )
    names = (("technology_relative", "ratio"), ("technology_real", "ratio"))
    for series in (shares, broad, cpi):
        refused = [refuse(view, name, unit, series) for name, unit in names]
        if refused[0] is not None and refused[1] is not None:
            return refused[0], refused[1]
    first = _ratio(view, *names[0], ratio_of(shares, broad, carry=True))
    real = ratio_of(shares, cpi, carry=True)
    window = 2520  # ten years of trading days
    if len(real.values) < window:
        return first, reading("technology_real", "ratio", None, shares, cpi)
    sums = np.cumsum(np.insert(real.values, 0, 0.0))
    mean = (sums[window:] - sums[:-window]) / window
    against = replace(
        real, values=real.values[window - 1 :] / mean, periods=real.periods[window - 1 :]
    )
    return first, _ratio(view, *names[1], against)
