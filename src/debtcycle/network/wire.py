"""The wire: connections that keep a deadline for the whole of a request.

The HTTP library's own timeouts hold from one piece of an answer to the next, so that a server
that sends one byte a second is never cut off. Here every read, write and connection attempt is
given no more than what is left until the deadline that `within` sets for the running thread.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import httpcore2
import httpx2

from debtcycle.errors import ConfigError
from debtcycle.network.settings import is_loopback, split_address

__all__ = ["Wire", "at_turn", "check_proxy", "surplus", "within"]

Turn = Callable[[], AbstractContextManager[None]]

_UNTIL: ContextVar[float | None] = ContextVar("until", default=None)
_TURN: ContextVar[Turn | None] = ContextVar("turn", default=None)
# An answer before the answer: that the server goes on, or what will be needed besides.
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d[ \r]")
_MOST_ADDRESSES = 4  # of one name; each that does not answer costs a wait
_IDLE_S = 15.0
_HEAD_BYTES = 1 << 17
_GLANCE_S = 0.02


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let whatever the wire does in this block end after so many seconds."""
    token = _UNTIL.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _UNTIL.reset(token)


@contextmanager
def at_turn(turn: Turn) -> Iterator[None]:
    """Let the request of this block be written within a turn, once the connection stands."""
    token = _TURN.set(turn)
    try:
        yield
    finally:
        _TURN.reset(token)


def _left(timeout: float | None, fault: type[Exception]) -> float | None:
    """The time an operation may take.

    Raises
    ------
    httpcore2.TimeoutException
        Of the given kind, where none is left.
    """
    until = _UNTIL.get()
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise fault("deadline")
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore2.NetworkStream):
    """A connection that keeps the deadline, and counts what the answer to a request weighs."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner
        self._head = bytearray()
        self._taken = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))
        self._taken += len(data)
        if len(self._head) < _HEAD_BYTES:
            self._head += data[: _HEAD_BYTES - len(self._head)]
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._taken:
            self._head.clear()
            self._taken = 0
        turn = _TURN.get()
        if turn is None or buffer.startswith(b"CONNECT "):
            self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))
            return
        _TURN.set(None)
        with turn():
            self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _body_begins(self) -> int | None:
        """Where the body begins, behind the head of the answer and of those before it."""
        begin = 0
        while (end := self._head.find(b"\r\n\r\n", begin)) >= 0:
            if not _INTERIM.match(self._head, begin):
                return end + 4
            begin = end + 4
        return None

    def surplus(self, length: int) -> bool:
        """Whether more has come than the head of the answer and a body of this length."""
        begin = self._body_begins()
        if begin is None:
            return False
        if self._taken > begin + length:
            return True
        if not self._inner.get_extra_info("is_readable"):
            return False
        # A closed connection can be read too, and so can a note of the cipher's own.
        try:
            return bool(self._inner.read(1, _GLANCE_S))
        except (httpcore2.NetworkError, httpcore2.TimeoutException):
            return False


def surplus(response: httpx2.Response, length: int) -> bool:
    """Whether a server sent more than it had announced: where it ends is then not known."""
    stream = response.extensions.get("network_stream")
    return isinstance(stream, _Stream) and stream.surplus(length)


class _Backend(httpcore2.NetworkBackend):
    """Opens connections, one address of a name after the other, within the deadline."""

    def __init__(self) -> None:
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(error) from error
        fault: Exception = httpcore2.ConnectError("no address")
        for *_, address in found[:_MOST_ADDRESSES]:
            left = _left(timeout, httpcore2.ConnectTimeout)
            try:
                stream = self._plain.connect_tcp(
                    str(address[0]), port, left, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                fault = error
            else:
                return _Stream(stream)
        raise fault


def _proxy_of(host: str) -> str | None:
    """The proxy that the environment names for a host asked over TLS, if any."""
    if is_loopback(host) or proxy_bypass(host):
        return None
    found = getproxies_environment()
    return found.get("https") or found.get("all")


def _split_proxy(proxy: str) -> tuple[str, tuple[str, str] | None]:
    """A proxy's address, and its user with the password.

    Raises
    ------
    ConfigError
        ``settings.proxy``; what was written is not shown, it may hold a password.
    """
    with suppress(ValueError):
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        if split_address(bare) is not None:
            user = (parts.username or "", parts.password or "") if parts.username else None
            return bare, user
    raise ConfigError("settings.proxy")


def check_proxy(host: str) -> None:
    """Refuse a proxy that could not be used for a host asked over TLS; ``settings.proxy``."""
    proxy = _proxy_of(host)
    if proxy is not None:
        _split_proxy(proxy)


class Wire(httpx2.BaseTransport):
    """The real transport.

    Certificates are checked against those of the operating system, or those that
    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` name. A proxy of the environment (``HTTPS_PROXY``,
    ``ALL_PROXY``, ``NO_PROXY``) is used for addresses over TLS alone: it forwards what it cannot
    read. What goes out in the clear goes straight there.
    """

    def __init__(self) -> None:
        self._making = Lock()
        self._tls: ssl.SSLContext | None = None
        self._pools: dict[tuple[str, str | None], httpcore2.ConnectionPool] = {}

    def _pool(self, url: httpx2.URL) -> httpcore2.ConnectionPool:
        proxy = _proxy_of(url.host) if url.scheme == "https" else None
        with self._making:
            if (url.scheme, proxy) not in self._pools:
                self._pools[url.scheme, proxy] = self._made(url.scheme, proxy)
            return self._pools[url.scheme, proxy]

    def _made(self, scheme: str, proxy: str | None) -> httpcore2.ConnectionPool:
        if scheme == "https" and self._tls is None:
            # Reading the system's certificates takes a while; what needs none does not wait.
            self._tls = httpcore2.default_ssl_context()
        backend = _Backend()
        if proxy is None:
            return httpcore2.ConnectionPool(
                ssl_context=self._tls, keepalive_expiry=_IDLE_S, network_backend=backend
            )
        bare, user = _split_proxy(proxy)
        return httpcore2.HTTPProxy(
            bare,
            proxy_auth=user,
            ssl_context=self._tls,
            keepalive_expiry=_IDLE_S,
            network_backend=backend,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; the answer's body is still on the wire."""
        url = request.url
        answer = self._pool(url).handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=b"",
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()


class _Body(httpx2.SyncByteStream):
    """The body of an answer, as it comes."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
