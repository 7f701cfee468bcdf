"""``debtcycle crises``: credit gap, debt service, R-zone, logit, and how far to trust them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.cli.output import check_out, csv_text, emit, progress, progress_end
from debtcycle.cli.session import Session, session_of
from debtcycle.cli.words import LazyGroup, WordedCommand, option, output_options, shared
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from debtcycle.crises.files import Columns
    from debtcycle.crises.gap import CreditGap
    from debtcycle.crises.history import Ratios
    from debtcycle.crises.today import CrisisReading
    from debtcycle.views import View

__all__ = ["command"]

_WIDTH = 100
_FILE = click.Path(path_type=Path)
_FORMATS = ("text", "json")
_SIGNALS = {
    "gap": ("credit_gap",),
    "dsr": ("dsr_household", "dsr_business"),
    "rzone": ("rzone_household", "rzone_business"),
}


@click.group(
    "crises", cls=LazyGroup, help="help.crises", prefix="help.crises_", no_args_is_help=False
)
@shared()
def command() -> None:
    """The group; its help is in the message catalogues."""


_as_of = option("--as-of", metavar="YYYY-MM-DD", help="opt.as_of")
_replications = option(
    "--replications", type=click.IntRange(100, 100_000), default=2000, show_default=True,
    help="opt.crises_replications",
)  # fmt: skip


def _json(value: object) -> str:
    from debtcycle.crises.plain import plain

    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, indent=1)


def _idle(context: click.Context, needed: str, *names: str) -> None:
    """Refuse options that were given and would change nothing without another."""
    from click.core import ParameterSource

    for param in context.command.params:
        given = context.get_parameter_source(param.name or "")
        if param.name in names and given is not ParameterSource.DEFAULT:
            raise ConfigError("crises.idle", option=param.opts[0], needed=needed)


def _view(session: Session, as_of: str | None) -> View:
    """The view of a date, or of the newest date with fresh figures."""
    day = session.day(as_of)
    view = session.view(day)
    if day is None:
        from debtcycle.cycle.freshest import freshest

        view = view.at(freshest(view))
    return view


def _from_store(session: Session, as_of: str | None, name: str, form: str) -> str:
    """Some measures, or all, as known on a date."""
    from debtcycle.cli.crises_text import reading_text
    from debtcycle.crises.today import CrisisReading, today

    found: CrisisReading = today(_view(session, as_of))
    wanted = _SIGNALS.get(name)
    if wanted is not None:
        kept = tuple(item for item in found.signals if item.signal in wanted)
        found = CrisisReading(found.as_of, found.country, found.mode, kept)
    return _json(found) if form == "json" else reading_text(session, found)


@command.command("today", cls=WordedCommand, help="help.crises_today")
@_as_of
@output_options(*_FORMATS)
@shared()
@click.pass_context
def today_(context: click.Context, as_of: str | None, form: str, out: Path | None) -> None:
    """Every measure of the United States as known on a date."""
    session = session_of(context)
    check_out(out)
    emit(session, _from_store(session, as_of, "", form), out)


def _last_quarter(day: date) -> np.datetime64:
    """First day of the last quarter that had ended by a day."""
    import numpy as np

    after = day + timedelta(days=1)
    year, quarter = divmod(after.year * 4 + (after.month - 1) // 3 - 1, 4)
    return np.datetime64(date(year, 3 * quarter + 1, 1))


def _own_columns(path: Path, names: tuple[str, ...], day: date | None) -> Columns:
    """Columns of a user's file, up to a day."""
    from debtcycle.crises.files import read_columns

    table = read_columns(path, names)
    if day is not None:
        table = table.until(_last_quarter(day))
        if not table.rows:
            raise ConfigError("crises.nothing_by", name=path.name, date=day)
    table = table.trimmed()
    if not table.rows:
        raise ConfigError("crises.file_empty", name=path.name)
    return table


def _cut_said(session: Session, text: str, day: date | None) -> str:
    """A text with what was cut away from it."""
    if day is None:
        return text
    from debtcycle.report.plain import wrapped

    return "\n".join([text, "", *wrapped(session.texts("crises.cut", date=day), _WIDTH)])


