"""What an update does with answers, failures, interruptions and what it knows already."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest

from debtcycle.errors import ConfigError, SourceError, StoreError
from debtcycle.intake import take
from debtcycle.intake.release import drop
from debtcycle.network import Secret, Settings
from debtcycle.sources import fred
from debtcycle.sources.steps import Question, Request, Steps
from debtcycle.store import Store
from debtcycle.update import Outcome
from network.conftest import HASTY, KEY
from network.hostile import closed_port, reply, reset, says, silence
from network.test_hostile import HOSTILE
from update.fakes import SERIES, TODAY, csv_of, question, steps


def _served(publisher, **bodies: bytes):
    plays = {f"/{name}": says(reply(body)) for name, body in bodies.items()}
    return publisher(plays)


def _outcomes(summary) -> dict[str, str]:
    return {item.question.name: item.outcome.value for item in summary.results}


def test_new_revised_and_unchanged_are_told_apart(publisher, store, updated):
    served = _served(publisher, UNRATE=csv_of("UNRATE", 4.1, 4.2, start="2026-09"))
    asked = [question("UNRATE")]
    first = updated({"fred": served.address}, asked)
    assert _outcomes(first) == {"UNRATE": "stored"}
    assert (first.results[0].new_rows, first.results[0].revised_rows) == (2, 0)
    assert first.exit_code == 0
    before = store.content_sha256()

    again = updated({"fred": served.address}, asked, fresh=True)
    assert _outcomes(again) == {"UNRATE": "unchanged"}
    assert store.content_sha256() == before

    served.plays["/UNRATE"] = says(reply(csv_of("UNRATE", 4.1, 4.3, 4.4, start="2026-09")))
    later = TODAY + timedelta(days=20)
    third = updated({"fred": served.address}, asked, today=later)
    assert (third.results[0].new_rows, third.results[0].revised_rows) == (1, 1)
    assert store.rows("UNRATE").as_of(later).values.tolist() == [4.1, 4.3, 4.4]
    assert store.rows("UNRATE").as_of(TODAY).values.tolist() == [4.1, 4.2]


def test_what_fails_does_not_hold_up_the_others(publisher, store, updated):
    bodies = {name: csv_of(name, 1.0, 1.01) for name in ("WALCL", "GDP", "PAYEMS")}
    served = _served(publisher, **bodies)
    served.plays["/UNRATE"] = says(reply(status="500 Oops"))
    served.plays["/DGS10"] = reset
    served.plays["/CPIAUCSL"] = silence(1.0)
    summary = updated({"fred": served.address}, [question(name) for name in SERIES])
    assert _outcomes(summary) == {
        "UNRATE": "failed",
        "WALCL": "stored",
        "DGS10": "failed",
        "GDP": "stored",
        "CPIAUCSL": "failed",
        "PAYEMS": "stored",
    }
    errors = {item.question.name: item.error.message_id for item in summary.results if item.error}
    assert errors == {
        "UNRATE": "network.status",
        "DGS10": "network.reset",
        "CPIAUCSL": "network.timeout",
    }
    assert summary.exit_code == 3
    assert store.series == ("GDP", "PAYEMS", "WALCL")


def test_an_answer_too_large_for_the_memory_is_a_failure_like_others(publisher, store, updated):
    served = _served(publisher, UNRATE=csv_of("UNRATE", 4.1), GDP=csv_of("GDP", 1.0))

    def greedy(asked, today):
        parts = yield from steps(asked, today)
        if asked.name == "UNRATE":
            raise MemoryError
        return parts

    asked = [question("UNRATE"), question("GDP")]
    summary = updated({"fred": served.address}, asked, steps=greedy)
    assert _outcomes(summary) == {"UNRATE": "failed", "GDP": "stored"}
    assert summary.results[0].error.message_id == "source.memory"
    assert summary.exit_code == 3


def test_pages_without_end_are_left(publisher, updated, monkeypatch):
    served = _served(publisher, UNRATE=csv_of("UNRATE", 4.1), GDP=csv_of("GDP", 1.0))
    whole = len(csv_of("UNRATE", 4.1))
    monkeypatch.setattr("debtcycle.update.asking._MOST_BYTES", 2 * whole)
    for pages, message_id in (("2", None), ("3", "network.bomb")):
        asked = [question("UNRATE", pages=pages), question("GDP")]
        summary = updated({"fred": served.address}, asked, fresh=True)
        error = summary.results[0].error
        assert (error and error.message_id) == message_id
        assert summary.results[1].error is None
    assert len([one for one in served.asked if one.path == "/UNRATE"]) == 5


def test_a_publisher_that_never_ends_an_answer_is_given_up(publisher, store, updated):
    plays = {f"/{name}": silence(1.0) for name in SERIES}
    slow, other = publisher(plays), _served(publisher, GDP=csv_of("GDP", 1.0))
    asked = [question(name, "bis") for name in SERIES] + [question("GDP")]
    patience = replace(HASTY, attempts=1, read_s=0.2, request_s=0.3, question_s=0.3)
    summary = updated({"fred": other.address, "bis": slow.address}, asked, patience=patience)
    assert [one.path for one in slow.asked] == [f"/{name}" for name in SERIES[:2]]
    assert {item.error.message_id for item in summary.of("bis")} == {"network.timeout"}
    assert [item.outcome for item in summary.of("fred")] == [Outcome.STORED]


def test_a_publisher_that_fails_in_every_way_still_brings_the_rest(publisher, store, updated):
    # One that asks to be left alone for a quarter of an hour is: that is tested elsewhere.
    # Two that never end one after the other would be that of the whole publisher, and so is that.
    slow = [name for name, (_, kind, _) in HOSTILE.items() if kind == "timeout"]
    hostile = {name: play for name, play in HOSTILE.items() if name not in {"429-late", *slow[1:]}}
    plays = {f"/{name}": play for name, (play, *_) in hostile.items()}
    plays |= {f"/{name}": says(reply(csv_of(name, 1.0))) for name in SERIES}
    served = publisher(plays)
    # Good ones stand between the bad ones, as they would.
    asked = [question(name) for name in hostile]
    for place, name in enumerate(SERIES):
        asked.insert(8 * place, question(name))
    # Twice: the server hangs up after each answer, and a question that is sent in that moment on
    # the kept connection is reset.
    patience = replace(HASTY, attempts=2, read_s=0.2, request_s=0.3, question_s=0.6)
    summary = updated({"fred": served.address}, asked, patience=patience)
    errors = {item.question.name: item.error.message_id for item in summary.results if item.error}
    assert errors == {name: f"network.{kind}" for name, (_, kind, _) in hostile.items()}
    assert set(store.series) == set(SERIES)
    assert summary.exit_code == 3


def test_one_publisher_down_leaves_the_other_alone_and_is_soon_given_up(publisher, store, updated):
    served = _served(publisher, GDP=csv_of("GDP", 1.0))
    down = f"http://127.0.0.1:{closed_port()}"
    asked = [question(name, "bis") for name in SERIES] + [question("GDP")]
    summary = updated({"fred": served.address, "bis": down}, asked)
    assert {item.error.message_id for item in summary.of("bis")} == {"network.refused"}
    assert [item.outcome for item in summary.of("fred")] == [Outcome.STORED]
    assert summary.exit_code == 3
    assert summary.publishers == ("bis", "fred")


def test_an_address_is_given_up_after_two_failures_in_a_row(updated, publisher):
    served = publisher({f"/{name}": says(reply(status="401 No")) for name in SERIES})
    summary = updated({"fred": served.address}, [question(name) for name in SERIES])
    assert {item.error.message_id for item in summary.results} == {"network.key"}
    assert len(summary.results) == len(SERIES)
    assert len(served.asked) == 2


def test_nobody_reached(updated):
    summary = updated({"fred": f"http://127.0.0.1:{closed_port()}"}, [question("GDP")])
    assert summary.exit_code == 4


def test_a_setting_that_is_wrong_stops_its_publisher_alone(publisher, store, updated):
    served = _served(publisher, GDP=csv_of("GDP", 1.0))
    asked = [question("UNRATE", "bis"), question("WALCL", "bis"), question("GDP")]
    addresses = {"fred": served.address, "bis": "nonsense"}
    summary = updated(addresses, asked)
    assert [item.error.message_id for item in summary.of("bis")] == ["settings.address"] * 2
    assert isinstance(summary.results[0].error, ConfigError)
    assert _outcomes(summary)["GDP"] == "stored"


def test_two_publishers_are_asked_at_once_and_one_hand_writes(publisher, store, updated):
    meeting = threading.Barrier(2, timeout=5)

    def waits(body: bytes):
        def play(connection, asked):
            meeting.wait()
            connection.sendall(reply(body))

        return play

    one = publisher({"/GDP": waits(csv_of("GDP", 1.0))})
    other = publisher({"/WALCL": waits(csv_of("WALCL", 1.0))})
    hands = []

    def taking(*args, **settings):
        hands.append(threading.get_ident())
        return take(*args, **settings)

    patience = replace(HASTY, read_s=5.0, request_s=5.0, question_s=5.0)
    addresses = {"fred": one.address, "bis": other.address}
    asked = [question("GDP"), question("WALCL", "bis")]
    summary = updated(addresses, asked, patience=patience, taking=taking)
    # Neither is answered before both have been asked: that they are is proof enough.
    assert set(_outcomes(summary).values()) == {"stored"}
    assert set(hands) == {threading.get_ident()}


def test_the_store_is_locked_from_the_first_question_to_the_last(publisher, store, updated):
    refused = []

    def play(connection, asked):
        with Store(store.path) as other, pytest.raises(StoreError) as caught:
            other.remember("a", "b")
        refused.append(caught.value.message_id)
        connection.sendall(reply(csv_of("GDP", 1.0)))

    patience = replace(HASTY, read_s=5.0, request_s=5.0, question_s=5.0)
    updated({"fred": publisher({"/GDP": play}).address}, [question("GDP")], patience=patience)
    assert refused == ["store.locked"]


def test_what_was_answered_today_is_not_asked_again(publisher, store, updated):
    served = _served(publisher, **{name: csv_of(name, 1.0) for name in SERIES})
    served.plays["/GDP"] = says(reply(status="404 Not Found"))
    asked = [question(name) for name in SERIES]
    assert _outcomes(updated({"fred": served.address}, asked))["GDP"] == "failed"
    served.asked.clear()
    served.plays["/GDP"] = says(reply(csv_of("GDP", 1.0)))
    resumed = updated({"fred": served.address}, asked)
    assert [one.path for one in served.asked] == ["/GDP"]
    assert _outcomes(resumed) == {**dict.fromkeys(SERIES, "known"), "GDP": "stored"}
    assert resumed.exit_code == 0
    served.asked.clear()
    updated({"fred": served.address}, asked, fresh=True)
    assert len(served.asked) == len(SERIES)
    served.asked.clear()
    updated({"fred": served.address}, asked, today=TODAY + timedelta(days=1))
    assert len(served.asked) == len(SERIES)


def test_what_is_unchanged_is_not_sent_again(publisher, store, updated):
    seen = []

    def play(connection, asked):
        seen.append((asked.headers.get("if-none-match"), asked.headers.get("if-modified-since")))
        if asked.headers.get("if-none-match") == '"1"':
            connection.sendall(reply(b"", "304 Not Modified", length=None))
        else:
            connection.sendall(reply(csv_of("GDP", 1.0), ETag='"1"', Last_Modified="Monday"))

    served = publisher({"/GDP": play})
    days = [TODAY + timedelta(days=n) for n in range(3)]
    got = [updated({"fred": served.address}, [question("GDP")], today=day) for day in days]
    assert seen == [(None, None), ('"1"', "Monday"), ('"1"', "Monday")]
    assert [item.results[0].outcome.value for item in got] == ["stored", "unchanged", "unchanged"]
    # Whoever looks for other series reads the body again: it may hold more than was read.
    wider = replace_series(question("GDP"), ("GDP", "GDPC1"))
    updated({"fred": served.address}, [wider], today=days[-1])
    assert seen[-1] == (None, None)


def replace_series(asked, series):
    from msgspec.structs import replace as changed

    return changed(asked, series=series)


def test_an_answer_of_several_pages_is_never_taken_for_unchanged(publisher, store, updated):
    seen = []

    def play(connection, asked):
        seen.append(asked.headers.get("if-none-match"))
        connection.sendall(reply(csv_of("GDP", 1.0), ETag='"1"'))

    served = publisher({"/GDP": play})
    for day in (TODAY, TODAY + timedelta(days=1)):
        updated({"fred": served.address}, [question("GDP", pages="2")], today=day)
    assert seen == [None] * 4


def test_steps_may_answer_a_refusal_with_another_question(publisher, store, updated):
    refused = []

    def resourceful(asked, today):
        try:
            yield Request(publisher="fred", path="/none")
        except SourceError as error:
            refused.append(error.params["status"])
            body = yield Request(publisher="fred", path="/GDP")
        return fred.parse(body, "GDP.csv")

    served = _served(publisher, GDP=csv_of("GDP", 1.0))
    served.plays["/none"] = says(reply(b'{"error_message": "no vintages"}', "400 Bad Request"))
    summary = updated({"fred": served.address}, [question("GDP")], steps=resourceful)
    assert refused == [400]
    assert _outcomes(summary) == {"GDP": "stored"}


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig", "latin-1"])
def test_marks_and_line_ends_change_no_figure(mark, ends, publisher, store, updated):
    text = csv_of("GDP", 1.0, 1.01).decode().replace("\n", ends)
    served = _served(publisher, GDP=text.encode(mark))
    assert _outcomes(updated({"fred": served.address}, [question("GDP")])) == {"GDP": "stored"}
    assert store.rows("GDP").values.tolist() == [30_000.0, 30_300.0]


def test_letters_of_an_old_encoding_are_refused_by_name_and_not_guessed(publisher, store, updated):
    body = csv_of("GDP", 1.0).replace(b"observation_date", "jour observé".encode("latin-1"))
    summary = updated({"fred": _served(publisher, GDP=body).address}, [question("GDP")])
    assert summary.results[0].error.message_id == "source.binary"
    assert store.series == ()


def test_a_parser_that_refuses_is_a_failure_and_nothing_of_it_is_stored(publisher, store, updated):
    served = _served(publisher, GDP=b"observation_date,GDP\n2026-01-01,twelve\n")
    summary = updated({"fred": served.address}, [question("GDP")])
    assert _outcomes(summary) == {"GDP": "failed"}
    assert summary.results[0].error.message_id.startswith("source.")
    assert summary.exit_code == 3
    assert store.series == ()


def test_a_figure_out_of_bounds_is_a_failure_of_its_own(publisher, store, updated):
    served = _served(publisher, UNRATE=csv_of("UNRATE", 4100.0), GDP=csv_of("GDP", 1.0))
    summary = updated({"fred": served.address}, [question("UNRATE"), question("GDP")])
    assert _outcomes(summary) == {"UNRATE": "failed", "GDP": "stored"}
    assert summary.results[0].error.message_id == "source.bounds"


def test_doubtful_figures_are_kept_apart_and_shown(publisher, store, updated):
    history = [1.0 + n / 100 for n in range(40)]
    served = _served(publisher, GDP=csv_of("GDP", *history, start="2015-01"))
    updated({"fred": served.address}, [question("GDP")])
    served.plays["/GDP"] = says(
        reply(csv_of("GDP", *(x * 0.6 for x in history), start="2015-01"), ETag='"2"')
    )
    later = TODAY + timedelta(days=1)
    summary = updated({"fred": served.address}, [question("GDP")], today=later)
    assert _outcomes(summary) == {"GDP": "quarantined"}
    assert [held.series for held in summary.results[0].quarantined] == ["GDP"]
    assert summary.exit_code == 3
    assert store.rows("GDP").as_of(later).values.tolist() == [
        pytest.approx(30_000 * x) for x in history
    ]
    # As long as it is doubted it is told: the same day, asked again, and the next day.
    for on, fresh in ((later, False), (later, True), (later + timedelta(days=1), False)):
        again = updated({"fred": served.address}, [question("GDP")], today=on, fresh=fresh)
        assert (_outcomes(again), again.exit_code) == ({"GDP": "quarantined"}, 3), (on, fresh)
    assert len(store.quarantine()) == 1
    drop(store, [store.quarantine()[0].id])
    again = updated({"fred": served.address}, [question("GDP")], today=on)
    assert (_outcomes(again), again.exit_code) == ({"GDP": "known"}, 0)


def test_an_interruption_keeps_what_has_come_and_the_next_run_goes_on(publisher, store, updated):
    served = _served(publisher, **{name: csv_of(name, 1.0) for name in SERIES})
    served.plays["/GDP"] = silence(0.5)

    def tell(progress):
        if progress.done == 3:
            raise KeyboardInterrupt

    asked = [question(name) for name in SERIES]
    begun = time.monotonic()
    summary = updated({"fred": served.address}, asked, tell=tell)
    assert time.monotonic() - begun < 2.0
    assert summary.interrupted
    assert summary.exit_code == 130
    assert store.series == ("DGS10", "UNRATE", "WALCL")
    served.plays["/GDP"] = says(reply(csv_of("GDP", 1.0)))
    asked_so_far = [one.path for one in served.asked]
    rest = updated({"fred": served.address}, asked)
    # The request that was under way is not repeated by the thread that was left to itself.
    assert asked_so_far == ["/UNRATE", "/WALCL", "/DGS10", "/GDP"]
    asked_now = [one.path for one in served.asked][4:]
    assert asked_now == ["/GDP", "/CPIAUCSL", "/PAYEMS"]
    assert rest.exit_code == 0
    assert set(store.series) == set(SERIES)


def test_when_the_time_of_a_run_is_over_the_rest_is_postponed(publisher, store, updated):
    served = _served(publisher, **{name: csv_of(name, 1.0) for name in SERIES})
    patience = replace(HASTY, run_s=0.3)

    def slow(asked, today):
        time.sleep(0.12)
        return (yield from steps(asked, today))

    summary = updated(
        {"fred": served.address},
        [question(n) for n in SERIES[1:]],
        patience=patience,
        steps=slow,
    )
    outcomes = list(_outcomes(summary).values())
    assert outcomes[0] == "stored"
    assert outcomes[-2:] == ["postponed", "postponed"]
    assert summary.results[-1].error.message_id == "network.run"
    assert summary.exit_code == 3


def test_progress_counts_to_the_end_and_says_what_is_left(publisher, store, updated):
    served = _served(publisher, **{name: csv_of(name, 1.0) for name in SERIES})
    seen = []
    updated({"fred": served.address}, [question(name) for name in SERIES], tell=seen.append)
    assert [item.done for item in seen] == [1, 2, 3, 4, 5, 6]
    assert {item.total for item in seen} == {6}
    assert seen[-1].left_s == 0.0
    assert all(item.left_s >= 0 for item in seen)


def test_a_fault_of_the_program_in_a_worker_is_not_swallowed(publisher, store, updated):
    def broken(asked, today):
        yield Request(publisher="fred", path="/GDP")
        raise RuntimeError("a fault")

    served = _served(publisher, GDP=csv_of("GDP", 1.0))
    with pytest.raises(RuntimeError, match="a fault"):
        updated({"fred": served.address}, [question("GDP")], steps=broken)


def test_no_key_comes_to_rest_anywhere(publisher, store, updated):
    def keyed(asked, today):
        body = yield Request(publisher="fred", path=f"/{asked.name}", keyed=True)
        return fred.parse(body, f"{asked.name}.csv")

    served = _served(publisher, GDP=csv_of("GDP", 1.0))
    served.plays["/UNRATE"] = says(reply(csv_of("UNRATE", 4.0) + KEY.encode()))
    settings = Settings(keys={"fred": Secret(KEY)})
    asked = [question("GDP"), question("UNRATE")]
    summary = updated({"fred": served.address}, asked, steps=keyed, settings=settings)
    assert [one.query["api_key"] for one in served.asked] == [[KEY], [KEY]]
    assert _outcomes(summary) == {"GDP": "stored", "UNRATE": "failed"}
    assert summary.results[1].error.message_id == "network.echo"
    assert KEY not in repr(summary) + repr(store)
    kept = [path for path in store.path.parent.rglob("*") if path.is_file()]
    assert len(kept) >= 4  # the store, its archive, its lock, the pace
    assert all(KEY.encode() not in path.read_bytes() for path in kept)
    bodies = [body for _, body in _archived(store)]
    assert bodies == [csv_of("GDP", 1.0)]


def _archived(store):
    return [
        (entry, store.archive.body(sha)) for entry in store.archive.entries for sha in entry.bodies
    ]


def test_an_answer_that_is_known_is_not_parsed_again(publisher, store, updated):
    """Without any word of the publisher's that it is the same; in one body or in several."""
    bodies = csv_of("UNRATE", 4.1, 4.2, start="2026-09")
    served = _served(publisher, UNRATE=bodies, GDP=csv_of("GDP", 1.0, 1.1))
    parsed: list[str] = []

    def counting(asked, today):
        found = yield from steps(asked, today)
        parsed.append(asked.name)
        return found

    asked = [question("UNRATE"), question("GDP", pages="2")]
    for days, expected in ((0, ["GDP", "UNRATE"]), (1, ["GDP", "UNRATE"])):
        on = TODAY + timedelta(days=days)
        done = updated({"fred": served.address}, asked, today=on, steps=counting)
        assert done.exit_code == 0
        assert sorted(parsed) == expected
    assert set(_outcomes(done).values()) == {"unchanged"}
    # It was an answer nonetheless: what it lacked came after it.
    served.plays["/UNRATE"] = says(reply(csv_of("UNRATE", 4.0, 4.1, 4.2, start="2026-08")))
    updated({"fred": served.address}, asked, today=TODAY + timedelta(days=9), steps=counting)
    assert sorted(parsed) == ["GDP", "UNRATE", "UNRATE"]
    first = store.rows("UNRATE").known_from[0].item()
    assert first == TODAY + timedelta(days=2)


