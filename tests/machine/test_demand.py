"""The demand functions: their Jacobian three ways, adding up, substitutes, matching."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle import sfc
from debtcycle.machine import demand
from debtcycle.machine.economy import primitives
from debtcycle.sfc.evaluation import evaluate
from debtcycle.sfc.expression import Symbol
from debtcycle.sfc.primitives import written_out

COMPLEX = SimpleNamespace(exp=np.exp, log=np.log)

INVESTOR = (demand.values, demand.slopes)
BANK = (demand.bank_values, demand.bank_slopes)

seeds = st.integers(min_value=0, max_value=2**32 - 1)


def inputs_of(seed: int, bank: bool = False) -> list[float]:
    rng = np.random.default_rng(seed)
    ks = rng.uniform(10, 80)
    kt = ks * rng.uniform(0.1, 1.0)
    assets, slow = (5, 3) if bank else (8, 6)
    wealth = rng.uniform(50, 300)
    kept = wealth * rng.dirichlet(np.ones(slow + 2))[:slow] * 0.6
    k = [ks * rng.uniform(1, 3), ks] if bank else [ks * rng.uniform(1, 3), ks, kt * 3, kt]
    returns, liking = rng.normal(0, 0.03, (2, assets))
    return [*returns, *liking, *kept, wealth, 0.4 * wealth, *k]


@pytest.mark.parametrize(("functions", "bank"), [(INVESTOR, False), (BANK, True)])
@given(seed=seeds)
def test_jacobian_is_that_of_complex_steps(
    functions: tuple[Callable[..., Any], Callable[..., Any]], bank: bool, seed: int
) -> None:
    values, slopes = functions
    x = inputs_of(seed, bank)
    rows = slopes(x, COMPLEX)
    scale = max(abs(value) for value in values(x, COMPLEX))
    for column in range(len(x)):
        moved: list[Any] = list(x)
        moved[column] = complex(x[column], 1e-30)
        for row, value in zip(rows, values(moved, COMPLEX), strict=True):
            step = np.imag(value) / 1e-30
            assert abs(row[column] - step) <= 1e-10 * max(abs(step), scale)


def written(name: str, inputs: int, outputs: int) -> tuple[sfc.Model, Sequence[int]]:
    """A primitive as expressions of a graph."""
    given_names = [f"x{n}" for n in range(inputs)]
    found = [f"o{n}" for n in range(outputs)]
    lines = ["model ONE", *(f"parameter {n} = 1" for n in given_names)]
    lines += [f"variable {n}" for n in found]
    lines.append(f"primitive {name}({', '.join(given_names)}) -> {', '.join(found)}")
    model = sfc.read("\n".join(lines) + "\n")
    roots = [equation.right for equation in model.equations]
    made = written_out(model.graph, (primitives()[name],), roots)
    return model, [made[root] for root in roots]


@pytest.mark.parametrize(
    ("name", "functions", "bank"), [("investor", INVESTOR, False), ("bank", BANK, True)]
)
def test_jacobian_is_what_the_graph_derives(
    name: str, functions: tuple[Callable[..., Any], Callable[..., Any]], bank: bool
) -> None:
    x = inputs_of(7, bank)
    rows = functions[1](x, np)
    model, nodes = written(name, len(x), len(rows))
    value = {f"x{n}": np.float64(number) for n, number in enumerate(x)}
    scale = max(abs(v) for v in functions[0](x, np))
    for node, row in zip(nodes, rows, strict=True):
        partials = [model.graph.partial(node, Symbol(f"x{n}")) for n in range(len(x))]
        derived = evaluate(model.graph, partials, lambda symbol: value[symbol.name])
        np.testing.assert_allclose(np.array(row, dtype=float), derived, atol=1e-11 * scale)


@given(seed=seeds)
def test_a_batch_is_its_members(seed: int) -> None:
    columns = np.array([inputs_of(seed + n) for n in range(3)]).T
    together = np.array(demand.values(list(columns), np))
    for n in range(3):
        alone = demand.values(list(columns[:, n]), np)
        np.testing.assert_allclose(together[:, n], np.array(alone), rtol=1e-12)


@given(seed=seeds, asset=st.integers(min_value=1, max_value=7))
def test_more_attractive_takes_from_all_others(seed: int, asset: int) -> None:
    x = inputs_of(seed)
    better = list(x)
    better[asset + 8 * (seed % 2)] += 0.001  # its return, or the liking of it
    before, after = (np.array(demand.values(v, np)) for v in (x, better))
    change = after - before
    assert change[asset - 1] > 0
    others = np.delete(change, asset - 1)
    # What leaves the liquid nest for slow assets is taken from bills and money together.
    assert (others <= 1e-12).all()
    assert after.sum() >= before.sum() * (1 - 1e-14)  # and money is left with less


@given(seed=seeds)
def test_without_inertia_shares_are_a_nested_logit_written_out(seed: int) -> None:
    x = inputs_of(seed)
    x[16:22], x[23] = [0.0] * 6, x[22]
    kb, ks, ke, kt = x[24:]
    v = [base + own for base, own in zip(x[:8], x[8:16], strict=True)]
    liquid = np.log(np.exp(kb * v[0]) + np.exp(kb * v[1])) / kb
    safe = np.log(sum(np.exp(ks * one) for one in (liquid, *v[2:5]))) / ks
    equity = np.log(np.exp(ke * v[5]) + np.exp(ke * v[6])) / ke
    tops = np.exp(kt * np.array([safe, equity, v[7]]))
    weights = tops / tops.sum()
    wanted = [
        weights[0] * np.exp(ks * (liquid - safe)) * np.exp(kb * (v[1] - liquid)),
        *(weights[0] * np.exp(ks * (one - safe)) for one in v[2:5]),
        *(weights[1] * np.exp(ke * (one - equity)) for one in v[5:7]),
        weights[2],
    ]
    np.testing.assert_allclose(demand.values(x, np), x[22] * np.array(wanted), rtol=1e-9)
