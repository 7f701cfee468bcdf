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
from debtcycle.bubbles.tables import SEED, tabulated
from debtcycle.bubbles.windows import checked_count, checked_lag, checked_window

if TYPE_CHECKING:
    from debtcycle.bubbles.draws import Progress

__all__ = ["CACHE_VARIABLE", "REPLICATIONS", "monte_carlo", "simulate"]

REPLICATIONS = 50_000
CACHE_VARIABLE = "DEBTCYCLE_CACHE"  # a folder for what can be made again; empty: keep nothing
_FORM = 1  # of the kept files


def simulate(
    n: int,
    window: int,
    lag: int,
    *,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> CriticalValues:
    """Quantiles of the statistics over simulated random walks; nothing is looked up or kept.

    The walks are y[t] = 1/n + y[t-1] + e[t] with standard normal e (Phillips, Shi and Yu 2015,
    d = eta = 1). The stream of random numbers is set by the seed and by n, window and lag.
    """
    # Only who simulates needs the compiler, which takes half a second to load.
    from debtcycle.bubbles.draws import draw, random_walks

    stream = np.random.SeedSequence((seed, n, window, lag))
    draws = draw(
        random_walks(n), n, window, lag, replications=replications, seed=stream, threads=threads,
        progress=progress,
    )  # fmt: skip
    tails, curves = quantiles(draws)
    return CriticalValues(
        n, window, lag, "monte-carlo", "computed", replications, tails, draws.knots, curves
    )


def monte_carlo(
    n: int,
    window: int | None = None,
    lag: int = 0,
    *,
    replications: int = REPLICATIONS,
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
        Lagged differences in the test.
    replications : int
        Simulated series. With 2,000 a 95 % value is off by up to .1; with 50,000, by .01.
    threads : int, optional
        By default one for each processor; the result does not depend on it.
    progress : callable, optional
        Told the share of a simulation that is done.

    Raises
    ------
    ConfigError
        ``bubbles.short``, ``bubbles.window``, ``bubbles.lag`` or ``bubbles.count``.
    """
    lag = checked_lag(lag)
    window = checked_window(window, checked_count("n", n), lag)
    checked_count("replications", replications)
    table = tabulated(n, window, lag) if seed == SEED else None
    if table is not None and table.replications >= replications:
        return table
    path = _place(f"critical-{_FORM}-{n}-{window}-{lag}-{replications}-{seed}.npz")
    kept = None if path is None else _read(path, n, window, lag, replications)
    if kept is not None:
        return kept
    found = simulate(
        n, window, lag, replications=replications, seed=seed, threads=threads, progress=progress
    )
    if path is not None:
        _write(path, found)
    return found


def _place(name: str) -> Path | None:
    """Where a file is kept; None if nowhere."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen is not None:
        return Path(chosen) / name if chosen else None
    return Path(platformdirs.user_cache_dir("debtcycle", appauthor=False)) / "bubbles" / name


def _read(path: Path, n: int, window: int, lag: int, replications: int) -> CriticalValues | None:
    """Kept critical values; None if there are none, or the file is damaged."""
    knots = knots_of(n, window)
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            tails, curves = file["tails"], file["curves"]
    except Exception:  # noqa: BLE001 - whatever is wrong with the file, it is made again
        return None
    if tails.shape != (3, 20) or curves.shape != (3, 3, len(knots)):
        return None
    return CriticalValues(
        n, window, lag, "monte-carlo", "cache", replications, tails, knots, curves
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
