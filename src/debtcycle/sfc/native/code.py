"""A program's stretches of code in LLVM's language.

Two pointers hold all numbers: `%w`, the work space (parameters, and the temporaries that one
stretch leaves for another), and `%h`, the current row of the local history (variables, then the
parameters that are used with a lag). A row lies `row_size` numbers after the row before it, so a
lagged value is a fixed step back. Constants stand in the code itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from debtcycle.sfc.expression import Op
from debtcycle.sfc.native.text import Function, Lanes
from debtcycle.sfc.program import COPY, Program

__all__ = ["Layout", "read", "stretch", "write"]

LONGEST = 2000  # operations of one function: all of a block's slopes where that is possible
_ARITHMETIC = {Op.ADD: "fadd", Op.SUB: "fsub", Op.MUL: "fmul", Op.DIV: "fdiv"}
_COMPARISONS = {
    Op.LT: "olt", Op.LE: "ole", Op.GT: "ogt", Op.GE: "oge", Op.EQ: "oeq", Op.NE: "une",
}  # fmt: skip
_UNARY = {Op.NEG, Op.NOT, Op.EXP, Op.LOG, Op.ABS, Op.SQRT, COPY}


class Layout:
    """Where a program's registers lie."""

    def __init__(self, program: Program, lanes: Lanes) -> None:
        self.program, self.lanes = program, lanes
        self.variables = len(program.model.variables)
        self.parameters = len(program.model.parameters)
        lagged = {int(row[2]) for row in program.lags if row[1]}
        self.lagged_parameters = sorted(lagged)
        self.row_size = self.variables + len(lagged)
        self.first_temporary = program.variable_base + self.variables

    @cached_property
    def lags(self) -> dict[int, int]:
        """Steps from the current row, in numbers, of each register with a lag."""
        found = {}
        for register, kind, column, lag in self.program.lags.tolist():
            place = self.variables + self.lagged_parameters.index(column) if kind else column
            found[register] = place - lag * self.row_size
        return found

    def place(self, register: int) -> tuple[str, int]:
        """Pointer and index in doubles of a register that is no constant."""
        width = self.lanes.width
        if register in self.lags:
            return "%h", self.lags[register] * width
        base = self.program.variable_base
        if base <= register < self.first_temporary:
            return "%h", (register - base) * width
        return "%w", self.slot(register) * width

    def slot(self, register: int) -> int:
        """Number of a parameter or temporary in the work space."""
        if register < self.program.variable_base:
            return register - self.program.parameter_base
        return register - self.first_temporary + self.parameters

    @property
    def slots(self) -> int:
        """Numbers of the work space for each lane."""
        return self.slot(max(self.program.registers, self.first_temporary))

    def constant(self, register: int) -> float | None:
        """The number of a constant register."""
        constants = self.program.constants
        return float(constants[register]) if register < len(constants) else None


def read(f: Function, layout: Layout, register: int) -> str:
    """A register's number as it lies in memory."""
    constant = layout.constant(register)
    if constant is not None:
        return layout.lanes.number(constant)
    return f.load(*layout.place(register))


def write(f: Function, layout: Layout, register: int, value: str) -> None:
    """A number into a register's place."""
    f.store(value, *layout.place(register))


