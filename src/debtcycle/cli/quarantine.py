"""``debtcycle quarantine``: figures that were parsed and not believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from debtcycle.cli.failures import say
from debtcycle.cli.output import csv_text
from debtcycle.cli.session import Session, session_of
from debtcycle.cli.words import LazyGroup, WordedCommand, option, shared
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    from debtcycle.store import Held, Store

__all__ = ["command", "reason_of"]

_SHOWN = 12


def reason_of(session: Session, item: Held) -> str:
    """Why a series is kept apart, in the language of the session."""
    return say(session.texts, item.reason, item.params)


def _chosen(store: Store, numbers: tuple[int, ...], every: bool) -> list[int]:
    if every == bool(numbers):
        raise ConfigError("quarantine.which")
    return [item.id for item in store.quarantine()] if every else list(numbers)


def _numbers(call: Callable[..., Any]) -> Callable[..., Any]:
    """The numbers of lines, or all of them."""
    call = option("--all", "every", is_flag=True, help="opt.quarantine_all")(call)
    return click.argument("numbers", metavar="NUMBER...", nargs=-1, type=int)(call)


@click.group(
    "quarantine", cls=LazyGroup, help="help.quarantine", prefix="help.quarantine_",
    no_args_is_help=False,
)  # fmt: skip
@shared()
def command() -> None:
    """The group; its help is in the message catalogues."""


@command.command("list", cls=WordedCommand, help="help.quarantine_list")
@shared()
@click.pass_context
def listed(context: click.Context) -> None:
    """Write a line for each series and payload that is kept apart."""
    from debtcycle.report.plain import plain_table

    session = session_of(context)
    texts = session.texts
    items = session.open_store().quarantine()
    if not items:
        click.echo(texts("quarantine.none"))
        return
    head = [texts(f"quarantine.col.{name}") for name in ("number", "series", "day", "rows", "why")]
    rows = [
        (str(item.id), item.series, str(item.fetched), str(item.rows), reason_of(session, item))
        for item in items
    ]
    click.echo(f"{plain_table(head, rows, right=(0, 3))}\n\n{texts('quarantine.next')}")


@command.command("show", cls=WordedCommand, help="help.quarantine_show")
@click.argument("number", metavar="NUMBER", type=int)
@option("--format", "form", type=click.Choice(("text", "csv")), default="text", help="opt.format")
@shared()
@click.pass_context
def show(context: click.Context, number: int, form: str) -> None:
    """Write the figures kept apart beside those in force; as text the newest of them."""
    import numpy as np

    from debtcycle.report.plain import plain_table

    session = session_of(context)
    store = session.open_store()
    found = {item.id: (item, whole) for item, whole in store.holdings()}
    if number not in found:
        raise ConfigError("quarantine.unknown", number=number)
    item, whole = found[number]
    force = store.rows(item.series).as_of(np.datetime64("9999-12-31", "D"))
    known = dict(zip(force.periods.tolist(), force.values.tolist(), strict=True))
    rows = [
        (str(period), f"{value:.10g}", f"{known[period]:.10g}" if period in known else "-")
        for period, value in zip(
            whole.rows.periods.tolist(), whole.rows.values.tolist(), strict=True
        )
    ]
    if form == "csv":
        click.echo(csv_text([("period", "given", "in_force"), *rows]), nl=False)
        return
    texts = session.texts
    head = [texts(f"quarantine.col.{name}") for name in ("period", "given", "force")]
    click.echo(texts("quarantine.about", series=item.series, day=item.fetched, name=item.source))
    click.echo(f"{reason_of(session, item)}\n")
    click.echo(plain_table(head, rows[-_SHOWN:], right=(1, 2)))


@command.command("release", cls=WordedCommand, help="help.quarantine_release")
@_numbers
@shared()
@click.pass_context
def released(context: click.Context, numbers: tuple[int, ...], every: bool) -> None:
    """Append what was kept apart, dated by the day on which it was fetched."""
    from debtcycle.catalogue import load_catalogue
    from debtcycle.intake.release import release

    session = session_of(context)
    store = session.open_store()
    chosen = _chosen(store, numbers, every)
    added = release(store, chosen, catalogue=load_catalogue())
    click.echo(session.texts("quarantine.released", count=len(chosen), rows=added))


@command.command("drop", cls=WordedCommand, help="help.quarantine_drop")
@_numbers
@shared()
@click.pass_context
def dropped(context: click.Context, numbers: tuple[int, ...], every: bool) -> None:
    """Give up what was kept apart; the archive keeps the payload."""
    from debtcycle.intake.release import drop

    session = session_of(context)
    store = session.open_store()
    count = drop(store, _chosen(store, numbers, every))
    click.echo(session.texts("quarantine.dropped", count=count))
