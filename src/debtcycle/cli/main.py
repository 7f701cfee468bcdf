"""Entry point: the group of commands, and what becomes of errors."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from debtcycle import __version__
from debtcycle.cli.failures import failure_code, failure_text
from debtcycle.cli.session import Session
from debtcycle.cli.words import LazyGroup, WordedOption, shared
from debtcycle.errors import ConfigError

__all__ = ["cli", "main", "run"]

_COMMANDS = {
    "report": "debtcycle.cli.report",
    "replay": "debtcycle.cli.replay",
    "claims": "debtcycle.cli.claims",
    "series": "debtcycle.cli.series",
    "crises": "debtcycle.cli.crises",
    "bubbles": "debtcycle.cli.bubbles",
    "model": "debtcycle.cli.model",
    "machine": "debtcycle.cli.machine",
    "simulate": "debtcycle.cli.simulate",
    "import": "debtcycle.cli.import_files",
    "update": "debtcycle.cli.update",
    "status": "debtcycle.cli.status",
    "health": "debtcycle.cli.health",
    "doctor": "debtcycle.cli.doctor",
    "quarantine": "debtcycle.cli.quarantine",
    "backup": "debtcycle.cli.backup",
    "restore": "debtcycle.cli.restore",
    "rebuild": "debtcycle.cli.rebuild",
    "export": "debtcycle.cli.export",
    "reference": "debtcycle.cli.reference",
}

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG})


@click.group(cls=LazyGroup, lazy=_COMMANDS, help="help.main", no_args_is_help=False)
@click.version_option(
    __version__, cls=WordedOption, help="opt.version", message="debtcycle %(version)s"
)
@shared(hidden=False)
def cli() -> None:
    """The group; its help is in the message catalogues."""


def _close_quietly() -> None:
    """The reader of a pipe has gone: nothing more may be written, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _said(error: BaseException) -> BaseException:
    """What stands for an error: a screen or pipe that takes no more is no fault of the program."""
    if not isinstance(error, OSError) or error.filename is not None:
        return error
    try:
        sys.stdout.flush()
    except OSError as fault:
        _close_quietly()
        error = fault
    if error.errno in _FULL:
        return ConfigError("out.screen", reason=error.strerror)
    return error


def run(argv: Sequence[str]) -> int:
    """Run one command line; the exit code.

    0 done; 1 a fault of the program; 2 bad usage; 3 some files were refused, the rest is stored;
    5 a problem of the store; 6 a model did not solve; 130 interrupted.
    """
    session = Session.of(argv)
    try:
        try:
            code = cli.main(
                args=list(argv), prog_name="debtcycle", standalone_mode=False, obj=session
            )
            sys.stdout.flush()
        except BrokenPipeError:
            _close_quietly()
            return 0
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the last net: said, not hidden
        if session.debug:
            traceback.print_exception(error)
        said = _said(error)
        click.echo(failure_text(session, said), err=True)
        return failure_code(said)
    return code if isinstance(code, int) else 0


def main() -> NoReturn:
    """Entry point of the command ``debtcycle``."""
    sys.exit(run(sys.argv[1:]))
