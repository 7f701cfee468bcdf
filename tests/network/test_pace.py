"""One limit for all processes."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from debtcycle.errors import ConfigError, SourceError
from debtcycle.network import Clock, Deadline, Endpoint
from debtcycle.network.pace import Pace


class Made(Clock):
    """Time that passes only when somebody waits for it."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


def _fred(**settings: object) -> Endpoint:
    return Endpoint(name="fred", address="", per_second=2, per_minute=120, **settings)


def _turns(paces: list[tuple[Pace, Made]], count: int) -> list[float]:
    """When so many turns fall, taken by several processes with clocks of their own."""
    found = []
    for number in range(count):
        pace, clock = paces[number % len(paces)]
        pace.wait(_fred(), Deadline(clock.now + 1e6, clock))
        found.append(clock.now)
    return found


def _most_in(turns: list[float], window_s: float) -> int:
    return max(sum(start <= turn < start + window_s for turn in turns) for start in turns)


@pytest.mark.parametrize("processes", [1, 3])
def test_at_most_two_a_second_and_120_a_minute(processes, tmp_path):
    paces = [(Pace(tmp_path, clock), clock) for clock in (Made() for _ in range(processes))]
    turns = sorted(_turns(paces, 300))
    assert _most_in(turns, 1.0) == 2
    assert _most_in(turns, 60.0) == 120
    # And no slower than that: 300 turns half a second apart.
    assert turns[-1] - turns[0] == pytest.approx(149.5)


@given(st.lists(st.floats(0.0, 3.0), min_size=2, max_size=40))
@hypothesis_settings(max_examples=50)
def test_any_rhythm_of_asking_keeps_the_limit(gaps):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        clock = Made()
        pace, turns = Pace(Path(folder), clock), []
        for gap in gaps:
            clock.now += gap
            pace.wait(_fred(), Deadline(clock.now + 100, clock))
            turns.append(clock.now)
        assert all(b - a > 0.5 - 1e-6 for a, b in pairwise(turns))


def test_a_few_may_follow_one_another_where_only_the_minute_is_short(tmp_path):
    clock = Made()
    pace, turns = Pace(tmp_path, clock), []
    endpoint = Endpoint(name="bis", address="", per_second=1, per_minute=10)
    for _ in range(25):
        pace.wait(endpoint, Deadline(clock.now + 1e4, clock))
        turns.append(round(clock.now - 1_000_000.0, 3))
    assert turns[:10] == list(range(10))
    assert turns[10:20] == [60 + n for n in range(10)]
    assert turns[20] == 120


def test_a_turn_that_comes_too_late_is_not_taken(tmp_path):
    clock = Made()
    pace = Pace(tmp_path, clock)
    late = Deadline(clock.now + 0.4, clock)
    pace.wait(_fred(), late)
    with pytest.raises(SourceError, match=r"network\.timeout"):
        pace.wait(_fred(), late)
    # It was left to others: the next one who has time waits half a second, not a whole one.
    before = clock.now
    pace.wait(_fred(), Deadline(clock.now + 10, clock))
    assert clock.now - before == pytest.approx(0.5)


def test_a_pause_holds_for_all_and_ends(tmp_path):
    one, other = Made(), Made()
    Pace(tmp_path, one).pause(_fred(), 30.0)
    with pytest.raises(SourceError) as caught:
        Pace(tmp_path, other).wait(_fred(), Deadline(other.now + 20, other))
    assert caught.value.message_id == "network.rate_limited"
    assert caught.value.params["wait_s"] == 30
    Pace(tmp_path, other).wait(_fred(), Deadline(other.now + 40, other))
    assert other.now == pytest.approx(one.now + 30)
    # Another publisher is none of its business; one of the same house is.
    third = Made()
    Pace(tmp_path, third).wait(Endpoint(name="bis", address=""), Deadline(third.now + 1, third))
    with pytest.raises(SourceError):
        Pace(tmp_path, third).wait(
            Endpoint(name="alfred", address="", pace="fred"), Deadline(third.now + 1, third)
        )


@pytest.mark.parametrize(
    "content", [b"", b"rubbish", b"1e999 nan\n", b"9e15 9e15\n", b"\xff" * 200]
)
def test_a_damaged_mark_stops_nobody(content, tmp_path):
    (tmp_path / "fred.pace").write_bytes(content)
    clock = Made()
    Pace(tmp_path, clock).wait(_fred(), Deadline(clock.now + 1, clock))
    assert clock.now < 1_000_001


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    clock = Made()
    with pytest.raises(ConfigError, match=r"settings\.state"):
        Pace(tmp_path / "file", clock).wait(_fred(), Deadline(clock.now + 1, clock))


_TURNS = """
import sys, time
from pathlib import Path
from debtcycle.network import Clock, Deadline, Endpoint
from debtcycle.network.pace import Pace
clock = Clock()
pace = Pace(Path(sys.argv[1]), clock)
endpoint = Endpoint(name="fred", address="", per_second=50, per_minute=3000)
for _ in range(20):
    pace.wait(endpoint, Deadline(clock.monotonic() + 60, clock))
    print(repr(time.time()))
"""


def test_two_processes_share_the_limit(tmp_path):
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", _TURNS, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    turns = sorted(float(line) for one in asked for line in one.communicate()[0].split())
    assert [one.returncode for one in asked] == [0, 0]
    assert len(turns) == 40
    # Forty turns a fiftieth of a second apart, whoever takes them: a process that did not know
    # of the other would be done in half the time. A late waking moves a turn, never the whole.
    assert turns[-1] - turns[0] > 39 * 0.02 - 0.02
