"""The panel test of Pavlidis et al. (2016): explosive roots that many series share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from debtcycle.bubbles.autoregression import drawable_null, grow
from debtcycle.bubbles.critical import (
    CriticalValues,
    Definition,
    Values,
    checked_setting,
    quantiles,
)
from debtcycle.bubbles.dating import Episode, date_episodes
from debtcycle.bubbles.draws import Maker, Progress, Seed, draw
from debtcycle.bubbles.series import Observed, checked_dates, checked_numbers
from debtcycle.bubbles.supadf import SupADF, sup_adf
from debtcycle.errors import ConfigError

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
        ours = (self.n, self.window, self.lag, self.rule, len(self.members))
        checked_setting(critical.setting, ours)
        definition: Definition = "bsadf"
        scaled = [one.series.values / np.diff(one.series.values).std() for one in self.members]
        return date_episodes(
            np.mean(scaled, axis=0),
            self.bsadf,
            critical.sequence(definition, level),
            dates=self.members[0].series.dates,
            min_duration=min_duration,
        )


def _columns(panel: Any, dates: Sequence[object] | None) -> list[Observed]:
    """Series of a panel: a mapping, a pandas frame, or an array (n, N)."""
    names: list[Any]
    if isinstance(panel, Mapping):
        names, columns = list(panel), [panel[name] for name in panel]
    elif hasattr(panel, "columns"):
        names = [str(name) for name in panel.columns]
        columns = [panel[name] for name in panel.columns]
        if dates is None and type(panel.index).__name__ in {"DatetimeIndex", "PeriodIndex"}:
            dates = list(panel.index)
    else:
        matrix = np.asarray(panel)
        if matrix.ndim != 2:
            raise ConfigError("bubbles.panel", shape=matrix.shape)
        names, columns = list(range(1, matrix.shape[1] + 1)), list(matrix.T)
    if not columns:
        raise ConfigError("bubbles.panel", shape="0")
    values = [checked_numbers(one, str(name)) for name, one in zip(names, columns, strict=True)]
    if len({len(one) for one in values}) != 1:
        raise ConfigError("bubbles.panel", shape=", ".join(str(len(one)) for one in values))
    labels = None if dates is None else checked_dates(dates, len(values[0]))
    return [Observed(one, labels, str(name)) for name, one in zip(names, values, strict=True)]


def panel_sup_adf(
    panel: Any,
    lag: int = 0,
    window: int | None = None,
    *,
    dates: Sequence[object] | None = None,
) -> PanelSupADF:
    """Test a panel for explosive roots.

    Panel BSADF(e) is the mean over the series of BSADF(e), panel GSADF its largest value
    (Pavlidis et al. 2016, Journal of Real Estate Finance and Economics 53).

    Parameters
    ----------
    panel : mapping of str to array, pandas frame, or array (n, N)
        Series over the same dates.
    lag, window, dates
        As in `sup_adf`.

    Raises
    ------
    ConfigError
        ``bubbles.panel`` if the series are not of one length, and those of `sup_adf`.
    """
    members = tuple(sup_adf(one, lag, window) for one in _columns(panel, dates))
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
    the lag of the test. Rows of residuals, all series of a date together, are drawn with
    replacement; from them every series of the panel is grown anew without drift, and the
    statistic is that of the whole panel.

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
    maker = _maker([one.series.values for one in test.members], test.lag)
    draws = draw(
        maker, test.n, test.window, test.lag, replications=replications, seed=seed,
        members=len(test.members), threads=threads, progress=progress,
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
