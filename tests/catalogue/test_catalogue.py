"""What the loader refuses, and what the shipped catalogue promises."""

from __future__ import annotations

import importlib.util
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from debtcycle.catalogue import Frequency, Licence, VintagePolicy, load_catalogue, parse_catalogue
from debtcycle.catalogue.calendar import month_end, period_end
from debtcycle.catalogue.load import ADJUSTMENTS, UNITS
from debtcycle.errors import ConfigError
from debtcycle.indicators.anchors import ANCHORS
from debtcycle.store import Store

ENTRY: dict[str, Any] = {
    "id": "A",
    "country": "US",
    "publisher": "P",
    "name_en": "a",
    "name_zh": "甲",
    "unit": "percent",
    "frequency": "monthly",
    "stamp": "start",
    "adjustment": "NSA",
    "lag_days": 10,
    "vintage_policy": "lagged",
    "begins": date(1960, 1, 1),
    "licence": "public-domain",
    "embed": True,
    "sources": ["A"],
}


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def tables(name: str, *entries: dict[str, Any]) -> bytes:
    text = ""
    for entry in entries:
        lines = (f"{key} = {_toml(value)}" for key, value in entry.items() if value is not None)
        text += f"[[{name}]]\n" + "\n".join(lines) + "\n"
    return (text or f"{name} = []").encode()


NO_RELEASES = b"release = []"


def refused(series: bytes, releases: bytes = NO_RELEASES) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_catalogue(series, releases)
    assert caught.value.message_id == "catalogue.invalid"
    return f"{caught.value.params['series']}: {caught.value.params['field']}"


def test_a_whole_entry_is_read() -> None:
    other = ENTRY | {"id": "B", "sources": ["B"], "fredmd": "Bx", "substitutes": ["A"]}
    release = {
        "series": ["A"],
        "period": date(2013, 9, 1),
        "released": date(2013, 10, 22),
        "source": "s",
    }
    never = {"series": ["A", "B"], "period": date(2025, 10, 1), "never": True, "source": "s"}
    got = parse_catalogue(tables("series", ENTRY, other), tables("release", release, never))
    assert len(got) == 2
    assert [info.id for info in got] == ["A", "B"]
    assert "A" in got
    assert "C" not in got
    assert got.keys == {"A": "A", "B": "B", "FRED-MD:Bx": "B"}
    assert got.irregular("A") == {date(2013, 9, 1): date(2013, 10, 22), date(2025, 10, 1): None}
    assert got.irregular("B") == {date(2025, 10, 1): None}
    assert got.irregular("C") == {}
    assert (got["A"].name("en"), got["A"].name("zh"), got["A"].note("en")) == ("a", "甲", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit": "furlongs"}, "unit"),
        ({"stamp": "middle"}, "stamp"),
        ({"adjustment": "maybe"}, "adjustment"),
        ({"lag_from": "dawn"}, "lag_from"),
        ({"lag_days": -1}, "lag_days"),
        ({"name_en": " "}, "names"),
        ({"name_zh": ""}, "names"),
        ({"substitutes": ["A"]}, "substitutes"),
        ({"substitutes": ["Z"]}, "substitutes"),
        ({"low": 2.0, "high": 1.0}, "bounds"),
        ({"low": 1.0, "high": 1.0}, "bounds"),
        ({"ends": date(1959, 12, 31)}, "ends"),
        ({"licence": "restricted"}, "embed"),
    ],
    ids=str,
)
def test_a_wrong_field_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    assert refused(tables("series", ENTRY | change)) == f"A: {field}"


@pytest.mark.parametrize(
    "series",
    [
        tables("series", ENTRY | {"frequency": "hourly"}),
        tables("series", ENTRY | {"licence": "whatever"}),
        tables("series", ENTRY | {"vintage_policy": "none"}),
        tables("series", ENTRY | {"lag_days": "ten"}),
        tables("series", ENTRY | {"colour": "red"}),
        tables("series", ENTRY | {"publisher": None}),
        b"series = [",
        b"",
    ],
)
def test_what_is_no_catalogue_is_refused(series: bytes) -> None:
    assert refused(series).startswith("-: ")


def test_ids_and_keys_are_unique() -> None:
    assert refused(tables("series", ENTRY, ENTRY)) == "-: duplicate id"
    other = ENTRY | {"id": "B"}
    assert refused(tables("series", ENTRY, other)) == "B: sources A"
    twice = ENTRY | {"fredmd": "X"}, ENTRY | {"id": "B", "sources": ["B"], "fredmd": "X"}
    assert refused(tables("series", *twice)) == "B: sources FRED-MD:X"


@pytest.mark.parametrize(
    "release",
    [
        {"series": ["Z"], "period": date(2020, 1, 1), "released": date(2020, 2, 1), "source": "s"},
        {"series": ["A"], "period": date(2020, 1, 1), "source": "s"},
        {
            "series": ["A"],
            "period": date(2020, 1, 1),
            "released": date(2020, 2, 1),
            "never": True,
            "source": "s",
        },
    ],
)
def test_wrong_releases_are_refused(release: dict[str, Any]) -> None:
    assert refused(tables("series", ENTRY), tables("release", release)).endswith(": releases")


# --- the shipped catalogue -------------------------------------------------------------------
CATALOGUE = load_catalogue()


