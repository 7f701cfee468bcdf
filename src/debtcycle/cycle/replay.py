"""The judgement month by month, each on what was known then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from debtcycle.cycle.assess import Assessment, assess
from debtcycle.cycle.verdict import Verdict
from debtcycle.errors import ConfigError
from debtcycle.views import View

__all__ = ["Judged", "Record", "ReplayRow", "month_ends", "parse_month", "record_of", "replay"]


@dataclass(frozen=True, slots=True)
class ReplayRow:
    """One date of a replay: the columns of its CSV."""

    date: date
    mode: str
    verdict: Verdict
    rung: int | None
    valuation: float | None
    growth: float | None
    inflation: float | None
    credit: float | None
    coverage: float
    confidence: float


class Judged(Protocol):
    """What a record counts: an assessment, or a row kept of one."""

    @property
    def as_of(self) -> date:
        """The date judged."""
        ...

    @property
    def verdict(self) -> Verdict:
        """With the gate."""
        ...

    @property
    def axes_verdict(self) -> Verdict:
        """Without it."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """How often each verdict was given: a verdict that is always the same says little.

    Attributes
    ----------
    verdicts : tuple of (Verdict, int)
        Months, most frequent first.
    axes_verdicts : tuple of (Verdict, int)
        The same without the gate.
    bubble_months, above_line : int
        Months whose axes read hot, and those of them in which the gauge put them above its
        line: what the gauge decides.
    """

    start: date
    end: date
    months: int
    verdicts: tuple[tuple[Verdict, int], ...]
    axes_verdicts: tuple[tuple[Verdict, int], ...]
    bubble_months: int
    above_line: int


def parse_month(text: str) -> date:
    """First day of a month written ``YYYY-MM``.

    Raises
    ------
    ConfigError
        ``date.month``.
    """
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise ConfigError("date.month", text=text) from error


def month_ends(start: date, end: date, step: int = 1) -> list[date]:
    """Last days of the months from `start` to `end`, every `step` months."""
    if start > end:
        raise ConfigError("date.order", start=start, end=end)
    found = []
    for number in range(start.year * 12 + start.month - 1, end.year * 12 + end.month, step):
        following = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
        found.append(following - timedelta(days=1))
    return found


def row_of(got: Assessment) -> ReplayRow:
    """The columns of a replay for one assessment."""
    valuation, growth, inflation, credit = got.axis_scores
    return ReplayRow(
        got.as_of,
        got.mode,
        got.verdict,
        got.stimulus.rung,
        valuation,
        growth,
        inflation,
        credit,
        got.coverage,
        got.confidence,
    )


def replay(
    view: View,
    dates: Iterable[date],
    *,
    progress: Callable[[date], None] | None = None,
) -> tuple[Assessment, ...]:
    """Assessments at dates not later than the view's own, each on its own view.

    Raises
    ------
    LookAheadError
        If a date lies after that of the view.
    """
    found = []
    for day in dates:
        found.append(assess(view.at(day)))
        if progress is not None:
            progress(day)
    return tuple(found)


def record_of(assessments: Sequence[Judged]) -> Record | None:
    """Frequencies of the verdicts over a replay; None for an empty one."""
    if not assessments:
        return None
    hot = [a for a in assessments if a.axes_verdict in (Verdict.INTO_BUBBLE, Verdict.INTO_STRENGTH)]
    return Record(
        assessments[0].as_of,
        assessments[-1].as_of,
        len(assessments),
        tuple(Counter(a.verdict for a in assessments).most_common()),
        tuple(Counter(a.axes_verdict for a in assessments).most_common()),
        len(hot),
        sum(a.axes_verdict is Verdict.INTO_BUBBLE for a in hot),
    )
