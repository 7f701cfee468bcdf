"""From files to the store: each file whole or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.intake import Status, find_files, import_file, import_files
from debtcycle.store import Basis, Store
from debtcycle.views import View

HEAD = "observation_date,{id}\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store.sqlite")


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_changed_unit_is_refused_and_nothing_is_stored(store: Store, tmp_path: Path) -> None:
    text = HEAD.format(id="WALCL") + "2025-01-01,6886000\n2025-01-08,6850.1\n"
    result = import_file(store, written(tmp_path, "WALCL.csv", text))
    assert result.status is Status.REFUSED
    assert isinstance(result.error, SchemaChanged)
    assert result.error.message_id == "source.bounds"
    assert result.error.params["period"] == np.datetime64("2025-01-08")
    assert store.series == ()
    assert store.batches() == ()


def test_the_same_file_twice_adds_nothing(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path, "UNRATE.csv", HEAD.format(id="UNRATE") + "2025-06-01,4.1\n")
    assert import_file(store, path).rows == 1
    assert import_file(store, path).status is Status.UNCHANGED
    moved = written(tmp_path / "later", "UNRATE.csv", path.read_text(encoding="utf-8") + "\n")
    assert import_file(store, moved).status is Status.UNCHANGED
    assert len(store.rows("UNRATE")) == 1


def test_a_revision_is_known_from_the_day_its_file_was_fetched(
    store: Store, tmp_path: Path
) -> None:
    first = written(tmp_path, "GDP.csv", HEAD.format(id="GDP") + "2025-01-01,30000\n")
    later = written(tmp_path, "b/GDP.csv", HEAD.format(id="GDP") + "2025-01-01,30100\n")
    import_file(store, first)
    import_file(store, later, retrieved=date(2025, 9, 30))
    quarter = np.datetime64("2025-01-01")
    assert View(as_of="2025-09-29", store=store).series("GDP").at(quarter) == 30000
    assert View(as_of="2025-09-30", store=store).series("GDP").at(quarter) == 30100
    assert set(store.rows("GDP").basis.tolist()) == {Basis.LAGGED, Basis.VINTAGE}


def test_a_revision_without_a_date_is_dated_by_its_import(store: Store, tmp_path: Path) -> None:
    """A third estimate must not slip into the days between the first and the third."""
    first = written(tmp_path, "GDP.csv", HEAD.format(id="GDP") + "2025-01-01,30000\n")
    later = written(tmp_path, "b/GDP.csv", HEAD.format(id="GDP") + "2025-01-01,30100\n")
    import_file(store, first, today=date(2025, 5, 2))
    before = View(as_of="2025-06-30", store=store).series("GDP").values.tolist()
    import_file(store, later, today=date(2025, 7, 1))
    assert View(as_of="2025-06-30", store=store).series("GDP").values.tolist() == before
    now = View(as_of="2025-07-01", store=store).series("GDP")
    assert (now.values.tolist(), now.basis.tolist()) == ([30100], [Basis.LAGGED])


def test_figures_that_are_never_revised_are_kept_and_counted(store: Store, tmp_path: Path) -> None:
    first = written(tmp_path, "DGS10.csv", HEAD.format(id="DGS10") + "2025-01-02,4.57\n")
    other = written(tmp_path, "b/DGS10.csv", HEAD.format(id="DGS10") + "2025-01-02,4.75\n")
    import_file(store, first)
    result = import_file(store, other)
    assert (result.status, result.differing) == (Status.UNCHANGED, 1)
    assert store.rows("DGS10").values.tolist() == [4.57]


def test_a_key_that_the_catalogue_lacks_is_named(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path, "NOSUCH.csv", HEAD.format(id="NOSUCH") + "2025-01-01,1\n")
    result = import_file(store, path)
    assert (result.status, result.unknown) == (Status.UNUSED, ("NOSUCH",))


def test_one_bad_file_does_not_keep_the_others_out(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    written(folder, "UNRATE.csv", HEAD.format(id="UNRATE") + "2025-06-01,4.1\n")
    written(folder, "GDP.csv", "<!DOCTYPE html><html><p>busy</p>")
    written(folder, "notes.md", "not data")
    seen: list[str] = []
    results = import_files(store, [folder], progress=lambda _n, _of, p: seen.append(p.name))
    assert {r.path.name: r.status for r in results} == {
        "UNRATE.csv": Status.IMPORTED,
        "GDP.csv": Status.REFUSED,
    }
    assert sorted(seen) == ["GDP.csv", "UNRATE.csv"]
    assert store.series == ("UNRATE",)


def test_vintage_tables_come_before_workbooks_before_the_rest(tmp_path: Path) -> None:
    for name in ("z.json", "a.csv", "b.xls", "raw_vintages.tar.xz", "v_vintages.parquet"):
        written(tmp_path / "d", name, "x")
    names = [path.name for path in find_files([tmp_path / "d"])]
    assert names == ["v_vintages.parquet", "raw_vintages.tar.xz", "b.xls", "a.csv", "z.json"]
    with pytest.raises(SourceError, match=r"source\.nofile"):
        find_files([tmp_path / "nowhere"])
