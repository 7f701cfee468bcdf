"""How FRED is asked: one graph file a series without a key, states and vintages with one.

Without a key, ``/graph/fredgraph.csv?id=<series>`` gives the latest figures. With one,
``/fred/series/observations`` gives them with the days between which they were published. A window
may hold 2,000 vintages and a page 100,000 observations; the days of publication come from
``/fred/series/vintagedates`` in pages of 10,000.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from debtcycle.catalogue import Frequency, SeriesInfo, VintagePolicy
from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources import alfred, fred
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.publishers import Publisher
from debtcycle.sources.steps import Form, Question, Request, Steps

__all__ = [
    "MAX_VINTAGES",
    "ask_graph",
    "ask_service",
    "ask_sum",
    "graph_question",
    "service_question",
]

MAX_VINTAGES = 2_000
_MAX_DATES = 10_000
_MAX_OBSERVATIONS = 100_000
# Of series that are never revised only the end is asked for again, with room for late figures.
_OVERLAP_DAYS = 400
_FIRST_DAY = "1776-07-04"
_LAST_DAY = "9999-12-31"

Pages = Generator[Request, bytes, list[alfred.ObservationPage]]


def _since(info: SeriesInfo, held: np.datetime64 | None) -> date | None:
    """First period worth asking for; None for the whole history."""
    if held is None or info.vintage_policy is not VintagePolicy.UNREVISED:
        return None
    first: date = (held.astype("M8[D]") - np.timedelta64(_OVERLAP_DAYS, "D")).item()
    # A window that begins within a period would show a part of it as the whole.
    return (
        first
        if info.frequency in {Frequency.DAILY, Frequency.WEEKLY}
        else first.replace(month=1, day=1)
    )


def _months(info: SeriesInfo, at: Publisher, today: date) -> list[tuple[str, str]]:
    """How a series of days is asked for as one of months, and the month that is not over.

    The same answer says more in the month after: so that month is a part of the question.
    """
    if info.id not in at.monthly:
        return []
    return [("monthly", at.monthly[info.id]), ("open", f"{today:%Y-%m}")]


def graph_question(
    info: SeriesInfo, at: Publisher, name: str, held: np.datetime64 | None, today: date
) -> Question:
    """The question for one series without a key."""
    options = [("code", at.code(info.id))]
    if (since := _since(info, held)) is not None:
        options.append(("from", since.isoformat()))
    options += _months(info, at, today)
    return Question(publisher=name, name=info.id, series=(info.id,), options=tuple(options))


def service_question(
    info: SeriesInfo,
    at: Publisher,
    name: str,
    held: np.datetime64 | None,
    known: np.datetime64 | None,
    today: date,
) -> Question:
    """The question for one series with a key.

    Vintages are asked for where figures are revised; of a series that is never revised the
    latest state is all there is to know.
    """
    options = [("code", at.code(info.id))]
    if months := _months(info, at, today):
        options += months
    elif info.vintage_policy is not VintagePolicy.UNREVISED:
        options.append(("states", "all"))
        if known is not None:
            options.append(("since", str(known.astype("M8[D]"))))
    elif (since := _since(info, held)) is not None:
        options.append(("from", since.isoformat()))
    return Question(publisher=name, name=info.id, series=(info.id,), options=tuple(options))


def _complete_months(part: Parsed, options: dict[str, str], today: date) -> Parsed:
    """Without the month that is not over: its last figure so far is not its last."""
    over = part.periods.astype("M8[M]") < np.datetime64(options.get("open", f"{today:%Y-%m}"), "M")
    return Parsed(part.key, part.periods[over], part.values[over], None, part.retrieved)


def _graph(code: str, options: dict[str, str], today: date) -> Generator[Request, bytes, Parsed]:
    params = [("id", code)]
    if "from" in options:
        params.append(("cosd", options["from"]))
    if "monthly" in options:
        params += [("fq", "Monthly"), ("fam", options["monthly"])]
    body = yield Request(publisher="fred", path="/graph/fredgraph.csv", params=tuple(params))
    name = f"{code}.csv"
    parts = fred.parse(body, name)
    if [part.key for part in parts] != [code]:
        shown = ", ".join(part.key for part in parts)[:80]
        raise SchemaChanged("source.column", name=name, column=code, found=shown)
    return _complete_months(parts[0], options, today) if "monthly" in options else parts[0]


def ask_graph(question: Question, today: date) -> Steps:
    """One series from its graph file."""
    options = dict(question.options)
    part = yield from _graph(options["code"], options, today)
    return (part,)


def ask_sum(question: Question, today: date) -> Steps:
    """A series that is the sum of several of the publisher's, over periods that all of them have.

    A period in which one has no figure has no sum.
    """
    options = dict(question.options)
    parts: list[Parsed] = []
    for code in options["parts"].split(","):
        part = yield from _graph(code, {}, today)
        parts.append(part)
    if len(parts) == 1:
        return (parts[0],)
    periods = parts[0].periods
    for part in parts[1:]:
        periods = np.intersect1d(periods, part.periods)
    total = np.zeros(periods.size)
    for part in parts:
        total += part.values[np.searchsorted(part.periods, periods)]
    return (Parsed(question.series[0], periods, total),)


def _observations(code: str, extra: Sequence[tuple[str, str]]) -> Pages:
    pages: list[alfred.ObservationPage] = []
    seen = 0
    while not pages or seen < pages[0].count:
        body = yield Request(
            publisher="fred_api",
            path="/fred/series/observations",
            params=(
                ("series_id", code),
                ("file_type", "json"),
                ("output_type", "1"),
                *extra,
                ("limit", str(_MAX_OBSERVATIONS)),
                ("offset", str(seen)),
            ),
            form=Form.JSON,
            keyed=True,
        )
        page = alfred.parse_observations(body, code)
        if page.offset != seen or (not page.spells and page.count):
            raise SchemaChanged("source.pages", name=code, found=page.offset, stated=seen)
        pages.append(page)
        seen += len(page.spells)
    return pages


def _published(code: str, since: str) -> Generator[Request, bytes, tuple[date, ...]]:
    """All days on which something was published, from one on."""
    days: list[date] = []
    count = 1
    while len(days) < count:
        body = yield Request(
            publisher="fred_api",
            path="/fred/series/vintagedates",
            params=(
                ("series_id", code),
                ("file_type", "json"),
                ("realtime_start", since),
                ("realtime_end", _LAST_DAY),
                ("limit", str(_MAX_DATES)),
                ("offset", str(len(days))),
            ),
            form=Form.JSON,
            keyed=True,
        )
        page, count = alfred.parse_vintage_dates(body, code)
        if not page and len(days) < count:
            raise SchemaChanged("source.pages", name=code, found=len(days), stated=count)
        days += page
    if len(days) != count or any(one >= other for one, other in pairwise(days)):
        raise SchemaChanged("source.pages", name=code, found=len(days), stated=count)
    return tuple(days)


def _states(code: str, days: Sequence[date], base: date | None, cap: int) -> Steps:
    """Vintages of the given days; with a base, only what changed after it."""
    if not days:
        return ()
    chunks: list[alfred.Chunk] = []
    for first, last in alfred.windows(days if base is None else (base, *days), cap):
        pages = yield from _observations(
            code, [("realtime_start", str(first)), ("realtime_end", str(last))]
        )
        if (pages[0].first, pages[0].last) != (first, last):
            raise SchemaChanged(
                "source.pages", name=code, found=str(pages[0].first), stated=str(first)
            )
        chunks.append(alfred.chunk_of(pages, code))
    part = alfred.stitch(code, chunks, days, code, base=base)
    return () if part is None else (part,)


def _has_no_archive(error: SourceError) -> bool:
    """Whether the service itself refused the question, as it does for series without vintages."""
    return error.message_id == "source.answer" or error.params.get("status") == 400


def _latest(code: str, options: dict[str, str], today: date) -> Steps:
    extra: list[tuple[str, str]] = []
    if "from" in options:
        extra.append(("observation_start", options["from"]))
    if "monthly" in options:
        extra += [("frequency", "m"), ("aggregation_method", options["monthly"])]
    pages = yield from _observations(code, extra)
    part = alfred.parse_state(code, pages, code)
    return (_complete_months(part, options, today) if "monthly" in options else part,)


def ask_service(question: Question, today: date, *, cap: int = MAX_VINTAGES) -> Steps:
    """One series with a key: its vintages, or its latest state.

    Some revised series have no archive of vintages. The service answers their question with
    status 400, which whoever drives these steps throws into them (`generator.throw` of a
    SourceError whose parameter ``status`` is 400); the latest state is then asked for instead.
    """
    options = dict(question.options)
    code = options["code"]
    if "states" not in options:
        return (yield from _latest(code, options, today))
    since = options.get("since")
    try:
        days = yield from _published(code, since or _FIRST_DAY)
    except SourceError as error:
        if not _has_no_archive(error):
            raise
        return (yield from _latest(code, options, today))
    base = None if since is None else date.fromisoformat(since)
    later = days if base is None else tuple(on for on in days if on > base)
    return (yield from _states(code, later, base, cap))
