"""A publisher's file of ten thousand days, from its bytes to a series that has been checked."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
from _timing import Measure, timed, write_results

from debtcycle.sources import _table
from debtcycle.sources._grid import grid_of
from debtcycle.sources.parsed import Parsed
from debtcycle.sources.sniff import read_bytes

LINES, COLUMNS = 10_000, 5
DAY = date(2026, 11, 20)
REPEATS = 21


def body(columns: int) -> bytes:
    """Ten thousand days beside so many columns of figures with four decimals."""
    days = (np.datetime64("1999-01-01") + np.arange(LINES)).astype(str)
    waves = 4 + np.sin(np.arange(LINES)[:, None] / (20 + np.arange(columns)))
    figures = np.round(waves, 4).tolist()
    names = ",".join(f"S{n}" for n in range(columns))
    rows = [",".join([day, *map(str, row)]) for day, row in zip(days, figures, strict=True)]
    return "\n".join([f"observation_date,{names}", *rows, ""]).encode()


def ours(data: bytes) -> tuple[Parsed, ...]:
    """All series of a file."""
    parts = read_bytes(data, "file.csv", today=DAY)
    return tuple(part for part in parts if isinstance(part, Parsed))


def cell_by_cell(data: bytes) -> tuple[Parsed, ...]:
    """The same by the plain reference."""
    _table.grid_of = lambda _: None
    try:
        return ours(data)
    finally:
        _table.grid_of = grid_of


def main() -> None:
    """Measure and write the table."""
    import pandas as pd

    measures = []
    for columns in (1, COLUMNS):
        data = body(columns)
        for fast, slow in zip(ours(data), cell_by_cell(data), strict=True):
            assert np.array_equal(fast.values, slow.values)
            assert np.array_equal(fast.periods, slow.periods)
        span = timed(lambda data=data: ours(data), REPEATS)

        def peer(data: bytes = data) -> object:
            return pd.read_csv(io.BytesIO(data), parse_dates=["observation_date"])

        what = f"{LINES:,} days, {columns} column{'s' * (columns > 1)}: read and checked"
        measures += [
            Measure(what, span, None, "pandas read_csv", timed(peer, REPEATS)),
            Measure("the same", span, None, "cell by cell",
                    timed(lambda data=data: cell_by_cell(data), 3)),
        ]  # fmt: skip
    write_results(
        "Files of figures",
        measures,
        notes=["pandas reads without looking for gaps in order, odd cells or a file cut short."],
    )


if __name__ == "__main__":
    main()
