"""Law 2: later data changes no earlier output, and a leak would be seen.

Random dates between 1960 and 2026 with the reference edition as it is, cut off at the date, and
with a poisoned future. Then deliberate leaks, each of a kind that real projects have had: the same
comparison has to catch every one of them, or it proves nothing.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from debtcycle.catalogue.calendar import known_from, month_end, period_end
from debtcycle.cycle import assess as assess_module
from debtcycle.indicators import bubble_gauge, growth, stimulus, valuation
from debtcycle.indicators._common import mid_rank
from debtcycle.indicators.model import Origin
from debtcycle.store import Basis, Rows, Store
from debtcycle.views import Series, View
from futures import (
    Outputs,
    Poisoned,
    Truncated,
    all_outputs,
    differences,
    leaves,
    verdict_outputs,
    written_outputs,
)

FIRST, LAST = date(1960, 1, 1), date(2026, 6, 30)
ALWAYS = (
    date(1999, 12, 31),
    date(2008, 10, 31),
    date(2013, 10, 20),  # inside a shutdown
    date(2025, 12, 10),  # October 2025 will never come
)


def _days(count: int, seed: int) -> list[date]:
    """Days spread over the whole span, one drawn in each of `count` equal parts."""
    draw = random.Random(seed)
    step = (LAST - FIRST).days / count
    return [FIRST + timedelta(days=int(step * (n + draw.random()))) for n in range(count)]


def _assert_blind_to_the_future(store: Store, day: date, outputs: Outputs) -> None:
    honest = dict(leaves(outputs(store, day)))
    for other in (Truncated(store, day), Poisoned(store, day)):
        found = dict(leaves(outputs(other, day)))
        places = [p for p in honest.keys() | found.keys() if honest.get(p) != found.get(p)]
        assert not places, f"{day}, {type(other).__name__}: {len(places)} differ: {places[:5]}"


@pytest.mark.parametrize("day", _days(25, seed=20251105), ids=str)
def test_later_data_changes_no_earlier_verdict(edition_store: Store, day: date) -> None:
    _assert_blind_to_the_future(edition_store, day, verdict_outputs)


@pytest.mark.parametrize("day", [*ALWAYS, *_days(6, seed=44)], ids=str)
def test_later_data_changes_no_earlier_output(edition_store: Store, day: date) -> None:
    _assert_blind_to_the_future(edition_store, day, all_outputs)


@pytest.mark.parametrize("day", [ALWAYS[0], ALWAYS[3], *_days(1, seed=7)], ids=str)
def test_later_data_changes_no_earlier_report(edition_store: Store, day: date) -> None:
    """Text, Markdown, JSON and the specifications of the charts, in both languages."""
    _assert_blind_to_the_future(edition_store, day, written_outputs)


@pytest.mark.soak
@pytest.mark.parametrize("day", _days(60, seed=2), ids=str)
def test_later_data_changes_no_earlier_report_on_60_days(edition_store: Store, day: date) -> None:
    _assert_blind_to_the_future(edition_store, day, written_outputs)


@pytest.mark.soak
@pytest.mark.parametrize("day", _days(200, seed=1), ids=str)
def test_later_data_changes_no_earlier_output_on_200_days(edition_store: Store, day: date) -> None:
    _assert_blind_to_the_future(edition_store, day, all_outputs)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # arithmetic with 1e30 and nought
def test_the_poison_is_really_in_the_store(edition_store: Store) -> None:
    day = date(2010, 6, 30)
    poisoned, full = Poisoned(edition_store, day), edition_store
    late = View(as_of=day + timedelta(days=60), store=poisoned).series("UNRATE")
    assert {1e30, -1e30, 0.0} <= set(late.values.tolist())
    assert (poisoned.rows("UNRATE").known_from > np.datetime64(day)).sum() > 40
    assert len(poisoned.documents("announcement")) > len(
        Truncated(full, day).documents("announcement")
    )
    assert differences(full, poisoned, day + timedelta(days=60)), "the poison works, once known"


def test_every_leaf_of_an_output_is_compared(edition_store: Store) -> None:
    day = date(2025, 11, 5)
    places = {place for place, _ in leaves(all_outputs(edition_store, day))}
    for needed in (
        ".verdict",
        ".confidence",
        ".gauge.aggregate",
        ".stimulus.rung",
        ".distance",
        ".agree",
        ".price.statistic",
        ".residual.above_share_pct",
        ".skill.auroc",
        ".base.share_pct",
    ):
        assert any(place.endswith(needed) for place in places), needed
    with pytest.raises(TypeError, match="no canonical form"):
        dict(leaves(object()))
    assert dict(leaves(0.0)) != dict(leaves(-0.0))
    assert dict(leaves(float("nan"))) == dict(leaves(float("nan")))


# --- planted leaks ---------------------------------------------------------------------------
Patch = pytest.MonkeyPatch
Rewrite = Callable[[View, str, Rows], Rows]


def _patch_reading(patch: Patch, rewrite: Rewrite) -> None:
    """Views read rows in another way."""

    def series(self: View, series_id: str) -> Series:
        rows = rewrite(self, series_id, self.store.rows(series_id))
        rows = rows.take(~np.isnan(rows.values))
        info = self.catalogue[series_id]
        return Series(info, self.as_of, rows.periods, rows.values, rows.known_from, rows.basis)

    patch.setattr(View, "series", series)


def _everything(view: View, series_id: str) -> Series:
    """What will be known of a series one day."""
    rows = view.store.rows(series_id).as_of(np.datetime64("9999-12-31"))
    rows = rows.take(~np.isnan(rows.values))
    info = view.catalogue[series_id]
    return Series(info, view.as_of, rows.periods, rows.values, rows.known_from, rows.basis)


def leak_ignoring_known_from(patch: Patch) -> None:
    _patch_reading(patch, lambda _v, _n, rows: rows.as_of(np.datetime64("9999-12-31")))


def leak_reading_thirty_days_ahead(patch: Patch) -> None:
    _patch_reading(patch, lambda view, _n, rows: rows.as_of(view.day + np.timedelta64(30, "D")))


def leak_lag_of_nought(patch: Patch) -> None:
    def rewrite(view: View, name: str, rows: Rows) -> Rows:
        early = np.minimum(rows.known_from, period_end(view.catalogue[name], rows.periods))
        known = np.where(rows.basis == int(Basis.LAGGED), early, rows.known_from)
        return dataclasses.replace(rows, known_from=known).ordered().as_of(view.day)

    _patch_reading(patch, rewrite)


def leak_latest_vintage(patch: Patch) -> None:
    """Only the periods known at the date, but with the figures of the last vintage."""

    def rewrite(view: View, name: str, rows: Rows) -> Rows:
        known, last = rows.as_of(view.day), rows.as_of(np.datetime64("9999-12-31"))
        return last.take(np.isin(last.periods, known.periods))

    _patch_reading(patch, rewrite)


def leak_first_release_day_for_revisions(patch: Patch) -> None:
    """The calendar's day for every row: a revision is dated like the first print."""

    def rewrite(view: View, name: str, rows: Rows) -> Rows:
        info = view.catalogue[name]
        known = known_from(info, rows.periods, view.catalogue.irregular(name))
        known = np.where(np.isnat(known), rows.known_from, known)
        seen = rows.take(known <= view.day)
        return seen.as_of(np.datetime64("9999-12-31"))

    _patch_reading(patch, rewrite)


