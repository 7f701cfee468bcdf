"""An update that is killed again and again, and run once more: nothing shows that it was."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from debtcycle.sources.publishers import load_publishers
from debtcycle.store import Store
from debtcycle.store.verify import lacking, verify
from publishers.world import TODAY
from update.world_server import WorldServer

# The command as it is, on the made-up world's day, and in the haste of a test.
HASTY = f"""
import dataclasses, datetime, importlib, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
command = importlib.import_module("debtcycle.cli.update")
houses = importlib.import_module("debtcycle.update.houses")
command.today = lambda: datetime.date.fromisoformat("{TODAY[1]}")
slow = houses.endpoints
fast = {{"per_second": 1e5, "per_minute": 6e6}}
houses.endpoints = lambda *known: tuple(dataclasses.replace(e, **fast) for e in slow(*known))
from debtcycle.cli.main import main
main()
"""
SMALL = ("UNRATE", "GDP", "DGS10", "WALCL", "ICSA", "SOFR", "MARGIN_DEBT", "fiscaldata")


@pytest.fixture
def world():
    """The made-up publishers, on the first day."""
    server = WorldServer()
    yield server
    server.close()


def started(world: WorldServer, path: Path, named: tuple[str, ...]) -> subprocess.Popen[str]:
    """An update in a process of its own; the store begins empty."""
    if not path.exists():
        path.parent.mkdir()
        Store.create(path).close()
    own = {f"DEBTCYCLE_URL_{name.upper()}": world.address(name) for name in load_publishers()}
    place = {"DEBTCYCLE_STATE": str(path.parent), "DEBTCYCLE_CONFIG": str(path.parent / "none")}
    return subprocess.Popen(
        [sys.executable, "-c", HASTY, "--store", str(path), "update", *named],
        env={**os.environ, **own, **place, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def whole(world: WorldServer, path: Path, named: tuple[str, ...]) -> tuple[str, dict[str, bytes]]:
    """Contents and rows after an update that nobody disturbs."""
    done = started(world, path, named)
    _, error = done.communicate(timeout=180)
    assert done.returncode == 0, error
    with Store(path) as store:
        assert lacking(store) == ()
        verify(store)
        rows = {name: store.rows(name) for name in store.series}
        bits = {
            name: b"".join(
                part.tobytes() for part in (one.periods, one.known_from, one.values, one.basis)
            )
            for name, one in rows.items()
        }
        return store.content_sha256(), bits


@pytest.mark.parametrize(
    ("named", "times"),
    [(SMALL, 3), pytest.param((), 20, marks=pytest.mark.soak)],
    ids=["small", "whole catalogue"],
)
def test_killed_and_run_again_reaches_the_same_contents(world, tmp_path: Path, named, times):
    truth = whole(world, tmp_path / "truth" / "store.sqlite", named)
    asked = len(world.asked)
    assert len(truth[1]) > 8
    chance, path, cut = random.Random(7), tmp_path / "killed" / "store.sqlite", 0
    for _ in range(times):
        before = len(world.asked)
        running = started(world, path, named)
        after = before + chance.randint(1, max(1, asked // times))
        while running.poll() is None and len(world.asked) < after:
            time.sleep(0.001)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        cut += running.returncode == -signal.SIGKILL
        with Store(path) as store:
            verify(store)
    assert cut == times, "each was killed in its work"
    assert whole(world, path, named) == truth
