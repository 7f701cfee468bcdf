"""The opening state's own arithmetic: the same thing computed two ways, and properties."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.errors import ConfigError
from debtcycle.machine.opening import INSTRUMENTS, SECTORS, from_data
from debtcycle.machine.opening.assumptions import HeldRow, IssueRow, load
from debtcycle.machine.opening.desk import Desk, farthest_moves, mid_rank
from debtcycle.machine.opening.holdings import Group, fit
from debtcycle.machine.opening.markets import momentum
from debtcycle.machine.opening.money import par_duration_years
from debtcycle.store import Store
from debtcycle.views import View

GUESS = np.array([load().holdings[sector] for sector in SECTORS])
PRICES = st.lists(st.floats(-0.5, 0.5), min_size=20, max_size=120).map(np.array)


@st.composite
def known_totals(draw: st.DrawFn) -> tuple[np.ndarray, tuple[Group, ...], dict]:
    """Totals that a matrix exists for: they are taken from one that is drawn."""
    size = st.floats(0.05, 20.0)
    truth = GUESS * np.array([[draw(size) for _ in INSTRUMENTS] for _ in SECTORS])
    groups = (
        Group(2, (2, 3), float(truth[2, [2, 3]].sum())),
        Group(4, (2, 3), float(truth[4, [2, 3]].sum())),
    )
    fixed = {(4, 0): float(truth[4, 0]), (2, 1): float(truth[2, 1])}
    return truth.sum(axis=0), groups, fixed


@given(known_totals())
def test_a_fitted_matrix_agrees_with_all_that_is_known(known: tuple) -> None:
    totals, groups, fixed = known
    cells = fit(GUESS, totals, fixed, groups)
    assert np.allclose(cells.sum(axis=0), totals, rtol=1e-11)
    assert (cells >= 0.0).all()
    assert (cells[GUESS == 0.0] == 0.0).all()
    for group in groups:
        assert group.sum_of(cells) == pytest.approx(group.total, rel=1e-11)
    for place, value in fixed.items():
        assert cells[place] == value
    # The nearest matrix has the form guess x row factor x column factor: within a column all free
    # cells outside the groups are scaled alike, within a group likewise across columns.
    ratio = cells / np.where(GUESS > 0.0, GUESS, np.nan)
    for column in range(len(INSTRUMENTS)):
        free = [
            row for row in range(len(SECTORS))
            if (row, column) not in fixed and GUESS[row, column] > 0.0
            and not any(group.row == row and column in group.columns for group in groups)
        ]  # fmt: skip
        assert np.allclose(ratio[free, column], ratio[free[0], column], rtol=1e-9)
    factors = [ratio[group.row, [2, 3]] / ratio[0, [2, 3]] for group in groups]
    for factor in factors:
        assert factor[0] == pytest.approx(factor[1], rel=1e-9)


def test_a_guess_that_agrees_already_stays() -> None:
    totals = GUESS.sum(axis=0)
    groups = (Group(2, (2, 3), float(GUESS[2, [2, 3]].sum())),)
    assert np.allclose(fit(GUESS, totals, {(4, 0): 9.0}, groups), GUESS, rtol=1e-13)


@given(st.floats(0.1, 10.0))
def test_only_proportions_of_the_guess_matter(scale: float) -> None:
    totals = GUESS.sum(axis=0) * 1.3
    groups = (Group(2, (2, 3), 40.0), Group(4, (2, 3), 3.0))
    one, other = (fit(guess, totals, {(4, 0): 5.0}, groups) for guess in (GUESS, GUESS * scale))
    assert np.allclose(one, other, rtol=1e-10)


@pytest.mark.parametrize(
    ("groups", "fixed"),
    [
        ((Group(2, (2, 3), 500.0),), {}),  # more than there is
        ((Group(2, (2, 3), -1.0),), {}),
        ((), {(4, 0): 1e6}),
    ],
)
def test_totals_that_contradict_one_another_are_refused(
    groups: tuple[Group, ...], fixed: dict[tuple[int, int], float]
) -> None:
    with pytest.raises(ConfigError, match=r"opening\.holdings"):
        fit(GUESS, GUESS.sum(axis=0), fixed, groups)


# --- momentum --------------------------------------------------------------------------------
@given(PRICES, st.floats(0.02, 0.4), st.floats(0.2, 1.0))
def test_a_state_is_the_weighted_sum_of_its_news(
    changes: np.ndarray, gain: float, clip: float
) -> None:
    path = momentum(changes, gain, clip)
    news = np.clip(4.0 * changes, -clip, clip)
    count = len(news)
    weights = gain * (1.0 - gain) ** np.arange(count - 1, -1, -1)
    closed = weights @ news + (1.0 - gain) ** count * news[:8].mean()
    assert path[-1] == pytest.approx(closed, abs=1e-12)
    assert np.abs(path).max() <= clip + 1e-12


@given(st.floats(-0.14, 0.14))
def test_a_steady_trend_is_its_own_state(quarterly: float) -> None:
    assert np.allclose(momentum(np.full(40, quarterly), 0.1, 0.6), 4.0 * quarterly, atol=1e-12)


def test_quarters_are_those_of_the_calendar(edition_store: Store) -> None:
    view = View(as_of="2019-10-15", store=edition_store)
    series = view.series("SP500_MONTHLY")
    changes = Desk(view, load()).quarterly_log_changes(series, 8)
    months = [f"{y}-{m:02d}-01" for y in (2017, 2018, 2019) for m in (3, 6, 9, 12)]
    values = [series.at(np.datetime64(month)) for month in months if "2017-08" < month < "2019-10"]
    plain = np.diff(np.log(np.array(values, dtype=float)))
    assert np.allclose(changes, plain, atol=1e-12)


def test_a_price_below_nought_is_passed_over(edition_store: Store) -> None:
    """Oil closed at -37 dollars on 20 April 2020, a quarter's step from 20 April 2021."""
    view = View(as_of="2021-04-27", store=edition_store)
    changes = Desk(view, load()).quarterly_log_changes(view.series("WTI"), 40)
    assert np.isfinite(changes).all()
    assert len(changes) == 40


