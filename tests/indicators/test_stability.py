from __future__ import annotations

from datetime import date

import pytest

from debtcycle.indicators.model import Reading, Status
from debtcycle.indicators.stability import funding, funding_strained, stability_first
from indicators.handmade import every_days, view


def figures():
    return {
        "SOFR": every_days("2025-10-01", [3.0] * 9 + [4.20] * 21),
        "IORB": every_days("2025-10-01", [4.15] * 31),
        "RRPONTSYD": every_days("2025-10-01", [10.0] * 31),
        "OFR_FSI": every_days("2025-10-01", [-1.5] * 31),
    }


def test_spread_is_the_mean_of_the_last_days_that_have_both():
    made = funding(view("2025-11-03", **figures()))
    assert made.spread.value == pytest.approx(5.0)
    assert made.spread.unit == "bp"
    assert made.spread.series == ("SOFR", "IORB")
    assert made.reverse_repo.value == 10.0
    assert made.stress.value == -1.5
    assert funding_strained(made).lit is True


def test_cheap_funding_is_not_strained():
    known = figures()
    known["IORB"] = every_days("2025-10-01", [4.20] * 31)
    assert funding_strained(funding(view("2025-11-03", **known))).lit is False


def test_a_few_days_are_no_mean():
    known = figures()
    known["IORB"] = every_days("2025-10-15", [4.15] * 15)
    made = funding(view("2025-11-03", **known))
    assert made.spread.status is Status.SHORT
    assert funding_strained(made).lit is None


def test_nothing_is_said_without_figures():
    assert {r.status for r in funding(view("2025-11-03")).readings} == {Status.ABSENT}
    assert funding(view("1999-11-03")).spread.status is Status.NOT_BEGUN
    assert funding(view("2025-12-15", **figures())).reverse_repo.status is Status.STALE


@pytest.mark.parametrize(
    ("rate", "inflation", "lit"),
    [
        (-0.5, 0.8, True),
        (-0.5, 0.4, False),
        (0.2, 0.8, False),
        (None, 0.8, None),
        (None, 0.2, False),
        (-0.5, None, None),
    ],
)
def test_stability_first_is_a_low_rate_against_high_inflation(rate, inflation, lit):
    lamp = stability_first(
        Reading("a", "pp", rate), Reading("b", "pp", inflation), funding(view("2025-11-03"))
    )
    assert lamp.lit is lit
    assert [r.indicator for r in lamp.readings][:2] == ["a", "b"]


def test_only_days_known_by_the_date_count():
    known = figures()
    early = funding(view("2025-10-31", **known)).spread
    known["SOFR"] = known["SOFR"] | {date(2025, 11, 1): 1e30}
    assert funding(view("2025-10-31", **known)).spread == early
