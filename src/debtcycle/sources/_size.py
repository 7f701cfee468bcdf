"""How large a text may be before it is taken apart."""

from __future__ import annotations

from debtcycle.errors import SourceError

__all__ = ["check_cells"]

# Each cell, field or row becomes an object of some hundred bytes. The largest table asked for, all
# months of the Federal Reserve's portfolio by security, has about 1.5 million cells.
_MOST_CELLS, _MOST_ROWS = 3_000_000, 300_000


def check_cells(data: bytes, name: str) -> None:
    """Refuse what would fill the memory once it is read; counting it is cheap.

    Raises
    ------
    SourceError
        ``source.cells``.
    """
    rows = max(data.count(b"\n"), data.count(b"\r"))
    cells = rows + sum(map(data.count, (b",", b"{", b"[")))
    for found, most in ((rows, _MOST_ROWS), (cells, _MOST_CELLS)):
        if found > most:
            raise SourceError("source.cells", name=name, limit=most)
