"""The panel test of Pavlidis et al. (2016): explosive roots that many series share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from debtcycle.bubbles.autoregression import drawable_null, grow, null_lags
from debtcycle.bubbles.critical import (
    CriticalValues,
    Values,
    checked_setting,
    quantiles,
)
from debtcycle.bubbles.dating import Episode, date_episodes
from debtcycle.bubbles.draws import Maker, Progress, Seed, draw
from debtcycle.bubbles.rules import RULES
from debtcycle.bubbles.series import Observed, checked, observed
from debtcycle.bubbles.supadf import SupADF, sup_adf
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PanelSupADF", "panel_sup_adf", "sieve_bootstrap"]


@dataclass(frozen=True, slots=True, eq=False)
class PanelSupADF:
    """Statistics of a panel of N series over the same n dates.

    Attributes
    ----------
    members : tuple of SupADF
        The test of each series.
    bsadf : array (n,)
        Mean over the series of their BSADF at each date; not a number where one of them is not.
    """

    members: tuple[SupADF, ...]
    bsadf: Values

    @property
    def n(self) -> int:
        """Dates."""
        return len(self.bsadf)

    @property
    def dates(self) -> tuple[str, ...] | None:
        """Their labels."""
        return self.members[0].series.dates

    @property
    def scaled(self) -> Values:
        """The series, each divided by the standard deviation of its differences, (N, n)."""
        values = [one.series.values for one in self.members]
        return np.array([one / np.diff(one).std() for one in values])

    @property
    def window(self) -> int:
        """Shortest window, in observations."""
        return self.members[0].window

    @property
    def lag(self) -> int:
        """Lagged differences."""
        return self.members[0].lag

    @property
    def rule(self) -> str | None:
        """The criterion that chose lags in each window; None: `lag` is fixed."""
        return self.members[0].rule

    @property
    def gsadf(self) -> float:
        """Largest mean BSADF; not a number where a series has no finite answer."""
        if any(member.undefined for member in self.members) or np.isnan(self.bsadf).all():
            return float("nan")
        return float(np.nanmax(self.bsadf))

    def episodes(
        self,
        critical: CriticalValues,
        *,
        level: int = 95,
        min_duration: int | None = None,
    ) -> tuple[Episode, ...]:
        """Dates on which the panel's BSADF exceeds its critical sequence.

        The direction is that of the mean of the series, each divided by the standard deviation
        of its differences.

        Raises
        ------
        ConfigError
            ``bubbles.mismatch``, and those of `date_episodes`.
        """
        return date_episodes(
            self.scaled.mean(axis=0),
            self.bsadf,
            self.sequence(critical, level=level),
            dates=self.dates,
            min_duration=min_duration,
        )

    def sequence(self, critical: CriticalValues, *, level: int = 95) -> Values:
        """The critical sequence that `episodes` compares with, shape (n,)."""
        ours = (self.n, self.window, self.lag, self.rule, len(self.members))
        checked_setting(critical.setting, ours)
        return critical.sequence("bsadf", level)

    def to_pandas(self, critical: CriticalValues | None = None) -> pd.DataFrame:
        """BSADF of the panel and of each series, critical sequences if there are any, by date.

        Raises
        ------
        ConfigError
            ``bubbles.pandas`` if pandas is not installed.
        """
        from debtcycle.bubbles.pictures import panel_frame

        return panel_frame(self, critical)

    def plot(
        self, critical: CriticalValues, *, level: int = 95, min_duration: int | None = None
    ) -> dict[str, Any]:
        """Vega-Lite picture: the series above, the panel's BSADF and critical values below."""
        from debtcycle.bubbles.pictures import panel_picture

        return panel_picture(self, critical, level, min_duration)

    def summary(
        self, critical: CriticalValues, *, level: int = 95, min_duration: int | None = None
    ) -> str:
        """Statistic, critical values, p-value and episodes as a table of plain text."""
        from debtcycle.bubbles.summary import panel_table

        return panel_table(self, critical, level, min_duration)


def _columns(panel: Any, dates: Sequence[object] | None) -> list[Observed]:
    """Series of a panel: a mapping, a pandas frame, or an array (n, N)."""
    names: list[Any]
    if isinstance(panel, Mapping):
        names, columns = list(panel), [panel[name] for name in panel]
    elif hasattr(panel, "columns"):
        names = [str(name) for name in panel.columns]
        columns = [panel[name] for name in panel.columns]
    else:
        matrix = np.asarray(panel)
        if matrix.ndim != 2:
            raise ConfigError("bubbles.panel", shape=matrix.shape)
        names, columns = list(range(1, matrix.shape[1] + 1)), list(matrix.T)
    if not columns:
        raise ConfigError("bubbles.panel", shape="0")
    # Numbers first: of dates that are given for all, those of each are not looked at.
    found = [
        observed(one, dates, column=str(name)) for name, one in zip(names, columns, strict=True)
    ]
    if len({len(one.values) for one in found}) != 1:
        raise ConfigError("bubbles.panel", shape=", ".join(str(len(one.values)) for one in found))
    labels = _shared_dates(found)
    return [checked(one.values, labels, one.name) for one in found]


