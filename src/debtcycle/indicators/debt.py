"""Debt arithmetic (CLAIMS section 5): the path of debt, its service, and what must be sold.

Shares are fractions in the functions and percent in the data classes (names ending in ``_pct``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from debtcycle.indicators._common import growth_over_months_pct, refuse
from debtcycle.indicators._flows import (
    Point,
    debt_held,
    end_of,
    index_at_end,
    point_reading,
    sum_to,
)
from debtcycle.indicators.model import Reading
from debtcycle.views import View

__all__ = [
    "THREE_PERCENT_SOLUTION",
    "WORKED_EXAMPLE",
    "Adjustment",
    "DebtInputs",
    "DebtOutlook",
    "DebtPath",
    "DebtYear",
    "debt_outlook",
    "debt_path",
    "gross_issuance",
    "next_debt_ratio",
    "stabilising_primary_deficit",
    "stabilising_primary_deficit_same_year",
]

# The published worked example's share of the debt that matures within a year.
MATURING_SHARE_PCT = 35.0
# Nominal growth of the outlook (D): the compound rate of the last ten years as known.
GROWTH_YEARS = 10
OUTLOOK_YEARS = 10


def next_debt_ratio(d: float, i: float, g: float, p: float) -> float:
    """Debt ratio after a year, ``d' = [d (1 + i) + p] / (1 + g)``.

    Parameters
    ----------
    d : float
        Debt at the start of the year over the income (GDP or revenue) of the year before.
    i, g : float
        Interest rate on that debt and growth of that income.
    p : float
        Primary deficit of the year over the income of the year *before*, like `d`.
    """
    return (d * (1.0 + i) + p) / (1.0 + g)


def stabilising_primary_deficit(d: float, i: float, g: float) -> float:
    """Primary deficit that keeps the ratio: ``p* = (g - i) d``, exact for `next_debt_ratio`.

    It is measured, as there, in the income of the year before.
    """
    return (g - i) * d


def stabilising_primary_deficit_same_year(d: float, i: float, g: float) -> float:
    """The same in the income of the year in which it is run: ``p* / (1 + g)``.

    The two differ by the factor ``1 + g`` only; budgets are quoted in this form.
    """
    return (g - i) * d / (1.0 + g)


def gross_issuance(maturing: float, interest: float, primary_deficit: float) -> float:
    """What must be sold in a year: maturing debt, interest and the primary deficit."""
    return maturing + interest + primary_deficit


@dataclass(frozen=True, slots=True)
class DebtInputs:
    """Where a path starts: the year that has closed, and the rates that follow.

    Attributes
    ----------
    debt_usd_bn : float
        Debt at the end of the closed year.
    revenue_usd_bn, primary_spending_usd_bn, gdp_usd_bn : float
        Of the closed year; all three grow by `growth_pct` a year.
    interest_pct : float
        Rate paid in a year on the debt at its start.
    growth_pct : float
    maturing_pct : float
        Share of the debt at a year's start that falls due within it.
    """

    debt_usd_bn: float
    revenue_usd_bn: float
    primary_spending_usd_bn: float
    gdp_usd_bn: float
    interest_pct: float
    growth_pct: float
    maturing_pct: float = MATURING_SHARE_PCT


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Change of policy, phased in by equal steps over some years and kept afterwards.

    Attributes
    ----------
    spending_pct, revenue_pct : float
        Change of non-interest spending and of revenue against the path without it, %.
    interest_pp : float
        Change of the real interest rate at unchanged growth, so of the rate paid, pp.
    years : int
        Over which it is phased in.
    """

    spending_pct: float = 0.0
    revenue_pct: float = 0.0
    interest_pp: float = 0.0
    years: int = 1

    def share(self, year: int) -> float:
        """Part of the change in force in a year, counted from 1."""
        return min(1.0, year / self.years)


