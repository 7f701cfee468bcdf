"""Taking a payload in: what is believed is appended, what is not is kept apart, all is archived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec
import numpy as np

from debtcycle.catalogue import Catalogue
from debtcycle.intake.answers import answered, floors_of, house_of, vintage_key
from debtcycle.intake.payloads import PARTIAL, Payload, Taken, answer_again, held_of, is_known
from debtcycle.intake.planning import State, planned, state_of
from debtcycle.intake.quarantine import Doubt, doubt
from debtcycle.sources.announcements import Announcement
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.steps import Part
from debtcycle.store import Document, Held, Rows, Store
from debtcycle.store.entries import Action, Entry, FlooredSeries, Origin, payload_hash
from debtcycle.store.floors import Floors
from debtcycle.store.held import Holding
from debtcycle.store.packing import content_hash
from debtcycle.store.schema import Basis
from debtcycle.store.writing import Addition

__all__ = ["holding_of", "span_key", "take"]

_ALL = 1 << 30
_FREE = Floors()


@dataclass(slots=True)
class _Sorted:
    """The series of a payload, told apart: what is added, what is kept apart."""

    rows: dict[str, Rows] = field(default_factory=dict)
    held: list[Holding] = field(default_factory=list)
    new: int = 0
    revised: int = 0
    differing: int = 0
    facts: dict[str, str] = field(default_factory=dict)
    floors: dict[str, Floors] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Circumstances:
    """When a payload is taken in, and what is known about that already.

    Attributes
    ----------
    decided : frozenset of str or None
        Series kept apart when it was taken in before; None where it is judged now.
    floors : mapping of str to Floors, or None
        Earlier answers heeded then, likewise.
    """

    fetched: date | None
    today: date
    decided: frozenset[str] | None
    floors: Mapping[str, Floors] | None

    @classmethod
    def of(cls, fetched: date | None, today: date, archived: Entry | None) -> _Circumstances:
        if archived is None:
            return cls(fetched, today, None, None)
        floors = {name: group.floors for group in archived.floors for name in group.series}
        return cls(fetched, today, frozenset(archived.held), floors)

    def floors_of(self, store: Store, house: str, series: str) -> Floors:
        if self.floors is not None:
            return self.floors.get(series, Floors())
        return floors_of(store, house, series, self.today)


def take(
    store: Store,
    payload: Payload,
    parts: Sequence[Part],
    *,
    catalogue: Catalogue,
    fetched: date | None,
    today: date,
    archived: Entry | None = None,
) -> Taken:
    """Take a parsed payload into the store, whole or not at all.

    What is believed becomes one batch; a series that is doubted is kept apart; the bodies go into
    the archive first. The same answer to the same question twice in a row, or the same file ever
    again, does nothing; what is still kept apart of it is told again.

    Parameters
    ----------
    parts : sequence of Parsed or Announcement
        What the bodies say.
    fetched : date or None
        Day on which the figures were certainly there; None where only `today` is known.
    today : date
        The day of the import.
    archived : Entry, optional
        What was once done with the payload, when it is done again: the same series are kept
        apart, and nothing is archived anew. By default it is judged now.

    Raises
    ------
    SchemaChanged
        If a figure lies outside its bounds; nothing is stored.
    StoreError
        If the store cannot be written; it is then as it was.
    """
    with store.exclusive():
        digest = payload.sha256
        if is_known(store, payload):
            if facts := answer_again(store, payload.question, today):
                store.add(Addition(batch=False, facts=facts))
            held = held_of(store, digest)
            return Taken(quarantined=held, unchanged=not held)
        unknown = tuple(
            part.key
            for part in parts
            if isinstance(part, Parsed) and part.key not in catalogue.keys
        )
        if parts and len(unknown) == len(parts):
            return Taken(unknown=unknown)
        around = _Circumstances.of(fetched, today, archived)
        found = _sort(store, payload, parts, catalogue, around)
        documents = _documents(store, parts)
        batch = bool(found.rows or documents)
        content = content_hash(found.rows, documents) if batch else ""
        store.add(
            Addition(
                payload.name,
                digest,
                found.rows,
                documents,
                batch=batch,
                held=found.held,
                facts={payload.key: payload.mark, **found.facts},
                content_sha256=content,
                imported_at="" if archived is None else archived.fetched_at,
            ),
            None if archived is not None else _entry(payload, found, content, around),
            payload.bodies,
        )
        return Taken(
            tuple(sorted(found.rows)),
            found.new + len(documents),
            found.revised,
            _lines(store, found.held),
            not batch and not found.held,
            unknown,
            found.differing,
        )


def _sort(
    store: Store,
    payload: Payload,
    parts: Sequence[Part],
    catalogue: Catalogue,
    around: _Circumstances,
) -> _Sorted:
    asked, house = payload.question, house_of(payload.question)
    found = _Sorted()
    if asked is not None:
        found.facts |= answered(store, house, asked.series, around.today)
    for part in parts:
        if not isinstance(part, Parsed) or part.key not in catalogue.keys:
            continue
        state = state_of(catalogue, part, around.fetched, around.today)
        have = store.rows(state.series)
        floors = around.floors_of(store, house, state.series)
        if floors != Floors():
            found.floors[state.series] = floors
        plan = planned(catalogue, state, have, floors)
        if asked is not None:
            found.facts |= answered(store, house, (state.series,), around.today)
        why: Doubt | None
        if around.decided is None:
            covers = _covers(store, payload, state.series)
            why = doubt(catalogue[state.series], state, have, plan.rows, covers=covers)
        else:
            why = _as_decided(catalogue, state, have, plan.rows, around.decided)
        if why is not None:
            found.held.append(holding_of(payload, state, why, floors))
            continue
        if state.exact and state.vintages is not None:
            found.facts[vintage_key(state.series)] = str(state.vintages.max())
        found.differing += plan.differing
        if len(plan.rows):
            old = np.isin(plan.rows.periods, have.periods)
            found.rows[state.series] = plan.rows
            found.revised += int(old.sum())
            found.new += int((~old).sum())
    return found


def _as_decided(
    catalogue: Catalogue, state: State, have: Rows, new: Rows, decided: frozenset[str]
) -> Doubt | None:
    """The doubt of before; that of today says why, where it still doubts."""
    if state.series not in decided:
        return None
    why = doubt(catalogue[state.series], state, have, new, covers=_ALL)
    return Doubt("quarantine.before", {}) if why is None else why


def span_key(series: str) -> str:
    """Under which the number of periods is remembered that a shortened series was let in with."""
    return f"span/{series}"


def _covers(store: Store, payload: Payload, series: str) -> int | None:
    """Number of held periods that an answer has to cover; None where it may be a part."""
    asked = payload.question
    if payload.origin != Origin.UPDATE or asked is None:
        return None
    if not PARTIAL.isdisjoint(dict(asked.options)):
        return None
    accepted = store.memory(span_key(series))
    return _ALL if accepted is None else int(accepted)


def holding_of(payload: Payload, state: State, why: Doubt, floors: Floors = _FREE) -> Holding:
    """A doubted state as it is kept apart."""
    days = state.vintages
    if days is None:
        days = np.full(len(state.periods), np.datetime64(state.fetched, "D"))
    basis = np.full(len(state.periods), int(Basis.VINTAGE), dtype="i1")
    return Holding(
        state.series,
        why.reason,
        why.params,
        Rows(state.periods, days, state.values, basis),
        state.fetched,
        state.dated,
        state.vintages is not None,
        payload.name,
        payload.sha256,
        state.exact,
        floors,
    )


def _documents(store: Store, parts: Sequence[Part]) -> list[Document]:
    """Announcements that the store does not have yet."""
    made = [
        Document("announcement", np.datetime64(part.date, "D"), msgspec.json.encode(part).decode())
        for part in parts
        if isinstance(part, Announcement)
    ]
    if not made:
        return []
    known = {item.payload for item in store.documents("announcement")}
    return [item for item in made if item.payload not in known]


def _entry(
    payload: Payload,
    found: _Sorted,
    content: str,
    around: _Circumstances,
) -> Entry:
    asked = payload.question
    alike: dict[Floors, list[str]] = {}
    for name, floors in found.floors.items():
        alike.setdefault(floors, []).append(name)
    return Entry(
        action=Action.TAKEN,
        origin=payload.origin,
        name=payload.name,
        payload_sha256=payload.sha256,
        question="" if asked is None else msgspec.json.encode(asked).decode(),
        fetched_at=payload.fetched_at.isoformat(timespec="seconds"),
        fetched=around.fetched,
        today=around.today,
        bodies=tuple(payload_hash((body,)) for body in payload.bodies),
        held=tuple(item.series for item in found.held),
        content_sha256=content,
        refused=payload.refused,
        floors=tuple(FlooredSeries(days, tuple(names)) for days, names in alike.items()),
    )


def _lines(store: Store, held: Sequence[Holding]) -> tuple[Held, ...]:
    """The lines just added to the quarantine."""
    return store.quarantine()[-len(held) :] if held else ()
