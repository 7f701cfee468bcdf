"""Ensembles on the threads of one machine."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.errors import ConfigError
from debtcycle.machine.ensemble import EXACT_PATHS, run_ensemble
from debtcycle.machine.ensemble.chunks import LARGEST, chunks_of
from debtcycle.machine.ensemble.local import on_threads
from machine.ar_paths import PERSISTENCE, AutoRegressions

PATHS = 10_000


@dataclass(frozen=True)
class Counted:
    """A job that notes what is alive: results that were made and not yet merged away."""

    alive: list[int] = field(default_factory=list)
    most: list[int] = field(default_factory=lambda: [0])
    done: list[int] = field(default_factory=list)

    def __call__(self, _seed: int, first_path: int, _paths: int) -> Counted:
        self.alive.append(first_path)
        self.most[0] = max(self.most[0], len(self.alive))
        self.done.append(first_path)
        return self

    def merge(self, _other: Counted) -> Counted:
        return self


def threads_of_ensembles() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("ensemble")]


@given(paths=st.integers(1, 300_000), size=st.none() | st.integers(1, 500).map(lambda n: 64 * n))
def test_chunks_cover_every_path_once_and_begin_with_a_lane(paths, size):
    chunks = list(chunks_of(paths, size))
    assert [c.first_path for c in chunks] == [0, *np.cumsum([c.paths for c in chunks])[:-1]]
    assert sum(c.paths for c in chunks) == paths
    assert all(c.first_path % 64 == 0 and 0 < c.paths <= (size or LARGEST) for c in chunks)


@pytest.mark.parametrize("paths", [PATHS, EXACT_PATHS, 100, 1])
def test_threads_and_chunks_leave_the_bytes_alone(paths):
    job = AutoRegressions(paths)
    wanted = job(42, 0, paths).to_bytes()
    for workers, chunk_paths, tile in [(1, None, 64), (2, None, 512), (4, 192, 128), (3, 6400, 64)]:
        job = AutoRegressions(paths, tile=tile)
        found = run_ensemble(job, paths, seed=42, workers=workers, chunk_paths=chunk_paths)
        assert found.to_bytes() == wanted, (workers, chunk_paths)
    assert run_ensemble(job, paths, seed=43).to_bytes() != wanted


def test_the_toy_economy_has_the_variance_that_theory_gives():
    sketch = run_ensemble(AutoRegressions(PATHS), PATHS, seed=1)
    squares = np.cumsum(PERSISTENCE ** (2.0 * np.arange(6)))
    found = sketch.variance()[:, 1:]  # the first variable decides which paths fail
    assert np.all(np.abs(found / squares[:, None] - 1.0) < 4.5 * np.sqrt(2.0 / PATHS))
    assert sketch.good + sketch.failed.count == PATHS
    assert 0 < len(sketch.failed.first) <= 100


def test_progress_is_told_in_paths():
    told: list[tuple[int, int]] = []
    run_ensemble(
        AutoRegressions(1000), 1000, seed=1, workers=2, chunk_paths=320,
        progress=lambda done, paths: told.append((done, paths)),
    )  # fmt: skip
    assert told == [(320, 1000), (640, 1000), (960, 1000), (1000, 1000)]


@pytest.mark.parametrize("workers", [1, 3])
def test_few_results_are_held_at_once(workers):
    job = Counted()

    def merged(_: int, __: int) -> None:
        job.alive.remove(min(job.alive))

    run_ensemble(job, 64 * 200, seed=1, workers=workers, chunk_paths=64, progress=merged)
    assert sorted(job.done) == list(range(0, 64 * 200, 64))
    assert job.most[0] <= workers + 3  # those handed out and the one being merged


@pytest.mark.parametrize("workers", [1, 2])
def test_a_fault_of_the_job_is_told_and_ends_the_run(workers):
    job = AutoRegressions(PATHS, broken_path=300)
    with pytest.raises(ArithmeticError, match="a fault of the job"):
        run_ensemble(job, PATHS, seed=1, workers=workers)
    assert threads_of_ensembles() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_leaves_nothing_running(workers):
    job = Counted()

    def interrupt(done: int, paths: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_ensemble(job, 64 * 500, seed=1, workers=workers, chunk_paths=64, progress=interrupt)
    assert threads_of_ensembles() == []
    assert len(job.done) <= 1 + workers + 2 + 1


def test_a_caller_who_stops_early_leaves_nothing_running():
    results = on_threads(lambda chunk: chunk.paths, chunks_of(640, 64), 2)
    assert next(results)[1] == 64
    results.close()
    assert threads_of_ensembles() == []


@pytest.mark.parametrize(
    ("message_id", "wrong"),
    [
        ("ensemble.paths", {"paths": 0}),
        ("ensemble.paths", {"paths": -5}),
        ("ensemble.paths", {"paths": 2**32 + 1}),
        ("ensemble.size", {"chunk_paths": 100}),
        ("ensemble.size", {"chunk_paths": 0}),
        ("ensemble.workers", {"workers": 0}),
    ],
)
def test_what_cannot_be_is_refused(message_id, wrong):
    asked = {"paths": 100, "seed": 1} | wrong
    with pytest.raises(ConfigError) as caught:
        run_ensemble(AutoRegressions(100), **asked)
    assert caught.value.message_id == message_id