@dataclass(frozen=True, slots=True)
class DebtYear:
    """One year of a path, USD bn; ratios to that year's own revenue and GDP."""

    year: int
    debt_usd_bn: float
    revenue_usd_bn: float
    gdp_usd_bn: float
    interest_usd_bn: float
    maturing_usd_bn: float
    primary_deficit_usd_bn: float

    @property
    def deficit_usd_bn(self) -> float:
        """Primary deficit and interest: what is added to the debt."""
        return self.primary_deficit_usd_bn + self.interest_usd_bn

    @property
    def gross_issuance_usd_bn(self) -> float:
        """What must be sold in the year."""
        return gross_issuance(
            self.maturing_usd_bn, self.interest_usd_bn, self.primary_deficit_usd_bn
        )

    @property
    def service_usd_bn(self) -> float:
        """Debt service with principal: what falls due if it cannot be rolled over."""
        return self.interest_usd_bn + self.maturing_usd_bn

    def pct_of_revenue(self, usd_bn: float) -> float:
        """A sum in % of the year's revenue."""
        return 100.0 * usd_bn / self.revenue_usd_bn

    def pct_of_gdp(self, usd_bn: float) -> float:
        """A sum in % of the year's GDP."""
        return 100.0 * usd_bn / self.gdp_usd_bn

    @property
    def debt_pct_of_revenue(self) -> float:
        """Debt at the year's end."""
        return self.pct_of_revenue(self.debt_usd_bn)

    @property
    def debt_pct_of_gdp(self) -> float:
        """Debt at the year's end."""
        return self.pct_of_gdp(self.debt_usd_bn)

    @property
    def interest_pct_of_revenue(self) -> float:
        """Debt service without the principal that is rolled over."""
        return self.pct_of_revenue(self.interest_usd_bn)

    @property
    def interest_pct_of_gdp(self) -> float:
        """Debt service without the principal that is rolled over."""
        return self.pct_of_gdp(self.interest_usd_bn)

    @property
    def service_pct_of_revenue(self) -> float:
        """Debt service with principal."""
        return self.pct_of_revenue(self.service_usd_bn)

    @property
    def service_pct_of_gdp(self) -> float:
        """Debt service with principal."""
        return self.pct_of_gdp(self.service_usd_bn)

    @property
    def deficit_pct_of_gdp(self) -> float:
        """Whole deficit."""
        return self.pct_of_gdp(self.deficit_usd_bn)


@dataclass(frozen=True, slots=True)
class DebtPath:
    """Years of debt that follow from inputs that stay as they are."""

    inputs: DebtInputs
    years: tuple[DebtYear, ...]


# Published (trillions there): revenue 5.4, other spending 6.0, 3.5 %, 3.9 %, debt 580 % of
# revenue, 35 % maturing. Revenue and spending are those of the first year, and the debt is that
# of the year before over its own revenue, as in `next_debt_ratio`: read so, the example's
# interest (about 1), maturing debt (about 10.5) and sales (about 12.2) all come out. GDP is not
# part of it; revenue of 17.5 % of GDP is the long-run average of the United States.
_REVENUE_BEFORE = 5400.0 / 1.039
WORKED_EXAMPLE = DebtInputs(
    debt_usd_bn=5.8 * _REVENUE_BEFORE,
    revenue_usd_bn=_REVENUE_BEFORE,
    primary_spending_usd_bn=6000.0 / 1.039,
    gdp_usd_bn=_REVENUE_BEFORE / 0.175,
    interest_pct=3.5,
    growth_pct=3.9,
    maturing_pct=MATURING_SHARE_PCT,
)
# Published: spending -4 %, revenue +4 %, real rate -1 pp over three years take a deficit of 6-7 %
# of GDP to about 3 %. The arithmetic alone, without the growth that lower rates may bring, takes
# off about 2.5 pp.
THREE_PERCENT_SOLUTION = Adjustment(-4.0, 4.0, -1.0, 3)


def debt_path(inputs: DebtInputs, years: int, adjustment: Adjustment | None = None) -> DebtPath:
    """Follow debt for some years.

    ``D_t = D_{t-1} + i D_{t-1} + P_t`` with ``P_t = S_t - R_t``; spending, revenue and GDP grow
    by g, so that ``D_t / Y_t`` follows `next_debt_ratio`.

    Parameters
    ----------
    years : int
        Length of the path, at least 1.
    adjustment : Adjustment, optional
        None by default: policy stays.
    """
    change = Adjustment() if adjustment is None else adjustment
    debt, rows = inputs.debt_usd_bn, []
    for year in range(1, years + 1):
        grown = (1.0 + inputs.growth_pct / 100.0) ** year
        part = change.share(year)
        revenue = inputs.revenue_usd_bn * grown * (1.0 + part * change.revenue_pct / 100.0)
        spending = inputs.primary_spending_usd_bn * grown
        spending *= 1.0 + part * change.spending_pct / 100.0
        interest = debt * (inputs.interest_pct + part * change.interest_pp) / 100.0
        row = DebtYear(
            year,
            debt + interest + spending - revenue,
            revenue,
            inputs.gdp_usd_bn * grown,
            interest,
            debt * inputs.maturing_pct / 100.0,
            spending - revenue,
        )
        rows.append(row)
        debt = row.debt_usd_bn
    return DebtPath(inputs, tuple(rows))


@dataclass(frozen=True, slots=True)
class DebtOutlook:
    """The arithmetic filled with the figures of a date.

    Attributes
    ----------
    readings : tuple of Reading
        Debt, revenue, primary spending, GDP (USD bn), effective interest rate and growth (%).
    stabilising : Reading
        Primary deficit that keeps debt/GDP where it is, % of the GDP of the year it is run in.
    primary_deficit : Reading
        The one of the last closed fiscal year, % of GDP.
    inputs, path, solution : DebtInputs, DebtPath, DebtPath, or None
        None where a reading is unknown; `solution` is the path under `THREE_PERCENT_SOLUTION`.

    Notes
    -----
    Assumed, not measured: `MATURING_SHARE_PCT`, and that rates stay as they are. It is
    arithmetic, not a forecast.
    """

    readings: tuple[Reading, ...]
    stabilising: Reading
    primary_deficit: Reading
    inputs: DebtInputs | None
    path: DebtPath | None
    solution: DebtPath | None


