"""Stopped at every step, by a kill and by a full disk: nothing half-made, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from debtcycle.intake import import_file
from debtcycle.store import Store
from debtcycle.store.copies import backup
from debtcycle.store.verify import lacking, verify
from store import failing
from store.old_schema import write_old_store

MONTHS = [f"{year}-{month:02d}-01" for year in range(2020, 2024) for month in range(1, 13)]


def written(folder: Path, scale: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{month},{scale * (4 + n % 3):.1f}" for n, month in enumerate(MONTHS)]
    text = "observation_date,UNRATE\n" + "\n".join(lines) + "\n"
    (folder / "UNRATE.csv").write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with one batch, and files: two that are believed, one that is kept apart."""
    folder = tmp_path / "work"
    written(folder, 1.0)
    written(folder / "b", 1.5)
    (folder / "ICSA.csv").write_text(
        "observation_date,ICSA\n2026-10-03,225000\n2026-10-10,226000\n", encoding="utf-8"
    )
    first = tmp_path / "first" / "GDP.csv"
    first.parent.mkdir()
    first.write_text("observation_date,GDP\n2025-01-01,30000\n", encoding="utf-8")
    with Store.create(folder / "store.sqlite") as store:
        import_file(store, first, retrieved=failing.DAY, today=failing.DAY)
    return folder


@dataclass(frozen=True, slots=True)
class Ended:
    at: Path
    code: int
    batches: int


def stopped(work: str, folder: Path, how: str, first: int = 1, stride: int = 1) -> list[Ended]:
    """Children stopped at each step; the last one came through."""
    done = subprocess.run(
        [sys.executable, failing.__file__, work, str(folder), how, str(first), str(stride)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        timeout=500,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [Ended(Path(line["at"]), line["code"], line["batches"]) for line in found]


def state(folder: Path, name: str = "store.sqlite") -> tuple[str, int, int]:
    """Contents, batches and held lines of a store that must be whole, with all its payloads."""
    with Store(folder / name) as store:
        batches = verify(store)
        assert lacking(store) == ()
        for series in store.series:
            assert len(store.rows(series))
        return store.content_sha256(), len(batches), len(store.quarantine())


def expected(folder: Path) -> dict[int, str]:
    """Contents after each number of batches, uninterrupted."""
    copy = folder.with_name("truth")
    shutil.copytree(folder, copy)
    found = {1: state(copy)[0]}
    failing.WORKS["import"](copy, lambda n: found.update({n: state(copy)[0]}))
    return found


@pytest.mark.parametrize(
    ("how", "code", "stride"),
    [
        ("kill", -9, 7),
        ("full", 5, 9),
        pytest.param("kill", -9, 1, marks=pytest.mark.soak),
        pytest.param("full", 5, 1, marks=pytest.mark.soak),
    ],
)
def test_an_import_stopped_at_any_step(folder: Path, how: str, code: int, stride: int) -> None:
    truth = expected(folder)
    assert sorted(truth) == [1, 2, 3, 4]
    children = stopped("import", folder, how, stride=stride)
    assert len(children) * stride > 40, "there are that many steps"
    for child in children:
        # Moving the log into the file may fail: what is in the log is stored, and work goes on.
        moved = child.code == 1 and child.batches == 4
        assert child.code in {code, 0} or moved, child
        content, batches, _ = state(child.at)
        assert content == truth[batches], "a batch is whole or not there"
        assert batches >= child.batches, "what was acknowledged is there"
        failing.WORKS["import"](child.at, lambda _: None)
        assert state(child.at)[0] == truth[4], "done again it comes to the same"
        assert not list(child.at.glob("*.new*"))
        shutil.rmtree(child.at)


@pytest.mark.parametrize("how", ["kill", "full"])
@pytest.mark.parametrize("stride", [13, pytest.param(1, marks=pytest.mark.soak)])
def test_a_migration_stopped_at_any_step(tmp_path: Path, how: str, stride: int) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    content = write_old_store(folder / "store.sqlite")
    for child in stopped("migrate", folder, how, stride=stride):
        with Store(child.at / "store.sqlite") as store:
            assert store.content_sha256() == content
            assert len(verify(store)) == 2
        if child.code in {0, 5}:  # killed, or kept from removing it: the next one does
            assert not list(child.at.glob("*.new*"))


@pytest.mark.parametrize("how", ["kill", "full"])
@pytest.mark.parametrize("work", ["restore", "rebuild", "backup"])
@pytest.mark.parametrize("stride", [19, pytest.param(1, marks=pytest.mark.soak)])
def test_copying_stopped_at_any_step(folder: Path, work: str, how: str, stride: int) -> None:
    """There is a whole store at every moment: the present one or the new one."""
    backup(folder / "store.sqlite", folder / "copy.sqlite")
    failing.WORKS["import"](folder, lambda _: None)
    present = state(folder)
    copied = state(folder, "copy.sqlite")
    assert present != copied
    for child in stopped(work, folder, how, stride=stride):
        assert child.code != 8
        with Store(child.at / "store.sqlite") as store:
            got = store.content_sha256(), len(verify(store)), len(store.quarantine())
        assert got in {present, copied}
        if child.code == 0 and work == "restore":
            assert got == copied
        if work == "backup" and (child.at / "new.sqlite").exists():
            assert state(child.at, "new.sqlite") == present
        failing.WORKS[work](child.at, lambda _: None)
        assert state(child.at) == (copied if work == "restore" else present)
        shutil.rmtree(child.at)
