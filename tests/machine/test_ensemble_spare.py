"""Memory that is used again: whatever lay in it, and whoever had it, results are the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.machine.ensemble import EXACT_PATHS, Sketch, run_ensemble, spare
from debtcycle.machine.ensemble.bins import Bins
from debtcycle.machine.ensemble.spare import MOST, forget, put_aside, take
from machine.ar_paths import AutoRegressions

PATHS = EXACT_PATHS + 904  # beyond what is kept whole: counted in bins
PLACES = 128 * 1024  # doubles that a sketch of some cells asks for, and more


@pytest.fixture(autouse=True)
def nothing_aside() -> Iterator[None]:
    forget()
    yield
    forget()


def test_the_smallest_that_will_do_is_taken() -> None:
    for size in (700, 300, 500):
        put_aside(np.empty(size))
    assert [len(take(size)) for size in (400, 400, 400)] == [500, 700, 400]
    assert len(take(300)) == 300
    for _ in range(MOST + 5):
        put_aside(np.empty(1))
    assert sum(len(take(1)) == 1 for _ in range(MOST)) == MOST


def test_a_room_comes_back_after_a_fault() -> None:
    had = []

    def fail() -> None:
        with spare(100) as room:
            had.append(room)
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()
    assert take(100) is had[0]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 3 * PLACES), max_size=6), st.integers(0, 2**32 - 1))
def test_counts_do_not_depend_on_what_was_put_aside(sizes: list[int], seed: int) -> None:
    values = np.random.default_rng(seed).standard_cauchy((3, 500))
    good = np.ones(500, np.bool_)
    forget()
    fresh = Bins.empty(3)
    fresh.add(values, good)
    wanted = fresh.to_bytes()
    for size in sizes:
        put_aside(np.full(size, np.nan))
    again = Bins.empty(3)
    again.add(values, good)
    assert again.to_bytes() == wanted
    assert Bins.from_bytes(wanted, 3).to_bytes() == wanted
    again.release()
    assert again.to_bytes() == Bins.empty(3).to_bytes()


def test_ensembles_side_by_side_do_not_meet() -> None:
    jobs = [AutoRegressions(PATHS, quarters=n) for n in (3, 6, 11)]
    wanted = [run_ensemble(job, PATHS, seed=5, workers=1).to_bytes() for job in jobs]

    def one(number: int) -> bytes:
        found: Sketch = run_ensemble(jobs[number % 3], PATHS, seed=5, workers=2)
        return found.to_bytes()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(one, range(24)))
    assert [made == wanted[number % 3] for number, made in enumerate(found)] == [True] * 24
