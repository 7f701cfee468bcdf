"""An answer once given stays: whatever publishers and files say later, in whatever order."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from debtcycle.catalogue import load_catalogue
from debtcycle.intake import Payload, Taken, answer_again, is_known, last_mark, seen_vintage, take
from debtcycle.intake.answers import answered, floors_of, house_of, later_of
from debtcycle.intake.release import release
from debtcycle.reference.rebuild import rebuild
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.steps import Question, Steps
from debtcycle.store import Rows, Store
from debtcycle.store.floors import Floors, floored
from debtcycle.store.schema import Basis

CATALOGUE = load_catalogue()
START = date(2024, 3, 1)
MONTHS = np.arange("2023-01", "2024-09", dtype="M8[M]").astype("M8[D]")
PROBES = np.arange("2023-01-15", "2024-12-31", 6, dtype="M8[D]")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store.sqlite")


def known(store: Store, day: np.datetime64, series: str = "UNRATE") -> dict[str, float]:
    rows = store.rows(series).as_of(day)
    return dict(zip(map(str, rows.periods), rows.values.tolist(), strict=True))


def payload(publisher: str, part: Parsed, on: date) -> Payload:
    vintages = None if part.vintages is None else part.vintages.astype(str).tolist()
    body = msgspec.json.encode(
        [part.periods.astype(str).tolist(), part.values.tolist(), vintages, part.exact]
    )
    when = datetime(on.year, on.month, on.day, tzinfo=UTC)
    if publisher == "file":
        return Payload("file", None, "UNRATE.csv", (body,), when)
    series = CATALOGUE.keys[part.key]
    asked = Question(publisher=publisher, name=series, series=(series,))
    return Payload("update", asked, series, (body,), when)


def read(asked: Question, today: date) -> Steps:
    """What `payload` wrote, read again."""
    del today
    from debtcycle.sources.steps import Request

    body = yield Request(publisher=asked.publisher, path="/")
    periods, values, vintages, exact = msgspec.json.decode(body)
    days = None if vintages is None else np.array(vintages, dtype="M8[D]")
    numbers = np.array([np.nan if value is None else value for value in values])
    return (Parsed(asked.name, np.array(periods, dtype="M8[D]"), numbers, days, exact=exact),)


def told(store: Store, publisher: str, part: Parsed, on: date) -> Taken:
    """An answer, or for a file an import, of a day."""
    return take(
        store,
        payload(publisher, part, on),
        (part,),
        catalogue=CATALOGUE,
        fetched=None if publisher == "file" else on,
        today=on,
    )


def snapshot(first: int, last: int, level: float = 4.0, own: date | None = None) -> Parsed:
    count = max(last - first, 1)
    values = level + np.arange(first, first + count) % 7 / 10
    return Parsed("UNRATE", MONTHS[first : first + count], values, retrieved=own)


def month_file(first: int, last: int, level: float, end: str) -> Parsed:
    """A publisher's file of one month: all figures as they stood at its end."""
    part = snapshot(first, last, level)
    return Parsed(part.key, part.periods, part.values, np.full(len(part.periods), end, "M8[D]"))


def doubled(store: Store, series: str = "UNRATE") -> int:
    """Rows that are there more than once."""
    rows = store.rows(series)
    whole = list(zip(rows.periods, rows.known_from, rows.values, strict=True))
    return len(whole) - len(set(whole))


def test_an_older_state_of_another_publisher_changes_nothing_that_has_been_told(
    store: Store,
) -> None:
    on = date(2023, 11, 20)
    told(store, "fred", snapshot(0, 10, level=4.2), on)
    before = {str(day): known(store, day) for day in PROBES}
    taken = told(store, "fredmd", month_file(0, 9, 4.0, "2023-10-31"), on)
    assert taken.new_rows == taken.revised_rows == 0
    assert taken.differing == 9
    assert {str(day): known(store, day) for day in PROBES} == before
    assert doubled(store) == 0


