"""Standard normals from random words by the inverse of their distribution, to the last digits.

A word of 64 bits gives ``u = (floor(word / 2**12) + 1/2) / 2**52``, which lies strictly between 0
and 1, and ``z = inverse(u)``, at most 8.21 in size. Only operations that IEEE 754 fixes to the bit
are used (no library logarithm), so that the compiled function, its plain twin and every machine
agree. The relative error of z is below 1e-15.

Source of the three rational functions: M. J. Wichura (1988), "Algorithm AS 241: the percentage
points of the normal distribution", Applied Statistics 37(3), 477-484, doi:10.2307/2347330.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine.ensemble.jit import bits_of, compiled, float_of

__all__ = ["normals_of_words", "plain_normals_of_words"]

Words = NDArray[np.uint64]
Floats = NDArray[np.float64]

# Numerator and denominator, highest power first: |u - 1/2| <= 0.425, then sqrt(-ln p) <= 5, then
# what is farther out (p is the distance to the nearer end).
MIDDLE: Final = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
     4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
     1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
     2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
     4.2313330701600911252e1, 1.0),
)  # fmt: skip
TAIL: Final = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
     4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
     2.05319162663775882187e0, 1.0),
)  # fmt: skip
FAR: Final = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
     5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)  # fmt: skip
CENTRAL: Final = 0.425
CENTRAL_SQUARED: Final = 0.180625
FAR_P: Final = 1.3887943864964021e-11  # exp(-25), where sqrt(-ln p) = 5
HALF_STEP: Final = 2.0**-53

# ln x = k ln 2 + ln m with m in [sqrt(1/2), sqrt(2)), and ln m = 2 (s + s^3/3 + s^5/5 + ...) with
# s = (m - 1) / (m + 1); eleven terms leave less than 1e-18. ln 2 in two parts, the first of which
# times k is exact.
ODD: Final = tuple(1.0 / (2 * n + 1) for n in range(11, 0, -1))
LN2_HIGH: Final = 6.93147180369123816490e-1
LN2_LOW: Final = 1.90821492927058770002e-10
ROOT_HALF: Final = np.uint64(0x3FE6A09E667F3BCD)  # bits of sqrt(1/2)
TO_ONE: Final = np.uint64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)
ONE: Final = np.uint64(0x3FF0000000000000)
TWO_52: Final = np.uint64(0x4330000000000000)  # bits of 2**52: a whole number k is read back ...
EXPONENT_0: Final = 2.0**52 + 1023.0  # ... as 2**52 + k, less the exponent of 1
MANTISSA: Final = np.uint64(0x000FFFFFFFFFFFFF)
SHIFT_52, SHIFT_12 = np.uint64(52), np.uint64(12)


@compiled
def _minus_log(p: float) -> float:
    """``-ln p`` of a number between 2**-53 and 1/2."""
    shifted = bits_of(p) + TO_ONE
    k = float_of((shifted >> SHIFT_52) | TWO_52) - EXPONENT_0
    f = float_of((shifted & MANTISSA) + ROOT_HALF) - 1.0
    s = f / (2.0 + f)
    z = s * s
    series = ODD[0]
    for n in range(1, 11):
        series = series * z + ODD[n]
    twice = s + s
    return -(k * LN2_HIGH + (twice + (twice * (z * series) + k * LN2_LOW)))


@compiled
def _far(p: float, q: float) -> float:
    """The normal of a p below exp(-25)."""
    r = np.sqrt(_minus_log(p)) - 5.0
    above, below = FAR[0][0], FAR[1][0]
    for n in range(1, 8):
        above = above * r + FAR[0][n]
        below = below * r + FAR[1][n]
    return (1.0 if q > 0.0 else -1.0) * above / below


@compiled
def normals_of_words(words: Words, out: Floats, at: int, count: int) -> None:
    """Write the normals of the first `count` words from place `at` of a row on.

    The loop is free of branches: coefficients are chosen, not paths, and the far tail (two words
    in 7e10) is mended afterwards, so that the compiler computes several words at once.
    """
    far, first = False, np.uint64(at)  # places without a sign need no check of it
    for i in range(np.uint64(count)):
        q = (float_of((words[i] >> SHIFT_12) | ONE) - 1.5) + HALF_STEP
        p = 0.5 - abs(q)
        middle = abs(q) <= CENTRAL
        r = CENTRAL_SQUARED - q * q if middle else np.sqrt(_minus_log(p)) - 1.6
        above = MIDDLE[0][0] if middle else TAIL[0][0]
        below = MIDDLE[1][0] if middle else TAIL[1][0]
        for n in range(1, 8):
            above = above * r + (MIDDLE[0][n] if middle else TAIL[0][n])
            below = below * r + (MIDDLE[1][n] if middle else TAIL[1][n])
        sign = 1.0 if q > 0.0 else -1.0
        out[first + i] = (q if middle else sign) * above / below
        far |= p < FAR_P
    if far:
        for i in range(count):
            q = (float_of((words[i] >> SHIFT_12) | ONE) - 1.5) + HALF_STEP
            if 0.5 - abs(q) < FAR_P:
                out[at + i] = _far(0.5 - abs(q), q)


def _plain_minus_log(p: Floats) -> Floats:
    shifted = p.view(np.uint64) + TO_ONE
    k = ((shifted >> SHIFT_52) | TWO_52).view(np.float64) - EXPONENT_0
    f = ((shifted & MANTISSA) + ROOT_HALF).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    series = np.full_like(z, ODD[0])
    for term in ODD[1:]:
        series = series * z + term
    twice = s + s
    return -(k * LN2_HIGH + (twice + (twice * (z * series) + k * LN2_LOW)))


def _ratio(pair: tuple[tuple[float, ...], tuple[float, ...]], r: Floats, factor: Floats) -> Floats:
    above, below = (np.full_like(r, side[0]) for side in pair)
    for top, bottom in zip(pair[0][1:], pair[1][1:], strict=True):
        above = above * r + top
        below = below * r + bottom
    return factor * above / below


def plain_normals_of_words(words: Words) -> Floats:
    """The plain twin of `normals_of_words`: the same operations in NumPy.

    Parameters
    ----------
    words : ndarray of uint64
        Random words, any shape.

    Returns
    -------
    ndarray of float64
        Standard normals of the same shape.
    """
    q = (((words >> SHIFT_12) | ONE).view(np.float64) - 1.5) + HALF_STEP
    p = 0.5 - np.abs(q)
    sign = np.where(q > 0.0, 1.0, -1.0)
    root = np.sqrt(_plain_minus_log(p))
    middle = _ratio(MIDDLE, CENTRAL_SQUARED - q * q, q)
    tail, far = _ratio(TAIL, root - 1.6, sign), _ratio(FAR, root - 5.0, sign)
    return np.where(np.abs(q) <= CENTRAL, middle, np.where(p < FAR_P, far, tail))
