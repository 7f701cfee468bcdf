"""Rates, inflation and slack at the opening."""

from __future__ import annotations

import numpy as np

from debtcycle.machine.opening.desk import Desk, assumed, farthest_moves
from debtcycle.machine.opening.model import Fact, Kind, Lack, Ledger, Origin, origin
from debtcycle.views import Series

__all__ = ["inflation", "rates", "slack"]

_MISS_MONTHS = 36
_EXPERIENCE_YEARS = 10
_OWN_MEAN_MONTHS = 120
_PREMIUM_PP = 0.5  # in quiet years the premium lies within this, either way
_SAME_DAY = np.timedelta64(5, "D")
PRICES = ("PCEPILFE", "PCEPI", "CPIAUCSL")


def rates(desk: Desk, ledger: Ledger) -> None:
    """Policy rate, bill yield, ten-year nominal yield, corporate yield and spread, r*.

    The bill yield of the day is the ten-year yield minus its published distance from the
    three-month yield; where a day lacks one of them, the month's mean of bills stands in. The
    corporate yield is the daily Baa yield (ten-year plus BAA10Y) where that is in the store, else
    the month's mean: the month's mean is itself a rate, its spread over the day's ten-year yield is
    not one, so that the published spread of the same month is a fact of its own.
    """
    ledger.take(_policy_rate(desk))
    ten = desk.first("DGS10", "GS10")
    kind = Kind.OBSERVED if ten.id == "DGS10" else Kind.SUBSTITUTE
    ledger.take(_bill_yield(desk, ten))
    ledger.take(
        Fact(
            "nominal_yield_10y_pct", float(ten.values[-1]), "percent", kind,
            "opening.series", (("series", ten.id),), (origin(ten),),
        )
    )  # fmt: skip
    ledger.take(*_corporate(desk, ten), assumed(desk, "r_star_pct", "percent"))


def _policy_rate(desk: Desk) -> Fact:
    """The effective rate of the day; targets and monthly means stand in."""
    rate = desk.first("EFFR", "DFEDTARU", "DFEDTAR", "FEDFUNDS")
    own = rate.id == "EFFR"
    value, used = float(rate.values[-1]), [origin(rate)]
    lower = desk.maybe("DFEDTARL") if rate.id == "DFEDTARU" else None
    if lower is not None:
        value = (value + float(lower.values[-1])) / 2.0
        used.append(origin(lower))
    return Fact(
        "policy_rate_pct", value, "percent", Kind.OBSERVED if own else Kind.SUBSTITUTE,
        "opening.series" if own else "opening.instead",
        (("series", rate.id),) if own else (("series", rate.id), ("meant", "EFFR")), tuple(used),
    )  # fmt: skip


def _bill_yield(desk: Desk, ten: Series) -> Fact:
    slope = desk.maybe("T10Y3M")
    if slope is not None and ten.id == "DGS10":
        index = ten.index_at(slope.periods[-1])
        if index is not None and ten.periods[index] == slope.periods[-1]:
            value = float(ten.values[index] - slope.values[-1])
            return Fact(
                "bill_yield_pct", value, "percent", Kind.DERIVED, "opening.bill_yield", (),
                (origin(ten, index), origin(slope)),
            )  # fmt: skip
    bills = desk.maybe("TB3MS")
    if bills is None:
        raise Lack("T10Y3M", "TB3MS")
    return Fact(
        "bill_yield_pct", float(bills.values[-1]), "percent", Kind.SUBSTITUTE, "opening.instead",
        (("series", "TB3MS"), ("meant", "DGS10 - T10Y3M")), (origin(bills),),
    )  # fmt: skip