def leak_filling_backwards(patch: Patch) -> None:
    """A missing month takes the next month's figure."""
    plain = View.series

    def series(self: View, series_id: str) -> Series:
        seen = plain(self, series_id)
        later = _everything(self, series_id)
        october = np.datetime64("2025-10-01")
        follows = later.periods[later.periods > october]
        lacks = len(seen) and seen.at(october) is None and series_id in {"CPIAUCSL", "UNRATE"}
        if not lacks or not len(follows) or month_end(np.array([october]))[0] > self.day:
            return seen
        at = int(np.searchsorted(seen.periods, october))
        return dataclasses.replace(
            seen,
            periods=np.insert(seen.periods, at, october),
            values=np.insert(seen.values, at, later.at(follows[0])),
            known_from=np.insert(seen.known_from, at, self.day),
            basis=np.insert(seen.basis, at, int(Basis.LAGGED)),
        )

    patch.setattr(View, "series", series)


def leak_later_announcements(patch: Patch) -> None:
    plain = View.announcements

    def announcements(self: View) -> Any:
        return plain(View(as_of=self.as_of + timedelta(days=60), store=self.store))

    paced = stimulus.announced_purchases
    patch.setattr(View, "announcements", announcements)
    patch.setattr(
        stimulus, "announced_purchases", lambda log, on: paced(log, on + timedelta(days=60))
    )


def leak_unemployment_mean_of_the_full_sample(patch: Patch) -> None:
    def gap(view: View) -> Any:
        rate = view.series("UNRATE")
        mean = float(_everything(view, "UNRATE").values.mean())
        return growth.reading("unemployment_gap", "pp", float(rate.values[-1]) - mean, rate)

    patch.setattr(growth, "unemployment_gap", gap)


def leak_high_of_the_full_sample(patch: Patch) -> None:
    def drawdown(view: View) -> Any:
        price = view.resolve("SPX")
        high = float(_everything(view, price.id).values.max())
        value = 100.0 * (float(price.values[-1]) / high - 1.0)
        return valuation.reading("drawdown", "percent", value, price)

    patch.setattr(valuation, "drawdown", drawdown)


