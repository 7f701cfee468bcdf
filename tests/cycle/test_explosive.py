"""Explosive prices: known episodes, the past alone, and what cannot be tested."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.bubbles import sup_adf
from debtcycle.bubbles.tables import shipped
from debtcycle.cycle.explosive import (
    MOST,
    WINDOW,
    ExplosiveState,
    critical_values,
    explosive_prices,
    one_sided_residual,
)
from debtcycle.cycle.ratios import RATIOS
from debtcycle.indicators.model import Status
from debtcycle.store import Basis, Rows, Store
from debtcycle.views import View
from futures import Poisoned, Truncated, leaves

DAYS = ("1925-03-01", "1965-06-30", "1987-09-30", "1999-12-31", "2008-11-28", "2025-12-15")


def _found(store: object, day: str) -> dict[str, object]:
    view = View(as_of=day, store=store)  # type: ignore[arg-type]
    return {item.series: item for item in explosive_prices(view)}


@pytest.mark.parametrize(
    ("day", "name", "state", "since"),
    [
        # The dot-com years, the credit boom, and the rise of gold: none of these is disputed.
        ("1999-12-31", "price_dividend", ExplosiveState.EXPLOSIVE, (1995, 1999)),
        ("1999-12-31", "price_earnings", ExplosiveState.EXPLOSIVE, (1995, 1999)),
        ("2008-11-28", "credit_gdp", ExplosiveState.EXPLOSIVE, (1995, 2007)),
        ("2025-12-15", "gold_cpi", ExplosiveState.EXPLOSIVE, (2023, 2025)),
        ("1929-09-30", "price_dividend", ExplosiveState.EXPLOSIVE, (1928, 1929)),
    ],
)
def test_known_booms_are_seen_from_within(edition_store: Store, day, name, state, since):
    made = _found(edition_store, day)[name].price
    assert made.state is state
    assert since[0] <= made.since.year <= since[1]
    assert made.statistic > made.critical


def test_an_ended_boom_is_told_with_its_dates(edition_store: Store):
    made = _found(edition_store, "2008-11-28")["price_earnings"].price
    first, last = made.previous
    assert (first.year, last.year) == (1995, 2001)
    assert made.episodes >= 5


def test_what_the_edition_may_not_hold_is_missing_and_not_guessed(edition_store: Store):
    now = _found(edition_store, "2025-12-15")["nasdaq_sp500"]
    assert (now.price.state, now.price.status) == (ExplosiveState.UNKNOWN, Status.ABSENT)
    assert now.ratio.value is None
    assert now.residual.status is Status.ABSENT
    before = _found(edition_store, "1965-06-30")
    assert before["nasdaq_sp500"].price.status is Status.NOT_BEGUN
    assert before["credit_gdp"].residual.status is Status.SHORT
    assert before["gold_cpi"].price.state is ExplosiveState.UNKNOWN


@pytest.mark.parametrize("day", DAYS)
def test_every_test_hangs_together(edition_store: Store, day):
    for item in _found(edition_store, day).values():
        for made in filter(None, (item.price, item.residual)):
            known = made.state is not ExplosiveState.UNKNOWN
            assert known == (made.status is Status.OK)
            assert known == (made.critical is not None)
            if not known:
                continue
            above = made.state is not ExplosiveState.NOT
            assert (made.statistic > made.critical) == above
            assert (made.since is not None) == above
            assert (made.rising is not None) == above
            assert made.state is not ExplosiveState.COLLAPSE or made.rising is False
            assert made.state is not ExplosiveState.EXPLOSIVE or made.rising is True
            assert WINDOW <= made.observations <= MOST
            assert 0 <= made.above_share_pct <= 100
            assert made.last <= date.fromisoformat(day)
            assert made.first < made.last


@pytest.mark.parametrize("day", DAYS)
def test_later_data_changes_no_answer(edition_store: Store, day):
    on = date.fromisoformat(day)
    own = dict(leaves(explosive_prices(View(as_of=on, store=edition_store))))
    for other in (Truncated(edition_store, on), Poisoned(edition_store, on)):
        assert dict(leaves(explosive_prices(View(as_of=on, store=other)))) == own


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(30, 120), st.integers(3, 25))
def test_a_residual_knows_only_the_past(seed, n, first):
    draw = np.random.default_rng(seed)
    y, x = draw.normal(size=(2, n)).cumsum(axis=1)
    whole = one_sided_residual(y, x, first)
    assert len(whole) == n - first + 1
    cut = n - draw.integers(1, n - first)
    assert (
        one_sided_residual(y[:cut], x[:cut], first).tobytes() == whole[: cut - first + 1].tobytes()
    )
    # The same by plain least squares on the observations up to a date.
    design = np.column_stack([np.ones(cut), x[:cut]])
    coefficients = np.linalg.lstsq(design, y[:cut], rcond=None)[0]
    assert whole[cut - first] == pytest.approx(y[cut - 1] - design[-1] @ coefficients, abs=1e-8)


def test_a_residual_of_what_does_not_move_is_that_from_the_mean():
    y = np.arange(6.0)
    assert one_sided_residual(y, np.full(6, 3.0), 4) == pytest.approx([1.5, 2.0, 2.5])
    assert len(one_sided_residual(y, y, 7)) == 0


def test_the_line_of_a_long_sample_serves_shorter_ones():
    """Tables simulated for other lengths with the same window agree within their error."""
    alike = [one for (n, window, lag), one in shipped().items()
             if (window, lag) == (WINDOW, 0) and n != MOST]  # fmt: skip
    assert len(alike) >= 2
    for one in alike:
        ours = critical_values(one.n).sequence()[WINDOW:]
        assert np.abs(ours - one.sequence()[WINDOW:]).max() < 0.06
        assert abs(ours[-1] - one.sequence()[-1]) < 0.03


@pytest.mark.parametrize("residual", [False, True])
def test_random_walks_stand_above_their_line_on_a_twentieth_of_dates(residual):
    """Size: 5 %. Residuals have no line of their own; theirs is said to be 2 to 3 %."""
    draw = np.random.default_rng(20)
    shares = []
    for _ in range(150):
        y, x = draw.normal(size=(2, 500)).cumsum(axis=1)
        test = sup_adf(one_sided_residual(y, x, 120) if residual else y, 0, WINDOW)
        line = test.sequence(critical_values(test.n))
        shares.append(100 * (test.bsadf > line)[WINDOW - 1 :].mean())
    low, high = (1.5, 3.5) if residual else (3.5, 6.5)
    assert low < np.mean(shares) < high


class _WithStocks(Truncated):
    """The edition with daily closes of both indices, NASDAQ doubling ever faster at the end."""

    def rows(self, series_id: str) -> Rows:
        if series_id not in {"NASDAQCOM", "SPX"}:
            return super().rows(series_id)
        days = np.arange("1985-01-01", "2000-01-11", dtype="M8[D]")
        draw = np.random.default_rng(3 if series_id == "SPX" else 4)
        log = np.log(300.0) + draw.normal(scale=0.01, size=len(days)).cumsum()
        if series_id == "NASDAQCOM":
            log[-700:] += np.exp(np.arange(700) / 250.0) / 6.0
        basis = np.full(len(days), int(Basis.UNREVISED), dtype="i1")
        rows = Rows(days, days, np.exp(log), basis)
        return rows.take(rows.known_from <= self.day)


def test_daily_closes_become_means_of_months_that_have_ended(edition_store: Store):
    on = date(2000, 1, 10)
    view = View(as_of=on, store=_WithStocks(edition_store, on))  # type: ignore[arg-type]
    made = next(item for item in explosive_prices(view) if item.series == "nasdaq_sp500")
    assert made.price.last == date(1999, 12, 1)
    assert made.price.observations == 180
    assert made.price.state is ExplosiveState.EXPLOSIVE
    top, bottom = (view.series(name) for name in ("NASDAQCOM", "SPX"))
    december = (top.periods >= np.datetime64("1999-12-01")) & (
        top.periods < np.datetime64("2000-01-01")
    )
    means = top.values[december].mean() / bottom.values[december].mean()
    assert made.ratio.value == pytest.approx(means)
    assert made.ratio.origins[0].period == date(1999, 12, 31)
    # The residual ends with the last quarter whose investment and GDP were known.
    assert made.residual.fundamental == "technology_share"
    assert made.residual.status is Status.OK
    assert made.residual.last == date(1999, 9, 1)
    assert made.residual.observations == 177 - 119
    assert made.price.robust is not None


def test_every_ratio_names_series_of_the_catalogue(edition_store: Store):
    catalogue = View(as_of="2020-01-01", store=edition_store).catalogue
    for ratio in RATIOS:
        assert {*ratio.series, *ratio.behind} <= {info.id for info in catalogue}
        assert (ratio.against is None) == (ratio.fundamental is None)