def _corporate(desk: Desk, ten: Series) -> tuple[Fact, Fact]:
    daily = desk.maybe("BAA10Y")
    if daily is not None:
        spread = float(daily.values[-1])
        used = (origin(ten), origin(daily))
        return (
            Fact("corporate_yield_pct", float(ten.values[-1]) + spread, "percent", Kind.DERIVED,
                 "opening.corporate_daily", (), used),
            Fact("corporate_spread_pp", spread, "pp", Kind.OBSERVED, "opening.series",
                 (("series", "BAA10Y"),), (origin(daily),)),
        )  # fmt: skip
    monthly = desk.maybe("BAA")
    if monthly is None:
        raise Lack("BAA10Y", "BAA")
    same = desk.view.series("GS10")
    then = same.index_at(monthly.periods[-1])
    if then is None or same.periods[then] != monthly.periods[-1]:
        raise Lack("GS10")
    spread = float(monthly.values[-1] - same.values[then])
    level = float(monthly.values[-1])
    # Where the month is an earlier one, spreads may have moved since as they have before; the yield
    # lies between that of the day with such a spread and the month's mean.
    _, left, right = np.intersect1d(monthly.periods, same.periods, return_indices=True)
    past = monthly.values[left] - same.values[right]
    fall, rise = farthest_moves(past, desk.months_behind(monthly))
    low, high = spread + fall, spread + rise
    ends = [level, *(float(ten.values[-1]) + end for end in (low, high))]
    known = (low, high) if low < high else (None, None)
    return (
        Fact("corporate_yield_pct", level, "percent", Kind.SUBSTITUTE, "opening.instead",
             (("series", "BAA"), ("meant", "DGS10 + BAA10Y")), (origin(monthly),),
             min(ends), max(ends)),
        Fact("corporate_spread_pp", spread, "pp", Kind.DERIVED, "opening.corporate_spread", (),
             (origin(monthly), origin(same, then)), *known),
    )  # fmt: skip


def inflation(desk: Desk, ledger: Ledger) -> None:
    """Inflation now, its misses, expected inflation, and the real yield of ten years.

    Expected inflation is the median of three measures: the ten-year breakeven (the market), the
    discounted mean of twelve-month inflation over ten years with a half-life of five (experience,
    as in learning from experience), and the target (the anchor). A median leaves out the one that
    is furthest off, such as the breakeven while indexed bonds could hardly be sold (2008: the
    breakeven fell to 0.3 %, of which D'Amico, Kim and Wei ascribe most to liquidity). Where there
    is no breakeven, the mean of the other two. The range is from the lowest to the highest.
    """
    prices = desk.first(*PRICES)
    now = desk.last_year_growth_pct(prices)
    own = prices.id == PRICES[0]
    params = (("series", prices.id),) if own else (("series", prices.id), ("meant", PRICES[0]))
    ledger.take(
        Fact("inflation_pct", now, "percent", Kind.DERIVED if own else Kind.SUBSTITUTE,
             "opening.year_growth" if own else "opening.year_growth_instead", params,
             (origin(prices),))
    )  # fmt: skip
    target = desk.bounds("inflation_target_pct")
    growth, at = desk.year_growth_pct(prices)
    months = prices.periods[at.astype(int)].astype("M8[M]").astype(int)
    recent = months > months[-1] - _MISS_MONTHS
    if int(recent.sum()) < _MISS_MONTHS * 0.8:
        raise Lack(prices.id)
    ledger.take(
        Fact("inflation_miss_pp", float(np.abs(growth[recent] - target.value).mean()), "pp",
             Kind.DERIVED, "opening.inflation_miss",
             (("months", float(_MISS_MONTHS)), ("target", target.value)), (origin(prices),))
    )  # fmt: skip
    half_life = desk.bounds("experience_half_life_years").value
    age = months[-1] - months
    weight = np.where(age < 12 * _EXPERIENCE_YEARS, 0.5 ** (age / (12.0 * half_life)), 0.0)
    experience = float(weight @ growth / weight.sum())
    _expectations(desk, ledger, experience, target.value, origin(prices))


def _breakeven(desk: Desk) -> tuple[float, tuple[Origin, ...]] | None:
    """Ten-year breakeven of the day: published, or nominal minus indexed of one day."""
    published = desk.maybe("T10YIE")
    if published is not None:
        return float(published.values[-1]), (origin(published),)
    real, ten = desk.maybe("DFII10"), desk.maybe("DGS10")
    if real is None or ten is None or abs(real.periods[-1] - ten.periods[-1]) > _SAME_DAY:
        return None
    return float(ten.values[-1] - real.values[-1]), (origin(ten), origin(real))


