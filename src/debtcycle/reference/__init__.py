"""The embedded edition: the figures that a fresh install starts from."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from debtcycle.reference.edition import decode_edition, encode_edition
from debtcycle.store import Store, default_path
from debtcycle.store.database import create, faults, writer_lock

__all__ = ["decode_edition", "encode_edition", "fill", "open_store", "provenance", "shipped"]


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
    return store.append("reference edition", hashlib.sha256(packed).hexdigest(), rows, documents)


def open_store(path: Path | None = None) -> Store:
    """Open the user's store, making it from the edition at first use.

    A new store is filled beside its place and moved there when it is whole, so that an
    interrupted first use leaves nothing half-made.
    """
    path = default_path() if path is None else path
    if not path.exists():
        with writer_lock(path):
            if not path.exists():
                _make(path)
    return _opened(path, path.stat().st_ino)


def _make(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with faults(path):
        try:
            create(draft)
            with Store(draft) as store:
                fill(store)
            draft.replace(path)
        finally:
            for leftover in path.parent.glob(f"{draft.name}*"):
                leftover.unlink()


@lru_cache(maxsize=1)
def _opened(path: Path, inode: int) -> Store:
    """One open store per file: views made in a row share its cache of rows."""
    del inode
    return Store(path)
