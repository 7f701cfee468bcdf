"""From opening facts to a start row: lagged variables, and what the opening sets.

Whatever the facts, the start is made so that with unchanged returns every sector wants exactly
what it holds, on trend: intercepts of demand are matched at the holdings. Taxes make the deficit
of the first quarter what keeps the debt on trend; demand for goods, leverage and the anchors of
the premia carry what the rules alone would not give, and fade at declared speeds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from debtcycle.errors import ModelError
from debtcycle.machine.economy.facts import Facts
from debtcycle.machine.economy.names import HOLDERS, INVESTORS, SLOW, held
from debtcycle.machine.economy.parameters import QUARTER, at_step

__all__ = ["StartRow", "start_row"]

Numbers = dict[str, float]


@dataclass(frozen=True, slots=True)
class StartRow:
    """A start row for `Compiled.run`: ``run(periods, start=row.values)``.

    Attributes
    ----------
    values : mapping of str to float
        Every lagged variable and every parameter by name.
    facts : Facts
    """

    values: Mapping[str, float]
    facts: Facts


class _Opening:
    """Makes the start row; `p` parameters, `v` values found so far."""

    def __init__(self, facts: Facts, p: Numbers) -> None:
        self.facts, self.p = facts, p
        self.v: Numbers = {}
        target, h = p["target"], p["h"]
        self.grow = math.exp((p["greal"] + target) * h)
        growth = {
            "I": target,
            "G": p["g_G"] + p["l_G"] * target,
            "R": p["g_R"] + p["l_R"] * target,
            "Z": target,
        }
        # Growth of trend prices and of the number of pieces in the first step.
        self.price = {a: math.exp(growth.get(a, 0.0) * h) for a in SLOW}
        self.pieces = {a: self.grow / self.price[a] for a in SLOW}

    def rates(self) -> None:
        f, p, v = self.facts, self.p, self.v
        v["r"], v["yN"] = f.policy_rate_pct / 100, f.bond_yield_pct / 100
        v["yI"], v["yK"] = f.tips_yield_pct / 100, f.credit_yield_pct / 100
        v["pi"], v["pe"] = f.inflation_pct / 100, f.expected_inflation_pct / 100
        v["y"], v["bias"] = f.output_gap_pct / 100, f.policy_bias_pp / 100
        v["NW"] = f.net_worth_ratio
        v["imp"] = max(0.0, 1.0 - v["NW"])
        v["rM"], v["rb"] = p["bd"] * v["r"], v["r"] + p["s_b"]
        v["rL"] = v["r"] + p["s_L"] + p["s1"] * v["imp"]
        v["eh"] = p["wexp"] * v["r"] + (1 - p["wexp"]) * (p["rstar"] + v["pe"])
        v["tpl"] = v["yN"] - v["eh"]
        v["tpI"] = v["yI"] - (v["eh"] - v["pe"])
        spread = v["yK"] - v["yN"] - p["spr0"] - p["s1"] * v["imp"]
        v["rho"] = spread / p["gK"]
        v["vol"] = f.volatility_pct / 100
        v["miss"] = f.inflation_miss_pp / 100
        for asset in "NIK":
            v[f"d_{asset}b"] = 1 / p[f"D_{asset}"] - v[f"y{asset}"]
            v[f"c_{asset}b"] = 1 / p[f"D_{asset}"]
        v["e_Gd"], v["e_Rd"] = f.growth_cash_yield_pct / 100, f.real_cash_yield_pct / 100
        v["mg"] = v["mg1"] = f.money_growth_gap_pct / 100
        v["x_G"], v["x_R"] = f.extrapolation_growth_log, f.extrapolation_real_log
        v["x_Z"] = f.extrapolation_gold_log
        joined = 1 / (1 + math.exp(p["prof0"] / p["profw"]))
        v["n"] = f.extrapolators_share or p["nlo"] + (1 - p["nlo"]) * joined
        share = (v["n"] - p["nlo"]) / (1 - p["nlo"])
        v["prof"] = p["prof0"] + p["profw"] * math.log(share / (1 - share))
        v["fG"], v["fR"] = 0.5 * p["ey"] * v["y"], p["ey"] * v["y"]
        v["multiple_G"], v["multiple_R"] = math.exp(-v["fG"]), math.exp(-v["fR"])
        v["premium_N"], v["real_N"] = v["tpl"], v["yN"] - v["pe"]
        for name in ("trend", "TG", "TR", "TZ", "P", "pN", "pI", "pK", "pG", "pR", "pZ"):
            v[name] = 1.0
        for asset in SLOW:
            v[f"total_{asset}"] = 1.0

    def stocks(self) -> None:
        f, v = self.facts, self.v
        for item in f.holdings:
            name = (
                "Res"
                if (item.sector, item.instrument) == ("B", "M")
                else (f"{item.instrument}_{item.sector}")
            )
            v[name] = item.value_pct_gdp
        v["cur"], v["tga"] = f.currency_pct_gdp, f.treasury_cash_pct_gdp
        v["cur0"], v["tga0"], v["Res_base"] = v["cur"], v["tga"], v["Res"]
        v["N_C"], v["I_C"] = f.central_bank_bonds_pct_gdp, f.central_bank_protected_pct_gdp
        v["K_C"], v["Z_C"] = f.central_bank_credit_pct_gdp, f.central_bank_gold_pct_gdp
        owed = v["Res"] + v["cur"] + v["tga"]
        # On trend the purchases of the first quarter make each asset grow; bills are the rest.
        rest = (self.pieces["I"] - 1) * self.price["I"] / (self.grow - 1) * v["I_C"]
        v["b_C"] = owed - v["N_C"] - v["K_C"] - rest
        if v["b_C"] < -1e-9:  # less is rounding
            raise ModelError("machine.facts_central_bank", bills=f"{v['b_C']:.3g}")
        v["b_C"] = max(v["b_C"], 0.0)
        v["N_Ct"], v["I_Ct"], v["K_Ct"] = v["N_C"], v["I_C"], v["K_C"]
        for asset in ("b", *SLOW):
            v[f"{asset}_p"] = sum(
                v[f"{asset}_{j}"] for j in HOLDERS if asset == "b" or asset in held(j)
            )
        for asset in "bNI":
            v[f"{asset}_T"] = v[f"{asset}_p"] + v[f"{asset}_C"]
        v["K_F"], v["G_F"], v["R_F"] = v["K_p"] + v["K_C"], v["G_p"], v["R_p"]
        v["debt"] = v["debt0"] = v["b_T"] + v["N_T"] + v["I_T"]
        v["LH"], v["LF"] = f.loans_households_pct_gdp, f.loans_firms_pct_gdp
        v["loan0"] = v["LH"] + v["LF"]
        v["M_F"] = v["mF0"] = f.firm_deposits_pct_gdp
        v["M"] = sum(v[f"M_{j}"] for j in INVESTORS) + v["M_F"]
        v["money"] = v["M"] + v["cur"]
        v["mg"] = v["mg1"] = v["mg"] * v["money"] / 100
        v["A_L"] = v["M_L"] + v["b_L"] + sum(v[f"{a}_L"] for a in SLOW)
        v["lev"] = f.leverage_ratio
        v["E_L"] = v["eq0"] = v["A_L"] / v["lev"]
        v["Repo"] = v["A_L"] - v["E_L"]
        v["EB"] = v["Res"] + v["loan0"] + v["Repo"] + v["b_B"] + v["N_B"] + v["I_B"] + v["K_B"]
        v["EB"] -= v["M"]
        v["eb0"] = v["EB"]
        if v["EB"] <= 0:
            raise ModelError("machine.facts_banks", equity=f"{v['EB']:.3g}")
        v["V_H"] = v["cur"] + v["M_H"] + v["b_H"] + sum(v[f"{a}_H"] for a in SLOW)
        v["V_H"] += v["EB"] - v["LH"]
        v["vh0"], v["Cap"] = v["V_H"], 300.0
        v["dur0"] = v["N_p"] + v["I_p"] - self.p["dur_K"] * v["K_C"]

    def intercepts(self) -> None:
        """Liking that makes today's holdings exactly what is wanted."""
        p, v = self.p, self.v
        risk = v["rho"]
        returns = {
            "M": v["rM"],
            "b": v["rb"],
            "N": v["yN"],
            "I": v["yI"] + v["pe"],
            "K": v["yK"] - max(p["gK"] * risk, p["sprmin"] - p["spr0"] - p["s1"] * v["imp"]),
            "G": v["e_Gd"] * math.exp(v["fG"]) + p["g_G"] + p["l_G"] * v["pe"] - risk,
            "R": v["e_Rd"] * math.exp(v["fR"]) + p["g_R"] + p["l_R"] * v["pe"] - risk,
            "Z": v["pe"],
        }
        for j in HOLDERS:
            mine = dict(returns)
            if j == "B":
                mine["M"] = v["r"]
            else:
                self.extrapolated(j, mine)
            money = v["Res"] + v["loan0"] if j == "B" else v[f"M_{j}"]
            worth = {"M": money, **{a: v[f"{a}_{j}"] for a in ("b", *held(j))}}
            for asset, liking in self.matched(worth).items():
                v[f"a{asset}_{j}"] = liking - mine[asset]

    def extrapolated(self, j: str, mine: Numbers) -> None:
        """Add what the holdings of a sector reflect of past extrapolation."""
        p, v = self.p, self.v
        past = {"G": self.reflected(p[f"f_{j}"]), "R": v["x_R"], "Z": v["x_Z"]}
        for asset, x in past.items():
            mine[asset] += p[f"c_{j}"] * v["n"] * p["chi"] * p[f"kx_{asset}"] * x

    def reflected(self, inertia: float) -> float:
        """Extrapolation that holdings reflect: of each past quarter what was moved then."""
        past = (*self.facts.past_growth_log, self.facts.extrapolation_growth_log)
        inertia = inertia ** (QUARTER / self.p["h"])  # the past is by quarter, whatever the step
        weights = [(1 - inertia) * inertia**age for age in range(len(past))]
        weights[-1] = inertia ** (len(past) - 1)  # before the oldest it was as then
        return sum(weight * x for weight, x in zip(weights, reversed(past), strict=True))

    def matched(self, worth: Numbers) -> Numbers:
        """Attractiveness at which a nested logit gives the shares of these holdings."""
        p = self.p
        everything = sum(worth.values())
        nest = {
            "liquid": worth["M"] + worth["b"],
            "safe": sum(worth[a] for a in ("M", "b", "N", "I", "K")),
            "equity": worth.get("G", 0.0) + worth.get("R", 0.0),
        }
        bank = nest["equity"] == 0.0
        top = 0.0 if bank else math.log(nest["safe"] / everything) / p["kt"]
        found = {}
        for asset in ("N", "I", "K"):
            found[asset] = math.log(worth[asset] / nest["safe"]) / p["ks"] + top
        liquid = math.log(nest["liquid"] / nest["safe"]) / p["ks"] + top
        for asset in ("M", "b"):
            found[asset] = math.log(worth[asset] / nest["liquid"]) / p["kb"] + liquid
        if bank:
            return found
        for asset in ("G", "R"):
            found[asset] = math.log(worth[asset] / nest["equity"]) / p["ke"]
            found[asset] += math.log(nest["equity"] / everything) / p["kt"]
        found["Z"] = math.log(worth["Z"] / everything) / p["kt"]
        return found

    def trends(self) -> None:
        """Savings, taxes and net exports that keep stocks on trend in the first quarter."""
        p, v, h, grow = self.p, self.v, self.p["h"], self.grow
        for j in "PLX":
            saved = (grow - 1) * (v[f"M_{j}"] + v[f"b_{j}"])
            saved += sum(self.price[a] * (self.pieces[a] - 1) * v[f"{a}_{j}"] for a in SLOW)
            if j == "L":
                saved -= (grow - 1) * v["Repo"]
            v[f"sig_{j}"] = saved / grow
        output = 100 * h * grow
        earned = h * (v["rM"] * v["M_X"] + v["rb"] * v["b_X"])
        earned += h * sum(v[f"y{a}"] * v[f"{a}_X"] for a in "NIK")
        earned += h * (v["e_Gd"] * math.exp(v["fG"]) * v["G_X"])
        earned += h * (v["e_Rd"] * math.exp(v["fR"]) * v["R_X"])
        v["nx0"] = (earned - v.pop("sig_X") * grow) / output
        issues = {
            "b": (grow - 1) * v["b_T"],
            "N": (grow - 1) * v["N_T"],
            "I": (self.pieces["I"] - 1) * self.price["I"] * v["I_T"],
        }
        issue = sum(issues.values())
        v["sb0"], v["sI0"] = issues["b"] / issue, issues["I"] / (issue - issues["b"])
        v["slope0"] = v["yN"] - v["rb"]
        paid = h * (v["rb"] * v["b_T"] + v["yN"] * v["N_T"] + v["yI"] * v["I_T"])
        remitted = h * (
            v["rb"] * v["b_C"] + v["yN"] * v["N_C"] + v["yI"] * v["I_C"] + v["yK"] * v["K_C"]
            - v["r"] * v["Res"]
        )  # fmt: skip
        deficit = issue - (grow - 1) * v["tga"]
        taxes = p["g0"] * output + paid - remitted - deficit
        v["tx0"] = taxes / output - p["au"] * v["y"]
        past = 1 / (grow - 0.75)  # sum of past flows that grew as trend does, each a quarter less
        v["needed"] = issue * past
        bonds = v["N_C"] + (self.pieces["I"] - 1) * self.price["I"] / (grow - 1) * v["I_C"]
        v["bought"] = (grow - 1) * (v["b_C"] + bonds) * past
        v["billed"], v["banked"] = (grow - 1) * v["b_p"] * past, (grow - 1) * v["b_B"] * past

    def goods(self) -> None:
        """Demand for goods, leverage and credit as the facts have them."""
        p, v = self.p, self.v
        cap = math.exp(-p["gmax"] / p["gwid"])
        inside = math.exp(math.log1p(cap) - v["y"] / p["gwid"]) - cap
        if inside <= 0:
            raise ModelError("machine.facts_ceiling", gap=f"{100 * v['y']:.3g}")
        demanded = -p["gwid"] * math.log(inside)
        neutral = v["pe"] + p["rstar"]
        rgap = (
            p["w_r"] * (v["r"] - neutral)
            + p["w_N"] * (v["yN"] - neutral - p["tpn"])
            + p["w_K"] * (v["yK"] - neutral - p["tpn"] - p["spr0"])
        )
        rgap = max(-p["rcap"], min(p["rcap"], rgap))
        lending = 0.4 * (v["r"] - neutral)
        lending += 0.6 * (v["yK"] - neutral - p["tpn"] - p["spr0"])
        healthy = 1 / (1 + (v["imp"] / p["imp0"]) ** 2)
        short = max(0.0, p["carmin"] - v["EB"] / (v["loan0"] + v["Repo"]))
        gl = p["gl0"] * v["y"] - p["glr"] * healthy * lending
        gl -= p["gli"] * v["imp"] + p["gcar"] * short
        v["dI"] = p["Ac"] * gl - p["to_I"] * p["Ar"] * rgap - p["As"] * v["imp"]
        if v["imp"] > 0.0 and v["dI"] < demanded < 0.0:
            # Impairment has not yet taken all the demand that it will take: nothing props it up.
            v["dI"] = demanded
        v["dC"] = demanded - v["dI"]
        v["ares"] = v["dC"] - p["Am"] * v["mg"] + (1 - p["to_I"]) * p["Ar"] * rgap
        margin = p["m0"] * (1 + p["g3"] * max(0.0, v["vol"] - p["vol0"]))
        wanted = p["lam0"] * math.exp(p["g2"] * v["x_G"] * v["n"] - p["g1"] * (v["r"] - neutral))
        v["lamr"] = math.log(v["lev"] / wanted)
        if v["lev"] > 1 / margin:
            raise ModelError("machine.facts_leverage", leverage=v["lev"], most=f"{1 / margin:.3g}")


def start_row(
    facts: Facts, *, step: float = QUARTER, parameters: Mapping[str, float] | None = None
) -> StartRow:
    """The start row of the economy from its opening facts.

    Parameters
    ----------
    facts : Facts
    step : float
        Length of a step in years.
    parameters : mapping, optional
        Values other than those of ``parameters.toml``, at the step's own length.

    Raises
    ------
    ModelError
        ``machine.facts_central_bank``, ``machine.facts_banks``, ``machine.facts_ceiling`` or
        ``machine.facts_leverage`` where facts contradict one another or the parameters.
    """
    p = dict(at_step(step))
    p.update(parameters or {})
    opening = _Opening(facts, p)
    opening.rates()
    opening.stocks()
    opening.intercepts()
    opening.trends()
    opening.goods()
    del opening.v["eh"]
    return StartRow({**p, **opening.v}, facts)
