"""Comparing today's answer with the last one seen.

What was told is kept; why it changed is not: the store forgets nothing, so the earlier answer is
made again from the batches and the day it was made of, by the program of today. Then only
figures and time differ between the two, and what the program alone has changed is told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from debtcycle import __version__
from debtcycle.cycle.changes.causes import Items, Sides, moved_of
from debtcycle.cycle.changes.items import Item, Kind, Told, differs, items_of
from debtcycle.cycle.changes.model import Change, ProgramChange, Since
from debtcycle.cycle.changes.seen import Seen, method
from debtcycle.cycle.judgement import Judgement, judge
from debtcycle.sources.announcements import Announcement
from debtcycle.store import Store
from debtcycle.store.holdings import digest_of_batches
from debtcycle.store.past import PastStore, RevisedStore
from debtcycle.views import View

__all__ = ["next_seen", "since"]

_ORDER = tuple(Kind)


def _told(item: Item, on: date) -> Told:
    return Told(item.kind, item.name, item.state, item.value, on)


def _by_key(items: tuple[Item, ...]) -> Items:
    return {item.key: item for item in items}


def next_seen(view: View, judgement: Judgement, before: Seen | None = None) -> Seen:
    """What is kept after an answer has been told.

    A gauge that has moved by less than its step keeps what was last told of it, so that a slow
    drift is told once it has come far enough.
    """
    batches = view.store.batches()
    kept = {} if before is None else {told.key: told for told in before.items}
    items = []
    for item in items_of(judgement):
        told = kept.get(item.key)
        same = told is not None and not differs(item, told)
        items.append(told if told is not None and same else _told(item, judgement.as_of))
    return Seen(
        version=__version__,
        method=method(),
        as_of=judgement.as_of,
        batches=len(batches),
        digest=digest_of_batches(batches),
        items=tuple(items),
    )


def _same_store(seen: Seen, store: Store) -> bool:
    batches = store.batches()
    enough = len(batches) >= seen.batches
    return enough and digest_of_batches(batches[: seen.batches]) == seen.digest


def _announced(view: View, past: View) -> tuple[Announcement, ...]:
    known = {msgspec.json.encode(item) for item in past.announcements()}
    return tuple(a for a in view.announcements() if msgspec.json.encode(a) not in known)


def _differing(told: Mapping[tuple[Kind, str], Told], items: Items) -> list[tuple[Told, Item]]:
    pairs = [(told[key], item) for key, item in items.items() if key in told]
    found = [(old, item) for old, item in pairs if differs(item, old)]
    return sorted(found, key=lambda pair: _ORDER.index(pair[1].kind))


def since(seen: Seen, view: View, judgement: Judgement) -> Since:
    """What changed between the last answer seen and a judgement, and why.

    Parameters
    ----------
    seen : Seen
    view : View
        The one that was judged, not before the day of `seen`.
    judgement : Judgement
        By the program of today.
    """
    now = _by_key(items_of(judgement))
    told = {item.key: item for item in seen.items}
    same_program = seen.version == __version__ and seen.method == method()
    if not _same_store(seen, view.store):
        changes = tuple(Change(old, item, ()) for old, item in _differing(told, now))
        program = None if same_program else ProgramChange(seen.version, __version__, ())
        return Since(seen.as_of, judgement.as_of, changes, program, other_store=True)
    if same_program and not _differing(told, now):
        return Since(seen.as_of, judgement.as_of, ())
    with PastStore(view.store, seen.batches) as store:
        past = View(as_of=seen.as_of, store=store, catalogue=view.catalogue, country=view.country)
        before = _by_key(items_of(judge(past, record=False)))
        program = None
        if not same_program:
            by_program = tuple(Change(old, item, ()) for old, item in _differing(told, before))
            program = ProgramChange(seen.version, __version__, by_program)
            # From here on the earlier answer is that of the program of today.
            told |= {c.item.key: _told(c.item, seen.as_of) for c in by_program}
            told |= {
                key: _told(item, seen.as_of) for key, item in before.items() if key not in told
            }
        pairs = _differing(told, now)
        changes = _explained(pairs, before, view, past) if pairs else ()
        announced = _announced(view, past) if pairs else ()
    return Since(seen.as_of, judgement.as_of, changes, program, announced=announced)


def _explained(
    pairs: list[tuple[Told, Item]], before: Items, view: View, past: View
) -> tuple[Change, ...]:
    """Changes with the readings and figures that made them."""
    then, now = past.day, view.day
    sides = Sides(past.store, view.store, view.catalogue, then=then, now=now)
    batches = len(past.store.batches())
    with RevisedStore(view.store, batches, then=then, now=now) as store:
        half = View(as_of=past.as_of, store=store, catalogue=view.catalogue, country=view.country)
        revised = _by_key(items_of(judge(half, record=False)))
    return tuple(
        Change(old, item, moved_of(before[item.key], item, revised.get(item.key), sides))
        for old, item in pairs
        if item.key in before
    )
