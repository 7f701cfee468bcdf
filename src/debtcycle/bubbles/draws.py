"""Statistics of many series at once: the engine of simulated and bootstrapped critical values.

Series are made in batches of `BATCH`; each batch has a random stream of its own, spawned from the
seed by the number of the batch. So the result is the same for any number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from debtcycle.bubbles._information import chosen_statistics
from debtcycle.bubbles._native import compiled
from debtcycle.bubbles.critical import Places, Values, knots_of
from debtcycle.bubbles.kernel import statistics, supremum, workspace
from debtcycle.bubbles.windows import checked_count

__all__ = ["BATCH", "Draws", "Progress", "Seed", "draw", "random_walks"]

Maker = Callable[[np.random.Generator, int], Values]
Progress = Callable[[float], object]
Seed = int | np.random.SeedSequence

BATCH = 64


@dataclass(frozen=True, slots=True)
class Draws:
    """Statistics of R series of n observations.

    Attributes
    ----------
    adf, sadf, gsadf : array (R,)
    knots : array (K,)
        Places, from 0, at which the sequences were kept.
    badf, bsadf, running : array (R, K)
        BADF, BSADF, and the running maximum of BADF at the knots.
    """

    adf: Values
    sadf: Values
    gsadf: Values
    knots: Places
    badf: Values
    bsadf: Values
    running: Values


@compiled
def _rows(order, series, window, badf, bsadf, doubt):  # type: ignore[no-untyped-def]
    """BADF and BSADF of each row of a matrix, and whether some are in doubt."""
    table, inverse, lanes = workspace(series.shape[1], window, len(order))
    for row in range(len(series)):
        doubt[row] = supremum(
            order, series[row], window, table, inverse, lanes, badf[row], bsadf[row]
        )


def sequences(
    series: Values, window: int, lag: int, rule: int | None = None
) -> tuple[Values, Values]:
    """BADF and BSADF of each row, from the first window's last observation on.

    Parameters
    ----------
    series : array (rows, n)
    rule : int, optional
        An information criterion of `_information`; `lag` is then the most lags.

    Returns
    -------
    badf, bsadf : array (rows, n - window + 1)
    """
    badf, bsadf = np.empty_like(series), np.empty_like(series)
    if rule is None:
        doubt = np.zeros(len(series), dtype=np.bool_)
        _rows((0,) * lag, series, window, badf, bsadf, doubt)
        for row in np.flatnonzero(doubt).tolist():
            badf[row], bsadf[row], _ = statistics(series[row], window, lag)
    else:
        for row, one in enumerate(series):
            badf[row], bsadf[row], _, _ = chosen_statistics(one, window, lag, rule)
    return badf[:, window - 1 :], bsadf[:, window - 1 :]


def random_walks(n: int) -> Maker:
    """Series under the null of Phillips, Shi and Yu: y[t] = 1/n + y[t-1] + standard normal."""

    def make(random: np.random.Generator, count: int) -> Values:
        steps: Values = random.standard_normal((count, n))
        steps += 1.0 / n
        return np.cumsum(steps, axis=1, out=steps)

    return make


def draw(
    make: Maker,
    n: int,
    window: int,
    lag: int,
    *,
    replications: int,
    seed: Seed,
    members: int = 1,
    rule: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Draws:
    """Statistics of `replications` series, or panels, from `make`.

    Parameters
    ----------
    make : callable
        ``make(random, count)`` gives `count` times `members` series of n observations as rows,
        those of a panel one below the other.
    members : int
        Series of a panel; their BSADF and BADF are averaged date by date.
    rule : int, optional
        An information criterion of `_information`; `lag` is then the most lags.
    progress : callable, optional
        Told the share that is done, 0 to 1.

    Raises
    ------
    ConfigError
        ``bubbles.count``.
    """
    checked_count("replications", replications)
    workers = checked_count("threads", os.cpu_count() or 1 if threads is None else threads)
    knots = knots_of(n, window)
    tops, kept = np.empty((3, replications)), np.empty((3, replications, len(knots)))
    root = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    children = root.spawn(-(-replications // BATCH))

    def work(number: int) -> None:
        part = slice(number * BATCH, min((number + 1) * BATCH, replications))
        series = make(np.random.default_rng(children[number]), BATCH)
        badf, bsadf = sequences(series, window, lag, rule)
        if members > 1:
            badf, bsadf = (one.reshape(BATCH, members, -1).mean(axis=1) for one in (badf, bsadf))
        badf, bsadf = badf[: part.stop - part.start], bsadf[: part.stop - part.start]
        running = np.fmax.accumulate(badf, axis=1)
        tops[:, part] = badf[:, -1], running[:, -1], np.fmax.reduce(bsadf, axis=1)
        for place, found in enumerate((badf, bsadf, running)):
            kept[place, part] = found[:, knots - (window - 1)]

    for done in _run(work, len(children), workers):
        if progress is not None:
            progress(done)
    adf, sadf, gsadf = tops
    badf, bsadf, running = kept
    return Draws(adf, sadf, gsadf, knots, badf, bsadf, running)


def _run(work: Callable[[int], None], jobs: int, threads: int) -> Iterator[float]:
    """Do all jobs; the share done after each."""
    pool = ThreadPoolExecutor(threads)
    try:
        for number, _ in enumerate(pool.map(work, range(jobs)), start=1):
            yield number / jobs
    finally:
        # Whoever interrupts a long run does not wait for what has not begun.
        pool.shutdown(cancel_futures=True)
