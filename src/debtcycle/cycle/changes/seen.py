"""The last answer seen: a small file in the user's state folder, one for each store."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec
from platformdirs import user_state_path

from debtcycle.cycle.changes.items import Told
from debtcycle.errors import ConfigError
from debtcycle.store import Store

__all__ = ["Seen", "method", "read_seen", "seen_path", "state_folder", "write_seen"]

_FORMAT = 1
_MAX_BYTES = 1 << 20
# Rooms and modules whose text decides an answer.
_ROOMS = ("catalogue", "indicators", "bubbles", "crises", "cycle", "cycle/claims")
_MODULES = ("views.py", "store/schema.py")


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was last told.

    Attributes
    ----------
    version, method : str
        Of the program that gave the answer, and the hash of its rules.
    as_of : date
    batches, digest : int, str
        How many batches the store had, and the hash over their contents.
    items : tuple of Told
    """

    format: int = _FORMAT
    version: str
    method: str
    as_of: date
    batches: int
    digest: str
    items: tuple[Told, ...]


@lru_cache(maxsize=1)
def method() -> str:
    """Hash over the text of all that decides an answer."""
    root = files("debtcycle")
    found: list[tuple[str, Traversable]] = [(name, root / name) for name in _MODULES]
    for room in _ROOMS:
        inside = (item for item in (root / room).iterdir() if item.name.endswith((".py", ".toml")))
        found += [(f"{room}/{item.name}", item) for item in inside]
    digest = hashlib.sha256()
    for name, item in sorted(found, key=lambda pair: pair[0]):
        digest.update(name.encode() + b"\0" + item.read_bytes() + b"\0")
    return digest.hexdigest()


def state_folder() -> Path:
    """Where it is kept: ``$DEBTCYCLE_STATE``, else the user's state folder."""
    named = os.environ.get("DEBTCYCLE_STATE")
    return Path(named) if named else user_state_path("debtcycle", appauthor=False)


def seen_path(store: Store) -> Path:
    """The file of a store, by its real place."""
    place = hashlib.sha256(os.path.realpath(store.path).encode()).hexdigest()
    return state_folder() / f"seen-{place[:16]}.json"


def read_seen(path: Path) -> tuple[Seen | None, Path | None]:
    """The last answer seen, None if none was; and where a file was put that is no such answer.

    A damaged file would keep every later run from its work: it is set aside beside its place,
    and what follows is a first answer.

    Raises
    ------
    ConfigError
        ``since.unreadable`` if there is a file and it cannot be read or set aside.
    """
    try:
        return _decoded(path), None
    except FileNotFoundError:
        return None, None
    except ValueError as error:
        aside = path.with_name(f"{path.name}.broken")
        try:
            path.replace(aside)
        except OSError:
            raise ConfigError("since.unreadable", path=path, reason=error) from error
        return None, aside
    except OSError as error:
        raise ConfigError("since.unreadable", path=path, reason=error) from error


def _decoded(path: Path) -> Seen:
    """The answer in a file.

    Raises
    ------
    ValueError
        If it is none.
    """
    with path.open("rb") as stream:
        content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError("too large")
    found = msgspec.json.decode(content, type=Seen)
    if found.format != _FORMAT:
        raise ValueError(f"format {found.format}")
    return found


def write_seen(path: Path, seen: Seen) -> None:
    """Keep an answer: the file is the old one or the new one, never a part.

    Raises
    ------
    ConfigError
        ``since.unwritable``.
    """
    draft: str | None = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".debtcycle-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(msgspec.json.encode(seen))
            stream.flush()
            os.fsync(stream.fileno())
        Path(draft).replace(path)
    except OSError as error:
        if draft is not None:
            with suppress(OSError):
                Path(draft).unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise ConfigError("since.unwritable", path=path, reason=reason) from error
