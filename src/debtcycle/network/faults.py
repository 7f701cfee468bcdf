"""From what goes wrong on the wire to the package's own errors, without a trace of the URL."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpcore2
import httpx2

from debtcycle.network.body import BodyFault

__all__ = ["FAULTS", "kind_of"]

FAULTS: tuple[type[Exception], ...] = (
    BodyFault,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    OSError,
)
_TIMEOUTS = (httpx2.TimeoutException, httpcore2.TimeoutException, TimeoutError)
_CONNECT_TIMEOUTS = (httpx2.ConnectTimeout, httpcore2.ConnectTimeout)
_CONNECTS = (httpx2.ConnectError, httpcore2.ConnectError)
_PROXIES = (httpx2.ProxyError, httpcore2.ProxyError)
_BROKEN = (httpx2.NetworkError, httpcore2.NetworkError, OSError)
_CUT_SHORT = "without sending complete message body"
_NO_ANSWER = "disconnected without sending"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those behind it."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or found.__context__


def _reason(chain: tuple[BaseException, ...]) -> str:
    """The system's own words for a connection that was not made."""
    said = (e.strerror for e in chain if isinstance(e, OSError) and e.strerror)
    return next(said, "-")[:80]


def kind_of(error: Exception) -> tuple[str, dict[str, object]]:
    """The end of the message id that an error on the wire has, and what to say with it."""
    if isinstance(error, BodyFault):
        return error.kind, error.params
    chain = tuple(_chain(error))
    tls = next((e for e in chain if isinstance(e, ssl.SSLError)), None)
    if tls is not None:
        reason = getattr(tls, "verify_message", None) or tls.reason or type(tls).__name__
        return "tls", {"reason": str(reason)[:80]}
    if isinstance(error, _TIMEOUTS):
        return "timeout", {"phase": "connect" if isinstance(error, _CONNECT_TIMEOUTS) else "read"}
    if any(isinstance(e, socket.gaierror) for e in chain):
        return "name", {}
    if isinstance(error, _PROXIES):
        return "proxy", {}
    if isinstance(error, _CONNECTS):
        if any(isinstance(e, ConnectionResetError) for e in chain):
            return "reset", {}
        return "refused", {"reason": _reason(chain)}
    if isinstance(error, _BROKEN) or _NO_ANSWER in str(error):
        return "reset", {}
    return ("length" if _CUT_SHORT in str(error) else "protocol"), {}
