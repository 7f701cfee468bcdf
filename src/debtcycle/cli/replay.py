"""``debtcycle replay``: the judgement month by month."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.cli.output import check_out, csv_text, emit, progress, progress_end
from debtcycle.cli.session import session_of, today
from debtcycle.cli.words import WordedCommand, option, output_options, shared
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    from debtcycle.cycle.replay import ReplayRow

__all__ = ["COLUMNS", "command"]

COLUMNS = (
    "date", "mode", "verdict", "rung", "valuation", "growth", "inflation", "credit", "coverage",
    "confidence",
)  # fmt: skip
_STEP = {"M": 1, "Q": 3, "A": 12}
_DECIMALS = 6


def _cells(row: ReplayRow) -> dict[str, object]:
    made = {name: getattr(row, name) for name in COLUMNS}
    made["date"], made["verdict"] = row.date.isoformat(), row.verdict.value
    return {
        name: round(value, _DECIMALS) if isinstance(value, float) else value
        for name, value in made.items()
    }


def _dates(start: str, end: str, step: int) -> list[date]:
    """Month ends from start to end; the running month ends today, later ones are refused."""
    from debtcycle.cycle.replay import month_ends, parse_month
    from debtcycle.views import EARLIEST

    first, last, now = parse_month(start), parse_month(end), today()
    if first < EARLIEST:
        raise ConfigError("date.early", date=start, earliest=EARLIEST)
    if (last.year, last.month) > (now.year, now.month):
        raise ConfigError("date.future", date=end, newest=f"{now:%Y-%m}")
    return [
        min(day, now)
        for day in month_ends(first, last, step)
        if day <= now or day.month == now.month
    ]


def _text(rows: Sequence[ReplayRow], form: str) -> str:
    cells = [_cells(row) for row in rows]
    if form == "json":
        return json.dumps(cells, ensure_ascii=False, allow_nan=False, indent=1)
    return csv_text([COLUMNS, *(tuple(row.values()) for row in cells)])


@click.command("replay", cls=WordedCommand, help="help.replay")
@option("--start", required=True, metavar="YYYY-MM", help="opt.start")
@option("--end", required=True, metavar="YYYY-MM", help="opt.end")
@option("--freq", type=click.Choice(tuple(_STEP)), default="M", help="opt.freq")
@output_options("csv", "json")
@shared()
@click.pass_context
def command(
    context: click.Context, start: str, end: str, freq: str, form: str, out: Path | None
) -> None:
    """Write one row a date."""
    check_out(out)
    dates = _dates(start, end, _STEP[freq])
    from debtcycle.cycle.replay import replay, row_of

    session = session_of(context)
    view, done = session.view(dates[-1] if dates else None), 0

    def tell(_: date) -> None:
        nonlocal done
        done += 1
        progress(session.texts("replay.progressed", done=done, total=len(dates)))

    rows = [row_of(found) for found in replay(view, dates, progress=tell)]
    progress_end()
    emit(session, _text(rows, form), out)
