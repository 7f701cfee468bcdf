"""How facts are read off a view: last values, sums, growth and ratios, each with its origins."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from debtcycle.catalogue.calendar import period_end, shift_months
from debtcycle.machine.opening.assumptions import Assumptions, Bounds
from debtcycle.machine.opening.model import Fact, Kind, Lack, Origin, Parameter
from debtcycle.views import Series, View

__all__ = ["AVERAGING", "Desk", "assumed", "farthest_moves", "mid_rank", "percent_of"]

_MONTH_DAYS = 30.44
_MID_MONTH = 14
# A mean of a month varies less than a day of it: the variance of its changes is two thirds of
# that of the underlying random walk (Working 1960).
AVERAGING = 1.5**0.5
_GAP_DAYS = 35  # days within which the next month of a series must follow


class Desk:
    """A view with the assumptions, and what several facts need of them.

    Parameters
    ----------
    view : View
    assumptions : Assumptions
    """

    def __init__(self, view: View, assumptions: Assumptions) -> None:
        self.view = view
        self.assumptions = assumptions

    def bounds(self, name: str) -> Bounds:
        """An assumption by name."""
        return self.assumptions.value[name]

    def first(self, *names: str) -> Series:
        """The first of these series that has a fresh value.

        Raises
        ------
        Lack
            If none has.
        """
        for name in names:
            series = self.view.series(name)
            if series.fresh:
                return series
        raise Lack(*names)

    def maybe(self, *names: str) -> Series | None:
        """The first of these series that has a fresh value, or None."""
        return next((s for s in map(self.view.series, names) if s.fresh), None)

    def begun(self, name: str) -> Series | None:
        """A series that must be fresh once it exists; None before it has begun.

        What was true before a series began is no assumption for later: reserves were a hundredth
        of the monetary base in 1999 and half of it in 2020.

        Raises
        ------
        Lack
            If it has begun but has no fresh value.
        """
        return self.first(name) if self.view.exists(name) else None

    def gdp(self) -> Series:
        """Nominal GDP of the last published quarter, billions of dollars at an annual rate."""
        return self.first("GDP").usd_bn()

    def month_mean(self, series: Series, month: np.datetime64) -> tuple[float, int] | None:
        """Mean of a weekly or daily series over a month, and the position of its last value."""
        inside = np.flatnonzero(series.periods.astype("M8[M]") == month.astype("M8[M]"))
        if not len(inside):
            return None
        return float(series.values[inside].mean()), int(inside[-1])

    def months_behind(self, series: Series) -> int:
        """Months from the middle of a monthly series' last month to the day, rounded up.

        Nought where the month is that of the day: its mean then has seen part of it.
        """
        month = series.periods[-1].astype("M8[M]")
        day = np.datetime64(self.view.as_of)
        if month >= day.astype("M8[M]"):
            return 0
        middle = month.astype("M8[D]") + np.timedelta64(_MID_MONTH, "D")
        return math.ceil(int((day - middle).astype(int)) / _MONTH_DAYS)

    def year_growth_pct(self, series: Series) -> NDArray[np.float64]:
        """Growth over twelve months at every period that has one exactly a year before, percent.

        The second row holds the position of the period. Shape (2, n).
        """
        before = shift_months(series.periods, -12)
        at = np.searchsorted(series.periods, before)
        hit = (at < len(series)) & (series.periods[np.minimum(at, len(series) - 1)] == before)
        now = np.flatnonzero(hit)
        growth = 100.0 * (series.values[now] / series.values[at[hit]] - 1.0)
        return np.vstack([growth, now.astype(float)])

    def last_year_growth_pct(self, series: Series) -> float:
        """Growth of the last value over exactly twelve months, percent.

        Raises
        ------
        Lack
            If the month a year before is missing.
        """
        growth = self.year_growth_pct(series)
        if not growth.shape[1] or int(growth[1, -1]) != len(series) - 1:
            raise Lack(series.id)
        return float(growth[0, -1])

    def quarterly_log_changes(self, series: Series, most: int) -> NDArray[np.float64]:
        """Changes of the logarithm over three months, back from the last value, oldest first.

        A value that is not positive has no logarithm (oil on 20 April 2020) and is passed over. The
        steps end where none lies within `_GAP_DAYS` before the day that is sought.
        """
        have = series.values > 0.0
        periods, values = series.periods[have], series.values[have]
        logs: list[float] = []
        for step in range(most + 1):
            sought = shift_months(series.periods[-1:], -3 * step)[0]
            index = int(np.searchsorted(periods, sought, side="right")) - 1
            if index < 0 or (sought - periods[index]).astype(int) > _GAP_DAYS:
                break
            logs.append(float(np.log(values[index])))
        return -np.diff(np.array(logs))[::-1]

    def ends(self, series: Series) -> NDArray[np.datetime64]:
        """Last day of every period."""
        return period_end(series.info, series.periods)


def farthest_moves(history: NDArray[np.float64], months: int) -> tuple[float, float]:
    """The largest fall and the largest rise of monthly means over some months, as of a day.

    Times the root of 3/2, because a day moves by more than the mean of a month; nought for no
    months.

    Parameters
    ----------
    history : float64 array, shape (n,)
        Monthly, oldest first.
    """
    if months < 1 or len(history) <= months:
        return 0.0, 0.0
    moves = AVERAGING * (history[months:] - history[:-months])
    return min(0.0, float(moves.min())), max(0.0, float(moves.max()))


def percent_of(part: float, whole: float) -> float:
    """``100 part / whole``."""
    return 100.0 * part / whole


def assumed(
    desk: Desk,
    name: str,
    unit: str,
    *,
    parameters: Sequence[Parameter] = (),
    origins: Sequence[Origin] = (),
    assumption: str | None = None,
) -> Fact:
    """A fact that is nothing but a documented assumption."""
    bounds = desk.bounds(name if assumption is None else assumption)
    return Fact(
        name, bounds.value, unit, Kind.ASSUMED, f"opening.assumed.{assumption or name}",
        tuple(parameters), tuple(origins), bounds.low, bounds.high,
    )  # fmt: skip


def mid_rank(history: NDArray[np.float64], value: float) -> float:
    """One-sided mid-rank percentile of a value in a sample to which it belongs, 0 to 100.

    ``100 (#{x < v} + (#{x = v} + 1) / 2) / (n + 1)``.
    """
    below = int(np.count_nonzero(history < value))
    equal = int(np.count_nonzero(history == value))
    return 100.0 * (below + (equal + 1) / 2.0) / (len(history) + 1)
