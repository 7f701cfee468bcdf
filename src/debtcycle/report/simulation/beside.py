"""Two scenarios side by side: the same machine, two starting points."""

from __future__ import annotations

import math

from debtcycle.machine.opening.model import Fact, Kind
from debtcycle.machine.phases import DOING, PHASES
from debtcycle.machine.study import Study
from debtcycle.machine.window import POP
from debtcycle.report.document import Block, Bullets, Document, Para, Section, Table
from debtcycle.report.format import figure
from debtcycle.report.simulation.answer import run_line
from debtcycle.report.simulation.leaving import leaving, loosens
from debtcycle.report.simulation.limits import failures, limits
from debtcycle.report.simulation.reading import (
    HEADLINE,
    HORIZONS,
    MISSING,
    fan,
    farthest,
    median,
    named,
    number,
    one_of,
    title_of,
    when,
)
from debtcycle.report.simulation.stages import entered_sentence, hazard_sentence, meanings, share
from debtcycle.report.simulation.start import (
    LEADING,
    explained,
    fact_name,
    kind_of,
    latest_figures,
)
from debtcycle.report.words import Words

__all__ = [
    "EXPECTED",
    "asked_phases",
    "build_beside",
    "doubtful",
    "is_essay",
    "labels",
    "output_mean",
    "same_programme",
    "same_start",
]

_MARKS = ("A", "B")
_PEAK_QUARTERS = 20  # within which peaks are looked for
# What the essay expects of a bubble against a depression, written down before it was computed.
EXPECTED = {
    "inflation": ("least", 1.5),
    "output": ("most", 0.6),
    "growth": ("more", 1.0),
    "popped": ("added", DOING),
}
# Facts that decide how far two starts lie apart, and the width of a range that may move that.
_DECIDING = {"output_gap_pct": 0.5, "net_worth_index": 0.1}
_ESSAY = ("qe-into-bubble", "qe-into-depression")
_OUTPUT_QUARTERS = 12  # over which the effect on output is averaged
_HORIZONS = tuple(quarter for quarter in HORIZONS if quarter >= 4)


def same_programme(one: Study, other: Study) -> bool:
    """Whether both do the same in both runs, with the same parameters."""
    a, b = one.scenario, other.scenario
    return (a.with_, a.without, a.parameters) == (b.with_, b.without, b.parameters)


def same_start(one: Study, other: Study) -> bool:
    """Whether both start from what was known on one date."""
    return one.opening.as_of == other.opening.as_of


def labels(one: Study, other: Study) -> tuple[str, str]:
    """Short names of both: a letter with the date, or with the name where the dates agree."""
    days = one.opening.as_of.isoformat(), other.opening.as_of.isoformat()
    names = days if days[0] != days[1] else (one.scenario.name, other.scenario.name)
    return f"{_MARKS[0]} {names[0]}", f"{_MARKS[1]} {names[1]}"


def is_essay(one: Study, other: Study) -> bool:
    """Whether these are the essay's two cases, the bubble first."""
    names = (one.scenario.name, other.scenario.name)
    return names == _ESSAY and same_programme(one, other)


def output_mean(study: Study) -> float:
    """Mean difference of the output gap over the first three years, percent."""
    means = fan(study, "output_gap", "difference").mean[1 : _OUTPUT_QUARTERS + 1]
    return float(means.mean()) if len(means) else math.nan


def _ratio(words: Words, one: float, other: float) -> str:
    """How many times the first is of the second; unsaid where the second is next to nothing."""
    if not (math.isfinite(one) and math.isfinite(other)) or abs(other) < 0.005 or one * other < 0:
        return MISSING
    times = abs(one / other)  # of one sign, and nought has none
    return words("sim.times", n=f"{times:.2f}" if times < 10.0 else f"{times:.0f}")


def _lead(words: Words, one: Study, other: Study) -> str:
    peaks = [farthest(study, "inflation", within=_PEAK_QUARTERS) for study in (one, other)]
    key = "sim.beside.lead" if same_programme(one, other) else "sim.beside.lead_two"
    a, b = labels(one, other)
    return words(
        key,
        one=a,
        other=b,
        inflation=one_of(words, one, "inflation", peaks[0][1]),
        inflation_other=one_of(words, other, "inflation", peaks[1][1]),
        output=one_of(words, one, "output_gap", output_mean(one)),
        output_other=one_of(words, other, "output_gap", output_mean(other)),
    )


def _agrees(rule: tuple[str, float], one: float, other: float) -> bool:
    kind, bound = rule
    if kind == "added":
        return one - other >= bound
    return one <= bound * other if kind == "most" else one > bound * other


