"""Blocks of the private sector outside asset markets: expectations, credit, output, prices."""

from __future__ import annotations

from debtcycle.machine.economy.writing import Block

__all__ = ["balance_sheets", "credit", "expectations", "leverage", "memory", "output", "prices"]


def expectations() -> Block:
    """Yields to which bonds are expected to return: duration as a stock, announced and done."""
    block = Block("expected yields: the expected rate, a term premium, duration held by the public")
    block.opening("dur0", "1", "duration held by the public at the opening, in long bonds")
    block.find("eh", "1", "wexp*r + (1 - wexp)*(rstar + pe[-1])", "policy rate expected on average")
    block.find(
        "duration", "1",
        "(N_p[-1] + P[-1]*I_p[-1] - dur_K*K_C[-1])/trend[-1] - dur0 - announced",
        "duration held by the public, from the opening, less what is announced",
    )  # fmt: skip
    block.find("yeN", "1", "eh + tpl[-1] + zeta*duration + z_y", "expected long yield")
    block.find(
        "yeI", "1", "eh - pe[-1] + tpI[-1] + zeta_I*zeta*duration + z_y", "expected real yield"
    )
    # Lenders are never paid for lending to weaker borrowers less than `sprmin` above the Treasury.
    # Everything here is known before the markets open, so that the floor bends no demand.
    block.find(
        "risk_K", "1", "max(gK*(rho[-1] + z_rho), sprmin - spr0 - s1*imp[-1])",
        "price of the risk of credit above normal",
    )  # fmt: skip
    block.find(
        "yeK", "1",
        "eh + tpl[-1] + spr0 + s1*imp[-1] + risk_K + zeta_K*zeta*duration + z_y",
        "expected yield of credit",
    )  # fmt: skip
    block.find(
        "tpl", "1", "tpl[-1] + tspd*(yN - eh - zeta*duration - z_y - tpl[-1])",
        "anchor of the term premium",
    )  # fmt: skip
    block.find(
        "tpI", "1", "tpI[-1] + tspd*(yI - (eh - pe[-1]) - zeta_I*zeta*duration - z_y - tpI[-1])",
        "anchor of the real term premium",
    )  # fmt: skip
    return block


def balance_sheets() -> Block:
    """Impairment, volatility and the price of risk."""
    block = Block("balance sheets, volatility, the price of risk")
    block.find(
        "NW", "1",
        "NW[-1] + recov*h*(1 - NW[-1]) + eW*(0.5*d(uG) + 0.3*d(uR) + 0.2*d(uK)) + eY*h*y",
        "soundness of balance sheets, 1 at rest",
    )  # fmt: skip
    block.find("imp", "1", "max(0, 1 - NW)", "impairment")
    block.find(
        "vol", "1",
        "vol[-1] + sv*(abs(0.63*d(uG) + 0.37*d(uR))/sqrt(h) - vol[-1])",
        "volatility of equity, a year",
    )  # fmt: skip
    block.find(
        "rho", "1",
        "rho[-1] + krho*(rn*imp[-1] + rv*max(0, vol[-1] - vol0) - rho[-1])",
        "price of risk above normal",
    )  # fmt: skip
    return block


def memory() -> Block:
    """Extrapolation, and how many take part in it."""
    block = Block("extrapolation, and the part of investors that takes part in it")
    for asset in "GRZ":
        block.find(
            f"x_{asset}", "1",
            f"x_{asset}[-1] + lx*(min(xclip, max(-xclip, d(u{asset})/h)) - x_{asset}[-1])",
            f"extrapolated yearly change of u{asset}",
        )  # fmt: skip
    block.find("prof", "1", "prof[-1] + th*(x_G[-1]*d(uG)/h - prof[-1])", "profit of extrapolation")
    block.find(
        "n", "1",
        "n[-1] + nspd*(nlo + (1 - nlo)/(1 + exp(-(prof - prof0)/profw)) - n[-1])",
        "part of investors that extrapolates",
    )  # fmt: skip
    return block


