"""The crisis logit of Schularick and Taylor (2012): five lags of the growth of real loans."""

from __future__ import annotations

import importlib
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debtcycle.crises._check import Floats, frozen, panel
from debtcycle.crises._summary import frame, lines
from debtcycle.crises.auroc import auroc
from debtcycle.crises.labels import lagged, without_years
from debtcycle.errors import ConfigError, ModelError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LAGS", "WAR_YEARS", "CrisisLogit", "Design", "crisis_logit", "design", "expanding"]

LAGS = 5
WAR_YEARS = (*range(1914, 1920), *range(1939, 1948))
_MOST_STEPS = 100
_FLAT = 1e-4  # largest slope of the likelihood at a maximum
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Design:
    """Country-years in which the crisis and all lags are known.

    Attributes
    ----------
    unit, time : int64 arrays, shape (n,)
        Position of the country, and the year in which a crisis begins or not.
    lags : float64 array, shape (n, k)
        Growth one to k years before.
    crisis : float64 array, shape (n,)
    shape : (int, int)
        Countries and years of the tables.
    first_year : int
    """

    unit: Ints
    time: Ints
    lags: Floats
    crisis: Floats
    shape: tuple[int, int]
    first_year: int

    def take(self, kept: NDArray[np.bool_]) -> Design:
        """Some of the rows."""
        return Design(
            self.unit[kept], self.time[kept], self.lags[kept], self.crisis[kept], self.shape,
            self.first_year,
        )  # fmt: skip

    def table(self, values: Floats) -> Floats:
        """A value a row, put back into a table of countries by years."""
        found = np.full(self.shape, np.nan)
        found[self.unit, self.time - self.first_year] = values
        return found


