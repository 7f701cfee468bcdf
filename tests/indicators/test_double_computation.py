"""Every reading that the verdict rests on, computed twice: by the package and in plain pandas."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.cycle.assess import Assessment, assess
from debtcycle.indicators.anchors import ANCHORS
from debtcycle.indicators.model import Reading
from debtcycle.store import Rows, Store
from debtcycle.views import View
from plain_reference import GAUGES, INPUTS, STIMULUS, Plain

DAYS = (
    date(1961, 6, 30),
    date(1968, 11, 1),
    date(1974, 10, 3),
    date(1982, 8, 13),
    date(1987, 9, 30),
    date(1999, 12, 31),
    date(2003, 1, 31),
    date(2003, 6, 30),
    date(2007, 8, 9),
    date(2008, 11, 28),
    date(2010, 11, 5),
    date(2013, 10, 20),
    date(2019, 10, 15),
    date(2020, 3, 27),
    date(2021, 6, 30),
    date(2025, 11, 5),
    date(2026, 2, 27),
    date(2026, 6, 30),
)


class WithMarkets:
    """The edition with invented daily closes and volatility, which may not be shipped."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.path = store.path
        self.documents = store.documents
        self._own = {"SPX": self._closes(), "VIX": self._calm(), "BAA10Y": self._spread()}

    @staticmethod
    def _days(first: str) -> np.ndarray:
        days = np.arange(np.datetime64(first), np.datetime64("2026-07-01"))
        return days[np.is_busday(days)]

    @staticmethod
    def _daily(days: np.ndarray, values: np.ndarray) -> Rows:
        return Rows(days, days, values, np.full(len(days), 1, dtype="i1"))

    def _closes(self) -> Rows:
        price, days = self._store.rows("SHILLER_PRICE"), self._days("1928-01-02")
        path = np.interp(days.astype(int), price.periods.astype(int), price.values)
        wave = 1 + 0.03 * np.sin(np.arange(len(days)) / 17.0)
        return self._daily(days, np.round(path * wave, 2))

    def _calm(self) -> Rows:
        days = self._days("1990-01-02")
        return self._daily(days, np.round(19 + 7 * np.sin(np.arange(len(days)) / 90.0), 2))

    def _spread(self) -> Rows:
        days = self._days("1986-01-02")
        return self._daily(days, np.round(2.1 + np.sin(np.arange(len(days)) / 300.0), 2))

    def rows(self, name: str) -> Rows:
        return self._own[name] if name in self._own else self._store.rows(name)


@pytest.fixture(scope="module", params=["edition", "markets"])
def store(request: pytest.FixtureRequest, edition_store: Store) -> Store:
    return edition_store if request.param == "edition" else WithMarkets(edition_store)  # type: ignore[return-value]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def both(request: pytest.FixtureRequest, store: Store) -> tuple[Assessment, Plain]:
    day = request.param
    return assess(View(as_of=day, store=store)), Plain(store, load_catalogue(), day)


def _equal(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _assert_same(found: dict[str, Reading], plain: Plain, names: tuple[str, ...]) -> None:
    wrong = []
    for name in names:
        value, percentile = getattr(plain, name)()
        made = found[name]
        if not (_equal(made.value, value) and _equal(made.percentile, percentile)):
            wrong.append(f"{name}: {made.value}, {made.percentile}; plain {value}, {percentile}")
    assert not wrong, "\n".join(wrong)


def test_the_fifteen_inputs(both: tuple[Assessment, Plain]) -> None:
    got, plain = both
    assert tuple(item.anchor.indicator for item in got.inputs) == INPUTS
    _assert_same({item.anchor.indicator: item.reading for item in got.inputs}, plain, INPUTS)


def test_stimulus(both: tuple[Assessment, Plain]) -> None:
    got, plain = both
    found = {reading.indicator: reading for reading in got.stimulus.readings}
    assert set(found) == {*STIMULUS, "announced_13w"}
    _assert_same(found, plain, STIMULUS)


def test_the_gauges(both: tuple[Assessment, Plain]) -> None:
    got, plain = both
    found = {reading.indicator: reading for reading in got.gauge.readings}
    assert set(found) == set(GAUGES)
    _assert_same(found, plain, GAUGES)


def test_most_readings_are_known_where_their_series_exist(both: tuple[Assessment, Plain]) -> None:
    """The comparison is of figures, not of two silences."""
    got, _ = both
    if got.as_of < date(2026, 1, 1):
        assert sum(item.reading.known for item in got.inputs) >= 0.8 * got.existing


# The anchors once more, as a reader of the specification writes them down.
TABLE = {
    "cape": (50, 80),
    "cape_yield_gap": (80, 20),
    "drawdown": (-20, -2),
    "unemployment_gap": (1.5, 0.25),
    "unemployment_change": (0.5, 0),
    "real_growth": (0, 2),
    "claims_change": (25, 0),
    "core_pce_gap": (-0.5, 0.5),
    "pce_gap": (-0.5, 0.5),
    "core_pce_trend": (-0.25, 0.25),
    "breakeven": (1.5, 2.5),
    "baa_spread": (80, 20),
    "bank_credit_gap": (-5, 0),
    "lending_standards": (30, 0),
    "vix": (30, 16),
}


def test_anchors_are_those_of_the_specification() -> None:
    assert {a.indicator: (a.depression, a.bubble) for a in ANCHORS} == TABLE
    ranked = {"cape", "cape_yield_gap", "baa_spread"}
    assert {a.indicator for a in ANCHORS if a.on_percentile} == ranked


def test_scores_axes_and_heat_follow_from_the_plain_readings(
    both: tuple[Assessment, Plain],
) -> None:
    got, plain = both
    means = []
    for axis in got.axes:
        points = []
        for item in axis.inputs:
            value, percentile = getattr(plain, item.anchor.indicator)()
            low, high = TABLE[item.anchor.indicator]
            position = percentile if item.anchor.on_percentile else value
            if position is not None:
                points.append(float(np.clip((position - low) / (high - low) - 0.5, -1, 1)))
        exist = sum(item.exists for item in axis.inputs)
        mean = float(np.mean(points)) if points and 2 * len(points) >= exist else None
        assert _equal(axis.score, mean)
        assert axis.coverage == pytest.approx(len(points) / exist if exist else 0.0)
        means.append(mean)
    known = [mean for mean in means if mean is not None]
    assert _equal(got.heat, float(np.mean(known)) if len(known) >= 3 else None)


def test_the_map_is_the_mean_of_three_scores(both: tuple[Assessment, Plain]) -> None:
    got, plain = both
    parts = []
    for name, unit in (("assets_13w", 0.25), ("rate_change_6m", -0.5), ("rate_minus_rule", -1.0)):
        value = getattr(plain, name)()[0]
        if value is not None:
            parts.append(float(np.clip(0.5 * value / unit, -1, 1)))
    expected = float(np.mean(parts)) if len(parts) >= 2 else None
    assert _equal(got.stimulus.score, expected)
