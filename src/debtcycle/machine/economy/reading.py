"""Reading the markets of a state: what the theorems and the bubble number are computed from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from debtcycle.errors import ModelError
from debtcycle.machine.economy.names import HOLDERS, INVESTORS, SLOW, held
from debtcycle.machine.economy.start import StartRow
from debtcycle.machine.economy.text import compiled_economy
from debtcycle.machine.theorems import Market, bubble_number

__all__ = ["bubble_number_of", "checked_bubble_number", "market_of"]

Values = NDArray[np.float64]
Read = Callable[[str], Values]


def _returns_at_rest(read: Read) -> dict[str, Values]:
    """What does not depend on today's prices in the expected return of each asset."""
    risk = read("rho") + read("z_rho")
    found = {"M": read("rM"), "b": read("r") + read("s_b")}
    anchors = {"N": read("yeN"), "I": read("yeI"), "K": read("yeK")}
    for asset, anchor in anchors.items():
        found[asset] = -read(f"D_{asset}") * read("wr") * anchor
    found["I"] = found["I"] + read("pe")
    least = read("sprmin") - read("spr0") - read("s1") * read("imp")
    found["K"] = found["K"] - np.maximum(read("gK") * risk, least)
    for asset in "GR":
        growth = read(f"g_{asset}") + read(f"l_{asset}") * read("pe")
        found[asset] = growth - risk + read(f"z_{asset}")
    found["Z"] = read("pe") + read("mu") * read("cpi") + read("z_Z")
    return found


def _liking(read: Read, holder: str, returns: dict[str, Values], size: int) -> Values:
    found = np.zeros((8, size))
    for place, asset in enumerate(("M", "b", *SLOW)):
        if asset not in ("M", "b", *held(holder)):
            continue
        base = read("r") if (holder, asset) == ("B", "M") else returns[asset]
        found[place] = base + read(f"a{asset}_{holder}")
        if asset in "GRZ":
            extra = read(f"c_{holder}") * read("n") * read("chi") * read(f"kx_{asset}")
            found[place] += extra * read(f"x_{asset}")
    return found


def market_of(read: Read) -> Market:
    """The markets as they stand at the end of a period, around its prices.

    Parameters
    ----------
    read : callable
        Value of a variable or parameter in the period, one number for each path.
    """
    size = len(read("r"))
    returns = _returns_at_rest(read)
    prices = {asset: read(f"p{asset}") for asset in SLOW}
    holdings = np.zeros((5, 6, size))
    cash, kept, liking = np.empty((5, size)), np.empty((5, size)), np.empty((5, 8, size))
    for place, holder in enumerate(HOLDERS):
        for number, asset in enumerate(SLOW):
            if asset in held(holder):
                holdings[place, number] = read(f"{asset}_{holder}") * prices[asset]
        bank = holder == "B"
        money = read("Res") + read("LH") + read("LF") if bank else read(f"M_{holder}")
        cash[place] = money + read(f"b_{holder}")
        kept[place] = read(f"f_{holder}")
        liking[place] = _liking(read, holder, returns, size)
    supply = np.concatenate([read("b_p")[None], holdings.sum(axis=0)])
    moved = {asset: read(f"u{asset}") for asset in ("N", "I", "K", "G", "R", "Z")}
    liking[:4, 7] -= read("mu") * moved["Z"]
    bonds = "NIK"
    return Market(
        liking=liking,
        holdings=holdings,
        cash=cash,
        kept=kept,
        supply=supply,
        flow=np.zeros((7, size)),
        coupon=np.array([read(f"c_{a}b") * np.exp(-moved[a]) for a in bonds]),
        decay=np.array([read(f"d_{a}b") for a in bonds]),
        pull=np.array([read(f"D_{a}") * read("wr") for a in bonds]),
        cash_yield=np.array([
            read("e_Gd") * np.exp(read("fG") - moved["G"]),
            read("e_Rd") * np.exp(read("fR") - moved["R"]),
        ]),
        gold_pull=read("mu"),
        k=np.array([read(name) for name in ("kb", "ks", "ke", "kt")]),
    )  # fmt: skip


def bubble_number_of(read: Read) -> Values:
    """The bubble number of a state, at today's part of extrapolators; one for each path."""
    market = market_of(read)
    size = len(read("r"))
    sensitivity = np.zeros((5, size))
    for place, holder in enumerate(INVESTORS):
        sensitivity[place] = read(f"c_{holder}") * read("n") * read("chi")
    weights = np.array([float(read(f"kx_{asset}")[0]) for asset in "GRZ"])
    gain = float(read("lx")[0] / read("h")[0])
    return bubble_number(
        market, np.zeros((7, size)), sensitivity=sensitivity, weights=weights, gain=gain
    )


def checked_bubble_number(row: StartRow, *, allow: bool = False) -> float:
    """The bubble number after a first quarter from an opening; one that explodes is refused.

    Parameters
    ----------
    row : StartRow
    allow : bool
        Whether a number of 1 and above is let through.

    Raises
    ------
    ModelError
        ``machine.bubble_number`` if it is 1 or above.
    """
    run = compiled_economy().run(1, start=row.values)
    number = float(bubble_number_of(lambda name: run[name][1])[0])
    if number >= 1.0 and not allow:
        raise ModelError("machine.bubble_number", number=f"{number:.3g}")
    return number
