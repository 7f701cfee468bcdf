"""Critical values: quantiles of the statistics under the null, and sequences of them by date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    from debtcycle.bubbles.draws import Draws

__all__ = [
    "LEVELS",
    "PROBABILITIES",
    "CriticalValues",
    "Definition",
    "Places",
    "Setting",
    "Statistic",
    "Values",
    "checked_setting",
    "knots_of",
    "quantiles",
]

Values = NDArray[np.float64]
Places = NDArray[np.intp]

# Observations, window, lags, criterion, series of a panel.
Setting = tuple[int, int, int, str | None, int]
Definition = Literal["bsadf", "running-max", "badf"]
Statistic = Literal["adf", "sadf", "gsadf"]

LEVELS = (90, 95, 99)
PROBABILITIES = (
    0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95,
    0.975, 0.99, 0.995, 0.999,
)  # fmt: skip
MOST_KNOTS = 32
_ROWS = {"badf": 0, "bsadf": 1, "running-max": 2}


@dataclass(frozen=True, slots=True)
class CriticalValues:
    """Quantiles under the null for series of `n` observations.

    Two definitions of a critical *sequence* for BSADF are in use, and they differ much:

    ``bsadf``
        At each date the quantile of BSADF itself at that date (Phillips, Shi and Yu 2015). The
        test compares BSADF with its own quantile; this is the default.
    ``running-max``
        At each date the quantile of the largest BADF up to that date, which is the quantile of
        SADF for a sample that ends there. This is what the R package exuber compares BSADF with.
        At n = 1680 its last 95 % value is about 1.6, against 0.7 for ``bsadf``.

    ``badf`` is the quantile of BADF by date, for dating with BADF (Phillips, Wu and Yu 2011).

    Attributes
    ----------
    n, window, lag : int
        Observations, shortest window in observations, lagged differences.
    method : str
        ``monte-carlo``, ``wild``, ``wild-in-place`` or ``sieve``.
    source : str
        ``table`` (shipped), ``cache`` or ``computed``.
    replications : int
    horizon : int or None
        Dates over which the wild bootstrap's sequence holds the size jointly; None: at each date.
    rule : str or None
        The criterion that chose lags, at most `lag`, in each window; None: `lag` is fixed.
    members : int
        Series of the panel whose mean they belong to; 1: a single series.
    tails : array (3, 20)
        Quantiles of ADF, SADF, GSADF at `PROBABILITIES`.
    knots : array (K,)
        Places, counted from 0, at which the sequences are known.
    curves : array (3, 3, K)
        Quantiles of BADF, BSADF and the running maximum of BADF, at `LEVELS`.
    """

    n: int
    window: int
    lag: int
    method: str
    source: str
    replications: int
    tails: Values
    knots: Places
    curves: Values
    horizon: int | None = None
    rule: str | None = None
    members: int = 1

    @property
    def setting(self) -> Setting:
        """What a test has to share with its critical values."""
        return self.n, self.window, self.lag, self.rule, self.members

    def value(self, statistic: Statistic, level: float = 95) -> float:
        """Critical value of a statistic of the whole sample.

        Parameters
        ----------
        level : float
            In percent, between 1 and 99.9.

        Raises
        ------
        ConfigError
            ``bubbles.statistic`` or ``bubbles.level``.
        """
        row = self._tail(statistic)
        if not 100 * PROBABILITIES[0] <= level <= 100 * PROBABILITIES[-1]:
            raise ConfigError("bubbles.level", level=level, levels="1 .. 99.9")
        return float(np.interp(level / 100, PROBABILITIES, row))

    def p_value(self, statistic: Statistic, value: float) -> float:
        """Probability under the null of a statistic as large or larger, `least_p` at the least."""
        if np.isnan(value):
            return float("nan")
        row = self._tail(statistic)
        found = round(float(1 - np.interp(value, row, PROBABILITIES, left=0.0)), 12)
        return max(found, self.least_p)

    @property
    def least_p(self) -> float:
        """The smallest p-value that the draws can tell: 1/(R + 1), and .001 where tables end."""
        return max(round(1.0 - PROBABILITIES[-1], 12), 1.0 / (self.replications + 1))

    def _tail(self, statistic: str) -> Values:
        if statistic not in get_args(Statistic):
            known = ", ".join(get_args(Statistic))
            raise ConfigError("bubbles.statistic", name=statistic, known=known)
        row: Values = self.tails[get_args(Statistic).index(statistic)]
        return row

    def sequence(self, definition: Definition = "bsadf", level: int = 95) -> Values:
        """Critical value by date, shape (n,), not a number before the first window ends.

        Raises
        ------
        ConfigError
            ``bubbles.definition`` or ``bubbles.level``.
        """
        if definition not in _ROWS:
            raise ConfigError("bubbles.definition", name=definition, known=", ".join(_ROWS))
        if level not in LEVELS:
            raise ConfigError("bubbles.level", level=level, levels=", ".join(map(str, LEVELS)))
        curve = self.curves[_ROWS[definition], LEVELS.index(level)]
        first = self.window - 2
        found = np.full(self.n, np.nan)
        dates = np.arange(self.window - 1, self.n)
        found[self.window - 1 :] = np.interp(
            np.log(dates - first), np.log(self.knots - first), curve
        )
        return found


def checked_setting(theirs: Setting, ours: Setting) -> None:
    """Refuse critical values that were made for another test.

    Raises
    ------
    ConfigError
        ``bubbles.mismatch``.
    """
    if theirs != ours:
        raise ConfigError("bubbles.mismatch", theirs=_told(theirs), ours=_told(ours))


def _told(setting: Setting) -> str:
    n, window, lag, rule, members = setting
    lags = str(lag) if rule is None else f"{rule} <= {lag}"
    panel = f", N = {members}" if members > 1 else ""
    return f"n = {n}, window = {window}, lag = {lags}{panel}"


def knots_of(n: int, window: int, most: int = MOST_KNOTS) -> Places:
    """Places where a sequence is kept: dense at its beginning, where quantiles move most.

    Geometrically spaced in the number of dates since the first; between them quantiles are
    interpolated linearly in the logarithm of that number.
    """
    dates = n - window + 1
    steps = np.unique(np.round(np.geomspace(1, dates, min(most, dates))).astype(np.intp))
    places: Places = steps + (window - 2)
    return places


def quantiles(draws: Draws) -> tuple[Values, Values]:
    """Tails (3, 20) and curves (3, 3, K) of simulated statistics."""
    tails = np.array(
        [np.nanquantile(one, PROBABILITIES) for one in (draws.adf, draws.sadf, draws.gsadf)]
    )
    levels = np.array(LEVELS) / 100
    curves = np.array(
        [np.nanquantile(one, levels, axis=0) for one in (draws.badf, draws.bsadf, draws.running)]
    )
    return tails, curves
