"""Writing LLVM's intermediate language: one function at a time, over lanes of paths.

A number is one double for every lane: a vector of `width` of them, or a plain double where the
width is one. The same text comes out for both but for the types, and no operation mixes lanes, so
that a path's numbers are the same bits whatever the width.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Function", "Lanes"]


@dataclass(frozen=True, slots=True)
class Lanes:
    """The types of numbers, truths and integers over a width of lanes."""

    width: int

    def of(self, scalar: str) -> str:
        """A scalar type over the lanes."""
        return scalar if self.width == 1 else f"<{self.width} x {scalar}>"

    @property
    def suffix(self) -> str:
        """Ending of an intrinsic's name for numbers."""
        return "f64" if self.width == 1 else f"v{self.width}f64"

    def every(self, scalar: str, value: str) -> str:
        """A literal that is the same in all lanes."""
        return value if self.width == 1 else f"<{', '.join([f'{scalar} {value}'] * self.width)}>"

    def number(self, value: float) -> str:
        """A double in all lanes, bit for bit."""
        (bits,) = struct.unpack("<Q", struct.pack("<d", value))
        return self.every("double", f"0x{bits:016X}")

    def integer(self, value: int) -> str:
        """A 64-bit integer in all lanes."""
        return self.every("i64", str(value))