def _expected(words: Words, rule: tuple[str, float], one: float, other: float) -> tuple[str, str]:
    """What is expected of the first against the second, and whether it came out so."""
    kind, bound = rule
    agrees = words("sim.sign.agrees" if _agrees(rule, one, other) else "sim.sign.differs")
    n = f"{100 * bound:g}" if kind == "added" else f"{bound:g}"
    return words(f"sim.expected.{kind}", n=n), agrees


def _popped(study: Study) -> tuple[float, float]:
    """Part of the paths with a fall in the first years, with the programme and without."""
    windows = study.outcome.window, study.outcome.window_without
    found = [window.early_popped / max(window.paths, 1) for window in windows]
    return found[0], found[1]


def _added(words: Words, with_: float, without: float) -> str:
    """What the programme adds to a part of the paths, with both parts."""
    more = figure(100.0 * (with_ - without), 1, plus=True)
    return words("sim.beside.added", more=more, with_=share(with_), without=share(without))


def _essay(words: Words, one: Study, other: Study) -> Table:
    """The essay's contrast in four figures, with the ratio of the two, and what it expects."""
    pair = (one, other)
    peaks, rises = (
        [farthest(study, name, within=_PEAK_QUARTERS) for study in pair]
        for name in ("inflation", "growth_equity_nominal")
    )
    outputs = [output_mean(study) for study in pair]
    popped = [_popped(study) for study in pair]

    def peak(name: str, found: list[tuple[int, float]]) -> list[str]:
        return [
            words("sim.peak", value=one_of(words, study, name, value), when=when(words, quarter))
            for study, (quarter, value) in zip(pair, found, strict=True)
        ]

    shown = [
        ("inflation", [v for _, v in peaks], peak("inflation", peaks)),
        ("output", outputs,
         [one_of(words, s, "output_gap", v) for s, v in zip(pair, outputs, strict=True)]),
        ("growth", [v for _, v in rises], peak("growth_equity_nominal", rises)),
        ("popped", [a - b for a, b in popped], [_added(words, *parts) for parts in popped]),
    ]  # fmt: skip
    contrast = is_essay(one, other)
    rows = tuple(
        (
            words(f"sim.beside.{key}", fall=f"{POP:.0%}"),
            *cells,
            _ratio(words, *values),
            *(_expected(words, EXPECTED[key], *values) if contrast else ()),
        )
        for key, values, cells in shown
    )
    more = (words("sim.col.expected"), words("sim.col.verdict")) if contrast else ()
    head = (words("sim.col.figure"), *labels(one, other), words("sim.col.ratio"), *more)
    title = words("sim.table.essay" if contrast else "sim.table.contrast")
    return Table(head, rows, frozenset({1, 2, 3}), title)


def _leading(*studies: Study) -> tuple[Fact, ...]:
    """What starting points are compared by, of all of them."""
    return tuple(study.opening.fact(name) for study in studies for name in LEADING)


def doubtful(study: Study) -> tuple[Fact, ...]:
    """Facts that the contrast rests on and that could as well lie elsewhere."""
    found = []
    for name, wide in _DECIDING.items():
        fact = study.opening.fact(name)
        if fact.kind not in (Kind.ASSUMED, Kind.SUBSTITUTE) or None in (fact.low, fact.high):
            continue
        if float(fact.high or 0.0) - float(fact.low or 0.0) >= wide:
            found.append(fact)
    return tuple(found)


def _doubts(words: Words, one: Study, other: Study) -> tuple[Block, ...]:
    """One line a fact: value, range and why, of either start; none where both start alike."""
    if same_start(one, other):
        return ()
    said = words("sim.beside.doubts" if is_essay(one, other) else "sim.beside.doubts_plain")
    lines = tuple(
        words(
            "sim.beside.doubt",
            start=label, name=fact_name(words, fact), value=words.value(fact.value, fact.unit),
            low=words.value(float(fact.low or 0.0), fact.unit),
            high=words.value(float(fact.high or 0.0), fact.unit), text=explained(words, fact),
        )
        for label, study in zip(labels(one, other), (one, other), strict=True)
        for fact in doubtful(study)
    )  # fmt: skip
    return (Para(said, "warn"), Bullets(lines)) if lines else ()


def _facts(words: Words, one: Study, other: Study) -> Table:
    """What either started from; in one column where both started alike."""
    alike = same_start(one, other)
    rows = []
    for name in LEADING:
        facts = [study.opening.fact(name) for study in ((one,) if alike else (one, other))]
        cells = [
            words("sim.marked", value=words.value(fact.value, fact.unit),
                  kind=kind_of(words, fact))
            for fact in facts
        ]  # fmt: skip
        rows.append((fact_name(words, facts[0]), *cells))
    names = (one.opening.as_of.isoformat(),) if alike else labels(one, other)
    title = words("sim.table.start_both" if alike else "sim.table.starts")
    head = (words("sim.col.fact"), *names)
    return Table(head, tuple(rows), frozenset(range(1, len(head))), title)


