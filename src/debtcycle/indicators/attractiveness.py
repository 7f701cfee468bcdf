"""The ledger of relative attractiveness: what each asset must do to match the bond (26-30).

Arithmetic on the day's yields. Nothing here says what will happen or what to hold: a break-even
is the belief that makes two assets equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._common import reading, refuse
from debtcycle.indicators._flows import point_reading, unknown
from debtcycle.indicators._prices import cape_today
from debtcycle.indicators.model import HasReadings, Reading
from debtcycle.views import Series, View

__all__ = [
    "ESSAY_NOV_2025",
    "Ahead",
    "AssetLine",
    "Attractiveness",
    "EssayFigure",
    "RealReturn",
    "attractiveness",
    "bond_real_return_pct",
    "gold_against_bond",
    "modified_duration_years",
    "price_growth_to_match_pct",
    "yield_rise_to_lose_carry_bp",
]

BOND_YEARS = 10.0
INFLATIONS_PCT = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
PAST_YEARS = 10  # over which an asset's own price growth is shown beside the growth it needs
LEVEL_WITHIN_PP = 0.005  # two returns that agree to two decimals count as equal


class Ahead(StrEnum):
    """Which of two returns is higher under a stated belief (claim 29)."""

    BOND = "bond"
    LEVEL = "level"
    GOLD = "gold"


@dataclass(frozen=True, slots=True)
class EssayFigure:
    """A figure of the essay's list B (5 November 2025), %, for comparison with ours.

    The earnings yield of 4.4 % is that of earnings expected for the year ahead; ours is of
    earnings reported, so it is lower. `confirmed` says whether a published copy was seen.
    """

    indicator: str
    published_pct: float
    confirmed: bool


ESSAY_NOV_2025 = (
    EssayFigure("earnings_yield", 4.4, True),
    EssayFigure("bond_yield", 4.0, False),
    EssayFigure("real_yield", 1.8, False),
    EssayFigure("premium_earnings", 0.3, False),
)


@dataclass(frozen=True, slots=True)
class AssetLine:
    """One asset of the ledger.

    Attributes
    ----------
    asset : str
        ``cash``, ``bond``, ``tips``, ``equities``, ``gold``, ``commodities``; the last two only
        where there is a price.
    running_yield : Reading
        What it pays in a year, % (nominal; TIPS: real, their principal grows with prices).
    needed_growth : Reading
        Price growth a year at which it returns what the 10-year bond yields, % (TIPS:
        inflation).
    expected : Reading or None
        Expected nominal return, %, for bond and equities: what a stated assumption gives.
    past_growth : Reading or None
        Price growth a year over the last ten years, %, beside the growth needed; None for what
        is held for its yield.
    """

    asset: str
    running_yield: Reading
    needed_growth: Reading
    expected: Reading | None
    past_growth: Reading | None


@dataclass(frozen=True, slots=True)
class RealReturn:
    """Real return of holding the bond to maturity at one rate of inflation, %."""

    inflation_pct: float
    simple_pct: float
    exact_pct: float


@dataclass(frozen=True, slots=True)
class Attractiveness(HasReadings):
    """The ledger at a date.

    Attributes
    ----------
    lines : tuple of AssetLine
    bond_yield, real_yield, breakeven : Reading
        10-year nominal, inflation-indexed, and the inflation between them, %.
    earnings_yield, cape_yield : Reading
        Trailing earnings, and ten-year real earnings (100 / CAPE), over the day's price, %.
    premium_earnings, premium_cape, premium_cape_real : Reading
        E/P and CAPE yield minus the nominal 10-year, CAPE yield minus the real 10-year, pp.
    duration, carry_cushion : Reading
        Modified duration of the par bond, years; the yield rise that eats a year's carry, bp.
    borrower_cost, borrower_margin_earnings, borrower_margin_expected : Reading
        BAA yield, %; earnings yield, and expected equity return, minus it, pp (claim 27).
    real_returns : tuple of RealReturn
        Of the bond at inflation of 0 to 8 % (claim 30); empty if its yield is unknown.
    gold : Ahead or None
        Bond and gold if gold went on as in the last ten years.
    """

    lines: tuple[AssetLine, ...]
    bond_yield: Reading
    real_yield: Reading
    breakeven: Reading
    earnings_yield: Reading
    cape_yield: Reading
    premium_earnings: Reading
    premium_cape: Reading
    premium_cape_real: Reading
    duration: Reading
    carry_cushion: Reading
    borrower_cost: Reading
    borrower_margin_earnings: Reading
    borrower_margin_expected: Reading
    real_returns: tuple[RealReturn, ...]
    gold: Ahead | None

    @property
    def essay(self) -> tuple[tuple[EssayFigure, Reading], ...]:
        """The essay's figures of list B, each beside ours of this date."""
        ours = {made.indicator: made for made in self.readings}
        return tuple((figure, ours[figure.indicator]) for figure in ESSAY_NOV_2025)


