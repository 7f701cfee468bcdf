"""A small world whose crises are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises.labels import lagged


@dataclass(frozen=True, slots=True)
class World:
    """Countries whose growth of loans brings on crises two years later."""

    growth: NDArray[np.float64]
    crisis: NDArray[np.float64]
    years: NDArray[np.int64]


def made_world(seed: int, countries: int = 12, years: int = 120) -> World:
    rng = np.random.default_rng(seed)
    growth = rng.normal(0.04, 0.06, (countries, years))
    pull = 12.0 * np.nan_to_num(lagged(growth, 2))
    chance = 1.0 / (1.0 + np.exp(3.4 - pull))
    crisis = (rng.random(growth.shape) < chance).astype(float)
    return World(growth, crisis, np.arange(1880, 1880 + years))
