"""The made-up FRED: graph files, the web service, monthly tables of all series."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import numpy as np

from debtcycle.catalogue import load_catalogue
from publishers.figures import LAST_NEWS, OPEN, TODAY, Made, made

KEY = "0123456789abcdef0123456789abcdef"
NO_ARCHIVE = frozenset({"BOGZ1FL153064486Q"})
MAX_VINTAGES = 2_000

Answer = tuple[int, str, bytes]


def _text(value: float | None, missing: str) -> str:
    return missing if value is None else repr(value)


def graph(params: Mapping[str, str], state: int) -> Answer:
    series = made(params.get("id", ""))
    if series is None:
        return 404, "text/html", b"<!DOCTYPE html><html><body>Not found</body></html>"
    since = date.fromisoformat(params.get("cosd", "1600-01-01"))
    rows = [(on, value) for on, value in series.state(LAST_NEWS[state]) if on >= since]
    if "fq" in params:
        # Of the month that is not over the publisher gives the last figure so far.
        rows.append((TODAY[state].replace(day=1), 0.123))
    lines = [f"observation_date,{series.code}", *(f"{on},{_text(v, '')}" for on, v in rows)]
    return 200, "application/csv", ("\n".join(lines) + "\n").encode()


def _json(body: object, status: int = 200) -> Answer:
    return status, "application/json", json.dumps(body).encode()


def refused(message: str) -> Answer:
    return _json({"error_code": 400, "error_message": f"Bad Request.  {message}"}, 400)


def _window(params: Mapping[str, str], today: date) -> tuple[date, date]:
    return (
        date.fromisoformat(params.get("realtime_start", str(today))),
        date.fromisoformat(params.get("realtime_end", str(today))),
    )


def _observations(
    series: Made, params: Mapping[str, str], state: int
) -> list[dict[str, str]] | Answer:
    today = TODAY[state]
    first, last = _window(params, today)
    since = date.fromisoformat(params.get("observation_start", "1600-01-01"))
    plain = "realtime_start" not in params
    if plain:
        found = [(on, value, today, today) for on, value in series.state(LAST_NEWS[state])]
        if "frequency" in params:
            found.append((today.replace(day=1), 0.123, today, today))
    else:
        days = [on for on in series.vintage_dates(LAST_NEWS[state]) if first <= on <= last]
        if len(days) > MAX_VINTAGES:
            return refused(
                f"There are {len(days)} vintage dates in the specified real-time period. This "
                f"exceeds the maximum number of vintage dates allowed ({MAX_VINTAGES})."
            )
        found = [
            (spell.period, spell.value, max(spell.start, first), min(spell.end, last))
            for spell in series.spells(LAST_NEWS[state])
            if spell.start <= last and spell.end >= first
        ]
    return [
        {
            "realtime_start": str(start),
            "realtime_end": str(end),
            "date": str(on),
            "value": _text(value, "."),
        }
        for on, value, start, end in found
        if on >= since
    ]


def service(path: str, params: Mapping[str, str], state: int) -> Answer:
    if params.get("api_key") != KEY:
        return refused("The value for variable api_key is not registered.")
    series = made(params.get("series_id", ""))
    if series is None:
        return refused("The series does not exist.")
    limit, offset = int(params.get("limit", "10000")), int(params.get("offset", "0"))
    first, last = _window(params, TODAY[state])
    envelope = {"realtime_start": str(first), "realtime_end": str(last), "sort_order": "asc"}
    page = {"offset": offset, "limit": limit}
    if path.endswith("/vintagedates"):
        if series.code in NO_ARCHIVE:
            return refused("The series does not exist in ALFRED but may exist in FRED.")
        days = [str(on) for on in series.vintage_dates(LAST_NEWS[state]) if first <= on <= last]
        return _json(
            {**envelope, "count": len(days), **page, "vintage_dates": days[offset : offset + limit]}
        )
    rows = _observations(series, params, state)
    if isinstance(rows, tuple):
        return rows
    kind = {"units": "lin", "output_type": 1, "file_type": "json"}
    return _json(
        {
            **envelope,
            **kind,
            "order_by": "observation_date",
            "count": len(rows),
            **page,
            "observations": rows[offset : offset + limit],
        }
    )


def monthly(file: str, state: int) -> Answer:
    """FRED-MD's file of a month: the state at its end, with data through the month before."""
    newest = np.datetime64(LAST_NEWS[state], "M") - 1
    month = newest if file == "current.csv" else np.datetime64(file[:7], "M")
    if month > newest:
        return 404, "text/html", b"<html><body>404</body></html>"
    end = (month + 1).astype("M8[D]").item()
    tabled = [info for info in load_catalogue() if info.fredmd is not None]
    states = {
        info.fredmd: (info.fredmd_scale, dict(Made(info, info.id).state(end))) for info in tabled
    }
    lines = [",".join(["sasdate", *states]), ",".join(["Transform:", *["5"] * len(states)])]
    for row in np.arange(np.datetime64("2005-01"), month):
        on = row.astype("M8[D]").item()
        cells = []
        for scale, known in states.values():
            value = known.get(on)
            cells.append("" if value is None else repr(value / scale))
        lines.append(",".join([f"{on.month}/{on.day}/{on.year}", *cells]))
    return 200, "text/csv", ("\r\n".join(lines) + "\r\n").encode()


__all__ = ["KEY", "MAX_VINTAGES", "NO_ARCHIVE", "OPEN", "graph", "monthly", "refused", "service"]
