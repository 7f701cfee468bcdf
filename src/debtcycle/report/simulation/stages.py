"""Phases as they are entered, and the window as hazard and regret: never a date."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from debtcycle.machine.phases import (
    DOING,
    FALL,
    INFLATION_PP,
    MEMORY,
    NOUGHT,
    OVERSHOOT_PP,
    PHASES,
    TIGHT_PP,
)
from debtcycle.machine.study import Study
from debtcycle.machine.window import AHEAD, POP, RISE, RULES, UNSEEN, Interval, Window
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.simulation.leaving import leaving, loosens
from debtcycle.report.simulation.reading import (
    MISSING,
    median,
    number,
    share,
    shortfall,
    title_of,
    when,
)
from debtcycle.report.words import Words

__all__ = ["SIGNS", "Compared", "compared", "entered_sentence", "hazard_sentence", "meanings",
           "phases", "share", "window"]  # fmt: skip

_SHOWN = (0, 1, 2, 4, 6, 8, 12, 16, 20, 24, 28, 32, 36, 40)
# The essay's signs against the run without: rising, falling, or next to nothing. Where it says
# "nought or more" both are allowed. The fourth phase is not here: it changes sign within itself.
# The essay's spreads are those of yields, over Treasuries; the premium over the policy rate is
# another thing and may go the other way.
SIGNS = {
    "P1": (
        ("real_yield_10y", "-"), ("nominal_yield_10y", "-"), ("credit_spread", "-"),
        ("growth_equity_nominal", "+"), ("bonds_nominal", "+"), ("tips_nominal", "+"),
        ("gold_nominal", "+"), ("real_asset_equity_nominal", "+"), ("inflation", "0"),
    ),
    "P2": (
        ("real_yield_10y", "-"), ("nominal_yield_10y", "0+"), ("credit_spread", "-"),
        ("growth_equity_nominal", "+"), ("bonds_real", "-"), ("tips_nominal", "+"),
        ("gold_nominal", "+"), ("real_asset_equity_nominal", "+"), ("inflation", "+"),
    ),
    "P3": (
        ("real_yield_10y", "0+"), ("nominal_yield_10y", "+"), ("credit_spread", "+"),
        ("growth_equity_nominal", "-"), ("bonds_nominal", "-"), ("tips_nominal", "0"),
        ("gold_nominal", "+"), ("real_asset_equity_nominal", "+"), ("inflation", "+"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """A sign of the essay beside what was found.

    Attributes
    ----------
    expected : {"-", "0", "+", "0+"}
    value : float
        Median difference in that quarter.
    agrees : bool
    """

    phase: str
    quarter: int
    figure: str
    expected: str
    value: float
    agrees: bool


def _agrees(expected: str, value: float, nought: float) -> bool:
    found = "0" if abs(value) < nought else "+" if value > 0 else "-"
    return found in expected


def compared(study: Study) -> tuple[Compared, ...]:
    """The essay's signs for each phase that was entered, in the middle of its first stretch.

    None where nothing eases: the phases are those of an easing.
    """
    if not loosens(study):
        return ()
    shares = study.outcome.phases
    leading = shares.argmax(axis=1)
    found = []
    for start, phase in study.outcome.entered:
        if phase not in SIGNS:
            continue
        end = start
        while end + 1 < len(leading) and leading[end + 1] == leading[start]:
            end += 1
        quarter = (start + end) // 2
        for name, expected in SIGNS[phase]:
            value = median(study, name, "difference", quarter)
            nought = NOUGHT[study.outcome.units[name]]
            agrees = math.isfinite(value) and _agrees(expected, value, nought)
            found.append(Compared(phase, quarter, name, expected, value, agrees))
    return tuple(found)


def _phase(words: Words, name: str) -> str:
    return words(f"sim.phase.{name}")


def meanings(words: Words, names: Sequence[str] = PHASES[1:]) -> Bullets:
    """The conditions of phases, with their thresholds."""
    thresholds = {
        "inflation": f"{INFLATION_PP:g}",
        "overshoot": f"{OVERSHOOT_PP:g}",
        "fall": f"{FALL:.0%}",
        "tight": f"{TIGHT_PP:g}",
        "memory": MEMORY,
        "rate": f"{NOUGHT['pct_year']:g}",
        "price": f"{NOUGHT['index']:g}",
        "doing": f"{DOING:.0%}",
    }
    return Bullets(tuple(words(f"sim.phase.{name}.means", **thresholds) for name in names))


def entered_sentence(words: Words, study: Study) -> str:
    """Which phases become the commonest, and when; which never do."""
    if not loosens(study):
        return _not_asked(words, study)
    entered = study.outcome.entered
    if not entered:
        return words("sim.phases.none")
    parts = [
        words(
            "sim.phases.entry",
            phase=_phase(words, name),
            when=when(words, quarter),
            share=share(float(study.outcome.phases[quarter, PHASES.index(name)])),
        )
        for quarter, name in entered
    ]
    listed = words("list.semicolon").join(parts)
    if "P4" in {phase for _, phase in entered}:
        listed = _without(words, study, listed)
    absent = [name for name in PHASES[1:] if name not in {phase for _, phase in entered}]
    if not absent:
        return words("sim.phases.all", list=listed)
    most = words("list.semicolon").join(_most(words, study, name) for name in absent)
    return words("sim.phases.some", list=listed, absent=most)


def _not_asked(words: Words, study: Study) -> str:
    """That the phases are those of an easing, with the one that is a state of any economy."""
    place = PHASES.index("P4")
    quarter = int(study.outcome.phases[:, place].argmax())
    if not study.outcome.phases[quarter, place] > 0:
        return words("sim.phases.unasked_never")
    without, both = study.outcome.bursts[quarter]
    return words(
        "sim.phases.unasked", when=when(words, quarter),
        with_=share(float(study.outcome.phases[quarter, place])),
        without=share(float(without)), both=share(float(both)),
    )  # fmt: skip


def _without(words: Words, study: Study, listed: str) -> str:
    """How often the fourth phase's condition holds without the programme, added to a list."""
    place = PHASES.index("P4")
    quarter = int(study.outcome.phases[:, place].argmax())
    without, both = study.outcome.bursts[quarter]
    return words(
        "sim.phases.without",
        list=listed,
        when=when(words, quarter),
        with_=share(float(study.outcome.phases[quarter, place])),
        without=share(float(without)),
        both=share(float(both)),
    )


