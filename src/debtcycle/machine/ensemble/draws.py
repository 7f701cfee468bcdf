"""Random words that depend on nothing but their address: Philox4x32-10.

A block of four words of 32 bits is a scrambled counter: ten rounds of two products each, under a
key. The counter is ``(path, quarter, pair of shocks, stream)`` and the key is the seed, so any
draw is found without those before it, in any order and by any worker. Words 0 and 1 make the word
of 64 bits of the pair's first shock (the former is its lower half), 2 and 3 that of the second.

Source: J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw (2011), "Parallel random numbers: as
easy as 1, 2, 3", SC'11, doi:10.1145/2063384.2063405; the tests hold it to the published vectors.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.ensemble.jit import compiled
from debtcycle.machine.ensemble.normal import normals_of_words

__all__ = ["Block", "fill_normals", "fill_words", "philox"]

Words = NDArray[np.uint64]
Block: TypeAlias = tuple[Words, Words, Words, Words]

FACTORS: Final = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
KEY_STEPS: Final = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
LOW: Final = np.uint64(0xFFFFFFFF)
HALF: Final = np.uint64(32)
ROUNDS: Final = 10
TILE: Final = 256  # paths whose words lie together in the nearest cache


def philox(counter: Block, key: tuple[Words, Words]) -> Block:
    """Scramble counters: the plain twin of the compiled generator.

    Parameters
    ----------
    counter, key : tuple of ndarray of uint64
        Four and two words of 32 bits, each kept in 64; arrays of shapes that go together.

    Returns
    -------
    tuple of ndarray of uint64
        Four words of 32 bits.
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        first, second = FACTORS[0] * c0, FACTORS[1] * c2
        c0, c1, c2, c3 = (
            (second >> HALF) ^ c1 ^ k0, second & LOW, (first >> HALF) ^ c3 ^ k1, first & LOW,
        )  # fmt: skip
        k0, k1 = (k0 + KEY_STEPS[0]) & LOW, (k1 + KEY_STEPS[1]) & LOW
    return c0, c1, c2, c3


@compiled
def fill_words(
    seed: int, stream: int, first_path: int, quarter: int, pair: int, first: Words, second: Words
) -> None:
    """Write the words of one pair of shocks in one quarter, for as many paths as there is room.

    Parameters
    ----------
    seed, stream, first_path, quarter, pair : int
    first, second : ndarray of uint64
        Where the words of the pair's two shocks go, one for each path.
    """
    base = np.uint64(first_path)
    for i in range(first.size):
        c0, c1, c2, c3 = base + np.uint64(i), np.uint64(quarter), np.uint64(pair), np.uint64(stream)
        k0, k1 = np.uint64(seed) & LOW, np.uint64(seed) >> HALF
        for _ in range(ROUNDS):
            left, right = FACTORS[0] * c0, FACTORS[1] * c2
            c0, c1 = (right >> HALF) ^ c1 ^ k0, right & LOW
            c2, c3 = (left >> HALF) ^ c3 ^ k1, left & LOW
            k0, k1 = (k0 + KEY_STEPS[0]) & LOW, (k1 + KEY_STEPS[1]) & LOW
        first[i] = c0 | (c1 << HALF)
        second[i] = c2 | (c3 << HALF)


@compiled
def fill_normals(
    seed: int, stream: int, first_path: int, first_quarter: int, out: NDArray[np.float64]
) -> None:
    """Write standard normals for paths and quarters in a row.

    Parameters
    ----------
    seed, stream, first_path, first_quarter : int
    out : ndarray of float64
        Shape (quarters, shocks, paths), without gaps.
    """
    quarters, shocks, paths = out.shape
    # Whole arrays and offsets, not slices: of those the compiler knows that they have no gaps.
    flat = out.reshape(out.size)
    first, second = np.empty(TILE, np.uint64), np.empty(TILE, np.uint64)
    for quarter in range(quarters):
        for shock in range(0, shocks, 2):
            at = (quarter * shocks + shock) * paths
            for start in range(0, paths, TILE):
                count = min(TILE, paths - start)
                fill_words(
                    seed, stream, first_path + start, first_quarter + quarter, shock // 2,
                    first, second,
                )  # fmt: skip
                normals_of_words(first, flat, at + start, count)
                if shock + 1 < shocks:
                    normals_of_words(second, flat, at + paths + start, count)
