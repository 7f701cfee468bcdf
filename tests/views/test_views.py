"""`View`: what was known on a date, on the shipped figures and on made-up ones."""

from __future__ import annotations

import inspect
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from debtcycle.catalogue import Catalogue, load_catalogue
from debtcycle.catalogue.calendar import known_from, stale_after
from debtcycle.errors import ConfigError, LookAheadError
from debtcycle.store import Basis, Document, Rows, Store
from debtcycle.views import EARLIEST, View, parse_day


class Made:
    """A store of a few invented rows."""

    def __init__(self, **rows: list[tuple[str, str, float]]) -> None:
        self._rows = rows

    def rows(self, name: str) -> Rows:
        cells = self._rows.get(name, [])
        return Rows(
            np.array([cell[0] for cell in cells], dtype="M8[D]"),
            np.array([cell[1] for cell in cells], dtype="M8[D]"),
            np.array([cell[2] for cell in cells], dtype=float),
            np.full(len(cells), int(Basis.VINTAGE), dtype="i1"),
        )

    def documents(self, kind: str) -> tuple[Document, ...]:
        del kind
        return ()


def view(as_of: str | date, store: Any) -> View:
    return View(as_of=as_of, store=store)


def value(store: Any, name: str, period: str, as_of: str) -> float | None:
    return view(as_of, store).series(name).at(np.datetime64(period))


# --- the shipped figures ---------------------------------------------------------------------
def test_unemployment_of_october_2009_was_revised(edition_store: Store) -> None:
    assert value(edition_store, "UNRATE", "2009-10-01", "2009-11-30") == 10.2
    assert value(edition_store, "UNRATE", "2009-10-01", "2026-08-20") == 10.0
    assert value(edition_store, "UNRATE", "2009-10-01", "2009-10-31") is None


def test_payrolls_of_september_2008_were_revised_again_and_again(edition_store: Store) -> None:
    """First told as a loss of 159,000; in the end it was about three times that."""

    def change(as_of: str) -> float:
        jobs = view(as_of, edition_store).series("PAYEMS")
        now, before = (jobs.at(np.datetime64(m)) for m in ("2008-09-01", "2008-08-01"))
        assert now is not None
        assert before is not None
        return round(now - before, 1)

    told = [change(day) for day in ("2008-10-31", "2008-11-30", "2008-12-31", "2026-08-20")]
    assert told == [-159.0, -284.0, -403.0, change("2026-08-20")]
    assert told[-1] < -400
    assert value(edition_store, "PAYEMS", "2008-09-01", "2008-09-30") is None


@pytest.mark.parametrize("as_of", ["2025-11-20", "2025-12-31", "2026-08-20"])
@pytest.mark.parametrize("name", ["CPIAUCSL", "UNRATE", "SHILLER_CPI", "CPILFESL"])
def test_october_2025_is_missing_and_is_not_filled(
    edition_store: Store, name: str, as_of: str
) -> None:
    october = np.datetime64("2025-10-01")
    seen = view(as_of, edition_store).series(name)
    assert seen.at(october) is None
    assert october not in seen.periods
    assert october not in view(as_of, edition_store).resolve(name).periods
    if as_of == "2026-08-20":
        assert seen.at(np.datetime64("2025-09-01")) is not None
        assert seen.at(np.datetime64("2025-11-01")) is not None


def test_before_the_vintages_figures_are_lagged_and_say_so(edition_store: Store) -> None:
    early = view("1985-06-15", edition_store).series("UNRATE")
    assert set(early.basis.tolist()) == {int(Basis.LAGGED)}
    assert early.latest is not None
    assert (early.latest.period, early.latest.basis) == (date(1985, 5, 1), Basis.LAGGED)
    assert early.latest.known_from == date(1985, 6, 10)
    late = view("2009-11-30", edition_store).series("UNRATE")
    assert Basis.VINTAGE in set(late.basis.tolist())
    rate = view("2009-11-30", edition_store).series("DGS10")
    assert set(rate.basis.tolist()) == {int(Basis.UNREVISED)}


def test_every_row_of_the_edition_is_dated_after_its_period_began_to_be_known(
    edition_store: Store,
) -> None:
    """No first figure earlier than the calendar says, none on a day that cannot be."""
    catalogue = load_catalogue()
    for name in edition_store.series:
        rows, info = edition_store.rows(name), catalogue[name]
        assert not np.isnat(rows.known_from).any(), name
        own = known_from(info, rows.periods, catalogue.irregular(name))
        assert not np.isnat(own).any(), name
        # A projection is known from the day its file was fetched, years before its period.
        due = own <= rows.known_from.max()
        early = due & (rows.known_from < own) & (rows.basis != int(Basis.VINTAGE))
        assert early.mean() <= 0.01, (name, rows.periods[early][:5])


