"""Sketches: against exact quantiles and sums, and the same bytes however the paths come in."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from debtcycle.errors import ModelError
from debtcycle.machine.ensemble import EXACT_PATHS, LANE, Sketch, normals
from debtcycle.machine.ensemble.bins import BEYOND, ENDLESS, ZERO, Bins, edges, place_of
from debtcycle.machine.ensemble.failed import Failed
from debtcycle.machine.ensemble.moments import lane_moments, plain_lane_moments

MANY = 10**6  # an ensemble of so many paths is counted in bins
SHARES = [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0]
RELATIVE, ABSOLUTE = 2.0**-10, 2.0**-64  # as the docstring of Sketch promises

any_double = st.floats(width=64)
economic = st.one_of(
    st.floats(-1e12, 1e12),
    st.floats(-1.0, 1.0),
    st.sampled_from([0.0, -0.0, 1.0, 100.0, -2.0, 1e-30, 5e-324, 1.7e308, -1.7e308]),
)


def sketch_of(values: np.ndarray, paths: int = MANY, failed: np.ndarray | None = None) -> Sketch:
    names = [f"v{i}" for i in range(values.shape[1])]
    made = Sketch.empty(names, values.shape[0], paths)
    made.add(values, 0, failed)
    return made


def order_statistics(column: np.ndarray, share: float) -> tuple[float, float]:
    ordered = np.sort(column)
    rank = share * (len(column) - 1)
    return ordered[math.floor(rank)], ordered[min(math.floor(rank) + 1, len(column) - 1)]


@settings(max_examples=60)
@given(hnp.arrays(float, (2, 130), elements=any_double))
def test_every_number_falls_into_the_bin_that_holds_it(values):
    bins = Bins.empty(2)
    bins.add(values, np.ones(values.shape[1], bool))
    ranks = np.tile(np.arange(values.shape[1]), (2, 1))
    for row, places, before, counts in zip(values, *bins.ranked(ranks), strict=True):
        wanted = np.sort(place_of(row[~np.isnan(row)]))
        assert places[: len(wanted)].tolist() == wanted.tolist()
        assert before[: len(wanted)].tolist() == np.searchsorted(wanted, wanted).tolist()
        assert counts[: len(wanted)].tolist() == [np.sum(wanted == place) for place in wanted]
        assert not counts[len(wanted) :].any()
    finite = values[np.isfinite(values)]
    near, far = edges(place_of(finite))
    inner = place_of(finite) != ZERO
    assert np.all((near <= finite)[inner])
    assert np.all((finite <= far)[inner])
    assert np.all(np.abs(finite[~inner]) < ABSOLUTE)


def test_bins_are_narrow_and_leave_no_gap():
    places = ZERO + np.arange(1, BEYOND)
    near, far = edges(places)
    assert near[0] == ABSOLUTE
    assert far[-1] == 2.0**64
    assert np.all(far[:-1] == near[1:])
    assert np.all(far - near <= RELATIVE * near)
    mirrored = edges(2 * ZERO - places)
    assert np.array_equal(mirrored[0], -far)
    assert np.array_equal(mirrored[1], -near)
    assert place_of(np.array([math.inf, -math.inf])).tolist() == [ZERO + ENDLESS, ZERO - ENDLESS]


@settings(max_examples=60)
@given(st.data())
def test_quantiles_lie_within_the_promised_distance(data):
    paths = data.draw(st.integers(1, 200))
    values = data.draw(hnp.arrays(float, (1, 2, paths), elements=economic))
    found = sketch_of(values).quantile(SHARES)
    for variable in range(2):
        for share, answer in zip(SHARES, found[:, 0, variable], strict=True):
            x, y = order_statistics(values[0, variable], share)
            if max(abs(x), abs(y)) > 2.0**64:  # only the order is kept there
                assert values[0, variable].min() <= answer <= values[0, variable].max()
                assert abs(x) > 2.0**64 or answer >= x - RELATIVE * abs(x) - ABSOLUTE
                assert abs(y) > 2.0**64 or answer <= y + RELATIVE * abs(y) + ABSOLUTE
                continue
            with np.errstate(over="ignore"):
                exact = np.quantile(values[0, variable], share)
            assert abs(answer - exact) <= RELATIVE * max(abs(x), abs(y)) * (1 + 1e-9) + ABSOLUTE


def test_quantiles_are_far_closer_than_promised_where_many_paths_share_a_bin():
    values = 100.0 + 5.0 * normals(11, 0, 50_000, 1, 1)
    found = sketch_of(values).quantile(SHARES[1:-1])[:, 0, 0]
    exact = np.quantile(values[0, 0], SHARES[1:-1])
    assert np.all(np.abs(found - exact) <= 1e-4 * exact)


@settings(max_examples=40)
@given(st.data())
def test_small_ensembles_have_exact_quantiles(data):
    paths = data.draw(st.integers(1, 150))
    values = data.draw(hnp.arrays(float, (2, 1, paths), elements=st.floats(-1e100, 1e100)))
    sketch = sketch_of(values, paths=EXACT_PATHS)
    assert sketch.exact
    found = sketch.quantile(SHARES)
    wanted = np.quantile(values, SHARES, axis=2)
    span = np.abs(values).max(axis=2)
    assert np.all(np.abs(found - wanted) <= 1e-15 * span)


@settings(max_examples=60)
@given(st.data())
def test_compiled_and_plain_moments_are_the_same_bits(data):
    paths = data.draw(st.integers(1, 200))
    rough = st.one_of(st.floats(-1e9, 1e9), st.sampled_from([math.nan, math.inf, -math.inf, -0.0]))
    values = data.draw(hnp.arrays(float, (3, paths), elements=rough))
    good = data.draw(hnp.arrays(bool, paths))
    if data.draw(st.booleans()):
        values, good = np.nan_to_num(values, posinf=1.0, neginf=-1.0), np.ones(paths, bool)
    found = np.empty((-(-paths // LANE), 3, 3))
    low, high = np.full(3, math.inf), np.full(3, -math.inf)
    lane_moments(values, good, found, low, high)
    assert found.tobytes() == np.ascontiguousarray(plain_lane_moments(values, good)).tobytes()
    for cell in range(3):
        used = values[cell, good & np.isfinite(values[cell])]
        assert low[cell] == (used.min() if used.size else math.inf)
        assert high[cell] == (used.max() if used.size else -math.inf)


@settings(max_examples=40)
@given(st.data())
def test_mean_and_variance_are_those_of_exact_sums(data):
    paths = data.draw(st.integers(2, 400))
    column = data.draw(hnp.arrays(float, paths, elements=st.floats(-1e6, 1e6)))
    shift = data.draw(st.sampled_from([0.0, 1e3, 1e9]))
    values = (column + shift).reshape(1, 1, paths)
    sketch = sketch_of(values)
    exact = [float(x) for x in values[0, 0]]
    mean = math.fsum(exact) / paths
    gaps = [x - mean for x in exact]
    variance = math.fsum(gap * gap for gap in gaps) / (paths - 1)
    largest = max(map(abs, exact))
    assert abs(sketch.mean()[0, 0] - mean) <= 1e-14 * largest
    # An error d of a mean enters as d times the standard deviation, and as its square.
    gap = 1e-14 * largest
    bound = 1e-12 * variance + gap * math.sqrt(variance) + gap**2
    assert abs(sketch.variance()[0, 0] - variance) <= bound


def rough_paths(paths: int) -> tuple[np.ndarray, np.ndarray]:
    """Paths with everything that can go wrong in them."""
    values = normals(3, 0, paths, 2, 3) * np.array([1e-6, 1.0, 1e4])[:, None]
    values[:, 2] += 1e5
    values[0, 0, ::97] = math.nan
    values[1, 1, ::89] = math.inf
    values[1, 0, 5::83] = -math.inf
    values[0, 1, ::7] = -0.0
    return values, normals(4, 0, paths, 1, 1)[0, 0] > 1.5


@pytest.mark.parametrize("paths", [3000, MANY])
@settings(max_examples=25)
@given(data=st.data())
def test_bytes_do_not_depend_on_chunks_or_order(paths, data):
    count = 3000
    values, failed = rough_paths(count)
    whole = sketch_of(values, paths, failed)
    cuts = data.draw(st.sets(st.integers(1, count // LANE), max_size=8))
    ends = [*(cut * LANE for cut in sorted(cuts)), count]
    parts = []
    for start, stop in zip([0, *ends[:-1]], ends, strict=True):
        part = Sketch.empty(whole.variables, 2, paths)
        part.add(values[:, :, start:stop], start, failed[start:stop])
        parts.append(part)
    order = data.draw(st.permutations(parts))
    while len(order) > 1:
        second = order.pop(data.draw(st.integers(1, len(order) - 1)))
        order[0].merge(pickle.loads(pickle.dumps(second)))
    assert order[0].to_bytes() == whole.to_bytes()
    assert np.array_equal(order[0].mean(), whole.mean(), equal_nan=True)
    assert np.array_equal(order[0].quantile(SHARES), whole.quantile(SHARES), equal_nan=True)


def test_a_sketch_goes_through_bytes_and_on():
    values, failed = rough_paths(640)
    whole = sketch_of(np.concatenate([values, values], axis=2), MANY, np.tile(failed, 2))
    half = Sketch.from_bytes(sketch_of(values, MANY, failed).to_bytes())
    half.add(values, 640, failed)
    assert half.to_bytes() == whole.to_bytes()


@pytest.mark.parametrize("paths", [EXACT_PATHS, MANY])
@pytest.mark.parametrize("constant", [0.0, -0.0, 1.0, -3.7, 1e-30, -1e-300, 1e300, 5e-324])
def test_a_constant_stays_what_it_is(paths, constant):
    sketch = sketch_of(np.full((1, 1, 500), constant), paths)
    assert np.all(sketch.quantile(SHARES) == constant)
    assert sketch.mean()[0, 0] == pytest.approx(constant, rel=1e-15)
    if abs(constant) < 1e150:  # beyond, the square of a rounding error is no double
        assert sketch.variance()[0, 0] <= (1e-15 * constant) ** 2
    assert [float(x[0, 0]) for x in sketch.extremes()] == [constant, constant]


@pytest.mark.parametrize("paths", [EXACT_PATHS, MANY])
def test_what_is_no_number_is_counted_apart_and_infinities_take_part(paths):
    inf, nan = math.inf, math.nan
    rows = [
        [nan, 1.0, 2.0, 3.0, nan], [inf, 1.0, 2.0, 3.0, 4.0], [-inf, -inf, 0.0, 5.0, inf],
        [nan] * 5, [inf] * 5,
    ]  # fmt: skip
    sketch = sketch_of(np.array([rows]), paths)
    assert sketch.defined.tolist() == [[3, 5, 5, 0, 5]]
    assert sketch.undefined.tolist() == [[2, 0, 0, 5, 0]]
    medians = sketch.quantile(0.5)[0]
    assert medians[:3] == pytest.approx([2.0, 3.0, 0.0], rel=RELATIVE)
    assert np.isnan(medians[3])
    assert medians[4] == inf
    assert sketch.quantile([0.0, 1.0])[:, 0, 2].tolist() == [-inf, inf]
    mean = sketch.mean()[0]
    assert mean[:2].tolist() == [2.0, inf]
    assert np.isnan(mean[2:4]).all()
    low, high = sketch.extremes()
    assert low[0, :3].tolist() == [1.0, 1.0, -inf]
    assert high[0, :3].tolist() == [3.0, inf, inf]
    assert np.isnan([low[0, 3], high[0, 3]]).all()
    assert (low[0, 4], high[0, 4]) == (inf, inf)
    assert sketch.variance()[0, 0] == pytest.approx(1.0)
    assert np.isnan(sketch.variance()[0, 1:]).all()


@pytest.mark.parametrize("paths", [EXACT_PATHS, MANY])
def test_failed_paths_are_left_out_and_named(paths):
    values, failed = rough_paths(3000)
    sketch = sketch_of(values, paths, failed)
    kept = sketch_of(np.ascontiguousarray(values[:, :, ~failed]), paths)
    assert sketch.good == np.count_nonzero(~failed)
    assert sketch.failed == Failed(int(failed.sum()), tuple(np.flatnonzero(failed)[:100].tolist()))
    assert 100 < sketch.failed.count < 400
    assert np.array_equal(sketch.quantile(SHARES), kept.quantile(SHARES), equal_nan=True)
    assert np.array_equal(sketch.defined, kept.defined)
    assert sketch.mean() == pytest.approx(kept.mean(), rel=1e-12, nan_ok=True)


def test_the_lowest_failed_ids_are_kept_whatever_the_order():
    parts = [Failed.of(np.arange(64) % 2 == 1, 64 * k) for k in range(5)]
    forth = back = Failed()
    for part, trap in zip(parts, parts[::-1], strict=True):
        forth, back = forth.merge(part), back.merge(trap)
    assert forth == back == Failed(160, tuple(range(1, 200, 2)))


def test_memory_grows_with_the_logarithm_of_the_paths_at_most():
    x = normals(5, 0, 40_960, 1, 1)
    small, large = sketch_of(x[:, :, :10_240]), sketch_of(x)
    assert small.bins is not None
    assert large.bins is not None
    # Four times the paths come two powers of two nearer to zero, from both sides, four pages each;
    # as many again for the luck of the ends.
    assert large.bins.used <= small.bins.used + 2 * (2 * 2 * 4)
    assert len(large.moments.branches) <= 20
    level = sketch_of(100.0 + x)
    assert level.bins is not None
    assert level.bins.used <= 1 + 4  # two powers of two, one of them in part


def test_an_empty_sketch_knows_nothing():
    sketch = Sketch.empty(["a"], 2, MANY)
    assert np.isnan(sketch.quantile([0.5])).all()
    assert np.isnan(sketch.mean()).all()
    assert np.isnan(sketch.variance()).all()
    assert Sketch.from_bytes(sketch.to_bytes()).to_bytes() == sketch.to_bytes()


def test_faults_of_the_caller_are_said():
    def refused(message_id, action):
        with pytest.raises(ModelError) as caught:
            action()
        assert caught.value.message_id == message_id

    values, _ = rough_paths(128)
    sketch = sketch_of(values)
    refused("ensemble.twice", lambda: sketch.add(values, 64))
    refused("ensemble.twice", lambda: sketch.merge(sketch_of(values)))
    refused("ensemble.lane", lambda: sketch.add(values, 130))
    refused("ensemble.lane", lambda: sketch.add(values, MANY))
    refused("ensemble.shape", lambda: sketch.add(values[:1], 128))
    refused("ensemble.shape", lambda: sketch.add(values, 128, np.zeros(3, bool)))
    refused("ensemble.shape", lambda: Sketch.empty(["a"], 1, 2**32))
    refused("ensemble.merge", lambda: sketch.merge(Sketch.empty(["a"], 2, MANY)))
    refused("ensemble.share", lambda: sketch.quantile(1.5))
    refused("ensemble.share", lambda: sketch.quantile(math.nan))
    data = sketch.to_bytes()
    for damaged in (b"", b"something else", data[:-1], data[:-1] + bytes([data[-1] ^ 1])):
        refused("ensemble.bytes", lambda damaged=damaged: Sketch.from_bytes(damaged))
    partly = Sketch.empty(sketch.variables, 2, MANY)
    for first in (256, 64):  # the second overlaps, the first does not
        partly.add(values[:, :, :64], first)
    refused("ensemble.twice", lambda: sketch.merge(partly))
    assert sketch.to_bytes() == data  # a refusal leaves what there was
