"""Blocks of the public sector: trend and shocks, policy rate, central bank, Treasury."""

from __future__ import annotations

from debtcycle.machine.economy.writing import Block

__all__ = ["central_bank", "shocks", "treasury", "trends"]


def trends() -> Block:
    """What grows whatever happens: output, the trends of prices, quantities."""
    block = Block("trends: everything is in percent of GDP at the opening and grows with `trend`")
    block.find("grow", "1", "exp((greal + target)*h)", "growth of trend output in a step")
    block.find("trend", "gdp", "trend[-1]*grow", "trend of nominal GDP, 1 at the opening")
    block.find("TG", "1", "TG[-1]*exp((g_G + l_G*target)*h)", "trend price of growth equity")
    block.find("TR", "1", "TR[-1]*exp((g_R + l_R*target)*h)", "trend price of real-asset equity")
    block.find("TZ", "1", "TZ[-1]*exp(target*h)", "trend price of gold")
    block.find("nI", "1", "grow/exp(target*h)", "growth of the number of protected bonds on trend")
    block.find("nG", "1", "grow*TG[-1]/TG", "growth of the number of shares on trend")
    block.find("nR", "1", "grow*TR[-1]/TR", "the same for real-asset equity")
    block.find("nZ", "1", "grow*TZ[-1]/TZ", "growth of the stock of gold on trend")
    return block


def shocks() -> Block:
    """Shocks that fade slowly."""
    block = Block("shocks")
    for name, meaning in (
        ("rho", "price of risk"),
        ("G", "attractiveness of growth equity"),
        ("R", "attractiveness of real-asset equity"),
        ("Z", "attractiveness of gold"),
        ("y", "expected long yield"),
    ):
        text = f"apers*z_{name}[-1] + e_{name}"
        block.find(f"z_{name}", "1", text, f"{meaning}: what shocks have added")
    block.find("clev", "1", "compers*clev[-1] + e_com", "commodity prices, log from trend")
    return block


def policy_rate() -> Block:
    """The inertial rule with a floor and a bias."""
    block = Block("policy rate: an inertial rule with a floor and a bias")
    block.find(
        "rule", "1",
        "rstar + pi[-1] + tpi*(pi[-1] - target) + ty*y[-1] - bias[-1]",
        "policy rate that the rule asks for",
    )  # fmt: skip
    block.find(
        "r", "1",
        "if(hold > 0.5, r[-1], if(steer > 0.5, rate,"
        " max(floor, r[-1] + rspd*(max(floor, rule) - r[-1]) + tighten + e_r)))",
        "policy rate",
    )  # fmt: skip
    block.find(
        "bias", "1", "(1 - biasd)*bias[-1] + bias_add", "how far policy stays below its rule"
    )
    return block


