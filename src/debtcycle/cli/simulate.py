"""``debtcycle simulate``: a scenario beside the same economy without it, on many paths."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.cli.output import check_out, emit, progress, progress_end
from debtcycle.cli.session import Session, session_of
from debtcycle.cli.words import WordedCommand, option, output_options, shared
from debtcycle.errors import ConfigError, ModelError

if TYPE_CHECKING:
    from debtcycle.machine.scenario import Scenario
    from debtcycle.machine.study import Study

__all__ = ["PATHS", "SEED", "command"]

FORMATS = ("text", "json", "html", "md")
PATHS = 4096
SEED = 2025
_MOST_PATHS = 2**32 - 1
_MOST_SEED = 2**64 - 1
_MOST_WORKERS = 1024
_DEFAULT_WIDTH = 100
_LIST = "list"


def _whole(
    message_id: str, low: int, high: int
) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """A check of an option that must be a whole number within bounds."""

    def checked(
        _context: click.Context, _parameter: click.Parameter, text: str | None
    ) -> int | None:
        if text is None:
            return None
        # Digits alone: no sign, no blanks, nothing that runs for minutes to be read.
        found = int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else -1
        if not low <= found <= high:
            raise ConfigError(message_id, found=text[:40])
        return found

    return checked


def _scenario(session: Session, name: str, day: str | None) -> Scenario:
    """A scenario from its own date or another one; a fault of the file is bad usage."""
    from debtcycle.machine.experiment import open_scenario

    try:
        found = open_scenario(name)
    except ModelError as error:
        raise ConfigError(error.message_id, **error.params) from error
    as_of = session.day(found.as_of.isoformat() if day is None else day)
    if as_of is None or as_of == found.as_of:
        return found
    return dataclasses.replace(found, as_of=as_of, written_for=found.as_of)


def _span(session: Session, seconds: float) -> str:
    """A span of time as it is left: seconds, or minutes above two."""
    if seconds < 120.0:
        return session.texts("simulate.seconds", n=max(1, round(seconds)))
    return session.texts("simulate.minutes", n=round(seconds / 60.0))


def _teller(session: Session, name: str) -> Callable[[int, int], None]:
    """Progress with the time that is left, judged by the pace since the first part was done."""
    begun: list[tuple[float, int]] = []

    def tell(done: int, paths: int) -> None:
        now = time.monotonic()
        if not begun:
            begun.append((now, done))
        start, first = begun[0]
        if done > first and done < paths:
            left = _span(session, (now - start) / (done - first) * (paths - done))
            text = session.texts("simulate.left", name=name, share=f"{done / paths:.0%}", left=left)
        else:
            text = session.texts("simulate.done", name=name, share=f"{done / paths:.0%}")
        progress(text)

    return tell


def _news(session: Session, name: str) -> Callable[[str, int, int], None]:
    """Lines that stay: a run that goes on, and one that was cut off and can."""

    def tell(what: str, done: int, paths: int) -> None:
        progress_end()
        text = session.texts(f"simulate.{what}", name=name, done=f"{done:,}", paths=f"{paths:,}")
        click.echo(text, err=True)

    return tell


def _study(
    session: Session,
    scenario: Scenario,
    *,
    paths: int,
    seed: int,
    workers: int | None,
    cluster: str | None,
) -> Study:
    """The opening of the scenario's date, and the run."""
    from debtcycle.machine.opening import from_data
    from debtcycle.machine.study import study

    progress(session.texts("simulate.preparing", name=scenario.name))
    try:
        opening = from_data(session.view(scenario.as_of))
        return study(
            scenario,
            opening,
            paths=paths,
            seed=seed,
            workers=workers,
            cluster=cluster,
            progress=_teller(session, scenario.name),
            told=_news(session, scenario.name),
        )
    except ModelError as error:
        if error.message_id == "machine.negative":
            said = _holding(session, str(error.params["name"]))
            value = _plain(str(error.params["value"]))
            shown = {**error.params, "name": said, "value": value}
            raise ModelError(error.message_id, **shown) from error
        if error.message_id in ("machine.bought_out", "machine.swapped_out"):
            said = session.texts(f"opening.instrument.{error.params['asset']}")
            raise ModelError(error.message_id, **{**error.params, "asset": said}) from error
        raise
    finally:
        progress_end()


def _plain(value: str) -> str:
    """A small number without a power of ten and with a true minus sign."""
    number = float(value)
    text = value if "e" not in value else f"{number:.8f}".rstrip("0")
    return text.replace("-", "\u2212")


