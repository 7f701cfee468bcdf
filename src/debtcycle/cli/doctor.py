"""``debtcycle doctor``: is the store whole?"""

from __future__ import annotations

import sqlite3

import click

from debtcycle.cli.session import session_of
from debtcycle.cli.words import WordedCommand, shared

__all__ = ["command"]


@click.command("doctor", cls=WordedCommand, help="help.doctor")
@shared()
@click.pass_context
def command(context: click.Context) -> None:
    """Check the file and every batch; a fault ends with exit code 5 and its remedy."""
    from debtcycle.store.verify import verify

    session = session_of(context)
    texts = session.texts
    click.echo(texts("doctor.sqlite", version=sqlite3.sqlite_version))
    store = session.open_store()
    click.echo(texts("doctor.store", path=store.path))
    batches = verify(store)
    click.echo(texts("doctor.integrity"))
    click.echo(texts("doctor.batches", count=len(batches)))
    click.echo(texts("doctor.good"))
