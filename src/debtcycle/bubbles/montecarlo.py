"""Critical values by Monte Carlo: from the shipped tables, from the cache, or simulated."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import platformdirs

from debtcycle.bubbles.critical import CriticalValues, knots_of, quantiles
from debtcycle.bubbles.rules import RULES, named_rule
from debtcycle.bubbles.tables import SEED, Key, tabulated
from debtcycle.bubbles.windows import MOST_LAGS, checked_count, checked_lag, checked_window
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    from debtcycle.bubbles.draws import Progress

__all__ = ["CACHE_VARIABLE", "REPLICATIONS", "RULE_REPLICATIONS", "monte_carlo", "simulate"]

REPLICATIONS = 50_000
# Where a criterion chooses lags a series takes fifty times as long.
RULE_REPLICATIONS = 5_000
CACHE_VARIABLE = "DEBTCYCLE_CACHE"  # a folder for what can be made again; empty: keep nothing
_FORM = 1  # of the kept files


def simulate(
    n: int,
    window: int,
    lag: int,
    *,
    rule: str | None = None,
    replications: int | None = None,
    seed: int = SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> CriticalValues:
    """Quantiles of the statistics over simulated random walks; nothing is looked up or kept.

    The walks are y[t] = 1/n + y[t-1] + e[t] with standard normal e (Phillips, Shi and Yu 2015,
    d = eta = 1). The stream of random numbers is set by the seed and by n, window, lag and rule.
    """
    count = _count(replications, rule)
    code = None if rule is None else RULES[rule]
    # Only who simulates needs the compiler, which takes half a second to load.
    from debtcycle.bubbles.draws import draw, random_walks

    stream = np.random.SeedSequence((seed, n, window, lag, *(() if code is None else (code,))))
    draws = draw(
        random_walks(n), n, window, lag, rule=code, replications=count, seed=stream,
        threads=threads, progress=progress,
    )  # fmt: skip
    tails, curves = quantiles(draws)
    return CriticalValues(
        n, window, lag, "monte-carlo", "computed", count, tails, draws.knots, curves, rule=rule
    )


def _count(replications: int | None, rule: str | None) -> int:
    """Replications asked for, or the default."""
    if replications is None:
        return REPLICATIONS if rule is None else RULE_REPLICATIONS
    return checked_count("replications", replications)


def _checked_rule(rule: object) -> str | None:
    """A criterion whose choice does not depend on the unit of measurement."""
    if rule is None:
        return None
    found = named_rule(rule)
    if found is None:
        raise ConfigError("bubbles.lag", lag=rule, most=MOST_LAGS)
    if found.startswith("psymonitor-"):
        raise ConfigError("bubbles.rule_unit", rule=found)
    return found


def monte_carlo(
    n: int,
    window: int | None = None,
    lag: int = 0,
    *,
    rule: str | None = None,
    replications: int | None = None,
    seed: int = SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> CriticalValues:
    """Critical values for n observations, a shortest window and a number of lags.

    Shipped tables come first; what they lack is simulated once and kept in the user's cache (in
    the folder that the environment variable ``DEBTCYCLE_CACHE`` names; nowhere if it is empty).
    A table serves for as many replications as it was made with, or fewer, at the default seed.

    Parameters
    ----------
    n : int
        Observations.
    window : int, optional
        Shortest window in observations; by default floor((.01 + 1.8/sqrt(n)) n).
    lag : int
        Lagged differences in the test; the most of them where a criterion chooses.
    rule : {"bic", "aic"}, optional
        The criterion that chooses lags in each window: it chooses in every simulated series too.
        The limits are those without lags, but windows are short: at n = 200 the 95 % value of
        GSADF is near 3.1 with ``bic`` against 2.1 without lags.
    replications : int, optional
        Simulated series, by default 50,000, or 5,000 with a rule, whose series take fifty times
        as long: at n = 200 about a minute of one processor, and longer as n squared. With 2,000 a
        95 % value without lags is off by up to .1; with 50,000, by .01.
    threads : int, optional
        By default one for each processor; the result does not depend on it.
    progress : callable, optional
        Told the share of a simulation that is done.

    Raises
    ------
    ConfigError
        ``bubbles.short``, ``bubbles.window``, ``bubbles.lag``, ``bubbles.count``, or
        ``bubbles.rule_unit`` for the rules of psymonitor: what they choose depends on the unit of
        the series, which no random walk has; `wild_bootstrap` keeps it.
    """
    rule, lag = _checked_rule(rule), checked_lag(lag)
    window = checked_window(window, checked_count("n", n), lag)
    count = _count(replications, rule)
    table = tabulated(n, window, lag, rule) if seed == SEED else None
    if table is not None and table.replications >= count:
        return table
    lags = str(lag) if rule is None else f"{rule}{lag}"
    path = _place(f"critical-{_FORM}-{n}-{window}-{lags}-{count}-{seed}.npz")
    kept = None if path is None else _read(path, (n, window, lag, rule), count)
    if kept is not None:
        return kept
    found = simulate(
        n, window, lag, rule=rule, replications=count, seed=seed, threads=threads,
        progress=progress,
    )  # fmt: skip
    if path is not None:
        _write(path, found)
    return found


def _place(name: str) -> Path | None:
    """Where a file is kept; None if nowhere."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen is not None:
        return Path(chosen) / name if chosen else None
    return Path(platformdirs.user_cache_dir("debtcycle", appauthor=False)) / "bubbles" / name


def _read(path: Path, key: Key, replications: int) -> CriticalValues | None:
    """Kept critical values; None if there are none, or the file is damaged."""
    n, window, lag, rule = key
    knots = knots_of(n, window)
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            tails, curves = file["tails"], file["curves"]
    except Exception:  # noqa: BLE001 - whatever is wrong with the file, it is made again
        return None
    if tails.shape != (3, 20) or curves.shape != (3, 3, len(knots)):
        return None
    return CriticalValues(
        n, window, lag, "monte-carlo", "cache", replications, tails, knots, curves, rule=rule
    )


def _write(path: Path, found: CriticalValues) -> None:
    """Keep critical values; a folder that cannot be written to is no fault of the caller."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".npz")
        try:
            with os.fdopen(handle, "wb") as stream:
                np.savez(stream, tails=found.tails, curves=found.curves)
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)
