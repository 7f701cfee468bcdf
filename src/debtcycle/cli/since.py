"""``debtcycle report --since-last``: what changed since the last answer seen, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.cli.output import emit
from debtcycle.cli.session import Session
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    from debtcycle.cycle.changes import Seen, Since
    from debtcycle.cycle.judgement import Judgement
    from debtcycle.views import View

__all__ = ["FORMATS", "tell_changes"]

FORMATS = ("text", "json")


def _judged(session: Session, as_of: str | None, seen: Seen | None) -> tuple[Judgement, View]:
    """The judgement to compare: of the day asked for, else of the newest with fresh figures.

    Raises
    ------
    ConfigError
        ``since.earlier`` if the day asked for lies before the last answer seen.
    """
    from debtcycle.cycle.freshest import freshest
    from debtcycle.cycle.judgement import judge

    day = session.day(as_of)
    view = session.view(day)
    if day is None:
        newest = freshest(view)
        view = view.at(newest if seen is None else max(newest, min(seen.as_of, view.as_of)))
    elif seen is not None and day < seen.as_of:
        raise ConfigError("since.earlier", date=day, seen=seen.as_of)
    return judge(view, record=False), view


def _text(session: Session, view: View, found: Since | None, form: str) -> str:
    if form == "json":
        from debtcycle.report.since.as_json import since_json

        return since_json(found, view.as_of)
    if found is None:
        return session.texts("since.first", date=view.as_of) + "\n"
    from debtcycle.report.build import words_of
    from debtcycle.report.since.text import since_text

    return since_text(found, words_of(session.lang, view.catalogue))


def tell_changes(
    session: Session, as_of: str | None, form: str, out: Path | None, *, quiet: bool
) -> None:
    """Write what changed, then keep the answer as the last one seen.

    It is kept only after it has been written: what could not be told is told the next time.

    Parameters
    ----------
    quiet : bool
        Write nothing where nothing changed.

    Raises
    ------
    ConfigError
        ``since.format`` for a form other than text and JSON; ``since.unreadable``,
        ``since.unwritable``, ``since.earlier``.
    """
    from debtcycle.cycle.changes import next_seen, read_seen, seen_path, since, write_seen

    if form not in FORMATS:
        raise ConfigError("since.format", form=form)
    path = seen_path(session.open_store())
    seen, aside = read_seen(path)
    if aside is not None:
        click.echo(session.texts("since.aside", path=aside), err=True)
    judgement, view = _judged(session, as_of, seen)
    found = None if seen is None else since(seen, view, judgement)
    if not quiet or (found is not None and found.anything):
        emit(session, _text(session, view, found, form), out)
    write_seen(path, next_seen(view, judgement, seen))
