"""Credit gap, debt service and R-zone of the United States as known on a date, with their odds.

The odds come from the shipped record: those whose crises were known before the year of the view
began. So a view of 2007 is given the odds of 2006 and does not know what came.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.calendar import shift_months
from debtcycle.catalogue.model import Frequency
from debtcycle.crises._check import Floats
from debtcycle.crises._summary import frame, lines
from debtcycle.crises.gap import CreditGap, credit_gap
from debtcycle.crises.quoted import GAP_BANDS, HIGH_PERCENTILE, HORIZONS, QUOTED_HORIZON
from debtcycle.crises.record import CutoffRow, OddsRow, Record, SkillRow, shipped_record
from debtcycle.crises.service import FIRMS_YEARS, HOUSEHOLDS_YEARS, debt_service
from debtcycle.crises.standard import percentile_known
from debtcycle.errors import ConfigError
from debtcycle.indicators._common import reading, refuse
from debtcycle.indicators.model import HasReadings, Reading, Status
from debtcycle.views import Series, View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CrisisReading", "Signal", "gap_path", "states_of", "today"]

# Debt, prices and what stands in for what the measure asks for.
DEBT = {"household": "CMDEBT", "business": "TBSDODNS"}
PRICES = {"household": "CSUSHPINSA", "business": "SHILLER_PRICE"}
RATE = "GS10"
_YEARS = {"household": HOUSEHOLDS_YEARS, "business": FIRMS_YEARS}
_STATES = {"credit": ("high", "middle", "low"), "dsr": ("high", "other"), "rzone": ("in", "out")}
_LEAST_QUARTERS = 40
_WINDOW_MONTHS = 36
Days = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Signal(HasReadings):
    """One measure at one date.

    Attributes
    ----------
    signal : str
        ``"credit_gap"``, ``"dsr_household"``, ``"dsr_business"``, ``"rzone_household"``,
        ``"rzone_business"``.
    state : str
        ``"low"``/``"middle"``/``"high"``, ``"high"``/``"other"``, ``"in"``/``"out"``, or
        ``"unknown"``.
    figures : tuple of Reading
        What decides the state, first; a reading that could not be made says why.
    stand_ins : tuple of str
        Ids of what stands in for what the measure asks for; texts are in the catalogues.
    cutoffs : CutoffRow or None
        Of the R-zone, known before the year began.
    odds : tuple of OddsRow
        Of the state, by horizon, each with counts and interval; empty where none was known yet.
    base : OddsRow or None
        Of all country-years at the quoted horizon.
    skill : SkillRow or None
        The record of the measure as it was known before the year of the date began.
    """

    signal: str
    state: str
    figures: tuple[Reading, ...]
    stand_ins: tuple[str, ...]
    cutoffs: CutoffRow | None
    odds: tuple[OddsRow, ...]
    base: OddsRow | None
    skill: SkillRow | None

    @property
    def quoted(self) -> OddsRow | None:
        """Odds within three years."""
        return next((row for row in self.odds if row.horizon == QUOTED_HORIZON), None)


@dataclass(frozen=True, slots=True)
class CrisisReading(HasReadings):
    """All measures at one date.

    Attributes
    ----------
    as_of : date
    country : str
    mode : str
        Always ``"quasi-real-time"``: debt and GDP are of the latest vintage.
    signals : tuple of Signal
    """

    as_of: date
    country: str
    mode: str
    signals: tuple[Signal, ...]

    def signal(self, name: str) -> Signal:
        """One measure; ConfigError ``crises.option`` where there is none of that name."""
        found = next((item for item in self.signals if item.signal == name), None)
        if found is None:
            raise ConfigError("crises.option", name="signal", value=name)
        return found

    @property
    def known(self) -> int:
        """Measures whose state is known."""
        return sum(item.state != "unknown" for item in self.signals)

    def to_pandas(self) -> pd.DataFrame:
        """A row a measure: state, first figure, and odds within three years with their interval.

        ConfigError ``pandas.missing`` without pandas.
        """
        quoted = [item.quoted for item in self.signals]
        odds = ("share_pct", "low_pct", "high_pct", "observations", "crises", "known_by")
        columns: dict[str, list[object]] = {
            "signal": [item.signal for item in self.signals],
            "state": [item.state for item in self.signals],
            "value": [item.figures[0].value for item in self.signals],
            "unit": [item.figures[0].unit for item in self.signals],
            "period": [item.figures[0].period for item in self.signals],
        }
        for name in odds:
            columns[name] = [None if row is None else getattr(row, name) for row in quoted]
        return frame(columns)

    def summary(self) -> str:
        """State and odds within three years, by measure."""
        pairs: list[tuple[str, object]] = []
        for item in self.signals:
            row, text = item.quoted, item.state
            if row is not None and row.share_pct is not None:
                text += f", {row.share_pct:.0f}% [{row.low_pct:.0f}, {row.high_pct:.0f}]"
            pairs.append((item.signal, text))
        return lines(f"CrisisReading {self.country} {self.as_of}", pairs)


def states_of(signal: str) -> tuple[str, ...]:
    """The states that a measure can have, from the one with the highest odds expected down."""
    return _STATES[signal.partition("_")[0]]


def _signal(
    view: View,
    record: Record,
    name: str,
    state: str,
    figures: tuple[Reading, ...],
    stand_ins: tuple[str, ...],
    cutoffs: CutoffRow | None = None,
) -> Signal:
    """A measure with what the record knew of its state when the year of the view began."""
    year = view.as_of.year
    found = [record.known_odds(name, state, year, horizon) for horizon in HORIZONS]
    sample = "out_of_sample" if name.startswith("rzone") else "one_sided"
    return Signal(
        name, state, figures, stand_ins, cutoffs, tuple(row for row in found if row is not None),
        record.known_odds(name, "all", year, QUOTED_HORIZON),
        record.known_skill(name, sample, QUOTED_HORIZON, year),
    )  # fmt: skip


def gap_path(view: View) -> CreditGap | None:
    """The credit gap by quarter, computed here and not read; None where the ratio has a break."""
    ratio = view.series("BIS_CREDIT_RATIO_US")
    try:
        return credit_gap(ratio.values, ratio.periods, name=ratio.id)
    except ConfigError:
        return None


def _gap(view: View, record: Record) -> Signal:
    """The credit gap from the ratio of the store."""
    ratio = view.series("BIS_CREDIT_RATIO_US")
    made = refuse(view, "credit_gap", "pp", ratio)
    state = "unknown"
    if made is None:
        found = gap_path(view)
        if found is None:
            made = reading("credit_gap", "pp", None, ratio, lacking=Status.BREAK)
        else:
            value = found.latest_pp
            rank = float(percentile_known(found.gap_pp, _LEAST_QUARTERS)[-1])
            made = reading(
                "credit_gap", "pp", value, ratio, percentile=None if np.isnan(rank) else rank
            )
    if made.value is not None:
        state = ("low", "middle", "high")[int(np.searchsorted(GAP_BANDS, made.value, "right"))]
    beside = reading("credit_ratio", "percent_of_gdp",
                     float(ratio.values[-1]) if ratio.fresh else None, ratio,
                     lacking=made.status if not made.known else Status.STALE)  # fmt: skip
    return _signal(view, record, "credit_gap", state, (made, beside), ("latest_vintage",))


def _to_gdp(view: View, debt: Series) -> tuple[Days, Floats]:
    """Debt over a year's GDP, by quarter, as a ratio."""
    gdp = view.series("GDP").usd_bn()
    stock = debt.usd_bn()
    quarters, of_debt, of_gdp = np.intersect1d(stock.periods, gdp.periods, return_indices=True)
    return quarters, stock.values[of_debt] / gdp.values[of_gdp]