_UNITS = (
    ("outlook_debt", "usd_bn"),
    ("outlook_revenue", "usd_bn"),
    ("outlook_primary_spending", "usd_bn"),
    ("outlook_gdp", "usd_bn"),
    ("outlook_interest", "percent"),
    ("outlook_growth", "percent"),
)


def _readings(view: View) -> tuple[Reading, ...]:
    """What the arithmetic needs: newest debt and GDP, budget shares of the last fiscal year.

    Revenue and spending are those of the closed fiscal year times the growth of GDP since, so
    that they belong to the same four quarters as the debt and GDP beside them.
    """
    debt, gdp = debt_held(view), view.series("GDP")
    receipts, outlays = view.series("OMB_RECEIPTS"), view.series("OMB_OUTLAYS")
    net = view.series("OMB_NET_INTEREST")
    for needed in (debt, gdp, receipts, outlays, net):
        if (refused := refuse(view, "outlook_debt", "usd_bn", needed)) is not None:
            return tuple(
                Reading(name, unit, None, refused.status, refused.origins, freshness=0.0)
                for name, unit in _UNITS
            )
    receipts, outlays, net = receipts.usd_bn(), outlays.usd_bn(), net.usd_bn()
    closed = receipts.periods[-1]
    spent, paid = outlays.at(closed), net.at(closed)
    primary = None if spent is None or paid is None else spent - paid
    # The rate is that year's net interest over the debt at its start; a year begins where the
    # one before ended.
    start = index_at_end(debt, end_of(receipts, len(receipts) - 2)) if len(receipts) > 1 else None
    rate = None
    if start is not None and paid is not None:
        rate = 100.0 * paid / float(debt.values[start])
    output, then = sum_to(gdp, end_of(gdp), 4), sum_to(gdp, end_of(receipts), 4)
    since = None if output is None or then is None else output[0] / then[0]
    growth = growth_over_months_pct(gdp, 12 * GROWTH_YEARS)
    annual = None if growth is None else 100.0 * ((1 + growth / 100) ** (1 / GROWTH_YEARS) - 1)
    budget = ((receipts, -1), (outlays, -1), (net, -1))
    newest = (gdp, -1)
    values: tuple[tuple[float | None, tuple[Point, ...]], ...] = (
        (float(debt.values[-1]), ((debt, -1),)),
        (None if since is None else since * float(receipts.values[-1]), (budget[0], newest)),
        (None if since is None or primary is None else since * primary, (*budget[1:], newest)),
        (None if output is None else output[0] / 4.0, (newest,)),
        (rate, (budget[2], (debt, -1 if start is None else start))),
        (annual, (newest,)),
    )
    return tuple(
        point_reading(name, unit, value, *points)
        for (name, unit), (value, points) in zip(_UNITS, values, strict=True)
    )


def debt_outlook(view: View, *, years: int = OUTLOOK_YEARS) -> DebtOutlook:
    """The debt arithmetic with the figures of a view's date.

    Parameters
    ----------
    years : int, default 10
        Length of the paths.
    """
    readings = _readings(view)
    debt, revenue, spending, gdp, interest, growth = (r.value for r in readings)
    names = "stabilising_primary_deficit", "primary_deficit"
    if (
        debt is None or revenue is None or spending is None
        or gdp is None or interest is None or growth is None
    ):  # fmt: skip
        lacking = next(r for r in readings if not r.known)
        unknown = Reading(
            names[0], "percent_of_gdp", None, lacking.status, lacking.origins, freshness=0.0
        )
        return DebtOutlook(
            readings, unknown, replace(unknown, indicator=names[1]), None, None, None
        )
    inputs = DebtInputs(debt, revenue, spending, gdp, interest, growth)
    keeps = stabilising_primary_deficit_same_year(debt / gdp, interest / 100, growth / 100)

    def made(name: str, share: float, used: tuple[Reading, ...]) -> Reading:
        origins = tuple(dict.fromkeys(origin for r in used for origin in r.origins))
        fresh = min(r.freshness for r in used)
        return Reading(name, "percent_of_gdp", 100.0 * share, origins=origins, freshness=fresh)

    return DebtOutlook(
        readings,
        made(names[0], keeps, (readings[0], *readings[3:])),
        made(names[1], (spending - revenue) / gdp, readings[1:4]),
        inputs,
        debt_path(inputs, years),
        debt_path(inputs, years, THREE_PERCENT_SOLUTION),
    )
