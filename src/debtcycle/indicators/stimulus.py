"""Stimulus: the balance sheet, the policy rate, and whether they amount to easing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._common import (
    change_over_months,
    growth_over_months_pct,
    last_mean,
    origin,
    reading,
    refuse,
)
from debtcycle.indicators.anchors import TARGET_PCE_PCT, score
from debtcycle.indicators.model import HasReadings, Origin, Reading, Status
from debtcycle.indicators.purchases import Purchases, announced_purchases
from debtcycle.store import Basis
from debtcycle.views import Series, View

__all__ = ["Gate", "Rung", "Stimulus", "stimulus"]

GROWTH_PCT_OF_GDP = 0.25  # over 13 weeks: growing above, shrinking below the negative
LARGE_PCT_OF_GDP = 1.0
CUT_PP = -0.5  # over six calendar months
RULE_FLOOR_PCT = 0.125  # no rule asks for less than the lowest target range's middle
EDGE_PCT_OF_GDP = 0.02
_WEEKS_13 = np.timedelta64(91, "D")
_WEEKS_52 = np.timedelta64(364, "D")


class Gate(StrEnum):
    """Whether policy is easing."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


class Rung:
    """The ladder of claim 16, from shrinking to large-scale purchases."""

    QT, REINVEST, RESERVES, BILLS_AND_COUPONS, LSAP = range(5)


@dataclass(frozen=True, slots=True)
class Stimulus(HasReadings):
    """What the central bank is doing at a date.

    Attributes
    ----------
    assets_13w, assets_52w, securities_13w : Reading
        Change of total assets (before 2003: of the monetary base, 3 and 12 months) and of
        securities held outright, in percent of GDP.
    announced_13w : Reading
        Announced net new purchases over 13 weeks, in percent of GDP.
    policy_rate, rate_change_6m, rate_change_12m, real_rate, rule_rate, rate_minus_rule : Reading
    gate : Gate
    by_balance_sheet, by_announcement, by_rate : bool or None
        What opens the gate; None where it cannot be computed.
    edges : tuple of str
        Ids of readings that sit on an edge of the gate.
    rung : int or None
        0 QT, 1 reinvest, 2 reserve management, 3 bills and coupons, 4 large-scale purchases.
    score : float or None
        The map's horizontal axis, -1 to 1: mean of the known scores of total assets, rate
        change and rate minus rule.
    """

    assets_13w: Reading
    assets_52w: Reading
    securities_13w: Reading
    announced_13w: Reading
    policy_rate: Reading
    rate_change_6m: Reading
    rate_change_12m: Reading
    real_rate: Reading
    rule_rate: Reading
    rate_minus_rule: Reading
    purchases: Purchases
    gate: Gate
    by_balance_sheet: bool | None
    by_announcement: bool | None
    by_rate: bool | None
    edges: tuple[str, ...]
    rung: int | None
    score: float | None

    @property
    def growing_while_rates_rise(self) -> bool:
        """Growth of the balance sheet that is not easing because the policy rate is going up."""
        grown = (self.assets_13w.value or 0) > GROWTH_PCT_OF_GDP
        return grown and (self.rate_change_6m.value or 0) > 0


def _gdp_usd_bn(view: View) -> float | None:
    gdp = view.series("GDP")
    return float(gdp.usd_bn().values[-1]) if gdp.fresh else None


def _change_pct_of_gdp(view: View, indicator: str, series_id: str, back: np.timedelta64) -> Reading:
    """Change of a weekly stock over a span, in percent of the latest nominal GDP."""
    stock, gdp = view.series(series_id), view.series("GDP")
    for series in (stock, gdp):
        refused = refuse(view, indicator, "percent_of_gdp", series)
        if refused is not None:
            return refused
    money = stock.usd_bn()
    before = money.at(money.periods[-1] - back)
    size = _gdp_usd_bn(view)
    value = None
    if before is not None and size:
        value = 100.0 * (float(money.values[-1]) - before) / size
    return reading(indicator, "percent_of_gdp", value, stock, gdp)


