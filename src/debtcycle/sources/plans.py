"""Which questions fill the catalogue, and the steps that answer each.

Nothing here opens a connection. Whoever drives the steps sends each request, puts the publisher's
key into those that are `keyed`, hands the body back, and throws what went wrong into them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from debtcycle.catalogue import Catalogue, SeriesInfo, load_catalogue
from debtcycle.errors import ConfigError, DebtcycleError, SourceError
from debtcycle.sources import ask_files, ask_fred, ask_nyfed, ask_treasury
from debtcycle.sources._sane import check_future, check_keys
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.publishers import Publisher, load_publishers
from debtcycle.sources.steps import Question, Steps

__all__ = ["PUBLISHERS", "publisher_of", "questions", "steps"]

PUBLISHERS: tuple[str, ...] = tuple(load_publishers())

_NOTHING: Mapping[str, np.datetime64] = MappingProxyType({})
_FINISHED_SLACK = np.timedelta64(31, "D")

_STEPS: Mapping[str, Callable[[Question, date], Steps]] = {
    "fred": ask_fred.ask_graph,
    "fred_api": ask_fred.ask_service,
    "fredmd": ask_files.ask_fredmd,
    "fiscaldata": ask_treasury.ask_treasury,
    "nyfed": ask_nyfed.ask_nyfed,
    "z1": ask_fred.ask_sum,
    "bis": ask_files.ask_bis,
    "finra": ask_files.ask_finra,
    "shiller": ask_files.ask_shiller,
}


@lru_cache(maxsize=1)
def _claimed() -> Mapping[str, str]:
    return {
        series_id: name
        for name, publisher in load_publishers().items()
        for series_id in (*publisher.series, *publisher.codes)
    }


def _owner(info: SeriesInfo) -> str | None:
    """Key of the publisher that fills a series."""
    if (name := _claimed().get(info.id)) is not None:
        return name
    if info.via is None:
        return None
    # What FRED-QD carries is deflated; FRED has the series themselves.
    via = "FRED" if info.via == "FRED-QD" else info.via
    return next((n for n, publisher in load_publishers().items() if publisher.via == via), None)


def publisher_of(series_id: str) -> str | None:
    """Key of the publisher from which an update brings a series; None where only files do.

    Raises
    ------
    ConfigError
        ``catalogue.unknown``.
    """
    return _owner(load_catalogue()[series_id])


def _finished(info: SeriesInfo, held: Mapping[str, np.datetime64]) -> bool:
    """Whether a series has ended and its end is stored."""
    if info.ends is None or info.id not in held:
        return False
    return bool(held[info.id].astype("M8[D]") + _FINISHED_SLACK > np.datetime64(info.ends, "D"))


def _of_fred(
    catalogue: Catalogue,
    publisher: str,
    held: Mapping[str, np.datetime64],
    known: Mapping[str, np.datetime64],
    today: date,
) -> Iterator[Question]:
    at = load_publishers()["fred"]
    for info in catalogue:
        if _owner(info) != "fred" or _finished(info, held):
            continue
        if publisher == "fred":
            yield ask_fred.graph_question(info, at, publisher, held.get(info.id), today)
        else:
            last = known.get(info.id)
            mine = held.get(info.id)
            yield ask_fred.service_question(info, at, publisher, mine, last, today)


def _of_files(publisher: str, wanted: Collection[str], at: Publisher) -> Iterator[Question]:
    series = tuple(sorted(wanted))
    if not series:
        return
    if publisher == "bis":
        yield from ask_files.bis_questions(series, publisher)
    elif publisher == "z1":
        for item in series:
            options = (("parts", ",".join(at.parts[item])),)
            yield Question(publisher=publisher, name=item, series=(item,), options=options)
    else:
        yield Question(publisher=publisher, name=publisher, series=series)


def _of_others(
    catalogue: Catalogue,
    publisher: str,
    held: Mapping[str, np.datetime64],
    known: Mapping[str, np.datetime64],
    today: date,
) -> tuple[Question, ...]:
    wanted = [info.id for info in catalogue if _owner(info) == publisher]
    if publisher == "fredmd":
        tabled = [info for info in catalogue if ask_files.has_key(info, "FRED-MD:")]
        last = max((known[info.id] for info in tabled if info.id in known), default=None)
        return ask_files.fredmd_questions(tuple(catalogue), publisher, last, today)
    if publisher == "fiscaldata":
        return ask_treasury.treasury_questions(wanted, publisher, held)
    if publisher == "nyfed":
        return ask_nyfed.nyfed_questions(wanted, publisher, held, today)
    return tuple(_of_files(publisher, wanted, load_publishers()[publisher]))


def questions(
    catalogue: Catalogue,
    publisher: str,
    *,
    keyed: frozenset[str],
    held: Mapping[str, np.datetime64],
    today: date,
    known: Mapping[str, np.datetime64] = _NOTHING,
) -> tuple[Question, ...]:
    """What to ask of a publisher so that the store has the latest figures.

    Parameters
    ----------
    publisher : str
        One of `PUBLISHERS`.
    keyed : frozenset of str
        Publishers for which the user has a key. With one for ``fred_api`` (``fred`` counts as
        well) FRED's series are asked there, with their vintages, and not by graph files.
    held : mapping of id to datetime64
        Newest period stored of each series.
    today : date
        The day of the update.
    known : mapping of id to datetime64, optional
        Newest day from which a *vintage* of a series is stored: only later ones are asked for.

    Returns
    -------
    tuple of Question
        In the order in which they should be asked. A question with an option ``from`` asks only
        for the end of a history, one with ``since`` only for later vintages.

    Raises
    ------
    ConfigError
        ``source.publisher`` where the publisher is not known.
    """
    if publisher not in PUBLISHERS:
        raise ConfigError("source.publisher", name=publisher, known=", ".join(PUBLISHERS))
    if publisher in {"fred", "fred_api"}:
        has_key = bool(keyed & {"fred", "fred_api"})
        asked = has_key is (publisher == "fred_api")
        return tuple(_of_fred(catalogue, publisher, held, known, today)) if asked else ()
    return _of_others(catalogue, publisher, held, known, today)


def _checked(question: Question, today: date) -> Steps:
    parts = yield from _STEPS[question.publisher](question, today)
    figures = tuple(part for part in parts if isinstance(part, Parsed))
    for part in figures:
        check_future(part, question.name, today)
    if figures:
        check_keys(figures, question.name)
    return parts


def steps(question: Question, *, today: date) -> Steps:
    """The requests that answer a question, and the figures at their end.

    Returns
    -------
    generator
        Gives requests, is sent bodies, returns the parts: none where there is nothing new.

    Raises
    ------
    SourceError
        What is wrong with an answer; SchemaChanged where its layout is not what it was. Nothing
        else: readers of workbooks are others' work and raise what they like on a damaged one.
    ConfigError
        ``source.publisher`` where the question is of a publisher that is not known.
    """
    if question.publisher not in _STEPS:
        raise ConfigError("source.publisher", name=question.publisher, known=", ".join(PUBLISHERS))
    return _guarded(question, today)


def _guarded(question: Question, today: date) -> Steps:
    try:
        return (yield from _checked(question, today))
    except (DebtcycleError, MemoryError):
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:120].encode("ascii", "replace").decode()
        raise SourceError("source.fault", name=question.name, reason=reason) from error