def _quarters(one: Study, other: Study) -> tuple[int, ...]:
    last = min(one.outcome.quarters, other.outcome.quarters)
    return tuple(quarter for quarter in _HORIZONS if quarter <= last) or (last,)


def _differences(words: Words, one: Study, other: Study) -> Table:
    quarters = _quarters(one, other)
    head = (
        words("sim.col.figure"),
        *(
            words("sim.col.of", when=when(words, quarter), name=mark)
            for quarter in quarters
            for mark in _MARKS
        ),
    )
    rows = tuple(
        (
            title_of(words, one, name, difference=True),
            *(
                number(study, name, median(study, name, "difference", quarter), plus=True)
                for quarter in quarters
                for study in (one, other)
            ),
        )
        for name in HEADLINE
    )
    return Table(head, rows, frozenset(range(1, len(head))), words("sim.table.beside"))


def asked_phases(*studies: Study) -> tuple[str, ...]:
    """Phases that a page of these studies speaks of: the fourth alone where nothing eases."""
    return PHASES if any(loosens(study) for study in studies) else PHASES[-1:]


def _shares(words: Words, one: Study, other: Study) -> Table:
    asked = asked_phases(one, other)
    head = (
        words("sim.col.phase"),
        *(
            words("sim.col.of", when=when(words, quarter), name=mark)
            for quarter in _quarters(one, other)
            for mark in _MARKS
        ),
    )
    rows = tuple(
        (
            words(f"sim.phase.{phase}"),
            *(
                share(float(study.outcome.phases[quarter, place]))
                if phase == "P4" or loosens(study)
                else MISSING
                for quarter in _quarters(one, other)
                for study in (one, other)
            ),
        )
        for place, phase in enumerate(PHASES)
        if phase in asked
    )
    without = (
        words("sim.phase.P4_without"),
        *(
            share(float(study.outcome.bursts[quarter, 0]))
            for quarter in _quarters(one, other)
            for study in (one, other)
        ),
    )
    rows = (*rows, without)
    return Table(head, rows, frozenset(range(1, len(head))), words("sim.table.phases"))


def _named(words: Words, study: Study, text: str) -> str:
    return words("sim.beside.item", name=named(words, study), text=text)


def _first(words: Words, one: Study, other: Study) -> Section:
    """The first screen: lead, the essay's contrast, and the differences."""
    if same_programme(one, other):
        same, title = "sim.beside.same", "sim.beside.section"
    elif same_start(one, other):
        same, title = "sim.beside.differ_one_start", "sim.beside.section_one_start"
    else:
        same, title = "sim.beside.differ", "sim.beside.section_two"
    one_label, other_label = labels(one, other)
    keys = words("sim.beside.keys", one=one_label, name=named(words, one),
                 other=other_label, name_other=named(words, other))  # fmt: skip
    blocks = (
        Para(_lead(words, one, other), "lead"),
        Para(keys, "dim"),
        Para(words(same)),
        _essay(words, one, other),
        *_doubts(words, one, other),
        *((Para(words("sim.beside.honest"), "dim"),) if is_essay(one, other) else ()),
        _differences(words, one, other),
        Para(words("sim.pairs"), "dim"),
        Para(words("sim.no_advice"), "dim"),
    )
    return Section("answer", words(title), blocks)


def build_beside(one: Study, other: Study, words: Words) -> Document:
    """Two studies in one document.

    Parameters
    ----------
    one, other : Study
        Of two scenarios, or of one scenario from two dates.
    """
    a, b = (study.opening.as_of.isoformat() for study in (one, other))
    title = words("sim.beside.title", one=named(words, one), date=a,
                  other=named(words, other), date_other=b)  # fmt: skip
    pair = (one, other)
    sections = (
        _first(words, one, other),
        Section("start", words("sim.section.start" if same_start(one, other)
                               else "sim.section.starts"),
                (_facts(words, one, other), *latest_figures(words, _leading(one, other)),
                 Para(words("sim.beside.starts")))),
        Section("phases", words("sim.section.phases"), (
            Bullets(tuple(_named(words, s, entered_sentence(words, s)) for s in pair)),
            _shares(words, one, other),
            meanings(words, [name for name in asked_phases(*pair) if name != PHASES[0]]),
        )),
        Section("window", words("sim.section.window"), (
            Bullets(tuple(_named(words, s, hazard_sentence(words, s)) for s in pair)),
            *(
                block for s in pair
                for block in (Para(words("sim.claim.of", name=named(words, s))), leaving(words, s))
            ),
            Para(words("sim.window.not"), "warn"),
        )),
        Section("accounts", words("sim.section.accounts"), (
            Bullets(tuple(_named(words, s, run_line(words, s)) for s in pair)),
            *(block for s in pair for block in failures(words, s)),
        )),
        limits(words, one, other),
    )  # fmt: skip
    return Document(words.lang, title, sections)
