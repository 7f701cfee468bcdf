"""What a command loads: the compiler and its libraries only where something is worked with them."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "arch", "llvmlite", "matplotlib", "numba", "pandas", "pyarrow", "scipy", "statsmodels",
)  # fmt: skip


def loaded(*argv: object) -> str:
    """Which of the heavy libraries a command line has loaded in a process of its own."""
    code = (
        "import sys; from debtcycle.cli.main import run\n"
        f"code = run({[str(word) for word in argv]!r})\n"
        f"print(code, sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        ("report", "--as-of", "2026-05-01"),
        ("report", "--as-of", "2026-05-01", "--format", "json"),
        ("report", "--as-of", "2026-05-01", "--format", "html"),
        ("claims", "--as-of", "2026-05-01"),
        ("status",),
        ("series", "show", "GDP"),
    ],
    ids=" ".join,
)
def test_a_report_is_written_without_a_compiler(edition_store, tmp_path, words):
    store = ("--store", edition_store.path)
    assert loaded(*store, *words) == "0 []"


def test_whoever_simulates_loads_it(edition_store, tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("x\n" + "\n".join(str((n * 37 % 101) + 0.1 * n) for n in range(60)))
    assert loaded("bubbles", file, "--column", "x").startswith("0 ['llvmlite', 'numba'")
