r"""What the theorems of the markets ask for, looked at before the paths of a scenario are run.

Two things may fail where a scenario buys too much. The central bank cannot own what private hands
do not have: purchases of an asset, and what the Treasury takes back of it for others that it issues
in exchange, are held against what private hands would hold without either. And a price rises with
purchases for certain only while the column sums of the markets' slopes are negative, that is while
purchases of a quarter stay below the slope of the demand for money; see `theorems`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from debtcycle import sfc
from debtcycle.errors import ModelError
from debtcycle.machine.economy.markets import GROWTH
from debtcycle.machine.economy.names import ASSETS, HOLDERS, SLOW, TREND, held
from debtcycle.machine.experiment import Experiment, Pair
from debtcycle.machine.plans import Plan
from debtcycle.machine.scenario_file import ASSETS as BOUGHT
from debtcycle.machine.theorems import Market, column_sums, jacobian

__all__ = ["Slack", "checked_purchases", "markets_of", "slack"]

Values = NDArray[np.float64]
_PROGRAMME = ("announced", "swap", *BOUGHT.values(), *(f"sold_{holder}" for holder in HOLDERS))
# What a swap takes from private hands: long bonds where bills replace them, bills where it is
# negative.
_SWAPPED = {"N": 1.0, "b": -1.0}


@dataclass(frozen=True, slots=True)
class Slack:
    """The least that is left before the sign of a purchase is no longer certain.

    Attributes
    ----------
    pct_gdp : float
        By how much a quarter's purchases could be larger, percent of GDP on trend; negative where
        the column sums are not negative, so that no sign is certain there.
    asset : str
        Whose column it is.
    quarter : int
    """

    pct_gdp: float
    asset: str
    quarter: int


def _bought(plan: Plan, name: str, quarters: int) -> Values:
    """Purchases so far by quarter, from the opening on, percent of GDP."""
    listed = plan.series(quarters, {name: 0.0 for _, name, _ in plan.steps}).get(name)
    return np.cumsum([0.0, *(listed or [0.0] * quarters)])


def checked_purchases(experiment: Experiment) -> Experiment:
    """The same experiment, if private hands have what its purchases take from them.

    What they have is what they would hold in the run without, and without any purchase of its own:
    with all that is issued meanwhile, and at the prices of that run. A swap of the Treasury takes
    long bonds as a purchase does, or bills where it is negative.

    Raises
    ------
    ModelError
        ``machine.bought_out`` with the asset, quarter, purchases and holdings, percent of GDP;
        ``machine.swapped_out`` with purchases and swaps apart, where swaps have a part in it.
    """
    scenario, quarters = experiment.scenario, experiment.quarters
    left = Plan(tuple(step for step in scenario.without.steps if step[1] not in _PROGRAMME))
    pair = replace(experiment, scenario=replace(scenario, with_=left, without=left)).central()
    if pair.failed.any():
        return experiment
    run = pair.without
    for asset, name in BOUGHT.items():
        price = np.ones(quarters + 1) if asset == "b" else run[f"p{asset}"][:, 0]
        private = price * run[f"{asset}_p"][:, 0] / run["trend"][:, 0]
        for plan in (scenario.with_, scenario.without):
            bought = _bought(plan, name, quarters)
            swapped = _SWAPPED.get(asset, 0.0) * _bought(plan, "swap", quarters)
            over = np.flatnonzero(bought + swapped > private)
            if len(over):
                quarter = int(over[0])
                raise _refusal(asset, quarter, bought, swapped, private)
    return experiment


def _refusal(
    asset: str, quarter: int, bought: Values, swapped: Values, private: Values
) -> ModelError:
    """That private hands do not have what is taken, with the part that swaps have in it."""
    held = f"{private[quarter]:.3g}"
    if swapped[quarter] <= 0.0:
        taken = bought[quarter] + swapped[quarter]
        return ModelError(
            "machine.bought_out", asset=asset, quarter=quarter, bought=f"{taken:.3g}", held=held
        )
    return ModelError(
        "machine.swapped_out", asset=asset, quarter=quarter, bought=f"{bought[quarter]:.3g}",
        swapped=f"{swapped[quarter]:.3g}", held=held,
    )  # fmt: skip


def markets_of(run: sfc.Run) -> tuple[Market, Values]:
    """The markets of every quarter of a run of one path, as `theorems` knows them.

    Returns
    -------
    market : Market
        Economies are quarters, from the first on.
    u : float64 array, shape (7, quarters)
        At which the run says that they clear.
    """

    def now(name: str) -> Values:
        return np.asarray(run[name][1:, 0])

    def before(name: str) -> Values:
        return np.asarray(run[name][:-1, 0])

    u = np.array([now(f"u{asset}") for asset in ASSETS])
    base = {asset: now(TREND[asset]) if asset in TREND else 1.0 for asset in SLOW}
    shape = (len(HOLDERS), len(SLOW), run.periods)
    holdings, cash, kept = np.zeros(shape), np.zeros(shape[::2]), np.zeros(shape[::2])
    for place, j in enumerate(HOLDERS):
        for n, asset in enumerate(SLOW):
            if asset in held(j):
                pieces = now(GROWTH[asset]) * before(f"{asset}_{j}")
                holdings[place, n] = base[asset] * pieces
        cash[place] = now(f"W_{j}") - (holdings[place] * np.exp(u[1:])).sum(axis=0)
        kept[place] = now(f"f_{j}")
    stays = np.ones(shape[::2])
    stays[HOLDERS.index("L")] = now("left")
    flow = [now("iss_b") - now("buy_b"), *(now(f"iss_{a}") - now(f"buy_{a}") for a in "NI")]
    flow += [now("iss_K") - now("buy_K"), now("iss_G"), now("iss_R"), now("mined")]
    outstanding = [before("b_p"), *(base[asset] * before(f"{asset}_p") for asset in SLOW)]
    market = Market(
        liking=np.zeros((len(HOLDERS), 8, run.periods)),
        holdings=holdings,
        cash=cash,
        kept=kept,
        supply=np.array(outstanding),
        flow=np.array(flow),
        coupon=np.array([now(f"c_{a}b") for a in "NIK"]),
        decay=np.array([now(f"d_{a}b") for a in "NIK"]),
        pull=np.array([now(f"D_{a}") * now("wr") for a in "NIK"]),
        cash_yield=np.array([now(f"e_{a}d") * np.exp(now(f"f{a}")) for a in "GR"]),
        gold_pull=now("mu"),
        k=np.array([now(name) for name in ("kb", "ks", "ke", "kt")]),
        stays=stays,
    )
    _like(market, run, u)
    return market, u


def _like(market: Market, run: sfc.Run, u: Values) -> None:
    """Fill in what is peculiar to each holder: all of attractiveness that does not move with u."""
    paid = market.coupon * np.exp(-u[1:4])
    moving: list[Values] = [-market.bill_slope * u[0], *((1 + market.pull) * (paid - market.decay))]
    moving += [*(market.cash_yield * np.exp(-u[4:6])), -market.gold_pull * u[6]]
    names = ("rb", "ER_N", "ER_I", "v_K", "v_G", "v_R", "v_Z")
    for place, j in enumerate(HOLDERS):
        market.liking[place, 0] = run["r" if j == "B" else "rM"][1:, 0] + run[f"aM_{j}"][1:, 0]
        for n, asset in enumerate(ASSETS):
            if asset != "b" and asset not in held(j):
                continue
            own = run[names[n]][1:, 0] + run[f"a{asset}_{j}"][1:, 0] - moving[n]
            if asset in "GRZ":
                own = own + (
                    run[f"c_{j}"][1:, 0] * run["n"][:-1, 0] * run["chi"][1:, 0]
                    * run[f"kx_{asset}"][1:, 0] * run[f"x_{asset}"][:-1, 0]
                )  # fmt: skip
            market.liking[place, 1 + n] = own


def slack(pair: Pair) -> Slack:
    """The least slack of any asset and quarter in the two runs without shocks."""
    found = []
    for run in (pair.with_, pair.without):
        market, u = markets_of(run)
        left = -column_sums(jacobian(market, u)) / run["trend"][1:, 0]
        asset, quarter = np.unravel_index(int(left.argmin()), left.shape)
        found.append(Slack(float(left.min()), ASSETS[int(asset)], int(quarter) + 1))
    return min(found, key=lambda item: item.pct_gdp)
