"""Speed and size of the store with two million observations, beside plain ways to keep them."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from _timing import Measure, timed, write_results

from debtcycle.catalogue import Catalogue, load_catalogue
from debtcycle.intake import Payload, is_known, take
from debtcycle.reference import fill
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.sniff import read_bytes
from debtcycle.sources.steps import Question
from debtcycle.store import Rows, Store
from debtcycle.store.export import export_parquet
from debtcycle.store.verify import verify
from debtcycle.views import View

SERIES, PERIODS = 200, 10_000
DAY = date(2026, 11, 20)
MEMORY = """
import sys
from pathlib import Path
from debtcycle.store import Store
with Store(Path(sys.argv[1])) as store:
    for name in store.series:
        assert len(store.rows(name))
status = Path("/proc/self/status").read_text()
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def body(name: str, number: int, last: float) -> bytes:
    """A publisher's file of ten thousand days."""
    days = (np.datetime64("1999-01-01") + np.arange(PERIODS)).astype(str)
    values = np.round(4 + np.sin(np.arange(PERIODS) / (20 + number)), 4)
    values[-1] = last
    lines = [f"{day},{value}" for day, value in zip(days, values.tolist(), strict=True)]
    return (f"observation_date,{name}\n" + "\n".join(lines) + "\n").encode()


def catalogue_of(names: list[str]) -> Catalogue:
    """The catalogue's entry of DGS10 under many names."""
    import msgspec

    plain = load_catalogue()
    one = msgspec.structs.replace(plain["DGS10"], low=None, high=None)
    entries = {n: msgspec.structs.replace(one, id=n, sources=(n,)) for n in names}
    return Catalogue(entries, {}, {n: n for n in names})


def asked(name: str, content: bytes) -> Payload:
    question = Question(publisher="test", name=name, series=(name,))
    return Payload("update", question, name, (content,), datetime.now(UTC))


def update(store: Store, catalogue: Catalogue, bodies: dict[str, bytes]) -> int:
    """Take all answers in, as an update does once it has them; rows added."""
    added = 0
    with store.exclusive():
        for name, content in bodies.items():
            payload = asked(name, content)
            if is_known(store, payload):
                continue
            parts = read_bytes(content, f"{name}.csv", today=DAY)
            assert isinstance(parts[0], Parsed)
            taken = take(store, payload, parts, catalogue=catalogue, fetched=DAY, today=DAY)
            assert not taken.quarantined
            added += taken.new_rows + taken.revised_rows
    return added


def rows_in_sqlite(store: Store, path: Path) -> None:
    """The same rows as a table of rows, as schema 1 kept them."""
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE observation (series INTEGER, period INTEGER, known_from INTEGER, "
        "value REAL, basis INTEGER, PRIMARY KEY (series, period, known_from)) WITHOUT ROWID"
    )
    for number, name in enumerate(store.series):
        rows = store.rows(name)
        connection.executemany(
            "INSERT INTO observation VALUES (?, ?, ?, ?, ?)",
            zip(
                [number] * len(rows),
                rows.periods.astype(int).tolist(),
                rows.known_from.astype(int).tolist(),
                rows.values.tolist(),
                rows.basis.tolist(),
                strict=True,
            ),
        )
    connection.commit()
    connection.close()


def read_rows(path: Path) -> Rows:
    """One series from the table of rows, as arrays."""
    connection = sqlite3.connect(path)
    found = connection.execute(
        "SELECT period, known_from, value, basis FROM observation WHERE series = 7 "
        "ORDER BY period, known_from"
    ).fetchall()
    connection.close()
    periods, known, values, basis = zip(*found, strict=True)
    return Rows(
        np.array(periods).astype("M8[D]"),
        np.array(known).astype("M8[D]"),
        np.array(values, dtype="f8"),
        np.array(basis, dtype="i1"),
    )


def read_ours(path: Path, name: str) -> Rows:
    with Store(path) as store:
        return store.rows(name)


