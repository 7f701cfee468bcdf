"""One limit for all processes."""

from __future__ import annotations

import os
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


def _take(pace: Pace, endpoint: Endpoint, deadline: Deadline) -> None:
    """Wait for a turn, take it, and send nothing."""
    pace.wait(endpoint, deadline)
    with pace.turn(endpoint, deadline):
        pass


def _turns(paces: list[tuple[Pace, Made]], count: int) -> list[float]:
    """When so many turns fall, taken by several processes with clocks of their own."""
    found = []
    for number in range(count):
        pace, clock = paces[number % len(paces)]
        _take(pace, _fred(), Deadline(clock.now + 1e6, clock))
        found.append(clock.now)
    return found


def _most_in(turns: list[float], window_s: float) -> int:
    return max(sum(start <= turn < start + window_s for turn in turns) for start in turns)


@pytest.mark.parametrize("processes", [1, 3])
def test_at_most_two_a_second_and_120_a_minute(processes, tmp_path):
    paces = [(Pace(tmp_path, clock), clock) for clock in (Made() for _ in range(processes))]
    turns = sorted(_turns(paces, 300))
    assert _most_in(turns, 1.0) == 2
    # A tenth is left to spare: what leaves evenly does not arrive so.
    assert _most_in(turns, 1.1) == 2
    assert _most_in(turns, 60.0) == 110
    # And no slower than that: 300 turns 0.55 seconds apart.
    assert turns[-1] - turns[0] == pytest.approx(299 * 0.55)


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
            _take(pace, _fred(), Deadline(clock.now + 100, clock))
            turns.append(clock.now)
        assert all(b - a > 0.55 - 1e-6 for a, b in pairwise(turns))


def test_a_few_may_follow_one_another_where_only_the_minute_is_short(tmp_path):
    clock = Made()
    pace, turns = Pace(tmp_path, clock), []
    endpoint = Endpoint(name="bis", address="", per_second=1, per_minute=10)
    for _ in range(25):
        _take(pace, endpoint, Deadline(clock.now + 1e4, clock))
        turns.append(round(clock.now - 1_000_000.0, 3))
    first = pytest.approx([1.1 * n for n in range(10)])
    assert turns[:10] == first
    assert [turn - 66 for turn in turns[10:20]] == first
    assert turns[20] == 132


def test_a_turn_that_comes_too_late_is_not_taken(tmp_path):
    clock = Made()
    pace = Pace(tmp_path, clock)
    late = Deadline(clock.now + 0.4, clock)
    _take(pace, _fred(), late)
    with pytest.raises(SourceError, match=r"network\.timeout"):
        _take(pace, _fred(), late)
    # It was left to others: the next one who has time waits for one turn, not for two.
    before = clock.now
    _take(pace, _fred(), Deadline(clock.now + 10, clock))
    assert clock.now - before == pytest.approx(0.55)


def test_the_limit_counts_from_when_a_request_has_left(tmp_path):
    clock = Made()
    pace = Pace(tmp_path, clock)
    with pace.turn(_fred(), Deadline(clock.now + 10, clock)):
        clock.sleep(0.4)  # a machine that is busy
    before = clock.now
    _take(pace, _fred(), Deadline(clock.now + 10, clock))
    assert clock.now - before == pytest.approx(0.55)
    # One that fails while it is sent has counted too: it may have arrived.
    with pytest.raises(OSError, match="gone"), pace.turn(_fred(), Deadline(clock.now + 9, clock)):
        raise OSError("gone")
    before = clock.now
    _take(pace, _fred(), Deadline(clock.now + 10, clock))
    assert clock.now - before == pytest.approx(0.55)


def test_nobody_waits_for_ever_for_who_holds_the_file(tmp_path):
    clock = Made()
    pace, soon = Pace(tmp_path, clock), Deadline(clock.now + 2, clock)
    with pace.turn(_fred(), soon), pytest.raises(SourceError, match=r"network\.timeout"):
        pace.wait(_fred(), soon)
    with pace.turn(_fred(), Deadline(clock.now + 1, clock)):
        begun = clock.now
        with pytest.raises(SourceError, match=r"network\.timeout"):
            pace.pause(_fred(), 10.0, Deadline(clock.now + 1e6, clock))
        assert clock.now - begun < 60


@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "folder"])
def test_a_file_of_another_kind_is_neither_followed_nor_waited_for(kind, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("kept")
    place = tmp_path / "state" / "fred.pace"
    place.parent.mkdir()
    if kind in {"link", "dangling"}:
        place.symlink_to(victim if kind == "link" else tmp_path / "none")
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.mkdir()
    clock = Made()
    pace, soon = Pace(place.parent, clock), Deadline(clock.now + 2, clock)
    for asking in (lambda: _take(pace, _fred(), soon), lambda: pace.pause(_fred(), 9.0, soon)):
        with pytest.raises(ConfigError, match=r"settings\.state"):
            asking()
    assert victim.read_text() == "kept"
    assert not (tmp_path / "none").exists()


def test_a_disk_without_room_is_said(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    clock = Made()
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(ConfigError, match="No space left"):
        _take(Pace(tmp_path, clock), _fred(), Deadline(clock.now + 2, clock))


def test_a_pause_holds_for_all_and_ends(tmp_path):
    one, other = Made(), Made()
    Pace(tmp_path, one).pause(_fred(), 30.0, Deadline(one.now + 1, one))
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
    deadline = Deadline(clock.monotonic() + 60, clock)
    pace.wait(endpoint, deadline)
    with pace.turn(endpoint, deadline):
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
    # Whoever takes them and however late one wakes, two turns never come closer to each other.
    assert all(later - earlier > 0.02 for earlier, later in pairwise(turns))
