"""Draws: published vectors, two ways to the same bits, addresses, and the normal distribution."""

from __future__ import annotations

import math
import statistics
from decimal import Decimal, localcontext

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.errors import ConfigError
from debtcycle.machine.ensemble import draws, jit, normals
from debtcycle.machine.ensemble.normal import (
    FAR_P,
    normals_of_words,
    plain_normals_of_words,
)
from debtcycle.machine.ensemble.randomness import plain_normals

# Random123's known answers for ten rounds of Philox4x32: counter, key, block.
KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip
SEEDS = st.integers(0, 2**64 - 1)


def same(left: np.ndarray, right: np.ndarray) -> bool:
    """Equal to the bit."""
    return left.shape == right.shape and left.tobytes() == right.tobytes()


@pytest.mark.parametrize(("counter", "key", "block"), KNOWN)
def test_the_generator_gives_the_published_blocks(counter, key, block):
    c, k, b = ([int(word, 16) for word in text.split()] for text in (counter, key, block))
    arrays = [np.array([word], np.uint64) for word in (*c, *k)]
    made = draws.philox(tuple(arrays[:4]), tuple(arrays[4:]))
    assert [int(word[0]) for word in made] == b
    path, quarter, pair, stream = c
    first, second = np.empty(1, np.uint64), np.empty(1, np.uint64)
    draws.fill_words(np.uint64(k[0] | k[1] << 32), stream, path, quarter, pair, first, second)
    assert int(first[0]) == b[0] | b[1] << 32
    assert int(second[0]) == b[2] | b[3] << 32


@settings(max_examples=40)
@given(
    seed=SEEDS,
    first=st.integers(0, 2**32 - 700),
    paths=st.integers(0, 700),
    quarters=st.integers(0, 3),
    shocks=st.integers(0, 5),
    first_quarter=st.integers(0, 2**32 - 3),
    stream=st.integers(0, 2**32 - 1),
)
def test_compiled_and_plain_draws_are_the_same_bits(
    seed, first, paths, quarters, shocks, first_quarter, stream
):
    where = (seed, first, paths, quarters, shocks)
    found = normals(*where, first_quarter=first_quarter, stream=stream)
    assert same(found, plain_normals(*where, first_quarter=first_quarter, stream=stream))


@given(data=st.data(), seed=SEEDS)
def test_a_draw_depends_on_its_address_alone(data, seed):
    whole = normals(seed, 1000, 600, 4, 5)
    start = data.draw(st.integers(0, 599))
    stop = data.draw(st.integers(start, 600))
    quarter = data.draw(st.integers(0, 3))
    shocks = data.draw(st.integers(1, 5))
    part = normals(seed, 1000 + start, stop - start, 4 - quarter, shocks, first_quarter=quarter)
    assert same(part, np.ascontiguousarray(whole[quarter:, :shocks, start:stop]))


def test_draws_are_written_where_the_caller_wants_them():
    out = np.full((3, 2, 100), np.nan)
    assert normals(5, 64, 100, 3, 2, out=out) is out
    assert same(out, normals(5, 64, 100, 3, 2))


@pytest.mark.parametrize(
    "change",
    [
        {"seed": -1}, {"seed": 2**64}, {"first_path": -1}, {"first_path": 2**32 - 1},
        {"paths": -1}, {"quarters": -1}, {"shocks": -1}, {"stream": 2**32}, {"stream": -1},
        {"first_quarter": -1}, {"first_quarter": 2**32}, {"out": np.empty((1, 1, 3))},
        {"out": np.empty((1, 1, 2), np.float32)}, {"out": np.empty((1, 1, 4))[:, :, ::2]},
    ],
)  # fmt: skip
def test_an_address_that_does_not_exist_is_refused(change):
    asked = {"seed": 1, "first_path": 0, "paths": 2, "quarters": 1, "shocks": 1} | change
    with pytest.raises(ConfigError) as caught:
        normals(**asked)
    assert caught.value.message_id == "ensemble.draws"


def words_of(places: list[int]) -> np.ndarray:
    return np.array([place << 12 for place in places], np.uint64)


EDGES = [
    *(2**power + step for power in range(1, 52) for step in (-1, 0, 1)),
    *(2**52 - 2**power for power in range(1, 52)),
    0, 2**52 - 1, int(0.075 * 2**52), int(0.925 * 2**52), int(FAR_P * 2**52),
    *(int(FAR_P * 2**52) + step for step in (-2, -1, 1, 2)),
]  # fmt: skip