@pytest.mark.parametrize("day", ["1963-05-05", "1999-12-31", "2013-10-20", "2025-12-15"])
def test_nothing_in_a_view_became_known_later(edition_store: Store, day: str) -> None:
    for name in edition_store.series:
        seen = view(day, edition_store).series(name)
        assert (seen.known_from <= np.datetime64(day)).all()
        assert (np.diff(seen.periods.astype(int)) > 0).all()
        assert not np.isnan(seen.values).any()


# --- as-of semantics -------------------------------------------------------------------------
STEPS = Made(
    UNRATE=[
        ("2020-01-01", "2020-02-07", 3.6),
        ("2020-01-01", "2020-03-06", 3.5),
        ("2020-02-01", "2020-03-06", 3.5),
        ("2020-02-01", "2020-04-03", float("nan")),
        ("2020-03-01", "2020-04-03", 4.4),
    ]
)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2020-02-06", []),
        ("2020-02-07", [3.6]),
        ("2020-03-05", [3.6]),
        ("2020-03-06", [3.5, 3.5]),
        ("2020-04-02", [3.5, 3.5]),
        ("2020-04-03", [3.5, 4.4]),  # February was withdrawn, and is not carried on
    ],
)
def test_a_figure_is_seen_from_its_day_on(as_of: str, expected: list[float]) -> None:
    assert view(as_of, STEPS).series("UNRATE").values.tolist() == expected


def test_positions_and_certificates() -> None:
    seen = view("2020-04-10", STEPS).series("UNRATE")
    assert len(seen) == 2
    assert seen.id == "UNRATE"
    assert seen.index_at(np.datetime64("2019-12-31")) is None
    assert seen.index_at(np.datetime64("2020-02-15")) == 0
    assert seen.at(np.datetime64("2020-02-01")) is None
    last = seen.observation(-1)
    assert (last.series, last.period, last.value) == ("UNRATE", date(2020, 3, 1), 4.4)
    assert (last.known_from, last.unit, last.basis) == (date(2020, 4, 3), "percent", Basis.VINTAGE)
    assert seen.until(np.datetime64("2020-02-29")).values.tolist() == [3.5]
    assert seen.age_days == 10
    empty = view("2020-02-01", STEPS).series("UNRATE")
    assert (empty.fresh, empty.latest, empty.age_days) == (False, None, None)
    frame = seen.to_pandas()
    assert frame.name == "UNRATE"
    assert frame.to_dict() == dict(zip(frame.index, [3.5, 4.4], strict=True))


def test_a_view_remembers_and_an_earlier_one_does_not_share() -> None:
    later = view("2020-04-10", STEPS)
    assert later.series("UNRATE") is later.series("UNRATE")
    earlier = later.at(date(2020, 2, 20))
    assert earlier.series("UNRATE").values.tolist() == [3.6]
    assert repr(earlier) == "View(as_of='2020-02-20', country='US')"


def test_money_in_billions() -> None:
    store = Made(
        WALCL=[("2020-01-01", "2020-01-02", 4_200_000.0)],
        GDP=[("2020-01-01", "2020-04-30", 21_000.0)],
    )
    now = view("2020-05-01", store)
    assert now.series("WALCL").usd_bn().values.tolist() == [4200.0]
    assert now.series("GDP").usd_bn().values.tolist() == [21_000.0]
    assert now.series("WALCL").usd_bn().usd_bn().values.tolist() == [4200.0]
    assert now.series("WALCL").usd_bn().observation(0).unit == "usd_bn"
    with pytest.raises(ConfigError) as caught:
        view("2020-04-10", STEPS).series("UNRATE").usd_bn()
    assert caught.value.message_id == "unit.convert"


# --- age and substitutes ---------------------------------------------------------------------
def test_the_last_day_of_use_is_the_day_of_the_catalogue() -> None:
    info = load_catalogue()["UNRATE"]
    limit = stale_after(info, np.array(["2020-03-01"], dtype="M8[D]"))[0].item()
    assert limit == date(2020, 5, 31) + timedelta(days=info.lag_days)
    assert view(limit, STEPS).series("UNRATE").latest is not None
    late = view(limit + timedelta(days=1), STEPS).series("UNRATE")
    assert late.latest is None
    assert len(late) == 2, "a stale series is still there to be looked at"