def _assets(view: View, indicator: str, back: np.timedelta64, months: int) -> Reading:
    """Total assets, or the monetary base until they have 13 weeks of history."""
    made = _change_pct_of_gdp(view, indicator, "WALCL", back)
    if made.known or (len(view.series("WALCL")) and made.status is not Status.SHORT):
        return made
    base, gdp = view.series("BOGMBASE"), view.series("GDP")
    for series in (base, gdp):
        refused = refuse(view, indicator, "percent_of_gdp", series)
        if refused is not None:
            return refused
    change, size = change_over_months(base.usd_bn(), months), _gdp_usd_bn(view)
    value = None if change is None or not size else 100.0 * change / size
    stand_in = Series(
        base.info, base.as_of, base.periods, base.values, base.known_from, base.basis, "WALCL"
    )
    return reading(indicator, "percent_of_gdp", value, stand_in, gdp)


def _announced(view: View, purchases: Purchases) -> Reading:
    gdp = view.series("GDP")
    refused = refuse(view, "announced_13w", "percent_of_gdp", gdp)
    if refused is not None:
        return refused
    value = 100.0 * purchases.usd_bn_13_weeks / float(gdp.usd_bn().values[-1])
    made = reading("announced_13w", "percent_of_gdp", value, gdp)
    words = tuple(
        Origin(
            "FED_ANNOUNCEMENTS",
            programme.announced,
            programme.announced,
            Basis.UNREVISED,
            programme.pace_usd_bn_per_month,
            "usd_bn",
        )
        for programme in purchases.buying
    )
    return replace(made, origins=words + made.origins)


def _rate_on(view: View, day: np.datetime64) -> tuple[float, Origin] | None:
    """Target on a day: upper limit of the range, before it the single target."""
    for series_id in ("DFEDTARU", "DFEDTAR"):
        target = view.series(series_id)
        position = target.index_at(day)
        if position is not None and (day - target.periods[position]).astype(int) <= 21:
            return float(target.values[position]), origin(target, position)
    return None


def _rate_change(view: View, indicator: str, months: int) -> Reading:
    """Change of the policy rate against the same day some calendar months earlier, in pp.

    The funds rate's monthly mean stands in where no target is in the store.
    """
    now = _rate_on(view, view.day)
    then = _rate_on(view, shift_months(np.array([view.day]), -months)[0])
    if now and then:
        return Reading(indicator, "pp", now[0] - then[0], origins=(now[1], then[1]))
    monthly = view.series("FEDFUNDS")
    refused = refuse(view, indicator, "pp", monthly)
    return refused or reading(indicator, "pp", change_over_months(monthly, months), monthly)


def _policy_rate(view: View) -> Reading:
    now = _rate_on(view, view.day)
    if now:
        return Reading("policy_rate", "percent", now[0], origins=(now[1],))
    monthly = view.series("FEDFUNDS")
    refused = refuse(view, "policy_rate", "percent", monthly)
    return refused or reading("policy_rate", "percent", float(monthly.values[-1]), monthly)


def _rule(view: View, rate: Reading) -> tuple[Reading, Reading, Reading]:
    """Real policy rate, rule rate, and policy rate minus rule, in percent and pp.

    Rule: ``1 + pi + 0.5 (pi - 2) - (u - u120)``, not below 0.125, with core PCE inflation over
    twelve months and unemployment against its own 120-month mean, after Taylor (1993, 1999).
    """
    prices, jobless = view.series("PCEPILFE"), view.series("UNRATE")
    pi = growth_over_months_pct(prices, 12) if prices.fresh else None
    mean = last_mean(jobless, 120) if jobless.fresh else None
    origins = rate.origins + tuple(origin(s) for s in (prices, jobless) if len(s))
    refused = [refuse(view, "rule_rate", "percent", series) for series in (prices, jobless)]
    lacking = next((made.status for made in refused if made is not None), Status.SHORT)

    def reads(indicator: str, unit: str, value: float | None) -> Reading:
        if value is None:
            return Reading(indicator, unit, None, lacking, origins, freshness=0.0)
        return Reading(indicator, unit, value, origins=origins)

    rule = None
    if pi is not None and mean is not None:
        gap = float(jobless.values[-1]) - mean
        rule = max(RULE_FLOOR_PCT, 1.0 + pi + 0.5 * (pi - TARGET_PCE_PCT) - gap)
    real = None if pi is None or rate.value is None else rate.value - pi
    above = None if rule is None or rate.value is None else rate.value - rule
    return (
        reads("real_policy_rate", "percent", real),
        reads("rule_rate", "percent", rule),
        reads("rate_minus_rule", "pp", above),
    )


def _either(*conditions: bool | None) -> bool | None:
    """Three-valued or."""
    if True in conditions:
        return True
    return None if None in conditions else False


def _both(*conditions: bool | None) -> bool | None:
    """Three-valued and."""
    if False in conditions:
        return False
    return None if None in conditions else True


