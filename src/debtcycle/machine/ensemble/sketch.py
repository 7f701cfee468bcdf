"""Quantiles, means and variances of many variables by quarter, found while the paths come in.

Up to 4,096 paths all values are kept and quantiles are exact. Beyond that values are counted in
bins (`bins`), so that memory does not grow with the paths. Either way the result, to the last bit
of `to_bytes`, depends on the paths alone: not on chunks, their order or the number of workers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debtcycle.errors import ModelError
from debtcycle.machine.ensemble.bins import ENDLESS, ZERO, Bins, edges
from debtcycle.machine.ensemble.failed import Failed
from debtcycle.machine.ensemble.moments import LANE, Moments, lane_moments

__all__ = ["EXACT_PATHS", "Sketch"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

EXACT_PATHS: Final = 4096
_WORD: Final = 2**32
T = TypeVar("T", bound=np.generic)


def between(lower: Floats, upper: Floats, share: Floats) -> Floats:
    """A point between neighbouring order statistics; next to an infinity the nearer of the two."""
    with np.errstate(over="ignore", invalid="ignore"):
        inside = lower + (upper - lower) * share
        # A distance beyond the largest double is halved first.
        wide = lower * (1.0 - share) + upper * share
    nearer = np.where(share < 0.5, lower, upper)
    inside = np.where(np.isfinite(inside), inside, wide)
    made = np.where(np.isfinite(lower) & np.isfinite(upper), inside, nearer)
    return np.where((lower == upper) | (share == 0.0), lower, np.clip(made, lower, upper))


@dataclass(slots=True)
class Sketch:
    """What is known of an ensemble's distribution from the paths that were added.

    Attributes
    ----------
    variables : tuple of str
    quarters : int
    paths : int
        Of the whole ensemble; at most 4,096 of them are all kept.
    good : int
        Paths added that did not fail.
    failed : Failed
        Those that did; none of their numbers is counted.

    Notes
    -----
    A *cell* is one variable in one quarter. A number that is not one (NaN) on a path that did not
    fail leaves its cell alone and is counted in `undefined`. Infinities take part in quantiles.

    Accuracy of `quantile` beyond 4,096 paths: let x and y be the two order statistics between
    which the exact quantile lies. The answer is within ``2**-10 * max(|x|, |y|)`` of it (about
    0.1 %, and far less where many paths share a bin, since places within it are interpolated),
    plus ``2**-64``. Sizes above ``2**64`` keep their order only. The extremes are exact, hence
    constants are. Mean and variance are computed in double precision without bins; the variance
    is infinite where numbers differ by more than 1e154.
    """

    variables: tuple[str, ...]
    quarters: int
    paths: int
    moments: Moments
    low: Floats
    high: Floats
    endless: Ints
    bins: Bins | None
    kept: list[tuple[int, Floats]] = field(default_factory=list)
    good: int = 0
    failed: Failed = field(default_factory=Failed)

    @classmethod
    def empty(cls, variables: Sequence[str], quarters: int, paths: int) -> Sketch:
        """A sketch without paths.

        Parameters
        ----------
        variables : sequence of str
        quarters : int
        paths : int
            Of the whole ensemble, below 2**32: it decides whether all values are kept.
        """
        cells = len(variables) * quarters
        if not 0 <= paths < _WORD or quarters < 0:
            raise ModelError("ensemble.shape", expected="< 2**32", found=f"{paths}, {quarters}")
        return cls(
            tuple(variables),
            quarters,
            paths,
            Moments(cells),
            np.full(cells, math.inf),
            np.full(cells, -math.inf),
            np.zeros((2, cells), np.int64),
            None if paths <= EXACT_PATHS else Bins.empty(cells),
        )

    def add(self, values: Floats, first_path: int, failed: Flags | None = None) -> None:
        """Add paths in a row.

        Parameters
        ----------
        values : ndarray of float64
            Shape (quarters, variables, paths). Copied where it has gaps. Some thousand paths at
            a time cost least: each cell's counts are fetched from memory once for all of them.
        first_path : int
            Id of the first one, a multiple of 64.
        failed : ndarray of bool, optional
            Shape (paths,): paths to be left out.

        Raises
        ------
        ModelError
            ``ensemble.shape``, ``ensemble.lane`` for another first path, ``ensemble.twice`` for
            paths that were added before.
        """
        values = np.asarray(values, np.float64)
        shape = (self.quarters, len(self.variables), values.shape[-1] if values.ndim else 0)
        paths = shape[2]
        bad = np.zeros(paths, np.bool_) if failed is None else np.asarray(failed, np.bool_)
        if values.shape != shape or bad.shape != (paths,):
            raise ModelError("ensemble.shape", expected=shape, found=(values.shape, bad.shape))
        if first_path % LANE or first_path < 0 or first_path + paths > self.paths:
            raise ModelError("ensemble.lane", path=first_path, paths=self.paths)
        cells = np.ascontiguousarray(values).reshape(-1, paths)
        good = ~bad
        made = np.empty((-(-paths // LANE), 3, len(cells)))
        low, high = self.low.copy(), self.high.copy()
        lane_moments(cells, good, made, low, high)
        self.moments.add(first_path // LANE, made)
        self.low, self.high = low, high
        count = int(np.count_nonzero(good))
        if made[:, 0, :].sum() < count * len(cells):
            for side, sign in enumerate((1.0, -1.0)):
                self.endless[side] += np.count_nonzero((cells == sign * math.inf) & good, axis=1)
        if self.bins is None:
            self.kept.append((first_path, np.where(good, cells, math.nan)))
        else:
            self.bins.add(cells, good)
        self.good += count
        self.failed = self.failed.merge(Failed.of(bad, first_path))

    def merge(self, other: Sketch) -> Sketch:
        """Take over the paths of another sketch of the same ensemble; gives this one back.

        Raises
        ------
        ModelError
            ``ensemble.merge`` if it is of other variables, quarters or number of paths;
            ``ensemble.twice`` if they share paths.
        """
        mine = (self.variables, self.quarters, self.paths)
        if mine != (other.variables, other.quarters, other.paths):
            raise ModelError("ensemble.merge")
        self.moments.merge(other.moments)
        self.low = np.minimum(self.low, other.low)
        self.high = np.maximum(self.high, other.high)
        self.endless = self.endless + other.endless
        self.kept.extend(other.kept)
        if self.bins is not None and other.bins is not None:
            self.bins.merge(other.bins)
        self.good += other.good
        self.failed = self.failed.merge(other.failed)
        return self

    def release(self) -> None:
        """Leave the memory of the counts to others: for one that is used up, as after `merge`."""
        if self.bins is not None:
            self.bins.release()

    @property
    def exact(self) -> bool:
        """Whether all values are kept and quantiles are exact."""
        return self.bins is None

    @property
    def defined(self) -> Ints:
        """Numbers in each cell, infinite ones included: shape (quarters, variables)."""
        count = self.moments.total()[0].astype(np.int64) + self.endless.sum(axis=0)
        return self._by_quarter(count)

    @property
    def undefined(self) -> Ints:
        """How often a cell had no number on a good path: shape (quarters, variables)."""
        return self.good - self.defined

    def mean(self) -> Floats:
        """Means, NaN where nothing is defined: shape (quarters, variables)."""
        count, mean, _ = self.moments.total()
        mean = np.where(count > 0, mean, math.nan)
        plus, minus = self.endless > 0
        mean = np.where(plus & minus, math.nan, np.where(plus, math.inf, mean))
        return self._by_quarter(np.where(minus & ~plus, -math.inf, mean))

    def variance(self) -> Floats:
        """Sample variances (n - 1), NaN below two finite numbers: shape (quarters, variables)."""
        count, _, squares = self.moments.total()
        made = np.where(count > 1, squares / np.maximum(count - 1.0, 1.0), math.nan)
        return self._by_quarter(np.where(self.endless.any(axis=0), math.nan, made))

    def extremes(self) -> tuple[Floats, Floats]:
        """Smallest and largest number, infinities included, NaN where there is none."""
        none = self.defined.reshape(-1) == 0
        low = np.where(self.endless[1] > 0, -math.inf, self.low)
        high = np.where(self.endless[0] > 0, math.inf, self.high)
        low, high = np.minimum(low, high), np.maximum(low, high)
        # A cell with infinities of one sign only has no finite extremes.
        low = np.where((self.low > self.high) & (self.endless[1] == 0), math.inf, low)
        high = np.where((self.low > self.high) & (self.endless[0] == 0), -math.inf, high)
        return (
            self._by_quarter(np.where(none, math.nan, low)),
            self._by_quarter(np.where(none, math.nan, high)),
        )

    def quantile(self, shares: ArrayLike) -> Floats:
        """Quantiles of each cell, linear between order statistics as NumPy's default.

        Parameters
        ----------
        shares : float or sequence of float
            From 0 to 1.

        Returns
        -------
        ndarray of float64
            Shape (shares, quarters, variables), without the first axis for a single share; NaN
            where nothing is defined.

        Raises
        ------
        ModelError
            ``ensemble.share`` for a share outside 0 to 1.
        """
        wanted = np.asarray(shares, np.float64)
        if not np.all((wanted >= 0.0) & (wanted <= 1.0)):
            raise ModelError("ensemble.share", found=str(shares))
        flat = wanted.reshape(-1)
        counts = self.defined.reshape(-1)
        last = np.maximum(counts - 1, 0)[:, None]
        order = np.argsort(flat, kind="stable")
        rank = flat[order] * last
        lower = np.floor(rank).astype(np.int64)
        ranks = np.stack([lower, np.minimum(lower + 1, last)])
        below, above = self._of_ranks(ranks) if self.bins is None else self._from_bins(ranks)
        found = np.where(counts[:, None] > 0, between(below, above, rank - lower), math.nan)
        made = np.empty((flat.size, counts.size))
        made[order] = found.T
        return made.reshape(*wanted.shape, self.quarters, len(self.variables))

    def blocks(self) -> list[tuple[int, Floats]]:
        """Kept values as (first path, array of (cells, paths)), in order, neighbours joined."""
        made: list[tuple[int, list[Floats]]] = []
        end = -1
        for first, block in sorted(self.kept, key=lambda item: item[0]):
            if first == end:
                made[-1][1].append(block)
            else:
                made.append((first, [block]))
            end = first + block.shape[1]
        return [(first, np.concatenate(parts, axis=1)) for first, parts in made]

    def to_bytes(self) -> bytes:
        """The whole sketch; equal bytes for equal paths, however they were added."""
        from debtcycle.machine.ensemble.encoding import encode

        return encode(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        """What `to_bytes` wrote; ``ensemble.bytes`` if it is damaged or something else."""
        from debtcycle.machine.ensemble.encoding import decode

        return decode(data)

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        """Between processes a sketch travels in its compact form."""
        return Sketch.from_bytes, (self.to_bytes(),)

    def _by_quarter(self, cells: NDArray[T]) -> NDArray[T]:
        return cells.reshape(self.quarters, len(self.variables))

    def _of_ranks(self, ranks: Ints) -> Floats:
        """Order statistics of all cells, from all values; ranks of shape (any, cells, any)."""
        blocks = [block for _, block in self.blocks()]
        empty = np.empty((len(self.low), 0))
        # What is no number comes last.
        ordered = np.sort(np.concatenate([empty, *blocks], axis=1), axis=1)
        if not ordered.shape[1]:
            return np.full(ranks.shape, math.nan)
        return np.take_along_axis(ordered[None], ranks, axis=2)

    def _from_bins(self, ranks: Ints) -> Floats:
        """The same interpolated within bins; each row of ranks ascending."""
        assert self.bins is not None
        found = [self.bins.ranked(row) for row in ranks]
        place, before, counts = (np.stack(parts) for parts in zip(*found, strict=True))
        low, high = self.low[:, None], self.high[:, None]
        near, far = edges(place)
        near, far = np.maximum(near, low), np.minimum(far, high)
        share = (ranks - before + 0.5) / np.maximum(counts, 1)
        endless = np.abs(place - ZERO) == ENDLESS
        near, far = np.where(endless, 0.0, near), np.where(endless, 0.0, far)
        nothing = np.maximum(np.minimum(0.0, high), low)
        inside = np.where(place == ZERO, nothing, between(near, far, share))
        return np.where(endless, np.where(place > ZERO, math.inf, -math.inf), inside)
