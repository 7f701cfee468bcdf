"""What a simulation publishes: readable figures made of the economy's variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["PUBLISHED", "Published", "names", "needed", "publish"]

Values = NDArray[np.float64]
Get = Callable[[str], Values]


@dataclass(frozen=True, slots=True)
class Published:
    """One figure by quarter.

    Attributes
    ----------
    name, unit : str
        Units: ``pct`` percent, ``pct_year`` percent a year, ``pct_gdp`` percent of opening GDP on
        trend, ``index`` 100 at the opening, ``ratio``, ``pp`` percentage points.
    of : tuple of str
        Variables of the economy that it is made of.
    make : callable
        From their arrays, shape (quarters + 1, paths), to the figure's.
    """

    name: str
    unit: str
    of: tuple[str, ...]
    make: Callable[..., Values]


def _pct(values: Values) -> Values:
    return 100.0 * values


def _same(values: Values) -> Values:
    return values


def _index(values: Values) -> Values:
    return 100.0 * values / values[:1]


def _spread(credit: Values, treasury: Values) -> Values:
    return 100.0 * (credit - treasury)


def _on_trend(values: Values, trend: Values) -> Values:
    return values / trend


def _table() -> tuple[Published, ...]:
    found = [
        Published("policy_rate", "pct_year", ("r",), _pct),
        Published("real_yield_10y", "pct_year", ("yI",), _pct),
        Published("nominal_yield_10y", "pct_year", ("yN",), _pct),
        Published("expected_inflation", "pct_year", ("pe",), _pct),
        Published("term_premium", "pct_year", ("premium_N",), _pct),
        Published("credit_yield", "pct_year", ("yK",), _pct),
        Published("credit_premium", "pct_year", ("premium_K",), _pct),
        Published("credit_spread", "pp", ("yK", "yN"), _spread),
        Published("equity_premium_growth", "pct_year", ("premium_G",), _pct),
        Published("equity_premium_real_assets", "pct_year", ("premium_R",), _pct),
        Published("multiple_growth", "index", ("multiple_G",), _index),
        Published("multiple_real_assets", "index", ("multiple_R",), _index),
    ]
    for asset, name in (
        ("G", "growth_equity"), ("R", "real_asset_equity"), ("N", "bonds"), ("I", "tips"),
        ("K", "credit"), ("Z", "gold"),
    ):  # fmt: skip
        found.append(Published(f"{name}_nominal", "index", (f"total_{asset}",), _index))
        found.append(Published(f"{name}_real", "index", (f"real_{asset}_index",), _index))
    found += [
        Published("inflation", "pct_year", ("pi",), _pct),
        Published("price_level", "index", ("P",), _index),
        Published("output_gap", "pct", ("y",), _pct),
        Published("money", "pct_gdp", ("money", "trend"), _on_trend),
        Published("treasury_debt", "pct_gdp", ("debt", "trend"), _on_trend),
        Published("wealth_gap", "ratio", ("wealth_gap",), _same),
        Published("monetisation", "ratio", ("monetised",), _same),
        Published("monetisation_with_bills", "ratio", ("monetised_all",), _same),
        Published("leverage", "ratio", ("lev",), _same),
        Published("extrapolated_growth_equity", "pct_year", ("x_G",), _pct),
        Published("extrapolators", "pct", ("n",), _pct),
        Published("balance_sheets", "pct", ("NW",), _pct),
    ]
    return tuple(found)


PUBLISHED = _table()


def names() -> tuple[str, ...]:
    """Names of all figures, in their order."""
    return tuple(item.name for item in PUBLISHED)


def needed() -> tuple[str, ...]:
    """Variables of the economy that the figures are made of."""
    return tuple(dict.fromkeys(name for item in PUBLISHED for name in item.of))


def publish(get: Get, out: Values | None = None) -> Mapping[str, Values]:
    """All figures of a run.

    Parameters
    ----------
    get : callable
        A variable by name, shape (quarters + 1, paths).
    out : float64 array, shape (quarters + 1, figures, paths), optional
        Where they are put, in the order of `names`; what is returned then lies in it.
    """
    found = {}
    for place, item in enumerate(PUBLISHED):
        values = item.make(*(get(name) for name in item.of))
        if out is not None:
            out[:, place] = values
            values = out[:, place]
        found[item.name] = values
    return found
