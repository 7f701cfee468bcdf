"""Exponential and logarithm over lanes, from operations that are exact or rounded once.

Library functions work on one number at a time and differ from machine to machine; these are the
same bits everywhere and in every width. Errors against the true value stay below two units in the
last place (a test compares them with NumPy and with 50 digits).

Method: Muller, J.-M., *Elementary Functions*, 3rd ed. (2016), chapters 3 and 11: reduction by
multiples of log 2 kept in two parts, then the series of exp, or of 2 artanh(s) with s = f/(2+f),
economized on the interval that is left.
"""

from __future__ import annotations

import math
from fractions import Fraction

from debtcycle.sfc.native.text import Function, Lanes

__all__ = ["mathematics"]

ROUND = 1.5 * 2.0**52  # a double plus this is rounded to an integer in its last bits
LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")  # 33 bits: multiples of it are exact
LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
EXP_TERMS, LOG_TERMS = 10, 7  # of the polynomials for (e^r - 1 - r)/r^2 and artanh
EXP_REACH = Fraction(3466, 10_000)  # half of log 2, and a little
LOG_REACH = Fraction(2945, 100_000)  # the square of (sqrt(2) - 1)/(sqrt(2) + 1), and a little


def _economized(series: list[Fraction], terms: int, low: Fraction, high: Fraction) -> list[float]:
    """A power series cut to fewer terms, with the error spread evenly over an interval.

    The highest power is taken away by a multiple of the Chebyshev polynomial of its degree on
    ``[low, high]``, term after term (Lanczos' economization), in exact arithmetic.
    """
    centre, half = (low + high) / 2, (high - low) / 2

    def step(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
        """2 (x - centre)/half a - b, the recurrence of the polynomials."""
        found = [Fraction(0), *(2 * one / half for one in a)]
        for k, one in enumerate(a):
            found[k] -= 2 * centre / half * one
        for k, one in enumerate(b):
            found[k] -= one
        return found

    chebyshev = [[Fraction(1)], [-centre / half, 1 / half]]
    while len(chebyshev) < len(series):
        chebyshev.append(step(chebyshev[-1], chebyshev[-2]))
    found = list(series)
    while len(found) > terms:
        highest = chebyshev[len(found) - 1]
        part = found[-1] / highest[-1]
        found = [a - part * b for a, b in zip(found, highest, strict=True)][:-1]
    return [float(one) for one in found]


EXP_SERIES = _economized(
    [Fraction(1, math.factorial(k)) for k in range(2, 18)], EXP_TERMS, -EXP_REACH, EXP_REACH
)
LOG_SERIES = _economized(
    [Fraction(2, 2 * j + 1) for j in range(1, 16)], LOG_TERMS, Fraction(0), LOG_REACH
)


def _series(f: Function, x: str, coefficients: list[float]) -> str:
    """A polynomial by Horner's rule, the constant term first."""
    number = f.lanes.number
    total = number(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = f.fused(total, x, number(coefficient))
    return total


def _scaled(f: Function, value: str, rounded: str, negative: str) -> str:
    """Value 2^n from n + ROUND, for n from -1076 to 1024; not a number stays so.

    The integer's last bits become the exponent of a power of two; a part of n is left for a second
    product, so that the first stays within bounds where the result overflows or is subnormal.
    """
    back = f.choose_integer(negative, f.lanes.integer(1023 + 64), f.lanes.integer(1023 - 1))
    rest = f.choose(negative, f.lanes.number(2.0**-64), f.lanes.number(2.0))
    bits = f.let(f"bitcast {f.v} {rounded} to {f.i}")
    shifted = f.let(f"add {f.i} {bits}, {back}")
    exponent = f.let(f"shl {f.i} {shifted}, {f.lanes.integer(52)}")
    power = f.let(f"bitcast {f.i} {exponent} to {f.v}")
    return f.op("fmul", f.op("fmul", value, power), rest)


def _exp(lanes: Lanes) -> str:
    f = Function(lanes, f"define internal {lanes.of('double')} @exp({lanes.of('double')} %x) #0")
    number = lanes.number
    low = f.choose(f.compare("olt", "%x", number(-746.0)), number(-746.0), "%x")
    x = f.choose(f.compare("ogt", low, number(710.0)), number(710.0), low)
    near = f.fused(x, number(1 / math.log(2.0)), number(ROUND))
    n = f.op("fsub", near, number(ROUND))
    r = f.fused(n, number(-LN2_HIGH), x)
    r = f.fused(n, number(-LN2_LOW), r)
    rest = _series(f, r, EXP_SERIES)
    small = f.fused(f.op("fmul", r, r), rest, r)
    value = f.op("fadd", number(1.0), small)
    value = _scaled(f, value, near, f.compare("olt", x, number(0.0)))
    f.do(f"ret {f.v} {value}")
    return f.text()


def _log(lanes: Lanes) -> str:
    f = Function(lanes, f"define internal {lanes.of('double')} @log({lanes.of('double')} %x) #0")
    number, integer = lanes.number, lanes.integer
    tiny = f.compare("olt", "%x", number(2.0**-1022))
    x = f.choose(tiny, f.op("fmul", "%x", number(2.0**54)), "%x")
    bits = f.let(f"bitcast {f.v} {x} to {f.i}")
    # From sqrt(1/2) to sqrt(2): the exponent goes up where the mantissa is above sqrt(2).
    biased = f.let(f"sub {f.i} {bits}, {integer(0x3FE6A09E667F3BCD)}")
    exponent = f.let(f"ashr {f.i} {biased}, {integer(52)}")
    whole = f.let(f"shl {f.i} {exponent}, {integer(52)}")
    mantissa = f.let(f"sub {f.i} {bits}, {whole}")
    m = f.let(f"bitcast {f.i} {mantissa} to {f.v}")
    shifted = f.let(f"add {f.i} {exponent}, {integer(0x4338000000000000)}")
    k = f.op("fsub", f.let(f"bitcast {f.i} {shifted} to {f.v}"), number(ROUND))
    k = f.choose(tiny, f.op("fsub", k, number(54.0)), k)
    g = f.op("fsub", m, number(1.0))
    s = f.op("fdiv", g, f.op("fadd", g, number(2.0)))
    z = f.op("fmul", s, s)
    terms = _series(f, z, LOG_SERIES)
    half = f.op("fmul", number(0.5), f.op("fmul", g, g))
    inner = f.op("fmul", s, f.fused(z, terms, half))
    low = f.fused(k, number(LN2_LOW), inner)
    rest = f.op("fsub", f.op("fsub", half, low), g)
    value = f.fused(k, number(LN2_HIGH), f.minus(rest))
    value = f.choose(f.compare("oeq", "%x", number(0.0)), number(-math.inf), value)
    value = f.choose(f.compare("oeq", "%x", number(math.inf)), "%x", value)
    good = f.compare("oge", "%x", number(0.0))
    f.do(f"ret {f.v} {f.choose(good, value, number(math.nan))}")
    return f.text()


def _pow(lanes: Lanes) -> str:
    """Powers by the library, lane by lane: they are rare, and hard to get right."""
    v = lanes.of("double")
    f = Function(lanes, f"define internal {v} @pow({v} %x, {v} %y) #0")
    if lanes.width == 1:
        f.do(f"ret {v} {f.let('call double @llvm.pow.f64(double %x, double %y)')}")
        return f.text()
    result = "undef"
    for k in range(lanes.width):
        a, b = (f.let(f"extractelement {v} {side}, i32 {k}") for side in ("%x", "%y"))
        one = f.let(f"call double @llvm.pow.f64(double {a}, double {b})")
        result = f.let(f"insertelement {v} {result}, double {one}, i32 {k}")
    f.do(f"ret {v} {result}")
    return f.text()


def mathematics(lanes: Lanes, *, inline: bool) -> str:
    """Text of the functions and the declarations that code over lanes may use.

    Parameters
    ----------
    inline : bool
        Whether exp and log are written out where they are used.
    """
    v = lanes.of("double")
    names = sorted({f"fabs.{lanes.suffix}", f"sqrt.{lanes.suffix}"})
    declared = [f"declare {v} @llvm.{name}({v})" for name in names]
    declared.append(f"declare {v} @llvm.fma.{lanes.suffix}({v}, {v}, {v})")
    declared.append("declare double @llvm.pow.f64(double, double)")
    own = "alwaysinline" if inline else "noinline"
    attributes = f"attributes #0 = {{ nounwind willreturn memory(none) {own} }}"
    return "\n".join([*declared, _exp(lanes), _log(lanes), _pow(lanes), attributes])
