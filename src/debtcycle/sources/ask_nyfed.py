"""How the New York Fed is asked: portfolio, single holdings, SOFR, repo operations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

import numpy as np

from debtcycle.sources import nyfed
from debtcycle.sources.steps import Form, Question, Request, Steps

__all__ = ["ask_nyfed", "nyfed_questions"]

_SERIES = {
    "soma": (
        "SOMA_BILLS",
        "SOMA_NOTES_BONDS",
        "SOMA_TIPS",
        "SOMA_TIPS_COMPENSATION",
        "SOMA_FRN",
        "SOMA_MBS",
        "SOMA_CMBS",
        "SOMA_AGENCY",
        "SOMA_TOTAL",
    ),
    "maturities": (
        "SOMA_TSY_UNDER_1Y",
        "SOMA_TSY_1_5Y",
        "SOMA_TSY_5_10Y",
        "SOMA_TSY_OVER_10Y",
    ),
    "sofr": ("SOFR",),
    "operations": ("REPO_ACCEPTED", "REVERSE_REPO_ACCEPTED"),
}
_BEGINS = {"sofr": date(2018, 4, 2), "operations": date(2013, 9, 23)}
_OVERLAP_DAYS = 30
# Beyond so many months one file with all of them is less than a request for each.
_MOST_MONTHS = 12


def nyfed_questions(
    wanted: Collection[str], name: str, held: Mapping[str, np.datetime64], today: date
) -> tuple[Question, ...]:
    """One question for each set of figures that fills any of the wanted series."""
    found: list[Question] = []
    for label, all_series in _SERIES.items():
        series = tuple(item for item in all_series if item in wanted)
        if not series:
            continue
        options: tuple[tuple[str, str], ...] = ()
        known = [held[item].astype("M8[D]").item() for item in series if item in held]
        oldest: date | None = min(known) if len(known) == len(series) else None
        if label in _BEGINS:
            first = _BEGINS[label]
            if oldest is not None:
                first = max(first, oldest - timedelta(days=_OVERLAP_DAYS))
            options = (("from", first.isoformat()),)
        elif label == "maturities" and oldest is not None:
            months = (today.year - oldest.year) * 12 + today.month - oldest.month
            if months <= _MOST_MONTHS:
                options = (("from", oldest.isoformat()),)
        found.append(Question(publisher=name, name=label, series=series, options=options))
    return tuple(found)


def _request(path: str, *, final: bool = True, **params: str) -> Request:
    return Request(
        publisher="nyfed", path=path, params=tuple(params.items()), form=Form.JSON, final=final
    )


def _maturities(since: str | None, today: date) -> Steps:
    """Holdings by remaining life: all months at once, or the months that lack one by one."""
    if since is None:
        body = yield Request(publisher="nyfed", path="/api/soma/tsy/get/monthly.csv", bulk=True)
        holdings = nyfed.parse_monthly(body, "maturities")
        return nyfed.sum_maturities(holdings, "maturities", today=today)
    body = yield _request("/api/soma/asofdates/list.json", final=False)
    days = nyfed.month_days(nyfed.parse_dates(body, "maturities"), today=today)
    single: list[nyfed.Holding] = []
    for on in days:
        # The newest month held is asked for again: it may have been corrected.
        if (on.year, on.month) >= (int(since[:4]), int(since[5:7])):
            body = yield _request(f"/api/soma/tsy/get/asof/{on}.json", final=on == days[-1])
            single += nyfed.parse_holdings(body, "maturities")
    if not single:
        return ()
    return nyfed.sum_maturities(single, "maturities", today=today)


def _operations(first: date, today: date) -> Steps:
    """Results of operations, a calendar year a request: each carries its details.

    A day has several, and only those that are over are listed: the day that is not over is left
    out, since what is known of it would be taken for its sum and kept for good.
    """
    bodies: list[bytes] = []
    over = today - timedelta(days=1)
    for year in range(first.year, over.year + 1):
        start, end = max(first, date(year, 1, 1)), min(over, date(year, 12, 31))
        body = yield _request(
            "/api/rp/results/search.json",
            final=year == over.year,
            startDate=str(start),
            endDate=str(end),
        )
        bodies.append(body)
    return nyfed.parse_operations(bodies, "operations")


def ask_nyfed(question: Question, today: date) -> Steps:
    """One set of figures."""
    since = dict(question.options).get("from")
    if question.name == "soma":
        body = yield _request("/api/soma/summary.json")
        return nyfed.parse_summary(body, "soma")
    if question.name == "maturities":
        return (yield from _maturities(since, today))
    first = _BEGINS[question.name] if since is None else date.fromisoformat(since)
    if question.name == "operations":
        return (yield from _operations(first, today))
    body = yield _request(
        "/api/rates/secured/sofr/search.json", startDate=str(first), endDate=str(today)
    )
    return nyfed.parse_sofr(body, "sofr")