def _bis_gaps(
    path: Path, country: str | None, smoothing: float, day: date | None
) -> tuple[list[CreditGap], dict[str, Ratios]]:
    """Gaps of the economies of a BIS file, and what the file itself has."""
    from debtcycle.crises.files import read_bis
    from debtcycle.crises.gap import credit_gap
    from debtcycle.crises.history import bis_ratios

    ratios = bis_ratios(read_bis(path))
    if country is not None:
        ratios = tuple(item for item in ratios if item.economy == country.upper())
        if not ratios:
            raise ConfigError("crises.no_country", country=country, name=path.name)
    if day is not None:
        cut = (item.until(_last_quarter(day)) for item in ratios)
        ratios = tuple(item for item in cut if len(item.quarters))
        if not ratios:
            raise ConfigError("crises.nothing_by", name=path.name, date=day)
    made = [
        credit_gap(item.ratio_pct, item.quarters, name=item.economy, smoothing=smoothing)
        for item in ratios
    ]
    return made, {item.economy: item for item in ratios}


def _own_gap(path: Path, column: str | None, smoothing: float, day: date | None) -> CreditGap:
    """The gap of a column of a user's file."""
    from debtcycle.crises.gap import credit_gap

    if column is None:
        raise ConfigError("crises.no_column", name=path.name)
    table = _own_columns(path, (column,), day)
    table.plausible_ratio(column)
    return credit_gap(
        table.column(column), table.quarters, name=column, smoothing=smoothing, rows=table.rows
    )


def _gaps_csv(found: list[CreditGap]) -> str:
    rows: list[tuple[object, ...]] = [("name", "quarter", "ratio_pct", "trend_pct", "gap_pp")]
    for made in found:
        columns = (made.quarters, made.ratio_pct, made.trend_pct, made.gap_pp)
        rows += [
            (made.name, day, *(None if value != value else f"{value:.17g}" for value in values))
            for day, *values in zip(*columns, strict=True)
        ]
    return csv_text(rows)


@command.command("gap", cls=WordedCommand, help="help.crises_gap")
@click.argument("file", required=False, type=_FILE, metavar="[FILE]")
@option("--column", metavar="NAME", help="opt.crises_column")
@option("--bis", "bis_file", type=_FILE, metavar="F.csv", help="opt.crises_bis")
@option("--country", metavar="XX", help="opt.crises_country")
@option("--smoothing", type=float, default=400_000.0, show_default=True,
        help="opt.crises_smoothing")  # fmt: skip
@_as_of
@output_options("text", "json", "csv")
@shared()
@click.pass_context
def gap(
    context: click.Context, file: Path | None, column: str | None, bis_file: Path | None,
    country: str | None, smoothing: float, as_of: str | None, form: str, out: Path | None,
) -> None:  # fmt: skip
    """The credit gap: from the store, a file of the user's, or the file of the BIS."""
    session = session_of(context)
    check_out(out)
    if bis_file is None:
        _idle(context, "--bis", "country")
    if file is None:
        _idle(context, "FILE", "column")
    if file is None and bis_file is None:
        _idle(context, "FILE / --bis", "smoothing")
        if form == "csv":
            raise ConfigError("crises.csv_needs_file")
        emit(session, _from_store(session, as_of, "gap", form), out)
        return
    from debtcycle.cli.crises_text import gaps_text

    day = session.day(as_of)
    found: list[CreditGap] = []
    published: dict[str, Ratios] = {}
    if bis_file is not None:
        found, published = _bis_gaps(bis_file, country, smoothing, day)
    if file is not None:
        found.append(_own_gap(file, column, smoothing, day))
    if form == "csv":
        text = _gaps_csv(found)
    elif form == "json":
        text = _json(found)
    else:
        text = _cut_said(session, gaps_text(session, found, published), day)
    emit(session, text, out)


@command.command("dsr", cls=WordedCommand, help="help.crises_dsr")
@click.argument("file", required=False, type=_FILE, metavar="[FILE]")
@option("--debt", metavar="NAME", default="debt_to_income", show_default=True,
        help="opt.crises_debt")  # fmt: skip
