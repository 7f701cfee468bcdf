"""The shocks of an ensemble: the same for a path whatever is computed beside it.

Every draw has an address, (seed, stream, path, quarter, shock), and is a function of that address
alone. Hence any chunking, order and number of workers gives the same bits, a longer run begins
with the shorter one, and another shock leaves those before it as they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ConfigError
from debtcycle.machine.ensemble.draws import HALF, LOW, fill_normals, philox
from debtcycle.machine.ensemble.normal import plain_normals_of_words

__all__ = ["normals", "plain_normals"]

Floats = NDArray[np.float64]

_WORD = 2**32


def normals(
    seed: int,
    first_path: int,
    paths: int,
    quarters: int,
    shocks: int,
    *,
    first_quarter: int = 0,
    stream: int = 0,
    out: Floats | None = None,
) -> Floats:
    """Independent standard normals for paths, quarters and shocks.

    Parameters
    ----------
    seed : int
        From 0 to 2**64 - 1.
    first_path, paths : int
        Ids of the paths: ``first_path`` and the ``paths - 1`` that follow it, all below 2**32.
    quarters, shocks : int
    first_quarter : int
        Number of the first quarter.
    stream : int
        Another set of draws for the same seed, e.g. for parameters that differ by path.
    out : ndarray of float64, optional
        Where to write, of shape (quarters, shocks, paths), without gaps (C order).

    Returns
    -------
    ndarray of float64
        Shape (quarters, shocks, paths); `out` if it was given. At most 8.21 in size, with a
        relative error below 1e-15 against the exact inverse of the drawn probability.

    Raises
    ------
    ConfigError
        ``ensemble.draws`` for an address out of range, or an `out` of another shape or kind.

    Notes
    -----
    Philox4x32-10 under the key `seed` with the counter (path, quarter, shock // 2, stream), and
    the inverse of the normal distribution; see `draws` and `normal`. The compiled code and its
    plain twin `plain_normals` agree to the bit.
    """
    shape = _checked(seed, first_path, paths, quarters, shocks, first_quarter, stream)
    if out is None:
        out = np.empty(shape)
    elif out.shape != shape or out.dtype != np.float64 or not out.flags.c_contiguous:
        raise ConfigError("ensemble.draws", name="out", found=f"{out.shape} {out.dtype}")
    fill_normals(np.uint64(seed), stream, first_path, first_quarter, out)  # type: ignore[arg-type]
    return out


def plain_normals(
    seed: int,
    first_path: int,
    paths: int,
    quarters: int,
    shocks: int,
    *,
    first_quarter: int = 0,
    stream: int = 0,
) -> Floats:
    """The plain twin of `normals`, in NumPy."""
    _checked(seed, first_path, paths, quarters, shocks, first_quarter, stream)
    pairs = (shocks + 1) // 2
    path = np.arange(first_path, first_path + paths, dtype=np.uint64)[None, None, :]
    quarter = np.arange(first_quarter, first_quarter + quarters, dtype=np.uint64)[:, None, None]
    pair = np.arange(pairs, dtype=np.uint64)[None, :, None]
    number, key = np.uint64(stream), np.uint64(seed)
    counter = np.broadcast_arrays(path, quarter, pair, number)
    c0, c1, c2, c3 = philox(
        (counter[0], counter[1], counter[2], counter[3]),
        (np.asarray(key & LOW), np.asarray(key >> HALF)),
    )
    words = np.stack([c0 | (c1 << HALF), c2 | (c3 << HALF)], axis=2)
    every = words.reshape(quarters, 2 * pairs, paths)[:, :shocks]
    return plain_normals_of_words(np.ascontiguousarray(every))


def _checked(
    seed: int,
    first_path: int,
    paths: int,
    quarters: int,
    shocks: int,
    first_quarter: int,
    stream: int,
) -> tuple[int, int, int]:
    """The shape of the draws, or an error if an address does not fit into the counter."""
    if not 0 <= seed < _WORD**2:
        raise ConfigError("ensemble.draws", name="seed", found=seed)
    if not 0 <= stream < _WORD:
        raise ConfigError("ensemble.draws", name="stream", found=stream)
    ranges = (("paths", first_path, paths), ("quarters", first_quarter, quarters))
    for name, first, count in (*ranges, ("shocks", 0, shocks)):
        if first < 0 or count < 0 or first + count > _WORD:
            raise ConfigError("ensemble.draws", name=name, found=f"{first} + {count}")
    return quarters, shocks, paths
