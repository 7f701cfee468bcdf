"""Blocks of the asset markets: returns, incomes, portfolios and clearing."""

from __future__ import annotations

from debtcycle.machine.economy.names import HELD, HOLDERS, INVESTORS, SECTORS, SLOW, TREND, held
from debtcycle.machine.economy.writing import Block, total

__all__ = ["clearing", "incomes", "portfolio", "portfolio_banks", "returns", "supply"]

GROWTH = {"N": "grow", "K": "grow", "I": "nI", "G": "nG", "R": "nR", "Z": "nZ"}


def returns() -> Block:
    """Prices, yields and expected total returns."""
    block = Block("prices, yields, expected total returns: yield plus expected price change")
    for name, meaning in (("N", "long bonds"), ("I", "protected bonds"), ("K", "credit")):
        block.opening(f"c_{name}b", "1", f"coupon of {meaning}")
        block.opening(f"d_{name}b", "1", f"decay of {meaning}")
        trend = f"{TREND[name]}*" if name in TREND else ""
        coupon = f"{trend}c_{name}b"
        block.find(f"p{name}", "1", f"{trend}exp(u{name})", f"price of {meaning}")
        block.find(
            f"y{name}",
            "1",
            f"{coupon}/p{name} - d_{name}b",
            f"yield of {meaning}",
        )
    block.opening("e_Gd", "1", "cash yield of growth equity at the opening")
    block.opening("e_Rd", "1", "cash yield of real-asset equity at the opening")
    for name in "GRZ":
        block.find(f"p{name}", "1", f"T{name}*exp(u{name})", f"price of {HELD[name]}")
    block.find("rM", "1", "bd*r", "deposit rate")
    block.find("rb", "1", "r + s_b - 4*ub", "bill rate")
    block.find("ER_N", "1", "yN + D_N*wr*(yN - yeN)", "expected return of long bonds")
    block.find("ER_I", "1", "yI + pe[-1] + D_I*wr*(yI - yeI)", "of protected bonds")
    block.find("ER_K", "1", "yK + D_K*wr*(yK - yeK)", "of credit")
    block.find("ER_G", "1", "e_Gd*exp(fG)*TG/pG + g_G + l_G*pe[-1]", "of growth equity")
    block.find("ER_R", "1", "e_Rd*exp(fR)*TR/pR + g_R + l_R*pe[-1]", "of real-asset equity")
    block.find("ER_Z", "1", "pe[-1] + mu*(cpi - uZ)", "of gold")
    risk = "(rho[-1] + z_rho)"
    block.find("v_K", "1", "ER_K - risk_K", "attractiveness of credit")
    block.find("v_G", "1", f"ER_G - {risk} + z_G", "attractiveness of growth equity")
    block.find("v_R", "1", f"ER_R - {risk} + z_R", "attractiveness of real-asset equity")
    block.find("v_Z", "1", "ER_Z + z_Z", "attractiveness of gold")
    return block


