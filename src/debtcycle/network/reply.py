"""Reading a reply: which statuses are answers, and which are faults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, cast

from debtcycle.network.body import BodyFault, collect, look, said_in
from debtcycle.network.pace import LONGEST_PAUSE_S
from debtcycle.network.records import Answer, Clock, Fault, Patience
from debtcycle.network.secret import Censor
from debtcycle.sources.steps import Form

if TYPE_CHECKING:
    import httpx2

    from debtcycle.sources.steps import Request

__all__ = ["Reader"]

_BUSY = frozenset({500, 502, 503})
_MOVED = frozenset({301, 302, 303, 307, 308})
_ERROR_BYTES = 1 << 16
_PACKED = frozenset({Form.ZIP, Form.WORKBOOK})
_TAG = re.compile(r"[ -~]{1,256}")


class Reader:
    """Reads replies within the limits of a client.

    Parameters
    ----------
    patience : Patience
        Sizes that are taken.
    censor : Censor
        What no answer may repeat.
    """

    def __init__(self, patience: Patience, censor: Censor, clock: Clock) -> None:
        self._patience = patience
        self._censor = censor
        self._clock = clock

    def read(
        self, request: Request, key_param: str, response: httpx2.Response, *, asked: bool
    ) -> Answer | Fault | str:
        """Read the head of a reply, and the body where it is an answer.

        Parameters
        ----------
        request : Request
            What the body must look like, and how large it may be.
        key_param : str
            By which a refusal of the key is known: FRED answers 400 and names the parameter.
        asked : bool
            Whether the request said what is already known, so that 304 makes sense.

        Returns
        -------
        Answer, Fault or str
            A string is where the publisher sends one on.
        """
        status, headers = response.status_code, response.headers
        if status == 200:
            return self._answer(request, response)
        if status == 304 and asked:
            return Answer(b"", self._tag(headers.get("ETag")), unchanged=True)
        if status in _MOVED and headers.get("Location"):
            return str(headers["Location"])
        plain = {204: "empty", 401: "key", 403: "forbidden"}.get(status)
        if plain is not None:
            return Fault(plain, {})
        if status == 429 or status in _BUSY:
            wait = _asked_wait(headers.get("Retry-After"), self._clock.time())
            said: dict[str, object] = {"status": status, "reason": "-"}
            if wait is not None:
                wait = min(wait, LONGEST_PAUSE_S)
                said["wait_s"] = round(wait)
            return Fault("rate_limited" if status == 429 else "busy", said, wait)
        reason = self._reason(response)
        if status == 400 and key_param in reason:
            return Fault("key", {})
        return Fault("status", {"status": status, "reason": reason})

    def _reason(self, response: httpx2.Response) -> str:
        """What a refusal says of itself, as far as it is short and can be read."""
        encoding = response.headers.get("Content-Encoding", "")
        pieces = cast("Iterable[bytes]", response.stream)
        try:
            body = collect(pieces, encoding, most=_ERROR_BYTES, most_unpacked=_ERROR_BYTES)
        except BodyFault:
            return "-"
        return said_in(body) or "-"

    def _answer(self, request: Request, response: httpx2.Response) -> Answer:
        """Take in a body and look at it.

        Raises
        ------
        BodyFault
            If it is not what was asked for.
        """
        from debtcycle.network.wire import surplus

        headers = response.headers
        bulk = request.bulk or request.form in _PACKED
        most = self._patience.bulk_bytes if bulk else self._patience.body_bytes
        announced = headers.get("Content-Length", "")
        length = int(announced) if announced.isdecimal() else None
        if length is not None and length > most:
            raise BodyFault("bomb", limit_mb=most >> 20)
        body = collect(
            cast("Iterable[bytes]", response.stream),
            headers.get("Content-Encoding", ""),
            most=most,
            most_unpacked=most,
        )
        if surplus(response, length) if length is not None else _open_end(request, headers, body):
            raise BodyFault("length")
        look(body, request.form)
        if self._censor.touches(body):
            raise BodyFault("echo")
        return Answer(body, self._tag(headers.get("ETag")), self._tag(headers.get("Last-Modified")))

    def _tag(self, text: str | None) -> str | None:
        """A header that is worth remembering."""
        if text is None or not _TAG.fullmatch(text) or self._censor.clean(text) != text:
            return None
        return text


def _open_end(request: Request, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a table that ends where the connection does may have been cut in a figure.

    Such an answer says nothing of its length. What is packed, and all other forms, have an end of
    their own by which their readers know that they are whole.
    """
    if request.form is not Form.CSV or "Transfer-Encoding" in headers:
        return False
    return not headers.get("Content-Encoding") and not body.endswith((b"\n", b"\r"))


def _asked_wait(text: str | None, now: float) -> float | None:
    """Seconds that ``Retry-After`` asks for, as a number or as a date; None if it says nothing."""
    if text is None:
        return None
    text = text.strip()
    if text.isdecimal() and len(text) <= 9:
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
