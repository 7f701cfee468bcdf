"""``debtcycle machine``: the economy's own text, its sixteen tests, and its calibration."""

from __future__ import annotations

import json
import math
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.cli import machine_text as written
from debtcycle.cli.output import check_out, emit, progress, progress_end
from debtcycle.cli.session import Session, session_of
from debtcycle.cli.words import LazyGroup, WordedCommand, option, output_options, shared

if TYPE_CHECKING:
    from debtcycle.machine.acceptance import Laboratory, Outcome
    from debtcycle.machine.economy import Facts

__all__ = ["command"]

PATHS = 3000
CALIBRATION_PATHS = 256
DATES = {"bubble": "2025-12-15", "depression": "2008-11-28"}
OPENINGS = click.Choice(["shipped", "data"])


@click.group(
    "machine", cls=LazyGroup, help="help.machine", prefix="help.machine_", no_args_is_help=False
)
@shared()
def command() -> None:
    """The group; its help is in the message catalogues."""


class _Clock:
    """A line of progress with the time that is left."""

    def __init__(self, session: Session, message_id: str) -> None:
        self.session, self.message_id = session, message_id
        self.began = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        spent = time.monotonic() - self.began
        left = spent / done * (of - done) if done else math.nan
        shown = f"{left:.0f}" if math.isfinite(left) else "?"
        progress(self.session.texts(self.message_id, done=done, of=of, left=shown))


def _observed(session: Session) -> dict[str, Facts]:
    """Openings from the data of two dates in place of the rounded ones; the normal one stays."""
    from debtcycle.machine.economy import facts_from_observed, shipped_openings
    from debtcycle.machine.opening import from_data

    found = dict(shipped_openings())
    for state, day in DATES.items():
        opening = from_data(session.view(date.fromisoformat(day)))
        seen = {fact.name: fact.value for fact in opening.facts}
        past = {history.name: history.values for history in opening.histories}
        found[state] = facts_from_observed(seen, past)
    return found


def _where_from(session: Session, laboratory: Laboratory, openings: str) -> str:
    """Which openings the tests start from, and what is special about them."""
    if openings != "data":
        return session.texts(f"acceptance.openings_{openings}", **DATES)
    from debtcycle.machine.acceptance.mechanism import SIZE, as_first_bought

    bonds = sum(laboratory.openings["depression"].holding(j, "N") for j in "HPXLB")
    return session.texts(
        "acceptance.openings_data",
        **DATES,
        bonds=bonds,
        share=100.0 * SIZE / bonds,
        first=as_first_bought(laboratory, "depression"),
        now=as_first_bought(laboratory, "bubble"),
    )


@command.command("show", cls=WordedCommand, help="help.machine_show")
@option("--out", type=click.Path(path_type=Path), metavar="PATH", help="opt.out")
@shared()
@click.pass_context
def show(context: click.Context, out: Path | None) -> None:
    """The whole economy as text in the model language."""
    from debtcycle.machine.economy import economy_text

    check_out(out)
    emit(session_of(context), economy_text(), out)


