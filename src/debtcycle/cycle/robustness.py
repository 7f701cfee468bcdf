"""Would other anchors have said the same? A thousand perturbed sets of anchors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.cycle.assess import Assessment
from debtcycle.cycle.verdict import Verdict, decide
from debtcycle.indicators.model import Axis

__all__ = ["SEED", "SETS", "Robustness", "robustness"]

SETS = 1000
SEED = 20251105
MAX_SHIFT = 0.5  # of the distance between the two anchors


@dataclass(frozen=True, slots=True)
class Robustness:
    """Verdicts under perturbed anchors.

    Attributes
    ----------
    agree : float
        Share of the sets that give the same verdict.
    verdicts : tuple of (Verdict, float)
        Share of each verdict, most frequent first.
    """

    sets: int
    seed: int
    agree: float
    verdicts: tuple[tuple[Verdict, float], ...]


def _axis_means(
    assessment: Assessment, shifts: NDArray[np.float64]
) -> list[NDArray[np.float64] | None]:
    """Score of each axis under every set of anchors; shifts has shape (sets, inputs, 2)."""
    columns: dict[Axis, list[NDArray[np.float64]]] = {axis.axis: [] for axis in assessment.axes}
    for number, item in enumerate(assessment.inputs):
        if item.position is None:
            continue
        distance = item.anchor.distance
        low = item.anchor.depression + shifts[:, number, 0] * distance
        high = item.anchor.bubble + shifts[:, number, 1] * distance
        with np.errstate(divide="ignore", invalid="ignore"):
            raw = -0.5 + (item.position - low) / (high - low)
        # Anchors that fall together leave a step: above it 1, below it -1.
        raw = np.where(np.isfinite(raw), raw, np.sign((item.position - low) * distance))
        columns[item.anchor.axis].append(np.clip(raw, -1.0, 1.0))
    return [
        np.mean(columns[axis.axis], axis=0) if axis.score is not None else None
        for axis in assessment.axes
    ]


def robustness(
    assessment: Assessment, *, rng: np.random.Generator | None = None, sets: int = SETS
) -> Robustness:
    """Share of perturbed anchor sets that agree with the verdict.

    Each anchor moves by a uniform draw of up to half the distance between the two. Gate and
    gauge stay as they are.
    """
    generator = np.random.default_rng(SEED) if rng is None else rng
    shifts = generator.uniform(-MAX_SHIFT, MAX_SHIFT, (sets, len(assessment.inputs), 2))
    means = _axis_means(assessment, shifts)
    gauge, gate = assessment.gauge.aggregate, assessment.stimulus.gate
    counts = Counter(
        decide(
            [None if column is None else float(column[n]) for column in means],
            assessment.coverage,
            gate,
            gauge,
        )
        for n in range(sets)
    )
    shares = tuple((verdict, count / sets) for verdict, count in counts.most_common())
    return Robustness(sets, SEED, counts[assessment.verdict] / sets, shares)
