"""``debtcycle bubbles``: explosive roots in one column of anyone's CSV file."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from debtcycle.cli.output import check_out, emit, progress, progress_end
from debtcycle.cli.session import Session, session_of
from debtcycle.cli.words import WordedCommand, option, output_options, shared
from debtcycle.errors import ConfigError

if TYPE_CHECKING:
    from debtcycle.bubbles import CriticalValues, Episode, SupADF
    from debtcycle.bubbles.critical import Definition, Statistic

__all__ = ["command"]

_WILD_REPLICATIONS = 999
_STATISTICS: tuple[Statistic, ...] = ("adf", "sadf", "gsadf")


def _lag(text: str) -> int | str:
    """A number of lags, or the name of a criterion."""
    return int(text) if text.strip().lstrip("+-").isdecimal() else text.strip().lower()


def _critical(
    session: Session, test: SupADF, kind: str, replications: int | None, seed: int
) -> CriticalValues:
    """Critical values of the kind that was asked for, with progress on a terminal."""
    from debtcycle.bubbles import wild_bootstrap

    text = session.texts("bubbles.computing")

    def tell(done: float) -> None:
        progress(f"{text} {done:.0%}")

    try:
        if kind == "wild":
            count = replications or _WILD_REPLICATIONS
            return wild_bootstrap(test, replications=count, seed=seed, progress=tell)
        return test.critical_values(replications=replications, progress=tell)
    finally:
        progress_end()


def _numbers(values: Any) -> list[float | None]:
    """Numbers, with null for what is not one."""
    return [value if math.isfinite(value) else None for value in values.tolist()]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _label(test: SupADF, place: int) -> str | int:
    """Date of an observation, or its number, counted from 1."""
    dates = test.series.dates
    return place + 1 if dates is None else dates[place]


def _critical_json(
    test: SupADF, critical: CriticalValues, definition: Definition, level: int
) -> dict[str, Any]:
    """Critical values of the sample, and the sequence that dating compared with."""
    from debtcycle.bubbles import LEVELS

    return {
        **{name: {str(one): critical.value(name, one) for one in LEVELS} for name in _STATISTICS},
        "definition": definition,
        "level": level,
        "sequence": _numbers(test.sequence(critical, level=level, definition=definition)),
        "method": critical.method,
        "source": critical.source,
        "replications": critical.replications,
        "lag": critical.lag,
        "rule": critical.rule,
    }


def _episode_json(test: SupADF, one: Episode) -> dict[str, Any]:
    return {
        "start": _label(test, one.start),
        "end": _label(test, one.end),
        "peak": _label(test, one.peak),
        "direction": one.direction,
        "duration": one.duration,
        "statistic": _number(one.statistic),
        "ongoing": one.ongoing,
    }


def _as_json(
    test: SupADF,
    critical: CriticalValues,
    definition: Definition,
    level: int,
    min_duration: int | None,
) -> str:
    """The contract of the command, with what a reader needs to check it."""
    found = test.episodes(critical, level=level, definition=definition, min_duration=min_duration)
    values = {name: getattr(test, name) for name in _STATISTICS}
    content: dict[str, Any] = {
        "series": test.series.name,
        "n": test.n,
        "lag": test.lag,
        "rule": test.rule,
        "window": test.window,
        **{name: _number(value) for name, value in values.items()},
        "p_value": {n: _number(critical.p_value(n, value)) for n, value in values.items()},
        "least_p_value": critical.least_p,
        "dates": None if test.series.dates is None else list(test.series.dates),
        "dated_by": "observation" if test.series.dates is None else "date",
        "badf": _numbers(test.badf),
        "bsadf": _numbers(test.bsadf),
        "flags": test.flags.tolist(),
        "critical": _critical_json(test, critical, definition, level),
        "episodes": [_episode_json(test, one) for one in found],
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)


@click.command("bubbles", cls=WordedCommand, help="help.bubbles")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@option("--column", metavar="NAME", required=True, help="opt.bubbles_column")
@option("--lag", metavar="K", default="0", help="opt.bubbles_lag")
@option("--window", type=int, metavar="OBS", help="opt.bubbles_window")
@option(
    "--critical",
    type=click.Choice(["bsadf", "running-max", "wild"]),
    default="bsadf",
    help="opt.bubbles_critical",
)
@option("--level", type=click.Choice(["90", "95", "99"]), default="95", help="opt.bubbles_level")
@option("--min-duration", type=int, metavar="OBS", help="opt.bubbles_duration")
@option("--replications", type=click.IntRange(min=1), help="opt.bubbles_replications")
@option("--seed", type=click.IntRange(min=0), default=0, help="opt.bubbles_seed")
@output_options("text", "json")
@shared()
@click.pass_context
def command(
    context: click.Context,
    file: Path,
    column: str,
    lag: str,
    window: int | None,
    critical: str,
    level: str,
    min_duration: int | None,
    replications: int | None,
    seed: int,
    form: str,
    out: Path | None,
) -> None:
    """Test a column, date its episodes, write both."""
    from debtcycle.bubbles import read_series, sup_adf
    from debtcycle.bubbles.summary import table

    session = session_of(context)
    check_out(out)
    if min_duration is not None and min_duration < 1:
        raise ConfigError("bubbles.count", name="--min-duration", value=min_duration)
    test = sup_adf(read_series(file, column), _lag(lag), window)
    found = _critical(session, test, critical, replications, seed)
    definition: Definition = "running-max" if critical == "running-max" else "bsadf"
    settings = (test, found, definition, int(level), min_duration)
    if form == "json":
        text = _as_json(*settings)
    else:
        text = table(test, found, int(level), definition, min_duration, session.texts)
    emit(session, text, out)
