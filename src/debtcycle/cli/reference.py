"""``debtcycle reference``: the figures that a fresh install starts from."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.cli.failures import say
from debtcycle.cli.output import progress, progress_end, write_whole
from debtcycle.cli.session import Session, session_of
from debtcycle.cli.words import LazyGroup, WordedCommand, option, shared
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    from debtcycle.intake import FileResult

__all__ = ["command"]

_SHOWN = ("file", "rows", "publisher", "licence", "series")


def _left_out(session: Session, results: Sequence[FileResult]) -> list[str]:
    """Files that the edition does not use, each with the reason."""
    from debtcycle.intake import Status

    texts, said = session.texts, []
    for result in results:
        if result.status is Status.REFUSED and result.error is not None:
            why = say(texts, result.error.message_id, result.error.params).splitlines()[0]
        elif result.status is Status.UNUSED:
            why = texts("import.unused_why")
        else:
            continue
        said.append(texts("reference.left_out_file", name=result.path.name, why=why))
    return said


@click.group(
    "reference", cls=LazyGroup, help="help.reference", prefix="help.reference_",
    no_args_is_help=False,
)  # fmt: skip
@shared()
def command() -> None:
    """The group; its help is in the message catalogues."""


@command.command("build", cls=WordedCommand, help="help.reference_build")
@click.argument("folder", metavar="DATA_DIR", type=click.Path(path_type=Path))
@option("--out", type=click.Path(path_type=Path), help="opt.out_dir")
@shared()
@click.pass_context
def build(context: click.Context, folder: Path, out: Path | None) -> None:
    """Write edition.xz and provenance.csv; the same files give the same bytes.

    A folder of publishers' files holds more than may be shipped: files that were not used are
    named, and are no failure of the build.
    """
    session = session_of(context)
    if not folder.is_dir():
        raise ConfigError("source.nofile", name=folder)
    target = Path(str(files("debtcycle.reference"))) if out is None else out
    if not target.is_dir():
        raise ConfigError("out.noparent", path=target / "edition.xz")
    from debtcycle.reference.build import build_edition

    def tell(number: int, total: int, path: Path) -> None:
        progress(session.texts("import.progress", number=number + 1, total=total, name=path.name))

    made = build_edition(folder, progress=tell)
    progress_end()
    write_whole(target / "edition.xz", made.packed)
    write_whole(target / "provenance.csv", made.provenance.encode("utf-8"))
    texts = session.texts
    click.echo(
        texts(
            "reference.built",
            series=made.series,
            rows=made.rows,
            mb=f"{len(made.packed) / 1e6:.2f}",
            path=target / "edition.xz",
        )
    )
    left_out = _left_out(session, made.results)
    if left_out:
        head = texts("reference.left_out", count=len(left_out), total=len(made.results))
        click.echo("\n".join((head, *left_out)), err=True)


@command.command("show", cls=WordedCommand, help="help.reference_show")
@option("--format", "form", type=click.Choice(("text", "csv")), default="text", help="opt.format")
@shared()
@click.pass_context
def show(context: click.Context, form: str) -> None:
    """Write the table of files behind the shipped figures."""
    from debtcycle.reference import provenance
    from debtcycle.report.plain import fit, plain_table

    if form == "csv":
        click.echo(provenance(), nl=False)
        return
    texts = session_of(context).texts
    rows = [
        tuple(fit(row[name], 60) for name in _SHOWN)
        for row in csv.DictReader(io.StringIO(provenance()))
    ]
    click.echo(plain_table([texts(f"reference.col.{n}") for n in _SHOWN], rows, right=(1,)))
