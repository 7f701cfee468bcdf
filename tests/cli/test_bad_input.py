"""Bad input: one clear message of at most three lines, a documented code, nothing lost."""

from __future__ import annotations

import os
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from importlib.resources import files
from pathlib import Path

import pytest

from debtcycle.cli.output import check_out, write_whole
from debtcycle.errors import ConfigError
from debtcycle.store import Store


def assert_said(done, code):
    assert done.code == code, done
    lines = done.err.strip().splitlines()
    assert 1 <= len(lines) <= 3, done.err
    assert "Traceback" not in done.err
    assert "{" not in done.err
    return done.err


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "words",
    [
        ("series", "show", "UNRATEE"),
        ("series", "show", "UNRATE", "--as-of", "2025-13-01"),
        ("report", "--as-of", "yesterday"),
        ("report", "--as-of", "2025/12/15"),
        ("report", "--as-of", ""),
        ("report", "--as-of", "1900-01-01"),
        ("report", "--as-of", "2027-01-01"),
        ("claims", "--as-of", "2027-01-01"),
        ("report", "--format", "pdf"),
        ("report", "--lang", "fr"),
        ("report", "--bogus"),
        ("bogus",),
        (),
        ("series", "show"),
        ("replay", "--start", "2025-01"),
        ("replay", "--start", "2025-1x", "--end", "2025-02"),
        ("replay", "--start", "2025-03", "--end", "2025-02"),
        ("replay", "--start", "1900-01", "--end", "2025-02"),
        ("replay", "--start", "2025-01", "--end", "2027-02"),
        ("import",),
        ("import", "no/such/file.csv"),
        ("import", ".", "--retrieved", "soon"),
        ("reference", "build", "no/such/folder"),
    ],
)
def test_bad_usage_is_said_in_both_languages(read, lang, words):
    text = assert_said(read("--lang", lang, *words), 2)
    assert any("\u4e00" <= c <= "\u9fff" for c in text) == (lang == "zh")


def test_unknown_series_names_those_that_are_near(read):
    assert "UNRATE" in read("series", "show", "UNRATEE").err
    alone = read("series", "show", "QQQQQQQQ").err
    assert "QQQQQQQQ" in alone
    assert "Near" not in alone


def test_a_future_date_names_the_newest_that_can_be_asked_for(read):
    assert "2026-11-22" in read("report", "--as-of", "2026-11-23").err


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is not a database" * 100)


def _truncated(path: Path) -> None:
    with Store.create(path) as store:
        assert store.series == ()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    path.write_bytes(path.read_bytes()[:5000])


