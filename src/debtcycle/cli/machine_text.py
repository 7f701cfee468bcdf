"""What ``debtcycle machine`` prints of tests, targets and a search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from debtcycle.i18n import Translator

if TYPE_CHECKING:
    from debtcycle.machine.acceptance import Beside, Outcome
    from debtcycle.machine.calibration import Fit, Measured, Sensitivity

__all__ = ["beside_json", "bounds", "fit_text", "number", "part_text", "reason", "sensitivity_text",
           "targets_json", "targets_text", "tests_json", "tests_text", "traded_text"]  # fmt: skip

_COLUMNS = 8  # of a table of elasticities


def bounds(outcome: Outcome) -> str:
    """The bounds of a part as they are read."""
    if outcome.low is None:
        return f"<= {outcome.high:.4g}"
    if outcome.high is None:
        return f">= {outcome.low:.4g}"
    return f"{outcome.low:.4g} .. {outcome.high:.4g}"


def _split(part: str) -> tuple[str, str | None]:
    """A part's name, and the state in which it was measured."""
    name, _, state = part.partition(".")
    return name, state or None


def number(value: float) -> float | None:
    """A number with ten digits, or none where there is none."""
    return float(f"{value:.10g}") if math.isfinite(value) else None


def reason(texts: Translator, outcome: Outcome, openings: str, found: Sequence[Beside]) -> str:
    """Why a part fails: the text of that part, of its state and of its opening where there is one.

    Parameters
    ----------
    openings : {"shipped", "data"}
    found : sequence of Beside
        Numbers beside the test, which the text may name.
    """
    name, state = _split(outcome.part)
    asked = [name, f"{name}_{state}"] if state else [name]
    ids = [f"acceptance.why_{key}{end}" for key in asked for end in ("", f"_{openings}")]
    known = [key for key in ids if key in texts]
    numbers = {item.part: item.value for item in found if item.test == outcome.test}
    return texts(known[-1] if known else "acceptance.why_unknown", value=outcome.value, **numbers)


def tests_json(
    texts: Translator, outcomes: Sequence[Outcome], openings: str, found: Sequence[Beside]
) -> list[dict[str, object]]:
    """Every part of every test, with the reason where it fails."""
    rows: list[dict[str, object]] = []
    for outcome in outcomes:
        name, state = _split(outcome.part)
        rows.append(
            {
                "id": outcome.test,
                "name": name,
                "state": state,
                "value": number(outcome.value),
                "bound": bounds(outcome),
                "pass": outcome.passed,
                "reason": None if outcome.passed else reason(texts, outcome, openings, found),
            }
        )
    return rows


def beside_json(found: Sequence[Beside]) -> list[dict[str, object]]:
    """Numbers without bounds beside the tests."""
    return [{"id": b.test, "name": b.part, "value": number(b.value)} for b in found]


def targets_json(measured: Sequence[Measured]) -> list[dict[str, object]]:
    """Targets beside the economy's values."""
    return [
        {
            "moment": m.target.moment,
            "unit": m.target.unit,
            "value": number(m.value),
            "target": m.target.target,
            "low": m.target.low,
            "high": m.target.high,
            "range": "ours" if m.target.ours else "source",
            "inside": m.inside,
            "miss": number(m.miss),
            "source": m.target.source,
        }
        for m in measured
    ]


def part_text(texts: Translator, outcome: Outcome) -> str:
    """A part with its number and its bounds."""
    name, state = _split(outcome.part)
    where = texts("acceptance.in_state", state=texts(f"acceptance.state_{state}")) if state else ""
    return f"{texts(f'acceptance.part_{name}')}{where}: {outcome.value:.4g}  [{bounds(outcome)}]"