def test_names_in_both_languages() -> None:
    assert len(CATALOGUE) >= 140
    for info in CATALOGUE:
        assert info.name("en").isprintable()
        assert not any("一" <= sign <= "鿿" for sign in info.name("en")), info.id
        assert any("一" <= sign <= "鿿" for sign in info.name("zh")), info.id
        assert (info.note("en") is None) == (info.note("zh") is None), info.id
        assert info.unit in UNITS
        assert info.adjustment in ADJUSTMENTS
        assert info.country == "US"
    for lang in ("en", "zh"):
        names = [info.name(lang) for info in CATALOGUE]
        assert len(set(names)) == len(names), {n for n in names if names.count(n) > 1}


def test_substitutes_share_the_unit_or_are_named_as_another_concept() -> None:
    other_concept = {("WALCL", "BOGMBASE"), ("SHILLER_DIVIDEND", "SP500_DIV_YIELD")}
    for info in CATALOGUE:
        for name in info.substitutes:
            money = {info.unit, CATALOGUE[name].unit} <= {"usd_bn", "usd_mn"}
            same = CATALOGUE[name].unit == info.unit or money
            assert same or (info.id, name) in other_concept, (info.id, name)
            assert info.id not in CATALOGUE[name].substitutes, "no circle"


def test_only_what_the_licence_permits_is_shipped(edition_store: Store) -> None:
    restricted = {info.id for info in CATALOGUE if info.licence is Licence.RESTRICTED}
    assert {"SPX", "VIX", "BAMLH0A0HYM2", "AAII_BULL_BEAR", "NAAIM_EXPOSURE"} <= restricted
    assert not any(CATALOGUE[name].embed for name in restricted)
    assert all(CATALOGUE[name].embed for name in edition_store.series)
    # What is revised and not at hand in vintages must say so.
    for name in ("GDP", "GDPC1", "PCEPILFE", "TOTBKCR", "ICSA", "NROU"):
        assert CATALOGUE[name].vintage_policy is VintagePolicy.LAGGED


def test_series_of_the_judgement_are_in_the_catalogue() -> None:
    assert all(anchor.exists_with in CATALOGUE for anchor in ANCHORS)
    assert CATALOGUE["T10YIE"].begins == date(2003, 1, 2)
    assert CATALOGUE["VIX"].begins == date(1990, 1, 2)
    assert CATALOGUE["WALCL"].begins == date(2002, 12, 18)


def test_periods_are_stamped_as_the_catalogue_says(edition_store: Store) -> None:
    """A month stamped by its first day but taken for its last would be known a month early."""
    for name in edition_store.series:
        info, periods = CATALOGUE[name], edition_store.rows(name).periods
        assert periods[0] >= np.datetime64(info.begins), name
        if info.frequency in (Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.ANNUAL):
            first = periods == periods.astype("M8[M]").astype("M8[D]")
            wanted = first if info.stamp == "start" else periods == month_end(periods)
            assert wanted.all(), name
        if info.frequency is Frequency.QUARTERLY:
            months = periods.astype("M8[M]").astype(int) % 3
            assert set(months.tolist()) == {0 if info.stamp == "start" else 2}, name


def test_irregular_releases_are_consistent(edition_store: Store) -> None:
    assert CATALOGUE.irregular("UNRATE")[date(2025, 10, 1)] is None
    assert CATALOGUE.irregular("CPIAUCSL")[date(2025, 10, 1)] is None
    for name, releases in CATALOGUE.releases.items():
        info = CATALOGUE[name]
        rows = edition_store.rows(name)
        held = set(rows.periods.tolist())
        last = max(held, default=date.min)
        for period, released in releases.items():
            end = period_end(info, np.array([period], dtype="M8[D]"))[0].item()
            if released is None:
                assert period not in held, (name, period)
                continue
            assert timedelta(0) <= released - end < timedelta(days=400), (name, period)
            if period <= last:
                assert period in held, (name, period)
                first = rows.known_from[rows.periods == np.datetime64(period)].min()
                assert first == np.datetime64(released), (name, period)


def test_figures_lie_within_their_bounds(edition_store: Store) -> None:
    for name in edition_store.series:
        info, values = CATALOGUE[name], edition_store.rows(name).values
        assert info.low is None or np.nanmin(values) >= info.low, name
        assert info.high is None or np.nanmax(values) <= info.high, name


# --- the page --------------------------------------------------------------------------------
def test_the_page_of_the_catalogue_is_current(repository: Path) -> None:
    path = repository / "docs" / "make_catalogue.py"
    spec = importlib.util.spec_from_file_location("make_catalogue", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for lang in ("en", "zh"):
        written = (repository / "docs" / f"catalogue.{lang}.md").read_text(encoding="utf-8")
        assert module.page(CATALOGUE, lang) == written, "run `make docs`"
        assert all(f"| `{info.id}` |" in written for info in CATALOGUE)
    assert module.lag_rule(CATALOGUE["UNRATE"], "en") == "10 days after the month ends"
    assert module.lag_rule(CATALOGUE["UNRATE"], "zh") == "当月结束后10天"
    assert module.lag_rule(CATALOGUE["FEDFUNDS"], "en") == "1 day after the month ends"
    assert module.lag_rule(CATALOGUE["DGS10"], "en") == "on the same day"
    assert module.lag_rule(CATALOGUE["DRTSCILM"], "en") == "45 days after the quarter begins"