def incomes() -> Block:
    """What one piece pays on the opening stock at the opening rate, and who earns it."""
    block = Block("incomes on opening stocks at opening rates")
    block.find("ib", "1", "h*rb[-1]", "interest on bills")
    for asset in "NIK":
        block.find(f"i{asset}", "1", f"h*y{asset}[-1]*p{asset}[-1]", f"interest on one {asset}")
    block.find("iG", "1", "h*e_Gd*exp(fG[-1])*TG[-1]", "payout on one share of growth equity")
    block.find("iR", "1", "h*e_Rd*exp(fR[-1])*TR[-1]", "payout on one share of real-asset equity")
    for j in HOLDERS:
        money = "h*r[-1]*Res[-1]" if j == "B" else f"h*rM[-1]*M_{j}[-1]"
        parts = [money, f"ib*b_{j}[-1]"]
        parts += [f"i{a}*{a}_{j}[-1]" for a in held(j) if a != "Z"]
        block.find(f"inc_{j}", "gdp", total(parts), f"income of {SECTORS[j]} from assets")
    block.find("wages", "gdp", "wage*Y", "wages")
    block.opening("mF0", "1", "deposits of firms at the opening")
    block.find("M_F", "gdp", "mF0*trend", "deposits of firms")
    block.find(
        "profit", "gdp",
        "Y + mined + h*rM[-1]*M_F[-1] - wages - h*rL[-1]*LF[-1] - iK*K_F[-1] - iG*G_F[-1]"
        " - iR*R_F[-1] - Inv + d(LF) + npl + iss_K + iss_G + iss_R - d(M_F)",
        "income of owners of other firms: what firms neither invest nor pay out otherwise",
    )  # fmt: skip
    for j in "PL":
        block.opening(f"sig_{j}", "1", f"saving of {SECTORS[j]} that keeps them on trend")
    block.find("benefits", "gdp", "inc_P - sig_P*trend", "benefits paid by pensions")
    block.find("int_L", "gdp", "h*(r[-1] + s_repo)*Repo[-1]", "interest on margin debt")
    block.find(
        "payout_L", "gdp",
        "inc_L - int_L - sig_L*trend + recap*(E_L[-1] - eq0*trend[-1]) + redeem*max(0, E_L[-1])",
        "paid by levered investors to their owners",
    )  # fmt: skip
    block.opening("eb0", "1", "equity of banks at the opening")
    block.find(
        "int_B", "gdp",
        "inc_B + h*rL[-1]*(LH[-1] + LF[-1]) + int_L - h*rM[-1]*M[-1]", "income of banks",
    )  # fmt: skip
    block.find(
        "keep_B", "gdp",
        "(grow - 1)*eb0*trend[-1] - d(P)*I_B[-1] + recap*(eb0*trend[-1] - EB[-1])",
        "income that banks keep",
    )  # fmt: skip
    block.find("div_B", "gdp", "int_B - keep_B", "dividends of banks")
    block.find(
        "sav_H", "gdp",
        "wages + profit + benefits + payout_L + div_B + inc_H - h*rL[-1]*LH[-1] - tax - wtax"
        " - Cons + d(LH) - d(cur)",
        "what households have left for assets",
    )  # fmt: skip
    return block


def supply() -> Block:
    """What the public holds of each asset."""
    block = Block("held by the public")
    block.find("b_p", "gdp", total(f"b_{j}" for j in HOLDERS), "bills")
    for asset in SLOW:
        parts = [f"{asset}_{j}" for j in HOLDERS if asset in held(j)]
        block.find(f"{asset}_p", "gdp", total(parts), asset)
    for asset in "KGR":
        block.find(
            f"{asset}_F", "gdp", f"{asset}_F[-1] + iss_{asset}/p{asset}", f"{asset} outstanding"
        )
    block.find("M", "gdp",
        "M[-1] + d(Res) + d(LH) + d(LF) + npl + d(Repo) + d(b_B) + pN*d(N_B) + pI*d(I_B)"
        " + pK*d(K_B) - keep_B",
        "deposits owed by banks",
    )  # fmt: skip
    block.find(
        "EB", "gdp",
        "Res + LH + LF + Repo + b_B + pN*N_B + pI*I_B + pK*K_B - M", "equity of banks",
    )  # fmt: skip
    block.find(
        "V_H", "gdp",
        "cur + M_H + b_H + " + total(f"p{a}*{a}_H" for a in SLOW) + " + EB - LH",
        "wealth of households",
    )  # fmt: skip
    return block


def _kept(j: str, asset: str) -> str:
    """Value of a holding that a sector leaves untouched."""
    left = "left*" if j == "L" else ""  # what is sold by force is not kept
    text = f"f_{j}*{left}{GROWTH[asset]}*p{asset}*{asset}_{j}[-1]"
    if asset == "N":
        text += f" - f_{j}*sold_{j}*trend"
    if j == "H" and asset == "G":
        text += " + (flow_G + into_G)*trend"
    if j == "H" and asset == "R":
        text += " + flow_R*trend"
    return text


CASH = {
    "H": "M_H[-1] + b_H[-1] + sav_H",
    "P": "M_P[-1] + b_P[-1] + sig_P*trend",
    "X": "M_X[-1] + b_X[-1] + inc_X - NX",
    "L": "M_L[-1] + b_L[-1] + inc_L - int_L - payout_L + Repo - Repo[-1]",
}