@option("--rate", metavar="NAME", default="rate_pct", show_default=True, help="opt.crises_rate")
@option("--years", type=float, default=18.0, show_default=True, help="opt.crises_years")
@_as_of
@output_options(*_FORMATS)
@shared()
@click.pass_context
def dsr(
    context: click.Context, file: Path | None, debt: str, rate: str, years: float,
    as_of: str | None, form: str, out: Path | None,
) -> None:  # fmt: skip
    """Debt service: from the store, or from two columns of a file."""
    session = session_of(context)
    check_out(out)
    if file is None:
        _idle(context, "FILE", "debt", "rate", "years")
        emit(session, _from_store(session, as_of, "dsr", form), out)
        return
    from debtcycle.cli.crises_text import service_text
    from debtcycle.crises._check import figures
    from debtcycle.crises.gap import quarters_of
    from debtcycle.crises.service import debt_service

    day = session.day(as_of)
    table = _own_columns(file, (debt, rate), day)
    quarters_of(table.quarters, debt, table.rows)
    table.plausible_debt(debt, rate)
    stock, interest = (
        figures(table.column(name), name, least=1, rows=table.rows) for name in (debt, rate)
    )
    made = debt_service(stock, interest, years, least=40, rows=table.rows)
    if form == "json":
        emit(session, _json({"quarters": table.quarters, "service": made}), out)
    else:
        text = service_text(session, table.quarters, made)
        emit(session, _cut_said(session, text, day), out)


@command.command("rzone", cls=WordedCommand, help="help.crises_rzone")
@option("--jst", type=_FILE, metavar="F.xlsx", help="opt.crises_jst")
@option("--credit", type=_FILE, metavar="F.csv", help="opt.crises_credit")
@_replications
@_as_of
@output_options(*_FORMATS)
@shared()
@click.pass_context
def rzone(
    context: click.Context, jst: Path | None, credit: Path | None, replications: int,
    as_of: str | None, form: str, out: Path | None,
) -> None:  # fmt: skip
    """The R-zone: today's state, or its record from a user's own database."""
    session = session_of(context)
    check_out(out)
    if jst is None:
        if credit is not None:
            raise ConfigError("crises.credit_needs_jst")
        _idle(context, "--jst", "replications")
        emit(session, _from_store(session, as_of, "rzone", form), out)
        return
    from debtcycle.cli.crises_text import odds_text
    from debtcycle.crises.files import read_bis, read_macro_history
    from debtcycle.crises.making import rzone_rows

    day = session.day(as_of)
    progress(session.texts("crises.running"))
    try:
        history = read_macro_history(jst)
        if day is not None:
            # A year counts once it has ended.
            history = history.until((day + timedelta(days=1)).year - 1)
            if not len(history.years):
                raise ConfigError("crises.nothing_by", name=jst.name, date=day)
        parts = None if credit is None else read_bis(credit)
        made = rzone_rows(history, parts, replications=replications, by_year=False)
    finally:
        progress_end()
    text = _json(made) if form == "json" else _cut_said(session, odds_text(session, made), day)
    emit(session, text, out)


@command.command("logit", cls=WordedCommand, help="help.crises_logit")
@option("--jst", type=_FILE, metavar="F.xlsx", required=True, help="opt.crises_jst")
@option("--until", type=click.IntRange(1900, 2200), help="opt.crises_until")
@option("--all-countries", is_flag=True, help="opt.crises_all")
@_replications
@output_options(*_FORMATS)
@shared()
@click.pass_context
def logit(
    context: click.Context, jst: Path, until: int | None, all_countries: bool, replications: int,
    form: str, out: Path | None,
) -> None:  # fmt: skip
    """Schularick and Taylor's logit, in sample and out of sample."""
    session = session_of(context)
    check_out(out)
    from debtcycle.cli.crises_text import logit_text
    from debtcycle.crises.files import read_macro_history
    from debtcycle.crises.making_logit import logit_run

    progress(session.texts("crises.running"))
    try:
        history = read_macro_history(jst)
        last = until if until is not None else (int(history.years[-1]) if all_countries else 2008)
        made = logit_run(
            history.until(last), all_countries=all_countries, replications=replications
        )
    finally:
        progress_end()
    emit(session, _json(made) if form == "json" else logit_text(session, made), out)


@command.command("record", cls=WordedCommand, help="help.crises_record")
@output_options(*_FORMATS)
@shared()
@click.pass_context
def record(context: click.Context, form: str, out: Path | None) -> None:
    """How far to trust all this: the shipped record."""
    session = session_of(context)
    check_out(out)
    from debtcycle.cli.crises_text import record_text
    from debtcycle.crises.record import shipped_record

    found = shipped_record()
    emit(session, _json(found) if form == "json" else record_text(session, found), out)
