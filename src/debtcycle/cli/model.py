"""``debtcycle model``: list, show and run stock-flow models, the package's or the user's own."""

from __future__ import annotations

import csv
import io
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.cli.output import check_out, emit, progress, progress_end
from debtcycle.cli.session import session_of
from debtcycle.cli.words import LazyGroup, WordedCommand, option, shared
from debtcycle.errors import ConfigError, ModelError

if TYPE_CHECKING:
    from debtcycle.sfc import Model, Run, Shock

__all__ = ["command"]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
MAX_BYTES = 10_000_000
MAX_PERIODS = 1_000_000
MAX_FIGURES = 20_000_000  # of one output, about 400 MB of text
ACCOUNTS = 1e-10  # of the largest cell
SHORT = 200_000  # operations times periods


@click.group("model", cls=LazyGroup, help="help.model", prefix="help.model_", no_args_is_help=False)
@shared()
def command() -> None:
    """The group; its help is in the message catalogues."""


def _is_file(name: str) -> bool:
    """Whether a name is meant as the path of a file."""
    return "/" in name or "\\" in name or name.endswith(".model")


def _load(name: str) -> Model:
    from debtcycle.sfc.library import load_model
    from debtcycle.sfc.reader import read_file

    return read_file(name) if _is_file(name) else load_model(name)


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a CSV file.

    Raises
    ------
    ConfigError
        ``model.csv`` if it cannot be read, ``model.csv_size``, ``model.encoding``,
        ``model.csv_control``, ``model.csv_head``, ``model.csv_ragged`` or ``model.csv_twice`` if
        it is not a table.
    """
    try:
        with path.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ConfigError("model.csv_size", path=path, limit=MAX_BYTES)
        text = raw.decode("utf-8-sig")
        control = _CONTROL.search(text)
        if control is not None:
            raise ConfigError("model.csv_control", path=path, code=f"U+{ord(control[0]):04X}")
        stream = io.StringIO(text, newline=None)
        lines = csv.reader(stream, skipinitialspace=True)
        rows = [row for row in lines if any(cell.strip() for cell in row)]
    except UnicodeDecodeError as error:
        raise ConfigError("model.encoding", path=path, byte=error.start + 1) from error
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError("model.csv", path=path, reason=reason) from error
    if len(rows) < 2:
        raise ConfigError("model.csv_head", path=path)
    head = [name.strip() for name in rows[0]]
    for number, row in enumerate(rows[1:], start=1):
        if len(row) != len(head):
            raise ConfigError(
                "model.csv_ragged", path=path, row=number, wanted=len(head), found=len(row)
            )
    twice = next((name for name in head if head.count(name) > 1), None)
    if twice is not None:
        raise ConfigError("model.csv_twice", path=path, name=twice)
    return head, rows[1:]


def _number(path: Path, name: str, text: str) -> float:
    try:
        # Digits as Python writes its source, "1_000", are no figures of a table.
        value = math.nan if "_" in text or not text.isascii() else float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ConfigError("model.cell", path=path, name=name, text=text[:40])
    return value


def _start(path: Path) -> dict[str, float]:
    """The start row by name; a column ``t`` is left out."""
    head, rows = _table(path)
    if len(rows) != 1:
        raise ConfigError("model.csv_rows", path=path, rows=len(rows))
    pairs = zip(head, rows[0], strict=True)
    return {name: _number(path, name, text) for name, text in pairs if name != "t"}


def _shocks(path: Path) -> Iterator[Shock]:
    """Changes of parameters with the period from which they hold."""
    from debtcycle.sfc import Shock

    head, rows = _table(path)
    if sorted(head) != ["name", "t", "value"]:
        raise ConfigError("model.csv_columns", path=path, found=",".join(head)[:60])
    seen = set()
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        name, period = cells["name"].strip(), _number(path, "t", cells["t"])
        if period != int(period) or abs(period) > MAX_PERIODS:
            raise ConfigError("model.cell", path=path, name="t", text=cells["t"][:40])
        if (period, name) in seen:
            raise ConfigError("model.shock_twice", path=path, name=name, t=int(period))
        seen.add((period, name))
        yield Shock(int(period), name, _number(path, "value", cells["value"]))


def _periods(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    """The number of periods, which must be one that a run can have."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= found <= MAX_PERIODS:
        raise ConfigError("model.periods_asked", found=text[:40], limit=MAX_PERIODS)
    return found


