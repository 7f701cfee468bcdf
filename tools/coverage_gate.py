"""Hold the rooms that decide a verdict to 90 % of lines and, counted apart, of branches.

Usage: ``coverage_gate.py COVERAGE.json`` (as written by ``coverage json``). A total would let a
well-tested room pay for another, and lines would pay for branches; so each must pass alone.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

LOWEST_PCT = 90.0
ROOMS = (
    "catalogue", "store", "views", "indicators", "crises", "cycle", "sfc", "bubbles", "machine",
    "network", "intake", "update", "health",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Covered:
    """Lines and branches of one room: how many there are and how many ran."""

    lines: int
    lines_run: int
    branches: int
    branches_run: int

    @property
    def lines_pct(self) -> float:
        """Share of lines that ran, in percent; 0 for a room without any, so that it fails."""
        return 100.0 * self.lines_run / self.lines if self.lines else 0.0

    @property
    def branches_pct(self) -> float:
        """Share of branches that ran, in percent; 100 where nothing branches."""
        return 100.0 * self.branches_run / self.branches if self.branches else 100.0

    @property
    def enough(self) -> bool:
        """Whether both shares reach the gate."""
        return min(self.lines_pct, self.branches_pct) >= LOWEST_PCT


def measure(report: Path, room: str) -> Covered:
    """Add up the files of one room, a package or a single module."""
    totals = [0, 0, 0, 0]
    keys = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    for name, entry in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        inside = Path(name).parts
        if "debtcycle" not in inside:
            continue
        top = inside[inside.index("debtcycle") + 1].removesuffix(".py")
        if top == room:
            totals = [
                sum(pair) for pair in zip(totals, map(entry["summary"].get, keys), strict=True)
            ]
    return Covered(*totals)


def main(argv: list[str]) -> int:
    """Print one line a room; 1 if any falls short."""
    if len(argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    short = 0
    print(f"coverage      lines  branches   (each at least {LOWEST_PCT:.0f} %)")
    for room in ROOMS:
        got = measure(Path(argv[1]), room)
        short += not got.enough
        mark = "" if got.enough else "   <- falls short"
        print(f"{room:<12} {got.lines_pct:5.1f} %   {got.branches_pct:5.1f} %{mark}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
