"""``debtcycle series``: the catalogue, and the figures of one series as known on a date."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import click
import numpy as np

from debtcycle.cli.output import csv_text, emit
from debtcycle.cli.session import Session, session_of
from debtcycle.cli.words import LazyGroup, WordedCommand, option, shared

if TYPE_CHECKING:
    from debtcycle.catalogue import SeriesInfo
    from debtcycle.views import View

__all__ = ["command", "figures"]

_MONTHS = {"monthly": 1, "quarterly": 3, "annual": 12}
_COLUMNS = ("period", "value", "known_from", "basis")


@dataclass(frozen=True, slots=True)
class Figure:
    """One period: its value and when it was known, or nothing where it was never published."""

    period: date
    value: float | None
    known_from: date | None
    basis: str


def figures(view: View, series_id: str) -> tuple[Figure, ...]:
    """The periods of a series in order; those skipped between two others have no value."""
    series = view.series(series_id)
    known = {
        seen.period: Figure(seen.period, seen.value, seen.known_from, seen.basis.name.lower())
        for seen in (series.observation(n) for n in range(len(series)))
    }
    step = _MONTHS.get(series.info.frequency.value)
    if step is not None and len(series):
        months = series.periods.astype("M8[M]")
        offset = series.periods[0] - months[0].astype("M8[D]")
        for month in np.setdiff1d(np.arange(months[0], months[-1], step), months):
            gap = month.astype("M8[D]") + offset if series.info.stamp == "start" else month
            day = gap.astype("M8[D]").item()
            known[day] = Figure(day, None, None, "missing")
    never = [day for day, out in view.catalogue.irregular(series_id).items() if out is None]
    for day in never:
        if (
            day not in known
            and len(series)
            and day > series.periods[0].item()
            and day <= view.as_of
        ):
            known[day] = Figure(day, None, None, "missing")
    return tuple(known[day] for day in sorted(known))


def _plain(value: float | None) -> float | None:
    """A value without the last digits that converting its unit has brought."""
    return None if value is None else float(f"{value:.12g}")


def _rows(found: tuple[Figure, ...]) -> list[dict[str, object]]:
    return [
        {
            "period": f.period.isoformat(),
            "value": _plain(f.value),
            "known_from": f.known_from.isoformat() if f.known_from else None,
            "basis": f.basis,
        }
        for f in found
    ]


def _show_text(
    session: Session, info: SeriesInfo, as_of: date, rows: list[dict[str, object]]
) -> str:
    texts = session.texts
    if not rows:
        return texts("series.none", as_of=as_of)
    head = texts(
        "series.head",
        name=info.name(session.lang),
        series=info.id,
        unit=texts(f"unit.{info.unit}.label"),
        publisher=info.publisher,
        as_of=as_of,
    )
    columns = ("series.col.period", "series.col.value", "series.col.known", "series.col.basis")
    from debtcycle.report.plain import plain_table

    cells = [
        (
            str(row["period"]),
            "" if row["value"] is None else str(row["value"]),
            str(row["known_from"] or ""),
            texts(f"series.basis.{row['basis']}"),
        )
        for row in rows
    ]
    return f"{head}\n\n{plain_table([texts(c) for c in columns], cells, right=(1,))}"


@click.group(
    "series", cls=LazyGroup, help="help.series", prefix="help.series_", no_args_is_help=False
)
@shared()
def command() -> None:
    """The group; its help is in the message catalogues."""


@command.command("list", cls=WordedCommand, help="help.series_list")
@option(
    "--format", "form", type=click.Choice(("text", "csv", "json")), default="text",
    help="opt.format",
)  # fmt: skip
@shared()
@click.pass_context
def list_series(context: click.Context, form: str) -> None:
    """Write every series of the catalogue."""
    from debtcycle.catalogue import load_catalogue
    from debtcycle.report.plain import plain_table

    session = session_of(context)
    texts = session.texts
    names = ("id", "name", "unit", "frequency", "publisher")
    rows = [
        (
            info.id,
            info.name(session.lang),
            texts(f"unit.{info.unit}.label") if form == "text" else info.unit,
            texts(f"freq.{info.frequency.value}") if form == "text" else info.frequency.value,
            info.publisher,
        )
        for info in sorted(load_catalogue(), key=lambda info: info.id)
    ]
    if form == "csv":
        emit(session, csv_text([names, *rows]), None)
    elif form == "json":
        emit(
            session,
            json.dumps(
                [dict(zip(names, r, strict=True)) for r in rows], ensure_ascii=False, indent=1
            ),
            None,
        )
    else:
        emit(session, plain_table([texts(f"series.col.{n}") for n in names], rows), None)


@command.command("show", cls=WordedCommand, help="help.series_show")
@click.argument("series_id", metavar="ID")
@option("--as-of", metavar="YYYY-MM-DD", help="opt.as_of")
@option(
    "--format", "form", type=click.Choice(("text", "csv", "json")), default="text",
    help="opt.format",
)  # fmt: skip
@shared()
@click.pass_context
def show_series(context: click.Context, series_id: str, as_of: str | None, form: str) -> None:
    """Write the figures of a series as known on a date."""
    session = session_of(context)
    day = session.day(as_of)
    from debtcycle.catalogue import load_catalogue

    catalogue = load_catalogue()
    if series_id not in catalogue and series_id.upper() in catalogue:
        series_id = series_id.upper()
    info = catalogue[series_id]
    view = session.view(day)
    rows = _rows(figures(view, series_id))
    if form == "csv":
        text = csv_text([_COLUMNS, *(tuple(row.values()) for row in rows)])
    elif form == "json":
        about = {
            "series": info.id, "name": info.name(session.lang), "unit": info.unit,
            "frequency": info.frequency.value, "publisher": info.publisher,
            "licence": info.licence.value, "as_of": view.as_of.isoformat(), "rows": rows,
        }  # fmt: skip
        text = json.dumps(about, ensure_ascii=False, allow_nan=False, indent=1)
    else:
        text = _show_text(session, info, view.as_of, rows)
    emit(session, text, None)
