"""Compiled models and how they are run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from debtcycle.errors import ModelError
from debtcycle.sfc import numpy_backend
from debtcycle.sfc.accounts import Accounts
from debtcycle.sfc.inputs import Schedule, Shock, Start, make_state
from debtcycle.sfc.model import Model
from debtcycle.sfc.order import Block
from debtcycle.sfc.primitives import Primitive, bound_primitives
from debtcycle.sfc.program import Program, compile_program
from debtcycle.sfc.results import Run
from debtcycle.sfc.state import State

if TYPE_CHECKING:
    from debtcycle.sfc.native.backend import Prepared

__all__ = ["Compiled", "Shock", "compiled_model"]

Progress = Callable[[float], None]

_CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Compiled:
    """A model that is ready to run.

    Attributes
    ----------
    model : Model
    program : Program
        What the back ends execute.
    """

    model: Model
    program: Program
    primitives: tuple[Primitive, ...]
    _prepared: list[Prepared] = field(default_factory=list, compare=False, repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        """Without the machine code, which belongs to this process."""
        return Compiled, (self.model, self.program, self.primitives)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Which variables are found together, in the order in which they are computed."""
        return self.program.structure

    @property
    def accounts(self) -> Accounts:
        """The generated matrices, in symbols, and the identities that are checked."""
        return self.program.accounts

    def run(
        self,
        periods: int,
        *,
        start: Start | Run | None = None,
        parameters: Mapping[str, ArrayLike] | None = None,
        shocks: Iterable[Shock | Schedule] = (),
        paths: int | None = None,
        keep: Iterable[str] | None = None,
        backend: str = "native",
        tolerance: float = 1e-10,
        accounts_tolerance: float | None = 1e-10,
        on_failure: str = "raise",
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Run:
        """Run the model for a number of periods.

        Parameters
        ----------
        periods : int
        start : mapping, sequence of mappings, or Run
            Values before the first period by name: variables and parameters, one number for all
            paths or one for each. Several rows, the oldest first, for models with longer lags;
            a run, to go on where its last period ended.
        parameters : mapping, optional
            Parameters other than the model's own, one number or one for each path.
        shocks : iterable of Shock or Schedule
            Changes of parameters from a period on, or period by period. Of those that begin
            together the last given counts.
        paths : int, optional
            How many paths; by default as many as the longest array that is given.
        keep : iterable of str, optional
            Variables whose history is kept; by default all. A large batch needs memory for
            these alone.
        backend : {"native", "numpy"}
            The model's own machine code, or the plain reference.
        tolerance : float
            Largest residual of an equation, relative to the largest of its terms.
        accounts_tolerance : float, optional
            Largest residual of an identity, relative to the largest cell of its matrix; None
            leaves the accounts unchecked (their residuals are still in the result).
        on_failure : {"raise", "keep"}
            What to do where a period does not solve or an account does not close: raise, or keep
            the result with its `failures`.
        threads : int, optional
            Threads among which batches of paths are divided; the results do not depend on it.
        progress : callable, optional
            Told the part done, from 0 to 1, now and then on a batch or a long path.

        Raises
        ------
        ModelError
            ``model.unsolved`` with equation, period, path and residual; ``model.accounts`` with
            row or column, period, path and residual; or a fault of what was given.
        """
        if backend not in ("native", "numpy") or on_failure not in ("raise", "keep"):
            raise ModelError("model.option", found=f"{backend}, {on_failure}")
        if not tolerance > 0.0 or (threads is not None and threads < 1):
            raise ModelError("model.option", found=f"tolerance {tolerance}, threads {threads}")
        if isinstance(start, Run):
            start = start.last_rows()
        state = make_state(self.program, periods, start, parameters, shocks, paths, keep)
        if backend == "numpy":
            numpy_backend.simulate(self.program, state, tolerance=tolerance)
        else:
            self._native(state, tolerance, threads, progress)
        run = Run(self.model, self.program, state)
        if on_failure == "raise":
            run.check(accounts_tolerance)
        return run

    def _native(
        self, state: State, tolerance: float, threads: int | None, progress: Progress | None
    ) -> None:
        from debtcycle.sfc.native.backend import Prepared, simulate

        if not self._prepared:  # made at the first run, so that reading a model needs no compiler
            self._prepared.append(Prepared(self.program))
        simulate(
            self._prepared[0],
            state,
            tolerance=tolerance,
            threads=threads or _CORES,
            progress=progress,
        )


def compiled_model(model: Model, primitives: Mapping[str, Primitive]) -> Compiled:
    """Order, differentiate and write the program of a model; see `Model.compile`."""
    bound = bound_primitives(model, primitives)
    program = compile_program(model, bound)
    return Compiled(model, program, bound)
