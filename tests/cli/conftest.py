"""One way to call the command line, and one store that no test changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from debtcycle.cli import session as session_module
from debtcycle.cli.main import run
from debtcycle.store import Store

TODAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Done:
    """What a call left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _calm_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A fixed day, no language from outside, and no store but the one that is named."""
    for module in ("session", "replay", "report"):
        monkeypatch.setattr(f"debtcycle.cli.{module}.today", lambda: TODAY)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DEBTCYCLE_STORE", str(tmp_path / "home" / "store.sqlite"))
    assert session_module.today() == TODAY


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run one command line in this process."""

    def made(*argv: object) -> Done:
        capsys.readouterr()
        code = run([str(word) for word in argv])
        seen = capsys.readouterr()
        return Done(code, seen.out, seen.err)

    return made


@pytest.fixture
def read(call: Callable[..., Done], edition_store: Store) -> Callable[..., Done]:
    """Run a command that only reads, on the edition."""
    return lambda *argv: call("--store", edition_store.path, *argv)


@pytest.fixture
def own_store(edition_store: Store, tmp_path: Path) -> Path:
    """A copy of the edition that a test may write to or break."""
    path = tmp_path / "own.sqlite"
    for end in ("", "-wal", "-shm", ".archive"):
        beside = edition_store.path.with_name(edition_store.path.name + end)
        if beside.exists():
            shutil.copy(beside, path.with_name(path.name + end))
    return path
