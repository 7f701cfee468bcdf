"""``debtcycle export``: all rows, with the day from which each was known, for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from debtcycle.cli.output import check_out, draft_for
from debtcycle.cli.session import session_of
from debtcycle.cli.words import WordedCommand, option, shared

__all__ = ["command"]


@click.command("export", cls=WordedCommand, help="help.export")
@option("--format", "form", type=click.Choice(("parquet", "csv")), default="parquet",
        help="opt.export_format")  # fmt: skip
@option("--out", type=click.Path(path_type=Path), required=True, help="opt.export_out")
@shared()
@click.pass_context
def command(context: click.Context, form: str, out: Path) -> None:
    """Write beside the place and move there, so that the file is whole or not there."""
    from debtcycle.store.export import export_csv, export_parquet

    session = session_of(context)
    check_out(out)
    store = session.open_store()
    write = export_csv if form == "csv" else export_parquet
    with draft_for(out) as draft:
        count = write(store.path, draft)
    click.echo(session.texts("export.done", rows=count, path=out))
