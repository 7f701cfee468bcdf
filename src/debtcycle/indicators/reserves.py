"""Reserves against banks and the economy, and how technical announced purchases are (1-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from debtcycle.catalogue.calendar import shift_months
from debtcycle.indicators._common import refuse
from debtcycle.indicators._flows import point_reading, unknown
from debtcycle.indicators.model import HasReadings, Reading
from debtcycle.indicators.purchases import announced_purchases
from debtcycle.views import Series, View

__all__ = [
    "BAND_PCT_OF_GDP",
    "DURATION_YEARS",
    "EXCESS_PP",
    "Reserves",
    "reserves",
]

# Claim 2 (D): reserves count as ample, neither scarce nor abundant, within this band. Funding
# markets seized up in September 2019 at about 6.5 %; years of large-scale purchases lie above 12.
BAND_PCT_OF_GDP = (8.0, 12.0)
# Claim 3 (D): reserves above their ratio at the end of QT by more than this grow faster than
# banks and the economy need.
EXCESS_PP = 0.5
# Average duration of what is bought (D): bills of about a quarter, notes and bonds as bought by
# past programmes, mortgage securities with their early repayments.
DURATION_YEARS = {"bills": 0.25, "coupons": 6.0, "mixed": 5.5, "agency": 5.0}
_TROUGH_WEEKS = 156
_TURN_PCT_OF_GDP = 0.25
_GDP_QUARTERS = 20


@dataclass(frozen=True, slots=True)
class Reserves(HasReadings):
    """Reserves and the announced pace of purchases at a date.

    Attributes
    ----------
    to_gdp, to_bank_assets : Reading
        Reserve balances in % of GDP and of commercial banks' assets.
    excess : Reading
        `to_gdp` minus its value at the end of the last QT, pp.
    qt_ended : date or None
        The day that counts as the end of the last QT.
    since_trough : Reading
        Rise of total assets since their lowest week of the last three years, % of GDP.
    turned : date or None
        That week, if assets had fallen by more than 0.25 % of GDP before it and have risen since:
        the turning date.
    pace_growth : Reading
        Announced purchases of a year in % of total assets, minus trend growth of nominal GDP
        (compound, 20 quarters), pp.
    ten_year_equivalents : Reading
        Announced purchases over 13 weeks as ten-year bonds of the same duration, % of GDP.
    bills_only : bool
        Whether something is bought, and only bills.
    """

    to_gdp: Reading
    to_bank_assets: Reading
    excess: Reading
    qt_ended: date | None
    since_trough: Reading
    turned: date | None
    pace_growth: Reading
    ten_year_equivalents: Reading
    bills_only: bool


def _refused(view: View, indicator: str, unit: str, *needed: Series) -> Reading | None:
    return next(filter(None, (refuse(view, indicator, unit, series) for series in needed)), None)


def _qt_ended(view: View) -> date | None:
    """The last day on which the run-off of Treasuries ended, by the log of announcements."""
    days = [
        row.effective_from or row.date
        for row in view.announcements()
        if row.direction == "end" and row.programme.startswith("QT") and row.asset_class != "agency"
    ]
    return max((day for day in days if day <= view.as_of), default=None)


def _ratios(view: View, ended: date | None) -> tuple[Reading, Reading, Reading]:
    names = "reserves_gdp", "reserves_bank_assets", "reserves_excess"
    held, gdp = view.series("WRESBAL"), view.series("GDP")
    refused = _refused(view, names[0], "percent_of_gdp", held, gdp)
    if refused is not None:
        return (
            refused,
            unknown(names[1], "percent", refused),
            unknown(names[2], "pp", refused),
        )
    held = held.usd_bn()
    ratio = 100.0 * float(held.values[-1]) / float(gdp.values[-1])
    whole = point_reading(names[0], "percent_of_gdp", ratio, (held, -1), (gdp, -1))
    banks = view.series("TLAACBW027SBOG")
    of_banks = refuse(view, names[1], "percent", banks)
    if of_banks is None:
        share = 100.0 * float(held.values[-1]) / float(banks.usd_bn().values[-1])
        of_banks = point_reading(names[1], "percent", share, (held, -1), (banks, -1))
    if ended is None:
        return whole, of_banks, point_reading(names[2], "pp", None, (held, -1))
    day = np.datetime64(ended, "D")
    then, output = held.index_at(day), gdp.index_at(shift_months(np.array([day]), -3)[0])
    if then is None or output is None:
        return whole, of_banks, point_reading(names[2], "pp", None, (held, -1))
    before = 100.0 * float(held.values[then]) / float(gdp.values[output])
    points = ((held, -1), (gdp, -1), (held, then), (gdp, output))
    return whole, of_banks, point_reading(names[2], "pp", ratio - before, *points)


def _since_trough(view: View) -> tuple[Reading, date | None]:
    """``100 * (assets - lowest of the last 156 weeks) / GDP``, and the week if it is a turn."""
    name, unit = "assets_since_trough", "percent_of_gdp"
    assets, gdp = view.series("WALCL"), view.series("GDP")
    refused = _refused(view, name, unit, assets, gdp)
    if refused is not None:
        return refused, None
    assets = assets.usd_bn()
    window = assets.values[-_TROUGH_WEEKS:]
    lowest = len(assets) - len(window) + int(window.argmin())
    size = float(gdp.values[-1])
    rise = 100.0 * float(assets.values[-1] - assets.values[lowest]) / size
    fall = 100.0 * float(window[: int(window.argmin()) + 1].max() - window.min()) / size
    turn: date = assets.periods[lowest].item()
    made = point_reading(name, unit, rise, (assets, -1), (assets, lowest), (gdp, -1))
    return made, turn if fall > _TURN_PCT_OF_GDP and rise > 0 else None


def _pace(view: View, monthly_usd_bn: float) -> Reading:
    name = "purchase_pace_gap"
    assets, gdp = view.series("WALCL"), view.series("GDP")
    refused = _refused(view, name, "pp", assets, gdp)
    if refused is not None:
        return refused
    base = gdp.at(shift_months(gdp.periods[-1:], -3 * _GDP_QUARTERS)[0])
    if base is None:
        return point_reading(name, "pp", None, (assets, -1), (gdp, -1))
    trend = 100.0 * ((float(gdp.values[-1]) / base) ** (4 / _GDP_QUARTERS) - 1.0)
    pace = 100.0 * 12.0 * monthly_usd_bn / float(assets.usd_bn().values[-1])
    return point_reading(name, "pp", pace - trend, (assets, -1), (gdp, -1))


def _equivalents(view: View, yearly_weighted: float) -> Reading:
    """``sum(3 months' pace * duration) / duration of the ten-year par bond``, % of GDP."""
    name, unit = "ten_year_equivalents_13w", "percent_of_gdp"
    gdp, bond = view.series("GDP"), view.resolve("DGS10")
    refused = _refused(view, name, unit, gdp, bond)
    if refused is not None:
        return refused
    half = float(bond.values[-1]) / 200.0
    # Modified duration of a par bond with half-yearly coupons.
    duration = 10.0 if abs(half) < 1e-6 else (1.0 - (1.0 + half) ** -20) / (2.0 * half)
    value = 100.0 * 3.0 * yearly_weighted / duration / float(gdp.values[-1])
    return point_reading(name, unit, value, (gdp, -1), (bond, -1))


def reserves(view: View) -> Reserves:
    """Reserves as known on the date of a view, and what is announced.

    Source: Federal Reserve H.4.1 and H.8; BEA; the log of announcements.
    """
    ended = _qt_ended(view)
    bought = announced_purchases(view.announcements(), view.as_of)
    weighted = sum(p.pace_usd_bn_per_month * DURATION_YEARS[p.tenor] for p in bought.buying)
    to_gdp, to_banks, excess = _ratios(view, ended)
    return Reserves(
        to_gdp,
        to_banks,
        excess,
        ended,
        *_since_trough(view),
        _pace(view, bought.pace_usd_bn_per_month),
        _equivalents(view, weighted),
        bool(bought.buying) and all(p.tenor == "bills" for p in bought.buying),
    )
