"""Blocks of the accounts - who owes what, who pays whom - and measures of the state."""

from __future__ import annotations

from debtcycle.machine.economy.names import HOLDERS, INVESTORS, SECTORS, SLOW, held
from debtcycle.machine.economy.writing import Block

__all__ = ["accounts", "measures"]

ROWS = {"N": "bonds", "I": "protected_bonds", "K": "credit", "G": "growth_equity",
        "R": "real_equity", "Z": "gold"}  # fmt: skip
ISSUER = {"N": "T", "I": "T", "K": "F", "G": "F", "R": "F"}


def _held(parts: dict[str, str]) -> str:
    return ", ".join(f"{SECTORS[j]} {text}" for j, text in parts.items())


def _stocks(block: Block) -> None:
    block.say(
        f"stock reserves_currency: {_held({'H': 'cur', 'B': 'Res', 'T': 'tga'})},"
        " central_bank -(cur + Res + tga)"
    )
    money = {j: f"M_{j}" for j in (*INVESTORS, "F")}
    block.say(f"stock deposits: {_held(money)}, banks -M")
    bills = {j: f"b_{j}" for j in (*HOLDERS, "C")}
    block.say(f"stock bills: {_held(bills)}, treasury -b_T")
    for asset in SLOW:
        holders = [j for j in HOLDERS if asset in held(j)]
        if asset in "NIKZ":
            holders.append("C")
        parts = {j: f"{asset}_{j}" for j in holders}
        real = "real " if asset == "Z" else ""
        if asset in ISSUER:
            parts[ISSUER[asset]] = f"-{asset}_{ISSUER[asset]}"
        block.say(f"stock {real}{ROWS[asset]} price p{asset}: {_held(parts)}")
    block.say("stock loans: banks LH + LF, households -LH, firms -LF")
    block.say("stock margin_debt: banks Repo, levered -Repo")
    block.say("stock bank_equity: households EB, banks -EB")
    block.say("stock real capital price P: firms Cap")
    block.say("revaluation loans: banks -npl, firms npl")
    block.say("revaluation bank_equity: households d(EB), banks -(d(EB))")


def _flow(block: Block, name: str, payer: str, receiver: str, amount: str) -> None:
    block.say(f"flow {name}: {SECTORS[payer]} -> {SECTORS[receiver]}: {amount}")


def _interest(block: Block) -> None:
    for j in (*INVESTORS, "F"):
        _flow(block, "interest_on_deposits", "B", j, f"h*rM[-1]*M_{j}[-1]")
    _flow(block, "interest_on_reserves", "C", "B", "h*r[-1]*Res[-1]")
    _flow(block, "interest_on_loans", "H", "B", "h*rL[-1]*LH[-1]")
    _flow(block, "interest_on_loans", "F", "B", "h*rL[-1]*LF[-1]")
    _flow(block, "interest_on_margin_debt", "L", "B", "int_L")
    for j in (*HOLDERS, "C"):
        _flow(block, "interest_on_bills", "T", j, f"ib*b_{j}[-1]")
    for asset, name in (
        ("N", "interest_on_bonds"),
        ("I", "interest_on_protected_bonds"),
        ("K", "interest_on_credit"),
        ("G", "payout_of_growth_equity"),
        ("R", "payout_of_real_equity"),
    ):
        for j in (*HOLDERS, *(("C",) if asset in "NIK" else ())):
            if j == "C" or asset in held(j):
                _flow(block, name, ISSUER[asset], j, f"i{asset}*{asset}_{j}[-1]")


def accounts() -> Block:
    """Balance sheet, transactions and revaluation, from which the matrices are made."""
    block = Block("accounts")
    _stocks(block)
    for name, payer, receiver, amount in (
        ("consumption", "H", "F", "Cons"),
        ("government_spending", "T", "F", "Gov"),
        ("net_exports", "X", "F", "NX"),
        ("wages", "F", "H", "wages"),
        ("profits", "F", "H", "profit"),
        ("taxes", "H", "T", "tax"),
        ("wealth_tax", "H", "T", "wtax"),
        ("benefits", "P", "H", "benefits"),
        ("payout_of_levered", "L", "H", "payout_L"),
        ("bank_dividends", "B", "H", "div_B"),
        ("remittance", "C", "T", "remit"),
    ):
        _flow(block, name, payer, receiver, amount)
    _interest(block)
    # Gold has no issuer: it is bought from the firms that mine and deal in it.
    for j in INVESTORS:
        _flow(block, "gold", j, "F", f"pZ*d(Z_{j})")
    # Investment is made by firms of their own output: it is paid and received by the same sector.
    return block


def measures() -> Block:
    """What is read off: premia, total returns, multiples, wealth, monetisation."""
    block = Block("measures")
    block.find("real_N", "1", "yN - pe", "real long yield")
    block.find("premium_N", "1", "yN - eh", "term premium")
    block.find("premium_K", "1", "ER_K - r", "expected return of credit above the policy rate")
    block.find("premium_G", "1", "ER_G - r", "expected return of growth equity above it")
    block.find("premium_R", "1", "ER_R - r", "expected return of real-asset equity above it")
    block.find("multiple_G", "1", "exp(uG - fG)", "price over cash flows, 1 on trend")
    block.find("multiple_R", "1", "exp(uR - fR)", "price over cash flows, 1 on trend")
    for asset in SLOW:
        paid = "" if asset == "Z" else f" + i{asset}"
        block.find(
            f"total_{asset}", "1", f"total_{asset}[-1]*(p{asset}{paid})/p{asset}[-1]",
            f"total return index of {asset}",
        )  # fmt: skip
        block.find(f"real_{asset}_index", "1", f"total_{asset}/P", "the same in goods")
    block.find("money", "gdp", "M + cur", "money of the public")
    block.find("growth_M", "1", "(log(money/money[-1]) - log(grow))/h", "its growth above trend")
    block.find(
        "made_M", "1", "growth_M*money[-1]/(100*trend[-1])", "money made beyond trend, in GDP"
    )
    block.find("mg1", "1", "mg1[-1] + mspd*(made_M - mg1[-1])", "money made, first lag")
    block.find("mg", "1", "mg[-1] + mspd*(mg1 - mg[-1])", "money made, as it reaches prices")
    block.find(
        "wealth_non", "gdp", "nonM*(cur + M_H) - nonL*LH", "wealth of those without other assets"
    )
    block.find("wealth_hold", "gdp", "V_H - wealth_non", "wealth of holders of assets")
    block.find("wealth_gap", "1", "wealth_hold*h/wages", "wealth of holders in years of all wages")
    block.find(
        "bought",
        "gdp",
        "0.75*bought[-1] + buy_b + buy_N + buy_I",
        "bought of late by the central bank",
    )
    block.find("banked", "gdp", "0.75*banked[-1] + d(b_B)", "bills taken of late by banks")
    block.find(
        "billed", "gdp", "0.75*billed[-1] + iss_b - buy_b", "bills taken of late by the public"
    )
    block.find("needed", "gdp", "0.75*needed[-1] + issue", "financed of late by the Treasury")
    block.find("monetised", "1", "(bought + banked)/max(needed, 0.1*h*trend)",
        "monetisation: central bank and banks, of the deficit")  # fmt: skip
    block.find("monetised_all", "1", "(bought + billed)/max(needed, 0.1*h*trend)",
        "monetisation: central bank and all bills, of the deficit")  # fmt: skip
    return block
