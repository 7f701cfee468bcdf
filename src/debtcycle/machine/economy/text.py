"""The text of the economy in the model language, put together from its blocks."""

from __future__ import annotations

from functools import cache

from debtcycle import sfc
from debtcycle.machine import demand
from debtcycle.machine.economy import accounting, behaviour, markets, policy
from debtcycle.machine.economy.names import INVESTORS, SECTORS
from debtcycle.machine.economy.parameters import BY_QUARTER, given
from debtcycle.machine.economy.writing import Block
from debtcycle.sfc.primitives import Primitive
from debtcycle.sfc.runs import Compiled

__all__ = ["compiled_economy", "economy_text", "primitives"]


def _head() -> str:
    said = (
        "An inertial nested-logit demand for assets inside closed accounts, with expectations that"
        " are given within the quarter, so that each quarter's prices are the one solution of a"
        " system of gross substitutes."
    )
    lines = [
        'model ECONOMY "One mechanism, run from any date"',
        'source "Equations and parameters: see the documentation of the package"',
        f'text "{said}"',
        "unit gdp",
        f"sector {', '.join(SECTORS.values())}",
    ]
    return "\n".join(lines)


def _declared() -> str:
    """Parameters with their values."""
    lines, group = [], ""
    for entry in given().values():
        if entry.group != group:
            group = entry.group
            note = ", set by quarter" if group in BY_QUARTER else ""
            lines.append(f"\n# --- parameters: {group.replace('_', ' ')}{note}")
        lines.append(f'parameter {entry.name} = {entry.value!r} [1] "{entry.meaning}"')
    return "\n".join(lines)


def _blocks() -> list[Block]:
    """Blocks in the order of a quarter."""
    return [
        policy.trends(),
        policy.shocks(),
        policy.policy_rate(),
        behaviour.expectations(),
        markets.incomes(),
        behaviour.credit(),
        behaviour.output(),
        behaviour.prices(),
        policy.treasury(),
        policy.central_bank(),
        behaviour.leverage(),
        markets.returns(),
        *(markets.portfolio(j) for j in INVESTORS),
        markets.portfolio_banks(),
        markets.clearing(),
        markets.supply(),
        behaviour.balance_sheets(),
        behaviour.memory(),
        accounting.measures(),
        accounting.accounts(),
    ]


@cache
def economy_text() -> str:
    """The whole model as text."""
    return "\n".join([_head(), _declared(), *(block.text() for block in _blocks())]) + "\n"


def primitives() -> dict[str, Primitive]:
    """The demands of investors and of banks, with their analytic Jacobians."""
    return {
        "investor": Primitive(demand.INPUTS, demand.OUTPUTS, demand.values, demand.slopes),
        "bank": Primitive(
            demand.BANK_INPUTS, demand.BANK_OUTPUTS, demand.bank_values, demand.bank_slopes
        ),
    }


@cache
def compiled_economy() -> Compiled:
    """The economy, ready to run; compiled once."""
    return sfc.read(economy_text()).compile(primitives=primitives())
