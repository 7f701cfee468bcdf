"""The function that runs a model: groups of lanes, periods, blocks, and the checks of each.

Its arguments are plain arrays; see `ARGUMENTS`. A group of `width` paths has a history of its own
in `%local`, one number per lane beside another: a window of rows, whose last ones move to its head
when it is full. What is kept is copied out after each period.
"""

from __future__ import annotations

import math

import numpy as np

from debtcycle.sfc.expression import Op
from debtcycle.sfc.native.code import Layout, read, stretch
from debtcycle.sfc.native.mathematics import mathematics
from debtcycle.sfc.native.newton import HUGE, SMALL, TINY, Block, block_function
from debtcycle.sfc.native.text import Function, Lanes
from debtcycle.sfc.program import Program

__all__ = ["ARGUMENTS", "NUMBERS", "Layout", "module_text", "work_slots"]

INLINED = 300  # exponentials and logarithms of a program that are written out where they stand

# Integers that a run is told, in this order.
NUMBERS = (
    "rows", "paths", "changes", "first", "last", "iterations", "kept", "row_from", "row_to",
    "copy", "window", "place",
)  # fmt: skip
ARGUMENTS = (
    "numbers",  # int64: NUMBERS
    "tolerance",  # float64
    "work",  # float64: slots x lanes
    "local",  # float64: window x row size x lanes
    "start",  # float64 (first rows, variables, paths)
    "shared",  # float64 (rows, parameters)
    "changes",  # int64 (n, 3): parameter, row from which it holds, line of values or -1; by row
    "values",  # float64 (lines, paths)
    "out",  # float64 (rows, kept, paths)
    "columns",  # int64 (kept): which variables
    "worst",  # float64 (paths)
    "failed",  # int64 (3, paths)
    "guesses",  # int8 (rows, blocks, paths)
    "broken",  # float64 (identities, paths)
    "broken_at",  # int64 (identities, paths)
)


