"""A run that is cut off goes on from where it was, to the same bytes; and nothing else is used."""

from __future__ import annotations

import dataclasses
import os
import zlib
from pathlib import Path
from typing import Any

import pytest

from debtcycle.machine import simulation
from debtcycle.machine.economy.facts import shipped_openings
from debtcycle.machine.ensemble import EXACT_PATHS, Checkpoint
from debtcycle.machine.ensemble.checkpoint import MARK, MOST_FILES
from debtcycle.machine.experiment import Experiment, open_scenario, prepare
from debtcycle.machine.kept import checkpoint_of, part_bytes, part_of
from debtcycle.machine.published import names
from debtcycle.machine.simulation import Outcome, simulate

News = list[tuple[str, int, int]]


@pytest.fixture(scope="module")
def made() -> Experiment:
    short = dataclasses.replace(open_scenario("qe-into-bubble"), quarters=6)
    return prepare(short, shipped_openings()["bubble"])


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DEBTCYCLE_CACHE", str(tmp_path))


def checkpoint(made: Experiment, paths: int, seed: int = 3, news: News | None = None) -> Checkpoint:
    told = None if news is None else lambda *what: news.append(what)
    found = checkpoint_of(made, paths, seed, every=0.0, told=told)
    assert found is not None
    found.worth = 0.0
    return found


def cut_off(
    made: Experiment, paths: int, after: int, error: type[BaseException], news: News | None = None
) -> None:
    """Run until some chunks are done, then interrupt."""
    seen: list[int] = []

    def progress(done: int, _: int) -> None:
        seen.append(done)
        if len(seen) == after:
            raise error

    with pytest.raises(error):
        simulate(made, paths, seed=3, workers=1, progress=progress,
                 checkpoint=checkpoint(made, paths, news=news))  # fmt: skip


def everything(outcome: Outcome) -> Any:
    fans = [
        outcome.fans[name][side].quantiles.tobytes() + outcome.fans[name][side].mean.tobytes()
        for name in names() for side in ("with", "without", "difference")
    ]  # fmt: skip
    return (
        fans, outcome.phases.tobytes(), outcome.bursts.tobytes(), outcome.window,
        outcome.window_without, outcome.worst_account, outcome.failed, outcome.faults,
    )  # fmt: skip


WHOLE: dict[int, Any] = {}


def whole_run(made: Experiment, paths: int) -> Any:
    """A run that nothing cuts off, made once."""
    if paths not in WHOLE:
        WHOLE[paths] = everything(simulate(made, paths, seed=3, workers=2))
    return WHOLE[paths]


@pytest.mark.parametrize("paths", [640, EXACT_PATHS + 640])
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_what_was_cut_off_goes_on_to_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch, made: Experiment, paths: int, error: type[BaseException]
) -> None:
    """With all values kept, and with bins; interrupted by the reader, and by a fault."""
    whole = whole_run(made, paths)
    news: News = []
    cut_off(made, paths, 4, error, news)
    (what, done, of) = news[-1]
    assert (what, of) == ("kept", paths)
    begun: list[int] = []
    real = simulation._Job.__call__

    def counted(self: Any, seed: int, first: int, number: int) -> Any:
        begun.append(first)
        return real(self, seed, first, number)

    monkeypatch.setattr(simulation._Job, "__call__", counted)
    again = simulate(made, paths, seed=3, workers=1, checkpoint=checkpoint(made, paths, news=news))
    assert everything(again) == whole
    assert news[-1] == ("resumed", done, paths)
    assert min(begun) == done > 0  # what was done is not done again
    assert not checkpoint(made, paths).path.exists()


def test_a_killed_run_loses_what_came_after_the_last_writing_only(made: Experiment) -> None:
    """Nothing is said at the end: the file is there after every chunk."""
    paths, kept = 640, []

    def progress(done: int, _: int) -> None:
        found = checkpoint(made, paths).found()
        kept.append((done, None if found is None else found[1]))

    simulate(made, paths, seed=3, workers=1, progress=progress, checkpoint=checkpoint(made, paths))
    assert [chunks for _, chunks in kept] == list(range(1, len(kept) + 1))


def test_another_seed_size_or_scenario_is_another_run(made: Experiment) -> None:
    other = dataclasses.replace(made.scenario, with_=made.scenario.without)
    start = {**made.start, "chi": made.start["chi"] * (1 + 1e-15)}
    keys = {
        checkpoint(made, 640).key,
        checkpoint(made, 641).key,
        checkpoint(made, 640, seed=4).key,
        checkpoint(dataclasses.replace(made, scenario=other), 640).key,
        checkpoint(dataclasses.replace(made, start=start), 640).key,
        checkpoint(dataclasses.replace(made, scenario=dataclasses.replace(
            made.scenario, quarters=7)), 640).key,
    }  # fmt: skip
    assert len(keys) == 6


@pytest.mark.parametrize("harm", ["torn", "flipped", "foreign", "empty", "sealed"])
def test_a_damaged_file_counts_as_none(made: Experiment, harm: str) -> None:
    cut_off(made, 640, 3, KeyboardInterrupt)
    path = checkpoint(made, 640).path
    data = path.read_bytes()
    body = b"\0" * 8 + zlib.compress(b"nonsense")
    spoilt = {
        "torn": data[: len(data) // 2],
        "flipped": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
        "foreign": b"something else",
        "empty": b"",
        "sealed": MARK + zlib.crc32(body).to_bytes(4, "little") + body,
    }
    path.write_bytes(spoilt[harm])
    assert checkpoint(made, 640).found() is None
    again = simulate(made, 640, seed=3, workers=2, checkpoint=checkpoint(made, 640))
    assert everything(again) == whole_run(made, 640)


def test_few_runs_are_kept_and_the_oldest_go_first(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 3):
        one = Checkpoint(tmp_path, f"run{number}", bytes, bytes, every=0.0)
        assert one.keep(bytes([number]) * 100, 1)
        os.utime(one.path, (1000 + number, 1000 + number))
    left = sorted(path.stem for path in tmp_path.glob("*.run"))
    assert left == [f"run{number}" for number in range(3, MOST_FILES + 3)]
    assert not list(tmp_path.glob("*.part"))


def test_nothing_is_written_before_it_is_worth_it_or_where_it_cannot_be(tmp_path: Path) -> None:
    soon = Checkpoint(tmp_path, "soon", bytes, bytes)
    assert not soon.keep(b"x", 1)
    assert not soon.keep(b"x", 1, leaving=True)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("")
    nowhere = Checkpoint(tmp_path / "file", "no", bytes, bytes, every=0.0)
    assert not nowhere.keep(b"x", 1)


def test_a_reader_without_a_cache_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch, made: Experiment
) -> None:
    monkeypatch.setenv("DEBTCYCLE_CACHE", "")
    assert checkpoint_of(made, 640, 3) is None


def test_a_part_survives_its_bytes_with_its_faults(made: Experiment) -> None:
    job = simulation._Job(made, 640)
    one, two = job(3, 0, 128), job(3, 128, 128)
    copy = part_of(part_bytes(one))
    assert part_bytes(copy) == part_bytes(one)
    assert part_bytes(copy.merge(job(3, 128, 128))) == part_bytes(one.merge(two))
