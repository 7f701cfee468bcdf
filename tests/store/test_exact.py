"""Exact vintages stand as they are: what a view gives is what the archive showed on that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.catalogue import VintagePolicy, load_catalogue
from debtcycle.catalogue.calendar import known_from
from debtcycle.intake.planning import planned, state_of
from debtcycle.sources import alfred
from debtcycle.sources.parsed import Parsed
from debtcycle.store import Rows
from debtcycle.store.packing import join
from debtcycle.store.schema import Basis

CATALOGUE = load_catalogue()
FOREVER = np.datetime64("9999-12-31", "D")
TODAY = date(2026, 11, 22)
# Revised series of each kind, with a figure of its own size.
USUAL = {"UNRATE": 5.0, "GDP": 30_000.0, "WALCL": 6.0e6}
LAGGED = next(
    info.id
    for info in CATALOGUE
    if info.vintage_policy is VintagePolicy.LAGGED and info.unit == "percent" and info.sources
)


def known(rows: Rows, day: np.datetime64) -> dict[str, float]:
    """What a view of a day shows; a figure that was withdrawn is not there."""
    seen = rows.as_of(day)
    return {
        str(period): value
        for period, value in zip(seen.periods, seen.values.tolist(), strict=True)
        if not np.isnan(value)
    }


def shown(part: Parsed, day: np.datetime64) -> dict[str, float]:
    """What the archive showed on a day, cell by cell, from where the catalogue begins."""
    found: dict[str, float] = {}
    begins = np.datetime64(CATALOGUE[CATALOGUE.keys[part.key]].begins)
    order = np.argsort(part.vintages, kind="stable")
    usable = (part.vintages <= day) & (part.periods >= begins)
    for place in order[usable[order]].tolist():
        period, value = str(part.periods[place]), float(part.values[place])
        if np.isnan(value):
            found.pop(period, None)
        else:
            found[period] = value
    return found


def taken(part: Parsed, held: Rows | None = None, today: date = TODAY) -> Rows:
    """Rows that an archive adds."""
    state = state_of(CATALOGUE, part, today, today)
    return planned(CATALOGUE, state, Rows.empty() if held is None else held).rows


@pytest.fixture(scope="module")
def gdp(shared_data: Path) -> Parsed:
    body = (shared_data / "api_samples/fred/series_observations_all_vintages.json").read_bytes()
    chunk = alfred.chunk_of([alfred.parse_observations(body, "GDP")], "GDP")
    days = sorted({spell.start for spell in chunk.spells})
    part = alfred.stitch("GDP", [chunk], days, "GDP")
    assert part is not None
    return part


def test_the_recorded_archive_of_gdp_is_dated_by_its_own_days(gdp: Parsed) -> None:
    rows = taken(gdp)
    true_days = set(gdp.vintages.tolist())
    seen = rows.basis == int(Basis.VINTAGE)
    astray = [day for day in rows.known_from[seen].tolist() if day not in true_days]
    assert seen.sum() > 1000
    assert astray == []
    assert (rows.known_from[~seen] <= gdp.vintages.min()).all()
    days = np.unique(gdp.vintages)
    for day in days[:: max(1, len(days) // 60)]:
        assert known(rows, day) == shown(gdp, day)


@st.composite
def archives(draw: st.DrawFn, series: str = "UNRATE") -> Parsed:
    """Vintages of a monthly or quarterly series on any days: revisions, withdrawals, returns."""
    info = CATALOGUE[series]
    months = 3 if info.frequency.value == "quarterly" else 1
    start = np.datetime64("2015-01", "M")
    count = draw(st.integers(2, 8))
    periods = (start + months * np.arange(count)).astype("M8[D]")
    releases = known_from(info, periods, CATALOGUE.irregular(series))
    days = sorted(draw(st.sets(st.integers(0, 40 * months * count), min_size=1, max_size=10)))
    state: dict[int, float] = {}
    cells: list[tuple[object, float, object]] = []
    for number in days:
        day = releases[0] + np.timedelta64(number, "D")
        for place in range(count):
            if periods[place] > day:
                continue
            before = state.get(place, float("nan"))
            what = draw(st.sampled_from(("same", "same", "new", "gone")))
            if what == "new" or (what == "same" and number == days[0]):
                state[place] = USUAL.get(series, 5.0) + draw(st.integers(-9, 9)) / 10
            elif what == "gone":
                state.pop(place, None)
            now = state.get(place, float("nan"))
            if not (now == before or (np.isnan(now) and np.isnan(before))):
                cells.append((periods[place], now, day))
    columns = list(zip(*cells, strict=True)) or [(), (), ()]
    return Parsed(
        series,
        np.array(columns[0], dtype="M8[D]"),
        np.array(columns[1], dtype=float),
        np.array(columns[2], dtype="M8[D]"),
        exact=True,
    )


def cut(part: Parsed, chosen: np.ndarray) -> Parsed:
    assert part.vintages is not None
    return Parsed(
        part.key, part.periods[chosen], part.values[chosen], part.vintages[chosen], exact=True
    )


def probes(part: Parsed) -> Sequence[np.datetime64]:
    days = np.unique(part.vintages)
    return [day + np.timedelta64(n, "D") for day in days for n in (-1, 0, 1)]


@given(part=st.sampled_from(("UNRATE", "GDP", LAGGED)).flatmap(archives))
def test_a_whole_archive_gives_what_it_showed(part: Parsed) -> None:
    if not len(part.periods):
        return
    rows = taken(part)
    first = part.vintages.min()
    for day in probes(part):
        if day >= first:
            assert known(rows, day) == shown(part, day)
    assert set(rows.known_from[rows.basis == int(Basis.VINTAGE)]) <= set(part.vintages)
    opening = rows.take(rows.basis == int(Basis.LAGGED))
    assert (opening.known_from <= first).all()


@given(part=archives(), at=st.integers(0, 9), whole=st.booleans())
def test_what_is_taken_in_two_goes_is_what_is_taken_at_once(
    part: Parsed, at: int, whole: bool
) -> None:
    """The second go may bring the whole archive again or only what came after the first."""
    days = np.unique(part.vintages)
    if len(days) < 2:
        return
    middle = days[min(at, len(days) - 2)]
    held = taken(cut(part, part.vintages <= middle))
    rest = part if whole else cut(part, part.vintages > middle)
    rows = join([held, taken(rest, held)])
    for day in probes(part):
        if day <= middle:
            assert known(rows, day) == known(held, day), "an earlier answer stays as it was"
        elif len(held):
            assert known(rows, day) == shown(part, day)
    assert not len(taken(part, rows)), "the same archive twice adds nothing"


@given(part=archives(), at=st.integers(0, 9), shift=st.integers(0, 20), changed=st.booleans())
def test_an_archive_on_top_of_a_snapshot_changes_no_earlier_answer(
    part: Parsed, at: int, shift: int, changed: bool
) -> None:
    days = np.unique(part.vintages)
    if not len(days):
        return
    middle = days[min(at, len(days) - 1)]
    state = shown(part, middle)
    if not state:
        return
    fetched = middle + np.timedelta64(shift, "D")
    values = np.array(list(state.values())) + (0.3 if changed else 0.0)
    snapshot = Parsed("UNRATE", np.array(list(state), dtype="M8[D]"), values)
    order = np.argsort(snapshot.periods)
    snapshot = Parsed("UNRATE", snapshot.periods[order], values[order])
    on: date = fetched.item()
    held = planned(CATALOGUE, state_of(CATALOGUE, snapshot, on, on), Rows.empty()).rows
    rows = join([held, taken(part, held)])
    newest = held.known_from.max()
    begins = held.periods.min()
    for day in probes(part):
        before, now = known(held, day), known(rows, day)
        if day <= newest:
            inside = {p: v for p, v in now.items() if np.datetime64(p) >= begins}
            assert inside == before
    assert known(rows, FOREVER).items() >= shown(part, FOREVER).items()


def test_a_series_that_is_never_revised_stays_a_snapshot() -> None:
    days = np.array(["2024-01-02", "2024-01-03", "2024-01-02"], dtype="M8[D]")
    seen = np.array(["2024-01-03", "2024-01-04", "2024-01-08"], dtype="M8[D]")
    part = Parsed("DGS10", days, np.array([4.0, 4.1, 4.2]), seen, exact=True)
    rows = taken(part)
    assert rows.periods.tolist() == days[:2].tolist()
    assert rows.values.tolist() == [4.2, 4.1]
    assert set(rows.basis) == {int(Basis.UNREVISED)}


def test_an_older_archive_does_not_take_the_place_of_newer_figures() -> None:
    """A file of an archive says nothing of the days after its last vintage."""
    months = np.array(["2024-01-01", "2024-02-01"], dtype="M8[D]")
    newer = Parsed("UNRATE", months, np.array([5.0, 6.0]), retrieved=date(2024, 9, 2))
    held = planned(CATALOGUE, state_of(CATALOGUE, newer, None, TODAY), Rows.empty()).rows
    changed = Parsed("UNRATE", months, np.array([5.5, 6.0]), retrieved=date(2024, 9, 9))
    held = join([held, planned(CATALOGUE, state_of(CATALOGUE, changed, None, TODAY), held).rows])
    seen = np.array(["2024-03-08", "2024-03-08"], dtype="M8[D]")
    old = Parsed("UNRATE", months, np.array([4.0, 4.0]), seen, exact=True)
    state = state_of(CATALOGUE, old, None, TODAY)
    assert not len(planned(CATALOGUE, state, held).rows)
