"""The commands that keep the store: doctor, quarantine, backup, restore, rebuild, export."""

from __future__ import annotations

import gc
import os
import sqlite3
import stat
import threading

import pytest

from debtcycle import reference
from debtcycle.store import Store

HEAD = "observation_date,UNRATE\n"


@pytest.fixture(autouse=True)
def _none_kept_open():
    forget()


def forget():
    """As in a new process: no store is open."""
    reference._opened.cache_clear()
    gc.collect()


@pytest.fixture
def doubtful(own_store, tmp_path):
    """A file whose figures differ from half a century of those in the store."""
    with Store(own_store) as store:
        rows = store.rows("UNRATE").as_of(store.rows("UNRATE").known_from.max())
    lines = [
        f"{day},{value + 3:.1f}"
        for day, value in zip(rows.periods.astype(str), rows.values.tolist(), strict=True)
        if value == value
    ]
    path = tmp_path / "UNRATE.csv"
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_doctor_says_what_there_is(read, edition_store):
    out = read("doctor").out
    assert sqlite3.sqlite_version in out
    assert ("3.51.3" in out) == (sqlite3.sqlite_version_info < (3, 51, 3))
    assert edition_store.content_sha256() in out
    assert "1 of 1 batches" in out
    assert "All is well." in out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_life_of_what_is_not_believed(call, own_store, doubtful, lang):
    at = ("--lang", lang, "--store", own_store)
    day = ("--retrieved", "2026-11-20")
    done = call(*at, "import", doubtful, *day)
    assert done.code == 0
    assert "UNRATE" in done.out
    for words in (("quarantine", "list"), ("quarantine", "show", "1")):
        shown = call(*at, *words)
        assert (shown.code, "UNRATE" in shown.out, "2026-11-20" in shown.out) == (0, True, True)
    said = "quarantine list"
    for words in (("status",), ("report",), ("report", "--format", "html")):
        out = call(*at, *words).out
        assert ("UNRATE" in out, said in out) == (True, True), words
    assert said not in call(*at, "report", "--as-of", "2020-01-31").out
    table = call(*at, "quarantine", "show", "1", "--format", "csv").out.splitlines()
    assert table[0] == "period,given,in_force"
    assert len(table) > 700
    for words in (("release",), ("release", "1", "--all"), ("drop", "9"), ("show", "9")):
        assert call(*at, "quarantine", *words).code == 2
    before = call(*at, "series", "show", "UNRATE", "--format", "csv").out
    assert call(*at, "quarantine", "release", "--all").code == 0
    after = call(*at, "series", "show", "UNRATE", "--format", "csv").out
    assert after != before
    earlier = ("series", "show", "UNRATE", "--as-of", "2026-11-19", "--format", "csv")
    assert call(*at, *earlier).code == 0
    assert call(*at, "quarantine", "list").out.count("\n") == 1
    assert said not in call(*at, "status").out + call(*at, "report").out
    assert call(*at, "doctor").code == 0


def test_dropping(call, own_store, doubtful):
    at = ("--store", own_store)
    before = call(*at, "series", "show", "UNRATE", "--format", "csv").out
    call(*at, "import", doubtful, "--retrieved", "2026-11-20")
    assert "1 dropped" in call(*at, "quarantine", "drop", "1").out
    assert call(*at, "series", "show", "UNRATE", "--format", "csv").out == before


def test_backup_and_restore(call, own_store, tmp_path):
    at = ("--store", own_store)
    copy = tmp_path / "copy.sqlite"
    assert call(*at, "backup", copy).code == 0
    path = tmp_path / "ICSA.csv"
    path.write_text("observation_date,ICSA\n2026-10-03,225000\n", encoding="utf-8")
    call(*at, "import", path, "--retrieved", "2026-10-16")
    shown = call(*at, "series", "show", "ICSA", "--format", "csv").out
    assert "2026-10-03" in shown
    forget()
    done = call(*at, "restore", copy)
    assert (done.code, ".before-" in done.out) == (0, True)
    assert "2026-10-03" not in call(*at, "series", "show", "ICSA", "--format", "csv").out
    for words, code in (
        (("backup", own_store), 2),
        (("backup", path), 5),
        (("backup", tmp_path), 2),
        (("restore", path), 5),
        (("restore", tmp_path / "none"), 5),
        (("restore", own_store), 5),
    ):
        said = call(*at, *words)
        assert (said.code, len(said.err.splitlines()) <= 3) == (code, True), words
        assert "Traceback" not in said.err