def credit() -> Block:
    """Loans, write-offs, and corporate issuance."""
    block = Block("credit: loans create deposits")
    block.opening("loan0", "1", "loans at the opening")
    block.find("rL", "1", "r + s_L + s1*imp[-1]", "loan rate")
    block.find(
        "healthy", "1", "1/(1 + (imp[-1]/imp0)^2)", "response of loans to rates that is left"
    )
    block.find(
        "rgapL", "1",
        "0.4*(r - pe[-1] - rstar) + 0.6*(yK[-1] - pe[-1] - rstar - tpn - spr0)",
        "real lending rate above neutral",
    )  # fmt: skip
    block.find(
        "gl", "1",
        "gl0*y[-1] - glr*healthy*rgapL - gli*imp[-1]"
        " - gld*log((LH[-1] + LF[-1])/(loan0*trend[-1]*exp(cpi[-1])))"
        " - gcar*max(0, carmin - EB[-1]/(LH[-1] + LF[-1] + Repo[-1])) + loan_push",
        "loan growth above trend, a year",
    )  # fmt: skip
    block.find("npl", "gdp", "h*npl1*imp[-1]*LF[-1]", "loans written off")
    block.find("LH", "gdp", "LH[-1]*grow*exp(gl*h) + into_G*trend", "loans of households")
    block.find("LF", "gdp", "LF[-1]*grow*exp(gl*h) - npl", "loans of firms")
    block.find("iss_K", "gdp", "K_F[-1]*(grow*exp(0.5*gl*h) - 1)", "net issuance of credit")
    block.find("iss_G", "gdp", "(nG - 1)*TG*G_F[-1]", "net issuance of growth equity")
    block.find("iss_R", "gdp", "(nR - 1)*TR*R_F[-1]", "net issuance of real-asset equity")
    block.find("mined", "gdp", "(nZ - 1)*TZ*Z_p[-1]", "gold mined and sold")
    return block


def leverage() -> Block:
    """Margins, leverage and forced sales of levered investors."""
    block = Block("levered investors: leverage is set before markets clear")
    block.opening("eq0", "1", "equity of levered investors at the opening")
    block.find(
        "margin", "1", "m0*(1 + g3*max(0, vol[-1] - vol0)) + margin_add", "margin asked of them"
    )
    block.find(
        "lamT", "1",
        "min(1/margin, lam0*exp(g2*x_G[-1]*n[-1] - g1*(r - pe[-1] - rstar) + lamr[-1]))",
        "leverage that they want and may have",
    )  # fmt: skip
    block.find("lamr", "1", "lamr[-1]*(1 - lres)", "the opening's own leverage, log")
    block.find(
        "lam", "1", "min(1/margin, lev[-1] + lspd*(lamT - lev[-1]))", "leverage after adjustment"
    )
    block.find(
        "Repo", "gdp",
        "grow*max(0, max(Repo[-1] - force*A_L[-1], (lam - 1)*max(0, E_L[-1])))",
        "margin debt",
    )  # fmt: skip
    block.find(
        "left", "1",
        "min(1, 1 + (Repo/grow - Repo[-1])/A_L[-1] - redeem*max(0, E_L[-1])/A_L[-1])",
        "part of their assets that is not sold by force",
    )  # fmt: skip
    block.find("E_L", "gdp", "A_L - Repo", "equity of levered investors")
    block.find("lev", "1", "A_L/max(E_L, 0.05*A_L)", "leverage")
    return block


