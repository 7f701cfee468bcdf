"""Whom to ask for what: the whole catalogue from made-up publishers, in three states."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from functools import lru_cache

import numpy as np
import pytest

from debtcycle.catalogue import VintagePolicy, load_catalogue
from debtcycle.errors import ConfigError, SchemaChanged, SourceError
from debtcycle.intake import reader_of
from debtcycle.sources import ask_files, plans
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.publishers import Key, load_publishers, parse_publishers
from debtcycle.sources.steps import Question, Request
from publishers.containers import packed
from publishers.fred import NO_ARCHIVE
from publishers.world import TODAY, drive, send

CATALOGUE = load_catalogue()
PUBLISHERS = load_publishers()
WITHOUT: frozenset[str] = frozenset()
WITH = frozenset({"fred_api"})


REQUESTS: dict[Question, list[Request]] = defaultdict(list)


@lru_cache(maxsize=8)
def asked(keyed: frozenset[str], state: int) -> dict[Question, tuple[Parsed, ...]]:
    """Every question of an empty store, with what the made-up publishers answer."""
    today = TODAY[state]
    return {
        question: drive(plans.steps(question, today=today), state=state, asked=REQUESTS[question])
        for publisher in plans.PUBLISHERS
        for question in plans.questions(CATALOGUE, publisher, keyed=keyed, held={}, today=today)
    }


def figures(parts: tuple[Parsed, ...]) -> dict[str, Parsed]:
    return {CATALOGUE.keys[part.key]: part for part in parts if part.key in CATALOGUE.keys}


def rows(part: Parsed) -> str:
    vintages = None if part.vintages is None else part.vintages.tolist()
    return str((part.periods.tolist(), part.values.tolist(), vintages))


def ask(publisher: str, series: str, **more) -> Question:
    options = {"keyed": WITHOUT, "held": {}, "today": TODAY[1]} | more
    found = plans.questions(CATALOGUE, publisher, **options)
    return next(question for question in found if series in question.series)


# --- the whole catalogue -----------------------------------------------------------------------


@pytest.mark.parametrize("keyed", [WITHOUT, WITH])
@pytest.mark.parametrize("state", [1, 3])
def test_every_question_is_answered_with_all_its_series(keyed, state) -> None:
    answers = asked(keyed, state)
    wanted = {info.id for info in CATALOGUE if plans.publisher_of(info.id) is not None}
    got: set[str] = set()
    for question, parts in answers.items():
        found = figures(parts)
        assert set(question.series) <= found.keys(), question
        got |= found.keys()
    assert wanted <= got
    assert len(wanted) == 149
    assert len({(q.publisher, q.name) for q in answers}) == len(answers)


def test_each_series_is_asked_of_its_publisher_alone() -> None:
    for keyed, fred in ((WITHOUT, "fred"), (WITH, "fred_api")):
        owners = Counter()
        for question in asked(keyed, 1):
            for series in question.series:
                owner = plans.publisher_of(series)
                # FRED-MD's file also brings states of the past of what FRED has.
                if question.publisher != "fredmd" or owner == "fredmd":
                    assert question.publisher == (fred if owner == "fred" else owner)
                    owners[series] += 1
        assert set(owners.values()) == {1}


def test_the_second_state_is_the_first_on_another_day() -> None:
    for keyed in (WITHOUT, WITH):
        first, second = asked(keyed, 1), asked(keyed, 2)
        assert list(first) == list(second)
        for question, parts in first.items():
            assert list(map(rows, parts)) == list(map(rows, second[question]))


def test_the_third_state_adds_and_revises() -> None:
    before, after = asked(WITHOUT, 1), asked(WITHOUT, 3)
    by_name = {(q.publisher, q.name): parts for q, parts in after.items()}
    longer, revised = set(), set()
    for question, parts in before.items():
        later = figures(by_name[question.publisher, question.name])
        for series, part in figures(parts).items():
            new = later[series]
            if part.vintages is not None:
                continue
            longer |= {series} if new.periods.max() > part.periods.max() else set()
            both = np.isin(new.periods, part.periods)
            assert both.sum() == part.periods.size
            if not np.array_equal(new.values[both], part.values, equal_nan=True):
                revised.add(series)
    assert len(longer) > 100
    assert len(revised) > 40
    assert not [s for s in revised if CATALOGUE[s].vintage_policy is VintagePolicy.UNREVISED]


def test_what_came_before_and_what_is_new_make_the_whole() -> None:
    """Two ways to the same vintages: all at once, or from the last known one on."""
    whole = {
        q.name: figures(p)[q.name] for q, p in asked(WITH, 3).items() if q.publisher == "fred_api"
    }
    checked = 0
    for question, parts in asked(WITH, 1).items():
        old = figures(parts).get(question.name)
        if question.publisher != "fred_api" or old is None or old.vintages is None:
            continue
        known = {question.name: old.vintages.max()}
        (again,) = (
            q
            for q in plans.questions(
                CATALOGUE, "fred_api", keyed=WITH, held={}, today=TODAY[3], known=known
            )
            if q.name == question.name
        )
        assert dict(again.options)["since"] == str(old.vintages.max())
        new = drive(plans.steps(again, today=TODAY[3]), state=3)
        joined = sorted(
            row
            for part in (old, *new)
            for row in zip(
                part.periods.tolist(), part.vintages.tolist(), map(str, part.values), strict=True
            )
        )
        full = whole[question.name]
        assert joined == sorted(
            zip(full.periods.tolist(), full.vintages.tolist(), map(str, full.values), strict=True)
        )
        checked += 1
    assert checked > 40


def test_a_keyless_state_is_what_the_vintages_end_in() -> None:
    """The latest figures by graph file and by the service are the same."""
    plain = {q.name: p[0] for q, p in asked(WITHOUT, 3).items() if q.publisher == "fred"}
    for question, parts in asked(WITH, 3).items():
        if question.publisher != "fred_api":
            continue
        part = parts[0]
        if part.vintages is None:
            periods, values = part.periods, part.values
        else:
            last = np.append(part.periods[1:] != part.periods[:-1], True)
            periods, values = part.periods[last], part.values[last]
        known = ~np.isnan(values)
        other = plain[question.name]
        there = ~np.isnan(other.values)
        np.testing.assert_array_equal(periods[known], other.periods[there])
        np.testing.assert_array_equal(values[known], other.values[there])


def test_no_request_carries_a_secret_and_only_the_service_needs_one() -> None:
    for keyed in (WITHOUT, WITH):
        for question in asked(keyed, 1):
            assert REQUESTS[question]
            for request in REQUESTS[question]:
                assert request.path.startswith("/")
                assert "api_key" not in dict(request.params)
                at = PUBLISHERS[request.publisher]
                assert request.keyed is (at.key is Key.YES)
                assert request.keyed is (request.publisher == "fred_api")


# --- what is asked again -----------------------------------------------------------------------


def test_only_the_end_of_what_is_never_revised_is_asked_again() -> None:
    held = {series: np.datetime64("2026-09-10") for series in ("DGS10", "GDP", "DEBT_TO_PENNY")}
    held |= dict.fromkeys(
        ("DEBT_HELD_PUBLIC", "DEBT_INTRAGOV", "SOFR"), np.datetime64("2026-09-10")
    )
    assert dict(ask("fred", "DGS10", held=held).options)["from"] == "2025-08-06"
    assert "from" not in dict(ask("fred", "GDP", held=held).options)
    assert dict(ask("fiscaldata", "DEBT_TO_PENNY", held=held).options) == {"from": "2026-07-12"}
    assert dict(ask("nyfed", "SOFR", held=held).options) == {"from": "2026-08-11"}
    for publisher, series in (
        ("fred", "DGS10"),
        ("fiscaldata", "DEBT_TO_PENNY"),
        ("nyfed", "SOFR"),
    ):
        question = ask(publisher, series, held=held)
        since = np.datetime64(dict(question.options)["from"])
        whole = figures(asked(WITHOUT, 1)[ask(publisher, series)])[series]
        part = figures(drive(plans.steps(question, today=TODAY[1]), state=1))[series]
        tail = whole.periods >= since
        np.testing.assert_array_equal(part.periods, whole.periods[tail])
        np.testing.assert_array_equal(part.values, whole.values[tail])


def test_what_has_ended_is_not_asked_again() -> None:
    names = lambda held: {  # noqa: E731
        q.name for q in plans.questions(CATALOGUE, "fred", keyed=WITHOUT, held=held, today=TODAY[1])
    }
    assert "DTWEXB" in names({})
    assert "DTWEXB" in names({"DTWEXB": np.datetime64("2018-01-02")})
    assert "DTWEXB" not in names({"DTWEXB": np.datetime64("2019-12-31")})


def test_months_of_fredmd_that_lack_are_asked_in_order() -> None:
    known = {"UNRATE": np.datetime64("2026-03-31"), "PAYEMS": np.datetime64("2026-02-28")}
    got = plans.questions(CATALOGUE, "fredmd", keyed=WITHOUT, held={}, today=TODAY[1], known=known)
    assert [q.name for q in got] == [
        "monthly-2026-04",
        "monthly-2026-05",
        "monthly-2026-06",
        "monthly-2026-07",
        "monthly-2026-08",
        "monthly-current",
    ]
    early = plans.questions(
        CATALOGUE, "fredmd", keyed=WITHOUT, held={}, today=date(2026, 9, 5), known=known
    )
    assert [q.name for q in early][-2:] == ["monthly-2026-07", "monthly-current"]
    requests: list[Request] = []
    (july,) = (q for q in got if q.name == "monthly-2026-07")
    parts = figures(drive(plans.steps(july, today=TODAY[1]), state=1, asked=requests))
    assert requests[0].path == "/fred-md/monthly/2026-07-md.csv"
    assert set(parts["UNRATE"].vintages.tolist()) == {date(2026, 7, 31)}
    assert parts["UNRATE"].periods.max() == np.datetime64("2026-06-01")
    old = Question(
        publisher="fredmd",
        name="x",
        series=(),
        options=(("table", "monthly"), ("month", "2015-01")),
    )
    assert next(plans.steps(old, today=TODAY[1])).path == "/fred-md/monthly/2015-01.csv"


def test_the_quarterly_table_is_asked_where_the_catalogue_has_a_key_of_it() -> None:
    info = CATALOGUE["GDPC1"]
    fields = {name: getattr(info, name) for name in info.__struct_fields__}
    tabled = type(info)(**fields | {"sources": ("GDPC1", "FRED-QD:GDPC1")})
    (question,) = ask_files.fredmd_questions((tabled,), "fredmd", None, TODAY[1])
    assert (question.name, question.series) == ("quarterly-current", ("GDPC1",))
    steps = plans.steps(question, today=TODAY[1])
    assert next(steps).path == "/fred-md/quarterly/current.csv"
    body = b"sasdate,GDPC1\nfactors,0\ntransform,5\n3/1/2026,23800.5\n6/1/2026,23900.5\n"
    with pytest.raises(StopIteration) as done:
        steps.send(body)
    (part,) = done.value.value
    assert part.key == "FRED-QD:GDPC1"
    assert part.periods.tolist() == [date(2026, 1, 1), date(2026, 4, 1)]


def test_holdings_month_by_month_are_those_of_the_file_of_all_months() -> None:
    series = ("SOMA_TSY_UNDER_1Y", "SOMA_TSY_1_5Y", "SOMA_TSY_5_10Y", "SOMA_TSY_OVER_10Y")
    whole = figures(asked(WITHOUT, 3)[ask("nyfed", series[0], today=TODAY[3])])
    held = dict.fromkeys(series, np.datetime64("2026-07-01"))
    question = ask("nyfed", series[0], held=held, today=TODAY[3])
    requests: list[Request] = []
    part = figures(drive(plans.steps(question, today=TODAY[3]), state=3, asked=requests))
    assert [r.path for r in requests[1:]] == [
        f"/api/soma/tsy/get/asof/{on}.json"
        for on in ("2026-07-29", "2026-08-26", "2026-09-30", "2026-10-28")
    ]
    for item in series:
        tail = whole[item].periods >= np.datetime64("2026-07-01")
        np.testing.assert_array_equal(part[item].periods, whole[item].periods[tail])
        np.testing.assert_allclose(part[item].values, whole[item].values[tail], rtol=1e-12)


# --- FRED's own ways ---------------------------------------------------------------------------


def test_revised_series_without_an_archive_give_their_latest_state() -> None:
    (code,) = NO_ARCHIVE
    question = ask("fred_api", code, keyed=WITH)
    requests: list[Request] = []
    (part,) = drive(plans.steps(question, today=TODAY[1]), state=1, asked=requests)
    assert [r.path for r in requests] == ["/fred/series/vintagedates", "/fred/series/observations"]
    assert part.vintages is None
    assert part.retrieved == TODAY[1]


@pytest.mark.parametrize("status", [401, 429, 500])
def test_another_fault_of_the_service_is_not_taken_for_a_lack_of_vintages(status: int) -> None:
    steps = plans.steps(ask("fred_api", "GDP", keyed=WITH), today=TODAY[1])
    next(steps)
    fault = SourceError("network.status", publisher="fred_api", status=status)
    with pytest.raises(SourceError) as caught:
        steps.throw(fault)
    assert caught.value is fault


@pytest.mark.parametrize(("publisher", "keyed"), [("fred", WITHOUT), ("fred_api", WITH)])
def test_the_month_that_is_not_over_has_no_last_figure(publisher, keyed) -> None:
    question = ask(publisher, "THREEFYTP10", keyed=keyed)
    (part,) = drive(plans.steps(question, today=TODAY[1]), state=1)
    assert part.periods.max() < np.datetime64("2026-09-01")
    assert 0.123 not in part.values


def test_banks_are_the_sum_of_three_of_the_boards_series() -> None:
    question = ask("z1", "Z1_TSY_BANKS")
    requests: list[Request] = []
    (total,) = drive(plans.steps(question, today=TODAY[1]), state=1, asked=requests)
    assert len(requests) == 3
    assert {r.publisher for r in requests} == {"fred"}
    singles = [send(r, state=1).decode().splitlines()[-1].split(",") for r in requests]
    assert {on for on, _ in singles} == {str(total.periods[-1])}
    assert total.values[-1] == pytest.approx(sum(float(value) for _, value in singles))


def test_another_series_than_the_one_asked_for_is_refused() -> None:
    steps = plans.steps(ask("fred", "DGS10"), today=TODAY[1])
    next(steps)
    with pytest.raises(SchemaChanged) as caught:
        steps.send(b"observation_date,DGS2\n2026-09-01,4.1\n")
    assert caught.value.message_id == "source.column"


# --- what no answer may hold -------------------------------------------------------------------


def finished(question: Question, body: bytes) -> tuple[Parsed, ...]:
    steps = plans.steps(question, today=TODAY[1])
    next(steps)
    with pytest.raises(StopIteration) as done:
        steps.send(body)
    return done.value.value


def refused(question: Question, body: bytes) -> str:
    steps = plans.steps(question, today=TODAY[1])
    next(steps)
    with pytest.raises(SourceError) as caught:
        steps.send(body)
    return caught.value.message_id


def test_figures_of_days_to_come_are_refused() -> None:
    head = b"observation_date,DGS10\n2026-09-10,4.1\n2026-09-11,4.2\n"
    (part,) = finished(ask("fred", "DGS10"), head)
    assert part.values.tolist() == [4.1, 4.2]
    assert refused(ask("fred", "DGS10"), head + b"2099-01-01,4.3\n") == "source.future"


def test_what_a_foreign_reader_trips_over_is_a_fault_of_the_answer(monkeypatch) -> None:
    monkeypatch.setattr(ask_files.finra, "parse", lambda *_: {}["gone"])
    assert refused(ask("finra", "MARGIN_DEBT"), b"x") == "source.fault"


@pytest.mark.parametrize(
    ("publisher", "series"),
    [
        ("fred", "DGS10"),
        ("fredmd", "BAA"),
        ("fiscaldata", "MSPD_BILLS"),
        ("nyfed", "SOFR"),
        ("bis", "BIS_CREDIT_GAP_US"),
        ("finra", "MARGIN_DEBT"),
        ("shiller", "SHILLER_CAPE"),
        ("z1", "Z1_TSY_FED"),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html><body>Just a moment</body></html>",
        b'{"error_code":400,"error_message":"Bad Request."}',
        b"\xff\xfe\x00",
        b"a,b\n1,2\n",
    ],
)
def test_what_is_no_answer_is_refused_by_every_publisher(publisher, series, body) -> None:
    assert refused(ask(publisher, series), body).startswith("source.")


def test_a_publisher_that_is_not_known() -> None:
    with pytest.raises(ConfigError) as caught:
        plans.questions(CATALOGUE, "x", keyed=WITHOUT, held={}, today=TODAY[1])
    assert caught.value.message_id == "source.publisher"
    with pytest.raises(ConfigError):
        plans.steps(Question(publisher="x", name="x", series=()), today=TODAY[1])
    with pytest.raises(ConfigError):
        plans.publisher_of("NO_SUCH_SERIES")
    assert plans.publisher_of("GOLD") is None
    assert plans.publisher_of("USSTHPI") == "fred"


# --- the list of publishers --------------------------------------------------------------------


def test_the_list_of_publishers_names_what_exists() -> None:
    assert set(plans.PUBLISHERS) == set(PUBLISHERS)
    for name, publisher in PUBLISHERS.items():
        ids = {*publisher.series, *publisher.codes, *publisher.monthly, *publisher.parts}
        assert ids | set(publisher.truncated) <= {info.id for info in CATALOGUE}, name
        assert publisher.terms.startswith("https://")
    fred = PUBLISHERS["fred"]
    assert (fred.per_second, fred.per_minute) == (2.0, 120)
    assert fred.truncated == {"BAMLH0A0HYM2": 3, "BAMLC0A0CM": 3, "SPX": 10}
    # Every name under which FRED is asked leads back to the series.
    for info in CATALOGUE:
        if plans.publisher_of(info.id) == "fred":
            assert CATALOGUE.keys[fred.code(info.id)] == info.id


GOOD = """[a]
name = "A"
address = "https://a.example"
terms = "https://a.example/terms"
per_second = 1.0
per_minute = 10
key = "no"
"""


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("https://a.example\"", "http://a.example\"", "address"),
        ("https://a.example\"", "https://a.example/\"", "address"),
        ("https://a.example/terms", "see there", "terms"),
        ("= 1.0", "= 0.0", "per_second"),
        ("= 10", "= 0", "per_second"),
        ('"no"', '"yes"', "key_parameter"),
        ('"no"', '"no"\nasked_at = "b"', "asked_at"),
        ('"no"', '"maybe"', "Invalid enum value"),
        ('"no"', '"no"\nhost = "x"', "unknown field"),
    ],
)  # fmt: skip
def test_a_wrong_list_of_publishers_is_refused(old: str, new: str, field: str) -> None:
    assert parse_publishers(GOOD.encode())["a"].code("X") == "X"
    with pytest.raises(ConfigError) as caught:
        parse_publishers(GOOD.replace(old, new).encode())
    assert field in str(caught.value.params["field"])


def test_two_publishers_cannot_claim_one_series() -> None:
    text = GOOD + 'series = ["X"]\n'
    with pytest.raises(ConfigError) as caught:
        parse_publishers((text + text.replace("[a]", "[b]")).encode())
    assert caught.value.params["field"] == "series X"


# --- what publishers really wrote --------------------------------------------------------------


def test_recorded_files_come_through_the_steps(shared_data) -> None:
    packed_table = packed(
        {
            "WS_CREDIT_GAP_csv_col.csv": (
                shared_data / "credit/bis_WS_CREDIT_GAP_csv_col.csv"
            ).read_bytes()
        }
    )
    for publisher, series, body in (
        ("bis", "BIS_CREDIT_GAP_US", packed_table),
        (
            "finra",
            "MARGIN_DEBT",
            (shared_data / "credit/finra_margin_statistics.xlsx").read_bytes(),
        ),
        (
            "shiller",
            "SHILLER_CAPE",
            (shared_data / "equities_assets/shiller_ie_data.xls").read_bytes(),
        ),
        ("fredmd", "BAA", (shared_data / "fred_md/FRED-MD_2026-03.csv").read_bytes()),
        ("fred", "WALCL", (shared_data / "api_samples/fredgraph_csv/WALCL.csv").read_bytes()),
    ):
        question = ask(publisher, series)
        found = figures(finished(question, body))
        assert set(question.series) <= found.keys()
        assert found[series].periods.size > 90
    cape = figures(
        finished(
            ask("shiller", "SHILLER_CAPE"),
            (shared_data / "equities_assets/shiller_ie_data.xls").read_bytes(),
        )
    )
    # Reported months after the price: missing at the end, never zero.
    assert np.isnan(cape["SHILLER_EARNINGS"].values[-1])
    assert not any((part.values == 0).any() for part in cape.values())


def test_a_month_that_is_over_is_asked_about_anew_though_the_answer_is_the_same() -> None:
    def asked_on(day: date) -> Question:
        (found,) = (
            question
            for question in plans.questions(CATALOGUE, "fred", keyed=WITHOUT, held={}, today=day)
            if question.name == "THREEFYTP10"
        )
        return found

    body = b"observation_date,THREEFYTP10\n2026-07-01,0.5\n2026-08-01,0.6\n"
    newest = {}
    for day in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2)):
        steps = plans.steps(asked_on(day), today=day)
        next(steps)
        with pytest.raises(StopIteration) as end:
            steps.send(body)
        newest[day] = str(end.value.value[0].periods.max())
    assert list(newest.values()) == ["2026-07-01", "2026-08-01", "2026-08-01"]
    before, first, second = (reader_of(asked_on(day)) for day in newest)
    assert before != first == second
