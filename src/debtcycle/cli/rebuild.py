"""``debtcycle rebuild``: the store made again from the payloads in its archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from debtcycle.cli.failures import say
from debtcycle.cli.output import progress, progress_end
from debtcycle.cli.session import Session, session_of
from debtcycle.cli.words import WordedCommand, shared

if TYPE_CHECKING:
    from debtcycle.reference.rebuild import Rebuilt

__all__ = ["command"]

SOME_LOST = 3


def _said(session: Session, done: Rebuilt) -> list[str]:
    texts = session.texts
    lines = [
        texts("rebuild.done", parsed=done.parsed, carried=done.carried),
        texts("doctor.content", digest=done.content_sha256),
    ]
    if done.before:
        same = done.before == done.content_sha256
        lines.append(texts("rebuild.same" if same else "rebuild.other"))
    if done.damaged:
        lines.append(texts("doctor.archive_damaged", count=done.damaged))
    lines += [texts("rebuild.differing", name=name) for name in done.differing]
    for item in done.lost:
        why = say(texts, item.reason, {"name": item.name}).splitlines()[0]
        lines.append(texts("rebuild.lost", name=item.name, day=item.fetched_at[:10], why=why))
    if done.kept is not None:
        lines.append(texts("restore.kept", path=done.kept))
    return lines


@click.command("rebuild", cls=WordedCommand, help="help.rebuild")
@shared()
@click.pass_context
def command(context: click.Context) -> int:
    """Parse every archived payload again; exit code 3 where something is lost."""
    from debtcycle.reference.rebuild import rebuild
    from debtcycle.store import default_path

    session = session_of(context)
    path = default_path() if session.store is None else session.store

    def tell(number: int, total: int, name: str) -> None:
        progress(session.texts("import.progress", number=number + 1, total=total, name=name))

    done = rebuild(path, progress=tell)
    progress_end()
    click.echo("\n".join(_said(session, done)))
    return SOME_LOST if done.lost else 0
