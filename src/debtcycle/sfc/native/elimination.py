"""Gaussian elimination of a block's matrix, written for its size, over lanes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from debtcycle.sfc.native.text import Function

__all__ = ["HUGE", "Elimination"]

HUGE = 1e300


class Elimination:
    """Writes the solution of a linear system with partial pivoting, lane by lane.

    Parameters
    ----------
    size : int
        Number of unknowns.
    matrix : str
        Pointer to ``size`` rows of ``size + 1`` numbers, the right side last.
    written_out : bool
        Whether every step is written out, so that a small matrix stays in registers.

    Attributes
    ----------
    solution : str
        Pointer to the ``size`` unknowns.
    ok : str
        Variable that holds the lanes in which there is a solution.
    """

    def __init__(self, f: Function, size: int, matrix: str, *, written_out: bool) -> None:
        self.f, self.size, self.matrix, self.written_out = f, size, matrix, written_out
        self.solution, self.inverse = (f.local(f"[{size} x {f.v}]") for _ in range(2))
        self.ok = f.local(f.m)

    def index(self, place: str | int) -> str | int:
        """Index in doubles of an element of an array of numbers."""
        return self.f.element(place)

    def cell(self, row: str | int, column: str | int) -> str | int:
        """Index of a cell of the matrix with its right side."""
        f, wide = self.f, self.size + 1
        if isinstance(row, int) and isinstance(column, int):
            return self.index(row * wide + column)
        return self.index(f.long_op("add", f.long_op("mul", row, wide), column))

    def span(self, first: str | int, last: int) -> Iterator[Any]:
        """Indices from first to before last: written out for a small block, else in a loop.

        Written out, the matrix of a small block stays in registers.
        """
        if isinstance(first, int) and self.written_out:
            yield from range(first, last)
            return
        with self.f.loop(first, last) as (index, _):
            yield index

    def after(self, index: str | int) -> str | int:
        """The next index."""
        return index + 1 if isinstance(index, int) else self.f.long_op("add", index, 1)

    def pivot(self, column: str | int, row: str | int) -> None:
        """Bring the larger of two rows up, lane by lane."""
        f = self.f
        here = f.absolute(f.load(self.matrix, self.cell(column, column)))
        there = f.absolute(f.load(self.matrix, self.cell(row, column)))
        swap = f.compare("ogt", there, here)
        with f.when(f.any(swap)):
            for k in self.span(column, self.size + 1):
                upper, lower = self.cell(column, k), self.cell(row, k)
                a, b = f.load(self.matrix, upper), f.load(self.matrix, lower)
                f.store(f.choose(swap, b, a), self.matrix, upper)
                f.store(f.choose(swap, a, b), self.matrix, lower)

    def note(self, good: str) -> None:
        """Lanes in which this does not hold have no step."""
        f = self.f
        f.set(f.m, self.ok, f.both(f.get(f.m, self.ok), good))

    def solve(self) -> None:
        """The whole elimination."""
        f, size = self.f, self.size
        f.set(f.m, self.ok, f.lanes.every("i1", "true"))
        for column in self.span(0, size):
            below = self.after(column)
            for row in self.span(below, size):
                self.pivot(column, row)
            head = f.load(self.matrix, self.cell(column, column))
            strength = f.absolute(head)
            self.note(f.compare("ogt", strength, self.f.lanes.number(0.0)))
            self.note(f.compare("ole", strength, self.f.lanes.number(HUGE)))
            inverse = f.op("fdiv", self.f.lanes.number(1.0), head)
            f.store(inverse, self.inverse, self.index(column))
            for row in self.span(below, size):
                factor = f.op("fmul", f.load(self.matrix, self.cell(row, column)), inverse)
                away = f.minus(factor)
                for k in self.span(below, size + 1):
                    place, upper = self.cell(row, k), f.load(self.matrix, self.cell(column, k))
                    made = f.fused(away, upper, f.load(self.matrix, place))
                    f.store(made, self.matrix, place)
        self.substitute()

    def substitute(self) -> None:
        """The unknowns, from the last to the first."""
        f, size = self.f, self.size
        total = f.local(f.v)
        for back in self.span(0, size):
            row = size - 1 - back if isinstance(back, int) else f.long_op("sub", size - 1, back)
            f.set(f.v, total, f.load(self.matrix, self.cell(row, size)))
            for k in self.span(self.after(row), size):
                known = f.load(self.solution, self.index(k))
                entry = f.minus(f.load(self.matrix, self.cell(row, k)))
                f.set(f.v, total, f.fused(entry, known, f.get(f.v, total)))
            inverse = f.load(self.inverse, self.index(row))
            value = f.op("fmul", f.get(f.v, total), inverse)
            self.note(f.compare("ole", f.absolute(value), self.f.lanes.number(HUGE)))
            f.store(value, self.solution, self.index(row))