def tests_text(
    texts: Translator, outcomes: Sequence[Outcome], openings: str, found: Sequence[Beside]
) -> list[str]:
    """A line a part; below what fails the reason, below a test the numbers beside it."""
    lines: list[str] = []
    for test in dict.fromkeys(o.test for o in outcomes):
        mine = [o for o in outcomes if o.test == test]
        passed = all(o.passed for o in mine)
        mark = texts("acceptance.passes" if passed else "acceptance.fails")
        lines.append(f"{test:>2}  {texts(f'acceptance.test_{test}')}: {mark}")
        for outcome in mine:
            lines.append(f"   {' ' if outcome.passed else '!'} {part_text(texts, outcome)}")
            if not outcome.passed:
                lines.append(f"       {reason(texts, outcome, openings, found)}")
        numbers = [b for b in found if b.test == test]
        if numbers:
            lines.append(f"     {texts('acceptance.beside')}")
        lines += [f"       {texts(f'acceptance.part_{b.part}')}: {b.value:.4g}" for b in numbers]
        if (note := f"acceptance.read_{test}") in texts and numbers:
            lines.append(f"     {texts(note)}")
    return lines


def targets_text(texts: Translator, measured: Sequence[Measured]) -> list[str]:
    """Two lines a target: the values, and the source."""
    lines = [texts("acceptance.targets")]
    for m in measured:
        sign = " " if m.inside else "!"
        named = m.target.unit != "quarter"  # a quarter is a number of its own
        unit = f" {texts(f'acceptance.unit_{m.target.unit}')}" if named else ""
        shown = texts(
            "acceptance.target_row",
            moment=texts(f"acceptance.moment_{m.target.moment}"),
            value=f"{m.value:.3g}",
            target=f"{m.target.target:.3g}",
            low=f"{m.target.low:.3g}",
            high=f"{m.target.high:.3g}",
            unit=unit,
            ours=texts("acceptance.range_ours") if m.target.ours else "",
            miss=f"{m.miss:+.2f}".replace("-", "\u2212"),
        )
        lines.append(f" {sign} {shown}")
        lines.append(f"     {m.target.source}")
    return lines


def sensitivity_text(texts: Translator, rows: Sequence[Sensitivity]) -> list[str]:
    """Elasticities as tables: a row a moment, a column a parameter."""
    names = list(dict.fromkeys(r.parameter for r in rows))
    moments = list(dict.fromkeys(r.moment for r in rows))
    found = {(r.moment, r.parameter): r.elasticity for r in rows}
    lines = [texts("acceptance.elasticities")]
    for first in range(0, len(names), _COLUMNS):
        chosen = names[first : first + _COLUMNS]
        lines.append(" " * 26 + "".join(f"{name:>9}" for name in chosen))
        for moment in moments:
            cells = "".join(f"{round(found[moment, name], 2) + 0.0:>9.2f}" for name in chosen)
            lines.append(f"{moment:<26}{cells}")
    return [*lines, texts("acceptance.elasticities_which"), texts("acceptance.elasticities_whole")]


def fit_text(texts: Translator, found: Fit) -> list[str]:
    """What the search began with and what it found."""
    from debtcycle.machine.calibration import UNFITTED

    left_out = [texts(f"acceptance.moment_{name}") for name in UNFITTED]
    lines = [
        texts(
            "acceptance.fit", before=f"{found.loss_before:.2f}", after=f"{found.loss_after:.2f}",
            evaluations=found.evaluations, all_before=f"{found.all_before:.2f}",
            all_after=f"{found.all_after:.2f}",
            unfitted=texts("list.semicolon").join(left_out),
        )
    ]  # fmt: skip
    for name, value in found.after.items():
        edge = texts("acceptance.on_bound") if name in found.on_bound else ""
        lines.append(f"  {name:<6} {found.before[name]:>10.4g} -> {value:<10.4g} {edge}".rstrip())
    return [*lines, texts("acceptance.fit_note")]


def traded_text(
    texts: Translator, shipped: Sequence[Outcome], searched: Sequence[Outcome], paths: int
) -> list[str]:
    """Parts of the tests that the shipped values fail, and those that the found ones fail."""
    lines = [texts("acceptance.shipped_how")]
    for key, outcomes in (("shipped", shipped), ("searched", searched)):
        failed = [o for o in outcomes if not o.passed]
        said = texts(f"acceptance.fails_{key}", n=len(failed), of=len(outcomes), paths=paths)
        lines += [said, *(f"  ! {o.test:>2} {part_text(texts, o)}" for o in failed)]
    return lines