class _Driver:
    """Writes the driver of a program."""

    def __init__(self, layout: Layout, blocks: list[Block | int]) -> None:
        self.layout, self.blocks = layout, blocks
        program, lanes = layout.program, layout.lanes
        self.program, self.width = program, lanes.width
        self.simultaneous = sum(isinstance(block, Block) for block in blocks)
        arguments = ", ".join(f"ptr noalias %{name}" for name in ARGUMENTS)
        self.f = f = Function(lanes, f"define void @run({arguments}) #2")
        self.given = {name: f.long("%numbers", n) for n, name in enumerate(NUMBERS)}
        self.tolerance = f.let("load double, ptr %tolerance, align 8")
        self.identities = program.checks.shape[1]
        size = max(self.identities, 1) * self.width
        self.failed = f.local(f"[{3 * self.width} x i64]")
        self.worst = f.local(f.v)
        self.broken = f.local(f"[{size} x double]")
        self.broken_at = f.local(f"[{size} x i64]")
        self.cursor, self.place = f.local("i64"), f.local("i64")

    # --- reports of a group -----------------------------------------------------------------
    def reports(self, path: str, out: bool) -> None:
        """Copy the group's reports in before it runs, or out after it has run."""
        f = self.f
        pairs = [(self.worst, "%worst", 1, f.v), (self.failed, "%failed", 3, f.i)]
        pairs += [
            (self.broken, "%broken", self.identities, f.v),
            (self.broken_at, "%broken_at", self.identities, f.i),
        ]
        for inside, outside, count, kind in pairs:
            with f.loop(0, count) as (n, _):
                where = f.long_op("add", f.long_op("mul", n, self.given["paths"]), path)
                theirs = f.at(outside, where)
                ours = f.at(inside, f.long_op("mul", n, self.width))
                source, target = (ours, theirs) if out else (theirs, ours)
                f.set(kind, target, f.let(f"load {kind}, ptr {source}, align 8"))

    # --- a period ---------------------------------------------------------------------------
    def shared(self, row: str, parameter: str) -> str:
        """What all paths share of a parameter in a row."""
        first = self.f.long_op("mul", row, self.layout.parameters)
        at = self.f.long_op("add", first, parameter)
        one = self.f.let(f"load double, ptr {self.f.at('%shared', at)}, align 8")
        return self.f.spread(one, "double")

    def advance(self, row: str, path: str) -> None:
        """Parameters that change in this row, or in one before it that was passed over."""
        f = self.f
        check, more, take, done = (f.name() for _ in range(4))
        f.go(check)
        f.label(check)
        n = f.get("i64", self.cursor)
        f.branch(f.long_op("icmp slt", n, self.given["changes"]), more, done)
        f.label(more)
        at = f.long_op("mul", n, 3)
        begins = f.long("%changes", f.long_op("add", at, 1))
        f.branch(f.long_op("icmp sle", begins, row), take, done)
        f.label(take)
        which, line = f.long("%changes", at), f.long("%changes", f.long_op("add", at, 2))
        target = f.at("%work", f.long_op("mul", which, self.width))
        own, common, after = f.name(), f.name(), f.name()
        f.branch(f.long_op("icmp sge", line, 0), own, common)
        f.label(own)
        where = f.long_op("add", f.long_op("mul", line, self.given["paths"]), path)
        f.set(f.v, target, f.load("%values", where))
        f.go(after)
        f.label(common)
        f.set(f.v, target, self.shared(begins, which))
        f.go(after)
        f.label(after)
        f.set("i64", self.cursor, f.long_op("add", n, 1))
        f.go(check)
        f.label(done)

    def parameters(self) -> None:
        """Parameters of the first row, which hold until they change."""
        f = self.f
        with f.loop(0, self.layout.parameters) as (j, _):
            f.set(f.v, f.at("%work", f.long_op("mul", j, self.width)), self.shared("0", j))

    def lagged(self, h: str) -> None:
        """Parameters that are used with a lag, into the row."""
        for number, column in enumerate(self.layout.lagged_parameters):
            value = self.f.load("%work", column * self.width)
            self.f.store(value, h, (self.layout.variables + number) * self.width)

    def begin(self, row: str, h: str, path: str) -> None:
        """A given row, from the start rows."""
        f, count = self.f, self.layout.variables
        base = f.long_op("mul", row, count)
        with f.loop(0, count) as (j, _):
            line = f.long_op("mul", f.long_op("add", base, j), self.given["paths"])
            value = f.load("%start", f.long_op("add", line, path))
            f.store(value, h, f.long_op("mul", j, self.width))

    def solve(self, row: str, h: str, path: str) -> None:
        """All blocks of a period."""
        f = self.f
        step = self.layout.row_size * self.width
        for block in self.blocks:
            if isinstance(block, int):
                f.do(f"call void @straight{block}(ptr %work, ptr {h})")
                continue
            for tear in self.program.tears[0, block.first : block.last].tolist():
                _, index = self.layout.place(tear)
                f.store(f.load(h, index - step), h, index)
            line = f.long_op("mul", row, self.simultaneous)
            line = f.long_op("mul", f.long_op("add", line, block.number), self.given["paths"])
            guesses = f.at("%guesses", f.long_op("add", line, path), "i8")
            f.do(
                f"call void @solve{block.number}(ptr %work, ptr {h}, ptr {self.failed}, "
                f"ptr {self.worst}, ptr {guesses}, double {self.tolerance}, "
                f"i64 {self.given['iterations']}, i64 {row})"
            )

    def finite(self, row: str, h: str) -> None:
        """Note the first variable of each lane that is not a number, as block -1."""
        f, lanes = self.f, self.layout.lanes
        # The bits of numbers without their sign are in the numbers' order, what is none above all.
        greatest = f.local(f.i, lanes.integer(0))
        with f.loop(0, self.layout.variables) as (j, _):
            bits = f.let(f"bitcast {f.v} {f.load(h, f.long_op('mul', j, self.width))} to {f.i}")
            size = f.let(f"and {f.i} {bits}, {lanes.integer(2**63 - 1)}")
            so_far = f.get(f.i, greatest)
            more = f.let(f"icmp ugt {f.i} {size}, {so_far}")
            f.set(f.i, greatest, f.choose_integer(more, size, so_far))
        most = int(np.float64(HUGE).view(np.int64))
        fine = f.compare_integer("ule", f.get(f.i, greatest), most)
        alive = f.compare_integer("slt", f.get(f.i, self.failed), 0)
        with (
            f.when(f.any(f.both(alive, f.negate(fine)))),
            f.loop(0, self.layout.variables) as (j, _),
        ):
            value = f.load(h, f.long_op("mul", j, self.width))
            wrong = f.negate(f.compare("ole", f.absolute(value), lanes.number(HUGE)))
            fresh = f.both(f.compare_integer("slt", f.get(f.i, self.failed), 0), wrong)
            values = (f.spread(row, "i64"), lanes.integer(-1), f.spread(j, "i64"))
            for place, value in enumerate(values):
                where = f.at(self.failed, place * self.width, "i64")
                f.set(f.i, where, f.choose_integer(fresh, value, f.get(f.i, where)))

    def check(self, row: str, h: str) -> None:
        """Residual of every identity of the accounts, relative to its matrix's largest cell."""
        f = self.f
        if not self.identities:
            return
        f.do(f"call void @accounts(ptr %work, ptr {h})")
        f.do(
            f"call void @identities(ptr %work, ptr {h}, ptr {self.failed}, ptr {self.broken}, "
            f"ptr {self.broken_at}, i64 {row})"
        )

    def copy(self, row: str, h: str, path: str) -> None:
        """Kept variables of the period to the result; not a number where a lane has failed."""
        f, lanes = self.f, self.layout.lanes
        failed = f.compare_integer("sge", f.get(f.i, self.failed), 0)
        with f.when(f.any(failed)), f.loop(0, self.layout.variables) as (j, _):
            place = f.long_op("mul", j, self.width)
            f.store(f.choose(failed, lanes.number(math.nan), f.load(h, place)), h, place)
        wanted = f.long_op("icmp ne", self.given["copy"], 0)
        with f.when(wanted), f.loop(0, self.given["kept"]) as (n, _):
            value = f.load(h, f.long_op("mul", f.long("%columns", n), self.width))
            line = f.long_op("add", f.long_op("mul", row, self.given["kept"]), n)
            where = f.long_op("add", f.long_op("mul", line, self.given["paths"]), path)
            f.store(value, "%out", where)

    def turn(self, size: int) -> None:
        """Where the window is full, bring the rows that lags may need to its head."""
        f, lags = self.f, self.program.max_lag
        full = f.long_op("icmp sge", f.get("i64", self.place), self.given["window"])
        with f.when(full):
            first = f.long_op("mul", f.long_op("sub", self.given["window"], lags), size)
            source, length = f.at("%local", first), 8 * lags * size
            f.do(
                f"call void @llvm.memmove.p0.p0.i64(ptr %local, ptr {source}, i64 {length}, "
                "i1 false)"
            )
            f.set("i64", self.place, str(lags))

    def period(self, row: str, path: str) -> None:
        """One row of a group."""
        f = self.f
        size = self.layout.row_size * self.width
        self.turn(size)
        place = f.get("i64", self.place)
        f.set("i64", self.place, f.long_op("add", place, 1))
        h = f.at("%local", f.long_op("mul", place, size))
        self.advance(row, path)
        self.lagged(h)
        given, found, after = f.name(), f.name(), f.name()
        f.branch(f.long_op("icmp slt", row, self.program.max_lag), given, found)
        f.label(given)
        self.begin(row, h, path)
        f.go(after)
        f.label(found)
        self.solve(row, h, path)
        self.finite(row, h)
        self.check(row, h)
        f.go(after)
        f.label(after)
        self.copy(row, h, path)

    def text(self) -> str:
        """The function."""
        f = self.f
        with f.loop(self.given["first"], self.given["last"], self.width) as (path, _):
            self.reports(path, out=False)
            f.set("i64", self.cursor, "0")
            f.set("i64", self.place, self.given["place"])
            self.parameters()
            with f.loop(self.given["row_from"], self.given["row_to"]) as (row, _):
                self.period(row, path)
            self.reports(path, out=True)
        f.do("ret void")
        return f.text()


