"""Answers that an update brings and that cannot be: short, blank, nought, of odd days, repeated.

The questions are those that the publishers are really asked, with all their options.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.catalogue.calendar import off_grid
from debtcycle.errors import SchemaChanged
from debtcycle.intake import Payload, Status, Taken, doubted, import_file, take
from debtcycle.intake.release import drop, release
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.plans import questions
from debtcycle.sources.steps import Question
from debtcycle.store import Store

CATALOGUE = load_catalogue()
MONTHS = np.arange("1948-01", "2025-02", dtype="M8[M]").astype("M8[D]")
RATE = np.round(5.7 + 2 * np.sin(np.arange(len(MONTHS)) / 5), 1)
RATE[868] = 14.8  # April 2020: the largest step there ever was
FIRST, NEXT = date(2025, 3, 1), date(2025, 3, 10)


def question_of(series: str, publisher: str = "fred") -> Question:
    found = questions(CATALOGUE, publisher, keyed=frozenset(), held={}, today=NEXT)
    return next(item for item in found if series in item.series)


def given(
    store: Store,
    values: np.ndarray,
    on: date = FIRST,
    periods: np.ndarray = MONTHS,
    question: Question | None = None,
) -> Taken:
    asked = question_of("UNRATE") if question is None else question
    text = "".join(f"{day},{value}\n" for day, value in zip(periods, values, strict=True))
    payload = Payload(
        "update", asked, asked.name, (text.encode(),), datetime(2025, 3, 1, tzinfo=UTC)
    )
    part = Parsed("UNRATE", periods, values)
    return take(store, payload, [part], catalogue=CATALOGUE, fetched=on, today=on)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "store.sqlite")
    given(made, RATE)
    return made


def reasons(taken: Taken) -> list[str]:
    return [line.reason for line in taken.quarantined]


def test_the_questions_of_the_publishers_carry_options() -> None:
    """What made the sign of a shrunken series dead: each of these says how it is asked."""
    assert dict(question_of("UNRATE").options)["code"] == "UNRATE"


@pytest.mark.parametrize("part", [slice(-3, None), slice(400, None), slice(700)])
def test_a_short_answer_of_fred_is_kept_apart(store: Store, part: slice) -> None:
    taken = given(store, RATE[part], NEXT, MONTHS[part])
    assert (reasons(taken), taken.unchanged) == (["quarantine.shrunken"], False)


def test_an_answer_of_blank_cells_is_kept_apart(store: Store) -> None:
    assert reasons(given(store, np.full(len(RATE), np.nan), NEXT)) == ["quarantine.shrunken"]


@pytest.mark.parametrize("option", [("from", "2024-11-01"), ("since", "2025-03-01")])
def test_an_answer_that_was_asked_for_in_part_is_no_short_one(
    store: Store, option: tuple[str, str]
) -> None:
    whole = question_of("UNRATE")
    part = Question(
        publisher=whole.publisher,
        name=whole.name,
        series=whole.series,
        options=(*whole.options, option),
    )
    assert given(store, RATE[-3:], NEXT, MONTHS[-3:], part).unchanged


def test_what_is_doubted_is_told_until_it_is_settled(store: Store) -> None:
    for on in (NEXT, NEXT, date(2025, 3, 11)):
        again = given(store, 0.01 * RATE, on)
        assert (reasons(again), again.unchanged) == (["quarantine.unit"], False)
    assert len(store.quarantine()) == 1, "and kept once"
    asked = question_of("UNRATE")
    assert doubted(store, asked) == store.quarantine()
    drop(store, [store.quarantine()[0].id])
    assert doubted(store, asked) == ()
    assert given(store, 0.01 * RATE, date(2025, 3, 12)).unchanged


def test_a_good_answer_after_a_doubted_one_is_good(store: Store) -> None:
    given(store, 0.01 * RATE, NEXT)
    assert given(store, RATE, date(2025, 3, 11)).unchanged
    assert doubted(store, question_of("UNRATE")) == ()
    assert len(store.quarantine()) == 1, "someone has to settle it"


def test_a_doubted_file_is_told_again(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "UNRATE.csv"
    lines = [f"{day},{value}" for day, value in zip(MONTHS, RATE + 5, strict=True)]
    path.write_text("observation_date,UNRATE\n" + "\n".join(lines) + "\n", encoding="utf-8")
    for _ in range(2):
        result = import_file(store, path, retrieved=NEXT, today=NEXT)
        assert (result.status, [line.reason for line in result.held]) == (
            Status.HELD,
            ["quarantine.changed"],
        )
    release(store, [store.quarantine()[0].id], catalogue=CATALOGUE)
    assert import_file(store, path, retrieved=NEXT, today=NEXT).status is Status.UNCHANGED


@pytest.mark.parametrize("day", ["2025-02-15", "2025-02-28", "2024-12-31"])
def test_a_day_that_is_no_month_is_refused(store: Store, day: str) -> None:
    before = store.content_sha256()
    periods = np.append(MONTHS, np.datetime64(day, "D"))
    with pytest.raises(SchemaChanged) as caught:
        given(store, np.append(RATE, 4.1), NEXT, periods)
    assert (caught.value.message_id, str(caught.value.params["period"])) == ("source.grid", day)
    assert store.content_sha256() == before
    assert given(store, np.append(RATE, np.nan), NEXT, periods).unchanged, "blank: no figure"


@pytest.mark.parametrize(
    ("series", "good", "odd"),
    [
        ("UNRATE", "2024-02-01", "2024-02-29"),
        ("GDP", "2024-04-01", "2024-05-01"),
        ("FYFSD", "2024-09-30", "2024-09-01"),
        ("FYFSD", "1976-06-30", "1976-06-15"),
    ],
)
def test_periods_as_the_catalogue_writes_them(series: str, good: str, odd: str) -> None:
    found = off_grid(CATALOGUE[series], np.array([good, odd], dtype="M8[D]"))
    assert found.tolist() == [False, True]


def test_the_whole_edition_lies_on_its_grid(edition_store: Store) -> None:
    for name in edition_store.series:
        assert not off_grid(CATALOGUE[name], edition_store.rows(name).periods).any(), name


@pytest.mark.parametrize("places", [(-3, -2, -1), (-1,), (500,)])
def test_nought_in_place_of_what_is_missing_is_kept_apart(
    store: Store, places: tuple[int, ...]
) -> None:
    values = RATE.copy()
    values[list(places)] = 0.0
    taken = given(store, values, NEXT)
    assert (reasons(taken), taken.revised_rows) == (["quarantine.nought"], 0)
    more = np.append(MONTHS, np.datetime64("2025-02-01"))
    assert reasons(given(store, np.append(RATE, 0.0), NEXT, more)) == ["quarantine.nought"]


def test_a_rate_that_has_been_near_nought_may_reach_it(store: Store) -> None:
    low = RATE.copy()
    low[600] = 0.1
    given(store, low, NEXT)
    low[601] = 0.0
    assert given(store, low, date(2025, 3, 11)).revised_rows == 1