def output() -> Block:
    """Three linear equations for consumption, investment and output, under a ceiling."""
    block = Block("output: consumption and investment demand, and a ceiling")
    block.opening("vh0", "1", "wealth of households at the opening")
    block.opening("nx0", "1", "net exports in trend output")
    block.find("prodl", "1", "prodl[-1] + auto_prod*h", "productivity beyond trend, log")
    block.find("Ybar", "gdp", "100*h*trend*exp(cpi + prodl)", "potential output at today's prices")
    block.find(
        "rgap", "1",
        "max(-rcap, min(rcap, w_r*(r - pe[-1] - rstar) + w_N*(yN[-1] - pe[-1] - rstar - tpn)"
        " + w_K*(yK[-1] - pe[-1] - rstar - tpn - spr0)))",
        "real rates above neutral, as far as they matter",
    )  # fmt: skip
    block.find(
        "dC", "1",
        "pers*dC[-1] + (1 - pers)*(Am*mg[-1] - (1 - to_I)*Ar*rgap"
        " + Aw*log(V_H[-1]/(vh0*trend[-1]*exp(cpi[-1]))) + ares[-1]) + e_d",
        "demand for consumption from trend, in output",
    )  # fmt: skip
    block.find(
        "dI", "1",
        "pers*dI[-1] + (1 - pers)*(Ac*gl - to_I*Ar*rgap - As*imp[-1])",
        "demand for investment from trend, in output",
    )  # fmt: skip
    block.find("dF", "1", "pers*dF[-1] + (1 - pers)*Af*disc/100", "demand from deficits")
    block.find("ares", "1", "ares[-1]*(1 - decay)", "the opening's own demand")
    block.find("dem", "1", "dC + dI + dF - d(prodl)", "demand from potential")
    block.find(
        "y", "1",
        "gwid*(log(1 + exp(-gmax/gwid)) - log(exp(-dem/gwid) + exp(-gmax/gwid)))",
        "output gap",
    )  # fmt: skip
    block.find("Y", "gdp", "Ybar*(1 + y)", "output")
    block.find("NX", "gdp", "nx0*100*h*trend", "net exports")
    block.find("Inv", "gdp", "Ybar*(i0 + dI + 0.5*(y - dem))", "investment")
    block.find("Cons", "gdp", "Y - Inv - Gov - NX", "consumption")
    block.find(
        "Cap", "gdp", "(Cap[-1] + (Inv - Ybar*i0)/P)*grow/exp(target*h)", "capital, in goods"
    )
    # What real assets earn from dearer commodities is paid out of `profit`, the income of owners of
    # other firms; the part that owners of growth equity bear is taken from its payout.
    block.find(
        "fG", "1", "l_G*cpi + 0.5*ey*y + qai*prodl - gcost*clev", "cash flows of growth equity, log"
    )
    block.find("fR", "1", "l_R*cpi + ey*y + gcom*clev", "cash flows of real-asset equity, log")
    return block


def prices() -> Block:
    """A convex price curve and expectations that lose their anchor."""
    block = Block("inflation: a convex curve, expectations that may lose their anchor")
    block.find("press", "1", "min(zcap, dem + mM*mg[-1])", "pressure of demand and money")
    block.find(
        "pi", "1",
        "pi[-1] + h*(b1*(pe[-1] - pi[-1]) + (1 - auto_pass)*kp*(exp(cx*press) - 1)/cx"
        " + ksc*cpass[-1]) + e_pi",
        "inflation, a year",
    )  # fmt: skip
    block.find(
        "cpass", "1", "cpass[-1] + mspd*(e_com/h - cpass[-1])", "commodity change on its way"
    )
    block.find("miss", "1", "miss[-1] + missp*(pi - target - miss[-1])", "persistent miss")
    block.find("anchor", "1", "a0*exp(-(miss/tau)^2)", "weight of the target in expectations")
    block.find(
        "pe", "1", "pe[-1] + gp*(anchor*target + (1 - anchor)*pi - pe[-1])", "expected inflation"
    )
    block.find("cpi", "1", "cpi[-1] + (pi - target)*h", "price level, log from the target's path")
    block.find("P", "1", "P[-1]*exp(pi*h)", "price level")
    return block