def test_a_file_of_a_month_is_compared_with_what_is_held(store: Store) -> None:
    told(store, "fred", snapshot(0, 10), date(2023, 11, 20))
    same = told(store, "fredmd", month_file(0, 10, 4.0, "2023-11-30"), date(2023, 12, 5))
    assert same.new_rows == same.revised_rows == 0
    changed = told(store, "fredmd", month_file(0, 11, 4.1, "2023-12-31"), date(2024, 1, 5))
    assert (changed.new_rows, changed.revised_rows) == (1, 10)
    rows = store.rows("UNRATE")
    revised = rows.known_from == np.datetime64("2023-12-31")
    assert int((revised & (rows.basis == int(Basis.VINTAGE))).sum()) == 10
    eve, end = np.datetime64("2023-12-30"), np.datetime64("2023-12-31")
    assert known(store, eve)["2023-01-01"] == 4.0
    assert known(store, end)["2023-01-01"] == 4.1
    assert doubled(store) == 0


def test_a_table_that_says_what_is_held_adds_no_row_twice(store: Store) -> None:
    told(store, "file", month_file(0, 10, 4.0, "2023-11-30"), date(2023, 12, 5))
    ends = np.repeat(np.array(["2023-11-30", "2023-12-31"], "M8[D]"), [10, 1])
    part = snapshot(0, 11)
    told(store, "file", Parsed("UNRATE", part.periods, part.values, ends), date(2024, 1, 5))
    assert doubled(store) == 0
    assert len(known(store, np.datetime64("2024-01-05"))) == 11


figures = st.integers(30, 60).map(lambda n: n / 10)


@st.composite
def states(draw: st.DrawFn, on: date, *, own_day: bool) -> Parsed:
    """Some months with figures: a state, a table of month ends, or exact vintages."""
    begun = MONTHS[np.datetime64(on) > MONTHS]
    first = draw(st.integers(0, 6))
    periods = begun[first : draw(st.integers(first + 1, len(begun)))]
    kind = draw(st.sampled_from(("state", "state", "monthly", "exact")))
    if kind == "state":
        values = np.array([draw(figures) for _ in periods])
        back = draw(st.integers(0, 60)) if own_day else 0
        own = on - timedelta(days=back) if own_day and draw(st.booleans()) else None
        if own is not None:
            seen = periods < np.datetime64(own)
            periods, values = periods[seen], values[seen]
        return Parsed("UNRATE", periods, values, retrieved=own)
    cells: dict[tuple[object, object], float] = {}
    for period in periods:
        for _ in range(draw(st.integers(1, 2))):
            day = period + np.timedelta64(draw(st.integers(31, 120)), "D")
            if kind == "monthly":
                day = (day.astype("M8[M]") + 1).astype("M8[D]") - np.timedelta64(1, "D")
            if day <= np.datetime64(on):
                cells[period, day] = draw(figures)
    columns = [np.array([key[n] for key in cells], dtype="M8[D]") for n in (0, 1)]
    values = np.array(list(cells.values()), dtype=float)
    if not len(values):
        return snapshot(0, 3)
    return Parsed("UNRATE", columns[0], values, columns[1], exact=kind == "exact")