class _Stretch:
    """Writes operations, keeping what it knows in names."""

    def __init__(self, f: Function, layout: Layout) -> None:
        self.f, self.layout = f, layout
        self.known: dict[int, str] = {}
        self.truths: dict[str, str] = {}
        self.products: dict[int, tuple[str, str]] = {}  # their only use adds or subtracts them

    def get(self, register: int) -> str:
        if register not in self.known:
            self.known[register] = read(self.f, self.layout, register)
        return self.known[register]

    def truth(self, register: int) -> str:
        """A number as a truth: false where it is nought."""
        value = self.get(register)
        if value not in self.truths:
            self.truths[value] = self.f.compare("une", value, self.layout.lanes.number(0.0))
        return self.truths[value]

    def number(self, truth: str) -> str:
        """A truth as a number."""
        number = self.layout.lanes.number
        value = self.f.choose(truth, number(1.0), number(0.0))
        self.truths[value] = truth
        return value

    def unary(self, op: int, a: int) -> str:
        f, v = self.f, self.f.v
        if op == Op.NOT:
            return self.number(f.negate(self.truth(a)))
        x = self.get(a)
        if op == COPY:
            return x
        if op == Op.NEG:
            return f.minus(x)
        if op == Op.ABS:
            return f.absolute(x)
        if op == Op.SQRT:
            return f.let(f"call {v} @llvm.sqrt.{self.layout.lanes.suffix}({v} {x})")
        return f.let(f"call {v} @{'exp' if op == Op.EXP else 'log'}({v} {x})")

    def joined(self, op: int, a: int, b: int) -> str:
        """A sum or difference with a product in it: one operation, rounded once."""
        f = self.f
        if a in self.products:
            x, y = self.products[a]
            other = self.plain(b)
            return f.fused(x, y, f.minus(other) if op == Op.SUB else other)
        x, y = self.products[b]
        return f.fused(f.minus(x) if op == Op.SUB else x, y, self.get(a))

    def plain(self, register: int) -> str:
        """A number, a product that was put off included."""
        if register in self.products:
            return self.f.op("fmul", *self.products[register])
        return self.get(register)

    def value(self, op: int, a: int, b: int = 0, c: int = 0) -> str:
        f = self.f
        if op in _UNARY:
            return self.unary(op, a)
        if op == Op.WHERE:
            return f.choose(self.truth(a), self.get(b), self.get(c))
        if op in (Op.AND, Op.OR):
            join = f.both if op == Op.AND else f.either
            return self.number(join(self.truth(a), self.truth(b)))
        if op in (Op.ADD, Op.SUB) and (a in self.products or b in self.products):
            return self.joined(op, a, b)
        x, y = self.get(a), self.get(b)
        if op in _ARITHMETIC:
            return f.op(_ARITHMETIC[Op(op)], x, y)
        if op in _COMPARISONS:
            return self.number(f.compare(_COMPARISONS[Op(op)], x, y))
        if op == Op.POW:
            return f.let(f"call {f.v} @pow({f.v} {x}, {f.v} {y})")
        return f.choose(f.compare("ole" if op == Op.MIN else "oge", x, y), x, y)


def _put_off(
    layout: Layout, rows: list[tuple[int, int, list[int]]], left: set[int]
) -> frozenset[int]:
    """Products that are used once, in a sum or difference, and nowhere else."""
    uses: dict[int, list[int]] = {}
    for op, _, args in rows:
        for register in args:
            uses.setdefault(register, []).append(op)
    return frozenset(
        target
        for op, target, _ in rows
        if op == Op.MUL
        and target >= layout.first_temporary
        and target not in left
        and uses.get(target) in ([Op.ADD], [Op.SUB])
    )


def _piece(
    layout: Layout, name: str, rows: list[tuple[int, int, list[int]]], left: set[int], fused: bool
) -> str:
    """A function that runs some operations and leaves temporaries for others."""
    f = Function(layout.lanes, f"define internal void @{name}(ptr noalias %w, ptr noalias %h) #1")
    code = _Stretch(f, layout)
    put_off = _put_off(layout, rows, left) if fused else frozenset()
    for op, target, args in rows:
        if target in put_off:
            code.products[target] = (code.get(args[0]), code.get(args[1]))
            continue
        code.known[target] = code.value(op, *args)
        # Written at once: kept until the end, most would be put aside and fetched back for it.
        if target < layout.first_temporary or target in left:
            write(f, layout, target, code.known[target])
    f.do("ret void")
    return f.text()


def stretch(
    layout: Layout, name: str, span: tuple[int, int], left: Iterable[int], *, fused: bool = False
) -> tuple[str, frozenset[int]]:
    """A function that runs a stretch of code, in pieces where it is long.

    Parameters
    ----------
    left : iterable of int
        Temporaries that others need afterwards, where this stretch computes them.
    fused : bool
        Whether a product that is only added to something is rounded once, with the sum. Slopes may
        be: they lead to a solution and are no part of it. Values may not: both back ends agree on
        them to the last bit where nothing is solved.

    Returns
    -------
    text : str
    read : frozenset of int
        Temporaries that it reads and does not compute.
    """
    rows = [
        (op, target, args[: 1 if op in _UNARY else 3 if op == Op.WHERE else 2])
        for op, target, *args in layout.program.code[slice(*span)].tolist()
    ]
    needed, computed = set(), set()
    for _, target, args in rows:
        needed |= {a for a in args if a >= layout.first_temporary and a not in computed}
        computed.add(target)
    if len(rows) <= LONGEST:
        return _piece(layout, name, rows, set(left), fused), frozenset(needed)
    # The compiler's work on one block of code grows faster than the block.
    texts, later = [], set(left)
    pieces = [rows[first : first + LONGEST] for first in range(0, len(rows), LONGEST)]
    for number in reversed(range(len(pieces))):
        texts.append(_piece(layout, f"{name}_{number}", pieces[number], later, fused))
        later |= {a for _, _, args in pieces[number] for a in args}
    calls = "\n".join(f"  call void @{name}_{n}(ptr %w, ptr %h)" for n in range(len(pieces)))
    head = f"define internal void @{name}(ptr noalias %w, ptr noalias %h) #1"
    return "\n".join([*texts, f"{head} {{\n{calls}\n  ret void\n}}\n"]), frozenset(needed)
