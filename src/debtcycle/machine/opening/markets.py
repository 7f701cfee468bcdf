"""Shares, gold, their momentum, volatility, leverage and balance-sheet health at the opening."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.opening.desk import AVERAGING, Desk, farthest_moves, mid_rank
from debtcycle.machine.opening.model import Fact, History, Kind, Lack, Ledger, Origin, origin
from debtcycle.views import Series

__all__ = ["SHARES", "extrapolation", "health", "momentum", "risk", "valuation"]

SHARES = ("SPX", "SP500_MONTHLY", "SHILLER_PRICE")
_QUARTERS = 120
_QUARTERS_LEAST = 32
_PAST = 24
_MONTHS_VOLATILITY = 24
_VIX_DAYS = 21
_HISTORY_FROM = np.datetime64("1960-01-01")
_HISTORY_YEARS = 10
_MARGIN_MONTHS_LEAST = 24
_NORM_MONTHS = 60


def valuation(desk: Desk, ledger: Ledger) -> None:
    """Cyclically adjusted price-earnings ratio of the day, and its inverse.

    The last month's ratio times the close over that month's average price, where a close of that
    month or later is in the store.
    """
    cape, price = desk.first("SHILLER_CAPE"), desk.view.series("SHILLER_PRICE")
    close = desk.maybe(*SHARES[:2])
    value, used = float(cape.values[-1]), [origin(cape)]
    base = price.at(cape.periods[-1])
    if base is not None and close is not None and close.periods[-1] >= cape.periods[-1]:
        value *= float(close.values[-1]) / base
        used.append(origin(close))
    # A price of an earlier month may have moved since as prices have moved before.
    newest = cape if len(used) == 1 or close is None else close
    behind = 0 if newest.id == SHARES[0] else desk.months_behind(newest)
    fall, rise = farthest_moves(np.log(price.values), behind)
    low, high = value * float(np.exp(fall)), value * float(np.exp(rise))
    known = (low, high) if low < high else (None, None)
    turned = (100.0 / high, 100.0 / low) if low < high else (None, None)
    ledger.take(
        Fact("cape_ratio", value, "ratio", Kind.DERIVED, "opening.cape", (), tuple(used), *known),
        Fact("earnings_yield_pct", 100.0 / value, "percent", Kind.DERIVED,
             "opening.earnings_yield", (), tuple(used), *turned),
    )  # fmt: skip


def momentum(changes: NDArray[np.float64], gain: float, clip: float) -> NDArray[np.float64]:
    """Extrapolation state after each quarter.

    ``x += gain (clip(4 dlog p, +-clip) - x)``, from the mean of the first eight quarters.

    Parameters
    ----------
    changes : float64 array, shape (n,)
        Changes of the log price over a quarter, oldest first.

    Returns
    -------
    float64 array, shape (n,)
        Log per year.
    """
    news = np.clip(4.0 * changes, -clip, clip)
    state = float(news[:8].mean())
    path = np.empty(len(news))
    for quarter, value in enumerate(news):
        state += gain * (float(value) - state)
        path[quarter] = state
    return path


def _path(desk: Desk, series: Series) -> NDArray[np.float64]:
    changes = desk.quarterly_log_changes(series, _QUARTERS)
    if len(changes) < _QUARTERS_LEAST:
        raise Lack(series.id)
    gain, clip = desk.bounds("extrapolation_gain_quarterly"), desk.bounds("extrapolation_clip_log")
    return momentum(changes, gain.value, clip.value)


def _by_gain(desk: Desk, series: Series) -> tuple[float, float]:
    """The state with the smallest and with the largest gain that is thought of, in order."""
    changes = desk.quarterly_log_changes(series, _QUARTERS)
    gain, clip = desk.bounds("extrapolation_gain_quarterly"), desk.bounds("extrapolation_clip_log")
    ends = [float(momentum(changes, g, clip.value)[-1]) for g in (gain.low, gain.high)]
    return min(ends), max(ends)


def extrapolation(desk: Desk, ledger: Ledger) -> None:
    """What holders of growth shares, real assets and gold have come to expect of the trend.

    Growth shares: NASDAQ Composite; the S&P 500 stands in. Real assets: commodities; where their
    index is missing, oil and the S&P 500, half each. Gold: its price. The states of the last 24
    quarters go to the histories.
    """
    growth = desk.first("NASDAQCOM", *SHARES)
    own = growth.id == "NASDAQCOM"
    beta = desk.bounds("technology_beta_ratio")
    past_g = _path(desk, growth)
    low, high = _by_gain(desk, growth)
    if not own:
        low, high = min(low, low * beta.high), max(high, high * beta.high)
    names = ("extrapolation_growth_log", "extrapolation_real_log", "extrapolation_gold_log")
    ledger.take(_state(names[0], float(past_g[-1]), growth, "NASDAQCOM", low, high))
    past_r = _real_assets(desk, ledger)
    gold = desk.first("GOLD", "GOLD_MONTHLY")
    past_z = _path(desk, gold)
    ledger.take(_state(names[2], float(past_z[-1]), gold, "GOLD", *_by_gain(desk, gold)))
    for name, past in zip(names, (past_g, past_r, past_z), strict=True):
        ledger.histories.append(History(name, tuple(float(x) for x in past[-_PAST:])))


def _state(name: str, value: float, series: Series, meant: str, low: float, high: float) -> Fact:
    own = series.id == meant
    parameters = (("series", series.id),) if own else (("series", series.id), ("meant", meant))
    return Fact(
        name, value, "log_per_year", Kind.DERIVED if own else Kind.SUBSTITUTE,
        "opening.extrapolation" if own else "opening.extrapolation_instead", parameters,
        (origin(series),), min(low, value), max(high, value),
    )  # fmt: skip


def _real_assets(desk: Desk, ledger: Ledger) -> NDArray[np.float64]:
    name = "extrapolation_real_log"
    goods = desk.maybe("PALLFNFINDEXM")
    if goods is not None and len(desk.quarterly_log_changes(goods, _QUARTERS)) >= _QUARTERS_LEAST:
        path = _path(desk, goods)
        ledger.take(_state(name, float(path[-1]), goods, goods.id, *_by_gain(desk, goods)))
        return path
    oil, shares = desk.first("WTI"), desk.first(*SHARES)
    part = desk.bounds("commodity_weight_share").value
    one, other = _path(desk, oil), _path(desk, shares)
    count = min(len(one), len(other))
    path = part * one[-count:] + (1.0 - part) * other[-count:]
    ends = (float(one[-1]), float(other[-1]))
    ledger.take(
        Fact(name, float(path[-1]), "log_per_year", Kind.SUBSTITUTE, "opening.extrapolation_half",
             (("one", oil.id), ("other", shares.id), ("meant", "PALLFNFINDEXM")),
             (origin(oil), origin(shares)), min(ends), max(ends))
    )  # fmt: skip
    return path


def risk(desk: Desk, ledger: Ledger) -> None:
    """Volatility of shares, margin debt, and the leverage of levered investors."""
    ledger.take(_volatility(desk))
    gdp = desk.gdp()
    margin = desk.first("MARGIN_DEBT").usd_bn()
    lowest, highest = desk.bounds("leverage_floor_ratio"), desk.bounds("leverage_ceiling_ratio")
    history = _over_gdp(desk, margin, gdp)
    if len(history) < _MARGIN_MONTHS_LEAST:
        raise Lack("MARGIN_DEBT")
    now = float(history[-1])
    # The ratio has a trend, as the value of shares to output has: what counts is where it stands
    # against its own norm of five years. The plain percentile gives the other end of the range.
    norm = np.array([history[max(0, n - _NORM_MONTHS + 1) : n + 1].mean()
                     for n in range(len(history))])  # fmt: skip
    detrended = (history / norm)[_MARGIN_MONTHS_LEAST // 2 :]
    rank, plain = mid_rank(detrended, float(detrended[-1])), mid_rank(history, now)
    used = (origin(margin), origin(gdp))
    least, most = min(rank, plain) / 100.0, max(rank, plain) / 100.0
    ledger.take(
        Fact("margin_debt_pct_gdp", now, "percent_of_gdp", Kind.DERIVED, "opening.share_of_gdp",
             (("series", margin.id),), used),
        Fact("leverage_ratio", lowest.value + (highest.value - lowest.value) * rank / 100.0,
             "ratio", Kind.ASSUMED, "opening.leverage",
             (("percentile", rank), ("floor", lowest.value), ("ceiling", highest.value),
              ("years", len(history) / 12.0)), used,
             lowest.low + (highest.low - lowest.low) * least,
             lowest.high + (highest.high - lowest.high) * most),
    )  # fmt: skip


def _over_gdp(desk: Desk, part: Series, gdp: Series) -> NDArray[np.float64]:
    """A monthly stock over the GDP of the last quarter that had ended by then, percent."""
    at = np.searchsorted(desk.ends(gdp), desk.ends(part), side="right") - 1
    have = at >= 0
    return 100.0 * part.values[have] / gdp.values[at[have]]


def _volatility(desk: Desk) -> Fact:
    """VIX where it is in the store; else realised from monthly means, exponentially weighted."""
    daily = desk.maybe("VIX")
    if daily is not None and len(daily) >= _VIX_DAYS:
        value = float(daily.values[-_VIX_DAYS:].mean())
        return Fact("volatility_pct", value, "percent", Kind.OBSERVED, "opening.vix",
                    (("days", float(_VIX_DAYS)),), (origin(daily),))  # fmt: skip
    monthly = desk.maybe("VIX_MONTHLY")
    if monthly is not None:
        return Fact("volatility_pct", float(monthly.values[-1]), "percent", Kind.SUBSTITUTE,
                    "opening.instead", (("series", monthly.id), ("meant", "VIX")),
                    (origin(monthly),))  # fmt: skip
    price = desk.first("SP500_MONTHLY", "SHILLER_PRICE")
    if len(price) <= _MONTHS_VOLATILITY:
        raise Lack("VIX", price.id)
    every = np.diff(np.log(price.values))
    changes = every[-_MONTHS_VOLATILITY:][::-1]
    half = desk.bounds("volatility_half_life_months")

    def realised(months: float) -> float:
        weight = 0.5 ** (np.arange(len(changes)) / months)
        return 100.0 * AVERAGING * float(np.sqrt(12.0 * (weight @ changes**2) / weight.sum()))

    value, ends = realised(half.value), [realised(m) for m in (half.low, half.high)]
    if desk.months_behind(price):
        ends += _extremes(every, half.value)  # what has come since may be as calm or as wild as any
    return Fact(
        "volatility_pct", value, "percent", Kind.SUBSTITUTE, "opening.volatility",
        (("series", price.id), ("meant", "VIX"), ("months", half.value)), (origin(price),),
        min(*ends, value), max(*ends, value),
    )  # fmt: skip


def _extremes(changes: NDArray[np.float64], half_life: float) -> list[float]:
    """The lowest and the highest realised volatility of the past, percent a year."""
    weight = 0.5 ** (np.arange(_MONTHS_VOLATILITY) / half_life)
    past = np.convolve(changes**2, weight, mode="valid") / weight.sum()
    found = 100.0 * AVERAGING * np.sqrt(12.0 * past)
    return [float(found.min()), float(found.max())]


def _anchored(value: float, depression: float, bubble: float) -> float:
    """Score of the verdict's scale: -0.5 at the depression anchor, +0.5 at the bubble anchor."""
    return float(np.clip((value - depression) / (bubble - depression) - 0.5, -1.0, 1.0))