def _shared_dates(series: Sequence[Observed]) -> tuple[str, ...] | None:
    """The dates of the series that have any, which must be the same.

    Raises
    ------
    ConfigError
        ``bubbles.panel_dates``.
    """
    dated = [one for one in series if one.dates is not None]
    if not dated:
        return None
    first, *others = dated
    for other in others:
        pairs = enumerate(zip(first.dates or (), other.dates or (), strict=True), start=1)
        row, differ = next(((row, pair) for row, pair in pairs if pair[0] != pair[1]), (0, None))
        if differ is not None:
            raise ConfigError(
                "bubbles.panel_dates", row=row, column=other.name, text=differ[1],
                other=first.name, wanted=differ[0],
            )  # fmt: skip
    return first.dates


def panel_sup_adf(
    panel: Any,
    lag: int | str = 0,
    window: int | None = None,
    *,
    dates: Sequence[object] | None = None,
    max_lag: int = 4,
) -> PanelSupADF:
    """Test a panel for explosive roots.

    Panel BSADF(e) is the mean over the series of BSADF(e), panel GSADF its largest value
    (Pavlidis et al. 2016, Journal of Real Estate Finance and Economics 53).

    Parameters
    ----------
    panel : mapping of str to array, pandas frame, or array (n, N)
        Series over the same dates. Where several bring an index of dates, it is the same.
    lag, window, dates, max_lag
        As in `sup_adf`.

    Raises
    ------
    ConfigError
        ``bubbles.panel`` if the series are not of one length, ``bubbles.panel_dates`` if their
        dates differ, and those of `sup_adf`.
    """
    columns = _columns(panel, dates)
    members = tuple(sup_adf(one, lag, window, max_lag=max_lag) for one in columns)
    return PanelSupADF(members, np.mean([one.bsadf for one in members], axis=0))


def sieve_bootstrap(
    test: PanelSupADF,
    *,
    replications: int = 999,
    seed: Seed = 0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> CriticalValues:
    """Critical values of the panel test by a sieve bootstrap that keeps the series' ties.

    Each series gets its model under the null, d[t] = a + g1 d[t-1] + .. + gk d[t-k] + e[t], with
    the lag of the test; where a criterion chose lags by window, with the most lags that the same
    criterion prefers for any whole series, and every replication chooses again. Rows of
    residuals, all series of a date together, are drawn with replacement; from them every series
    of the panel is grown anew without drift, and the statistic is that of the whole panel.

    Returns
    -------
    CriticalValues
        ``gsadf`` and the sequence ``bsadf`` are those of the panel; ADF, SADF and ``running-max``
        belong to the mean of BADF.

    Raises
    ------
    ConfigError
        ``bubbles.count``, or ``bubbles.residuals`` where the null fits a series perfectly.
    """
    series, order, rule = [one.series.values for one in test.members], test.lag, None
    if test.rule is not None:
        price = test.rule.rpartition("-")[2]
        order, rule = max(null_lags(one, test.lag, price) for one in series), RULES[test.rule]
    draws = draw(
        _maker(series, order), test.n, test.window, test.lag, replications=replications, seed=seed,
        members=len(series), rule=rule, threads=threads, progress=progress,
    )  # fmt: skip
    tails, curves = quantiles(draws)
    return CriticalValues(
        test.n, test.window, test.lag, "sieve", "computed", replications, tails, draws.knots,
        curves, rule=test.rule, members=len(test.members),
    )  # fmt: skip


def _maker(series: list[Values], lag: int) -> Maker:
    """Bootstrap panels, the series of each one below the other."""
    fits = [drawable_null(one, lag) for one in series]
    residuals = np.column_stack([one.residuals for one in fits])
    slopes = np.column_stack([one.slopes for one in fits])
    first = np.column_stack([np.diff(one)[:lag] for one in series])
    level = np.array([one[0] for one in series])

    def make(random: np.random.Generator, count: int) -> Values:
        rows = random.integers(len(residuals), size=(count, len(residuals)))
        found = grow(slopes, residuals[rows], first, level)
        return np.ascontiguousarray(found.transpose(0, 2, 1).reshape(-1, found.shape[1]))

    return make
