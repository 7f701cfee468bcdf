"""The logit against statsmodels with dummies, and its out-of-sample chances."""

from __future__ import annotations

import numpy as np
import pytest

from crises.worlds import made_world
from debtcycle.crises import auroc, crisis_logit, design, expanding
from debtcycle.crises.logit import WAR_YEARS
from debtcycle.crises.making_logit import PUBLISHED_COUNTRIES, logit_run
from debtcycle.errors import ConfigError, ModelError

PUBLISHED_AUROC = 0.717


def test_the_fit_is_that_of_statsmodels_with_dummies(world):
    api = pytest.importorskip(
        "statsmodels.api",
        reason="a second implementation to compare with, statsmodels, is not installed",
    )
    rows = design(world.growth, world.crisis, world.years)
    dummies = (rows.unit[:, None] == np.unique(rows.unit)).astype(float)
    theirs = api.Logit(rows.crisis, np.column_stack([dummies, rows.lags])).fit(
        method="bfgs", maxiter=1000, gtol=1e-9, disp=0, cov_type="cluster",
        cov_kwds={"groups": rows.unit},
    )  # fmt: skip
    found = crisis_logit(rows)
    assert found.lag_effects == pytest.approx(theirs.params[-5:], abs=1e-5)
    assert found.lag_errors == pytest.approx(theirs.bse[-5:], rel=1e-4)
    assert found.pseudo_r2 == pytest.approx(theirs.prsquared, abs=1e-8)
    assert found.sum_effect == pytest.approx(theirs.params[-5:].sum(), abs=1e-5)
    assert found.probability(rows) == pytest.approx(theirs.predict(), abs=1e-6)
    assert found.auroc == pytest.approx(auroc(theirs.predict(), rows.crisis), abs=1e-4)
    assert found.converged


def test_the_lag_that_made_the_crises_is_found():
    made = made_world(5, countries=40, years=200)
    found = crisis_logit(design(made.growth, made.crisis, made.years))
    assert found.lag_effects[1] == pytest.approx(12.0, abs=3.5 * found.lag_errors[1])
    others = np.delete(found.lag_effects, 1) / np.delete(found.lag_errors, 1)
    assert np.abs(others).max() < 4.0
    assert "lag_2" in found.summary()


def test_rows_leave_out_the_wars_and_only_look_back(world):
    rows = design(world.growth, world.crisis, world.years)
    assert not set(rows.time) & set(WAR_YEARS)
    assert rows.time.min() == world.years[0] + 5
    at = rows.time[40] - world.years[0]
    assert rows.lags[40] == pytest.approx(world.growth[rows.unit[40], at - 5 : at][::-1])
    clean = design(world.growth, world.crisis, world.years, clean_lags=True)
    assert not set(clean.time) & set(range(1914, 1925))
    assert len(clean.unit) < len(rows.unit)
    table = rows.table(rows.crisis)
    assert np.nansum(table) == rows.crisis.sum()


@pytest.mark.parametrize("effects", [True, False])
def test_later_years_leave_earlier_chances_identical(world, effects):
    full = expanding(design(world.growth, world.crisis, world.years), effects=effects)
    for cut in (47, 80, 119):
        part = design(world.growth[:, :cut], world.crisis[:, :cut], world.years[:cut])
        found = expanding(part, effects=effects)
        assert found.tobytes() == np.ascontiguousarray(full[:, :cut]).tobytes()
    assert np.isfinite(full).sum() > 300


def test_a_chance_is_that_of_a_fit_to_the_years_before(world):
    rows = design(world.growth, world.crisis, world.years)
    year = 1970
    fitted = crisis_logit(rows.take(rows.time < year))
    now = rows.take(rows.time == year)
    found = expanding(rows)[now.unit, year - world.years[0]]
    assert found == pytest.approx(fitted.probability(now), abs=1e-12, nan_ok=True)


def test_a_country_without_a_crisis_has_no_constant(world):
    crisis = world.crisis.copy()
    crisis[3] = 0.0
    rows = design(world.growth, crisis, world.years)
    fitted = crisis_logit(rows)
    assert 3 not in fitted.units
    assert np.isnan(fitted.probability(rows)[rows.unit == 3]).all()
    one = crisis_logit(rows, effects=False)
    assert np.isfinite(one.probability(rows)).all()
    assert len(one.constants) == 1


def test_lags_that_give_the_crises_away_are_no_fit(world):
    crisis = np.roll(world.growth > 0.12, 1, axis=1).astype(float)
    crisis[:, 0] = 0.0
    with pytest.raises(ModelError) as caught:
        crisis_logit(design(world.growth, crisis, world.years), effects=False)
    assert caught.value.message_id == "crises.converge"
    assert np.isnan(expanding(design(world.growth, crisis, world.years), effects=False)).all()


def test_what_cannot_be_fitted(world):
    with pytest.raises(ConfigError, match=r"crises\.empty"):
        crisis_logit(design(world.growth, world.crisis * 0.0, world.years))
    with pytest.raises(ConfigError, match=r"crises\.years"):
        design(world.growth, world.crisis, world.years[::-1])
    with pytest.raises(ConfigError, match=r"crises\.years"):
        design(world.growth, world.crisis, world.years[:-1])
    with pytest.raises(ConfigError, match=r"crises\.option"):
        design(world.growth, world.crisis, world.years, lags=0)
    with pytest.raises(ConfigError, match=r"crises\.panel"):
        design(world.growth[:2], world.crisis, world.years)


def test_as_a_frame(world):
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    table = crisis_logit(design(world.growth, world.crisis, world.years)).to_pandas()
    assert list(table.index) == [1, 2, 3, 4, 5]


def test_schularick_and_taylor_on_the_database(macro):
    """The published area is of their own data; ours are revised, so it is near and not equal."""
    found = logit_run(macro.until(2008), replications=200)
    assert found.countries == len(PUBLISHED_COUNTRIES)
    assert found.fit.auroc == pytest.approx(PUBLISHED_AUROC, abs=0.05)
    assert found.in_sample.auroc == pytest.approx(found.fit.auroc, abs=1e-12)
    assert found.in_sample.observations == found.fit.observations
    assert found.out_of_sample.auroc < found.fit.auroc - 0.03
    assert found.one_constant.auroc < found.fit.auroc - 0.03
    # As published the second lag carries the warning.
    assert np.argmax(found.fit.lag_effects / found.fit.lag_errors) == 1
