"""The embedded edition: the figures that a fresh install starts from."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from debtcycle.errors import StoreError
from debtcycle.reference.edition import decode_edition, encode_edition
from debtcycle.store import Store, default_path
from debtcycle.store.archive import Archive, archive_path
from debtcycle.store.database import (
    create,
    discard_drafts,
    draft_path,
    faults,
    schema_version,
    settle,
    writer_lock,
)
from debtcycle.store.entries import Action, Entry, Origin
from debtcycle.store.packing import content_hash
from debtcycle.store.schema import SCHEMA_VERSION
from debtcycle.store.writing import Addition

__all__ = [
    "Beginning",
    "beginning",
    "decode_edition",
    "encode_edition",
    "fill",
    "open_store",
    "provenance",
    "refuse_lost",
    "shipped",
]


EDITION_NAME = "reference edition"
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.05


class Beginning(StrEnum):
    """What a store began from: the edition of this version, another one, or nothing."""

    SHIPPED = "in"
    OTHER = "out"
    EMPTY = "empty"


def beginning(store: Store) -> Beginning:
    """What a store began from."""
    if store.has_payload(hashlib.sha256(shipped()).hexdigest()):
        return Beginning.SHIPPED
    other = any(batch.source == EDITION_NAME for batch in store.batches())
    return Beginning.OTHER if other else Beginning.EMPTY


def shipped() -> bytes:
    """The packed edition of this version of the package."""
    return (files("debtcycle.reference") / "edition.xz").read_bytes()


def provenance() -> str:
    """The table of raw files behind the edition, as CSV."""
    return (files("debtcycle.reference") / "provenance.csv").read_text(encoding="utf-8")


def fill(store: Store) -> int:
    """Add the edition to an empty store; the number of rows added."""
    packed = shipped()
    rows, documents = decode_edition(packed)
    content = content_hash(rows, documents)
    digest = hashlib.sha256(packed).hexdigest()
    added = Addition(EDITION_NAME, digest, rows, documents, content_sha256=content)
    return store.add(added, _entry(digest, content), (packed,))


def _entry(digest: str, content: str) -> Entry:
    return Entry(
        action=Action.TAKEN,
        origin=Origin.EDITION,
        name=EDITION_NAME,
        payload_sha256=digest,
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        bodies=(digest,),
        content_sha256=content,
    )


def _renew(path: Path) -> None:
    """Bring an older store up to date, and archive the edition that it was made from."""
    with Store(path) as store, store.exclusive():
        packed = shipped()
        digest = hashlib.sha256(packed).hexdigest()
        first = store.batches()[:1]
        if first and first[0].payload_sha256 == digest and not store.archive.entries:
            store.archive.add(_entry(digest, first[0].content_sha256), (packed,))


def open_store(path: Path | None = None) -> Store:
    """Open the user's store, making it from the edition at first use.

    A new store is filled beside its place and moved there when it is whole, so that an
    interrupted first use leaves nothing half-made. Where another process is making it already,
    this one waits for it.

    Raises
    ------
    StoreError
        If the store cannot be made or opened; ``store.locked`` if another process has held the
        writer's lock for a minute without making the store; ``store.lost`` if the store is gone
        and its archive is there.
    """
    path = default_path() if path is None else path
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not path.exists():
        try:
            with writer_lock(path):
                if not path.exists():
                    _make(path)
        except StoreError as error:
            if error.message_id != "store.locked" or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)
    if schema_version(path) < SCHEMA_VERSION:
        with suppress(StoreError):  # what is wrong with it is said where it is opened
            _renew(path)
    return _opened(path, path.stat().st_ino)


def _make(path: Path) -> None:
    """Make the store; the caller holds the writer's lock, so that all drafts are leftovers."""
    draft = draft_path(path)
    with faults(path):
        discard_drafts(path)
        refuse_lost(path)
        try:
            create(draft)
            with Store(draft) as store:
                fill(store)
            settle(draft)
            _set_aside(archive_path(path))
            archive_path(draft).replace(archive_path(path))
            # A log without its store, left where one was moved away, belongs to that one.
            for orphan in ("-wal", "-shm"):
                path.with_name(path.name + orphan).unlink(missing_ok=True)
            draft.replace(path)
        finally:
            discard_drafts(path)


def refuse_lost(path: Path) -> None:
    """Begin nothing anew where the archive of a lost store still has what the user brought.

    One with the edition alone was left by a first use that was cut off.

    Raises
    ------
    StoreError
        ``store.lost``.
    """
    archive = Archive(archive_path(path))
    count = sum(entry.origin != Origin.EDITION for entry in archive.entries)
    if count or archive.damaged:
        raise StoreError("store.lost", path=path, archive=archive.path, count=count)


def _set_aside(archive: Path) -> None:
    """Keep the archive of a store that is gone under another name: it can be rebuilt from."""
    if archive.exists():
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        archive.replace(archive.with_name(f"{archive.name}.{stamp}"))


@lru_cache(maxsize=1)
def _opened(path: Path, inode: int) -> Store:
    """One open store per file: views made in a row share its cache of rows."""
    del inode
    return Store(path)
