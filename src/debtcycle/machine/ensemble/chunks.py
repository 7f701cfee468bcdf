"""An ensemble in parts: which paths go together, and how the parts become one result again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias, TypeVar, runtime_checkable

from debtcycle.errors import ConfigError
from debtcycle.machine.ensemble.moments import LANE

__all__ = ["Chunk", "Group", "Job", "Mergeable", "Progress", "Releasable", "Task", "chunks_of"]

# Paths. What a thread holds at once depends on the job, not on the ensemble: of a simulation half a
# gigabyte at 40 quarters, and in proportion to the quarters.
LARGEST: Final = 8_192
FEWEST_CHUNKS: Final = 16
_WORD: Final = 2**32


class Mergeable(Protocol):
    """A result of some paths, which can take over that of others."""

    def merge(self, other: Any, /) -> Any:
        """Both together; may change and give back the first."""


@runtime_checkable
class Releasable(Protocol):
    """A result whose memory can be used again once it has been sent off."""

    def release(self) -> None:
        """Leave the memory to others; nothing is in it afterwards."""


R = TypeVar("R", bound=Mergeable)
R_co = TypeVar("R_co", bound=Mergeable, covariant=True)

Progress: TypeAlias = Callable[[int, int], None]


class Job(Protocol[R_co]):
    """What is done for the paths of a chunk; must be picklable to run on a cluster.

    It must not depend on anything but its arguments and what it carries itself.
    """

    def __call__(self, seed: int, first_path: int, paths: int, /) -> R_co:
        """The result of paths in a row."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Paths in a row: the first id, a multiple of 64, and their number."""

    first_path: int
    paths: int


@dataclass(frozen=True, slots=True)
class Group:
    """Chunks in a row, whose results are merged where they are made."""

    chunks: tuple[Chunk, ...]

    @property
    def first_path(self) -> int:
        """Id of the first path."""
        return self.chunks[0].first_path

    @property
    def paths(self) -> int:
        """Number of paths."""
        return sum(chunk.paths for chunk in self.chunks)


@dataclass(frozen=True, slots=True)
class Task:
    """A job with its seed: what is done for each chunk, and sent to a worker for each group."""

    job: Job[Any]
    seed: int

    def __call__(self, group: Group) -> Any:
        """The result of a group: its chunks one after another, merged in their order."""
        made = None
        for chunk in group.chunks:
            part = self.job(self.seed, chunk.first_path, chunk.paths)
            made = part if made is None else made.merge(part)
        return made


def chunks_of(paths: int, size: int | None = None) -> Iterator[Chunk]:
    """Divide an ensemble; the division depends on the number of paths alone.

    Parameters
    ----------
    paths : int
    size : int, optional
        Paths of a chunk, a multiple of 64; by default a 16th of the ensemble, at most 8,192.

    Raises
    ------
    ConfigError
        ``ensemble.paths`` for a number of paths outside 1 to 2**32, ``ensemble.size`` for a size
        that is not a positive multiple of 64.
    """
    if not 0 < paths <= _WORD:
        raise ConfigError("ensemble.paths", found=paths)
    if size is None:
        lanes = -(-paths // (FEWEST_CHUNKS * LANE))
        size = min(lanes * LANE, LARGEST)
    if size <= 0 or size % LANE:
        raise ConfigError("ensemble.size", found=size)
    return (Chunk(first, min(size, paths - first)) for first in range(0, paths, size))
