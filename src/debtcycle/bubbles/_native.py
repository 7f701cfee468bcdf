"""What the compiled parts share: the decorator, and the arithmetic of one vector of windows.

The inner loop is written over vectors of window *ends*, so that nothing is left to a compiler's
decision whether to vectorise. Every operation is an IEEE operation in a fixed order and every
fused multiply-add is written as one: the same window gives the same bits in every sample.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils as _cgutils
from numba.extending import intrinsic

__all__ = ["CROSS", "LEVEL", "SQUARE", "SUM", "TRUST", "WIDTH", "compiled", "sweep"]

# Rows of prefix sums, about a base near the windows' starts. After these come, for j = 0..lag,
# CROSS + j: sums of x[t-1] d[t-j], and then sums of d[t] d[t-j].
LEVEL, SUM, SQUARE, TRUST, CROSS = range(5)

PIVOT_TRUST = 1e-7  # of the sum of squared differences: below it a lag is all but collinear

cgutils: Any = _cgutils  # not annotated by its authors
_DOUBLE = ir.DoubleType()
_INT = ir.IntType(64)


def _width() -> int:
    """Numbers in a vector of the processor at hand: 8 with AVX-512, otherwise 4."""
    return 8 if llvm.get_host_cpu_features().get("avx512f", False) else 4


WIDTH = _width()


def compiled(function: Callable[..., Any]) -> Any:
    """`numba.njit` with IEEE division, without the interpreter's lock, kept on disk if possible.

    Numba keeps machine code beside the module, or in the user's cache; where it can write to
    neither, the function is compiled anew in each process.
    """
    settings: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}
    try:
        found = numba.njit(cache=True, **settings)(function)
    except RuntimeError:
        return numba.njit(**settings)(function)
    # Numba looks for changes in the function's own file; what it calls lies in others too.
    with contextlib.suppress(AttributeError):
        found._cache._cache_file._source_stamp = _stamp()  # noqa: SLF001 - there is no public way
    return found


@cache
def _stamp() -> str:
    """Digest of the files from which machine code is made."""
    found = hashlib.sha256()
    for name in ("_careful", "_information", "_native", "draws", "kernel", "rules"):
        found.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return found.hexdigest()


class _Lanes:
    """Arithmetic on vectors of `WIDTH` numbers, written into a function."""

    def __init__(self, builder: Any) -> None:
        self.b = builder
        self.type = ir.VectorType(_DOUBLE, WIDTH)
        self._lanes = ir.VectorType(ir.IntType(32), WIDTH)

    def spread(self, scalar: Any) -> Any:
        """A number in every lane."""
        nothing = ir.Constant(self.type, ir.Undefined)
        one = self.b.insert_element(nothing, scalar, ir.IntType(32)(0))
        return self.b.shuffle_vector(one, nothing, ir.Constant(self._lanes, None))

    def number(self, value: float) -> Any:
        """A constant in every lane."""
        return ir.Constant(self.type, [value] * WIDTH)

    def _place(self, pointer: Any, index: Any) -> Any:
        return self.b.bitcast(self.b.gep(pointer, [index]), self.type.as_pointer())

    def load(self, pointer: Any, index: Any) -> Any:
        """Lanes from consecutive places."""
        return self.b.load(self._place(pointer, index), align=8)

    def store(self, value: Any, pointer: Any, index: Any) -> None:
        """Lanes to consecutive places."""
        self.b.store(value, self._place(pointer, index), align=8)

    def scalar(self, pointer: Any, index: Any) -> Any:
        """One place, in every lane."""
        return self.spread(self.b.load(self.b.gep(pointer, [index])))

    def plus_product(self, a: Any, x: Any, y: Any) -> Any:
        """A + x y, rounded once."""
        return self._call("fma", x, y, a)

    def less_product(self, a: Any, x: Any, y: Any) -> Any:
        """A - x y, rounded once."""
        return self._call("fma", self.b.fneg(x), y, a)

    def least(self, x: Any, y: Any) -> Any:
        """The smaller; y where x is not a number."""
        return self.b.select(self.b.fcmp_ordered("<", x, y), x, y)

    def most(self, x: Any, y: Any) -> Any:
        """The larger; y where x is not a number."""
        return self.b.select(self.b.fcmp_ordered(">", x, y), x, y)

    def absolute(self, x: Any) -> Any:
        """Absolute values."""
        return self._call("fabs", x)

    def _call(self, name: str, *arguments: Any) -> Any:
        kind = ir.FunctionType(self.type, [self.type] * len(arguments))
        full = f"llvm.{name}.v{WIDTH}f64"
        found = cgutils.get_or_insert_function(self.b.module, kind, full)
        return self.b.call(found, arguments)


class _Window:
    """One start against `WIDTH` ends: what is added to the function for each."""

    def __init__(self, lanes: _Lanes, lag: int, table: Any, stride: Any, end: Any) -> None:
        self.lanes, self.lag, self.table, self.stride = lanes, lag, table, stride
        self.products = CROSS + lag + 1
        self.ends: dict[tuple[int, int], Any] = {}
        for row in (LEVEL, SUM, SQUARE, TRUST, *range(CROSS, CROSS + 2 * lag + 2)):
            shifted = row == LEVEL or row >= self.products
            for shift in range((lag if shifted else 0) + 1):
                self.ends[row, shift] = lanes.load(table, self._place(row, end, shift))

    def _place(self, row: int, column: Any, shift: int) -> Any:
        b = self.lanes.b
        return b.add(b.mul(self.stride, _INT(row)), b.sub(column, _INT(shift)))

    def moments(self, before: Any, minus_inverse: Any) -> list[list[Any]]:
        """Cross products of (d[t-1] .. d[t-lag], x[t-1], d[t]) about their means, upper half.

        `before` is the place of the last observation before the first row of the regression.
        """
        lanes, lag, ends = self.lanes, self.lag, self.ends
        x, d, products = lag, lag + 1, self.products

        def between(row: int, shift: int) -> Any:
            first = lanes.scalar(self.table, self._place(row, before, shift))
            return lanes.b.fsub(ends[row, shift], first)

        sums = [between(LEVEL, i) for i in range(1, lag + 1)]
        sums += [between(SUM, 0), between(LEVEL, 0)]
        m: list[list[Any]] = [[None] * (lag + 2) for _ in range(lag + 2)]
        m[x][x], m[x][d], m[d][d] = between(SQUARE, 0), between(CROSS, 0), between(products, 0)
        for i in range(lag):
            m[i][x], m[i][d] = between(CROSS + i + 1, 0), between(products + i + 1, 0)
            for j in range(i, lag):
                m[i][j] = between(products + j - i, i + 1)
        for i in range(lag + 2):
            mean = lanes.b.fmul(sums[i], minus_inverse)
            for j in range(i, lag + 2):
                m[i][j] = lanes.plus_product(m[i][j], mean, sums[j])
        return m

    def eliminate(self, m: list[list[Any]], least: Any) -> Any:
        """Take the lagged differences out (LDL'); the smallest pivot so far."""
        lanes = self.lanes
        for pivot in range(self.lag):
            least = lanes.least(m[pivot][pivot], least)
            inverse = lanes.b.fdiv(lanes.number(1.0), m[pivot][pivot])
            for i in range(pivot + 1, self.lag + 2):
                factor = lanes.b.fmul(m[pivot][i], inverse)
                for j in range(i, self.lag + 2):
                    m[i][j] = lanes.less_product(m[i][j], factor, m[pivot][j])
        return least

    def doubtful(self, least_rest: Any, least_pivot: Any) -> Any:
        """Lanes in which some window lost too many digits."""
        b = self.lanes.b
        lost = b.fcmp_ordered("<=", least_rest, self.ends[TRUST, 0])
        if self.lag:
            bound = b.fmul(self.ends[self.products, 0], self.lanes.number(PIVOT_TRUST))
            lost = b.or_(lost, b.fcmp_ordered("<=", least_pivot, bound))
        return lost


def _write_sweep(builder: Any, lag: int, pointers: Any, stride: Any, bounds: Any) -> None:
    """The loop over starts; the largest value so far stays in a register."""
    lanes = _Lanes(builder)
    (table, inverse, best), (end, first, last) = pointers, bounds
    window = _Window(lanes, lag, table, stride, end)
    infinite = lanes.number(float("inf"))
    most, rests, pivots, free = (cgutils.alloca_once(builder, lanes.type) for _ in range(4))
    builder.store(lanes.number(float("-inf")), most)
    builder.store(infinite, rests)
    builder.store(infinite, pivots)
    rows = builder.sub(builder.sub(end, first), _INT(lag))
    freedom = builder.sitofp(builder.sub(rows, _INT(lag + 2)), _DOUBLE)
    ramp = ir.Constant(lanes.type, [float(n) for n in range(WIDTH)])
    builder.store(builder.fadd(lanes.spread(freedom), ramp), free)
    with cgutils.for_range_slice(builder, first, last, _INT(1)) as (start, _):
        before = builder.add(start, _INT(lag))
        rows = builder.add(builder.sub(end, before), _INT(WIDTH))
        freedom = builder.load(free)
        builder.store(builder.fsub(freedom, lanes.number(1.0)), free)
        # A window that is too short is not a number: never smaller, never larger.
        m = window.moments(before, lanes.load(inverse, rows))
        builder.store(window.eliminate(m, builder.load(pivots)), pivots)
        c = m[lag][lag + 1]
        rest = lanes.less_product(builder.fmul(m[lag][lag], m[lag + 1][lag + 1]), c, c)
        builder.store(lanes.least(rest, builder.load(rests)), rests)
        square = builder.fmul(builder.fmul(c, lanes.absolute(c)), freedom)
        value = builder.fdiv(square, rest)
        builder.store(lanes.most(value, builder.load(most)), most)
    lost = window.doubtful(builder.load(rests), builder.load(pivots))
    lanes.store(builder.select(lost, infinite, builder.load(most)), best, end)


def _sweep(
    _typing: Any, order: Any, table: Any, inverse: Any, end: Any, first: Any, last: Any, best: Any
) -> Any:
    """Largest signed square of t over starts first..last-1, for `WIDTH` ends from `end` on.

    ``sweep(order, table, inverse, end, first, last, best)``: `order` is a tuple with as many
    places as there are lags, so that their number is part of its type; `table` holds prefix sums
    (rows, n); `inverse` -1/rows by number of rows, `WIDTH` places ahead, not a number where the
    window is too short; `best` receives the result from `end` on. It is infinite where some
    window lost too many digits.
    """
    lag = order.count
    signature = types.void(order, table, inverse, end, first, last, best)

    def write(context: Any, builder: Any, made: Any, arguments: Any) -> Any:
        arrays = [
            context.make_array(made.args[n])(context, builder, arguments[n]) for n in (1, 2, 6)
        ]
        stride = builder.udiv(builder.extract_value(arrays[0].strides, 0), _INT(8))
        _write_sweep(builder, lag, [one.data for one in arrays], stride, arguments[3:6])
        return context.get_dummy_value()

    return signature, write


sweep: Any = intrinsic(_sweep)
