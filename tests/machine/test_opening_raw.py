"""With series that may not be passed on, imported by the user: nothing stands in for them then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from debtcycle.intake import Status, import_file
from debtcycle.machine.opening import Kind, Opening, from_data
from debtcycle.reference import fill
from debtcycle.store import Store
from debtcycle.views import View

FILES = {
    "NASDAQCOM": "equities_assets/NASDAQCOM.csv",
    "PALLFNFINDEXM": "equities_assets/PALLFNFINDEXM.csv",
    "SPX": "equities_assets/SPX_daily_1927_2026.csv",
    "BAA10Y": "rates_premia/BAA10Y.csv",
    "VIX": "sentiment/vix_daily.csv",
}


@pytest.fixture(scope="module")
def richer(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.create(tmp_path_factory.mktemp("richer") / "store.sqlite") as store:
        fill(store)
        for place in FILES.values():
            assert import_file(store, shared_data / place).status is Status.IMPORTED, place
        yield store


def _opening(store: Store, day: str) -> Opening:
    return from_data(View(as_of=day, store=store))


def test_nothing_stands_in_for_what_is_there(richer: Store) -> None:
    opening = _opening(richer, "2019-10-15")
    for name, source in {
        "extrapolation_growth_log": "NASDAQCOM",
        "extrapolation_real_log": "PALLFNFINDEXM",
        "corporate_spread_pp": "BAA10Y",
        "corporate_yield_pct": "BAA10Y",
        "volatility_pct": "VIX",
        "cape_ratio": "SPX",
    }.items():
        fact = opening.fact(name)
        assert fact.kind in (Kind.OBSERVED, Kind.DERIVED), name
        assert source in {origin.source for origin in fact.origins}, name


def test_published_readings_of_november_2008(richer: Store) -> None:
    """VIX averaged 62 in November 2008 (Cboe); the Baa yield was 9.21 % on average (Moody's)."""
    then = _opening(richer, "2008-11-28")
    assert then.value("volatility_pct") == pytest.approx(62.0, abs=4.0)
    assert then.value("corporate_yield_pct") == pytest.approx(9.0, abs=0.4)


@pytest.mark.xfail(
    reason="the specification says .151, near what twenty quarters of the index give (.157); its"
    " whole history, which the opening uses, gives .175. The expectation stands as it was written"
    " before computing, and was not moved to what was found",
    strict=True,
)
def test_the_momentum_of_technology_is_what_was_expected_of_it(richer: Store) -> None:
    now = _opening(richer, "2025-12-15")
    assert now.value("extrapolation_growth_log") == pytest.approx(0.151, abs=0.02)


@pytest.mark.parametrize("day", ["1999-12-31", "2008-11-28", "2019-10-15", "2025-12-15"])
def test_a_stand_in_lies_near_what_it_stands_for(
    edition_store: Store, richer: Store, day: str
) -> None:
    """Written before computing: within a third for volatility, half a point for the yield."""
    poor, rich = _opening(edition_store, day), _opening(richer, day)
    pairs = {name: (poor.value(name), rich.value(name)) for name in
             ("volatility_pct", "corporate_yield_pct", "extrapolation_growth_log")}  # fmt: skip
    assert pairs["volatility_pct"][0] == pytest.approx(pairs["volatility_pct"][1], rel=0.34)
    assert pairs["corporate_yield_pct"][0] == pytest.approx(
        pairs["corporate_yield_pct"][1], abs=0.5
    )
    assert pairs["extrapolation_growth_log"][0] == pytest.approx(
        pairs["extrapolation_growth_log"][1], abs=0.1
    )
