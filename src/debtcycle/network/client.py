"""The client: a request of a source's steps in, the publisher's body out, or an error."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, urlencode, urljoin, urlsplit

from debtcycle.errors import ConfigError, SourceError
from debtcycle.network.pace import Pace
from debtcycle.network.records import Answer, Clock, Deadline, Endpoint, Fault, Patience
from debtcycle.network.reply import Reader
from debtcycle.network.secret import Censor
from debtcycle.network.settings import Settings, check_address, is_loopback, state_path

if TYPE_CHECKING:
    import httpx2

    from debtcycle.sources.steps import Request

__all__ = ["Client"]

_AGAIN = frozenset({"timeout", "reset", "rate_limited", "busy"})
_MOST_MOVES = 5
_SAFE = "-._~!$'()*,;:@/[]"  # legal in a query, and plain to read in a publisher's own examples


class Client:
    """Asks publishers, politely and with patience that ends.

    Parameters
    ----------
    endpoints : iterable of Endpoint
        Whom it may ask.
    settings : Settings, optional
        The user's keys and addresses; addresses go before those of the endpoints.
    state : Path, optional
        Folder in which processes share how often they ask; `state_path` by default.
    transport : httpx2.BaseTransport, optional
        What sends; the wire by default. Tests put their own in its place.
    rng : random.Random, optional
        Draws the waits before a request is sent again.

    Notes
    -----
    A key is put into the URL in the last moment, below everything that logs, and never over an
    unprotected connection to another machine. Errors of the HTTP library are turned into
    `SourceError` and let go: they would carry the URL.
    """

    def __init__(
        self,
        endpoints: Iterable[Endpoint],
        *,
        settings: Settings | None = None,
        state: Path | None = None,
        patience: Patience | None = None,
        transport: httpx2.BaseTransport | None = None,
        clock: Clock | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._endpoints = {endpoint.name: endpoint for endpoint in endpoints}
        self._settings = Settings() if settings is None else settings
        self._patience = Patience() if patience is None else patience
        self._clock = Clock() if clock is None else clock
        self._rng = random.Random() if rng is None else rng
        self._pace = Pace((state_path() if state is None else state) / "pace", self._clock)
        self._transport = transport
        self._making = Lock()
        self._stopped = False
        self._run = Deadline(self._clock.monotonic() + self._patience.run_s, self._clock)
        self._censor = Censor(self._settings.keys.values())
        self._censor.attach()
        self._reader = Reader(self._patience, self._censor, self._clock)

    def __repr__(self) -> str:
        return f"Client({', '.join(self._endpoints)})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def stop(self) -> None:
        """Repeat nothing any more: what another thread has under way is its last request."""
        self._stopped = True

    def close(self) -> None:
        """Close all connections."""
        self.stop()
        self._censor.detach()
        if self._transport is not None:
            self._transport.close()

    @property
    def left_s(self) -> float:
        """Seconds left for the run."""
        return self._run.left_s

    def deadline(self) -> Deadline:
        """The moment by which a question that begins now must be answered."""
        at = self._clock.monotonic() + self._patience.question_s
        return Deadline(min(at, self._run.at), self._clock)

    def address(self, publisher: str) -> str:
        """Where a publisher is asked.

        Raises
        ------
        ConfigError
            ``settings.publisher`` if it is not known; ``settings.address``.
        """
        if publisher not in self._endpoints:
            known = ", ".join(self._endpoints)
            raise ConfigError("settings.publisher", name=publisher, known=known)
        named = self._settings.addresses.get(publisher, self._endpoints[publisher].address)
        return check_address(publisher, named)

    def check(self, publishers: Iterable[str]) -> None:
        """Refuse settings with which these could not be asked, before anybody is.

        Raises
        ------
        ConfigError
            ``settings.address``, ``settings.insecure`` or ``settings.proxy``.
        """
        from debtcycle.network.wire import check_proxy

        for publisher in publishers:
            parts = urlsplit(self.address(publisher))
            if parts.scheme == "https":
                check_proxy(parts.hostname or "")
            elif publisher in self._settings.keys:
                self._check_safe(publisher)

    def _check_safe(self, publisher: str) -> None:
        parts = urlsplit(self.address(publisher))
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ConfigError("settings.insecure", publisher=publisher)

    def get(
        self,
        request: Request,
        *,
        etag: str | None = None,
        modified: str | None = None,
        deadline: Deadline | None = None,
    ) -> Answer:
        """Ask once, and again where that may help.

        Parameters
        ----------
        etag, modified : str, optional
            What an earlier answer said of itself; an unchanged one is then not sent again.
        deadline : Deadline, optional
            That of the question; one of its own by default.

        Raises
        ------
        SourceError
            ``network.*``: refused, name, proxy, tls, timeout, reset, length, protocol (the
            connection); rate_limited, too_often, key, forbidden, status, redirect (the head);
            encoding, bomb, empty, html, error_body, form, echo (its body); run (no time left).
        ConfigError
            ``settings.*``.
        """
        url = self._url(request)
        deadline = self.deadline() if deadline is None else deadline
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        known = {name: value for name, value in headers.items() if value}
        attempt = 1
        while isinstance(found := self._moves(request, url, known, deadline), Fault):
            if not self._again(request, found, attempt, deadline):
                break
            attempt += 1
        else:
            return found
        kind = {"busy": "status", "rate_limited": "too_often"}.get(found.kind, found.kind)
        if found.kind == "rate_limited" and found.wait_s is not None:
            kind = found.kind
        said = {
            k: self._censor.clean(v) if isinstance(v, str) else v for k, v in found.params.items()
        }
        raise SourceError(
            f"network.{kind}", publisher=request.publisher, path=urlsplit(url).path, **said
        )

    def _again(self, request: Request, fault: Fault, attempt: int, deadline: Deadline) -> bool:
        """Wait before a request is sent again; False where it will not be."""
        if fault.wait_s is not None:
            # What a publisher asks for holds for all processes, whether or not this one goes on.
            self._pace.pause(self._endpoints[request.publisher], fault.wait_s, deadline)
        if self._stopped or fault.kind not in _AGAIN or attempt == self._patience.attempts:
            return False
        longest = min(self._patience.backoff_cap_s, self._patience.backoff_s * 2.0 ** (attempt - 1))
        wait = max(self._rng.uniform(0.0, longest), fault.wait_s or 0.0)
        if wait >= deadline.left_s:
            return False
        self._clock.sleep(wait)
        return True

    def _url(self, request: Request) -> str:
        """The URL without the key.

        Raises
        ------
        SourceError
            ``network.key`` if one is needed and none is set.
        ConfigError
            ``settings.insecure`` if a key would travel where others can read it.
        """
        url = self.address(request.publisher) + quote(request.path, safe=f"{_SAFE}%~")
        if request.keyed:
            if request.publisher not in self._settings.keys:
                raise SourceError("network.key", publisher=request.publisher, path=request.path)
            self._check_safe(request.publisher)
        query = urlencode(request.params, quote_via=quote, safe=_SAFE)
        return f"{url}?{query}" if query else url

    def _moves(
        self, request: Request, url: str, known: Mapping[str, str], deadline: Deadline
    ) -> Answer | Fault:
        """One attempt: follow a publisher that sends one on within its own house."""
        endpoint = self._endpoints[request.publisher]
        for _ in range(_MOST_MOVES):
            if self.left_s <= 0:
                raise SourceError("network.run", limit_s=round(self._patience.run_s))
            self._pace.wait(endpoint, deadline)
            found = self._once(request, url, known, deadline)
            if not isinstance(found, str):
                return found
            there, refused = _sent_on(url, found)
            if refused:
                return Fault("redirect", {"target": refused})
            url = there
        return Fault("redirect", {"target": "..."})

    def _once(
        self, request: Request, url: str, known: Mapping[str, str], deadline: Deadline
    ) -> Answer | Fault | str:
        """Send one request: an answer, a fault, or where the publisher sends one on."""
        from debtcycle.network.faults import FAULTS, kind_of
        from debtcycle.network.wire import Wire, at_turn, within

        endpoint = self._endpoints[request.publisher]
        seconds = min(self._patience.request_s, deadline.left_s)
        if seconds <= 0:
            return Fault("timeout", {"phase": "read"})
        kind, params = "", dict[str, object]()
        turn = partial(self._pace.turn, endpoint, deadline)
        try:
            wire = self._wire()
            if not isinstance(wire, Wire):
                with turn():
                    pass
            with within(seconds), at_turn(turn):
                response = wire.handle_request(self._sent(request, url, known, seconds))
                try:
                    return self._reader.read(
                        request, endpoint.key_param, response, asked=bool(known)
                    )
                finally:
                    response.close()
        except FAULTS as error:
            kind, params = kind_of(error)
        # Out here the library's error, which knows the URL, is no longer behind ours.
        return Fault(kind, params)

    def _wire(self) -> httpx2.BaseTransport:
        """What sends, made when it is first needed: it reads the system's certificates."""
        from debtcycle.network.wire import Wire

        with self._making:
            if self._transport is None:
                self._transport = Wire()
            return self._transport

    def _sent(
        self, request: Request, url: str, known: Mapping[str, str], seconds: float
    ) -> httpx2.Request:
        import httpx2

        from debtcycle import __version__

        if request.keyed:
            endpoint = self._endpoints[request.publisher]
            key = quote(self._settings.keys[request.publisher].reveal(), safe="")
            url += f"{'&' if urlsplit(url).query else '?'}{endpoint.key_param}={key}"
        connect, read = self._patience.connect_s, self._patience.read_s
        waits = {"connect": connect, "read": read, "write": read, "pool": seconds}
        return httpx2.Request(
            "GET",
            url,
            headers={
                "User-Agent": f"debtcycle/{__version__}",
                "Accept": "*/*",
                "Accept-Encoding": "gzip",
                **known,
            },
            extensions={"timeout": {k: min(v, seconds) for k, v in waits.items()}},
        )


def _sent_on(here: str, location: str) -> tuple[str, str]:
    """Where a publisher sends one on, and the host to which one is not sent on, if it is such.

    Only the same host is followed, at the same port or from the clear to TLS at their usual
    ports. Any other could be a private machine, or be handed the key.
    """
    one = urlsplit(here)
    try:
        there = urljoin(here, location)
        other = urlsplit(there)
        ports = (one.port, other.port)
    except ValueError:
        return "", "?"
    same = one.hostname == other.hostname and "@" not in other.netloc
    if same and one.scheme == other.scheme and ports[0] == ports[1]:
        return there, ""
    upgraded = (one.scheme, other.scheme) == ("http", "https")
    if same and upgraded and ports[0] in {None, 80} and ports[1] in {None, 443}:
        return there, ""
    return "", f"{other.scheme}://{other.hostname or '?'}"[:80]
