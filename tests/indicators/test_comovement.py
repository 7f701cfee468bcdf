"""Links, returns and shares by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from debtcycle.indicators.comovement import comovement
from debtcycle.indicators.model import Status
from indicators.handmade import every_days, every_months, every_quarters, view

MONTHS = 72


def days_of_months(values):
    """One value in the middle of each month from 2015 on, as a daily series."""
    return every_months("2015-01-15", values)


def test_link_is_the_correlation_of_changes():
    draw = np.random.default_rng(7)
    rate = np.cumsum(draw.normal(0, 0.1, MONTHS))
    gold = np.exp(0.002 * np.arange(MONTHS) - 0.5 * rate + draw.normal(0, 0.02, MONTHS))
    found = comovement(
        view("2020-12-20", GOLD=days_of_months(gold * 1000), DFII10=days_of_months(rate),
             T10YIE=days_of_months(-rate))
    )  # fmt: skip
    change = lambda x: (x[12:] - x[:-12])[-36:]  # noqa: E731
    expected = np.corrcoef(change(np.log(gold)), change(rate))[0, 1]
    assert found.gold_real_yield.value == pytest.approx(expected)
    assert found.gold_real_yield.value < -0.5
    assert found.gold_breakeven.value == pytest.approx(-expected)


def test_link_needs_four_years_and_movement():
    short = comovement(
        view("2018-11-20", GOLD=days_of_months(range(1, 48)), DFII10=days_of_months(range(47)))
    )
    assert short.gold_real_yield.status is Status.SHORT
    still = comovement(
        view("2020-12-20", GOLD=days_of_months(range(1, 73)), DFII10=days_of_months([1.0] * 72))
    )
    assert still.gold_real_yield.status is Status.SHORT
    gap = days_of_months(range(1, 73))
    holes = {day: v for day, v in gap.items() if day.month % 3 != 1}
    assert (
        comovement(
            view("2020-12-20", GOLD=holes, DFII10=days_of_months(range(72)))
        ).gold_real_yield.status
        is Status.SHORT
    )
    assert comovement(view("2020-12-20")).gold_real_yield.status is Status.ABSENT


def test_nominal_and_real_return_side_by_side():
    found = comovement(
        view(
            "2020-12-20",
            SPX=every_days("2019-12-10", [100.0] * 10) | every_days("2020-12-10", [106.0] * 10),
            CPIAUCSL=every_months("2019-10-01", [200.0] + [0.0] * 11 + [220.0]),
            SHILLER_CAPE=every_months("2019-11-01", [20.0] * 12 + [25.0]),
            SHILLER_PRICE=every_months("2020-11-01", [106.0]),
        )
    )
    assert found.stocks_nominal.value == pytest.approx(6.0)
    assert found.stocks_real.value == pytest.approx(100 * (1.06 / 1.1 - 1))
    assert found.multiple_change.value == pytest.approx(25.0)


def test_returns_without_a_year_or_without_prices():
    found = comovement(view("2020-12-20", SPX=every_days("2020-12-10", [106.0] * 10)))
    assert found.stocks_nominal.status is found.stocks_real.status is Status.SHORT
    assert found.stocks_real.indicator == "stocks_real_12m"
    two = every_days("2019-12-10", [100.0] * 10) | every_days("2020-12-10", [106.0] * 10)
    found = comovement(view("2020-12-20", SPX=two))
    assert found.stocks_nominal.known
    assert found.stocks_real.status is Status.ABSENT
    assert found.multiple_change.status is Status.ABSENT


def test_shares_of_net_worth_are_not_seen_before_they_were_published():
    top = every_quarters("2015-04-01", [30.0 + n for n in range(14)])
    before = comovement(view("2019-03-21", WFRBST01134=top, WFRBSB50215=top))
    for made in (before.top_share, before.top_share_change, before.bottom_share):
        assert (made.value, made.status) == (None, Status.NOT_BEGUN)
    assert comovement(view("2019-03-22", WFRBST01134=top)).top_share.known


def test_shares_of_net_worth():
    top = every_quarters("2019-04-01", [30.0, 30.1, 30.2, 30.3, 31.0])
    found = comovement(view("2020-10-15", WFRBST01134=top))
    assert found.top_share.value == 31.0
    assert found.top_share_change.value == pytest.approx(1.0)
    assert found.bottom_share.status is Status.ABSENT
    assert math.isclose(found.top_share.freshness, 1.0)
    assert len(found.readings) == 9
