"""Making a store again from its raw archive, and saying what is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from debtcycle.catalogue import Catalogue, load_catalogue
from debtcycle.errors import DebtcycleError, SourceError, StoreError
from debtcycle.intake.answers import PREFIX, later_of
from debtcycle.intake.payloads import Payload
from debtcycle.intake.release import drop, release
from debtcycle.intake.taking import take
from debtcycle.reference import shipped
from debtcycle.reference.edition import decode_edition
from debtcycle.sources.sniff import read_bytes
from debtcycle.sources.steps import Part, Question, Request, Steps
from debtcycle.store import Batch, Store
from debtcycle.store.archive import Archive, archive_path
from debtcycle.store.copies import put_in_place
from debtcycle.store.database import (
    create,
    discard_drafts,
    draft_path,
    faults,
    refuse_newer,
    settle,
    writer_lock,
)
from debtcycle.store.entries import Action, Entry, Origin
from debtcycle.store.salvage import Salvage, salvage
from debtcycle.store.verify import verify
from debtcycle.store.writing import Addition

__all__ = ["Lost", "Rebuilt", "rebuild"]

Ask = Callable[[Question, date], Steps]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Lost:
    """A payload that could not be brought back: its name, when it was fetched, and why."""

    name: str
    fetched_at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What became of a rebuild.

    Attributes
    ----------
    parsed, carried : int
        Batches made from archived payloads; batches taken over from the old store because the
        archive does not have their payload.
    differing : tuple of str
        Payloads that now give other figures than when they were taken in.
    lost : tuple of Lost
        What neither the archive nor the old store has.
    damaged : int
        Stretches of the archive that cannot be read.
    before : str
        Hash over the contents of the old store; empty where it could not be read.
    content_sha256 : str
        Hash over the contents of the new one.
    kept : Path or None
        Where the old store is kept.
    """

    parsed: int
    carried: int
    differing: tuple[str, ...]
    lost: tuple[Lost, ...]
    damaged: int
    before: str
    content_sha256: str
    kept: Path | None


@dataclass(slots=True)
class _Work:
    """The draft being filled, and what is counted on the way."""

    store: Store
    archive: Archive
    whole: frozenset[str]
    catalogue: Catalogue
    ask: Ask | None
    parsed: int = 0
    carried: int = 0
    differing: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)


def rebuild(
    path: Path,
    *,
    ask: Ask | None = None,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
) -> Rebuilt:
    """Make a store again by parsing every archived payload in the order it was taken in.

    The draft is filled beside the store, verified, and put in its place; the old store is kept.
    A batch whose payload the archive lacks is taken over from the old store if its hash holds.
    Decisions are not made again: what was held, released or dropped then is so now.

    Parameters
    ----------
    ask : callable, optional
        Steps of a question as of a day, for payloads that an update brought; by default those of
        the publishers that the package knows.

    Raises
    ------
    StoreError
        ``store.norebuild`` where there is neither an archive nor a batch to take over,
        ``store.newer`` for a store of a newer version; the place is then as it was.
    """
    catalogue = load_catalogue() if catalogue is None else catalogue
    with writer_lock(path), faults(path):
        refuse_newer(path)
        archive = Archive(archive_path(path))
        entries = archive.entries
        whole = frozenset(
            entry.payload_sha256
            for entry in entries
            if entry.action is Action.TAKEN and archive.bodies(entry) is not None
        )
        old = salvage(path, archived=whole)
        if not entries and not old.batches:
            raise StoreError("store.norebuild", path=path)
        draft = draft_path(path)
        discard_drafts(path)
        try:
            create(draft)
            with Store(draft) as store:
                work = _Work(store, archive, whole, catalogue, ask)
                with store.exclusive():
                    _fill(work, entries, old, progress)
                verify(store)
                content = store.content_sha256()
            settle(draft)
            before = _content_of(path)
            kept = put_in_place(path, draft)
        finally:
            discard_drafts(path)
    return Rebuilt(
        work.parsed,
        work.carried,
        tuple(work.differing),
        tuple(work.lost),
        archive.damaged,
        before,
        content,
        kept,
    )


def _content_of(path: Path) -> str:
    try:
        with Store(path) as store:
            return store.content_sha256()
    except StoreError:
        return ""


def _fill(work: _Work, entries: tuple[Entry, ...], old: Salvage, progress: Progress | None) -> None:
    """Do again what the archive says, and between it carry over what it does not know."""
    usable = tuple(entry for entry in entries if entry.payload_sha256 in work.whole)
    again, known = _made(usable, old.batches), _made(entries, old.batches)
    waiting = [batch for batch in old.batches if batch.id not in again.values()]
    for number, entry in enumerate(entries):
        if progress is not None:
            progress(number, len(entries), entry.name)
        while waiting and waiting[0].id <= entry.after:
            _carry(work, waiting.pop(0), old)
        if entry.payload_sha256 in work.whole:
            _again(work, entry)
        elif entry not in known and (entry.content_sha256 or entry.held):
            work.lost.append(Lost(entry.name, entry.fetched_at, "store.lost_body"))
    for batch in waiting:
        _carry(work, batch, old)
    for key, text in old.memory.items():
        made = work.store.memory(key)
        # What brought nothing new is in no archive, and was an answer nonetheless.
        if made is None or (key.startswith(PREFIX) and later_of(made, text) != made):
            work.store.remember(key, text)


