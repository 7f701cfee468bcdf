r"""Demand for assets: a nested logit with inertia, its shares and their analytic Jacobian.

A sector holds money M, bills b, long bonds N, protected bonds I, credit K, two equities G and R,
and gold Z. Its attractiveness of asset a is ``v_a``: the expected return, which is the same for
all, plus what is peculiar to the sector. The two are given apart, so that the exponentials of
returns are computed once for all sectors, and those of what is peculiar once a quarter. Nests:
liquid {M, b} inside safe {liquid, N, I, K}; equity {G, R}; gold {Z}. With inclusive values

.. math::

    v_l = \ln(e^{k_b v_M} + e^{k_b v_b}) / k_b, \quad
    v_s = \ln(e^{k_s v_l} + \sum_{N,I,K} e^{k_s v_a}) / k_s, \quad
    v_e = \ln(e^{k_e v_G} + e^{k_e v_R}) / k_e,

the share wanted of N is :math:`w_N = e^{k_s (v_N - v_s)} e^{k_t v_s} / \sum_n e^{k_t v_n}`, and
likewise for the others. Of its holdings a sector keeps a part (`kept`, in value), of its wealth it
places the rest (`placed`): the value wanted of a slow asset is ``kept_a + w_a placed``. What is
left of its wealth is liquid; the part ``e^{k_b (v_b - v_l)}`` of that is wanted in bills, and
money is the residual, so that demands add up exactly.

Signs: with ``k_b >= k_s >= k_t > 0`` and ``k_e >= k_t`` a higher attractiveness raises the share of
an asset and lowers every other (gross substitutes).

Everything here is straight-line arithmetic over ``m``, a namespace with ``exp`` and ``log``: NumPy
arrays give the reference over all paths at once, other kinds of numbers give programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = [
    "BANK_INPUTS",
    "BANK_OUTPUTS",
    "INPUTS",
    "OUTPUTS",
    "bank_slopes",
    "bank_values",
    "slopes",
    "values",
]

# Inputs of an investor: expected return of M b N I K G R Z, what is peculiar to its liking of
# each, kept value of N I K G R Z, wealth, what is placed, and the four substitutions kb ks ke kt.
# Outputs: value of b N I K G R Z.
INPUTS, OUTPUTS = 28, 7
# A bank holds reserves in place of deposits, no equity and no gold: returns and liking of
# M b N I K, kept value of N I K, wealth, what is placed, kb ks. Outputs: value of b N I K.
BANK_INPUTS, BANK_OUTPUTS = 17, 4


class _Nest:
    """A nest: shares, inclusive value, and mean attractiveness."""

    def __init__(self, k: Any, v: Sequence[Any], weights: Sequence[Any], m: Any) -> None:
        total = weights[0]
        for weight in weights[1:]:
            total = total + weight
        self.k, self.v = k, v
        whole = 1.0 / total
        self.shares = [weight * whole for weight in weights]
        self.value = m.log(total) * (1.0 / k)  # k does not move with prices: divided once
        self.mean = _dot(self.shares, v)

    def by_k(self) -> Any:
        """Slope of the value in k."""
        return (self.mean - self.value) / self.k


def _dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    total = a[0] * b[0]
    for x, y in zip(a[1:], b[1:], strict=True):
        total = total + x * y
    return total


def _sum(items: Sequence[Any]) -> Any:
    total = items[0]
    for item in items[1:]:
        total = total + item
    return total


def _weights(k: Sequence[Any], base: Sequence[Any], own: Sequence[Any], m: Any) -> list[Any]:
    """exp(k v) of each asset, as a product of what is common and what is peculiar."""
    return [m.exp(one * b) * m.exp(one * p) for one, b, p in zip(k, base, own, strict=True)]


class _Shares:
    """Shares of the slow assets of an investor."""

    def __init__(self, x: Sequence[Any], m: Any) -> None:
        kb, ks, ke, kt = x[24:28]
        k = (kb, kb, ks, ks, ks, ke, ke, kt)
        v = [base + own for base, own in zip(x[:8], x[8:16], strict=True)]
        leaf = _weights(k, x[:8], x[8:16], m)
        self.liquid = _Nest(kb, v[:2], leaf[:2], m)
        inner = self.liquid.value
        self.safe = _Nest(ks, [inner, *v[2:5]], [m.exp(ks * inner), *leaf[2:5]], m)
        self.equity = _Nest(ke, v[5:7], leaf[5:7], m)
        nests = (self.safe.value, self.equity.value)
        self.top = _Nest(kt, [*nests, v[7]], [*(m.exp(kt * n) for n in nests), leaf[7]], m)
        safe, equity, gold = self.top.shares
        self.slow = [
            *(safe * s for s in self.safe.shares[1:]),
            *(equity * s for s in self.equity.shares),
            gold,
        ]

    def by_v(self, placed: Any) -> list[list[Any]]:
        """Slopes of the value placed in liquid, N, I, K, G, R and Z in the v of each: symmetric.

        With the part s of an asset in its nest n and the nest's part S: own nest
        ``k_n x_a (a = b) - x_a s_b (k_n - kt + kt S_n)``, other nests ``-kt x_a S_m s_b``.
        """
        nests = ((self.safe, 0, 4), (self.equity, 4, 2))
        kt, found = self.top.k, [[0.0] * 7 for _ in range(7)]
        parts = [*self.safe.shares, *self.equity.shares, 1.0]
        for (nest, first, count), whole in zip(nests, self.top.shares, strict=False):
            value = whole * placed
            among = value * (kt - nest.k - kt * whole)
            for a in range(first, first + count):
                pull = among * parts[a]
                for b in range(a, first + count):
                    found[a][b] = pull * parts[b]
                found[a][a] = found[a][a] + nest.k * (value * parts[a])
        safe, equity, gold = self.top.shares
        across = 0.0 - kt * placed
        for columns, whole in (((4, 5), safe * equity), ((6,), safe * gold)):
            for a in range(4):
                pull = across * whole * parts[a]
                for b in columns:
                    found[a][b] = pull * parts[b]
        for a in (4, 5):
            found[a][6] = across * (equity * gold) * parts[a]
        found[6][6] = across * (gold * gold - gold)
        return [[found[min(a, b)][max(a, b)] for b in range(7)] for a in range(7)]

    def by_k(self, of: int) -> list[Any]:
        """Derivatives of ln of slow share `of` by kb, ks, ke, kt."""
        safe, equity, top = self.safe, self.equity, self.top
        own = [1.0, 0.0, 0.0] if of < 3 else [0.0, 1.0, 0.0] if of < 5 else [0.0, 0.0, 1.0]
        # d ln w = k (d v_a - d v_n) + kt (d v_n - sum of shares times d v)
        by_nest = [top.k * (mine - share) for mine, share in zip(own, top.shares, strict=True)]
        if of < 3:
            by_nest[0] = by_nest[0] - safe.k
        elif of < 5:
            by_nest[1] = by_nest[1] - equity.k
        by_ks, by_ke = by_nest[0] * safe.by_k(), by_nest[1] * equity.by_k()
        return [
            by_nest[0] * safe.shares[0] * self.liquid.by_k(),
            by_ks + (safe.v[1 + of] - safe.value) if of < 3 else by_ks,
            by_ke + (equity.v[of - 3] - equity.value) if 3 <= of < 5 else by_ke,
            top.v[own.index(1.0)] - top.mean,
        ]


def values(x: Sequence[Any], m: Any) -> list[Any]:
    """Value wanted of bills, N, I, K, G, R and Z.

    Parameters
    ----------
    x : sequence of `INPUTS` numbers
    m : namespace with ``exp`` and ``log``
    """
    shares = _Shares(x, m)
    wealth, placed = x[22], x[23]
    slow = [kept + share * placed for kept, share in zip(x[16:22], shares.slow, strict=True)]
    return [shares.liquid.shares[1] * (wealth - _sum(slow)), *slow]


def slopes(x: Sequence[Any], m: Any) -> list[list[Any]]:
    """Jacobian of `values`: `OUTPUTS` rows of `INPUTS` numbers."""
    shares = _Shares(x, m)
    liquid = shares.liquid
    wealth, placed = x[22], x[23]
    slow = [kept + share * placed for kept, share in zip(x[16:22], shares.slow, strict=True)]
    of_liquid, *rest = shares.by_v(placed)
    rows = []
    for of, moved in enumerate(rest):
        by_v = _by_asset(moved, liquid.shares)
        weight = shares.slow[of] * placed
        row = [*by_v, *by_v]
        row += [1.0 if n == of else 0.0 for n in range(6)]
        row += [0.0, shares.slow[of], *(weight * one for one in shares.by_k(of))]
        rows.append(row)
    left, part = wealth - _sum(slow), liquid.shares[1]
    # What is liquid moves by what is placed in it: the slopes of all that is placed add to nought.
    by_v = [part * one for one in _by_asset(of_liquid, liquid.shares)]
    bills = [*by_v, *by_v, *_bills(rows, part, range(16, 22), 22)[16:]]
    _tilt(bills, liquid, left, 8, 24)
    return [bills, *rows]


def _by_asset(moved: list[Any], liquid: list[Any]) -> list[Any]:
    """Slopes in the v of M and b apart, from those in the value of what is liquid."""
    return [*(moved[0] * share for share in liquid), *moved[1:]]


def _bills(rows: list[list[Any]], part: Any, kept: range, wealth: int) -> list[Any]:
    """Slopes of bills through what is left of wealth."""
    found: list[Any] = []
    for column in range(len(rows[0])):
        if column in kept:
            found.append(0.0 - part)
        elif column == wealth:
            found.append(part)
        else:
            found.append(0.0 - part * _sum([row[column] for row in rows]))
    return found


def _tilt(bills: list[Any], liquid: _Nest, left: Any, own: int, kb: int) -> None:
    """Add the slopes of bills through their part of what is liquid."""
    money, part = liquid.shares
    tilt = part * money * left
    by_v = liquid.k * tilt
    for money_at, bills_at in ((0, 1), (own, own + 1)):
        bills[money_at] = bills[money_at] - by_v
        bills[bills_at] = bills[bills_at] + by_v
    bills[kb] = bills[kb] + tilt * (liquid.v[1] - liquid.v[0])


def _bank(x: Sequence[Any], m: Any) -> tuple[_Nest, _Nest, list[Any]]:
    kb, ks = x[15:17]
    v = [base + own for base, own in zip(x[:5], x[5:10], strict=True)]
    leaf = _weights((kb, kb, ks, ks, ks), x[:5], x[5:10], m)
    liquid = _Nest(kb, v[:2], leaf[:2], m)
    safe = _Nest(ks, [liquid.value, *v[2:]], [m.exp(ks * liquid.value), *leaf[2:]], m)
    slow = [kept + share * x[14] for kept, share in zip(x[10:13], safe.shares[1:], strict=True)]
    return liquid, safe, slow


def bank_values(x: Sequence[Any], m: Any) -> list[Any]:
    """Value that banks want of bills, N, I and K."""
    liquid, _, slow = _bank(x, m)
    return [liquid.shares[1] * (x[13] - _sum(slow)), *slow]


def bank_slopes(x: Sequence[Any], m: Any) -> list[list[Any]]:
    """Jacobian of `bank_values`: `BANK_OUTPUTS` rows of `BANK_INPUTS` numbers."""
    liquid, safe, slow = _bank(x, m)
    rows = []
    for of in range(3):
        share = safe.shares[1 + of]
        weight = share * x[14]
        by_value = 0.0 - safe.k * weight
        by_v = [by_value * safe.shares[0] * one for one in liquid.shares]
        by_v += [by_value * one for one in safe.shares[1:]]
        by_v[2 + of] = by_v[2 + of] + safe.k * weight
        row = [*by_v, *by_v]
        row += [1.0 if n == of else 0.0 for n in range(3)]
        row += [0.0, share, by_value * safe.shares[0] * liquid.by_k()]
        row.append(by_value * safe.by_k() + weight * (safe.v[1 + of] - safe.value))
        rows.append(row)
    bills = _bills(rows, liquid.shares[1], range(10, 13), 13)
    _tilt(bills, liquid, x[13] - _sum(slow), 5, 15)
    return [bills, *rows]