# Each answer waits for the disk: what fails is shown as it was found, not made smaller.
@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)
@given(data=st.data())
def test_no_later_answer_changes_an_earlier_one(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.create(Path(folder) / "s") as store:
        on, last = START, None
        asked: set[str] = set()
        for _ in range(data.draw(st.integers(2, 6))):
            who = data.draw(st.sampled_from(("fred", "fred_api", "fredmd", "file")))
            part = data.draw(states(on, own_day=who == "file"))
            before = {day: known(store, day) for day in PROBES}
            rows = store.rows("UNRATE")
            told(store, who, part, on)
            house = house_of(payload(who, part, on).question)
            for day in PROBES:
                now = known(store, day)
                if last is not None and day <= np.datetime64(last):
                    if house not in asked:
                        # Nobody was asked for what lies before the held history.
                        begins = str(rows.periods.min()) if len(rows) else "9999"
                        now = {period: v for period, v in now.items() if period >= begins}
                    assert now == before[day], (who, day)
            if who != "file":
                asked.add(house)
                last = on
            if data.draw(st.integers(0, 3)) == 0 and last is not None:
                facts = answer_again(store, payload("fred", part, on).question, on)
                for key, text in facts.items():
                    store.remember(key, text)
                asked.add("fred")
                last = on
            on += timedelta(days=data.draw(st.integers(1, 45)))
        content = store.content_sha256()
        path, memory = store.path, store.memories("seen/")
        store.close()
        if any(entry.origin == "file" for entry in store.archive.entries):
            return  # the file's body is none that its own parser knows
        assert rebuild(path, ask=read).content_sha256 == content
        with Store(path) as again:
            assert again.memories("seen/") == memory


def test_what_an_answer_lacked_came_after_it(store: Store) -> None:
    """The calendar says that the figure for July came out early in August."""
    told(store, "fred", snapshot(0, 18), date(2024, 8, 20))
    told(store, "fred", snapshot(0, 19), date(2024, 8, 27))
    late = store.rows("UNRATE").take(store.rows("UNRATE").periods == MONTHS[18])
    assert late.known_from.tolist() == [date(2024, 8, 21)]
    assert late.basis.tolist() == [int(Basis.LAGGED)]


def test_an_answer_that_brought_nothing_was_one(store: Store) -> None:
    """The same answer again, and one that was not even sent again."""
    told(store, "fred", snapshot(0, 18), date(2024, 8, 10))
    again = payload("fred", snapshot(0, 18), date(2024, 8, 15))
    assert again.question is not None
    assert is_known(store, again)
    assert last_mark(store, again.question) == again.mark
    assert told(store, "fred", snapshot(0, 18), date(2024, 8, 15)) == Taken()
    assert floors_of(store, "fred", "UNRATE", date(2024, 8, 16)).whole == date(2024, 8, 15)
    for key, text in answer_again(store, again.question, date(2024, 8, 22)).items():
        store.remember(key, text)
    told(store, "fred", snapshot(0, 19), date(2024, 8, 27))
    assert store.rows("UNRATE").known_from.max() == np.datetime64("2024-08-23")


def test_a_day_that_is_not_over_may_be_completed(store: Store) -> None:
    """Asked in the morning and in the evening of the day on which a figure came out."""
    day = date(2024, 8, 2)
    told(store, "fred", snapshot(0, 18), date(2024, 7, 20))
    told(store, "fred", snapshot(0, 18, own=None), day)
    told(store, "fred", snapshot(0, 19), day)
    assert store.rows("UNRATE").known_from.max() == np.datetime64(day)


def test_a_longer_history_of_another_publisher_is_dated_by_the_calendar(store: Store) -> None:
    told(store, "fredmd", snapshot(6, 12), date(2024, 3, 1))
    told(store, "fred", snapshot(0, 12), date(2024, 4, 1))
    early = store.rows("UNRATE").take(store.rows("UNRATE").periods < MONTHS[6])
    assert len(early) == 6
    assert (early.known_from < np.datetime64("2023-09-01")).all()
    # The same publisher told its whole history before: what it adds now came later.
    told(store, "fredmd", snapshot(6, 12), date(2024, 5, 1))
    assert floors_of(store, "fredmd", "UNRATE", date(2024, 5, 2)).whole == date(2024, 5, 1)


def test_fred_with_a_key_is_the_one_without() -> None:
    houses = {name: house_of(Question(publisher=name, name="x", series=())) for name in
              ("fred", "fred_api", "z1", "test")}  # fmt: skip
    assert houses == {"fred": "fred", "fred_api": "fred", "z1": "z1", "test": "test"}
    assert house_of(None) == "file"


def test_a_file_heeds_answers(store: Store) -> None:
    told(store, "file", snapshot(0, 12, own=date(2024, 3, 1)), date(2024, 8, 1))
    assert floors_of(store, "fred", "UNRATE", date(2024, 8, 2)) == Floors(), "an excerpt, perhaps"
    told(store, "fred", snapshot(0, 16), date(2024, 8, 1))
    # Older than the answer: its figures are not taken, and what lacked is dated after it.
    told(store, "file", snapshot(0, 17, 5.0, own=date(2024, 7, 20)), date(2024, 8, 5))
    rows = store.rows("UNRATE")
    assert rows.take(rows.periods == MONTHS[16]).known_from.tolist() == [date(2024, 8, 2)]
    assert (rows.as_of(np.datetime64("2024-12-31")).values[:16] < 4.7).all()


def test_held_figures_keep_what_they_are(store: Store) -> None:
    """Exact vintages that are kept apart, released and made again from the archive."""
    months = np.arange("2019-01", "2024-07", dtype="M8[M]").astype("M8[D]")
    seen = months + np.timedelta64(40, "D")
    values = 4.0 + np.arange(len(months)) % 7 / 10
    part = Parsed("UNRATE", months, values, seen, exact=True)
    told(store, "fred_api", part, date(2024, 8, 20))
    assert seen_vintage(store, "UNRATE") == seen.max()
    again = np.append(seen, np.full(len(months), np.datetime64("2024-08-22")))
    moved = np.append(values, values / 10)
    odd = Parsed("UNRATE", np.append(months, months), moved, again, exact=True)
    done = told(store, "fred_api", odd, date(2024, 8, 25))
    assert [item.reason for item in done.quarantined] == ["quarantine.unit"]
    assert seen_vintage(store, "UNRATE") == seen.max(), "asked for again"
    ((line, whole),) = store.holdings()
    assert (whole.exact, whole.floors) == (True, Floors(date(2024, 8, 20), date(2024, 8, 20)))
    assert release(store, [line.id], catalogue=CATALOGUE) == len(months)
    rows = store.rows("UNRATE")
    assert rows.known_from.max() == np.datetime64("2024-08-22")
    content = store.content_sha256()
    store.close()
    done_again = rebuild(store.path, ask=read)
    assert (done_again.content_sha256, done_again.differing, done_again.lost) == (content, (), ())


def test_a_program_that_wants_more_reads_the_same_answer_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = payload("fred", snapshot(0, 18), START)
    told(store, "fred", snapshot(0, 18), date(2024, 8, 10))
    assert is_known(store, one)
    monkeypatch.setattr("debtcycle.intake.payloads.__version__", "999")
    assert not is_known(store, one)


@pytest.mark.parametrize("text", ["", "never", "2024-13-01", "2024-08-01 2024"])
def test_a_memory_that_is_not_what_was_written_is_none(store: Store, text: str) -> None:
    store.remember("seen/UNRATE/fred", text)
    assert floors_of(store, "fred", "UNRATE", START) == Floors()
    assert answered(store, "fred", ("UNRATE",), START) == {"seen/UNRATE/fred": "2024-03-01"}
    assert later_of(text, "2024-01-01") == "2024-01-01"


def _rows(*cells: tuple[str, str, float], basis: Basis = Basis.VINTAGE) -> Rows:
    days: Callable[[int], np.ndarray] = lambda n: np.array([c[n] for c in cells], dtype="M8[D]")  # noqa: E731
    values = np.array([cell[2] for cell in cells])
    return Rows(days(0), days(1), values, np.full(len(cells), int(basis), dtype="i1"))


def test_a_change_within_a_month_is_dated_by_its_end_where_an_answer_lacked_it() -> None:
    held = _rows(("2024-01-01", "2024-02-02", 4.0), basis=Basis.LAGGED)
    floors = Floors(None, date(2024, 3, 10))
    new = _rows(
        ("2024-01-01", "2024-02-02", 4.4),  # February is over: the answer of March knew better
        ("2024-01-01", "2024-03-08", 4.3),  # after the answer, by the end of March
        ("2024-02-01", "2024-03-08", 4.1),
        ("2024-02-01", "2024-03-20", 4.2),
    )
    rows, passed = floored(new, held, floors, monthly=True)
    assert passed == 1
    # What came on the 20th cannot be overtaken by what the calendar put before it.
    assert list(zip(rows.periods.astype(str), rows.known_from.astype(str), rows.values.tolist(),
                    strict=True)) == [
        ("2024-01-01", "2024-03-31", 4.3),
        ("2024-02-01", "2024-03-20", 4.2),
    ]  # fmt: skip
    exact, passed = floored(new, held, floors, monthly=False)
    assert passed == 2
    assert exact.known_from.astype(str).tolist() == ["2024-03-11", "2024-03-20"]