def _holding(session: Session, name: str) -> str:
    """A holding of the economy by what it is and whose."""
    texts = session.texts
    if name == "Res":
        return texts("simulation.holding_reserves")
    asset, _, sector = name.partition("_")
    what = texts(f"opening.instrument.{asset}")
    if sector == "C":
        return texts("simulation.holding_central_bank", instrument=what)
    return texts("simulation.holding", instrument=what, sector=texts(f"opening.sector.{sector}"))


def _render(session: Session, studies: tuple[Study, ...], form: str, out: Path | None) -> str:
    """One study, or two side by side, in one of the forms."""
    from debtcycle.report.build import words_of
    from debtcycle.report.simulation.as_json import beside_json, simulation_json
    from debtcycle.report.simulation.build import build_pair, build_simulation

    one, other = studies[0], studies[-1]
    alone = len(studies) == 1
    if form == "json":
        return simulation_json(one) if alone else beside_json(one, other)
    words = words_of(session.lang)
    if form == "html":
        from debtcycle.report.simulation.page import render_beside, render_simulation

        if alone:
            return render_simulation(one, words)
        return render_beside(one, other, words)
    document = build_simulation(one, words) if alone else build_pair(one, other, words)
    if form == "md":
        from debtcycle.report.markdown import render_markdown

        return render_markdown(document)
    from debtcycle.report.text import render_text

    screen = out is None and sys.stdout.isatty()
    colour = screen and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((_DEFAULT_WIDTH, 40)).columns if screen else _DEFAULT_WIDTH
    return render_text(document, width=width, colour=colour)


def _listed(session: Session, form: str) -> str:
    """The scenarios of the package with what they show."""
    from debtcycle.machine.experiment import open_scenario
    from debtcycle.machine.scenario import list_scenarios

    found = [open_scenario(name) for name in list_scenarios()]
    if form == "json":
        rows = [
            {
                "name": item.name,
                "from": item.as_of.isoformat(),
                "quarters": item.quarters,
                "title": dict(item.title),
                "text": dict(item.text),
            }
            for item in found
        ]
        return json.dumps(rows, ensure_ascii=False, allow_nan=False, indent=1)
    from debtcycle.report.plain import wrapped

    lines = []
    for item in found:
        title = item.title.get(session.lang, item.name)
        head = session.texts(
            "simulate.listed", name=item.name, title=title, date=item.as_of,
            quarters=item.quarters,
        )  # fmt: skip
        text = item.text.get(session.lang, "").replace("`", "")
        lines += [head, *(f"   {line}" for line in wrapped(text, _DEFAULT_WIDTH - 3)), ""]
    return "\n".join(lines).rstrip()


@click.command("simulate", cls=WordedCommand, help="help.simulate")
@click.argument("scenario", metavar="SCENARIO", required=False)
@option("--from", "day", metavar="YYYY-MM-DD", help="opt.simulate_from")
@option("--paths", metavar="N", default=str(PATHS), help="opt.simulate_paths",
        callback=_whole("ensemble.paths", 1, _MOST_PATHS))  # fmt: skip
@option("--seed", metavar="S", default=str(SEED), help="opt.simulate_seed",
        callback=_whole("simulate.seed", 0, _MOST_SEED))  # fmt: skip
@option("--workers", metavar="N", help="opt.simulate_workers",
        callback=_whole("ensemble.workers", 1, _MOST_WORKERS))  # fmt: skip
@option("--dask", "cluster", metavar="ADDRESS", help="opt.simulate_dask")
@option("--beside", metavar="SCENARIO", help="opt.simulate_beside")
@option("--beside-from", "beside_day", metavar="YYYY-MM-DD", help="opt.simulate_beside_from")
@option("--list", "listing", is_flag=True, help="opt.simulate_list")
@output_options(*FORMATS)
@shared()
@click.pass_context
def command(
    context: click.Context,
    scenario: str | None,
    day: str | None,
    paths: int,
    seed: int,
    workers: int | None,
    cluster: str | None,
    beside: str | None,
    beside_day: str | None,
    listing: bool,
    form: str,
    out: Path | None,
) -> None:
    """Run one scenario, or two side by side, and write what happens."""
    session = session_of(context)
    check_out(out)
    if listing or scenario == _LIST:
        emit(session, _listed(session, form), out)
        return
    if scenario is None:
        raise ConfigError("simulate.which")
    if workers is not None and cluster is not None:
        raise ConfigError("simulate.both")
    if beside is None and beside_day is not None:
        raise ConfigError("simulate.beside_from")
    asked = [(scenario, day), *([] if beside is None else [(beside, beside_day)])]
    scenarios = [_scenario(session, name, date) for name, date in asked]
    studies = tuple(
        _study(session, found, paths=paths, seed=seed, workers=workers, cluster=cluster)
        for found in scenarios
    )
    emit(session, _render(session, studies, form, out), out)