def _above(made: Reading, threshold: float) -> bool | None:
    return None if made.value is None else made.value > threshold


def _rung(assets: Reading, securities: Reading, purchases: Purchases) -> int | None:
    """Rung of the ladder, from what is announced and, without an announcement, what is done."""
    tenors = {p.tenor for p in purchases.buying}
    if tenors - {"bills"}:
        return Rung.LSAP
    if tenors:
        return Rung.RESERVES
    if assets.value is None:
        return None
    moved = [m.value for m in (assets, securities) if m.value is not None]
    if max(moved) > LARGE_PCT_OF_GDP:
        return Rung.BILLS_AND_COUPONS
    if max(moved) > GROWTH_PCT_OF_GDP:
        return Rung.RESERVES
    if purchases.running_off or assets.value < -GROWTH_PCT_OF_GDP:
        return Rung.QT
    return Rung.REINVEST


def _map_score(assets: Reading, rate: Reading, above_rule: Reading) -> float | None:
    """Mean of the known scores of the map's horizontal axis; two of three at least."""
    parts = [
        score(made.value, -bubble, bubble)
        for made, bubble in (
            (assets, GROWTH_PCT_OF_GDP),
            (rate, CUT_PP),
            (above_rule, -1.0),
        )
        if made.value is not None
    ]
    return sum(parts) / len(parts) if len(parts) >= 2 else None


def _edges(readings: tuple[Reading, ...], rate: Reading) -> tuple[str, ...]:
    """Readings within a hair of a line of the gate.

    The rate stands on one at a cut of exactly 50 bp, and at exactly no change while purchases
    or growth would count only as long as it does not rise.
    """
    near = [
        r.indicator
        for r in readings
        if r.value is not None and abs(r.value - GROWTH_PCT_OF_GDP) <= EDGE_PCT_OF_GDP
    ]
    lines = [CUT_PP]
    if any(r.value is not None and r.value > GROWTH_PCT_OF_GDP for r in readings):
        lines.append(0.0)
    if rate.value is not None and any(abs(rate.value - line) < 1e-9 for line in lines):
        near.append(rate.indicator)
    return tuple(near)


def stimulus(view: View) -> Stimulus:
    """Stimulus at the date of a view, and whether it opens the gate.

    Easing, measured or announced: total assets or securities held outright grew by more than
    0.25 % of GDP over 13 weeks, or purchases of that pace are announced, while the policy rate
    has not risen over six months; or the policy rate fell by 50 bp or more over six months.
    """
    assets = _assets(view, "assets_13w", _WEEKS_13, 3)
    securities = _change_pct_of_gdp(view, "securities_13w", "WSHOSHO", _WEEKS_13)
    purchases = announced_purchases(view.announcements(), view.as_of)
    announced = _announced(view, purchases)
    rate, change = _policy_rate(view), _rate_change(view, "rate_change_6m", 6)
    real, rule, above_rule = _rule(view, rate)
    # Securities did not exist as a series before 2003; their absence then decides nothing.
    grown = [_above(assets, GROWTH_PCT_OF_GDP)]
    if securities.status is not Status.NOT_BEGUN:
        grown.append(_above(securities, GROWTH_PCT_OF_GDP))
    not_rising = None if change.value is None else change.value <= 0
    by_balance = _both(_either(*grown), not_rising)
    by_word = _both(_above(announced, GROWTH_PCT_OF_GDP), not_rising)
    # The 1e-9 keeps a cut of exactly 50 bp from failing on its binary fraction.
    by_rate = None if change.value is None else change.value <= CUT_PP + 1e-9
    easing = _either(by_balance, by_word, by_rate)
    return Stimulus(
        assets_13w=assets,
        assets_52w=_assets(view, "assets_52w", _WEEKS_52, 12),
        securities_13w=securities,
        announced_13w=announced,
        policy_rate=rate,
        rate_change_6m=change,
        rate_change_12m=_rate_change(view, "rate_change_12m", 12),
        real_rate=real,
        rule_rate=rule,
        rate_minus_rule=above_rule,
        purchases=purchases,
        gate={True: Gate.ON, False: Gate.OFF, None: Gate.UNKNOWN}[easing],
        by_balance_sheet=by_balance,
        by_announcement=by_word,
        by_rate=by_rate,
        edges=_edges((assets, securities, announced), change),
        rung=_rung(assets, securities, purchases),
        score=_map_score(assets, change, above_rule),
    )
