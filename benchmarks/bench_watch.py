"""Speed of the watch wing: start-up, first use, one report, a replay, a series as of a date."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from _timing import Measure, command, timed, write_results

from debtcycle.cycle.replay import month_ends, replay
from debtcycle.reference import open_store
from debtcycle.store import Rows
from debtcycle.views import View

MODULE = ("-m", "debtcycle")
DATES = [date(year, 6, 30) for year in range(1965, 2026, 3)]


def with_pandas(frame: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """The plain way: filter what was known, keep the last of each period."""
    known = frame[frame["known_from"] <= day]
    return known.groupby("period")["value"].last().dropna()


def frame_of(rows: Rows) -> pd.DataFrame:
    """Rows as a pandas frame."""
    return pd.DataFrame(
        {
            "period": rows.periods.astype("M8[s]"),
            "known_from": rows.known_from.astype("M8[s]"),
            "value": rows.values,
        }
    )


def as_of(folder: Path, series_id: str, what: str) -> Measure:
    """One series as of a date, against pandas on the same rows already in memory."""
    store = open_store(folder / "store.sqlite")
    rows = store.rows(series_id)
    frame = frame_of(rows)
    days = [pd.Timestamp(day) for day in DATES]
    for day in DATES:  # the same answer before the same speed
        ours = View(as_of=day, store=store).series(series_id)
        assert np.array_equal(ours.values, with_pandas(frame, pd.Timestamp(day)).to_numpy())
    seconds = timed(lambda: [View(as_of=day, store=store).series(series_id) for day in DATES])
    peer = timed(lambda: [with_pandas(frame, day) for day in days])
    name = f"{series_id} as of a date ({len(rows):,} rows, {what})"
    return Measure(name, seconds / len(DATES), 0.005, "pandas groupby", peer / len(DATES))


def main() -> None:
    """Measure and write the table."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        env = {**os.environ, "DEBTCYCLE_STORE": str(folder / "store.sqlite")}
        words = [sys.executable, *MODULE, "series", "show", "UNRATE", "--as-of", "2009-11-30"]
        start = time.perf_counter()
        subprocess.run(words, env=env, check=True, capture_output=True)
        first = time.perf_counter() - start
        bare = command("-c", "pass", env=env)
        measures = [
            Measure("first use in an empty home: the store made, one series shown", first, 2.0),
            Measure("python -c pass", bare),
            Measure("import debtcycle, beyond python itself",
                    command("-c", "import debtcycle", env=env) - bare, 0.1),
            Measure("debtcycle --help", command(*MODULE, "--help", env=env), 0.15),
            Measure("debtcycle report --as-of 2025-12-15, warm",
                    command(*MODULE, "report", "--as-of", "2025-12-15", env=env), 2.0),
            Measure("debtcycle replay --start 1999-08 --end 2026-06",
                    command(*MODULE, "replay", "--start", "1999-08", "--end", "2026-06",
                            env=env, repeats=3), 10.0),
        ]  # fmt: skip
        view = View(as_of="2026-06-30", store=open_store(folder / "store.sqlite"))
        days = month_ends(date(1999, 8, 1), date(2026, 6, 1))
        spent = timed(lambda: replay(view, days), 3)
        measures.append(Measure("one month of a replay", spent / len(days)))
        measures.append(as_of(folder, "INDPRO", "vintages"))
        measures.append(as_of(folder, "DGS10", "daily"))
    write_results(
        "The watch wing",
        measures,
        notes=["Bars are those of the specification; times include starting Python."],
    )


if __name__ == "__main__":
    main()
