"""Specs are plain, finite and the same every time, and say what the figures say."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any

import pytest

from charts.samples import (
    DRAWN,
    a_gauges,
    a_hazard,
    a_ledger,
    a_map,
    a_timeline,
    an_events,
    an_inputs,
    fans,
    some_causes,
    some_explosive,
    some_odds,
    some_phases,
)
from debtcycle.charts import (
    Dated,
    FanLine,
    FanPanel,
    FansData,
    HazardData,
    HazardLine,
    MapData,
    MapPoint,
    OddsData,
    TimelineData,
    caption_of,
    fans_chart,
    hazard_chart,
    map_chart,
    odds_chart,
    standalone,
    timeline_chart,
)
from debtcycle.charts.policy import PolicyData, policy_chart
from debtcycle.charts.timeline import MonthMark
from debtcycle.i18n import LANGUAGES, translator

EN = translator("en")


def layers(part: Any) -> list[dict[str, Any]]:
    """All parts of a spec that draw marks."""
    found = []
    if isinstance(part, dict):
        found += [part] if "mark" in part else []
        for value in part.values():
            found += layers(value)
    elif isinstance(part, list):
        for value in part:
            found += layers(value)
    return found


def rows(spec: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    """Data of all layers that draw a mark."""
    return [
        row
        for layer in layers(spec)
        if layer["mark"]["type"] == mark
        for row in layer.get("data", {}).get("values", [])
    ]


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_same_figures_give_the_same_spec(name: str, lang: str) -> None:
    first = json.dumps(DRAWN[name](translator(lang), "name", 0.3), allow_nan=False)
    again = json.dumps(DRAWN[name](translator(lang), "name", 0.3), allow_nan=False)
    assert first == again
    assert len(first) > 500


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_no_spec_holds_a_number_that_is_none(name: str, value: float | None) -> None:
    spec = DRAWN[name](EN, "name", value)
    assert "Infinity" not in json.dumps(spec, allow_nan=False)


@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_has_titles_units_and_sources_in_both_languages(name: str) -> None:
    titles = {}
    for lang in LANGUAGES:
        spec = DRAWN[name](translator(lang), "publisher", 0.3)
        caption = caption_of(spec)
        assert caption.title
        assert caption.sources == "publisher"
        assert len(caption.description) > 20
        axes = [
            axis["title"]
            for layer in layers(spec)
            for channel in layer.get("encoding", {}).values()
            if isinstance(axis := channel.get("axis"), dict) and axis.get("title")
        ]
        assert axes, "a chart without the title of an axis"
        titles[lang] = (caption.title, *axes)
        assert not [text for text in titles[lang] if "{" in text]
    assert not set(titles["en"]) & set(titles["zh"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_of_the_charts_keeps_a_placeholder(lang: str) -> None:
    for name, draw in DRAWN.items():
        text = json.dumps(draw(translator(lang), "name", 0.3), ensure_ascii=False)
        assert "{line}" not in text, name
        assert "{list}" not in text, name


def test_the_map_draws_no_line_over_a_missing_point() -> None:
    whole = [row for row in rows(a_map(EN, "QE1", 0.0), "rule") if "age" in row]
    broken = [row for row in rows(a_map(EN, "QE1", None), "rule") if "age" in row]
    assert [len(whole), len(broken)] == [3, 1]
    assert [row["age"] for row in whole] == sorted(row["age"] for row in whole), "older is fainter"
    assert (broken[0]["x"], broken[0]["x2"]) == (0.1, 0.3)


def test_the_map_marks_the_date_and_the_earlier_one() -> None:
    spec = a_map(EN, "QE1", 5.0)
    dots = [row for row in rows(spec, "point") if row["date"] in ("2025-06-30", "2008-11-28")]
    assert {(row["date"], row["x"], row["y"]) for row in dots} == {
        ("2025-06-30", 0.3, 0.5),
        ("2008-11-28", 0.8, -0.6),
    }
    texts = [row["text"] for row in rows(spec, "text") if "text" in row]
    assert "2025-06-30" in texts
    assert "QE1" in texts


def test_a_date_without_a_place_says_so() -> None:
    spec = map_chart(MapData((MapPoint(date(1950, 1, 1), None, 0.2),), 0.25), EN, sources="s")
    texts = [row["text"] for row in rows(spec, "text") if "text" in row]
    assert EN("chart.map.unplaced") in texts
    assert EN("chart.map.unplaced") in caption_of(spec).description


def test_a_surplus_is_the_smallest_dot() -> None:
    path = (MapPoint(date(2000, 6, 30), 0.0, 0.0, -2.4),)
    spec = map_chart(MapData(path, 0.25), EN, sources="s")
    assert [row["deficit"] for row in rows(spec, "point")] == [0.0]


def test_months_of_one_verdict_are_one_piece() -> None:
    pieces = rows(a_timeline(EN, "mixed", 0.2), "rect")
    given = [p for p in pieces if p["row"] == EN("chart.timeline.given")]
    assert [(p["t"][:10], p["t2"][:10], p["verdict"]) for p in given] == [
        ("2020-01-01", "2020-02-29", "mixed"),
        ("2020-02-29", "2020-03-31", "down"),
    ]
    alone = [p for p in pieces if p["row"] == EN("chart.timeline.axes")]
    assert [p["verdict"] for p in alone] == ["mixed", "up", "down"]


def test_without_heat_the_timeline_has_its_strips_alone() -> None:
    months = (MonthMark(date(2020, 1, 31), "mixed", "mixed"),)
    spec = timeline_chart(TimelineData(months, {"mixed": "m"}, 0.25), EN, sources="s")
    assert not rows(spec, "line")
    assert rows(spec, "rect")


def test_missing_gauges_and_inputs_are_named_unknown() -> None:
    texts = [row["text"] for row in rows(a_gauges(EN, "one", None), "text") if "value" in row]
    assert texts == ["98", EN("chart.unknown"), "81", "52"]
    unknown = [row for row in rows(an_inputs(EN, "one", None), "text") if row.get("x") == 0]
    assert [row["name"] for row in unknown] == ["two"]


def test_negative_bars_are_labelled_on_their_left() -> None:
    spec = a_ledger(EN, "one", -0.83)
    labels = {
        layer["mark"]["align"]: [row["text"] for row in layer["data"]["values"]]
        for layer in layers(spec)
        if layer["mark"]["type"] == "text"
    }
    assert labels["right"] == ["−0.8"]
    assert labels["left"] == ["4.2", "0.0", "0.0", "4.2", "5.0"]


def test_event_cells_are_whole_percent_and_dots() -> None:
    texts = [row["text"] for row in rows(an_events(EN, "QE", None), "text")]
    assert sorted(texts) == sorted(["−10", "+45", "·", "0"])


def test_a_policy_chart_without_announcements_has_no_legend() -> None:
    data = PolicyData(date(1955, 1, 1), date(1965, 1, 1), (), (), (), ())
    spec = policy_chart(data, EN, sources="s")
    assert "legend" not in json.dumps(spec["vconcat"])


def test_a_standalone_picture_has_title_and_sources_inside() -> None:
    spec = standalone(a_map(EN, "QE1", 0.1))
    assert spec["title"]["text"] == EN("chart.map.title")
    assert spec["title"]["subtitle"] == ["QE1"]


def values(part: Any) -> list[list[dict[str, Any]]]:
    """All tables of figures of a spec."""
    found = []
    if isinstance(part, dict):
        table = part.get("data", {}).get("values") if isinstance(part.get("data"), dict) else None
        found += [table] if table else []
        for value in part.values():
            found += values(value)
    elif isinstance(part, list):
        for value in part:
            found += values(value)
    return found


def test_a_quarter_without_a_median_is_left_out_of_its_fan() -> None:
    whole, broken = (
        [row for table in values(fans(EN, "with", v)) for row in table if "fan" in row]
        for v in (0.3, None)
    )
    assert [row["t"] for row in whole if row["fan"] == "with"] == [0, 1, 0, 1]
    assert [row["t"] for row in broken if row["fan"] == "with"] == [0, 0]
    assert [row["p95"] for row in whole if row["fan"] == "with"] == [0.0, 2.0, 0.0, 4.0]


def test_a_fan_alone_needs_no_legend() -> None:
    def legends(part: Any) -> list[Any]:
        if isinstance(part, dict):
            own = [part["legend"]] if "legend" in part else []
            return own + [found for value in part.values() for found in legends(value)]
        if isinstance(part, list):
            return [found for value in part for found in legends(value)]
        return []

    two = fans(EN, "with", 0.1)
    assert all(legends(two["concat"]))
    one = fans_chart(
        FansData((FanPanel("rate", (FanLine("only", *((0.0, 1.0),) * 5),)),)),
        EN, name="differences", sources="s",
    )  # fmt: skip
    assert legends(one["concat"]) == [None, None, None]


def test_phases_of_two_runs_stand_side_by_side_and_keep_their_order() -> None:
    spec = some_phases(EN, "calm", 0.6)
    assert [panel["title"]["text"] for panel in spec["hconcat"]] == ["calm", "other"]
    areas = [table for table in values(spec) if "share" in table[0]]
    assert len(areas) == 2
    for table in areas:
        assert [row["place"] for row in table] == [0, 1, 0, 1]
        assert sum(row["share"] for row in table if row["t"] == 1) == pytest.approx(1.0)
    dashed = [table for table in values(spec) if "share" not in table[0]]
    assert [[row["v"] for row in table] for table in dashed] == [[0.0, 0.1]] * 2
    assert caption_of(spec).description.count("without 10%") == 2


def test_four_lines_of_hazard_are_two_colours_whole_and_dashed() -> None:
    points = ((0.1, 0.05, 0.2), (0.2, 0.1, 0.3))
    names = ("A", "A, without", "B", "B, without")
    lines = tuple(HazardLine(name, points, name.endswith("without")) for name in names)
    band, line = hazard_chart(HazardData(lines, 4, "40%"), EN, sources="s")["layer"]
    colours = line["encoding"]["color"]["scale"]["range"]
    assert colours[0] == colours[1] != colours[2] == colours[3]
    dashes = line["encoding"]["strokeDash"]["scale"]["range"]
    assert dashes[0] == dashes[2] != dashes[1] == dashes[3]
    assert band["transform"][0]["filter"]["oneOf"] == ["A", "B"]
    two = hazard_chart(HazardData(lines[:2], 4, "40%"), EN, sources="s")["layer"]
    assert two[0]["transform"][0]["filter"]["oneOf"] == ["A", "A, without"]
    assert len(set(two[1]["encoding"]["color"]["scale"]["range"])) == 2


def test_the_hazard_leaves_out_quarters_without_paths_and_names_the_highest() -> None:
    spec = a_hazard(EN, "bubble", 0.25)
    (table,) = values(spec)
    assert [row["t"] for row in table if row["run"] == "bubble"] == [0, 1]
    assert "25%" in caption_of(spec).description
    assert "40%" in caption_of(spec).title


def test_bars_and_diamonds_say_the_same_quarters() -> None:
    spec = some_causes(EN, "rates", 2.0)
    bars = rows(spec, "bar")
    points = rows(spec, "point")
    assert {row["q"] for row in bars} == {row["q"] for row in points} == {"1 year", "2 years"}
    assert [row["v"] for row in points] == [-1.0, 2.0] * 2


def test_the_statistic_is_thinned_to_what_can_be_seen_and_keeps_its_peaks() -> None:
    spec = some_explosive(EN, "one", 9.0)
    lines = rows(spec["vconcat"][0]["hconcat"][0], "line")
    drawn = [row["v"] for row in lines if row["line"] == EN("chart.explosive.statistic")]
    wave = [round((n * 37 % 101) / 50 - 1, 2) for n in range(899)]
    assert len(drawn) < 650
    assert (drawn[0], drawn[-1], max(drawn[:-1]), min(drawn)) == (
        wave[0], 9.0, max(wave), min(wave)
    )  # fmt: skip
    # Of every four months in a row the highest and the lowest are there.
    times = {row["t"]: row["v"] for row in lines if row["line"] == EN("chart.explosive.statistic")}
    assert list(times) == sorted(times)
    for start in range(0, 896, 4):
        inside = [f"{1990 + n // 12}-{n % 12 + 1:02}-01T00:00:00" for n in range(start, start + 4)]
        part = wave[start : start + 4]
        kept = [times[t] for t in inside if t in times]
        assert (min(kept), max(kept)) == (min(part), max(part))


def test_a_short_statistic_is_drawn_whole_and_a_missing_one_breaks_the_line() -> None:
    spec = some_explosive(EN, "one", None)
    short = rows(spec["vconcat"][1], "line")
    assert len([row for row in short if row["line"] == EN("chart.explosive.statistic")]) == 9
    left = rows(spec["vconcat"][0]["hconcat"][0], "line")
    assert [row["v"] for row in left if row["t"].startswith("2064-12")] == [1.5, None, 0.8]


def test_booms_and_crashes_are_shaded_apart() -> None:
    bands = rows(some_explosive(EN, "one", 1.0), "rect")
    up, down = EN("chart.explosive.upward"), EN("chart.explosive.collapse")
    assert [row["kind"] for row in bands] == [up, down, up]
    assert bands[0]["t"] < bands[0]["t2"] < bands[1]["t"]


def test_no_share_of_the_odds_is_drawn_without_its_interval() -> None:
    for value in (4.2, None):
        spec = some_odds(EN, "low", value)
        dots = {(row["state"], row["share"]) for row in rows(spec, "point")}
        intervals = {(row["state"], row["share"]) for row in rows(spec, "rule") if "low" in row}
        assert dots == intervals
        texts = {row["text"] for row in rows(spec, "text") if "state" in row}
        assert texts >= {"13% (3–24%), 16/120", "6% (2–11%), 63/1000"}
        assert (EN("chart.unknown") in texts) == (value is None)


def test_without_odds_the_gap_stands_alone_and_says_so() -> None:
    gap = (Dated(date(1960, 3, 31), -4.0), Dated(date(1965, 6, 30), 1.25))
    spec = odds_chart(OddsData(gap, (2.0, 10.0), (), 3, 90.0), EN, sources="s")
    assert len(spec["vconcat"]) == 1
    assert caption_of(spec).description.endswith(
        f"Gap at the last quarter: +1.2 pp. {EN('odds.none')}."
    )
