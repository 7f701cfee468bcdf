"""The announced pace: each rule of the log by one test."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from debtcycle.indicators.purchases import Purchases, announced_purchases
from debtcycle.indicators.stimulus import Gate, stimulus
from debtcycle.sources.announcements import Announcement
from debtcycle.store import Store
from debtcycle.views import View

DAY = date(2010, 1, 15)


def row(day: date = DAY, **changed: Any) -> Announcement:
    plain: dict[str, Any] = {
        "date": day,
        "date_is_month": False,
        "programme": "P",
        "instrument": "Treasuries",
        "asset_class": "treasury",
        "tenor": "coupons",
        "pace_usd_bn_per_month": None,
        "total_usd_bn": None,
        "direction": "buy",
        "term_months": None,
        "cumulative_increment_usd_bn": None,
        "confirmed": True,
        "effective_from": None,
        "source": "made up",
        "note": "",
    }
    return Announcement(**(plain | changed))


def pace(*log: Announcement, on: date) -> float:
    return announced_purchases(log, on).pace_usd_bn_per_month


def test_a_pace_counts_from_its_announcement_and_not_before() -> None:
    bought = row(pace_usd_bn_per_month=40.0, effective_from=date(2010, 3, 1))
    assert pace(bought, on=date(2010, 1, 14)) == 0.0
    assert pace(bought, on=DAY) == 40.0
    assert announced_purchases([bought], DAY).usd_bn_13_weeks == 120.0, "13 weeks are three months"


def test_a_reduction_counts_from_its_effective_date() -> None:
    log = (
        row(pace_usd_bn_per_month=40.0),
        row(
            date(2010, 6, 1),
            pace_usd_bn_per_month=30.0,
            direction="taper",
            effective_from=date(2010, 7, 1),
        ),
        row(date(2010, 9, 1), direction="end", effective_from=date(2010, 10, 1)),
    )
    days = [date(2010, 6, 30), date(2010, 7, 1), date(2010, 9, 30), date(2010, 10, 1)]
    assert [pace(*log, on=day) for day in days] == [40.0, 30.0, 30.0, 0.0]


def test_a_total_is_spread_over_its_term_and_lapses() -> None:
    total = row(total_usd_bn=300.0, term_months=6.0)
    assert pace(total, on=DAY) == pytest.approx(50.0)
    assert pace(total, on=date(2010, 7, 15)) == pytest.approx(50.0)
    assert pace(total, on=date(2010, 7, 17)) == 0.0


def test_a_total_without_a_term_is_spread_over_a_year() -> None:
    total = row(total_usd_bn=300.0)
    assert pace(total, on=date(2011, 1, 14)) == pytest.approx(25.0)
    assert pace(total, on=date(2011, 1, 16)) == 0.0


def test_a_cumulative_total_counts_with_what_it_adds() -> None:
    again = row(total_usd_bn=1250.0, cumulative_increment_usd_bn=750.0, term_months=10.0)
    assert pace(again, on=DAY) == pytest.approx(75.0)


@pytest.mark.parametrize("direction", ["reinvest", "twist", "review"])
def test_what_buys_nothing_new_neither_adds_nor_ends(direction: str) -> None:
    log = (
        row(pace_usd_bn_per_month=40.0),
        row(date(2010, 3, 1), direction=direction, total_usd_bn=400.0),
    )
    assert pace(log[1], on=date(2010, 3, 2)) == 0.0
    assert pace(*log, on=date(2010, 3, 2)) == 40.0


def test_a_later_row_replaces_its_own_class_only() -> None:
    log = (
        row(pace_usd_bn_per_month=40.0),
        row(pace_usd_bn_per_month=35.0, asset_class="agency", tenor="agency"),
        row(date(2010, 5, 1), pace_usd_bn_per_month=60.0),
    )
    assert pace(*log, on=date(2010, 4, 30)) == 75.0
    assert pace(*log, on=date(2010, 5, 1)) == 95.0
    classes = announced_purchases(log, date(2010, 5, 1)).buying
    assert [(p.asset_class, p.pace_usd_bn_per_month) for p in classes] == [
        ("agency", 35.0),
        ("treasury", 60.0),
    ]


def test_rows_of_one_day_and_class_are_added() -> None:
    log = (row(pace_usd_bn_per_month=40.0), row(pace_usd_bn_per_month=5.0, tenor="bills"))
    assert pace(*log, on=DAY) == 45.0


def test_an_end_for_all_classes_ends_each() -> None:
    log = (
        row(pace_usd_bn_per_month=40.0),
        row(pace_usd_bn_per_month=35.0, asset_class="agency"),
        row(date(2010, 5, 1), asset_class="all", direction="end"),
    )
    assert pace(*log, on=date(2010, 5, 1)) == 0.0


def test_in_the_amounts_needed_leaves_the_number_before_it_standing() -> None:
    log = (row(pace_usd_bn_per_month=40.0), row(date(2010, 3, 23)))
    assert pace(*log, on=date(2010, 3, 24)) == 40.0
    assert pace(log[1], on=date(2010, 3, 24)) == 0.0


def test_unconfirmed_rows_lower_but_never_raise() -> None:
    rumour = row(date(2010, 3, 1), pace_usd_bn_per_month=80.0, confirmed=False)
    assert pace(rumour, on=date(2010, 3, 1)) == 0.0
    assert pace(row(pace_usd_bn_per_month=40.0), rumour, on=date(2010, 3, 1)) == 40.0
    end = row(date(2010, 3, 1), direction="end", confirmed=False)
    assert pace(row(pace_usd_bn_per_month=40.0), end, on=date(2010, 3, 1)) == 0.0


def test_runoff_under_a_cap_is_not_buying() -> None:
    runoff = row(pace_usd_bn_per_month=30.0, direction="runoff")
    got = announced_purchases([runoff], DAY)
    assert (got.pace_usd_bn_per_month, got.buying, got.running_off) == (0.0, (), True)
    both = announced_purchases([runoff, row(pace_usd_bn_per_month=5.0, asset_class="agency")], DAY)
    assert not both.running_off
    assert announced_purchases([], DAY) == Purchases(())


@pytest.mark.parametrize(
    ("day", "gate", "rung", "by_word"),
    [
        ("2008-11-24", Gate.ON, None, False),
        ("2008-11-28", Gate.ON, 4, True),
        ("2010-11-05", Gate.ON, 4, True),
        ("2012-09-14", Gate.ON, 4, True),
        ("2019-10-15", Gate.ON, 2, True),
        ("2025-12-15", Gate.ON, 2, None),
        ("2018-10-31", Gate.OFF, 0, False),
        ("1999-12-31", Gate.OFF, None, False),
    ],
)
def test_the_shipped_log_at_known_dates(
    edition_store: Store, day: str, gate: Gate, rung: int | None, by_word: bool | None
) -> None:
    got = stimulus(View(as_of=day, store=edition_store))
    assert got.gate is gate
    if rung is not None:
        assert got.rung == rung
    if by_word is not None:
        assert got.by_announcement is by_word