def portfolio(j: str) -> Block:
    """Wealth and demands of an investor."""
    block = Block(f"portfolio of {SECTORS[j]}")
    for asset in ("M", "b", *SLOW):
        block.opening(f"a{asset}_{j}", "1", f"what is peculiar to their liking of {asset}")
    worth = total([CASH[j], *(f"p{a}*{a}_{j}[-1]" for a in SLOW)])
    block.find(f"W_{j}", "gdp", worth, "what they have to place")
    returns = ["rM", "rb", "ER_N", "ER_I", "v_K", "v_G", "v_R", "v_Z"]
    liking = [f"aM_{j}", f"ab_{j}"]
    for asset in SLOW:
        text = f"a{asset}_{j}"
        if asset in "GRZ":
            text += f" + c_{j}*n[-1]*chi*kx_{asset}*x_{asset}[-1]"
        liking.append(text)
    for asset in ("b", *SLOW):
        block.name(f"D{asset}_{j}", "gdp", f"value of {asset} wanted")
    given = [*returns, *liking, *(_kept(j, a) for a in SLOW), f"W_{j}", f"(1 - f_{j})*W_{j}"]
    outputs = ", ".join(f"D{a}_{j}" for a in ("b", *SLOW))
    block.say(f"primitive investor({', '.join([*given, 'kb', 'ks', 'ke', 'kt'])}) -> {outputs}")
    left = " - ".join([f"W_{j}", *(f"D{a}_{j}" for a in ("b", *SLOW))])
    block.find(f"M_{j}", "gdp", left, "deposits: the residual")
    block.find(f"b_{j}", "gdp", f"Db_{j}", "bills")
    for asset in SLOW:
        block.find(f"{asset}_{j}", "gdp", f"D{asset}_{j}/p{asset}", f"{asset}, in pieces")
    if j == "L":
        worth = total(["M_L", "b_L", *(f"p{a}*{a}_L" for a in SLOW)])
        block.find("A_L", "gdp", worth, "assets of levered investors")
    return block


def portfolio_banks() -> Block:
    """Wealth and demands of banks: reserves and loans in place of deposits."""
    block = Block("portfolio of banks: securities beside reserves and loans, which others decide")
    for asset in ("M", "b", "N", "I", "K"):
        block.opening(f"a{asset}_B", "1", f"what is peculiar to their liking of {asset}")
    worth = ["Res", "LH", "LF", "grow*b_B[-1]", *(f"{GROWTH[a]}*p{a}*{a}_B[-1]" for a in "NIK")]
    block.find("W_B", "gdp", total(worth), "reserves, loans and securities")
    liking = ["r", "rb", "ER_N", "ER_I", "v_K", "aM_B", "ab_B", "aN_B", "aI_B", "aK_B"]
    for asset in "bNIK":
        block.name(f"D{asset}_B", "gdp", f"value of {asset} wanted")
    given = [*liking, *(_kept("B", a) for a in "NIK"), "W_B", "(1 - f_B)*W_B", "kb", "ks"]
    block.say(f"primitive bank({', '.join(given)}) -> Db_B, DN_B, DI_B, DK_B")
    block.find("b_B", "gdp", "Db_B", "bills")
    for asset in "NIK":
        block.find(f"{asset}_B", "gdp", f"D{asset}_B/p{asset}", f"{asset}, in pieces")
    return block


def clearing() -> Block:
    """Seven markets, the one simultaneous block of the quarter."""
    block = Block("markets: issues and purchases are fixed in value")
    wanted = total(f"Db_{j}" for j in HOLDERS)
    # In logs: where the policy rate jumps, the part wanted in bills runs from nothing to nearly all
    # of what is liquid, and Newton's method on the values themselves is thrown out of its reach.
    block.price(
        "ub", "bills", f"log({wanted}) = log(b_p[-1] + iss_b - buy_b)", "bills: fall of their rate"
    )
    for asset, flow in (
        ("N", "iss_N - buy_N"),
        ("I", "iss_I - buy_I"),
        ("K", "iss_K - buy_K"),
        ("G", "iss_G"),
        ("R", "iss_R"),
        ("Z", "mined"),
    ):
        parts = [f"D{asset}_{j}" for j in (*INVESTORS, "B") if asset in held(j)]
        block.price(
            f"u{asset}", f"market_{asset}",
            f"{total(parts)} = p{asset}*{asset}_p[-1] + {flow}",
            f"price of {asset}, log from its trend",
        )  # fmt: skip
    return block