class Function:
    """The body of a function as it is written.

    Values are named by their operands' text; methods append an operation and return its result.
    """

    def __init__(self, lanes: Lanes, head: str) -> None:
        self.lanes = lanes
        self.head = head
        self.first: list[str] = []
        self.lines: list[str] = []
        self._count = 0
        self.v, self.m, self.i = lanes.of("double"), lanes.of("i1"), lanes.of("i64")

    def text(self) -> str:
        """The whole function."""
        body = "\n".join([*self.first, *self.lines])
        return f"{self.head} {{\nentry:\n{body}\n}}\n"

    def name(self) -> str:
        """A fresh name."""
        self._count += 1
        return f"t{self._count}"

    def do(self, text: str) -> None:
        """An operation without a result."""
        self.lines.append(f"  {text}")

    def let(self, text: str) -> str:
        """An operation with a result."""
        name = f"%{self.name()}"
        self.lines.append(f"  {name} = {text}")
        return name

    # --- numbers ----------------------------------------------------------------------------
    def op(self, name: str, a: str, b: str) -> str:
        """An operation on two numbers: fadd, fsub, fmul, fdiv."""
        return self.let(f"{name} {self.v} {a}, {b}")

    def fused(self, a: str, b: str, c: str) -> str:
        """a*b + c, rounded once: the same bits on every processor."""
        v = self.v
        return self.let(f"call {v} @llvm.fma.{self.lanes.suffix}({v} {a}, {v} {b}, {v} {c})")

    def minus(self, a: str) -> str:
        """Its negative."""
        return self.let(f"fneg {self.v} {a}")

    def absolute(self, a: str) -> str:
        """Absolute value."""
        return self.let(f"call {self.v} @llvm.fabs.{self.lanes.suffix}({self.v} {a})")

    def compare(self, how: str, a: str, b: str) -> str:
        """Truth of a comparison: olt, ole, ogt, oge, oeq, une."""
        return self.let(f"fcmp {how} {self.v} {a}, {b}")

    def choose(self, truth: str, a: str, b: str) -> str:
        """`a` where true, else `b`."""
        return self.let(f"select {self.m} {truth}, {self.v} {a}, {self.v} {b}")

    def choose_integer(self, truth: str, a: str, b: str) -> str:
        """The same of integers."""
        return self.let(f"select {self.m} {truth}, {self.i} {a}, {self.i} {b}")

    def compare_integer(self, how: str, a: str, b: int) -> str:
        """Truth of a comparison of integers with one: slt, sge, eq."""
        return self.let(f"icmp {how} {self.i} {a}, {self.lanes.integer(b)}")

    def larger(self, a: str, b: str) -> str:
        """The larger of two numbers; `b` where they cannot be compared."""
        return self.choose(self.compare("ogt", a, b), a, b)

    # --- truths -----------------------------------------------------------------------------
    def both(self, a: str, b: str) -> str:
        """True where both are."""
        return self.let(f"and {self.m} {a}, {b}")

    def either(self, a: str, b: str) -> str:
        """True where one is."""
        return self.let(f"or {self.m} {a}, {b}")

    def negate(self, a: str) -> str:
        """True where it is not."""
        return self.let(f"xor {self.m} {a}, {self.lanes.every('i1', 'true')}")

    def any(self, a: str) -> str:
        """Whether it is true in any lane."""
        if self.lanes.width == 1:
            return a
        whole = f"i{self.lanes.width}"
        bits = self.let(f"bitcast {self.m} {a} to {whole}")
        return self.let(f"icmp ne {whole} {bits}, 0")

    # --- from one to all lanes --------------------------------------------------------------
    def spread(self, value: str, scalar: str) -> str:
        """A double, truth or integer in all lanes."""
        width, kind = self.lanes.width, self.lanes.of(scalar)
        if width == 1:
            return value
        one = self.let(f"insertelement {kind} undef, {scalar} {value}, i32 0")
        zero = f"<{width} x i32> zeroinitializer"
        return self.let(f"shufflevector {kind} {one}, {kind} undef, {zero}")

    # --- memory -----------------------------------------------------------------------------
    def at(self, base: str, index: str | int, scalar: str = "double") -> str:
        """Address of an element."""
        return self.let(f"getelementptr {scalar}, ptr {base}, i64 {index}")

    def element(self, place: str | int) -> str | int:
        """Index in doubles of an element of an array of numbers."""
        width = self.lanes.width
        if width == 1:
            return place
        return place * width if isinstance(place, int) else self.long_op("mul", place, width)

    def load(self, base: str, index: str | int) -> str:
        """A number per lane, from an index in doubles."""
        return self.let(f"load {self.v}, ptr {self.at(base, index)}, align 8")

    def store(self, value: str, base: str, index: str | int) -> None:
        """The same back."""
        self.do(f"store {self.v} {value}, ptr {self.at(base, index)}, align 8")

    def long(self, base: str, index: str | int) -> str:
        """One integer of an array, the same for all lanes."""
        return self.let(f"load i64, ptr {self.at(base, index, 'i64')}, align 8")

    def local(self, kind: str, value: str | None = None) -> str:
        """A variable of the function."""
        name = f"%{self.name()}"
        self.first.append(f"  {name} = alloca {kind}, align 64")
        if value is not None:
            self.set(kind, name, value)
        return name

    def get(self, kind: str, variable: str) -> str:
        """Its value."""
        return self.let(f"load {kind}, ptr {variable}, align 8")

    def set(self, kind: str, variable: str, value: str) -> None:
        """A new value."""
        self.do(f"store {kind} {value}, ptr {variable}, align 8")

    # --- flow -------------------------------------------------------------------------------
    def long_op(self, name: str, a: str | int, b: str | int) -> str:
        """An operation on two integers: add, sub, mul, or a comparison such as ``icmp slt``."""
        return self.let(f"{name} i64 {a}, {b}")

    def go(self, label: str) -> None:
        """Go on elsewhere."""
        self.do(f"br label %{label}")

    def label(self, name: str) -> None:
        """A place to go on."""
        self.lines.append(f"{name}:")

    def branch(self, truth: str, yes: str, no: str) -> None:
        """Go on at one of two places."""
        self.do(f"br i1 {truth}, label %{yes}, label %{no}")

    @contextmanager
    def when(self, truth: str) -> Iterator[None]:
        """Only if a single truth holds."""
        inside, after = self.name(), self.name()
        self.branch(truth, inside, after)
        self.label(inside)
        yield
        self.go(after)
        self.label(after)

    @contextmanager
    def loop(self, first: str | int, last: str | int, step: int = 1) -> Iterator[tuple[str, str]]:
        """From first to before last; gives the index and the label that ends the loop."""
        counter = self.local("i64")
        self.set("i64", counter, str(first))
        head, inside, after = self.name(), self.name(), self.name()
        self.go(head)
        self.label(head)
        index = self.get("i64", counter)
        self.branch(self.long_op("icmp slt", index, last), inside, after)
        self.label(inside)
        yield index, after
        self.set("i64", counter, self.long_op("add", index, step))
        self.go(head)
        self.label(after)