def price_growth_to_match_pct(bond_yield_pct: float, running_yield_pct: float) -> float:
    """Price growth a year at which an asset returns the bond's yield: ``y_bond - y_asset``.

    Expected return is yield plus price change (claim 28); gold pays nothing, so it needs the
    whole yield (claim 29).
    """
    return bond_yield_pct - running_yield_pct


def gold_against_bond(gold_growth_pct: float, bond_yield_pct: float) -> Ahead:
    """Claim 29: below the bond's yield the bond is ahead, at it they are level, above it gold."""
    gap = gold_growth_pct - bond_yield_pct
    if abs(gap) <= LEVEL_WITHIN_PP:
        return Ahead.LEVEL
    return Ahead.GOLD if gap > 0 else Ahead.BOND


def modified_duration_years(yield_pct: float, years: float = BOND_YEARS) -> float:
    """Modified duration of a bond at par with half-yearly coupons.

    ``D = (1 - (1 + y/2)^(-2n)) / y``; n at a yield of zero.
    """
    y = yield_pct / 100.0
    if abs(y) < 1e-9:
        return years
    return -math.expm1(-2.0 * years * math.log1p(y / 2.0)) / y


def yield_rise_to_lose_carry_bp(yield_pct: float, years: float = BOND_YEARS) -> float:
    """Rise of the yield over 12 months that takes back a year's income: ``100 y / D``, bp.

    First order: ``y - D dy = 0`` (claim 28). D is that of today's par bond; a year on it is a
    little shorter, so the true cushion is a little wider.
    """
    return 100.0 * yield_pct / modified_duration_years(yield_pct, years)


def bond_real_return_pct(yield_pct: float, inflation_pct: float) -> RealReturn:
    """Real return at a rate of inflation (claim 30): 4 % at 5 % gives -1.00 and -0.95.

    Simple ``y - pi``; exact ``(1 + y) / (1 + pi) - 1``.
    """
    exact = 100.0 * (yield_pct - inflation_pct) / (100.0 + inflation_pct)
    return RealReturn(inflation_pct, yield_pct - inflation_pct, exact)


def _last(view: View, indicator: str, series: Series) -> Reading:
    if (refused := refuse(view, indicator, "percent", series)) is not None:
        return refused
    return reading(indicator, "percent", float(series.values[-1]), series)


def _combine(indicator: str, unit: str, value: float | None, *parts: Reading) -> Reading:
    """A reading computed from readings: their origins, and the reason of the first unknown."""
    lacking = next((part for part in parts if not part.known), None)
    if lacking is not None or value is None:
        return unknown(indicator, unit, parts[0] if lacking is None else lacking)
    origins = tuple(dict.fromkeys(origin for part in parts for origin in part.origins))
    return Reading(
        indicator, unit, value, origins=origins, freshness=min(p.freshness for p in parts)
    )


def _minus(indicator: str, unit: str, left: Reading, right: Reading) -> Reading:
    value = None
    if left.value is not None and right.value is not None:
        value = left.value - right.value
    return _combine(indicator, unit, value, left, right)


def _sum(indicator: str, unit: str, left: Reading, right: Reading) -> Reading:
    value = None
    if left.value is not None and right.value is not None:
        value = left.value + right.value
    return _combine(indicator, unit, value, left, right)


def _over_price(view: View, indicator: str, flow: Series) -> Reading:
    """A yearly sum per share over the day's price, %."""
    price = view.resolve("SPX")
    for needed in (flow, price):
        if (refused := refuse(view, indicator, "percent", needed)) is not None:
            return refused
    # Shiller's other copies write a figure not yet known as 0.
    value = float(flow.values[-1])
    share = 100.0 * value / float(price.values[-1]) if value > 0 else None
    return point_reading(indicator, "percent", share, (flow, -1), (price, -1))


def _cape_yield(view: View) -> Reading:
    ratio, monthly, price = cape_today(view)
    if (refused := refuse(view, "cape_yield", "percent", monthly)) is not None:
        return refused
    share = None if ratio is None or ratio <= 0 else 100.0 / ratio
    return reading("cape_yield", "percent", share, monthly, *((price,) if price.fresh else ()))


def _dividend_yield(view: View) -> Reading:
    """Dividends of a year over the price: Shiller's sum, else the published yield."""
    indicator = "yield_equities"
    found = view.resolve("SHILLER_DIVIDEND")
    if found.info.unit == "percent":
        return _last(view, indicator, found)
    return _over_price(view, indicator, found)