def _quarter_means(series: Series, quarters: Days) -> Floats:
    """Mean of a quarter's three months; NaN where one is missing."""
    months = [series_at(series, shift_months(quarters, step)) for step in (0, 1, 2)]
    found: Floats = np.mean(np.stack(months), axis=0)
    return found


def series_at(series: Series, periods: Days) -> Floats:
    """Values of exactly these periods, NaN where there is none."""
    found = np.full(len(periods), np.nan)
    _, ours, theirs = np.intersect1d(periods, series.periods, return_indices=True)
    found[ours] = series.values[theirs]
    return found


def _service(view: View, record: Record, sector: str) -> Signal:
    """Debt service less its mean so far, and its standing among its own past."""
    name = f"dsr_{sector}"
    debt, gdp, rate = (view.series(key) for key in (DEBT[sector], "GDP", RATE))
    stand_ins = ("gdp_for_income", "long_yield_for_loan_rate", "latest_vintage")
    for used in (debt, gdp, rate):
        if (refused := refuse(view, name, "pp", used)) is not None:
            return _signal(view, record, name, "unknown", (refused,), stand_ins)
    quarters, ratio = _to_gdp(view, debt)
    rates = _quarter_means(rate, quarters)
    there = np.isfinite(rates)
    quarters, ratio, rates = quarters[there], ratio[there], rates[there]
    if not len(quarters):
        short = reading(name, "pp", None, debt, gdp, rate)
        return _signal(view, record, name, "unknown", (short,), stand_ins)
    service = debt_service(ratio, rates, _YEARS[sector], least=_LEAST_QUARTERS)
    rank = float(percentile_known(service.gap_pp, _LEAST_QUARTERS)[-1])
    behind = (
        debt.until(quarters[-1]),
        gdp.until(quarters[-1]),
        rate.until(shift_months(quarters[-1:], 2)[0]),
    )
    known = not np.isnan(rank)
    made = reading(
        name, "pp", float(service.gap_pp[-1]) if known else None, *behind,
        percentile=rank if known else None,
    )  # fmt: skip
    level = reading(f"{name}_ratio", "percent_of_gdp", float(service.ratio_pct[-1]), *behind)
    state = ("high" if rank >= HIGH_PERCENTILE else "other") if known else "unknown"
    return _signal(view, record, name, state, (made, level), stand_ins)


