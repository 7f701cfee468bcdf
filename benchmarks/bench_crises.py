"""Speed of the crisis measures: the one-sided filter against a two-sided one at every date."""

from __future__ import annotations

import warnings

import numpy as np
from _timing import Measure, timed, write_results
from scipy import sparse
from scipy.sparse.linalg import spsolve

from debtcycle.crises.auroc import auroc_of_weights
from debtcycle.crises.gap import credit_gap
from debtcycle.crises.hp import BIS_SMOOTHING, _gains, one_sided_trend
from debtcycle.crises.intervals import draw
from debtcycle.crises.labels import lagged
from debtcycle.crises.logit import design, expanding
from debtcycle.crises.today import today
from debtcycle.reference import open_store
from debtcycle.views import View

QUARTERS, ECONOMIES = 313, 44  # the longest series and the number of them in the BIS file
BAR_RATIO = 20.0


def hpfilter_at_every_date(values: np.ndarray) -> np.ndarray:
    """The end point of statsmodels' two-sided filter, recomputed at every date."""
    from statsmodels.tsa.filters.hp_filter import hpfilter

    ends = [hpfilter(values[: n + 1], BIS_SMOOTHING)[1][-1] for n in range(2, len(values))]
    return np.array([*values[:2], *ends])


def sparse_at_every_date(values: np.ndarray) -> np.ndarray:
    """The same by a sparse solve without statsmodels' overhead."""
    ends = []
    for n in range(3, len(values) + 1):
        second = sparse.diags([1.0, -2.0, 1.0], [0, 1, 2], shape=(n - 2, n))
        system = (sparse.eye(n) + BIS_SMOOTHING * second.T @ second).tocsc()
        ends.append(spsolve(system, values[:n])[-1])
    return np.array([*values[:2], *ends])


def panel(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Growth and crises of eighteen countries in 150 years."""
    growth = rng.normal(0.04, 0.05, (18, 150))
    chance = 1.0 / (1.0 + np.exp(3.6 - 10.0 * np.nan_to_num(lagged(growth, 1))))
    return growth, (rng.random((18, 150)) < chance).astype(float), np.arange(1870, 2020)


def main() -> None:
    """Measure and write the table."""
    rng = np.random.default_rng(5)
    series = 80.0 + np.cumsum(rng.normal(0.3, 1.0, (ECONOMIES, QUARTERS)), axis=1)
    days = np.arange("1947-10", "2026-01", 3, dtype="datetime64[M]").astype("datetime64[D]")
    one = series[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for peer in (hpfilter_at_every_date, sparse_at_every_date):  # first the same answer
            assert np.abs(peer(one) - one_sided_trend(one)).max() < 1e-6
        ours = timed(lambda: one_sided_trend(one), 25)
        peers = [timed(lambda f=f: f(one), 5) for f in (hpfilter_at_every_date,
                                                       sparse_at_every_date)]  # fmt: skip
    bars = [float(f"{peer / BAR_RATIO:.2g}") for peer in peers]

    def cold() -> object:
        _gains.cache_clear()
        return one_sided_trend(one)

    growth, crisis, years = panel(rng)
    rows = design(growth, crisis, years)
    score, label = rng.normal(size=1500), (rng.random(1500) < 0.05).astype(float)
    unit, time = np.repeat(np.arange(15), 100), np.tile(np.arange(100), 15)
    draws = draw(unit, time, block_years=5, seed=1)
    view = View(as_of="2025-12-15", store=open_store())
    today(view)
    write_results(
        "Crisis measures",
        [
            Measure(f"one-sided trend, {QUARTERS} quarters, gains known", ours,
                    bars[0], "statsmodels hpfilter at every date", peers[0]),
            Measure(f"one-sided trend, {QUARTERS} quarters, gains known", ours,
                    bars[1], "sparse solve at every date", peers[1]),
            Measure(f"one-sided trend, {QUARTERS} quarters, first of all", timed(cold, 25),
                    bars[0], "statsmodels hpfilter at every date", peers[0]),
            Measure(f"credit gaps of {ECONOMIES} economies",
                    timed(lambda: [credit_gap(row, days) for row in series])),
            Measure("logit, a fit to the past for each of 150 years",
                    timed(lambda: expanding(rows), 3)),
            Measure("two bootstraps of 2,000 draws", timed(
                lambda: draw(unit, time, block_years=5, seed=1), 3)),
            Measure("area under the curve of 1,500 rows, 2,000 draws", timed(
                lambda: auroc_of_weights(score, label, draws.country), 3)),
            Measure("today's measures from the store, figures already read",
                    timed(lambda: today(view))),
        ],
        notes=[
            (f"The bar is a {BAR_RATIO:g}th of the peer's time. All three filters agree to 1e-6 "
            "before they are timed. The peers are timed on the same series in the same process.")
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