def leak_percentile_of_the_full_sample(patch: Patch) -> None:
    def cape(view: View) -> Any:
        value, monthly, close = valuation.cape_today(view)
        later = _everything(view, "SHILLER_CAPE")
        rank = mid_rank(later.values, later.periods, value, view.as_of)
        return valuation._ranked("cape", "ratio", value, rank, monthly, close)

    patch.setattr(valuation, "cape", cape)


def leak_gauge_percentile_of_the_full_sample(patch: Patch) -> None:
    plain = bubble_gauge._equity_share

    def share(view: View) -> Any:
        if not view.series("BOGZ1FL153064486Q").fresh:
            return plain(view)
        own = view.series("BOGZ1FL153064486Q")
        later = _everything(view, own.id)
        history, value = (later.values, later.periods), float(own.values[-1])
        return bubble_gauge._ranked(view, "gauge_equity_share", "percent", value, history, own)

    patch.setattr(bubble_gauge, "_equity_share", share)


def leak_replay_on_one_late_view(patch: Patch) -> None:
    """Earlier dates of a replay see what the view of today sees."""

    def at(self: View, as_of: date) -> View:
        earlier = View(as_of=as_of, store=self.store, catalogue=self.catalogue)
        earlier.day = self.day
        return earlier

    patch.setattr(View, "at", at)


def leak_cache_without_a_date(patch: Patch) -> None:
    """Views made from one another share what has been read, whatever the date."""
    plain = View.at

    def at(self: View, as_of: date) -> View:
        self.series("SHILLER_CAPE")
        earlier = plain(self, as_of)
        earlier._seen = self._seen
        return earlier

    patch.setattr(View, "at", at)


def leak_freshness_of_the_newest_row(patch: Patch) -> None:
    """A reading is called fresh because the store has newer rows, known or not."""
    plain = assess_module.stimulus

    def measured(view: View) -> Any:
        made = plain(view)
        newest = view.store.rows("WALCL").periods[-1:]
        age = (newest - view.day).astype(int) if len(newest) else np.zeros(1)
        rate = dataclasses.replace(made.policy_rate, freshness=float(age[0] > 0))
        return dataclasses.replace(made, policy_rate=rate)

    patch.setattr(assess_module, "stimulus", measured)


def leak_birth_certificate_of_a_later_vintage(patch: Patch) -> None:
    """The figure is right, but it is said to come from a row that came later."""

    def origin(series: Series, index: int = -1) -> Origin:
        seen = series.observation(index)
        rows = STORE[0].rows(seen.series)
        last = rows.known_from[rows.periods == np.datetime64(seen.period)].max().item()
        return Origin(seen.series, seen.period, last, seen.basis, seen.value, seen.unit)

    patch.setattr("debtcycle.indicators._common.origin", origin)


STORE: list[Any] = [None]
LEAKS: dict[Callable[[Patch], None], date] = {
    leak_ignoring_known_from: date(2012, 9, 14),
    leak_reading_thirty_days_ahead: date(2020, 3, 27),
    leak_lag_of_nought: date(1975, 3, 3),
    leak_latest_vintage: date(2008, 11, 28),
    leak_first_release_day_for_revisions: date(2009, 11, 30),
    leak_filling_backwards: date(2025, 12, 10),
    leak_later_announcements: date(2025, 11, 20),
    leak_unemployment_mean_of_the_full_sample: date(1999, 12, 31),
    leak_high_of_the_full_sample: date(2010, 11, 5),
    leak_percentile_of_the_full_sample: date(1987, 9, 30),
    leak_gauge_percentile_of_the_full_sample: date(2005, 5, 31),
    leak_replay_on_one_late_view: date(2016, 4, 4),
    leak_cache_without_a_date: date(2019, 10, 15),
    leak_freshness_of_the_newest_row: date(2014, 7, 7),
    leak_birth_certificate_of_a_later_vintage: date(2015, 2, 27),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("leak", "day"), LEAKS.items(), ids=lambda x: getattr(x, "__name__", ""))
def test_a_planted_leak_is_caught(
    edition_store: Store,
    monkeypatch: pytest.MonkeyPatch,
    leak: Callable[[Patch], None],
    day: date,
) -> None:
    assert not differences(edition_store, Truncated(edition_store, day), day), "clean before"
    leak(monkeypatch)

    def places(store: Any) -> dict[str, str]:
        STORE[0] = store
        return dict(leaves(verdict_outputs(store, day)))

    leaky = places(edition_store)
    others = (Truncated(edition_store, day), Poisoned(edition_store, day))
    assert any(places(other) != leaky for other in others), "the leak goes unseen"
