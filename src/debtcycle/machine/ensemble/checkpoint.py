"""What a long run has done so far, kept so that it can go on after an interruption.

Chunks are merged in the order of the paths; so the merged result of the first few and their number
say all that is needed, and a run that goes on from there does what it would have done. One file a
run, replaced as a whole, removed when the run is done; of runs that nobody went on with a few are
kept, the newest.
"""

from __future__ import annotations

import contextlib
import os
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

__all__ = ["Checkpoint", "Told"]

Told: TypeAlias = Callable[[str, int, int], None]

MARK: Final = b"debtcycle run 1\n"
MOST_FILES: Final = 4
MOST_BYTES: Final = 2**30
EVERY_SECONDS: Final = 20.0
WORTH_SECONDS: Final = 5.0  # less than this is done again faster than it is explained


@dataclass(slots=True)
class Checkpoint:
    """The state of one run in a folder.

    Attributes
    ----------
    folder : Path
    key : str
        Digest of all that the result depends on: another run has another file.
    encode, decode : callable
        The merged result as bytes and back. What `decode` cannot read counts as nothing.
    every : float
        Seconds between two writings.
    told : callable, optional
        Told ("resumed", paths done, paths) when a run goes on, and ("kept", paths done, paths) when
        one that is cut off has been written.
    """

    folder: Path
    key: str
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    every: float = EVERY_SECONDS
    worth: float = WORTH_SECONDS
    told: Told | None = None
    _last: float = field(default_factory=time.monotonic)

    @property
    def path(self) -> Path:
        """The file of this run."""
        return self.folder / f"{self.key}.run"

    def found(self) -> tuple[Any, int] | None:
        """The merged result and the number of chunks in it, or None."""
        try:
            data = self.path.read_bytes()
            head, body = data[: len(MARK) + 4], data[len(MARK) + 4 :]
            if head != MARK + zlib.crc32(body).to_bytes(4, "little"):
                return None
            return self.decode(zlib.decompress(body[8:])), int.from_bytes(body[:8], "little")
        except Exception:  # noqa: BLE001 - whatever is wrong with the file, the run begins anew
            return None

    def keep(self, total: Any, chunks: int, *, leaving: bool = False) -> bool:
        """Write the state, if enough time has gone by; whether it was written."""
        now = time.monotonic()
        if now - self._last < (self.worth if leaving else self.every):
            return False
        written = False
        with contextlib.suppress(OSError):  # a folder that cannot be written keeps nothing
            body = chunks.to_bytes(8, "little") + zlib.compress(self.encode(total), 1)
            self._write(MARK + zlib.crc32(body).to_bytes(4, "little") + body)
            written = True
        self._last = time.monotonic()
        return written

    def _write(self, data: bytes) -> None:
        if len(data) > MOST_BYTES:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make_room(len(data))
        part = self.path.with_suffix(f".{os.getpid()}.part")
        try:
            part.write_bytes(data)
            part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)

    def _make_room(self, wanted: int) -> None:
        """Remove the oldest files of other runs until few and little enough are left."""
        others = []
        for path in self.folder.glob("*.run"):
            with contextlib.suppress(OSError):
                if path != self.path:
                    others.append((path.stat().st_mtime, path.stat().st_size, path))
        others.sort(reverse=True)
        room = MOST_BYTES - wanted
        for place, (_, size, path) in enumerate(others, start=1):
            room -= size
            if place >= MOST_FILES or room < 0:
                path.unlink(missing_ok=True)

    def forget(self) -> None:
        """The run is done."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