# --- rates, inflation, duration ---------------------------------------------------------------
@given(st.floats(0.1, 15.0), st.floats(0.5, 30.0).map(lambda years: round(2 * years) / 2))
def test_duration_is_the_slope_of_the_price(yield_pct: float, years: float) -> None:
    coupon = yield_pct / 200.0
    times = np.arange(1, round(2 * years) + 1)

    def price(rate_pct: float) -> float:
        discount = (1.0 + rate_pct / 200.0) ** -times
        return float(coupon * discount.sum() + discount[-1])

    step = 1e-4
    slope = (price(yield_pct + step) - price(yield_pct - step)) / (2.0 * step / 100.0)
    assert par_duration_years(yield_pct, years) == pytest.approx(-slope, rel=1e-5)


@pytest.mark.parametrize("day", ["2008-11-28", "2019-10-15", "2025-12-15", "1999-12-31"])
def test_inflation_and_what_is_expected_of_it_by_plain_loops(
    edition_store: Store, day: str
) -> None:
    view = View(as_of=day, store=edition_store)
    prices = view.series("PCEPILFE")
    months = {
        str(period)[:7]: value for period, value in zip(prices.periods, prices.values, strict=True)
    }
    rates: list[tuple[int, float]] = []
    for month, value in months.items():
        year, number = int(month[:4]), int(month[5:])
        before = months.get(f"{year - 1}-{number:02d}")
        if before is not None:
            rates.append((12 * year + number, 100.0 * (value / before - 1.0)))
    last = rates[-1][0]
    misses = [abs(rate - 2.0) for at, rate in rates if at > last - 36]
    top = sum(rate * 0.5 ** ((last - at) / 60) for at, rate in rates if last - at < 120)
    bottom = sum(0.5 ** ((last - at) / 60) for at, _ in rates if last - at < 120)
    measures = [2.0, top / bottom]
    if len(view.series("T10YIE")):
        measures.append(float(view.series("T10YIE").values[-1]))
    opening = from_data(view)
    assert opening.value("inflation_pct") == pytest.approx(rates[-1][1], rel=1e-12)
    assert opening.value("inflation_miss_pp") == pytest.approx(sum(misses) / len(misses), rel=1e-12)
    middle = sorted(measures)[1] if len(measures) == 3 else sum(measures) / 2
    assert opening.value("expected_inflation_pct") == pytest.approx(middle, rel=1e-12)


