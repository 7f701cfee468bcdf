"""Timing by the median of repeats, and a table that goes into benchmarks/RESULTS.md."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table: what, its figure, its bar, and a peer in the same run."""

    name: str
    seconds: float
    bar_seconds: float | None = None
    peer: str | None = None
    peer_seconds: float | None = None
    bar_ratio: float | None = None  # times as fast as the peer

    @property
    def ratio(self) -> float | None:
        """Times as fast as the peer."""
        return None if self.peer_seconds is None else self.peer_seconds / self.seconds

    @property
    def missed(self) -> bool:
        """Whether a bar is not met; one against a peer that is not there cannot be."""
        slow = self.bar_seconds is not None and self.seconds > self.bar_seconds
        return slow or (
            self.bar_ratio is not None and self.ratio is not None and self.ratio < self.bar_ratio
        )

    def row(self) -> str:
        """The line as Markdown."""
        bars = [] if self.bar_seconds is None else [f"{self.bar_seconds:g} s"]
        bars += [] if self.bar_ratio is None else [f"{self.bar_ratio:g} times"]
        bar = ", ".join(bars)
        ratio = "" if self.ratio is None else f"{self.ratio:.1f}"
        return f"| {self.name} | {_shown(self.seconds)} | {bar} | {self.peer or ''} | {ratio} |"


def _shown(seconds: float) -> str:
    if seconds < 2e-5:
        return f"{seconds * 1e6:.2f} us"
    return f"{seconds * 1e3:.2f} ms" if seconds < 0.1 else f"{seconds:.2f} s"


def timed(work: Callable[[], object], repeats: int = 5) -> float:
    """Median wall time of a call, in seconds."""
    spans = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        spans.append(time.perf_counter() - start)
    return median(spans)


def command(*words: str, env: dict[str, str], repeats: int = 5) -> float:
    """Median wall time of a command in a fresh process, in seconds, after one warm-up."""

    def run() -> None:
        subprocess.run([sys.executable, *words], env=env, check=True, capture_output=True)

    run()
    return timed(run, repeats)


def write_results(title: str, measures: list[Measure], *, notes: list[str]) -> None:
    """Print the table, and replace the section of that title in RESULTS.md."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    lines = [
        f"## {title}",
        "",
        f"Measured on {machine}.",
        "",
        "| what | median | bar | peer in the same run | times as fast |",
        "| --- | --- | --- | --- | --- |",
        *(measure.row() for measure in measures),
        "",
        *notes,
        "",
    ]
    text = "\n".join(lines)
    print(text)
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Benchmarks\n"
    head, _, rest = old.partition(f"## {title}\n")
    _, mark, tail = rest.partition("\n## ")
    RESULTS.write_text(
        f"{head.rstrip()}\n\n{text}" + (f"\n## {tail}" if mark else ""), encoding="utf-8"
    )