def test_substitutes_come_in_order_and_say_for_whom_they_stand() -> None:
    monthly = [("2020-03-01", "2020-04-01", 2600.0)]
    daily = [("2020-04-09", "2020-04-09", 2789.8)]
    shiller = [("2020-03-01", "2020-04-05", 2650.0)]
    store = Made(SPX=daily, SP500_MONTHLY=monthly, SHILLER_PRICE=shiller)
    own = view("2020-04-10", store).resolve("SPX")
    assert (own.id, own.stands_for) == ("SPX", None)
    month = view("2020-04-10", Made(SP500_MONTHLY=monthly, SHILLER_PRICE=shiller)).resolve("SPX")
    assert (month.id, month.stands_for) == ("SP500_MONTHLY", "SPX")
    last = view("2020-04-10", Made(SHILLER_PRICE=shiller)).resolve("SPX")
    assert (last.id, last.stands_for) == ("SHILLER_PRICE", "SPX")
    # A stale series is replaced; where nothing is fresh the series itself is given, stale.
    aged = view("2020-05-15", store).resolve("SPX")
    assert (aged.id, aged.stands_for) == ("SP500_MONTHLY", "SPX")
    none = view("2021-05-15", store).resolve("SPX")
    assert (none.id, none.fresh) == ("SPX", False)


# --- refusals --------------------------------------------------------------------------------
def test_there_is_no_view_without_a_date() -> None:
    parameter = inspect.signature(View).parameters["as_of"]
    assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
    assert parameter.default is inspect.Parameter.empty
    with pytest.raises(TypeError):
        View(date(2020, 1, 1))  # type: ignore[misc]
    with pytest.raises(TypeError):
        View(store=STEPS)  # type: ignore[call-arg,arg-type]


def test_a_later_view_is_look_ahead() -> None:
    now = view("2020-04-10", STEPS)
    assert now.at(date(2020, 4, 10)).as_of == now.as_of
    with pytest.raises(LookAheadError) as caught:
        now.at(date(2020, 4, 11))
    assert caught.value.message_id == "view.later"


@pytest.mark.parametrize(
    "text",
    [
        *("", "2020", "2020-13-01", "2020-02-30", "yesterday", "01.02.2020", "20081128"),
        *("2008-W48-5", "2008-11-28T00:00", " 2008-11-28", "\N{FULLWIDTH DIGIT TWO}008-11-28"),
        *("9" * 5000, 20081128, None, b"2008-11-28", 1.5),
    ],
)
def test_malformed_dates(text: object) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_day(text)
    assert caught.value.message_id == "date.malformed"
    assert len(str(caught.value.params["text"])) <= 60


def test_a_time_is_its_day() -> None:
    assert type(parse_day(datetime(2008, 11, 28, 23, 59, tzinfo=UTC))) is date


def test_without_pandas_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match=r"pandas\.missing"):
        view("2020-04-10", STEPS).series("UNRATE").to_pandas()


def test_the_earliest_date() -> None:
    assert parse_day("2020-02-29") == parse_day(date(2020, 2, 29)) == date(2020, 2, 29)
    assert view(EARLIEST, STEPS).as_of == EARLIEST
    with pytest.raises(ConfigError) as caught:
        view(EARLIEST - timedelta(days=1), STEPS)
    assert caught.value.message_id == "date.early"


def test_an_unknown_series_names_its_neighbours() -> None:
    with pytest.raises(ConfigError) as caught:
        view("2020-04-10", STEPS).series("UNRAET")
    assert caught.value.message_id == "catalogue.unknown"
    assert "UNRATE" in str(caught.value.params["near"])


def test_existence_is_that_of_the_publisher(edition_store: Store) -> None:
    assert not view("2002-12-31", STEPS).exists("DFII10")
    assert view("2003-01-02", STEPS).exists("DFII10")
    assert view("2008-12-15", STEPS).exists("DFEDTAR")
    assert not view("2008-12-16", STEPS).exists("DFEDTAR")


def test_a_catalogue_of_ones_own() -> None:
    own = Catalogue({"UNRATE": load_catalogue()["UNRATE"]}, {}, {})
    now = View(as_of="2020-04-10", store=STEPS, catalogue=own, country="XX")  # type: ignore[arg-type]
    assert now.at(date(2020, 3, 10)).catalogue is own
    assert now.at(date(2020, 3, 10)).country == "XX"
    with pytest.raises(ConfigError):
        now.series("WALCL")


def test_announcements_are_those_made_by_the_date(edition_store: Store) -> None:
    before = view("2008-11-24", edition_store).announcements()
    after = view("2008-11-25", edition_store).announcements()
    assert len(after) > len(before)
    assert all(item.date <= date(2008, 11, 24) for item in before)
    assert {item.date for item in after} - {item.date for item in before} == {date(2008, 11, 25)}


def test_the_default_store_is_the_users(
    monkeypatch: pytest.MonkeyPatch, edition_store: Store
) -> None:
    monkeypatch.setenv("DEBTCYCLE_STORE", str(edition_store.path))
    now = View(as_of="2009-11-30")
    assert now.store.path == edition_store.path
    assert now.series("UNRATE").at(np.datetime64("2009-10-01")) == 10.2
    now.store.close()
    from debtcycle.reference import _opened

    _opened.cache_clear()
