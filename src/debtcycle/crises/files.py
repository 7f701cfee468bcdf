"""Files of the user's: columns of a CSV, and workbooks of the publishers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats
from debtcycle.crises.history import MacroHistory, macro_history
from debtcycle.errors import ConfigError, SourceError
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

    def until(self, last: np.datetime64) -> Columns:
        """The rows of quarters up to and including one, by its first day."""
        kept = self.quarters <= last
        rows = tuple(row for row, there in zip(self.rows, kept, strict=True) if there)
        return Columns(self.names, self.quarters[kept], self.values[:, kept], rows)


def _read(path: Path) -> bytes:
    """The bytes of a file.

    Raises
    ------
    ConfigError
        ``crises.file_unreadable`` or ``crises.file_large``: the user named it.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError("crises.file_large", name=path.name, limit_mb=MAX_FILE_BYTES // 2**20)
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError("crises.file_unreadable", name=path.name, reason=reason) from error


_OWN = {
    "source.column": "column", "source.row": "cell", "source.date": "date", "source.empty": "empty",
}  # fmt: skip


def _own(error: SourceError, name: str) -> ConfigError:
    """What is wrong with a publisher's file, as it is said of the user's own."""
    kind = _OWN.get(error.message_id, "form")
    return ConfigError(f"crises.file_{kind}", **{"name": name, "row": 1} | error.params)


def read_columns(path: Path, names: tuple[str, ...]) -> Columns:
    """Columns of a CSV whose first column is a quarter or a day in it.

    Parameters
    ----------
    path : Path
    names : tuple of str
        Names of the columns.

    Raises
    ------
    ConfigError
        ``crises.file_date`` or ``crises.file_cell`` with row and column, ``crises.file_column``,
        ``crises.file_empty``, ``crises.file_form``: the file is the user's own, and not that of a
        publisher to be asked again.
    """
<<<<<<< HEAD
    table = read_table(_read(path), path.name)
    days = table.days(0, read=quarter_start)
    values = np.array([table.numbers(table.index(name)) for name in names])
    return Columns(names, days, values, tuple(table.lines()))
=======
    try:
        table = read_table(_read(path), path.name)
        days = table.days(0, read=quarter_start)
        values = np.array([table.numbers(table.index(name)) for name in names])
    except SourceError as error:
        raise _own(error, path.name) from error
    return Columns(names, np.array(days, dtype="datetime64[D]"), values, tuple(table.lines()))
>>>>>>> w/cri


def read_bis(path: Path) -> tuple[Parsed, ...]:
    """A file of the BIS with a column a quarter; errors of `sources.bis.parse`."""
    return bis.parse(_read(path), path.name)


def read_crises(path: Path) -> tuple[Parsed, ...]:
    """The list of systemic banking crises; errors of `sources.bankingcrises.parse`."""
    return bankingcrises.parse(_read(path), path.name)


def read_macro_history(path: Path) -> MacroHistory:
    """The Macrohistory Database as tables; errors of `sources.jst.parse`."""
    return macro_history(jst.parse(_read(path), path.name))