def design(
    growth: ArrayLike,
    crisis: ArrayLike,
    times: ArrayLike,
    *,
    lags: int = LAGS,
    left_out: tuple[int, ...] = WAR_YEARS,
    clean_lags: bool = False,
) -> Design:
    """Rows of the regression.

    Parameters
    ----------
    growth : array_like, shape (countries, years)
        Change of the logarithm of loans over consumer prices.
    crisis : array_like, shape (countries, years)
        1 in the year in which a crisis begins.
    times : array_like of int, shape (years,)
        Consecutive years.
    lags : int, default 5
    left_out : tuple of int
        Years that are no rows: the wars, 1914-19 and 1939-47.
    clean_lags : bool, default False
        Whether growth in those years is left out as well, so that no row looks back into them.

    Raises
    ------
    ConfigError
        ``crises.panel``, ``crises.cell``, ``crises.years`` where years are not consecutive,
        ``crises.option``.
    """
    years = np.asarray(times, dtype=np.int64)
    begins = panel(crisis, "crisis")
    change = panel(growth, "growth", begins.shape)
    if years.shape != (begins.shape[1],) or (np.diff(years) != 1).any():
        raise ConfigError("crises.years", found=len(years), wanted=begins.shape[1])
    if lags < 1:
        raise ConfigError("crises.option", name="lags", value=lags)
    if clean_lags:
        change = without_years(change, years, left_out)
    columns = np.stack([lagged(change, back) for back in range(1, lags + 1)], axis=-1)
    marks = without_years(begins, years, left_out)
    kept = np.isfinite(columns).all(axis=-1) & np.isfinite(marks)
    unit, column = np.nonzero(kept)
    return Design(
        unit.astype(np.int64), years[column], columns[kept], (marks[kept] > 0).astype(float),
        begins.shape, int(years[0]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CrisisLogit:
    """A fitted logit.

    Attributes
    ----------
    lag_effects, lag_errors : float64 arrays, shape (k,)
        Coefficients of the lags and their standard errors, clustered by country.
    sum_effect, sum_error : float
        Of the sum of the lags.
    units : int64 array
        Countries with an effect of their own, by position; those without a crisis in the rows
        have none (it would be minus infinity) and are left out. Empty for one common constant.
    constants : float64 array
        Effects of these countries, or the one constant.
    observations, crises : int
        Rows used and crises among them.
    pseudo_r2 : float
        McFadden's.
    auroc : float
        In sample: the fit has seen the crises that it is scored on.
    converged : bool
        Always true: a fit that does not converge is an error.
    """

    lag_effects: Floats
    lag_errors: Floats
    sum_effect: float
    sum_error: float
    units: Ints
    constants: Floats
    observations: int
    crises: int
    log_likelihood: float
    pseudo_r2: float
    auroc: float
    converged: bool

    def probability(self, rows: Design) -> Floats:
        """Chance of a crisis in each row; NaN for a country without a constant of its own."""
        return _chance(rows, self.lag_effects, self.units, self.constants)

    def to_pandas(self) -> pd.DataFrame:
        """Lags with effects and errors; ConfigError ``pandas.missing`` without pandas."""
        index = np.arange(1, len(self.lag_effects) + 1)
        return frame({"effect": self.lag_effects, "error": self.lag_errors}, index, "lag")

    def summary(self) -> str:
        """The main figures under their names."""
        names = ("observations", "crises", "sum_effect", "sum_error", "log_likelihood",
                 "pseudo_r2", "auroc", "converged")  # fmt: skip
        pairs: list[tuple[str, object]] = [(name, getattr(self, name)) for name in names]
        for lag, (effect, error) in enumerate(
            zip(self.lag_effects.tolist(), self.lag_errors.tolist(), strict=True), start=1
        ):
            pairs.append((f"lag_{lag}", f"{effect:.4f} ({error:.4f})"))
        return lines("CrisisLogit", pairs)


def _statsmodels() -> Any:
    try:
        return importlib.import_module("statsmodels.api")
    except ImportError:
        raise ConfigError("crises.needs", module="statsmodels") from None


def _fit(outcome: Floats, columns: Floats, groups: Ints | None = None) -> Any:
    """Newton's method, errors clustered where groups are given.

    Raises
    ------
    ModelError
        ``crises.converge`` where no maximum was found.
    """
    api = _statsmodels()
    errors: dict[str, Any] = {}
    if groups is not None and len(np.unique(groups)) > 1:
        errors = {"cov_type": "cluster", "cov_kwds": {"groups": groups}}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what they say is asked of the result below
            # Constants of countries are columns apart and lags differ between rows; a check of
            # the rank beforehand would cost ten times the fit.
            model = api.Logit(outcome, columns, hasconst=True, check_rank=False)
            found = model.fit(method="newton", maxiter=_MOST_STEPS, disp=0, **errors)
    except (np.linalg.LinAlgError, ValueError) as error:
        raise ModelError("crises.converge", steps=_MOST_STEPS, rows=len(outcome)) from error
    with np.errstate(over="ignore"):
        left = outcome - found.predict()
    # Where lags tell crises apart without an error the likelihood rises for ever.
    perfect = np.abs(left).max() < _FLAT
    if perfect or not found.mle_retvals["converged"] or not np.abs(columns.T @ left).max() < _FLAT:
        raise ModelError("crises.converge", steps=_MOST_STEPS, rows=len(outcome))
    return found


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Rows that enter a fit, its columns, and the countries with a constant of their own."""

    rows: Design
    columns: Floats
    units: Ints


def _prepare(rows: Design, *, effects: bool) -> _Prepared:
    units = np.empty(0, dtype=np.int64)
    own = np.ones((len(rows.unit), 1))
    if effects:
        units = np.unique(rows.unit[rows.crisis > 0])
        rows = rows.take(np.isin(rows.unit, units))
        own = (rows.unit[:, None] == units[None, :]).astype(float)
    crises = int(rows.crisis.sum())
    if not 0 < crises < len(rows.crisis):
        raise ConfigError("crises.empty", name="logit", found=len(rows.crisis), events=crises)
    return _Prepared(rows, np.column_stack([rows.lags, own]), units)


def _chance(rows: Design, effects: Floats, units: Ints, constants: Floats) -> Floats:
    """Chance of a crisis in each row; NaN for a country without a constant of its own."""
    if len(units):
        constant = np.full(rows.shape[0], np.nan)
        constant[units] = constants
        own = constant[rows.unit]
    else:
        own = np.full(len(rows.unit), constants[0])
    # Lag by lag and not as a matrix product, whose rounding depends on the number of rows.
    for lag, effect in enumerate(effects):
        own = own + rows.lags[:, lag] * effect
    with np.errstate(over="ignore"):
        chance: Floats = 1.0 / (1.0 + np.exp(-own))
    return chance


def crisis_logit(rows: Design, *, effects: bool = True) -> CrisisLogit:
    r"""Fit the chance of a crisis beginning in a year.

    .. math:: \operatorname{logit} p_{it} = a_i + \sum_{k=1}^{5} b_k \Delta\log(L/P)_{i,t-k}

    Parameters
    ----------
    rows : Design
    effects : bool, default True
        A constant for every country; otherwise one for all.

    Raises
    ------
    ModelError
        ``crises.converge``: the likelihood has no maximum that was found (separation, or too few
        crises).
    ConfigError
        ``crises.empty`` without rows of both kinds; ``crises.needs`` without statsmodels.

    References
    ----------
    Schularick and Taylor (2012), American Economic Review 102(2), 1029-1061.
    """
    ready = _prepare(rows, effects=effects)
    rows, count = ready.rows, rows.lags.shape[1]
    found = _fit(rows.crisis, ready.columns, rows.unit)
    cov = np.asarray(found.cov_params())[:count, :count]
    params = np.asarray(found.params)
    return CrisisLogit(
        frozen(params[:count].copy()), frozen(np.sqrt(np.diag(cov))),
        float(params[:count].sum()), float(np.sqrt(cov.sum())), ready.units,
        frozen(params[count:].copy()), len(rows.crisis), int(rows.crisis.sum()),
        float(found.llf), float(found.prsquared), auroc(np.asarray(found.predict()), rows.crisis),
        True,
    )  # fmt: skip


def expanding(rows: Design, *, effects: bool = True, least_crises: int = 10) -> Floats:
    """Chance of a crisis in every year from a fit to the years before it alone.

    Parameters
    ----------
    rows : Design
    effects : bool, default True
        Countries without a crisis so far then have no chance (NaN): nothing is known of their
        constant but that it is low.
    least_crises : int, default 10
        Crises that a fit needs; NaN before.

    Returns
    -------
    ndarray, shape (countries, years)
        Chance by the year in which the crisis would begin. A year whose fit does not converge
        has none.

    Notes
    -----
    The fit for year t uses rows up to t - 1, and the row of t holds growth up to t - 1: nothing
    of year t enters. Later rows leave it identical to the bit.
    """
    chance, count = np.full(len(rows.unit), np.nan), rows.lags.shape[1]
    for year in np.unique(rows.time):
        before = rows.take(rows.time < year)
        if before.crisis.sum() < least_crises:
            continue
        ready = _prepare(before, effects=effects)
        try:
            params = np.asarray(_fit(ready.rows.crisis, ready.columns).params)
        except ModelError:
            continue
        now = rows.time == year
        chance[now] = _chance(rows.take(now), params[:count], ready.units, params[count:])
    return rows.table(chance)
