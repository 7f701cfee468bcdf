"""Series that several tests share."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from debtcycle.bubbles import SupADF, read_series, sup_adf


@pytest.fixture(scope="session")
def sp500(shared_data: Path) -> SupADF:
    """Price over dividends of the S&P 500, 1871-01 to 2010-12, at lag 0."""
    return sup_adf(read_series(shared_data / "psy" / "sp500_pd_1871m01_2010m12.csv", "pd"))


@pytest.fixture(scope="session")
def dividend_yield(shared_data: Path) -> NDArray[np.float64]:
    """Dividend yield of the S&P 500, 1973-01 to 2018-07."""
    with (shared_data / "psy" / "psymonitor_snp.csv").open(encoding="utf-8") as file:
        return np.array([float(row["value"]) for row in csv.DictReader(file)])


@pytest.fixture
def walk() -> NDArray[np.float64]:
    """A random walk of 150 steps."""
    return np.random.default_rng(7).normal(size=150).cumsum()
