"""Means and variances whose last bit does not depend on how the paths were divided.

Sums of doubles depend on their order, so the order is fixed by the paths' ids. 64 paths from a
multiple of 64 on are a *lane*; its count, mean and sum of squared deviations are found in a fixed
order, and neighbouring lanes are joined along one binary tree over all lanes. What was added so far
is a set of whole branches of that tree: whatever the chunks and whatever the order in which they
come, the branches at the end are the same, and so are their bits.

Source of the way two branches are joined: T. F. Chan, G. H. Golub and R. J. LeVeque (1983),
"Algorithms for computing the sample variance", The American Statistician 37(3), 242-247.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ModelError
from debtcycle.machine.ensemble.jit import compiled

__all__ = ["LANE", "Moments", "lane_moments", "plain_lane_moments"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Place: TypeAlias = tuple[int, int]

LANE: Final = 64


@compiled
def _sum(row: Floats, at: int) -> float:
    """Sum of a lane by eight runners, each of which takes every eighth number."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    for k in range(at, at + LANE, 8):
        s0, s1, s2, s3 = s0 + row[k], s1 + row[k + 1], s2 + row[k + 2], s3 + row[k + 3]
        s4, s5, s6, s7 = s4 + row[k + 4], s5 + row[k + 5], s6 + row[k + 6], s7 + row[k + 7]
    return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))


