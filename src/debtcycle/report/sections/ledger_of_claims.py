"""The 44 claims of the essay, one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from debtcycle.cycle.claims import ClaimResult
from debtcycle.report.document import Para, Section, Table
from debtcycle.report.sections.cycle import lamp_state
from debtcycle.report.words import Words

__all__ = ["claim_evidence", "claims", "claims_table"]

_SHOWN_READINGS = 2


def claim_evidence(words: Words, result: ClaimResult, most: int = _SHOWN_READINGS) -> str:
    """The figures behind a claim, or the reason why it has no answer."""
    if result.reason is not None:
        return words(result.reason)
    known = [made for made in result.readings if made.known][:most]
    if not known:
        return words("list.semicolon").join(
            words(
                "evidence.item", name=words(f"lamp.{lamp.name}"), value=lamp_state(words, lamp.on)
            )
            for lamp in result.lamps[:most]
        )
    return words("list.semicolon").join(
        words("evidence.item", name=words.indicator(made.indicator), value=words.of(made))
        for made in known
    )


def claims_table(words: Words, results: Sequence[ClaimResult]) -> Table:
    """Number, claim, state and the first figures."""
    rows = tuple(
        (
            str(result.id),
            words(f"claim.{result.id}.title"),
            words(f"claim.state.{result.state.value}"),
            claim_evidence(words, result),
        )
        for result in results
    )
    head = tuple(words(f"col.{c}") for c in ("number", "claim", "state", "evidence"))
    return Table(head, rows, frozenset({0}))


def claims(words: Words, results: Sequence[ClaimResult]) -> Section:
    """All claims with their state and how many stand where."""
    count = Counter(result.state.value for result in results)
    said = words(
        "claims.count",
        total=len(results),
        true=count["true"],
        false=count["false"],
        unknown=count["unknown"],
        untestable=count["untestable"],
    )
    return Section("claims", words("section.claims"), (Para(said), claims_table(words, results)))
