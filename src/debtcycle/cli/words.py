"""Click's commands, groups and options with texts from the message catalogues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from debtcycle.cli.session import session_of
from debtcycle.i18n import LANGUAGES

__all__ = ["LazyGroup", "WordedCommand", "WordedOption", "option", "output_options", "shared"]


class WordedOption(click.Option):
    """An option whose help is a message id."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Name and help, the latter in the language of the session."""
        record = super().get_help_record(ctx)
        texts = session_of(ctx).texts
        if record is None or self.help is None or self.help not in texts:
            return record
        return record[0], record[1].replace(self.help, texts(self.help), 1)


class _Worded(click.Command):
    """What commands and groups share: headings and help in the language of the session."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The line that says how the command is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        prefix = session_of(ctx).texts("help.usage")
        formatter.write_usage(ctx.command_path, pieces, f"{prefix} ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command is for."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(session_of(ctx).texts(str(self.help)))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option ``--help``."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = session_of(ctx).texts("opt.help")
        return found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of options."""
        rows = [param.get_help_record(ctx) for param in self.get_params(ctx)]
        shown = [row for row in rows if row is not None]
        with formatter.section(session_of(ctx).texts("help.options")):
            formatter.write_dl(shown)


class WordedCommand(_Worded):
    """A command whose help is a message id."""


class LazyGroup(_Worded, click.Group):
    """A group whose commands are imported when they are called.

    Parameters
    ----------
    lazy : mapping of str to str
        Module by name of the command; each module has the command as `command`.
    prefix : str
        What stands before the name in the message id of its help.
    """

    def __init__(
        self,
        *args: Any,
        lazy: Mapping[str, str] | None = None,
        prefix: str = "help.",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = dict(lazy or {})
        self._prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order in which they are shown."""
        return [*self._lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        found: click.Command = import_module(self._lazy[cmd_name]).command
        return found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options, then commands with their help; nothing is imported for it."""
        super().format_options(ctx, formatter)
        texts = session_of(ctx).texts
        with formatter.section(texts("help.commands")):
            formatter.write_dl(
                [(name, texts(f"{self._prefix}{name}")) for name in self.list_commands(ctx)]
            )


def option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """`click.option` with a message id as help."""
    return click.option(*names, cls=WordedOption, **settings)


ENDINGS = {
    ".html": "html", ".htm": "html", ".json": "json", ".md": "md", ".csv": "csv", ".txt": "text",
}  # fmt: skip


def output_options(*forms: str) -> Callable[[Any], Any]:
    """Form and place of what a command writes: ``form`` and ``out``.

    Parameters
    ----------
    *forms : str
        What ``--format`` may be, the default first. Where it is not given, the ending of ``--out``
        says which, if it is that of one of them.
    """

    def by_ending(context: click.Context, _: click.Parameter, value: str) -> str:
        out = context.params.get("out")
        if out is None or context.get_parameter_source("form") is not ParameterSource.DEFAULT:
            return value
        meant = ENDINGS.get(out.suffix.lower(), value)
        return meant if meant in forms else value

    def add(command: Any) -> Any:
        # Eager, so that it is known when the form is looked at.
        out = option("--out", type=click.Path(path_type=Path), is_eager=True, help="opt.out")
        form = option(
            "--format", "form", type=click.Choice(forms), default=forms[0], callback=by_ending,
            help="opt.format_or_ending",
        )  # fmt: skip
        return form(out(command))

    return add


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Put an option that all commands share into the session."""
    if value is not None and value is not False:
        setattr(session_of(context), str(parameter.name), value)


def shared(*, hidden: bool = True) -> Callable[[Any], Any]:
    """Add the options that every command understands; only the group shows all of them."""

    def add(command: Any) -> Any:
        settings: dict[str, Any] = {"expose_value": False, "callback": _keep}
        for added in (
            option("--debug", is_flag=True, help="opt.debug", hidden=hidden, **settings),
            option("--lang", type=click.Choice(LANGUAGES), help="opt.lang", **settings),
            option(
                "--store", type=click.Path(path_type=Path), help="opt.store", hidden=hidden,
                **settings,
            ),
        ):  # fmt: skip
            command = added(command)
        return command

    return add
