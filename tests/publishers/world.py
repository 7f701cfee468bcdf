"""Made-up publishers that answer every question of the catalogue, as pure functions.

``answer`` gives what a publisher's server would send. ``state`` 1 and 2 are the same figures on
two days; 3 is two months later, with new periods and revisions of old ones. A server on loopback
serves it as it is; steps can also be driven with `drive`, without any server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from debtcycle.errors import SourceError
from debtcycle.sources.steps import Part, Request, Steps
from publishers import fred, others
from publishers.figures import LAST_NEWS, TODAY

KEY = fred.KEY

__all__ = ["KEY", "LAST_NEWS", "TODAY", "answer", "drive", "send"]

_FREDMD = "/fred-md/monthly/"


def answer(
    publisher: str, path: str, params: Mapping[str, str], *, state: int
) -> tuple[int, str, bytes]:
    """Status, content type and body.

    Parameters
    ----------
    publisher : str
        Key of the address that is asked (``Request.publisher``).
    path : str
        Path below that address, as in ``Request.path``.
    params : mapping
        The query; for ``fred_api`` with the key `KEY` under ``api_key``.
    state : {1, 2, 3}
        On which of the days in `TODAY`.
    """
    if publisher == "fred" and path == "/graph/fredgraph.csv":
        return fred.graph(params, state)
    if publisher == "fred_api" and path.startswith("/fred/series/"):
        return fred.service(path, params, state)
    if publisher == "fredmd" and path.startswith(_FREDMD):
        return fred.monthly(path.removeprefix(_FREDMD), state)
    single: dict[str, Callable[[str, int], tuple[int, str, bytes]]] = {
        "bis": others.bis,
        "finra": others.finra,
        "shiller": others.shiller,
    }
    if publisher in single:
        return single[publisher](path, state)
    if publisher == "fiscaldata":
        return others.treasury(path, params, state)
    if publisher == "nyfed":
        return others.new_york(path, params, state)
    return 404, "text/html", b"<!DOCTYPE html><html><body>404</body></html>"


def send(request: Request, *, state: int) -> bytes:
    """What a client would hand back, or raise."""
    params = dict(request.params)
    if request.keyed:
        params["api_key"] = KEY
    status, _, body = answer(request.publisher, request.path, params, state=state)
    if status != 200:
        raise SourceError("network.status", publisher=request.publisher, status=status)
    return body


def drive(steps: Steps, *, state: int, asked: list[Request] | None = None) -> tuple[Part, ...]:
    """Drive steps to their end without a network."""
    try:
        request = next(steps)
        while True:
            if asked is not None:
                asked.append(request)
            try:
                body = send(request, state=state)
            except SourceError as error:
                request = steps.throw(error)
            else:
                request = steps.send(body)
    except StopIteration as stop:
        parts: tuple[Part, ...] = stop.value
        return parts
