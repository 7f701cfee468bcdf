"""One writer and many readers, a second writer, a killed update: what each of them sees."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from debtcycle.errors import StoreError
from debtcycle.store import Basis, Rows, Store
from debtcycle.store.verify import lacking, verify

DAYS = np.arange("1990-01", "2020-01", dtype="M8[M]").astype("M8[D]")

READER = """
    import json, sys, time
    from pathlib import Path
    from debtcycle.store import Store
    end, spans, most = time.monotonic() + float(sys.argv[2]), [], 0
    while time.monotonic() < end:
        with Store(Path(sys.argv[1])) as store:
            seen = len(store.batches())
            assert seen >= most, "what was there once stays"
            most = seen
            for name in store.series:
                start = time.perf_counter()
                rows = store.rows(name)
                spans.append(time.perf_counter() - start)
                # Batch k of a series says k in every value: none is there in part.
                counts = {}
                for value in rows.values.tolist():
                    counts[value] = counts.get(value, 0) + 1
                assert set(counts.values()) == {360}, counts
                assert sorted(counts) == [float(n) for n in range(1, len(counts) + 1)]
    spans.sort()
    print(json.dumps([len(spans), spans[int(0.99 * len(spans))], most]))
"""

WRITER = """
    import sys
    from pathlib import Path
    from test_together import put
    from debtcycle.store import Store
    with Store(Path(sys.argv[1])) as store:
        for number in range(int(sys.argv[2]), 10**6):
            put(store, f"S{number % 5}", number // 5 + 1)
            print(number + 1, flush=True)
"""

# Writers are children of one process that has loaded everything, each killed at some moment.
KILLED = """
    import os, random, signal, sys, time
    from pathlib import Path
    from test_together import DAYS, put
    from debtcycle.store import Store
    from debtcycle.store.verify import lacking, verify
    path, chance, done = Path(sys.argv[1]), random.Random(5), 0
    for _ in range(int(sys.argv[2])):
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            with Store(path) as store:
                for number in range(done, 10**6):
                    put(store, f"S{number % 5}", number // 5 + 1)
                    os.write(theirs, b".")
        os.close(theirs)
        acknowledged = done + len(os.read(ours, 1))
        time.sleep(chance.uniform(0, 0.06))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        while more := os.read(ours, 4096):
            acknowledged += len(more)
        os.close(ours)
        begun = time.monotonic()
        with Store(path) as store:
            assert time.monotonic() - begun < 5
            batches = verify(store)
            assert lacking(store) == ()
        done = len(batches)
        # Nothing but the batch being written may be there beyond what was acknowledged.
        assert acknowledged <= done <= acknowledged + 1, (acknowledged, done)
        assert [batch.rows for batch in batches] == [len(DAYS)] * done
    print(done)
"""


def put(store: Store, name: str, number: int) -> None:
    """A batch that says its number in every value, archived with its payload."""
    from debtcycle.store.entries import Action, Entry, payload_hash
    from debtcycle.store.writing import Addition

    known = DAYS + np.timedelta64(40 + number, "D")
    values = np.full(len(DAYS), float(number))
    rows = Rows(DAYS, known, values, np.full(len(DAYS), int(Basis.VINTAGE), dtype="i1"))
    body = f"{name} {number}".encode() * 50
    digest = payload_hash((body,))
    entry = Entry(
        action=Action.TAKEN, origin="file", name=name, payload_sha256=digest, bodies=(digest,)
    )
    store.add(Addition(name, digest, {name: rows}), entry, (body,))


def started(script: str, *arguments: object) -> subprocess.Popen[str]:
    here = str(Path(__file__).parent)
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([here, *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store.sqlite"
    Store.create(path).close()
    return path


@pytest.mark.parametrize(
    ("seconds", "readers", "bar_s"),
    [(3, 3, math.inf), pytest.param(60, 8, 0.25, marks=pytest.mark.soak)],
)
def test_readers_beside_a_writer(path: Path, seconds: int, readers: int, bar_s: float) -> None:
    """No error, and never a batch in part; in the soak, the bar of 250 ms for all but 1 %."""
    writer = started(WRITER, path, 0)
    both = [started(READER, path, seconds) for _ in range(readers)]
    told = [reader.communicate(timeout=seconds + 120) for reader in both]
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    assert [error for _, error in told] == [""] * readers
    found = [json.loads(out) for out, _ in told]
    assert all(reads > 10 for reads, _, _ in found)
    assert max(most for _, _, most in found) > 3, "the writer wrote meanwhile"
    slowest = max(span for _, span, _ in found)
    sys.stdout.write(f"\n{sum(n for n, _, _ in found)} reads, p99 {1e3 * slowest:.1f} ms\n")
    assert slowest < bar_s


def test_a_second_writer_is_told_the_first_within_two_seconds(path: Path) -> None:
    writer = started(
        """
        import sys, time
        from pathlib import Path
        from debtcycle.store import Store
        with Store(Path(sys.argv[1])) as store, store.exclusive():
            print("ready", flush=True)
            sys.stdin.readline()
            time.sleep(60)
        """,
        path,
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        begun = time.monotonic()
        with Store(path) as store, pytest.raises(StoreError) as caught:
            put(store, "A", 1)
        waited = time.monotonic() - begun
    finally:
        os.kill(writer.pid, signal.SIGKILL)
        writer.communicate()
    assert caught.value.message_id == "store.locked"
    assert caught.value.params["holder"] == str(writer.pid)
    assert waited < 2, "it does not wait for a lock that may be held for the whole update"
    with Store(path) as store:
        put(store, "A", 1)


@pytest.mark.parametrize("times", [20, pytest.param(200, marks=pytest.mark.soak)])
def test_killed_at_any_moment(path: Path, times: int) -> None:
    """What was acknowledged is there, each batch whole with its payload, and work goes on."""
    killer = started(KILLED, path, times)
    out, error = killer.communicate(timeout=30 + 2 * times)
    assert (killer.returncode, error) == (0, ""), error
    done = int(out)
    fresh = path.with_name("fresh.sqlite")
    with Store.create(fresh) as truth, truth.exclusive():
        for number in range(done):
            put(truth, f"S{number % 5}", number // 5 + 1)
        with Store(path) as store:
            assert store.content_sha256() == truth.content_sha256()


def test_contents_do_not_depend_on_who_came_first(tmp_path: Path) -> None:
    """Of batches without a series in common the order is chance; of one series' it counts."""

    def contents(name: str, order: list[tuple[str, float]]) -> str:
        with Store.create(tmp_path / f"{name}.sqlite") as store:
            for series, value in order:
                rows = Rows(DAYS, DAYS + 40, np.full(len(DAYS), value), np.zeros(len(DAYS), "i1"))
                store.append("update", f"{series} {value}", {series: rows})
            return store.content_sha256()

    a, b, again = ("A", 1.0), ("B", 2.0), ("A", 3.0)
    truth = contents("truth", [a, b, again])
    assert contents("early", [b, a, again]) == contents("late", [a, again, b]) == truth
    others = [[again, b, a], [a, b], [a, b, ("A", 4.0)], [a, ("C", 2.0), again]]
    found = {contents(f"other{n}", order) for n, order in enumerate(others)}
    assert len(found | {truth}) == 5


# --- a disk that is full, read-only, in use ---------------------------------------------------
LIMITED = """
    import resource, sys
    from pathlib import Path
    from test_together import put
    from debtcycle.errors import StoreError
    from debtcycle.store import Store
    with Store(Path(sys.argv[1])) as store:
        size = int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        for number in range(1, 500):
            try:
                put(store, "A", number)
            except StoreError as error:
                print(number - 1, error.message_id, error.exit_code)
                break
"""


@pytest.mark.parametrize("size", [30_000, 62_000, 70_001, 100_000, 131_072])
def test_a_file_that_cannot_grow(path: Path, size: int) -> None:
    """The kernel refuses to make any file larger: as on a full disk."""
    child = started(LIMITED, path, size)
    out, error = child.communicate(timeout=60)
    assert error == ""
    whole, said, code = out.split()
    assert (said, code) in {("store.full", "5"), ("store.disk", "5")}
    with Store(path) as store:
        assert len(verify(store)) == int(whole)
        assert lacking(store) == ()
        put(store, "A", int(whole) + 1)
        assert len(verify(store)) == int(whole) + 1


# --- nothing that was answered changes --------------------------------------------------------
@pytest.mark.parametrize("updates", [6, pytest.param(60, marks=pytest.mark.soak)])
def test_a_thousand_earlier_answers_after_every_update(path: Path, updates: int) -> None:
    """Answers as of dates before an update are the same to the bit after it."""
    chance = np.random.default_rng(11)
    names = [f"S{n}" for n in range(4)]
    with Store(path) as store:
        for number in range(updates):
            asked: dict[tuple[str, int], bytes] = {}
            newest = DAYS[-1] + np.timedelta64(100 + 30 * number, "D")
            for _ in range(1000):
                name, back = names[chance.integers(4)], int(chance.integers(9000))
                asked[name, back] = _answer(store, name, newest - back)
            for name in names:
                periods = np.sort(chance.choice(DAYS, 40, replace=False))
                known = np.full(40, newest + np.timedelta64(1 + int(chance.integers(20)), "D"))
                part = Rows(periods, known, chance.normal(size=40), np.zeros(40, dtype="i1"))
                store.append("update", f"{number} {name}", {name: part})
            with Store(path) as fresh:
                for (name, back), truth in asked.items():
                    assert _answer(fresh, name, newest - back) == truth


def _answer(store: Store, name: str, day: np.datetime64) -> bytes:
    rows = store.rows(name).as_of(day)
    return rows.periods.tobytes() + rows.values.tobytes() + rows.known_from.tobytes()
