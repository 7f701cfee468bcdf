"""Simulate the critical values that the package ships.

``python tools/make_critical_values.py [--threads N] [--draft FOLDER]`` writes
``src/debtcycle/bubbles/critical.xz``. The numbers follow from the seed, n, window, lag and rule
alone, whatever the number of threads, and any entry can be made again by itself
(`debtcycle.bubbles.montecarlo.simulate`). With ``--draft`` finished entries are kept in a folder,
so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from debtcycle.bubbles.critical import CriticalValues
from debtcycle.bubbles.montecarlo import REPLICATIONS, RULE_REPLICATIONS, simulate
from debtcycle.bubbles.tables import NAME, Key, pack, unpack
from debtcycle.bubbles.windows import default_window, least_window

TARGET = Path(__file__).resolve().parents[1] / "src" / "debtcycle" / "bubbles" / NAME

# Quarterly and annual lengths one by one, longer ones in steps, and the published sample.
LENGTHS = (
    *range(20, 241), *range(245, 401, 5), *range(410, 601, 10), 650, 700, 750, 800, 900, 1000,
    1200, 1500, 1680, 1800, 2000,
)  # fmt: skip
LAGGED_LENGTHS = (*range(40, 201, 10), 250, 300, 400, 500)
LAGS = (1, 2, 3, 4)
EXTRA = ((1680, 36, 0), (1680, 91, 0))
# Where a criterion chooses up to four lags a series takes fifty times as long.
RULE_LENGTHS = (*range(40, 121, 10), 150, 200)
RULE_LAGS = 4


def plan() -> Iterator[Key]:
    """Observations, shortest window, lags and rule of every entry."""
    for n in LENGTHS:
        yield n, max(default_window(n), least_window(0)), 0, None
    yield from ((*one, None) for one in EXTRA)
    for lag in LAGS:
        for n in LAGGED_LENGTHS:
            yield n, max(default_window(n), least_window(lag)), lag, None
    for rule in ("bic", "aic"):
        for n in RULE_LENGTHS:
            yield n, max(default_window(n), least_window(RULE_LAGS)), RULE_LAGS, rule


def entry(job: Key, threads: int | None, draft: Path | None) -> CriticalValues:
    """One entry, from the folder of drafts if it is there."""
    place = None if draft is None else draft / "-".join(map(str, job))
    if place is not None and place.is_file():
        return unpack(place.read_bytes())[job]
    n, window, lag, rule = job
    count = REPLICATIONS if rule is None else RULE_REPLICATIONS
    found = simulate(n, window, lag, rule=rule, replications=count, threads=threads)
    if place is not None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(pack([found]))
    return found


def main() -> None:
    """Make all entries and write them."""
    parser = argparse.ArgumentParser(description="Simulate the shipped critical values.")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--draft", type=Path)
    options = parser.parse_args()
    jobs, begin, made = list(plan()), time.monotonic(), []
    for number, job in enumerate(jobs, start=1):
        made.append(entry(job, options.threads, options.draft))
        spent = time.monotonic() - begin
        print(
            f"{number}/{len(jobs)} n={job[0]} lag={job[2]} {job[3] or ''} {spent:.0f} s",
            file=sys.stderr,
        )
    TARGET.write_bytes(pack(made))
    print(f"{TARGET.name}: {len(made)} entries, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