@given(st.lists(st.integers(0, 20).map(float), min_size=2, max_size=60))
def test_a_rank_is_counted(values: list[float]) -> None:
    sample = np.array(values)
    now = values[-1]
    below = sum(value < now for value in values)
    equal = sum(value == now for value in values)
    assert mid_rank(sample, now) == pytest.approx(
        100 * (below + (equal + 1) / 2) / (len(values) + 1)
    )
    assert 0.0 < mid_rank(sample, now) < 100.0


@pytest.mark.parametrize("day", ["2008-11-28", "2025-12-15"])
def test_deficit_of_twelve_months_from_the_rows(edition_store: Store, day: str) -> None:
    rows = edition_store.rows("MTSDS133FMS").as_of(np.datetime64(day))
    plain = -sum(rows.values[-12:]) / 1000.0
    opening = from_data(View(as_of=day, store=edition_store))
    assert opening.value("deficit_pct_gdp") == pytest.approx(
        100.0 * plain / opening.value("gdp_usd_bn"), rel=1e-12
    )
    assert date.fromisoformat(day) == opening.as_of


# --- what was carried forward, against what was published next ---------------------------------
@pytest.mark.parametrize("row", load().debt[1:], ids=lambda row: str(row.end))
def test_the_next_statement_of_the_debt_lies_within_the_range(
    edition_store: Store, row: IssueRow
) -> None:
    """The opening of the day before a statement was known, which rests on the statement before."""
    opening = from_data(View(as_of=row.known_from - timedelta(days=1), store=edition_store))
    for name, amount in (("bill_share_pct", row.bills), ("tips_share_pct", row.tips)):
        fact, published = opening.fact(name), 100.0 * amount / row.marketable
        assert fact.low is not None
        assert fact.high is not None
        assert fact.low <= published <= fact.high
    carried = opening.value("marketable_debt_pct_gdp") * opening.value("gdp_usd_bn") / 100.0
    # In the last quarters of 2008 and in spring 2020 much more was borrowed than the deficits.
    assert carried == pytest.approx(row.marketable, rel=0.08)


@pytest.mark.parametrize("row", load().central_bank[1:], ids=lambda row: str(row.end))
def test_the_next_statement_of_the_central_bank_lies_within_the_range(
    edition_store: Store, row: HeldRow
) -> None:
    opening = from_data(View(as_of=row.known_from - timedelta(days=1), store=edition_store))
    total = opening.value("central_bank_treasuries_pct_gdp")
    for kind, amount in (("bills", row.bills), ("tips", row.tips)):
        fact = opening.fact(f"central_bank_{kind}_pct_gdp")
        assert fact.low is not None
        assert fact.high is not None
        assert fact.low <= total * amount / row.treasuries <= fact.high


def test_moves_over_some_months_are_those_of_the_past() -> None:
    history = np.array([1.0, 1.5, 3.0, 2.0, 2.5])
    root = 1.5**0.5
    assert farthest_moves(history, 0) == (0.0, 0.0)
    assert farthest_moves(history, 5) == (0.0, 0.0)
    assert farthest_moves(history, 1) == pytest.approx((-1.0 * root, 1.5 * root))
    assert farthest_moves(history, 2) == pytest.approx((-0.5 * root, 2.0 * root))
    assert farthest_moves(np.array([1.0, 2.0, 3.0]), 1) == pytest.approx((0.0, root))
