"""The gate of coverage must close: on a weak room, on weak branches, on a room nobody measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOMS = (
    "catalogue", "store", "views", "indicators", "crises", "cycle", "sfc", "bubbles", "machine",
    "network", "intake", "update", "health",
)  # fmt: skip


def gate(repository: Path, folder: Path, files: dict[str, tuple[int, int, int, int]]) -> int:
    keys = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    report = folder / "coverage.json"
    entries = {
        f"src/debtcycle/{name}": {"summary": dict(zip(keys, counts, strict=True))}
        for name, counts in files.items()
    }
    report.write_text(json.dumps({"files": entries}), encoding="utf-8")
    command = [sys.executable, str(repository / "tools" / "coverage_gate.py"), str(report)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def well_covered() -> dict[str, tuple[int, int, int, int]]:
    packages = {f"{room}/part.py": (100, 95, 20, 19) for room in ROOMS if room != "views"}
    return {**packages, "views.py": (100, 90, 20, 18)}


def test_passes_where_every_room_is_covered(repository: Path, tmp_path: Path) -> None:
    assert gate(repository, tmp_path, well_covered()) == 0


def test_one_room_cannot_pay_for_another(repository: Path, tmp_path: Path) -> None:
    files = {**well_covered(), "cycle/part.py": (100, 89, 20, 20)}
    assert gate(repository, tmp_path, files) == 1


def test_lines_cannot_pay_for_branches(repository: Path, tmp_path: Path) -> None:
    files = {**well_covered(), "store/part.py": (1000, 1000, 20, 17)}
    assert gate(repository, tmp_path, files) == 1


def test_files_of_a_room_are_added_up(repository: Path, tmp_path: Path) -> None:
    files = {**well_covered(), "cycle/other.py": (100, 80, 0, 0)}
    assert gate(repository, tmp_path, files) == 1


def test_a_room_that_was_not_measured_fails(repository: Path, tmp_path: Path) -> None:
    files = {name: counts for name, counts in well_covered().items() if name != "views.py"}
    assert gate(repository, tmp_path, files) == 1
