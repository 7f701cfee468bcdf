"""``debtcycle update``: figures from their publishers into the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.cli.output import progress, progress_end
from debtcycle.cli.session import Session, session_of, today
from debtcycle.cli.words import WordedCommand, option, shared

if TYPE_CHECKING:
    from debtcycle.sources.steps import Question
    from debtcycle.update import Progress

__all__ = ["command"]

_MINUTE_S = 60
_QUIET = "quiet"


def _left(session: Session, seconds: float | None) -> str:
    """How long it still takes, in words."""
    if not seconds:
        return ""
    if seconds < _MINUTE_S:
        return session.texts("update.left_s", n=max(1, round(seconds)))
    return session.texts("update.left_min", n=round(seconds / _MINUTE_S))


def _made_empty(session: Session) -> None:
    """Put an empty store where there is none yet: history is then what publishers tell."""
    from debtcycle.reference import refuse_lost
    from debtcycle.store import Store, default_path

    path = default_path() if session.store is None else session.store
    if not path.exists():
        refuse_lost(path)
    Store.create(path).close()


def _plan(session: Session, named: Sequence[str], *, empty: bool) -> tuple[Question, ...]:
    from tempfile import TemporaryDirectory

    from debtcycle.catalogue import load_catalogue
    from debtcycle.store import Store
    from debtcycle.update import keyed, load_user_settings, plan

    keys = keyed(load_user_settings())
    if empty:
        with TemporaryDirectory() as folder, Store.create(Path(folder) / "empty.sqlite") as none:
            return plan(none, load_catalogue(), keyed=keys, today=today(), named=named)
    store = session.open_store()
    return plan(store, load_catalogue(), keyed=keys, today=today(), named=named)


def _run(session: Session, named: Sequence[str], form: str, *, fresh: bool) -> int:
    from debtcycle.catalogue import load_catalogue
    from debtcycle.cli.update_text import summary_json, summary_text, wrong_text
    from debtcycle.update import client_for, keyed, load_user_settings, plan, update

    texts, day, catalogue = session.texts, today(), load_catalogue()
    settings = load_user_settings()

    def tell(seen: Progress) -> None:
        left = _left(session, seen.left_s)
        progress(texts("update.progress", n=seen.done, total=seen.total, name=seen.name, left=left))

    store = session.open_store()
    with client_for(settings) as client, store.exclusive():
        asked = plan(store, catalogue, keyed=keyed(settings), today=day, named=named)
        client.check(dict.fromkeys(item.publisher for item in asked))
        try:
            summary = update(
                store, client, asked, catalogue=catalogue, today=day, fresh=fresh, tell=tell
            )
        finally:
            progress_end()
        if form == _QUIET:
            wrong = wrong_text(session, summary)
            click.echo(wrong, nl=bool(wrong), err=True)
        else:
            made = summary_json if form == "json" else summary_text
            click.echo(made(session, summary, store.path))
    if summary.interrupted:
        click.echo(texts("update.interrupted"), err=True)
    return summary.exit_code


@click.command("update", cls=WordedCommand, help="help.update")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@option("--list", "listed", is_flag=True, help="opt.update.list")
@option("--dry-run", is_flag=True, help="opt.update.dry_run")
@option("--empty", is_flag=True, help="opt.update.empty")
@option("--fresh", is_flag=True, help="opt.update.fresh")
@option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="opt.format",
)
@option("--quiet", is_flag=True, help="opt.update.quiet")
@shared()
@click.pass_context
def command(
    context: click.Context,
    sources: tuple[str, ...],
    listed: bool,
    dry_run: bool,
    empty: bool,
    fresh: bool,
    form: str,
    quiet: bool,
) -> int:
    """Ask publishers; exit code 3 where some failed, 4 where none could be reached."""
    from debtcycle.cli.update_text import houses_json, houses_text, plan_json, plan_text

    session = session_of(context)
    form = _QUIET if quiet else form
    if listed:
        from debtcycle.update import houses, load_user_settings

        found = houses(load_user_settings())
        click.echo(houses_json(found) if form == "json" else houses_text(session, found))
        return 0
    if dry_run:
        asked = _plan(session, sources, empty=empty)
        click.echo(
            plan_json(asked, today()) if form == "json" else plan_text(session, asked, today())
        )
        return 0
    if empty:
        _made_empty(session)
    return _run(session, sources, form, fresh=fresh)