def health(desk: Desk, ledger: Ledger) -> None:
    """Balance-sheet health, 1 where balance sheets are in their usual order.

    ``h`` is the mean of three scores on the verdict's scale, clipped to one: the percentile of the
    Baa spread since 1960 (80 and 20), banks tightening standards (30 and 0 %), shares against their
    high so far (-20 and -2 %). ``NW = 1 + lift max(0, h) + depth min(0, h)``: the worst state costs
    `depth`, the best gives `lift`. Two of the three must be known.
    """
    scores: list[tuple[str, float, tuple[Origin, ...]]] = []
    yields, same = desk.view.series("BAA"), desk.view.series("GS10")
    if yields.fresh and len(same):
        spread, months = _aligned(yields, same)
        inside = months >= _HISTORY_FROM
        if int(inside.sum()) >= 12 * _HISTORY_YEARS:
            rank = mid_rank(spread[inside], float(spread[-1]))
            scores.append(("spread", _anchored(rank, 80.0, 20.0), (origin(yields),)))
    standards = desk.maybe("DRTSCILM")
    if standards is not None:
        score = _anchored(float(standards.values[-1]), 30.0, 0.0)
        scores.append(("standards", score, (origin(standards),)))
    price = desk.maybe(*SHARES)
    if price is not None:
        fall = 100.0 * (float(price.values[-1]) / float(price.values.max()) - 1.0)
        scores.append(("shares", _anchored(fall, -20.0, -2.0), (origin(price),)))
    if len(scores) < 2:
        raise Lack("BAA", "DRTSCILM", *SHARES)
    depth, lift = desk.bounds("impairment_depth_share"), desk.bounds("impairment_lift_share")
    values = [score for _, score, _ in scores]
    mean = float(np.mean(values))

    def index(score: float, down: float, up: float) -> float:
        return 1.0 + up * max(0.0, score) + down * min(0.0, score)

    ends = [index(s, d, u) for s in (min(values), max(values), mean)
            for d, u in ((depth.low, lift.low), (depth.high, lift.high))]  # fmt: skip
    given = {name: f"{score:+.2f}" for name, score, _ in scores}
    shown = tuple((name, given.get(name, "-")) for name in ("spread", "standards", "shares"))
    ledger.take(
        Fact("net_worth_index", index(mean, depth.value, lift.value), "ratio", Kind.ASSUMED,
             "opening.net_worth", (*shown, ("depth", depth.value), ("lift", lift.value)),
             tuple(used for _, _, all_used in scores for used in all_used), min(ends), max(ends))
    )  # fmt: skip


def _aligned(one: Series, other: Series) -> tuple[NDArray[np.float64], NDArray[np.datetime64]]:
    """Difference of two monthly series at the periods that both have, and those periods."""
    periods, left, right = np.intersect1d(one.periods, other.periods, return_indices=True)
    if not len(periods) or periods[-1] != one.periods[-1]:
        raise Lack(other.id)
    return one.values[left] - other.values[right], periods
