"""How often a publisher is asked: one limit for all processes of a user."""

from __future__ import annotations

import fcntl
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from debtcycle.errors import ConfigError, SourceError
from debtcycle.network.records import Clock, Deadline, Endpoint

__all__ = ["LONGEST_PAUSE_S", "Pace"]

# What leaves here evenly does not arrive so: a limit is kept with this much to spare.
_SPARE = 1.1
LONGEST_PAUSE_S = 86_400.0
_MINUTE_S = 60.0
_MOST_TURNS = 2000
_MOST_BYTES = 1 << 16
_GLANCE_S = 0.01
_LONGEST_LOCK_S = 30.0
# A link is not followed, since the file is written over; a pipe is not waited for.
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Pace:
    """Turns at asking, marked in a small file that all processes lock.

    The file of a limit holds moments of the calendar: until when the publisher wants to be left
    alone, and when it was asked in the last minute. Whoever has the turn sends the request while
    the lock is held and marks the moment after, so that no delay between the two, of a connection
    or of a busy machine, brings requests closer together than their marks.

    Parameters
    ----------
    folder : Path
        Where the files lie.

    Raises
    ------
    ConfigError
        ``settings.state`` if a file cannot be written, or is a link or a pipe.
    SourceError
        ``network.rate_limited`` where the publisher wants to be left alone for longer than there
        is time; ``network.timeout`` where others are asking for longer than that.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def _refused(self, error: OSError) -> ConfigError:
        reason = error.strerror or type(error).__name__
        return ConfigError("settings.state", path=self._folder, reason=reason)

    def _opened(self, endpoint: Endpoint) -> int:
        name = re.sub(r"[^a-z0-9-]", "_", (endpoint.pace or endpoint.name).lower())
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._folder / f"{name}.pace", _FLAGS, 0o600)
        except OSError as error:
            raise self._refused(error) from None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise ConfigError("settings.state", path=self._folder, reason=f"{name}.pace")
        return handle

    @contextmanager
    def _locked(self, endpoint: Endpoint, deadline: Deadline) -> Iterator[int]:
        handle = self._opened(endpoint)
        try:
            left_s = min(deadline.left_s, _LONGEST_LOCK_S)
            while not self._lock(handle):
                if left_s <= 0:
                    raise SourceError(
                        "network.timeout", publisher=endpoint.name, path="", phase="turn"
                    )
                self._clock.sleep(_GLANCE_S)
                left_s -= _GLANCE_S
            yield handle
        finally:
            os.close(handle)

    def _lock(self, handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise self._refused(error) from None
        return True

    def _marks(self, handle: int) -> tuple[float, list[float]]:
        """Until when there is no turn, and the turns that still count."""
        now = self._clock.time()
        try:
            paused, *turns = map(float, os.pread(handle, _MOST_BYTES, 0).split())
        except ValueError:
            return 0.0, []
        except OSError as error:
            raise self._refused(error) from None
        # A mark further ahead was written by a clock that has since been set back.
        turns = sorted(turn for turn in turns if now - _MINUTE_S * _SPARE < turn < now + _MINUTE_S)
        return paused if paused < now + LONGEST_PAUSE_S + 1 else 0.0, turns

    def _write(self, handle: int, paused: float, turns: Sequence[float]) -> None:
        text = " ".join(map(repr, (paused, *turns[-_MOST_TURNS:]))).encode()
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, text, 0)
        except OSError as error:
            raise self._refused(error) from None

    def _free(self, endpoint: Endpoint, turns: Sequence[float]) -> float:
        """When the next turn is, by both limits."""
        free = self._clock.time()
        if turns:
            free = max(free, turns[-1] + _SPARE / endpoint.per_second)
        if len(turns) >= endpoint.per_minute:
            free = max(free, turns[-int(endpoint.per_minute)] + _MINUTE_S * _SPARE)
        return free

    def _left_s(self, endpoint: Endpoint, handle: int, deadline: Deadline) -> float:
        """Seconds until the next turn."""
        paused, turns = self._marks(handle)
        free, now = self._free(endpoint, turns), self._clock.time()
        wait_s = max(free, paused) - now
        if wait_s < max(deadline.left_s, 1e-9):
            return wait_s
        if paused > free:
            shown = max(1, round(wait_s))
            raise SourceError("network.rate_limited", publisher=endpoint.name, wait_s=shown)
        raise SourceError("network.timeout", publisher=endpoint.name, path="", phase="turn")

    def wait(self, endpoint: Endpoint, deadline: Deadline) -> None:
        """Wait until there is a turn, without taking it."""
        while True:
            with self._locked(endpoint, deadline) as handle:
                wait_s = self._left_s(endpoint, handle, deadline)
            if wait_s <= 0:
                return
            self._clock.sleep(wait_s)

    @contextmanager
    def turn(self, endpoint: Endpoint, deadline: Deadline) -> Iterator[None]:
        """Wait for a turn and hold it for as long as sending takes."""
        while True:
            with self._locked(endpoint, deadline) as handle:
                wait_s = self._left_s(endpoint, handle, deadline)
                if wait_s <= 0:
                    try:
                        yield
                    finally:
                        paused, turns = self._marks(handle)
                        self._write(handle, paused, [*turns, self._clock.time()])
                    return
            self._clock.sleep(wait_s)

    def pause(self, endpoint: Endpoint, seconds: float, deadline: Deadline) -> None:
        """Leave a publisher alone for a while, in all processes."""
        with self._locked(endpoint, deadline) as handle:
            paused, turns = self._marks(handle)
            until = self._clock.time() + min(seconds, LONGEST_PAUSE_S)
            self._write(handle, max(paused, until), turns)
