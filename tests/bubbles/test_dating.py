"""Dates: the published episodes, their ends, direction and duration; the wild bootstrap; panels."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from debtcycle.bubbles import (
    PanelSupADF,
    SupADF,
    date_episodes,
    default_duration,
    monte_carlo,
    panel_sup_adf,
    sieve_bootstrap,
    sup_adf,
    wild_bootstrap,
)
from debtcycle.bubbles import panel as dating_panel
from debtcycle.bubbles.autoregression import fit_null, grow, null_lags
from debtcycle.bubbles.wild import _maker
from debtcycle.errors import ConfigError

Values = NDArray[np.float64]


# --- the published episodes ----------------------------------------------------------------------
def test_the_episodes_of_the_sp500(sp500: SupADF) -> None:
    found = sp500.episodes(min_duration=7)
    assert all(one.duration >= 7 for one in found)

    def covers(first: str, last: str, direction: str) -> bool:
        return any(
            one.start_date <= last and one.end_date >= first and one.direction == direction
            for one in found
        )

    assert covers("1879-10", "1880-03", "upward")
    assert covers("1917-10", "1918-03", "collapse")
    assert covers("1928-11", "1929-08", "upward")
    assert covers("1955-05", "1956-02", "upward")
    assert covers("1987-03", "1987-08", "upward")
    assert covers("1996-10", "2001-03", "upward")
    longest = max(found, key=lambda one: one.duration)
    assert longest.peak_date == "1999-07"
    assert longest.statistic == sp500.gsadf


def test_the_other_definition_dates_fewer(sp500: SupADF) -> None:
    own = sp500.episodes(definition="bsadf")
    running = sp500.episodes(definition="running-max")
    assert len(running) < len(own)
    for one in running:
        assert any(other.start <= one.start and one.end <= other.end for other in own)


def test_dating_with_badf(sp500: SupADF) -> None:
    found = sp500.episodes(definition="badf")
    bound = sp500.sequence(definition="badf")
    for one in found:
        assert (sp500.badf[one.start : one.end + 1] > bound[one.start : one.end + 1]).all()
    assert any(one.start_date < "1999-07" < one.end_date for one in found)


def test_default_duration_is_that_of_the_paper() -> None:
    assert default_duration(1680) == 7
    assert default_duration(2) == 1


# --- rules ---------------------------------------------------------------------------------------
def dated(above: list[int], y: Values | None = None, least: int = 1):  # type: ignore[no-untyped-def]
    statistic = np.array(above, dtype=float)
    series = np.arange(len(above), dtype=float) if y is None else y
    critical = np.full(len(above), 0.5)
    return date_episodes(series, statistic, critical, min_duration=least)


def test_ends_are_inclusive_and_the_last_may_go_on() -> None:
    first, last = dated([0, 1, 2, 1, 0, 0, 1, 1])
    assert (first.start, first.end, first.peak, first.duration) == (1, 3, 2, 3)
    assert (last.start, last.end, last.ongoing, first.ongoing) == (6, 7, True, False)
    assert (first.start_date, first.end_date, first.peak_date) == ("2", "4", "3")


def test_short_runs_are_left_out() -> None:
    assert [one.start for one in dated([0, 1, 0, 1, 1, 0, 1, 1, 1, 0], least=2)] == [3, 6]
    assert dated([0, 1, 1], least=3) == ()
    assert dated([0, 0, 0]) == ()
    with pytest.raises(ConfigError, match=r"bubbles\.count"):
        dated([0, 1], least=0)


def test_what_is_not_a_number_is_not_above() -> None:
    statistic = np.array([np.nan, 1, np.nan, 1, 1])
    found = date_episodes(np.arange(5.0), statistic, np.zeros(5), min_duration=1)
    assert [(one.start, one.end) for one in found] == [(1, 1), (3, 4)]


def test_direction_is_that_of_the_series_up_to_the_peak() -> None:
    y = np.array([10.0, 11, 13, 9, 9, 6, 2, 8])
    rise, fall = dated([0, 1, 2, 1, 0, 1, 2, 1], y)
    assert (rise.direction, fall.direction) == ("upward", "collapse")


def test_a_boom_and_a_crash_are_told_apart() -> None:
    noise = np.random.default_rng(1).normal(size=200)
    boom = noise.cumsum() + 100
    boom[150:] = boom[149] + np.cumsum(1.06 ** np.arange(50))
    for sign, direction in ((1, "upward"), (-1, "collapse")):
        test = sup_adf(sign * boom)
        found = test.episodes(monte_carlo(200))
        assert found[-1].direction == direction
        assert found[-1].ongoing
        # The boom is so smooth that windows inside it fit perfectly.
        assert test.undefined
        assert np.isnan(found[-1].statistic)


def test_episodes_that_are_over_stay_when_time_goes_on(sp500: SupADF) -> None:
    series = sp500.series
    assert series.dates is not None
    bound = sp500.sequence()
    whole = sp500.episodes()
    part = sup_adf(series.values[:1500], 0, sp500.window, dates=series.dates[:1500])
    found = date_episodes(
        part.series.values, part.bsadf, bound[:1500], dates=part.series.dates, min_duration=7
    )
    over = [one for one in whole if one.end < 1499]
    assert [one for one in found if not one.ongoing] == over
    assert over


# --- the wild bootstrap --------------------------------------------------------------------------
def test_wild_bootstrap_repeats_itself_and_nothing_else(walk: Values) -> None:
    test = sup_adf(walk[:80], 1)
    one, two = (wild_bootstrap(test, replications=128, seed=4, threads=t) for t in (1, 2))
    assert one.tails.tobytes() == two.tails.tobytes()
    assert one.curves.tobytes() == two.curves.tobytes()
    other = wild_bootstrap(test, replications=128, seed=5)
    assert (one.tails != other.tails).any()
    assert (one.method, one.lag, one.horizon) == ("wild", 1, None)


@pytest.mark.parametrize("scheme", ["resampled", "in-place"])
@pytest.mark.parametrize("lag", [0, 2])
def test_every_shock_has_a_factor_of_its_own(walk: Values, scheme: str, lag: int) -> None:
    series = _maker(walk, lag, len(walk), scheme)(np.random.default_rng(3), 4)
    assert series.shape == (4, len(walk))
    np.testing.assert_allclose(series[:, : lag + 1], np.tile(walk[: lag + 1], (4, 1)), atol=1e-12)
    null = fit_null(walk, lag)
    d = np.diff(series, axis=1)
    shocks = d[:, lag:].copy()
    for i in range(lag):
        shocks -= null.slopes[i] * d[:, lag - 1 - i : d.shape[1] - 1 - i]
    if scheme == "in-place":
        factors = shocks / null.residuals
        # Factors are recovered but for the round-off of the sums.
        distinct = {len(np.unique(np.round(row, 6))) for row in factors}
        assert min(distinct) > 0.99 * factors.shape[1]
        assert factors.std() == pytest.approx(1.0, abs=0.1)
        assert abs(np.corrcoef(factors)[0, 1]) < 0.3
    else:
        assert shocks.std() == pytest.approx(null.residuals.std(), rel=0.15)


def test_the_null_is_fitted_with_the_lag_of_the_test() -> None:
    random = np.random.default_rng(8)
    d = np.zeros(400)
    for t in range(2, 400):
        d[t] = 0.5 * d[t - 1] - 0.3 * d[t - 2] + random.normal()
    y = d.cumsum()
    null = fit_null(y, 2)
    assert null.slopes == pytest.approx([0.5, -0.3], abs=0.12)
    assert null.residuals.sum() == pytest.approx(0, abs=1e-9)
    assert null_lags(y, 5, "bic") == 2
    assert null_lags(random.normal(size=300).cumsum(), 4, "bic") == 0
    series = _maker(y, 2, len(y), "resampled")(random, 32)
    slopes = np.mean([fit_null(one, 2).slopes for one in series], axis=0)
    assert slopes == pytest.approx(null.slopes, abs=0.05)


def test_growing_by_hand() -> None:
    shocks = np.array([[[1.0], [2.0]]])
    found = grow(np.array([0.5]), shocks, np.array([[4.0]]), np.array([10.0]))
    # Differences: 4, then 1 + .5 * 4 = 3, then 2 + .5 * 3 = 3.5.
    assert found[0, :, 0].tolist() == [10.0, 14.0, 17.0, 20.5]


def test_wild_values_are_near_the_simulated_ones_for_quiet_series() -> None:
    y = np.random.default_rng(11).normal(size=100).cumsum()
    wild = wild_bootstrap(sup_adf(y), replications=1999, seed=1)
    assert wild.value("gsadf", 95) == pytest.approx(monte_carlo(100).value("gsadf", 95), abs=0.5)


def test_a_horizon_holds_the_size_jointly(walk: Values) -> None:
    test = sup_adf(walk)
    plain = wild_bootstrap(test, replications=512, seed=2)
    joint = wild_bootstrap(test, replications=512, seed=2, horizon=24)
    bound = joint.sequence("bsadf", 95)[test.window - 1 :]
    assert np.ptp(bound) == 0
    assert bound[0] > plain.sequence("bsadf", 95)[test.window + 22]
    assert bound[0] < plain.value("gsadf", 95)
    assert joint.tails.tobytes() == plain.tails.tobytes()
    assert joint.horizon == 24
    for horizon in (0, 1000):
        with pytest.raises(ConfigError, match=r"bubbles\.(count|horizon)"):
            wild_bootstrap(test, replications=64, horizon=horizon)


def test_wild_bootstrap_chooses_lags_again(walk: Values) -> None:
    test = sup_adf(walk[:50], "bic", 20, max_lag=2)
    found = wild_bootstrap(test, replications=64, seed=1)
    assert found.lag == 2
    fixed = wild_bootstrap(sup_adf(walk[:50], 2, 20), replications=64, seed=1)
    assert (found.tails != fixed.tails).any()
    assert test.episodes(found) is not None


def test_wild_bootstrap_refuses_what_it_cannot_do(walk: Values) -> None:
    with pytest.raises(ConfigError, match=r"bubbles\.scheme"):
        wild_bootstrap(sup_adf(walk), scheme="other")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"bubbles\.residuals"):
        wild_bootstrap(sup_adf(np.arange(60.0)), replications=10)


# --- panels --------------------------------------------------------------------------------------
def panel(members: int = 3, n: int = 80) -> PanelSupADF:
    walks = np.random.default_rng(21).normal(size=(n, members)).cumsum(axis=0)
    return panel_sup_adf(walks, 1)


def test_the_panel_is_the_mean_of_its_members() -> None:
    test = panel()
    means = np.mean([one.bsadf for one in test.members], axis=0)
    assert test.bsadf.tobytes() == means.tobytes()
    assert test.gsadf == np.nanmax(means)
    assert (test.n, test.window, test.lag) == (80, 16, 1)


def test_a_panel_from_names_and_frames() -> None:
    pd = pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    values = np.random.default_rng(21).normal(size=(80, 3)).cumsum(axis=0)
    index = pd.period_range("2000-01", periods=80, freq="M")
    frame = pd.DataFrame(values, columns=["a", "b", "c"], index=index)
    mapping = {name: frame[name].to_numpy() for name in frame}
    for given in (frame, mapping):
        test = panel_sup_adf(given, 1)
        assert [one.series.name for one in test.members] == ["a", "b", "c"]
        assert test.bsadf.tobytes() == panel().bsadf.tobytes()
    assert panel_sup_adf(frame).members[0].series.dates == tuple(str(p) for p in index)


def test_series_of_a_panel_have_the_same_dates() -> None:
    pd = pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    values = np.random.default_rng(21).normal(size=(2, 80)).cumsum(axis=1)
    early, late = (pd.period_range(start, periods=80, freq="M") for start in ("1950-01", "2000-01"))
    one = pd.Series(values[0], index=early)
    same = panel_sup_adf({"a": one, "b": pd.Series(values[1], index=early), "c": values[1]})
    assert same.dates == tuple(str(month) for month in early)
    with pytest.raises(ConfigError) as caught:
        panel_sup_adf({"a": one, "b": pd.Series(values[1], index=late)})
    assert caught.value.message_id == "bubbles.panel_dates"
    assert caught.value.params == {
        "row": 1, "column": "b", "text": "2000-01", "other": "a", "wanted": "1950-01",
    }  # fmt: skip
    labels = [str(1900 + year) for year in range(80)]
    assert panel_sup_adf({"a": one, "b": values[1]}, dates=labels).dates == tuple(labels)


def test_a_panel_with_chosen_lags_and_its_sieve() -> None:
    walks = np.random.default_rng(23).normal(size=(60, 2)).cumsum(axis=0)
    test = panel_sup_adf(walks, "BIC", 30, max_lag=2)
    alone = [sup_adf(walk, "bic", 30, max_lag=2).bsadf for walk in walks.T]
    np.testing.assert_array_equal(test.bsadf, np.mean(alone, axis=0))
    assert (test.lag, test.rule) == (2, "bic")
    chosen = sieve_bootstrap(test, replications=256, seed=1)
    assert chosen.setting == (60, 30, 2, "bic", 2)
    fixed = sieve_bootstrap(panel_sup_adf(walks, 2, 30), replications=256, seed=1)
    assert (fixed.tails != chosen.tails).any()
    # The null was drawn as in the test: some of the panels it makes are tested like this one.
    drawn = dating_panel._maker(list(walks.T), 0)(np.random.default_rng(5), 200)
    tops = [
        np.nanmax(np.mean([sup_adf(y, "bic", 30, max_lag=2).bsadf for y in pair], axis=0))
        for pair in drawn.reshape(200, 2, 60)
    ]
    assert (np.array(tops) > chosen.value("gsadf", 90)).mean() == pytest.approx(0.1, abs=0.07)
    with pytest.raises(ConfigError, match=r"bubbles\.mismatch"):
        test.episodes(fixed)


def test_the_sieve_keeps_every_series() -> None:
    values = np.random.default_rng(21).normal(size=(80, 3)).cumsum(axis=0)
    base = sieve_bootstrap(panel_sup_adf(values, 1), replications=64, seed=3)
    for member in range(3):
        steps = np.diff(values[:, member], prepend=values[0, member])
        changed = values.copy()
        changed[:, member] = (steps * np.where(np.arange(80) < 40, 0.1, 1)).cumsum()
        other = sieve_bootstrap(panel_sup_adf(changed, 1), replications=64, seed=3)
        assert (other.tails[2] != base.tails[2]).any(), member


def test_the_sieve_repeats_itself_with_any_number_of_threads() -> None:
    one, two = (sieve_bootstrap(panel(), replications=128, seed=3, threads=t) for t in (1, 2))
    assert one.curves.tobytes() == two.curves.tobytes()
    assert one.method == "sieve"


def test_ties_between_series_are_kept() -> None:
    """The mean over copies of one series varies as one series does, that over strangers less."""
    walks = np.random.default_rng(5).normal(size=(80, 6)).cumsum(axis=0)
    copies = np.repeat(walks[:, :1], 6, axis=1)
    strangers = sieve_bootstrap(panel_sup_adf(walks), replications=256, seed=1)
    tied = sieve_bootstrap(panel_sup_adf(copies), replications=256, seed=1)
    alone = sieve_bootstrap(panel_sup_adf(walks[:, :1]), replications=256, seed=1)
    assert tied.value("gsadf", 95) == pytest.approx(alone.value("gsadf", 95), abs=1e-9)
    assert strangers.value("gsadf", 95) < tied.value("gsadf", 95) - 0.5


def test_a_shared_boom_is_dated() -> None:
    walks = 100 + np.random.default_rng(6).normal(size=(100, 3)).cumsum(axis=0)
    walks[70:] += np.cumsum(1.12 ** np.arange(30))[:, None]
    test = panel_sup_adf(walks)
    critical = sieve_bootstrap(test, replications=128, seed=1)
    last = test.episodes(critical)[-1]
    assert (last.ongoing, last.direction) == (True, "upward")
    with pytest.raises(ConfigError, match=r"bubbles\.mismatch"):
        test.episodes(monte_carlo(20))


def test_a_panel_with_a_perfect_member_has_no_answer() -> None:
    walk = np.random.default_rng(6).normal(size=80).cumsum()
    test = panel_sup_adf({"walk": walk, "growth": np.exp(0.05 * np.arange(80))})
    assert np.isnan(test.gsadf)


@pytest.mark.parametrize(
    "given",
    [np.arange(5.0), {}, {"a": np.arange(30.0), "b": np.arange(31.0)}, np.zeros((4, 3, 2))],
)
def test_panels_that_do_not_fit_are_refused(given: object) -> None:
    with pytest.raises(ConfigError, match=r"bubbles\.panel"):
        panel_sup_adf(given)