def _identities(layout: Layout) -> str:
    """A function that keeps the largest residual of each identity and its row."""
    lanes, program = layout.lanes, layout.program
    f = Function(
        lanes,
        "define internal void @identities(ptr noalias %w, ptr noalias %h, ptr noalias %failed, "
        "ptr noalias %broken, ptr noalias %broken_at, i64 %row) #2",
    )
    number = lanes.number
    alive = f.compare_integer("slt", f.get(f.i, "%failed"), 0)
    starts, sizes = program.cell_starts, {}
    for group in sorted(set(program.checks[1].tolist())):
        total = number(TINY)
        for register in program.cells[starts[group] : starts[group + 1]].tolist():
            total = f.larger(f.absolute(read(f, layout, register)), total)
        sizes[group] = total
    now = f.spread("%row", "i64")
    for n, (register, group) in enumerate(program.checks.T.tolist()):
        value, place = f.absolute(read(f, layout, register)), n * lanes.width
        # Divided only where it is larger than before, which is rare after the first periods.
        before = f.op("fmul", f.load("%broken", place), sizes[group])
        more = f.both(alive, f.negate(f.compare("ole", value, before)))
        with f.when(f.any(more)):
            ratio = f.op("fdiv", value, sizes[group])
            finite = f.compare("ole", ratio, number(HUGE))
            ratio = f.choose(finite, ratio, number(math.inf))
            old = f.load("%broken", place)
            more = f.both(more, f.compare("ogt", ratio, old))
            f.store(f.choose(more, ratio, old), "%broken", place)
            where = f.at("%broken_at", place, "i64")
            f.set(f.i, where, f.choose_integer(more, now, f.get(f.i, where)))
    f.do("ret void")
    return f.text()


