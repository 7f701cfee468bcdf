r"""Why a quarter has one solution, and what follows: signs, bubble number, safe purchases.

Excess demand of the seven cleared assets at attractiveness and prices moved by u is F(u). With
:math:`dER_a/du_a < 0`, :math:`k_b \ge k_s \ge k_t > 0`, :math:`k_e \ge k_t`, inertia in [0, 1),
holdings that are not negative and positive wealth,

* off the diagonal :math:`J = dF/du` is not negative (gross substitutes: Metzler);
* its column sums are negative: what leaves the seven assets goes into money.

So :math:`-J` is an M-matrix, the root is unique, and :math:`-J^{-1} \ge 0`: a purchase of any asset
lowers no price. Column sums hold while a quarter's purchases stay below the slope of the demand
for money; `safe_purchase` gives that bound.

All functions work on batches: arrays whose last axis counts economies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.machine import demand

__all__ = [
    "ASSETS",
    "Market",
    "Strength",
    "bubble_number",
    "column_sums",
    "excess_demand",
    "jacobian",
    "misordered",
    "off_diagonal",
    "random_market",
    "safe_purchase",
    "solve",
]

Values = NDArray[np.float64]

ASSETS = ("b", "N", "I", "K", "G", "R", "Z")
INVESTORS = 4
BANK = 4  # holders 0 to 3 are investors, 4 is the banks
_BONDS = slice(1, 4)
LINE_SEARCH, ITERATIONS, STEADY, SHORT = 30, 100, 40, 0.2
FAINT = 1e-9  # of the largest supply
REACH = 2.0  # longest step, in logs of weights
_ORDER = (("kb", "ks"), ("ks", "kt"), ("ke", "kt"))  # the first of each is not below the second


@dataclass(frozen=True, slots=True)
class Strength:
    """A strength of substitution: its name and value, in years."""

    name: str
    value: float


def misordered(parameters: Mapping[str, float]) -> tuple[Strength, Strength] | None:
    """The first two strengths of substitution that break the order on which all signs rest.

    Parameters
    ----------
    parameters : mapping
        With ``kb``, ``ks``, ``ke`` and ``kt``.

    Returns
    -------
    tuple of Strength, or None
        The one that is too small, and the one that it must not be below; None where
        ``kb >= ks >= kt`` and ``ke >= kt``.
    """
    for more, less in _ORDER:
        if parameters[more] < parameters[less]:
            return Strength(more, parameters[more]), Strength(less, parameters[less])
    return None


@dataclass(frozen=True, slots=True)
class Market:
    """The markets of one quarter in many economies.

    Attributes
    ----------
    liking : float64 array, shape (5, 8, n)
        What is peculiar to each holder's liking of M, b, N, I, K, G, R, Z; banks have none of the
        last three.
    holdings : float64 array, shape (5, 6, n)
        Pieces of N, I, K, G, R, Z before the quarter.
    cash : float64 array, shape (5, n)
        Money and bills before the quarter, with what has been saved.
    kept : float64 array, shape (5, n)
        Part of its holdings that a holder leaves untouched.
    supply : float64 array, shape (7, n)
        Bills in value, the others in pieces.
    flow : float64 array, shape (7, n)
        Issues less central-bank purchases, in value.
    coupon, decay, pull : float64 arrays, shape (3, n)
        Of N, I, K: yield is ``coupon exp(-u) - decay``, expected return ``(1 + pull) yield``.
    cash_yield : float64 array, shape (2, n)
        Of G and R at u = 0.
    gold_pull : float64 array, shape (n,)
    bill_slope : float
        Fall of the bill rate with its u.
    k : float64 array, shape (4, n)
        Substitution kb, ks, ke, kt.
    stays : float64 array, shape (5, n), optional
        Part of what a holder would leave untouched that is not sold by force; all unless given.
    """

    liking: Values
    holdings: Values
    cash: Values
    kept: Values
    supply: Values
    flow: Values
    coupon: Values
    decay: Values
    pull: Values
    cash_yield: Values
    gold_pull: Values
    k: Values
    bill_slope: float = 4.0
    stays: Values | None = None

    def untouched(self, holder: int) -> Values:
        """Part of its holdings that a holder keeps."""
        kept = self.kept[holder]
        return np.asarray(kept if self.stays is None else kept * self.stays[holder])


def _returns(market: Market, u: Values) -> tuple[Values, Values]:
    """Expected returns of b, N, I, K, G, R, Z (shape (7, n)) and their slopes in their own u."""
    returns, slopes = np.empty_like(u), np.empty_like(u)
    returns[0], slopes[0] = -market.bill_slope * u[0], -market.bill_slope
    paid = market.coupon * np.exp(-u[_BONDS])
    returns[_BONDS] = (1 + market.pull) * (paid - market.decay)
    slopes[_BONDS] = -(1 + market.pull) * paid
    returns[4:6] = market.cash_yield * np.exp(-u[4:6])
    slopes[4:6] = -returns[4:6]
    returns[6], slopes[6] = -market.gold_pull * u[6], -market.gold_pull
    return returns, slopes


def _inputs(market: Market, holder: int, returns: Values, prices: Values) -> list[Values]:
    """Inputs of the demand function of a holder."""
    held = market.holdings[holder] * prices
    wealth = market.cash[holder] + held.sum(axis=0)
    kept, placed = market.untouched(holder) * held, (1 - market.kept[holder]) * wealth
    liking = market.liking[holder]
    base = [np.zeros_like(wealth), *returns]
    if holder == BANK:
        return [*base[:5], *liking[:5], *kept[:3], wealth, placed, *market.k[:2]]
    return [*base, *liking, *kept, wealth, placed, *market.k]


def excess_demand(market: Market, u: Values) -> Values:
    """F(u), shape (7, n): demands less supply and flow, in value."""
    returns, _ = _returns(market, u)
    prices = np.exp(u[1:])
    found = -market.flow - market.supply * np.concatenate([np.ones((1, u.shape[1])), prices])
    for holder in range(INVESTORS):
        found = found + np.array(demand.values(_inputs(market, holder, returns, prices), np))
    found[:4] += np.array(demand.bank_values(_inputs(market, BANK, returns, prices), np))
    return np.asarray(found)


def jacobian(market: Market, u: Values) -> Values:
    """dF/du, shape (7, 7, n): analytic."""
    returns, own = _returns(market, u)
    prices = np.exp(u[1:])
    size = u.shape[1]
    found = np.zeros((7, 7, size))
    for a in range(6):
        found[1 + a, 1 + a] -= market.supply[1 + a] * prices[a]
    for holder in range(5):
        count = 3 if holder == BANK else 6
        inputs = _inputs(market, holder, returns, prices)
        rows = (demand.bank_slopes if holder == BANK else demand.slopes)(inputs, np)
        kept, wealth = 2 * count + 4, 3 * count + 4
        held = market.holdings[holder] * prices
        untouched = market.untouched(holder)
        for a, row in enumerate(rows):
            # Attractiveness falls with the asset's own u; prices move wealth, what is placed of
            # it, and what is kept.
            gain = row[wealth] + row[wealth + 1] * (1 - market.kept[holder])
            found[a, 0] += row[1] * own[0]
            for c in range(count):
                price = (row[kept + c] * untouched + gain) * held[c]
                found[a, 1 + c] += row[2 + c] * own[1 + c] + price
    return found


def off_diagonal(matrix: Values) -> Values:
    """Entries off the diagonal, shape (42, n); not negative for a Metzler matrix."""
    mask = ~np.eye(7, dtype=bool)
    return matrix[mask]


def column_sums(matrix: Values) -> Values:
    """Sums of columns, shape (7, n)."""
    return np.asarray(matrix.sum(axis=0))


def solve(market: Market, start: Values, tolerance: float = 1e-11) -> tuple[Values, Values]:
    """Root of F by Newton with a line search on the residual.

    Returns
    -------
    u : float64 array, shape (7, n)
    residual : float64 array, shape (n,)
        Largest excess demand relative to the largest supply.
    """
    u = start.copy()
    size = np.abs(market.supply).max(axis=0)
    worst = np.abs(excess_demand(market, u)).max(axis=0) / size
    for iteration in range(ITERATIONS):
        active = np.flatnonzero(worst > tolerance)
        if not len(active):
            break
        part = _chosen(market, active)
        with np.errstate(all="ignore"):
            u[:, active], worst[active] = _step(
                part, u[:, active], size[active], STEADY <= iteration < 2 * STEADY
            )
    return u, worst


def _step(market: Market, u: Values, size: Values, steady: bool) -> tuple[Values, Values]:
    """One Newton step, halved in each economy until the residual falls.

    Where that is at a loss, a `steady` short step follows the path on which all excess demands
    shrink together; the slope matrix is never singular on it, so that it leads to the root.
    """
    value = excess_demand(market, u)
    matrix = np.moveaxis(jacobian(market, u), 2, 0)
    step = _direction(matrix, value, size)
    # Where attractiveness moves by more than this, shares are emptied and slopes say nothing.
    moved = np.abs(_returns(market, u)[1] * step) * market.k[[0, 1, 1, 1, 2, 2, 3]]
    step /= np.maximum(1.0, moved.max(axis=0) / REACH)
    before = np.abs(value).max(axis=0) / size
    length = np.full_like(before, SHORT if steady else 1.0)
    for _ in range(1 if steady else LINE_SEARCH):
        trial = u - length * step
        after = np.abs(excess_demand(market, trial)).max(axis=0) / size
        good = after < before
        if good.all():
            break
        length = np.where(good, length, 0.5 * length)
    if steady:
        return trial, after
    return np.where(good, trial, u), np.where(good, after, before)


def _direction(matrix: Values, value: Values, size: Values) -> Values:
    """Newton's step, shape (7, n)."""
    try:
        return np.asarray(np.linalg.solve(matrix, value.T[..., None])[..., 0].T)
    except np.linalg.LinAlgError:
        # So far from the root that slopes are nought in floating point. Taking a little from the
        # diagonal keeps minus the matrix an M-matrix, and the step in the right direction.
        less = matrix - (FAINT * size)[:, None, None] * np.eye(len(value))
        return np.asarray(np.linalg.solve(less, value.T[..., None])[..., 0].T)


