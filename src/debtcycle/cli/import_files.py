"""``debtcycle import``: publishers' files into the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.cli.failures import say
from debtcycle.cli.output import progress, progress_end
from debtcycle.cli.quarantine import reason_of
from debtcycle.cli.session import Session, session_of
from debtcycle.cli.words import WordedCommand, option, shared
from debtcycle.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from debtcycle.intake import FileResult

__all__ = ["command"]

SOME_REFUSED = 3
_SHOWN_SERIES = 3


def _series(session: Session, result: FileResult) -> str:
    """What a file brought, or why it brought nothing."""
    texts = session.texts
    if result.error is not None:
        return say(texts, result.error.message_id, result.error.params).splitlines()[0]
    names = result.series
    brought = ", ".join(names[:_SHOWN_SERIES])
    if len(names) > _SHOWN_SERIES:
        brought = texts("import.more", first=brought, more=len(names) - _SHOWN_SERIES)
    if not names and result.status.value == "unused":
        brought = texts("import.unused_why")
    said = [brought] if brought else []
    said += [
        texts("import.held", series=item.series, number=item.id, why=reason_of(session, item))
        for item in result.held
    ]
    if result.differing:
        said.append(texts("import.differing", n=result.differing))
    return "; ".join(said)


def _summary(session: Session, results: Sequence[FileResult], path: Path) -> str:
    from debtcycle.intake import Status
    from debtcycle.report.plain import plain_table

    texts = session.texts
    head = [texts(f"import.col.{n}") for n in ("file", "state", "rows", "series")]
    rows = [
        (
            result.path.name,
            texts(f"import.status.{result.status.value}"),
            str(result.rows),
            _series(session, result),
        )
        for result in results
    ]
    count = {status.value: sum(r.status is status for r in results) for status in Status}
    total = sum(result.rows for result in results)
    last = texts("import.summary", rows=total, path=path, **count)
    return f"{plain_table(head, rows, right=(2,))}\n\n{last}"


@click.command("import", cls=WordedCommand, help="help.import")
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path)
)
@option("--retrieved", metavar="YYYY-MM-DD", help="opt.retrieved")
@shared()
@click.pass_context
def command(context: click.Context, paths: tuple[Path, ...], retrieved: str | None) -> int:
    """Read files and folders; exit code 3 where some were refused and the rest is stored."""
    session = session_of(context)
    fetched = session.day(retrieved)
    from debtcycle.intake import Status, find_files, import_files

    try:
        found = find_files(paths)
    except SourceError as error:
        # A path that does not exist is a slip of the hand, not a fault of a source.
        raise ConfigError(error.message_id, **error.params) from error
    if not found:
        click.echo(session.texts("import.nothing"))
        return 0
    store = session.open_store()

    def tell(number: int, total: int, path: Path) -> None:
        progress(session.texts("import.progress", number=number + 1, total=total, name=path.name))

    results = import_files(store, paths, retrieved=fetched, progress=tell)
    progress_end()
    click.echo(_summary(session, results, store.path))
    return SOME_REFUSED if any(r.status is Status.REFUSED for r in results) else 0
