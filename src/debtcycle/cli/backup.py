"""``debtcycle backup``: a verified copy of the store, while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from debtcycle.cli.output import check_out
from debtcycle.cli.session import session_of
from debtcycle.cli.words import WordedCommand, shared

__all__ = ["command"]


@click.command("backup", cls=WordedCommand, help="help.backup")
@click.argument("target", metavar="PATH", type=click.Path(path_type=Path))
@shared()
@click.pass_context
def command(context: click.Context, target: Path) -> None:
    """Copy the store and its archive, and verify the copy."""
    from debtcycle.store.archive import archive_path
    from debtcycle.store.copies import backup

    session = session_of(context)
    check_out(target)
    batches = backup(session.open_store().path, target)
    click.echo(
        session.texts(
            "backup.done", count=len(batches), path=target, archive=archive_path(target).name
        )
    )