def work_slots(program: Program) -> int:
    """Numbers of the work space for each lane: registers, and the matrix of a large block."""
    size = program.largest_block
    return Layout(program, Lanes(1)).slots + (size * (size + 1) if size > SMALL else 0)


def module_text(program: Program, width: int) -> str:
    """A whole module: mathematics, the stretches of every block, their solvers, the driver."""
    layout = Layout(program, Lanes(width))
    used = np.isin(program.code[:, 0], (Op.EXP, Op.LOG)).sum()
    texts, blocks = [mathematics(layout.lanes, inline=bool(used <= INLINED))], list[Block | int]()
    starts = program.term_starts
    simultaneous = 0
    for number, (begin, middle, end, first, last, entry, head) in enumerate(program.spans.tolist()):
        if first == last:
            text, _ = stretch(layout, f"straight{number}", (begin, middle), ())
            texts.append(text)
            blocks.append(number)
            continue
        block = Block(simultaneous, first, last, entry)
        entries = program.entries[entry : entry + block.size**2].tolist()
        name = f"slopes{simultaneous}"
        text, needed = stretch(layout, name, (middle, end), entries, fused=True)
        left = [*needed, *entries, *program.tears[1, first:last].tolist()]
        left += program.terms[starts[first] : starts[last]].tolist()
        chain, more = stretch(layout, f"chain{simultaneous}", (begin, middle), left)
        fixed, _ = stretch(layout, f"fixed{simultaneous}", (head, begin), [*left, *more])
        texts += [fixed, chain, text, block_function(layout, block)]
        blocks.append(block)
        simultaneous += 1
    if program.checks.shape[1]:
        first, last = program.check_span.tolist()
        left = [*program.checks[0].tolist(), *program.cells.tolist()]
        text, _ = stretch(layout, "accounts", (first, last), left)
        texts += [text, _identities(layout)]
    texts.append(_Driver(layout, blocks).text())
    # No attribute lets the compiler contract or reorder: what is written is what is computed.
    texts += [
        "declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)",
        "attributes #1 = { nounwind willreturn }",
        "attributes #2 = { nounwind }",
        "attributes #3 = { nounwind willreturn noinline }",
    ]
    return "\n".join(texts)
