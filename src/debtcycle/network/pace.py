"""How often a publisher is asked: one limit for all processes of a user."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from debtcycle.errors import ConfigError, SourceError
from debtcycle.network.records import Clock, Deadline, Endpoint

__all__ = ["Pace"]

# A mark further ahead than this was written by a clock that has since been set back.
_LONGEST_QUEUE_S = 600.0
_LONGEST_PAUSE_S = 3600.0
_MINUTE_S = 60.0
_MOST_TURNS = 2000
_MOST_BYTES = 1 << 16


class Pace:
    """Turns at asking, drawn from a small file that all processes lock.

    The file of a limit holds moments of the calendar: until when the publisher wants to be left
    alone, and the turns of the last minute. Whoever takes a turn writes it down before the lock
    is let go, and waits afterwards; a process that dies while it waits has lost a turn and
    nothing else.

    Parameters
    ----------
    folder : Path
        Where the files lie.

    Raises
    ------
    ConfigError
        ``settings.state`` if the folder cannot be written.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    @contextmanager
    def _locked(self, endpoint: Endpoint) -> Iterator[int]:
        name = re.sub(r"[^a-z0-9-]", "_", (endpoint.pace or endpoint.name).lower())
        reason = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._folder / f"{name}.pace", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            reason = error.strerror or type(error).__name__
        if reason is not None:
            raise ConfigError("settings.state", path=self._folder, reason=reason)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)

    def _marks(self, handle: int) -> tuple[float, list[float]]:
        """Until when there is no turn, and the turns that still count."""
        now = self._clock.time()
        try:
            paused, *turns = map(float, os.pread(handle, _MOST_BYTES, 0).split())
        except ValueError:
            return 0.0, []
        turns = sorted(turn for turn in turns if now - _MINUTE_S < turn < now + _LONGEST_QUEUE_S)
        return paused if paused < now + _LONGEST_PAUSE_S + 1 else 0.0, turns

    @staticmethod
    def _write(handle: int, paused: float, turns: Sequence[float]) -> None:
        text = " ".join(map(repr, (paused, *turns))).encode()
        os.ftruncate(handle, 0)
        os.pwrite(handle, text, 0)

    def _free(self, endpoint: Endpoint, turns: Sequence[float]) -> float:
        """When the next turn is, by both limits."""
        free = self._clock.time()
        if turns:
            free = max(free, turns[-1] + 1.0 / endpoint.per_second)
        if len(turns) >= endpoint.per_minute:
            free = max(free, turns[-int(endpoint.per_minute)] + _MINUTE_S)
        return free

    def wait(self, endpoint: Endpoint, deadline: Deadline) -> None:
        """Wait for a turn.

        Raises
        ------
        SourceError
            ``network.rate_limited`` where the publisher wants to be left alone for longer than
            there is time; ``network.timeout`` where others wait for longer than that.
        """
        with self._locked(endpoint) as handle:
            paused, turns = self._marks(handle)
            free, now = self._free(endpoint, turns), self._clock.time()
            turn = max(free, paused)
            if turn - now < deadline.left_s:
                self._write(handle, paused, [*turns[-_MOST_TURNS:], turn])
        if turn - now >= deadline.left_s:
            wait_s = max(1, round(turn - now))
            if paused > free:
                raise SourceError("network.rate_limited", publisher=endpoint.name, wait_s=wait_s)
            raise SourceError("network.timeout", publisher=endpoint.name, path="", phase="turn")
        if turn > now:
            self._clock.sleep(turn - now)

    def pause(self, endpoint: Endpoint, seconds: float) -> None:
        """Leave a publisher alone for a while, in all processes."""
        with self._locked(endpoint) as handle:
            paused, turns = self._marks(handle)
            until = self._clock.time() + min(seconds, _LONGEST_PAUSE_S)
            self._write(handle, max(paused, until), turns)
