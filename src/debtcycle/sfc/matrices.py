"""The accounts as tables: in symbols, in numbers, as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from debtcycle.sfc.accounts import Accounts, Matrix
from debtcycle.sfc.evaluation import evaluate
from debtcycle.sfc.expression import Graph, Symbol
from debtcycle.sfc.printing import expression_text, latex_text
from debtcycle.sfc.report import aligned

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Matrices", "Table", "numeric_matrices", "symbolic_cells"]

SUM = "sum"


def _shown(value: float) -> str:
    """Two digits, and no minus before nought."""
    text = f"{value:,.2f}"
    return "0.00" if text == "-0.00" else text


@dataclass(frozen=True, slots=True)
class Table:
    """A matrix in numbers, with sums.

    Attributes
    ----------
    values : float64 array, shape (rows, columns)
        NaN where a cell is empty.
    row_sums, column_sums : float64 arrays
    size : float
        Largest cell, to which a residual is compared.
    """

    kind: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: NDArray[np.float64]

    @property
    def row_sums(self) -> NDArray[np.float64]:
        """Sum of each row."""
        return np.asarray(np.nansum(self.values, axis=1))

    @property
    def column_sums(self) -> NDArray[np.float64]:
        """Sum of each column."""
        return np.asarray(np.nansum(self.values, axis=0))

    @property
    def size(self) -> float:
        """Largest absolute cell; 0 for an empty matrix."""
        return float(np.nanmax(np.abs(self.values), initial=0.0))

    def to_pandas(self) -> pd.DataFrame:
        """As a frame with a row and a column of sums."""
        import pandas as pd

        frame = pd.DataFrame(self.values, index=list(self.rows), columns=list(self.columns))
        frame[SUM] = self.row_sums
        frame.loc[SUM] = [*self.column_sums, self.values[~np.isnan(self.values)].sum()]
        return frame

    def __str__(self) -> str:
        cells = [
            ["" if np.isnan(v) else _shown(v) for v in (*row, total)]
            for row, total in zip(self.values, self.row_sums, strict=True)
        ]
        cells.append([_shown(v) for v in (*self.column_sums, self.column_sums.sum())])
        head = ["", *self.columns, SUM]
        lines = [[name, *row] for name, row in zip((*self.rows, SUM), cells, strict=True)]
        return aligned([head, *lines], right=True)


@dataclass(frozen=True, slots=True)
class Matrices:
    """The three matrices of one period and path."""

    balance_sheet: Table
    transaction_flows: Table
    revaluation: Table


def _table(graph: Graph, matrix: Matrix, of: Callable[[Symbol], float]) -> Table:
    values = np.full((len(matrix.rows), len(matrix.columns)), np.nan)
    found = evaluate(graph, [node for _, _, node in matrix.cells], of)
    for (row, column, _), value in zip(matrix.cells, found, strict=True):
        values[matrix.rows.index(row), matrix.columns.index(column)] = value
    return Table(matrix.kind, matrix.rows, matrix.columns, values)


def _with_wealth(table: Table) -> Table:
    """The balance sheet with net worth, which closes its columns."""
    if not len(table.rows):
        return table
    wealth = -np.nansum(table.values, axis=0)
    return Table(
        table.kind, (*table.rows, "net_worth"), table.columns, np.vstack([table.values, wealth])
    )


def numeric_matrices(graph: Graph, accounts: Accounts, of: Callable[[Symbol], float]) -> Matrices:
    """Matrices in numbers, given the values of symbols."""
    return Matrices(
        _with_wealth(_table(graph, accounts.balance_sheet, of)),
        _table(graph, accounts.transaction_flows, of),
        _table(graph, accounts.revaluation, of),
    )


def symbolic_cells(graph: Graph, matrix: Matrix, *, latex: bool = False) -> list[list[str]]:
    """Cells as text in the language's notation, or as LaTeX; empty where there is none."""
    spell = latex_text if latex else expression_text
    cells = [["" for _ in matrix.columns] for _ in matrix.rows]
    for row, column, node in matrix.cells:
        cells[matrix.rows.index(row)][matrix.columns.index(column)] = spell(graph, node)
    return cells
