"""What the measures say of the United States on a date, and that they never look ahead."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from debtcycle.crises.plain import plain
from debtcycle.crises.service import annuity_rate
from debtcycle.crises.today import CrisisReading, today
from debtcycle.errors import ConfigError
from debtcycle.indicators.model import Status
from debtcycle.views import View
from futures import Poisoned, Truncated, leaves
from indicators.handmade import every_months, every_quarters, view

DAYS = [date(1965, 5, 3), date(1987, 10, 19), date(1999, 12, 31), date(2007, 6, 30),
        date(2013, 10, 20), date(2019, 3, 1), date(2025, 12, 15)]  # fmt: skip


def seen(store, day) -> CrisisReading:
    return today(View(as_of=day, store=store))


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_later_data_changes_no_reading(edition_store, day):
    honest = dict(leaves(seen(edition_store, day)))
    for other in (Truncated(edition_store, day), Poisoned(edition_store, day)):
        assert dict(leaves(seen(other, day))) == honest


def test_the_eve_of_2008(edition_store):
    found = seen(edition_store, date(2007, 6, 30))
    gap, zone = found.signal("credit_gap"), found.signal("rzone_household")
    # The gap of the latest vintage for 2006-Q4; the file of the BIS has 10.1 as well.
    assert gap.figures[0].value == pytest.approx(10.1, abs=0.05)
    assert gap.state == "high"
    assert zone.state == "in"
    assert zone.cutoffs is not None
    assert zone.cutoffs.year == 2005  # figures of 2006 were not all published
    for item in found.signals:
        assert all(row.known_by < 2007 for row in item.odds)
        assert item.skill is None or item.skill.last + item.skill.horizon < 2007
        assert item.quoted is not None
        assert item.quoted.low_pct < item.quoted.high_pct
    assert found.known == 5
    assert "rzone_household" in found.summary()
    assert {made.indicator for made in found.readings} >= {"credit_gap", "rzone_business_debt"}


def test_the_gap_of_the_store_is_that_of_the_bis(edition_store):
    day = date(2025, 12, 15)
    found = seen(edition_store, day).signal("credit_gap").figures[0]
    published = View(as_of=day, store=edition_store).series("BIS_CREDIT_GAP_US")
    assert found.value == pytest.approx(published.values[-1], abs=6e-5)
    assert found.period == published.periods[-1].item()


def test_a_record_stands_beside_today(edition_store):
    found = seen(edition_store, date(2026, 1, 15))
    for item in found.signals:
        assert item.base is not None
        assert item.skill is not None
        assert item.skill.known_by < 2026
        if item.state != "unknown":
            assert [row.horizon for row in item.odds] == [1, 2, 3, 4]
    assert found.known >= 4
    made = plain(found)
    assert made["signals"][0]["figures"][0]["status"] == "ok"
    with pytest.raises(ConfigError, match=r"crises\.option"):
        found.signal("weather")


def test_a_reading_as_a_frame(edition_store):
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    found = seen(edition_store, date(2007, 6, 30))
    table = found.to_pandas().set_index("signal")
    assert table.loc["rzone_household", "state"] == "in"
    assert (table["low_pct"] <= table["share_pct"]).all()
    assert (table["share_pct"] <= table["high_pct"]).all()


def test_an_empty_store_knows_nothing_and_says_why():
    found = today(view("2020-06-30"))
    assert found.known == 0
    assert {made.status for item in found.signals for made in item.figures[:1]} == {Status.ABSENT}
    assert all(not item.odds for item in found.signals)


def handmade(**changes):
    """Twenty-five years in which debt, prices and rates are simple."""
    figures = {
        "GDP": every_quarters("1994-01-01", [20_000.0] * 104),
        "CMDEBT": every_quarters("1994-01-01", 1e6 * (10.0 + 0.1 * np.arange(104))),
        "TBSDODNS": every_quarters("1994-01-01", [15e6] * 104),
        "GS10": every_months("1994-01-01", [4.0] * 315),
        "SHILLER_PRICE": every_months("1994-01-01", 100.0 * 1.02 ** np.arange(315)),
        "USSTHPI": every_quarters("1994-01-01", 100.0 * 1.03 ** np.arange(104)),
        "CPIAUCSL": every_months("1994-01-01", 100.0 * 1.002 ** np.arange(315)),
        **changes,
    }
    return today(view("2020-03-25", **figures))


def test_debt_service_by_hand():
    found = handmade().signal("dsr_household")
    last = found.figures[0]
    # The newest quarter is the third of 2019, the 103rd: debt 20.2 trillion over 20 trillion.
    assert last.period == date(2019, 9, 1)
    pay = float(annuity_rate(4.0, 18)) * 100.0
    stock = (10.0 + 0.1 * np.arange(103)) / 20.0
    assert found.figures[1].value == pytest.approx(pay * stock[-1])
    assert last.value == pytest.approx(pay * (stock[-1] - stock.mean()))
    assert last.percentile == pytest.approx(100.0 * (63 + 0.5) / 64)
    assert found.state == "high"


def test_the_zone_by_hand():
    found = handmade()
    household, business = found.signal("rzone_household"), found.signal("rzone_business")
    debt, price = household.figures
    assert debt.value == pytest.approx(100 * 0.1 * 12 / 20)
    assert price.value == pytest.approx(100 * (1.03**12 / 1.002**36 - 1))
    assert price.origins[0].stands_for == "CSUSHPINSA"
    # Debt grew by 6 percentage points, below the cut-off of more than 8.
    assert household.cutoffs is not None
    assert household.cutoffs.debt_pp > 6.0
    assert household.state == "out"
    assert business.figures[0].value == pytest.approx(0.0)
    assert business.figures[1].value == pytest.approx(100 * ((1.02 / 1.002) ** 36 - 1))
    assert business.state == "out"


def test_a_boom_is_in_the_zone():
    debt = 1e6 * (10.0 + 0.25 * np.arange(104))
    found = handmade(CMDEBT=every_quarters("1994-01-01", debt)).signal("rzone_household")
    assert found.figures[0].value == pytest.approx(15.0)
    assert found.state == "in"
    assert found.quoted is not None
    assert found.quoted.state == "in"


def test_missing_and_broken_series():
    prices = every_months("1994-01-01", 100.0 * 1.002 ** np.arange(315))
    prices.pop(date(2016, 9, 1))  # the base of three years was never published
    found = handmade(CPIAUCSL=prices)
    assert found.signal("rzone_business").figures[1].status is Status.SHORT
    assert found.signal("rzone_business").state == "unknown"
    short = handmade(CMDEBT=every_quarters("2018-01-01", [15e6] * 8))
    assert short.signal("dsr_household").figures[0].status is Status.SHORT
    assert short.signal("rzone_household").figures[0].status is Status.SHORT
    apart = handmade(GS10=every_months("2019-12-01", [4.0] * 3))
    assert apart.signal("dsr_household").figures[0].status is Status.SHORT
    stale = handmade(GS10=every_months("1994-01-01", [4.0] * 160))
    assert stale.signal("dsr_business").figures[0].status is Status.STALE
    ratio = every_quarters("1994-01-01", 100.0 + np.arange(102.0))
    assert handmade(BIS_CREDIT_RATIO_US=ratio).signal("credit_gap").state == "low"
    ratio.pop(date(2010, 4, 1))
    assert (
        handmade(BIS_CREDIT_RATIO_US=ratio).signal("credit_gap").figures[0].status is Status.BREAK
    )


def test_an_old_substitute_is_said_to_be_old_and_not_to_be_missing(edition_store):
    """The edition ships one index of house prices, and its last figure is of 2025."""
    found = today(View(as_of="2026-05-01", store=edition_store)).signal("rzone_household")
    assert found.state == "unknown"
    (price,) = found.figures
    assert (price.status, price.origins[0].series) == (Status.STALE, "USSTHPI")
    assert price.origins[0].stands_for == "CSUSHPINSA"
