"""Writing: to the screen, or to a file that is whole or not there."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import click

from debtcycle.cli.session import Session
from debtcycle.errors import ConfigError

__all__ = ["check_out", "csv_text", "draft_for", "emit", "progress", "progress_end", "write_whole"]

# What lies beside a store and belongs to it.
_BESIDE_STORE = ("", "-wal", "-shm", "-journal", ".lock", ".archive", ".replay.json")


def _failed(path: Path, error: Exception) -> ConfigError:
    """The refusal of a place, with the system's own reason."""
    reason = getattr(error, "strerror", None) or str(error)
    return ConfigError("out.failed", path=path, reason=reason)


def _store_files() -> tuple[Path, ...]:
    """The store in use and what belongs to it."""
    from debtcycle.store import default_path

    context = click.get_current_context(silent=True)
    session = None if context is None else context.find_object(Session)
    named = None if session is None else session.store
    stores = [default_path(), *([] if named is None else [named])]
    return tuple(
        store.with_name(store.name + end) for store in stores if store.name for end in _BESIDE_STORE
    )


def _shipped() -> tuple[Path, ...]:
    """The figures that the package carries."""
    folder = Path(str(files("debtcycle.reference")))
    return folder / "edition.xz", folder / "provenance.csv"


def _same(one: Path, other: Path) -> bool:
    """Whether two names lead to one file; it need not exist."""
    try:
        return os.path.realpath(one) == os.path.realpath(other) or one.samefile(other)
    except (OSError, ValueError):
        return False


def _mode(path: Path) -> int | None:
    """What stands at a place, links followed; None where nothing does.

    Raises
    ------
    ConfigError
        ``out.noparent``, or ``out.failed``: links in a circle, a name that is too long.
    """
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise ConfigError("out.noparent", path=path) from error
    except (OSError, ValueError) as error:
        raise _failed(path, error) from error


def check_out(path: Path | None, *, forbidden: Iterable[Path] | None = None) -> None:
    """Refuse a place that cannot be written before the work is done.

    Parameters
    ----------
    path : Path or None
        The place; None is the screen.
    forbidden : iterable of Path, optional
        Files that must not be written over; by default the store in use, what belongs to it, and
        the shipped figures.

    Raises
    ------
    ConfigError
        ``out.folder``, ``out.noparent``, ``out.own`` or ``out.failed``.
    """
    if path is None:
        return
    mode = _mode(path)
    if mode is not None and stat.S_ISDIR(mode):
        raise ConfigError("out.folder", path=path)
    if mode is None and not Path(os.path.realpath(path)).parent.is_dir():
        raise ConfigError("out.noparent", path=path)
    own = (*_store_files(), *_shipped()) if forbidden is None else forbidden
    if any(_same(path, kept) for kept in own):
        raise ConfigError("out.own", path=path)


@contextmanager
def draft_for(path: Path) -> Iterator[Path]:
    """A file to write; once it is written it takes its place, and nothing is left if that fails.

    A link leads to the place that it names. Where a device, a pipe or a socket stands, what was
    written is poured into it: none is ever replaced by a file, not even for who may do so.

    Raises
    ------
    ConfigError
        ``out.noparent`` or ``out.failed``.
    """
    draft: Path | None = None
    try:
        beside = None if _is_channel(path) else Path(os.path.realpath(path)).parent
        handle, name = tempfile.mkstemp(dir=beside, prefix=".debtcycle-")
        os.close(handle)
        draft = Path(name)
        yield draft
        if _is_channel(path):
            with draft.open("rb") as written, os.fdopen(os.open(path, os.O_WRONLY), "wb") as place:
                shutil.copyfileobj(written, place)
        else:
            _move(draft, Path(os.path.realpath(path)))
    except OSError as error:
        raise _failed(path, error) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def _is_channel(path: Path) -> bool:
    """Whether something stands at a place that bytes go into and that is no file."""
    mode = _mode(path)
    return mode is not None and not stat.S_ISREG(mode)


def _move(draft: Path, target: Path) -> None:
    """Put a draft in its place once it is on the disk, to be read by whom any new file may."""
    handle = os.open(draft, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    mask = os.umask(0)
    os.umask(mask)
    draft.chmod(0o666 & ~mask)
    draft.replace(target)


def write_whole(path: Path, content: bytes, *, forbidden: Iterable[Path] | None = None) -> None:
    """Write a file beside its place and move it there; nothing is left if that fails.

    A link is written through to what it names; a device, a pipe or a socket is written into and
    never replaced.

    Parameters
    ----------
    path : Path
        The place.
    content : bytes
        What the file is to hold.
    forbidden : iterable of Path, optional
        Files that must not be written over; by default the store in use and what belongs to it.

    Raises
    ------
    ConfigError
        ``out.folder``, ``out.noparent``, ``out.own`` or ``out.failed``.
    """
    check_out(path, forbidden=_store_files() if forbidden is None else forbidden)
    with draft_for(path) as draft:
        draft.write_bytes(content)


def emit(session: Session, text: str, out: Path | None) -> None:
    """Give a text to the screen, or to a file and say so on a terminal."""
    if out is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    content = text if text.endswith("\n") else f"{text}\n"
    write_whole(out, content.encode("utf-8"), forbidden=(*_store_files(), *_shipped()))
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
