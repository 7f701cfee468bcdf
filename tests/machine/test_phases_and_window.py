"""Phases, hazard and regret on paths made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from debtcycle.machine.phases import PHASES, Inputs, burst, drawdown, phases_of
from debtcycle.machine.window import EARLY, RULES, count, summarise

Values = NDArray[np.float64]
NAMES = ("policy_rate", "expected_inflation", "real_yield_10y", "nominal_yield_10y", "inflation",
         "growth_equity_nominal", "growth_equity_real", "price_level")  # fmt: skip


def figures(quarters: int, paths: int = 1, **given: Values) -> dict[str, Values]:
    """Figures at rest: rates of 3 %, inflation of 2 %, prices of 100."""
    rest = {"policy_rate": 3.0, "expected_inflation": 2.0, "real_yield_10y": 2.0,
            "nominal_yield_10y": 4.0, "inflation": 2.0, "growth_equity_nominal": 100.0,
            "growth_equity_real": 100.0, "price_level": 100.0}  # fmt: skip
    found = {name: np.full((quarters + 1, paths), rest[name]) for name in NAMES}
    for name, values in given.items():
        found[name] = np.array(values, dtype=float).reshape(quarters + 1, paths)
    return found


def phases(with_: dict[str, Values], without: dict[str, Values]) -> list[str]:
    found = phases_of(Inputs(with_, without, neutral_pct=1.0))
    return [PHASES[n] for n in found[:, 0]]


def test_phases_are_entered_one_after_another() -> None:
    without = figures(5)
    with_ = figures(
        5,
        growth_equity_nominal=[100, 110, 130, 150, 150, 100],
        real_yield_10y=[2, 1.5, 1.5, 1.8, 2.5, 3],
        inflation=[2, 2, 2.5, 3, 3, 3],
        nominal_yield_10y=[4, 3.6, 4, 4.5, 5, 5],
        policy_rate=[3, 3, 3, 3, 5, 5],
    )
    assert phases(with_, without) == ["none", "P1", "P2", "P3", "P3", "P4"]


def test_equal_runs_have_no_phase_unless_they_burst() -> None:
    calm = figures(4)
    assert phases(calm, calm) == ["none"] * 5
    burst = figures(4, growth_equity_nominal=[100, 120, 90, 80, 80], policy_rate=[5, 3, 3, 3, 3])
    assert phases(burst, burst) == ["none", "none", "P4", "P4", "P4"]
    long_ago = figures(
        11, growth_equity_nominal=[100.0] * 11 + [70.0], policy_rate=[5.0] + [3.0] * 11
    )
    assert phases(long_ago, long_ago)[-1] == "none"  # tightness is forgotten after two years


def test_what_is_next_to_nothing_is_no_phase() -> None:
    """A hundredth of a point of a yield, or half a point of a price, is no doing."""
    without = figures(3)
    near = figures(3, growth_equity_nominal=[100, 100.9, 105, 101],
                   real_yield_10y=[2, 1.5, 1.91, 1.9])  # fmt: skip
    assert phases(near, without) == ["none", "none", "none", "P1"]
    hot = figures(3, growth_equity_nominal=[100, 100.9, 101, 101], inflation=[2, 2.3, 2.3, 2.1])
    assert phases(hot, without) == ["none", "none", "P2", "none"]


def test_a_burst_needs_no_programme_and_the_other_phases_do() -> None:
    """The same fall after tightness in both runs: P4 in both, and nothing for the programme."""
    fallen = figures(4, growth_equity_nominal=[100, 120, 90, 80, 80], policy_rate=[5, 3, 3, 3, 3])
    calm = figures(4)
    assert burst(fallen, 1.0)[:, 0].tolist() == [False, False, True, True, True]
    assert not burst(calm, 1.0).any()
    # Whatever the run without does, the fourth phase is read from the run with it alone.
    assert phases(fallen, calm)[2:] == phases(fallen, fallen)[2:] == ["P4"] * 3
    assert "P4" not in phases(calm, fallen)


def test_a_drawdown_is_measured_from_the_highest_so_far() -> None:
    prices = np.array([[100.0], [200.0], [150.0], [300.0]])
    np.testing.assert_allclose(drawdown(prices)[:, 0], [0.0, 0.0, 0.25, 0.0])


def test_hazard_counts_highs_that_end_in_a_pop_within_a_year() -> None:
    up_and_gone = [100, 110, 120, 130, 140, 150, *[80.0] * 15]
    steady = [100.0] * 21
    both = np.array([up_and_gone, steady]).T
    counts = count(figures(20, 2, growth_equity_nominal=both, growth_equity_real=both), 1.0)
    assert (counts.popped, counts.early_popped) == (1, 1)
    # The high is in quarter 5: before it the first path is open, within four quarters of it soon.
    assert counts.open_.tolist() == [2] * 5 + [1] * 16
    assert counts.soon.tolist() == [0, 1, 1, 1, 1, *[0] * 16]
    hazard = summarise(counts).hazard
    assert hazard[0] is not None
    assert (hazard[0].value, hazard[0].low) == (0.0, 0.0)
    assert hazard[2] is not None
    assert hazard[2].value == 0.5
    assert 0.0 < hazard[2].low < 0.5 < hazard[2].high < 1.0
    # A high of the last three years may yet fall: nothing is said of it.
    assert [one is None for one in hazard] == [False] * 9 + [True] * 12


def test_regret_is_nought_for_the_best_quarter_and_none_is_below() -> None:
    prices = np.array([100, 110, 121, 140, 180, 100, 90, 90, 90.0])[:, None]
    with_cash = figures(8, growth_equity_nominal=prices, growth_equity_real=prices,
                        policy_rate=np.full((9, 1), 0.0))  # fmt: skip
    counts = count(with_cash, 1.0)
    regret = {rule: counts.regret[n, 0] for n, rule in enumerate(RULES)}
    assert regret["melt_up"] == pytest.approx(0.0)  # the first rise of 25 % in a year is the high
    assert regret["hold"] == pytest.approx(np.log(180 / 90))
    assert 0.0 < regret["random"] < regret["hold"]
    assert regret["tightening"] == regret["hold"]  # there was none
    assert counts.windows == counts.early_windows == 1


def test_what_comes_after_the_first_years_is_not_laid_to_the_programme() -> None:
    flat = [100.0] * (EARLY + 1)
    late = np.array([*flat, 130, 130, 70, 70.0])[:, None]
    last = EARLY + 4
    counts = count(figures(last, growth_equity_nominal=late, growth_equity_real=late), 1.0)
    assert (counts.windows, counts.early_windows) == (1, 0)
    assert (counts.popped, counts.early_popped) == (1, 0)
    before = np.array([*flat[:-2], 130, 70, 70, 70, 70, 70.0])[:, None]
    counts = count(figures(last, growth_equity_nominal=before, growth_equity_real=before), 1.0)
    assert (counts.early_windows, counts.early_popped) == (1, 1)


def test_cash_earns_the_policy_rate_in_goods() -> None:
    prices = np.array([100, 130, 100.0, 100, 100])[:, None]
    level = 100.0 * np.array([1, 1, 1.01, 1.02, 1.05])[:, None]
    given = figures(4, growth_equity_nominal=prices, growth_equity_real=prices,
                    policy_rate=np.full((5, 1), 6.0), price_level=level)  # fmt: skip
    hold = count(given, 1.0).regret[RULES.index("hold"), 0]
    assert hold == pytest.approx(np.log(1.3) + 3 * 0.25 * 0.06 - np.log(1.05))


def test_parts_of_paths_add_up() -> None:
    rng = np.random.default_rng(3)
    prices = 100 * np.exp(np.cumsum(rng.normal(0, 0.15, (25, 40)), axis=0))
    prices[0] = 100.0
    whole = figures(24, 40, growth_equity_nominal=prices, growth_equity_real=prices)
    parts = [
        count({name: values[:, part] for name, values in whole.items()}, 1.0)
        for part in (slice(0, 17), slice(17, 40))
    ]
    together, once = summarise(parts[0] + parts[1]), summarise(count(whole, 1.0))
    assert together.hazard == once.hazard
    for rule in RULES:
        assert together.regret[rule].value == pytest.approx(once.regret[rule].value, rel=1e-12)
        assert together.regret[rule].low == pytest.approx(once.regret[rule].low, rel=1e-9)
        assert once.regret[rule].value >= 0.0
