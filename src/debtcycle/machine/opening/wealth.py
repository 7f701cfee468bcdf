"""Who owns what: values of shares and gold, and the part of those who own little."""

from __future__ import annotations

import numpy as np

from debtcycle.machine.opening.desk import Desk, assumed, percent_of
from debtcycle.machine.opening.markets import SHARES
from debtcycle.machine.opening.model import Fact, Kind, Lack, Ledger, origin

__all__ = ["equity_and_gold", "gold_tonnes", "wealth"]

OUNCES_PER_TONNE = 1e6 / 31.1034768


def wealth(desk: Desk, ledger: Ledger) -> None:
    """Shares of those who hold few assets: the lower half of households by net worth."""
    share = desk.maybe("WFRBSB50215")
    if share is None:
        ledger.take(assumed(desk, "nonholder_wealth_share_pct", "percent"))
    else:
        ledger.take(
            Fact("nonholder_wealth_share_pct", float(share.values[-1]), "percent", Kind.OBSERVED,
                 "opening.series", (("series", share.id),), (origin(share),))
        )  # fmt: skip
    ledger.take(
        assumed(desk, "nonholder_equity_share_pct", "percent"),
        assumed(desk, "nonholder_income_share_pct", "percent"),
    )


def gold_tonnes(desk: Desk) -> tuple[float, float, float]:
    """Gold held as bars, coins and by funds on the day, tonnes: value and range.

    The World Gold Council's estimate for the end of 2023, carried by the growth of the stock above
    ground.
    """
    years = float((desk.view.day - np.datetime64("2023-12-31")).astype(int)) / 365.25
    stock, growth = desk.bounds("gold_investment_tonnes_2023"), desk.bounds("gold_stock_growth_pct")
    tonnes = [
        mass * (1.0 + rate / 100.0) ** years
        for mass, rate in (
            (stock.value, growth.value), (stock.low, growth.low), (stock.low, growth.high),
            (stock.high, growth.low), (stock.high, growth.high),
        )
    ]  # fmt: skip
    return tonnes[0], min(tonnes), max(tonnes)


def equity_and_gold(desk: Desk, ledger: Ledger) -> None:
    """Value of growth and real-asset shares, and of gold held by investors, % of GDP.

    Z.1's value of nonfinancial corporations' shares at the end of a quarter, moved by the S&P 500
    since then. No public series splits it; the split is assumed. Gold: tonnes times price.
    """
    gdp, equity = desk.gdp(), desk.first("NCBEILQ027S").usd_bn()
    price = desk.first(*SHARES)
    quarter_end = desk.ends(equity)[-1]
    before = desk.view.series("SP500_MONTHLY") if price.id == "SPX" else price
    then = before.index_at(quarter_end)
    if then is None:
        raise Lack(price.id)
    moved = float(price.values[-1]) / float(before.values[then])
    total = percent_of(float(equity.values[-1]) * moved, float(gdp.values[-1]))
    part = desk.bounds("growth_equity_share")
    used = (origin(equity), origin(price), origin(gdp))
    parameters = (("total", total), ("moved", moved), ("share", 100.0 * part.value))
    shares = {"growth": (part.value, part.low, part.high)}
    shares["real"] = (1.0 - part.value, 1.0 - part.high, 1.0 - part.low)
    for name, (value, low, high) in shares.items():
        ledger.take(
            Fact(f"{name}_equity_pct_gdp", total * value, "percent_of_gdp", Kind.ASSUMED,
                 f"opening.equity_{name}", parameters, used, total * low, total * high)
        )  # fmt: skip
    quote = desk.first("GOLD", "GOLD_MONTHLY")
    tonne = float(quote.values[-1]) * OUNCES_PER_TONNE * 1e-9
    tonnes, low, high = gold_tonnes(desk)
    whole = float(gdp.values[-1])
    ledger.take(
        Fact("gold_pct_gdp", percent_of(tonnes * tonne, whole), "percent_of_gdp", Kind.ASSUMED,
             "opening.gold", (("tonnes", tonnes),), (origin(quote), origin(gdp)),
             percent_of(low * tonne, whole), percent_of(high * tonne, whole))
    )  # fmt: skip
    official = desk.bounds("gold_official_us_tonnes").value
    ledger.take(
        Fact("central_bank_gold_pct_gdp", percent_of(official * tonne, whole), "percent_of_gdp",
             Kind.DERIVED, "opening.official_gold", (("tonnes", official),),
             (origin(quote), origin(gdp)))
    )  # fmt: skip
