"""What a publisher says is held against the history; what is not believed stays out of sight.

The bounds are those of the specification: more than half of the history changed, a shrunken
series, a tenfold jump, a fifth of new gaps, another unit. Series that leap by themselves must not
be kept apart; that is tried on the published history itself.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.errors import ConfigError, StoreError
from debtcycle.intake import Payload, Status, Taken, import_file, import_files, take
from debtcycle.intake.planning import State
from debtcycle.intake.quarantine import doubt
from debtcycle.intake.release import drop, release
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.steps import Question
from debtcycle.store import Basis, Rows, Store
from debtcycle.store.verify import verify
from debtcycle.views import View

CATALOGUE = load_catalogue()
MONTHS = np.arange("2015-01", "2025-01", dtype="M8[M]").astype("M8[D]")
FIGURES = np.round(100 + 5 * np.sin(np.arange(len(MONTHS)) / 7) + np.arange(len(MONTHS)) / 10, 3)
FAR = np.datetime64("9999-12-31")


def judged(
    periods: np.ndarray, values: np.ndarray, held: np.ndarray = FIGURES, **named: int
) -> str:
    """Reason for which a state is doubted beside 120 months; "" if it is believed."""
    info = CATALOGUE["INDPRO"]
    have = Rows(MONTHS, MONTHS + 45, held, np.full(len(held), int(Basis.LAGGED), dtype="i1"))
    state = State(info.id, periods, values, None, date(2025, 3, 1), True)
    why = doubt(info, state, have, Rows.empty(), **named)
    return "" if why is None else why.reason


def grown(*more: float) -> tuple[np.ndarray, np.ndarray]:
    months = np.arange("2015-01", "2026-01", dtype="M8[M]").astype("M8[D]")
    return months[: 120 + len(more)], np.append(FIGURES, more)


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, ""), (0.5, ""), (0.52, "quarantine.changed"), (1.0, "quarantine.changed")],
)
def test_more_than_half_of_the_history_changed(share: float, expected: str) -> None:
    values = FIGURES.copy()
    count = round(share * len(values))
    values[len(values) - count :] *= 1.03
    assert judged(MONTHS, values) == expected


def test_rounding_and_tiny_re_estimates_are_no_change() -> None:
    assert judged(MONTHS, FIGURES.round(1)) == ""
    assert judged(MONTHS, FIGURES * 1.0004) == ""


@pytest.mark.parametrize("factor", [1000.0, 0.001, 1e6, 12.0, -1000.0])
def test_another_unit(factor: float) -> None:
    assert judged(MONTHS, FIGURES * factor) == "quarantine.unit"


@pytest.mark.parametrize(
    ("every", "expected"), [(10, ""), (6, ""), (5, "quarantine.gaps"), (2, "quarantine.gaps")]
)
@pytest.mark.parametrize("blank", [True, False])
def test_a_fifth_of_new_gaps(every: int, expected: str, blank: bool) -> None:
    """Blank cells and missing lines are the same; both ends have a figure."""
    gone = (np.arange(len(MONTHS)) % every == 1) & (MONTHS[-1] > MONTHS)
    if blank:
        assert judged(MONTHS, np.where(gone, np.nan, FIGURES)) == expected
    else:
        assert judged(MONTHS[~gone], FIGURES[~gone]) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [(120, ""), (97, ""), (95, "quarantine.shrunken"), (30, "quarantine.shrunken")],
)
def test_a_shrunken_series(left: int, expected: str) -> None:
    """A full answer has to cover the history; a file may bring a part of it."""
    for part in (slice(len(MONTHS) - left, None), slice(left)):
        assert judged(MONTHS[part], FIGURES[part], covers=1 << 30) == expected
        assert judged(MONTHS[part], FIGURES[part]) == ""
    assert judged(MONTHS[-left:], FIGURES[-left:], covers=left) == "", "once let in, it may stay"


@pytest.mark.parametrize(
    ("figure", "expected"),
    [(118.0, ""), (300.0, ""), (1100.0, ""), (1300.0, "quarantine.jump"), (0.0, "quarantine.jump"),
     (9.0, "quarantine.jump"), (11.0, ""), (-1300.0, "quarantine.jump"), (np.nan, "")],
)  # fmt: skip
def test_a_tenfold_jump(figure: float, expected: str) -> None:
    """Against the last figure (111) and all of the history (95 to 115)."""
    assert judged(*grown(112.0, figure)) == expected


def test_short_histories_are_not_judged() -> None:
    info = CATALOGUE["INDPRO"]
    few = Rows(MONTHS[:20], MONTHS[:20] + 45, FIGURES[:20], np.zeros(20, dtype="i1"))
    state = State(info.id, MONTHS[:21], 1000 * FIGURES[:21], None, date(2025, 3, 1), True)
    assert doubt(info, state, few, Rows.empty()) is None


def test_a_real_yield_may_reach_nought() -> None:
    """What may be negative crosses nought; of a rate of unemployment it is a missing figure."""
    periods = np.append(MONTHS, MONTHS[-1] + 31)
    for name, expected in (("DFII10", ""), ("UNRATE", "quarantine.nought")):
        figures = 0.7 + 0.1 * (-1.0) ** np.arange(len(MONTHS))
        held = Rows(MONTHS, MONTHS + 45, figures, np.zeros(len(MONTHS), "i1"))
        values = np.append(held.values, 0.0)
        state = State(name, periods, values, None, date(2025, 3, 1), True)
        why = doubt(CATALOGUE[name], state, held, Rows.empty())
        assert (why.reason if why else "") == expected


def test_a_facility_that_begins_to_be_used_is_believed() -> None:
    """Overnight reverse repurchases: nothing for years, then billions, then trillions."""
    quiet = np.zeros(120)
    quiet[::17] = 0.3
    used = [11.8, 500.0, 2000.0]
    assert judged(grown(*used)[0], np.append(quiet, used), held=quiet) == ""


# --- the published history itself ------------------------------------------------------------
LEAPING = ("UNRATE", "ICSA", "RRPONTSYD", "WALCL", "PAYEMS", "TB3MS", "FEDFUNDS")
# What has to be kept apart because its publisher gave the whole history a new base year.
REBASED = {("INDPRO", "quarantine.changed"): 8, ("PCEPI", "quarantine.changed"): 4}
# One month's file lacks the first 44 years of one series.
CUT = {("PCEPI", "quarantine.shrunken"): 1}


def _replayed(store: Store, name: str, stride: int) -> tuple[int, dict[tuple[str, str], int]]:
    """States of a series as they came out, each judged beside all that was known before."""
    rows, info = store.rows(name), CATALOGUE[name]
    days = np.unique(rows.known_from)[::stride]
    found: dict[tuple[str, str], int] = {}
    before = days[0]
    for day in days[1:]:
        state = rows.as_of(day)
        held = rows.take(rows.known_from <= before)
        before = day
        own = State(name, state.periods, state.values, None, day.item(), True)
        why = doubt(info, own, held, Rows.empty(), covers=1 << 30)
        if why is not None:
            found[name, why.reason] = found.get((name, why.reason), 0) + 1
    return len(days) - 1, found


def test_leaps_of_the_economy_are_believed(edition_store: Store) -> None:
    """April 2020, the claims of that spring, the facility of 2013 and 2021: none is kept apart."""
    for name in LEAPING:
        days = len(np.unique(edition_store.rows(name).known_from))
        count, found = _replayed(edition_store, name, 1 + days // 400)
        assert (found, count > 150) == ({}, True), name


@pytest.mark.soak
def test_of_the_whole_edition_only_new_base_years_are_kept_apart(edition_store: Store) -> None:
    held: dict[tuple[str, str], int] = {}
    for name in edition_store.series:
        stride = 1 if len(np.unique(edition_store.rows(name).known_from)) < 1200 else 5
        held |= _replayed(edition_store, name, stride)[1]
    assert held == REBASED | CUT


@pytest.mark.soak
def test_of_the_raw_files_nothing_is_kept_apart(shared_data: Path, tmp_path: Path) -> None:
    with Store.create(tmp_path / "store.sqlite") as store:
        results = import_files(store, [shared_data], today=date(2026, 11, 1))
        assert [held for result in results for held in result.held] == []
        assert sum(result.status is Status.IMPORTED for result in results) > 100


# --- what becomes of it ----------------------------------------------------------------------
FETCHED = date(2025, 3, 1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store.sqlite")


def asked(name: str, body: bytes, *options: tuple[str, str]) -> Payload:
    question = Question(publisher="test", name=name, series=(name,), options=options)
    return Payload("update", question, name, (body,), datetime(2025, 3, 1, tzinfo=UTC))


def given(
    store: Store, values: np.ndarray, fetched: date = FETCHED, periods: np.ndarray = MONTHS
) -> Taken:
    body = msgspec.json.encode([periods.astype(str).tolist(), values.tolist(), str(fetched)])
    part = Parsed("UNRATE", periods, values)
    return take(store, asked("UNRATE", body), [part], catalogue=CATALOGUE, fetched=fetched,
                today=fetched)  # fmt: skip


RATE = np.round(4 + np.sin(np.arange(len(MONTHS)) / 5), 1)


def test_what_is_held_is_seen_by_nobody_until_it_is_released(store: Store) -> None:
    assert given(store, RATE).new_rows == 120
    before = store.content_sha256()
    taken = given(store, RATE + 2, date(2025, 3, 10))
    assert (taken.series, taken.new_rows, taken.revised_rows, taken.unchanged) == ((), 0, 0, False)
    (line,) = taken.quarantined
    assert (line.series, line.reason, line.params["share"]) == (
        "UNRATE",
        "quarantine.changed",
        "100",
    )
    assert store.quarantine() == (line,)
    assert store.content_sha256() == before
    verify(store)
    view = View(as_of="2025-04-30", store=store).series("UNRATE")
    assert view.values.tolist() == RATE.tolist()

    assert release(store, [line.id], catalogue=CATALOGUE) == 120
    assert store.quarantine() == ()
    early = View(as_of="2025-03-09", store=store).series("UNRATE")
    late = View(as_of="2025-03-10", store=store).series("UNRATE")
    assert early.values.tolist() == RATE.tolist(), "never earlier than the day it was fetched"
    assert np.allclose(late.values, RATE + 2)
    assert given(store, RATE + 2, date(2025, 3, 11)).quarantined == (), "believed from now on"


def test_what_is_dropped_is_gone_but_for_the_archive(store: Store) -> None:
    given(store, RATE)
    before = store.content_sha256()
    given(store, 1000 * RATE / 1000 + 3, date(2025, 3, 10))
    number = store.quarantine()[0].id
    assert drop(store, [number]) == 1
    assert (store.quarantine(), store.content_sha256()) == ((), before)
    assert len(store.archive.entries) == 3
    for call in (lambda: drop(store, [number]), lambda: release(store, [7], catalogue=CATALOGUE)):
        with pytest.raises(ConfigError) as caught:
            call()
        assert caught.value.message_id == "quarantine.unknown"


def test_a_newer_figure_is_not_replaced_by_a_release(store: Store) -> None:
    given(store, RATE)
    given(store, RATE + 2, date(2025, 3, 10))
    fixed = RATE.copy()
    fixed[-1] += 0.1
    assert given(store, fixed, date(2025, 3, 20)).revised_rows == 1
    assert release(store, [store.quarantine()[0].id], catalogue=CATALOGUE) == 0
    newest = store.rows("UNRATE").as_of(FAR)
    assert newest.values.tolist() == fixed.tolist()


def test_a_series_that_is_never_revised_takes_what_is_released(store: Store) -> None:
    days = np.arange("2024-01-01", "2024-12-01", dtype="M8[D]")
    prices = np.round(4 + np.sin(np.arange(len(days)) / 20), 2)
    part = Parsed("DGS10", days, prices)
    take(store, asked("DGS10", b"1"), [part], catalogue=CATALOGUE, fetched=FETCHED, today=FETCHED)
    moved = Parsed("DGS10", days, prices + 1)
    later = date(2025, 3, 5)
    held = take(
        store, asked("DGS10", b"2"), [moved], catalogue=CATALOGUE, fetched=later, today=later
    )
    assert [item.reason for item in held.quarantined] == ["quarantine.changed"]
    assert release(store, [held.quarantined[0].id], catalogue=CATALOGUE) == len(days)
    assert np.allclose(store.rows("DGS10").as_of(FAR).values, prices + 1)


def test_a_truncated_series_is_let_in_once(store: Store) -> None:
    """A publisher that serves ten years from now on is asked about once, not for ever."""
    given(store, RATE)
    short = given(store, RATE[-40:], date(2025, 3, 10), MONTHS[-40:])
    assert [item.reason for item in short.quarantined] == ["quarantine.shrunken"]
    assert release(store, [short.quarantined[0].id], catalogue=CATALOGUE) == 0
    assert given(store, RATE[-39:], date(2025, 3, 11), MONTHS[-39:]).quarantined == ()
    assert len(store.rows("UNRATE")) == 120, "nothing was withdrawn"


def test_the_other_series_of_a_payload_are_stored(store: Store) -> None:
    given(store, RATE)
    parts = [Parsed("UNRATE", MONTHS, RATE + 2), Parsed("INDPRO", MONTHS, FIGURES)]
    taken = take(
        store, asked("both", b"x"), parts, catalogue=CATALOGUE, fetched=FETCHED, today=FETCHED
    )
    assert taken.series == ("INDPRO",)
    assert [item.series for item in taken.quarantined] == ["UNRATE"]


def test_the_same_payload_twice_adds_nothing_and_a_return_is_seen(store: Store) -> None:
    one, two = RATE.copy(), RATE.copy()
    two[-1] += 0.1
    assert given(store, one).new_rows == 120
    size = store.archive.path.stat().st_size
    assert given(store, one).unchanged
    assert (store.archive.path.stat().st_size, len(store.batches())) == (size, 1)
    assert given(store, two, date(2025, 3, 2)).revised_rows == 1
    assert given(store, one, date(2025, 3, 3)).revised_rows == 1, "the publisher took it back"


def test_a_held_file_is_told_and_not_read_again(store: Store, tmp_path: Path) -> None:
    given(store, RATE)
    lines = [f"{day},{value}" for day, value in zip(MONTHS.astype(str), RATE + 2, strict=True)]
    path = tmp_path / "UNRATE.csv"
    path.write_text("observation_date,UNRATE\n" + "\n".join(lines) + "\n", encoding="utf-8")
    result = import_file(store, path, retrieved=date(2025, 3, 9), today=date(2025, 3, 9))
    assert (result.status, len(result.held)) == (Status.HELD, 1)
    assert import_file(store, path).status is Status.HELD, "told again while it is held"
    assert len(store.quarantine()) == 1


def test_a_flipped_byte_in_the_quarantine_is_found(store: Store) -> None:
    import sqlite3

    given(store, RATE)
    given(store, RATE + 2, date(2025, 3, 10))
    connection = sqlite3.connect(store.path)
    connection.execute("UPDATE held SET about = replace(about, 'changed', 'chanced')")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError) as caught:
        store.quarantine()
    assert caught.value.message_id == "store.broken"
