"""The line of a series' own: the statistic of one date, its size under short swings, its power."""

from __future__ import annotations

import numpy as np
import pytest

from debtcycle.bubbles import sup_adf
from debtcycle.bubbles.autoregression import fit_null, null_lags
from debtcycle.cycle.explosive import ExplosiveState, critical_values, explosive_prices
from debtcycle.cycle.own_line import WORLDS, _fitted, _last_statistic, own_line
from debtcycle.views import View

WINDOW = 36


def swinging(draw, n, persistence):
    """A walk without a bubble whose changes are autocorrelated."""
    shocks, d = draw.normal(size=n), np.zeros(n)
    for t in range(1, n):
        d[t] = persistence * d[t - 1] + shocks[t]
    return 100.0 + d.cumsum()


def asked(y, worlds=WORLDS):
    plain = float(critical_values(len(y)).sequence()[-1])
    return plain, own_line(y, plain, monthly=True, window=WINDOW, level_pct=95, worlds=worlds)


def test_the_statistic_of_the_last_date_is_that_of_the_whole_test():
    walks = np.random.default_rng(1).normal(size=(90, 6)).cumsum(axis=0)
    found = _last_statistic(walks, WINDOW)
    whole = [sup_adf(walk, 0, WINDOW, compiled=False).bsadf[-1] for walk in walks.T]
    assert found == pytest.approx(whole, abs=1e-9)


@pytest.mark.parametrize("persistence", [0.0, 0.4, 0.8])
def test_the_fit_is_that_of_least_squares(persistence):
    y = swinging(np.random.default_rng(2), 160, persistence)
    slopes, residuals = _fitted(y, 8)
    assert len(slopes) == null_lags(y, 8, "bic")
    plain = fit_null(y, len(slopes))
    assert slopes == pytest.approx(plain.slopes, abs=1e-9)
    assert residuals == pytest.approx(plain.residuals, abs=1e-8)


def test_swings_without_a_bubble_cross_the_plain_line_often_and_their_own_seldom():
    """Written before computing: 5 % above their own line, far more above the plain one."""
    draw, above_plain, above_own, chances = np.random.default_rng(3), [], [], []
    for _ in range(150):
        y = swinging(draw, 120, 0.6)
        plain, own = asked(y)
        last = _last_statistic(y[:, None], WINDOW)[0]
        above_plain.append(last > plain)
        above_own.append(last > own.critical)
        chances.append(own.chance_pct)
    assert 0.0 < np.mean(above_own) < 0.11  # 5 % and three standard errors of 150 draws
    assert np.mean(above_plain) > 0.2
    assert np.mean(chances) == pytest.approx(100 * np.mean(above_plain), abs=12)


def test_a_walk_without_swings_has_the_plain_line():
    lines = [asked(np.random.default_rng(seed).normal(size=300).cumsum()) for seed in range(12)]
    apart = [own.critical - plain for plain, own in lines]
    assert abs(np.mean(apart)) < 0.15
    assert np.mean([own.chance_pct for _, own in lines]) == pytest.approx(5.0, abs=2.5)


def test_what_really_explodes_stands_above_its_own_line():
    draw = np.random.default_rng(4)
    y = swinging(draw, 200, 0.3)
    y[160:] = y[160] + (1.08 ** np.arange(40.0) - 1.0) * 20.0 + draw.normal(size=40)
    _, own = asked(y)
    assert _last_statistic(y[:, None], WINDOW)[0] > own.critical


def test_nothing_is_drawn_from_what_has_no_swings():
    assert asked(np.arange(60.0))[1] is None


def test_the_same_figures_give_the_same_line_whatever_was_asked_before():
    y = swinging(np.random.default_rng(5), 80, 0.5)
    first = asked(y)[1]
    asked(y[::-1].copy())
    assert asked(y.copy())[1] == first
    assert asked(y, worlds=39)[1].worlds == 39


def test_credit_over_gdp_is_not_called_robust_and_gold_is(edition_store):
    """Its quarters are so persistent that a crossing of the plain line says nothing."""
    found = {item.series: item for item in explosive_prices(View(as_of="2025-12-15",
             store=edition_store))}  # fmt: skip
    credit = found["credit_gdp"]
    assert credit.residual.state is ExplosiveState.COLLAPSE
    assert credit.residual.robust is False
    assert credit.price.own.chance_pct > 40
    assert found["gold_cpi"].price.robust is True
    assert found["price_dividend"].price.robust is None
    for item in found.values():
        for made in filter(None, (item.price, item.residual)):
            assert (made.own is None) == (made.state is ExplosiveState.UNKNOWN)
            assert made.own is None or made.own.critical > made.critical


@pytest.mark.parametrize("day", ["1929-09-30", "1999-12-31", "2000-03-15", "2025-12-15"])
def test_robust_is_what_the_two_printed_figures_say(edition_store, day):
    """One rule for every state: the last statistic against the own line of the same date."""
    found = explosive_prices(View(as_of=day, store=edition_store))
    tests = [test for item in found for test in (item.price, item.residual) if test is not None]
    above = [test for test in tests if test.robust is not None]
    assert above
    for test in above:
        assert test.robust is (test.statistic > test.own.critical)
    assert {test.state for test in above} <= {
        ExplosiveState.ABOVE, ExplosiveState.EXPLOSIVE, ExplosiveState.COLLAPSE
    }  # fmt: skip


def test_months_of_climbing_are_not_held_against_the_line_of_the_last(edition_store):
    """Dividends' price in March 2000: above its own line, as few of the months before were."""
    found = explosive_prices(View(as_of="2000-03-15", store=edition_store))
    made = next(item.price for item in found if item.series == "price_dividend")
    assert made.state is ExplosiveState.EXPLOSIVE
    earlier = made.path.statistic[-made.shortest : -1]
    assert min(earlier) < made.own.critical < made.statistic
    assert made.robust is True