def timed_report(path: Path) -> float:
    """Seconds of wall time for the whole command."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "debtcycle", "--store", str(path), "report"]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def revised(store: Store, name: str, day: np.datetime64, count: int) -> None:
    """One batch: the newest figures of a series as they were, seen again on a later day."""
    seen = store.rows(name).as_of(day)
    seen = seen.take(np.arange(len(seen))[-count:])
    known = np.full(len(seen), day)
    rows = Rows(seen.periods, known, seen.values, np.zeros(len(seen), dtype="i1"))
    store.append("bench", f"{name} {day} {count}", {name: rows})


def report_times(path: Path) -> tuple[int, float, float, float]:
    """Rows, and the report: made first, made again, and after an update of three figures.

    The store is the edition with whole revisions of its daily series on top, each batch of a
    later day, up to two million rows.
    """
    with Store.create(path) as store:
        fill(store)
        daily = [i.id for i in load_catalogue() if i.id in store.series and i.frequency == "daily"]
        total = sum(len(store.rows(name)) for name in store.series)
        day = np.datetime64("2024-01-01")
        while total < SERIES * PERIODS:
            day += np.timedelta64(7, "D")
            for name in daily:
                revised(store, name, day, PERIODS)
                total += min(PERIODS, len(store.rows(name).as_of(day)))
        first, again = timed_report(path), min(timed_report(path) for _ in range(3))
        revised(store, "UNRATE", np.datetime64("2026-11-20"), 3)
    return total, first, again, timed_report(path)


def main() -> None:
    """Measure and write the table."""
    names = [f"S{n:03d}" for n in range(SERIES)]
    catalogue = catalogue_of(names)
    with tempfile.TemporaryDirectory() as scratch:
        path, table = Path(scratch) / "store.sqlite", Path(scratch) / "rows.sqlite"
        parquet = Path(scratch) / "rows.parquet"
        bodies = {name: body(name, n, 4.0) for n, name in enumerate(names)}
        with Store.create(path) as store:
            start = time.perf_counter()
            assert update(store, catalogue, bodies) == SERIES * PERIODS
            first = time.perf_counter() - start
            nothing = timed(lambda: update(store, catalogue, bodies), 3)
            again = {name: text.replace(b"\n", b"\r\n") for name, text in bodies.items()}
            start = time.perf_counter()
            assert update(store, catalogue, again) == 0
            parsed = time.perf_counter() - start
            updating = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            rows_in_sqlite(store, table)
            checked = timed(lambda: verify(store), 3)
        import pandas as pd  # not before the memory of an update is known

        export_parquet(path, parquet)
        truth, name = read_rows(table), store.series[7]
        assert np.array_equal(read_ours(path, name).values, truth.values)
        ours = timed(lambda: read_ours(path, name))
        plain = timed(lambda: read_rows(table))
        frame = timed(lambda: pd.read_parquet(parquet, filters=[("series", "==", name)]))

        def view() -> None:
            with Store(path) as fresh:
                View(as_of="2020-06-30", store=fresh, catalogue=catalogue).series(name)

        as_of = timed(view)
        memory = subprocess.run([sys.executable, "-c", MEMORY, str(path)], check=True,
                                capture_output=True, text=True, env={**os.environ})  # fmt: skip
        total, made, kept, updated = report_times(Path(scratch) / "full.sqlite")
        archive = path.with_name(f"{path.name}.archive")
        sizes = [place.stat().st_size / 1e6 for place in (path, table, archive)]
    given = 2 * sum(map(len, bodies.values())) / 1e6
    write_results(
        "The store with 2,000,000 observations",
        [
            Measure("one series of 10,000, store opened for it", ours, 0.005,
                    "a table of rows in SQLite", plain),
            Measure("the same", ours, 0.005, "pandas read_parquet with a filter", frame),
            Measure("the same as of a date, through a view", as_of, 0.005),
            Measure("an update, 200 answers of last time", nothing, 10.0),
            Measure("an update, 200 answers with other line ends, nothing new", parsed, 10.0),
            Measure("the first update: parsed, judged, stored, archived", first),
            Measure("every batch verified by its hash", checked),
            Measure(f"report, the whole command, {total:,} rows", kept, 2.0),
            Measure("the same after an update of three figures", updated, 2.0),
            Measure("the same the first time, every month judged", made),
        ],
        notes=[
            f"Peak memory with all series read: {memory.stdout.strip()} MB (bar 300 MB).",
            f"Peak memory of the updates, all 200 answers held: {updating} MB (bar 300 MB).",
            f"Size: {sizes[0]:.0f} MB, as a table of rows {sizes[1]:.0f} MB.",
            f"Archive of both updates, {given:.0f} MB of files: {sizes[2]:.1f} MB.",
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