@compiled
def _squares(row: Floats, at: int, mean: float) -> float:
    """Sum of squared distances from a mean, in the order of `_sum`."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    for k in range(at, at + LANE, 8):
        d0, d1, d2, d3 = row[k] - mean, row[k + 1] - mean, row[k + 2] - mean, row[k + 3] - mean
        s0, s1, s2, s3 = s0 + d0 * d0, s1 + d1 * d1, s2 + d2 * d2, s3 + d3 * d3
        d0, d1, d2, d3 = row[k + 4] - mean, row[k + 5] - mean, row[k + 6] - mean, row[k + 7] - mean
        s4, s5, s6, s7 = s4 + d0 * d0, s5 + d1 * d1, s6 + d2 * d2, s7 + d3 * d3
    return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))


@compiled
def _mixed_lane(flat: Floats, at: int, good: Flags, work: Floats) -> tuple[float, float, float]:
    """Count, mean and squared deviations of a lane with gaps; its numbers end up in `work`.

    The places of what is not counted are filled with 0 for the sum, then with the mean.
    """
    n = 0.0
    for i in range(LANE):
        use = i < len(good) and good[i] and abs(flat[at + i]) < np.inf
        work[i] = flat[at + i] if use else 0.0
        n += 1.0 if use else 0.0
    mean = _sum(work, 0) / max(n, 1.0)
    for i in range(LANE):
        if not (i < len(good) and good[i] and abs(flat[at + i]) < np.inf):
            work[i] = mean
    return n, mean, _squares(work, 0, mean)


@compiled
def lane_moments(values: Floats, good: Flags, out: Floats, low: Floats, high: Floats) -> None:
    """Count, mean and squared deviations of each lane, and the extremes of each cell.

    Parameters
    ----------
    values : ndarray of float64
        Shape (cells, paths), without gaps; the first path begins a lane.
    good : ndarray of bool
        Shape (paths,): which paths are counted. Numbers that are not finite never are.
    out : ndarray of float64
        Shape (lanes, 3, cells).
    low, high : ndarray of float64
        Smallest and largest finite number of each cell, lowered and raised.
    """
    cells, paths = values.shape
    flat = values.reshape(values.size)
    lanes = (paths + LANE - 1) // LANE
    whole = np.array([good[LANE * k : LANE * k + LANE].sum() == LANE for k in range(lanes)])
    work, least, most = np.empty(LANE), np.empty(LANE), np.empty(LANE)
    for cell in range(cells):
        least[:], most[:] = np.inf, -np.inf
        for lane in range(lanes):
            at = cell * paths + lane * LANE
            n, mean, squares = 64.0, np.inf, 0.0
            if whole[lane]:
                mean = _sum(flat, at) / 64.0
            if mean - mean == 0.0:
                squares = _squares(flat, at, mean)
                for i in range(LANE):
                    x = flat[at + i]
                    # Not min and max: what they do with NaN keeps the loop out of wide registers.
                    least[i] = x if x < least[i] else least[i]  # noqa: FURB136
                    most[i] = x if x > most[i] else most[i]  # noqa: FURB136
            else:  # a failed path, a number that is not finite, or a sum beyond all doubles
                part = good[lane * LANE : lane * LANE + LANE]
                n, mean, squares = _mixed_lane(flat, at, part, work)
                for i in range(len(part)):
                    x = flat[at + i]
                    use = part[i] and abs(x) < np.inf
                    least[i] = x if use and x < least[i] else least[i]
                    most[i] = x if use and x > most[i] else most[i]
            out[lane, 0, cell], out[lane, 1, cell], out[lane, 2, cell] = n, mean, squares
        for i in range(LANE):
            # Adding 0 takes the sign from a zero, which would depend on the order.
            low[cell] = min(low[cell], least[i] + 0.0)
            high[cell] = max(high[cell], most[i] + 0.0)


def _plain_sum(rows: Floats) -> Floats:
    """Sum over the last axis, of 64 numbers, in the order of `_sum`."""
    runners = np.zeros((*rows.shape[:-1], 8))
    for step in range(0, LANE, 8):
        runners = runners + rows[..., step : step + 8]
    pairs = runners[..., :4] + runners[..., 4:]
    made: Floats = (pairs[..., 0] + pairs[..., 2]) + (pairs[..., 1] + pairs[..., 3])
    return made


def plain_lane_moments(values: Floats, good: Flags) -> Floats:
    """The plain twin of `lane_moments`: shape (lanes, 3, cells)."""
    cells, paths = values.shape
    lanes = -(-paths // LANE)
    use = good & np.isfinite(values)
    pad = ((0, 0), (0, lanes * LANE - paths))
    used = np.pad(use, pad).reshape(cells, lanes, LANE)
    kept = np.pad(np.where(use, values, 0.0), pad).reshape(cells, lanes, LANE)
    with np.errstate(over="ignore", invalid="ignore"):
        n = used.sum(axis=2).astype(float)
        mean = _plain_sum(kept) / np.maximum(n, 1.0)
        gap = np.where(used, kept, mean[..., None]) - mean[..., None]
        return np.stack([n, mean, _plain_sum(gap * gap)]).transpose(2, 0, 1)


def joined(left: Floats, right: Floats) -> Floats:
    """Two neighbouring branches as one; shape (..., 3, cells) each, the lower paths on the left."""
    n = left[..., 0, :] + right[..., 0, :]
    share = right[..., 0, :] / np.maximum(n, 1.0)
    both = left[..., 0, :] * share
    with np.errstate(over="ignore", invalid="ignore"):
        gap = right[..., 1, :] - left[..., 1, :]
        mean = left[..., 1, :] + gap * share
        squares = (left[..., 2, :] + right[..., 2, :]) + np.where(both > 0.0, gap * gap * both, 0.0)
    return np.stack([n, mean, squares], axis=-2)


@dataclass(slots=True)
class Moments:
    """Whole branches of the tree of lanes, and which lanes they cover.

    Attributes
    ----------
    cells : int
    branches : dict
        (level, index) to an array (3, cells); a branch covers lanes from ``index * 2**level`` on.
    lanes : list of tuple of int
        Ranges of lanes that were added, in order, none touching the next.
    """

    cells: int
    branches: dict[Place, Floats] = field(default_factory=dict)
    lanes: list[tuple[int, int]] = field(default_factory=list)

    def add(self, first_lane: int, made: Floats) -> None:
        """Add the moments of lanes in a row, of shape (lanes, 3, cells)."""
        self._cover(first_lane, first_lane + len(made))
        level, first = 0, first_lane
        while len(made):
            if first % 2:
                self._hang(level, first, made[0])
                made, first = made[1:], first + 1
            if len(made) % 2:
                self._hang(level, first + len(made) - 1, made[-1])
                made = made[:-1]
            made = joined(made[0::2], made[1::2])
            level, first = level + 1, first // 2

    def merge(self, other: Moments) -> None:
        """Take over the branches of another set of lanes."""
        before = self.lanes
        try:
            for first, stop in other.lanes:
                self._cover(first, stop)
        except ModelError:
            self.lanes = before  # a refusal leaves what there was
            raise
        for (level, index), branch in sorted(other.branches.items()):
            self._hang(level, index, branch)

    def total(self) -> Floats:
        """Count, mean and squared deviations over all lanes: shape (3, cells)."""
        made = np.zeros((3, self.cells))
        for _, branch in sorted(self._placed()):
            made = joined(made, self.branches[branch])
        return made

    def _placed(self) -> Iterator[tuple[int, Place]]:
        for level, index in self.branches:
            yield index << level, (level, index)

    def _hang(self, level: int, index: int, branch: Floats) -> None:
        """Put a branch into the tree and join it with its neighbour as long as there is one."""
        while (beside := self.branches.pop((level, index ^ 1), None)) is not None:
            branch = joined(beside, branch) if index % 2 else joined(branch, beside)
            level, index = level + 1, index // 2
        self.branches[level, index] = np.array(branch)

    def _cover(self, first: int, stop: int) -> None:
        """Note lanes as added; none may come twice."""
        apart: list[tuple[int, int]] = []
        for start, end in self.lanes:
            if first < end and start < stop:
                raise ModelError("ensemble.twice", path=max(first, start) * LANE)
            if end == first:
                first = start
            elif start == stop:
                stop = end
            else:
                apart.append((start, end))
        self.lanes = sorted([*apart, (first, stop)]) if stop > first else sorted(apart)