def _chosen(market: Market, which: NDArray[np.intp]) -> Market:
    return Market(
        market.liking[..., which], market.holdings[..., which], market.cash[..., which],
        market.kept[..., which], market.supply[..., which], market.flow[..., which],
        market.coupon[..., which], market.decay[..., which], market.pull[..., which],
        market.cash_yield[..., which], market.gold_pull[which], market.k[..., which],
        market.bill_slope, None if market.stays is None else market.stays[..., which],
    )  # fmt: skip


def safe_purchase(market: Market, u: Values) -> Values:
    """Purchases of each priced asset below which the column sums stay negative, shape (6, n).

    A purchase q of asset a lowers supply less flow; the column sum of a is minus the slope of the
    demand for money, less what the purchase takes: it stays negative while q is below it.
    """
    return np.asarray(-column_sums(jacobian(market, u))[1:])


def bubble_number(
    market: Market, u: Values, *, sensitivity: Values, weights: Values, gain: float
) -> Values:
    r"""How strongly a rise feeds on itself: :math:`\Lambda = g \rho(du/dv\,c\,k)`.

    Parameters
    ----------
    sensitivity : float64 array, shape (5, n)
        How much each holder's attractiveness moves with extrapolated returns: c n chi.
    weights : float64 array, shape (3,)
        Of G, R and Z.
    gain : float
        Weight of a quarter's annualised change in the extrapolated return: lx / h.

    Returns
    -------
    float64 array, shape (n,)
        Below 1 a rise dies out; above 1 it feeds on itself.
    """
    returns, _ = _returns(market, u)
    prices = np.exp(u[1:])
    size = u.shape[1]
    moved = np.zeros((7, 3, size))
    for holder in range(INVESTORS):
        rows = demand.slopes(_inputs(market, holder, returns, prices), np)
        for a, row in enumerate(rows):
            for c in range(3):
                moved[a, c] += row[5 + c] * weights[c] * sensitivity[holder]
    matrix = np.moveaxis(jacobian(market, u), 2, 0)
    response = -np.linalg.solve(matrix, np.moveaxis(moved, 2, 0))
    return np.asarray(gain * np.abs(np.linalg.eigvals(response[:, 4:7])).max(axis=1))


