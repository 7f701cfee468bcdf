"""Reserves, the turn of the balance sheet and the pace of purchases, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from debtcycle.indicators.model import Status
from debtcycle.indicators.reserves import reserves
from debtcycle.sources.announcements import Announcement
from indicators.handmade import every_quarters, view

GDP = every_quarters("2014-01-01", [20_000.0] * 24)


def weekly(start, values):
    first = date.fromisoformat(start)
    return {first + timedelta(weeks=n): float(v) for n, v in enumerate(values)}


def row(day, programme, direction, pace, *, tenor="bills", asset="treasury", effective=None):
    on = date.fromisoformat(day)
    return Announcement(
        date=on, date_is_month=False, programme=programme, instrument="x", asset_class=asset,
        tenor=tenor, pace_usd_bn_per_month=pace, total_usd_bn=None, direction=direction,
        term_months=None, cumulative_increment_usd_bn=None, confirmed=True,
        effective_from=None if effective is None else date.fromisoformat(effective),
        source="x", note="",
    )  # fmt: skip


def test_reserves_against_gdp_banks_and_the_end_of_the_run_off():
    held = weekly("2019-01-02", [1_600_000.0] * 40 + [2_000_000.0] * 20)
    log = [row("2019-07-31", "QT1 end", "end", 0.0, effective="2019-09-04")]
    found = reserves(
        view("2020-02-20", log, WRESBAL=held, GDP=GDP,
             TLAACBW027SBOG=weekly("2020-01-01", [16_000.0] * 6))
    )  # fmt: skip
    assert found.to_gdp.value == pytest.approx(10.0)
    assert found.to_bank_assets.value == pytest.approx(12.5)
    assert found.qt_ended == date(2019, 9, 4)
    assert found.excess.value == pytest.approx(2.0)
    assert {o.unit for o in found.to_gdp.origins} == {"usd_bn"}


def test_without_an_end_on_record_there_is_no_neutral_path():
    log = [row("2020-01-31", "QT1 end", "end", 0.0, effective="2020-06-01"),
           row("2014-10-29", "QE3 end", "end", 0.0)]  # fmt: skip
    held = weekly("2019-06-05", [1_600_000.0] * 38)
    found = reserves(view("2020-02-20", log, WRESBAL=held, GDP=GDP))
    assert found.qt_ended is None
    assert (found.excess.value, found.excess.status) == (None, Status.SHORT)
    assert found.to_bank_assets.status is Status.ABSENT
    old = [row("2018-07-31", "QT0 end", "end", 0.0)]
    assert reserves(view("2020-02-20", old, WRESBAL=held, GDP=GDP)).excess.value is None


def test_a_turn_needs_a_fall_before_it_and_a_rise_after():
    fall, rise = [4_200_000.0, 4_100_000.0, 4_000_000.0], [4_050_000.0, 4_100_000.0]
    turned = reserves(view("2020-02-20", WALCL=weekly("2020-01-15", fall + rise), GDP=GDP))
    assert turned.turned == date(2020, 1, 29)
    assert turned.since_trough.value == pytest.approx(0.5)
    falling = reserves(view("2020-02-20", WALCL=weekly("2020-01-29", fall), GDP=GDP))
    assert falling.turned is None
    rising = reserves(view("2020-02-20", WALCL=weekly("2020-02-05", rise), GDP=GDP))
    assert rising.turned is None


def test_pace_and_ten_year_equivalents():
    log = [row("2020-01-15", "bills", "buy", 40.0)]
    figures = {
        "WALCL": weekly("2020-02-05", [6_000_000.0] * 3),
        "GDP": GDP,
        "DGS10": {date(2020, 2, 19): 0.0},
    }
    found = reserves(view("2020-02-20", log, **figures))
    # 480 of 6,000 a year, and GDP does not grow.
    assert found.bills_only
    assert found.pace_growth.value == pytest.approx(8.0)
    # 120 in three months, a quarter of a year long, against ten years; GDP 20,000.
    assert found.ten_year_equivalents.value == pytest.approx(100 * 120 * 0.025 / 20_000)
    mixed = [*log, row("2020-01-15", "coupons", "buy", 20.0, tenor="agency", asset="agency")]
    assert not reserves(view("2020-02-20", mixed, **figures)).bills_only
    figures["DGS10"] = {date(2020, 2, 19): 4.0}
    dearer = reserves(view("2020-02-20", log, **figures))
    assert dearer.ten_year_equivalents.value == pytest.approx(
        100 * 120 * 0.25 / 8.1757 / 20_000, rel=1e-4
    )


def test_nothing_in_the_store_is_said():
    found = reserves(view("2020-02-20"))
    assert {reading.status for reading in found.readings} == {Status.ABSENT}
    assert not found.bills_only
    short = reserves(
        view("2020-02-20", WALCL=weekly("2020-02-05", [1.0] * 3),
             GDP=every_quarters("2019-01-01", [20_000.0] * 4))
    )  # fmt: skip
    assert short.pace_growth.status is Status.SHORT
