"""What a client is made of: whom it asks, how long it waits, and what it brings."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Answer", "Clock", "Deadline", "Endpoint", "Fault", "Patience"]

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a publisher answers and how often it may be asked.

    Attributes
    ----------
    name : str
        Key of the publisher, as requests and settings name it.
    address : str
        What every path is put behind, e.g. ``"https://fred.stlouisfed.org"``.
    per_second, per_minute : float
        Most requests in a second and in a minute, over all processes of the user.
    pace : str
        Name of the limit; publishers with the same name share it. By default their own.
    key_param : str
        Name of the query's parameter that carries the key.
    """

    name: str
    address: str
    per_second: float = 1.0
    per_minute: float = 60.0
    pace: str = ""
    key_param: str = "api_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one waits, how often one asks again, and how much one takes.

    Attributes
    ----------
    connect_s, read_s : float
        Longest wait for a connection, and between two pieces of an answer.
    request_s : float
        Longest time for one request as a whole, however steadily it trickles.
    question_s : float
        Longest time for all requests of one question, retries and waits included.
    run_s : float
        Longest time for all questions of a client.
    attempts : int
        Most times that one request is sent.
    backoff_s, backoff_cap_s : float
        The wait before attempt n + 1 is drawn evenly between 0 and
        ``min(backoff_cap_s, backoff_s * 2**(n - 1))``.
    body_bytes, bulk_bytes : int
        Most bytes of an answer, as it is sent and once it is unpacked: of a series or a page of
        records; of a workbook, a packed file or a publisher's whole table.
    """

    connect_s: float = 10.0
    read_s: float = 20.0
    request_s: float = 60.0
    question_s: float = 90.0
    run_s: float = 600.0
    attempts: int = 4
    backoff_s: float = 1.0
    backoff_cap_s: float = 20.0
    body_bytes: int = 16 * MIB
    bulk_bytes: int = 32 * MIB


@dataclass(frozen=True, slots=True)
class Answer:
    """What a publisher answered.

    Attributes
    ----------
    body : bytes
        The unpacked body; empty where nothing has changed.
    etag, modified : str or None
        What to say the next time, so that an unchanged answer is not sent again.
    unchanged : bool
        Whether the publisher said that nothing has changed since.
    """

    body: bytes
    etag: str | None = None
    modified: str | None = None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What came instead of an answer.

    Attributes
    ----------
    kind : str
        What stands behind ``network.`` in the message id.
    params : mapping of str to object
        Its words.
    wait_s : float or None
        Seconds for which the publisher wants to be left alone.
    """

    kind: str
    params: Mapping[str, object]
    wait_s: float | None = None


class Clock:
    """Time, and waiting for it; tests put their own in its place."""

    def time(self) -> float:
        """Seconds of the calendar, the same for all processes."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment by which something must be done, on a clock that never runs backwards."""

    at: float
    clock: Clock

    @property
    def left_s(self) -> float:
        """Seconds left; negative when it has passed."""
        return self.at - self.clock.monotonic()
