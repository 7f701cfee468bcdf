"""Exponential and logarithm over lanes, from operations that are exact or rounded once.

Library functions work on one number at a time and differ from machine to machine; these are the
same bits everywhere and in every width. Errors against the true value stay below two units in the
last place (a test compares them with NumPy and with 50 digits).

Method: Muller, J.-M., *Elementary Functions*, 3rd ed. (2016), chapter 11: reduction by multiples of
log 2 kept in two parts, then the Taylor series of exp, or of 2 artanh(s) with s = f/(2+f).
"""

from __future__ import annotations

import math

from debtcycle.sfc.native.text import Function, Lanes

__all__ = ["mathematics"]

ROUND = 1.5 * 2.0**52  # a double plus this is rounded to an integer in its last bits
LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")  # 33 bits: multiples of it are exact
LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
EXP_TERMS = 13
LOG_TERMS = 11


def _series(f: Function, x: str, coefficients: list[float]) -> str:
    """A polynomial by Horner's rule, the constant term first."""
    number = f.lanes.number
    total = number(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = f.fused(total, x, number(coefficient))
    return total


def _power_of_two(f: Function, rounded: str) -> str:
    """2^n from n + ROUND: the integer's last bits become the exponent."""
    bits = f.let(f"bitcast {f.v} {rounded} to {f.i}")
    shifted = f.let(f"add {f.i} {bits}, {f.lanes.integer(1023)}")
    exponent = f.let(f"shl {f.i} {shifted}, {f.lanes.integer(52)}")
    return f.let(f"bitcast {f.i} {exponent} to {f.v}")


def _exp(lanes: Lanes) -> str:
    f = Function(lanes, f"define internal {lanes.of('double')} @exp({lanes.of('double')} %x) #0")
    number = lanes.number
    low = f.choose(f.compare("olt", "%x", number(-746.0)), number(-746.0), "%x")
    x = f.choose(f.compare("ogt", low, number(710.0)), number(710.0), low)
    near = f.fused(x, number(1 / math.log(2.0)), number(ROUND))
    n = f.op("fsub", near, number(ROUND))
    r = f.fused(n, number(-LN2_HIGH), x)
    r = f.fused(n, number(-LN2_LOW), r)
    rest = _series(f, r, [1.0 / math.factorial(k) for k in range(2, EXP_TERMS + 1)])
    small = f.fused(f.op("fmul", r, r), rest, r)
    value = f.op("fadd", number(1.0), small)
    # In two halves, so that neither overflows where the product does not.
    half = f.fused(n, number(0.5), number(ROUND))
    other = f.op("fadd", f.op("fsub", n, f.op("fsub", half, number(ROUND))), number(ROUND))
    value = f.op("fmul", value, _power_of_two(f, half))
    f.do(f"ret {f.v} {f.op('fmul', value, _power_of_two(f, other))}")
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
    terms = _series(f, z, [2.0 / (2 * j + 1) for j in range(1, LOG_TERMS + 1)])
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
