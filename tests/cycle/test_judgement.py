"""Findings are made once each, on their own dates; the judgement carries them."""

from __future__ import annotations

from datetime import date

import pytest

from debtcycle.cycle import findings as room
from debtcycle.cycle.assess import assess
from debtcycle.cycle.findings import GAUGE_DATES, find, quarter_ends
from debtcycle.cycle.judgement import judge
from debtcycle.cycle.policy_log import policy_log
from debtcycle.cycle.replay import month_ends, parse_month, replay, row_of
from debtcycle.errors import ConfigError, LookAheadError
from debtcycle.indicators.fiscal import fiscal_stance
from debtcycle.views import View


def test_quarters_end_before_the_date():
    assert quarter_ends(date(2025, 12, 31), 1) == (
        date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30),
    )  # fmt: skip
    assert quarter_ends(date(2026, 1, 1), 1)[-1] == date(2025, 12, 31)
    assert len(quarter_ends(date(2025, 11, 5))) == 20
    assert quarter_ends(date(1920, 5, 1)) == (date(1920, 3, 31),)


def test_points_of_the_path_are_those_of_their_own_dates(store, judged):
    path = judged("2010-11-05").findings.path
    assert [p.day for p in path] == [*quarter_ends(date(2010, 11, 5)), date(2010, 11, 5)]
    for point in (path[3], path[-1]):
        view = View(as_of=point.day, store=store)
        got = assess(view)
        assert (point.stimulus, point.heat, point.verdict) == (
            got.stimulus.score, got.heat, got.verdict,
        )  # fmt: skip
        assert point.deficit_pct_of_gdp == fiscal_stance(view).deficit.value


def test_no_date_is_assessed_twice(store, monkeypatch):
    seen = []
    monkeypatch.setattr(room, "assess", lambda v: seen.append(v.as_of) or assess(v))
    find(View(as_of="2025-11-05", store=store))
    # Twenty quarter ends and the day itself; the one of June 2021 comes with the episodes.
    assert len(seen) == len(set(seen)) == 20


def test_the_first_purchases_are_shown_from_their_day_on(judged):
    assert judged("1999-12-31").findings.then is None
    assert judged("2008-11-28").findings.then.as_of == date(2008, 11, 28)
    assert judged("2008-11-28").findings.then == judged("2008-11-28").assessment


def test_gauges_and_published_readings_of_the_past_only(judged):
    for day in ("1962-03-31", "2008-11-28", "2025-11-05"):
        found = judged(day).findings
        on = date.fromisoformat(day)
        assert [p.day for p in found.gauge_history] == [d for d in GAUGE_DATES if d <= on]
        assert all(item.day <= on for item in found.published)
    assert [p.value for p in judged("2025-12-15").findings.published] == [77.0, 52.0, 80.0]
    assert [p.value for p in judged("2025-11-05").findings.published] == [77.0, 52.0]


def test_every_known_reading_has_its_birth_certificates(judged):
    for day in ("1962-03-31", "2008-11-28", "2025-12-15"):
        on = date.fromisoformat(day)
        for reading in judged(day).findings.readings:
            if reading.known:
                assert reading.origins, reading.indicator
                assert all(origin.known_from <= on for origin in reading.origins)


def test_a_judgement_carries_its_parts(store, judged):
    found = judged("2025-11-05")
    got = found.findings.assessment
    assert found.as_of == date(2025, 11, 5)
    assert found.assessment is got
    assert (found.verdict, found.axes_verdict) == (got.verdict, got.axes_verdict)
    assert (found.confidence, found.mode) == (got.confidence, got.mode)
    assert found.flip is found.findings.flips[0]
    assert found.record is None
    with pytest.raises(KeyError):
        found.claim(45)
    early = judge(View(as_of="2000-01-15", store=store))
    assert early.record.months == 5
    blank = judge(View(as_of="1925-01-31", store=store))
    assert blank.flip is None
    assert blank.record is None


def test_months_and_replays(store):
    assert month_ends(date(1999, 11, 1), date(2000, 2, 1)) == [
        date(1999, 11, 30), date(1999, 12, 31), date(2000, 1, 31), date(2000, 2, 29),
    ]  # fmt: skip
    assert month_ends(date(2000, 1, 1), date(2000, 12, 1), step=6) == [
        date(2000, 1, 31), date(2000, 7, 31),
    ]  # fmt: skip
    with pytest.raises(ConfigError):
        month_ends(date(2001, 1, 1), date(2000, 1, 1))
    assert parse_month("1999-08") == date(1999, 8, 1)
    with pytest.raises(ConfigError):
        parse_month("1999-13")
    view, seen = View(as_of="2008-12-31", store=store), []
    days = [date(2008, 10, 31), date(2008, 11, 30)]
    found = replay(view, days, progress=seen.append)
    assert seen == days
    assert found == tuple(assess(View(as_of=day, store=store)) for day in days)
    row = row_of(found[0])
    assert (row.date, row.verdict, row.growth) == (
        days[0], found[0].verdict, found[0].axes[1].score,
    )  # fmt: skip
    with pytest.raises(LookAheadError):
        replay(view, [date(2009, 1, 31)])


def test_log_of_policy_shows_only_what_was_signed():
    assert policy_log(date(2025, 7, 3)).acts[-1].id == "deregulation"
    assert policy_log(date(2025, 7, 4)).acts[-1].id == "obbba"
    log = policy_log(date(2025, 11, 5))
    assert {act.id for act in log.recent} == {"ai_barriers", "deregulation", "obbba"}
    assert log.loosens("fiscal") is log.loosens("rules") is True
    assert policy_log(date(2012, 1, 31)).loosens("fiscal") is False  # caps on spending
    assert policy_log(date(2015, 6, 30)).loosens("rules") is False  # nothing recent
    assert policy_log(date(2000, 10, 31)).loosens("rules") is None
    assert policy_log(date(2000, 11, 1)).loosens("rules") is True
    days = [act.day for act in policy_log(date(2030, 1, 1)).acts]
    assert days == sorted(days)
