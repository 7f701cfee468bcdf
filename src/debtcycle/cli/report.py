"""``debtcycle report``: the judgement with its evidence."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.cli.output import check_out, emit
from debtcycle.cli.session import Session, session_of, today
from debtcycle.cli.words import WordedCommand, option, output_options, shared
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    from debtcycle.cycle.judgement import Judgement
    from debtcycle.store import Store
    from debtcycle.views import View

__all__ = ["command", "judged", "screen"]

FORMATS = ("text", "json", "html", "md")
_DEFAULT_WIDTH = 100


def judged(session: Session, as_of: str | None, *, record: bool = True) -> tuple[Judgement, View]:
    """The judgement of a day; without one, of the newest with fresh figures."""
    day = session.day(as_of)
    from debtcycle.cycle.freshest import freshest
    from debtcycle.cycle.judgement import judge

    view = session.view(day)
    if day is None:
        view = view.at(freshest(view))
    return judge(view, record=record), view


def screen(out: Path | None) -> tuple[int, bool]:
    """Columns of a text, and whether it is coloured: only on a terminal that wants it."""
    seen = out is None and sys.stdout.isatty()
    colour = seen and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((_DEFAULT_WIDTH, 40)).columns if seen else _DEFAULT_WIDTH
    return width, colour


def _note(session: Session, judgement: Judgement, store: Store) -> str:
    """How old the answer is, and what it does not know, where the date was not given."""
    now = today()
    days = (now - judgement.as_of).days
    age = session.texts("report.newest", date=judgement.as_of, days=days, today=now) if days else ""
    return " ".join(filter(None, [age, session.held_back(store, "report.held_back")]))


def _render(
    session: Session, judgement: Judgement, view: View, form: str, note: str, out: Path | None
) -> str:
    from debtcycle.report.build import build, words_of

    if form == "json":
        from debtcycle.report.as_json import report_json

        return report_json(judgement, view.catalogue)
    words = words_of(session.lang, view.catalogue)
    if form == "html":
        from debtcycle.report.html import render_html

        return render_html(judgement, view, session.lang, newest_note=note)
    document = build(judgement, words, newest_note=note)
    if form == "md":
        from debtcycle.report.markdown import render_markdown

        return render_markdown(document)
    from debtcycle.report.text import render_text

    width, colour = screen(out)
    return render_text(document, width=width, colour=colour)


@click.command("report", cls=WordedCommand, help="help.report")
@option("--as-of", metavar="YYYY-MM-DD", help="opt.as_of")
@output_options(*FORMATS)
@option("--since-last", is_flag=True, help="opt.since_last")
@option("--quiet", is_flag=True, help="opt.quiet")
@shared()
@click.pass_context
def command(
    context: click.Context,
    as_of: str | None,
    form: str,
    out: Path | None,
    since_last: bool,
    quiet: bool,
) -> None:
    """Write the report in one of its forms, or what changed since the last one seen."""
    session = session_of(context)
    check_out(out)
    if since_last:
        from debtcycle.cli.since import tell_changes

        tell_changes(session, as_of, form, out, quiet=quiet)
        return
    if quiet:
        raise ConfigError("since.quiet")
    judgement, view = judged(session, as_of)
    note = _note(session, judgement, view.store) if as_of is None else ""
    emit(session, _render(session, judgement, view, form, note, out), out)
