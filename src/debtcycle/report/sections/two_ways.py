"""Quantities from two sources side by side: computed from published figures, derived by others."""

from __future__ import annotations

from collections.abc import Sequence

from debtcycle.indicators._two_ways import TwoWays
from debtcycle.indicators.model import Status
from debtcycle.report.document import Block, Table
from debtcycle.report.words import Words

__all__ = ["two_ways"]

# The one quantity of which a lamp is made: which of the two is used is said.
_USED = "bill_share_year"


def _remark(words: Words, way: TwoWays) -> str:
    said = [words(f"ways.source.{way.name}")]
    if way.agree is not None:
        tolerance = words.value(way.tolerance, way.apart.unit, plus=False)
        said.append(words("ways.agree") if way.agree else words("ways.differ", tolerance=tolerance))
    if way.name == _USED:
        absent = way.published.status in (Status.ABSENT, Status.NOT_BEGUN)
        key = "used" if way.published.known else "used_others" if absent else "used_stale"
        said.append(words(f"ways.{key}"))
    return words("list.semicolon").join(said)


def _period(words: Words, way: TwoWays) -> str:
    return words.dated(way.published if way.published.known else way.others)


def two_ways(words: Words, ways: Sequence[TwoWays]) -> tuple[Block, ...]:
    """A table of what is known in two ways; nothing where there is none."""
    if not ways:
        return ()
    rows = tuple(
        (
            words(f"ways.{way.name}"),
            words.of(way.published),
            words.of(way.others),
            words.of(way.apart, plus=True),
            _period(words, way),
            _remark(words, way),
        )
        for way in ways
    )
    names = ("what", "published", "others", "apart", "period", "verdict")
    head = tuple(words(f"ways.col.{name}") for name in names)
    return (Table(head, rows, frozenset({1, 2, 3}), words("ways.title")),)
