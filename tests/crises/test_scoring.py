"""Labels, areas, intervals, alarms and usefulness, each against a plain count."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crises.worlds import made_world
from debtcycle.crises import ahead, auroc, count_alarms, drop_after, odds, score_signal
from debtcycle.crises.auroc import auroc_of_weights
from debtcycle.crises.intervals import Interval, draw, hull, interval_of, wilson
from debtcycle.crises.labels import lagged, without_years
from debtcycle.crises.observations import observe
from debtcycle.crises.odds import chance_known
from debtcycle.crises.scoring import warnings_of
from debtcycle.crises.usefulness import (
    base_rate_known,
    best_threshold,
    brier_score,
    log_score,
    past_thresholds,
    signal_losses,
)
from debtcycle.errors import ConfigError

begins = arrays(
    np.float64,
    st.tuples(st.integers(1, 3), st.integers(1, 15)),
    elements=st.sampled_from([0.0, 0.0, 0.0, 1.0, np.nan]),
)
scored = st.integers(2, 40).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.integers(-4, 4).map(float)),
        arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])),
    )
)


# --- labels ------------------------------------------------------------------------------------
@given(begins, st.integers(1, 4))
def test_labels_by_a_plain_loop(crisis, horizon):
    found = ahead(crisis, horizon)
    for row, year in np.ndindex(*crisis.shape):
        later = crisis[row, year + 1 : year + 1 + horizon]
        if len(later) < horizon or np.isnan(later).any():
            assert np.isnan(found[row, year])
        else:
            assert found[row, year] == (later > 0).any()


@given(begins, st.integers(0, 3))
def test_a_crisis_and_the_years_after_it_are_dropped(crisis, years):
    found = drop_after(np.zeros(crisis.shape), crisis, years)
    for row, year in np.ndindex(*crisis.shape):
        hit = (crisis[row, max(0, year - years) : year + 1] == 1.0).any()
        assert np.isnan(found[row, year]) == hit


def test_years_left_out_and_moves_longer_than_the_table():
    table = np.arange(6.0).reshape(2, 3)
    assert np.isnan(lagged(table, 3)).all()
    assert np.isnan(lagged(table, -3)).all()
    assert np.array_equal(lagged(table, 0), table)
    found = without_years(table, np.array([1913, 1914, 1915]), (1914,))
    assert np.isnan(found[:, 1]).all()
    assert np.isfinite(found[:, [0, 2]]).all()


@pytest.mark.parametrize("horizon", [0, -1])
def test_an_empty_span_is_refused(horizon):
    with pytest.raises(ConfigError, match=r"crises\.option"):
        ahead(np.zeros((1, 3)), horizon)


def test_tables_of_the_wrong_kind_are_refused():
    with pytest.raises(ConfigError, match=r"crises\.shape"):
        ahead(np.zeros(3), 1)
    with pytest.raises(ConfigError, match=r"crises\.cell"):
        ahead(np.full((1, 3), np.inf), 1)
    with pytest.raises(ConfigError, match=r"crises\.panel"):
        drop_after(np.zeros((1, 3)), np.zeros((1, 4)))
    with pytest.raises(ConfigError, match=r"crises\.text"):
        ahead([["a"]], 1)


# --- area under the curve ----------------------------------------------------------------------
def pairs_won(score, label):
    ups, downs = score[label == 1], score[label == 0]
    won = sum((u > d) + 0.5 * (u == d) for u, d in itertools.product(ups, downs))
    return won / (len(ups) * len(downs)) if len(ups) and len(downs) else np.nan


@given(scored)
def test_the_area_is_the_share_of_pairs_won(case):
    score, label = case
    assert auroc(score, label) == pytest.approx(pairs_won(score, label), nan_ok=True)


@given(scored)
def test_only_the_order_of_scores_counts(case):
    score, label = case
    there = auroc(score, label)
    assert auroc(np.exp(score / 3.0), label) == pytest.approx(there, nan_ok=True)
    assert auroc(-score, label) == pytest.approx(1.0 - there, nan_ok=True)


@given(scored, st.data())
def test_a_weight_is_a_repetition(case, data):
    score, label = case
    weights = data.draw(arrays(np.int64, len(score), elements=st.integers(0, 3)))
    again = auroc(np.repeat(score, weights), np.repeat(label, weights))
    found = auroc_of_weights(score, label, weights[None, :].astype(float))[0]
    assert found == pytest.approx(again, nan_ok=True)


def test_what_has_no_area():
    assert np.isnan(auroc([], []))
    for score, label in (([1.0, np.nan], [0.0, 1.0]), ([1.0, 2.0], [0.0, 2.0])):
        with pytest.raises(ConfigError, match=r"crises\.label"):
            auroc(score, label)
    with pytest.raises(ConfigError, match=r"crises\.panel"):
        auroc([1.0, 2.0], [1.0])


# --- intervals ---------------------------------------------------------------------------------
def test_a_draw_takes_whole_countries_and_whole_blocks_of_years():
    unit, time = np.repeat(np.arange(6), 20), np.tile(np.arange(1900, 1920), 6)
    draws = draw(unit, time, block_years=5, seed=4, replications=50)
    for weights in draws.country:
        by = weights.reshape(6, 20)
        assert (by == by[:, :1]).all()
        assert weights.sum() == 120
    for weights in draws.block:
        by = weights.reshape(6, 20)
        assert (by == by[0]).all()
        assert weights.sum() == 120
        # Four blocks of five years in a circle: at most four rises from one year to the next.
        assert (np.diff(np.append(by[0], by[0, 0])) > 0).sum() <= 4


def test_the_same_seed_draws_the_same():
    unit, time = np.repeat(np.arange(4), 10), np.tile(np.arange(10), 4)
    one, same, other = (
        draw(unit, time, block_years=3, seed=seed, replications=20) for seed in (1, 1, 2)
    )
    assert np.array_equal(one.country, same.country)
    assert np.array_equal(one.block, same.block)
    assert not np.array_equal(one.block, other.block)
    for bad in ({"block_years": 0}, {"replications": 0}):
        with pytest.raises(ConfigError, match=r"crises\.option"):
            draw(unit, time, **{"block_years": 3, "seed": 1, **bad})


def test_drawing_countries_widens_what_countries_share():
    """Twelve rows that only repeat their country carry no more than one row a country."""
    rng = np.random.default_rng(8)
    own = rng.random(25)
    unit, time = np.repeat(np.arange(25), 12), np.tile(np.arange(12), 25)
    draws = draw(unit, time, block_years=5, seed=3, replications=1500)
    means = draws.country @ own[unit] / draws.country.sum(axis=1)
    assert means.std() == pytest.approx(own.std() / 5.0, rel=0.1)


def test_both_at_once_is_the_product_and_the_hull_holds_all():
    unit, time = np.repeat(np.arange(6), 20), np.tile(np.arange(20), 6)
    made = draw(unit, time, block_years=5, seed=3, replications=50)
    np.testing.assert_array_equal(made.joint, made.country * made.block)
    crisis = (np.random.default_rng(2).uniform(size=(6, 20)) < 0.08).astype(float)
    found = odds("all", np.ones((6, 20)), crisis, np.arange(20), horizon=3, seed=1,
                 replications=200)  # fmt: skip
    for part in (found.by_country, found.by_block, found.by_joint, found.wilson):
        assert found.low_pct <= part.low <= part.high <= found.high_pct


def _waves(random, countries=17, years=66):
    """A state that hangs together over time and countries, and crises that come in waves."""
    crises_wave, state_wave = np.zeros(years), np.zeros(years)
    state = np.zeros((countries, years))
    for t in range(1, years):
        crises_wave[t] = 0.7 * crises_wave[t - 1] + random.normal()
        state_wave[t] = 0.8 * state_wave[t - 1] + random.normal()
        state[:, t] = 0.8 * state[:, t - 1] + random.normal(size=countries)
    state += 1.2 * state_wave
    inside = (state > np.quantile(state, 0.8)).astype(float)
    recent = np.max([lagged(inside, back) for back in (1, 2, 3)], axis=0)
    own = 0.3 * random.normal(size=(countries, 1))
    log_odds = -4.2 + own + 0.8 * crises_wave + np.nan_to_num(recent)
    return inside, (random.uniform(size=inside.shape) < 1 / (1 + np.exp(-log_odds))).astype(float)


@pytest.mark.soak
def test_intervals_hold_the_truth_about_as_often_as_is_said():
    """Said in "how far to trust this": some 84 to 90 % where crises come in strong waves."""
    random = np.random.default_rng(8)
    total = np.zeros((2, 2))
    for _ in range(1500):
        inside, crisis = _waves(random)
        label = ahead(crisis, 3)
        for state in (0, 1):
            kept = np.isfinite(label) & (inside == state)
            total[state] += label[kept].sum(), kept.sum()
    truth = 100 * total[:, 0] / total[:, 1]
    held, apart, worlds = np.zeros(2), np.zeros(2), 250
    for world in range(worlds):
        inside, crisis = _waves(random)
        for state in (0, 1):
            found = odds("s", (inside == state).astype(float), crisis, np.arange(66), horizon=3,
                         seed=world, replications=300)  # fmt: skip
            held[state] += found.low_pct <= truth[state] <= found.high_pct
            alone = hull(found.by_country, found.by_block)
            apart[state] += alone.low <= truth[state] <= alone.high
    assert (held / worlds > 0.80).all(), held / worlds
    assert (held / worlds < 0.97).all(), held / worlds
    assert (apart / worlds < 0.80).all(), "each alone would do"


@given(st.integers(0, 60), st.integers(1, 60), st.sampled_from([80.0, 90.0, 95.0]))
def test_wilson_is_that_of_statsmodels(events, more, level):
    proportion = pytest.importorskip(
        "statsmodels.stats.proportion",
        reason="a second implementation to compare with, statsmodels, is not installed",
    )
    trials = events + more
    low, high = proportion.proportion_confint(events, trials, 1 - level / 100, method="wilson")
    found = wilson(events, trials, level)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_intervals_without_draws_and_their_hull():
    assert wilson(0, 0).high == 1.0
    nothing = interval_of(np.array([np.nan, np.nan]), "country")
    assert (nothing.undefined, np.isnan(nothing.low)) == (2, True)
    some = interval_of(np.array([1.0, 2.0, 3.0, np.nan]), "block", 50.0)
    assert (some.low, some.high, some.undefined) == (1.5, 2.5, 1)
    outer = hull(nothing, some, Interval(0.0, 2.0, 50.0, "wilson"))
    assert (outer.low, outer.high) == (0.0, 2.5)
    assert np.isnan(hull(nothing).low)


# --- odds --------------------------------------------------------------------------------------
def test_odds_by_hand():
    crisis = np.array([[0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]], float)
    inside = np.array([[0, 1, 1, 0, 0, 0, 1, 0, 0, 1], [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]], float)
    found = odds("in", inside, crisis, np.arange(2000, 2010), horizon=2, seed=1, replications=200)
    # 2001 and 2002 before the crisis of 2003; 2006 and the other country's 2004 not; 2009 is open.
    assert (found.observations, found.before_crisis, found.crises, found.countries) == (4, 2, 1, 2)
    assert found.share_pct == 50.0
    assert (found.first, found.last) == (2001, 2006)
    assert found.low_pct <= 0.0 + 1e-9 < 50.0 < found.high_pct
    assert "share_pct" in found.summary()


def test_a_state_that_was_never_there_has_no_odds():
    found = odds("in", np.zeros((2, 9)), np.zeros((2, 9)), np.arange(9), horizon=1, seed=1)
    assert (found.share_pct, found.observations) == (None, 0)
    assert (found.low_pct, found.high_pct) == (0.0, 100.0)


def test_a_state_without_a_crisis_still_has_a_width():
    inside = np.ones((3, 20))
    found = odds("in", inside, np.zeros((3, 20)), np.arange(20), horizon=1, seed=1)
    assert found.share_pct == 0.0
    assert found.high_pct > 3.0


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.integers(1, 3))
def test_odds_known_at_the_time_by_a_plain_loop(seed, horizon):
    made = made_world(seed, countries=3, years=25)
    state = (made.growth > 0.04).astype(float)
    label = ahead(made.crisis, horizon)
    found = chance_known(state, made.crisis, made.years, horizon=horizon, label=label)
    for row, year in np.ndindex(*state.shape):
        past = label[:, : max(0, year - horizon + 1)]
        if not past.size:
            assert np.isnan(found[row, year])
            continue
        marks = past[state[:, : past.shape[1]] == state[row, year]]
        assert found[row, year] == pytest.approx((marks.sum() + 0.5) / (len(marks) + 1))


# --- alarms ------------------------------------------------------------------------------------
def test_alarms_by_hand():
    crisis = np.zeros((2, 16))
    crisis[0, [5, 12]] = 1.0
    signal = np.zeros((2, 16))
    signal[0, [2, 3, 4]] = 1.0  # warns of the crisis of year 5, first three years before it
    signal[0, 7] = 1.0  # nothing in years 8 to 10: false
    signal[1, 14] = 1.0  # years 15 to 17 are not over
    signal[0, 5:7] = np.nan
    found = count_alarms(signal, crisis, 3)
    assert (found.crises, found.hits, found.misses) == (2, 1, 1)
    assert found.lead_years == (3,)
    assert found.median_lead_years == 3.0
    assert (found.episodes, found.true_alarms, found.false_alarms, found.open_alarms) == (
        3,
        1,
        1,
        1,
    )
    assert "false_alarms" in found.summary()


def test_a_crisis_before_which_nothing_was_known_does_not_count():
    crisis, signal = np.zeros((1, 8)), np.full((1, 8), np.nan)
    crisis[0, 4] = 1.0
    found = count_alarms(signal, crisis, 2)
    assert (found.crises, found.hits, found.median_lead_years) == (0, 0, None)


# --- usefulness --------------------------------------------------------------------------------
def test_usefulness_by_hand():
    # 3 of 4 years before a crisis hit, 2 false alarms in 16 calm years; a miss weighs 0.8.
    signal = np.array([1, 1, 1, 0] + [1] * 2 + [0] * 14, float)
    label = np.array([1] * 4 + [0] * 16, float)
    found = signal_losses(signal, label, 0.8)
    loss, free = 0.8 * 1 / 20 + 0.2 * 2 / 20, min(0.8 * 4 / 20, 0.2 * 16 / 20)
    assert found.relative_usefulness == pytest.approx((free - loss) / free)
    assert (found.hits, found.misses, found.false_alarms, found.calm) == (3, 1, 2, 14)
    assert found.noise_to_signal == pytest.approx((2 / 16) / (3 / 4))
    assert np.isnan(signal_losses(np.zeros(3), np.zeros(3)).noise_to_signal)
    assert signal_losses(label, label).relative_usefulness == 1.0
    assert signal_losses(np.zeros(20), label, 0.8).relative_usefulness <= 0.0
    with pytest.raises(ConfigError, match=r"crises\.option"):
        signal_losses(signal, label, 1.0)


@given(scored, st.sampled_from([0.5, 0.8, 0.95]))
def test_no_other_threshold_has_a_smaller_loss(case, weight):
    score, label = case

    def loss(limit):
        on = score >= limit
        return weight * (label * ~on).sum() + (1 - weight) * ((1 - label) * on).sum()

    found = best_threshold(score, label, weight)
    assert loss(found) <= min(loss(limit) for limit in [*score, np.inf]) + 1e-12


def _known(made, horizon):
    label = drop_after(ahead(made.crisis, horizon), made.crisis)
    seen = observe(made.growth, label, made.crisis, made.years, horizon=horizon)
    limits = past_thresholds(seen, made.years, horizon)
    return (
        label, limits, base_rate_known(seen, made.years, horizon),
        warnings_of(made.growth, made.crisis, limits),
        chance_known((made.growth > 0.05).astype(float), made.crisis, made.years,
                     horizon=horizon, label=label),
    )  # fmt: skip


@settings(max_examples=15)
@given(st.integers(0, 2**31), st.integers(5, 39))
def test_later_years_leave_thresholds_and_odds_identical(seed, cut):
    whole = made_world(seed, countries=6, years=40)
    part = type(whole)(whole.growth[:, :cut], whole.crisis[:, :cut], whole.years[:cut])
    for short, full in zip(_known(part, 2)[1:], _known(whole, 2)[1:], strict=True):
        assert short.tobytes() == np.ascontiguousarray(full[..., :cut]).tobytes()


def test_brier_and_log_scores_by_hand():
    chance, label = np.array([0.2, 0.9]), np.array([0.0, 1.0])
    assert brier_score(chance, label) == pytest.approx((0.04 + 0.01) / 2)
    assert log_score(chance, label) == pytest.approx(-(np.log(0.8) + np.log(0.9)) / 2)
    assert log_score(np.array([0.0]), np.array([1.0])) == np.inf
    assert np.isnan(brier_score(np.array([]), np.array([])))
    assert np.isnan(log_score(np.array([]), np.array([])))


# --- all together ------------------------------------------------------------------------------
def test_a_signal_that_brings_crises_on_scores_and_noise_does_not(world):
    made = {
        name: score_signal(
            name, table, world.crisis, world.years, horizon=2, sample="one_sided", seed=2,
            probability=np.full(table.shape, 0.1), replications=400,
        )
        for name, table in (
            ("growth", world.growth),
            ("noise", np.random.default_rng(1).normal(size=world.growth.shape)),
        )
    }  # fmt: skip
    good, bad = made["growth"], made["noise"]
    assert good.interval.low > 0.5 > bad.by_block.low
    assert good.interval.low <= good.auroc <= good.interval.high
    assert good.losses is not None
    assert good.alarms is not None
    assert good.losses.relative_usefulness > 0.0
    assert good.brier is not None
    assert good.brier_base is not None
    assert good.block_years == 5
    assert good.crises <= int(world.crisis.sum())
    assert "auroc" in good.summary()


def test_the_labels_of_the_house_and_of_the_published_regressions(world):
    def run(**options):
        return score_signal("g", world.growth, world.crisis, world.years, horizon=1,
                            sample="one_sided", seed=2, replications=100, **options)  # fmt: skip

    house, published = run(), run(after=-1)
    own = run(label=drop_after(ahead(world.crisis, 1), world.crisis))
    assert house.observations < published.observations
    assert published.observations == world.growth[:, :-1].size
    assert house == own


def test_a_measure_with_a_threshold_of_its_own(world):
    """A state that is on or off warns when it is on, whatever the past would have chosen."""
    state = (world.growth > 0.1).astype(float)
    found = score_signal("g", state, world.crisis, world.years, horizon=2, sample="one_sided",
                         seed=2, threshold=1.0, replications=100)  # fmt: skip
    label = drop_after(ahead(world.crisis, 2), world.crisis)
    there = np.isfinite(label)
    assert found.losses is not None
    assert found.losses.hits == int(((state > 0) & (label > 0))[there].sum())
    assert found.losses.false_alarms == int(((state > 0) & (label == 0))[there].sum())
    assert found.alarms == count_alarms(drop_after(state, world.crisis), world.crisis, 2)
    assert found.threshold_last == 1.0


def test_results_as_frames(world):
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    made = score_signal("g", world.growth, world.crisis, world.years, horizon=1, after=-1,
                        sample="one_sided", seed=2, replications=100)  # fmt: skip
    row = made.to_pandas().iloc[0]
    assert row["auroc"] == made.auroc
    assert "by_country" not in row
    found = odds("in", np.ones((2, 9)), np.zeros((2, 9)), np.arange(9), horizon=1, seed=1)
    assert found.to_pandas()["share_pct"].tolist() == [0.0]
    assert made.alarms is not None
    assert made.alarms.to_pandas()["hits"].tolist() == [made.alarms.hits]


def test_a_sample_without_crises_is_refused(world):
    with pytest.raises(ConfigError) as caught:
        score_signal("g", world.growth, np.zeros(world.crisis.shape), world.years, horizon=1,
                     sample="one_sided", seed=1)  # fmt: skip
    assert caught.value.message_id == "crises.empty"


def test_a_signal_with_few_crises_has_no_threshold():
    made = made_world(3, countries=2, years=30)
    crisis = np.zeros((2, 30))
    crisis[0, 10] = 1.0
    found = score_signal("g", made.growth, crisis, made.years, horizon=1, sample="one_sided",
                         seed=1, replications=100)  # fmt: skip
    assert (found.losses, found.alarms, found.threshold_last) == (None, None, None)
    assert found.brier is None
