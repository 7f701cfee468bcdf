"""Writing: to the screen, or to a file that is whole or not there."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from debtcycle.cli.session import Session
from debtcycle.errors import ConfigError

__all__ = ["check_out", "csv_text", "emit", "progress", "progress_end", "write_whole"]


def check_out(path: Path | None) -> None:
    """Refuse a place that cannot be written before the work is done.

    Raises
    ------
    ConfigError
        ``out.folder`` or ``out.noparent``.
    """
    if path is None:
        return
    if path.is_dir():
        raise ConfigError("out.folder", path=path)
    if not path.absolute().parent.is_dir():
        raise ConfigError("out.noparent", path=path)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there; nothing is left if that fails.

    Raises
    ------
    ConfigError
        ``out.folder``, ``out.noparent`` or ``out.failed``.
    """
    check_out(path)
    # A link is written through, and the new file may be read by whom any new file may.
    target = path.resolve()
    draft = None
    try:
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(draft).chmod(0o666 & ~mask)
        Path(draft).replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError("out.failed", path=path, reason=reason) from error
    finally:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)


def emit(session: Session, text: str, out: Path | None) -> None:
    """Give a text to the screen, or to a file and say so on a terminal."""
    if out is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    write_whole(out, text.encode("utf-8") if text.endswith("\n") else f"{text}\n".encode())
    if sys.stderr.isatty():
        click.echo(session.texts("written", path=out), err=True)


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV; None becomes an empty cell."""
    import csv
    import io

    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    for row in rows:
        table.writerow(["" if cell is None else cell for cell in row])
    return stream.getvalue()


def progress(text: str) -> None:
    """One line that is overwritten by the next, on a terminal only."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[2K{text}", nl=False, err=True)


def progress_end() -> None:
    """Clear the line of progress."""
    progress("")
