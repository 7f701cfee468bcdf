"""The test: ADF, BADF, BSADF, SADF and GSADF of a series, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from debtcycle.bubbles.critical import CriticalValues, Definition, Values, checked_setting
from debtcycle.bubbles.dating import Episode, date_episodes
from debtcycle.bubbles.montecarlo import monte_carlo
from debtcycle.bubbles.rules import PERFECT, RULES, named_rule
from debtcycle.bubbles.series import Observed, extremes, observed
from debtcycle.bubbles.vectors import vector_statistics
from debtcycle.bubbles.windows import MOST_LAGS, checked_lag, checked_window
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SupADF", "sup_adf"]


@dataclass(frozen=True, slots=True, eq=False)
class SupADF:
    """Right-tailed unit-root statistics of one series.

    Attributes
    ----------
    series : Observed
        The observations, their dates and name.
    window : int
        Shortest window, in observations.
    lag : int
        Lagged differences; the most of them where `rule` chooses.
    rule : str or None
        The information criterion that chose lags in each window; None: `lag` is fixed.
    badf : array (n,)
        t of the window from the first observation to each date.
    bsadf : array (n,)
        The largest t of any window of at least `window` observations that ends at each date. Both
        are not numbers before place ``window - 1``, the last observation of the first window.
    flags : array (n,) of int8
        0: fine. 1: at this date some windows do not vary, or fit perfectly without being
        explosive; they are left out. 2: a window fits an explosive root perfectly, its residuals
        are at the round-off of the observations: there is no finite answer, BSADF is not a number.
    lags : array (n,) or None
        Lags of the window that gave BSADF, where `rule` chose them.
    """

    series: Observed
    window: int
    lag: int
    rule: str | None
    badf: Values
    bsadf: Values
    flags: NDArray[np.int8]
    lags: NDArray[np.int64] | None = None

    @property
    def n(self) -> int:
        """Observations."""
        return len(self.series.values)

    @property
    def dates(self) -> tuple[str, ...] | None:
        """Labels of the observations, if there are any."""
        return self.series.dates

    @property
    def adf(self) -> float:
        """The statistic of the whole sample."""
        return float(self.badf[-1])

    @property
    def sadf(self) -> float:
        """Largest BADF (Phillips, Wu and Yu 2011)."""
        return self._largest(self.badf)

    @property
    def gsadf(self) -> float:
        """Largest BSADF (Phillips, Shi and Yu 2015)."""
        return self._largest(self.bsadf)

    def _largest(self, sequence: Values) -> float:
        """The largest; not a number where some date has no finite answer, or no date has one."""
        missing = np.isnan(sequence)
        if missing.all() or (missing & (self.flags == PERFECT)).any():
            return float("nan")
        return float(np.nanmax(sequence))

    @property
    def undefined(self) -> bool:
        """Whether some date has no finite answer."""
        return bool((self.flags == PERFECT).any())

    def critical_values(self, **settings: Any) -> CriticalValues:
        """Critical values by Monte Carlo for this n, window, lag and rule; see `monte_carlo`.

        Where a criterion chose the lags it chooses in every simulated series too. This takes a
        minute for 200 observations, unless they are tabulated or kept, and longer as the square
        of their number; `wild_bootstrap` repeats the choice as well, with fewer replications.
        """
        return monte_carlo(self.n, self.window, self.lag, rule=self.rule, **settings)

    def episodes(
        self,
        critical: CriticalValues | None = None,
        *,
        level: int = 95,
        definition: Definition = "bsadf",
        min_duration: int | None = None,
    ) -> tuple[Episode, ...]:
        """Dates on which BSADF (BADF for the definition ``badf``) exceeds its critical sequence.

        A date at which a window fits an explosive root perfectly counts as above it: only the
        size of the statistic is beyond the figures, not its sign.

        Parameters
        ----------
        critical : CriticalValues, optional
            By default those of `critical_values`.
        level : {90, 95, 99}
        definition : {"bsadf", "running-max", "badf"}
            Which critical sequence; see `CriticalValues`.
        min_duration : int, optional
            Observations, by default floor(log n).

        Raises
        ------
        ConfigError
            ``bubbles.mismatch`` if `critical` is for another n, window, lag or rule, or for a
            panel, and those of `CriticalValues.sequence` and `date_episodes`.
        """
        statistic = self.badf if definition == "badf" else self.bsadf
        beyond = np.isnan(statistic) & (self.flags == PERFECT)
        return date_episodes(
            self.series.values,
            np.where(beyond, np.inf, statistic),
            self.sequence(critical, level=level, definition=definition),
            dates=self.series.dates,
            min_duration=min_duration,
        )

    def sequence(
        self,
        critical: CriticalValues | None = None,
        *,
        level: int = 95,
        definition: Definition = "bsadf",
    ) -> Values:
        """The critical sequence that `episodes` compares with, shape (n,)."""
        chosen = self.critical_values() if critical is None else critical
        checked_setting(chosen.setting, (self.n, self.window, self.lag, self.rule, 1))
        return chosen.sequence(definition, level)

    def to_pandas(
        self, critical: CriticalValues | None = None, *, definition: Definition = "bsadf"
    ) -> pd.DataFrame:
        """Series, statistics, flags, and critical sequences if `critical` is given, by date.

        Raises
        ------
        ConfigError
            ``bubbles.pandas`` if pandas is not installed.
        """
        from debtcycle.bubbles.pictures import frame

        return frame(self, critical, definition)

    def plot(
        self,
        critical: CriticalValues | None = None,
        *,
        level: int = 95,
        definition: Definition = "bsadf",
        min_duration: int | None = None,
    ) -> dict[str, Any]:
        """Vega-Lite picture: the series above, the statistic and its critical values below."""
        from debtcycle.bubbles.pictures import picture

        chosen = self.critical_values() if critical is None else critical
        return picture(self, chosen, level, definition, min_duration)

    def summary(
        self,
        critical: CriticalValues | None = None,
        *,
        level: int = 95,
        definition: Definition = "bsadf",
        min_duration: int | None = None,
    ) -> str:
        """Statistics, critical values, p-values and episodes as a table of plain text."""
        from debtcycle.bubbles.summary import table

        chosen = self.critical_values() if critical is None else critical
        return table(self, chosen, level, definition, min_duration)


def sup_adf(
    series: Any,
    lag: int | str = 0,
    window: int | None = None,
    *,
    dates: Sequence[object] | None = None,
    max_lag: int = 4,
    compiled: bool = True,
) -> SupADF:
    """Test a series for explosive roots.

    For observations s..e of the series y the regression

        d[t] = a + b y[t-1] + g1 d[t-1] + .. + gk d[t-k] + error,   t = s+k+1 .. e,

    d[t] = y[t] - y[t-1], has the t-statistic ADF(s, e) of b. Then
    BADF(e) = ADF(first, e), SADF = max BADF(e) (Phillips, Wu and Yu 2011),
    BSADF(e) = max over s of ADF(s, e), GSADF = max BSADF(e) (Phillips, Shi and Yu 2015), over
    windows of at least `window` observations.

    Parameters
    ----------
    series : array-like (n,)
        Numbers, an array, or a pandas or polars series.
    lag : int or {"bic", "aic", "psymonitor-bic", "psymonitor-aic"}
        Lagged differences. A criterion, in capitals or not, chooses, window by window, from 0 to
        `max_lag`: ``bic`` and ``aic`` compare the lags on common rows and estimate the chosen one
        on all rows, as statsmodels' ``adfuller`` does; the other two follow the R package
        psymonitor, which takes errors of unit variance and the degrees of freedom of the most
        lags, so that its choice depends on the unit of measurement.
    window : int, optional
        Observations in the shortest window; by default floor((.01 + 1.8/sqrt(n)) n).
    dates : sequence, optional
        A label for each observation: years, quarters, months or days in order.
    compiled : bool, default True
        False: without lags, in NumPy alone. The same to 1e-10; slower by far, but the compiler
        behind the kernel takes half a second to load, which one series is not worth.

    Returns
    -------
    SupADF

    Raises
    ------
    ConfigError
        A short, constant or broken series, dates out of order, a lag or window that does not
        fit; the message names the row.

    Examples
    --------
    >>> import numpy as np
    >>> walk = np.random.default_rng(1).normal(size=120).cumsum()
    >>> test = sup_adf(walk)
    >>> test.window, test.gsadf >= test.sadf
    (20, True)
    """
    if not compiled and lag != 0:
        raise ConfigError("bubbles.uncompiled", lag=lag)
    data = observed(series, dates, _kernel().extremes if compiled else extremes)
    rule = named_rule(lag)
    if isinstance(lag, str) and rule is None:
        raise ConfigError("bubbles.lag", lag=lag, most=MOST_LAGS)
    order = checked_lag(lag if rule is None else max_lag)
    shortest = checked_window(window, len(data.values), order)
    if rule is not None:
        from debtcycle.bubbles._information import chosen_statistics

        chosen = chosen_statistics(data.values, shortest, order, RULES[rule])
        return SupADF(data, shortest, order, rule, *chosen)
    found = None if compiled else vector_statistics(data.values, shortest)
    if found is None:
        found = _kernel().statistics(data.values, shortest, order)
    return SupADF(data, shortest, order, None, *found)


@cache
def _kernel() -> Any:
    """The compiled kernel, loaded with the first test that needs it."""
    return import_module("debtcycle.bubbles.kernel")
