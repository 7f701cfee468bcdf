"""``debtcycle restore``: a copy in the place of the store, which is kept beside it."""

from __future__ import annotations

from pathlib import Path

import click

from debtcycle.cli.session import session_of
from debtcycle.cli.words import WordedCommand, shared

__all__ = ["command"]


@click.command("restore", cls=WordedCommand, help="help.restore")
@click.argument("source", metavar="PATH", type=click.Path(path_type=Path))
@shared()
@click.pass_context
def command(context: click.Context, source: Path) -> None:
    """Verify the copy first; a damaged one changes nothing."""
    from debtcycle.store import default_path
    from debtcycle.store.copies import restore

    session = session_of(context)
    path = default_path() if session.store is None else session.store
    kept = restore(path, source)
    click.echo(session.texts("restore.done", source=source, path=path))
    if kept is not None:
        click.echo(session.texts("restore.kept", path=kept))