def _real_growth_pct(
    price: Series, cpi: Series, quarter: np.datetime64
) -> tuple[float | None, Series, Series]:
    """Growth of a real price over three years to a quarter, percent.

    Monthly prices are those of the quarter's last month.
    """
    start = np.array([quarter], dtype="M8[D]")
    month = shift_months(start, 2)
    own = start if price.info.frequency is Frequency.QUARTERLY else month
    values = [
        series_at(series, np.array([shift_months(day, -_WINDOW_MONTHS)[0], day[0]]))
        for series, day in ((price, own), (cpi, month))
    ]
    used = price.until(own[0]), cpi.until(month[0])
    change = 100.0 * float(values[0][1] / values[0][0] / (values[1][1] / values[1][0]) - 1.0)
    return (None if np.isnan(change) else change), *used


def _at_hand(view: View, key: str) -> Series:
    """A series or its fresh substitute; where neither is, an old substitute rather than nothing.

    So a reader is told that the last figure is too old, and not that there is none.
    """
    found = view.resolve(key)
    if len(found):
        return found
    held = (view.series(other) for other in view.catalogue[key].substitutes)
    return next((replace(other, stands_for=key) for other in held if len(other)), found)


def _zone(view: View, record: Record, sector: str) -> Signal:
    """Whether debt and prices have both risen by more than their cut-offs."""
    name = f"rzone_{sector}"
    debt, gdp = view.series(DEBT[sector]), view.series("GDP")
    price, cpi = _at_hand(view, PRICES[sector]), view.resolve("CPIAUCSL")
    stand_ins: tuple[str, ...] = ("latest_vintage",)
    if sector == "business":
        stand_ins = ("shiller_monthly_mean", *stand_ins)
    for used, part, unit in (
        (debt, "debt", "pp"), (gdp, "debt", "pp"), (price, "price", "percent"),
        (cpi, "price", "percent"),
    ):  # fmt: skip
        if (refused := refuse(view, f"{name}_{part}", unit, used)) is not None:
            return _signal(view, record, name, "unknown", (refused,), stand_ins)
    quarters, ratio = _to_gdp(view, debt)
    quarter = quarters[-1:]
    pair = np.concatenate([shift_months(quarter, -_WINDOW_MONTHS), quarter])
    ends = [100.0 * float(ratio[quarters == day][0]) for day in pair if day in quarters]
    rise = reading(
        f"{name}_debt", "pp", ends[1] - ends[0] if len(ends) == 2 else None,
        debt.until(quarter[0]), gdp.until(quarter[0]),
    )  # fmt: skip
    growth, *used_prices = _real_growth_pct(price, cpi, quarter[0])
    climb = reading(f"{name}_price", "percent", growth, *used_prices)
    limits = record.known_cutoffs(name, view.as_of.year)
    state = "unknown"
    if rise.value is not None and climb.value is not None and limits is not None:
        over = rise.value > limits.debt_pp and climb.value > 100.0 * math.expm1(limits.price_log)
        state = "in" if over else "out"
    return _signal(view, record, name, state, (rise, climb), stand_ins, limits)


def today(view: View, record: Record | None = None) -> CrisisReading:
    """What the measures say of the United States at the date of a view.

    Parameters
    ----------
    view : View
    record : Record, optional
        The shipped one by default.

    Notes
    -----
    Computed from the store: ``BIS_CREDIT_RATIO_US``; household debt ``CMDEBT`` and business debt
    ``TBSDODNS`` over ``GDP``; ``GS10`` for interest; ``SHILLER_PRICE`` and house prices over the
    consumer price index. A measure whose series are missing or stale is ``"unknown"`` and its
    reading says why. The logit has no reading here: it needs the loans of the Macrohistory
    Database.
    """
    known = shipped_record() if record is None else record
    return CrisisReading(
        view.as_of, view.country, known.mode,
        (
            _gap(view, known),
            *(_service(view, known, sector) for sector in ("household", "business")),
            *(_zone(view, known, sector) for sector in ("household", "business")),
        ),
    )  # fmt: skip