@command.command("verify", cls=WordedCommand, help="help.machine_verify")
@option("--seed", type=click.IntRange(0, 2**63 - 1), default=7, help="opt.seed")
@option("--paths", type=click.IntRange(16, 200_000), default=PATHS, help="opt.paths")
@option(
    "--openings", type=click.Choice(["shipped", "data"]), default="shipped", help="opt.openings"
)
@output_options("text", "json")
@shared()
@click.pass_context
def verify(
    context: click.Context, seed: int, paths: int, openings: str, form: str, out: Path | None
) -> None:
    """The sixteen tests of acceptance, and the targets, on a seed."""
    from debtcycle.machine.acceptance import ALL_TESTS, Laboratory, beside, run_tests
    from debtcycle.machine.calibration import measure

    session = session_of(context)
    check_out(out)
    clock = _Clock(session, "acceptance.progress")
    laboratory = Laboratory(paths=paths, seed=seed)
    if openings == "data":
        laboratory = Laboratory(paths=paths, seed=seed, openings=_observed(session))
    outcomes: list[Outcome] = []
    try:
        for done, number in enumerate(ALL_TESTS, start=1):
            outcomes += run_tests(laboratory, (number,))
            clock(done, len(ALL_TESTS) + 1)
        numbers = beside(laboratory)
        measured = measure(paths=min(paths, CALIBRATION_PATHS), seed=seed)
    finally:
        progress_end()
    failed, residual = laboratory.failed, laboratory.worst_account
    if form == "json":
        made = {
            "seed": seed,
            "paths": paths,
            "openings": openings,
            "failed_paths": failed,
            "accounts": {"max_residual": residual},
            "tests": written.tests_json(session.texts, outcomes, openings, numbers),
            "beside": written.beside_json(numbers),
            "targets": written.targets_json(measured),
        }
        emit(session, json.dumps(made, ensure_ascii=False, allow_nan=False, indent=1) + "\n", out)
        return
    count = len({o.test for o in outcomes} - {o.test for o in outcomes if not o.passed})
    head = session.texts("acceptance.head", passed=count, seed=seed, paths=f"{paths:,}")
    head += "\n" + _where_from(session, laboratory, openings)
    tail = session.texts("acceptance.accounts", residual=f"{residual:.1e}", failed=failed)
    lines = [head, "", *written.tests_text(session.texts, outcomes, openings, numbers), ""]
    lines += written.targets_text(session.texts, measured)
    emit(session, "\n".join([*lines, "", tail, session.texts("acceptance.limits")]) + "\n", out)


def _failed_json(outcomes: list[Outcome]) -> list[dict[str, object]]:
    """The parts of the tests that fail."""
    return [
        {"id": o.test, "part": o.part, "value": written.number(o.value), "bound": written.bounds(o)}
        for o in outcomes
        if not o.passed
    ]


@command.command("calibrate", cls=WordedCommand, help="help.machine_calibrate")
@option("--seed", type=click.IntRange(0, 2**63 - 1), default=7, help="opt.seed")
@option("--paths", type=click.IntRange(16, 20_000), default=CALIBRATION_PATHS, help="opt.paths")
@output_options("text", "json")
@shared()
@click.pass_context
def calibrate(context: click.Context, seed: int, paths: int, form: str, out: Path | None) -> None:
    """Targets beside the economy's values, elasticities, and a search from the shipped values."""
    from debtcycle.machine.acceptance import Laboratory, run_tests
    from debtcycle.machine.calibration import UNFITTED, fit, measure, sensitivities

    session = session_of(context)
    check_out(out)
    try:
        measured = measure(paths=paths, seed=seed)
        slopes = sensitivities(progress=_Clock(session, "acceptance.slopes"))
        found = fit(progress=_Clock(session, "acceptance.searching"))
        fitted = measure(found.after, paths=paths, seed=seed)
        shipped, searched = (
            run_tests(Laboratory(paths=paths, seed=seed, parameters=values))
            for values in ({}, found.after)
        )
    finally:
        progress_end()
    if form == "json":
        made = {
            "seed": seed,
            "paths": paths,
            "targets": written.targets_json(measured),
            "targets_of_search": written.targets_json(fitted),
            "tests_failed": _failed_json(shipped),
            "tests_failed_of_search": _failed_json(searched),
            "elasticities": [
                {
                    "moment": s.moment,
                    "parameter": s.parameter,
                    "value": written.number(s.elasticity),
                }
                for s in slopes
            ],
            "search": {
                "before": dict(found.before),
                "after": dict(found.after),
                "loss_before": found.loss_before,
                "all_before": found.all_before,
                "all_after": found.all_after,
                "not_searched_for": list(UNFITTED),
                "loss_after": found.loss_after,
                "evaluations": found.evaluations,
                "on_bound": list(found.on_bound),
            },
        }
        emit(session, json.dumps(made, ensure_ascii=False, allow_nan=False, indent=1) + "\n", out)
        return
    texts = session.texts
    lines = [*written.targets_text(texts, measured), ""]
    lines += [*written.sensitivity_text(texts, slopes), "", *written.fit_text(texts, found), ""]
    lines += [*written.targets_text(texts, fitted)[1:], ""]
    lines += written.traded_text(texts, shipped, searched, paths)
    emit(session, "\n".join(lines) + "\n", out)
