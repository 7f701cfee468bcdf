"""What a scenario may buy, who holds less than nothing, and the markets of a run seen twice."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from debtcycle.errors import ModelError
from debtcycle.machine.economy.facts import shipped_openings
from debtcycle.machine.economy.observed import facts_from_observed
from debtcycle.machine.experiment import (
    Experiment,
    checked_holdings,
    open_scenario,
    outside,
    prepare,
    watched_names,
)
from debtcycle.machine.kept import part_bytes, part_of
from debtcycle.machine.opening import from_data
from debtcycle.machine.plans import Plan, Scenario
from debtcycle.machine.premises import checked_purchases, markets_of, slack
from debtcycle.machine.scenario import list_scenarios
from debtcycle.machine.simulation import _Job, simulate
from debtcycle.machine.study import study
from debtcycle.machine.theorems import column_sums, excess_demand, jacobian, safe_purchase
from debtcycle.store import Store
from debtcycle.views import View


def buying(asset: str, total: float, quarters: int, both: bool = False) -> Experiment:
    """Purchases from the rounded bubble, without announcement."""
    plan = Plan(tuple((n + 1, f"q_{asset}", total / quarters) for n in range(quarters)))
    usual = open_scenario("qe-into-bubble")
    made: Scenario = dataclasses.replace(
        usual, quarters=12, with_=plan, without=plan if both else Plan()
    )
    return prepare(made, shipped_openings()["bubble"])


def private(asset: str) -> float:
    """What private hands hold of an asset at that opening."""
    row = buying("b", 0.0, 1).central().without
    price = 1.0 if asset == "b" else float(row[f"p{asset}"][0, 0])
    return price * float(row[f"{asset}_p"][0, 0])


@pytest.mark.parametrize("asset", ["b", "N", "I", "K"])
@pytest.mark.parametrize("both", [False, True])
def test_more_is_not_bought_than_private_hands_hold(asset: str, both: bool) -> None:
    have = private(asset)
    with pytest.raises(ModelError) as caught:
        checked_purchases(buying(asset, 1.4 * have, 8, both))
    assert caught.value.message_id == "machine.bought_out"
    params = caught.value.params
    assert params["asset"] == asset
    assert float(str(params["bought"])) > float(str(params["held"]))
    # Private hands hold more as the economy grows, so that what they have now can be bought.
    made = buying(asset, 0.95 * have, 12, both)
    assert checked_purchases(made) is made
    sold = buying(asset, -0.5 * have, 12, both)
    assert checked_purchases(sold) is sold


def test_the_markets_of_a_run_clear_as_the_theorems_know_them() -> None:
    """The same markets from the generated economy and from the plain batch of the theorems."""
    for name in list_scenarios():
        opening = "depression" if "depression" in name else "bubble"
        pair = prepare(open_scenario(name), shipped_openings()[opening]).central()
        for run in (pair.with_, pair.without):
            market, u = markets_of(run)
            # Redemptions and forced sales included; what is shifted outright is not in it.
            assert np.abs(excess_demand(market, u)).max() < 1e-7, name
        found = slack(pair)
        assert found.pct_gdp > 0.0, name
        assert 1 <= found.quarter <= pair.with_.periods


def test_the_least_slack_is_the_purchase_at_which_a_column_sum_turns() -> None:
    pair = buying("N", 8.0, 8).central()
    market, u = markets_of(pair.with_)
    sums = column_sums(jacobian(market, u))
    safe = safe_purchase(market, u)
    assert (safe == -sums[1:]).all()
    least = slack(pair)
    runs = [markets_of(run) for run in (pair.with_, pair.without)]
    by_hand = min(
        float((-column_sums(jacobian(*item)) / run["trend"][1:, 0]).min())
        for item, run in zip(runs, (pair.with_, pair.without), strict=True)
    )
    assert least.pct_gdp == by_hand


def test_paths_outside_the_domain_are_counted_and_stay_in_the_fans() -> None:
    made = prepare(open_scenario("deficit-bonds"), shipped_openings()["bubble"])
    result = simulate(made, 192, seed=99, workers=1)
    pair = made.paths(99, 0, 192, watched_names())
    for run, found in ((pair.with_, result.outside), (pair.without, result.outside_without)):
        lowest = {name: run[name].min(axis=0) for name in watched_names()}
        owed = lowest.pop("E_L") < -1e-6
        held = np.min(list(lowest.values()), axis=0) < -1e-6
        assert (found.holdings, found.equity) == (held.sum(), owed.sum())
        assert found.paths == (held | owed).sum() <= found.holdings + found.equity
    assert result.outside.paths > 0  # of large deficits in a bubble; else nothing is looked at
    assert result.failed == pair.failed.sum()
    # Failed paths are counted as failed alone.
    assert outside(pair.with_, np.zeros(192, bool)).tolist() == [0, 0, 0]


def test_counts_of_parts_add_up_and_are_kept() -> None:
    made = prepare(open_scenario("deficit-bonds"), shipped_openings()["bubble"])
    job = _Job(made, 192)
    whole = job(99, 0, 192)
    parts = [job(99, first, 64) for first in (0, 64, 128)]
    assert np.array_equal(sum(part.tally.outside for part in parts), whole.tally.outside)
    assert (part_of(part_bytes(whole)).tally.outside == whole.tally.outside).all()


def swapping(each: float, bills: float = 0.0, bonds: float = 0.0) -> Experiment:
    """Bills in place of long bonds over twelve quarters, with purchases beside."""
    usual = open_scenario("twist")
    steps = [(n + 1, "swap", each) for n in range(12)]
    steps += [(n + 1, "q_b", bills) for n in range(12)] if bills else []
    steps += [(n + 1, "q_N", bonds) for n in range(12)] if bonds else []
    made = dataclasses.replace(usual, quarters=12, with_=Plan(tuple(sorted(steps))), without=Plan())
    return prepare(made, shipped_openings()["bubble"])


def test_a_swap_does_not_take_more_than_private_hands_hold() -> None:
    """Bills for long bonds, or the other way: what is taken counts together with purchases."""
    bonds, bills = private("N"), private("b")
    for made, asset in (
        (swapping(1.4 * bonds / 12), "N"),
        (swapping(0.7 * bonds / 12, bonds=0.7 * bonds / 12), "N"),
        (swapping(-1.4 * bills / 12), "b"),
        (swapping(-0.7 * bills / 12, bills=0.7 * bills / 12), "b"),
    ):
        with pytest.raises(ModelError) as caught:
            checked_purchases(made)
        assert (caught.value.message_id, caught.value.params["asset"]) == (
            "machine.swapped_out", asset,
        )  # fmt: skip
        taken = float(str(caught.value.params["swapped"]))
        assert taken + float(str(caught.value.params["bought"])) > float(
            str(caught.value.params["held"])
        )
    for made in (swapping(0.9 * bonds / 12), swapping(-0.9 * bills / 12)):
        assert checked_purchases(made) is made
    # What the Treasury issues in exchange may be bought as well.
    made = swapping(0.5 * bonds / 12, bills=(bills + 0.3 * bonds) / 12)
    assert checked_purchases(made) is made


@pytest.mark.parametrize("name", ["qe-into-bubble", "qt"])
def test_a_central_bank_without_bills_sells_none_for_the_trend(
    edition_store: Store, name: str
) -> None:
    opening = from_data(View(as_of="2018-12-31", store=edition_store))
    seen = {fact.name: fact.value for fact in opening.facts}
    facts = facts_from_observed(seen, {past.name: past.values for past in opening.histories})
    made = prepare(open_scenario(name), facts)
    assert made.start["b_C"] == pytest.approx(0.0, abs=0.05)  # percent of GDP
    pair = checked_holdings(made.central())
    assert not pair.failed.any()
    assert min(run["b_C"].min() for run in (pair.with_, pair.without)) >= 0.0
    assert pair.worst_account < 1e-10


def test_more_sold_than_there_is_is_said_though_it_does_not_solve(edition_store: Store) -> None:
    opening = from_data(View(as_of="2001-01-01", store=edition_store))
    with pytest.raises(ModelError) as caught:
        study(open_scenario("qt"), opening, paths=64, seed=1)
    assert caught.value.message_id == "machine.negative"
    assert (caught.value.params["name"], caught.value.params["quarter"]) == ("Res", 1)