def random_market(rng: np.random.Generator, size: int) -> Market:
    """Economies with random holdings, returns, inertia and substitution, cleared at random u.

    Supplies are what holders have; flows are small against what the demand for money can take.
    """
    ks = rng.uniform(10.0, 80.0, size)
    kt = ks * rng.uniform(0.1, 1.0, size)
    k = np.array([ks * rng.uniform(1.0, 4.0, size), ks, kt * rng.uniform(1.0, 6.0, size), kt])
    holdings = rng.lognormal(1.5, 1.2, (5, 6, size))
    holdings[BANK, 3:] = 0.0
    cash = rng.lognormal(3.0, 0.8, (5, size))
    bills = cash * rng.uniform(0.02, 0.6, (5, size))
    supply = np.concatenate([bills.sum(axis=0)[None], holdings.sum(axis=0)])
    duration = rng.uniform(3.0, 12.0, (3, size))
    yields = rng.uniform(0.0, 0.09, (3, size))
    market = Market(
        liking=np.empty((5, 8, size)),
        holdings=holdings,
        cash=cash,
        kept=rng.uniform(0.0, 0.95, (5, size)),
        supply=supply,
        flow=supply * rng.uniform(-0.01, 0.01, (7, size)),
        coupon=1 / duration,
        decay=1 / duration - yields,
        pull=duration * rng.uniform(0.0, 0.5, (3, size)),
        cash_yield=rng.uniform(0.01, 0.12, (2, size)),
        gold_pull=rng.uniform(0.001, 0.1, size),
        k=k,
    )
    returns, _ = _returns(market, np.zeros((7, size)))
    for holder in range(5):
        market.liking[holder] = _matched(market, holder, bills[holder], returns)
    market.liking[:] += rng.normal(0.0, 0.01, market.liking.shape)
    return market


def _matched(market: Market, holder: int, bills: Values, returns: Values) -> Values:
    """Liking at which a holder wants what it has, shape (8, n)."""
    kb, ks, ke, kt = market.k
    held = market.holdings[holder]
    money = market.cash[holder] - bills
    liquid, safe = market.cash[holder], market.cash[holder] + held[:3].sum(axis=0)
    everything = safe + held[3:].sum(axis=0)
    top = np.log(safe / everything) / kt
    inside = np.log(liquid / safe) / ks + top
    found = np.zeros((8, held.shape[1]))
    found[0] = np.log(money / liquid) / kb + inside
    found[1] = np.log(bills / liquid) / kb + inside
    found[2:5] = np.log(held[:3] / safe) / ks + top
    if holder != BANK:
        equity = held[3:5].sum(axis=0)
        found[5:7] = np.log(held[3:5] / equity) / ke + np.log(equity / everything) / kt
        found[7] = np.log(held[5] / everything) / kt
        found[1:] -= returns
    else:
        found[1:5] -= returns[:4]
    return found
