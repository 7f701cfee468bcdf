"""The first screen: what happened, in sentences, and one table of differences."""

from __future__ import annotations

import math

from debtcycle.machine.study import Study
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.format import figure
from debtcycle.report.simulation.notes import notes
from debtcycle.report.simulation.reading import (
    HEADLINE,
    MISSING,
    begins,
    fan,
    farthest,
    horizons,
    median,
    name_of,
    named,
    number,
    one_of,
    spread,
    title_of,
    when,
)
from debtcycle.report.simulation.stages import entered_sentence, hazard_sentence
from debtcycle.report.words import Words

__all__ = ["answer", "difference_table", "run_line"]

_A_YEAR, _THREE_YEARS = 4, 12
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MANY_FAILED = 0.01  # of the paths: beyond it the first screen says so


def _changes(words: Words, study: Study, figures: tuple[str, ...], quarter: int) -> str:
    """Median differences as a list within a sentence."""
    return words.listed(
        words(
            "sim.change",
            name=name_of(words, name),
            change=one_of(words, study, name, median(study, name, "difference", quarter)),
        )
        for name in figures
    )


def _looked_at(study: Study) -> tuple[int, int]:
    """The ends of one and of three years from the quarter in which the two runs part."""
    before, last = begins(study) - 1, study.outcome.quarters
    return min(before + _A_YEAR, last), min(before + _THREE_YEARS, last)


def _lead(words: Words, study: Study) -> str:
    quarter, _ = _looked_at(study)
    peak, most = farthest(study, "inflation")
    figures = ("real_yield_10y", "growth_equity_nominal", "gold_nominal")
    said = {"when": when(words, quarter), "changes": _changes(words, study, figures, quarter)}
    if most == 0.0:
        return words("sim.lead_same", **said)
    return words(
        "sim.lead",
        **said,
        inflation=one_of(words, study, "inflation", most),
        peak=when(words, peak),
    )


def _nominal_and_real(words: Words, study: Study) -> str:
    quarter = horizons(study)[-1]
    parts = []
    for asset in ("growth_equity", "bonds", "gold"):
        nominal, real = (
            median(study, f"{asset}_{kind}", "with", quarter) - 100.0
            for kind in ("nominal", "real")
        )
        parts.append(
            words("sim.nominal_real", name=name_of(words, asset),
                  nominal=_percent(nominal), real=_percent(real))
        )  # fmt: skip
    return words(
        "sim.answer.real",
        when=when(words, quarter),
        list=words("list.semicolon").join(parts),
        eroded=_eroded(words, study, quarter),
    )


def _part(ratio: float) -> str:
    """A ratio as a percentage."""
    return f"{figure(100.0 * ratio, 0)}%" if math.isfinite(ratio) else MISSING


def _percent(value: float) -> str:
    return f"{figure(value, 0, plus=True)}%" if math.isfinite(value) else MISSING


def _eroded(words: Words, study: Study, quarter: int) -> str:
    """Growth equity against the run without, nominal and after inflation."""
    nominal, real = (
        median(study, f"growth_equity_{kind}", "difference", quarter)
        for kind in ("nominal", "real")
    )
    return words(
        "sim.answer.eroded",
        nominal=one_of(words, study, "growth_equity_nominal", nominal),
        real=one_of(words, study, "growth_equity_real", real),
    )


def _prices(words: Words, study: Study, year: int, three: int) -> str:
    """Prices at the end of a year and of three; once where the run is no longer than a year."""
    figures = ("growth_equity_nominal", "real_asset_equity_nominal", "bonds_nominal",
               "tips_nominal", "gold_nominal")  # fmt: skip
    changes = _changes(words, study, figures, year)
    if three == year:
        return words("sim.answer.prices_once", when=when(words, year), changes=changes)
    return words("sim.answer.prices", when=when(words, year), changes=changes,
                 later=when(words, three),
                 changes_later=_changes(words, study, figures, three))  # fmt: skip


