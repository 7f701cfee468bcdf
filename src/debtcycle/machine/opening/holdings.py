"""Who holds what at the opening: guesses fitted to what is observed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ConfigError
from debtcycle.machine.opening.assumptions import Bounds
from debtcycle.machine.opening.desk import Desk, percent_of
from debtcycle.machine.opening.model import (
    INSTRUMENTS,
    SECTORS,
    Fact,
    Kind,
    Ledger,
    holding_name,
    origin,
)
from debtcycle.machine.opening.money import perpetual_inventory

__all__ = ["Group", "fit", "holdings", "supplies"]

_TOLERANCE = 1e-13
_ROUNDS = 20_000


@dataclass(frozen=True, slots=True)
class Group:
    """Cells of one sector whose sum is known.

    Attributes
    ----------
    row : int
    columns : tuple of int
    total : float
    """

    row: int
    columns: tuple[int, ...]
    total: float

    def sum_of(self, cells: NDArray[np.float64]) -> float:
        """What the cells of the group sum to in a matrix."""
        return float(cells[self.row, list(self.columns)].sum())


def fit(
    guess: NDArray[np.float64],
    totals: NDArray[np.float64],
    fixed: dict[tuple[int, int], float],
    groups: tuple[Group, ...],
) -> NDArray[np.float64]:
    """Iterative proportional fitting of a matrix of holdings.

    Cells that are known are set and stay. The others are scaled in turn so that each group sums to
    its total and each column to its own, until both hold. The result is the matrix nearest to the
    guess (least Kullback-Leibler divergence) among those that agree with what is observed; a cell
    that is guessed to be nought stays nought (Deming and Stephan 1940; Csiszar 1975).

    Parameters
    ----------
    guess : float64 array, shape (m, n)
        Not negative.
    totals : float64 array, shape (n,)
        Column totals, fixed cells included.
    fixed : dict of (row, column) to float
    groups : tuple of Group
        Disjoint; without fixed cells.

    Returns
    -------
    float64 array, shape (m, n)

    Raises
    ------
    ConfigError
        ``opening.holdings`` if a total leaves nothing for its free cells, or if no matrix agrees
        with all totals.
    """
    cells = guess.astype(float).copy()
    free = np.ones(cells.shape, dtype=bool)
    for place, value in fixed.items():
        cells[place], free[place] = value, False
    left = totals - np.where(free, 0.0, cells).sum(axis=0)
    if (left <= 0.0).any() or any(group.total <= 0.0 for group in groups):
        raise ConfigError("opening.holdings", residual=float(min(left)))
    worst = 0.0
    for _ in range(_ROUNDS):
        for group in groups:
            cells[group.row, list(group.columns)] *= group.total / group.sum_of(cells)
        cells = np.where(free, cells * (left / np.where(free, cells, 0.0).sum(axis=0)), cells)
        worst = max((abs(group.sum_of(cells) / group.total - 1.0) for group in groups), default=0.0)
        if worst <= _TOLERANCE:
            return cells
    raise ConfigError("opening.holdings", residual=worst)


def _ranges(
    cells: NDArray[np.float64], groups: tuple[Group, ...], relative: Bounds
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest holdings: so much either way, but what is known of a sum still holds."""
    low, high = cells * (1.0 + relative.low), cells * (1.0 + relative.high)
    for group in groups:
        for column in group.columns:
            others = [other for other in group.columns if other != column]
            place = (group.row, column)
            least, most = low[group.row, others].sum(), high[group.row, others].sum()
            low[place] = max(low[place], group.total - most)
            high[place] = min(high[place], group.total - least)
    return low, high


def supplies(desk: Desk, ledger: Ledger) -> None:
    """What the five sectors hold together of each instrument, and what is known of rows, % of GDP.

    Bills, bonds and TIPS: marketable debt of the Treasury minus the central bank's. Money: deposits
    plus banks' reserves. Credit is found in `debtcycle.machine.opening.credit`.
    """
    gdp = desk.gdp()
    whole = float(gdp.values[-1])
    marketable = ledger["marketable_debt_pct_gdp"].value
    bills, tips = ledger["bill_share_pct"], ledger["tips_share_pct"]
    issued = {
        "bills": bills.value, "tips": tips.value, "bonds": 100.0 - bills.value - tips.value,
    }  # fmt: skip
    for kind in ("bills", "bonds", "tips"):
        taken = ledger[f"central_bank_{kind}_pct_gdp"]
        value = marketable * issued[kind] / 100.0 - taken.value
        ledger.take(
            Fact(f"private_{kind}_pct_gdp", value, "percent_of_gdp", Kind.DERIVED,
                 "opening.private", (), (*ledger["marketable_debt_pct_gdp"].origins,
                                         *taken.origins))
        )  # fmt: skip
    abroad = desk.first("TIC_FOREIGN_TOTAL", "FDHBFIN").usd_bn()
    own = abroad.id == "TIC_FOREIGN_TOTAL"
    ledger.take(
        Fact("foreign_treasuries_pct_gdp", percent_of(float(abroad.values[-1]), whole),
             "percent_of_gdp", Kind.OBSERVED if own else Kind.SUBSTITUTE,
             "opening.share_of_gdp" if own else "opening.share_of_gdp_instead",
             (("series", abroad.id),) if own
             else (("series", abroad.id), ("meant", "TIC_FOREIGN_TOTAL")),
             (origin(abroad), origin(gdp)))
    )  # fmt: skip
    ledger.take(_banks(desk, whole))


