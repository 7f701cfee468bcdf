"""Speed of the tests for explosive roots, beside pyexuber if it is there.

pyexuber is a peer to compare with and nothing else: ``pip install --target FOLDER pyexuber`` and
put the folder on PYTHONPATH to have it in the table. Its windows count rows of the regression, so
it is asked for the same windows. Both run in one process, warm, by turns.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from _timing import Measure, write_results

from debtcycle.bubbles import default_window, sup_adf, to_exuber
from debtcycle.bubbles.draws import draw, random_walks
from debtcycle.bubbles.kernel import supremum, workspace
from debtcycle.bubbles.rules import RULES
from debtcycle.bubbles.windows import least_window

PEER = "pyexuber"
LENGTHS = {100: 5, 200: 10, 500: 15, 1000: 20, 1680: 18}
LAGS = {1: 12, 2: 6, 4: 4}
SIMULATIONS = {(200, 2000): 10, (500, 1000): 15}
REPEATS = 9
SHORTEST = 0.005  # seconds of one measurement


def peer() -> Any:
    """The module, or None."""
    if importlib.util.find_spec("exuber") is None:
        return None
    return importlib.import_module("exuber")


def by_turns(
    works: list[Callable[[], object]], clock: Callable[[], float] = time.process_time
) -> list[float]:
    """Median seconds of each, measured one after the other in every round.

    Seconds of the processor by default, so that what else the machine does is left out; short
    works are repeated within a round.
    """
    spans: list[list[float]] = [[] for _ in works]
    counts = []
    for work in works:
        work()
        begin = time.perf_counter()
        work()
        counts.append(max(1, round(SHORTEST / (time.perf_counter() - begin))))
    for _ in range(REPEATS):
        for work, count, found in zip(works, counts, spans, strict=True):
            begin = clock()
            for _ in range(count):
                work()
            found.append((clock() - begin) / count)
    return [median(found) for found in spans]


def one_series(n: int, lag: int, bar: int) -> list[Measure]:
    """The kernel with its room prepared, and the public call, against the peer's public call."""
    y = np.random.default_rng(n).normal(size=n).cumsum()
    window = default_window(n)
    room, badf, bsadf = workspace(n, window, lag), np.empty(n), np.empty(n)
    order, exuber = (0,) * lag, peer()
    works: list[Callable[[], object]] = [
        lambda: supremum(order, y, window, *room, badf, bsadf),
        lambda: sup_adf(y, lag),
    ]
    if exuber is not None:
        works.append(lambda: exuber.radf(y, minw=to_exuber(window, lag), lag=lag))
    kernel, call, *theirs = by_turns(works)
    other = theirs[0] if theirs else None
    title = f"GSADF, n = {n}, lag {lag}"
    return [
        Measure(f"{title}, kernel", kernel, peer=PEER, peer_seconds=other, bar_ratio=bar),
        Measure(f"{title}, public call", call, peer=PEER, peer_seconds=other),
    ]


def simulation(n: int, replications: int, bar: int) -> list[Measure]:
    """Critical values by Monte Carlo, one thread against the peer's one."""
    window, exuber = default_window(n), peer()
    works: list[Callable[[], object]] = [lambda: drawn(n, 0, replications, 1)]
    if exuber is not None:
        works.append(
            lambda: exuber.radf_mc_cv(n, minw=to_exuber(window), nrep=replications, seed=1)
        )
    one, *theirs = by_turns(works)
    other = theirs[0] if theirs else None
    title = f"Monte Carlo, n = {n}, {replications} replications"
    return [
        Measure(f"{title}, one thread", one, peer=PEER, peer_seconds=other, bar_ratio=bar),
    ]


def drawn(n: int, lag: int, replications: int, threads: int, rule: int | None = None) -> object:
    """Statistics of random walks."""
    window = max(default_window(n), least_window(lag))
    return draw(
        random_walks(n), n, window, lag, replications=replications, seed=1, rule=rule,
        threads=threads,
    )  # fmt: skip


def two_threads(n: int, lag: int, replications: int, rule: str | None = None) -> Measure:
    """Two threads against one, in seconds of the clock."""
    code = None if rule is None else RULES[rule]

    def ours(threads: int) -> Callable[[], object]:
        return lambda: drawn(n, lag, replications, threads, code)

    single, double = by_turns([ours(1), ours(2)], time.perf_counter)
    lags = f"lag {lag}" if rule is None else f"{rule}, at most {lag} lags"
    return Measure(
        f"Monte Carlo, n = {n}, {lags}, {replications} replications, two threads, wall",
        double, peer="one thread, wall", peer_seconds=single, bar_ratio=1.6,
    )  # fmt: skip


FIRST_CALL = """
import sys, time, numpy as np
begin = time.perf_counter()
import debtcycle.bubbles.kernel
from debtcycle.bubbles import sup_adf
loaded = time.perf_counter()
lag = int(sys.argv[1]) if sys.argv[1].isdecimal() else sys.argv[1]
sup_adf(np.random.default_rng(1).normal(size=200).cumsum(), lag)
print(loaded - begin, time.perf_counter() - loaded)
"""


def first_calls() -> list[Measure]:
    """First call of a process: compiled afresh, and from the kept machine code."""
    found = []
    for lag in (0, 1, 2, 4, "bic"):
        with tempfile.TemporaryDirectory() as folder:
            env = {**os.environ, "NUMBA_CACHE_DIR": folder}
            for name in ("compiled afresh", "from kept machine code"):
                done = subprocess.run(
                    [sys.executable, "-c", FIRST_CALL, str(lag)],
                    env=env, check=True, capture_output=True, text=True,
                )  # fmt: skip
                loading, call = map(float, done.stdout.split())
                found.append(Measure(f"first call, lag {lag}, {name}", call))
    found.append(Measure("loading the library", loading))
    return found


NOTE = (
    "Bars are ratios to the peer; a run that misses one fails. The kernel has its room prepared; "
    "the public call checks its input and makes its result. Both stand against the peer's public "
    "call. One process, warm, by turns; seconds of the processor, except for two threads and "
    "first calls."
)


def main() -> None:
    """Measure everything and write the table."""
    measures: list[Measure] = []
    for n, bar in LENGTHS.items():
        measures += one_series(n, 0, bar)
    for lag, bar in LAGS.items():
        measures += one_series(1680, lag, bar)
    for (n, replications), bar in SIMULATIONS.items():
        measures += simulation(n, replications, bar)
    measures += [two_threads(n, 0, count) for n, count in SIMULATIONS]
    measures += [two_threads(200, lag, 1000) for lag in LAGS]
    measures.append(two_threads(200, 4, 128, "bic"))
    measures += first_calls()
    write_results(
        "Explosive roots",
        measures,
        notes=[NOTE],
    )
    missed = [measure.name for measure in measures if measure.missed]
    if missed:
        sys.exit("Bars missed:\n" + "\n".join(missed))


if __name__ == "__main__":
    main()
