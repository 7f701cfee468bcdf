r"""Why prices differ between two states: exact Shapley values over five channels.

The two states are two start rows of the economy (the run with a programme and the one without, on
the same date and the same chances; or two dates of one run). Every variable and parameter of the
state belongs to one channel:

- **rates**: the policy rate of the quarter;
- **premium**: prices of risk, balance sheets, spreads, anchors of the term premium;
- **inflation**: inflation, what is expected of it, and the level of prices;
- **extrapolation**: extrapolated returns and how many extrapolate;
- **quantity**: all else - holdings, supplies, flows, money, and the cash flows of firms.

For each of the 32 subsets of channels the quarter is solved with these taken from the second state
and the others from the first. With :math:`v(S)` the log price,

.. math::

    \phi_c = \sum_{S \not\ni c} \frac{|S|!\,(4-|S|)!}{5!} \, [v(S \cup c) - v(S)],

so that the parts add up to the whole change. Source: Shapley, L. S. (1953), "A value for n-person
games". A mixed state need not have closed accounts; its accounts are not checked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHANNELS", "Attribution", "attribute", "channel_of", "integrate"]

Values = NDArray[np.float64]
State = Mapping[str, Values]
# Solves one quarter from start rows, each an array over lanes: log prices, shape (assets, lanes).
Solve = Callable[[State], Values]

CHANNELS = ("rates", "quantity", "premium", "inflation", "extrapolation")
_CHANNEL = {
    "rates": ("rate",),
    "premium": ("rho", "imp", "NW", "vol", "tpl", "tpI", "z_rho", "z_G", "z_R", "z_Z", "z_y"),
    "inflation": ("pi", "pe", "cpi", "miss"),
    "extrapolation": ("n", "x_G", "x_R", "x_Z", "prof"),
}
_BY_NAME = {name: channel for channel, names in _CHANNEL.items() for name in names}


def channel_of(name: str) -> str:
    """The channel to which a variable or parameter belongs."""
    return _BY_NAME.get(name, "quantity")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Parts of the change of log prices.

    Attributes
    ----------
    parts : float64 array, shape (channels, assets, paths)
        In the order of `CHANNELS`.
    change : float64 array, shape (assets, paths)
        The whole: second state less first.
    """

    parts: Values
    change: Values


def _subsets() -> list[frozenset[str]]:
    return [
        frozenset(chosen) for size in range(len(CHANNELS) + 1)
        for chosen in combinations(CHANNELS, size)
    ]  # fmt: skip


def _mixed(first: State, second: State, chosen: list[frozenset[str]]) -> dict[str, Values]:
    """Start rows of all subsets, one after another: each an array of subsets x paths."""
    return {
        name: np.concatenate(
            [second[name] if channel_of(name) in subset else first[name] for subset in chosen]
        )
        for name in first
    }


def attribute(first: State, second: State, solve: Solve) -> Attribution:
    """Shapley values of the five channels.

    Parameters
    ----------
    first, second : mapping of name to array, shape (paths,)
        Two states with the same names.
    solve : callable
        See `Solve`.
    """
    chosen = _subsets()
    prices = solve(_mixed(first, second, chosen))
    prices = prices.reshape(prices.shape[0], len(chosen), -1)
    worth = {subset: prices[:, number] for number, subset in enumerate(chosen)}
    count = len(CHANNELS)
    parts = []
    for channel in CHANNELS:
        total = np.zeros_like(prices[:, 0])
        for subset in chosen:
            if channel not in subset:
                size = len(subset)
                weight = math.factorial(size) * math.factorial(count - 1 - size)
                gain = worth[subset | {channel}] - worth[subset]
                total += weight / math.factorial(count) * gain
        parts.append(total)
    return Attribution(np.array(parts), worth[frozenset(CHANNELS)] - worth[frozenset()])


def integrate(
    first: State, second: State, solve: Solve, *, nodes: int = 8, step: float = 1e-4
) -> Values:
    r"""The same parts by integrating along the straight line between the states.

    Each channel's part is :math:`\int_0^1 (\partial v/\partial\theta_c)\,\Delta\theta_c\,ds`,
    derivatives by central differences of the solved quarter, the integral by Gauss and Legendre.
    It agrees with `attribute` where the change is small, and serves to check it.

    Returns
    -------
    float64 array, shape (channels, assets, paths)
    """
    points, weights = np.polynomial.legendre.leggauss(nodes)
    total = None
    for point, weight in zip(0.5 * (points + 1.0), 0.5 * weights, strict=True):
        sides = []
        for sign in (1.0, -1.0):
            rows = []
            for channel in CHANNELS:
                at = {c: point + (sign * step if c == channel else 0.0) for c in CHANNELS}
                rows.append(
                    {
                        name: first[name] + at[channel_of(name)] * (second[name] - first[name])
                        for name in first
                    }
                )
            joined = {name: np.concatenate([row[name] for row in rows]) for name in first}
            found = solve(joined)
            sides.append(found.reshape(found.shape[0], len(CHANNELS), -1))
        slope = (sides[0] - sides[1]) / (2.0 * step)
        part = weight * np.moveaxis(slope, 1, 0)
        total = part if total is None else total + part
    assert total is not None
    return np.asarray(total)
