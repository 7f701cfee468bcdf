"""Charts of real dates: finite, complete in both languages, and deaf to what came later."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from debtcycle.cycle.findings import find
from debtcycle.cycle.record import RecordRow
from debtcycle.cycle.replay import month_ends, replay
from debtcycle.i18n import LANGUAGES
from debtcycle.indicators.policy_history import policy_history
from debtcycle.report.build import words_of
from debtcycle.report.figures import chart_specs
from debtcycle.report.html import PLACES
from debtcycle.store import Store
from debtcycle.views import View
from futures import Poisoned, Truncated

DAYS = (date(1965, 6, 30), date(1999, 12, 31), date(2008, 11, 28), date(2025, 12, 15))


def specs_of(store: Any, day: date, lang: str) -> dict[str, Any]:
    view = View(as_of=day, store=store)
    before = date(day.year - 1, day.month, 1)
    months = tuple(
        RecordRow(got.as_of, got.verdict, got.axes_verdict, got.heat)
        for got in replay(view, [end for end in month_ends(before, day) if end <= day][-3:])
    )
    return chart_specs(find(view), months, view, words_of(lang))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_charts_of_a_date_are_finite_and_placed(edition_store: Store, day: date, lang: str) -> None:
    specs = specs_of(edition_store, day, lang)
    text = json.dumps(specs, allow_nan=False, ensure_ascii=False)
    assert "NaN" not in text
    placed = {name for names in PLACES.values() for name in names}
    assert set(specs) <= placed, "a chart that no section shows"
    assert {"map", "axes", "inputs", "policy", "gauges", "ledger", "timeline"} <= set(specs)
    if day >= date(2008, 11, 28):
        assert {"debt", "events"} <= set(specs)
    for spec in specs.values():
        assert str(day) in spec["usermeta"]["sources"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # arithmetic with 1e30 and nought
@pytest.mark.parametrize("other", [Truncated, Poisoned])
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_later_data_changes_no_chart(
    edition_store: Store, day: date, other: type[Truncated]
) -> None:
    now = json.dumps(specs_of(edition_store, day, "en"), sort_keys=True)
    assert json.dumps(specs_of(other(edition_store, day), day, "en"), sort_keys=True) == now


def test_the_earlier_date_is_shown_only_once_it_has_been(edition_store: Store) -> None:
    before = json.dumps(specs_of(edition_store, date(2008, 10, 31), "en"))
    after = json.dumps(specs_of(edition_store, date(2009, 6, 30), "en"))
    assert "QE1" not in before
    assert "2008-11-28" in after


def test_published_gauges_are_shown_only_once_published(edition_store: Store) -> None:
    def names(day: date) -> set[str]:
        spec = specs_of(edition_store, day, "en")["gauges"]
        bars = [layer["data"]["values"] for layer in spec["layer"]][-1]
        return {row["name"] for row in bars if row["kind"] == "published"}

    assert names(date(2021, 1, 31)) == set()
    assert len(names(date(2024, 6, 30))) == 2
    assert len(names(date(2025, 12, 15))) == 3


def test_the_balance_sheet_is_assets_from_2002_and_the_base_before(edition_store: Store) -> None:
    seen = policy_history(View(as_of="2007-06-29", store=edition_store))
    assert seen.start == date(1997, 6, 1)
    assert seen.base[0][0] == date(1997, 6, 1)
    assert seen.base[-1][0] < seen.assets[0][0] == date(2002, 12, 18)
    # Total assets of 27 June 2007 were 885.6 bn on a GDP of about 14,400 bn.
    assert seen.assets[-1][1] == pytest.approx(6.2, abs=0.15)


def test_the_policy_rate_has_one_point_a_change(edition_store: Store) -> None:
    rate = dict(policy_history(View(as_of="2009-06-30", store=edition_store)).rate)
    # From the Federal Open Market Committee's statements.
    assert rate[date(2001, 1, 3)] == 6.0
    assert rate[date(2003, 6, 25)] == 1.0
    assert rate[date(2008, 12, 16)] == 0.25
    assert list(rate) == sorted(rate)
    levels = list(rate.values())
    assert all(a != b for a, b in pairwise(levels))


def test_announcements_are_sorted_into_more_and_less(edition_store: Store) -> None:
    steps = policy_history(View(as_of="2015-01-31", store=edition_store)).steps
    kinds = {(step.day, step.kind) for step in steps}
    assert (date(2008, 11, 25), "more") in kinds
    assert (date(2010, 11, 3), "more") in kinds
    assert any(step.kind == "less" and step.day == date(2013, 12, 18) for step in steps)


def test_a_stand_in_is_named_below_its_chart(edition_store: Store) -> None:
    # The edition has no index of all commodities: oil stands in, under its own name.
    for lang, oil in (("en", "Stand-ins: Crude oil"), ("zh", "替代数据：WTI原油")):
        spec = specs_of(edition_store, date(2025, 12, 15), lang)["ledger"]
        assert oil in spec["usermeta"]["sources"]
