"""``debtcycle health``: how every series stands, worst first."""

from __future__ import annotations

from pathlib import Path

import click

from debtcycle.cli.output import check_out, emit
from debtcycle.cli.report import screen
from debtcycle.cli.session import session_of
from debtcycle.cli.words import WordedCommand, option, output_options, shared

__all__ = ["command"]

FORMATS = ("text", "json", "html", "md")


@click.command("health", cls=WordedCommand, help="help.health")
@option("--as-of", metavar="YYYY-MM-DD", help="opt.as_of")
@output_options(*FORMATS)
@shared()
@click.pass_context
def command(context: click.Context, as_of: str | None, form: str, out: Path | None) -> None:
    """Write licence, history, unit, age and next release of every series."""
    from debtcycle.health import check_all
    from debtcycle.store.holdings import last_batches

    session = session_of(context)
    check_out(out)
    view = session.view(session.day(as_of))
    store = view.store
    items = check_all(view, batches=last_batches(store), quarantine=store.quarantine())
    if form == "json":
        from debtcycle.report.health.as_json import health_json

        emit(session, health_json(items, view.as_of), out)
        return
    from debtcycle.report.build import words_of

    words = words_of(session.lang, view.catalogue)
    if form == "html":
        from debtcycle.report.health.page import render_health

        emit(session, render_health(items, words, view.as_of), out)
        return
    from debtcycle.report.health.build import build_health

    document = build_health(items, words, view.as_of)
    if form == "md":
        from debtcycle.report.markdown import render_markdown

        emit(session, render_markdown(document), out)
        return
    from debtcycle.report.text import render_text

    width, colour = screen(out)
    emit(session, render_text(document, width=width, colour=colour), out)