def _past_growth(view: View, indicator: str, series: Series) -> Reading:
    """Price growth a year over the last ten years: ``100 ((P_t / P_{t-10y})^(1/10) - 1)``."""
    if (refused := refuse(view, indicator, "percent", series)) is not None:
        return refused
    then = shift_months(series.periods[-1:], -12 * PAST_YEARS)[0]
    at = series.index_at(then)
    # The day ten years ago may have been a holiday; a month without a figure may not.
    if at is None or (then - series.periods[at]).astype(int) > 7:
        return point_reading(indicator, "percent", None, (series, -1))
    growth = 100.0 * ((float(series.values[-1] / series.values[at])) ** (1 / PAST_YEARS) - 1)
    return point_reading(indicator, "percent", growth, (series, -1), (series, at))


def _no_yield(asset: str, price: Series) -> Reading:
    """The yield of a thing that pays nothing: zero by nature, dated by its price."""
    return reading(f"yield_{asset}", "percent", 0.0, price)


def _cash(view: View) -> Reading:
    """The policy rate on the date; three-month bills, under their own name, without one."""
    rate = view.resolve("DFEDTARU")
    bills = view.series("TB3MS")
    if not rate.fresh and bills.fresh:
        rate = replace(bills, stands_for="DFEDTARU")
    return _last(view, "yield_cash", rate)


def _commodities(view: View) -> Series:
    """The index of all commodities; oil, under its own name, without it."""
    broad, oil = view.series("PALLFNFINDEXM"), view.series("WTI")
    if not broad.fresh and oil.fresh:
        return replace(oil, stands_for="PALLFNFINDEXM")
    return broad


def _line(
    asset: str,
    pays: Reading,
    bond: Reading,
    expected: Reading | None = None,
    past: Reading | None = None,
) -> AssetLine:
    needed = _minus(f"needed_{asset}", "percent", bond, pays)
    return AssetLine(asset, pays, needed, expected, past)


def _lines(
    view: View, bond: Reading, real: Reading, expected_equities: Reading
) -> tuple[AssetLine, ...]:
    price, gold, goods = view.resolve("SPX"), view.resolve("GOLD"), _commodities(view)
    return (
        _line("cash", _cash(view), bond),
        _line("bond", bond, bond, replace(bond, indicator="expected_bond")),
        _line("tips", replace(real, indicator="yield_tips"), bond),
        _line(
            "equities",
            _dividend_yield(view),
            bond,
            expected_equities,
            _past_growth(view, "past_equities", price),
        ),
        *(
            _line(
                name,
                _no_yield(name, series),
                bond,
                None,
                _past_growth(view, f"past_{name}", series),
            )
            for name, series in (("gold", gold), ("commodities", goods))
            if series.fresh
        ),
    )


def _gold(lines: tuple[AssetLine, ...], bond: Reading) -> Ahead | None:
    past = next((line.past_growth for line in lines if line.asset == "gold"), None)
    if past is None or past.value is None or bond.value is None:
        return None
    return gold_against_bond(past.value, bond.value)


def attractiveness(view: View) -> Attractiveness:
    """The ledger as known on the date of a view.

    Notes
    -----
    The policy rate stands for cash. Equities' expected nominal return is the CAPE yield, a real
    return if the ratio and real earnings stay on trend, plus breakeven inflation: an assumption,
    stated wherever it is shown. Inflation-indexed yields begin in 2003 and nothing stands in
    before.

    Source: Federal Reserve H.15; Robert Shiller; Moody's.
    """
    bond = _last(view, "bond_yield", view.resolve("DGS10"))
    real = _last(view, "real_yield", view.series("DFII10"))
    breakeven = _last(view, "breakeven", view.series("T10YIE"))
    earnings = _over_price(view, "earnings_yield", view.series("SHILLER_EARNINGS"))
    cape = _cape_yield(view)
    cost = _last(view, "borrower_cost", view.series("BAA"))
    expected = _sum("expected_equities", "percent", cape, breakeven)
    duration = cushion = None
    if bond.value is not None:
        duration = modified_duration_years(bond.value)
        cushion = yield_rise_to_lose_carry_bp(bond.value)
    lines = _lines(view, bond, real, expected)
    return Attractiveness(
        lines,
        bond,
        real,
        breakeven,
        earnings,
        cape,
        _minus("premium_earnings", "pp", earnings, bond),
        _minus("premium_cape", "pp", cape, bond),
        _minus("premium_cape_real", "pp", cape, real),
        _combine("bond_duration", "years", duration, bond),
        _combine("carry_cushion", "bp", cushion, bond),
        cost,
        _minus("borrower_margin_earnings", "pp", earnings, cost),
        _minus("borrower_margin_expected", "pp", expected, cost),
        ()
        if bond.value is None
        else tuple(bond_real_return_pct(bond.value, pi) for pi in INFLATIONS_PCT),
        _gold(lines, bond),
    )