def _banks(desk: Desk, whole: float) -> Fact:
    """Banks' Treasuries: the stock of 1946 plus all net purchases since, % of GDP."""
    flows, start = desk.first("Z1_TSY_BANKS"), desk.bounds("bank_treasuries_1946_usd_bn")
    unions = desk.first("Z1_TSY_CREDIT_UNIONS")
    bought = perpetual_inventory(flows) + perpetual_inventory(unions)
    return Fact(
        "bank_treasuries_pct_gdp", percent_of(start.value + bought, whole), "percent_of_gdp",
        Kind.DERIVED, "opening.inventory", (("series", flows.id), ("start", start.value)),
        (origin(flows), origin(unions)), percent_of(start.low + bought, whole),
        percent_of(start.high + bought, whole),
    )  # fmt: skip


_COLUMN_FACTS = {
    "b": "private_bills_pct_gdp",
    "N": "private_bonds_pct_gdp",
    "I": "private_tips_pct_gdp",
    "K": "private_credit_pct_gdp",
    "G": "growth_equity_pct_gdp",
    "R": "real_equity_pct_gdp",
    "Z": "gold_pct_gdp",
}


def holdings(desk: Desk, ledger: Ledger) -> None:
    """One fact for each sector and instrument, % of GDP.

    Known: every column total; banks' money (their reserves), their notes, bonds and TIPS together,
    and their other bonds; foreigners' Treasuries, of which an assumed part are bills. The bills of
    sector B are those of banks and money funds. The rest follows the guesses in proportion.
    """
    place = {name: number for number, name in enumerate(INSTRUMENTS)}
    row = {name: number for number, name in enumerate(SECTORS)}
    guess = np.array([desk.assumptions.holdings[sector] for sector in SECTORS])
    reserves = ledger["reserves_pct_gdp"]
    totals = np.array(
        [ledger["deposits_pct_gdp"].value + reserves.value]
        + [ledger[_COLUMN_FACTS[name]].value for name in INSTRUMENTS[1:]]
    )
    abroad, banks = ledger["foreign_treasuries_pct_gdp"], ledger["bank_treasuries_pct_gdp"]
    bonds, short = ledger["bank_credit_pct_gdp"], desk.bounds("foreign_bill_share")
    groups = (
        Group(row["X"], (place["N"], place["I"]), abroad.value * (1.0 - short.value)),
        Group(row["B"], (place["N"], place["I"]), banks.value),
    )
    fixed = {
        (row["B"], place["M"]): reserves.value,
        (row["B"], place["K"]): bonds.value,
        (row["X"], place["b"]): abroad.value * short.value,
    }
    cells = fit(guess, totals, fixed, groups)
    low, high = _ranges(cells, groups, desk.bounds("holdings_relative_share"))
    low[row["X"], place["b"]] = abroad.value * short.low
    high[row["X"], place["b"]] = abroad.value * short.high
    known = {
        "M": (reserves, "opening.holding_reserves"), "K": (bonds, "opening.holding_bank_credit"),
    }  # fmt: skip
    behind = {"X": abroad.origins, "B": banks.origins}
    for sector in SECTORS:
        for name in INSTRUMENTS:
            value = float(cells[row[sector], place[name]])
            if sector == "B" and name in known:
                fact, said = known[name]
                ledger.take(
                    Fact(holding_name(sector, name), value, "percent_of_gdp", fact.kind, said, (),
                         fact.origins, fact.low, fact.high)
                )  # fmt: skip
                continue
            column = ledger[_COLUMN_FACTS.get(name, "deposits_pct_gdp")]
            treasuries = name in ("b", "N", "I")
            ledger.take(
                Fact(holding_name(sector, name), value, "percent_of_gdp", Kind.ASSUMED,
                     "opening.holding",
                     (("sector", sector), ("instrument", name),
                      ("guess", float(guess[row[sector], place[name]]))),
                     (*column.origins, *(behind.get(sector, ()) if treasuries else ())),
                     float(low[row[sector], place[name]]), float(high[row[sector], place[name]]))
            )  # fmt: skip
