"""Explosive prices: which ratios grow faster than a random walk at a date, and since when.

Each ratio is tested twice, as it is and as the residual from what should carry it:

    log P(t) = a(t) + b(t) F(t) + u(t),

with a(t) and b(t) estimated by least squares on the observations up to t alone, so that no later
figure enters u(t). A price may explode because its fundamental does; then u does not.

The statistic without lags is larger where short swings are serially correlated, bubble or not. So
each test has a second line, that of bubble-free worlds with its own short swings (`own_line`). A
state is robust where the last statistic is above both lines of its date; how long a state lasts is
counted by the plain line.

Source: Phillips, Shi and Yu (2015), International Economic Review 56(4), for test and dating.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from debtcycle.cycle.own_line import MOST_WORLDS, WORLDS, OwnLine, own_line
from debtcycle.cycle.ratios import RATIOS, Ratio, Sample
from debtcycle.errors import ConfigError
from debtcycle.indicators._common import reading, refuse
from debtcycle.indicators.model import HasReadings, Reading, Status
from debtcycle.views import View

if TYPE_CHECKING:
    from debtcycle.bubbles import CriticalValues, Episode, SupADF

__all__ = [
    "DEFINITION",
    "LAG",
    "LEVEL_PCT",
    "MOST",
    "WINDOW",
    "ExplosivePath",
    "ExplosiveRun",
    "ExplosiveSeries",
    "ExplosiveState",
    "ExplosiveTest",
    "critical_values",
    "explosive_prices",
    "one_sided_residual",
    "replications",
]

LAG = 0
LEVEL_PCT = 95
# The window of the published application to 1,680 months, and its table: the quantile at a date
# depends on the window and on the observations so far, so that it serves every shorter sample,
# and a date's answer does not change when the sample grows.
WINDOW, MOST = 36, 1680
DEFINITION = "bsadf"
# Observations before the first residual: ten years.
_FIRST = {"monthly": 120, "quarterly": 40}
Floats = NDArray[np.float64]


class ExplosiveState(StrEnum):
    """What the statistic says at the last observation."""

    EXPLOSIVE = "explosive"  # above the line for long enough, upwards
    COLLAPSE = "collapse"  # above the line for long enough, downwards
    ABOVE = "above"  # above the line, not yet long enough
    NOT = "not_explosive"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ExplosiveRun:
    """An episode: first and last period, and whether the series rose in it."""

    first: date
    last: date
    upward: bool


@dataclass(frozen=True, slots=True)
class ExplosivePath:
    """The test at every date that has one.

    Attributes
    ----------
    periods : tuple of date
    statistic : tuple of float or None
        BSADF; None where no finite answer exists.
    critical : tuple of float
        Its quantile under the null.
    runs : tuple of ExplosiveRun
        Episodes of either direction that were long enough, oldest first.
    """

    periods: tuple[date, ...]
    statistic: tuple[float | None, ...]
    critical: tuple[float, ...]
    runs: tuple[ExplosiveRun, ...]


@dataclass(frozen=True, slots=True)
class ExplosiveTest:
    """One test of one series up to a date.

    Attributes
    ----------
    fundamental : str or None
        Id of what the logarithm was regressed on; None: the ratio itself was tested.
    state : ExplosiveState
    status : Status
        Why the state is unknown; ``OK`` where it is known.
    since : date or None
        First period of the run above the line that lasts at the end.
    rising : bool or None
        Whether the series rose from before that run to its largest statistic; the test itself is
        blind to direction.
    statistic, critical : float or None
        BSADF at the last observation and its quantile under the null.
    first, last : date or None
        Periods of the sample.
    observations, left_out : int
        Observations tested; periods within the sample that have no figure.
    shortest : int
        Observations that make an episode.
    above_share_pct : float or None
        Dates so far on which the statistic lay above its line, in percent of the dates that have
        one. Of random walks without autocorrelation it is 100 minus the level; of others see
        `own`.
    episodes : int
        Ended or lasting upward episodes so far.
    previous : tuple of (date, date) or None
        First and last period of the last upward episode that has ended.
    own : OwnLine or None
        The line of its own short swings at the last observation.
    robust : bool or None
        Whether `statistic` is above `own.critical` where a state is above the plain line, for how
        long soever: the duration of a state is counted by the plain line. None where nothing is
        above.
    path : ExplosivePath or None
        Statistic, line and episodes up to the date.
    """

    fundamental: str | None
    state: ExplosiveState
    status: Status
    since: date | None = None
    rising: bool | None = None
    statistic: float | None = None
    critical: float | None = None
    first: date | None = None
    last: date | None = None
    observations: int = 0
    left_out: int = 0
    shortest: int = 0
    above_share_pct: float | None = None
    episodes: int = 0
    previous: tuple[date, date] | None = None
    own: OwnLine | None = None
    robust: bool | None = None
    path: ExplosivePath | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ExplosiveSeries(HasReadings):
    """A ratio, tested as it is and as the residual from fundamentals.

    Attributes
    ----------
    series : str
        ``"price_dividend"``, ``"price_earnings"``, ``"nasdaq_sp500"``, ``"gold_cpi"``,
        ``"credit_gdp"``.
    monthly : bool
        Whether an observation is a month; else it is a quarter.
    ratio : Reading
        Its last value.
    price : ExplosiveTest
        The ratio itself.
    residual : ExplosiveTest or None
        None where the store has no fundamental for it.
    """

    series: str
    monthly: bool
    ratio: Reading
    price: ExplosiveTest
    residual: ExplosiveTest | None


def critical_values(n: int) -> CriticalValues:
    """Quantiles under the null for the first `n` of at most 1,680 observations, window 36.

    From the shipped table for 1,680 observations. Its random walks have a drift of 1/1680 of
    their standard deviation, which no shorter sample can tell from its own 1/n.
    """
    from debtcycle.bubbles import monte_carlo

    return replace(monte_carlo(MOST, WINDOW, LAG), n=n)


def replications() -> int:
    """Random walks from which the line was simulated."""
    return critical_values(MOST).replications


def one_sided_residual(y: Floats, x: Floats, first: int) -> Floats:
    """Residual of y on a constant and x, the coefficients of each date from the past alone.

    ``u(t) = y(t) - a(t) - b(t) x(t)`` with a(t), b(t) least squares on observations 0..t, for t
    from ``first - 1``; shape (n - first + 1,), empty where there are fewer than `first`.
    """
    count = np.arange(1.0, len(y) + 1.0)
    at, of = x - x[:1], y - y[:1]
    mean_x, mean_y = np.cumsum(at) / count, np.cumsum(of) / count
    spread = np.cumsum(at * at) / count - mean_x**2
    cross = np.cumsum(at * of) / count - mean_x * mean_y
    kept = slice(first - 1, None)
    slope = np.divide(
        cross[kept], spread[kept], out=np.zeros_like(cross[kept]), where=spread[kept] > 0
    )
    found: Floats = (of - mean_y)[kept] - slope * (at - mean_x)[kept]
    return found


def _unknown(fundamental: str | None, status: Status) -> ExplosiveTest:
    return ExplosiveTest(fundamental, ExplosiveState.UNKNOWN, status)


def _state(run: Episode | None, shortest: int) -> ExplosiveState:
    if run is None:
        return ExplosiveState.NOT
    if run.duration < shortest:
        return ExplosiveState.ABOVE
    upward = run.direction == "upward"
    return ExplosiveState.EXPLOSIVE if upward else ExplosiveState.COLLAPSE


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _robust(statistic: float, state: ExplosiveState, own: OwnLine | None) -> bool | None:
    """Whether the last observation of a state above the plain line is above the own line too.

    The own line belongs to the last date alone, so no earlier statistic is held against it. A
    statistic without a finite answer is that of an exact explosion, which is above any line.
    """
    if own is None or state is ExplosiveState.NOT:
        return None
    return bool(np.isnan(statistic) or statistic > own.critical)


def _tested(
    values: Floats, periods: NDArray[np.datetime64], monthly: bool, fundamental: str | None
) -> ExplosiveTest:
    """The test of observations in order, as of the last of them."""
    from debtcycle.bubbles import default_duration, sup_adf

    values, periods = values[-MOST:], periods[-MOST:]
    try:
        test = sup_adf(values, LAG, WINDOW, compiled=False)
    except ConfigError:  # shorter than a window, or without any movement
        return _unknown(fundamental, Status.SHORT)
    bounds = critical_values(test.n)
    line = test.sequence(bounds, level=LEVEL_PCT)
    shortest = default_duration(test.n)
    runs = test.episodes(bounds, level=LEVEL_PCT, min_duration=1)
    long = [run for run in runs if run.duration >= shortest and run.direction == "upward"]
    ended = [run for run in long if not run.ongoing]
    now = runs[-1] if runs and runs[-1].ongoing else None
    dates = len(values) - WINDOW + 1
    span = periods[[0, -1]].astype("M8[M]").astype(int)
    step = 1 if monthly else 3
    state = _state(now, shortest)
    own = own_line(values, float(line[-1]), monthly=monthly, window=WINDOW, level_pct=LEVEL_PCT,
                   worlds=WORLDS if now is None else MOST_WORLDS)  # fmt: skip
    return ExplosiveTest(
        fundamental,
        state,
        Status.OK,
        since=None if now is None else periods[now.start].item(),
        rising=None if now is None else now.direction == "upward",
        statistic=_finite(test.bsadf[-1]),
        critical=float(line[-1]),
        first=periods[0].item(),
        last=periods[-1].item(),
        observations=test.n,
        left_out=int(span[1] - span[0]) // step + 1 - test.n,
        shortest=shortest,
        above_share_pct=100.0 * sum(run.duration for run in runs) / dates,
        episodes=len(long),
        previous=(periods[ended[-1].start].item(), periods[ended[-1].end].item())
        if ended
        else None,
        own=own,
        robust=_robust(test.bsadf[-1], state, own),
        path=_path(test, line, periods, [run for run in runs if run.duration >= shortest]),
    )


def _path(
    test: SupADF, line: Floats, periods: NDArray[np.datetime64], episodes: Sequence[Episode]
) -> ExplosivePath:
    """Statistic and line from the last observation of the first window on."""
    kept = slice(test.window - 1, None)
    return ExplosivePath(
        tuple(periods[kept].tolist()),
        tuple(_finite(value) for value in test.bsadf[kept].tolist()),
        tuple(line[kept].tolist()),
        tuple(
            ExplosiveRun(
                periods[run.start].item(), periods[run.end].item(), run.direction == "upward"
            )
            for run in episodes
        ),
    )


def _sample_test(
    view: View, ratio: Ratio, made: Callable[[View], Sample | None], fundamental: str | None
) -> ExplosiveTest:
    """A test of the ratio (no fundamental) or of the residual from one."""
    needed = ratio.series if fundamental is None else (*ratio.series, *ratio.behind)
    for name in needed:
        refused = refuse(view, ratio.name, "ratio", view.series(name))
        if refused is not None:
            return _unknown(fundamental, refused.status)
    sample = made(view)
    if sample is None:
        return _unknown(fundamental, Status.SHORT)
    if fundamental is None:
        return _tested(sample.values, sample.periods, ratio.monthly, None)
    first = _FIRST["monthly" if ratio.monthly else "quarterly"]
    if len(sample.values) < first + WINDOW:
        return _unknown(fundamental, Status.SHORT)
    residual = one_sided_residual(sample.values, sample.behind, first)
    return _tested(residual, sample.periods[first - 1 :], ratio.monthly, fundamental)


def _reading(view: View, ratio: Ratio) -> Reading:
    """The last value of the ratio with its birth certificates."""
    name, used = f"ratio_{ratio.name}", [view.series(key) for key in ratio.series]
    for series in used:
        if (refused := refuse(view, name, ratio.unit, series)) is not None:
            return refused
    sample = ratio.levels(view)
    if sample is None:
        return reading(name, ratio.unit, None, *used, lacking=Status.SHORT)
    behind = [series.until(ratio.ends(sample.periods[-1:])) for series in used]
    return reading(name, ratio.unit, float(sample.values[-1]), *behind)


def explosive_prices(view: View, ratios: Sequence[Ratio] = RATIOS) -> tuple[ExplosiveSeries, ...]:
    """Every ratio at the date of a view, tested as it is and as the residual.

    Notes
    -----
    BSADF without lags, windows of at least 36 observations, against its own 95 % quantile by
    date. An episode lasts floor(log n) observations at least.
    """
    found = []
    for ratio in ratios:
        price = _sample_test(view, ratio, ratio.levels, None)
        residual = (
            None
            if ratio.fundamental is None or ratio.against is None
            else _sample_test(view, ratio, ratio.against, ratio.fundamental)
        )
        found.append(
            ExplosiveSeries(ratio.name, ratio.monthly, _reading(view, ratio), price, residual)
        )
    return tuple(found)