def _output(words: Words, study: Study, three: int) -> str:
    """Output over three years and at its farthest; that it is the same where it never differs."""
    far, most = farthest(study, "output_gap")
    if most == 0.0:
        return words("sim.answer.output_same")
    mean = fan(study, "output_gap", "difference").mean[1 : three + 1].mean()
    return words(
        "sim.answer.output", output=one_of(words, study, "output_gap", float(mean)),
        span=when(words, three), most=one_of(words, study, "output_gap", most),
        when=when(words, far),
    )  # fmt: skip


def _sentences(words: Words, study: Study) -> tuple[str, ...]:
    year, three = _looked_at(study)
    return (
        words("sim.answer.yields", when=when(words, year), changes=_changes(
            words, study, ("real_yield_10y", "nominal_yield_10y", "term_premium",
                           "credit_premium", "credit_spread", "equity_premium_growth"), year)),
        _prices(words, study, year, three),
        _output(words, study, three),
        _nominal_and_real(words, study),
        words("sim.answer.money", when=when(words, year),
              with_=_part(median(study, "monetisation", "with", year)),
              without=_part(median(study, "monetisation", "without", year)),
              gap=one_of(words, study, "wealth_gap",
                         median(study, "wealth_gap", "difference", year))),
        entered_sentence(words, study),
        hazard_sentence(words, study),
    )  # fmt: skip


def difference_table(words: Words, study: Study) -> Table:
    """Median differences with their ranges at the horizons."""
    quarters = horizons(study)
    head = (words("sim.col.figure"), *(when(words, quarter) for quarter in quarters))
    rows: list[tuple[str, ...]] = []
    for name in HEADLINE:
        medians = (median(study, name, "difference", quarter) for quarter in quarters)
        cells = (number(study, name, value, plus=True) for value in medians)
        rows.append((title_of(words, study, name, difference=True), *cells))
        ranges = (spread(words, study, name, "difference", quarter) for quarter in quarters)
        rows.append((f"  {words('sim.row.range')}", *ranges))
    right = frozenset(range(1, len(head)))
    return Table(head, tuple(rows), right, words("sim.table.difference"))


def run_line(words: Words, study: Study) -> str:
    """Paths, seed, accounts: what another needs to get the same bytes."""
    outcome = study.outcome
    return words(
        "sim.run",
        paths=f"{outcome.paths:,}",
        seed=outcome.seed,
        quarters=outcome.quarters,
        failed=f"{outcome.failed:,}",
        worst=_small(outcome.worst_account),
    )


def _small(value: float) -> str:
    """A very small number as a power of ten."""
    if not value:
        return "0"
    digits, _, power = f"{value:.1e}".partition("e")
    return f"{digits}×10{str(int(power)).translate(_RAISED)}"


def _failed(words: Words, study: Study) -> tuple[Para, ...]:
    """A warning where so many paths are missing that the others are no fair sample."""
    outcome = study.outcome
    if outcome.failed <= _MANY_FAILED * outcome.paths:
        return ()
    text = words("sim.failed", failed=f"{outcome.failed:,}", paths=f"{outcome.paths:,}")
    return (Para(text, "warn"),)


def answer(words: Words, study: Study) -> Section:
    """Lead, sentences, the table of differences, and how it was run."""
    text = study.scenario.text.get(words.lang) or study.scenario.text.get("en", "")
    text = " ".join(text.replace("`", "").split())  # marks of the file, not of the page
    blocks: list[Block] = [
        Para(_lead(words, study), "lead"),
        *_failed(words, study),
        *([Para(text)] if text else []),
        *notes(words, study),
        Bullets(_sentences(words, study)),
        difference_table(words, study),
        Para(words("sim.pairs"), "dim"),
        Para(run_line(words, study), "dim"),
        Para(words("sim.no_advice"), "dim"),
    ]
    title = words("sim.answer", name=named(words, study))
    return Section("answer", title, tuple(blocks))
