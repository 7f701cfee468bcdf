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

# What a user's own figures may be: the largest published ratio of credit to GDP is below 500 %,
# and no sector's debt is ten years' income. Beyond, the column is of another unit or broken.
MOST_RATIO_PCT, MOST_DEBT_YEARS, MOST_RATE_PCT = 2000.0, 10.0, 1000.0


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

    def trimmed(self) -> Columns:
        """Without the rows before the first and after the last that have all figures."""
        whole = np.flatnonzero(np.isfinite(self.values).all(axis=0))
        kept = slice(int(whole[0]), int(whole[-1]) + 1) if whole.size else slice(0)
        return Columns(self.names, self.quarters[kept], self.values[:, kept], self.rows[kept])

    def plausible_ratio(self, name: str) -> None:
        """Refuse a ratio of credit to GDP in percent that no economy has.

        Raises
        ------
        ConfigError
            ``crises.ratio`` with row and column, for a figure below nought or above 2,000.
        """
        self._within(name, 0.0, MOST_RATIO_PCT, "crises.ratio")

    def plausible_debt(self, debt: str, rate: str) -> None:
        """Refuse debt over a year's income that looks like percent, and absurd rates.

        Raises
        ------
        ConfigError
            ``crises.debt_in_percent`` for more than ten years' income; ``crises.rate_high`` for
            more than 1,000 % a year.
        """
        self._within(debt, -np.inf, MOST_DEBT_YEARS, "crises.debt_in_percent")
        self._within(rate, -np.inf, MOST_RATE_PCT, "crises.rate_high")

    def _within(self, name: str, least: float, most: float, message: str) -> None:
        values = self.column(name)
        beyond = np.flatnonzero((values < least) | (values > most))
        if beyond.size:
            at = int(beyond[0])
            shown = {"value": f"{values[at]:g}", "most": f"{most:,.0f}"}
            raise ConfigError(message, row=self.rows[at], column=name, **shown)


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
    try:
        table = read_table(_read(path), path.name)
        days = table.days(0, read=quarter_start)
        values = np.array([table.numbers(table.index(name)) for name in names])
    except SourceError as error:
        raise _own(error, path.name) from error
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
