"""``debtcycle doctor``: is the store whole, and could it be made again?"""

from __future__ import annotations

import sqlite3

import click

from debtcycle.cli.session import session_of
from debtcycle.cli.words import WordedCommand, shared

__all__ = ["command"]

# The first version without the race between a reset of the write-ahead log and a reader.
_RACE_ENDS = (3, 51, 3)


@click.command("doctor", cls=WordedCommand, help="help.doctor")
@shared()
@click.pass_context
def command(context: click.Context) -> None:
    """Check the file, every batch and the archive; a fault ends with exit code 5."""
    from debtcycle.store.verify import lacking, verify

    session = session_of(context)
    texts = session.texts
    click.echo(texts("doctor.sqlite", version=sqlite3.sqlite_version))
    if sqlite3.sqlite_version_info < _RACE_ENDS:
        click.echo(texts("doctor.race", fixed=".".join(map(str, _RACE_ENDS))))
    store = session.open_store()
    click.echo(texts("doctor.store", path=store.path))
    batches = verify(store)
    click.echo(texts("doctor.integrity"))
    click.echo(texts("doctor.batches", count=len(batches)))
    click.echo(texts("doctor.content", digest=store.content_sha256()))
    click.echo(texts("doctor.quarantine", count=len(store.quarantine())))
    absent, damaged = lacking(store), store.archive.damaged
    click.echo(texts("doctor.archive", whole=len(batches) - len(absent), count=len(batches)))
    if absent:
        names = texts("list.comma").join(dict.fromkeys(batch.source for batch in absent[:3]))
        click.echo(texts("doctor.lacking", names=names))
    if damaged:
        click.echo(texts("doctor.archive_damaged", count=damaged))
    click.echo(texts("doctor.partly" if absent or damaged else "doctor.good"))
