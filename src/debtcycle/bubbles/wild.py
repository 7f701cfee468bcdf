"""Critical values by wild bootstrap, for series whose volatility changes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from debtcycle.bubbles.autoregression import drawable_null, grow, null_lags
from debtcycle.bubbles.critical import LEVELS, CriticalValues, Values, quantiles
from debtcycle.bubbles.draws import Maker, Progress, Seed, draw
from debtcycle.bubbles.rules import RULES
from debtcycle.bubbles.supadf import SupADF
from debtcycle.bubbles.windows import checked_count
from debtcycle.errors import ConfigError

__all__ = ["wild_bootstrap"]

_SHARES = np.array(LEVELS) / 100


def wild_bootstrap(
    test: SupADF,
    *,
    replications: int = 999,
    seed: Seed = 0,
    horizon: int | None = None,
    scheme: Literal["resampled", "in-place"] = "resampled",
    threads: int | None = None,
    progress: Progress | None = None,
) -> CriticalValues:
    """Critical values from bootstrap series with the data's own lags and volatility.

    The model under the null, d[t] = a + g1 d[t-1] + .. + gk d[t-k] + e[t], is fitted with the lag
    that the test used; where a criterion chose lags by window, with the lag that the same
    criterion prefers for the whole sample, and every replication chooses again. Bootstrap series
    start with the data's first k + 1 observations and go on without drift,
    d*[t] = g1 d*[t-1] + .. + e*[t]; each e* has a standard normal number of its own as a factor:

    ``resampled`` (Phillips and Shi 2020): e*[t] = w[t] e[l], l drawn with replacement;
    ``in-place`` (Harvey, Leybourne, Sollis and Taylor 2016): e*[t] = w[t] e[t], which keeps the
    volatility where it was.

    Parameters
    ----------
    test : SupADF
    replications : int
    seed : int or SeedSequence
        The result depends on it and on nothing else, whatever the number of threads.
    horizon : int, optional
        None: the sequence is the quantile of BSADF at each date. A number of dates: the sequence
        is one number, the quantile of the largest BSADF over so many dates from the first window
        on, which holds the size jointly over them (Phillips and Shi 2020 take one or two years).

    Returns
    -------
    CriticalValues

    Raises
    ------
    ConfigError
        ``bubbles.scheme``, ``bubbles.count``, ``bubbles.horizon``, or ``bubbles.residuals`` where
        the null fits perfectly and leaves nothing to draw from.

    References
    ----------
    Phillips, P. C. B. and S. Shi (2020), Real time monitoring of asset markets: bubbles and
    crises, Handbook of Statistics 42. Harvey, D. I., S. J. Leybourne, R. Sollis and A. M. R.
    Taylor (2016), Tests for explosive financial bubbles in the presence of non-stationary
    volatility, Journal of Empirical Finance 38.
    """
    if scheme not in {"resampled", "in-place"}:
        raise ConfigError("bubbles.scheme", name=scheme, known="resampled, in-place")
    y, n, window = test.series.values, test.n, test.window
    rule = None if test.rule is None else RULES[test.rule]
    order = test.lag
    if test.rule is not None:
        order = null_lags(y, test.lag, test.rule.rpartition("-")[2])
    root = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    whole, joint = root.spawn(2)
    draws = draw(
        _maker(y, order, n, scheme), n, window, test.lag, replications=replications, seed=whole,
        rule=rule, threads=threads, progress=progress,
    )  # fmt: skip
    tails, curves = quantiles(draws)
    if horizon is not None:
        dates = checked_count("horizon", horizon)
        if not dates <= n - window + 1:
            raise ConfigError("bubbles.horizon", horizon=horizon, most=n - window + 1)
        length = window + dates - 1
        short = draw(
            _maker(y, order, length, scheme), length, window, test.lag,
            replications=replications, seed=joint, rule=rule, threads=threads, progress=progress,
        )  # fmt: skip
        curves[1] = np.nanquantile(short.gsadf, _SHARES)[:, None]
        curves[2] = np.nanquantile(short.sadf, _SHARES)[:, None]
    method = "wild" if scheme == "resampled" else "wild-in-place"
    return CriticalValues(
        n, window, test.lag, method, "computed", replications, tails, draws.knots, curves,
        horizon, test.rule,
    )  # fmt: skip


def _maker(y: Values, lag: int, length: int, scheme: str) -> Maker:
    """Bootstrap series of a length."""
    null = drawable_null(y, lag)
    first, level = np.diff(y)[:lag, None], y[:1]
    steps = length - 1 - lag

    def make(random: np.random.Generator, count: int) -> Values:
        factors = random.standard_normal((count, steps))
        if scheme == "resampled":
            errors = null.residuals[random.integers(len(null.residuals), size=(count, steps))]
        else:
            errors = null.residuals[:steps]
        found = grow(null.slopes, (factors * errors)[:, :, None], first, level)
        return np.ascontiguousarray(found[:, :, 0])

    return make
