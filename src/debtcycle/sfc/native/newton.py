"""Newton's method on one simultaneous block, written for its size, over lanes.

The steps are those of `debtcycle.sfc.numpy_backend`: residuals scaled by the equation's largest
term (or slope times variable), partial pivoting, steps halved until the residual falls, and three
guesses. A lane that is done keeps its numbers whatever the others still do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from debtcycle.sfc.native.code import Layout, read
from debtcycle.sfc.native.elimination import HUGE, Elimination
from debtcycle.sfc.native.text import Function

__all__ = ["HUGE", "TINY", "Block", "block_function"]

TINY = 1e-30
HALVINGS = 40
SMALL = 8  # variables of a block that is written in one function
GUESSES = 3  # the period before; all ones; all minus ones
# Parts of the tolerance at which a block counts as solved: as it is found, and after a step, whose
# error is the square of the one before. The first is tight, so that a slow drift is not lost.
AS_FOUND, AFTER_STEP = 1e-5, 1e-3


@dataclass(frozen=True, slots=True)
class Block:
    """A simultaneous block: its number among them, and its part of the program."""

    number: int
    first: int
    last: int
    entry: int

    @property
    def size(self) -> int:
        """Number of variables that are solved for."""
        return self.last - self.first


class _Solver:
    """Writes the function of one block."""

    def __init__(self, layout: Layout, block: Block) -> None:
        self.layout, self.block, self.size = layout, block, block.size
        program = layout.program
        self.tears = program.tears[0, block.first : block.last].tolist()
        self.residuals = program.tears[1, block.first : block.last].tolist()
        starts = program.term_starts
        self.terms = [
            program.terms[starts[i] : starts[i + 1]].tolist()
            for i in range(block.first, block.last)
        ]
        self.entries = program.entries[block.entry : block.entry + self.size**2].tolist()
        self.f = f = Function(
            layout.lanes,
            f"define internal void @solve{block.number}(ptr noalias %w, ptr noalias %h, "
            f"ptr noalias %failed, ptr noalias %worst_seen, ptr noalias %guesses, "
            f"double %tolerance, i64 %iterations, i64 %row) #2",
        )
        self.number = layout.lanes.number
        self.helpers: list[str] = []
        size = self.size
        self.small = size <= SMALL
        if self.small:
            self.matrix = f.local(f"[{size * (size + 1)} x {f.v}]")
        else:  # too large for the stack
            self.matrix = f.at("%w", layout.slots * layout.lanes.width)
            for i in range(size):
                self.helper(i)
        self.origin, self.scale, self.sizes = (f.local(f"[{size} x {f.v}]") for _ in range(3))
        self.linear = Elimination(f, size, self.matrix, written_out=self.small)
        self.step = self.linear.solution
        self.worst = f.local(f.v, self.number(math.inf))
        self.length, self.merit = f.local(f.v), f.local(f.v)
        self.done, self.waiting = (f.local(f.m) for _ in range(2))
        self.stay = f.local("i1")
        self.tolerance = f.spread("%tolerance", "double")
        self.goal = f.local(f.v)

    def index(self, place: str | int) -> str | int:
        """Index in doubles of an element of an array of numbers."""
        return self.f.element(place)

    def values(self) -> None:
        """Chain and residuals at the present tears."""
        self.f.do(f"call void @chain{self.block.number}(ptr %w, ptr %h)")

    def relative(self, register: int, size: str) -> str:
        """A residual relative to a size; infinite where it is not a number."""
        f, number = self.f, self.number
        value = f.absolute(read(f, self.layout, register))
        ratio = f.op("fdiv", value, size)
        ratio = f.choose(f.compare("oeq", value, number(0.0)), number(0.0), ratio)
        return f.choose(f.compare("ole", ratio, number(HUGE)), ratio, number(math.inf))

    def largest(self, registers: list[int]) -> str:
        """Largest absolute value of some registers."""
        f, total = self.f, self.number(0.0)
        for register in registers:
            total = f.larger(f.absolute(read(f, self.layout, register)), total)
        return total

    def helper(self, i: int) -> None:
        """Functions of one equation of a large block: its size, and its row of the matrix."""
        whole, size = self.f, self.size
        name = f"{self.block.number}_{i}"
        v = whole.v
        self.f = f = Function(
            self.layout.lanes, f"define internal {v} @size{name}(ptr noalias %w, ptr noalias %h) #3"
        )
        f.do(f"ret {v} {self.largest(self.terms[i])}")
        self.helpers.append(f.text())
        self.f = f = Function(
            self.layout.lanes,
            f"define internal {v} @row{name}(ptr noalias %w, ptr noalias %h, ptr %matrix) #3",
        )
        scale = self.number(0.0)
        for j in range(size):
            slope = read(f, self.layout, self.entries[i * size + j])
            f.store(slope, "%matrix", self.index(i * (size + 1) + j))
            if slope != self.number(0.0):
                reach = f.op("fmul", slope, read(f, self.layout, self.tears[j]))
                scale = f.larger(f.absolute(reach), scale)
        f.do(f"ret {v} {scale}")
        self.helpers.append(f.text())
        self.f = whole

    def size_of(self, i: int) -> str:
        """Largest term of an equation."""
        if self.small:
            return self.largest(self.terms[i])
        return self.f.let(f"call {self.f.v} @size{self.block.number}_{i}(ptr %w, ptr %h)")

    def row(self, i: int, origin: list[str]) -> str:
        """Slopes of an equation into the matrix; the largest slope times variable."""
        f, size = self.f, self.size
        if not self.small:
            name = f"@row{self.block.number}_{i}"
            return f.let(f"call {f.v} {name}(ptr %w, ptr %h, ptr {self.matrix})")
        scale = self.number(0.0)
        for j in range(size):
            slope = read(f, self.layout, self.entries[i * size + j])
            f.store(slope, self.matrix, self.index(i * (size + 1) + j))
            scale = f.larger(f.absolute(f.op("fmul", slope, origin[j])), scale)
        return scale

    def by_equation(self) -> list[str]:
        """Residuals relative to the largest term of their equation."""
        f = self.f
        sizes = [f.larger(self.size_of(i), self.number(TINY)) for i in range(self.size)]
        for i, size in enumerate(sizes):
            f.store(size, self.sizes, self.index(i))
        return [self.relative(r, s) for r, s in zip(self.residuals, sizes, strict=True)]

    def worst_of(self, values: list[str]) -> str:
        """The largest of some residuals."""
        total = values[0]
        for value in values[1:]:
            total = self.f.larger(value, total)
        return total

    def against(self) -> str:
        """Largest residual relative to the scales that are fixed for a step."""
        f = self.f
        sizes = [f.load(self.scale, self.index(i)) for i in range(self.size)]
        return self.worst_of(
            [self.relative(r, s) for r, s in zip(self.residuals, sizes, strict=True)]
        )

    def prepare(self) -> None:
        """Matrix, right side, origin and scales at the present tears."""
        f, size = self.f, self.size
        f.do(f"call void @slopes{self.block.number}(ptr %w, ptr %h)")
        origin = [read(f, self.layout, tear) for tear in self.tears]
        for i in range(size):
            f.store(origin[i], self.origin, self.index(i))
            # Lanes that go on stand where their terms were last measured.
            scale = f.larger(self.row(i, origin), f.load(self.sizes, self.index(i)))
            f.store(scale, self.scale, self.index(i))
            right = read(f, self.layout, self.residuals[i])
            f.store(right, self.matrix, self.index(i * (size + 1) + size))

    def move(self) -> None:
        """Tears to origin - length * step."""
        f = self.f
        length = f.get(f.v, self.length)
        for i, tear in enumerate(self.tears):
            part = f.op("fmul", length, f.load(self.step, self.index(i)))
            value = f.op("fsub", f.load(self.origin, self.index(i)), part)
            f.store(value, *self.layout.place(tear))

    def try_length(self, halving: str) -> None:
        """Move; take lanes that came down, halve the others' length, or let them stay."""
        f = self.f
        self.move()
        self.values()
        waiting, worst = f.get(f.m, self.waiting), f.get(f.v, self.worst)
        merit, length = f.get(f.v, self.merit), f.get(f.v, self.length)
        better = f.both(waiting, f.compare("olt", self.against(), merit))
        worst = f.choose(better, self.worst_of(self.by_equation()), worst)
        rest = f.both(waiting, f.negate(better))
        near = f.either(
            f.compare("ole", worst, self.tolerance), f.compare("ole", merit, self.tolerance)
        )
        last = f.spread(f.long_op("icmp eq", halving, HALVINGS - 1), "i1")
        # Good enough and at the limit of rounding, or no way down: stay.
        stay = f.both(rest, f.either(near, last))
        f.set(f.v, self.worst, f.choose(stay, self.smaller(worst, merit), worst))
        length = f.choose(rest, f.op("fmul", length, self.number(0.5)), length)
        f.set(f.v, self.length, f.choose(stay, self.number(0.0), length))
        f.set(f.m, self.done, f.either(f.get(f.m, self.done), stay))
        seen = f.let(f"or i1 {f.get('i1', self.stay)}, {f.any(stay)}")
        f.set("i1", self.stay, seen)
        f.set(f.m, self.waiting, f.both(rest, f.negate(stay)))

    def smaller(self, a: str, b: str) -> str:
        """The smaller of two numbers."""
        return self.f.choose(self.f.compare("olt", a, b), a, b)

    def iterate(self, finished: str) -> None:
        """One Newton step of all lanes that are not done."""
        f = self.f
        reached = f.compare("ole", f.get(f.v, self.worst), f.get(f.v, self.goal))
        done = f.either(f.get(f.m, self.done), reached)
        f.set(f.m, self.done, done)
        go_on = f.name()
        f.branch(f.any(f.negate(done)), go_on, finished)
        f.label(go_on)
        self.prepare()
        fixed = self.against()
        open_lanes = f.negate(done)
        reached = f.both(open_lanes, f.compare("ole", fixed, f.get(f.v, self.goal)))
        worst = f.get(f.v, self.worst)
        f.set(f.v, self.worst, f.choose(reached, self.smaller(fixed, worst), worst))
        self.linear.solve()
        usable = f.both(f.both(open_lanes, f.negate(reached)), f.get(f.m, self.linear.ok))
        usable = f.both(usable, f.compare("ole", fixed, self.number(HUGE)))
        for i in range(self.size):
            step = f.load(self.step, self.index(i))
            f.store(f.choose(usable, step, self.number(0.0)), self.step, self.index(i))
        f.set(f.m, self.done, f.negate(usable))
        f.set(f.m, self.waiting, usable)
        f.set(f.v, self.merit, fixed)
        f.set(f.v, self.length, f.choose(usable, self.number(1.0), self.number(0.0)))
        f.set("i1", self.stay, "false")
        with f.loop(0, HALVINGS) as (halving, after):
            more = f.name()
            f.branch(f.any(f.get(f.m, self.waiting)), more, after)
            f.label(more)
            self.try_length(halving)
        with f.when(f.get("i1", self.stay)):
            self.move()
            self.values()

    def newton(self) -> None:
        """Iterate until every lane is done."""
        f = self.f
        self.values()
        done, worst = f.get(f.m, self.done), f.get(f.v, self.worst)
        now = self.worst_of(self.by_equation())
        f.set(f.v, self.worst, f.choose(done, worst, now))
        f.set(f.v, self.goal, f.op("fmul", self.tolerance, self.number(AS_FOUND)))
        with f.loop(0, "%iterations") as (_, after):
            self.iterate(after)
            f.set(f.v, self.goal, f.op("fmul", self.tolerance, self.number(AFTER_STEP)))

    def restart(self, guess: str, finished: str) -> None:
        """Start lanes that have no solution yet from another guess: all ones, all minus ones."""
        f = self.f
        failed = f.compare_integer("sge", f.get(f.i, "%failed"), 0)
        solved = f.compare("ole", f.get(f.v, self.worst), self.tolerance)
        missing, go_on = f.negate(f.either(failed, solved)), f.name()
        f.branch(f.any(missing), go_on, finished)
        f.label(go_on)
        f.set(f.m, self.done, f.negate(missing))
        byte = f.lanes.of("i8")
        short = f.let(f"trunc i64 {guess} to i8")
        old = f.let(f"load {byte}, ptr %guesses, align 1")
        new = f.let(f"select {f.m} {missing}, {byte} {f.spread(short, 'i8')}, {byte} {old}")
        f.do(f"store {byte} {new}, ptr %guesses, align 1")
        first = f.spread(f.long_op("icmp eq", guess, 1), "i1")
        value = f.choose(first, self.number(1.0), self.number(-1.0))
        for tear in self.tears:
            kept = read(f, self.layout, tear)
            f.store(f.choose(missing, value, kept), *self.layout.place(tear))

    def report(self) -> None:
        """Note the largest residual, and the worst equation of lanes that failed."""
        f, integer = self.f, self.layout.lanes.integer
        failed_row = f.get(f.i, "%failed")
        alive = f.compare_integer("slt", failed_row, 0)
        worst, seen = f.get(f.v, self.worst), f.load("%worst_seen", 0)
        f.store(f.choose(alive, f.larger(worst, seen), seen), "%worst_seen", 0)
        fresh = f.both(alive, f.negate(f.compare("ole", worst, self.tolerance)))
        with f.when(f.any(fresh)):
            residuals = self.by_equation()
            greatest, guilty = residuals[0], integer(self.block.first)
            for i, residual in enumerate(residuals[1:], start=1):
                more = f.compare("ogt", residual, greatest)
                greatest = f.choose(more, residual, greatest)
                guilty = f.choose_integer(more, integer(self.block.first + i), guilty)
            row = f.spread("%row", "i64")
            width = self.layout.lanes.width
            for place, value in enumerate((row, integer(self.block.number), guilty)):
                where = f.at("%failed", place * width, "i64")
                old = f.let(f"load {f.i}, ptr {where}, align 8")
                f.set(f.i, where, f.choose_integer(fresh, value, old))

    def text(self) -> str:
        """The function."""
        f = self.f
        f.set(f.m, self.done, f.compare_integer("sge", f.get(f.i, "%failed"), 0))
        f.do(f"call void @fixed{self.block.number}(ptr %w, ptr %h)")
        with f.loop(0, GUESSES) as (guess, finished):
            with f.when(f.long_op("icmp sgt", guess, 0)):
                self.restart(guess, finished)
            self.newton()
        self.report()
        f.do("ret void")
        return "\n".join([*self.helpers, f.text()])


def block_function(layout: Layout, block: Block) -> str:
    """Text of ``solveN``, which calls ``fixedN``, ``chainN`` and ``slopesN``."""
    return _Solver(layout, block).text()