def test_rebuilding(call, own_store, tmp_path):
    at = ("--store", own_store)
    path = tmp_path / "ICSA.csv"
    path.write_text("observation_date,ICSA\n2026-10-03,225000\n", encoding="utf-8")
    call(*at, "import", path, "--retrieved", "2026-10-16")
    forget()
    done = call(*at, "rebuild")
    assert (done.code, "2 batches from archived payloads, 0 taken over" in done.out) == (0, True)
    assert "the same as before" in done.out
    own_store.write_bytes(b"garbage" * 2000)
    assert call(*at, "doctor").code == 5
    done = call(*at, "rebuild")
    assert (done.code, "2 batches" in done.out) == (0, True)
    assert call(*at, "doctor").code == 0


def test_exporting(call, own_store, tmp_path):
    at = ("--store", own_store)
    out = tmp_path / "rows.csv"
    done = call(*at, "export", "--format", "csv", "--out", out)
    assert done.code == 0
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "series,period,known_from,value,basis,batch"
    assert f"{len(lines) - 1} rows" in done.out
    assert call(*at, "export", "--format", "csv", "--out", own_store).code == 2
    assert call(*at, "export", "--out", tmp_path / "none" / "x").code == 2
    assert call(*at, "export").code == 2
    pytest.importorskip("pyarrow", reason="an optional extra, pyarrow, is not installed")
    parquet = tmp_path / "rows.parquet"
    assert call(*at, "export", "--out", parquet).code == 0
    from pyarrow import parquet as reader

    assert reader.read_metadata(parquet).num_rows == len(lines) - 1
    assert not list(tmp_path.glob(".debtcycle-*"))


def test_exporting_into_a_pipe_leaves_it_a_pipe(read, edition_store, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert read("export", "--format", "csv", "--out", pipe).code == 0
    reader.join(timeout=30)
    assert read("export", "--format", "csv", "--out", tmp_path / "plain.csv").code == 0
    assert got == [(tmp_path / "plain.csv").read_bytes()]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert {path.name for path in tmp_path.iterdir()} >= {"pipe", "plain.csv"}
    assert not list(tmp_path.glob(".debtcycle-*"))


@pytest.mark.parametrize(
    "words",
    [
        ("export", "--format", "csv", "--out"),
        ("replay", "--start", "2025-01", "--end", "2025-01", "--out"),
    ],
)
def test_a_full_device_is_said_and_stays_a_device(read, tmp_path, words):
    device = tmp_path / "full"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
        device.open("wb").close()
    except OSError:
        pytest.skip("no device can be made here")
    done = read(*words, device)
    assert (done.code, "No space left" in done.err) == (2, True)
    assert stat.S_ISCHR(device.stat().st_mode)


def test_no_copy_and_no_store_takes_the_place_of_what_is_no_file(call, own_store, tmp_path):
    copy = tmp_path / "copy"
    assert call("--store", own_store, "backup", copy).code == 0
    for place in (tmp_path / "one", tmp_path / "two.archive"):
        os.mkfifo(place)
        assert call("--store", own_store, "backup", place.with_suffix("")).code == 5
        assert stat.S_ISFIFO(place.stat().st_mode)
    for words in (("restore", copy), ("rebuild",)):
        assert call("--store", tmp_path / "one", *words).code != 0
        assert stat.S_ISFIFO((tmp_path / "one").stat().st_mode)
