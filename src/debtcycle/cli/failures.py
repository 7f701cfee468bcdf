"""From an exception to at most three lines and an exit code."""

from __future__ import annotations

import string
from collections.abc import Mapping

import click

from debtcycle.cli.session import Session
from debtcycle.errors import DebtcycleError
from debtcycle.i18n import Translator

__all__ = ["INTERRUPTED", "failure_code", "failure_text", "say"]

MAX_LINES = 3
USAGE = 2
INTERRUPTED = 130
UNEXPECTED = 1


def say(texts: Translator, message_id: str, params: Mapping[str, object]) -> str:
    """A text with its placeholders filled; what is not known becomes a question mark.

    An id without a text, or a value that runs over lines, must not hide the error itself.
    """
    shown = {key: " ".join(str(value).split()) or "-" for key, value in params.items()}
    if message_id not in texts:
        listed = ", ".join(f"{key}={value}" for key, value in shown.items())
        return f"{message_id} ({listed})" if listed else message_id
    raw = texts(message_id)
    wanted = {name for _, name, _, _ in string.Formatter().parse(raw) if name}
    return raw.format(**{name: shown.get(name, "?") for name in wanted})


def _usage(texts: Translator, error: click.UsageError) -> str:
    command = error.ctx.command_path if error.ctx else "debtcycle"
    params: dict[str, object] = {"command": command}
    if isinstance(error, click.NoSuchOption):
        return say(texts, "usage.option", params | {"option": error.option_name})
    if isinstance(error, click.MissingParameter):
        name = error.param.get_error_hint(error.ctx) if error.param and error.ctx else "?"
        return say(texts, "usage.missing", params | {"name": name})
    if isinstance(error, click.BadParameter) and error.param is not None:
        kind = error.param.type
        if isinstance(kind, click.Choice) and error.ctx is not None:
            hint = error.param.get_error_hint(error.ctx)
            value = error.message.partition("'")[2].partition("'")[0]
            choices = ", ".join(str(choice) for choice in kind.choices)
            return say(
                texts, "usage.choice", params | {"value": value, "name": hint, "choices": choices}
            )
    if error.message.startswith("No such command"):
        name = error.message.partition("'")[2].partition("'")[0]
        return say(texts, "usage.command", params | {"name": name})
    return say(texts, "usage.other", params | {"reason": error.format_message()})


def failure_text(session: Session, error: BaseException) -> str:
    """What is said about an exception: what is wrong and what to do, three lines at most."""
    texts = session.texts
    if isinstance(error, DebtcycleError):
        alone = error.message_id == "catalogue.unknown" and error.params.get("near") in ("", "-")
        text = say(texts, "series.none_near" if alone else error.message_id, error.params)
    elif isinstance(error, click.UsageError):
        text = _usage(texts, error)
    elif isinstance(error, click.ClickException):
        text = say(texts, "usage.other", {"reason": error.format_message(), "command": "debtcycle"})
    elif isinstance(error, (KeyboardInterrupt, click.Abort)):
        text = texts("interrupted")
    else:
        text = say(texts, "unexpected", {"kind": type(error).__name__, "reason": error})
    return "\n".join(text.splitlines()[:MAX_LINES])


def failure_code(error: BaseException) -> int:
    """The exit code of an exception."""
    if isinstance(error, DebtcycleError):
        return error.exit_code
    if isinstance(error, click.ClickException):
        return USAGE
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return INTERRUPTED
    return UNEXPECTED
