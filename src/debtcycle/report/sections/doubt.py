"""How far to trust the verdict: other anchors, the case against, and the data behind it."""

from __future__ import annotations

from debtcycle.cycle.counter import Argument, Point
from debtcycle.cycle.findings import Findings
from debtcycle.cycle.verdict import Verdict
from debtcycle.indicators.model import Origin, Reading, Status
from debtcycle.report.document import Block, Bullets, Para, Section
from debtcycle.report.format import figure, percent_of_one
from debtcycle.report.sections.opening import change_lines
from debtcycle.report.words import Words

__all__ = ["argument_line", "counter", "notes", "robustness"]


def robustness(words: Words, findings: Findings) -> Section:
    """Nearest flips, and the verdict under a thousand other sets of anchors."""
    title = words("section.robustness")
    found, verdict = findings.robustness, findings.assessment.verdict
    if verdict is Verdict.UNKNOWN:
        return Section("robustness", title, (Para(words("robust.unknown")),))
    shares = words.listed(
        [
            words("robust.share", verdict=words(f"verdict.{v.value}"), share=percent_of_one(share))
            for v, share in found.verdicts
        ]
    )
    said = words(
        "robust.line", sets=f"{found.sets:,}", agree=percent_of_one(found.agree), shares=shares
    )
    blocks: list[Block] = [Para(said)]
    changes = change_lines(words, findings.flips)
    if changes:
        blocks += [Para(words("flip.units")), Bullets(changes)]
    else:
        blocks.append(Para(words(f"flip.none.{verdict.value}")))
    return Section("robustness", title, tuple(blocks))


def argument_line(words: Words, item: Argument) -> str:
    """One point against the verdict as a sentence."""
    if item.point is Point.GAUGE_LOW:
        gap = words(f"gauge.{item.subject}.name")
        return words("counter.gauge_low", name=gap)
    value = words("unknown") if item.reading is None else words.of(item.reading)
    why = "" if item.reading is None else words.why_not(item.reading)
    return words(
        f"counter.{item.point.value}",
        name=words.indicator(item.subject),
        value=value,
        score=words.score(item.score),
        why=why,
    )


def counter(words: Words, findings: Findings) -> Section:
    """The strongest case against the verdict, from the same data."""
    title = words("section.counter")
    if not findings.counter:
        return Section("counter", title, (Para(words("counter.none")),))
    quiet = findings.assessment.verdict is Verdict.NO_STIMULUS
    groups: dict[str, list[str]] = {"how": [], "axes": [], "unknown": []}
    for item in findings.counter:
        key = {Point.AGAINST_AXES: "axes", Point.MISSING: "unknown"}.get(item.point, "how")
        groups[key].append(argument_line(words, item))
    blocks: list[Block] = []
    if not groups["how"]:
        blocks.append(Para(words("counter.none_eases" if quiet else "counter.none")))
    for key, items in groups.items():
        if items:
            blocks += [Para(words(f"counter.head.{key}")), Bullets(tuple(items))]
    return Section("counter", title, tuple(blocks))


def _missing(words: Words, findings: Findings) -> list[str]:
    """Inputs that are not known, each with its reason; readings named twice are said once."""
    lacking: dict[str, Reading] = {}
    for made in findings.assessment.readings:
        if not made.known and made.status is not Status.NOT_BEGUN:
            lacking.setdefault(words.indicator(made.indicator), made)
    return [
        words("notes.missing_item", name=name, why=words.why_not(made))
        for name, made in lacking.items()
    ]


def _substitutes(words: Words, origins: list[Origin]) -> list[str]:
    pairs = dict.fromkeys((o.stands_for, o.series) for o in origins if o.stands_for)
    return [
        words("notes.substitute", name=words.series(str(wanted)), other=words.series(used))
        for wanted, used in pairs
    ]


def notes(words: Words, findings: Findings) -> Section:
    """How the figures are dated, what is missing, what stands in."""
    got = findings.assessment
    known = sum(item.score is not None for item in got.inputs)
    blocks: list[Block] = [
        Para(words(f"mode.{got.mode}")),
        Para(
            words(
                "notes.coverage",
                known=known,
                existing=got.existing,
                all=len(got.inputs),
                coverage=percent_of_one(got.coverage),
                of_all=figure(100.0 * got.existing / len(got.inputs), 0),
            )
        ),
    ]
    origins = [origin for made in findings.readings for origin in made.origins]
    for key, items in (
        ("notes.missing", _missing(words, findings)),
        ("notes.substitutes", _substitutes(words, origins)),
    ):
        if items:
            blocks += [Para(words(key)), Bullets(tuple(items))]
    if findings.not_held:
        # Names have commas of their own.
        names = words("list.semicolon").join(words.series(name) for name in findings.not_held)
        blocks.append(Para(words("notes.licensed", names=names)))
    blocks.append(Para(words("no_advice"), "dim"))
    return Section("notes", words("section.notes"), tuple(blocks))
