"""Where an interrupted simulation is kept, under a key of all that its result depends on."""

from __future__ import annotations

import hashlib
import os
import platform
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import platformdirs
from numpy.typing import NDArray

from debtcycle.machine.economy.parameters import shock_sizes
from debtcycle.machine.economy.text import economy_text
from debtcycle.machine.ensemble.checkpoint import EVERY_SECONDS, Checkpoint, Told
from debtcycle.machine.ensemble.encoding import decode, encode
from debtcycle.machine.experiment import Experiment
from debtcycle.machine.faults import Fault
from debtcycle.machine.part import Part, Tally
from debtcycle.machine.window import Counts

__all__ = ["CACHE_VARIABLE", "checkpoint_of", "part_bytes", "part_of"]

CACHE_VARIABLE = "DEBTCYCLE_CACHE"


class _Counts(msgspec.Struct, array_like=True, frozen=True):
    open_: bytes
    soon: bytes
    regret: bytes
    squares: bytes
    paths: int
    popped: int
    windows: int
    early: tuple[int, int]


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    sketches: dict[str, bytes]
    phases: tuple[int, bytes]
    bursts: bytes
    window: _Counts
    without: _Counts
    outside: bytes
    worst: float
    faults: list[tuple[int, str, str, int, str, str, bytes]]


def _whole(numbers: NDArray[np.int64]) -> bytes:
    return np.ascontiguousarray(numbers, "<i8").tobytes()


def _real(numbers: NDArray[np.float64] | float) -> bytes:
    return np.ascontiguousarray(numbers, "<f8").tobytes()


def _stored(counts: Counts) -> _Counts:
    return _Counts(
        _whole(counts.open_), _whole(counts.soon), _real(counts.regret), _real(counts.squares),
        counts.paths, counts.popped, counts.windows, (counts.early_popped, counts.early_windows),
    )  # fmt: skip


def _counts(kept: _Counts, rules: int) -> Counts:
    whole = [np.frombuffer(data, "<i8").astype(np.int64) for data in (kept.open_, kept.soon)]
    real = [
        np.frombuffer(data, "<f8").astype(np.float64).reshape(rules, -1)
        for data in (kept.regret, kept.squares)
    ]
    return Counts(
        whole[0], whole[1], real[0], real[1],
        kept.paths, kept.popped, kept.windows, kept.early[0], kept.early[1],
    )  # fmt: skip


def part_bytes(part: Part) -> bytes:
    """A part of a simulation as bytes."""
    tally = part.tally
    faults = [
        (f.path, f.run, f.kind, f.quarter, f.variable, f.text, _real(f.residual))
        for f in tally.faults
    ]
    stored = _Stored(
        {side: encode(sketch) for side, sketch in part.sketches.items()},
        (tally.phases.shape[1], _whole(tally.phases)),
        _whole(tally.bursts),
        _stored(tally.window),
        _stored(tally.window_without),
        _whole(tally.outside),
        tally.worst_account,
        faults,
    )
    return len(tally.window.regret).to_bytes(2, "little") + msgspec.msgpack.encode(stored)


def part_of(data: bytes) -> Part:
    """The part of some bytes.

    Raises
    ------
    ModelError, msgspec.DecodeError, ValueError
        If they are something else.
    """
    rules, kept = int.from_bytes(data[:2], "little"), msgspec.msgpack.decode(data[2:], type=_Stored)
    phases, table = kept.phases
    tally = Tally(
        np.frombuffer(table, "<i8").astype(np.int64).reshape(-1, phases),
        np.frombuffer(kept.bursts, "<i8").astype(np.int64).reshape(-1, 2),
        _counts(kept.window, rules),
        _counts(kept.without, rules),
        np.frombuffer(kept.outside, "<i8").astype(np.int64).reshape(2, 3),
        kept.worst,
        tuple(Fault(*f[:6], float(np.frombuffer(f[6], "<f8")[0])) for f in kept.faults),
    )
    return Part({side: decode(sketch) for side, sketch in kept.sketches.items()}, tally)


@cache
def _sources() -> bytes:
    """Digest of the code of this room and of the model language."""
    found = hashlib.sha256()
    here = Path(__file__).parent
    for folder in (here, here.parent / "sfc"):
        for path in sorted(folder.rglob("*.py")):
            found.update(path.read_bytes())
    return found.digest()


def _key(experiment: Experiment, paths: int, seed: int) -> str:
    scenario = experiment.scenario
    plans = [scenario.with_.steps, scenario.without.steps]
    start = [(name, float(value).hex()) for name, value in sorted(experiment.start.items())]
    asked = (
        paths, seed, scenario.quarters, plans, start, dict(shock_sizes()), economy_text(),
        np.__version__, platform.machine(), platform.node(),
    )  # fmt: skip
    return hashlib.sha256(_sources() + repr(asked).encode()).hexdigest()[:32]


def checkpoint_of(
    experiment: Experiment,
    paths: int,
    seed: int,
    *,
    every: float = EVERY_SECONDS,
    told: Told | None = None,
) -> Checkpoint | None:
    """The checkpoint of a simulation; None where the user keeps no cache.

    Parameters
    ----------
    experiment, paths, seed
        As in `debtcycle.machine.simulation.simulate`.
    every : float
        Seconds between two writings.
    told : callable, optional
        See `Checkpoint`.
    """
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen == "":
        return None
    folder = Path(chosen or platformdirs.user_cache_dir("debtcycle", appauthor=False)) / "runs"
    key = _key(experiment, paths, seed)
    return Checkpoint(folder, key, part_bytes, part_of, every=every, told=told)
