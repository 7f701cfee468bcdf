"""Critical values: published ones, size, reproducibility, the two definitions, the cache."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from debtcycle.bubbles import (
    LEVELS,
    default_window,
    from_exuber,
    monte_carlo,
    simulate,
    sup_adf,
    to_exuber,
    wild_bootstrap,
)
from debtcycle.bubbles import montecarlo as montecarlo_module
from debtcycle.bubbles.critical import knots_of
from debtcycle.bubbles.draws import draw, random_walks, sequences
from debtcycle.bubbles.rules import RULES
from debtcycle.bubbles.tables import SEED, STEP, pack, shipped, tabulated, unpack
from debtcycle.errors import ConfigError


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBTCYCLE_CACHE", str(tmp_path / "kept"))


@pytest.fixture(scope="module")
def maker(repository: Path) -> ModuleType:
    path = repository / "tools" / "make_critical_values.py"
    spec = importlib.util.spec_from_file_location("make_critical_values", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- what was published --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("n", "window", "published"),
    [(100, None, 1.95), (200, None, 2.09), (400, None, 2.20), (1680, 91, 2.41)],
)
def test_published_values_of_gsadf(n: int, window: int | None, published: float) -> None:
    # From 2,000 replications: off by .1 at the most, mostly by less than .05.
    found = monte_carlo(n, window)
    assert found.source == "table"
    assert found.replications >= 50_000
    assert found.value("gsadf", 95) == pytest.approx(published, abs=0.05)


def test_the_two_definitions_at_1680_observations() -> None:
    found = monte_carlo(1680)
    assert found.sequence("bsadf", 95)[-1] == pytest.approx(0.68, abs=0.05)
    assert found.sequence("running-max", 95)[-1] == pytest.approx(1.57, abs=0.05)
    # The quantile of the running maximum of BADF at the end is that of SADF.
    assert found.sequence("running-max", 95)[-1] == pytest.approx(found.value("sadf"), abs=0.002)
    # Asymptotic 95 % quantile of the Dickey-Fuller t with a constant, from the right: -.08.
    assert found.sequence("badf", 95)[-1] == pytest.approx(-0.08, abs=0.04)


def test_size_of_gsadf_on_random_walks() -> None:
    bound = monte_carlo(200).value("gsadf", 95)
    walks = random_walks(200)(np.random.default_rng(99), 2000)
    _, bsadf = sequences(walks, default_window(200), 0)
    assert (bsadf.max(axis=1) > bound).mean() == pytest.approx(0.05, abs=0.015)


def test_size_of_bsadf_on_each_date() -> None:
    found = monte_carlo(200)
    walks = random_walks(200)(np.random.default_rng(98), 4000)
    badf, bsadf = sequences(walks, default_window(200), 0)
    for definition, statistic in (("bsadf", bsadf), ("badf", badf)):
        bounds = found.sequence(definition, 95)[found.window - 1 :]  # type: ignore[arg-type]
        rates = (statistic > bounds).mean(axis=0)
        assert rates.mean() == pytest.approx(0.05, abs=0.006)
        assert (np.abs(rates - 0.05) < 0.02).all()


@pytest.mark.parametrize("rule", ["bic", "aic"])
def test_size_where_a_criterion_chooses_lags(rule: str) -> None:
    # With the values without lags it would be .3; .05 and three standard errors of 500 walks.
    found = monte_carlo(60, lag=4, rule=rule)
    assert found.source == "table"
    assert found.value("gsadf", 95) > monte_carlo(60).value("gsadf", 95) + 0.5
    walks = random_walks(60)(np.random.default_rng(97), 500)
    _, bsadf = sequences(walks, found.window, 4, RULES[rule])
    assert (bsadf.max(axis=1) > found.value("gsadf", 95)).mean() == pytest.approx(0.05, abs=0.03)
    rates = (bsadf > found.sequence("bsadf", 95)[found.window - 1 :]).mean(axis=0)
    assert rates.mean() == pytest.approx(0.05, abs=0.015)


def test_a_test_with_a_criterion_takes_its_own_values(walk: np.ndarray) -> None:
    test = sup_adf(walk[:60], "BIC")
    assert test.rule == "bic"
    assert test.critical_values().setting == test.critical_values().setting
    assert test.critical_values().setting == (60, 14, 4, "bic", 1)
    other = sup_adf(walk[:50], "aic", 20, max_lag=1)
    first = other.critical_values(replications=64)
    assert (first.source, first.replications) == ("computed", 64)
    again = other.critical_values(replications=64)
    assert (again.source, again.setting) == ("cache", first.setting)
    assert again.tails.tobytes() == first.tails.tobytes()
    fixed = monte_carlo(50, 20, 1, replications=64, seed=SEED + 1)
    assert (fixed.tails != first.tails).any()


def test_criteria_that_depend_on_the_unit_have_no_simulated_values(walk: np.ndarray) -> None:
    test = sup_adf(walk[:50], "psymonitor-bic", 30, max_lag=1)
    with pytest.raises(ConfigError, match=r"bubbles\.rule_unit"):
        test.critical_values()
    assert wild_bootstrap(test, replications=64).rule == "psymonitor-bic"
    with pytest.raises(ConfigError, match=r"bubbles\.lag"):
        monte_carlo(50, rule="best")


# --- the shipped tables --------------------------------------------------------------------------
def test_the_tables_hold_what_was_planned(maker: ModuleType) -> None:
    tables = {(*key, rule): one for rule in (None, "bic", "aic")
              for key, one in shipped(rule).items()}  # fmt: skip
    assert set(tables) == set(maker.plan())
    assert {n for n, _, lag in shipped() if lag == 0} >= set(range(20, 241))
    assert {lag for _, _, lag in shipped("bic")} == {4}
    for key, one in tables.items():
        assert (*key, 1) == one.setting
        assert one.replications >= (50_000 if one.rule is None else 5_000)
        assert (np.diff(one.tails, axis=1) > 0).all()
        assert (np.diff(one.curves, axis=1) > 0).all()
        assert one.value("adf") <= one.value("sadf") <= one.value("gsadf")


def test_a_table_is_made_again_from_its_seed() -> None:
    table = tabulated(20, default_window(20), 0)
    assert table is not None
    again = simulate(20, default_window(20), 0)
    np.testing.assert_allclose(again.tails, table.tails, rtol=0, atol=0.51 * STEP)
    np.testing.assert_allclose(again.curves, table.curves, rtol=0, atol=0.51 * STEP)


def test_packing_gives_back_what_was_packed() -> None:
    some = [simulate(30, 12, 0, replications=200), simulate(40, 16, 1, replications=200)]
    some.append(simulate(40, 16, 1, rule="aic", replications=64))
    packed = pack(some)
    assert packed == pack(some)
    found = unpack(packed)
    for one in some:
        other = found[one.n, one.window, one.lag, one.rule]
        assert other.setting == one.setting
        np.testing.assert_allclose(other.tails, one.tails, rtol=0, atol=0.51 * STEP)
        np.testing.assert_allclose(other.curves, one.curves, rtol=0, atol=0.51 * STEP)


def test_the_tool_goes_on_from_its_drafts(
    maker: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maker, "REPLICATIONS", 64)
    first = maker.entry((22, 9, 0, None), 1, tmp_path)
    monkeypatch.setattr(maker, "simulate", None)  # nothing is simulated twice
    again = maker.entry((22, 9, 0, None), 1, tmp_path)
    np.testing.assert_allclose(again.tails, first.tails, rtol=0, atol=0.51 * STEP)


# --- simulation ----------------------------------------------------------------------------------
def test_the_number_of_threads_changes_no_bit() -> None:
    one, three = (
        draw(random_walks(60), 60, 15, 1, replications=300, seed=5, threads=threads)
        for threads in (1, 3)
    )
    for name in ("adf", "sadf", "gsadf", "badf", "bsadf", "running"):
        assert getattr(one, name).tobytes() == getattr(three, name).tobytes()
    other = draw(random_walks(60), 60, 15, 1, replications=300, seed=6)
    assert (one.gsadf != other.gsadf).any()


def test_more_replications_begin_with_the_same() -> None:
    few, many = (draw(random_walks(40), 40, 12, 0, replications=r, seed=5) for r in (100, 200))
    assert many.gsadf[:64].tobytes() == few.gsadf[:64].tobytes()


def test_draws_are_the_statistics_of_their_series() -> None:
    found = draw(random_walks(50), 50, 14, 0, replications=64, seed=3)
    child = np.random.SeedSequence(3).spawn(1)[0]
    series = random_walks(50)(np.random.default_rng(child), 64)
    badf, bsadf = sequences(series, 14, 0)
    np.testing.assert_array_equal(found.gsadf, bsadf.max(axis=1))
    np.testing.assert_array_equal(found.sadf, badf.max(axis=1))
    np.testing.assert_array_equal(found.adf, badf[:, -1])
    np.testing.assert_array_equal(found.running[:, -1], found.sadf)
    np.testing.assert_array_equal(found.bsadf, bsadf[:, found.knots - 13])


def test_series_with_digits_lost_are_settled_in_a_batch(walk: np.ndarray) -> None:
    pegged = walk.copy()
    pegged[60:100] = pegged[60]
    _, bsadf = sequences(np.array([walk, pegged]), 20, 0)
    assert np.isfinite(bsadf[0]).all()
    assert not np.isinf(bsadf[1]).any()
    assert np.isnan(sequences(np.array([np.arange(50.0)]), 20, 0)[1]).all()


def test_progress_is_told_up_to_one() -> None:
    told: list[float] = []
    simulate(30, 12, 0, replications=200, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_an_interrupted_run_stops() -> None:
    made = []

    def make(random: np.random.Generator, count: int) -> np.ndarray:
        made.append(count)
        return random_walks(400)(random, count)

    def interrupt(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw(make, 400, 40, 0, replications=64_000, seed=1, threads=1, progress=interrupt)
    assert len(made) < 10


def test_knots_begin_and_end_with_the_sequence() -> None:
    for n, window in ((20, 8), (200, 27), (2000, 100)):
        knots = knots_of(n, window)
        assert knots[0] == window - 1
        assert knots[-1] == n - 1
        assert (np.diff(knots) > 0).all()
    assert knots_of(20, 20).tolist() == [19]


# --- looking up ----------------------------------------------------------------------------------
def test_what_the_tables_lack_is_simulated_once(tmp_path: Path) -> None:
    told: list[float] = []
    first = monte_carlo(33, 14, 0, replications=300, progress=told.append)
    assert first.source == "computed"
    assert told
    second = monte_carlo(33, 14, 0, replications=300)
    assert second.source == "cache"
    assert second.tails.tobytes() == first.tails.tobytes()
    assert second.curves.tobytes() == first.curves.tobytes()
    (kept,) = (tmp_path / "kept").iterdir()
    for damaged in (b"", kept.read_bytes()[:100], b"PK\x03\x04"):
        kept.write_bytes(damaged)
        assert monte_carlo(33, 14, 0, replications=300).source == "computed"
    assert monte_carlo(33, 14, 0, replications=300).source == "cache"
    np.savez(kept, tails=np.zeros(3), curves=np.zeros(3))
    assert monte_carlo(33, 14, 0, replications=300).source == "computed"


def test_nothing_is_kept_where_nothing_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBTCYCLE_CACHE", "")
    assert monte_carlo(33, 14, 0, replications=64).source == "computed"
    assert monte_carlo(33, 14, 0, replications=64).source == "computed"
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("DEBTCYCLE_CACHE", str(blocked))
    assert monte_carlo(33, 14, 0, replications=64).source == "computed"
    monkeypatch.delenv("DEBTCYCLE_CACHE")
    place = montecarlo_module._place("name")
    assert place is not None
    assert re.search(r"debtcycle.bubbles.name$", str(place))


def test_a_table_does_not_stand_in_for_more_replications_or_another_seed() -> None:
    assert monte_carlo(20, replications=100).source == "table"
    assert monte_carlo(20, replications=100, seed=4).source == "computed"
    assert monte_carlo(20, replications=50_064).source == "computed"


def test_values_and_p_values_are_inverse() -> None:
    found = monte_carlo(100)
    for statistic in ("adf", "sadf", "gsadf"):
        values = [found.value(statistic, level) for level in (50, 90, 95, 99)]  # type: ignore[arg-type]
        assert values == sorted(values)
        for level, value in zip((50, 90, 95, 99), values, strict=True):
            p = found.p_value(statistic, value)  # type: ignore[arg-type]
            assert p == pytest.approx(1 - level / 100, abs=1e-12)
    assert found.p_value("gsadf", 99.0) == pytest.approx(0.001)
    assert found.p_value("gsadf", -99.0) == 1.0
    assert np.isnan(found.p_value("gsadf", float("nan")))


def test_sequences_begin_with_the_first_window() -> None:
    found = monte_carlo(100)
    for level in LEVELS:
        sequence = found.sequence("bsadf", level)
        assert np.isnan(sequence[:18]).all()
        assert np.isfinite(sequence[18:]).all()
    assert (found.sequence("bsadf", 99)[18:] > found.sequence("bsadf", 95)[18:]).all()
    running = found.sequence("running-max", 95)[18:]
    assert (np.diff(running) > -1e-9).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: c.value("other"), "bubbles.statistic"),
        (lambda c: c.value("gsadf", 99.95), "bubbles.level"),
        (lambda c: c.sequence("other"), "bubbles.definition"),
        (lambda c: c.sequence("bsadf", 94), "bubbles.level"),
    ],
)
def test_what_is_not_known_is_refused(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ConfigError, match=message):
        call(monte_carlo(100))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 5}, "bubbles.short"),
        ({"n": 0}, "bubbles.count"),
        ({"n": 50, "window": 51}, "bubbles.window"),
        ({"n": 50, "window": 3}, "bubbles.window"),
        ({"n": 50, "lag": -1}, "bubbles.lag"),
        ({"n": 50, "lag": True}, "bubbles.lag"),
        ({"n": 50, "replications": 0}, "bubbles.count"),
        ({"n": 50, "seed": 3, "threads": 0, "replications": 10}, "bubbles.count"),
    ],
)
def test_bad_requests_are_refused(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        monte_carlo(**arguments)  # type: ignore[arg-type]


def test_windows_of_others() -> None:
    assert default_window(1680) == 90
    assert default_window(100) == 19
    assert from_exuber(36) == 37
    assert from_exuber(19, lag=2) == 22
    for lag in (0, 1, 4):
        assert to_exuber(from_exuber(25, lag), lag) == 25
