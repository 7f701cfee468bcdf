"""A small publisher's plans: one question a series, one request a question."""

from __future__ import annotations

from datetime import date

from debtcycle.sources import fred
from debtcycle.sources.steps import Question, Request, Steps

TODAY = date(2026, 11, 22)
SERIES = ("UNRATE", "WALCL", "DGS10", "GDP", "CPIAUCSL", "PAYEMS")


def question(series: str, publisher: str = "fred", **options: str) -> Question:
    """Ask for one series."""
    return Question(
        publisher=publisher, name=series, series=(series,), options=tuple(options.items())
    )


def steps(asked: Question, today: date) -> Steps:
    """One CSV a series; with an option ``pages`` so many, of which the last counts."""
    pages = int(dict(asked.options).get("pages", 1))
    for page in range(pages):
        params = (("page", str(page)),) if pages > 1 else ()
        last = page == pages - 1
        body = yield Request(
            publisher=asked.publisher, path=f"/{asked.name}", params=params, final=last
        )
    return fred.parse(body, f"{asked.name}.csv")


# A plausible figure of each, in its own unit: others are refused as a change of unit.
USUAL = {
    "UNRATE": 1.0,
    "WALCL": 6e6,
    "DGS10": 4.0,
    "GDP": 30_000.0,
    "CPIAUCSL": 320.0,
    "PAYEMS": 160_000.0,
}


def csv_of(series: str, *multiples: float, start: str = "2026-01") -> bytes:
    """Figures of successive months as FRED writes them, as multiples of a usual one.

    Those of GDP are of quarters.
    """
    year, month = map(int, start.split("-"))
    step = 3 if series == "GDP" else 1
    lines = [f"observation_date,{series}"]
    for multiple in multiples:
        lines.append(f"{year}-{month:02}-01,{round(multiple * USUAL[series], 6)}")
        year, month = (year, month + step) if month + step <= 12 else (year + 1, month + step - 12)
    return "\n".join([*lines, ""]).encode()