def _newer(path: Path) -> None:
    Store.create(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def _empty(path: Path) -> None:
    path.touch()


@pytest.mark.parametrize("broken", [_garbage, _truncated, _newer, _empty])
@pytest.mark.parametrize(
    "words", [("status",), ("doctor",), ("report",), ("series", "show", "UNRATE")]
)
def test_a_broken_store_ends_with_five_and_a_remedy(call, tmp_path, broken, words):
    path = tmp_path / "broken.sqlite"
    broken(path)
    before = path.read_bytes()
    text = assert_said(call("--store", path, *words), 5)
    assert str(path) in text
    assert len(text.strip().splitlines()) >= 2, "what is wrong, and what to do"
    assert path.read_bytes() == before


def test_a_store_under_a_file_is_a_problem_of_the_store(call, tmp_path):
    (tmp_path / "file").write_text("x")
    assert_said(call("--store", tmp_path / "file" / "store.sqlite", "status"), 5)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_folder_is_a_problem_of_the_store(call, tmp_path):
    folder = tmp_path / "sealed"
    folder.mkdir(mode=0o500)
    assert_said(call("--store", folder / "store.sqlite", "status"), 5)


def test_doctor_finds_a_figure_that_was_changed(call, own_store):
    connection = sqlite3.connect(own_store)
    connection.execute(
        "UPDATE piece SET packed = CAST(zeroblob(8) || substr(packed, 9) AS BLOB) WHERE series = 1"
    )
    connection.commit()
    connection.close()
    text = assert_said(call("--store", own_store, "doctor"), 5)
    assert "reference edition" in text


def test_a_web_page_and_a_cut_file_are_refused_and_the_rest_is_stored(call, own_store, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "page.csv").write_text("<!DOCTYPE html>\n<html><body>Not found</body></html>\n")
    (folder / "PAYEMS.csv").write_text("observation_date,PAYEMS\n2025-01-01,1\n2025-02-0")
    (folder / "ICSA.csv").write_text(
        "observation_date,ICSA\n2026-10-03,225000\n2026-10-10,226000\n"
    )
    done = call("--store", own_store, "import", folder)
    assert done.code == 3
    assert "page.csv" in done.out
    assert "web page" in done.out
    assert "1 imported, 0 unchanged, 0 unused, 2 refused" in done.out
    shown = call("--store", own_store, "series", "show", "ICSA", "--format", "csv")
    assert "2026-10-10,226000.0" in shown.out


@pytest.mark.parametrize(
    "words",
    [("report", "--as-of", "1925-03-01"), ("replay", "--start", "2025-01", "--end", "2025-01")],
)
def test_out_must_be_a_place_for_a_file(read, tmp_path, words):
    assert_said(read(*words, "--out", tmp_path), 2)
    assert_said(read(*words, "--out", tmp_path / "none" / "x.txt"), 2)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_left_as_it_was(read, tmp_path, monkeypatch):
    out = tmp_path / "r.csv"
    out.write_text("before")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    text = assert_said(read("replay", "--start", "2025-01", "--end", "2025-01", "--out", out), 2)
    assert "No space left" in text
    assert out.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_whole(pipe, b"text\n")
    reader.join(timeout=30)
    assert got == [b"text\n"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_socket_is_refused_and_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("s")
        with pytest.raises(ConfigError, match=r"out\.failed"):
            write_whole(Path("s"), b"text")
    assert stat.S_ISSOCK(Path("s").stat().st_mode)


def test_links_are_followed_and_circles_refused(tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    link.symlink_to(real)
    write_whole(link, b"new")
    assert (link.is_symlink(), real.read_bytes()) == (True, b"new")
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / one).symlink_to(tmp_path / other)
    with pytest.raises(ConfigError, match=r"out\.failed"):
        write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").is_symlink()


@pytest.mark.parametrize("end", ["", "-wal", "-shm", ".lock", ".replay.json"])
def test_the_store_is_never_written_over(call, own_store, tmp_path, end):
    kept = own_store.with_name(own_store.name + end)
    before = kept.read_bytes() if kept.exists() else None
    link = tmp_path / "innocent.csv"
    link.symlink_to(kept)
    for out in (kept, link):
        words = ("replay", "--start", "2025-01", "--end", "2025-01", "--out", out)
        assert_said(call("--store", own_store, *words), 2)
    assert (kept.read_bytes() if kept.exists() else None) == before


def test_the_store_of_the_environment_and_the_shipped_figures_are_kept(read, monkeypatch, tmp_path):
    home = tmp_path / "other.sqlite"
    home.write_bytes(b"kept")
    monkeypatch.setenv("DEBTCYCLE_STORE", str(home))
    shipped = Path(str(files("debtcycle.reference"))) / "edition.xz"
    for out in (home, shipped):
        # A dry refusal: `check_out` must say no before anything could be written.
        with pytest.raises(ConfigError, match=r"out\.own"):
            check_out(out)
    words = ("replay", "--start", "2025-01", "--end", "2025-01")
    assert_said(read(*words, "--out", home), 2)
    assert home.read_bytes() == b"kept"


def test_a_name_that_is_too_long(read, tmp_path):
    words = ("replay", "--start", "2025-01", "--end", "2025-01", "--out")
    assert_said(read(*words, tmp_path / ("x" * 300)), 2)
    assert list(tmp_path.iterdir()) == []


def test_a_long_name_that_is_allowed(tmp_path):
    write_whole(tmp_path / ("x" * 255), b"text")
    assert [path.name for path in tmp_path.iterdir()] == ["x" * 255]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("words", [("series", "list"), ("--version",), ("claims", "--help")])
def test_a_full_screen_is_no_fault_of_the_program(edition_store, words):
    argv = [sys.executable, "-m", "debtcycle", "--store", str(edition_store.path), *words]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(argv, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert 1 <= len(done.stderr.splitlines()) <= 3
    assert "No space left" in done.stderr


def test_a_folder_that_takes_no_new_file(read, tmp_path, monkeypatch):
    def denied(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", denied)
    assert_said(
        read("replay", "--start", "2025-01", "--end", "2025-01", "--out", tmp_path / "r.csv"), 2
    )


def test_a_fault_of_the_program_is_two_lines_and_a_traceback_only_with_debug(read, monkeypatch):
    def fails() -> None:
        raise RuntimeError("a fault\nover two lines")

    monkeypatch.setattr("debtcycle.catalogue.load_catalogue", fails)
    assert "--debug" in assert_said(read("series", "show", "UNRATE"), 1)
    assert "Traceback" in read("--debug", "series", "show", "UNRATE").err


def test_an_interruption_is_said_in_one_line(read, monkeypatch):
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("debtcycle.catalogue.load_catalogue", stopped)
    assert_said(read("series", "show", "UNRATE"), 130)
