"""From the health of the series to a document in one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from debtcycle.catalogue import Licence
from debtcycle.health import Health, Trouble
from debtcycle.report.document import Block, Document, Para, Section, Table
from debtcycle.report.format import day_of
from debtcycle.report.health.remarks import (
    NOTHING,
    is_regular,
    known_of,
    period_text,
    remark,
    unit_of,
)
from debtcycle.report.words import Words

__all__ = ["AHEAD_DAYS", "ATTENTION", "build_health"]

# Releases of the next so many days are listed.
AHEAD_DAYS = 31
# What an update, an import or a look at the source can mend.
ATTENTION = (
    Trouble.UNIT,
    Trouble.HELD,
    Trouble.MISSING,
    Trouble.STALE,
    Trouble.OVERDUE,
    Trouble.CUT,
)


def _head(words: Words, *names: str) -> tuple[str, ...]:
    return tuple(words(f"health.col.{name}") for name in names)


def _name(words: Words, item: Health) -> str:
    return item.info.name(words.lang)


def _opening(words: Words, items: Sequence[Health], on: date) -> Section:
    count = Counter(item.trouble for item in items)
    bad = sum(count[trouble] for trouble in ATTENTION)
    key = "health.lead" if bad else "health.lead_good"
    rows = tuple(
        (words(f"health.trouble.{t.value}"), str(count[t]), words(f"health.meaning.{t.value}"))
        for t in Trouble
        if count[t]
    )
    batches = [item.batch for item in items if item.batch is not None]
    last = max((batch.imported_at[:10] for batch in batches), default=NOTHING)
    blocks: list[Block] = [
        Para(words(key, bad=bad, total=len(items), date=day_of(on)), "lead"),
        Table(_head(words, "state", "count", "meaning"), rows, frozenset({1})),
        Para(words("health.last_batch", last=last), "dim"),
    ]
    if bad:
        blocks.insert(1, Para(words("health.remedy"), "warn"))
    return Section("opening", words("health.opening"), tuple(blocks))


def _attention(words: Words, items: Iterable[Health]) -> Section | None:
    rows = tuple(
        (
            _name(words, item),
            item.info.id,
            words(f"health.trouble.{item.trouble.value}"),
            period_text(item.info, item.last),
            str(item.schedule.overdue_days) if item.schedule.overdue_days else NOTHING,
            remark(words, item),
        )
        for item in items
        if item.trouble in ATTENTION
    )
    if not rows:
        return None
    head = _head(words, "name", "id", "state", "last", "overdue", "remark")
    return Section("attention", words("health.attention"), (Table(head, rows, frozenset({4})),))


def _cut(words: Words, items: Iterable[Health]) -> Section | None:
    rows = tuple(
        (
            _name(words, item),
            item.cut.at,
            str(item.cut.years),
            day_of(item.cut.first_served),
            period_text(item.info, item.first),
            words(f"health.cut.{item.cut.state.value}"),
        )
        for item in items
        if item.cut is not None
    )
    if not rows:
        return None
    head = _head(words, "name", "at", "years", "served_from", "stored_from", "remark")
    table = Table(head, rows, frozenset({2}))
    return Section("cut", words("health.cut"), (Para(words("health.cut_why")), table))


def _ended(words: Words, items: Iterable[Health]) -> Section | None:
    rows = tuple(
        (
            _name(words, item),
            item.info.id,
            period_text(item.info, item.end.last),
            words.listed(item.end.by) or NOTHING,
            NOTHING if item.stands_in is None else words.series(item.stands_in),
        )
        for item in items
        if item.end is not None
    )
    if not rows:
        return None
    head = _head(words, "name", "id", "ended", "by", "substitute")
    return Section("ended", words("health.ended"), (Table(head, rows),))


def _releases(words: Words, items: Iterable[Health], on: date) -> Section | None:
    until = on + timedelta(days=AHEAD_DAYS)
    coming = sorted(
        (item.schedule.next_release, item.info.publisher, item.info.id, item)
        for item in items
        if item.schedule.next_release is not None
        and item.schedule.next_release <= until
        and is_regular(item)
    )
    if not coming:
        return None
    rows = tuple(
        (
            day_of(day),
            _name(words, item),
            item.info.id,
            period_text(item.info, item.schedule.next_period),
            words.publishers((publisher,)),
        )
        for day, publisher, _, item in coming
    )
    head = _head(words, "release", "name", "id", "period", "publisher")
    note = Para(words("health.releases_note", days=AHEAD_DAYS))
    return Section("releases", words("health.releases"), (note, Table(head, rows)))


def _licences(words: Words, items: Sequence[Health]) -> Section:
    rows = tuple(
        (
            words(f"health.licence.{licence.value}"),
            str(sum(item.licence is licence for item in items)),
            str(sum(item.licence is licence and item.shipped for item in items)),
            words(f"health.allows.{licence.value}"),
        )
        for licence in Licence
    )
    head = _head(words, "licence", "count", "shipped", "allows")
    blocks: list[Block] = [Table(head, rows, frozenset({1, 2}))]
    barred = sorted(f"{_name(words, i)} ({i.info.id})" for i in items if not i.shipped)
    if barred:
        blocks.append(Para(words("health.barred", names=words("list.semicolon").join(barred))))
    return Section("licences", words("health.licences"), tuple(blocks))


def _every(words: Words, items: Iterable[Health]) -> Section:
    rows = tuple(
        (
            _name(words, item),
            item.info.id,
            words(f"health.trouble.{item.trouble.value}"),
            period_text(item.info, item.last),
            NOTHING if item.schedule.next_release is None else day_of(item.schedule.next_release),
        )
        for item in items
    )
    head = _head(words, "name", "id", "state", "last", "release")
    return Section("every", words("health.every"), (Table(head, rows),))


def _origins(words: Words, items: Iterable[Health]) -> Section:
    rows = tuple(
        (
            item.info.id,
            known_of(words, item),
            unit_of(words, item),
            words(f"health.licence.{item.licence.value}"),
            NOTHING if item.batch is None else item.batch.imported_at[:10],
        )
        for item in items
    )
    head = _head(words, "id", "known", "unit", "licence", "batch")
    return Section("origins", words("health.origins"), (Table(head, rows),))


def build_health(items: Sequence[Health], words: Words, on: date) -> Document:
    """The whole page.

    Parameters
    ----------
    items : sequence of Health
        In the order of their trouble.
    words : Words
    on : date
        The day for which they were checked.
    """
    by_id = sorted(items, key=lambda item: item.info.id)
    sections = (
        _opening(words, items, on),
        _attention(words, items),
        _cut(words, items),
        _ended(words, items),
        _releases(words, items, on),
        _licences(words, items),
        _every(words, by_id),
        _origins(words, by_id),
    )
    title = words("health.title", date=day_of(on))
    return Document(words.lang, title, tuple(s for s in sections if s is not None))