def _yearly(asked: Question, today: date) -> Steps:
    """One request a calendar year, as New York's operations are asked for."""
    for year in range(2025, today.year + 1):
        path = f"/{asked.name}/{year}"
        body = yield Request(publisher=asked.publisher, path=path, final=year == today.year)
    return fred.parse(body, f"{asked.name}.csv")


@pytest.mark.parametrize("tags", [False, True], ids=["whole", "not-modified"])
def test_a_year_more_is_asked_for_where_the_years_before_are_as_they_were(
    publisher, store, updated, tags
):
    def play(*multiples: float):
        def answer(connection, asked):
            if "if-none-match" in asked.headers:
                connection.sendall(reply(b"", "304 Not Modified", length=None))
                return
            named = {"ETag": '"one"'} if tags else {}
            connection.sendall(reply(csv_of("UNRATE", *multiples, start="2025-11"), **named))

        return answer

    served = publisher({"/UNRATE/2025": play(4.1, 4.2), "/UNRATE/2026": play(4.1, 4.2, 4.3)})
    addresses, asked = {"fred": served.address}, [question("UNRATE")]
    updated(addresses, asked, steps=_yearly, today=date(2025, 12, 31), fresh=True)
    later = updated(addresses, asked, steps=_yearly, today=date(2026, 2, 8), fresh=True)
    assert later.results[0].new_rows == 1
    assert store.rows("UNRATE").values.tolist() == [4.1, 4.2, 4.3]