def _made(entries: tuple[Entry, ...], batches: tuple[Batch, ...]) -> dict[Entry, int]:
    """Number of the batch that each entry made, where the old store still lists it."""
    listed = {(b.payload_sha256, b.content_sha256, b.id): b.id for b in batches}
    keys = ((e, (e.payload_sha256, e.content_sha256, e.after + 1)) for e in entries)
    return {entry: listed[key] for entry, key in keys if key in listed}


def _carry(work: _Work, batch: Batch, old: Salvage) -> None:
    """Take a batch over from the old store, or from the shipped edition."""
    content = old.contents.get(batch.id)
    packed = shipped()
    if content is None and hashlib.sha256(packed).hexdigest() == batch.payload_sha256:
        rows, documents = decode_edition(packed)
        content = rows, list(documents)
    if content is None:
        work.lost.append(Lost(batch.source, batch.imported_at, "store.lost_batch"))
        return
    work.carried += 1
    work.store.add(
        Addition(
            batch.source,
            batch.payload_sha256,
            content[0],
            content[1],
            imported_at=batch.imported_at,
        )
    )


def _again(work: _Work, entry: Entry) -> None:
    """Do again what one entry says."""
    newest = work.store.last_batch()
    before = 0 if newest is None else newest.id
    try:
        if entry.action is Action.TAKEN:
            _take_again(work, entry)
        else:
            _settle_again(work, entry)
    except StoreError as error:
        if error.message_id not in {"reference.broken", "store.lost_body"}:
            raise
        work.lost.append(Lost(entry.name, entry.fetched_at, error.message_id))
        return
    except DebtcycleError as error:
        work.lost.append(Lost(entry.name, entry.fetched_at, error.message_id))
        return
    last = work.store.last_batch()
    if last is None or last.id == before:
        return
    work.parsed += 1
    if last.content_sha256 != entry.content_sha256:
        work.differing.append(entry.name)


def _take_again(work: _Work, entry: Entry) -> None:
    bodies = work.archive.bodies(entry)
    if bodies is None:
        raise StoreError("store.lost_body", name=entry.name)
    if entry.origin == Origin.EDITION:
        rows, documents = decode_edition(bodies[0])
        work.store.add(
            Addition(
                entry.name,
                entry.payload_sha256,
                rows,
                documents,
                imported_at=entry.fetched_at,
            )
        )
        return
    today = entry.today or datetime.now(UTC).date()
    question = msgspec.json.decode(entry.question, type=Question) if entry.question else None
    payload = Payload(
        entry.origin,
        question,
        entry.name,
        bodies,
        datetime.fromisoformat(entry.fetched_at),
        entry.refused,
    )
    parts: tuple[Part, ...]
    if question is None:
        parts = read_bytes(bodies[0], entry.name, today=today)
    else:
        parts = _driven((work.ask or _asked)(question, today), bodies, entry)
    take(
        work.store,
        payload,
        parts,
        catalogue=work.catalogue,
        fetched=entry.fetched,
        today=today,
        archived=entry,
    )


def _asked(question: Question, today: date) -> Steps:
    from debtcycle.sources.plans import steps

    return steps(question, today=today)


def _driven(steps: Steps, bodies: tuple[bytes, ...], entry: Entry) -> tuple[Part, ...]:
    """What steps make of the bodies that they once asked for."""
    left: Iterator[bytes] = iter(bodies)
    try:
        request = next(steps)
        number = -1
        while True:
            number += 1
            if number in entry.refused:
                request = steps.throw(_refusal(request))
                continue
            body = next(left, None)
            if body is None:
                raise SourceError("source.fault", name=entry.name, reason="a body is missing")
            request = steps.send(body)
    except StopIteration as done:
        return tuple(done.value)


def _refusal(request: Request) -> SourceError:
    """As the publisher refused it then: there is nothing of the kind."""
    return SourceError("network.status", publisher=request.publisher, status=400)


def _settle_again(work: _Work, entry: Entry) -> None:
    """Release or drop again the first held line of that payload and series."""
    chosen = [
        line.id
        for line in work.store.quarantine()
        if (line.payload_sha256, line.series) == (entry.payload_sha256, entry.held[0])
    ]
    if not chosen:
        raise StoreError("store.lost_body", name=entry.name)
    if entry.action is Action.RELEASED:
        release(work.store, chosen[:1], catalogue=work.catalogue, archived=entry)
    else:
        drop(work.store, chosen[:1], archived=entry)
