"""What is said about one series: its trouble, its substitute, its licence, how it is known."""

from __future__ import annotations

from datetime import date

from debtcycle.catalogue import Frequency, SeriesInfo
from debtcycle.health import CutState, Health, Trouble
from debtcycle.report.format import day_of, period_of
from debtcycle.report.words import Words

__all__ = ["NOTHING", "factor_of", "is_regular", "known_of", "period_text", "remark", "unit_of"]

NOTHING = "–"
# A series that is late by more than this has most often stopped in the copy at hand: its note says.
_LONG_OVERDUE_DAYS = 366
_SAID_WITH_SUBSTITUTE = frozenset({Trouble.MISSING, Trouble.STALE, Trouble.UNLICENSED})


def period_text(info: SeriesInfo, day: date | None) -> str:
    """A period as the frequency of its series writes it; a dash where there is none."""
    return NOTHING if day is None else period_of(day, info.frequency.value)


def factor_of(factor: float) -> str:
    """A factor with at most three digits that mean something."""
    return f"{factor:.3g}" if factor >= 1 else f"1/{1 / factor:.3g}"


def unit_of(words: Words, item: Health) -> str:
    """What the comparison of scales found."""
    found = item.unit
    return words(
        f"health.unit.{found.state.value}",
        factor=NOTHING if found.factor is None else factor_of(found.factor),
        period=period_text(item.info, found.period),
    )


def known_of(words: Words, item: Health) -> str:
    """How the figures are known, and what part of them in dated vintages."""
    known = item.known
    # Of a series that is expected without vintages some may be there: an archive was read.
    policy = "vintage" if known.policy == "lagged" and known.vintage_share else known.policy
    said = words(f"health.known.{policy}")
    if known.vintage_share is None or policy != "vintage":
        return said
    return words("health.known.share", said=said, share=f"{100 * known.vintage_share:.0f}")


def _late(words: Words, item: Health, key: str) -> str:
    plan, info = item.schedule, item.info
    if plan.due is None:
        return words(f"{key}_undated")
    period = period_text(info, plan.missing_period)
    return words(key, period=period, due=day_of(plan.due), days=plan.overdue_days)


def _said(words: Words, item: Health, trouble: Trouble) -> str:
    if trouble is Trouble.UNIT:
        return unit_of(words, item)
    if trouble is Trouble.HELD:
        return words("health.why.held", count=item.held)
    if trouble in (Trouble.STALE, Trouble.OVERDUE):
        return _late(words, item, f"health.why.{trouble.value}")
    if trouble is Trouble.CUT and item.cut is not None:
        first = day_of(item.cut.first_served)
        return words("health.why.cut", at=item.cut.at, years=item.cut.years, first=first)
    if trouble is Trouble.ENDED and item.end is not None:
        by = words.listed(item.end.by)
        key = "health.why.ended_by" if by else "health.why.ended"
        return words(key, last=period_text(item.info, item.end.last), by=by)
    return words(f"health.why.{trouble.value}")


def remark(words: Words, item: Health) -> str:
    """All that is wrong with a series, and what stands in for it."""
    said = [_said(words, item, trouble) for trouble in item.troubles]
    if item.stands_in is not None:
        said.append(words("health.stands_in", name=words.series(item.stands_in)))
    elif item.info.substitutes and item.trouble in _SAID_WITH_SUBSTITUTE:
        said.append(words("health.no_substitute"))
    if item.cut is not None and item.cut.state is CutState.KEPT:
        said.append(words("health.kept_short"))
    note = item.info.note(words.lang)
    if note is not None and item.schedule.overdue_days > _LONG_OVERDUE_DAYS:
        said.append(note.rstrip(".。"))
    return words("list.semicolon").join(said) or NOTHING


def is_regular(item: Health) -> bool:
    """Whether the next release is worth a line: daily and weekly ones come by themselves."""
    return item.info.frequency in (Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.ANNUAL)