def _most(words: Words, study: Study, name: str) -> str:
    shares = study.outcome.phases[:, PHASES.index(name)]
    quarter = int(shares.argmax())
    if not shares[quarter] > 0:
        return words("sim.phases.never", phase=_phase(words, name))
    said = {"phase": _phase(words, name), "share": share(float(shares[quarter]))}
    if name == "P4":
        without = share(float(study.outcome.bursts[quarter, 0]))
        return words("sim.phases.most_P4", **said, when=when(words, quarter), without=without)
    return words("sim.phases.most", **said, when=when(words, quarter))


def _widens(study: Study) -> bool:
    """Whether a spread that the essay has narrowing comes out wider while the premium falls."""
    return any(
        item.figure == "credit_spread" and item.expected == "-" and item.value > 0.0
        and median(study, "credit_premium", "difference", item.quarter) < 0.0
        and median(study, "nominal_yield_10y", "difference", item.quarter) < 0.0
        for item in compared(study)
    )  # fmt: skip


def _signs_table(words: Words, study: Study) -> tuple[Block, ...]:
    rows = tuple(
        (
            words("sim.at", phase=item.phase, when=when(words, item.quarter)),
            title_of(words, study, item.figure, difference=True),
            words(f"sim.sign.{item.expected}"),
            number(study, item.figure, item.value, plus=True),
            words("sim.sign.agrees" if item.agrees else "sim.sign.differs"),
        )
        for item in compared(study)
    )
    if not rows:
        return ()
    agreed = sum(item.agrees for item in compared(study))
    head = tuple(words(f"sim.col.{c}") for c in ("phase", "figure", "essay", "found", "verdict"))
    return (
        Para(
            words(
                "sim.signs",
                agreed=agreed,
                total=len(rows),
                rate=f"{NOUGHT['pct_year']:g}",
                price=f"{NOUGHT['index']:g}",
            )
        ),
        Table(head, rows, frozenset({3}), words("sim.table.signs")),
        *((Para(words("sim.signs.spread"), "dim"),) if _widens(study) else ()),
    )


