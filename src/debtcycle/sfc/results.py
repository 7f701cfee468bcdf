"""What a run gives: labelled arrays, accounts, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ModelError
from debtcycle.sfc.evaluation import evaluate
from debtcycle.sfc.expression import Symbol
from debtcycle.sfc.matrices import Matrices, numeric_matrices
from debtcycle.sfc.model import Model, Parameter, Variable
from debtcycle.sfc.printing import equation_text
from debtcycle.sfc.program import Program
from debtcycle.sfc.state import State

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AccountResidual", "Failure", "Origin", "Run"]

Values = NDArray[np.float64]
_CAUSES = ("redundant", "balance_sheet", "revaluation", "transaction_flows")
GUESSES = ("previous", "ones", "minus_ones")


@dataclass(frozen=True, slots=True)
class Failure:
    """A period of a path that did not solve.

    Attributes
    ----------
    variable, equation : str
        The equation with the largest residual, and the variable that it was to give.
    residual : float
        Relative to the largest term of the equation; infinite where it is not a number.
    line : int
        Line of the equation in the model's text.
    """

    variable: str
    equation: str
    period: int
    path: int
    residual: float
    line: int


@dataclass(frozen=True, slots=True)
class AccountResidual:
    """Largest residual of one identity over all periods, relative to the size of its matrix."""

    kind: str
    side: str
    label: str
    period: int
    path: int
    residual: float
    line: int


@dataclass(frozen=True, slots=True)
class Origin:
    """From where Newton's method found a variable.

    Attributes
    ----------
    guess : {"recursive", "previous", "ones", "minus_ones"}
        "recursive" where the variable is computed and not solved for.
    values : dict of str to float
        Where the block's variables began.
    """

    guess: str
    values: dict[str, float]


class Run:
    """Variables and parameters by period and path; period 0 is the start row.

    ``run["Y"]`` has shape (periods + 1, paths).
    """

    def __init__(self, model: Model, program: Program, state: State) -> None:
        self.model, self.program, self.state = model, program, state

    def __repr__(self) -> str:
        return f"<Run of {self.model.name}: {self.periods} periods, {self.paths} paths>"

    @property
    def _first(self) -> int:
        return self.program.max_lag - 1

    @property
    def periods(self) -> int:
        """Periods that were run."""
        return len(self.state.history) - self._first - 1

    @property
    def paths(self) -> int:
        """Number of paths."""
        return int(self.state.history.shape[2])

    @property
    def names(self) -> tuple[str, ...]:
        """Variables that are kept, then parameters."""
        return (*self.kept, *self.model.parameters)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """Variables whose history is kept, in the order of the model."""
        names = list(self.model.variables)
        return tuple(names[number] for number in self.state.kept.tolist())

    @property
    def units(self) -> dict[str, str | None]:
        """Unit of every variable and parameter; None where the model does not say."""
        entries: list[Variable | Parameter] = [
            *self.model.variables.values(),
            *self.model.parameters.values(),
        ]
        return {entry.name: entry.unit for entry in entries}

    def __getitem__(self, name: str) -> Values:
        """A variable or parameter, shape (periods + 1, paths).

        Raises
        ------
        ModelError
            ``model.no_name``.
        """
        return self._rows(name)[self._first :]

    def _rows(self, name: str) -> Values:
        """The same with all start rows."""
        if name in self.kept:
            return self.state.history[:, self.kept.index(name)]
        if name in self.model.variables:
            raise ModelError("model.not_kept", name=name)
        given = list(self.model.parameters)
        if name not in given:
            raise ModelError("model.no_name", name=name, near=self.model.near(name))
        column = given.index(name)
        found = np.repeat(self.state.shared[:, column][:, None], self.paths, axis=1)
        for number in np.argsort(self.state.changes[:, 1], kind="stable").tolist():
            which, first = self.state.changes[number].tolist()
            if which == column:
                found[first:] = self.state.values[number]
        return found

    def array(self) -> Values:
        """All kept variables, shape (variables, periods + 1, paths), in the order of the model."""
        return self.state.history[self._first :].swapaxes(0, 1)

    def to_pandas(self, path: int | None = None) -> pd.DataFrame:
        """Variables and parameters as columns, indexed by period ``t``, or by path and ``t``.

        Parameters
        ----------
        path : int, optional
            One path; by default all, or the only one.

        Raises
        ------
        ModelError
            ``model.path``.
        """
        import pandas as pd

        if path is None and self.paths == 1:
            path = 0
        if path is not None:
            self.check_path(path)
            index = pd.RangeIndex(self.periods + 1, name="t")
            return pd.DataFrame({name: self[name][:, path] for name in self.names}, index=index)
        product = pd.MultiIndex.from_product(
            [range(self.paths), range(self.periods + 1)], names=["path", "t"]
        )
        return pd.DataFrame({name: self[name].T.ravel() for name in self.names}, index=product)

    def check_path(self, path: int) -> None:
        """Refuse the number of a path that there is not.

        Raises
        ------
        ModelError
            ``model.path``.
        """
        if not 0 <= path < self.paths:
            raise ModelError("model.path", path=path, paths=self.paths)

    def last_rows(self) -> list[dict[str, Values]]:
        """The last rows by name, the oldest first: a start for the next run.

        Raises
        ------
        ModelError
            ``model.not_kept`` if not every variable is kept.
        """
        for name in self.model.variables:
            self._rows(name)
        lags = self.program.max_lag
        return [
            {name: self._rows(name)[-back] for name in self.names} for back in range(lags, 0, -1)
        ]

    def matrices(self, period: int, path: int = 0) -> Matrices:
        """Balance sheet, transaction flows and revaluation in numbers, with their sums.

        Raises
        ------
        ModelError
            ``model.period`` if there is no such period or path; flows need one before.
        """
        if not 1 <= period <= self.periods or not 0 <= path < self.paths:
            raise ModelError("model.period", period=period, periods=self.periods, path=path)
        row = self._first + period
        return numeric_matrices(
            self.model.graph,
            self.program.accounts,
            lambda symbol: float(self._rows(symbol.name)[row - symbol.lag, path]),
        )

    # --- what went wrong --------------------------------------------------------------------
    @property
    def failures(self) -> tuple[Failure, ...]:
        """First period of each path that did not solve."""
        blocks = self.program.structure
        tears = [item for block in blocks for item in block.tears]
        owners = {i.variable: i for block in blocks for i in (*block.tears, *block.chain)}
        names, found = list(self.model.variables), []
        for path in np.flatnonzero(self.state.failed[0] >= 0).tolist():
            row, block, which = self.state.failed[:, path].tolist()
            item = tears[which] if block >= 0 else owners[names[which]]
            equation = self.model.equations[item.equation]
            text = equation_text(self.model, equation)
            residual = float(self.state.worst[path]) if block >= 0 else np.inf
            found.append(
                Failure(item.variable, text, row - self._first, path, residual, equation.line)
            )
        return tuple(found)

    @property
    def accounts(self) -> tuple[AccountResidual, ...]:
        """Every identity with its largest residual over all periods and paths."""
        found = []
        for number, item in enumerate(self.program.accounts.identities):
            path = int(self.state.broken[number].argmax())
            row = int(self.state.broken_at[number, path])
            found.append(
                AccountResidual(
                    item.kind,
                    item.side,
                    item.label,
                    max(row - self._first, 0),
                    path,
                    float(self.state.broken[number, path]),
                    item.line,
                )
            )
        return tuple(found)

    @property
    def worst_account(self) -> float:
        """Largest residual of any identity; 0 for a model without accounts."""
        return float(self.state.broken.max(initial=0.0))

    def check(self, accounts_tolerance: float | None = 1e-10) -> None:
        """Refuse a run that did not solve, or whose accounts do not close.

        Raises
        ------
        ModelError
            ``model.unsolved`` or ``model.accounts``.
        """
        if self.state.failed[0].max() >= 0:
            first = min(self.failures, key=lambda failure: (failure.period, failure.path))
            raise ModelError(
                "model.unsolved",
                equation=first.equation[:200],
                variable=first.variable,
                period=first.period,
                path=first.path,
                residual=f"{first.residual:.3g}",
                line=first.line,
            )
        if accounts_tolerance is None or not self.worst_account > accounts_tolerance:
            return
        # Flows first: a balance sheet or an identity that is off is what follows from them.
        worst = max(
            (number for number, one in enumerate(self.accounts)
             if one.residual > accounts_tolerance),
            key=lambda n: (_CAUSES.index(self.accounts[n].kind), self.accounts[n].residual),
        )  # fmt: skip
        account = self.accounts[worst]
        period, residual = self._first_breach(worst, account.path, accounts_tolerance)
        raise ModelError(
            "model.accounts",
            kind=account.kind,
            side=account.side,
            label=account.label[:200],
            period=period,
            path=account.path,
            residual=f"{residual:.3g}",
            line=account.line,
        )

    def _first_breach(self, number: int, path: int, tolerance: float) -> tuple[int, float]:
        """First period in which an identity is off, and by how much."""
        accounts, rows = self.program.accounts, len(self.state.history)
        item = accounts.identities[number]
        if len(self.kept) < len(self.model.variables):  # what is left says when it was worst
            period = int(self.state.broken_at[number, path]) - self._first
            return period, float(self.state.broken[number, path])

        def of(symbol: Symbol) -> Values:
            values = self._rows(symbol.name)[:, path]
            return values[self._first + 1 - symbol.lag : rows - symbol.lag]

        group = accounts.groups[item.group]
        residual, *cells = evaluate(self.model.graph, [item.residual, *group], of)
        shape = (self.periods,)
        size = np.max([np.abs(np.broadcast_to(c, shape)) for c in cells], axis=0)
        with np.errstate(all="ignore"):  # what is not a number is off
            off = np.abs(np.broadcast_to(residual, shape)) / np.maximum(size, 1e-30)
        first = int(np.argmax(~(off <= tolerance)))
        return first + 1, float(off[first])

    def origin(self, variable: str, period: int, path: int = 0) -> Origin:
        """From where a variable was found: with several solutions it decides which.

        Raises
        ------
        ModelError
            ``model.no_name``, ``model.path``, or ``model.period`` for a period that was not run.
        """
        self.check_path(path)
        if not 1 <= period <= self.periods:
            raise ModelError("model.period", period=period, periods=self.periods, path=path)
        number = -1
        for block in self.program.structure:
            number += bool(block.tears)
            members = [item.variable for item in (*block.tears, *block.chain)]
            if variable not in members:
                continue
            if not block.tears:
                return Origin("recursive", {})
            row = self._first + period
            guess = int(self.state.guesses[row, number, path])
            tears = [item.variable for item in block.tears]
            if guess:
                return Origin(GUESSES[guess], dict.fromkeys(tears, 1.0 if guess == 1 else -1.0))
            return Origin(
                GUESSES[0], {name: float(self._rows(name)[row - 1, path]) for name in tears}
            )
        raise ModelError("model.no_name", name=variable, near=self.model.near(variable))