def _expectations(
    desk: Desk, ledger: Ledger, experience: float, target: float, prices: Origin
) -> None:
    market = _breakeven(desk)
    measures = [experience, target] if market is None else [market[0], experience, target]
    expected = float(np.median(measures))
    used = (prices,) if market is None else (*market[1], prices)
    parameters: tuple[tuple[str, str | float], ...] = (
        ("experience", experience), ("target", target),
    )  # fmt: skip
    if market is not None:
        parameters = (("breakeven", market[0]), *parameters)
    without = "" if market is not None else "_without"
    ledger.take(
        Fact("expected_inflation_pct", expected, "percent", Kind.ASSUMED,
             f"opening.expected_inflation{without}", parameters, used,
             min(measures), max(measures))
    )  # fmt: skip
    ten = ledger["nominal_yield_10y_pct"]
    real = desk.maybe("DFII10")
    if real is not None:
        ledger.take(
            Fact("real_yield_10y_pct", float(real.values[-1]), "percent", Kind.OBSERVED,
                 "opening.series", (("series", "DFII10"),), (origin(real),))
        )  # fmt: skip
    else:
        ledger.take(
            Fact("real_yield_10y_pct", ten.value - expected, "percent", Kind.SUBSTITUTE,
                 "opening.real_yield_without", (("expected", expected),),
                 (*ten.origins, *used), ten.value - max(measures), ten.value - min(measures))
        )  # fmt: skip
    gap = 0.0 if market is None else market[0] - expected
    ledger.take(
        Fact("breakeven_premium_pp", gap, "pp", Kind.ASSUMED,
             f"opening.breakeven_premium{without}", (("expected", expected),), used,
             -_PREMIUM_PP if market is None else market[0] - max(measures),
             _PREMIUM_PP if market is None else market[0] - min(measures))
    )  # fmt: skip


def slack(desk: Desk, ledger: Ledger) -> None:
    """Output gap and growth.

    ``gap = - okun (unemployment - natural rate)``, with the noncyclical rate of the CBO where the
    view has it for that quarter, else the mean of the last 120 months. Where unemployment is
    stale, ``100 (GDP / potential - 1)`` of the last published quarter stands in. The range comes
    from Okun's coefficient and from output against potential.
    """
    unemployment = _unemployment_gap(desk)
    output = _potential_gap(desk)
    okun = desk.bounds("okun_ratio")
    if unemployment is not None:
        measure, gap, used = unemployment
        value = -okun.value * gap
        ends = [-okun.low * gap, -okun.high * gap, *([] if output is None else [output[0]])]
        ledger.take(
            Fact("output_gap_pct", value, "percent", Kind.ASSUMED, f"opening.output_gap_{measure}",
                 (("gap", gap), ("okun", okun.value)), used, min(ends), max(ends))
        )  # fmt: skip
    elif output is not None:
        value, used = output
        wide = okun.high - okun.low  # half a point of unemployment either way
        ledger.take(
            Fact("output_gap_pct", value, "percent", Kind.SUBSTITUTE,
                 "opening.output_gap_potential", (), used, value - wide, value + wide)
        )  # fmt: skip
    else:
        raise Lack("UNRATE", "GDPPOT")
    real = desk.first("GDPC1")
    ledger.take(
        Fact("real_growth_pct", desk.last_year_growth_pct(real), "percent", Kind.DERIVED,
             "opening.year_growth", (("series", real.id),), (origin(real),))
    )  # fmt: skip


def _unemployment_gap(desk: Desk) -> tuple[str, float, tuple[Origin, ...]] | None:
    """Unemployment minus the natural rate, or else minus its own mean, pp."""
    rate = desk.view.series("UNRATE")
    if not rate.fresh:
        return None
    now = float(rate.values[-1])
    natural = desk.view.series("NROU")
    index = natural.index_at(rate.periods[-1])
    if index is not None and natural.fresh:
        pair = (origin(rate), origin(natural, index))
        return "natural", now - float(natural.values[index]), pair
    months = rate.periods.astype("M8[M]").astype(int)
    window = rate.values[months > months[-1] - _OWN_MEAN_MONTHS]
    if len(window) < 0.9 * _OWN_MEAN_MONTHS:
        return None
    return "own_mean", now - float(window.mean()), (origin(rate),)


def _potential_gap(desk: Desk) -> tuple[float, tuple[Origin, ...]] | None:
    """Real GDP of the last published quarter against potential output of the same quarter."""
    real, potential = desk.view.series("GDPC1"), desk.view.series("GDPPOT")
    if not real.fresh or not potential.fresh:
        return None
    index = potential.index_at(real.periods[-1])
    if index is None or potential.periods[index] != real.periods[-1]:
        return None
    value = 100.0 * (float(real.values[-1]) / float(potential.values[index]) - 1.0)
    return value, (origin(real), origin(potential, index))
