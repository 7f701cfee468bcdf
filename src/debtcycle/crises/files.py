"""Files of the user's: columns of a CSV, and workbooks of the publishers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats
from debtcycle.crises.history import MacroHistory, macro_history
from debtcycle.errors import SourceError
from debtcycle.sources import bankingcrises, bis, jst
from debtcycle.sources._table import quarter_start, read_table
from debtcycle.sources._workbook import MAX_FILE_BYTES
from debtcycle.sources.parsed import Parsed

__all__ = ["Columns", "read_bis", "read_columns", "read_crises", "read_macro_history"]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of figures beside one of quarters.

    Attributes
    ----------
    names : tuple of str
    quarters : datetime64[D] array, shape (n,)
    values : float64 array, shape (columns, n)
        NaN where the cell is empty.
    rows : tuple of int
        Line of the file of each quarter.
    """

    names: tuple[str, ...]
    quarters: NDArray[np.datetime64]
    values: Floats
    rows: tuple[int, ...]

    def column(self, name: str) -> Floats:
        """One column."""
        found: Floats = self.values[self.names.index(name)]
        return found


def _read(path: Path) -> bytes:
    """The bytes of a file.

    Raises
    ------
    SourceError
        ``source.unreadable`` or ``source.too_large``.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SourceError("source.too_large", name=path.name, limit_mb=MAX_FILE_BYTES // 2**20)
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError("source.unreadable", name=path.name, reason=reason) from error


def read_columns(path: Path, names: tuple[str, ...]) -> Columns:
    """Columns of a CSV whose first column is a quarter or a day in it.

    Parameters
    ----------
    path : Path
    names : tuple of str
        Names of the columns.

    Raises
    ------
    SourceError
        ``source.date`` or ``source.row`` with row and column; SchemaChanged ``source.column``.
    """
    table = read_table(_read(path), path.name)
    days = table.days(0, read=quarter_start)
    values = np.array([table.numbers(table.index(name)) for name in names])
    return Columns(names, days, values, tuple(table.lines()))


def read_bis(path: Path) -> tuple[Parsed, ...]:
    """A file of the BIS with a column a quarter; errors of `sources.bis.parse`."""
    return bis.parse(_read(path), path.name)


def read_crises(path: Path) -> tuple[Parsed, ...]:
    """The list of systemic banking crises; errors of `sources.bankingcrises.parse`."""
    return bankingcrises.parse(_read(path), path.name)


def read_macro_history(path: Path) -> MacroHistory:
    """The Macrohistory Database as tables; errors of `sources.jst.parse`."""
    return macro_history(jst.parse(_read(path), path.name))
