"""What a command loads: the compiler and its libraries only where something is worked with them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

HEAVY = (
    "arch", "llvmlite", "matplotlib", "numba", "pandas", "pyarrow", "scipy", "statsmodels",
)  # fmt: skip


def loaded(*lines: Sequence[object]) -> list[str]:
    """Which of the heavy libraries command lines have loaded, one after another in one process."""
    code = (
        "import sys; from debtcycle.cli.main import run\n"
        f"for words in {[[str(word) for word in words] for words in lines]!r}:\n"
        "    code = run(words)\n"
        f"    print('>', code, sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [line[2:] for line in done.stderr.splitlines() if line.startswith("> ")]


REPORT = ("report", "--as-of", "2026-05-01")


def test_a_report_is_written_without_a_compiler(edition_store):
    store = ("--store", edition_store.path)
    lines = [
        (*store, "status"),
        (*store, "series", "show", "GDP"),
        (*store, *REPORT),
        (*store, *REPORT, "--format", "json"),
        (*store, *REPORT, "--format", "html"),
        (*store, "claims", "--as-of", "2026-05-01"),
    ]
    assert loaded(*lines) == ["0 []"] * len(lines)


def test_whoever_simulates_loads_it(edition_store, tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("x\n" + "\n".join(str((n * 37 % 101) + 0.1 * n) for n in range(60)))
    (line,) = loaded(["bubbles", file, "--column", "x"])
    assert line.startswith("0 ['llvmlite', 'numba'")
