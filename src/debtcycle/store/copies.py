"""Copies of a store: backup while it is in use, restore, and putting a new file in its place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from debtcycle.errors import StoreError
from debtcycle.store.archive import Archive, archive_path, sync_folder
from debtcycle.store.database import (
    connect,
    discard_drafts,
    draft_path,
    faults,
    open_any,
    refuse_newer,
    settle,
    writer_lock,
)
from debtcycle.store.store import Batch, Store
from debtcycle.store.verify import verify

__all__ = ["backup", "check_files", "put_in_place", "restore", "set_aside_path", "single_file"]

_DAMAGED = frozenset({"store.broken", "store.foreign", "store.tampered"})
_OF_ANOTHER_VERSION = frozenset({"store.newer", "store.older"})
_LOGS = ("-wal", "-shm", "-journal")


def backup(path: Path, target: Path) -> tuple[Batch, ...]:
    """Write a verified copy of a store and its archive, while others read and write it.

    The copy is that of one moment. It is made beside its place and moved there, the archive
    first, so that a copy is never without the payloads of its batches.

    Parameters
    ----------
    target : Path
        The copy; its archive lies beside it. An earlier copy is replaced.

    Returns
    -------
    tuple of Batch
        The batches in the copy.

    Raises
    ------
    StoreError
        If the store is damaged, or ``store.notours`` if something else stands at the place.
    """
    _check_place(path, target)
    Store(path).close()
    draft = draft_path(target)
    with faults(target):
        discard_drafts(target)
        try:
            _copy_database(path, draft)
            _copy_archive(archive_path(path), archive_path(draft))
            with Store(draft) as copied:
                batches = verify(copied)
            single_file(draft)
            if archive_path(draft).exists():
                archive_path(draft).replace(archive_path(target))
            _sync(draft)
            draft.replace(target)
            sync_folder(target.parent)
        finally:
            discard_drafts(target)
    return batches


def restore(path: Path, source: Path) -> Path | None:
    """Put a verified copy in the place of the store; the present store is kept beside it.

    Returns
    -------
    Path or None
        Where the present store is kept; None if there was none.

    Raises
    ------
    StoreError
        ``store.copy`` if the copy is damaged, others if it cannot be read or the present store is
        of a newer version (``store.newer``): the store is then as it was.
    """
    if source.resolve() == path.resolve():
        raise StoreError("store.itself", path=path)
    with writer_lock(path), faults(path):
        refuse_newer(path)
        draft = draft_path(path)
        discard_drafts(path)
        try:
            with _of_the_copy(source, draft, path):
                _copy_database(source, draft)
                _copy_archive(archive_path(source), archive_path(draft))
                with Store(draft) as copied:
                    verify(copied)
            settle(draft)
            return put_in_place(path, draft, with_archive=True)
        finally:
            discard_drafts(path)


@contextmanager
def _of_the_copy(source: Path, draft: Path, path: Path) -> Iterator[None]:
    """Say of the copy what is wrong with it: the draft is gone when the user reads of it."""
    try:
        yield
    except StoreError as error:
        params = error.params
        if error.message_id in _DAMAGED:
            known = (params[key] for key in ("reason", "what") if key in params)
            reason = next(known, f"batch {params.get('batch')}")
            raise StoreError("store.copy", path=source, reason=reason) from error
        if params.get("path") != draft:
            raise
        named = source if error.message_id in _OF_ANOTHER_VERSION else path
        raise StoreError(error.message_id, **{**params, "path": named}) from error


def set_aside_path(path: Path) -> Path:
    """A free name beside the store for the present one."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    for number in range(1000):
        place = path.with_name(f"{path.name}.before-{stamp}{f'-{number}' if number else ''}")
        if not place.exists() and not archive_path(place).exists():
            return place
    raise StoreError("store.exists", path=path)


def put_in_place(path: Path, draft: Path, *, with_archive: bool = False) -> Path | None:
    """Move a settled draft to the place of a store, and keep what stands there beside it.

    The caller holds the writer's lock. At every moment a whole store has the store's name.

    Parameters
    ----------
    with_archive : bool
        Whether the archive is replaced too, by that of the draft or by none.

    Returns
    -------
    Path or None
        Where the former store is kept.

    Raises
    ------
    StoreError
        ``store.notours`` where a device, a pipe or a folder stands: that is never replaced.
    """
    check_files(path, *((archive_path(path),) if with_archive else ()))
    aside = set_aside_path(path) if path.exists() else None
    if aside is not None:
        try:
            single_file(path)
        except StoreError as error:
            if error.message_id == "store.inuse":
                raise
        for end in _LOGS:  # of a store too damaged to be brought into one file
            log = path.with_name(path.name + end)
            if log.exists():
                log.replace(aside.with_name(aside.name + end))
        _keep(path, aside)
    else:
        for end in _LOGS:
            path.with_name(path.name + end).unlink(missing_ok=True)
    if with_archive:
        _replace_archive(path, draft, aside or set_aside_path(path))
    _sync(draft)
    draft.replace(path)
    sync_folder(path.parent)
    return aside


def check_files(*places: Path) -> None:
    """Refuse to put a file where something stands that is none: a device, a pipe, a folder.

    Raises
    ------
    StoreError
        ``store.notours``.
    """
    for place in places:
        if place.exists() and not place.is_file():
            raise StoreError("store.notours", path=place)


def _replace_archive(path: Path, draft: Path, aside: Path) -> None:
    archive, new = archive_path(path), archive_path(draft)
    if archive.exists():
        _keep(archive, archive_path(aside))
    if new.exists():
        new.replace(archive)
    else:
        archive.unlink(missing_ok=True)


def _keep(path: Path, aside: Path) -> None:
    """Give a file a second name; a copy where the file system knows no such thing."""
    try:
        os.link(path, aside)
    except OSError:
        shutil.copyfile(path, aside)
        _sync(aside)


def single_file(path: Path) -> None:
    """Bring the log into the file and do without one; that needs the file for oneself.

    Raises
    ------
    StoreError
        ``store.inuse`` while someone else has the store open.
    """
    connection = open_any(path, write=True)
    try:
        with faults(path):
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    except StoreError as error:
        if error.message_id != "store.locked":
            raise
        mode = ""
    finally:
        connection.close()
    if mode != "delete":
        raise StoreError("store.inuse", path=path)


def _check_place(path: Path, target: Path) -> None:
    if target.resolve() == path.resolve():
        raise StoreError("store.itself", path=path)
    check_files(archive_path(target))
    if target.exists():
        try:
            connect(target).close()
        except StoreError as error:
            if error.message_id not in {"store.older", "store.newer"}:
                raise StoreError("store.notours", path=target) from error
    elif archive_path(target).exists() and not _is_ours(path, archive_path(target)):
        raise StoreError("store.notours", path=archive_path(target))


def _is_ours(path: Path, found: Path) -> bool:
    """Whether an archive without its store was left by an earlier backup that was cut off."""
    other = Archive(found)
    known = set(Archive(archive_path(path)).entries)
    return bool(other.entries) and not other.damaged and known.issuperset(other.entries)


def _copy_database(source: Path, target: Path) -> None:
    """Copy one moment of a store, with what its log holds, in one step."""
    connection = open_any(source)
    try:
        with faults(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = sqlite3.connect(target, isolation_level=None)
            try:
                with faults(source):
                    connection.backup(copy)
            finally:
                copy.close()
    finally:
        connection.close()


def _copy_archive(source: Path, target: Path) -> None:
    """Copy the archive; what a writer is adding meanwhile is cut off or whole."""
    if source.exists():
        shutil.copyfile(source, target)
        _sync(target)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