def _output(run: Run) -> str:
    """Every variable and parameter by period, with all digits."""
    columns = [run[name][:, 0].tolist() for name in run.names]
    lines = [",".join(["t", *run.names])]
    lines += [
        f"{t},{','.join([f'{value:.17g}' for value in row])}"
        for t, row in enumerate(zip(*columns, strict=True))
    ]
    return "\n".join(lines) + "\n"


@command.command("list", cls=WordedCommand, help="help.model_list")
@shared()
@click.pass_context
def list_all(context: click.Context) -> None:
    """Write the models of the package."""
    from debtcycle.sfc.library import list_models

    session = session_of(context)
    names = list_models()
    width = max(len(name) for name in names)
    lines = [f"{name:<{width}}  {session.texts(f'model.title.{name}')}" for name in names]
    emit(session, "\n".join(lines), None)


@command.command("show", cls=WordedCommand, help="help.model_show")
@click.argument("name", metavar="NAME")
@shared()
@click.pass_context
def show(context: click.Context, name: str) -> None:
    """Write the text of a model and its accounts in symbols."""
    from debtcycle.sfc import symbolic_cells
    from debtcycle.sfc.library import model_text
    from debtcycle.sfc.report import aligned

    session = session_of(context)
    model = _load(name)
    text = Path(name).read_text("utf-8-sig") if _is_file(name) else model_text(name)
    parts = [text.rstrip()]
    teaches = f"model.text.{model.name}"
    if not _is_file(name) and session.lang != "en":  # the file itself speaks English
        title = session.texts(f"model.title.{model.name}")
        parts.append(f"# {title}\n# {session.texts(teaches)}")
    accounts = model.compile_accounts()
    for matrix in accounts.matrices:
        if matrix.cells:
            cells = symbolic_cells(model.graph, matrix)
            rows = [[row, *line] for row, line in zip(matrix.rows, cells, strict=True)]
            title = session.texts(f"model.matrix.{matrix.kind}")
            parts.append(f"# {title}\n{aligned([['', *matrix.columns], *rows])}")
    emit(session, "\n\n".join(parts), None)


@command.command("run", cls=WordedCommand, help="help.model_run")
@click.argument("name", metavar="NAME")
@option("--start", type=click.Path(path_type=Path), metavar="F.csv", help="opt.model_start")
@option("--shocks", type=click.Path(path_type=Path), metavar="F.csv", help="opt.model_shocks")
@option("--periods", callback=_periods, required=True, metavar="N", help="opt.model_periods")
@option("--out", type=click.Path(path_type=Path), metavar="F.csv", help="opt.out")
@shared()
@click.pass_context
def run_one(
    context: click.Context,
    name: str,
    start: Path | None,
    shocks: Path | None,
    periods: int,
    out: Path | None,
) -> None:
    """Run a model and write every variable and parameter by period."""
    session = session_of(context)
    check_out(out)
    given = _start(start) if start is not None else None
    changes = list(_shocks(shocks)) if shocks is not None else []
    model = _load(name)
    if (periods + 1) * len(model.names()) > MAX_FIGURES:
        most = max(MAX_FIGURES // len(model.names()) - 1, 1)
        raise ConfigError("model.figures", periods=periods, names=len(model.names()), most=most)
    running = session.texts("model.running", name=model.name)
    progress(running)
    try:
        compiled = model.compile()
        # A short run is over in the plain back end before the compiled one has been loaded.
        work = len(compiled.program.code) * periods
        backend = "numpy" if work < SHORT else "native"
        # A stock that has added up n payments carries their n roundings, at rest all to one side.
        rounding = 64.0 * sys.float_info.epsilon * periods
        run = compiled.run(
            periods,
            start=given,
            shocks=changes,
            backend=backend,
            accounts_tolerance=max(ACCOUNTS, rounding),
            progress=lambda done: progress(f"{running} {done:.0%}"),
        )
    except ModelError as error:
        for part in ("kind", "side"):  # words of the accounts in the reader's language
            if error.message_id == "model.accounts":
                error.params[part] = session.texts(f"model.{part}.{error.params[part]}")
        raise
    finally:
        progress_end()
    emit(session, _output(run), out)