def central_bank() -> Block:
    """Purchases, their payment in reserves, and the remittance."""
    block = Block("central bank: buys in value, pays with reserves, remits what it earns")
    block.say('parameter cur0 [1] "currency at the opening"')
    block.say('parameter tga0 [1] "account of the Treasury at the opening"')
    block.find("cur", "gdp", "cur0*trend", "currency held by households")
    block.find("tga", "gdp", "tga0*trend", "account of the Treasury")
    # The portfolio of the opening grows with the economy; what a programme has bought is held.
    for asset, growth in (("N", "grow"), ("I", "nI"), ("K", "grow")):
        block.find(f"{asset}_Ct", "gdp", f"{asset}_Ct[-1]*{growth}", f"{asset} held on trend")
    block.find("buy_N", "gdp", "(grow - 1)*N_Ct[-1] + q_N*trend", "purchases of long bonds")
    block.find("buy_I", "gdp", "(nI - 1)*P*I_Ct[-1] + q_I*trend", "purchases of protected bonds")
    block.find("buy_K", "gdp", "(grow - 1)*K_Ct[-1] + q_K*trend", "purchases of credit bonds")
    block.find(
        "manage", "gdp", "max(0, rmspd*(rrs*M[-1] - Res[-1]))",
        "bills bought because reserves are short of deposits",
    )  # fmt: skip
    block.find(
        "trend_b", "gdp",
        "(grow - 1)*(Res_base[-1] + cur[-1] + tga[-1])"
        " - (grow - 1)*N_Ct[-1] - (nI - 1)*P*I_Ct[-1] - (grow - 1)*K_Ct[-1]",
        "bills that keep the balance sheet on trend",
    )  # fmt: skip
    # Where the central bank has no bills, as in 2018, none can run off: protected bonds that rise
    # with prices then leave it with a few more reserves than on trend.
    block.find(
        "buy_b", "gdp", "max(trend_b, -max(0, b_C[-1])) + q_b*trend + manage",
        "purchases of bills: for the trend, and the programme",
    )  # fmt: skip
    block.find("Res_base", "gdp", "Res_base[-1] + (grow - 1)*Res_base[-1]", "reserves on trend")
    block.find("b_C", "gdp", "b_C[-1] + buy_b", "bills of the central bank")
    block.find("N_C", "gdp", "N_C[-1] + buy_N/pN", "long bonds of the central bank")
    block.find("I_C", "gdp", "I_C[-1] + buy_I/pI", "protected bonds of the central bank")
    block.find("K_C", "gdp", "K_C[-1] + buy_K/pK", "credit of the central bank")
    block.find("Z_C", "gdp", "Z_C[-1]", "gold of the central bank")
    block.find(
        "Res", "gdp", "Res[-1] + buy_b + buy_N + buy_I + buy_K - d(cur) - d(tga)",
        "reserves of banks",
    )  # fmt: skip
    block.find(
        "remit", "gdp",
        "ib*b_C[-1] + iN*N_C[-1] + iI*I_C[-1] + iK*K_C[-1] - h*r[-1]*Res[-1]",
        "remittance of the central bank to the Treasury",
    )  # fmt: skip
    return block


def treasury() -> Block:
    """Spending, taxes, deficit, and the choice of maturity."""
    block = Block("Treasury: deficit and maturity")
    for name, unit, meaning in (
        ("tx0", "1", "taxes in trend output at the opening"),
        ("debt0", "1", "Treasury debt at the opening"),
        ("sb0", "1", "bill share of net issuance at the opening"),
        ("sI0", "1", "part of protected bonds in what is not bills, at the opening"),
        ("slope0", "1", "long yield less bill rate at the opening"),
    ):
        block.opening(name, unit, meaning)
    block.find("extra", "gdp", "disc*h*trend", "discretionary deficit in the quarter")
    block.find("Gov", "gdp", "g0*Ybar + extra", "government spending")
    block.find(
        "tax", "gdp",
        "tx0*Ybar + au*(Y - Ybar) + phi*h*(debt[-1] - debt0*trend[-1])",
        "taxes",
    )  # fmt: skip
    block.find("wtax", "gdp", "wealth_tax*h*trend", "tax on wealth")
    block.find(
        "int_T", "gdp", "ib*b_T[-1] + iN*N_T[-1] + iI*I_T[-1]", "interest paid by the Treasury"
    )
    block.find("deficit", "gdp", "Gov + int_T - tax - wtax - remit", "deficit")
    block.find("issue", "gdp", "deficit + d(tga)", "net issuance")
    block.find(
        "share_b", "1",
        "min(0.9, max(0.1, sb0 + xi*(yN[-1] - rb[-1] - slope0)"
        " + xi2*max(0, -uN[-1]) + bill_share))",
        "bill share of net issuance",
    )  # fmt: skip
    block.find(
        "iss_b", "gdp", "share_b*(issue - extra) + disc_bills*extra + swap*trend",
        "net issuance of bills",
    )  # fmt: skip
    block.find(
        "iss_I", "gdp", "sI0*(1 - share_b)*(issue - extra)", "net issuance of protected bonds"
    )
    block.find("iss_N", "gdp", "issue - iss_b - iss_I", "net issuance of long bonds")
    block.find("b_T", "gdp", "b_T[-1] + iss_b", "bills outstanding")
    block.find("N_T", "gdp", "N_T[-1] + iss_N/pN", "long bonds outstanding")
    block.find("I_T", "gdp", "I_T[-1] + iss_I/pI", "protected bonds outstanding")
    block.find("debt", "gdp", "b_T + N_T + P*I_T", "Treasury debt at par")
    return block