def compiled(words: np.ndarray) -> np.ndarray:
    out = np.empty(words.shape)
    normals_of_words(words, out, 0, words.size)
    return out


def phi(z: Decimal) -> Decimal:
    """The normal distribution by its series, in the precision of the context."""
    term, total, n = z, z, 0
    while abs(term) > Decimal(10) ** -70:
        n += 1
        term = -term * z * z / (2 * n)
        total += term / (2 * n + 1)
    return Decimal("0.5") + total / (2 * PI).sqrt()


PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628621")


def test_a_normal_is_the_inverse_of_its_probability_to_the_last_digits():
    words = words_of(EDGES)
    found = compiled(words)
    assert same(found, plain_normals_of_words(words))
    with localcontext() as context:
        context.prec = 90
        for place, z in zip(EDGES[::3], found[::3], strict=True):
            exact = Decimal(float(z))
            u = (place + Decimal("0.5")) / 2**52
            density = (-exact * exact / 2).exp() / (2 * PI).sqrt()
            assert abs((phi(exact) - u) / density) <= Decimal("1e-15") * abs(exact), place


@given(st.lists(st.integers(0, 2**52 - 1), min_size=1, max_size=300))
def test_normals_agree_with_those_of_the_standard_library(places):
    found = compiled(words_of(places))
    inverse = statistics.NormalDist().inv_cdf
    for place, z in zip(places, found, strict=True):
        u = (place + 0.5) * 2.0**-52
        assert math.isclose(z, inverse(u), rel_tol=1e-13, abs_tol=1e-16)


def test_normals_mirror_and_grow():
    places = sorted(EDGES)
    found = compiled(words_of(places))
    assert np.all(np.diff(found) >= 0.0)
    assert same(found, -compiled(words_of([2**52 - 1 - place for place in places])))
    assert 8.2 < found[-1] < 8.21


# Bounds of 4.5 standard errors, written before the draws were made; the seeds are fixed.
def test_moments_are_those_of_the_normal_distribution():
    x = normals(20081128, 0, 100_000, 2, 5).reshape(-1)
    n = x.size
    wanted = {1: (0.0, 1.0), 2: (1.0, 2.0), 3: (0.0, 15.0), 4: (3.0, 96.0)}
    for power, (moment, variance) in wanted.items():
        assert abs(np.mean(x**power) - moment) < 4.5 * math.sqrt(variance / n), power


def test_the_distribution_is_normal_by_kolmogorov_and_smirnov():
    x = np.sort(normals(20251215, 0, 50_000, 2, 2).reshape(-1))
    below = np.array([0.5 * math.erfc(-z / math.sqrt(2.0)) for z in x])
    ranks = np.arange(1, x.size + 1) / x.size
    distance = max(np.max(ranks - below), np.max(below - ranks + 1.0 / x.size))
    assert distance < 1.95 / math.sqrt(x.size)  # exceeded once in a thousand times


@pytest.mark.parametrize("neighbour", ["seed", "path", "quarter", "shock", "pair", "stream"])
def test_neighbours_are_not_correlated(neighbour):
    paths = 200_000
    base = normals(7, 0, paths, 1, 1)[0, 0]
    beside = {
        "seed": lambda: normals(8, 0, paths, 1, 1)[0, 0],
        "path": lambda: normals(7, 1, paths, 1, 1)[0, 0],
        "quarter": lambda: normals(7, 0, paths, 2, 1)[1, 0],
        "shock": lambda: normals(7, 0, paths, 1, 2)[0, 1],
        "pair": lambda: normals(7, 0, paths, 1, 3)[0, 2],
        "stream": lambda: normals(7, 0, paths, 1, 1, stream=1)[0, 0],
    }[neighbour]()
    for left, right in ((base, beside), (base**2 - 1.0, beside**2 - 1.0)):
        scale = math.sqrt(np.mean(left**2) * np.mean(right**2))
        assert abs(np.mean(left * right)) / scale < 4.5 / math.sqrt(paths)


def test_kernels_compile_where_nothing_can_be_written(monkeypatch):
    make = numba.njit

    def without_place(*arguments, cache=False, **options):
        if cache:
            raise RuntimeError("no locator available")
        return make(*arguments, **options)

    monkeypatch.setattr(numba, "njit", without_place)
    halved = jit.compiled(lambda x: jit.float_of(jit.bits_of(x)) / 2.0)
    assert halved(3.0) == 1.5