def phases(words: Words, study: Study) -> Section:
    """What the phases are, the part of the paths in each, and the essay's signs beside them."""
    shares = study.outcome.phases
    quarters = [quarter for quarter in _SHOWN if quarter < len(shares)]
    asked = loosens(study)
    told = PHASES if asked else ("P4",)
    head = (
        words("sim.col.when"), *(_phase(words, name) for name in told),
        words("sim.phase.P4_without"),
    )  # fmt: skip
    rows = tuple(
        (
            words("sim.start") if not quarter else when(words, quarter),
            *(share(float(shares[quarter, PHASES.index(name)])) for name in told),
            share(float(study.outcome.bursts[quarter, 0])),
        )
        for quarter in quarters
    )
    blocks: list[Block] = [
        Para(entered_sentence(words, study)),
        meanings(words, told[1:] if asked else told),
        *((Para(words("sim.phases.both"), "dim"),) if asked else ()),
        Table(head, rows, frozenset(range(1, len(head))), words("sim.table.phases")),
        *_signs_table(words, study),
    ]
    return Section("phases", words("sim.section.phases"), tuple(blocks))


def _interval(words: Words, found: Interval | None, *, cell: bool = False) -> str:
    if found is None:
        return MISSING
    key = "sim.cells" if cell else "sim.range"
    return words(key, low=share(found.low), high=share(found.high))


def hazard_sentence(words: Words, study: Study) -> str:
    """Hazard at the start and at its highest, with the part of the paths that pop at all."""
    found = study.outcome.window
    known = [(item.value, -n) for n, item in enumerate(found.hazard) if item is not None]
    if not known:
        return words("sim.window.unknown")
    most, at = max(known)
    quarter = -at
    first, highest = found.hazard[0], found.hazard[quarter]
    said = {
        "fall": f"{POP:.0%}",
        "ahead": AHEAD,
        "now": MISSING if first is None else share(first.value),
        "now_range": _interval(words, first),
        "popped": _popped(found),
        "without": _popped(study.outcome.window_without),
    }
    if not quarter:
        return words("sim.window.said_first", **said)
    return words(
        "sim.window.said",
        **said,
        most=share(most),
        most_range=_interval(words, highest),
        when=words("sim.after", when=when(words, quarter)),
    )


def _popped(found: Window) -> str:
    """Part of the paths with such a fall."""
    return share(found.popped / found.paths) if found.paths else MISSING


def window(words: Words, study: Study) -> Section:
    """Hazard by quarter and regret by rule, each with its interval."""
    found, other = study.outcome.window, study.outcome.window_without
    hazard = tuple(
        (
            words("sim.start") if not quarter else when(words, quarter),
            *(
                text
                for item in (one.hazard[quarter] for one in (found, other))
                for text in (
                    MISSING if item is None else share(item.value),
                    _interval(words, item, cell=True),
                )
            ),
        )
        for quarter in _SHOWN
        if quarter < len(found.hazard) and found.hazard[quarter] is not None
    )
    regret = tuple(
        (
            words(f"sim.rule.{rule}", rise=f"{RISE:.0%}", tight=f"{TIGHT_PP:g}"),
            *(
                cell
                for item in (one.regret[rule] for one in (found, other))
                for cell in (
                    shortfall(item.value),
                    words("sim.cells", low=shortfall(item.low), high=shortfall(item.high)),
                )
            ),
        )
        for rule in RULES
    )  # fmt: skip
    heads = ("when", "hazard_with", "interval", "hazard_without", "interval")
    columns = tuple(words(f"sim.col.{c}") for c in heads)
    rules = tuple(words(f"sim.col.{c}") for c in ("rule", *heads[1:]))
    counts = words(
        "sim.window.counts",
        paths=f"{found.paths:,}", popped=f"{found.popped:,}", windows=f"{found.windows:,}",
        popped_without=f"{other.popped:,}", windows_without=f"{other.windows:,}",
        rise=f"{RISE:.0%}",
    )  # fmt: skip
    right = frozenset({1, 2, 3, 4})
    return Section(
        "window",
        words("sim.section.window"),
        (
            Para(hazard_sentence(words, study)),
            leaving(words, study),
            Para(words("sim.window.means", fall=f"{POP:.0%}", ahead=AHEAD, unseen=UNSEEN)),
            Table(columns, hazard, right, words("sim.table.hazard")),
            Table(rules, regret, right, words("sim.table.regret")),
            Para(counts, "dim"),
            Para(words("sim.window.not"), "warn"),
        ),
    )
